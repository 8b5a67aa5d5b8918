//! Several files at once, and what a second worker gains.

use std::fs;

use anyhow::Result;
use passgrid_browser_tests::generate::{self, Tests, Written};

use crate::{
    page::{Bench, By, Folder, Input, each},
    row::{Bound, Row},
};

const FILES: u64 = 8;

/// 25 MB.
const TESTS: u64 = 150_000;

/// Measures rounds with one worker and with as many as the page takes.
pub async fn measure(rounds: u32, folder: &Folder) -> Result<Vec<Row>> {
    let night = folder.join("night");
    fs::create_dir_all(&night)?;
    let files: Result<Vec<Written>> = (0..FILES)
        .map(|number| {
            let tests = Tests { numbers: 0..TESTS, seed: 100 + number };
            generate::write_junit(&night.join(format!("board_{number}.xml")), &tests)
        })
        .collect();
    let files = files?;
    let input = Input {
        paths: vec![night],
        executed: files.iter().map(Written::executed).sum(),
        bytes: files.iter().map(|file| file.bytes).sum(),
        by: By::Drop,
    };
    let bench = Bench::start().await?;
    bench.load(&input).await?;
    let (mut one, mut all) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        one.push(bench.with_processors(1, async |bench| bench.load(&input).await).await?);
        all.push(bench.load(&input).await?);
    }
    bench.quit().await?;
    let [one, ms] = [&one, &all].map(|loads| each(loads, |load| load.ms));
    Ok(vec![
        Row::new("with one worker", "ms", one.clone()),
        Row::new("with all", "ms", ms.clone()),
        Row::new("cores that workers kept busy", "cores", each(&all, |load| load.used.workers / load.ms)),
        Row::new("× one worker", "times", one.ratio(&ms)).target(Bound::AtLeast(1.7)),
    ])
}
