//! How the time grows with the size.

use anyhow::Result;
use passgrid_browser_tests::generate::{self, Tests};

use crate::{
    page::{Bench, Folder, Input},
    row::{Bound, Row},
    spread::Spread,
};

/// In MB.
const SIZES: [u64; 5] = [1, 4, 20, 100, 400];

/// Tests of a MB.
const TESTS: u64 = 6000;

/// Measures each size in each round, and fits an exponent per round.
pub async fn measure(rounds: u32, folder: &Folder) -> Result<Vec<Row>> {
    let mut inputs = Vec::new();
    for size in SIZES {
        let path = folder.join(&format!("pytest-{size}.xml"));
        inputs.push(Input::of(&generate::write_junit(&path, &Tests { numbers: 0..size * TESTS, seed: 7 })?));
    }
    let bench = Bench::start().await?;
    bench.load(&inputs[2]).await?;
    let mut times = vec![Vec::new(); SIZES.len()];
    let mut exponents = Vec::new();
    for _ in 0..rounds {
        let mut points = Vec::new();
        for (input, times) in inputs.iter().zip(&mut times) {
            let ms = bench.load(input).await?.ms;
            times.push(ms);
            points.push((input.bytes as f64, ms));
        }
        exponents.push(exponent(&points));
    }
    bench.quit().await?;
    let mut rows: Vec<Row> = SIZES
        .iter()
        .zip(times)
        .map(|(size, times)| Row::new(format!("{size} MB"), "ms", Spread::of(times.into_iter())))
        .collect();
    let exponents = Spread::of(exponents.into_iter());
    rows.push(Row::new("exponent of time over size", "", exponents).target(Bound::AtMost(1.05)));
    Ok(rows)
}

/// The b of y = a·xᵇ: the slope of the least squares line through the logarithms.
fn exponent(points: &[(f64, f64)]) -> f64 {
    let logarithms: Vec<(f64, f64)> = points.iter().map(|(x, y)| (x.ln(), y.ln())).collect();
    let number = logarithms.len() as f64;
    let mean_x = logarithms.iter().map(|(x, _)| x).sum::<f64>() / number;
    let mean_y = logarithms.iter().map(|(_, y)| y).sum::<f64>() / number;
    let covariance: f64 = logarithms.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    covariance / logarithms.iter().map(|(x, _)| (x - mean_x).powi(2)).sum::<f64>()
}
