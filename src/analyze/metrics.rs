//! Metrics: what did tests measure, and which values shifted?

use super::builds::Builds;
use super::change_points::Effect;
use super::index::Index;
use super::natural;
use super::select::select;
use super::spread::Spread;
use super::statistics::{median, median_of};
use super::timing::{main_shift, test_key};
use super::trends::{Line, Shift, Trend, key_of, shifts, trend};
use crate::model::{Dataset, ResultId, ScopeId, SessionId, TestId};
use crate::query::{Better, Directions, Filter, Selection, SessionKey, Sort, SortKey, TestKey};
use crate::text::order::Order;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// The smallest shift of a metric that matters: by a hundredth. Sizes of programs and scores vary little.
pub const EFFECT: Effect = Effect { ratio: 1.01, least: 0.0 };

/// How many shifts are named above the table.
const NAMED: usize = 3;

/// A metric of a test on all DUTs.
struct Series {
    test: TestId,
    /// Index of the data set's kinds of metrics.
    kind: u32,
    /// The median of each session.
    lines: Vec<Line>,
    /// The limits in the last session that has such.
    limits: (Option<f64>, Option<f64>),
}

/// All metrics of all tests, with their shifts.
#[derive(Default)]
pub struct Metrics {
    /// By test, then in the order of the first file that has them.
    series: Vec<Series>,
    shifts: Vec<Vec<Shift>>,
    /// How many have values in enough sessions.
    tested: u32,
}

/// A metric of a test in the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricRow {
    /// Suite and class, as in the test's identity.
    pub scope: String,
    /// Suite path.
    pub suite: String,
    /// Class.
    pub class: String,
    /// The test's name with parameters.
    pub name: String,
    /// The metric's name.
    pub metric: String,
    /// Its unit; "" for none.
    pub unit: String,
    /// Which values are better.
    pub better: Better,
    /// The median of the values in the latest sessions.
    pub now: Option<f64>,
    /// The least and the greatest of these values.
    pub range: Option<(f64, f64)>,
    /// How many DUTs have a value now.
    pub duts: u32,
    /// The limits.
    pub limits: (Option<f64>, Option<f64>),
    /// How many of the current values are outside of them.
    pub outside: u32,
    /// The DUT with the worst value now.
    pub worst_on: String,
    /// The shifts of its values.
    pub shifts: Vec<Shift>,
}

/// A metric that got worse, in the sentence above the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShiftedMetric {
    /// The test.
    pub test: TestKey,
    /// The metric's name.
    pub metric: String,
    /// Its shift.
    pub shift: Shift,
}

/// The visible rows of the table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MetricWindow {
    /// How many metrics there are without the filter.
    pub metrics: u32,
    /// Columns in which no metric has anything to say, whatever the filter.
    pub empty_columns: Vec<SortKey>,
    /// How many rows match the filter.
    pub total: u32,
    /// Index of the first row in `rows`.
    pub from: u32,
    /// The requested rows.
    pub rows: Vec<MetricRow>,
    /// How many metrics got worse, better, or only changed, by their main shift.
    pub shifted: (u32, u32, u32),
    /// Those that got worse, with the strongest evidence first.
    pub worse: Vec<ShiftedMetric>,
    /// How many have values in enough sessions to find a shift.
    pub tested: u32,
}

impl Metrics {
    /// Collects the metrics of all tests, and searches them for shifts.
    pub fn new(data: &Dataset, index: &Index) -> Metrics {
        if data.metrics.is_empty() {
            return Metrics::default();
        }
        let builds = Builds::new(data);
        let mut series = Vec::new();
        for test in data.tests.ids() {
            collect(data, index, test, &mut series);
        }
        let lines = series.iter().map(|series: &Series| series.lines.clone());
        let (shifts, tested) = shifts(data, &builds, lines, EFFECT);
        Metrics { series, shifts, tested }
    }

    /// The tests of rows. A test that follows itself is one step.
    pub fn tests(&self, rows: &[u32]) -> Vec<TestId> {
        let mut tests: Vec<TestId> = rows.iter().map(|&at| self.series[at as usize].test).collect();
        tests.dedup();
        tests
    }

    /// The first row of a result's test.
    pub fn line(&self, data: &Dataset, rows: &[u32], at: &Selection) -> Option<u32> {
        let test = data.tests.find(&at.scope, &at.name)?;
        let line = rows.iter().position(|&row| self.series[row as usize].test == test)?;
        Some(line as u32)
    }

    fn worse(&self, data: &Dataset, directions: &Directions, at: usize) -> Option<bool> {
        let shift = main_shift(&self.shifts[at])?;
        let (name, unit) = words(data, &self.series[at]);
        let better = directions.of(name, unit);
        (better != Better::Neither).then(|| better.is_worse(shift.is_rise()))
    }
}

/// Name and unit.
fn words<'a>(data: &'a Dataset, series: &Series) -> (&'a str, &'a str) {
    let kind = data.metrics.of(series.kind);
    (data.text(kind.name), data.text(kind.unit))
}

/// Appends the metrics of a test.
fn collect(data: &Dataset, index: &Index, test: TestId, into: &mut Vec<Series>) {
    let first = into.len();
    let mut places: FxHashMap<u32, usize> = FxHashMap::default();
    let mut values: FxHashMap<u32, Vec<f64>> = FxHashMap::default();
    for &(session, result) in index.results.all(test) {
        for part in results(data, result) {
            for measured in data.metrics.of_result(part) {
                values.entry(measured.kind).or_default().push(measured.value);
                let place = *places.entry(measured.kind).or_insert_with(|| {
                    into.push(Series { test, kind: measured.kind, lines: Vec::new(), limits: (None, None) });
                    into.len() - 1
                });
                let limit = |limit: f64| Some(limit).filter(|limit| limit.is_finite());
                let limits = (limit(measured.lower), limit(measured.upper));
                if limits != (None, None) {
                    into[place].limits = limits;
                }
            }
        }
        let dut = data.history.session(session).dut;
        for series in &mut into[first..] {
            let Some(value) = values.remove(&series.kind).and_then(median_of) else {
                continue;
            };
            match series.lines.last_mut().filter(|line| line.dut == dut) {
                Some(line) => line.values.push((session, value)),
                None => series.lines.push(Line { dut, values: vec![(session, value)] }),
            }
        }
    }
}

/// A result, its repeats, and the same result in other files of the report: a file of benchmarks beside one of
/// verdicts.
fn results(data: &Dataset, result: ResultId) -> Vec<ResultId> {
    let mut results = if data.history.repeats.is_empty() { vec![result] } else { data.repeats(result) };
    results.extend(data.also_told(result));
    results
}

/// The values of the latest sessions, by DUT.
fn now<'a>(
    index: &'a Index,
    series: &'a Series,
    filter: &'a Filter,
    data: &'a Dataset,
) -> impl Iterator<Item = (SessionId, f64)> + 'a {
    let latest = series.lines.iter().filter_map(|line| line.values.last().copied());
    latest.filter(|&(session, _)| {
        let name = || &data.history.dut(data.history.session(session).dut).name;
        index.results.is_latest(session) && filter.dut.as_ref().is_none_or(|dut| name() == dut)
    })
}

/// The metrics that match the filter, as indices. Without a sort key, those that got worse come first, then the
/// other shifts, then by the name of the test and the order of the file.
pub fn metric_order(
    data: &Dataset,
    index: &Index,
    metrics: &Metrics,
    (filter, directions): (&Filter, &Directions),
    sort: Option<Sort>,
) -> Vec<u32> {
    // Words may be in the name of the metric.
    let of_tests = Filter { text: String::new(), ..filter.clone() };
    let tests = select(data, index, &of_tests, index.by_name(data));
    let mut rank_of: Vec<u32> = vec![u32::MAX; data.tests.len()];
    (0..).zip(&tests).for_each(|(rank, test)| rank_of[test.index()] = rank);
    let matcher = filter.matcher();
    let has_words = |series: &Series| {
        let (metric, unit) = words(data, series);
        let text = || format!("{} {metric} {unit}", data.tests.name(series.test));
        matcher.is_empty()
            || matcher.matches(data.tests.scope_text(data.tests.scope_of(series.test)), &text())
    };
    let mut listed: Vec<u32> = (0..)
        .zip(&metrics.series)
        .filter(|(_, series)| rank_of[series.test.index()] != u32::MAX && has_words(series))
        .map(|(at, _)| at)
        .collect();
    listed.sort_by_key(|&at| rank_of[metrics.series[at as usize].test.index()]);
    let series = |at: u32| &metrics.series[at as usize];
    let shift = |at: u32| main_shift(&metrics.shifts[at as usize]);
    let Some(sort) = sort else {
        let class = |at: &u32| match metrics.worse(data, directions, *at as usize) {
            Some(true) => 0,
            Some(false) => 1,
            None if shift(*at).is_some() => 1,
            None => 2,
        };
        listed.sort_by_key(class);
        return listed;
    };
    let by_text = |texts: Vec<&str>| natural::ranks(&texts);
    let keys: Vec<f64> = match sort.by {
        SortKey::Name => {
            let ranks = index.name_ranks(data);
            listed.iter().map(|&at| ranks[series(at).test.index()]).collect()
        }
        SortKey::Suite => {
            let scopes = (0..data.tests.scopes()).map(ScopeId::from);
            let ranks = by_text(scopes.map(|scope| data.tests.suite_of(scope)).collect());
            listed.iter().map(|&at| ranks[data.tests.scope_of(series(at).test).index()]).collect()
        }
        SortKey::Metric => by_text(listed.iter().map(|&at| words(data, series(at)).0).collect()),
        SortKey::Better => {
            let better = |at: u32| {
                let (name, unit) = words(data, series(at));
                directions.of(name, unit)
            };
            listed.iter().map(|&at| f64::from(better(at) as u8)).collect()
        }
        SortKey::Limits => {
            let outside = |at: u32| row(data, index, metrics, (filter, directions), at as usize).outside;
            listed.iter().map(|&at| f64::from(outside(at))).collect()
        }
        SortKey::Change => {
            listed.iter().map(|&at| shift(at).and_then(|shift| shift.ratio).unwrap_or(f64::NAN)).collect()
        }
        SortKey::Evidence => {
            listed.iter().map(|&at| shift(at).map_or(f64::NAN, |shift| shift.p_value)).collect()
        }
        _ => {
            listed.iter().map(|&at| median_now(data, index, filter, series(at)).unwrap_or(f64::NAN)).collect()
        }
    };
    natural::by_number(&keys, sort.descending).into_iter().map(|at| listed[at as usize]).collect()
}

fn median_now(data: &Dataset, index: &Index, filter: &Filter, series: &Series) -> Option<f64> {
    median_of(now(index, series, filter, data).map(|(_, value)| value).collect())
}

/// The rows from `from` on, at most `count`.
pub fn metric_window(
    data: &Dataset,
    index: &Index,
    metrics: &Metrics,
    (order, filter, directions): (&[u32], &Filter, &Directions),
    from: u32,
    count: u32,
) -> MetricWindow {
    let start = (from as usize).min(order.len());
    let end = start.saturating_add(count as usize).min(order.len());
    let mut window = MetricWindow {
        metrics: metrics.series.len() as u32,
        empty_columns: empty_columns(data, metrics),
        total: order.len() as u32,
        from: start as u32,
        rows: order[start..end]
            .iter()
            .map(|&at| row(data, index, metrics, (filter, directions), at as usize))
            .collect(),
        tested: metrics.tested,
        ..MetricWindow::default()
    };
    let mut worse: Vec<(usize, &Shift)> = Vec::new();
    for &at in order {
        let at = at as usize;
        let Some(shift) = main_shift(&metrics.shifts[at]) else {
            continue;
        };
        match metrics.worse(data, directions, at) {
            Some(true) => worse.push((at, shift)),
            Some(false) => window.shifted.1 += 1,
            None => window.shifted.2 += 1,
        }
    }
    window.shifted.0 = worse.len() as u32;
    worse.order_by(|(_, a), (_, b)| a.p_value.total_cmp(&b.p_value));
    let named = worse.into_iter().take(NAMED).map(|(at, shift)| ShiftedMetric {
        test: test_key(data, metrics.series[at].test),
        metric: words(data, &metrics.series[at]).0.to_owned(),
        shift: shift.clone(),
    });
    window.worse = named.collect();
    window
}

fn row(
    data: &Dataset,
    index: &Index,
    metrics: &Metrics,
    (filter, directions): (&Filter, &Directions),
    at: usize,
) -> MetricRow {
    let series = &metrics.series[at];
    let (metric, unit) = words(data, series);
    let better = directions.of(metric, unit);
    let mut values: Vec<(SessionId, f64)> = now(index, series, filter, data).collect();
    values.order_by(|(_, a), (_, b)| a.total_cmp(b));
    let numbers: Vec<f64> = values.iter().map(|(_, value)| *value).collect();
    let is_outside = |value: f64| {
        series.limits.0.is_some_and(|lower| value < lower)
            || series.limits.1.is_some_and(|upper| value > upper)
    };
    let worst = values.iter().find(|(_, value)| is_outside(*value)).or(match better {
        Better::Higher => values.first(),
        Better::Lower | Better::Neither => values.last(),
    });
    // Without a current value, the last one of any DUT.
    let last = || series.lines.last()?.values.last();
    let TestKey { scope, name } = test_key(data, series.test);
    MetricRow {
        scope,
        suite: data.tests.suite(series.test).to_owned(),
        class: data.tests.class(series.test).to_owned(),
        name,
        metric: metric.to_owned(),
        unit: unit.to_owned(),
        better,
        now: median(&numbers),
        range: numbers.first().copied().zip(numbers.last().copied()),
        duts: numbers.len() as u32,
        limits: series.limits,
        outside: numbers.iter().filter(|&&value| is_outside(value)).count() as u32,
        worst_on: worst.or_else(last).map_or(String::new(), |&(session, _)| key_of(data, session).dut),
        shifts: metrics.shifts[at].clone(),
    }
}

fn empty_columns(data: &Dataset, metrics: &Metrics) -> Vec<SortKey> {
    let has_suites = metrics
        .series
        .iter()
        .any(|series| !data.tests.scope_text(data.tests.scope_of(series.test)).is_empty());
    let has_limits = metrics.series.iter().any(|series| series.limits != (None, None));
    let columns = [
        (SortKey::Limits, has_limits),
        (SortKey::Change, metrics.tested > 0),
        (SortKey::Evidence, metrics.tested > 0),
        (SortKey::Suite, has_suites),
    ];
    columns.into_iter().filter(|(_, says)| !says).map(|(column, _)| column).collect()
}

/// The metric that charts show: the chosen one; else the first one in the order of the table.
pub fn charted_metric(
    data: &Dataset,
    index: &Index,
    metrics: &Metrics,
    (test, metric): (Option<&TestKey>, &str),
    directions: &Directions,
) -> Option<usize> {
    let test = test.and_then(|key| data.tests.find(&key.scope, &key.name));
    let is_chosen =
        |series: &Series| Some(series.test) == test && (metric.is_empty() || words(data, series).0 == metric);
    let chosen = metrics.series.iter().position(is_chosen);
    let filter = Filter::default();
    chosen.or_else(|| {
        metric_order(data, index, metrics, (&filter, directions), None).first().map(|&at| at as usize)
    })
}

/// The test of a metric.
pub fn metric_test(data: &Dataset, metrics: &Metrics, at: usize) -> TestKey {
    test_key(data, metrics.series[at].test)
}

/// "score of test_x".
fn title(data: &Dataset, series: &Series) -> String {
    format!("{} of {}", words(data, series).0, data.tests.name(series.test))
}

/// A metric over builds, and which values are better.
pub fn metric_trend(
    data: &Dataset,
    metrics: &Metrics,
    directions: &Directions,
    at: usize,
) -> (Trend, Better) {
    let series = &metrics.series[at];
    let (name, unit) = words(data, series);
    let trend = Trend {
        title: title(data, series),
        unit: unit.to_owned(),
        shifts: metrics.shifts[at].clone(),
        limits: series.limits,
        ..trend(data, &Builds::new(data), &series.lines)
    };
    (trend, directions.of(name, unit))
}

/// The distribution of a metric over sessions.
pub fn metric_spread(data: &Dataset, metrics: &Metrics, at: usize) -> Spread {
    let series = &metrics.series[at];
    let group = |line: &Line| {
        let values = line.values.iter().map(|&(session, value)| (value, session)).collect();
        (data.history.dut(line.dut).name.clone(), values)
    };
    let select = |session: &SessionId| {
        let (TestKey { scope, name }, SessionKey { dut, session }) =
            (test_key(data, series.test), key_of(data, *session));
        Selection { dut, session: Some(session), scope, name }
    };
    Spread {
        title: format!("{} per DUT, all sessions", title(data, series)),
        unit: words(data, series).1.to_owned(),
        ..Spread::new(series.lines.iter().map(group).collect(), select)
    }
}

/// A value of a metric, for the table to download.
pub struct MetricValue<'a> {
    /// The test.
    pub test: TestId,
    /// The metric's name.
    pub metric: &'a str,
    /// Its unit.
    pub unit: &'a str,
    /// The session.
    pub session: SessionId,
    /// The value.
    pub value: f64,
    /// The limits.
    pub limits: (f64, f64),
}

/// All values of all tests that match the filter, by test, DUT and time.
pub fn metric_values<'a>(
    data: &'a Dataset,
    index: &'a Index,
    filter: &Filter,
) -> impl Iterator<Item = MetricValue<'a>> + 'a {
    let tests =
        if data.metrics.is_empty() { Vec::new() } else { select(data, index, filter, index.by_name(data)) };
    let dut = filter.dut.clone();
    tests.into_iter().flat_map(move |test| {
        let dut = dut.clone();
        let name = |session: SessionId| &data.history.dut(data.history.session(session).dut).name;
        let of_dut = index
            .results
            .all(test)
            .iter()
            .copied()
            .filter(move |&(session, _)| dut.as_ref().is_none_or(|dut| name(session) == dut));
        of_dut.flat_map(move |(session, result)| {
            results(data, result).into_iter().flat_map(move |part| {
                data.metrics.of_result(part).iter().map(move |measured| {
                    let kind = data.metrics.of(measured.kind);
                    MetricValue {
                        test,
                        metric: data.text(kind.name),
                        unit: data.text(kind.unit),
                        session,
                        value: measured.value,
                        limits: (measured.lower, measured.upper),
                    }
                })
            })
        })
    })
}
