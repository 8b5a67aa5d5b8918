//! Measurements of a benchmark: `71705.62 0.0048 278.92 0.0048`.
//!
//! `tests/run-perfbench.py` prints the mean duration of a test in microseconds, its standard
//! deviation in percent, and the same for its score. Less time is better, and more score is better.

use crate::import::details::Measurement;
use crate::model::decimal;

/// Returns the measurements in a text that contains nothing else.
pub fn measures_in(text: &str) -> Option<[Measurement; 2]> {
    let mut words = text.split_ascii_whitespace();
    let mut measure = |name: &str, unit: &str| {
        let (mean, deviation) = (words.next()?, decimal(words.next()?)?);
        let measured = Measurement::new(name, mean, unit).with_deviation_percent(Some(deviation));
        measured.number.is_some().then_some(measured)
    };
    let measures = [measure("time", "µs")?, measure("score", "")?];
    words.next().is_none().then_some(measures)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::details::in_a_line;

    #[test]
    fn only_four_numbers_are_measurements() {
        let measures = measures_in("71705.62 0.0048 278.92 0.0048").unwrap();
        assert_eq!(in_a_line(&measures), "time 71705.62 µs ± 0.0048 %, score 278.92 ± 0.0048 %");
        assert_eq!(measures[1].number, Some(278.92));
        for text in ["", "1 2 3", "1 2 3 4 5", "1 2 3 x", "too large", "CRASH: x"] {
            assert_eq!(measures_in(text), None, "{text}");
        }
    }
}
