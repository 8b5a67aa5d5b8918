//! pytest-oof (`results.pickle` up to 1.1.0, `oof-results.pickle` and
//! `oof-results.json` of the branch that was to be 2.0) and pytest-tui
//! (`tui_results.pickle`).
//!
//! There is no specification; what `pytest_oof/plugin.py` writes is in the
//! fixtures. Oddities, which are corrected here and told:
//!
//! - Durations are twice what they should be: every report is counted twice.
//!   All rows of a test have the sum over all of them, reruns included.
//! - An error in tear-down makes a second row. After a pass both are ERROR,
//!   and the same.
//! - Of rerun groups the `final_outcome` is empty; an attribute that no class
//!   declares has it. Their tests are among the results, too.
//! - Collection errors are only in the output of the terminal.
//! - Nothing tells of DUT or session. Older files say `fqtn` for `nodeid`.

use super::{Case, Cases, case, details, module_name, raised};
use crate::import::batch::Batch;
use crate::import::details::{Details, SectionKind};
use crate::import::entry::Entry;
use crate::import::json::{self, Cursor, Fault as JsonFault, Root, Visitor};
use crate::import::pickle::{self, Fault, Node};
use crate::import::{About, BinaryFormat, Format, Guide};
use crate::model::{IdentityField, Outcome, Severity, Source, Timestamp, ansi, counted};
use rustc_hash::FxHashSet;
use std::borrow::Cow;

pub const ABOUT: About = About { key: "pytest-oof", name: "pytest-oof" };

pub const ABOUT_JSON: About = About { key: "pytest-oof-json", name: "pytest-oof JSON" };

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "pytest --oof, pytest --tui (pickle)",
    reads: "rerun groups as attempts, the eight output fields with their colors; the pickle is read, nothing in it is called",
    dut: "fields of version 2",
    limits: "durations in the file are doubled, and corrected",
};

pub const GUIDE_JSON: Guide = Guide {
    about: &ABOUT_JSON,
    producers: "pytest --oof, version 2",
    reads: "the same as of the pickle",
    dut: "`sut_name` and other fields",
    limits: "",
};

pub const PICKLE: BinaryFormat = BinaryFormat {
    about: &ABOUT,
    detect: |head| {
        let has = |key: &str| memchr::memmem::find(head, key.as_bytes()).is_some();
        matches!(head, [0x80, 2..=5, ..])
            && (has("oof_session_") || has("oof_test_results") || has("tui_test_results"))
    },
    read,
};

pub const JSON: Format = Format {
    about: &ABOUT_JSON,
    detect: |head| !head.is_array && (head.has("oof_session_stats") || head.has("oof_session_start_time")),
    importer: json::document::<Session>,
    details,
};

/// Texts that rows share are copied for each of them: of no file this often.
const COPIES: usize = 4;
const FREE_BYTES: usize = 1 << 20;

/// Reads a pickle.
fn read(bytes: &[u8], batch: &mut Batch) {
    let (pickle, fault) = pickle::read(bytes);
    if let Some(Fault::Refused(why)) = &fault {
        batch.broken(0, format!("the pickle {why}: not read"));
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
        // pytest-tui writes UTC and does not say so.
        let start = root.get("session_start_time").and_then(Node::text).map(|text| format!("{text}Z"));
        draft.started = root
            .get("oof_session_start_time")
            .and_then(Node::moment)
            .or_else(|| start.and_then(|text| Timestamp::parse(&text)));
        draft.duration_s = of(["oof_session_duration", "session_duration"]).and_then(Node::seconds);
        for (key, axis) in CLAIMS {
            draft.claim(axis, Source::Field, key, &root.text_of(key));
        }
        session.finish(batch);
    } else if fault.is_none() {
        batch.broken(0, "the pickle has no results of pytest-oof");
    }
    if let Some(Fault::Broken(at, why)) = fault {
        let kept = if batch.is_empty() { "" } else { "; what stands before is kept" };
        batch.broken(at as u64, format!("the pickle breaks off: {why}{kept}"));
    }
}

/// Keys of the unreleased version 2 that tell who and which.
const CLAIMS: [(&str, IdentityField); 3] = [
    ("oof_sut_id", IdentityField::Dut),
    ("oof_sut_version", IdentityField::Build),
    ("oof_session_id", IdentityField::Session),
];

/// What is read of the one session of a file.
#[derive(Default)]
struct Session {
    cases: Cases,
    /// The file breaks off.
    is_cut: bool,
    /// Texts are kept, for the file cannot be read again at one place.
    keeps_texts: bool,
    has_times: bool,
    /// Rerun groups without an outcome.
    no_outcome: u64,
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
            // The same object twice is one result; of one that was under way
            // when the file broke off nobody knows what came of it.
            if !seen.insert(row.id) || (self.is_cut && case.outcome.is_empty()) {
                continue;
            }
            let texts = [&case.nodeid, &case.longrepr, &case.log, &case.stdout, &case.stderr];
            copied += texts.iter().map(|text| text.len()).sum::<usize>();
            if copied > COPIES * size + FREE_BYTES {
                batch.broken(0, "results share long texts, and are left out from there on");
                return;
            }
            let (at, len) = batch.keep(&case.details());
            self.case(case, at, len);
        }
    }

    fn case(&mut self, mut case: Case, at: u64, len: usize) {
        case.duration_s = case.duration_s.map(|seconds| seconds / 2.0);
        self.has_times |= case.duration_s.is_some();
        self.cases.add(&case, at, len);
    }

    fn group(&mut self, final_outcome: Option<Cow<str>>) {
        self.no_outcome += u64::from(final_outcome.is_some_and(|outcome| outcome.is_empty()));
    }

    /// An output of the terminal.
    fn field(&mut self, name: &str, content: &str, batch: &mut Batch) {
        batch.session(0).text(name, content);
        if name == "errors" {
            collection_errors(content, self.keeps_texts, batch);
        }
    }

    fn finish(mut self, batch: &mut Batch) {
        self.cases.has_totals = true;
        std::mem::take(&mut self.cases).tell(0, batch);
        if self.has_times {
            let text = "durations are half of what the file says, which counts every phase of a test twice; \
                        what reruns took is together with the last attempt";
            batch.note(Severity::Info, None, text);
        }
        if self.no_outcome > 0 {
            let text = format!(
                "{} without a final outcome: that of the last test counts",
                counted(self.no_outcome, "rerun group")
            );
            batch.note(Severity::Info, None, text);
        }
    }
}

/// Modules that could not be collected are no results; the output has a part
/// for each: `____ ERROR collecting tests/test_broken.py ____`.
fn collection_errors(errors: &str, keeps_texts: bool, batch: &mut Batch) {
    let plain: String = ansi::runs(errors).iter().map(|run| run.text).collect();
    for part in plain.split("ERROR collecting ").skip(1) {
        let (title, text) = part.split_once('\n').unwrap_or((part, ""));
        let path = title.trim_end_matches('_').trim();
        // Up to the title of the next part.
        let text = text.find("\n___").and_then(|end| text.get(..end)).unwrap_or(text);
        let mut details = Details::default();
        details.section(SectionKind::Reason, "collection", "", text);
        details.location = Some(path.to_owned());
        let (at, len) = if keeps_texts { batch.keep(&details) } else { (0, 0) };
        batch.entry(Entry {
            name: &module_name(path),
            outcome: Outcome::Error,
            native: "collection failed",
            message: raised(text),
            at,
            len,
            ..Entry::default()
        });
    }
}

/// The JSON of version 2.
impl Visitor for Session {
    fn has_entries(&self, key: &str) -> bool {
        key == "oof_test_results"
    }

    fn entry(
        &mut self,
        _: &str,
        text: &str,
        at: u64,
        _: bool,
        batch: &mut Batch,
    ) -> Result<usize, JsonFault> {
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
                if let Some((_, axis)) = CLAIMS.iter().find(|(known, _)| *known == key) {
                    draft.claim(*axis, Source::Field, key, &json::plain(text));
                }
            }
        }
    }

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        std::mem::take(self).finish(batch);
    }
}
