//! One large file of JUnit: how fast beside parsers that a browser has or can have, how many cores, how much
//! memory.

use std::thread::available_parallelism;

use anyhow::Result;
use passgrid_browser_tests::generate::{self, Tests};

use crate::{
    page::{Bench, Folder, Input, Load, each},
    peers::{self, Peer},
    row::{Bound, Row},
    spread::Spread,
};

/// 200 MB.
const TESTS: u64 = 1_200_000;

/// Bytes that any report may take, whatever it has.
const ALLOWED_ONCE: f64 = 40e6;

/// Bytes that each result may take, beside [`ALLOWED_ONCE`] and each distinct text once.
const ALLOWED_PER_RESULT: f64 = 60.0;

/// Measures rounds of the page, its memory, and each peer.
pub async fn measure(rounds: u32, folder: &Folder) -> Result<Vec<Row>> {
    let file = generate::write_junit(&folder.join("large.xml"), &Tests { numbers: 0..TESTS, seed: 7 })?;
    let input = Input::of(&file);
    let bench = Bench::start().await?;
    let has_events = peers::serve(&bench)?;
    // Compiles the engine, and brings the file into the system's cache.
    bench.load(&input).await?;

    let (mut loads, mut growths, mut events) = (Vec::new(), Vec::new(), Vec::new());
    let all_peers: Vec<Peer> = std::iter::once(Peer::DomParser).chain(Peer::NPM).collect();
    let mut peers: Vec<Vec<f64>> = vec![Vec::new(); all_peers.len()];
    for _ in 0..rounds {
        loads.push(bench.load(&input).await?);
        // A browser of its own: an earlier report may not have left this one entirely.
        let fresh = Bench::start().await?;
        growths.push(fresh.memory(&input).await?);
        fresh.quit().await?;
        if has_events {
            events.push(peers::events(&bench, &file.path).await?.ms);
        }
        for (peer, times) in all_peers.iter().zip(&mut peers) {
            times.push(peers::read(&bench, *peer, &file.path, [file.tests, file.failed]).await?);
        }
    }
    bench.quit().await?;

    let ms = each(&loads, |load| load.ms);
    let workers = each(&loads, |load| load.used.workers);
    let peers: Vec<(Peer, Spread)> =
        all_peers.into_iter().zip(peers).map(|(peer, times)| (peer, Spread::of(times.into_iter()))).collect();
    let mut rows = vec![
        Row::new("drop to overview", "ms", ms.clone()),
        Row::new("the same", "MB/s", ms.rate(input.megabytes())),
        Row::new("processor time of workers", "ms", workers.clone()),
    ];
    rows.extend(peers.iter().map(|(peer, times)| Row::new(peer.name(), "ms", times.clone())));
    if let Some((_, times)) = peers.iter().find(|(peer, _)| *peer == Peer::DomParser) {
        rows.push(Row::new("× DOMParser", "times", times.ratio(&ms)).target(Bound::AtLeast(20.0)));
    }
    let from_npm = peers.iter().filter(|(peer, _)| *peer != Peer::DomParser);
    if let Some((_, times)) = from_npm.min_by(|(_, a), (_, b)| a.median().total_cmp(&b.median())) {
        let row = Row::new("× the fastest of saxes, txml, fast-xml-parser", "times", times.ratio(&ms));
        rows.push(row.target(Bound::AtLeast(5.0)));
    }
    if !events.is_empty() {
        let events = Spread::of(events.into_iter());
        rows.push(Row::new("quick-xml's events", "ms", events.clone()));
        // Their quickest round counts, because ours is processor time, which does not contain what others on the
        // machine take.
        let [quickest, ..] = events.summary();
        let quickest = Spread::of([quickest].into_iter());
        let row = Row::new("of the speed of quick-xml's events, per core", "times", quickest.ratio(&workers));
        rows.push(row.target(Bound::AtLeast(0.5)));
    }
    let cores = each(&loads, |load| load.used.workers / load.ms);
    let cores = Row::new("cores that workers kept busy", "cores", cores);
    let has_two = available_parallelism().is_ok_and(|cores| cores.get() >= 2);
    rows.push(if has_two { cores.target(Bound::AtLeast(1.5)) } else { cores });
    // Since the page was empty, because the allowance is for all that a report needs.
    let per_result = |bytes: f64| (bytes - file.distinct as f64 - ALLOWED_ONCE) / file.tests as f64;
    let held = growths.iter().map(|growth| per_result(growth.first.resident + growth.input.resident));
    let peak = growths.iter().map(|growth| per_result(growth.first.resident + growth.input.peak));
    rows.extend([
        Row::new("memory of a result", "bytes", Spread::of(held)).target(Bound::AtMost(ALLOWED_PER_RESULT)),
        Row::new("memory of a result, at its peak", "bytes", Spread::of(peak))
            .target(Bound::AtMost(ALLOWED_PER_RESULT)),
        Row::new("longest task of the main thread", "ms", each(&loads, Load::longest_task))
            .target(Bound::AtMost(50.0)),
    ]);
    Ok(rows)
}
