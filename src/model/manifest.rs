//! Manifests: which files make up which sessions of a published site.

use serde::{Deserialize, Serialize};

/// The path of the manifest that the page writes for names in a link, such as `board_a::a.xml`. It comes before all
/// other manifests.
pub const LINK_NAMES: &str = "names in the link.passgrid.json";

/// A manifest. Addresses in it are absolute, or relative to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// What the results are about; "" if it does not say.
    pub title: String,
    /// The files of each session, in the order of the file's sessions, newest first.
    pub files: Vec<Vec<String>>,
    /// Where tests and commits are.
    pub links: LinkTemplates,
    /// Manifests with older sessions, newest first.
    pub older: Vec<OlderSessions>,
}

/// A manifest with older sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OlderSessions {
    /// Its address.
    pub manifest: String,
    /// How many sessions it has; 0 if that is not known.
    pub sessions: u32,
}

/// Addresses with placeholders in braces; "" for none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkTemplates {
    /// Of the source of a test.
    pub test: String,
    /// Of a commit.
    pub commit: String,
}

impl LinkTemplates {
    /// Takes the templates that these lack from others.
    pub fn or(self, other: &LinkTemplates) -> LinkTemplates {
        let first = |mine: String, other: &String| if mine.is_empty() { other.clone() } else { mine };
        LinkTemplates { test: first(self.test, &other.test), commit: first(self.commit, &other.commit) }
    }
}
