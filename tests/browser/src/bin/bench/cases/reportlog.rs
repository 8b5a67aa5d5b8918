//! One large file of pytest-reportlog.

use anyhow::Result;
use passgrid_browser_tests::generate;

use crate::{
    page::{Bench, Folder, Input, Load, each},
    row::{Bound, Row},
    spread::Spread,
};

/// 400 MB.
const TESTS: u64 = 225_000;

/// Measures. A core's speed is the input over the processor time of all workers.
pub async fn measure(rounds: u32, folder: &Folder) -> Result<Vec<Row>> {
    let input = Input::of(&generate::write_reportlog(&folder.join("large.jsonl"), TESTS)?);
    let bench = Bench::start().await?;
    bench.load(&input).await?;
    let (mut loads, mut growths) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        loads.push(bench.load(&input).await?);
        growths.push(bench.memory(&input).await?);
    }
    bench.quit().await?;
    let per_core = each(&loads, |load| load.used.workers).rate(input.megabytes());
    let peak = growths.iter().map(|growth| growth.input.peak / input.bytes as f64);
    Ok(vec![
        Row::new("size of the file", "MB", Spread::of([input.megabytes()].into_iter())),
        Row::new("drop to overview", "ms", each(&loads, |load| load.ms)),
        Row::new("speed of a core", "MB/s", per_core).target(Bound::AtLeast(300.0)),
        Row::new("memory at its peak, of the input", "times", Spread::of(peak)).target(Bound::AtMost(0.35)),
        Row::new("longest task of the main thread", "ms", each(&loads, Load::longest_task))
            .target(Bound::AtMost(50.0)),
    ])
}
