//! The filter: which tests a list, a grid or a download is about.

use crate::model::lower;
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
        let words = self.text.split_whitespace().filter_map(|word| {
            let unwanted = word.strip_prefix('!');
            let text: String = unwanted.unwrap_or(word).chars().map(lower).collect();
            (!text.is_empty()).then_some(Word { text, is_wanted: unwanted.is_none() })
        });
        Matcher { words: words.collect() }
    }
}

/// The words of a filter.
pub struct Matcher {
    words: Vec<Word>,
}

struct Word {
    text: String,
    is_wanted: bool,
}

impl Matcher {
    /// Every test matches.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// A test in this scope and with this name is meant.
    pub fn matches(&self, scope: &str, name: &str) -> bool {
        self.is_empty() || self.matches_name(&self.in_scope(scope), name)
    }

    /// Which of the words a scope has, for [`Matcher::matches_name`]: many tests
    /// have the same scope.
    pub fn in_scope(&self, scope: &str) -> Vec<bool> {
        self.words.iter().map(|word| contains(scope, &word.text)).collect()
    }

    /// A test with this name is meant, in a scope that has these words.
    pub fn matches_name(&self, in_scope: &[bool], name: &str) -> bool {
        let mut words = self.words.iter().zip(in_scope);
        words.all(|(word, in_scope)| (*in_scope || contains(name, &word.text)) == word.is_wanted)
    }
}

/// The text contains a word of lower case, in any case. Does not allocate for
/// ASCII: a hundred thousand names are looked through with each key stroke.
fn contains(text: &str, word: &str) -> bool {
    let (bytes, word_bytes) = (text.as_bytes(), word.as_bytes());
    let Some((&first, rest)) = word_bytes.split_first() else {
        return true;
    };
    let upper = first.to_ascii_uppercase();
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|&byte| byte == first || byte == upper) {
        from += at + 1;
        if bytes.get(from..from + rest.len()).is_some_and(|tail| tail.eq_ignore_ascii_case(rest)) {
            return true;
        }
    }
    !text.is_ascii() && text.chars().map(lower).collect::<String>().contains(word)
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

    #[test]
    fn case_makes_no_difference() {
        for (text, word, expected) in [
            ("TestCodec", "testcodec", true),
            ("aab", "ab", true),
            ("ab", "abc", false),
            ("", "a", false),
            ("a", "", true),
            ("ÄB", "äb", true),
            ("AB", "ä", false),
            ("Скорость", "скорость", true),
        ] {
            assert_eq!(contains(text, word), expected, "{text} {word}");
        }
    }
}
