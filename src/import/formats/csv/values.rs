//! The values of fields: names, outcomes and durations.

use crate::import::number;
use crate::model::Outcome;

/// Returns a test's name with its parameters in brackets.
pub(super) fn with_parameters(name: &str, parameters: &str) -> String {
    match parameters {
        "" => name.to_owned(),
        parameters => format!("{name}[{parameters}]"),
    }
}

/// Parses an outcome: the words of the field, and those that people write.
pub(super) fn outcome(word: &str) -> Option<Outcome> {
    Outcome::from_native(word).or_else(|| {
        Some(match word.to_ascii_lowercase().as_str() {
            "nok" | "ng" | "not passed" => Outcome::Failed,
            "n/a" | "na" | "not tested" | "not executed" | "open" | "-" => Outcome::NotRun,
            _ => return None,
        })
    })
}

/// Parses a duration in seconds; `scale` is the unit of the column, for fields without their own.
pub(super) fn seconds(text: &str, scale: f64) -> Option<f64> {
    let has_unit = text.contains(|c: char| c == ':' || c.is_alphabetic() && c != 'e' && c != 'E');
    number::seconds(text).map(|seconds| if has_unit { seconds } else { seconds * scale })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_of_a_field_replaces_that_of_its_column() {
        assert_eq!(seconds("0,5", 1.0), Some(0.5));
        assert_eq!(seconds("500", 1e-3), Some(0.5));
        assert_eq!(seconds("5 s", 1e-3), Some(5.0));
        assert_eq!(seconds("00:01:02.5", 1e-3), Some(62.5));
        assert_eq!(seconds("12:30", 1.0), None);
    }
}
