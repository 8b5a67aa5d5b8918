//! Identity: which DUT, unit, build and session results belong to, and from
//! what that was concluded.

use serde::{Deserialize, Serialize};

/// Where an answer comes from, the most reliable first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Source {
    /// A person said so.
    You,
    /// A field of the format that means just this.
    Field,
    /// A property whose name means this.
    Property,
    /// A folder of the path.
    Folder,
    /// A piece of the file's name.
    FileName,
    /// The host that ran the tests: only where nothing else tells sessions apart.
    Hostname,
    /// Nothing tells: a stand-in.
    Nothing,
}

/// What an answer was concluded from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Evidence {
    /// The kind of place.
    pub source: Source,
    /// Its name there: of the field, the property, the folder.
    pub name: String,
    /// A person should look at it: another answer is as likely.
    pub doubtful: bool,
}

impl Evidence {
    /// The evidence in words.
    pub fn words(&self) -> String {
        let words = match self.source {
            Source::You => "you".to_owned(),
            Source::Field => format!("field `{}`", self.name),
            Source::Property => format!("property `{}`", self.name),
            Source::Folder => format!("folder name `{}`", self.name),
            Source::FileName => format!("file name `{}`", self.name),
            Source::Hostname => "host name (nothing else tells)".to_owned(),
            Source::Nothing => "nothing in the file or its path tells".to_owned(),
        };
        if self.doubtful && self.source != Source::Nothing { format!("{words}, a guess") } else { words }
    }
}

/// An answer and its evidence.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Identified {
    /// The answer.
    pub value: String,
    /// What it was concluded from.
    pub evidence: Evidence,
}

/// The answers for one part of a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// What was tested.
    pub dut: Identified,
    /// Which specimen of it.
    pub unit: Option<Identified>,
    /// Which version of it.
    pub build: Option<Identified>,
    /// Which run; where nothing tells, the path of the file.
    pub session: Identified,
}
