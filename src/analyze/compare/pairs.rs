//! The results of each test on each DUT before and after, and how they changed.

use super::sides::Resolved;
use crate::analyze::index::Index;
use crate::analyze::statistics::{LEAST_SAMPLES, adjust, fisher, mann_whitney, median};
use crate::model::{Dataset, Outcome, ResultId, SessionId, TestId};
use crate::query::{Change, Step};
use rustc_hash::FxHashMap;

/// Durations differ if the longer one is at least this multiple of the shorter one,
const RATIO: f64 = 1.5;

/// and at least this many seconds longer.
const SECONDS: f64 = 0.1;

/// What the sessions of one side say about a test on a DUT.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Samples {
    /// The latest session with a result, and the result.
    pub latest: Option<(SessionId, ResultId)>,
    /// How many sessions have a result.
    pub sessions: u32,
    /// In how many of them it passed.
    pub passed: u32,
    /// In how many of them it failed, or had an error.
    pub failing: u32,
    /// The median duration of those in which it passed, in seconds.
    pub median_s: Option<f64>,
}

impl Samples {
    fn verdicts(&self) -> [u32; 2] {
        [self.passed, self.failing]
    }

    fn has_enough_verdicts(&self) -> bool {
        (self.passed + self.failing) as usize >= LEAST_SAMPLES
    }
}

/// A test on a DUT, before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The test.
    pub test: TestId,
    /// The DUT: an index of [`Resolved::pairs`].
    pub dut: u32,
    /// Before and after.
    pub samples: [Samples; 2],
    /// The latest outcomes.
    pub step: Step,
    /// How the result changed, if it did.
    pub change: Option<Change>,
    /// The evidence for it: the p-value, adjusted for the number of tests. `None` without enough
    /// samples.
    pub p_value: Option<f64>,
}

/// Compares all tests, in the order of tests and DUTs.
pub fn pairs(data: &Dataset, index: &Index, sides: &Resolved) -> Vec<Pair> {
    let places = Places::new(data, sides);
    let mut collected: Vec<Collected> = vec![Collected::default(); sides.pairs.len()];
    let mut pairs: Vec<Pair> = Vec::new();
    let mut durations = Tested::default();
    for test in data.tests.ids() {
        for &(session, result) in index.results.all(test) {
            for (side, place) in places.of(session) {
                collected[place as usize].add(data, side, session, result);
            }
        }
        for (dut, collected) in (0..).zip(&mut collected) {
            if collected.samples.iter().any(|samples| samples.sessions > 0) {
                let place = pairs.len();
                let pair = collected.pair(data, test, dut, sides.all_passed);
                if pair.change.is_none_or(|change| matches!(change, Change::Slower | Change::Faster)) {
                    durations.test(place, collected, pair.change.is_some());
                }
                pairs.push(pair);
                collected.clear();
            }
        }
    }
    let verdicts = verdicts(&pairs);
    for tested in [durations, verdicts] {
        for (place, p) in tested.adjusted() {
            pairs[place].p_value = Some(p);
        }
    }
    pairs
}

/// Where the results of a session belong.
struct Places {
    /// By session: its DUT's index of [`Resolved::pairs`] before and after.
    of_session: Vec<[Option<u32>; 2]>,
}

impl Places {
    fn new(data: &Dataset, sides: &Resolved) -> Places {
        let mut of_session = vec![[None; 2]; data.history.sessions.len()];
        for (at, side) in [&sides.from, &sides.to].into_iter().enumerate() {
            let place_of: FxHashMap<_, u32> =
                (0..).zip(&sides.pairs).filter_map(|(place, (_, duts))| Some((duts[at]?, place))).collect();
            for &session in &side.sessions {
                let dut = data.history.session(session).dut;
                of_session[session.index()][at] = place_of.get(&dut).copied();
            }
        }
        Places { of_session }
    }

    /// The sides that have a session, and the place of its DUT.
    fn of(&self, session: SessionId) -> impl Iterator<Item = (usize, u32)> + use<> {
        let places = self.of_session[session.index()];
        (0..2).filter_map(move |side| Some((side, places[side]?)))
    }
}

/// What is known of a test on a DUT while its results are visited.
#[derive(Clone, Default)]
struct Collected {
    samples: [Samples; 2],
    /// The durations of passed results, by side.
    durations: [Vec<f64>; 2],
    /// Results of one side disagree, or attempts of one result.
    is_flaky: [bool; 2],
    /// The first outcome, by side.
    first: [Option<Outcome>; 2],
}

impl Collected {
    /// Adds a result. Those of a DUT come in the order of time.
    fn add(&mut self, data: &Dataset, side: usize, session: SessionId, result: ResultId) {
        let outcome = data.outcome(result);
        let samples = &mut self.samples[side];
        samples.latest = Some((session, result));
        samples.sessions += 1;
        samples.passed += u32::from(outcome == Outcome::Passed);
        samples.failing += u32::from(outcome.is_failing());
        let first = *self.first[side].get_or_insert(outcome);
        self.is_flaky[side] |= data.is_flaky(result) || first.disagrees_with(outcome);
        let duration_s = data.results.duration_s[result.index()];
        if outcome == Outcome::Passed && duration_s.is_finite() {
            self.durations[side].push(duration_s);
        }
    }

    fn pair(&mut self, data: &Dataset, test: TestId, dut: u32, all_passed: bool) -> Pair {
        for (samples, durations) in self.samples.iter_mut().zip(&mut self.durations) {
            durations.sort_unstable_by(f64::total_cmp);
            samples.median_s = median(durations);
        }
        let outcome = |samples: &Samples| samples.latest.map(|(_, result)| data.outcome(result));
        let [before, after] = self.samples.each_ref().map(outcome);
        let step = Step { before: if all_passed { Some(Outcome::Passed) } else { before }, after };
        let change = Change::between(step.before, step.after)
            .or_else(|| self.is_flaky[1].then_some(Change::Flaky))
            .or_else(|| self.change_of_time().filter(|_| after == Some(Outcome::Passed)));
        Pair { test, dut, samples: self.samples, step, change, p_value: None }
    }

    fn change_of_time(&self) -> Option<Change> {
        let (before, after) = (self.samples[0].median_s?, self.samples[1].median_s?);
        let is_longer = |long: f64, short: f64| long >= short * RATIO && long - short >= SECONDS;
        if is_longer(after, before) {
            Some(Change::Slower)
        } else if is_longer(before, after) {
            Some(Change::Faster)
        } else {
            None
        }
    }

    fn clear(&mut self) {
        (self.samples, self.is_flaky, self.first) = Default::default();
        self.durations.iter_mut().for_each(Vec::clear);
    }
}

/// The p-values of one kind of test, before they are adjusted.
#[derive(Default)]
struct Tested {
    /// The pair of each p-value.
    places: Vec<usize>,
    p: Vec<f64>,
    /// How many pairs could be tested.
    total: usize,
}

impl Tested {
    /// Tests durations. Only those whose medians differ enough are computed; the others count.
    fn test(&mut self, place: usize, collected: &Collected, is_change: bool) {
        let [before, after] = &collected.durations;
        if before.len().min(after.len()) < LEAST_SAMPLES {
            return;
        }
        self.total += 1;
        if is_change {
            self.places.push(place);
            self.p.push(mann_whitney(before, after));
        }
    }

    fn adjusted(mut self) -> impl Iterator<Item = (usize, f64)> {
        adjust(&mut self.p, self.total);
        self.places.into_iter().zip(self.p)
    }
}

/// Tests the verdicts of all pairs that changed otherwise than in time. Pairs without any failure on
/// either side can never be significant, so they do not count among the tests (R. E. Tarone, "A modified
/// Bonferroni method for discrete data", 1990).
fn verdicts(pairs: &[Pair]) -> Tested {
    let mut tested = Tested::default();
    // Most pairs have one of a few tables.
    let mut known: FxHashMap<[[u32; 2]; 2], f64> = FxHashMap::default();
    for (place, pair) in pairs.iter().enumerate() {
        let tables = pair.samples.map(|samples| samples.verdicts());
        let is_about_time = matches!(pair.change, Some(Change::Slower | Change::Faster));
        let has_failed = tables[0][1] + tables[1][1] > 0;
        if !is_about_time && has_failed && pair.samples.iter().all(Samples::has_enough_verdicts) {
            tested.total += 1;
            tested.places.push(place);
            tested.p.push(*known.entry(tables).or_insert_with(|| fisher(tables[0], tables[1])));
        }
    }
    tested
}
