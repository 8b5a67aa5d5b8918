//! The cases of a file, in either language.

use crate::import::batch::{Batch, Entry, Scope, first_line};
use crate::import::collect::{IdentityClaims, Occurrences};
use crate::import::details::{Details, Measurement, SectionKind, in_a_line};
use crate::import::{identify, number};
use crate::model::{IdentityField, Outcome, Source, Timestamp};
use rustc_hash::FxHashMap;

/// The cases of a file, in either language.
#[derive(Default)]
pub(super) struct Cases {
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
    pub(super) fn add(&mut self, fields: &[(String, String)], at: u64, batch: &mut Batch) {
        let field = |name: &str| field(fields, name);
        let session = self.session(field("job"));
        let word = field("result");
        let outcome = self.outcome(word, at);
        self.log_time(session, field("logged"));
        let measured = Some(field("measurement")).filter(|value| !value.is_empty());
        let measured = measured.map(|value| Measurement::new(field("name"), value, field("unit")));
        let error = field("metadata.error_msg");
        if field("suite") == "lava" && field("name") == "job" && word == "fail" {
            let kind = field("metadata.error_type");
            let kind = if kind.is_empty() { "the job failed".to_owned() } else { format!("{kind} error") };
            let reason = if error.is_empty() { kind } else { format!("{kind}: {}", first_line(error)) };
            batch.session(session).mark_incomplete(&reason);
        }
        let mut details = Details::default();
        if !error.is_empty() {
            let kind = Some(field("metadata.error_type")).filter(|kind| !kind.is_empty());
            details.section(SectionKind::Reason, kind.unwrap_or("error"), "", error);
        }
        self.add_properties(session, fields, &mut details);
        let message = match (error.is_empty(), &measured) {
            (true, Some(measured)) => in_a_line([measured]),
            _ => error.to_owned(),
        };
        let duration_s = duration_s(fields, measured.as_ref());
        details.measurements.extend(measured);
        let (kept_at, len) = batch.keep_details(&details);
        batch.push_entry(Entry {
            session,
            scope: Scope::Suite(field("suite"), ""),
            name: field("name"),
            outcome,
            native: word,
            duration_s,
            measured: &details.measurements,
            message: &message,
            at: kept_at,
            len,
            ..Entry::default()
        });
    }

    /// Returns the session of a job.
    fn session(&mut self, job: &str) -> usize {
        let next = self.jobs.len();
        let session = *self.jobs.entry(job.to_owned()).or_insert(next);
        if session == next {
            self.logged.push(None);
            self.claims.push(IdentityClaims::default());
        }
        session
    }

    fn outcome(&mut self, word: &str, at: u64) -> Outcome {
        match word {
            "pass" => Outcome::Passed,
            "fail" => Outcome::Failed,
            "skip" => Outcome::Skipped,
            "unknown" => Outcome::Unknown,
            _ => {
                self.unknown.add_example(at, if word.is_empty() { "(none)" } else { word });
                Outcome::Unknown
            }
        }
    }

    /// Extends the session to the time at which a case was logged.
    fn log_time(&mut self, session: usize, logged: &str) {
        if let (Some(time), Some(have)) = (Timestamp::parse(logged), self.logged.get_mut(session)) {
            *have = Some(have.map_or((time, time), |(first, last)| (first.min(time), last.max(time))));
        }
    }

    /// Adds the fields that have no meaning of their own as properties, some of which identify the
    /// session.
    fn add_properties(&mut self, session: usize, fields: &[(String, String)], details: &mut Details) {
        const READ: [&str; 8] = [
            "job",
            "suite",
            "name",
            "result",
            "measurement",
            "unit",
            "metadata.error_msg",
            "metadata.error_type",
        ];
        for (name, value) in fields.iter().filter(|(name, _)| !READ.contains(&name.as_str())) {
            let key = name.strip_prefix("metadata.").unwrap_or(name);
            if let (Some(identity), Some(claims)) =
                (identify::identity_field(key), self.claims.get_mut(session))
            {
                claims.add(identity, name, value.trim());
            }
            if !matches!(value.trim(), "" | "None") {
                details.properties.push((name.clone(), value.clone()));
            }
        }
    }

    /// Settles the sessions at the end of the file.
    pub(super) fn finish(&mut self, batch: &mut Batch) {
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

/// Returns a field, "" for none and for Python's `None`.
fn field<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    let found = fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim());
    found.filter(|value| *value != "None").unwrap_or("")
}

/// Returns the duration of a case. Steps of the job are measured in seconds.
fn duration_s(fields: &[(String, String)], measured: Option<&Measurement>) -> Option<f64> {
    let is_step = field(fields, "suite") == "lava" && field(fields, "unit") == "seconds";
    let seconds =
        ["metadata.duration", "duration"].into_iter().find_map(|name| number::seconds(field(fields, name)));
    seconds.or(measured.filter(|_| is_step).and_then(|measured| measured.number))
}
