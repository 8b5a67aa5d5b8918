//! Trends: a quantity of a test over sessions, such as its duration, and where it shifted.

use super::builds::Builds;
use super::change_points::{ChangePoint, Effect, Sample, change_points};
use super::natural;
use super::statistics::{ALPHA, RankTests, adjust, median};
use crate::model::{Dataset, DutId, SessionId, counted, listed};
use crate::query::SessionKey;
use crate::text::amount;
use crate::text::order::Order;
use serde::{Deserialize, Serialize};

/// How many of its latest sessions a DUT is searched for shifts in.
const SESSIONS: usize = 256;

/// How many builds a chart shows at most: the newest.
const BUILDS: usize = 150;

/// How many DUTs a sentence names at most.
const NAMES: usize = 3;

/// How many DUTs a chart shows at most: with [`BUILDS`], 4,500 points.
const DUTS: usize = 30;

/// The values of a quantity on a DUT, by session in the order of time. A session may have several.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The DUT.
    pub dut: DutId,
    /// Finite numbers.
    pub values: Vec<(SessionId, f64)>,
}

/// A shift of a quantity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shift {
    /// The DUT; `None` for all DUTs together.
    pub dut: Option<String>,
    /// The DUTs whose values moved with it.
    pub duts: Vec<String>,
    /// The first build after it, as on the axis of a chart, and its place among all builds.
    pub build: (String, u32),
    /// The first session after it, of the first DUT.
    pub session: SessionKey,
    /// The median before, since the shift before. Of several DUTs, the median of their medians.
    pub before: f64,
    /// The median after, until the next shift.
    pub after: f64,
    /// How many times as much it is now: the median over DUTs. `None` if a level is 0, or their signs differ.
    pub ratio: Option<f64>,
    /// How many values there are before and after.
    pub values: [u32; 2],
    /// The evidence: the p-value, adjusted for the number of places at which a shift was possible.
    pub p_value: f64,
}

impl Shift {
    /// It went up.
    pub fn is_rise(&self) -> bool {
        self.after > self.before
    }

    /// Where it shifted: the DUT, or how many of them.
    pub fn duts_in_words(&self) -> String {
        let names: Vec<&str> = self.duts.iter().map(String::as_str).collect();
        if names.len() > NAMES { counted(names.len() as u64, "DUT") } else { listed(&names) }
    }

    /// The shift in a sentence: "Slower since 2.4.0 on DUT_A: median 11.6 s before, 19.2 s after, 1.66 times as
    /// much; significant, p = 0.001."
    pub fn sentence(&self, [up, down]: [&str; 2], unit: &str) -> String {
        let times = self.ratio.map(|ratio| format!(", {ratio:.2} times as much")).unwrap_or_default();
        let p =
            if self.p_value < 0.001 { "p < 0.001".to_owned() } else { format!("p = {:.3}", self.p_value) };
        format!(
            "{} since {} on {}: median {} before, {} after{times}; significant, {p}.",
            if self.is_rise() { up } else { down },
            self.build.0,
            self.duts_in_words(),
            amount(self.before, unit),
            amount(self.after, unit),
        )
    }
}

/// Finds the shifts of many series, each the lines of a quantity on several DUTs. Returns them by series: first
/// those of all DUTs together, then those of single DUTs, each in the order of time; and how many series have
/// enough values.
///
/// Each of these two families is adjusted for the number of its tests, so that at most [`ALPHA`] of what is
/// found is expected to be false.
pub fn shifts(
    data: &Dataset,
    builds: &Builds,
    series: impl Iterator<Item = Vec<Line>>,
    effect: Effect,
) -> (Vec<Vec<Shift>>, u32) {
    let mut families: [Family; 2] = Default::default();
    let tests = &mut RankTests::default();
    let (mut count, mut tested) = (0, 0);
    for mut lines in series {
        for line in &mut lines {
            line.values.drain(..line.values.len().saturating_sub(SESSIONS));
        }
        let [all, single] = &mut families;
        let mut is_long = false;
        if lines.len() > 1 {
            let strata: Vec<Vec<Sample>> = lines.iter().map(|line| by_build(builds, line)).collect();
            is_long |=
                all.add(count, None, lines.iter().map(|line| line.dut).collect(), &strata, (effect, tests));
        }
        for line in lines {
            let sample = |&(session, value): &(SessionId, f64)| Sample { step: session.0, value };
            let strata = [line.values.iter().map(sample).collect()];
            is_long |= single.add(count, Some(line.dut), vec![line.dut], &strata, (effect, tests));
        }
        tested += u32::from(is_long);
        count += 1;
    }
    let mut found = vec![Vec::new(); count];
    for family in families {
        for (series, shift) in family.settle(data, builds) {
            // A DUT that shifted with all others is told once.
            let is_told = |told: &Shift| {
                let has_all = || shift.duts.iter().all(|dut| told.duts.contains(dut));
                told.dut.is_none() && told.build.1 == shift.build.1 && has_all()
            };
            if !found[series].iter().any(is_told) {
                found[series].push(shift);
            }
        }
    }
    (found, tested)
}

/// The values of a line by the place of their build. A DUT may run an older build again.
fn by_build(builds: &Builds, line: &Line) -> Vec<Sample> {
    let sample = |&(session, value): &(SessionId, f64)| Sample { step: builds.place(session) as u32, value };
    let mut samples: Vec<Sample> = line.values.iter().map(sample).collect();
    samples.order_by_key(|sample| sample.step);
    samples
}

/// A change point that was found, before it is adjusted.
struct Candidate {
    series: usize,
    /// The only DUT.
    dut: Option<DutId>,
    /// By stratum.
    duts: Vec<DutId>,
    point: ChangePoint,
}

/// Tests of one kind.
#[derive(Default)]
struct Family {
    candidates: Vec<Candidate>,
    /// How many tests were made.
    places: usize,
}

impl Family {
    /// Searches a series, and returns whether it has enough values.
    fn add(
        &mut self,
        series: usize,
        dut: Option<DutId>,
        duts: Vec<DutId>,
        strata: &[Vec<Sample>],
        (effect, tests): (Effect, &mut RankTests),
    ) -> bool {
        let found = change_points(strata, effect, tests);
        self.places += found.places;
        for point in found.points {
            self.candidates.push(Candidate { series, dut, duts: duts.clone(), point });
        }
        found.is_long
    }

    /// The shifts that are significant among all tests.
    fn settle(self, data: &Dataset, builds: &Builds) -> Vec<(usize, Shift)> {
        let mut p: Vec<f64> = self.candidates.iter().map(|candidate| candidate.point.p).collect();
        adjust(&mut p, self.places);
        let tested = self.candidates.into_iter().zip(p);
        let significant = tested.filter(|(_, p)| *p <= ALPHA);
        significant.map(|(candidate, p)| (candidate.series, candidate.shift(data, builds, p))).collect()
    }
}

impl Candidate {
    fn shift(self, data: &Dataset, builds: &Builds, p_value: f64) -> Shift {
        let Candidate { dut, duts, point, .. } = self;
        let name = |dut: DutId| data.history.dut(dut).name.clone();
        let (before, after) = point.levels();
        let moved = point.medians.iter().filter(|(_, lower, upper)| (upper > lower) == (after > before));
        let duts: Vec<DutId> = moved.map(|&(stratum, ..)| duts[stratum]).collect();
        // For all DUTs together, steps are builds; for one, they are sessions.
        let sessions = || duts.iter().flat_map(|&dut| &data.history.dut(dut).sessions).copied();
        let session = match dut {
            Some(_) => Some(SessionId(point.step)),
            None => sessions().find(|&session| builds.place(session) as u32 == point.step),
        };
        let session = session.or_else(|| sessions().next()).unwrap_or_default();
        let place = dut.map_or(point.step as usize, |_| builds.place(session));
        Shift {
            dut: dut.map(name),
            build: (builds.names[place].clone(), place as u32),
            session: key_of(data, session),
            before,
            after,
            ratio: point.ratio(),
            values: point.samples,
            duts: duts.into_iter().map(name).collect(),
            p_value,
        }
    }
}

/// The key of a session.
pub fn key_of(data: &Dataset, session: SessionId) -> SessionKey {
    let session = data.history.session(session);
    SessionKey { dut: data.history.dut(session.dut).name.clone(), session: session.id.clone() }
}

/// A point of a chart: the values of a DUT with a build.
#[derive(Clone, Debug, PartialEq)]
pub struct TrendPoint {
    /// Their median.
    pub value: f64,
    /// The lowest and the highest.
    pub range: (f64, f64),
    /// How many there are.
    pub values: u32,
    /// Id of the last session that has one.
    pub session: String,
}

/// The line of a DUT in a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct TrendLine {
    /// The DUT.
    pub dut: String,
    /// By build, in the order of [`Trend::builds`].
    pub points: Vec<Option<TrendPoint>>,
}

/// A quantity over builds, for a chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trend {
    /// What it shows: "Duration of test_x".
    pub title: String,
    /// Unit of the values; "" for none.
    pub unit: String,
    /// The builds, oldest first.
    pub builds: Vec<String>,
    /// How many older builds were left out.
    pub builds_left_out: usize,
    /// The DUTs: the highest last value first, then by name.
    pub lines: Vec<TrendLine>,
    /// How many DUTs at the end of this order were left out.
    pub duts_left_out: usize,
    /// Its shifts.
    pub shifts: Vec<Shift>,
    /// The lower and the upper limit, if the files have such.
    pub limits: (Option<f64>, Option<f64>),
}

/// The lines of a quantity over builds. Keeps the newest 150 builds, and the 30 DUTs with the highest last value.
pub fn trend(data: &Dataset, builds: &Builds, lines: &[Line]) -> Trend {
    let left_out = builds.names.len().saturating_sub(BUILDS);
    let point = |values: &[(SessionId, f64)]| {
        let mut sorted: Vec<f64> = values.iter().map(|(_, value)| *value).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let last = values.iter().map(|(session, _)| *session).max().unwrap_or_default();
        Some(TrendPoint {
            value: median(&sorted)?,
            range: (*sorted.first()?, *sorted.last()?),
            values: sorted.len() as u32,
            session: data.history.session(last).id.clone(),
        })
    };
    let line = |line: &Line| {
        let mut of_build: Vec<Vec<(SessionId, f64)>> = vec![Vec::new(); builds.names.len() - left_out];
        for &(session, value) in &line.values {
            if let Some(place) = builds.place(session).checked_sub(left_out) {
                of_build[place].push((session, value));
            }
        }
        let points = of_build.iter().map(|values| point(values)).collect();
        TrendLine { dut: data.history.dut(line.dut).name.clone(), points }
    };
    let mut lines: Vec<TrendLine> = lines.iter().map(line).collect();
    lines.retain(|line| line.points.iter().any(Option::is_some));
    let last = |line: &TrendLine| {
        let last = line.points.iter().rev().flatten().next();
        last.map_or(f64::NEG_INFINITY, |point| point.value)
    };
    lines.order_by(|a, b| last(b).total_cmp(&last(a)).then_with(|| natural::compare(&a.dut, &b.dut)));
    let duts_left_out = lines.len().saturating_sub(DUTS);
    lines.truncate(DUTS);
    Trend {
        builds: builds.names[left_out..].to_vec(),
        builds_left_out: left_out,
        lines,
        duts_left_out,
        ..Trend::default()
    }
}
