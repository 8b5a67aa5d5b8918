//! `testresults.txt`: the console output of MicroPython's runners, as octoprobe stores it.
//!
//! A line per test: `pass  basics/andor.py` by run-tests.py and run-natmodtests.py,
//! `multi_net/tcp.py on ttyUSB0|ttyUSB1: pass` by run-multitests.py, `perf_bench/bm_fft.py:
//! 71705.62 0.0048 278.92 0.0048` by run-perfbench.py, whose numbers are in no other file. Totals
//! follow. After them, failures of tests that are known to be flaky are listed as ignored.

use super::measures::measures_in;
use super::push;
use super::results::outcome;
use crate::import::batch::{Batch, Row, kept_details};
use crate::import::collect::Occurrences;
use crate::import::formats::octoprobe::{Tentacle, of_group};
use crate::import::importer::{LineImporter, LineReader};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, number};
use crate::model::{Outcome, RepeatRule, Severity, counted, grouped};
use std::collections::BTreeMap;

pub const ABOUT: About = About {
    key: "micropython-output",
    name: "MicroPython output",
    tool: "MicroPython",
    family: Family::Lab,
    richness: Richness::Console,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "MicroPython's tests/run-tests.py, run-perfbench.py and others: their console output",
    reads: "results as printed, measurements with their standard deviation",
    dut: "`--result-dir` of octoprobe",
    limits: "no tests that the run did not reach",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        let is_text = head.root.is_none() && head.keys.is_empty();
        is_text && (head.text.lines().any(is_header) || names_a_runner(head.text))
    },
    importer: || Box::new(LineImporter::<Output>::default()),
    details: kept_details::read,
});

const RUNNERS: [&str; 4] = ["run-tests.py", "run-natmodtests.py", "run-multitests.py", "run-perfbench.py"];

/// Returns whether only these runners write such a line: their target, or the first total.
fn is_header(line: &str) -> bool {
    line.starts_with("platform=") && line.contains(" arch=")
        || line.starts_with("N=") && line.contains(" n_average=")
        || performed(line).is_some()
}

/// Returns whether the first line is the command, as octoprobe writes it, and a result follows.
fn names_a_runner(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let is_command = lines.next().is_some_and(|line| {
        RUNNERS.iter().any(|runner| line.split_ascii_whitespace().any(|word| word.ends_with(runner)))
    });
    is_command && lines.any(|line| result(line).is_some())
}

/// Returns whether the output may begin with this line: with the command, or without it.
pub fn begins(line: &str) -> bool {
    is_header(line) || RUNNERS.iter().any(|runner| line.contains(runner)) || result(line).is_some()
}

/// Parses `858 tests performed (24995 individual testcases)`.
fn performed(line: &str) -> Option<u64> {
    let (count, rest) = line.split_once(' ')?;
    rest.starts_with("tests performed").then(|| count.parse().ok())?
}

/// Parses a line with a result: test, outcome, word and text.
fn result(line: &str) -> Option<(&str, Outcome, &str, &str)> {
    let is_test = |name: &str| name.ends_with(".py") && !name.contains(' ');
    if let Some((word, rest)) = line.split_once("  ") {
        let outcome = match word {
            "pass" => Outcome::Passed,
            "skip" | "SKIP" | "lrge" | "LRGE" => Outcome::Skipped,
            "FAIL" | "TRUTH FAIL" => Outcome::Failed,
            _ => return None,
        };
        let (name, extra) = rest.split_once(' ').unwrap_or((rest, ""));
        let extra = match word {
            "lrge" | "LRGE" => "too large",
            "TRUTH FAIL" => "truth",
            _ => extra.trim(),
        };
        return is_test(name).then_some((name, outcome, word, extra));
    }
    let (head, said) = line.split_once(": ")?;
    let said = said.trim();
    if let Some((name, _instances)) = head.split_once(" on ") {
        let outcome = outcome(&said.to_ascii_lowercase())?;
        return is_test(name).then_some((name, outcome, said, ""));
    }
    if !is_test(head) {
        return None;
    }
    let first = said.split([':', ' ']).next().unwrap_or("");
    Some(match first {
        _ if measures_in(said).is_some() => (head, Outcome::Passed, "", said),
        "SKIP" | "CRASH" | "FAIL" => {
            let outcome = if first == "SKIP" { Outcome::Skipped } else { Outcome::Failed };
            (head, outcome, first, said)
        }
        _ => (head, Outcome::Unknown, said, said),
    })
}

#[derive(Default)]
struct Output {
    scope: (String, (u32, u32)),
    /// Tests that were performed, by the totals.
    performed: Option<u64>,
    /// Older versions of the benchmarks' runner print no totals.
    is_perfbench: bool,
    /// octoprobe wrote the file, and adds lines at its end.
    has_folder: bool,
    has_end: bool,
    unknown: Occurrences,
    /// Failures that count as skipped, with reasons.
    ignored: BTreeMap<String, String>,
    lines: u64,
}

impl LineReader for Output {
    fn line(&mut self, line: &str, at: u64, batch: &mut Batch) {
        self.lines += 1;
        if let Some((name, outcome, word, extra)) = result(line) {
            if outcome == Outcome::Unknown {
                self.unknown.add_example(at, word);
            }
            push(name, outcome, word, extra, batch);
        } else if self.lines == 1 && line.contains(".py") {
            self.command(line, batch);
        } else if line.starts_with("platform=") {
            for (key, value) in line.split_ascii_whitespace().filter_map(|word| word.split_once('=')) {
                let draft = batch.session(0);
                match key {
                    "platform" | "arch" => draft.attributes.push((key.to_owned(), value.to_owned())),
                    _ => draft.property(key, value),
                }
            }
        } else if line.starts_with("N=") && line.contains(" n_average=") {
            self.is_perfbench = true;
            batch.session(0).property("parameters", line.trim());
        } else if let Some(count) = performed(line) {
            self.performed = Some(count);
        } else if let Some((_, ignored)) = line.split_once(" tests had known-flaky failures (ignored): ") {
            self.ignored.extend(self::ignored(ignored));
        } else if let Some(code) = line.strip_prefix("returncode=") {
            batch.session(0).property("returncode", code.trim());
        } else if let Some(duration) = line.strip_prefix("duration=") {
            self.has_end = true;
            batch.session(0).duration_s = number::seconds(duration);
        }
    }

    fn finish(&mut self, batch: &mut Batch) {
        let (scope, boundary) = std::mem::take(&mut self.scope);
        batch.name_first_scope(&scope, boundary);
        self.unknown.note_unknown("test", "result", batch);
        self.ignore(batch);
        let is_performed = |row: &&Row| {
            matches!(row.outcome, Outcome::Passed | Outcome::Failed)
                || batch.native_word(row.native) == "ignored"
        };
        let found = batch.rows.iter().filter(is_performed).count() as u64;
        match self.performed {
            Some(said) if said != found => {
                let text = format!(
                    "the totals say {}, but the file has results of {}",
                    counted(said, "test"),
                    grouped(found)
                );
                batch.note(Severity::Warning, None, text);
            }
            Some(_) if self.has_folder && !self.has_end => {
                batch.note(Severity::Warning, None, "the file is truncated: its last lines are missing");
            }
            Some(_) => {}
            None if self.is_perfbench => {
                let text = "no totals at the end: the runner is an older version, or the run was cut short";
                batch.note(Severity::Info, None, text);
            }
            None => {
                batch.session(0).mark_incomplete("the run was cut short");
                batch.note(Severity::Warning, None, "no totals at the end: the run was cut short");
            }
        }
        let draft = batch.session(0);
        (draft.has_repeats_elsewhere, draft.repeats) = (true, RepeatRule::Worst);
    }
}

impl Output {
    fn ignore(&self, batch: &mut Batch) {
        for at in 0..if self.ignored.is_empty() { 0 } else { batch.rows.len() } {
            let Some(row) = batch.rows.get(at).copied().filter(|row| row.outcome == Outcome::Failed) else {
                continue;
            };
            if let Some(reason) = self.ignored.get(batch.get(row.name)) {
                let (native, message) = (batch.native("ignored"), batch.add_message(reason));
                if let Some(row) = batch.rows.get_mut(at) {
                    (row.outcome, row.native, row.message) = (Outcome::Skipped, native, message);
                }
            }
        }
    }

    fn command(&mut self, line: &str, batch: &mut Batch) {
        let draft = batch.session(0);
        draft.property("commandline", line.trim());
        let folder = line.split_ascii_whitespace().find_map(|word| word.strip_prefix("--result-dir="));
        let folder = folder.and_then(|folder| folder.trim_end_matches('/').rsplit('/').next());
        if let Some(tentacle) = folder.and_then(Tentacle::of_folder) {
            self.has_folder = true;
            tentacle.claim("--result-dir", draft);
            self.scope = tentacle.scope();
            draft.report = of_group();
        }
    }
}

/// Parses tests and reasons: `net/a.py [flaky: …] net/b.py […]`.
fn ignored(tests: &str) -> impl Iterator<Item = (String, String)> {
    tests.split("] ").filter(|test| !test.trim().is_empty()).map(|test| {
        let (name, reason) = test.split_once(" [").unwrap_or((test, ""));
        (name.trim().to_owned(), reason.trim_end().trim_end_matches(']').to_owned())
    })
}
