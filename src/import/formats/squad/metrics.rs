//! `metrics.json`: measured values without a verdict.

use super::{all_values, share, split};
use crate::import::batch::{Batch, Entry, Scope, kept_details};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, Measurement, in_a_line};
use crate::import::json::{self, Cursor, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat};
use crate::model::{Outcome, ReportRole, Severity, counted, decimal};
use crate::text::short;

pub const ABOUT: About = About {
    key: "squad-metrics",
    name: "SQUAD metrics",
    tool: "SQUAD",
    family: Family::Lab,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "files submitted to SQUAD: metrics.json",
    reads: "values with unit, mean and standard deviation of several",
    dut: "the folder",
    limits: "no verdicts, so outcomes are unknown",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        let has_path = head.keys.iter().any(|key| key.contains('/'));
        has_path && all_values(head, &|_, value| metric("", value).is_some())
    },
    importer: json::document::<Metrics>,
    details: kept_details::read,
});

/// Returns the measurement of a number, of several, or of `{"value": …, "unit": …}`, and the list
/// of values if there are several.
fn metric(name: &str, value: &str) -> Option<(Measurement, String)> {
    if value.starts_with('{') {
        let fields = json::fields(value);
        let unit = fields.get("unit").copied().filter(|unit| *unit != "null").map(json::plain);
        let (measured, values) =
            metric(name, fields.get("value").copied().filter(|value| !value.starts_with('{'))?)?;
        return Some((Measurement { unit: unit.unwrap_or_default().into_owned(), ..measured }, values));
    }
    if !value.starts_with('[') {
        let measured = Measurement::new(name, value, "");
        return measured.number.is_some().then(|| (measured, String::new()));
    }
    let mut numbers = Vec::new();
    let mut words = Vec::new();
    let read = Cursor::new(value).array(&mut |number| {
        let text = number.skip_value()?;
        words.push(text);
        numbers.extend(decimal(text).filter(|number| number.is_finite()));
        Ok(())
    });
    if read.is_err() || numbers.is_empty() || numbers.len() != words.len() {
        return None;
    }
    let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
    let squares: f64 = numbers.iter().map(|number| (number - mean) * (number - mean)).sum();
    let measured = Measurement {
        name: name.to_owned(),
        text: short(mean),
        number: Some(mean).filter(|mean| mean.is_finite()),
        deviation: (numbers.len() > 1).then(|| (squares / (numbers.len() - 1) as f64).sqrt()),
        ..Measurement::default()
    };
    Some((measured, words.join(", ")))
}

#[derive(Default)]
struct Metrics {
    odd: Occurrences,
}

impl Visitor for Metrics {
    fn has_entries(&self, _key: &str) -> bool {
        false
    }

    fn value(&mut self, key: &str, value: &str, at: u64, batch: &mut Batch) {
        let (suite, name) = split(key);
        let Some((measured, values)) = metric(name, value) else {
            self.odd.add_example(at, value);
            return;
        };
        let message = in_a_line([&measured]);
        let mut details = Details { measurements: vec![measured], ..Details::default() };
        if !values.is_empty() {
            details.properties.push(("values".to_owned(), values));
        }
        let (kept_at, len) = batch.keep_details(&details);
        batch.push_entry(Entry {
            scope: Scope::Suite(suite, ""),
            name,
            outcome: Outcome::Unknown,
            native: "measured",
            measured: &details.measurements,
            message: &message,
            at: kept_at,
            len,
            ..Entry::default()
        });
    }

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        share(batch.session(0), ReportRole::Share { levels: 0 });
        if !batch.is_empty() {
            batch.note(Severity::Info, None, "metrics have no verdicts: their outcomes are unknown");
        }
        self.odd.note(Severity::Warning, batch, &|count, value| {
            format!("{} without a number, such as `{value}`; ignored", counted(count, "value"))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        let (measured, values) = metric("m", "[1, 2.5, 4]").unwrap();
        assert_eq!(
            (measured.text.as_str(), measured.number, measured.deviation),
            ("2.5", Some(2.5), Some(1.5))
        );
        assert_eq!(values, "1, 2.5, 4");
        assert_eq!(metric("m", r#"{"value": 2, "unit": "s"}"#).unwrap().0.unit, "s");
        for value in ["\"x\"", "[]", "[1, \"x\"]", "null", "{}", r#"{"value": {"value": 1}}"#] {
            assert_eq!(metric("m", value), None, "{value}");
        }
    }
}
