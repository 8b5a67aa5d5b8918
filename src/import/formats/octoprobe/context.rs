//! `context.json`: what applies to all groups of a report. It has no results.

use super::{NEVER_FINISHED, PROPOSAL, moment, report};
use crate::import::batch::{Batch, first_line};
use crate::import::details::Details;
use crate::import::json::{self, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat};
use crate::model::{IdentityField, ReportRole, SessionDraft, Severity, Source};

pub const ABOUT: About = About {
    key: "octoprobe-context",
    name: "octoprobe report",
    tool: "octoprobe",
    family: Family::Lab,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "octoprobe's testbed_micropython: context.json of a report",
    reads: "start, arguments, firmware; applies to the groups in its folder",
    dut: "the firmware commit is the build",
    limits: "no results",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        let is_report = ["testbed_instance", "testbed_name", "testbed"].iter().any(|key| head.has(key));
        !head.is_array && is_report && (head.has("ref_firmware") || head.has("time_start"))
    },
    importer: json::document::<Context>,
    details: |_| Details::default(),
});

#[derive(Default)]
struct Context {
    instance: String,
    time_start: String,
    is_proposal: bool,
}

impl Visitor for Context {
    fn has_entries(&self, _key: &str) -> bool {
        false
    }

    fn value(&mut self, key: &str, value: &str, at: u64, batch: &mut Batch) {
        let text = json::plain(value);
        let draft = batch.session(0);
        properties(key, value, 0, draft);
        self.is_proposal |= key == "testbed";
        match key {
            "testbed_instance" | "testbed" => self.instance = text.into_owned(),
            "time_start" => {
                draft.started = moment(&text);
                self.time_start = text.into_owned();
            }
            "ref_firmware_metadata" => {
                if let Some(commit) = json::fields(value).get("commit_hash") {
                    let name = "ref_firmware_metadata.commit_hash";
                    draft.claim(IdentityField::Build, Source::Field, name, &json::plain(commit));
                }
            }
            "error" if !text.is_empty() && value != "null" => {
                let what = match text.starts_with(NEVER_FINISHED) {
                    true => "the run did not finish".to_owned(),
                    false => format!("the run was cut short: {}", first_line(&text)),
                };
                draft.mark_incomplete(&what);
                batch.note(Severity::Warning, Some(at), what);
            }
            _ => {}
        }
    }
    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        batch.session(0).report = report(ReportRole::Cover);
        let Context { instance, time_start, is_proposal } = &*self;
        // The farm's name of a report's folder: ch_hans_1_20260226-205450.
        let digits: String = time_start.chars().filter(char::is_ascii_digit).take(14).collect();
        if let (Some((date, time)), false) = (digits.split_at_checked(8), instance.is_empty()) {
            let label = format!("{instance}_{date}-{time}");
            let name = "testbed_instance, time_start";
            batch.session(0).claim(IdentityField::Session, Source::Field, name, &label);
        }
        if *is_proposal && batch.partly {
            batch.note(Severity::Info, None, PROPOSAL);
        }
        let text = "describes a report; applies to the test groups in its folder and below";
        batch.note(Severity::Info, None, text);
    }
}

/// Adds a value as a property, or those of an object as several.
fn properties(name: &str, value: &str, depth: u8, draft: &mut SessionDraft) {
    if value.starts_with('{') && depth < 3 {
        for (key, inner) in json::fields(value) {
            properties(&format!("{name}.{key}"), inner, depth + 1, draft);
        }
    } else if value != "null" && value != "\"\"" {
        draft.property(name, &json::plain(value));
    }
}
