//! Measured values: one type for all formats that have them.

use crate::model::{Outcome, decimal};
use crate::text::short;
use serde::{Deserialize, Serialize};

/// A value that a test measured. Fields that the format does not have stay empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Name: `supply_voltage`.
    pub name: String,
    /// The value as the file spells it: `3.30`, `SN12`, `[[1, 2.5]]`; empty
    /// if it was not measured.
    pub text: String,
    /// The value as a finite number, if it is one.
    pub number: Option<f64>,
    /// Unit: `V`, `µs`, `bytes`.
    pub unit: String,
    /// Lower limit, in the same unit.
    pub lower: Option<f64>,
    /// Upper limit, in the same unit.
    pub upper: Option<f64>,
    /// Standard deviation, in the same unit.
    pub deviation: Option<f64>,
    /// The rule that it must satisfy, as the file words it: `'x' matches /^SN/`.
    pub rule: String,
    /// Its own verdict, if it has one.
    pub outcome: Option<Outcome>,
}

impl Measurement {
    /// Returns a measurement of a value as the file spells it.
    pub fn new(name: &str, text: &str, unit: &str) -> Measurement {
        Measurement {
            name: name.to_owned(),
            text: text.to_owned(),
            number: decimal(text.trim()).filter(|number| number.is_finite()),
            unit: unit.to_owned(),
            ..Measurement::default()
        }
    }

    /// Sets the standard deviation, given in percent of the value.
    pub fn with_deviation_percent(self, percent: Option<f64>) -> Measurement {
        let deviation = self.number.zip(percent).map(|(number, percent)| (number * percent / 100.0).abs());
        Measurement { deviation, ..self }
    }

    /// Writes `supply_voltage 3.30 V ± 0.5 %`, and the rule if it is violated.
    fn write(&self, into: &mut String) {
        into.push_str(&self.name);
        for part in [&self.text, &self.unit] {
            if !part.is_empty() {
                into.push(' ');
                into.push_str(part);
            }
        }
        if let Some((deviation, number)) =
            self.deviation.zip(self.number).filter(|(_, number)| *number != 0.0)
        {
            into.push_str(" ± ");
            into.push_str(&short((deviation / number * 100.0).abs()));
            into.push_str(" %");
        }
        if self.outcome == Some(Outcome::Failed) && !self.rule.is_empty() {
            into.push_str(" (not ");
            into.push_str(&self.rule);
            into.push(')');
        }
    }
}

/// Returns measurements in a line, for messages.
pub fn in_a_line<'a>(measurements: impl IntoIterator<Item = &'a Measurement>) -> String {
    let mut line = String::new();
    for measurement in measurements {
        if line.len() > crate::import::limits::MESSAGE_BYTES {
            break;
        }
        if !line.is_empty() {
            line.push_str(", ");
        }
        measurement.write(&mut line);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measurements_in_a_line() {
        let voltage = Measurement::new("vcc", "3.30", "V").with_deviation_percent(Some(0.5));
        assert_eq!((voltage.number, voltage.deviation), (Some(3.3), Some(0.0165)));
        let failed =
            Measurement { outcome: Some(Outcome::Failed), rule: "x < 3".to_owned(), ..voltage.clone() };
        assert_eq!(in_a_line([&failed]), "vcc 3.30 V ± 0.5 % (not x < 3)");
        let measurements =
            [voltage, Measurement::new("serial", "SN12", ""), Measurement::new("current", "", "A")];
        assert_eq!(in_a_line(&measurements), "vcc 3.30 V ± 0.5 %, serial SN12, current A");
        for text in ["", "NaN", "inf", "1e999", "1,5", "0x10"] {
            assert_eq!(Measurement::new("x", text, "").number, None, "{text}");
        }
        let none = Measurement::new("x", "0", "").with_deviation_percent(Some(3.0));
        assert_eq!(in_a_line([&none]), "x 0");
    }
}
