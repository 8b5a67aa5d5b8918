//! pytest-oof (`results.pickle` up to 1.1.0, `oof-results.pickle` and `oof-results.json` of the
//! unreleased version 2) and pytest-tui (`tui_results.pickle`).
//!
//! The format is not specified; the fixtures show what `pytest_oof/plugin.py` writes. Oddities,
//! which are corrected and noted:
//!
//! - Durations are doubled, since every report is counted twice. All rows of a test have the sum of
//!   all of them, including reruns.
//! - A teardown error makes a second row. After a pass both rows are ERROR, and equal.
//! - Rerun groups have an empty `final_outcome`; the value is in an undeclared attribute. Their
//!   tests are among the results, too.
//! - Collection errors are only in the terminal output.
//! - DUT and session are missing. Older files use `fqtn` for `nodeid`.

pub mod json;
pub mod pickle;

use super::{Case, Cases, module_name, raised};
use crate::import::batch::{Batch, Entry};
use crate::import::details::{Details, SectionKind};
use crate::model::{IdentityField, Outcome, Severity, ansi, counted};
use std::borrow::Cow;

/// Keys of the unreleased version 2 that identify the session.
const CLAIMS: [(&str, IdentityField); 3] = [
    ("oof_sut_id", IdentityField::Dut),
    ("oof_sut_version", IdentityField::Build),
    ("oof_session_id", IdentityField::Session),
];

/// The state of a file's session.
#[derive(Default)]
struct Session {
    cases: Cases,
    /// The file is truncated.
    is_cut: bool,
    /// The batch keeps the details, since a pickle cannot be sliced.
    keeps_texts: bool,
    has_times: bool,
    /// Rerun groups without an outcome.
    no_outcome: u64,
}

impl Session {
    fn case(&mut self, mut case: Case, at: u64, len: usize) {
        case.duration_s = case.duration_s.map(|seconds| seconds / 2.0);
        self.has_times |= case.duration_s.is_some();
        self.cases.add(&case, at, len);
    }

    fn group(&mut self, final_outcome: Option<Cow<str>>) {
        self.no_outcome += u64::from(final_outcome.is_some_and(|outcome| outcome.is_empty()));
    }

    /// Reads a part of the terminal output.
    fn field(&mut self, name: &str, content: &str, batch: &mut Batch) {
        batch.session(0).text(name, content);
        if name == "errors" {
            collection_errors(content, self.keeps_texts, batch);
        }
    }

    fn finish(mut self, batch: &mut Batch) {
        self.cases.has_totals = true;
        std::mem::take(&mut self.cases).add_to(0, batch);
        if self.has_times {
            let text = "durations were halved, because the file counts every phase of a test twice; the last attempt includes the duration of the reruns";
            batch.note(Severity::Info, None, text);
        }
        if self.no_outcome > 0 {
            let text = format!(
                "{} without a final outcome: the last test's outcome is used",
                counted(self.no_outcome, "rerun group")
            );
            batch.note(Severity::Info, None, text);
        }
    }
}

/// Reads modules that could not be collected. They are no results, but the output has a part for
/// each: `____ ERROR collecting tests/test_broken.py ____`.
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
        let (at, len) = if keeps_texts { batch.keep_details(&details) } else { (0, 0) };
        batch.push_entry(Entry {
            name: &module_name(path),
            outcome: Outcome::Error,
            native: "collection failed",
            message: raised(text),
            trace: text,
            at,
            len,
            ..Entry::default()
        });
    }
}
