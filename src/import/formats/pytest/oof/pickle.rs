//! The pickle of pytest-oof and pytest-tui.

use super::{CLAIMS, Session};
use crate::import::batch::Batch;
use crate::import::formats::pytest::Case;
use crate::import::pickle::{self, Fault, Node};
use crate::import::{About, BinaryFormat, Family, Format, Guide, Richness};
use crate::model::{Source, Timestamp};
use rustc_hash::FxHashSet;

pub const ABOUT: About = About {
    key: "pytest-oof",
    name: "pytest-oof",
    tool: "pytest-oof",
    family: Family::Python,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "pytest --oof, pytest --tui (pickle)",
    reads: "rerun groups as attempts, the eight output fields with their colors; the pickle is read without calling anything",
    dut: "fields of version 2",
    limits: "durations in the file are doubled; this is corrected",
};

pub const FORMAT: Format = Format::Binary(BinaryFormat {
    about: &ABOUT,
    detect: |head| {
        let has = |key: &str| memchr::memmem::find(head, key.as_bytes()).is_some();
        matches!(head, [0x80, 2..=5, ..])
            && (has("oof_session_") || has("oof_test_results") || has("tui_test_results"))
    },
    read,
});

/// Rows may share texts, which are copied for each row. This limits the copies, relative to the
/// size of the file.
const COPIES: usize = 4;
const FREE_BYTES: usize = 1 << 20;

/// Reads a pickle.
fn read(bytes: &[u8], batch: &mut Batch) {
    let (pickle, fault) = pickle::read(bytes);
    if let Some(Fault::Refused(why)) = &fault {
        batch.note_unreadable(0, format!("the pickle {why}; it was not read"));
        return;
    }
    let root = pickle.root();
    let of = |keys: [&str; 2]| keys.into_iter().find_map(|key| root.get(key));
    if let Some(results) = of(["oof_test_results", "tui_test_results"]) {
        let mut session = Session { is_cut: fault.is_some(), keeps_texts: true, ..Session::default() };
        session.rows(results.get("test_results").unwrap_or(results), bytes.len(), batch);
        for group in of(["oof_rerun_test_groups", "tui_rerun_test_groups"]).into_iter().flat_map(Node::items)
        {
            session.group(group.get("final_outcome").map(|_| group.text_of("final_outcome")));
        }
        let fields = of(["oof_fields", "tui_sections"]);
        for (name, field) in fields.into_iter().flat_map(Node::pairs) {
            session.field(&name.text().unwrap_or_default(), &field.text_of("content"), batch);
        }
        let draft = batch.session(0);
        // pytest-tui writes UTC without a zone.
        let start = root.get("session_start_time").and_then(Node::text).map(|text| format!("{text}Z"));
        draft.started = root
            .get("oof_session_start_time")
            .and_then(Node::timestamp)
            .or_else(|| start.and_then(|text| Timestamp::parse(&text)));
        draft.duration_s = of(["oof_session_duration", "session_duration"]).and_then(Node::seconds);
        for (key, identity) in CLAIMS {
            draft.claim(identity, Source::Field, key, &root.text_of(key));
        }
        session.finish(batch);
    } else if fault.is_none() {
        batch.note_unreadable(0, "the pickle has no pytest-oof results");
    }
    if let Some(Fault::Broken(at, why)) = fault {
        let kept = if batch.is_empty() { "" } else { "; earlier results were kept" };
        batch.note_unreadable(at as u64, format!("invalid pickle: {why}{kept}"));
    }
}

impl Session {
    fn rows(&mut self, list: Node, size: usize, batch: &mut Batch) {
        let mut seen = FxHashSet::default();
        let mut copied = 0;
        for row in list.items() {
            let text = |key: &str| row.get(key).and_then(Node::text).unwrap_or_default();
            let case = Case {
                nodeid: row.get("nodeid").and_then(Node::text).unwrap_or_else(|| text("fqtn")),
                outcome: text("outcome"),
                start: None,
                duration_s: row.get("duration").and_then(Node::number),
                longrepr: text("longreprtext"),
                log: text("caplog"),
                stdout: text("capstdout"),
                stderr: text("capstderr"),
                has_warning: row.get("has_warning").is_some_and(Node::is_true),
            };
            // The same object twice is one result. An object under construction when the file was
            // truncated has no outcome.
            if !seen.insert(row.id) || (self.is_cut && case.outcome.is_empty()) {
                continue;
            }
            let texts = [&case.nodeid, &case.longrepr, &case.log, &case.stdout, &case.stderr];
            copied += texts.iter().map(|text| text.len()).sum::<usize>();
            if copied > COPIES * size + FREE_BYTES {
                batch.note_unreadable(0, "the results share long texts; further results were ignored");
                return;
            }
            let (at, len) = batch.keep_details(&case.details());
            self.case(case, at, len);
        }
    }
}
