//! The texts of one result, read from its file on demand.

use super::measurement::Measurement;
use serde::{Deserialize, Serialize};

/// What a section of details is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SectionKind {
    /// Why it failed, was skipped or is in error: message and traceback.
    Reason,
    /// Captured output or log.
    Output,
}

/// One text of a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// What it is.
    pub kind: SectionKind,
    /// Its name: "failure", "set-up", "captured log".
    pub title: String,
    /// The message, where the file keeps it apart from the text.
    pub message: String,
    /// The text, as it is in the file; ANSI sequences included.
    pub text: String,
}

/// All texts of one entry of a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Details {
    /// In the order of the file.
    pub sections: Vec<Section>,
    /// Properties of the test.
    pub properties: Vec<(String, String)>,
    /// What it measured.
    pub measurements: Vec<Measurement>,
    /// Where the test is, as the file says: path and line.
    pub location: Option<String>,
}

impl Details {
    /// Adds a section, unless it says nothing or is there already (pytest
    /// writes the captured output of a skipped test twice).
    pub fn section(&mut self, kind: SectionKind, title: &str, message: &str, text: &str) {
        let text = text.trim_matches('\n');
        let section =
            Section { kind, title: title.to_owned(), message: message.to_owned(), text: text.to_owned() };
        let says_nothing = section.message.is_empty() && section.text.trim().is_empty();
        if (says_nothing && kind == SectionKind::Output) || self.sections.contains(&section) {
            return;
        }
        self.sections.push(section);
    }
}
