//! One result: its outcome, its attempts, and the same test on other DUTs and in
//! other sessions.

use super::cell::{Cell, Missing};
use super::full_name::{FullName, full_name};
use super::index::Index;
use super::links::{SessionLinks, session_links};
use super::test_history::{FailingSince, TestHistory, failing_since, test_history};
use crate::import::Details;
use crate::model::{
    Attempt, Dataset, FileId, KnownIssue, Outcome, ResultId, SessionId, Slice, TestId, Timestamp,
};
use crate::query::Selection;
use serde::{Deserialize, Serialize};

/// An attempt, or one of several entries of an attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttemptLine {
    /// Number of the attempt, from 1.
    pub number: u16,
    /// Its outcome.
    pub outcome: Outcome,
    /// The outcome as spelled in the file.
    pub native: String,
    /// Duration in seconds.
    pub duration_s: Option<f64>,
    /// First line of the message.
    pub message: String,
    /// Its texts, which the host reads from the file on request.
    pub details: Details,
}

/// The same test in the latest session of a DUT.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sibling {
    /// The DUT.
    pub dut: String,
    /// Its outcome there; `None` if the DUT lacks the test.
    pub outcome: Option<Outcome>,
    /// Its attempts disagree.
    pub is_flaky: bool,
    /// Why there is no outcome.
    pub missing: Option<Missing>,
}

/// The same test in one session of the same DUT.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryLine {
    /// The session's id.
    pub session: String,
    /// The session's build.
    pub build: Option<String>,
    /// The session's label, if a file gives one.
    pub label: Option<String>,
    /// The session's start, as ISO 8601.
    pub started: Option<String>,
    /// The outcome with its message, or why there is none.
    pub cell: Cell,
    /// Duration of the deciding attempt, in seconds.
    pub duration_s: Option<f64>,
    /// It is the session of this page.
    pub is_here: bool,
}

/// Everything known about one result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResultPage {
    /// Suite path of the test.
    pub suite: String,
    /// Class of the test.
    pub class: String,
    /// Name with parameters.
    pub name: String,
    /// The full name, in the form of the file's producer.
    pub full_name: FullName,
    /// The DUT.
    pub dut: String,
    /// The unit (specimen).
    pub unit: Option<String>,
    /// The build under test.
    pub build: Option<String>,
    /// The session's id.
    pub session: String,
    /// Path of the file.
    pub path: String,
    /// The outcome.
    pub outcome: Outcome,
    /// Its attempts disagree.
    pub is_flaky: bool,
    /// The known issue that covers its failure.
    pub known: Option<KnownIssue>,
    /// Duration of the deciding attempt, in seconds.
    pub duration_s: Option<f64>,
    /// How many attempts there were, according to the file.
    pub attempts_total: u16,
    /// The attempts that have entries in the file.
    pub attempts: Vec<AttemptLine>,
    /// The same test in the latest session of every DUT.
    pub siblings: Vec<Sibling>,
    /// The same test in all sessions of this DUT, by time.
    pub history: Vec<HistoryLine>,
    /// The same test on DUTs with several builds.
    pub over_builds: TestHistory,
    /// Where tests and the commit of the session are.
    pub links: SessionLinks,
    /// Since when it fails.
    pub failing_since: Option<FailingSince>,
    /// Why the texts could not be read.
    pub problem: Option<String>,
}

/// Finds the result of a selection.
fn find(data: &Dataset, index: &Index, selection: &Selection) -> Option<(SessionId, ResultId)> {
    let session = data.find_session(&selection.dut, selection.session.as_deref())?;
    let test = data.tests.find(&selection.scope, &selection.name)?;
    Some((session, index.results.find(session, test)?))
}

/// The page of a result without texts, and the file and slice in which the texts of
/// each attempt are. `None` for an unknown result.
pub fn result_page(
    data: &Dataset,
    index: &Index,
    selection: &Selection,
) -> Option<(ResultPage, Vec<(FileId, Slice)>)> {
    let (session_id, result) = find(data, index, selection)?;
    let session = data.history.session(session_id);
    let dut = data.history.dut(session.dut);
    let test = data.test_of(result);
    let file = data.part(data.part_of(result)).file;
    let entries = entries(data, result);
    let page = ResultPage {
        suite: data.tests.suite(test).to_owned(),
        class: data.tests.class(test).to_owned(),
        name: data.tests.name(test).to_owned(),
        full_name: full_name(data, data.file(file), test),
        dut: dut.name.clone(),
        unit: dut.unit.clone(),
        build: session.build().map(str::to_owned),
        session: session.id.clone(),
        path: data.file(file).path.clone(),
        outcome: data.outcome(result),
        is_flaky: data.is_flaky(result),
        known: data.known_issue(result).cloned(),
        duration_s: finite(data.results.duration_s[result.index()]),
        attempts_total: data.attempts(result),
        attempts: entries
            .iter()
            .map(|(_, entry)| AttemptLine {
                number: entry.number.saturating_add(1),
                outcome: entry.outcome,
                native: data.text(entry.native).to_owned(),
                duration_s: finite(entry.duration_s),
                message: data.text(entry.message).to_owned(),
                details: Details::default(),
            })
            .collect(),
        siblings: index
            .results
            .latest_sessions
            .iter()
            .map(|&latest| sibling(data, index, test, latest))
            .collect(),
        history: history(data, index, test, session_id),
        over_builds: test_history(data, index, test, session.dut),
        links: session_links(data, session_id),
        failing_since: failing_since(data, index, test, session_id),
        problem: None,
    };
    let slices = entries.iter().map(|(file, entry)| (*file, entry.slice)).collect();
    Some((page, slices))
}

/// The entries of a result and of its repeats with their files. Attempts are
/// numbered across repeats.
fn entries(data: &Dataset, result: ResultId) -> Vec<(FileId, Attempt)> {
    let mut entries: Vec<(FileId, Attempt)> = Vec::new();
    for repeat in data.repeats(result) {
        let file = data.part(data.part_of(repeat)).file;
        let before = entries.last().map_or(0, |(_, last)| last.number + 1);
        let of_repeat = data.results.entries(repeat).into_iter();
        entries.extend(
            of_repeat.map(|entry| (file, Attempt { number: before.saturating_add(entry.number), ..entry })),
        );
        // Other files of the report may have more, such as another message. For
        // results that were not executed, messages merely differ in wording.
        for other in data.also_told(repeat) {
            let (message, known) = (data.message(other), data.message(repeat));
            let file = data.part(data.part_of(other)).file;
            let is_new = known.is_empty() || data.outcome(other).is_executed();
            if !message.is_empty() && message != known && is_new {
                let number = entries.last().map_or(0, |(_, last)| last.number);
                let of_other = data.results.entries(other).into_iter();
                entries.extend(of_other.map(|entry| (file, Attempt { number, ..entry })));
            }
        }
    }
    entries
}

fn finite(seconds: f64) -> Option<f64> {
    seconds.is_finite().then_some(seconds)
}

fn sibling(data: &Dataset, index: &Index, test: TestId, latest: SessionId) -> Sibling {
    let dut = data.history.session(latest).dut;
    let result = index.results.find(latest, test);
    Sibling {
        dut: data.history.dut(dut).name.clone(),
        outcome: result.map(|result| data.outcome(result)),
        is_flaky: result.is_some_and(|result| data.is_flaky(result)),
        missing: result.is_none().then(|| index.missing(data, latest, test)),
    }
}

fn history(data: &Dataset, index: &Index, test: TestId, here: SessionId) -> Vec<HistoryLine> {
    let dut = data.history.dut(data.history.session(here).dut);
    let line = |&id: &SessionId| {
        let session = data.history.session(id);
        let seconds = index.results.find(id, test).map(|result| data.results.duration_s[result.index()]);
        HistoryLine {
            session: session.id.clone(),
            build: session.build().map(str::to_owned),
            label: data.label(id).map(str::to_owned),
            started: session.started.map(Timestamp::iso),
            cell: index.cell(data, id, test),
            duration_s: seconds.and_then(finite),
            is_here: id == here,
        }
    };
    dut.sessions.iter().map(line).collect()
}
