//! A DUT in the overview, and what its latest session is compared with.

use crate::model::{Counts, Dataset, Dut, Evidence, Session, SessionId, Source};
use crate::text::order::Order;
use serde::{Deserialize, Serialize};

/// A DUT with its latest session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DutLine {
    /// Name.
    pub name: String,
    /// The unit (specimen).
    pub unit: Option<String>,
    /// Build of the latest session.
    pub build: Option<String>,
    /// Start of the latest session, as ISO 8601.
    pub started: Option<String>,
    /// How many sessions it has.
    pub sessions: u32,
    /// Counts of the latest session.
    pub counts: Counts,
    /// Counts of the session to compare with: the last one of another build, or
    /// the previous session if no other build is known.
    pub previous: Option<Counts>,
    /// Build of that session, if it is another one.
    pub previous_build: Option<String>,
    /// Why the latest session is incomplete.
    pub incomplete: Option<String>,
    /// No file of it is readable.
    pub is_unreadable: bool,
    /// The names that files give it, if a person replaced them.
    pub names_in_files: Vec<String>,
}

/// The line of the DUT that has this latest session.
pub fn dut_line(data: &Dataset, latest: SessionId) -> DutLine {
    let session = data.history.session(latest);
    let dut = data.history.dut(session.dut);
    let previous = previous(data, dut).map(|previous| data.history.session(previous));
    let is_other = |build: &&str| Some(*build) != session.build();
    DutLine {
        name: dut.name.clone(),
        unit: dut.unit.clone(),
        build: session.build().map(str::to_owned),
        started: session.started.map(|started| started.iso()),
        sessions: dut.sessions.len() as u32,
        counts: session.counts,
        previous: previous.map(|previous| previous.counts),
        previous_build: previous.and_then(Session::build).filter(is_other).map(str::to_owned),
        incomplete: session.incomplete.clone(),
        is_unreadable: session.is_unreadable,
        names_in_files: names_in_files(data, dut),
    }
}

/// The names that files give a DUT, if a person replaced them.
fn names_in_files(data: &Dataset, dut: &Dut) -> Vec<String> {
    let parts = dut.sessions.iter().flat_map(|&session| &data.history.session(session).parts);
    let evidence = parts.map(|part| &data.history.identities[part.index()].dut.evidence);
    let is_renamed = |evidence: &&Evidence| evidence.source == Source::You && !evidence.name.is_empty();
    let mut names: Vec<String> = evidence.filter(is_renamed).map(|evidence| evidence.name.clone()).collect();
    names.order();
    names.dedup();
    names
}

/// The last session of another build, or else the previous session.
fn previous(data: &Dataset, dut: &Dut) -> Option<SessionId> {
    let (&latest, before) = dut.sessions.split_last()?;
    let build = data.history.session(latest).build();
    let is_other = |&&session: &&SessionId| {
        let other = data.history.session(session).build();
        build.is_some() && other.is_some() && other != build
    };
    before.iter().rev().find(is_other).or(before.last()).copied()
}

/// The sum of [`DutLine::previous`] over all readable DUTs, and the build of these
/// sessions if it is the same. `None` if a DUT has no such session: sums over
/// different DUTs are not comparable.
pub fn previous_sum(duts: &[DutLine]) -> Option<(Counts, Option<String>)> {
    let mut duts = duts.iter().filter(|dut| !dut.is_unreadable).peekable();
    let build = duts.peek()?.previous_build.clone();
    let (mut sum, mut is_same) = (Counts::default(), true);
    for dut in duts {
        sum.merge(dut.previous.as_ref()?);
        is_same &= dut.previous_build == build;
    }
    Some((sum, build.filter(|_| is_same)))
}
