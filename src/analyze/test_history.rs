//! A test over builds: its outcome and its duration on each DUT, and since when it fails.

use super::builds::Builds;
use super::cell::Missing;
use super::index::Index;
use crate::model::{Dataset, DutId, Outcome, ResultId, SessionId, TestId, Timestamp};
use serde::{Deserialize, Serialize};

/// How many builds are shown at most: the newest.
const BUILDS: usize = 16;

/// How many DUTs are shown at most.
const DUTS: usize = 20;

/// A test on DUTs × builds; empty with fewer than two builds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TestHistory {
    /// The last builds, oldest first.
    pub builds: Vec<String>,
    /// How many older builds were left out.
    pub builds_left_out: u32,
    /// The DUT of the shown result, then the others, in the order of DUTs.
    pub rows: Vec<TestStrip>,
    /// How many DUTs were left out.
    pub duts_left_out: u32,
    /// The longest duration of all cells, in seconds.
    pub longest_s: Option<f64>,
}

/// A test on one DUT.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestStrip {
    /// The DUT.
    pub dut: String,
    /// By build; `None` without a session.
    pub cells: Vec<Option<TestMark>>,
}

/// A test on one DUT with one build: the last session that has it, else the last session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestMark {
    /// The id of the session.
    pub session: String,
    /// The session's start, as ISO 8601.
    pub started: Option<String>,
    /// The outcome, or why there is none.
    pub outcome: Result<Outcome, Missing>,
    /// Its attempts disagree, or sessions with this build do.
    pub is_flaky: bool,
    /// Duration of the deciding attempt, in seconds.
    pub duration_s: Option<f64>,
}

/// Since when a test fails on a DUT.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailingSince {
    /// The first session in a row in which it fails.
    pub first_bad: Named,
    /// In how many sessions in a row it fails.
    pub sessions: u32,
    /// Whole days from the start of the first of them to the start of the shown one.
    pub days: Option<u32>,
    /// The last earlier session in which it passed.
    pub last_good: Option<Named>,
}

/// A session and its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The session's id.
    pub session: String,
    /// The session's build.
    pub build: Option<String>,
    /// The session's start, as ISO 8601.
    pub started: Option<String>,
}

/// A test on all DUTs, that of the shown result first.
pub fn test_history(data: &Dataset, index: &Index, test: TestId, shown: DutId) -> TestHistory {
    let builds = Builds::new(data);
    if builds.names.len() < 2 {
        return TestHistory::default();
    }
    let left_out = builds.names.len().saturating_sub(BUILDS);
    let has_test = |dut: &DutId| {
        data.history.dut(*dut).sessions.iter().any(|&session| index.results.find(session, test).is_some())
    };
    let others = data.history.dut_ids().filter(|dut| *dut != shown && has_test(dut));
    let duts: Vec<DutId> = std::iter::once(shown).chain(others).collect();
    let rows: Vec<TestStrip> =
        duts.iter().take(DUTS).map(|&dut| row(data, index, test, dut, (&builds, left_out))).collect();
    let durations = rows.iter().flat_map(|row| row.cells.iter().flatten()).filter_map(|cell| cell.duration_s);
    TestHistory {
        longest_s: durations.reduce(f64::max),
        rows,
        duts_left_out: duts.len().saturating_sub(DUTS) as u32,
        builds: builds.names[left_out..].to_vec(),
        builds_left_out: left_out as u32,
    }
}

fn row(
    data: &Dataset,
    index: &Index,
    test: TestId,
    dut: DutId,
    (builds, left_out): (&Builds, usize),
) -> TestStrip {
    let dut = data.history.dut(dut);
    let mut cells: Vec<Option<TestMark>> = vec![None; builds.names.len() - left_out];
    for &session in &dut.sessions {
        let Some(place) = builds.place(session).checked_sub(left_out) else {
            continue;
        };
        let result = index.results.find(session, test);
        let before = cells[place].take();
        let before_outcome = before.as_ref().and_then(|cell| cell.outcome.ok());
        cells[place] = match (before, result) {
            (Some(before), None) if before_outcome.is_some() => Some(before),
            (before, result) => {
                let mut cell = cell(data, index, test, (session, result));
                let disagrees =
                    before_outcome.zip(cell.outcome.ok()).is_some_and(|(a, b)| a.disagrees_with(b));
                cell.is_flaky |= disagrees || before.is_some_and(|before| before.is_flaky);
                Some(cell)
            }
        };
    }
    TestStrip { dut: dut.name.clone(), cells }
}

fn cell(
    data: &Dataset,
    index: &Index,
    test: TestId,
    (id, result): (SessionId, Option<ResultId>),
) -> TestMark {
    let session = data.history.session(id);
    let duration_s = result.map(|result| data.results.duration_s[result.index()]);
    TestMark {
        session: session.id.clone(),
        started: session.started.map(Timestamp::iso),
        outcome: result.map(|result| data.outcome(result)).ok_or_else(|| index.missing(data, id, test)),
        is_flaky: result.is_some_and(|result| data.is_flaky(result)),
        duration_s: duration_s.filter(|seconds| seconds.is_finite()),
    }
}

/// Since when a test fails; `None` if it does not fail in the shown session.
pub fn failing_since(data: &Dataset, index: &Index, test: TestId, shown: SessionId) -> Option<FailingSince> {
    index.results.find(shown, test).filter(|&result| data.outcome(result).is_failing())?;
    let streak = index.streak(data, test, shown);
    let [last, first] = [shown, streak.since].map(|id| data.history.session(id).started);
    let ms = last.zip(first).map(|(last, first)| last.unix_ms.saturating_sub(first.unix_ms));
    let sessions = &data.history.dut(data.history.session(shown).dut).sessions;
    let mut earlier = sessions.iter().rev().skip_while(|&&id| id != streak.since).skip(1);
    let passed = |id: SessionId| {
        index.results.find(id, test).is_some_and(|result| data.outcome(result) == Outcome::Passed)
    };
    Some(FailingSince {
        first_bad: named(data, streak.since),
        sessions: streak.sessions,
        days: ms.and_then(|ms| u32::try_from(ms / MS_PER_DAY).ok()),
        last_good: earlier.find(|&&id| passed(id)).map(|&id| named(data, id)),
    })
}

const MS_PER_DAY: i64 = 24 * 60 * 60 * 1000;

fn named(data: &Dataset, id: SessionId) -> Named {
    let session = data.history.session(id);
    Named {
        session: session.id.clone(),
        build: session.build().map(str::to_owned),
        started: session.started.map(Timestamp::iso),
    }
}
