//! The two sets of sessions, and which DUTs of them are compared.

use crate::analyze::builds::Builds;
use crate::analyze::index::Index;
use crate::analyze::sessions::session_order;
use crate::model::{Dataset, DutId, SessionId};
use crate::query::{Baseline, Filter, Sides, Term};
use crate::text::order::Order;
use rustc_hash::{FxHashMap, FxHashSet};

/// One of the two sets of sessions.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// Its sessions, by DUT and time; none where all tests are taken as passed.
    pub sessions: Vec<SessionId>,
    /// What they are, such as `1.4` or `DUT_A since 2026-11-20`.
    pub words: String,
}

/// The two sets of sessions.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    /// The sessions before.
    pub from: Side,
    /// The sessions after.
    pub to: Side,
    /// Every test is taken as passed before.
    pub all_passed: bool,
    /// Why there is nothing to compare.
    pub problem: Option<&'static str>,
    /// The DUTs that are compared: a name, and the DUT on each side.
    pub pairs: Vec<(String, [Option<DutId>; 2])>,
    /// How DUTs are paired, unless by name.
    pub pairing: Option<&'static str>,
}

/// Finds the sessions of both sides. By default the newest build is compared with the latest build
/// before that has a DUT in common; where there is none, the latest session of each DUT with its
/// previous one.
pub fn resolve(data: &Dataset, index: &Index, sides: &Sides) -> Resolved {
    let places = Places::new(data, index);
    let all_passed = sides.from == Baseline::AllPassed;
    let mut resolved = Resolved { all_passed, ..Resolved::default() };
    let terms = match &sides.from {
        Baseline::AllPassed => None,
        Baseline::Sessions(terms) if terms.is_empty() => None,
        Baseline::Sessions(terms) => Some(terms),
    };
    let newest = places.readable.iter().map(|&session| places.builds.place(session)).max();
    let (from, to) = match (terms, &sides.to[..]) {
        (Some(from), []) => (places.side(from), newest.map(|newest| places.build(newest))),
        (Some(from), to) => (places.side(from), Some(places.side(to))),
        (None, []) if all_passed => (Side::default(), newest.map(|newest| places.build(newest))),
        (None, []) => places.default_sides(newest),
        (None, to) => {
            let to = places.side(to);
            let from = if all_passed { Side::default() } else { places.before(&to) };
            (from, Some(to))
        }
    };
    resolved.from = from;
    resolved.to = to.unwrap_or_default();
    if all_passed {
        "all tests passed".clone_into(&mut resolved.from.words);
    }
    resolved.problem = match (&resolved.from.sessions[..], &resolved.to.sessions[..]) {
        _ if places.readable.is_empty() => Some("No session has results."),
        (_, []) => Some("No session matches the newer side."),
        ([], _) if all_passed => None,
        ([], _) if terms.is_some() => Some("No session matches the older side."),
        ([], _) => Some("No earlier session to compare with."),
        _ => None,
    };
    if resolved.problem.is_none() {
        pair(data, &mut resolved);
    }
    resolved
}

/// The sessions that can be compared, and what they are called.
struct Places<'a> {
    data: &'a Dataset,
    index: &'a Index,
    builds: Builds,
    readable: Vec<SessionId>,
}

impl<'a> Places<'a> {
    fn new(data: &'a Dataset, index: &'a Index) -> Places<'a> {
        let sessions = (0..data.history.sessions.len()).map(SessionId::from);
        let readable = sessions.filter(|&session| !data.history.session(session).is_unreadable).collect();
        Places { data, index, builds: Builds::new(data), readable }
    }

    /// The sessions of a build.
    fn build(&self, place: usize) -> Side {
        let sessions = self.readable.iter().copied();
        let sessions = sessions.filter(|&session| self.builds.place(session) == place).collect();
        Side { sessions, words: self.builds.names[place].clone() }
    }

    /// The sessions before and after, if a person chose none.
    fn default_sides(&self, newest: Option<usize>) -> (Side, Option<Side>) {
        let Some(newest) = newest else {
            return (Side::default(), None);
        };
        let to = self.build(newest);
        let from = self.before(&to);
        if !from.sessions.is_empty() {
            return (from, Some(to));
        }
        let (previous, latest) = (self.side(&[Term::Previous]), self.side(&[Term::Latest]));
        if previous.sessions.is_empty() { (from, Some(to)) } else { (previous, Some(latest)) }
    }

    /// The latest build before a side that has a DUT in common with it.
    fn before(&self, side: &Side) -> Side {
        let dut = |session: SessionId| self.data.history.session(session).dut;
        let duts: FxHashSet<DutId> = side.sessions.iter().map(|&session| dut(session)).collect();
        let first = side.sessions.iter().map(|&session| self.builds.place(session)).min();
        let candidates = self.readable.iter().copied().filter(|&session| duts.contains(&dut(session)));
        let earlier =
            candidates.map(|session| self.builds.place(session)).filter(|&place| Some(place) < first);
        earlier.max().map(|place| self.build(place)).unwrap_or_default()
    }

    /// The sessions that match the terms.
    fn side(&self, terms: &[Term]) -> Side {
        let matches = self.matching(terms);
        let sessions = self.readable.iter().copied().filter(|&session| matches(session)).collect();
        Side { sessions, words: words(terms) }
    }

    fn matching<'t>(&'t self, terms: &'t [Term]) -> impl Fn(SessionId) -> bool + 't {
        // The sessions that a filter over sessions shows, by its words.
        let shown = terms.iter().filter_map(|term| match term {
            Term::Text(text) => {
                let filter = Filter { text: text.clone(), ..Filter::default() };
                Some(session_order(self.data, &filter, None).into_iter().collect::<FxHashSet<_>>())
            }
            _ => None,
        });
        let shown: Vec<FxHashSet<SessionId>> = shown.collect();
        let previous = |id: SessionId| {
            let dut = self.data.history.dut(self.data.history.session(id).dut);
            let readable = |id: &&SessionId| !self.data.history.session(**id).is_unreadable;
            dut.sessions.iter().rev().filter(readable).nth(1) == Some(&id)
        };
        move |id| {
            let session = self.data.history.session(id);
            let started = session.started.map(|started| started.iso());
            let holds = |term: &Term| match term {
                Term::Build(name) => self.builds.names[self.builds.place(id)] == *name,
                Term::Dut(name) => self.data.history.dut(session.dut).name == *name,
                Term::Session(name) => session.id == *name,
                Term::Since(date) => started.as_ref().is_some_and(|started| started >= date),
                // All of the day: `2026-11-20T10:00` is not after `2026-11-20`.
                Term::Until(date) => started.as_ref().is_some_and(|started| {
                    started.get(..date.len()).is_none_or(|start| start <= date.as_str())
                }),
                Term::Text(_) => true,
                Term::Latest => self.index.results.is_latest(id),
                Term::Previous => previous(id),
            };
            let kinds: FxHashSet<_> = terms.iter().map(std::mem::discriminant).collect();
            let of_kind = |kind| terms.iter().filter(move |term| std::mem::discriminant(*term) == kind);
            kinds.into_iter().all(|kind| of_kind(kind).any(holds))
                && shown.iter().all(|shown| shown.contains(&id))
        }
    }
}

/// What terms say, in words.
fn words(terms: &[Term]) -> String {
    let mut words: Vec<String> = Vec::new();
    for term in terms {
        words.push(match term {
            Term::Build(name) | Term::Dut(name) | Term::Session(name) => name.clone(),
            Term::Since(date) => format!("since {date}"),
            Term::Until(date) => format!("until {date}"),
            Term::Text(text) => format!("sessions with “{text}”"),
            Term::Latest => "latest session of each DUT".to_owned(),
            Term::Previous => "previous session of each DUT".to_owned(),
        });
    }
    words.join(", ")
}

/// Pairs the DUTs of both sides: by name. If no DUT is on both sides, different DUTs are compared: the
/// only one of each side, or those with equal attributes.
fn pair(data: &Dataset, resolved: &mut Resolved) {
    let duts = |side: &Side| {
        let mut duts: Vec<DutId> =
            side.sessions.iter().map(|&session| data.history.session(session).dut).collect();
        duts.dedup();
        duts
    };
    let name = |dut: DutId| data.history.dut(dut).name.clone();
    let (from, to) = (duts(&resolved.from), duts(&resolved.to));
    if resolved.all_passed {
        resolved.pairs = to.iter().map(|&dut| (name(dut), [None, Some(dut)])).collect();
        return;
    }
    let are_others = !from.iter().any(|dut| to.contains(dut));
    if let ([a], [b], true) = (&from[..], &to[..], are_others) {
        resolved.pairs = vec![(format!("{} → {}", name(*a), name(*b)), [Some(*a), Some(*b)])];
        resolved.pairing = Some("Two DUTs are compared with each other.");
        return;
    }
    if are_others {
        let attributes = |dut: DutId| {
            let mut attributes = data.history.dut(dut).attributes.clone();
            attributes.order();
            attributes
        };
        let mut like: FxHashMap<Vec<(String, String)>, [Vec<DutId>; 2]> = FxHashMap::default();
        for (at, side) in [&from, &to].into_iter().enumerate() {
            for &dut in side {
                like.entry(attributes(dut)).or_default()[at].push(dut);
            }
        }
        let mut pairs: Vec<(DutId, DutId)> = Vec::new();
        for (attributes, sides) in &like {
            if let ([a], [b]) = (&sides[0][..], &sides[1][..])
                && !attributes.is_empty()
            {
                pairs.push((*a, *b));
            }
        }
        if !pairs.is_empty() {
            pairs.order();
            let named =
                pairs.iter().map(|&(a, b)| (format!("{} → {}", name(a), name(b)), [Some(a), Some(b)]));
            resolved.pairs = named.collect();
            resolved.pairing = Some("No DUT is on both sides: DUTs with equal attributes are compared.");
            let is_left = |side: usize, dut: DutId| !pairs.iter().any(|pair| [pair.0, pair.1][side] == dut);
            let left_from = from.iter().filter(|&&dut| is_left(0, dut));
            let left_to = to.iter().filter(|&&dut| is_left(1, dut));
            resolved.pairs.extend(left_from.map(|&dut| (name(dut), [Some(dut), None])));
            resolved.pairs.extend(left_to.map(|&dut| (name(dut), [None, Some(dut)])));
            return;
        }
        resolved.pairing = Some("No DUT is on both sides, so every test appears or disappears.");
    }
    let mut all: Vec<DutId> = from.iter().chain(&to).copied().collect();
    all.order();
    all.dedup();
    let on = |side: &[DutId], dut: DutId| side.contains(&dut).then_some(dut);
    resolved.pairs = all.into_iter().map(|dut| (name(dut), [on(&from, dut), on(&to, dut)])).collect();
}
