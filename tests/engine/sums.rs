//! Sums do not depend on the order of results.

use passgrid::model::{Counts, Flags, Outcome};
use proptest::prelude::*;

/// An outcome, flakiness and a duration in milliseconds, or none.
fn result() -> impl Strategy<Value = (usize, bool, Option<u32>)> {
    (0..8_usize, any::<bool>(), proptest::option::of(0..1_000_000_u32))
}

fn counts_of(results: &[(usize, bool, Option<u32>)]) -> Counts {
    let mut counts = Counts::default();
    for &(outcome, flaky, ms) in results {
        let flags = if flaky { Flags::FLAKY } else { Flags::default() };
        counts.add(Outcome::ALL[outcome], flags, ms.map_or(f64::NAN, |ms| f64::from(ms) / 1000.0));
    }
    counts
}

/// The same figures; sums of binary fractions may differ in their last bits.
fn is_same(a: &Counts, b: &Counts) -> bool {
    Outcome::ALL.iter().all(|&outcome| a.of(outcome) == b.of(outcome))
        && a.flaky == b.flaky
        && a.duration_s.is_some() == b.duration_s.is_some()
        && (a.duration_s.unwrap_or(0.0) - b.duration_s.unwrap_or(0.0)).abs() < 1e-6
}

proptest! {
    #[test]
    fn outcomes_add_up(results in proptest::collection::vec(result(), 0..60)) {
        let counts = counts_of(&results);
        let of_outcomes: u32 = Outcome::ALL.iter().map(|&outcome| counts.of(outcome)).sum();
        prop_assert_eq!(of_outcomes, results.len() as u32);
        prop_assert_eq!(counts.results(), results.len() as u32);
        let executed = Outcome::ALL.iter().filter(|outcome| outcome.is_executed());
        prop_assert_eq!(executed.map(|&outcome| counts.of(outcome)).sum::<u32>(), counts.executed());
        let judged = counts.of(Outcome::Passed) + counts.failing();
        prop_assert_eq!(counts.pass_rate().is_some(), judged > 0);
        prop_assert!(counts.pass_rate().is_none_or(|rate| (0.0..=1.0).contains(&rate)));
    }

    #[test]
    fn merging_in_any_order_gives_the_same(
        parts in proptest::collection::vec(proptest::collection::vec(result(), 0..9), 0..9)
            .prop_flat_map(|parts| (Just(parts.clone()), Just(parts).prop_shuffle())),
    ) {
        let (parts, shuffled) = parts;
        let merged = |parts: &[Vec<_>]| {
            let mut all = Counts::default();
            for part in parts {
                all.merge(&counts_of(part));
            }
            all
        };
        let whole = counts_of(&parts.concat());
        prop_assert!(is_same(&merged(&parts), &whole));
        prop_assert!(is_same(&merged(&shuffled), &whole));
    }

    #[test]
    fn no_sum_is_infinite(durations in proptest::collection::vec(any::<f64>(), 0..9)) {
        let mut counts = Counts::default();
        for duration_s in durations.into_iter().filter(|seconds| !seconds.is_sign_negative()) {
            counts.add(Outcome::Passed, Flags::default(), duration_s);
        }
        prop_assert!(counts.duration_s.is_none_or(|seconds| seconds.is_finite() && seconds >= 0.0));
    }
}
