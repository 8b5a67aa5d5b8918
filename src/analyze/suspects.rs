//! Suspects: units that fail what their siblings of the same model pass. The cause is rather the unit than the code.

use super::index::Index;
use super::statistics::{ALPHA, adjust, fisher};
use crate::model::{Dataset, Outcome, ResultId, SessionId};
use crate::text::order::Order;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Attributes that name a model, the most specific first.
const MODELS: [&str; 9] = [
    "model",
    "board_variant",
    "board",
    "board_name",
    "product",
    "platform",
    "device_type",
    "hardware",
    "mcu",
];

/// A unit needs this many siblings: with one, either of the two may be wrong.
const SIBLINGS: usize = 2;

/// Fewer tests that only one unit fails name no suspect.
const TESTS: u32 = 3;

/// A unit that fails what its siblings pass.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suspect {
    /// The DUT.
    pub dut: String,
    /// Its unit, if several units of the DUT are compared.
    pub unit: Option<String>,
    /// What the siblings have in common: `board = RPI_PICO2`.
    pub model: String,
    /// How many siblings it has.
    pub siblings: u32,
    /// How many tests it fails that all siblings with a verdict pass, at least two of them.
    pub tests: u32,
    /// Of how many tests with such verdicts.
    pub of: u32,
    /// The most such tests that one sibling has.
    pub most_of_sibling: u32,
    /// The probability of so many by chance, if all units fail equally often, adjusted for the number of units.
    pub p_value: f64,
}

/// The units whose latest sessions fail significantly more of what their siblings pass than these do; those with
/// most of such tests first.
pub fn suspects(data: &Dataset, index: &Index) -> Vec<Suspect> {
    let mut found: Vec<Suspect> = Vec::new();
    for (model, members) in groups(data, index) {
        let alone = failures_alone(data, index, &members);
        let sum = |of: &dyn Fn(&(u32, u32)) -> u32| alone.iter().map(of).sum::<u32>();
        let (all, tests) = (sum(&|alone| alone.0), sum(&|alone| alone.1));
        for (at, &session) in members.iter().enumerate() {
            let (own, of) = alone[at];
            let others = [all - own, (tests - of) - (all - own)];
            let session = data.history.session(session);
            let is_one_dut = members.iter().all(|&member| data.history.session(member).dut == session.dut);
            found.push(Suspect {
                dut: data.history.dut(session.dut).name.clone(),
                unit: session.identity.unit.as_ref().filter(|_| is_one_dut).map(|unit| unit.value.clone()),
                model: model.clone(),
                siblings: members.len() as u32 - 1,
                tests: own,
                of,
                most_of_sibling: (0..members.len())
                    .filter(|&other| other != at)
                    .map(|other| alone[other].0)
                    .max()
                    .unwrap_or(0),
                p_value: fisher([own, of - own], others),
            });
        }
    }
    let mut p: Vec<f64> = found.iter().map(|suspect| suspect.p_value).collect();
    let units = p.len();
    adjust(&mut p, units);
    found.iter_mut().zip(p).for_each(|(suspect, p)| suspect.p_value = p);
    found.retain(|suspect| {
        suspect.p_value <= ALPHA && suspect.tests >= TESTS && suspect.tests > suspect.most_of_sibling
    });
    found.order_by(|a, b| b.tests.cmp(&a.tests).then_with(|| (&a.dut, &a.unit).cmp(&(&b.dut, &b.unit))));
    found
}

/// Siblings, by what they have in common: DUTs of a model with their latest sessions, and units of one DUT with the
/// latest session of each.
fn groups(data: &Dataset, index: &Index) -> BTreeMap<String, Vec<SessionId>> {
    let mut groups: BTreeMap<String, Vec<SessionId>> = BTreeMap::new();
    for &session in &index.results.latest_sessions {
        let dut = data.history.dut(data.history.session(session).dut);
        let value = |model: &str| dut.attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case(model));
        if let Some((name, value)) = MODELS.into_iter().find_map(value) {
            groups.entry(format!("{name} = {value}")).or_default().push(session);
        }
    }
    for dut in &data.history.duts {
        let mut by_unit: FxHashMap<&str, SessionId> = FxHashMap::default();
        for &session in &dut.sessions {
            if let Some(unit) = &data.history.session(session).identity.unit {
                by_unit.insert(&unit.value, session);
            }
        }
        let mut latest: Vec<SessionId> = by_unit.into_values().collect();
        latest.order();
        groups.insert(format!("DUT = {}", dut.name), latest);
    }
    groups.retain(|_, members| members.len() > SIBLINGS);
    groups
}

/// Of each member: how many tests it fails that all others with a verdict pass, and of how many tests.
fn failures_alone(data: &Dataset, index: &Index, members: &[SessionId]) -> Vec<(u32, u32)> {
    let mut alone = vec![(0, 0); members.len()];
    for test in data.tests.ids() {
        let verdicts: Vec<Option<bool>> =
            members.iter().map(|&member| fails(data, index.results.find(member, test))).collect();
        let failing = verdicts.iter().filter(|fails| **fails == Some(true)).count();
        let judged = verdicts.iter().flatten().count();
        if judged <= SIBLINGS {
            continue;
        }
        for (fails, (own, of)) in verdicts.iter().zip(&mut alone) {
            *own += u32::from(*fails == Some(true) && failing == 1);
            *of += u32::from(fails.is_some());
        }
    }
    alone
}

/// Whether a result fails; `None` without a verdict.
fn fails(data: &Dataset, result: Option<ResultId>) -> Option<bool> {
    match data.outcome(result?) {
        Outcome::Passed => Some(false),
        outcome => outcome.is_failing().then_some(true),
    }
}
