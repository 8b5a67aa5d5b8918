//! Names without what they have in common.

use serde::{Deserialize, Serialize};

/// Characters that separate the parts of a name.
const SEPARATORS: [char; 6] = ['-', '_', '.', '/', ':', ' '];

/// Stands for a part that was left out of a name.
const CUT: &str = "…";

/// Letters that a part between others has at least: leaving out less gains nothing.
const LEAST_MIDDLE: usize = 4;

/// Names of one list, without what they have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShortNames {
    /// The beginning that all names share, up to a separator; "" if there is none.
    pub prefix: String,
    /// Parts that all names share, between parts that differ. In names, each is
    /// replaced by an ellipsis.
    pub middles: Vec<String>,
    /// The end that all names share, from a separator on; "" if there is none.
    pub suffix: String,
    /// What is left of each name, in the order of the list; never empty, unless the
    /// name is.
    pub names: Vec<String>,
}

impl ShortNames {
    /// Returns the pattern of what was left out, such as `rack-…_board-…`; `None`
    /// if the names are whole.
    pub fn left_out(&self) -> Option<String> {
        let is_whole = self.prefix.is_empty() && self.middles.is_empty() && self.suffix.is_empty();
        let middles = self.middles.iter().map(|middle| format!("{CUT}{middle}"));
        (!is_whole).then(|| format!("{}{}{CUT}{}", self.prefix, middles.collect::<String>(), self.suffix))
    }
}

/// Shortens the names of a list: `rack-0_a` and `rack-0_b` become `a` and `b`;
/// `1-board-01` and `2-board-02` become `1…01` and `2…02`.
///
/// Names are cut at separators only, so that numbers and words stay whole, and
/// each name keeps at least one letter or digit. A single name has nothing in
/// common with others and stays whole.
pub fn short_names(names: &[&str]) -> ShortNames {
    if names.len() < 2 {
        return ShortNames {
            names: names.iter().map(|&name| name.to_owned()).collect(),
            ..Default::default()
        };
    }
    let prefix = common_prefix(names);
    let rests: Vec<&str> = names.iter().map(|name| &name[prefix.len()..]).collect();
    let suffix = common_suffix(&rests);
    let rests: Vec<&str> = rests.iter().map(|rest| &rest[..rest.len() - suffix.len()]).collect();
    let (middles, names) = without_middles(&rests);
    ShortNames { prefix: prefix.to_owned(), middles, suffix: suffix.to_owned(), names }
}

/// The parts of a name: words, and the separators between them.
fn parts(name: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = name;
    while let Some(at) = rest.find(SEPARATORS) {
        // A separator is one byte.
        parts.extend([&rest[..at], &rest[at..=at]]);
        rest = &rest[at + 1..];
    }
    parts.push(rest);
    parts
}

/// Leaves out what all names have between parts that differ. Only names with
/// equally many parts are compared.
fn without_middles(names: &[&str]) -> (Vec<String>, Vec<String>) {
    let whole = || (Vec::new(), names.iter().map(|&name| name.to_owned()).collect());
    let split: Vec<Vec<&str>> = names.iter().map(|name| parts(name)).collect();
    let Some((first, others)) = split.split_first() else {
        return whole();
    };
    if others.iter().any(|other| other.len() != first.len()) {
        return whole();
    }
    let is_shared = |at: usize| others.iter().all(|other| other[at] == first[at]);
    let mut middles = Vec::new();
    let mut short = vec![String::new(); names.len()];
    let mut at = 0;
    while at < first.len() {
        let end = (at..first.len()).find(|&at| !is_shared(at)).unwrap_or(first.len());
        let middle = first[at..end].concat();
        if at > 0 && end < first.len() && middle.chars().count() >= LEAST_MIDDLE {
            short.iter_mut().for_each(|name| name.push_str(CUT));
            middles.push(middle);
        } else {
            short.iter_mut().for_each(|name| name.push_str(&middle));
        }
        if end < first.len() {
            short.iter_mut().zip(&split).for_each(|(name, parts)| name.push_str(parts[end]));
        }
        at = end + 1;
    }
    (middles, short)
}

/// The longest common beginning that ends with a separator and leaves something
/// of each name.
fn common_prefix<'a>(names: &[&'a str]) -> &'a str {
    let Some((&first, others)) = names.split_first() else {
        return "";
    };
    let same = |other: &&str| {
        let mut chars = first.char_indices().zip(other.chars());
        chars.find(|((_, a), b)| a != b).map_or(first.len().min(other.len()), |((at, _), _)| at)
    };
    let shared = &first[..others.iter().map(same).min().unwrap_or_default()];
    let ends = shared.char_indices().rev().filter(|(_, c)| SEPARATORS.contains(c));
    let mut prefixes = ends.map(|(at, c)| &first[..at + c.len_utf8()]);
    prefixes.find(|prefix| names.iter().all(|name| says_something(&name[prefix.len()..]))).unwrap_or_default()
}

/// The longest common end that begins with a separator and leaves something of
/// each name.
fn common_suffix<'a>(names: &[&'a str]) -> &'a str {
    let Some((&first, others)) = names.split_first() else {
        return "";
    };
    let mut suffixes =
        first.char_indices().filter(|(_, c)| SEPARATORS.contains(c)).map(|(at, _)| &first[at..]);
    let is_shared = |suffix: &&str| {
        others.iter().all(|other| other.ends_with(suffix))
            && names.iter().all(|name| says_something(&name[..name.len() - suffix.len()]))
    };
    suffixes.find(is_shared).unwrap_or_default()
}

/// A name has a letter or a digit.
fn says_something(name: &str) -> bool {
    name.chars().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(names: &[&str], prefix: &str, short: &[&str], suffix: &str) {
        let found = short_names(names);
        assert_eq!((found.prefix.as_str(), found.suffix.as_str()), (prefix, suffix));
        assert_eq!(found.names, short);
    }

    #[test]
    fn common_parts_are_cut_at_separators() {
        check(&["rack-0_board-01", "rack-0_board-02"], "rack-0_board-", &["01", "02"], "");
        check(&["rack-0_a", "rack-1_a", "rack-1_b"], "rack-", &["0_a", "1_a", "1_b"], "");
        check(&["rack-0_board-01", "rack-1_board-12"], "rack-", &["0…01", "1…12"], "");
        check(&["lab1-esp32", "lab2-esp32"], "", &["lab1", "lab2"], "-esp32");
        check(&["lab/a:x.local", "lab/b:x.local"], "lab/", &["a", "b"], ":x.local");
        check(&["Board 1", "Board 2"], "Board ", &["1", "2"], "");
    }

    #[test]
    fn words_and_numbers_stay_whole() {
        check(&["board10", "board11"], "", &["board10", "board11"], "");
        check(&["max-b1", "mini-a1"], "", &["max-b1", "mini-a1"], "");
        check(&["a_100", "a_1000"], "a_", &["100", "1000"], "");
        // Too short, or not the same parts.
        check(&["1-a-1", "2-a-2"], "", &["1-a-1", "2-a-2"], "");
        check(&["1-board-1", "2-board-b-2"], "", &["1-board-1", "2-board-b-2"], "");
    }

    #[test]
    fn no_name_becomes_empty() {
        check(&["rack-", "rack-1"], "", &["rack-", "rack-1"], "");
        check(&["a-b-", "a-b-c"], "a-", &["b-", "b-c"], "");
        check(&["-esp32", "x-esp32"], "", &["-esp32", "x-esp32"], "");
        check(&["a-b", "a-b"], "a-", &["b", "b"], "");
        check(&["", ""], "", &["", ""], "");
    }

    #[test]
    fn one_name_stays_whole() {
        check(&["rack-0_board-01"], "", &["rack-0_board-01"], "");
        check(&[], "", &[], "");
    }

    #[test]
    fn what_is_left_out_is_said() {
        let left_out = |names: &[&str]| short_names(names).left_out();
        assert_eq!(left_out(&["rack-0_a", "rack-0_b"]).as_deref(), Some("rack-0_…"));
        assert_eq!(left_out(&["r-a-x", "r-b-x"]).as_deref(), Some("r-…-x"));
        assert_eq!(left_out(&["r-1_board-1", "r-2_board-2"]).as_deref(), Some("r-…_board-…"));
        assert_eq!(left_out(&["1_board-1", "2_board-2"]).as_deref(), Some("…_board-…"));
        assert_eq!(left_out(&["a", "b"]), None);
    }

    proptest! {
        #[test]
        fn parts_add_up_to_the_names(names in proptest::collection::vec("[abü1_. -]{1,9}|[12]_board-(x-)?[12]", 0..5)) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let short = short_names(&names);
            prop_assert_eq!(short.names.len(), names.len());
            for (short_name, name) in short.names.iter().zip(names) {
                prop_assert!(!short_name.is_empty());
                let whole = short.middles.iter().fold(short_name.clone(), |name, middle| name.replacen(CUT, middle, 1));
                prop_assert_eq!(format!("{}{whole}{}", short.prefix, short.suffix), name);
            }
        }
    }
}
