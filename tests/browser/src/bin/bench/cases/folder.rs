//! A folder with many small files.

use std::fs;

use anyhow::Result;
use passgrid_browser_tests::generate::{self, Tests};

use crate::{
    page::{Bench, By, Folder, Input, Load, each},
    row::{Bound, Row},
    spread::Spread,
};

const BOARDS: u64 = 30;

/// A file per class, as Surefire writes them.
const FILES: u64 = 50;

/// 4.7 kB.
const TESTS: u64 = 25;

/// Measures from the drop to the whole report.
pub async fn measure(rounds: u32, folder: &Folder) -> Result<Vec<Row>> {
    let night = folder.join("night");
    let mut input = Input { paths: vec![night.clone()], executed: 0, bytes: 0, by: By::Drop };
    for board in 0..BOARDS {
        let of_board = night.join(format!("board_{board:02}"));
        fs::create_dir_all(&of_board)?;
        for file in 0..FILES {
            let numbers = file * TESTS..(file + 1) * TESTS;
            let path = of_board.join(format!("TEST-part_{file:02}.xml"));
            let written = generate::write_junit(&path, &Tests { numbers, seed: board * FILES + file })?;
            input.executed += written.executed();
            input.bytes += written.bytes;
        }
    }
    let bench = Bench::start().await?;
    let loads = bench.load_in_rounds(rounds, &input).await?;
    bench.quit().await?;
    Ok(vec![
        Row::new("size of the files", "MB", Spread::of([input.megabytes()].into_iter())),
        Row::new("drop to overview", "ms", each(&loads, |load| load.ms)).target(Bound::AtMost(1000.0)),
        Row::new("longest task of the main thread", "ms", each(&loads, Load::longest_task))
            .target(Bound::AtMost(50.0)),
    ])
}
