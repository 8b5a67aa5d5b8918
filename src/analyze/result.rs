//! One result: what came of it, its attempts, and the same test elsewhere.

use crate::import::Details;
use crate::model::{Dataset, FileId, Outcome, ResultId, SessionId, Slice, TestId};
use crate::query::Selection;
use serde::{Deserialize, Serialize};

/// An attempt, or an entry of one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttemptLine {
    /// Counted from 1.
    pub number: u16,
    /// Its outcome.
    pub outcome: Outcome,
    /// The file's own word.
    pub native: String,
    /// Seconds.
    pub duration_s: Option<f64>,
    /// First line of the message.
    pub message: String,
    /// Its texts; read from the file when they are asked for.
    pub details: Details,
}

/// The same test on another DUT, now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sibling {
    /// The DUT.
    pub dut: String,
    /// Its outcome there; nothing where the DUT does not have the test.
    pub outcome: Option<Outcome>,
}

/// All there is about one result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResultPage {
    /// Suite path of the test.
    pub suite: String,
    /// Class of the test.
    pub class: String,
    /// Name with parameters.
    pub name: String,
    /// The DUT.
    pub dut: String,
    /// Its specimen.
    pub unit: Option<String>,
    /// What was tested.
    pub build: Option<String>,
    /// The session.
    pub session: String,
    /// The file, by path.
    pub path: String,
    /// What came of it.
    pub outcome: Outcome,
    /// Its attempts disagree.
    pub is_flaky: bool,
    /// Seconds of the attempt that decided.
    pub duration_s: Option<f64>,
    /// How many attempts the file speaks of.
    pub attempts_total: u16,
    /// Those that it has entries for.
    pub attempts: Vec<AttemptLine>,
    /// The same test on all DUTs, now.
    pub siblings: Vec<Sibling>,
    /// Why the texts could not be read.
    pub problem: Option<String>,
}

/// The result that a selection names, if it is there.
pub fn find(data: &Dataset, selection: &Selection) -> Option<(SessionId, ResultId)> {
    let dut = data.history.duts.iter().find(|dut| dut.name == selection.dut)?;
    let session = match &selection.session {
        None => dut.latest()?,
        Some(id) => dut.sessions.iter().copied().find(|&session| data.history.session(session).id == *id)?,
    };
    let is_meant = |test: TestId| {
        data.tests.name(test) == selection.name
            && data.tests.scope_text(data.tests.scope_of(test)) == selection.scope
    };
    let result = data.results_of(session).find(|&result| is_meant(data.test_of(result)))?;
    Some((session, result))
}

/// A result without its texts, and where in which file those are: a slice for
/// each of its attempts.
pub fn result_page(data: &Dataset, selection: &Selection) -> Option<(ResultPage, FileId, Vec<Slice>)> {
    let (session_id, result) = find(data, selection)?;
    let session = data.history.session(session_id);
    let dut = data.history.dut(session.dut);
    let test = data.test_of(result);
    let file = data.part(data.part_of(result)).file;
    let entries = data.results.entries(result);
    let finite = |seconds: f64| seconds.is_finite().then_some(seconds);
    let siblings = data.history.duts.iter().map(|dut| Sibling {
        dut: dut.name.clone(),
        outcome: dut
            .latest()
            .and_then(|latest| data.results_of(latest).find(|&r| data.test_of(r) == test))
            .map(|result| data.outcome(result)),
    });
    let page = ResultPage {
        suite: data.tests.suite(test).to_owned(),
        class: data.tests.class(test).to_owned(),
        name: data.tests.name(test).to_owned(),
        dut: dut.name.clone(),
        unit: dut.unit.clone(),
        build: session.build().map(str::to_owned),
        session: session.id.clone(),
        path: data.file(file).path.clone(),
        outcome: data.outcome(result),
        is_flaky: data.results.flags[result.index()].is_flaky(),
        duration_s: finite(data.results.duration_s[result.index()]),
        attempts_total: data.results.attempts[result.index()],
        attempts: entries
            .iter()
            .map(|entry| AttemptLine {
                number: entry.number.saturating_add(1),
                outcome: entry.outcome,
                native: data.text(entry.native).to_owned(),
                duration_s: finite(entry.duration_s),
                message: data.text(entry.message).to_owned(),
                details: Details::default(),
            })
            .collect(),
        siblings: siblings.collect(),
        problem: None,
    };
    let slices = entries.iter().map(|entry| entry.slice).collect();
    Some((page, file, slices))
}
