//! `metadata.json`: what applies to the other files in its folder.

use super::share;
use crate::import::batch::Batch;
use crate::import::details::Details;
use crate::import::json::{self, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, identify};
use crate::model::{IdentityField, ReportRole, Severity, Source, Timestamp};

pub const ABOUT: About = About {
    key: "squad-metadata",
    name: "SQUAD metadata",
    tool: "SQUAD",
    family: Family::Lab,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "files submitted to SQUAD: metadata.json",
    reads: "job, date, versions of suites; applies to the files in its folder",
    dut: "`job_id` is the session; DUT, unit and build from keys with such names",
    limits: "no results",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        let more = ["job_url", "job_status", "build_url", "resubmit_url", "suite_versions", "datetime"];
        !head.is_array && head.has("job_id") && more.iter().any(|key| head.has(key)) && !head.has("tests")
    },
    importer: json::document::<Metadata>,
    details: |_| Details::default(),
});

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
        match (key, identify::identity_field(key)) {
            ("job_id", _) => draft.claim(IdentityField::Session, Source::Field, key, &text),
            ("datetime", _) => draft.started = Timestamp::parse(&text),
            (_, Some(identity)) => draft.claim(identity, Source::Property, key, &text),
            _ => {}
        }
        draft.property(key, &text);
    }

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        share(batch.session(0), ReportRole::Cover);
        let text = "describes a run; applies to the tests and metrics in its folder and below";
        batch.note(Severity::Info, None, text);
    }
}
