//! Identity: which DUT, unit, build and session results belong to, and the evidence.

use serde::{Deserialize, Serialize};

/// Where a value comes from, most reliable first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Source {
    /// A person set it.
    You,
    /// A manifest beside the published file, or a name in the link.
    Manifest,
    /// A field of the format with exactly this meaning.
    Field,
    /// A property whose name suggests this meaning.
    Property,
    /// The name of a suite, since other suites of the file have the same tests: a guess.
    SuiteName,
    /// A folder of the path.
    Folder,
    /// A part of the file's name.
    FileName,
    /// The host that ran the tests, used only if nothing else distinguishes sessions.
    Hostname,
    /// No source: the value is a placeholder.
    Nothing,
}

/// The evidence for a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Evidence {
    /// The kind of source.
    pub source: Source,
    /// The name of the field, property, folder or file; the name that a person replaced.
    pub name: String,
    /// Another value is as likely: a person should check it.
    pub doubtful: bool,
}

impl Evidence {
    /// The evidence in words.
    pub fn words(&self) -> String {
        let words = match self.source {
            Source::You if self.name.is_empty() => "you".to_owned(),
            Source::You => format!("you, in place of `{}`", self.name),
            Source::Manifest => format!("`{}` in the manifest", self.name),
            Source::Field => format!("field `{}`", self.name),
            Source::Property => format!("property `{}`", self.name),
            Source::SuiteName => format!("suite name, since suites have equal tests ({})", self.name),
            Source::Folder => format!("folder name `{}`", self.name),
            Source::FileName => format!("file name `{}`", self.name),
            Source::Hostname => "host name (no better source)".to_owned(),
            Source::Nothing => "not named in the file or its path".to_owned(),
        };
        if self.doubtful && self.source != Source::Nothing { format!("{words}, a guess") } else { words }
    }
}

/// A value and its evidence.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Identified {
    /// The value.
    pub value: String,
    /// The evidence for it.
    pub evidence: Evidence,
}

/// The identity of one part of a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// The device under test.
    pub dut: Identified,
    /// The specimen of it.
    pub unit: Option<Identified>,
    /// The version of it.
    pub build: Option<Identified>,
    /// The run; the path of the file or files if no source names it.
    pub session: Identified,
    /// The order of the file among the attempts of its run, by marks in its path: earlier attempts
    /// are negative, later ones positive. 0 if it is not marked as an attempt.
    pub attempt: i32,
}
