//! Pass rate of each DUT over builds.

use super::builds::Builds;
use super::natural;
use crate::model::{Counts, Dataset, Dut, DutId, Outcome};
use crate::query::Measure;
use crate::text::order::Order;
use std::cmp::Ordering;

/// How many DUTs have a line of their own at most.
const DUTS: usize = 30;

/// How many builds are kept at most: 30 DUTs have 4,500 points then.
const BUILDS: usize = 150;

/// The results of one DUT with one build.
#[derive(Clone, Debug, PartialEq)]
pub struct BuildPoint {
    /// Sum over all sessions of the DUT with this build. [`Counts::pass_rate`] is
    /// passed / (passed + failed + error), or `None` without such a result.
    pub counts: Counts,
    /// How many readable sessions that is.
    pub sessions: u32,
    /// Id of the last of these sessions.
    pub session: String,
    /// Why one of these sessions is incomplete.
    pub incomplete: Option<String>,
}

/// The line of a DUT.
#[derive(Clone, Debug, PartialEq)]
pub struct DutPassRates {
    /// The DUT.
    pub dut: String,
    /// By build, in the order of [`PassRateByBuild::builds`]; `None` where the DUT
    /// has no readable session.
    pub points: Vec<Option<BuildPoint>>,
}

impl DutPassRates {
    /// The point of the last build that has a pass rate.
    fn last_judged(&self) -> Option<&BuildPoint> {
        self.points.iter().rev().flatten().find(|point| point.rate().is_some())
    }
}

impl BuildPoint {
    /// What a chart shows of it; `None` if it is unknown.
    pub fn value(&self, measure: Measure) -> Option<f64> {
        match measure {
            Measure::PassRate => self.rate(),
            Measure::Failing => Some(f64::from(self.failing())),
            Measure::Results => Some(f64::from(self.counts.results())),
            Measure::TestTime => self.counts.duration_s,
        }
    }

    /// The pass rate, from 0 to 1.
    pub fn rate(&self) -> Option<f64> {
        self.counts.pass_rate()
    }

    /// How many results passed.
    pub fn passed(&self) -> u32 {
        self.counts.of(Outcome::Passed)
    }

    /// How many results are failed or error.
    pub fn failing(&self) -> u32 {
        self.counts.failing()
    }
}

/// The pass rate of each DUT over builds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PassRateByBuild {
    /// The builds, oldest first.
    pub builds: Vec<String>,
    /// How many older builds were left out.
    pub builds_left_out: usize,
    /// The DUTs that have a pass rate in any of these builds: the lowest rate in a
    /// DUT's last build first, then the most failing results in it, then by name.
    pub duts: Vec<DutPassRates>,
    /// How many DUTs at the end of this order were left out.
    pub duts_left_out: usize,
}

impl PassRateByBuild {
    /// There is something to compare: a value in more than one build.
    pub fn is_meaningful(&self, measure: Measure) -> bool {
        let has_value = |place: &usize| {
            let point = |dut: &DutPassRates| dut.points.get(*place).and_then(Option::as_ref)?.value(measure);
            self.duts.iter().any(|dut| point(dut).is_some())
        };
        (0..self.builds.len()).filter(has_value).nth(1).is_some()
    }
}

/// Computes the pass rate of each DUT over the builds, in the order of the strips
/// in the table of tests. Keeps the last 150 builds and the worst 30 DUTs.
pub fn pass_rate_by_build(data: &Dataset) -> PassRateByBuild {
    let builds = Builds::new(data);
    let builds_left_out = builds.names.len().saturating_sub(BUILDS);
    let line = |dut: DutId| {
        let dut = data.history.dut(dut);
        DutPassRates { dut: dut.name.clone(), points: points(data, dut, &builds, builds_left_out) }
    };
    let lines = data.history.dut_ids().map(line);
    let mut duts: Vec<DutPassRates> = lines.filter(|line| line.last_judged().is_some()).collect();
    duts.order_by(worst_first);
    let duts_left_out = duts.len().saturating_sub(DUTS);
    duts.truncate(DUTS);
    let names = builds.names.into_iter().skip(builds_left_out).collect();
    PassRateByBuild { builds: names, builds_left_out, duts, duts_left_out }
}

/// The sessions of a DUT by build, without the first `left_out` builds.
pub fn points(data: &Dataset, dut: &Dut, builds: &Builds, left_out: usize) -> Vec<Option<BuildPoint>> {
    let mut points: Vec<Option<BuildPoint>> = vec![None; builds.names.len().saturating_sub(left_out)];
    for &id in &dut.sessions {
        let session = data.history.session(id);
        let place = builds.place(id).checked_sub(left_out);
        let Some(place) = place.filter(|_| !session.is_unreadable) else {
            continue;
        };
        let point = points[place].get_or_insert_with(|| BuildPoint {
            counts: Counts::default(),
            sessions: 0,
            session: String::new(),
            incomplete: None,
        });
        point.counts.merge(&session.counts);
        point.sessions += 1;
        point.session.clone_from(&session.id);
        point.incomplete = point.incomplete.take().or_else(|| session.incomplete.clone());
    }
    points
}

fn worst_first(a: &DutPassRates, b: &DutPassRates) -> Ordering {
    let last = |line: &DutPassRates| {
        let point = line.last_judged()?;
        Some((point.rate()?, point.failing()))
    };
    let by_rate = match (last(a), last(b)) {
        (Some((rate_a, failing_a)), Some((rate_b, failing_b))) => {
            rate_a.total_cmp(&rate_b).then(failing_b.cmp(&failing_a))
        }
        _ => Ordering::Equal,
    };
    by_rate.then_with(|| natural::compare(&a.dut, &b.dut))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Flags;

    fn point(passed: u32, failed: u32) -> Option<BuildPoint> {
        let mut counts = Counts::default();
        (0..passed).for_each(|_| counts.add(Outcome::Passed, Flags::default(), 1.0));
        (0..failed).for_each(|_| counts.add(Outcome::Failed, Flags::default(), 1.0));
        Some(BuildPoint { counts, sessions: 1, session: String::new(), incomplete: None })
    }

    #[test]
    fn the_lowest_last_rate_comes_first() {
        let line = |dut: &str, points| DutPassRates { dut: dut.to_owned(), points };
        let mut lines = [
            line("dut_10", vec![point(1, 1), point(4, 0)]),
            line("dut_2", vec![point(0, 9), point(4, 0)]),
            line("half", vec![point(9, 0), point(1, 1)]),
            line("half_of_more", vec![point(9, 0), point(2, 2)]),
            // The last build has no verdict, so the one before counts.
            line("none", vec![point(1, 9), point(0, 0)]),
            line("absent", vec![point(0, 1), None]),
        ];
        lines.sort_by(worst_first);
        let names: Vec<&str> = lines.iter().map(|line| line.dut.as_str()).collect();
        assert_eq!(names, ["absent", "none", "half_of_more", "half", "dut_2", "dut_10"]);
    }

    #[test]
    fn one_build_is_not_meaningful() {
        let line = |points| vec![DutPassRates { dut: "a".to_owned(), points }];
        let rates = |builds: &[&str], duts| PassRateByBuild {
            builds: builds.iter().map(|&build| build.to_owned()).collect(),
            duts,
            ..PassRateByBuild::default()
        };
        assert!(!PassRateByBuild::default().is_meaningful(Measure::PassRate));
        assert!(!rates(&["1"], line(vec![point(1, 0)])).is_meaningful(Measure::PassRate));
        assert!(!rates(&["1", "2"], line(vec![point(1, 0), point(0, 0)])).is_meaningful(Measure::PassRate));
        assert!(rates(&["1", "2"], line(vec![point(1, 0), point(0, 1)])).is_meaningful(Measure::PassRate));
    }
}
