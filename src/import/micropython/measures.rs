//! What a benchmark measured: `71705.62 0.0048 278.92 0.0048`.
//!
//! `tests/run-perfbench.py` prints the mean of a test's time in microseconds,
//! its standard deviation in percent of that, and the same of its score. Less
//! time is better, and so is more score.

use crate::model::decimal;
use std::fmt;

/// Four numbers, as they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measures<'a> {
    time_us: &'a str,
    time_sd: &'a str,
    score: &'a str,
    score_sd: &'a str,
}

/// The measures in a text that is nothing else.
pub fn measures_in(text: &str) -> Option<Measures<'_>> {
    let mut words = text.split_ascii_whitespace();
    let mut number = || words.next().filter(|word| decimal(word).is_some());
    let measures = Measures { time_us: number()?, time_sd: number()?, score: number()?, score_sd: number()? };
    words.next().is_none().then_some(measures)
}

impl fmt::Display for Measures<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Measures { time_us, time_sd, score, score_sd } = self;
        write!(f, "{time_us} µs ± {time_sd} %, score {score} ± {score_sd} %")
    }
}

impl Measures<'_> {
    /// For the details: names say what is measured and in which unit.
    pub fn properties(&self) -> [(String, String); 4] {
        [
            ("time_us_mean", self.time_us),
            ("time_sd_percent", self.time_sd),
            ("score_mean", self.score),
            ("score_sd_percent", self.score_sd),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_numbers_and_nothing_else() {
        let measures = measures_in("71705.62 0.0048 278.92 0.0048").unwrap();
        assert_eq!(measures.to_string(), "71705.62 µs ± 0.0048 %, score 278.92 ± 0.0048 %");
        assert_eq!(measures.properties()[2], ("score_mean".to_owned(), "278.92".to_owned()));
        for text in ["", "1 2 3", "1 2 3 4 5", "1 2 3 x", "too large", "CRASH: x"] {
            assert_eq!(measures_in(text), None, "{text}");
        }
    }
}
