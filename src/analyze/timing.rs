//! Timing: what is slow, and what became slower?

use super::builds::Builds;
use super::change_points::Effect;
use super::index::Index;
use super::natural;
use super::select::select;
use super::spread::Spread;
use super::statistics::median;
use super::trends::{Line, Shift, Trend, shifts, trend};
use crate::model::{Dataset, Outcome, ScopeId, SessionId, TestId};
use crate::query::{Filter, Selection, Sort, SortKey, TestKey};
use crate::text::order::Order;
use serde::{Deserialize, Serialize};

/// The smallest shift of a duration that matters: by a fifth, and by a tenth of a second.
pub const EFFECT: Effect = Effect { ratio: 1.2, least: 0.1 };

/// How many shifts are named above the table.
const NAMED: usize = 3;

/// The shifts of durations, by test.
#[derive(Default)]
pub struct Timing {
    shifts: Vec<Vec<Shift>>,
    /// How many tests have durations in enough sessions.
    tested: u32,
}

/// A test in the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimingRow {
    /// Suite and class, as in the test's identity.
    pub scope: String,
    /// Suite path.
    pub suite: String,
    /// Class.
    pub class: String,
    /// Name with parameters.
    pub name: String,
    /// The DUT on which it takes longest now.
    pub longest_on: String,
    /// The sum of its durations in the latest sessions, in seconds.
    pub total_s: Option<f64>,
    /// Their share of all test time in these sessions, from 0 to 1.
    pub share: Option<f64>,
    /// The median of these durations.
    pub median_s: Option<f64>,
    /// The longest of them.
    pub max_s: Option<f64>,
    /// The shifts of its durations.
    pub shifts: Vec<Shift>,
}

/// A test that became slower or faster, in the sentence above the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShiftedTest {
    /// The test.
    pub test: TestKey,
    /// Its shift.
    pub shift: Shift,
}

/// The visible rows of the table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TimingWindow {
    /// How many tests there are without the filter.
    pub tests: u32,
    /// Columns in which no test has anything to say, whatever the filter.
    pub empty_columns: Vec<SortKey>,
    /// How many rows match the filter.
    pub total: u32,
    /// Index of the first row in `rows`.
    pub from: u32,
    /// The requested rows.
    pub rows: Vec<TimingRow>,
    /// The test time of the latest sessions, or of the filter's DUT, in seconds.
    pub test_time_s: Option<f64>,
    /// That of all listed tests.
    pub listed_s: Option<f64>,
    /// How many tests became slower, and how many faster, by their main shift.
    pub shifted: (u32, u32),
    /// Those that became slower by the greatest ratio.
    pub slower: Vec<ShiftedTest>,
    /// How many tests have durations in enough sessions to find a shift.
    pub tested: u32,
}

impl Timing {
    /// Searches the durations of all tests for shifts.
    pub fn new(data: &Dataset, index: &Index) -> Timing {
        let builds = Builds::new(data);
        let series = data.tests.ids().map(|test| lines(data, index, test));
        let (shifts, tested) = shifts(data, &builds, series, EFFECT);
        Timing { shifts, tested }
    }

    /// The shifts of a test.
    pub fn shifts(&self, test: TestId) -> &[Shift] {
        self.shifts.get(test.index()).map_or(&[], Vec::as_slice)
    }

    /// The shift that a row names.
    pub fn main_shift(&self, test: TestId) -> Option<&Shift> {
        main_shift(self.shifts(test))
    }
}

/// The shift to name first: the last one of all DUTs together, else the one with the strongest evidence.
pub fn main_shift(shifts: &[Shift]) -> Option<&Shift> {
    let of_all = shifts.iter().rev().find(|shift| shift.dut.is_none());
    of_all.or_else(|| shifts.iter().min_by(|a, b| a.p_value.total_cmp(&b.p_value)))
}

/// The durations of passed results, by DUT: a failing test may end early, or wait for a timeout.
pub fn lines(data: &Dataset, index: &Index, test: TestId) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for &(session, result) in index.results.all(test) {
        let seconds = data.results.duration_s[result.index()];
        if !seconds.is_finite() || data.outcome(result) != Outcome::Passed {
            continue;
        }
        let dut = data.history.session(session).dut;
        match lines.last_mut().filter(|line| line.dut == dut) {
            Some(line) => line.values.push((session, seconds)),
            None => lines.push(Line { dut, values: vec![(session, seconds)] }),
        }
    }
    lines
}

/// The latest sessions that count: all, or that of the filter's DUT.
fn sessions(data: &Dataset, index: &Index, filter: &Filter) -> Vec<SessionId> {
    match &filter.dut {
        None => index.results.latest_sessions.clone(),
        Some(dut) => data.find_session(dut, None).into_iter().collect(),
    }
}

/// Writes the current durations of a test into `into`, with their sessions; the shortest first.
fn durations(
    data: &Dataset,
    index: &Index,
    sessions: &[SessionId],
    test: TestId,
    into: &mut Vec<(f64, SessionId)>,
) {
    into.clear();
    for (session, result) in index.results.latest(test) {
        let seconds = data.results.duration_s[result.index()];
        if seconds.is_finite() && sessions.contains(&session) {
            into.push((seconds, session));
        }
    }
    into.order_by(|(a, _), (b, _)| a.total_cmp(b));
}

fn sum(durations: &[(f64, SessionId)]) -> Option<f64> {
    (!durations.is_empty()).then(|| durations.iter().map(|(seconds, _)| seconds).sum::<f64>().min(f64::MAX))
}

/// The sum of known numbers; `None` if none is known.
fn sum_of_known(numbers: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    numbers.flatten().fold(None, |sum: Option<f64>, number| Some((sum.unwrap_or(0.0) + number).min(f64::MAX)))
}

/// The tests that have a result in a latest session and match the filter. Without a sort key, those with the
/// most test time come first; ties are sorted by name.
pub fn timing_order(
    data: &Dataset,
    index: &Index,
    timing: &Timing,
    filter: &Filter,
    sort: Option<Sort>,
) -> Vec<TestId> {
    let tests = select(data, index, filter, index.by_name(data));
    let sort = sort.unwrap_or(Sort { by: SortKey::Time, descending: true });
    let sessions = sessions(data, index, filter);
    let mut buffer = Vec::new();
    let mut of_durations = |of: fn(&[(f64, SessionId)]) -> Option<f64>| -> Vec<f64> {
        let key = |&test: &TestId| {
            durations(data, index, &sessions, test, &mut buffer);
            of(&buffer).unwrap_or(f64::NAN)
        };
        tests.iter().map(key).collect()
    };
    let of_shift = |of: fn(&Shift) -> f64| -> Vec<f64> {
        tests.iter().map(|&test| timing.main_shift(test).map_or(f64::NAN, of)).collect()
    };
    let keys: Vec<f64> = match sort.by {
        SortKey::Name => {
            let ranks = index.name_ranks(data);
            tests.iter().map(|&test| ranks[test.index()]).collect()
        }
        SortKey::Suite => {
            let scopes = (0..data.tests.scopes()).map(ScopeId::from);
            let texts: Vec<&str> = scopes.map(|scope| data.tests.suite_of(scope)).collect();
            let ranks = natural::ranks(&texts);
            tests.iter().map(|&test| ranks[data.tests.scope_of(test).index()]).collect()
        }
        SortKey::Median => of_durations(median_of),
        SortKey::MaxTime => of_durations(|durations| durations.last().map(|(seconds, _)| *seconds)),
        SortKey::Change => of_shift(|shift| shift.ratio.unwrap_or(f64::NAN)),
        SortKey::Evidence => of_shift(|shift| shift.p_value),
        _ => of_durations(sum),
    };
    natural::by_number(&keys, sort.descending).into_iter().map(|at| tests[at as usize]).collect()
}

fn median_of(durations: &[(f64, SessionId)]) -> Option<f64> {
    let seconds: Vec<f64> = durations.iter().map(|(seconds, _)| *seconds).collect();
    median(&seconds)
}

/// The rows from `from` on, at most `count`.
pub fn timing_window(
    data: &Dataset,
    index: &Index,
    timing: &Timing,
    (order, filter): (&[TestId], &Filter),
    from: u32,
    count: u32,
) -> TimingWindow {
    let start = (from as usize).min(order.len());
    let end = start.saturating_add(count as usize).min(order.len());
    let sessions = sessions(data, index, filter);
    let test_time_s = test_time(data, &sessions);
    let mut buffer = Vec::new();
    let listed_s = sum_of_known(order.iter().map(|&test| {
        durations(data, index, &sessions, test, &mut buffer);
        sum(&buffer)
    }));
    let mut slower: Vec<(TestId, &Shift)> =
        order.iter().filter_map(|&test| Some((test, timing.main_shift(test)?))).collect();
    let faster = slower.iter().filter(|(_, shift)| !shift.is_rise()).count() as u32;
    slower.retain(|(_, shift)| shift.is_rise());
    let ratio = |shift: &Shift| shift.ratio.unwrap_or(0.0);
    slower.order_by(|(_, a), (_, b)| ratio(b).total_cmp(&ratio(a)));
    let named = slower.iter().take(NAMED);
    TimingWindow {
        tests: index.tests_now,
        empty_columns: empty_columns(data, index, timing),
        total: order.len() as u32,
        from: start as u32,
        rows: order[start..end]
            .iter()
            .map(|&test| row(data, index, timing, &sessions, test_time_s, test))
            .collect(),
        test_time_s,
        listed_s,
        shifted: (slower.len() as u32, faster),
        slower: named
            .map(|&(test, shift)| ShiftedTest { test: test_key(data, test), shift: shift.clone() })
            .collect(),
        tested: timing.tested,
    }
}

/// The test time of sessions: the sum of the known durations.
fn test_time(data: &Dataset, sessions: &[SessionId]) -> Option<f64> {
    sum_of_known(sessions.iter().map(|&session| data.history.session(session).counts.duration_s))
}

/// All tests that have a result in a latest session, the most test time first, for the table to download.
pub fn timing_rows(data: &Dataset, index: &Index, timing: &Timing, filter: &Filter) -> Vec<TimingRow> {
    let sessions = sessions(data, index, filter);
    let test_time_s = test_time(data, &sessions);
    let order = timing_order(data, index, timing, filter, None);
    order.into_iter().map(|test| row(data, index, timing, &sessions, test_time_s, test)).collect()
}

fn row(
    data: &Dataset,
    index: &Index,
    timing: &Timing,
    sessions: &[SessionId],
    test_time_s: Option<f64>,
    test: TestId,
) -> TimingRow {
    let mut now = Vec::new();
    durations(data, index, sessions, test, &mut now);
    let total_s = sum(&now);
    let any = || index.results.latest(test).map(|(session, _)| session);
    let longest_on = now.last().map(|(_, session)| *session);
    let longest_on = longest_on.or_else(|| any().find(|session| sessions.contains(session)));
    TimingRow {
        scope: data.tests.scope_text(data.tests.scope_of(test)).to_owned(),
        suite: data.tests.suite(test).to_owned(),
        class: data.tests.class(test).to_owned(),
        name: data.tests.name(test).to_owned(),
        longest_on: longest_on.map_or(String::new(), |session| dut_of(data, session)),
        total_s,
        share: total_s.zip(test_time_s).and_then(|(of, all)| (all > 0.0).then(|| of / all)),
        median_s: median_of(&now),
        max_s: now.last().map(|(seconds, _)| *seconds),
        shifts: timing.shifts(test).to_vec(),
    }
}

fn dut_of(data: &Dataset, session: SessionId) -> String {
    data.history.dut(data.history.session(session).dut).name.clone()
}

fn empty_columns(data: &Dataset, index: &Index, timing: &Timing) -> Vec<SortKey> {
    let has_several_duts = index.results.latest_sessions.len() > 1;
    let has_suites =
        data.tests.ids().any(|test| !data.tests.scope_text(data.tests.scope_of(test)).is_empty());
    let columns = [
        (SortKey::Median, has_several_duts),
        (SortKey::MaxTime, has_several_duts),
        (SortKey::Change, timing.tested > 0),
        (SortKey::Evidence, timing.tested > 0),
        (SortKey::Suite, has_suites),
    ];
    columns.into_iter().filter(|(_, says)| !says).map(|(column, _)| column).collect()
}

/// The key of a test.
pub fn test_key(data: &Dataset, test: TestId) -> TestKey {
    TestKey {
        scope: data.tests.scope_text(data.tests.scope_of(test)).to_owned(),
        name: data.tests.name(test).to_owned(),
    }
}

/// The test that charts show: the chosen one; else the one that became slower by the greatest ratio; else the
/// one with the most test time.
pub fn charted_test(
    data: &Dataset,
    index: &Index,
    timing: &Timing,
    chosen: Option<&TestKey>,
) -> Option<TestId> {
    if let Some(test) = chosen.and_then(|key| data.tests.find(&key.scope, &key.name)) {
        return Some(test);
    }
    let order = timing_order(data, index, timing, &Filter::default(), None);
    let ratio = |test: TestId| {
        timing
            .main_shift(test)
            .filter(|shift| shift.is_rise())
            .map_or(0.0, |shift| shift.ratio.unwrap_or(0.0))
    };
    let slowed = order.iter().copied().filter(|&test| ratio(test) > 0.0);
    slowed.max_by(|&a, &b| ratio(a).total_cmp(&ratio(b))).or(order.first().copied())
}

/// The durations of a test over builds.
pub fn timing_trend(data: &Dataset, index: &Index, timing: &Timing, test: TestId) -> Trend {
    Trend {
        title: format!("Duration of {}", data.tests.name(test)),
        unit: "s".to_owned(),
        shifts: timing.shifts(test).to_vec(),
        ..trend(data, &Builds::new(data), &lines(data, index, test))
    }
}

/// The distribution of the durations of a test over sessions, or of all tests in the latest sessions.
pub fn timing_spread(data: &Dataset, index: &Index, test: Option<TestId>) -> Spread {
    let selection = |&(session, test): &(SessionId, TestId)| {
        let TestKey { scope, name } = test_key(data, test);
        let of = data.history.session(session);
        Selection { dut: dut_of(data, session), session: Some(of.id.clone()), scope, name }
    };
    if let Some(test) = test {
        let group = |line: Line| {
            let values = line.values.into_iter().map(|(session, seconds)| (seconds, (session, test)));
            (data.history.dut(line.dut).name.clone(), values.collect())
        };
        let groups = lines(data, index, test).into_iter().map(group).collect();
        let title = format!("Duration of {} per DUT, all sessions", data.tests.name(test));
        return Spread { title, unit: "s".to_owned(), ..Spread::new(groups, selection) };
    }
    let group = |&session: &SessionId| {
        let timed = data.results_of(session).filter_map(|result| {
            let seconds = data.results.duration_s[result.index()];
            let is_executed = seconds.is_finite() && data.outcome(result).is_executed();
            is_executed.then(|| (seconds, (session, data.test_of(result))))
        });
        (dut_of(data, session), timed.collect())
    };
    let groups = index.results.latest_sessions.iter().map(group).collect();
    Spread {
        title: "Durations of all tests per DUT, latest sessions".to_owned(),
        unit: "s".to_owned(),
        is_logarithmic: true,
        ..Spread::new(groups, selection)
    }
}
