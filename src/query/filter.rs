//! The filter: which tests a list, a grid or a download is about.

use serde::{Deserialize, Serialize};

/// Which tests are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Filter {
    /// Words that must occur in the test's suite, class or name, in any order
    /// and case; a word that begins with `!` must not occur.
    pub text: String,
    /// By outcome.
    pub only: Only,
}

/// Which tests are meant, by their outcomes on the DUTs now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Only {
    /// All.
    #[default]
    All,
    /// Those that fail on at least one DUT.
    Failing,
    /// Those whose outcome is not the same on all DUTs.
    Differences,
}

impl Only {
    /// The word in the query string.
    pub fn key(self) -> &'static str {
        match self {
            Only::All => "",
            Only::Failing => "failing",
            Only::Differences => "differences",
        }
    }

    /// The filter for a word of a query string; all, for one that is unknown.
    pub fn from_key(key: &str) -> Only {
        match key {
            "failing" => Only::Failing,
            "differences" => Only::Differences,
            _ => Only::All,
        }
    }
}

impl Filter {
    /// It leaves something out.
    pub fn is_active(&self) -> bool {
        !self.text.trim().is_empty() || self.only != Only::All
    }

    /// What it leaves, in words.
    pub fn words(&self) -> Option<String> {
        let only = match self.only {
            Only::All => None,
            Only::Failing => Some("failing tests".to_owned()),
            Only::Differences => Some("tests that differ between DUTs".to_owned()),
        };
        let text = self.text.trim();
        match (only, text.is_empty()) {
            (only, true) => only,
            (None, false) => Some(format!("tests with “{text}”")),
            (Some(only), false) => Some(format!("{only} with “{text}”")),
        }
    }

    /// The words, ready to be looked for.
    pub fn matcher(&self) -> Matcher {
        let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
        for word in self.text.split_whitespace() {
            match word.strip_prefix('!') {
                Some("") => {}
                Some(word) => unwanted.push(word.to_lowercase()),
                None => wanted.push(word.to_lowercase()),
            }
        }
        Matcher { wanted, unwanted }
    }
}

/// The words of a filter.
pub struct Matcher {
    wanted: Vec<String>,
    unwanted: Vec<String>,
}

impl Matcher {
    /// Every test matches.
    pub fn is_empty(&self) -> bool {
        self.wanted.is_empty() && self.unwanted.is_empty()
    }

    /// A test in this scope and with this name is meant.
    pub fn matches(&self, scope: &str, name: &str) -> bool {
        self.is_empty() || {
            let (scope, name) = (scope.to_lowercase(), name.to_lowercase());
            let has = |word: &String| scope.contains(word.as_str()) || name.contains(word.as_str());
            self.wanted.iter().all(has) && !self.unwanted.iter().any(has)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: bool) {
        let filter = Filter { text: text.to_owned(), ..Filter::default() };
        let matches = filter.matcher().matches("tests.audio.TestCodec", "test_flac[Ü]");
        assert_eq!(matches, expected, "{text}");
    }

    #[test]
    fn words_match_anywhere_and_in_any_order() {
        check("", true);
        check("flac audio", true);
        check("FLAC ü", true);
        check("codec !aac", true);
        check("codec !flac", false);
        check("video", false);
        check("!", true);
    }
}
