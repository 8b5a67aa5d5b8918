//! What a comparison says in sentences.

use super::compared::Compared;
use super::pairs::{Pair, Samples};
use super::sides::Side;
use crate::analyze::statistics::ALPHA;
use crate::model::{Dataset, DutId, Outcome, counted, listed};
use crate::query::Change;

/// How many names a note has at most.
const NAMES: usize = 5;

/// What is known of a change: the samples of both sides, and how strong the evidence is.
pub fn sentence(data: &Dataset, compared: &Compared, pair: &Pair) -> String {
    let [before, after] = &pair.samples;
    let what = match pair.change {
        Some(change @ (Change::Slower | Change::Faster)) => times(change, before, after),
        Some(Change::Flaky) if after.sessions == 1 => "Its attempts disagree".to_owned(),
        _ => {
            let before = match compared.sides.all_passed {
                true => "Taken as passed before".to_owned(),
                false => capital(&format!("{} before", verdict(data, before))),
            };
            format!("{before}, {} after", verdict(data, after))
        }
    };
    match pair.p_value {
        None if compared.sides.all_passed => format!("{what}."),
        None => format!("{what}: insufficient data."),
        Some(p) if p < 0.001 => format!("{what}: significant, p < 0.001."),
        Some(p) if p < ALPHA => format!("{what}: significant, p = {p:.3}."),
        Some(p) => format!("{what}: may be chance, p = {p:.2}."),
    }
}

/// The evidence in one line: the sentence, or what it lacks where the outcomes say it all.
pub fn evidence(data: &Dataset, compared: &Compared, pair: &Pair) -> String {
    let is_about_time = matches!(pair.change, Some(Change::Slower | Change::Faster));
    let is_one_each = pair.samples.iter().all(|samples| samples.sessions <= 1);
    if is_one_each && !is_about_time {
        "insufficient data: at most one session on each side".to_owned()
    } else {
        sentence(data, compared, pair)
    }
}

fn times(change: Change, before: &Samples, after: &Samples) -> String {
    let seconds = |samples: &Samples| samples.median_s.unwrap_or(0.0);
    let (before, after) = (seconds(before), seconds(after));
    let ratio = if change == Change::Slower { after / before } else { before / after };
    let times =
        if ratio.is_finite() { format!(", {ratio:.1} times {}", change.word()) } else { String::new() };
    format!("Median {} s before, {} s after{times}", short(before), short(after))
}

/// A duration with three digits.
fn short(seconds: f64) -> String {
    let digits = if seconds >= 100.0 {
        0
    } else if seconds >= 10.0 {
        1
    } else {
        2
    };
    format!("{seconds:.digits$}")
}

/// The outcomes of one side.
fn verdict(data: &Dataset, samples: &Samples) -> String {
    let Some((_, latest)) = samples.latest else {
        return "no result".to_owned();
    };
    let outcome = data.outcome(latest);
    let alike = match outcome {
        Outcome::Passed => Some(samples.passed),
        Outcome::Failed | Outcome::Error => Some(samples.failing),
        _ => None,
    };
    let of = || counted(samples.sessions.into(), "session");
    match alike {
        _ if samples.sessions == 1 => outcome.word().to_owned(),
        Some(alike) if alike == samples.sessions => format!("{} in all {}", outcome.word(), of()),
        Some(alike) => format!("{} in {alike} of {}", outcome.word(), of()),
        None => format!("{} in the latest of {}", outcome.word(), of()),
    }
}

/// What limits a comparison.
pub fn notes(data: &Dataset, compared: &Compared) -> Vec<String> {
    let sides = &compared.sides;
    let mut notes: Vec<String> = sides.pairing.map(str::to_owned).into_iter().collect();
    if sides.all_passed {
        notes.push("Without a baseline, every test is taken as passed before.".to_owned());
    }
    let on = |side: usize| -> Vec<DutId> {
        let one_sided = |duts: &[Option<DutId>; 2]| duts[1 - side].is_none() && !sides.all_passed;
        sides.pairs.iter().filter(|(_, duts)| one_sided(duts)).filter_map(|(_, duts)| duts[side]).collect()
    };
    for (side, missing, class) in [(0, &sides.to, "disappears"), (1, &sides.from, "appears")] {
        let duts = on(side);
        if !duts.is_empty() {
            let (names, verb) = (names(data, &duts), if duts.len() == 1 { "has" } else { "have" });
            let words = &missing.words;
            notes.push(format!("{names} {verb} no session in “{words}”: every test there {class}."));
        }
    }
    notes.extend(incomplete(data, &sides.from, "before"));
    notes.extend(incomplete(data, &sides.to, "after"));
    notes
}

/// Says which DUTs have an incomplete session on a side.
fn incomplete(data: &Dataset, side: &Side, when: &str) -> Option<String> {
    let sessions = side.sessions.iter().map(|&session| data.history.session(session));
    let mut duts: Vec<DutId> =
        sessions.filter(|session| session.incomplete.is_some()).map(|session| session.dut).collect();
    duts.dedup();
    let names = (!duts.is_empty()).then(|| names(data, &duts))?;
    Some(format!("Incomplete {when}: {names}. Tests that are missing there may have been lost."))
}

fn names(data: &Dataset, duts: &[DutId]) -> String {
    let names = duts.iter().take(NAMES).map(|&dut| data.history.dut(dut).name.clone());
    let more = duts.len().saturating_sub(NAMES);
    let more = (more > 0).then(|| format!("{more} more"));
    let names: Vec<String> = names.chain(more).collect();
    listed(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}
