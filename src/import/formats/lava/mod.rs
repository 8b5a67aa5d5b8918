//! LAVA: results of a job, as YAML or JSON. LAVA's CSV is read as a table.
//!
//! Source: lava, `lava_results_app/utils.py` (`export_testcase`) and the "Export" of a job, and the
//! output of `lavacli results`. A list of maps, one per test case; all values are strings,
//! including `None`. The device is missing. The suite `lava` has the steps of the job itself,
//! measured in seconds.

mod json;
mod yaml;

use crate::import::batch::{Batch, Entry, Scope, kept_details};
use crate::import::collect::{IdentityClaims, Occurrences};
use crate::import::details::{Details, Measurement, SectionKind, in_a_line};
use crate::import::{About, Format, Guide, Importer, Richness, TextFormat, identify, number};
use crate::model::{IdentityField, Outcome, Source, Timestamp};
use rustc_hash::FxHashMap;

pub const ABOUT: About = About { key: "lava", name: "LAVA results", richness: Richness::Native };

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "LAVA: results of a job as YAML, lavacli results",
    reads: "measurements with units, errors, jobs as sessions",
    dut: "a `device` in the metadata; otherwise the path",
    limits: "neither the device nor the log",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        let has_all =
            |has: &dyn Fn(&str) -> bool| ["job", "suite", "result", "measurement"].iter().all(|key| has(key));
        if head.is_array {
            return has_all(&|key| head.has(key));
        }
        let is_text = head.root.is_none() && head.keys.is_empty();
        is_text && yaml::is_list(head.text) && has_all(&|key| head.text.contains(&format!("{key}:")))
    },
    importer: || Box::new(Lava::default()),
    details: kept_details::read,
});

/// Chooses the reader by the first character: a list in JSON, or in YAML.
#[derive(Default)]
struct Lava {
    reader: Option<Box<dyn Importer>>,
}

impl Importer for Lava {
    fn read(&mut self, text: &str, at: u64, last: bool, batch: &mut Batch) -> usize {
        let reader = match &mut self.reader {
            Some(reader) => reader,
            None => {
                let first = text.chars().find(|c| !c.is_whitespace());
                let reader: Box<dyn Importer> = match first {
                    None => return 0,
                    Some('[') => json::importer(),
                    Some(_) => Box::new(yaml::Yaml::default()),
                };
                self.reader.insert(reader)
            }
        };
        reader.read(text, at, last, batch)
    }

    fn finish(&mut self, batch: &mut Batch) {
        if let Some(reader) = &mut self.reader {
            reader.finish(batch);
        }
    }
}

/// The cases of a file, in either language.
#[derive(Default)]
struct Cases {
    /// Sessions by job.
    jobs: FxHashMap<String, usize>,
    /// By session: when its first and last case were logged.
    logged: Vec<Option<(Timestamp, Timestamp)>>,
    claims: Vec<IdentityClaims>,
    unknown: Occurrences,
}

impl Cases {
    /// Adds a case at byte `at`: keys and values. Keys inside maps are prefixed with the map's key
    /// and a dot.
    fn add(&mut self, fields: &[(String, String)], at: u64, batch: &mut Batch) {
        let field = |name: &str| {
            let found = fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim());
            found.filter(|value| *value != "None").unwrap_or("")
        };
        let next = self.jobs.len();
        let session = *self.jobs.entry(field("job").to_owned()).or_insert(next);
        if session == next {
            self.logged.push(None);
            self.claims.push(IdentityClaims::default());
        }
        let word = field("result");
        let outcome = match word {
            "pass" => Outcome::Passed,
            "fail" => Outcome::Failed,
            "skip" => Outcome::Skipped,
            _ => {
                if word != "unknown" {
                    self.unknown.add_example(at, if word.is_empty() { "(none)" } else { word });
                }
                Outcome::Unknown
            }
        };
        let logged = field("logged");
        if let (Some(moment), Some(have)) = (Timestamp::parse(logged), self.logged.get_mut(session)) {
            *have =
                Some(have.map_or((moment, moment), |(first, last)| (first.min(moment), last.max(moment))));
        }
        let mut details = Details::default();
        let unit = field("unit");
        let measured = Some(field("measurement")).filter(|value| !value.is_empty());
        let measured = measured.map(|value| Measurement::new(field("name"), value, unit));
        let error = field("metadata.error_msg");
        let kind = field("metadata.error_type");
        if !error.is_empty() {
            details.section(SectionKind::Reason, if kind.is_empty() { "error" } else { kind }, "", error);
        }
        for (name, value) in fields {
            let is_told = matches!(
                name.as_str(),
                "job"
                    | "suite"
                    | "name"
                    | "result"
                    | "measurement"
                    | "unit"
                    | "metadata.error_msg"
                    | "metadata.error_type"
            );
            if is_told {
                continue;
            }
            let key = name.strip_prefix("metadata.").unwrap_or(name);
            if let (Some(axis), Some(claims)) = (identify::identity_field(key), self.claims.get_mut(session))
            {
                claims.add(axis, name, value.trim());
            }
            if !matches!(value.trim(), "" | "None") {
                details.properties.push((name.clone(), value.clone()));
            }
        }
        let seconds =
            ["metadata.duration", "duration"].into_iter().find_map(|name| number::seconds(field(name)));
        let is_step = field("suite") == "lava" && unit == "seconds";
        let message = match (error.is_empty(), &measured) {
            (true, Some(measured)) => in_a_line([measured]),
            _ => error.to_owned(),
        };
        let duration_s =
            seconds.or(measured.as_ref().filter(|_| is_step).and_then(|measured| measured.number));
        details.measurements.extend(measured);
        let (kept_at, len) = batch.keep_details(&details);
        batch.push_entry(Entry {
            session,
            scope: Scope::Suite(field("suite"), ""),
            name: field("name"),
            outcome,
            native: word,
            duration_s,
            message: &message,
            at: kept_at,
            len,
            ..Entry::default()
        });
    }

    fn finish(&mut self, batch: &mut Batch) {
        for (job, session) in std::mem::take(&mut self.jobs) {
            let draft = batch.session(session);
            draft.claim(IdentityField::Session, Source::Field, "job", &job);
            if let Some(claims) = self.claims.get(session) {
                claims.apply(draft);
            }
            if let Some((first, last)) = self.logged.get(session).copied().flatten() {
                draft.started = Some(first);
                draft.duration_s = Some((last.unix_ms - first.unix_ms) as f64 / 1000.0);
            }
        }
        self.unknown.note_unknown("test", "result", batch);
    }
}
