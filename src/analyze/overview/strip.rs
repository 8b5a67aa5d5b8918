//! The strip: DUTs × builds, with the worst outcome of each.

use crate::analyze::builds::Builds;
use crate::analyze::pass_rate::{BuildPoint, points};
use crate::model::{Counts, Dataset, Outcome, SessionId};
use serde::{Deserialize, Serialize};

/// How many builds it has at most.
const BUILDS: usize = 12;

/// How many DUTs it has at most.
const DUTS: usize = 12;

/// DUTs × builds; empty with fewer than two builds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BuildStrip {
    /// The last builds, oldest first.
    pub builds: Vec<String>,
    /// How many older builds were left out.
    pub builds_left_out: u32,
    /// The first DUTs, in the order of the overview.
    pub rows: Vec<StripRow>,
    /// How many DUTs were left out.
    pub duts_left_out: u32,
}

/// A DUT of the strip.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StripRow {
    /// The DUT.
    pub dut: String,
    /// By build; `None` where the DUT has no readable session.
    pub cells: Vec<Option<StripCell>>,
}

/// The sessions of a DUT with one build.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StripCell {
    /// The worst outcome; `None` without results.
    pub worst: Option<Outcome>,
    /// Sum over the sessions.
    pub counts: Counts,
    /// The id of the last of the sessions.
    pub session: String,
    /// Why one of the sessions is incomplete.
    pub incomplete: Option<String>,
}

/// Computes the strip. `latest` has the latest sessions in the order of the
/// overview's DUTs.
pub fn build_strip(data: &Dataset, latest: &[SessionId]) -> BuildStrip {
    let builds = Builds::new(data);
    if builds.names.len() < 2 {
        return BuildStrip::default();
    }
    let left_out = builds.names.len().saturating_sub(BUILDS);
    let rows = latest.iter().take(DUTS).map(|&session| {
        let dut = data.history.dut(data.history.session(session).dut);
        let points = points(data, dut, &builds, left_out);
        StripRow { dut: dut.name.clone(), cells: points.into_iter().map(|point| point.map(cell)).collect() }
    });
    BuildStrip {
        rows: rows.collect(),
        duts_left_out: latest.len().saturating_sub(DUTS) as u32,
        builds: builds.names.iter().skip(left_out).cloned().collect(),
        builds_left_out: left_out as u32,
    }
}

fn cell(point: BuildPoint) -> StripCell {
    let BuildPoint { counts, session, incomplete, .. } = point;
    let worst = Outcome::ALL.into_iter().filter(|&outcome| counts.of(outcome) > 0).max();
    StripCell { worst, counts, session, incomplete }
}
