//! How long a person waits in a first visit, and how fast the page reads large inputs compared with
//! what a browser has built in and with other parsers.
//!
//! Each case starts a Chromium and measures in rounds, in which the page and its peers take turns, mostly after
//! one load to warm up. Times are from handing files over (a drop, or the `change` event of the file field) to the
//! end: for the page, to the frame in which the whole report is on screen.
//!
//! The upper bound of the speed of reading XML, quick-xml's events and nothing else, has to be
//! built for wasm. `PASSGRID_EVENTS` names a folder with `events.js` and `events_bg.wasm`, as
//! wasm-bindgen writes them for the target `no-modules`, with one export:
//! `#[wasm_bindgen] pub fn count_events(bytes: &[u8]) -> u32`. Without it, those rows are left out.

mod cases;
mod memory;
mod page;
mod peers;
mod processor;
mod row;
mod run;
mod spread;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result, ensure};
use clap::{Parser, ValueEnum};

use crate::{
    cases::{Case, Plan},
    page::Folder,
    row::{comparison, table},
    run::Run,
};

/// Measures the page in Chromium, beside other parsers, and prints a table.
///
/// Figures are least / median / most of several rounds; the median is compared with the target. All cases take
/// about twelve minutes, --check two.
#[derive(Parser)]
#[command(name = "cargo xtask bench --", version = None)]
struct Arguments {
    /// Measure only these.
    cases: Vec<Case>,
    /// Measure `first-visit`, `small` and `instructions`, if nothing else is named. A figure beyond its floor is an
    /// error.
    #[arg(long)]
    check: bool,
    /// How often each figure is measured; without it, 5 times in small cases and 3 times in large ones.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: Option<u32>,
    /// How many sessions of 200,000 tests the case `million` has.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(2..))]
    sessions: u64,
    /// Write the generated files to this folder, and keep them. They have about 4 GB.
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// Expect the counts of `instructions` from now on, and write them to tests/instructions/expected.json.
    #[arg(long)]
    accept: bool,
    /// Write what was measured to this file, too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Print each figure over that of an earlier run, from its file of --json.
    #[arg(long, value_name = "OLD.json")]
    compare: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    // Before the minutes of measuring.
    let old = arguments.compare.as_deref().map(Run::read).transpose()?;
    let temporary = tempfile::tempdir()?;
    let folder = arguments.keep.as_deref().unwrap_or(temporary.path());
    let plan = Plan { rounds: arguments.rounds, sessions: arguments.sessions, accept: arguments.accept };
    let mut run = Run::begin().await?;
    println!("{}", run.heading());
    let mut missed = Vec::new();
    let cases = chosen(&arguments);
    for &case in &cases {
        let begin = Instant::now();
        match measure(case, &plan, folder, arguments.keep.is_some()).await {
            Ok((mut rows, wrong)) => {
                println!("\n{}, in {} s:\n", case.name(), begin.elapsed().as_secs());
                for row in &mut rows {
                    row.case = case.name();
                }
                print!("{}", table(&rows));
                missed.extend(wrong);
                run.rows.extend(rows);
            }
            // The others can be measured all the same.
            Err(error) => {
                println!("\n{}: {error:#}", case.name());
                missed.push(format!("{} could not be measured: {error:#}", case.name()));
                run.failed.push(case.name());
            }
        }
    }

    if cases.len() > 1 {
        println!("\n{}\n\n{}", run.heading(), table(&run.rows));
    }
    if let Some(old) = old {
        println!("Compared with {}:\n\n{}", old.heading(), comparison(&run.rows, &old.rows));
    }
    if let Some(file) = &arguments.json {
        fs::write(file, run.to_json()?).with_context(|| format!("{} cannot be written", file.display()))?;
    }
    missed.extend(run.rows.iter().filter_map(row::Row::missed_floor));
    for miss in &missed {
        println!("missed: {miss}");
    }
    if run.rows.iter().any(|row| row.case == "instructions" && row.missed_floor().is_some()) {
        println!(
            "If more instructions are worth it, `cargo xtask bench -- instructions --accept` expects them."
        );
    }
    ensure!(run.failed.is_empty(), "not measured: {}", run.failed.join(", "));
    ensure!(!arguments.check || missed.is_empty(), "{} of what `--check` demands is missed", missed.len());
    Ok(())
}

fn chosen(arguments: &Arguments) -> Vec<Case> {
    if !arguments.cases.is_empty() {
        arguments.cases.clone()
    } else if arguments.check {
        Case::CHECKED.to_vec()
    } else {
        Case::value_variants().to_vec()
    }
}

async fn measure(
    case: Case,
    plan: &Plan,
    folder: &Path,
    is_kept: bool,
) -> Result<(Vec<row::Row>, Vec<String>)> {
    let folder = Folder::create(&folder.join(case.name()), is_kept)?;
    case.measure(plan, &folder).await
}
