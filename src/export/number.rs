//! Numbers in exports.

use crate::text::rounded;
use serde::{Serialize, Serializer};

/// A number that is written with at most six decimals, and without a decimal
/// point if it is whole.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Number(f64);

impl Number {
    /// Returns a number; `None` if it is missing, infinite or NaN.
    pub fn new(number: impl Into<Option<f64>>) -> Option<Number> {
        number.into().filter(|number| number.is_finite()).map(Number)
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = rounded(self.0);
        let whole = number as i64;
        // Larger ones are shorter with an exponent.
        if whole as f64 == number && number.abs() < 1e15 {
            serializer.serialize_i64(whole)
        } else {
            serializer.serialize_f64(number)
        }
    }
}

/// A pass rate in words. Only 1 is "100 %", and only 0 is "0 %".
pub fn percent(rate: f64) -> String {
    match rate {
        1.0 => "100 %".to_owned(),
        0.0 => "0 %".to_owned(),
        rate => format!("{:.1} %", (rate * 100.0).clamp(0.1, 99.9)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_exact() {
        for (number, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (7.7, "7.7"),
            (0.000_01, "0.00001"),
            (1.000_000_4, "1"),
            (0.999_999_9, "1"),
            (-1.05, "-1.05"),
            (1_234_567.890_12, "1234567.89012"),
        ] {
            let number = Number::new(number);
            assert_eq!(serde_json::to_string(&number).unwrap(), expected);
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.serialize(number).unwrap();
            assert_eq!(writer.into_inner().unwrap(), format!("{expected}\n").as_bytes());
        }
        assert_eq!(serde_json::to_string(&Number::new(2e300)).unwrap(), "2e+300");
        for missing in [None, Some(f64::NAN), Some(f64::INFINITY)] {
            assert_eq!(Number::new(missing), None);
        }
    }
}
