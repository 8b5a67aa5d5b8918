//! A large zip archive with many small files.

use anyhow::Result;
use passgrid_browser_tests::generate;

use crate::{
    page::{Bench, Folder, Input, Load, each},
    row::{Bound, Row},
    spread::Spread,
};

/// An archive of 100 MB.
const TESTS: u64 = 10_000;

/// Measures from the drop to the whole report.
pub async fn measure(rounds: u32, folder: &Folder) -> Result<Vec<Row>> {
    let (archive, unpacked) = generate::write_allure_zip(&folder.join("allure-results.zip"), TESTS)?;
    let input = Input::of(&archive);
    let bench = Bench::start().await?;
    let loads = bench.load_in_rounds(rounds, &input).await?;
    bench.quit().await?;
    let size = |bytes: u64| Spread::of([bytes as f64 / 1e6].into_iter());
    Ok(vec![
        Row::new("size of the archive", "MB", size(archive.bytes)),
        Row::new("size of its files", "MB", size(unpacked)),
        Row::new("drop to overview", "ms", each(&loads, |load| load.ms)).target(Bound::AtMost(4000.0)),
        Row::new("longest task of the main thread", "ms", each(&loads, Load::longest_task))
            .target(Bound::AtMost(50.0)),
    ])
}
