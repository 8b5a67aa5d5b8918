//! Failures: what are the causes? Failing results with equal messages and top frames form a cluster.

use super::builds::Builds;
use super::index::Index;
use super::message_key::{cluster_id, cluster_key, frame_counts, message_key, says_nothing};
use super::natural;
use crate::model::{Dataset, DutId, ResultId, SessionId, StrId, TestId, Timestamp};
use crate::query::{Filter, Sort, SortKey};
use crate::text::order::Order;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// How many DUTs a row names at most.
const DUTS: usize = 20;

/// All failing results with equal messages and top frames, in all sessions.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// The same in every session and on every machine.
    pub id: String,
    /// The message of the latest of them.
    pub message: String,
    /// Where they failed, if that is part of the cluster's key: `level (audio.py)`. Empty otherwise.
    pub frame: String,
    /// Its tests, by id.
    pub tests: Vec<TestId>,
    /// Its DUTs, by name.
    pub duts: Vec<DutId>,
    /// Its sessions, by DUT and time.
    pub sessions: Vec<SessionId>,
    /// How many results it has.
    pub results: u32,
    /// How many results in latest sessions.
    pub now: u32,
    /// How many of these are known issues.
    pub known: u32,
    /// The tests of these, by id.
    pub tests_now: Vec<TestId>,
}

/// A cluster in the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClusterRow {
    /// The same in every session and on every machine.
    pub id: String,
    /// The message of the latest of its failures; empty if they have none.
    pub message: String,
    /// Where its failures are raised: `level (audio.py)`. Empty if that does not tell causes apart.
    pub frame: String,
    /// How many results fail so in the latest sessions.
    pub now: u32,
    /// How many of these are known issues.
    pub known: u32,
    /// How many tests.
    pub tests: u32,
    /// The names of its DUTs, and how many there are.
    pub duts: (Vec<String>, u32),
    /// How many sessions.
    pub sessions: u32,
    /// How many results.
    pub results: u32,
    /// The first session in time.
    pub first: SeenIn,
    /// The last session in time.
    pub last: SeenIn,
}

/// When a cluster was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenIn {
    /// The build of the session.
    pub build: Option<String>,
    /// Its start, as ISO 8601.
    pub started: Option<String>,
}

/// The visible rows of the table of clusters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClusterWindow {
    /// How many clusters there are without the filter.
    pub clusters: u32,
    /// Columns in which no row has anything to say.
    pub empty_columns: Vec<SortKey>,
    /// How many match the filter.
    pub total: u32,
    /// Index of the first row in `rows`.
    pub from: u32,
    /// The requested rows.
    pub rows: Vec<ClusterRow>,
}

/// The ids of the clusters of failing results, computed once per message and frame.
#[derive(Default)]
pub struct ClusterIds {
    /// By message: whether it says nothing.
    messages: FxHashMap<StrId, bool>,
    known: FxHashMap<(StrId, StrId), String>,
}

impl ClusterIds {
    /// The id of the cluster of a failing result.
    pub fn of(&mut self, data: &Dataset, result: ResultId) -> &str {
        let message = data.results.message[result.index()];
        let frame = self.frame(data, result);
        let id = || cluster_id(&cluster_key(data.text(message), data.text(frame)));
        self.known.entry((message, frame)).or_insert_with(id)
    }

    /// The top frame of a failing result if it is part of the cluster's key, else the empty text.
    fn frame(&mut self, data: &Dataset, result: ResultId) -> StrId {
        let frame = data.results.frame(result);
        if frame == StrId::default() {
            return frame;
        }
        let (message, test) = (data.results.message[result.index()], data.test_of(result));
        let says_nothing = || says_nothing(&message_key(data.text(message)));
        let says_nothing = *self.messages.entry(message).or_insert_with(says_nothing);
        let scope = data.tests.scope_text(data.tests.scope_of(test));
        let counts = frame_counts(says_nothing, data.text(frame), scope, data.tests.name(test));
        if counts { frame } else { StrId::default() }
    }
}

/// All clusters: those that fail in most results now before others, then those with most results at all.
pub fn clusters(data: &Dataset, index: &Index) -> Vec<Cluster> {
    let mut ids = ClusterIds::default();
    let mut places: FxHashMap<String, usize> = FxHashMap::default();
    let mut clusters: Vec<Cluster> = Vec::new();
    let sessions = (0..data.history.sessions.len()).map(SessionId::from);
    for session in sessions {
        let is_latest = index.results.is_latest(session);
        let dut = data.history.session(session).dut;
        for result in data.results_of(session).filter(|&result| data.outcome(result).is_failing()) {
            let id = ids.of(data, result);
            let at = match places.get(id) {
                Some(&at) => at,
                None => {
                    places.insert(id.to_owned(), clusters.len());
                    clusters.push(Cluster { id: id.to_owned(), ..Cluster::default() });
                    clusters.len() - 1
                }
            };
            let cluster = &mut clusters[at];
            cluster.results += 1;
            cluster.now += u32::from(is_latest);
            cluster.known += u32::from(is_latest && data.flags(result).is_known());
            cluster.tests.push(data.test_of(result));
            if is_latest {
                cluster.tests_now.push(data.test_of(result));
            }
            if cluster.sessions.last() != Some(&session) {
                cluster.sessions.push(session);
            }
            if cluster.duts.last() != Some(&dut) {
                cluster.duts.push(dut);
            }
            if is_latest || cluster.message.is_empty() {
                data.message(result).clone_into(&mut cluster.message);
                data.text(ids.frame(data, result)).clone_into(&mut cluster.frame);
            }
        }
    }
    for cluster in &mut clusters {
        for tests in [&mut cluster.tests, &mut cluster.tests_now] {
            tests.order();
            tests.dedup();
        }
    }
    clusters.order_by(|a, b| (b.now, b.results, &a.id).cmp(&(a.now, a.results, &b.id)));
    clusters
}

/// The clusters whose message, frame, tests or DUTs have the words of the filter.
pub fn cluster_order(data: &Dataset, clusters: &[Cluster], filter: &Filter, sort: Option<Sort>) -> Vec<u32> {
    let matcher = filter.matcher();
    let is_on = |cluster: &Cluster| {
        let name = |dut: &DutId| &data.history.dut(*dut).name;
        filter.dut.as_ref().is_none_or(|dut| cluster.duts.iter().any(|have| name(have) == dut))
    };
    let has_words = |cluster: &Cluster| {
        matcher.is_empty()
            || matcher.matches(&cluster.frame, &cluster.message)
            || cluster.tests.iter().any(|&test| {
                matcher.matches(data.tests.scope_text(data.tests.scope_of(test)), data.tests.name(test))
            })
    };
    let listed: Vec<u32> = (0..)
        .zip(clusters)
        .filter(|(_, cluster)| is_on(cluster) && has_words(cluster))
        .map(|(place, _)| place)
        .collect();
    let Some(sort) = sort else {
        return listed;
    };
    let builds = Builds::new(data);
    let place = |session: Option<SessionId>| session.map_or(f64::NAN, |session| builds.place(session) as f64);
    let key = |cluster: &Cluster| match sort.by {
        SortKey::Failing => f64::from(cluster.now),
        SortKey::Known => f64::from(cluster.known),
        SortKey::Tests => cluster.tests.len() as f64,
        SortKey::Dut => cluster.duts.len() as f64,
        SortKey::Sessions => cluster.sessions.len() as f64,
        SortKey::Results => f64::from(cluster.results),
        SortKey::FirstSeen => place(seen(&builds, cluster).0),
        SortKey::LastSeen => place(seen(&builds, cluster).1),
        _ => f64::NAN,
    };
    if sort.by == SortKey::Name {
        let messages: Vec<&str> =
            listed.iter().map(|&place| clusters[place as usize].message.as_str()).collect();
        let ranks = natural::ranks(&messages);
        let order = natural::by_number(&ranks, sort.descending);
        return order.into_iter().map(|at| listed[at as usize]).collect();
    }
    let keys: Vec<f64> = listed.iter().map(|&place| key(&clusters[place as usize])).collect();
    natural::by_number(&keys, sort.descending).into_iter().map(|at| listed[at as usize]).collect()
}

/// The first and the last session of a cluster, in the order of builds.
fn seen(builds: &Builds, cluster: &Cluster) -> (Option<SessionId>, Option<SessionId>) {
    let place = |session: &SessionId| (builds.place(*session), *session);
    let sessions = || cluster.sessions.iter().copied();
    (sessions().min_by_key(place), sessions().max_by_key(place))
}

/// The rows from `from` on, at most `count`.
pub fn cluster_window(
    data: &Dataset,
    clusters: &[Cluster],
    order: &[u32],
    from: u32,
    count: u32,
) -> ClusterWindow {
    let start = (from as usize).min(order.len());
    let end = start.saturating_add(count as usize).min(order.len());
    let builds = Builds::new(data);
    let sessions = &data.history.sessions;
    let columns = [
        (SortKey::Known, !data.history.issues.is_empty()),
        (SortKey::Dut, data.history.duts.len() > 1),
        (SortKey::Sessions, sessions.len() > data.history.duts.len()),
        (SortKey::FirstSeen, sessions.len() > data.history.duts.len()),
        (SortKey::LastSeen, sessions.len() > data.history.duts.len()),
    ];
    ClusterWindow {
        clusters: clusters.len() as u32,
        empty_columns: columns.into_iter().filter(|(_, says)| !says).map(|(column, _)| column).collect(),
        total: order.len() as u32,
        from: start as u32,
        rows: order[start..end].iter().map(|&place| row(data, &builds, &clusters[place as usize])).collect(),
    }
}

fn row(data: &Dataset, builds: &Builds, cluster: &Cluster) -> ClusterRow {
    let names = cluster.duts.iter().take(DUTS).map(|&dut| data.history.dut(dut).name.clone());
    let (first, last) = seen(builds, cluster);
    ClusterRow {
        id: cluster.id.clone(),
        message: cluster.message.clone(),
        frame: cluster.frame.clone(),
        now: cluster.now,
        known: cluster.known,
        tests: cluster.tests.len() as u32,
        duts: (names.collect(), cluster.duts.len() as u32),
        sessions: cluster.sessions.len() as u32,
        results: cluster.results,
        first: seen_in(data, first),
        last: seen_in(data, last),
    }
}

/// When a session was.
fn seen_in(data: &Dataset, session: Option<SessionId>) -> SeenIn {
    let session = session.map(|session| data.history.session(session));
    SeenIn {
        build: session.and_then(|session| session.build().map(str::to_owned)),
        started: session.and_then(|session| session.started.map(Timestamp::iso)),
    }
}

impl Cluster {
    /// When it was seen first and last.
    pub fn seen(&self, data: &Dataset) -> [SeenIn; 2] {
        let (first, last) = seen(&Builds::new(data), self);
        [seen_in(data, first), seen_in(data, last)]
    }
}
