//! Sessions: what files say about them, and the history that they form.

use super::{Counts, DutId, Identity, IssuePlace, PartId, ResultId, SessionId, Source, Timestamp};
use crate::text::head;
use serde::{Deserialize, Serialize};

/// The longest value of a property, in bytes; longer ones are cut.
pub const PROPERTY_BYTES: usize = 4096;

/// The most properties of one session.
pub const PROPERTIES: usize = 2000;

/// The most claims of one session.
const CLAIMS: usize = 100;

/// The longest text of a session, in bytes.
const TEXT_BYTES: usize = 1 << 20;

/// The most texts of a session.
const TEXTS: usize = 32;

/// The longest reason why a session is incomplete, in bytes.
const REASON_BYTES: usize = 300;

/// The reason why a session with a truncated file is incomplete.
pub const TRUNCATED: &str = "truncated file";

/// What entries of a session mean that repeat a name without a mark of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RepeatRule {
    /// Equal names: each entry is a test of its own, numbered in file order.
    #[default]
    Separate,
    /// Repeats by design: attempts of one test, of which the worst counts.
    Worst,
    /// Reruns: attempts of one test, of which the last counts.
    Last,
    /// pytest's JUnit: reruns, of which the last counts. Entries without a child
    /// before it failed (their texts are not in the file).
    PytestJunit,
    /// JUnit of Go: a package has each name once, so the entries are repeats of
    /// `-count`, or reruns that the file does not mark. The worst counts.
    GoJunit,
}

/// A name of the DUT, unit, build or session that a file itself gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// What it names.
    pub axis: IdentityField,
    /// A field or a property.
    pub source: Source,
    /// Its name in the file.
    pub name: String,
    /// The name that is given.
    pub value: String,
}

/// What identifies a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum IdentityField {
    /// The device under test.
    Dut,
    /// The specimen of the DUT, such as its serial number.
    Unit,
    /// The version.
    Build,
    /// The run.
    Session,
}

/// The names that a person gave, which override what files say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    answers: [Option<String>; 4],
}

impl Overrides {
    /// Returns the name that a person gave.
    pub fn get(&self, axis: IdentityField) -> Option<&String> {
        self.answers[axis as usize].as_ref()
    }

    /// Sets a name, or clears it.
    pub fn set(&mut self, axis: IdentityField, answer: Option<String>) {
        self.answers[axis as usize] = answer;
    }
}

/// The role of a file in a report of many files that share folders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportFile {
    /// The kind of report: files of other kinds in the same folders are not part
    /// of it.
    pub kind: String,
    /// The role of the file.
    pub role: ReportRole,
}

/// The role of a file in a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReportRole {
    /// Describes the report: its values apply to all files of the report in its
    /// folder and below, unless they have their own.
    Cover,
    /// Has results of the session that is named by the folder `levels` above its
    /// own. Files of the report in the same folder but in other formats have the
    /// same results.
    Share {
        /// Levels.
        levels: u8,
    },
    /// Has no results. Its texts belong to the sessions whose results are in its
    /// folder.
    Aside,
    /// Summarizes or plans what other files of the report in its folder have test
    /// by test. If there are such files, they count and this one does not.
    Digest {
        /// As for a share.
        levels: u8,
    },
}

impl ReportRole {
    /// Returns how many levels above a file's own folder the folder is that names its session; `None`
    /// for files without results.
    pub fn levels(self) -> Option<u8> {
        match self {
            ReportRole::Share { levels } | ReportRole::Digest { levels } => Some(levels),
            ReportRole::Cover | ReportRole::Aside => None,
        }
    }
}

/// What a file says about one session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SessionDraft {
    /// Names of the DUT, unit, build and session.
    pub claims: Vec<Claim>,
    /// A display name.
    pub label: Option<String>,
    /// Start.
    pub started: Option<Timestamp>,
    /// End, for sessions of many files: they last from the first start to the last end.
    pub ended: Option<Timestamp>,
    /// From start to end, in seconds.
    pub duration_s: Option<f64>,
    /// The machine that ran the tests.
    pub hostname: Option<String>,
    /// Everything else that the file says about the session.
    pub properties: Vec<(String, String)>,
    /// Attributes of the DUT.
    pub attributes: Vec<(String, String)>,
    /// Terminal output of the whole session as titles and texts, with ANSI colors.
    pub texts: Vec<(String, String)>,
    /// What entries mean that repeat a name.
    pub repeats: RepeatRule,
    /// Other files of the session may repeat its tests; the repeats count together.
    pub has_repeats_elsewhere: bool,
    /// The role of the file in a report of many files; `None` if the file is a
    /// complete report.
    pub report: Option<ReportFile>,
    /// Why the session does not have everything, according to the file: a verdict of the whole run
    /// that no test carries. Words that follow a colon, such as "test host process crashed".
    pub incomplete: Option<String>,
    /// For a session from a summary: the format and files that it came from.
    pub origin: Option<(String, Vec<String>)>,
}

impl SessionDraft {
    /// Adds a property, within the limits.
    pub fn property(&mut self, name: &str, value: &str) {
        if self.properties.len() < PROPERTIES {
            let plain = crate::text::ansi::plain(value);
            let value = head(&plain, PROPERTY_BYTES);
            self.properties.push((name.to_owned(), value.to_owned()));
        }
    }

    /// Says why the session is incomplete. The first reason counts.
    pub fn mark_incomplete(&mut self, reason: &str) {
        let reason = head(reason.trim().trim_end_matches('.'), REASON_BYTES).trim_end();
        if self.incomplete.is_none() && !reason.is_empty() {
            let words: Vec<&str> = reason.split_whitespace().collect();
            self.incomplete = Some(words.join(" "));
        }
    }

    /// Adds a text, within the limits, unless it is blank. The end of one that is
    /// too long is cut.
    pub fn text(&mut self, title: &str, text: &str) {
        if self.texts.len() >= TEXTS || text.trim().is_empty() {
            return;
        }
        let kept = head(text, TEXT_BYTES);
        let cut = if kept.len() < text.len() { "\n…" } else { "" };
        self.texts.push((title.to_owned(), format!("{kept}{cut}")));
    }

    /// Adds a claim, within the limits, unless the same one is there already.
    pub fn claim(&mut self, axis: IdentityField, source: Source, name: &str, value: &str) {
        let value = value.trim();
        if value.is_empty()
            || self.claims.len() >= CLAIMS
            || self.claims.iter().any(|c| c.axis == axis && c.value == value)
        {
            return;
        }
        self.claims.push(Claim {
            axis,
            source,
            name: name.to_owned(),
            value: head(value, PROPERTY_BYTES).to_owned(),
        });
    }
}

/// One run of a suite on one DUT.
#[derive(Clone, Debug)]
pub struct Session {
    /// Unique among the sessions of its DUT.
    pub id: String,
    /// What was tested.
    pub dut: DutId,
    /// DUT, unit, build and session, with evidence; from its first part.
    pub identity: Identity,
    /// The parts of files that it consists of.
    pub parts: Vec<PartId>,
    /// The covers of its report, which may also apply to other sessions.
    pub covers: Vec<PartId>,
    /// Start of the earliest part.
    pub started: Option<Timestamp>,
    /// End of the latest part, where one is known.
    pub ended: Option<Timestamp>,
    /// From start to end of all parts, in seconds.
    pub duration_s: Option<f64>,
    /// Counts of its results.
    pub counts: Counts,
    /// Why it does not have everything: a verdict of the whole run that no test carries, or
    /// [`TRUNCATED`]. Such a session is never green.
    pub incomplete: Option<String>,
    /// None of its files could be read: only their paths show that it exists.
    pub is_unreadable: bool,
    /// Why tests occur in several of its parts.
    pub overlap: Overlap,
    /// A few tests of different files have the same name.
    pub has_equal_names: bool,
}

/// Why tests occur in several parts of a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overlap {
    /// No test does.
    #[default]
    None,
    /// The parts report the same run in several formats: the first one counts.
    SameRun,
    /// The parts are repeats, of which the worst result counts, or reruns, of
    /// which the last one counts.
    Repeats,
}

/// A file that reports the same run as another file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SameRun {
    /// The parts of this file.
    pub parts: Vec<PartId>,
    /// The part of the other file, which counts.
    pub with: PartId,
    /// Tests that are in both.
    pub common: u32,
    /// Tests of these whose outcomes agree.
    pub agree: u32,
    /// Results that only these parts have.
    pub adds: u32,
}

impl Session {
    /// Adds the reason of one of its files. A verdict of the run says more than that a file is
    /// truncated.
    pub fn mark_incomplete(&mut self, reason: Option<&str>) {
        let Some(reason) = reason else {
            return;
        };
        if self.incomplete.as_deref().is_none_or(|have| have == TRUNCATED) {
            self.incomplete = Some(reason.to_owned());
        }
    }

    /// Returns the build that was tested.
    pub fn build(&self) -> Option<&str> {
        self.identity.build.as_ref().map(|build| build.value.as_str())
    }
}

/// A device under test.
#[derive(Clone, Debug)]
pub struct Dut {
    /// Its name.
    pub name: String,
    /// The specimen, from the latest session that names one.
    pub unit: Option<String>,
    /// What files say about it.
    pub attributes: Vec<(String, String)>,
    /// Its sessions, in time order.
    pub sessions: Vec<SessionId>,
    /// What this order is by.
    pub order: SessionOrder,
}

/// What the sessions of a DUT are ordered by: what a person chose, else the first of these that all of
/// them have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SessionOrder {
    /// The order of builds that a person chose.
    Chosen,
    /// Their start times.
    Start,
    /// Their builds.
    Build,
    /// The modification times of their files.
    Modified,
    /// Their names: nothing says when they were.
    #[default]
    Name,
}

impl SessionOrder {
    /// What the order is by, in words.
    pub fn words(self) -> &'static str {
        match self {
            SessionOrder::Chosen => "your order of builds",
            SessionOrder::Start => "start time",
            SessionOrder::Build => "build",
            SessionOrder::Modified => "modification time of the files",
            SessionOrder::Name => "name: no times are known",
        }
    }
}

impl Dut {
    /// Returns the session that "now" means.
    pub fn latest(&self) -> Option<SessionId> {
        self.sessions.last().copied()
    }
}

/// All sessions, grouped by DUT, in time order.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// By name.
    pub duts: Vec<Dut>,
    /// By DUT, then time.
    pub sessions: Vec<Session>,
    /// The session of each part; `None` for parts without one.
    pub session_of: Vec<Option<SessionId>>,
    /// The identity of each part.
    pub identities: Vec<Identity>,
    /// Files that report the same run as other files.
    pub same_runs: Vec<SameRun>,
    /// By result: whether another result of the same test and session counts
    /// instead. Empty if there are none.
    pub covered: Vec<bool>,
    /// Repeats: the result that counts, paired with each repeat in order.
    pub repeats: Vec<(ResultId, ResultId)>,
    /// Results that count and whose repeats disagree; sorted.
    pub flaky: Vec<ResultId>,
    /// The known issues of all files, in the order in which they apply.
    pub issues: Vec<IssuePlace>,
    /// Failing results that a known issue covers, each with its place in `issues`; sorted.
    pub known: Vec<(ResultId, u32)>,
    /// Results, each paired with the same result in another file; sorted.
    pub also_told: Vec<(ResultId, ResultId)>,
}

impl History {
    /// Returns a DUT.
    pub fn dut(&self, id: DutId) -> &Dut {
        &self.duts[id.index()]
    }

    /// Returns a session.
    pub fn session(&self, id: SessionId) -> &Session {
        &self.sessions[id.index()]
    }

    /// Returns the ids of all DUTs, by name.
    pub fn dut_ids(&self) -> impl Iterator<Item = DutId> + use<> {
        (0..self.duts.len()).map(DutId::from)
    }
}
