//! The overview: is it good, and what needs me?

use super::grid::{Cell, Missing};
use super::headline::{headline, only_on_one};
use super::index::{Failing, Index};
use super::natural;
use super::problems::{Problems, problems};
use crate::model::{Counts, Dataset, Dut, Outcome, Session, SessionId, Timestamp};
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
    /// Figures of the last session of another build, or, where no build is known
    /// to be another, of the session before.
    pub previous: Option<Counts>,
    /// What that tested, if it is another build.
    pub previous_build: Option<String>,
    /// A file of the latest session breaks off.
    pub is_partial: bool,
    /// No file of it could be read.
    pub is_unreadable: bool,
}

/// The session in which a test began to fail, and has failed ever since.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// The DUT.
    pub dut: String,
    /// The session.
    pub session: String,
    /// What it tested.
    pub build: Option<String>,
    /// Its name for people.
    pub label: Option<String>,
    /// When it began, as ISO 8601.
    pub started: Option<String>,
    /// In how many sessions the test failed since.
    pub sessions: u32,
    /// No session before it tells of the test: it may have failed for longer.
    pub is_first: bool,
    /// The session before, in which it did not fail.
    pub before: Option<Before>,
}

/// A session before a test began to fail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// What came of the test; nothing where it was not there.
    pub outcome: Option<Outcome>,
    /// What the session tested.
    pub build: Option<String>,
    /// When it began, as ISO 8601.
    pub started: Option<String>,
}

/// What a DUT has for a failing test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutMark {
    /// The outcome, without message, or why there is none.
    pub cell: Cell,
    /// It fails, and did not in the DUT's session before.
    pub is_new: bool,
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
    /// How many DUTs have no session, whole as it may be, that has it.
    pub never: u32,
    /// First line of the message, of the first of these DUTs.
    pub message: String,
    /// What each DUT has, in the order of [`Overview::duts`].
    pub marks: Vec<DutMark>,
    /// On at least one DUT it did not fail in the session before.
    pub is_new: bool,
    /// Since when it fails: where it is new that, else where it does longest.
    pub since: Since,
    /// Its attempts disagree on a DUT.
    pub is_flaky: bool,
}

/// What the overview shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// The answer in plain words.
    pub headline: String,
    /// Figures of the latest session of each DUT.
    pub now: Counts,
    /// The sum of [`DutLine::previous`]. Only if every DUT that has results now
    /// has one: sums over different DUTs cannot be compared.
    pub previous: Option<Counts>,
    /// What those tested, if it was the same on all DUTs, and is not what they
    /// test now.
    pub previous_build: Option<String>,
    /// Figures of all sessions.
    pub all: Counts,
    /// Tests that have a result now.
    pub tests_now: u32,
    /// Tests that have a result in any session.
    pub tests_all: u32,
    /// Tests that failed on at least one DUT now.
    pub tests_failed: u32,
    /// Tests that are an error on at least one DUT now.
    pub tests_error: u32,
    /// Tests whose attempts disagree on at least one DUT now.
    pub tests_flaky: u32,
    /// How many sessions there are.
    pub sessions: u32,
    /// How many files were dropped.
    pub files: u32,
    /// A line per DUT: those with the most failing results first, then by name.
    pub duts: Vec<DutLine>,
    /// How many tests fail on at least one DUT.
    pub failing_total: u32,
    /// How many of these are new on at least one DUT.
    pub new_total: u32,
    /// What was tested before the new ones failed, if it was the same for all.
    pub new_since: Option<String>,
    /// The first of them: those that fail on more than half of the DUTs that
    /// have them, then new ones, then others, those on one DUT only at last.
    pub failing: Vec<FailingTest>,
    /// What was wrong with the input.
    pub problems: Problems,
}

/// How many failing tests the overview lists; the grid has them all.
const LISTED: usize = 50;

/// Computes the overview.
pub fn overview(data: &Dataset, index: &Index) -> Overview {
    let history = &data.history;
    let mut overview = Overview {
        files: data.ledger().count() as u32,
        sessions: history.sessions.iter().filter(|session| !session.is_unreadable).count() as u32,
        problems: problems(data),
        tests_now: index.tests_now,
        tests_all: data.tests.ids().filter(|&test| !index.all(test).is_empty()).count() as u32,
        tests_flaky: data.tests.ids().filter(|&test| index.standing(test).flaky > 0).count() as u32,
        ..Overview::default()
    };
    for session in &history.sessions {
        overview.all.merge(&session.counts);
    }
    let latest = worst_first(data, index);
    for &latest in &latest {
        let session = history.session(latest);
        let dut = history.dut(session.dut);
        let previous = previous(data, dut).map(|previous| history.session(previous));
        let is_other = |build: &&str| Some(*build) != session.build();
        overview.now.merge(&session.counts);
        overview.duts.push(DutLine {
            name: dut.name.clone(),
            unit: dut.unit.clone(),
            build: session.build().map(str::to_owned),
            started: session.started.map(|started| started.iso()),
            sessions: dut.sessions.len() as u32,
            counts: session.counts,
            previous: previous.map(|previous| previous.counts),
            previous_build: previous.and_then(Session::build).filter(is_other).map(str::to_owned),
            is_partial: session.is_partial,
            is_unreadable: session.is_unreadable,
        });
    }
    compare(&mut overview);
    let failing = index.failing(data);
    let only_on = only_on_one(data, failing);
    let duts = overview.duts.len() as u32;
    let everywhere = failing.iter().filter(|line| index.standing(line.test).failing == duts).count();
    overview.failing_total = failing.len() as u32;
    overview.new_total = failing.iter().filter(|line| line.is_new).count() as u32;
    overview.new_since = index.new_since(data).map(str::to_owned);
    for line in failing {
        let has = |wanted| index.now(line.test).any(|(_, result)| data.outcome(result) == wanted);
        overview.tests_failed += u32::from(has(Outcome::Failed));
        overview.tests_error += u32::from(has(Outcome::Error));
    }
    overview.headline = headline(&overview, only_on, everywhere as u32);
    overview.failing =
        failing.iter().take(LISTED).map(|line| failing_test(data, index, &latest, line)).collect();
    overview
}

/// The latest sessions: of equally many failing results by DUT.
fn worst_first(data: &Dataset, index: &Index) -> Vec<SessionId> {
    let mut latest = index.latest.clone();
    let failing = |session: SessionId| data.history.session(session).counts.failing();
    natural::sort(&mut latest, |&a, &b| failing(b).cmp(&failing(a)));
    latest
}

/// What the latest session is compared with: the last one of another build, or
/// else the one before.
fn previous(data: &Dataset, dut: &Dut) -> Option<SessionId> {
    let (&latest, before) = dut.sessions.split_last()?;
    let build = data.history.session(latest).build();
    let is_other = |&&session: &&SessionId| {
        let other = data.history.session(session).build();
        build.is_some() && other.is_some() && other != build
    };
    before.iter().rev().find(is_other).or(before.last()).copied()
}

/// Sums up the sessions before.
fn compare(overview: &mut Overview) {
    let mut duts = overview.duts.iter().filter(|dut| !dut.is_unreadable).peekable();
    let Some(build) = duts.peek().map(|first| first.previous_build.clone()) else {
        return;
    };
    let (mut sum, mut is_same) = (Counts::default(), true);
    for dut in duts {
        let Some(previous) = &dut.previous else {
            return;
        };
        sum.merge(previous);
        is_same &= dut.previous_build == build;
    }
    overview.previous = Some(sum);
    overview.previous_build = build.filter(|_| is_same);
}

fn failing_test(data: &Dataset, index: &Index, latest: &[SessionId], line: &Failing) -> FailingTest {
    let test = line.test;
    let mut failing = FailingTest {
        scope: data.tests.scope_text(data.tests.scope_of(test)).to_owned(),
        suite: data.tests.suite(test).to_owned(),
        class: data.tests.class(test).to_owned(),
        name: data.tests.name(test).to_owned(),
        duts: Vec::new(),
        passes: 0,
        seen: 0,
        never: 0,
        message: String::new(),
        marks: Vec::new(),
        is_new: line.is_new,
        since: since(data, index, line),
        is_flaky: false,
    };
    for &session in latest {
        let cell = index.cell(data, session, test);
        let mut is_new = false;
        if let Cell::Result { outcome, is_flaky, .. } = &cell {
            failing.seen += 1;
            failing.passes += u32::from(*outcome == Outcome::Passed);
            failing.is_flaky |= is_flaky;
            if outcome.is_failing() {
                is_new = index.streak(data, test, session).is_new();
                let dut = data.history.dut(data.history.session(session).dut);
                failing.duts.push((dut.name.clone(), *outcome));
                if failing.message.is_empty()
                    && let Some(result) = index.result(session, test)
                {
                    data.message(result).clone_into(&mut failing.message);
                }
            }
        }
        let dut = data.history.session(session).dut;
        let is_its = |&(session, _): &(SessionId, _)| data.history.session(session).dut == dut;
        if matches!(cell, Cell::Missing(Missing::NotThere { .. })) && !index.all(test).iter().any(is_its) {
            failing.never += 1;
        }
        failing.marks.push(DutMark { cell: cell.brief(), is_new });
    }
    failing
}

fn since(data: &Dataset, index: &Index, line: &Failing) -> Since {
    let session = data.history.session(line.streak.since);
    Since {
        dut: data.history.dut(session.dut).name.clone(),
        session: session.id.clone(),
        build: session.build().map(str::to_owned),
        label: data.label(line.streak.since).map(str::to_owned),
        started: session.started.map(Timestamp::iso),
        sessions: line.streak.sessions,
        is_first: line.streak.before.is_none(),
        before: line.streak.before.map(|id| {
            let session = data.history.session(id);
            Before {
                outcome: index.result(id, line.test).map(|result| data.outcome(result)),
                build: session.build().map(str::to_owned),
                started: session.started.map(Timestamp::iso),
            }
        }),
    }
}
