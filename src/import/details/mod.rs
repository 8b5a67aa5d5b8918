//! The details of one result, which are read from its file on demand: texts,
//! properties and measurements.

mod measurement;
mod number;

pub use measurement::{Measurement, in_a_line};
pub use number::measured_property;

use crate::text::search::is_same;
use serde::{Deserialize, Serialize};

/// The kind of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SectionKind {
    /// Why the test failed, was skipped or is in error: message and traceback.
    Reason,
    /// Captured output or log.
    Output,
}

/// One text of a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Kind.
    pub kind: SectionKind,
    /// Title: "failure", "setup", "captured log".
    pub title: String,
    /// The message, if the file separates it from the text.
    pub message: String,
    /// The text, including ANSI sequences.
    pub text: String,
}

/// The details of one entry of a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Details {
    /// In the order of the file.
    pub sections: Vec<Section>,
    /// Properties of the test.
    pub properties: Vec<(String, String)>,
    /// Measured values.
    pub measurements: Vec<Measurement>,
    /// Where the test is in the source code: path and line.
    pub location: Option<String>,
}

impl Details {
    /// Adds a section, unless it is empty output or a duplicate (pytest writes the
    /// captured output of a skipped test twice).
    pub fn section(&mut self, kind: SectionKind, title: &str, message: &str, text: &str) {
        let text = text.trim_matches('\n');
        let is_blank = message.is_empty() && text.trim().is_empty();
        let is_known = |known: &Section| {
            known.kind == kind
                && is_same(&known.text, text)
                && known.title == title
                && known.message == message
        };
        if (is_blank && kind == SectionKind::Output) || self.sections.iter().any(is_known) {
            return;
        }
        let (title, message, text) = (title.to_owned(), message.to_owned(), text.to_owned());
        self.sections.push(Section { kind, title, message, text });
    }

    /// Returns the text of the first reason that has one: what a failure's frame is read from.
    pub fn trace(&self) -> &str {
        let reasons = self.sections.iter().filter(|section| section.kind == SectionKind::Reason);
        reasons.map(|section| section.text.as_str()).find(|text| !text.is_empty()).unwrap_or("")
    }
}
