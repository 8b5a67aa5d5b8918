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
    /// The id of a cluster of failures: only its tests are shown.
    pub cluster: Option<String>,
}

/// Which tests are shown, by their outcomes in the latest session of each DUT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OutcomeFilter {
    /// All.
    #[default]
    All,
    /// Tests that fail on at least one DUT.
    Failing,
    /// Tests that fail on at least one DUT, and did not in its previous session.
    New,
    /// Tests that pass on at least one DUT, and failed in its previous session.
    Fixed,
    /// Tests that fail on exactly one of several DUTs.
    OnlyOneDut,
    /// Tests whose outcomes differ between DUTs.
    Differences,
    /// Tests whose attempts disagree on at least one DUT.
    Flaky,
    /// Failing tests whose failures are all known issues.
    Known,
    /// Failing tests of which at least one failure is no known issue.
    NotKnown,
}

/// How an outcome filter is written.
struct Row {
    filter: OutcomeFilter,
    /// The word in the query string.
    key: &'static str,
    /// The label of its button.
    label: &'static str,
    /// What it shows, in the plural.
    words: &'static str,
    /// What it shows, in the plural, if a DUT is chosen: followed by its name.
    on_dut: &'static str,
}

/// All outcome filters, in the order of the enum's variants.
const ROWS: [Row; 9] = [
    Row { filter: OutcomeFilter::All, key: "", label: "All", words: "tests", on_dut: "tests on" },
    Row {
        filter: OutcomeFilter::Failing,
        key: "failing",
        label: "Failing",
        words: "failing tests",
        on_dut: "failing tests on",
    },
    Row {
        filter: OutcomeFilter::New,
        key: "new",
        label: "New",
        words: "new failures",
        on_dut: "new failures on",
    },
    Row {
        filter: OutcomeFilter::Fixed,
        key: "fixed",
        label: "Fixed",
        words: "fixed tests",
        on_dut: "tests fixed on",
    },
    Row {
        filter: OutcomeFilter::OnlyOneDut,
        key: "one-dut",
        label: "Only on one DUT",
        words: "tests that fail on one DUT only",
        on_dut: "tests that fail only on",
    },
    Row {
        filter: OutcomeFilter::Differences,
        key: "differences",
        label: "Differences",
        words: "tests that differ between DUTs",
        on_dut: "tests that differ between DUTs, on",
    },
    Row {
        filter: OutcomeFilter::Flaky,
        key: "flaky",
        label: "Flaky",
        words: "flaky tests",
        on_dut: "flaky tests on",
    },
    Row {
        filter: OutcomeFilter::Known,
        key: "known",
        label: "Known",
        words: "known failures",
        on_dut: "known failures on",
    },
    Row {
        filter: OutcomeFilter::NotKnown,
        key: "not-known",
        label: "Not known",
        words: "failures that are not known",
        on_dut: "failures that are not known, on",
    },
];

impl OutcomeFilter {
    /// All outcome filters, in the order of their buttons.
    pub const ALL: [OutcomeFilter; ROWS.len()] = {
        let mut all = [OutcomeFilter::All; ROWS.len()];
        let mut at = 0;
        while at < ROWS.len() {
            all[at] = ROWS[at].filter;
            assert!(ROWS[at].filter as usize == at, "rows are in the order of the variants");
            at += 1;
        }
        all
    };

    /// Returns the word in the query string.
    pub fn key(self) -> &'static str {
        self.row().key
    }

    /// Returns the label of its button.
    pub fn label(self) -> &'static str {
        self.row().label
    }

    /// Returns what it shows, in the plural.
    pub fn words(self) -> &'static str {
        self.row().words
    }

    /// Whether it can show anything: failures are new or fixed compared with
    /// earlier sessions, differ between several DUTs, and are known by a list.
    pub fn makes_sense(self, has_several_duts: bool, has_earlier_sessions: bool, has_issues: bool) -> bool {
        match self {
            OutcomeFilter::Known | OutcomeFilter::NotKnown => has_issues,
            OutcomeFilter::New | OutcomeFilter::Fixed => has_earlier_sessions,
            OutcomeFilter::OnlyOneDut | OutcomeFilter::Differences => has_several_duts,
            OutcomeFilter::All | OutcomeFilter::Failing | OutcomeFilter::Flaky => true,
        }
    }

    /// Returns the filter for a word of a query string; all for an unknown word.
    pub fn from_key(key: &str) -> OutcomeFilter {
        OutcomeFilter::ALL.into_iter().find(|filter| filter.key() == key).unwrap_or_default()
    }

    fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }
}

impl Filter {
    /// The filter hides something.
    pub fn is_active(&self) -> bool {
        !self.text.trim().is_empty()
            || self.only != OutcomeFilter::All
            || self.dut.is_some()
            || self.cluster.is_some()
    }

    /// Describes what is shown, such as `failing tests on A`; `None` where the
    /// filter hides nothing.
    pub fn words(&self) -> Option<String> {
        let words = match &self.dut {
            None => self.only.row().words.to_owned(),
            Some(dut) => format!("{} {dut}", self.only.row().on_dut),
        };
        let words = match &self.cluster {
            None => words,
            Some(cluster) => format!("{words} with failure {cluster}"),
        };
        let text = self.text.trim();
        let words = if text.is_empty() { words } else { format!("{words} with “{text}”") };
        self.is_active().then_some(words)
    }

    /// Returns a sentence for an empty list.
    pub fn nothing(&self) -> String {
        format!("No {}.", self.words().unwrap_or_else(|| "tests".to_owned()))
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
            cluster: None,
        };
        assert_eq!(filter(" ", OutcomeFilter::All, None).words(), None);
        assert_eq!(filter(" ", OutcomeFilter::All, None).nothing(), "No tests.");
        let check = |filter: Filter, words: &str| {
            assert_eq!(filter.words().as_deref(), Some(words));
            assert_eq!(filter.nothing(), format!("No {words}."));
        };
        check(filter("aac", OutcomeFilter::All, None), "tests with “aac”");
        check(filter("aac !x", OutcomeFilter::Failing, None), "failing tests with “aac !x”");
        check(filter("aac", OutcomeFilter::Failing, Some("A")), "failing tests on A with “aac”");
        check(filter("", OutcomeFilter::Flaky, None), "flaky tests");
        check(filter("", OutcomeFilter::All, Some("A")), "tests on A");
        check(filter("", OutcomeFilter::New, Some("A")), "new failures on A");
        check(filter("", OutcomeFilter::Fixed, Some("A")), "tests fixed on A");
        check(filter("", OutcomeFilter::OnlyOneDut, None), "tests that fail on one DUT only");
        check(filter("", OutcomeFilter::OnlyOneDut, Some("A")), "tests that fail only on A");
    }

    #[test]
    fn filters_need_data_to_compare() {
        let sensible = |has_several_duts, has_earlier_sessions, has_issues| -> Vec<&str> {
            let filters = OutcomeFilter::ALL.into_iter();
            let makes_sense = |filter: &OutcomeFilter| {
                filter.makes_sense(has_several_duts, has_earlier_sessions, has_issues)
            };
            filters.filter(makes_sense).map(OutcomeFilter::key).collect()
        };
        assert_eq!(sensible(false, false, false), ["", "failing", "flaky"]);
        assert_eq!(sensible(true, false, false), ["", "failing", "one-dut", "differences", "flaky"]);
        assert_eq!(sensible(false, true, false), ["", "failing", "new", "fixed", "flaky"]);
        assert_eq!(sensible(false, false, true), ["", "failing", "flaky", "known", "not-known"]);
        assert_eq!(sensible(true, true, true).len(), OutcomeFilter::ALL.len());
    }

    #[test]
    fn every_key_leads_to_its_outcome_filter() {
        for filter in OutcomeFilter::ALL {
            assert_eq!(OutcomeFilter::from_key(filter.key()), filter);
        }
        assert_eq!(OutcomeFilter::from_key("banana"), OutcomeFilter::All);
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
