//! Sessions: what files tell of them, and what they come to together.

use super::{Counts, DutId, Identity, PartId, ResultId, SessionId, Source, Timestamp, head};
use serde::{Deserialize, Serialize};

/// A value of a session's property; longer ones are cut.
pub const PROPERTY_BYTES: usize = 4096;

/// Properties of one session that are kept.
pub const PROPERTIES: usize = 2000;

/// Answers to who, which and when that are kept of one session.
const CLAIMS: usize = 100;

/// A text of a session, and how many there may be.
const TEXT_BYTES: usize = 1 << 20;
const TEXTS: usize = 32;

/// How several verdicts of one test in one session come together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RepeatRule {
    /// They are repeats: the worst counts.
    #[default]
    Worst,
    /// They are reruns: the last counts.
    Last,
    /// pytest's JUnit: entries without a child, followed by a last one, are
    /// reruns that failed (their texts are not in the file); else the worst.
    PytestJunit,
}

/// An answer that a file gives itself, for `identify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// What it tells.
    pub axis: IdentityField,
    /// Field or property.
    pub source: Source,
    /// Its name in the file.
    pub name: String,
    /// The answer.
    pub value: String,
}

/// What a claim can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum IdentityField {
    /// The device under test.
    Dut,
    /// The specimen.
    Unit,
    /// The version.
    Build,
    /// The run.
    Session,
}

/// What a person said, by axis.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    answers: [Option<String>; 4],
}

impl Overrides {
    /// The answer for an axis.
    pub fn get(&self, axis: IdentityField) -> Option<&String> {
        self.answers[axis as usize].as_ref()
    }

    /// Sets the answer for an axis, or takes it back.
    pub fn set(&mut self, axis: IdentityField, answer: Option<String>) {
        self.answers[axis as usize] = answer;
    }
}

/// What a file is in a report of many files, which folders hold together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportFile {
    /// The kind of report: files of other kinds in the same folders have nothing
    /// to do with it.
    pub kind: String,
    /// What the file is in it.
    pub role: ReportRole,
}

/// What a file is in a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReportRole {
    /// It tells of the report: what it says holds for all files of the report in
    /// its folder and below, unless they say otherwise.
    Cover,
    /// It has results of the session that is named by the folder so many levels
    /// above its own. Other formats of the report in its folder tell the same.
    Share {
        /// Levels.
        levels: u8,
    },
    /// It has no results. Its texts are of the sessions whose results lie in its folder.
    Aside,
    /// It sums up, or only plans, what other files of the report in its folder
    /// tell test by test: where there are such, they count and it does not.
    Digest {
        /// As for a share.
        levels: u8,
    },
}

impl ReportRole {
    /// Levels from the folder of a file with results to that which names its session.
    pub fn levels(self) -> Option<u8> {
        match self {
            ReportRole::Share { levels } | ReportRole::Digest { levels } => Some(levels),
            ReportRole::Cover | ReportRole::Aside => None,
        }
    }
}

/// What a file tells of one session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SessionDraft {
    /// Answers to who, which and when.
    pub claims: Vec<Claim>,
    /// A name for people.
    pub label: Option<String>,
    /// Start.
    pub started: Option<Timestamp>,
    /// End, where a session has many files: it lasts from the first start to the last end.
    pub ended: Option<Timestamp>,
    /// From start to end, in seconds.
    pub duration_s: Option<f64>,
    /// The machine that ran the tests.
    pub hostname: Option<String>,
    /// Everything else that it tells of itself.
    pub properties: Vec<(String, String)>,
    /// Attributes of the DUT.
    pub attributes: Vec<(String, String)>,
    /// What a terminal showed of all of it: titles and texts, with ANSI colors.
    pub texts: Vec<(String, String)>,
    /// How repeats come together.
    pub repeats: RepeatRule,
    /// Other files of the session may repeat its tests: all count together.
    pub has_repeats_elsewhere: bool,
    /// What the file is in a report of many files; nothing for one that stands
    /// for itself.
    pub report: Option<ReportFile>,
    /// The run did not come to its end, as the file says.
    pub broke_off: bool,
    /// Of a session out of a summary: the format and files that it came from.
    pub origin: Option<(String, Vec<String>)>,
}

impl SessionDraft {
    /// Adds a property, within the limits.
    pub fn property(&mut self, name: &str, value: &str) {
        if self.properties.len() < PROPERTIES {
            let value = head(value, PROPERTY_BYTES);
            self.properties.push((name.to_owned(), value.to_owned()));
        }
    }

    /// Adds a text, within the limits, if it says anything. Of one that is too
    /// long the beginning is kept.
    pub fn text(&mut self, title: &str, text: &str) {
        if self.texts.len() >= TEXTS || text.trim().is_empty() {
            return;
        }
        let kept = head(text, TEXT_BYTES);
        let cut = if kept.len() < text.len() { "\n…" } else { "" };
        self.texts.push((title.to_owned(), format!("{kept}{cut}")));
    }

    /// Adds an answer, within the limits, unless there is the same one.
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

/// A session: one run of a suite on one DUT.
#[derive(Clone, Debug)]
pub struct Session {
    /// Unique among the sessions of its DUT.
    pub id: String,
    /// What was tested.
    pub dut: DutId,
    /// Who, which and when, with evidence; of its first part.
    pub identity: Identity,
    /// The shares of files that it is made of.
    pub parts: Vec<PartId>,
    /// What holds for it and for others: covers of its report.
    pub covers: Vec<PartId>,
    /// Start, by the earliest part.
    pub started: Option<Timestamp>,
    /// End, by the latest part, where they tell.
    pub ended: Option<Timestamp>,
    /// From start to end, in seconds, by the parts together.
    pub duration_s: Option<f64>,
    /// Its figures.
    pub counts: Counts,
    /// A file of it breaks off.
    pub is_partial: bool,
    /// No file of it could be read: only its path tells that it was.
    pub is_unreadable: bool,
    /// How it comes that tests are in several of its parts.
    pub overlap: Overlap,
}

/// How it comes that a test is in several parts of a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overlap {
    /// It is not.
    #[default]
    None,
    /// The parts tell the same run in several formats: the first one counts.
    SameRun,
    /// The parts are repeats: the worst result counts; or of reruns the last.
    Repeats,
}

/// That a file tells a run which another one tells, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SameRun {
    /// The parts that add to the other.
    pub parts: Vec<PartId>,
    /// The part that counts.
    pub with: PartId,
    /// Tests that are in both.
    pub common: u32,
    /// Of these, those that agree.
    pub agree: u32,
    /// Results that only these parts have.
    pub adds: u32,
}

impl Session {
    /// The build that it tested.
    pub fn build(&self) -> Option<&str> {
        self.identity.build.as_ref().map(|build| build.value.as_str())
    }
}

/// A device under test.
#[derive(Clone, Debug)]
pub struct Dut {
    /// Its name.
    pub name: String,
    /// Which specimen, by the latest session that tells.
    pub unit: Option<String>,
    /// What files tell of it.
    pub attributes: Vec<(String, String)>,
    /// Its sessions, in time order.
    pub sessions: Vec<SessionId>,
}

impl Dut {
    /// The session that "now" means.
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
    /// The session of each part; `None` for parts that tell of no session.
    pub session_of: Vec<Option<SessionId>>,
    /// The identity of each part.
    pub identities: Vec<Identity>,
    /// Files that tell a run which others tell, too.
    pub same_runs: Vec<SameRun>,
    /// By result, where there are any: another result of its test and session
    /// counts.
    pub covered: Vec<bool>,
    /// The results of repeats: the one that counts, and each of them in order.
    pub repeats: Vec<(ResultId, ResultId)>,
    /// Results that count, with repeats that disagree; in order.
    pub flaky: Vec<ResultId>,
    /// Results, and what another file of their folder tells of the same, in order.
    pub also_told: Vec<(ResultId, ResultId)>,
}

impl History {
    /// A DUT.
    pub fn dut(&self, id: DutId) -> &Dut {
        &self.duts[id.index()]
    }

    /// A session.
    pub fn session(&self, id: SessionId) -> &Session {
        &self.sessions[id.index()]
    }

    /// Every DUT's id, by name.
    pub fn dut_ids(&self) -> impl Iterator<Item = DutId> + use<> {
        (0..self.duts.len()).map(DutId::from)
    }
}
