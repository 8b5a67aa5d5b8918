//! `tests.json`: verdicts.

use super::{all_values, share, split};
use crate::import::batch::{Batch, Entry, Scope, kept_details};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, SectionKind};
use crate::import::json::{self, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat};
use crate::model::{Outcome, ReportRole, Severity, counted};

pub const ABOUT: About = About {
    key: "squad-tests",
    name: "SQUAD tests",
    tool: "SQUAD",
    family: Family::Lab,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "files submitted to SQUAD: tests.json",
    reads: "suites, logs",
    dut: "the folder",
    limits: "no durations",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| all_values(head, &|_, value| status(value).is_some_and(|word| is_status(&word))),
    importer: json::document::<Tests>,
    details: kept_details::read,
});

/// Returns a result: `pass` for `"pass"` or `{"result": "pass", "log": …}`.
fn status(value: &str) -> Option<String> {
    let of_object = value.starts_with('{').then(|| json::fields(value).get("result").copied()).flatten();
    let text = of_object.unwrap_or(value);
    text.starts_with('"').then(|| json::plain(text).into_owned())
}

fn is_status(word: &str) -> bool {
    let known = ["unknown", "none", "n/a", "na", ""];
    Outcome::from_native(word).is_some() || known.contains(&word.to_ascii_lowercase().as_str())
}

#[derive(Default)]
struct Tests {
    odd: Occurrences,
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
        let (kept_at, len) = if details.sections.is_empty() { (0, 0) } else { batch.keep_details(&details) };
        let (suite, name) = split(key);
        batch.push_entry(Entry {
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
            format!("{} without a result, such as `{value}`; ignored", counted(count, "value"))
        });
    }
}
