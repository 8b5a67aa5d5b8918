//! How long a person waits in a first visit, and how fast the page reads large files compared with
//! what a browser has built in.
//!
//! Large files are read in one Chromium, in rounds that alternate with the baselines, after one
//! round to warm up. Times are from handing the file over (the `change` event of the file field) to
//! the end: for the page, to the frame in which the whole report is on screen.
//!
//! Figures are least / median / most. Arguments: `--rounds N` (5); `--keep FOLDER` keeps the
//! generated files there; `--check` makes it an error if a budget is exceeded by more than half, or
//! if a ratio is below its floor.
//!
//! The upper bound of the speed of reading XML, quick-xml's events and nothing else, has to be
//! built for wasm. `PASSGRID_EVENTS` names a folder with `events.js` and `events_bg.wasm`, as
//! wasm-bindgen writes them for the target `no-modules`, with one export:
//! `#[wasm_bindgen] pub fn count_events(bytes: &[u8]) -> u32`. Without it, that row is left out.

mod budgets;
mod memory;
mod processor;
mod spread;

use std::{
    env, fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use passgrid_browser_tests::{Browser, LongTask, Site, dist, generate, generate::Generated};
use serde::Deserialize;

use crate::{
    memory::{Grown, Memory},
    processor::{Processor, Used},
    spread::Spread,
};

/// What is served next to the page: a document with a file field and nothing else, and the worker
/// that counts events.
const BARE_PAGE: &str = include_str!("bare.html");
const EVENTS_WORKER: &str = include_str!("events-worker.js");

/// Watches for the report, in the page.
const WATCH: &str = include_str!("watch.js");

/// How many times faster than something else the page should be.
struct Target {
    /// What we aim for, printed beside what was measured.
    aim: f64,
    /// Two thirds of what was measured when this was set. With `--check` it is an error to be below.
    floor: f64,
}

const TIMES_DOM_PARSER: Target = Target { aim: 12.0, floor: 4.4 };
const OF_EVENTS: Target = Target { aim: 0.3, floor: 0.17 };
const TIMES_JSON_PARSE: Target = Target { aim: 3.0, floor: 0.8 };

/// The memory that a file should add to the page, as a part of its size.
const MEMORY_OF_INPUT: f64 = 0.5;

/// A generated file on disk.
struct Input {
    path: PathBuf,
    content: Generated,
}

impl Input {
    fn write(folder: &Path, name: &str, content: Generated) -> Result<Self> {
        let path = folder.join(name);
        fs::write(&path, &content.text)?;
        println!(
            "{name}: {:.1} MB, {} tests, {} failed, {} skipped",
            content.text.len() as f64 / 1e6,
            content.tests,
            content.failed,
            content.skipped
        );
        Ok(Self { path, content })
    }

    fn megabytes(&self) -> f64 {
        self.content.text.len() as f64 / 1e6
    }
}

/// What the page took for a file.
struct Run {
    ms: f64,
    used: Used,
    long_tasks: Vec<LongTask>,
    /// By the first report of all: code, a document. A file of one test.
    first: Grown,
    /// By the file.
    grown: Grown,
}

/// What something else took, and what it counted.
#[derive(Deserialize)]
struct Baseline {
    ms: f64,
    tests: u64,
    failed: u64,
}

/// quick-xml's events, with and without getting the bytes out of the file.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Events {
    ms: f64,
    with_reading_ms: f64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let Arguments { rounds, keep, check } = arguments()?;
    let mut missed = budgets::measure(rounds).await?;
    let temporary = tempfile::tempdir()?;
    let folder = keep.unwrap_or_else(|| temporary.path().to_owned());
    fs::create_dir_all(&folder)?;
    let xml = Input::write(&folder, "pytest.xml", generate::junit(120_000))?;
    let json = Input::write(&folder, "pytest.report.json", generate::json_report(66_000))?;

    let site = Site::start(&dist()?)?;
    fs::write(site.own().join("bare.html"), BARE_PAGE)?;
    let has_events = copy_events(site.own())?;
    let page = Browser::start().await?;

    let (mut page_xml, mut page_json) = (Vec::new(), Vec::new());
    let (mut dom_parser, mut json_parse, mut events) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=rounds {
        let is_warm_up = round == 0;
        let of_page = (read_by_page(&page, &site, &xml).await?, read_by_page(&page, &site, &json).await?);
        let of_browser = (
            read_by(&page, &site, &xml, "countByDomParser").await?,
            read_by(&page, &site, &json, "countByJsonParse").await?,
        );
        let of_events = if has_events { Some(read_events(&page, &site, &xml).await?) } else { None };
        println!(
            "round {round}{}: {:.0} ms, {:.0} ms",
            if is_warm_up { " (warm-up)" } else { "" },
            of_page.0.ms,
            of_page.1.ms
        );
        if is_warm_up {
            continue;
        }
        page_xml.push(of_page.0);
        page_json.push(of_page.1);
        dom_parser.push(of_browser.0);
        json_parse.push(of_browser.1);
        events.extend(of_events);
    }
    page.quit().await?;

    println!("\nJUnit XML, {:.1} MB: from the file to the report on screen", xml.megabytes());
    let ours = speed_of_page(&page_xml, &xml);
    let theirs = baseline("DOMParser on the main thread, and counting", &dom_parser, &xml);
    missed.extend(compare(&ours, &theirs, "times DOMParser", TIMES_DOM_PARSER));
    if events.is_empty() {
        println!("  quick-xml's events in wasm: not measured, PASSGRID_EVENTS is not set");
    } else {
        let bare = Spread::of(events.iter().map(|run| run.ms));
        let whole = Spread::of(events.iter().map(|run| run.with_reading_ms));
        println!("  quick-xml's events in wasm      {bare} ms   {} MB/s", bare.rate(xml.megabytes()));
        println!("  and with reading the file       {whole} ms   {} MB/s", whole.rate(xml.megabytes()));
        missed.extend(compare(&ours, &bare, "of the events' speed", OF_EVENTS));
    }
    the_rest(&page_xml, &xml);

    println!("\npytest-json-report, {:.1} MB: from the file to the report on screen", json.megabytes());
    let ours = speed_of_page(&page_json, &json);
    let theirs = baseline("JSON.parse on the main thread, and counting", &json_parse, &json);
    missed.extend(compare(&ours, &theirs, "times JSON.parse", TIMES_JSON_PARSE));
    the_rest(&page_json, &json);
    for miss in &missed {
        println!("\nmissed: {miss}");
    }
    ensure!(!check || missed.is_empty(), "{} of what `--check` demands is missed", missed.len());
    Ok(())
}

struct Arguments {
    rounds: u32,
    keep: Option<PathBuf>,
    check: bool,
}

fn arguments() -> Result<Arguments> {
    let mut parsed = Arguments { rounds: 5, keep: None, check: false };
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--rounds" => parsed.rounds = value()?.parse().context("--rounds needs a number")?,
            "--keep" => parsed.keep = Some(value()?.into()),
            "--check" => parsed.check = true,
            _ => bail!("unknown argument: {argument} (there are --check, --rounds N and --keep FOLDER)"),
        }
    }
    ensure!(parsed.rounds > 0, "--rounds needs at least 1");
    Ok(parsed)
}

/// Puts the program that reads events where the browser finds it, if there is one.
fn copy_events(to: &Path) -> Result<bool> {
    let Some(folder) = env::var_os("PASSGRID_EVENTS").map(PathBuf::from) else {
        return Ok(false);
    };
    for file in ["events.js", "events_bg.wasm"] {
        fs::copy(folder.join(file), to.join(file)).with_context(|| format!("{file} in PASSGRID_EVENTS"))?;
    }
    fs::write(to.join("events-worker.js"), EVENTS_WORKER)?;
    Ok(true)
}

/// The page from an empty start to the report, for the time; and once more after a first small
/// report, for the memory that the file adds.
async fn read_by_page(page: &Browser, site: &Site, input: &Input) -> Result<Run> {
    open_empty(page, site).await?;
    page.long_tasks().await?;
    let browser = page.process().context("the browser's process is not known")?;
    let before = Processor::of(browser);
    let ms = time_report(page, &input.path, input.content.tests - input.content.skipped).await?;
    let used = Processor::of(browser).since(&before);
    page.until_true("document.querySelector('.dut-bars .outcome-bar-part') !== null").await?;
    let long_tasks = page.long_tasks().await?;

    open_empty(page, site).await?;
    let empty = Memory::of(page).await?;
    let small = site.own().join("small.xml");
    fs::write(&small, generate::junit(1).text)?;
    time_report(page, &small, 1).await?;
    page.until_true("document.querySelector('.dut-bars .outcome-bar-part') !== null").await?;
    let before = Memory::of(page).await?;
    before.forget_peak();
    time_report(page, &input.path, 1 + input.content.tests - input.content.skipped).await?;
    let grown = Memory::of(page).await?.since(&before);
    Ok(Run { ms, used, long_tasks, first: before.since(&empty), grown })
}

async fn open_empty(page: &Browser, site: &Site) -> Result<()> {
    page.open_page(&site.address(), "empty").await?;
    // The engine starts with the page; people come later than that.
    tokio::time::sleep(Duration::from_millis(700)).await;
    Ok(())
}

/// Milliseconds from handing over the file to the report with this number of executed tests.
async fn time_report(page: &Browser, file: &Path, executed: u64) -> Result<f64> {
    page.evaluate::<bool>(&format!("({WATCH})({executed})")).await?;
    page.file_field("Open files").await?.choose([file]).await?;
    page.evaluate("reportShown").await
}

/// A function of the bare page, which must count the same.
async fn read_by(page: &Browser, site: &Site, input: &Input, function: &str) -> Result<Baseline> {
    open_bare(page, site, input).await?;
    let counted: Baseline = page.evaluate(&format!("{function}(file())")).await?;
    let expected = (input.content.tests, input.content.failed);
    ensure!((counted.tests, counted.failed) == expected, "{function} counts {} tests", counted.tests);
    Ok(counted)
}

async fn read_events(page: &Browser, site: &Site, input: &Input) -> Result<Events> {
    open_bare(page, site, input).await?;
    page.evaluate("readEvents(file())").await
}

async fn open_bare(page: &Browser, site: &Site, input: &Input) -> Result<()> {
    page.open(&format!("{}own/bare.html", site.address())).await?;
    page.file_field("File").await?.choose([&input.path]).await
}

fn speed_of_page(runs: &[Run], input: &Input) -> Spread {
    let spread = Spread::of(runs.iter().map(|run| run.ms));
    println!("  the page                        {spread} ms   {} MB/s", spread.rate(input.megabytes()));
    let used = |figure: fn(&Used) -> f64| Spread::of(runs.iter().map(|run| figure(&run.used)));
    println!(
        "    processor time: worker {} ms, main thread {} ms, with all others {} ms",
        used(|used| used.workers),
        used(|used| used.main),
        used(|used| used.all)
    );
    spread
}

fn baseline(name: &str, runs: &[Baseline], input: &Input) -> Spread {
    let spread = Spread::of(runs.iter().map(|run| run.ms));
    println!("  {name}\n{:34}{spread} ms   {} MB/s", "", spread.rate(input.megabytes()));
    spread
}

/// Prints how many times faster ours is than theirs, beside the target. Returns a message if that is
/// below the floor.
fn compare(ours: &Spread, theirs: &Spread, what: &str, target: Target) -> Option<String> {
    let Target { aim, floor } = target;
    let ratio = theirs.ratio(ours);
    println!("  → {ratio} {what} (target: at least {aim}, {})", verdict(ratio.median() >= aim));
    (ratio.median() < floor).then(|| format!("{:.2} {what}, and not at least {floor}", ratio.median()))
}

fn verdict(is_met: bool) -> &'static str {
    if is_met { "met" } else { "MISSED" }
}

/// Memory and long tasks.
fn the_rest(runs: &[Run], input: &Input) {
    let megabytes = |figure: fn(&Run) -> f64| Spread::of(runs.iter().map(|run| figure(run) / 1e6));
    let resident = megabytes(|run| run.grown.resident);
    let of_input = resident.median() / input.megabytes();
    println!("  memory that the file adds to a page with a report, in MB:");
    println!("    the page's JavaScript heap    {}", megabytes(|run| run.grown.heap));
    println!("    the renderer's process: wasm, workers and all (anonymous memory, from /proc)");
    println!(
        "{:34}{resident}, {of_input:.2} of the input (target: less than {}, {})",
        "",
        MEMORY_OF_INPUT,
        verdict(of_input < MEMORY_OF_INPUT)
    );
    println!("    at its peak (all memory)      {}", megabytes(|run| run.grown.peak));
    println!("    (the first report of all, of one test, adds {})", megabytes(|run| run.first.resident));
    let durations = |is_meant: fn(&LongTask) -> bool| -> Vec<f64> {
        let tasks = runs.iter().flat_map(|run| &run.long_tasks).filter(|task| is_meant(task));
        tasks.map(|task| task.duration).collect()
    };
    let tasks = durations(|task| !task.is_for_charts());
    println!(
        "  tasks over 50 ms on the main thread: {tasks:.0?} ms (target: none, {})",
        verdict(tasks.is_empty())
    );
    println!("  and because of the chart: {:.0?} ms", durations(LongTask::is_for_charts));
}
