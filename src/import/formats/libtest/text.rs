//! The console output of `cargo test`: a line per test, output of failed tests, totals.

use super::{Programs, benchmark, panicked};
use crate::import::batch::{Batch, Entry, kept_details};
use crate::import::details::{Details, SectionKind, in_a_line};
use crate::import::importer::{LineImporter, LineReader};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, number};
use crate::model::Outcome;
use rustc_hash::FxHashMap;

pub const ABOUT: About = About {
    key: "libtest-output",
    name: "cargo test output",
    tool: "cargo test",
    family: Family::OtherLanguages,
    richness: Richness::Console,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "cargo test: its console output",
    reads: "several test programs, ignored tests and benchmarks, output of tests that failed",
    dut: "",
    limits: "names of test programs only if standard error is in the file",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        let mut lines = head.text.lines();
        head.root.is_none()
            && head.keys.is_empty()
            && lines.any(is_start)
            && lines.any(|line| verdict(line).is_some() || line.starts_with("test result: "))
    },
    importer: || Box::new(LineImporter::<Output>::default()),
    details: kept_details::read,
});

/// Returns whether the output may begin with this line.
pub fn begins(line: &str) -> bool {
    is_start(line) || line.trim_start().starts_with("Running ")
}

/// Parses `running 4 tests`.
fn is_start(line: &str) -> bool {
    let count = line.strip_prefix("running ").and_then(|rest| rest.split_once(' '));
    count.is_some_and(|(count, noun)| count.parse::<u64>().is_ok() && matches!(noun, "test" | "tests"))
}

/// A line with a verdict: test, outcome, word, reason and duration.
///
/// `test line_in::usb ... ignored, needs hw`
fn verdict(line: &str) -> Option<(&str, Outcome, &str, &str, Option<f64>)> {
    let (name, said) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
    let name = plain_name(name);
    let (said, duration_s) = match said.strip_suffix("s>").and_then(|said| said.rsplit_once(" <")) {
        Some((said, seconds)) => (said, number::seconds(seconds)),
        None => (said, None),
    };
    let (word, rest) = said.split_at(said.find([',', ':', ' ']).unwrap_or(said.len()));
    let rest = rest.trim_start_matches([',', ':']).trim();
    let outcome = outcome(word)?;
    Some((name, outcome, word, rest, duration_s))
}

/// Removes the expectation from a name.
fn plain_name(name: &str) -> &str {
    let ends = [" - should panic", " - compile fail", " - compile"];
    ends.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)
}

fn outcome(word: &str) -> Option<Outcome> {
    Some(match word {
        "ok" | "bench" => Outcome::Passed,
        "FAILED" => Outcome::Failed,
        "ignored" => Outcome::Skipped,
        _ => return None,
    })
}

#[derive(Default)]
struct Output {
    programs: Programs,
    is_running: bool,
    duration_s: Option<f64>,
    /// A test with output of its own before its verdict on the line.
    interrupted: Option<(String, String)>,
    /// Rows of this program that failed.
    failed: FxHashMap<String, u32>,
    /// The test whose output follows.
    output: Option<(String, String)>,
    end: u64,
}

impl LineReader for Output {
    fn line(&mut self, line: &str, at: u64, batch: &mut Batch) {
        self.end = at + line.len() as u64;
        if is_start(line) {
            if self.is_running {
                self.broken("a test program", batch);
            }
            self.is_running = true;
            self.failed.clear();
            self.programs.begins();
        } else if let Some(sums) = line.strip_prefix("test result: ") {
            self.end_output(batch);
            self.is_running = false;
            self.programs.ends();
            let seconds = sums.rsplit_once("finished in ").and_then(|(_, seconds)| number::seconds(seconds));
            if let Some(seconds) = seconds {
                *self.duration_s.get_or_insert(0.0) += seconds;
            }
        } else if let Some(name) =
            line.strip_prefix("---- ").and_then(|line| line.strip_suffix(" stdout ----"))
        {
            self.end_output(batch);
            self.output = Some((name.to_owned(), String::new()));
        } else if line == "failures:" {
            self.end_output(batch);
        } else if let Some((_, output)) = &mut self.output {
            output.push_str(line);
            output.push('\n');
        } else if let Some((name, outcome, word, said, duration_s)) = verdict(line) {
            self.add_result(name, outcome, word, said, duration_s, at, batch);
        } else if let Some((name, text)) =
            line.strip_prefix("test ").and_then(|line| line.split_once(" ... "))
        {
            self.interrupted = Some((plain_name(name).to_owned(), format!("{text}\n")));
        } else if let Some((name, output)) = self.interrupted.take() {
            match outcome(line.trim()) {
                Some(outcome) => {
                    self.add_result(&name, outcome, line.trim(), "", None, at, batch);
                    if outcome == Outcome::Failed {
                        self.output = Some((name, output));
                        self.end_output(batch);
                    }
                }
                None => self.interrupted = Some((name, output + line + "\n")),
            }
        } else {
            self.programs.line(line);
        }
    }

    fn finish(&mut self, batch: &mut Batch) {
        self.end_output(batch);
        if self.is_running {
            self.broken("the last test program", batch);
        }
        self.programs.finish(batch);
        if self.duration_s.is_some() {
            batch.session(0).duration_s = self.duration_s;
        }
    }
}

impl Output {
    fn broken(&self, program: &str, batch: &mut Batch) {
        let text = format!("{program} did not finish: it crashed, was killed, or is still running");
        batch.session(0).mark_incomplete(&text);
        batch.note_unreadable(self.end, text);
    }

    #[allow(clippy::too_many_arguments)]
    fn add_result(
        &mut self,
        name: &str,
        outcome: Outcome,
        native: &str,
        message: &str,
        duration_s: Option<f64>,
        at: u64,
        batch: &mut Batch,
    ) {
        if outcome == Outcome::Failed {
            self.failed.insert(name.to_owned(), batch.len() as u32);
        }
        let mut entry = Entry { name, outcome, native, message, duration_s, ..Entry::default() };
        let mut details = Details::default();
        let measured;
        if let Some((median, rest)) = message.split_once(" ns/iter (+/- ").filter(|_| native == "bench") {
            details.measurements.push(benchmark(median, rest.split(')').next().unwrap_or("")));
            (entry.at, entry.len) = batch.keep_details(&details);
            measured = in_a_line(&details.measurements);
            (entry.message, entry.measured) = (&measured, &details.measurements);
        }
        self.programs.entry(entry, at, batch);
    }

    /// Ends the output of a test, whose row exists already.
    fn end_output(&mut self, batch: &mut Batch) {
        let Some((name, output)) = self.output.take() else {
            return;
        };
        let Some(&index) = self.failed.get(&name) else {
            return;
        };
        let Some(row) = batch.rows.get(index as usize).copied() else {
            return;
        };
        let (place, said) = panicked(&output);
        // With `--nocapture` most of the output came before; the rest comes here.
        let (from, to) = (row.at as usize, row.at as usize + row.len as usize);
        let mut details = kept_details::read(batch.kept.get(from..to).unwrap_or(""));
        if details.sections.len() > 1 {
            return;
        }
        details.section(SectionKind::Reason, "FAILED", "", &output);
        details.location = details.location.or(place.map(str::to_owned));
        let (at, len) = batch.keep_details(&details);
        let message = if row.message.is_empty() { batch.add_message(said) } else { row.message };
        if let Some(row) = batch.rows.get_mut(index as usize) {
            (row.at, row.len, row.message) = (at, u32::try_from(len).unwrap_or(u32::MAX), message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_a_verdict() {
        for (line, expected) in [
            ("test a::b ... ok", ("a::b", Outcome::Passed, "ok", "", None)),
            ("test a::b ... ok <0.012s>", ("a::b", Outcome::Passed, "ok", "", Some(0.012))),
            ("test a - should panic ... FAILED", ("a", Outcome::Failed, "FAILED", "", None)),
            ("test a ... ignored, needs hw", ("a", Outcome::Skipped, "ignored", "needs hw", None)),
            (
                "test a ... bench:  12 ns/iter (+/- 3)",
                ("a", Outcome::Passed, "bench", "12 ns/iter (+/- 3)", None),
            ),
            (
                "test src/lib.rs - f (line 1) ... ok",
                ("src/lib.rs - f (line 1)", Outcome::Passed, "ok", "", None),
            ),
        ] {
            assert_eq!(verdict(line), Some(expected));
        }
        for line in
            ["test result: ok. 1 passed", "test a ... what", "test a has been running for over 60 seconds"]
        {
            assert_eq!(verdict(line), None);
        }
        assert!(is_start("running 1 test") && !is_start("running 1 mile") && !is_start("running"));
    }
}
