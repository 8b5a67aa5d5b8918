//! The rows of the table of changes.

use super::compared::Compared;
use super::pairs::Pair;
use super::words;
use crate::analyze::builds::Builds;
use crate::analyze::index::{Index, by_name};
use crate::analyze::natural;
use crate::model::{Dataset, SessionId, TestId};
use crate::query::{Change, Comparison, Filter, Selection, Sort, SortKey, Step};
use crate::text::order::Order;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// One of the two sets of sessions, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideLine {
    /// What the sessions are, such as `1.4`.
    pub words: String,
    /// How many sessions there are.
    pub sessions: u32,
    /// On how many DUTs.
    pub duts: u32,
}

/// A test on a DUT whose result changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangedDut {
    /// The DUT, or both DUTs that are compared.
    pub name: String,
    /// The result to show: the one after, else the one before.
    pub shown: Selection,
    /// The latest outcomes.
    pub step: Step,
    /// What is known, as a sentence.
    pub sentence: String,
    /// The evidence in one line.
    pub evidence: String,
    /// The p-value; `None` without enough samples.
    pub p_value: Option<f64>,
}

/// A test whose results changed in the same way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangeRow {
    /// Suite and class, as in the test's identity.
    pub scope: String,
    /// Suite path.
    pub suite: String,
    /// Class.
    pub class: String,
    /// Name with parameters.
    pub name: String,
    /// How they changed.
    pub change: Change,
    /// The DUTs: the strongest evidence first, then by name.
    pub duts: Vec<ChangedDut>,
}

/// The visible rows of the table of changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChangeWindow {
    /// The sessions before.
    pub from: SideLine,
    /// The sessions after.
    pub to: SideLine,
    /// All builds, newest first.
    pub builds: Vec<String>,
    /// All DUTs, by name.
    pub duts: Vec<String>,
    /// Why there is nothing to compare.
    pub problem: Option<String>,
    /// What limits the comparison: DUTs of one side only, incomplete sessions.
    pub notes: Vec<String>,
    /// How many results of a test on a DUT changed, and in how many tests, by [`Change::ALL`].
    pub counts: Vec<(u32, u32)>,
    /// How many did not change.
    pub unchanged: u32,
    /// How many there are of each step.
    pub steps: Vec<(Step, u32)>,
    /// Columns in which no row has anything to say.
    pub empty_columns: Vec<SortKey>,
    /// How many rows there are without the filter.
    pub all: u32,
    /// How many rows match.
    pub total: u32,
    /// Index of the first row in `rows`.
    pub first: u32,
    /// The requested rows.
    pub rows: Vec<ChangeRow>,
}

/// A test and a change, and its places in [`Compared::pairs`].
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeGroup {
    /// The test.
    pub test: TestId,
    change: Change,
    pairs: Vec<u32>,
}

impl ChangeGroup {
    /// Its pairs: the strongest evidence first, then by DUT.
    pub fn pairs<'a>(&self, compared: &'a Compared) -> impl Iterator<Item = &'a Pair> {
        self.pairs.iter().map(|&place| &compared.pairs[place as usize])
    }

    /// The result to show of each pair: the one after, else the one before.
    pub fn shown<'a>(
        &'a self,
        data: &'a Dataset,
        compared: &'a Compared,
    ) -> impl Iterator<Item = Selection> + 'a {
        self.pairs(compared).filter_map(|pair| {
            let [before, after] = pair.samples;
            let (session, _) = after.latest.or(before.latest)?;
            let session = data.history.session(session);
            Some(Selection {
                dut: data.history.dut(session.dut).name.clone(),
                session: Some(session.id.clone()),
                scope: data.tests.scope_text(data.tests.scope_of(pair.test)).to_owned(),
                name: data.tests.name(pair.test).to_owned(),
            })
        })
    }
}

/// The tests whose results changed, grouped by change. Without a sort key the most important changes
/// come first, those on more DUTs before others, then by name.
pub fn change_order(
    data: &Dataset,
    index: &Index,
    compared: &Compared,
    comparison: &Comparison,
    filter: &Filter,
    sort: Option<Sort>,
) -> Vec<ChangeGroup> {
    let matches = matching(data, compared, filter);
    let is_shown = |pair: &Pair, change: Change| comparison.is_chosen(change, pair.step) && matches(pair);
    let mut groups: Vec<ChangeGroup> = Vec::new();
    for (place, pair) in (0..).zip(&compared.pairs) {
        let Some(change) = pair.change.filter(|&change| is_shown(pair, change)) else {
            continue;
        };
        // Pairs of one test are consecutive.
        let same = groups.iter_mut().rev().take_while(|group| group.test == pair.test);
        match same.into_iter().find(|group| group.change == change) {
            Some(group) => group.pairs.push(place),
            None => groups.push(ChangeGroup { test: pair.test, change, pairs: vec![place] }),
        }
    }
    let p_value = |pair: u32| compared.pairs[pair as usize].p_value.unwrap_or(f64::INFINITY);
    for group in &mut groups {
        group.pairs.order_by(|&a, &b| p_value(a).total_cmp(&p_value(b)).then(a.cmp(&b)));
    }
    let place_of = {
        let mut place_of = vec![0_u32; data.tests.len()];
        (0..).zip(index.by_name(data)).for_each(|(place, test)| place_of[test.index()] = place);
        place_of
    };
    let usual = |a: &ChangeGroup, b: &ChangeGroup| {
        let by_change = a.change.cmp(&b.change).then(b.pairs.len().cmp(&a.pairs.len()));
        by_change.then_with(|| place_of[a.test.index()].cmp(&place_of[b.test.index()]))
    };
    let best = |group: &ChangeGroup| group.pairs.first().map_or(f64::INFINITY, |&pair| p_value(pair));
    let by = |a: &ChangeGroup, b: &ChangeGroup, by: SortKey| match by {
        SortKey::Name => by_name_only(data, a.test, b.test),
        SortKey::Suite => by_name(data, a.test, b.test),
        SortKey::Change => a.change.cmp(&b.change),
        SortKey::Dut => a.pairs.len().cmp(&b.pairs.len()),
        SortKey::Evidence => best(a).total_cmp(&best(b)),
        _ => Ordering::Equal,
    };
    groups.sort_unstable_by(|a, b| {
        let chosen = sort.map_or(Ordering::Equal, |sort| {
            let order = by(a, b, sort.by);
            if sort.descending { order.reverse() } else { order }
        });
        chosen.then_with(|| usual(a, b))
    });
    groups
}

fn by_name_only(data: &Dataset, a: TestId, b: TestId) -> Ordering {
    natural::compare(data.tests.name(a), data.tests.name(b))
}

/// Whether a pair has the words and the DUT of the filter.
fn matching<'a>(data: &'a Dataset, compared: &'a Compared, filter: &Filter) -> impl Fn(&Pair) -> bool + 'a {
    let matcher = filter.matcher();
    let dut = filter.dut.clone();
    let has_words = move |test: TestId| {
        let scope = data.tests.scope_text(data.tests.scope_of(test));
        matcher.is_empty() || matcher.matches(scope, data.tests.name(test))
    };
    let is_on = move |pair: &Pair| {
        let Some(name) = &dut else { return true };
        let (_, duts) = &compared.sides.pairs[pair.dut as usize];
        duts.iter().flatten().any(|&dut| data.history.dut(dut).name == *name)
    };
    move |pair| is_on(pair) && has_words(pair.test)
}

/// The rows from `from` on, at most `count`.
pub fn change_window(
    data: &Dataset,
    compared: &Compared,
    groups: &[ChangeGroup],
    filter: &Filter,
    from: u32,
    count: u32,
) -> ChangeWindow {
    let start = (from as usize).min(groups.len());
    let end = start.saturating_add(count as usize).min(groups.len());
    let matches = matching(data, compared, filter);
    let mut window = ChangeWindow {
        from: side_line(data, &compared.sides.from.sessions, &compared.sides.from.words),
        to: side_line(data, &compared.sides.to.sessions, &compared.sides.to.words),
        builds: Builds::new(data).names.into_iter().rev().collect(),
        duts: data.history.duts.iter().map(|dut| dut.name.clone()).collect(),
        problem: compared.sides.problem.map(str::to_owned),
        notes: words::notes(data, compared),
        counts: vec![(0, 0); Change::ALL.len()],
        empty_columns: empty_columns(data, compared),
        total: groups.len() as u32,
        first: start as u32,
        rows: groups[start..end].iter().map(|group| row(data, compared, group)).collect(),
        ..ChangeWindow::default()
    };
    let mut steps: FxHashMap<Step, u32> = FxHashMap::default();
    // By change: the last test that has it. Pairs of one test are consecutive.
    let (mut last_of_all, mut last_shown) = ([None; Change::ALL.len()], [None; Change::ALL.len()]);
    for pair in &compared.pairs {
        let matches = matches(pair);
        let Some(change) = pair.change.map(|change| change as usize) else {
            window.unchanged += u32::from(matches);
            continue;
        };
        window.all += u32::from(last_of_all[change].replace(pair.test) != Some(pair.test));
        if matches {
            let (pairs, tests) = &mut window.counts[change];
            *pairs += 1;
            *tests += u32::from(last_shown[change].replace(pair.test) != Some(pair.test));
            *steps.entry(pair.step).or_default() += 1;
        }
    }
    window.steps = steps.into_iter().collect();
    window.steps.order();
    window
}

fn side_line(data: &Dataset, sessions: &[SessionId], words: &str) -> SideLine {
    let mut duts: Vec<_> = sessions.iter().map(|&session| data.history.session(session).dut).collect();
    duts.dedup();
    SideLine { words: words.to_owned(), sessions: sessions.len() as u32, duts: duts.len() as u32 }
}

fn empty_columns(data: &Dataset, compared: &Compared) -> Vec<SortKey> {
    let has_suites =
        data.tests.ids().any(|test| !data.tests.scope_text(data.tests.scope_of(test)).is_empty());
    let columns = [(SortKey::Suite, has_suites), (SortKey::Dut, compared.sides.pairs.len() > 1)];
    columns.into_iter().filter(|(_, says)| !says).map(|(column, _)| column).collect()
}

fn row(data: &Dataset, compared: &Compared, group: &ChangeGroup) -> ChangeRow {
    let test = group.test;
    let dut = |(pair, shown): (&Pair, Selection)| ChangedDut {
        name: compared.sides.pairs[pair.dut as usize].0.clone(),
        shown,
        step: pair.step,
        sentence: words::sentence(data, compared, pair),
        evidence: words::evidence(data, compared, pair),
        p_value: pair.p_value,
    };
    let pairs = group.pairs(compared).zip(group.shown(data, compared));
    ChangeRow {
        scope: data.tests.scope_text(data.tests.scope_of(test)).to_owned(),
        suite: data.tests.suite(test).to_owned(),
        class: data.tests.class(test).to_owned(),
        name: data.tests.name(test).to_owned(),
        change: group.change,
        duts: pairs.map(dut).collect(),
    }
}
