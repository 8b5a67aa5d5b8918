//! What people know beside the results: known issues, and attributes of DUTs.

use serde::{Deserialize, Serialize};

/// A failure that people know and have explained. Patterns have `*` for any text and `?` for one character.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownIssue {
    /// A pattern for the test: its name, or its suite, class and name.
    pub test: String,
    /// Patterns for the DUT, one of which must match; empty for any DUT.
    pub duts: Vec<String>,
    /// Attributes of the DUT with patterns for their values, all of which must match. `unit` and `build` are those
    /// of the session.
    pub attributes: Vec<(String, String)>,
    /// A pattern for a part of the message; "" for any message.
    pub message: String,
    /// Why it fails.
    pub reason: String,
    /// Where this is tracked; "" for nowhere.
    pub link: String,
    /// The last day on which a failure is known, as `2026-12-31`; "" for no end.
    pub expires: String,
    /// It fails at times only, so it may pass.
    pub intermittent: bool,
}

/// Attributes that a file gives to a DUT.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutAttributes {
    /// The name of the DUT.
    pub dut: String,
    /// Names and values.
    pub attributes: Vec<(String, String)>,
}

/// A known issue, by its file and its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IssuePlace {
    /// The file.
    pub file: super::FileId,
    /// Its place in the file's list.
    pub at: u32,
}
