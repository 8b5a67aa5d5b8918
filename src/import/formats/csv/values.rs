//! The values of fields: names, outcomes and durations.

use crate::import::number;
use crate::model::{Outcome, decimal};

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

/// Parses a duration in seconds, or as hours, minutes and seconds.
pub(super) fn seconds(text: &str) -> Option<f64> {
    number::seconds(text).or_else(|| {
        let mut parts = text.split(':').map(|part| decimal(part).filter(|number| *number >= 0.0));
        let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
        parts.next().is_none().then_some((hours * 60.0 + minutes) * 60.0 + seconds)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(seconds("0,5"), Some(0.5));
        assert_eq!(seconds("00:01:02.5"), Some(62.5));
        assert_eq!(seconds("12:30"), None);
        assert_eq!(seconds("1:2:3:4"), None);
    }
}
