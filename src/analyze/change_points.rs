//! Change points: at which step did a series of numbers shift?
//!
//! A series has strata, such as the DUTs of a test, whose levels differ. Within each stratum, numbers become
//! ranks, so that neither outliers nor the unit matter. PELT (R. Killick, P. Fearnhead and I. A. Eckley,
//! "Optimal detection of changepoints with a linear computational cost", 2012) finds the steps that split
//! these ranks best; each split costs [`PENALTY`]. Then each split is tested by ranks, the strata apart, and
//! those without evidence are removed, the weakest first; the rest move to where they now fit best.

use super::natural;
use super::statistics::{ALPHA, LEAST_SAMPLES, RankTests, Stratum, combine, median, median_of};
use crate::text::order::Order;

/// A split costs this times the logarithm of the number of samples. The cost of a segment is in units of the
/// variance of ranks, so this is the Bayesian information criterion for a level and a place.
const PENALTY: f64 = 2.0;

/// How often change points move to a better place.
const MOVES: usize = 4;

/// A number of a stratum at a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// The step, such as the place of a build. Strata are in ascending order of steps.
    pub step: u32,
    /// A finite number.
    pub value: f64,
}

/// The smallest change that matters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// The larger level is at least this multiple of the smaller one,
    pub ratio: f64,
    /// and they differ at least by this.
    pub least: f64,
}

impl Effect {
    /// Whether two levels differ enough.
    pub fn is_reached(self, before: f64, after: f64) -> bool {
        let change = (after - before).abs();
        change > 0.0 && change >= self.least && change >= (self.ratio - 1.0) * before.abs().min(after.abs())
    }
}

/// A step at which a series shifted.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangePoint {
    /// The first step after the change.
    pub step: u32,
    /// By stratum with samples on both sides: its index, and its medians since the previous change and until
    /// the next one.
    pub medians: Vec<(usize, f64, f64)>,
    /// How many samples there are since the previous change, and until the next one.
    pub samples: [u32; 2],
    /// The evidence, not yet adjusted for the number of tests.
    pub p: f64,
}

impl ChangePoint {
    /// The levels before and after: medians over strata.
    pub fn levels(&self) -> (f64, f64) {
        let side = |of: fn(&(usize, f64, f64)) -> f64| {
            median_of(self.medians.iter().map(of).collect()).unwrap_or(f64::NAN)
        };
        (side(|medians| medians.1), side(|medians| medians.2))
    }

    /// The ratio of the levels after and before: the median over strata; `None` if a level is 0, or their
    /// signs differ.
    pub fn ratio(&self) -> Option<f64> {
        let ratios: Vec<f64> = self.medians.iter().map(|(_, before, after)| after / before).collect();
        let ratio = median_of(ratios).unwrap_or(f64::NAN);
        (ratio.is_finite() && ratio > 0.0).then_some(ratio)
    }
}

/// The change points of a series.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// In the order of steps.
    pub points: Vec<ChangePoint>,
    /// There are enough samples for a change.
    pub is_long: bool,
    /// At how many steps a change was possible: so many tests were made. None if the samples are so alike that
    /// no change of them could matter. That does not depend on their order, so leaving out these tests keeps
    /// the share of false alarms (R. Bourgon, R. Gentleman and W. Huber, "Independent filtering increases
    /// detection power for high-throughput experiments", 2010).
    pub places: usize,
}

/// Finds the change points of a series. Between two of them, before the first and after the last there are at
/// least [`LEAST_SAMPLES`] samples.
pub fn change_points(strata: &[Vec<Sample>], effect: Effect, tests: &mut RankTests) -> Found {
    let Some(series) = Series::new(strata) else {
        return Found::default();
    };
    let places = series.places(0, series.steps.len()).count();
    if places == 0 || !may_reach(strata, effect) {
        return Found { is_long: places > 0, ..Found::default() };
    }
    let penalty = PENALTY * f64::from(series.counts[series.steps.len()]).ln();
    let mut splits = series.pelt(penalty);
    let mut points = series.test_all(&splits, effect, tests);
    while let Some(weakest) = (0..points.len()).max_by(|&a, &b| points[a].p.total_cmp(&points[b].p)) {
        if points[weakest].p * places as f64 <= ALPHA {
            break;
        }
        splits.remove(weakest);
        series.improve(&mut splits);
        points = series.test_all(&splits, effect, tests);
    }
    Found { points, is_long: true, places }
}

/// Whether any two medians of enough samples can differ enough: at least two numbers are not below, and two not
/// above such a median. Most tests take too short for that, and are done.
fn may_reach(strata: &[Vec<Sample>], effect: Effect) -> bool {
    strata.iter().any(|stratum| {
        let (mut least, mut most) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        // With several strata, one may have a single sample on a side.
        let at = usize::from(strata.len() == 1);
        for &Sample { value, .. } in stratum {
            if value < least[0] {
                least = [value, least[0]];
            } else if value < least[1] {
                least[1] = value;
            }
            if value > most[0] {
                most = [value, most[0]];
            } else if value > most[1] {
                most[1] = value;
            }
        }
        least[at] <= most[at] && effect.is_reached(least[at], most[at])
    })
}

/// A series with prefix sums of its ranks.
struct Series<'a> {
    strata: &'a [Vec<Sample>],
    /// The steps that have samples, ascending.
    steps: Vec<u32>,
    /// By index of a step: how many samples are before it; one more entry at the end.
    counts: Vec<u32>,
    /// The sums of their standardized ranks.
    sums: Vec<f64>,
}

impl<'a> Series<'a> {
    /// `None` if there are too few samples for a change. Strata with one sample say nothing.
    fn new(strata: &'a [Vec<Sample>]) -> Option<Series<'a>> {
        let telling = || strata.iter().filter(|stratum| stratum.len() > 1);
        let total: usize = telling().map(Vec::len).sum();
        if total < 2 * LEAST_SAMPLES {
            return None;
        }
        let mut steps: Vec<u32> = telling().flatten().map(|sample| sample.step).collect();
        steps.order();
        steps.dedup();
        let (mut counts, mut sums) = (vec![0; steps.len() + 1], vec![0.0; steps.len() + 1]);
        for stratum in telling() {
            let ranks = standardized_ranks(stratum);
            let mut at = 0;
            for (sample, rank) in stratum.iter().zip(ranks) {
                while steps[at] < sample.step {
                    at += 1;
                }
                counts[at + 1] += 1;
                sums[at + 1] += rank;
            }
        }
        for at in 1..counts.len() {
            counts[at] += counts[at - 1];
            sums[at] += sums[at - 1];
        }
        Some(Series { strata, steps, counts, sums })
    }

    /// The number of samples from one step to another.
    fn samples(&self, from: usize, to: usize) -> u32 {
        self.counts[to] - self.counts[from]
    }

    /// Minus the sum of squares that the mean of a segment explains.
    fn cost(&self, from: usize, to: usize) -> f64 {
        let sum = self.sums[to] - self.sums[from];
        -sum * sum / f64::from(self.samples(from, to))
    }

    /// The steps between two steps with enough samples on both sides.
    fn places(&self, from: usize, to: usize) -> impl Iterator<Item = usize> + '_ {
        let least = LEAST_SAMPLES as u32;
        (from + 1..to).filter(move |&at| self.samples(from, at).min(self.samples(at, to)) >= least)
    }

    /// The splits with the least total cost.
    fn pelt(&self, penalty: f64) -> Vec<usize> {
        let end = self.steps.len();
        let mut best = vec![f64::INFINITY; end + 1];
        let mut last = vec![0; end + 1];
        best[0] = -penalty;
        // Where the last segment may begin, and from which step on there is a better beginning.
        let mut starts: Vec<(usize, usize)> = vec![(0, usize::MAX)];
        for to in 1..=end {
            let is_useful = |&(_, until): &(usize, usize)| {
                until == usize::MAX || self.samples(until, to) < LEAST_SAMPLES as u32
            };
            starts.retain(is_useful);
            for &(from, _) in &starts {
                if self.samples(from, to) >= LEAST_SAMPLES as u32 {
                    let cost = best[from] + self.cost(from, to) + penalty;
                    if cost < best[to] {
                        (best[to], last[to]) = (cost, from);
                    }
                }
            }
            if best[to].is_finite() {
                for (from, until) in &mut starts {
                    // Splitting at `to` is at least as good, as soon as enough samples follow.
                    if *until == usize::MAX && best[*from] + self.cost(*from, to) >= best[to] {
                        *until = to;
                    }
                }
                starts.push((to, usize::MAX));
            }
        }
        let mut splits = Vec::new();
        let mut at = last[end];
        while at > 0 {
            splits.push(at);
            at = last[at];
        }
        splits.reverse();
        splits
    }

    /// Moves each split to the best place between its neighbors.
    fn improve(&self, splits: &mut [usize]) {
        for _ in 0..MOVES {
            let before = splits.to_vec();
            for at in 0..splits.len() {
                let (from, to) = self.around(splits, at);
                let cost = |place: usize| self.cost(from, place) + self.cost(place, to);
                let best = self.places(from, to).min_by(|&a, &b| cost(a).total_cmp(&cost(b)));
                splits[at] = best.unwrap_or(splits[at]);
            }
            if before == splits {
                break;
            }
        }
    }

    /// The segments beside a split reach from one step to the other.
    fn around(&self, splits: &[usize], at: usize) -> (usize, usize) {
        let from = at.checked_sub(1).map_or(0, |before| splits[before]);
        (from, splits.get(at + 1).copied().unwrap_or(self.steps.len()))
    }

    fn test_all(&self, splits: &[usize], effect: Effect, tests: &mut RankTests) -> Vec<ChangePoint> {
        let test = |at: usize| {
            let (from, to) = self.around(splits, at);
            self.test((from, splits[at], to), effect, tests)
        };
        (0..splits.len()).map(test).collect()
    }

    /// Tests the split of a segment, from one step to another. If the levels differ too little, the p-value is 1.
    fn test(
        &self,
        (from, split, to): (usize, usize, usize),
        effect: Effect,
        tests: &mut RankTests,
    ) -> ChangePoint {
        let step = self.steps[split];
        let first = self.steps[from];
        let end = self.steps.get(to).copied().unwrap_or(u32::MAX);
        let mut point = ChangePoint { step, medians: Vec::new(), samples: [0; 2], p: 1.0 };
        let mut sides: Vec<[Vec<f64>; 2]> = Vec::new();
        for (index, stratum) in self.strata.iter().enumerate() {
            let at = |step: u32| stratum.partition_point(|sample| sample.step < step);
            let (first, split, end) = (at(first), at(step), at(end));
            let values = |samples: &[Sample]| {
                let mut values: Vec<f64> = samples.iter().map(|sample| sample.value).collect();
                values.sort_unstable_by(f64::total_cmp);
                values
            };
            let [before, after] = [values(&stratum[first..split]), values(&stratum[split..end])];
            point.samples[0] += before.len() as u32;
            point.samples[1] += after.len() as u32;
            if let Some((lower, upper)) = median(&before).zip(median(&after)) {
                point.medians.push((index, lower, upper));
                sides.push([before, after]);
            }
        }
        let (before, after) = point.levels();
        if !point.medians.is_empty() && effect.is_reached(before, after) {
            let strata: Vec<Stratum> =
                sides.iter().map(|[before, after]| stratum(before, after, tests)).collect();
            point.p = combine(&strata);
        }
        point
    }
}

/// The test of a stratum, whose sides are sorted.
fn stratum(before: &[f64], after: &[f64], tests: &mut RankTests) -> Stratum {
    // How many pairs rise, and how many fall.
    let (mut rising, mut falling) = (0, 0);
    for value in before {
        let not_above = after.partition_point(|other| other <= value);
        falling += after.partition_point(|other| other < value);
        rising += after.len() - not_above;
    }
    let (before_count, after_count) = (before.len() as f64, after.len() as f64);
    Stratum {
        p: tests.mann_whitney(before, after),
        is_rise: rising > falling,
        weight: (before_count * after_count / (before_count + after_count)).sqrt(),
    }
}

/// By sample: its rank minus the mean, divided by the standard deviation of the ranks. Equal values share
/// their mean rank; if all are equal, all ranks are 0.
fn standardized_ranks(stratum: &[Sample]) -> Vec<f64> {
    let values: Vec<f64> = stratum.iter().map(|sample| sample.value).collect();
    let order = natural::by_number(&values, false);
    let mut ranks = vec![0.0; values.len()];
    let middle = (values.len() as f64 + 1.0) / 2.0;
    let mut from = 0;
    while from < order.len() {
        let value = values[order[from] as usize];
        let equal = order[from..].iter().take_while(|&&at| values[at as usize] == value).count();
        let rank = from as f64 + (equal as f64 + 1.0) / 2.0 - middle;
        order[from..from + equal].iter().for_each(|&at| ranks[at as usize] = rank);
        from += equal;
    }
    let deviation = (ranks.iter().map(|rank| rank * rank).sum::<f64>() / ranks.len() as f64).sqrt();
    if deviation > 0.0 {
        ranks.iter_mut().for_each(|rank| *rank /= deviation);
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::super::statistics::adjust;
    use super::*;
    use proptest::prelude::*;

    fn change_points(strata: &[Vec<Sample>], effect: Effect) -> Found {
        super::change_points(strata, effect, &mut RankTests::default())
    }

    const ANY: Effect = Effect { ratio: 1.0, least: 0.0 };

    fn line(values: &[f64]) -> Vec<Sample> {
        (0..).zip(values).map(|(step, &value)| Sample { step, value }).collect()
    }

    fn splits(values: &[f64]) -> Vec<usize> {
        let strata = [line(values)];
        Series::new(&strata).unwrap().pelt(PENALTY * (values.len() as f64).ln())
    }

    /// By ruptures 1.1.10, which has the same cost and penalty, and no shortcut for a minimum length:
    /// `Dynp(model="rank", min_size=4, jump=1)` for each number of splits, and the cheapest of these with
    /// `pen = 2 * log(n)` for each split.
    #[test]
    fn pelt_agrees_with_ruptures() {
        let cases: &[(&[f64], &[usize])] = &[
            (
                &[
                    10.0, 10.3, 9.73, 9.11, 9.55, 9.01, 10.06, 11.34, 13.51, 13.38, 14.49, 14.36, 14.11,
                    13.07, 13.97, 14.7,
                ],
                &[8],
            ),
            (
                &[
                    3.66, 4.54, 3.1, 3.71, 3.16, 4.76, 3.73, 500.0, 5.16, 4.81, 2.48, 4.46, 4.95, 5.11, 3.47,
                    4.52, 4.02, 4.19, 6.06, 4.19,
                ],
                &[],
            ),
            (
                &[
                    0.99, 1.18, 0.88, 0.98, 1.02, 1.01, 2.75, 3.02, 3.27, 2.69, 3.17, 1.02, 0.87, 1.4, 1.15,
                    0.76, 1.01, 1.12,
                ],
                &[],
            ),
            (
                &[
                    99.06, 103.41, 99.67, 103.34, 107.19, 96.62, 101.02, 97.68, 100.64, 94.06, 97.1, 99.02,
                    104.49, 105.73, 93.38, 86.03, 93.23, 80.04, 87.68, 89.51, 96.29, 93.45, 88.36, 88.16,
                    88.75, 97.62, 87.86, 88.48, 91.76, 89.4, 89.01, 84.43, 89.94, 87.78, 95.83, 93.27, 89.88,
                    93.34, 88.3, 95.26,
                ],
                &[14],
            ),
            (&[2.0, 2.06, 1.87, 2.03, 2.33, 2.3, 2.47, 2.41], &[4]),
            (&[9.8, 10.9, 12.2, 14.1, 16.0, 18.3, 20.1, 22.7], &[4]),
            (
                &[
                    10.0, 12.0, 9.0, 9.0, 10.0, 10.0, 10.0, 10.0, 11.0, 11.0, 9.0, 10.0, 10.0, 9.0, 10.0,
                    9.0, 11.0, 10.0, 10.0, 9.0,
                ],
                &[],
            ),
            (
                &[
                    0.96, 0.4, 0.66, 1.11, 0.36, 1.25, 0.48, 1.23, 0.75, 1.23, 1.04, 0.54, 1.87, 1.93, 1.48,
                    1.42, 1.45, 1.21, 1.83, 1.34, 1.48, 1.96, 2.01, 1.82, 2.58, 2.15, 2.49, 2.2, 1.99, 2.1,
                    2.03, 2.2, 2.09, 2.11, 1.79, 0.76, 1.5, 0.8, 0.68, 1.1,
                ],
                &[12, 35],
            ),
        ];
        for (values, expected) in cases {
            assert_eq!(splits(values), *expected, "{values:?}");
        }
    }

    /// The same by trying every beginning of the last segment.
    fn exhaustive(series: &Series, penalty: f64) -> f64 {
        let end = series.steps.len();
        let mut best = vec![f64::INFINITY; end + 1];
        best[0] = -penalty;
        for to in 1..=end {
            for from in 0..to {
                if series.samples(from, to) >= LEAST_SAMPLES as u32 {
                    best[to] = best[to].min(best[from] + series.cost(from, to) + penalty);
                }
            }
        }
        best[end]
    }

    fn total(series: &Series, splits: &[usize], penalty: f64) -> f64 {
        let ends = splits.iter().copied().chain([series.steps.len()]);
        let mut from = 0;
        let mut total = -penalty;
        for to in ends {
            assert!(series.samples(from, to) >= LEAST_SAMPLES as u32, "{splits:?}");
            total += series.cost(from, to) + penalty;
            from = to;
        }
        total
    }

    proptest! {
        /// Pruning loses nothing, with any number of strata and samples per step.
        #[test]
        fn pelt_finds_the_least_cost(
            strata in proptest::collection::vec(proptest::collection::vec((0..3_u32, 0..20_u8), 4..30), 1..4),
            penalty in 0.0..12.0_f64,
        ) {
            let stratum = |steps: Vec<(u32, u8)>| {
                let mut step = 0;
                steps.into_iter().map(|(by, value)| { step += by; Sample { step, value: f64::from(value) } }).collect()
            };
            let strata: Vec<Vec<Sample>> = strata.into_iter().map(stratum).collect();
            if let Some(series) = Series::new(&strata) {
                let expected = exhaustive(&series, penalty);
                if expected.is_finite() {
                    let found = total(&series, &series.pelt(penalty), penalty);
                    prop_assert!((found - expected).abs() < 1e-9, "{found} instead of {expected}");
                }
            }
        }

        /// Neither unit nor outliers matter, and change points have enough samples on both sides.
        #[test]
        fn only_the_order_of_values_counts(values in proptest::collection::vec(0..9_u8, 8..40)) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let scaled: Vec<f64> = values.iter().map(|value| (value * 0.7).exp()).collect();
            prop_assert_eq!(splits(&values), splits(&scaled));
            for point in change_points(&[line(&values)], ANY).points {
                prop_assert!(point.samples.iter().all(|&samples| samples as usize >= LEAST_SAMPLES));
                prop_assert!(point.p > 0.0 && point.p < ALPHA);
            }
        }
    }

    #[test]
    fn a_change_is_found_with_its_levels() {
        let values = [2.0, 2.1, 1.9, 2.0, 2.2, 2.0, 3.1, 3.0, 2.9, 3.2, 3.0, 3.1];
        let found = change_points(&[line(&values)], ANY);
        let [point] = &found.points[..] else { panic!("{found:?}") };
        assert_eq!((point.step, point.samples, found.places), (6, [6, 6], 5));
        assert_eq!(point.levels(), (2.0, 3.05));
        assert!((point.ratio().unwrap() - 1.525).abs() < 1e-12);
        // By scipy: mannwhitneyu(values[:6], values[6:], method=PermutationMethod(n_resamples=np.inf)).pvalue
        assert!((point.p - 0.0021645021645021645).abs() < 1e-12, "{}", point.p);
        // A change that does not matter is none.
        let least = Effect { ratio: 1.0, least: 2.0 };
        assert_eq!(change_points(&[line(&values)], least), Found { is_long: true, ..Found::default() });
        let ratio = Effect { ratio: 1.6, least: 0.0 };
        assert_eq!(change_points(&[line(&values)], ratio).points, []);
        assert_eq!(change_points(&[line(&values[3..10])], ANY), Found::default());
    }

    /// Four samples of one DUT say too little, but four DUTs that move together say enough, whatever their level.
    #[test]
    fn strata_add_up() {
        let board = |level: f64| line(&[1.0, 1.1, 1.2, 1.05, 1.6, 1.7, 1.65, 1.8].map(|value| value * level));
        let one = change_points(&[board(1.0)], ANY);
        assert!(one.points[0].p > 0.02);
        let all = change_points(&[1.0, 30.0, 7.0, 0.2].map(board), ANY);
        let [point] = &all.points[..] else { panic!("{all:?}") };
        assert_eq!((point.step, point.samples, point.medians.len()), (4, [16, 16], 4));
        assert!(point.p < 0.0001, "{}", point.p);
        // If they move apart, nothing changed for all of them.
        let falling = |level: f64| {
            let mut stratum = board(level);
            stratum.iter_mut().for_each(|sample| sample.value = -sample.value);
            stratum
        };
        assert_eq!(change_points(&[board(1.0), falling(1.0)], ANY).points, []);
    }

    #[test]
    fn a_steady_drift_is_one_step_or_more() {
        let drift: Vec<f64> = (0..40).map(f64::from).collect();
        let found = change_points(&[line(&drift)], ANY);
        assert!(!found.points.is_empty() && found.points.len() < 8, "{found:?}");
        assert!(found.points.iter().all(|point| point.levels().1 > point.levels().0));
    }

    /// Numbers that look random, the same in every run: splitmix64.
    struct Random(u64);

    impl Random {
        fn unit(&mut self) -> f64 {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        }

        /// About normal: the sum of twelve.
        fn normal(&mut self) -> f64 {
            (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
        }

        /// A duration of a second, with a tenth of noise and now and then an outlier.
        fn duration(&mut self) -> f64 {
            let outlier = if self.unit() < 0.03 { 3.0 } else { 1.0 };
            outlier * (0.1 * self.normal()).exp()
        }
    }

    /// Searches tests with these series, and returns those with a change point at a step, after adjustment.
    fn found(tests: &[Vec<Vec<Sample>>], effect: Effect) -> Vec<(usize, u32)> {
        let (mut places, mut p, mut points) = (0, Vec::new(), Vec::new());
        for (test, strata) in tests.iter().enumerate() {
            let found = change_points(strata, effect);
            places += found.places;
            for point in found.points {
                p.push(point.p);
                points.push((test, point.step));
            }
        }
        adjust(&mut p, places);
        points.into_iter().zip(p).filter(|(_, p)| *p <= ALPHA).map(|(point, _)| point).collect()
    }

    fn series(random: &mut Random, duts: usize, steps: u32, change: Option<(u32, f64)>) -> Vec<Vec<Sample>> {
        let dut = |dut: usize| {
            let value = |random: &mut Random, step: u32| {
                let level = change.filter(|(from, _)| step >= *from).map_or(1.0, |(_, level)| level);
                level * (1.0 + dut as f64) * random.duration()
            };
            (0..steps).map(|step| Sample { step, value: value(random, step) }).collect()
        };
        (0..duts).map(dut).collect()
    }

    /// Without a change, a search of all tests raises any alarm in at most 5 % of cases, for one DUT and several,
    /// few sessions and many.
    #[test]
    fn where_nothing_changed_alarms_are_rare() {
        const SEARCHES: usize = 200;
        for (seed, duts, steps, tests) in
            [(1, 1, 40, 20), (2, 4, 10, 20), (3, 1, 20, 1), (4, 3, 30, 5), (5, 8, 8, 1)]
        {
            let mut random = Random(seed);
            let alarms = (0..SEARCHES)
                .filter(|_| {
                    let tests: Vec<_> = (0..tests).map(|_| series(&mut random, duts, steps, None)).collect();
                    !found(&tests, ANY).is_empty()
                })
                .count();
            // 5 % of 200 are 10; 19 or more have a probability of 0.5 %.
            assert!(alarms <= 18, "{alarms} of {SEARCHES} with {duts} DUTs and {steps} sessions");
        }
    }

    /// Of 100 tests, 10 get slower by a half. With 20 sessions of one DUT, at least three of four are found; with 60,
    /// or with 10 sessions of 4 DUTs, nine of ten; three of four of these at the very session. At most 5 % of what
    /// is found is false.
    #[test]
    fn a_known_change_is_found() {
        const SEARCHES: usize = 20;
        for (seed, duts, steps, at, power) in [(1, 1, 20, 10, 75), (2, 4, 10, 6, 90), (3, 1, 60, 45, 90)] {
            let mut random = Random(seed);
            let (mut changed, mut exact, mut wrong) = (0, 0, 0);
            for _ in 0..SEARCHES {
                let change = |test: usize| (test < 10).then_some((at, 1.5));
                let tests: Vec<_> =
                    (0..100).map(|test| series(&mut random, duts, steps, change(test))).collect();
                for (test, step) in found(&tests, Effect { ratio: 1.2, least: 0.1 }) {
                    changed += usize::from(test < 10);
                    exact += usize::from(test < 10 && step == at);
                    wrong += usize::from(test >= 10);
                }
            }
            let known = SEARCHES * 10;
            assert!(
                changed * 100 >= known * power,
                "{changed} of {known} with {duts} DUTs and {steps} sessions"
            );
            assert!(exact * 4 >= changed * 3, "{exact} of {known} at their place");
            assert!(wrong * 20 <= changed + wrong, "{wrong} beside {changed}");
        }
    }
}
