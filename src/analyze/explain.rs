//! What explains it: the attribute or property whose values separate failing from passing results best.
//!
//! Each candidate splits the samples in two: those with a value and the others, or those from a build or number on.
//! Candidates that split them equally are one. What is the same in all sessions of a DUT, such as its MCU, is compared
//! between DUTs: many sessions of one DUT are no evidence about an attribute that only its DUT has. What differs between
//! sessions of a DUT is compared within DUTs, so that a DUT that always fails explains nothing by its habits.

use super::builds::Builds;
use super::clusters::ClusterIds;
use super::index::Index;
use super::natural;
use super::statistics::{ALPHA, adjust, fisher_in_strata, least_fisher, least_mann_whitney, mann_whitney};
use crate::model::{Dataset, DutId, Outcome, ResultId, SessionId, TestId, decimal, head};
use crate::text::order::Order;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many candidates an answer has at most.
const CANDIDATES: usize = 5;

/// How many equal splits a candidate names at most.
const ALSO: usize = 8;

/// How many values a property may have; one with more, such as a time, names its sessions.
const VALUES: usize = 40;

/// How many splits are looked at.
const SPLITS: usize = 5000;

/// How many tests of a cluster are looked at.
const TESTS: usize = 2000;

/// The longest name or value in an answer, in bytes.
const TEXT_BYTES: usize = 80;

/// What fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    /// A test, by its scope and name.
    Test(String, String),
    /// A cluster of failures, by its id.
    Cluster(String),
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Samples {
    /// DUTs: what differs between them only.
    Duts,
    /// Sessions.
    Sessions,
}

/// A split of the samples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The side that fails more often: `mcu = esp32`, `mcu is not esp32`, `build from 1.4 on`.
    pub words: String,
    /// Other attributes that split the samples equally, such as `lab = 2`.
    pub also: Vec<String>,
    /// What is counted.
    pub samples: Samples,
    /// How many samples of this side fail, and how many there are.
    pub with: (u32, u32),
    /// The same of the other side.
    pub without: (u32, u32),
    /// The probability of such a difference by chance, adjusted for the number of splits; `None` if there are too few
    /// samples for any evidence.
    pub p_value: Option<f64>,
}

/// What the candidates say together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// It does not fail, or never passes: there is nothing to compare.
    #[default]
    NothingToCompare,
    /// No attribute splits enough samples.
    TooFew,
    /// No attribute explains it.
    NoAttribute,
    /// The first candidate explains it.
    Explained,
}

/// What explains a failure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// What the candidates say together.
    pub verdict: Verdict,
    /// How many sessions fail, and how many have a verdict.
    pub sessions: (u32, u32),
    /// How many DUTs fail in at least one session, and how many have a verdict.
    pub duts: (u32, u32),
    /// How many different splits were tested.
    pub tested: u32,
    /// The best candidates.
    pub candidates: Vec<Candidate>,
}

/// A session with a verdict.
#[derive(Clone, Copy)]
struct Sample {
    session: SessionId,
    dut: DutId,
    fails: bool,
    /// The place of the first such result in the session.
    position: u32,
}

/// Finds what explains a failure, in all sessions in which it fails or passes.
pub fn explain(data: &Dataset, index: &Index, subject: &Subject) -> Explanation {
    let samples = match subject {
        Subject::Test(scope, name) => match data.tests.find(scope, name) {
            Some(test) => samples(data, index, &[test], &mut |_| true),
            None => Vec::new(),
        },
        Subject::Cluster(cluster) => {
            let mut ids = ClusterIds::default();
            let mut is_in = |result: ResultId| ids.of(data, result) == cluster;
            let has = |&test: &TestId, is_in: &mut dyn FnMut(ResultId) -> bool| {
                let mut results = index.results.all(test).iter();
                results.any(|&(_, result)| data.outcome(result).is_failing() && is_in(result))
            };
            let tests: Vec<TestId> =
                data.tests.ids().filter(|test| has(test, &mut is_in)).take(TESTS).collect();
            samples(data, index, &tests, &mut is_in)
        }
    };
    explain_samples(data, &samples)
}

/// The sessions in which one of the tests fails with a failure that is meant, or passes. Other failures say nothing.
fn samples(
    data: &Dataset,
    index: &Index,
    tests: &[TestId],
    is_meant: &mut dyn FnMut(ResultId) -> bool,
) -> Vec<Sample> {
    let mut by_session: BTreeMap<SessionId, Sample> = BTreeMap::new();
    for &test in tests {
        for &(session, result) in index.results.all(test) {
            let outcome = data.outcome(result);
            let fails = outcome.is_failing() && is_meant(result);
            if !fails && outcome != Outcome::Passed {
                continue;
            }
            let dut = data.history.session(session).dut;
            let position = result.0 - data.part(data.part_of(result)).rows.start;
            let new = Sample { session, dut, fails, position };
            let sample = by_session.entry(session).or_insert(new);
            if fails && !sample.fails {
                *sample = new;
            }
        }
    }
    by_session.into_values().collect()
}

/// A split of the samples, before it is tested.
struct Split {
    words: String,
    /// The words of the other side.
    other: String,
    /// By sample: whether it is on this side; `None` where nothing is known.
    sides: Vec<Option<bool>>,
}

fn explain_samples(data: &Dataset, samples: &[Sample]) -> Explanation {
    let failing = samples.iter().filter(|sample| sample.fails);
    let duts = |samples: &mut dyn Iterator<Item = &Sample>| {
        samples.map(|sample| sample.dut).collect::<FxHashSet<DutId>>().len() as u32
    };
    let mut explanation = Explanation {
        sessions: (failing.clone().count() as u32, samples.len() as u32),
        duts: (duts(&mut failing.clone()), duts(&mut samples.iter())),
        ..Explanation::default()
    };
    if matches!(explanation.sessions, (failing, all) if failing == 0 || failing == all) {
        return explanation;
    }
    let mut found: Vec<Candidate> = Vec::new();
    let mut known: FxHashMap<(Samples, Vec<Option<bool>>), Option<usize>> = FxHashMap::default();
    for split in splits(data, samples) {
        let level = level(samples, &split);
        // The other side splits them equally.
        let mut key = split.sides.clone();
        if key.iter().flatten().next() == Some(&true) {
            key.iter_mut().flatten().for_each(|side| *side = !*side);
        }
        match known.get(&(level, key.clone())) {
            Some(Some(at)) => {
                let candidate = &mut found[*at];
                let words = if side_that_fails(samples, &split, level) { split.words } else { split.other };
                candidate.add_equal(words);
            }
            Some(None) => {}
            None => {
                let candidate = test(samples, split, level);
                known.insert((level, key), candidate.is_some().then_some(found.len()));
                found.extend(candidate);
            }
        }
    }
    let tested: Vec<usize> = (0..found.len()).filter(|&at| found[at].p_value.is_some()).collect();
    let mut p: Vec<f64> = tested.iter().filter_map(|&at| found[at].p_value).collect();
    adjust(&mut p, tested.len());
    for (&at, p) in tested.iter().zip(&p) {
        found[at].p_value = Some(*p);
    }
    explanation.tested = tested.len() as u32;
    // Those without enough samples are shown if they separate all.
    found.retain(|candidate| candidate.p_value.is_some() || candidate.separates());
    let contrast = |candidate: &Candidate| rate(candidate.with) - rate(candidate.without);
    found.order_by(|a, b| {
        let p = |candidate: &Candidate| candidate.p_value.unwrap_or(1.0);
        p(a).total_cmp(&p(b)).then(contrast(b).total_cmp(&contrast(a))).then_with(|| a.words.cmp(&b.words))
    });
    explanation.verdict = match found.first().and_then(|first| first.p_value) {
        Some(p) if p <= ALPHA => Verdict::Explained,
        _ if tested.is_empty() => Verdict::TooFew,
        _ => Verdict::NoAttribute,
    };
    found.truncate(CANDIDATES);
    explanation.candidates = found;
    explanation
}

fn rate((failing, all): (u32, u32)) -> f64 {
    if all == 0 { 0.0 } else { f64::from(failing) / f64::from(all) }
}

/// How the words of the other side of a value begin, after the name.
const IS_NOT: &str = " is not ";

impl Candidate {
    /// Adds the words of an equal split. What has a value comes before what does not have one.
    fn add_equal(&mut self, words: String) {
        let signs = [" = ", IS_NOT, " ≥ ", " < "];
        let name = |words: &str| {
            let end = signs.iter().filter_map(|sign| words.find(sign)).min();
            words[..end.unwrap_or(words.len())].to_owned()
        };
        let is_same = name(&words) == name(&self.words);
        if self.words.contains(IS_NOT) && !words.contains(IS_NOT) {
            let before = std::mem::replace(&mut self.words, words);
            if !is_same {
                self.also.insert(0, before);
            }
        } else if !is_same && self.also.len() < ALSO && !self.also.contains(&words) {
            self.also.push(words);
        }
    }

    /// All samples of one side fail, and none of the other.
    pub fn separates(&self) -> bool {
        self.with.0 == self.with.1 && self.without.0 == 0
    }
}

/// Whether a split differs between DUTs only, and not between sessions of one.
fn level(samples: &[Sample], split: &Split) -> Samples {
    let mut of_dut: FxHashMap<DutId, bool> = FxHashMap::default();
    for (sample, side) in samples.iter().zip(&split.sides) {
        if let Some(side) = *side
            && *of_dut.entry(sample.dut).or_insert(side) != side
        {
            return Samples::Sessions;
        }
    }
    // The DUT itself is about its sessions.
    if split.words.starts_with(DUT) { Samples::Sessions } else { Samples::Duts }
}

/// How the words of a split by DUT begin.
const DUT: &str = "DUT = ";

/// The samples on each side, this side first: failing and all.
fn counts(samples: &[Sample], split: &Split, level: Samples) -> [(u32, u32); 2] {
    let mut counts = [(0, 0); 2];
    let mut add = |side: bool, fails: bool| {
        let count = &mut counts[usize::from(!side)];
        count.0 += u32::from(fails);
        count.1 += 1;
    };
    match level {
        Samples::Sessions => {
            for (sample, side) in samples.iter().zip(&split.sides) {
                side.iter().for_each(|&side| add(side, sample.fails));
            }
        }
        Samples::Duts => {
            rates_of_duts(samples, split).values().for_each(|&(side, rate)| add(side, rate > 0.0))
        }
    }
    counts
}

/// By DUT: its side, and the share of its sessions that fail.
fn rates_of_duts(samples: &[Sample], split: &Split) -> BTreeMap<DutId, (bool, f64)> {
    let mut of_dut: BTreeMap<DutId, (bool, u32, u32)> = BTreeMap::new();
    for (sample, side) in samples.iter().zip(&split.sides) {
        if let Some(side) = *side {
            let (_, failing, all) = of_dut.entry(sample.dut).or_insert((side, 0, 0));
            *failing += u32::from(sample.fails);
            *all += 1;
        }
    }
    of_dut.into_iter().map(|(dut, (side, failing, all))| (dut, (side, rate((failing, all))))).collect()
}

/// Whether this side of a split fails more often than the other.
fn side_that_fails(samples: &[Sample], split: &Split, level: Samples) -> bool {
    let [this, other] = counts(samples, split, level);
    match level {
        Samples::Sessions => rate(this) >= rate(other),
        Samples::Duts => {
            let rates = rates_of_duts(samples, split);
            let mean = |of: bool| {
                let rates = rates.values().filter(|(side, _)| *side == of).map(|(_, rate)| *rate);
                let (sum, count) = rates.fold((0.0, 0.0), |(sum, count), rate| (sum + rate, count + 1.0));
                if count > 0.0 { sum / count } else { 0.0 }
            };
            mean(true) >= mean(false)
        }
    }
}

/// Tests a split; `None` if all samples are on one side, or if it cannot show anything.
fn test(samples: &[Sample], split: Split, level: Samples) -> Option<Candidate> {
    let [this, other] = counts(samples, &split, level);
    if this.1 == 0 || other.1 == 0 {
        return None;
    }
    let (p, least) = match level {
        Samples::Sessions => in_sessions(samples, &split),
        Samples::Duts => between_duts(samples, &split),
    };
    // A split that cannot be significant whatever fails is no test (Tarone 1990).
    let p_value = Some(p).filter(|_| least <= ALPHA);
    let (with, without, words) = match side_that_fails(samples, &split, level) {
        true => (this, other, split.words),
        false => (other, this, split.other),
    };
    Some(Candidate { words, also: Vec::new(), samples: level, with, without, p_value })
}

/// The p-value of a split of sessions, within each DUT, and the least that is possible.
fn in_sessions(samples: &[Sample], split: &Split) -> (f64, f64) {
    let is_dut = split.words.starts_with(DUT);
    let mut tables: BTreeMap<DutId, [u32; 4]> = BTreeMap::new();
    for (sample, side) in samples.iter().zip(&split.sides) {
        if let Some(side) = *side {
            let stratum = if is_dut { DutId::default() } else { sample.dut };
            let cell = usize::from(!side) * 2 + usize::from(!sample.fails);
            tables.entry(stratum).or_default()[cell] += 1;
        }
    }
    let tables: Vec<[u32; 4]> = tables.into_values().collect();
    (fisher_in_strata(&tables), least_fisher(&tables))
}

/// The p-value of a split of DUTs, and the least that is possible.
fn between_duts(samples: &[Sample], split: &Split) -> (f64, f64) {
    let rates = rates_of_duts(samples, split);
    if rates.values().all(|&(_, rate)| rate == 0.0 || rate == 1.0) {
        let mut table = [0; 4];
        for &(side, rate) in rates.values() {
            table[usize::from(!side) * 2 + usize::from(rate == 0.0)] += 1;
        }
        return (fisher_in_strata(&[table]), least_fisher(&[table]));
    }
    let of = |side: bool| {
        rates.values().filter(|(have, _)| *have == side).map(|(_, rate)| *rate).collect::<Vec<f64>>()
    };
    let (this, other) = (of(true), of(false));
    (mann_whitney(&this, &other), least_mann_whitney(this.len(), other.len()))
}

/// All splits of the samples: by DUT, build, time, order, attributes and properties.
fn splits(data: &Dataset, samples: &[Sample]) -> Vec<Split> {
    let mut splits = Vec::new();
    let sessions: Vec<_> = samples.iter().map(|sample| data.history.session(sample.session)).collect();
    let names = samples.iter().map(|sample| Some(data.history.dut(sample.dut).name.clone()));
    by_value("DUT", names.collect(), &mut splits);
    let units = sessions.iter().map(|session| session.identity.unit.as_ref().map(|unit| unit.value.clone()));
    by_value("unit", units.collect(), &mut splits);
    let builds = Builds::new(data);
    let places: Vec<Option<f64>> =
        samples.iter().map(|sample| Some(builds.place(sample.session) as f64)).collect();
    by_value(
        "build",
        sessions.iter().map(|session| session.build().map(str::to_owned)).collect(),
        &mut splits,
    );
    let name = |place: f64| builds.names.get(place as usize).cloned().unwrap_or_default();
    by_threshold(
        &places,
        &|place| (format!("build from {} on", name(place)), format!("build before {}", name(place))),
        &mut splits,
    );
    let hours = sessions.iter().map(|session| {
        let iso = session.started?.iso();
        let hour: u32 = iso.get(11..13)?.parse().ok()?;
        let from = hour / 6 * 6;
        Some(format!("{from:02} to {:02} h", from + 6))
    });
    by_value("start", hours.collect(), &mut splits);
    let positions: Vec<Option<f64>> =
        samples.iter().map(|sample| Some(f64::from(sample.position + 1))).collect();
    by_threshold(
        &positions,
        &|at| (format!("result {at} or later in its file"), format!("before result {at} in its file")),
        &mut splits,
    );
    for (name, values) in attributes(data, samples) {
        let numbers: Vec<Option<f64>> =
            values.iter().map(|value| value.as_deref().and_then(decimal)).collect();
        let are_numbers =
            numbers.iter().zip(&values).all(|(number, value)| number.is_some() == value.is_some());
        if are_numbers {
            let words = |at: f64| (format!("{name} ≥ {at}"), format!("{name} < {at}"));
            by_threshold(&numbers, &words, &mut splits);
        }
        by_value(&name, values, &mut splits);
        if splits.len() >= SPLITS {
            break;
        }
    }
    splits
}

/// The attributes of DUTs and the properties of sessions, by name, with a value per sample.
fn attributes(data: &Dataset, samples: &[Sample]) -> BTreeMap<String, Vec<Option<String>>> {
    let mut by_name: BTreeMap<String, Vec<Option<String>>> = BTreeMap::new();
    for (at, sample) in samples.iter().enumerate() {
        let mut add = |name: &str, value: &str| {
            let name = head(name, TEXT_BYTES);
            if !by_name.contains_key(name) {
                by_name.insert(name.to_owned(), vec![None; samples.len()]);
            }
            // Attributes come first: a property of the same name does not replace them.
            if let Some(place @ None) = by_name.get_mut(name).and_then(|values| values.get_mut(at)) {
                *place = Some(head(value, TEXT_BYTES).to_owned());
            }
        };
        for (name, value) in &data.history.dut(sample.dut).attributes {
            add(name, value);
        }
        for part in data.told_of(sample.session) {
            let draft = &data.part(part).draft;
            draft.hostname.iter().for_each(|host| add("host", host));
            for (name, value) in &draft.properties {
                add(name, value);
            }
        }
    }
    by_name
}

/// A split for each value: the samples that have it, and the others.
fn by_value(name: &str, values: Vec<Option<String>>, splits: &mut Vec<Split>) {
    let mut different: Vec<&String> = values.iter().flatten().collect::<FxHashSet<_>>().into_iter().collect();
    if different.len() < 2 || different.len() > VALUES {
        return;
    }
    different.order_by(|a, b| natural::compare(a, b));
    for value in different {
        let sides = values.iter().map(|have| have.as_ref().map(|have| have == value)).collect();
        splits.push(Split {
            words: format!("{name} = {value}"),
            other: format!("{name}{IS_NOT}{value}"),
            sides,
        });
    }
}

/// A split at each number but the least: the samples from it on, and the others.
fn by_threshold(numbers: &[Option<f64>], words: &dyn Fn(f64) -> (String, String), splits: &mut Vec<Split>) {
    let mut different: Vec<f64> = numbers.iter().flatten().copied().collect();
    different.sort_by(f64::total_cmp);
    different.dedup();
    // Of many numbers some are enough.
    let step = different.len().div_ceil(VALUES).max(1);
    for &at in different.iter().skip(1).step_by(step) {
        let (words, other) = words(at);
        let sides = numbers.iter().map(|number| number.map(|number| number >= at)).collect();
        splits.push(Split { words, other, sides });
    }
}
