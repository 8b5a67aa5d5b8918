//! Files of a size that CI has time for, beside what a browser has built in. These rows have floors.

use std::{fs, path::PathBuf};

use anyhow::Result;
use passgrid_browser_tests::generate::{self, Generated};

use crate::{
    page::{Bench, By, Folder, Growth, Input, Load, each},
    peers::{self, Events, Peer},
    row::{Bound, Row},
    spread::Spread,
};

/// How many times faster than something else the page should be. A floor is two thirds of what was measured when
/// it was set.
const TIMES_DOM_PARSER: [Bound; 2] = [Bound::AtLeast(20.0), Bound::AtLeast(4.4)];
const OF_EVENTS: [Bound; 2] = [Bound::AtLeast(0.5), Bound::AtLeast(0.17)];
const TIMES_JSON_PARSE: [Bound; 2] = [Bound::AtLeast(5.0), Bound::AtLeast(0.8)];

/// A file that the page and a peer read.
struct File {
    name: &'static str,
    input: Input,
    peer: Peer,
    content: [u64; 2],
}

/// What was measured of it.
#[derive(Default)]
struct Measured {
    loads: Vec<Load>,
    growths: Vec<Growth>,
    peer: Vec<f64>,
    events: Vec<Events>,
}

impl File {
    fn write(path: PathBuf, name: &'static str, content: &Generated, peer: Peer) -> Result<Self> {
        fs::write(&path, &content.text)?;
        let input = Input {
            paths: vec![path],
            executed: content.tests - content.skipped,
            bytes: content.text.len() as u64,
            by: By::Field,
        };
        Ok(Self { name, input, peer, content: [content.tests, content.failed] })
    }

    async fn measure(&self, bench: &Bench, has_events: bool, into: &mut Measured) -> Result<()> {
        into.loads.push(bench.load(&self.input).await?);
        into.growths.push(bench.memory(&self.input).await?);
        let path = &self.input.paths[0];
        into.peer.push(peers::read(bench, self.peer, path, self.content).await?);
        if has_events && self.peer == Peer::DomParser {
            into.events.push(peers::events(bench, path).await?);
        }
        Ok(())
    }

    fn rows(&self, measured: &Measured) -> Vec<Row> {
        let Measured { loads, growths, peer, events } = measured;
        let name = |what: &str| format!("{}: {what}", self.name);
        let ms = each(loads, |load| load.ms);
        let theirs = Spread::of(peer.iter().copied());
        let [target, floor] = if self.peer == Peer::DomParser { TIMES_DOM_PARSER } else { TIMES_JSON_PARSE };
        let mut rows = vec![
            Row::new(name("file to report"), "ms", ms.clone()),
            Row::new(name("processor time of workers"), "ms", each(loads, |load| load.used.workers)),
            Row::new(name("processor time of the main thread"), "ms", each(loads, |load| load.used.main)),
            Row::new(name("processor time of all threads"), "ms", each(loads, |load| load.used.all)),
            Row::new(name(self.peer.name()), "ms", theirs.clone()),
            Row::new(name(&format!("× {}", self.peer.name())), "times", theirs.ratio(&ms))
                .target(target)
                .floor(floor),
        ];
        if !events.is_empty() {
            let [target, floor] = OF_EVENTS;
            let bare = Spread::of(events.iter().map(|run| run.ms));
            let whole = Spread::of(events.iter().map(|run| run.with_reading_ms));
            rows.extend([
                Row::new(name("quick-xml's events"), "ms", bare.clone()),
                Row::new(name("the same, with reading the file"), "ms", whole),
                Row::new(name("of the speed of quick-xml's events"), "times", bare.ratio(&ms))
                    .target(target)
                    .floor(floor),
            ]);
        }
        let megabytes =
            |figure: fn(&Growth) -> f64| Spread::of(growths.iter().map(|growth| figure(growth) / 1e6));
        let peak = growths.iter().map(|growth| growth.input.peak / self.input.bytes as f64);
        let peak = Row::new(name("memory at its peak, of the input"), "times", Spread::of(peak));
        rows.extend([
            Row::new(name("longest task of the main thread"), "ms", each(loads, Load::longest_task))
                .target(Bound::AtMost(50.0)),
            Row::new(name("JavaScript heap that it adds"), "MB", megabytes(|growth| growth.input.heap)),
            Row::new(name("memory that it adds"), "MB", megabytes(|growth| growth.input.resident)),
            if self.peer == Peer::JsonParse { peak.target(Bound::AtMost(0.35)) } else { peak },
        ]);
        rows
    }
}

/// Measures both files in rounds that alternate with their peers, after one round to warm up.
pub async fn measure(rounds: u32, folder: &Folder) -> Result<Vec<Row>> {
    let files = [
        File::write(folder.join("pytest.xml"), "20 MB of JUnit", &generate::junit(120_000), Peer::DomParser)?,
        File::write(
            folder.join("pytest.report.json"),
            "40 MB of json-report",
            &generate::json_report(66_000),
            Peer::JsonParse,
        )?,
    ];
    let bench = Bench::start().await?;
    let has_events = peers::serve(&bench)?;
    let mut measured = [Measured::default(), Measured::default()];
    for round in 0..=rounds {
        if round == 1 {
            measured = Default::default();
        }
        for (file, measured) in files.iter().zip(&mut measured) {
            file.measure(&bench, has_events, measured).await?;
        }
    }
    bench.quit().await?;
    Ok(files.iter().zip(&measured).flat_map(|(file, measured)| file.rows(measured)).collect())
}
