//! Tests of significance, and their correction for many tests.

use super::natural;
use rustc_hash::FxHashMap;
use statrs::distribution::{ContinuousCDF, Discrete, Hypergeometric, Normal};
use statrs::stats_tests::Alternative;
use statrs::stats_tests::fisher::fishers_exact;
use statrs::stats_tests::mannwhitneyu::{MannWhitneyUMethod, mannwhitneyu};

/// The share of false alarms that is accepted where nothing changed.
pub const ALPHA: f64 = 0.05;

/// The fewest samples on each side. With three against three, no exact test reaches [`ALPHA`].
pub const LEAST_SAMPLES: usize = 4;

/// Up to this many samples in total, the exact distribution of ranks is computed; beyond, the normal
/// approximation is good enough.
const EXACT_SAMPLES: usize = 20;

/// Fisher's exact test, two-sided: the probability of a table of passed and failing samples at least as
/// unlikely as this one, if both sides fail equally often.
///
/// R. A. Fisher, "On the interpretation of χ² from contingency tables", 1922.
pub fn fisher(before: [u32; 2], after: [u32; 2]) -> f64 {
    let table = [before[0], before[1], after[0], after[1]].map(u64::from);
    fishers_exact(&table, Alternative::TwoSided).map_or(1.0, |p| p.clamp(0.0, 1.0))
}

/// [`fisher`] for samples of several groups, such as sessions of several DUTs, which may fail at different rates: the
/// probability of a sum at least as unlikely as the observed one, if within each group both sides fail equally
/// often. A table has failing and passing samples of the one side, then of the other. With one table, it is
/// Fisher's test.
///
/// M. Zelen, "The analysis of several 2 × 2 contingency tables", 1971.
pub fn fisher_in_strata(tables: &[[u32; 4]]) -> f64 {
    match tables {
        [[a, b, c, d]] => fisher([*a, *b], [*c, *d]),
        tables => {
            let sums = sums_in_strata(tables);
            let least: u32 = tables.iter().map(|&table| least_failing(table)).sum();
            let observed = tables.iter().map(|table| table[0]).sum::<u32>() - least;
            at_most_as_likely(&sums, sums[observed as usize])
        }
    }
}

/// The least p-value that [`fisher_in_strata`] can give for tables with the same sums of rows and columns.
pub fn least_fisher(tables: &[[u32; 4]]) -> f64 {
    let sums = sums_in_strata(tables);
    at_most_as_likely(&sums, sums.iter().copied().fold(1.0, f64::min))
}

/// The least p-value that [`mann_whitney`] can give for so many samples.
pub fn least_mann_whitney(before: usize, after: usize) -> f64 {
    let ways = (0..before.min(after)).map(|taken| (before + after - taken) as f64 / (taken + 1) as f64);
    (2.0 / ways.product::<f64>()).min(1.0)
}

/// The sum of all probabilities up to this one. Equal ones may differ by rounding.
fn at_most_as_likely(probabilities: &[f64], limit: f64) -> f64 {
    let up_to = probabilities.iter().filter(|&&p| p <= limit * (1.0 + 1e-7));
    up_to.sum::<f64>().clamp(0.0, 1.0)
}

/// The fewest failing samples that the first side of a table can have.
fn least_failing([a, b, c, d]: [u32; 4]) -> u32 {
    (a + b + a + c).saturating_sub(a + b + c + d)
}

/// The probability of each number of failing samples on the first side, in all tables together, from the least on.
fn sums_in_strata(tables: &[[u32; 4]]) -> Vec<f64> {
    let mut sums = vec![1.0];
    for &table @ [a, b, c, d] in tables {
        let [all, failing, side] = [a + b + c + d, a + c, a + b].map(u64::from);
        let Ok(distribution) = Hypergeometric::new(all, failing, side) else {
            continue;
        };
        let range = u64::from(least_failing(table))..=failing.min(side);
        let of_table: Vec<f64> = range.map(|count| distribution.pmf(count)).collect();
        let mut next = vec![0.0; sums.len() + of_table.len() - 1];
        for (at, sum) in sums.iter().enumerate() {
            for (more, p) in of_table.iter().enumerate() {
                next[at + more] += sum * p;
            }
        }
        sums = next;
    }
    sums
}

/// The Mann–Whitney U test, two-sided: the probability of ranks that differ at least as much as these,
/// if both sides have the same distribution. Samples are finite numbers; ties share their mean rank.
///
/// Few samples are tested exactly, given the ties; more by the normal approximation with corrections
/// for ties and continuity. H. B. Mann and D. R. Whitney, "On a test of whether one of two random
/// variables is stochastically larger than the other", 1947.
pub fn mann_whitney(before: &[f64], after: &[f64]) -> f64 {
    RankTests::default().mann_whitney(before, after)
}

/// Many Mann–Whitney tests. The p-value of samples without ties follows from their numbers and the sum of ranks,
/// so it is computed once.
#[derive(Default)]
pub struct RankTests {
    /// By number of samples before, of all samples, and twice the sum of ranks before.
    known: FxHashMap<(usize, usize, usize), f64>,
}

impl RankTests {
    /// See [`mann_whitney`].
    pub fn mann_whitney(&mut self, before: &[f64], after: &[f64]) -> f64 {
        if before.is_empty() || after.is_empty() {
            return 1.0;
        }
        if before.len() + after.len() <= EXACT_SAMPLES {
            return self.exact(before, after);
        }
        let method = MannWhitneyUMethod::AsymptoticInclContinuityCorrection;
        let tested = mannwhitneyu(before, after, method, Alternative::TwoSided);
        // All values are equal: the approximation divides by 0.
        tested.map_or(1.0, |(_, p)| if p.is_nan() { 1.0 } else { p })
    }

    fn exact(&mut self, before: &[f64], after: &[f64]) -> f64 {
        let mut values: Vec<f64> = before.iter().chain(after).copied().collect();
        values.sort_unstable_by(f64::total_cmp);
        // Twice the mean ranks, which are integers.
        let rank = |value: f64| {
            let below = values.partition_point(|have| *have < value);
            let up_to = values.partition_point(|have| *have <= value);
            below + up_to + 1
        };
        let observed: usize = before.iter().map(|&value| rank(value)).sum();
        let ranks: Vec<usize> = values.iter().map(|&value| rank(value)).collect();
        if values.windows(2).any(|pair| pair[0] == pair[1]) {
            return exact_rank_sum(&ranks, before.len(), observed);
        }
        let key = (before.len(), values.len(), observed);
        *self.known.entry(key).or_insert_with(|| exact_rank_sum(&ranks, before.len(), observed))
    }
}

/// Twice the share of all ways to choose so many of the samples whose sum of ranks is at most the observed one,
/// or at least, whichever are fewer. All ranks are doubled.
///
/// Counts subsets by size and sum, one sample after the other. The library's exact method goes through
/// all subsets, and refuses ties.
fn exact_rank_sum(ranks: &[usize], chosen: usize, observed: usize) -> f64 {
    let greatest = ranks.len() * (ranks.len() + 1);
    // By size, then sum: how many subsets.
    let mut subsets = vec![vec![0.0_f64; greatest + 1]; chosen + 1];
    subsets[0][0] = 1.0;
    for &rank in ranks {
        for size in (1..=chosen).rev() {
            let (smaller, larger) = subsets.split_at_mut(size);
            for sum in rank..=greatest {
                larger[0][sum] += smaller[size - 1][sum - rank];
            }
        }
    }
    let subsets = &subsets[chosen];
    let (low, high): (f64, f64) = (subsets[..=observed].iter().sum(), subsets[observed..].iter().sum());
    (2.0 * low.min(high) / subsets.iter().sum::<f64>()).min(1.0)
}

/// A two-sided test of one stratum, such as a DUT.
#[derive(Clone, Copy, Debug)]
pub struct Stratum {
    /// The p-value.
    pub p: f64,
    /// The values rose; else they fell.
    pub is_rise: bool,
    /// How much it counts.
    pub weight: f64,
}

/// Combines independent tests of one question, two-sided: the probability of a weighted sum of z-values at
/// least as far from 0 as this one, if nothing changed in any stratum. One stratum keeps its p-value.
///
/// S. A. Stouffer et al., "The American soldier", 1949; with weights by T. Lipták, "On the combination of
/// independent tests", 1958.
pub fn combine(strata: &[Stratum]) -> f64 {
    if let [one] = strata {
        return one.p;
    }
    let normal = Normal::standard();
    let z = |stratum: &Stratum| {
        // The least positive p-value has a finite z-value.
        let z = -normal.inverse_cdf((stratum.p / 2.0).clamp(f64::MIN_POSITIVE, 0.5));
        stratum.weight * if stratum.is_rise { z } else { -z }
    };
    let spread = strata.iter().map(|stratum| stratum.weight * stratum.weight).sum::<f64>().sqrt();
    if spread == 0.0 {
        return 1.0;
    }
    let z = strata.iter().map(z).sum::<f64>() / spread;
    (2.0 * normal.cdf(-z.abs())).min(1.0)
}

/// The median of sorted numbers: the middle one, or the mean of the two middle ones.
pub fn median(sorted: &[f64]) -> Option<f64> {
    let (low, high) = (sorted.len().checked_sub(1)? / 2, sorted.len() / 2);
    Some(sorted[low] / 2.0 + sorted[high] / 2.0)
}

/// The two-sided quantile of the normal distribution for a confidence of 95 %.
const Z_95: f64 = 1.959_963_984_540_054;

/// The Wilson score interval of a share: the range that has the true share with a confidence of 95 %, given that
/// something happened `times` of `of`. All of it, from 0 to 1, without any sample.
///
/// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927. The library has no
/// interval of shares.
pub fn wilson(times: u32, of: u32) -> (f64, f64) {
    if of == 0 {
        return (0.0, 1.0);
    }
    let (share, of) = (f64::from(times.min(of)) / f64::from(of), f64::from(of));
    let squared = Z_95 * Z_95;
    let center = share + squared / (2.0 * of);
    let margin = Z_95 * (share * (1.0 - share) / of + squared / (4.0 * of * of)).sqrt();
    let scale = 1.0 + squared / of;
    // Rounding may leave the range of shares.
    (((center - margin) / scale).max(0.0), ((center + margin) / scale).min(1.0))
}

/// The median of numbers in any order.
pub fn median_of(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.sort_unstable_by(f64::total_cmp);
    median(&numbers)
}

/// Adjusts p-values for the number of tests, so that of those below [`ALPHA`] no more than this share is
/// expected to be false. `tests` counts all tests; those that are not in `p` have a p-value of 1.
///
/// Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", 1995.
pub fn adjust(p: &mut [f64], tests: usize) {
    let order = natural::by_number(p, false);
    let mut least: f64 = 1.0;
    for (rank, at) in order.into_iter().enumerate().rev() {
        let p = &mut p[at as usize];
        least = least.min(*p * (tests as f64 / (rank + 1) as f64));
        *p = least;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-9 * expected.max(1e-3), "{found} instead of {expected}");
    }

    /// By scipy 1.13.1: `fisher_exact([[a, b], [c, d]]).pvalue`.
    #[test]
    fn fisher_agrees_with_scipy() {
        for (before, after, expected) in [
            ([4, 0], [0, 4], 0.028571428571428567),
            ([8, 0], [4, 4], 0.07692307692307693),
            ([5, 1], [2, 4], 0.24242424242424246),
            ([20, 0], [17, 3], 0.23076923076923084),
            ([12, 5], [29, 2], 0.08026855207410463),
            ([1, 9], [11, 3], 0.0027594561852200836),
            ([100, 2], [90, 12], 0.01014743087115805),
            ([3, 3], [3, 3], 1.0),
        ] {
            close(fisher(before, after), expected);
        }
    }

    /// By scipy 1.17.1: the distribution of the sum is the convolution of `hypergeom(n, a + c, a + b).pmf`, and
    /// the p-value is the sum of what is at most as likely as the observed sum.
    #[test]
    fn strata_agree_with_scipy() {
        let cases: &[(&[[u32; 4]], f64, f64)] = &[
            (&[[3, 0, 0, 7]], 0.008333333333333333, 0.008333333333333333),
            (&[[4, 1, 1, 4], [3, 2, 0, 5]], 0.020502645502645505, 0.0006613756613756614),
            (&[[2, 3, 2, 3], [1, 4, 4, 1], [0, 2, 3, 3]], 0.13111435050210565, 1.0123096857790739e-05),
            (&[[5, 0, 0, 5], [0, 4, 0, 6]], 0.007936507936507938, 0.007936507936507938),
            (&[[8, 2, 3, 9], [1, 9, 0, 10], [6, 1, 2, 5]], 0.0012906439436565658, 3.965233781856787e-08),
        ];
        for (tables, expected, least) in cases {
            close(fisher_in_strata(tables), *expected);
            close(least_fisher(tables), *least);
        }
        assert_eq!(fisher_in_strata(&[]), 1.0);
        close(least_mann_whitney(4, 4), 2.0 / 70.0);
        close(least_mann_whitney(1, 3), 0.5);
    }

    /// By scipy 1.13.1: `mannwhitneyu(a, b, method="exact").pvalue`.
    #[test]
    fn mann_whitney_agrees_with_scipy_without_ties() {
        let cases: &[(&[f64], &[f64], f64)] = &[
            (&[5.346, 5.822, 5.33, 3.697], &[14.905, 14.446, 13.463, 14.581], 0.02857142857142857),
            (&[5.365, 5.294, 5.028, 5.547], &[4.764, 5.337, 5.018, 6.099], 0.6857142857142857),
            (
                &[5.04, 4.708, 4.218, 4.743, 5.008],
                &[5.724, 7.294, 7.007, 3.289, 4.111, 5.825, 5.578, 6.214, 6.217],
                0.11188811188811189,
            ),
            (
                &[7.118, 3.888, 4.622, 7.043, 5.647, 5.663, 4.486, 3.352, 5.167],
                &[6.109, 4.773, 5.317, 5.928, 5.055],
                0.6063936063936064,
            ),
            (
                &[4.902, 5.095, 5.036, 4.494, 5.594, 5.891, 5.321, 4.182, 5.732, 4.499],
                &[6.579, 4.628, 6.614, 5.68, 4.451, 5.386, 5.754, 5.973, 4.718, 4.593],
                0.31499924224382436,
            ),
            (
                &[5.2, 4.533, 5.236, 5.76],
                &[
                    5.351, 7.254, 8.225, 6.702, 6.189, 7.752, 7.253, 7.896, 6.655, 5.518, 6.89, 6.554, 7.775,
                    7.194, 5.369, 5.805,
                ],
                0.002889576883384933,
            ),
        ];
        for (before, after, expected) in cases {
            close(mann_whitney(before, after), *expected);
        }
    }

    /// By scipy 1.13.1: `mannwhitneyu(a, b, method=PermutationMethod(n_resamples=np.inf)).pvalue`, which
    /// goes through all permutations.
    #[test]
    fn mann_whitney_agrees_with_scipy_with_ties() {
        let cases: &[(&[f64], &[f64], f64)] = &[
            (&[0.0, 0.0, 2.0, 2.0], &[2.0, 1.0, 1.0, 2.0], 0.6571428571428571),
            (&[2.0, 0.0, 0.0, 2.0], &[2.0, 0.0, 1.0, 1.0, 1.0], 1.0),
            (&[0.0, 2.0, 1.0, 2.0, 1.0], &[3.0, 1.0, 2.0, 3.0, 4.0, 2.0], 0.1038961038961039),
            (&[0.0, 1.0, 1.0, 1.0], &[2.0, 2.0, 3.0, 3.0], 0.02857142857142857),
        ];
        for (before, after, expected) in cases {
            close(mann_whitney(before, after), *expected);
        }
    }

    /// By scipy 1.13.1: `mannwhitneyu(a, b, method="asymptotic").pvalue`.
    #[test]
    fn mann_whitney_of_many_agrees_with_scipy() {
        let cases: &[(&[f64], &[f64], f64)] = &[
            (
                &[4.9, 5.7, 6.2, 5.4, 4.1, 3.5, 6.8, 4.9, 4.3, 5.1, 4.8, 5.9, 5.0, 5.0, 4.3],
                &[6.1, 4.6, 6.3, 7.1, 4.1, 3.1, 6.2, 8.1, 4.6, 4.3, 6.2, 4.8, 5.1, 5.3, 6.1],
                0.394368021761908,
            ),
            (
                &[
                    4.59, 5.28, 4.82, 4.16, 4.68, 4.05, 5.01, 3.88, 3.91, 6.46, 4.95, 4.95, 5.51, 4.58, 4.77,
                    5.43, 5.28, 3.84, 5.83, 4.41, 3.94, 4.1, 4.61, 6.63, 3.82, 5.16, 2.86, 5.0, 5.9, 4.76,
                ],
                &[4.77, 5.63, 6.1, 6.06, 7.37, 5.61, 4.81, 5.27, 5.33, 5.51, 5.37, 5.57],
                0.0020904401451592976,
            ),
            (
                &[
                    3.3, 5.8, 4.4, 3.8, 5.6, 6.3, 5.5, 5.2, 4.1, 7.9, 5.9, 3.9, 4.2, 5.1, 3.4, 5.2, 4.5, 6.2,
                    6.0, 2.3, 5.0, 3.4, 6.1, 5.2, 5.5,
                ],
                &[
                    3.9, 6.8, 7.0, 3.9, 5.4, 4.3, 5.0, 3.7, 6.9, 4.0, 4.7, 5.5, 4.4, 4.8, 4.4, 4.9, 3.8, 4.6,
                    4.8, 4.7, 5.1, 4.7, 5.8, 4.7, 4.9, 4.3, 4.5, 3.7, 5.5, 3.9, 4.3, 5.4, 5.4, 4.6, 3.0, 5.4,
                    5.3, 3.6, 5.8, 4.3,
                ],
                0.3952407960616996,
            ),
        ];
        for (before, after, expected) in cases {
            close(mann_whitney(before, after), *expected);
        }
    }

    /// By scipy 1.13.1: `false_discovery_control(p)`.
    #[test]
    fn adjusting_agrees_with_scipy() {
        let mut p =
            [1.0, 0.06, 0.205, 0.9, 0.074, 0.222, 0.001, 0.216, 0.251, 0.008, 0.039, 0.041, 0.212, 0.042];
        let expected = [
            1.0,
            0.14,
            0.28254545454545454,
            0.9692307692307692,
            0.148,
            0.28254545454545454,
            0.014,
            0.28254545454545454,
            0.29283333333333333,
            0.056,
            0.1176,
            0.1176,
            0.28254545454545454,
            0.1176,
        ];
        let tests = p.len();
        adjust(&mut p, tests);
        p.iter().zip(expected).for_each(|(found, expected)| close(*found, expected));
    }

    /// By scipy 1.17.1: `binomtest(times, of).proportion_ci(method="wilson")`.
    #[test]
    fn wilson_agrees_with_scipy() {
        for (times, of, low, high) in [
            (0, 1, 0.0, 0.7934506856227626),
            (1, 1, 0.20654931437723745, 1.0),
            (1, 2, 0.09453120573423074, 0.9054687942657693),
            (2, 5, 0.11762077423264794, 0.769275718723987),
            (11, 36, 0.18004451594829918, 0.4685627285051033),
            (0, 40, 0.0, 0.08762160119728662),
            (40, 40, 0.9123783988027133, 1.0),
            (500, 1000, 0.4690696003681042, 0.5309303996318958),
            (3, 1_000_000, 1.0202712409681223e-06, 8.821149774312435e-06),
        ] {
            let found = wilson(times, of);
            close(found.0, low);
            close(found.1, high);
        }
        assert_eq!(wilson(0, 0), (0.0, 1.0));
    }

    /// By scipy 1.17.1: twice `norm.sf(abs(z))` of `z = combine_pvalues(p, method="stouffer", weights=w).statistic`,
    /// where the one-sided `p` of a rise is half of ours, and of a fall the rest.
    #[test]
    fn combining_agrees_with_scipy() {
        let strata = |p: &[f64], weights: &[f64], rises: &[bool]| -> Vec<Stratum> {
            let stratum = |((&p, &weight), &is_rise)| Stratum { p, weight, is_rise };
            p.iter().zip(weights).zip(rises).map(stratum).collect()
        };
        for (p, weights, rises, expected) in [
            (&[0.0286, 0.0286][..], &[1.0, 1.0][..], &[true, true][..], 0.0019638068721091737),
            (&[0.2, 0.01, 0.5], &[1.0, 2.0, 1.5], &[true, true, false], 0.04406358199715105),
            (&[0.04, 0.3], &[1.25, 1.0], &[false, true], 0.3389440950640915),
            (&[1.0, 0.5], &[1.0, 1.0], &[true, true], 0.633407499183923),
        ] {
            close(combine(&strata(p, weights, rises)), expected);
        }
        assert_eq!(combine(&strata(&[0.03], &[2.0], &[false])), 0.03);
        assert_eq!(combine(&[]), 1.0);
        assert!(combine(&strata(&[0.0, 1e-300], &[1.0, 1.0], &[true, true])) < 1e-12);
    }

    #[test]
    fn tests_that_were_not_computed_count_as_1() {
        let mut some = [0.001, 0.04];
        adjust(&mut some, 4);
        let mut all = [0.001, 0.04, 1.0, 1.0];
        adjust(&mut all, 4);
        assert_eq!(some[..], all[..2]);
    }

    #[test]
    fn nothing_to_compare_is_no_evidence() {
        assert_eq!(fisher([0, 0], [3, 4]), 1.0);
        assert_eq!(fisher([9, 0], [9, 0]), 1.0);
        assert_eq!(mann_whitney(&[], &[1.0]), 1.0);
        assert_eq!(mann_whitney(&[1.0; 4], &[1.0; 4]), 1.0);
        assert_eq!(mann_whitney(&[1.0; 30], &[1.0; 30]), 1.0);
        adjust(&mut [], 0);
    }

    proptest! {
        #[test]
        fn the_sides_are_alike(
            before in proptest::collection::vec(0..9_u8, 1..30),
            after in proptest::collection::vec(0..9_u8, 1..30),
        ) {
            let [before, after] = [before, after].map(|side| side.into_iter().map(f64::from).collect::<Vec<_>>());
            let p = mann_whitney(&before, &after);
            prop_assert!((0.0..=1.0).contains(&p));
            prop_assert!((p - mann_whitney(&after, &before)).abs() < 1e-9);
        }

        #[test]
        fn adjusted_values_keep_their_order(mut p in proptest::collection::vec(0.0..1.0_f64, 1..40)) {
            p.sort_by(f64::total_cmp);
            let before = p.clone();
            let tests = p.len();
            adjust(&mut p, tests);
            prop_assert!(p.windows(2).all(|pair| pair[0] <= pair[1]));
            prop_assert!(p.iter().zip(&before).all(|(after, before)| after >= before && *after <= 1.0));
        }
    }
}
