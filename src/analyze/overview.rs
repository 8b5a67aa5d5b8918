//! The overview: is it good, and what needs me?

use super::grid::Order;
use super::{Grid, natural};
use crate::model::{Counts, Dataset, FileStatus, Outcome, Session, SessionId, Severity};
use crate::query::{Filter, Only};
use serde::{Deserialize, Serialize};

/// A DUT in the overview, by its latest session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DutLine {
    /// Its name.
    pub name: String,
    /// Its specimen.
    pub unit: Option<String>,
    /// What the latest session tested.
    pub build: Option<String>,
    /// When that began, as ISO 8601.
    pub started: Option<String>,
    /// How many sessions it has.
    pub sessions: u32,
    /// Figures of the latest session.
    pub counts: Counts,
    /// A file of the latest session breaks off.
    pub is_partial: bool,
    /// No file of it could be read.
    pub is_unreadable: bool,
}

/// A test that fails on at least one DUT now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailingTest {
    /// Suite and class, as identities have them.
    pub scope: String,
    /// Suite path.
    pub suite: String,
    /// Class.
    pub class: String,
    /// Name with parameters.
    pub name: String,
    /// The DUTs that it fails on, with the outcome.
    pub duts: Vec<(String, Outcome)>,
    /// On how many DUTs it passes.
    pub passes: u32,
    /// On how many DUTs it has a result.
    pub seen: u32,
    /// First line of the message, of the first of these DUTs.
    pub message: String,
}

/// What was wrong with the input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problems {
    /// Files that could not be read.
    pub unreadable: u32,
    /// Files of which a part could not be read.
    pub partly: u32,
    /// Files of a known format without any result.
    pub empty: u32,
    /// Files that were there already.
    pub duplicates: u32,
    /// Sessions whose DUT is a guess.
    pub guesses: u32,
    /// Notes that warn.
    pub warnings: u32,
}

impl Problems {
    /// There is something to look at.
    pub fn any(&self) -> bool {
        self.unreadable + self.partly + self.empty + self.guesses > 0
    }
}

/// What the overview shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// The answer in plain words.
    pub headline: String,
    /// Figures of the latest session of each DUT.
    pub now: Counts,
    /// Figures of all sessions.
    pub all: Counts,
    /// Tests that have a result now.
    pub tests_now: u32,
    /// Tests that have a result in any session.
    pub tests_all: u32,
    /// How many sessions there are.
    pub sessions: u32,
    /// How many files were dropped.
    pub files: u32,
    /// A line per DUT.
    pub duts: Vec<DutLine>,
    /// How many tests fail on at least one DUT.
    pub failing_total: u32,
    /// The first of them, those that fail on most DUTs first.
    pub failing: Vec<FailingTest>,
    /// What was wrong with the input.
    pub problems: Problems,
}

/// How many failing tests the overview lists; the grid has them all.
const LISTED: usize = 50;

/// Computes the overview.
pub fn overview(data: &Dataset) -> Overview {
    let history = &data.history;
    let mut overview = Overview {
        files: data.files.len() as u32,
        sessions: history.sessions.iter().filter(|session| !session.is_unreadable).count() as u32,
        problems: problems(data),
        ..Overview::default()
    };
    for session in &history.sessions {
        overview.all.merge(&session.counts);
    }
    for dut in &history.duts {
        let Some(latest) = dut.latest() else {
            continue;
        };
        let session = history.session(latest);
        overview.now.merge(&session.counts);
        overview.duts.push(DutLine {
            name: dut.name.clone(),
            unit: dut.unit.clone(),
            build: session.build().map(str::to_owned),
            started: session.started.map(|started| started.iso()),
            sessions: dut.sessions.len() as u32,
            counts: session.counts,
            is_partial: session.is_partial,
            is_unreadable: session.is_unreadable,
        });
    }
    overview.tests_now = count_tests(data, &data.latest_sessions());
    let every: Vec<_> = (0..history.sessions.len()).map(SessionId::from).collect();
    overview.tests_all = count_tests(data, &every);
    let failing = failing(data);
    let only_on = only_on_one(&failing, &overview);
    overview.failing_total = failing.len() as u32;
    let everywhere = failing.iter().filter(|line| line.duts.len() == overview.duts.len()).count();
    overview.headline = headline(&overview, only_on, everywhere as u32);
    overview.failing = failing;
    overview.failing.truncate(LISTED);
    overview
}

fn count_tests(data: &Dataset, sessions: &[SessionId]) -> u32 {
    let mut seen = vec![false; data.tests.len()];
    for &session in sessions {
        for result in data.results_of(session) {
            seen[data.test_of(result).index()] = true;
        }
    }
    seen.into_iter().filter(|&seen| seen).count() as u32
}

fn failing(data: &Dataset) -> Vec<FailingTest> {
    let filter = Filter { only: Only::Failing, ..Filter::default() };
    let grid = Grid::new(data, &filter, Order::Name);
    let mut failing: Vec<FailingTest> = grid
        .rows
        .iter()
        .map(|&test| {
            let mut line = FailingTest {
                scope: data.tests.scope_text(data.tests.scope_of(test)).to_owned(),
                suite: data.tests.suite(test).to_owned(),
                class: data.tests.class(test).to_owned(),
                name: data.tests.name(test).to_owned(),
                duts: Vec::new(),
                passes: 0,
                seen: 0,
                message: String::new(),
            };
            for (column, &session) in grid.sessions.iter().enumerate() {
                let Ok(result) = grid.cell(data, column, test) else {
                    continue;
                };
                let outcome = data.outcome(result);
                line.seen += 1;
                line.passes += u32::from(outcome == Outcome::Passed);
                if outcome.is_failing() {
                    let dut = data.history.session(session).dut;
                    if line.message.is_empty() {
                        line.message = data.message(result).to_owned();
                    }
                    line.duts.push((data.history.dut(dut).name.clone(), outcome));
                }
            }
            line
        })
        .collect();
    natural::sort(&mut failing, |a, b| b.duts.len().cmp(&a.duts.len()));
    failing
}

/// The DUT on which most of the tests fail that fail on one DUT only.
fn only_on_one(failing: &[FailingTest], overview: &Overview) -> Option<(String, u32)> {
    if overview.duts.len() < 2 {
        return None;
    }
    let mut best: Option<(String, u32)> = None;
    for dut in &overview.duts {
        let alone = failing
            .iter()
            .filter(|line| matches!(line.duts.as_slice(), [(name, _)] if *name == dut.name))
            .count() as u32;
        if alone > best.as_ref().map_or(0, |(_, count)| *count) {
            best = Some((dut.name.clone(), alone));
        }
    }
    best
}

/// The answer in plain words, right in the singular and the plural.
fn headline(overview: &Overview, only_on: Option<(String, u32)>, everywhere: u32) -> String {
    let duts = overview.duts.len() as u32;
    if duts == 0 {
        return match overview.files {
            0 => "No results yet.".to_owned(),
            1 => "The file has no results.".to_owned(),
            files => format!("None of the {files} files has results."),
        };
    }
    let failing_duts = overview.duts.iter().filter(|dut| dut.counts.failing() > 0).count() as u32;
    let judged = overview.now.pass_rate().is_some();
    if failing_duts == 0 {
        let who = match duts {
            1 => format!("{} passes", overview.duts[0].name),
            _ => format!("All {duts} DUTs pass"),
        };
        let skipped = overview.now.of(Outcome::Skipped);
        let skipped = if skipped > 0 { format!(", {skipped} skipped") } else { String::new() };
        return if judged {
            format!("{who}: {}{skipped}.", plural(overview.tests_now, "test"))
        } else {
            format!("Nothing was judged: no test passed or failed{skipped}.")
        };
    }
    let who = match duts {
        1 => format!("{} fails.", overview.duts[0].name),
        _ if failing_duts == duts => format!("All {duts} DUTs fail."),
        _ => format!("{failing_duts} of {duts} DUTs {}.", if failing_duts == 1 { "fails" } else { "fail" }),
    };
    let tests = overview.failing_total;
    let verb = if tests == 1 { "fails" } else { "fail" };
    let alone = match only_on {
        Some((dut, count)) if count == tests && tests == 1 => format!(", only on {dut}"),
        Some((dut, count)) if count == tests => format!(", all of them only on {dut}"),
        Some((dut, count)) if duts > 1 => format!(", {count} of them only on {dut}"),
        _ if duts < 2 || everywhere == 0 => String::new(),
        _ if everywhere == tests && tests == 1 => ", on every DUT".to_owned(),
        _ if everywhere == tests => ", all of them on every DUT".to_owned(),
        _ => format!(", {everywhere} of them on every DUT"),
    };
    format!("{who} {} {verb}{alone}.", plural(tests, "test"))
}

fn plural(count: u32, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

fn problems(data: &Dataset) -> Problems {
    let mut problems = Problems::default();
    for file in &data.files {
        match file.status {
            FileStatus::Unreadable => problems.unreadable += 1,
            FileStatus::PartlyRead => problems.partly += 1,
            FileStatus::NoResults => problems.empty += 1,
            FileStatus::Duplicate => problems.duplicates += 1,
            FileStatus::Read => {}
        }
        problems.warnings +=
            file.notes.iter().filter(|note| note.severity >= Severity::Warning).count() as u32;
    }
    let is_guess = |session: &&Session| session.identity.dut.evidence.doubtful && !session.is_unreadable;
    problems.guesses = data.history.sessions.iter().filter(is_guess).count() as u32;
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Flags;

    fn dut(name: &str, outcomes: &[Outcome]) -> DutLine {
        let mut counts = Counts::default();
        for &outcome in outcomes {
            counts.add(outcome, Flags::default(), 1.0);
        }
        DutLine {
            name: name.to_owned(),
            unit: None,
            build: None,
            started: None,
            sessions: 1,
            counts,
            is_partial: false,
            is_unreadable: false,
        }
    }

    /// The headline for DUTs with these outcomes, when `failing` tests fail.
    fn check(
        duts: &[&[Outcome]],
        failing: u32,
        only_on: Option<(&str, u32)>,
        everywhere: u32,
        expected: &str,
    ) {
        let mut overview = Overview { failing_total: failing, tests_now: 3, files: 1, ..Overview::default() };
        for (index, outcomes) in duts.iter().enumerate() {
            let line = dut(&format!("DUT_{index}"), outcomes);
            overview.now.merge(&line.counts);
            overview.duts.push(line);
        }
        let only_on = only_on.map(|(dut, count)| (dut.to_owned(), count));
        assert_eq!(headline(&overview, only_on, everywhere), expected);
    }

    #[test]
    fn the_headline_is_right_in_singular_and_plural() {
        use Outcome::{Failed, Passed, Skipped};
        check(&[&[Passed, Skipped]], 0, None, 0, "DUT_0 passes: 3 tests, 1 skipped.");
        check(&[&[Passed], &[Passed]], 0, None, 0, "All 2 DUTs pass: 3 tests.");
        check(&[&[Skipped]], 0, None, 0, "Nothing was judged: no test passed or failed, 1 skipped.");
        check(&[&[Failed]], 1, None, 1, "DUT_0 fails. 1 test fails.");
        check(
            &[&[Failed], &[Passed]],
            1,
            Some(("DUT_0", 1)),
            0,
            "1 of 2 DUTs fails. 1 test fails, only on DUT_0.",
        );
        check(
            &[&[Failed], &[Failed]],
            2,
            None,
            2,
            "All 2 DUTs fail. 2 tests fail, all of them on every DUT.",
        );
        check(
            &[&[Failed], &[Failed], &[Passed]],
            12,
            Some(("DUT_1", 9)),
            0,
            "2 of 3 DUTs fail. 12 tests fail, 9 of them only on DUT_1.",
        );
        check(&[], 0, None, 0, "The file has no results.");
    }
}
