//! Flaky: which tests disagree with themselves, how often, and what does it cost?
//!
//! A result is flaky if its attempts disagree ([`Dataset::is_flaky`]). Where sessions are repeated instead of
//! tests, the same shows as a flip: a test passes in one session of a build and fails in the next one of the same
//! DUT and build. Both are evidence, and count once per session. Flips from build to build may have their cause
//! in the builds, so they only rank tests without other evidence.

use super::builds::Builds;
use super::index::Index;
use super::natural;
use super::statistics::wilson;
use super::test_table::{STRIP, outcome_strip};
use crate::model::{Dataset, DutId, Outcome, ResultId, SessionId, TestId};
use crate::query::{Filter, Sort, SortKey};
use crate::text::order::Order;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// With fewer flips on one DUT a test went one way only: it broke, or it was fixed.
const FLIPS: u32 = 2;

/// How many DUTs a row names at most.
const DUTS: usize = 20;

/// How often something happened, out of how many times it could have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// How often.
    pub times: u32,
    /// Out of how many.
    pub of: u32,
}

impl Share {
    fn count(&mut self, happened: bool) {
        self.times += u32::from(happened);
        self.of += 1;
    }

    /// The share, from 0 to 1; `None` of none.
    pub fn rate(self) -> Option<f64> {
        (self.of > 0).then(|| f64::from(self.times) / f64::from(self.of))
    }
}

/// A test that disagrees with itself, over all sessions.
#[derive(Clone, Debug, PartialEq)]
pub struct FlakyTest {
    /// The test.
    pub test: TestId,
    /// Sessions that disagree: their attempts do, or they disagree with the previous session of the same DUT and
    /// build. Out of all sessions in which the test passed, failed or was flaky.
    pub disagrees: Share,
    /// Sessions whose attempts disagree: the sessions in which it is flaky.
    pub within: u32,
    /// Flips between a session and the previous one of the same DUT and build, out of all such pairs.
    pub in_build: Share,
    /// Flips between a session and the previous one of the same DUT, out of all such pairs.
    pub over_time: Share,
    /// The range that has the true share of disagreeing sessions with a confidence of 95 %.
    pub interval: (f64, f64),
    /// Test time in seconds that went into repeats: all attempts but the last one where attempts disagree, and the
    /// failing session of each flip in a build. `None` if no duration is known.
    pub cost_s: Option<f64>,
    /// The DUTs with evidence, those with most of it first.
    pub duts: Vec<(DutId, Evidence)>,
    /// The last session with evidence, in the order of builds.
    pub last: SessionId,
}

/// The evidence of one DUT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Sessions that disagree.
    pub disagrees: u32,
    /// Flips from session to session.
    pub flips: u32,
    /// The last session that disagrees, else the last flip.
    pub last: Option<SessionId>,
}

/// A test in the ranking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlakyRow {
    /// Suite and class, as in the test's identity.
    pub scope: String,
    /// Suite path.
    pub suite: String,
    /// Class.
    pub class: String,
    /// Name with parameters.
    pub name: String,
    /// Sessions that disagree.
    pub disagrees: Share,
    /// Sessions in which it is flaky.
    pub within: u32,
    /// Flips in a build.
    pub in_build: Share,
    /// Flips from session to session.
    pub over_time: Share,
    /// The range that has the true share of disagreeing sessions with a confidence of 95 %.
    pub interval: (f64, f64),
    /// Test time that went into repeats, in seconds.
    pub cost_s: Option<f64>,
    /// The names of the DUTs with evidence, and how many there are.
    pub duts: (Vec<String>, u32),
    /// The DUT and the id of the last session with evidence, and its build.
    pub last: (String, String, Option<String>),
    /// The worst outcome in each of [`FlakyWindow::builds`].
    pub strip: Vec<Option<Outcome>>,
}

/// The visible rows of the ranking.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FlakyWindow {
    /// How many rows there are without the filter.
    pub tests: u32,
    /// Columns in which no row has anything to say, whatever the filter.
    pub empty_columns: Vec<SortKey>,
    /// How many match the filter.
    pub total: u32,
    /// Index of the first row in `rows`.
    pub from: u32,
    /// The last builds, oldest first, for strips.
    pub builds: Vec<String>,
    /// The requested rows.
    pub rows: Vec<FlakyRow>,
}

/// The tests that disagree with themselves, on all DUTs or on one: those whose share of disagreeing sessions is
/// surely highest first (by the lower end of the interval), then those that only flip from build to build. Equal
/// ones are in the order of names.
pub fn flaky_tests(data: &Dataset, index: &Index, dut: Option<&str>) -> Vec<FlakyTest> {
    let runs = Runs::new(data);
    let builds = Builds::new(data);
    let tests = index.by_name(data).iter();
    let mut flaky: Vec<FlakyTest> =
        tests.filter_map(|&test| flaky_test(data, index, &runs, &builds, test, dut)).collect();
    let by_flips = |test: &FlakyTest| wilson(test.over_time.times, test.over_time.of).0;
    flaky.order_by(|a, b| {
        let by_disagreeing = b.interval.0.total_cmp(&a.interval.0);
        by_disagreeing.then_with(|| by_flips(b).total_cmp(&by_flips(a)))
    });
    flaky
}

/// By session: which sessions tested the same thing. They have the DUT, the unit and the build in common.
struct Runs(Vec<Option<u32>>);

impl Runs {
    fn new(data: &Dataset) -> Runs {
        let mut known: FxHashMap<_, u32> = FxHashMap::default();
        let runs = data.history.sessions.iter().map(|session| {
            let next = known.len() as u32;
            let unit = session.identity.unit.as_ref().map(|unit| unit.value.as_str());
            // Sessions without a build may have tested anything.
            session.build().map(|build| *known.entry((session.dut, unit, build)).or_insert(next))
        });
        Runs(runs.collect())
    }
}

/// A verdict of one session.
struct Verdict {
    session: SessionId,
    result: ResultId,
    passed: bool,
    /// It is part of a flip whose cost is counted.
    is_counted: bool,
}

fn flaky_test(
    data: &Dataset,
    index: &Index,
    runs: &Runs,
    builds: &Builds,
    test: TestId,
    only_on: Option<&str>,
) -> Option<FlakyTest> {
    let mut found = FlakyTest {
        test,
        disagrees: Share::default(),
        within: 0,
        in_build: Share::default(),
        over_time: Share::default(),
        interval: (0.0, 0.0),
        cost_s: None,
        duts: Vec::new(),
        last: SessionId::default(),
    };
    let same_dut = |a: &(SessionId, ResultId), b: &(SessionId, ResultId)| {
        data.history.session(a.0).dut == data.history.session(b.0).dut
    };
    for of_dut in index.results.all(test).chunk_by(same_dut) {
        let dut = data.history.session(of_dut[0].0).dut;
        if only_on.is_none_or(|only_on| data.history.dut(dut).name == only_on) {
            let evidence = found.add_dut(data, runs, of_dut);
            if evidence.disagrees > 0 || evidence.flips >= FLIPS {
                found.duts.push((dut, evidence));
            }
        }
    }
    found.duts.order_by_key(|(_, evidence)| std::cmp::Reverse((evidence.disagrees, evidence.flips)));
    let has_disagreed = found.disagrees.times > 0;
    let of_kind = found.duts.iter().filter(|(_, evidence)| !has_disagreed || evidence.disagrees > 0);
    let lasts = of_kind.filter_map(|(_, evidence)| evidence.last);
    found.last = lasts.max_by_key(|&session| (builds.place(session), session))?;
    found.interval = wilson(found.disagrees.times, found.disagrees.of);
    Some(found)
}

impl FlakyTest {
    /// Adds the results of one DUT, in the order of time.
    fn add_dut(&mut self, data: &Dataset, runs: &Runs, results: &[(SessionId, ResultId)]) -> Evidence {
        let mut evidence = Evidence::default();
        let mut last_flip = None;
        let mut verdicts: Vec<Verdict> = Vec::new();
        for &(session, result) in results {
            let outcome = data.outcome(result);
            let is_flaky = data.is_flaky(result);
            let passed = match outcome {
                Outcome::Passed => Some(true),
                outcome if outcome.is_failing() => Some(false),
                _ => None,
            };
            let mut disagrees = is_flaky;
            if is_flaky {
                self.within += 1;
                self.add_cost(repeated_s(data, result));
            }
            if let Some(passed) = passed {
                if let Some(before) = verdicts.last() {
                    let flips = before.passed != passed;
                    self.over_time.count(flips);
                    evidence.flips += u32::from(flips);
                    last_flip = if flips { Some(session) } else { last_flip };
                }
                let run = runs.0[session.index()];
                let same_run = |verdict: &&mut Verdict| runs.0[verdict.session.index()] == run;
                let before = run.and_then(|_| verdicts.iter_mut().rev().find(same_run));
                let mut is_counted = is_flaky;
                if let Some(before) = before {
                    let flips = before.passed != passed;
                    self.in_build.count(flips);
                    disagrees |= flips;
                    let (failing, counted) = if passed {
                        (before.result, &mut before.is_counted)
                    } else {
                        (result, &mut is_counted)
                    };
                    if flips && !std::mem::replace(counted, true) {
                        self.add_cost(data.results.duration_s[failing.index()]);
                    }
                }
                verdicts.push(Verdict { session, result, passed, is_counted });
            }
            if passed.is_some() || is_flaky {
                self.disagrees.count(disagrees);
                evidence.disagrees += u32::from(disagrees);
                evidence.last = if disagrees { Some(session) } else { evidence.last };
            }
        }
        evidence.last = evidence.last.or(last_flip);
        evidence
    }

    fn add_cost(&mut self, seconds: f64) {
        if seconds.is_finite() {
            self.cost_s = Some((self.cost_s.unwrap_or(0.0) + seconds).min(f64::MAX));
        }
    }
}

/// The time of all attempts of a result but the last one, in seconds; NaN if none is known.
fn repeated_s(data: &Dataset, result: ResultId) -> f64 {
    let repeats = data.repeats(result);
    let mut seconds = f64::NAN;
    for (at, &repeat) in repeats.iter().enumerate() {
        let entries = data.results.entries(repeat);
        let last = entries.last().map(|entry| entry.number).filter(|_| at + 1 == repeats.len());
        for entry in entries.iter().filter(|entry| Some(entry.number) != last) {
            // NaN is ignored by `max`.
            seconds =
                if entry.duration_s.is_finite() { seconds.max(0.0) + entry.duration_s } else { seconds };
        }
    }
    seconds
}

/// The places of the tests that match the filter's words, in this order; `None` for the ranking.
pub fn flaky_order(
    data: &Dataset,
    index: &Index,
    tests: &[FlakyTest],
    filter: &Filter,
    sort: Option<Sort>,
) -> Vec<u32> {
    let matcher = filter.matcher();
    let has_words = |test: &FlakyTest| {
        let scope = data.tests.scope_text(data.tests.scope_of(test.test));
        matcher.matches(scope, data.tests.name(test.test))
    };
    let listed: Vec<u32> =
        (0..).zip(tests).filter(|(_, test)| has_words(test)).map(|(place, _)| place).collect();
    let Some(sort) = sort else {
        return listed;
    };
    let builds = Builds::new(data);
    let suites: Vec<&str> = match sort.by {
        SortKey::Suite => tests.iter().map(|test| data.tests.suite(test.test)).collect(),
        _ => Vec::new(),
    };
    let suite_ranks = natural::ranks(&suites);
    let rate = |share: Share| share.rate().unwrap_or(f64::NAN);
    let key = |&place: &u32| {
        let test = &tests[place as usize];
        match sort.by {
            SortKey::Name => index.name_ranks(data)[test.test.index()],
            SortKey::Suite => suite_ranks[place as usize],
            SortKey::Flaky => f64::from(test.disagrees.times),
            SortKey::Evidence => test.interval.0,
            SortKey::Build => rate(test.in_build),
            SortKey::Change => rate(test.over_time),
            SortKey::Time => test.cost_s.unwrap_or(f64::NAN),
            SortKey::Dut => test.duts.len() as f64,
            SortKey::LastSeen => builds.place(test.last) as f64,
            SortKey::Sessions => f64::from(test.disagrees.of),
            _ => f64::NAN,
        }
    };
    let keys: Vec<f64> = listed.iter().map(key).collect();
    natural::by_number(&keys, sort.descending).into_iter().map(|at| listed[at as usize]).collect()
}

/// The rows from `from` on, at most `count`.
pub fn flaky_window(
    data: &Dataset,
    index: &Index,
    tests: &[FlakyTest],
    order: &[u32],
    from: u32,
    count: u32,
) -> FlakyWindow {
    let start = (from as usize).min(order.len());
    let end = start.saturating_add(count as usize).min(order.len());
    let builds = Builds::new(data);
    let any = |says: fn(&FlakyTest) -> bool| tests.iter().any(says);
    let columns = [
        (SortKey::Dut, data.history.duts.len() > 1),
        (SortKey::Build, any(|test| test.in_build.of > 0)),
        (SortKey::Change, any(|test| test.over_time.of > 0)),
        (SortKey::Sessions, data.history.sessions.len() > data.history.duts.len()),
        (SortKey::LastSeen, data.history.sessions.len() > data.history.duts.len()),
        (SortKey::Time, any(|test| test.cost_s.is_some())),
        (SortKey::Suite, tests.iter().any(|test| !data.tests.suite(test.test).is_empty())),
    ];
    FlakyWindow {
        tests: tests.len() as u32,
        empty_columns: columns.into_iter().filter(|(_, says)| !says).map(|(column, _)| column).collect(),
        total: order.len() as u32,
        from: start as u32,
        rows: order[start..end]
            .iter()
            .map(|&place| row(data, index, &builds, &tests[place as usize]))
            .collect(),
        builds: builds.names[builds.names.len().saturating_sub(STRIP)..].to_vec(),
    }
}

fn row(data: &Dataset, index: &Index, builds: &Builds, flaky: &FlakyTest) -> FlakyRow {
    let names = flaky.duts.iter().take(DUTS).map(|&(dut, _)| data.history.dut(dut).name.clone());
    let last = data.history.session(flaky.last);
    FlakyRow {
        scope: data.tests.scope_text(data.tests.scope_of(flaky.test)).to_owned(),
        suite: data.tests.suite(flaky.test).to_owned(),
        class: data.tests.class(flaky.test).to_owned(),
        name: data.tests.name(flaky.test).to_owned(),
        disagrees: flaky.disagrees,
        within: flaky.within,
        in_build: flaky.in_build,
        over_time: flaky.over_time,
        interval: flaky.interval,
        cost_s: flaky.cost_s,
        duts: (names.collect(), flaky.duts.len() as u32),
        last: (data.history.dut(last.dut).name.clone(), last.id.clone(), last.build().map(str::to_owned)),
        strip: outcome_strip(data, index, builds, flaky.test),
    }
}
