//! Numeric properties: which properties of a test are measured values.

use super::Measurement;
use crate::import::identify::identity_field;
use crate::model::decimal;

/// Endings of names that are numbers without being measured.
const NUMBERS: [&str; 16] = [
    "id",
    "ids",
    "pid",
    "port",
    "line",
    "lineno",
    "seed",
    "index",
    "attempt",
    "retry",
    "repetition",
    "number",
    "worker",
    "timestamp",
    "issue",
    "version",
];

/// Units at the end of a name, after an underscore: `rtt_ms`.
const UNITS: [(&str, &str); 34] = [
    ("ns", "ns"),
    ("us", "µs"),
    ("ms", "ms"),
    ("s", "s"),
    ("sec", "s"),
    ("seconds", "s"),
    ("uv", "µV"),
    ("mv", "mV"),
    ("v", "V"),
    ("ua", "µA"),
    ("ma", "mA"),
    ("a", "A"),
    ("mw", "mW"),
    ("w", "W"),
    ("mwh", "mWh"),
    ("hz", "Hz"),
    ("khz", "kHz"),
    ("mhz", "MHz"),
    ("ghz", "GHz"),
    ("db", "dB"),
    ("dbm", "dBm"),
    ("bytes", "bytes"),
    ("kb", "kB"),
    ("kib", "KiB"),
    ("mb", "MB"),
    ("mib", "MiB"),
    ("gb", "GB"),
    ("mbps", "Mbit/s"),
    ("kbps", "kbit/s"),
    ("c", "°C"),
    ("percent", "%"),
    ("pct", "%"),
    ("fps", "fps"),
    ("rpm", "rpm"),
];

/// Returns a property of a test as a measured value, if it is a number: `power_mw` is in mW, `gain [dB]` in dB.
/// Numbers that name something, such as ids, ports and lines, are none.
pub fn measured_property(name: &str, value: &str) -> Option<Measurement> {
    let value = value.trim();
    if !value.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '+' | '.')) {
        return None;
    }
    decimal(value).filter(|number| number.is_finite())?;
    if name.is_empty() || identity_field(name).is_some() {
        return None;
    }
    let brackets = [('[', ']'), ('(', ')')];
    let bracketed = brackets.into_iter().find_map(|(open, close)| {
        let (name, unit) = name.strip_suffix(close)?.rsplit_once(open)?;
        (!unit.is_empty() && unit.len() <= 12).then(|| (name.trim_end(), unit))
    });
    if let Some((name, unit)) = bracketed {
        return Some(Measurement::new(name, value, unit));
    }
    let ending = name.rsplit(['_', '-', '.', ' ']).next().unwrap_or(name).to_ascii_lowercase();
    let is_camel_id = name.ends_with("Id") || name.ends_with("ID");
    if NUMBERS.contains(&ending.as_str()) || is_camel_id {
        return None;
    }
    let unit = UNITS.into_iter().find(|(word, _)| *word == ending && ending.len() < name.len());
    Some(Measurement::new(name, value, unit.map_or("", |(_, unit)| unit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numeric_properties_are_measured_values() {
        for (name, value, expected) in [
            ("rtt_ms", "12.5", Some(("rtt_ms", "ms"))),
            ("power [W]", " 0.62 ", Some(("power", "W"))),
            ("offset (dB)", "-3", Some(("offset", "dB"))),
            ("frames lost", "1e3", Some(("frames lost", ""))),
            ("v", "3", Some(("v", ""))),
            ("testrail_id", "4711", None),
            ("caseId", "12", None),
            ("tcp-port", "80", None),
            ("serial", "20260101", None),
            ("firmware", "2.4", None),
            ("rtt_ms", "fast", None),
            ("rtt_ms", "", None),
            ("", "1", None),
            ("x", "1e999", None),
            ("when", "2026-11-20", None),
        ] {
            let found = measured_property(name, value);
            let found = found.as_ref().map(|found| (found.name.as_str(), found.unit.as_str()));
            assert_eq!(found, expected, "{name} {value}");
        }
    }
}
