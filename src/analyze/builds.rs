//! The order of builds over all DUTs.

use super::natural;
use crate::model::{Dataset, SessionId, Timestamp};
use crate::text::order::Order;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// All builds, oldest first, and the build of each session.
pub struct Builds {
    /// By place. Sessions without a build are grouped by age and named
    /// "latest", "1 earlier", "2 earlier" and so on.
    pub names: Vec<String>,
    /// What their order is by.
    pub by: BuildsBy,
    /// By session: the place of its build.
    places: Vec<usize>,
}

/// What builds are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum BuildsBy {
    /// A person chose it.
    Chosen,
    /// Their first sessions.
    Start,
    /// Their names, because not every session has a start time.
    #[default]
    Name,
}

/// What sessions of one build have in common.
#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Named(&'a str),
    /// No build: how many sessions of the DUT came later.
    Age(usize),
}

struct Build<'a> {
    key: Key<'a>,
    /// The earliest start of its sessions.
    started: Option<Timestamp>,
    /// The greatest number of later sessions on a DUT.
    age: usize,
}

impl Builds {
    /// Sorts builds by their first session if all sessions have a start, else by
    /// name; the order that a person chose comes before both. Sessions without a build come first then,
    /// the oldest before others.
    pub fn new(data: &Dataset) -> Builds {
        let mut builds: Vec<Build> = Vec::new();
        let mut known: FxHashMap<Key, usize> = FxHashMap::default();
        let mut of_session = vec![0; data.history.sessions.len()];
        for dut in &data.history.duts {
            for (age, &id) in dut.sessions.iter().rev().enumerate() {
                let session = data.history.session(id);
                let key = || session.build().map_or(Key::Age(age), Key::Named);
                let at = *known.entry(key()).or_insert(builds.len());
                if at == builds.len() {
                    builds.push(Build { key: key(), started: session.started, age });
                }
                let build = &mut builds[at];
                build.started = build.started.min(session.started);
                build.age = build.age.max(age);
                of_session[id.index()] = at;
            }
        }
        let all_started = data.history.sessions.iter().all(|session| session.started.is_some());
        let mut order: Vec<usize> = (0..builds.len()).collect();
        order.order_by(|&a, &b| {
            let (a, b) = (&builds[a], &builds[b]);
            let by_start = if all_started { a.started.cmp(&b.started) } else { Ordering::Equal };
            let by_age = || b.age.cmp(&a.age).then_with(|| natural::compare(&a.name(), &b.name()));
            by_start.then(a.is_named().cmp(&b.is_named())).then_with(|| match a.is_named() && !all_started {
                true => natural::compare(&a.name(), &b.name()),
                false => by_age(),
            })
        });
        let is_chosen = data.build_order.sort(&mut order, |&at| match builds[at].key {
            Key::Named(name) => Some(name.to_owned()),
            Key::Age(_) => None,
        });
        let mut place_of = vec![0; builds.len()];
        for (place, &build) in order.iter().enumerate() {
            place_of[build] = place;
        }
        Builds {
            names: order.iter().map(|&build| builds[build].name()).collect(),
            by: match all_started {
                _ if is_chosen => BuildsBy::Chosen,
                true => BuildsBy::Start,
                false => BuildsBy::Name,
            },
            places: of_session.into_iter().map(|build| place_of[build]).collect(),
        }
    }

    /// Returns the names of builds, oldest first, without those of sessions that have none.
    pub fn named<'a>(&'a self, data: &'a Dataset) -> impl Iterator<Item = &'a String> {
        let of = data.history.sessions.iter().filter_map(|session| session.build());
        let named: FxHashSet<&str> = of.collect();
        self.names.iter().filter(move |name| named.contains(name.as_str()))
    }

    /// The place of a session's build in [`Builds::names`].
    pub fn place(&self, session: SessionId) -> usize {
        self.places[session.index()]
    }
}

impl Build<'_> {
    fn is_named(&self) -> bool {
        matches!(self.key, Key::Named(_))
    }

    fn name(&self) -> String {
        match self.key {
            Key::Named(name) => name.to_owned(),
            Key::Age(0) => "latest".to_owned(),
            Key::Age(age) => format!("{age} earlier"),
        }
    }
}
