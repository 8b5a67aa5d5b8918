//! SQUAD: what is submitted to it, `tests.json`, `metrics.json` and `metadata.json`.
//!
//! Source: Linaro/squad, `doc/intro.rst`. Flat objects: a key is the suite's path
//! and the test's name, of which brackets may hold slashes, too. What is neither
//! pass nor fail is a skip. A metric has values and no verdict. The device, which
//! SQUAD calls the environment, is a part of the address, and not of the files.

use super::batch::Batch;
use super::details::{Details, SectionKind};
use super::entry::{Entry, Scope};
use super::json::{self, Cursor, Root, Visitor};
use super::measurement::{Measurement, in_a_line};
use super::seen::Seen;
use super::{About, Format, Guide, detect, identify, kept};
use crate::model::{
    IdentityField, Outcome, ReportFile, ReportRole, SessionDraft, Severity, Source, Timestamp, counted,
    decimal,
};
use crate::text::short;

pub(super) const TESTS_ABOUT: About = About { key: "squad-tests", name: "SQUAD tests" };

pub(super) const METRICS_ABOUT: About = About { key: "squad-metrics", name: "SQUAD metrics" };

pub(super) const METADATA_ABOUT: About = About { key: "squad-metadata", name: "SQUAD metadata" };

pub(super) const TESTS_GUIDE: Guide = Guide {
    about: &TESTS_ABOUT,
    producers: "what is submitted to SQUAD: tests.json",
    reads: "suites, logs",
    dut: "the folder",
    limits: "times are not in it",
};

pub(super) const METRICS_GUIDE: Guide = Guide {
    about: &METRICS_ABOUT,
    producers: "what is submitted to SQUAD: metrics.json",
    reads: "values with unit, mean and standard deviation of several",
    dut: "the folder",
    limits: "there is no verdict: the outcome is unknown",
};

pub(super) const METADATA_GUIDE: Guide = Guide {
    about: &METADATA_ABOUT,
    producers: "what is submitted to SQUAD: metadata.json",
    reads: "job, date, versions of suites; holds for the files in its folder",
    dut: "`job_id` is the session; DUT, unit and build by keys of such names",
    limits: "holds no results",
};

pub(super) const TESTS: Format = Format {
    about: &TESTS_ABOUT,
    detect: |head| all_values(head, &|_, value| status(value).is_some_and(|word| is_status(&word))),
    importer: json::document::<Tests>,
    details: kept::details,
};

pub(super) const METRICS: Format = Format {
    about: &METRICS_ABOUT,
    detect: |head| {
        let has_path = head.keys.iter().any(|key| key.contains('/'));
        has_path && all_values(head, &|_, value| metric("", value).is_some())
    },
    importer: json::document::<Metrics>,
    details: kept::details,
};

pub(super) const METADATA: Format = Format {
    about: &METADATA_ABOUT,
    detect: |head| {
        let more = ["job_url", "job_status", "build_url", "resubmit_url", "suite_versions", "datetime"];
        !head.is_array && head.has("job_id") && more.iter().any(|key| head.has(key)) && !head.has("tests")
    },
    importer: json::document::<Metadata>,
    details: |_| Details::default(),
};

/// All values of the root, as far as the beginning of the file has them.
fn all_values(head: &detect::Head, is_meant: &dyn Fn(&str, &str) -> bool) -> bool {
    let (mut count, mut all) = (0, true);
    let mut cursor = Cursor::new(head.text);
    if head.is_array || cursor.peek() != Some(b'{') {
        return false;
    }
    let _ = cursor.object(&mut |key, value| {
        count += 1;
        all = all && is_meant(key, value.skip_value()?);
        Ok(())
    });
    all && count > 0
}

/// A result as text: `"pass"`, or that of `{"result": "pass", "log": …}`.
fn status(value: &str) -> Option<String> {
    let of_object = value.starts_with('{').then(|| json::fields(value).get("result").copied()).flatten();
    let text = of_object.unwrap_or(value);
    text.starts_with('"').then(|| json::plain(text).into_owned())
}

fn is_status(word: &str) -> bool {
    let known = ["unknown", "none", "n/a", "na", ""];
    Outcome::from_native(word).is_some() || known.contains(&word.to_ascii_lowercase().as_str())
}

/// The suite's path and the name: the last slash that is not in brackets.
fn split(key: &str) -> (&str, &str) {
    let end = key.find('[').unwrap_or(key.len());
    let slash = key.get(..end).and_then(|path| path.rfind('/'));
    match slash {
        Some(at) => (key.get(..at).unwrap_or(""), key.get(at + 1..).unwrap_or("")),
        None => ("", key),
    }
}

fn share(draft: &mut SessionDraft, role: ReportRole) {
    draft.report = Some(ReportFile { kind: "squad".to_owned(), role });
}

#[derive(Default)]
struct Tests {
    odd: Seen,
}

impl Visitor for Tests {
    fn has_entries(&self, _key: &str) -> bool {
        false
    }

    fn value(&mut self, key: &str, value: &str, at: u64, batch: &mut Batch) {
        let Some(word) = status(value) else {
            self.odd.add_example(at, value);
            return;
        };
        let outcome = match word.to_ascii_lowercase().as_str() {
            "pass" => Outcome::Passed,
            "fail" => Outcome::Failed,
            "xfail" => Outcome::XFailed,
            _ => Outcome::Skipped,
        };
        let log = value.starts_with('{').then(|| json::fields(value).get("log").copied()).flatten();
        let log = log.filter(|log| *log != "null").map(json::plain).unwrap_or_default();
        let mut details = Details::default();
        let kind = if outcome == Outcome::Failed { SectionKind::Reason } else { SectionKind::Output };
        if !log.trim().is_empty() {
            details.section(kind, "log", "", &log);
        }
        let (kept_at, len) = if details.sections.is_empty() { (0, 0) } else { batch.keep(&details) };
        let (suite, name) = split(key);
        batch.entry(Entry {
            scope: Scope::Suite(suite, ""),
            name,
            outcome,
            native: &word,
            message: if outcome == Outcome::Passed { "" } else { &log },
            at: kept_at,
            len,
            ..Entry::default()
        });
    }

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        share(batch.session(0), ReportRole::Share { levels: 0 });
        self.odd.note(Severity::Warning, batch, &|count, value| {
            format!("{} that is no result, such as `{value}`: left out", counted(count, "value"))
        });
    }
}

/// The measurement of a number, of several, or of `{"value": …, "unit": …}`, and
/// the values where there are several.
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
    odd: Seen,
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
        let (kept_at, len) = batch.keep(&details);
        batch.entry(Entry {
            scope: Scope::Suite(suite, ""),
            name,
            outcome: Outcome::Unknown,
            native: "measured",
            message: &message,
            at: kept_at,
            len,
            ..Entry::default()
        });
    }

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        share(batch.session(0), ReportRole::Share { levels: 0 });
        if !batch.is_empty() {
            batch.note(Severity::Info, None, "metrics have no verdict: their outcome is unknown");
        }
        self.odd.note(Severity::Warning, batch, &|count, value| {
            format!("{} that is no number, such as `{value}`: left out", counted(count, "value"))
        });
    }
}

#[derive(Default)]
struct Metadata;

impl Visitor for Metadata {
    fn has_entries(&self, _key: &str) -> bool {
        false
    }

    fn value(&mut self, key: &str, value: &str, _at: u64, batch: &mut Batch) {
        let draft = batch.session(0);
        if value.starts_with('{') {
            for (name, value) in json::fields(value) {
                draft.property(&format!("{key}.{name}"), &json::plain(value));
            }
            return;
        }
        if value == "null" {
            return;
        }
        let text = json::plain(value);
        match (key, identify::axis_of(key)) {
            ("job_id", _) => draft.claim(IdentityField::Session, Source::Field, key, &text),
            ("datetime", _) => draft.started = Timestamp::parse(&text),
            (_, Some(axis)) => draft.claim(axis, Source::Property, key, &text),
            _ => {}
        }
        draft.property(key, &text);
    }

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        share(batch.session(0), ReportRole::Cover);
        let text = "tells of a run: it holds for the tests and metrics in its folder and below";
        batch.note(Severity::Info, None, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values() {
        for (key, expected) in [
            ("test1", ("", "test1")),
            ("foo/bar/baz", ("foo/bar", "baz")),
            ("a/b/t[variant/one]", ("a/b", "t[variant/one]")),
            ("t[v/1]", ("", "t[v/1]")),
        ] {
            assert_eq!(split(key), expected, "{key}");
        }
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
