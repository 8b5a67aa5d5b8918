//! Ten million results: 200,000 tests in 50 sessions.

use std::{fs, thread};

use anyhow::{Context, Result};
use passgrid_browser_tests::generate::{self, Tests, Written};

use crate::{
    memory::Memory,
    page::{Bench, By, Folder, Input, Load, each},
    row::{Bound, Row},
    spread::Spread,
};

const TESTS: u64 = 200_000;

/// Makes functions that measure: from a click or a keystroke to the frame after the answer is in the document.
const ANSWERS: &str = include_str!("answers.js");

/// What a person does after the report is there, and what says that it is answered.
const STEPS: [(&str, &str); 4] = [
    ("Grid", "answers.view('Grid', '[role=gridcell]')"),
    ("Tests", "answers.view('Tests', '.table-row')"),
    ("a filter of the tests", "answers.filter('recovers')"),
    ("Overview", "answers.view('Overview', '.dut-bars .outcome-bar-part')"),
];

/// Measures loading in a new page each round, and the first answer of each view there.
pub async fn measure(rounds: u32, sessions: u64, folder: &Folder) -> Result<Vec<Row>> {
    let input = write(sessions, folder)?;
    let mut loads = Vec::new();
    let mut answers = vec![Vec::new(); STEPS.len()];
    let mut peaks = Vec::new();
    for _ in 0..rounds {
        // A browser of its own, so that each has the same memory to begin with.
        let bench = Bench::start().await?;
        bench.open_empty().await?;
        let before = Memory::of(&bench.page).await?;
        before.forget_peak();
        loads.push(bench.load_into_open(&input).await?);
        let grown = Memory::of(&bench.page).await?.since(&before);
        peaks.push(grown.peak / (sessions * TESTS) as f64);
        bench.page.evaluate::<bool>(ANSWERS).await?;
        for ((step, call), times) in STEPS.iter().zip(&mut answers) {
            times.push(bench.page.evaluate(call).await.with_context(|| (*step).to_owned())?);
        }
        bench.quit().await?;
    }
    let results = Spread::of([(sessions * TESTS) as f64].into_iter());
    let mut rows = vec![
        Row::new("results", "", results),
        Row::new("size of the files", "MB", Spread::of([input.megabytes()].into_iter())),
        Row::new("drop to overview", "s", each(&loads, |load| load.ms / 1000.0)),
        Row::new("memory of a result, at its peak", "bytes", Spread::of(peaks.into_iter())),
        Row::new("longest task of the main thread, loading", "ms", each(&loads, Load::longest_task))
            .target(Bound::AtMost(50.0)),
    ];
    rows.extend(STEPS.iter().zip(answers).map(|((step, _), times)| {
        let row = Row::new(format!("first answer: {step}"), "ms", Spread::of(times.into_iter()));
        row.target(Bound::AtMost(1000.0))
    }));
    Ok(rows)
}

/// Writes a file per session, on two threads.
fn write(sessions: u64, folder: &Folder) -> Result<Input> {
    let night = folder.join("night");
    fs::create_dir_all(&night)?;
    let one = |number: u64| {
        let tests = Tests { numbers: 0..TESTS, seed: 1000 + number };
        generate::write_junit(&night.join(format!("board_{number:03}.xml")), &tests)
    };
    let half = |first: u64| (first..sessions).step_by(2).map(one).collect::<Result<Vec<Written>>>();
    let halves = thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        [half(0), other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))]
    });
    let mut input = Input { paths: vec![night.clone()], executed: 0, bytes: 0, by: By::Drop };
    for files in halves {
        for file in files? {
            input.executed += file.executed();
            input.bytes += file.bytes;
        }
    }
    Ok(input)
}
