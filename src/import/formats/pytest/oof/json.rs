//! The JSON of pytest-oof's version 2.

use super::{CLAIMS, Session};
use crate::import::batch::Batch;
use crate::import::formats::pytest::{case, details};
use crate::import::json::{self, Cursor, Fault, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat};
use crate::model::{Source, Timestamp};

pub const ABOUT: About = About {
    key: "pytest-oof-json",
    name: "pytest-oof JSON",
    tool: "pytest-oof",
    family: Family::Python,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "pytest --oof, version 2",
    reads: "the same as in the pickle",
    dut: "`sut_name` and other fields",
    limits: "",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| !head.is_array && (head.has("oof_session_stats") || head.has("oof_session_start_time")),
    importer: json::document::<Session>,
    details,
});

impl Visitor for Session {
    fn has_entries(&self, key: &str) -> bool {
        key == "oof_test_results"
    }

    fn entry(&mut self, _: &str, text: &str, at: u64, _: bool, batch: &mut Batch) -> Result<usize, Fault> {
        let (row, len) = json::entry(text, at, batch, case)?;
        if let Some(row) = row {
            self.case(row, at, len);
        }
        Ok(len)
    }

    fn value(&mut self, key: &str, text: &str, _: u64, batch: &mut Batch) {
        let draft = batch.session(0);
        match key {
            "oof_session_start_time" => draft.started = Timestamp::parse(&json::plain(text)),
            "oof_session_duration" => draft.duration_s = json::seconds(text),
            "oof_rerun_test_groups" => {
                let _ = Cursor::new(text).array(&mut |group| {
                    let group = json::fields(group.skip_value()?);
                    self.group(group.get("final_outcome").map(|outcome| json::plain(outcome)));
                    Ok(())
                });
            }
            "oof_fields" if text.starts_with('{') => {
                let _ = Cursor::new(text).object(&mut |name, field| {
                    let field = json::fields(field.skip_value()?);
                    self.field(name, &json::plain(field.get("content").copied().unwrap_or("")), batch);
                    Ok(())
                });
            }
            _ => {
                if let Some((_, identity)) = CLAIMS.iter().find(|(known, _)| *known == key) {
                    draft.claim(*identity, Source::Field, key, &json::plain(text));
                }
            }
        }
    }

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        std::mem::take(self).finish(batch);
    }
}
