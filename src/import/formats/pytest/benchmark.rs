//! pytest-benchmark: `--benchmark-json`.
//!
//! Source: ionelmc/pytest-benchmark, `src/pytest_benchmark/session.py`, `stats.py`. Numbers of a test are seconds of a
//! single call, except `ops`, which are calls per second. A benchmark that failed is not in the file.

use crate::import::batch::{Batch, Entry, Scope};
use crate::import::details::{Details, Measurement, SectionKind, in_a_line, measured_property};
use crate::import::json::{self, Fault, Object, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, identify};
use crate::model::{IdentityField, Outcome, Severity, Source, Timestamp};

pub const ABOUT: About = About {
    key: "pytest-benchmark",
    name: "pytest-benchmark JSON",
    tool: "pytest-benchmark",
    family: Family::Python,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "pytest --benchmark-json, --benchmark-save",
    reads: "mean with standard deviation, median, minimum, maximum, calls per second, numbers of `extra_info`",
    dut: "`extra_info`; `commit_info.id` is the build",
    limits: "benchmarks that failed are not in the file",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        !head.is_array && head.has("machine_info") && (head.has("benchmarks") || head.has("commit_info"))
    },
    importer: json::document::<Report>,
    details,
});

#[derive(Default)]
struct Report {
    has_failed: bool,
}

impl Visitor for Report {
    fn has_entries(&self, key: &str) -> bool {
        key == "benchmarks"
    }

    fn whole(&mut self, _key: &str, text: &str, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        if let (Some(test), _) = json::entry(text, at, batch, Object::read)? {
            self.test(&test, text, at, batch);
        }
        Ok(())
    }

    fn value(&mut self, key: &str, text: &str, _at: u64, batch: &mut Batch) {
        let draft = batch.session(0);
        let object = Object::of(text);
        match key {
            "datetime" => draft.started = Timestamp::parse(&json::plain(text)),
            "version" => draft.property("pytest-benchmark", &json::plain(text)),
            "machine_info" => {
                draft.hostname = Some(object.text("node").into_owned()).filter(|node| !node.is_empty());
                for key in ["python_version", "python_implementation", "system", "release", "machine"] {
                    draft.property(key, &object.text(key));
                }
                draft.property("cpu", &object.object("cpu").text("brand_raw"));
            }
            "commit_info" => {
                let commit = object.text("id");
                // Without a repository the id is this word.
                if commit != "unversioned" {
                    draft.claim(IdentityField::Build, Source::Field, "commit_info.id", &commit);
                }
                draft.property("branch", &object.text("branch"));
            }
            _ => {}
        }
    }

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        let draft = batch.session(0);
        draft.properties.retain(|(_, value)| !value.is_empty());
        if self.has_failed {
            batch.note(Severity::Info, None, "benchmarks without a value failed, or were not measured");
        }
    }
}

impl Report {
    fn test(&mut self, test: &Object, text: &str, at: u64, batch: &mut Batch) {
        for (name, value) in test.object("extra_info").fields() {
            if let Some(identity) = identify::identity_field(name) {
                batch.session(0).claim(identity, Source::Property, name, &json::plain(value));
            }
        }
        let measured = measured(test);
        let full = test.text("fullname");
        let name = if full.is_empty() { test.text("name") } else { full };
        let is_measured = !measured.is_empty();
        self.has_failed |= !is_measured;
        batch.push_entry(Entry {
            scope: Scope::NodeId,
            name: &name,
            outcome: if is_measured { Outcome::Passed } else { Outcome::Unknown },
            native: "benchmark",
            message: &in_a_line(measured.first()),
            measured: &measured,
            at,
            len: text.len(),
            ..Entry::default()
        });
    }
}

/// Returns the numbers of a test: the mean first.
fn measured(test: &Object) -> Vec<Measurement> {
    let stats = test.object("stats");
    let mut measurements = Vec::new();
    for (name, unit) in [("mean", "s"), ("median", "s"), ("min", "s"), ("max", "s"), ("ops", "1/s")] {
        let measured = Measurement::new(name, stats.raw(name), unit);
        if measured.number.is_some() {
            let deviation = stats.number("stddev").filter(|_| name == "mean");
            measurements.push(Measurement { deviation, ..measured });
        }
    }
    let extra = test.object("extra_info");
    measurements
        .extend(extra.fields().filter_map(|(name, value)| measured_property(name, &json::plain(value))));
    measurements
}

fn details(slice: &str) -> Details {
    let test = Object::of(slice);
    let mut details = Details { measurements: measured(&test), ..Details::default() };
    for key in ["group", "param"] {
        details.properties.push((key.to_owned(), test.text(key).into_owned()));
    }
    for key in ["rounds", "iterations", "outliers", "iqr"] {
        details.properties.push((key.to_owned(), test.object("stats").text(key).into_owned()));
    }
    for (name, value) in test.object("extra_info").fields() {
        details.properties.push((name.to_owned(), json::plain(value).into_owned()));
    }
    details.properties.retain(|(_, value)| !value.is_empty());
    details.section(SectionKind::Output, "options", "", test.raw("options"));
    details
}
