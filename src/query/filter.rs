//! The filter over tests.

use serde::{Deserialize, Serialize};

/// Which tests a list, a grid or a download shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Filter {
    /// Words that must occur in the test's suite, class or name, in any order
    /// and case; a word that begins with `!` must not occur.
    pub text: String,
    /// The outcomes that are shown.
    pub only: OutcomeFilter,
    /// A DUT: only its tests and sessions are shown, and `only` is about its
    /// outcomes.
    pub dut: Option<String>,
}

/// Which tests are shown, by their outcomes in the latest session of each DUT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OutcomeFilter {
    /// All.
    #[default]
    All,
    /// Tests that fail on at least one DUT.
    Failing,
    /// Tests whose outcomes differ between DUTs.
    Differences,
    /// Tests whose attempts disagree on at least one DUT.
    Flaky,
}

impl OutcomeFilter {
    /// Returns the word in the query string.
    pub fn key(self) -> &'static str {
        match self {
            OutcomeFilter::All => "",
            OutcomeFilter::Failing => "failing",
            OutcomeFilter::Differences => "differences",
            OutcomeFilter::Flaky => "flaky",
        }
    }

    /// Returns the filter for a word of a query string; all for an unknown word.
    pub fn from_key(key: &str) -> OutcomeFilter {
        match key {
            "flaky" => OutcomeFilter::Flaky,
            "failing" => OutcomeFilter::Failing,
            "differences" => OutcomeFilter::Differences,
            _ => OutcomeFilter::All,
        }
    }
}

impl Filter {
    /// The filter hides something.
    pub fn is_active(&self) -> bool {
        !self.text.trim().is_empty() || self.only != OutcomeFilter::All || self.dut.is_some()
    }

    /// Describes what is shown, such as `failing tests on A`; `None` where the
    /// filter hides nothing.
    pub fn words(&self) -> Option<String> {
        let only = match self.only {
            OutcomeFilter::All => None,
            OutcomeFilter::Failing => Some("failing tests".to_owned()),
            OutcomeFilter::Differences => Some("tests that differ between DUTs".to_owned()),
            OutcomeFilter::Flaky => Some("flaky tests".to_owned()),
        };
        let mut words = only.unwrap_or_else(|| "tests".to_owned());
        if let Some(dut) = &self.dut {
            words = format!("{words} on {dut}");
        }
        let text = self.text.trim();
        if !text.is_empty() {
            words = format!("{words} with “{text}”");
        }
        self.is_active().then_some(words)
    }

    /// Returns a sentence for an empty list.
    pub fn nothing(&self) -> String {
        let text = self.text.trim();
        let place = self.dut.as_ref().map(|dut| format!(" on {dut}")).unwrap_or_default();
        let (what, is_one) = match self.only {
            OutcomeFilter::All => ("test", true),
            OutcomeFilter::Failing => ("failing test", true),
            OutcomeFilter::Differences => ("test that differs between DUTs", false),
            OutcomeFilter::Flaky => ("flaky test", true),
        };
        match (text, is_one) {
            ("", _) => format!("There is no {what}{place}."),
            // Only a single word without `!` is looked for as it is written.
            (word, true) if !word.contains(char::is_whitespace) && !word.starts_with('!') => {
                format!("No {what} name{place} contains “{word}”.")
            }
            (words, _) => format!("There is no {what}{place} with “{words}”."),
        }
    }

    /// Prepares the words for matching.
    pub fn matcher(&self) -> Matcher {
        Matcher::new(&self.text)
    }
}

/// The words of a filter, prepared for matching.
pub struct Matcher {
    words: Vec<Word>,
}

struct Word {
    text: String,
    is_wanted: bool,
}

impl Matcher {
    /// Takes the words of a text; those after `!` must not occur.
    pub fn new(text: &str) -> Matcher {
        let words = text.split_whitespace().filter_map(|word| {
            let unwanted = word.strip_prefix('!');
            let text = lower(unwanted.unwrap_or(word));
            (!text.is_empty()).then_some(Word { text, is_wanted: unwanted.is_none() })
        });
        Matcher { words: words.collect() }
    }

    /// There are no words, so every test matches.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// A test with this scope and name matches.
    pub fn matches(&self, scope: &str, name: &str) -> bool {
        self.is_empty() || self.matches_name(&self.in_scope(scope), name)
    }

    /// Returns which of the words occur in a scope, for
    /// [`Matcher::matches_name`]: many tests share a scope.
    pub fn in_scope(&self, scope: &str) -> Vec<bool> {
        self.words.iter().map(|word| contains(scope, &word.text)).collect()
    }

    /// A test with this name matches, in a scope with these words.
    pub fn matches_name(&self, in_scope: &[bool], name: &str) -> bool {
        let mut words = self.words.iter().zip(in_scope);
        words.all(|(word, in_scope)| (*in_scope || contains(name, &word.text)) == word.is_wanted)
    }
}

/// The text contains a word, which is in lower case, in any case. Does not
/// allocate for ASCII: each keystroke searches a hundred thousand names.
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
    !text.is_ascii() && lower(text).contains(word)
}

/// Returns the text in lower case, letter by letter: unlike
/// `str::to_lowercase`, the same whatever surrounds a letter.
fn lower(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_in_words() {
        let filter = |text: &str, only, dut: Option<&str>| Filter {
            text: text.to_owned(),
            only,
            dut: dut.map(str::to_owned),
        };
        assert_eq!(filter(" ", OutcomeFilter::All, None).words(), None);
        let check = |filter: Filter, words: &str, nothing: &str| {
            assert_eq!((filter.words().as_deref(), filter.nothing().as_str()), (Some(words), nothing));
        };
        check(filter("aac", OutcomeFilter::All, None), "tests with “aac”", "No test name contains “aac”.");
        check(
            filter("aac !x", OutcomeFilter::Failing, None),
            "failing tests with “aac !x”",
            "There is no failing test with “aac !x”.",
        );
        check(
            filter("aac", OutcomeFilter::Failing, Some("A")),
            "failing tests on A with “aac”",
            "No failing test name on A contains “aac”.",
        );
        check(filter("", OutcomeFilter::Flaky, None), "flaky tests", "There is no flaky test.");
        check(filter("", OutcomeFilter::All, Some("A")), "tests on A", "There is no test on A.");
    }

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
