//! The lines of TAP.

use crate::import::number;
use crate::model::{Outcome, ansi};
use std::borrow::Cow;

/// A line of TAP without its indentation.
#[derive(Debug, PartialEq)]
pub enum Line<'a> {
    /// `TAP version 14`, `KTAP version 1`.
    Version,
    /// `1..7`, `1..0 # SKIP no board`: how many results follow.
    Plan { count: u64, reason: Option<&'a str> },
    /// A result.
    Point(Point<'a>),
    /// `Bail out! the bench is on fire`.
    BailOut(&'a str),
    /// `# Subtest: pairing`.
    Subtest(&'a str),
    /// `# ` and any text.
    Comment(&'a str),
    /// `pragma +strict`.
    Pragma,
    /// Any other line.
    Other,
}

/// A result: `not ok 3 - pairs # TODO known bug`.
#[derive(Debug, Default, PartialEq)]
pub struct Point<'a> {
    /// It begins with `ok`.
    pub is_ok: bool,
    /// Its number, if it has one.
    pub number: Option<u64>,
    /// Its description, without escapes.
    pub name: Cow<'a, str>,
    /// The directive after the description.
    pub directive: Option<Directive>,
    /// The reason for the directive.
    pub reason: &'a str,
    /// The duration, which some producers write after the description.
    pub duration_s: Option<f64>,
}

/// A directive after a description. Only the first two are part of TAP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Directive {
    Skip,
    Todo,
    /// From KTAP.
    XFail,
    XPass,
    Timeout,
    Error,
    /// Any other reason: kselftest's `exit=1`, pytest-tap's `unexpected success: …`.
    Said,
}

impl Point<'_> {
    /// Returns the outcome of the test.
    pub fn outcome(&self) -> Outcome {
        match (self.directive, self.is_ok) {
            (None | Some(Directive::Said), true) => Outcome::Passed,
            (None | Some(Directive::Said), false) => Outcome::Failed,
            (Some(Directive::Skip), _) => Outcome::Skipped,
            (Some(Directive::Todo | Directive::XPass), true) => Outcome::XPassed,
            (Some(Directive::Todo | Directive::XFail), _) => Outcome::XFailed,
            (Some(Directive::XPass), false) => Outcome::Failed,
            (Some(Directive::Timeout | Directive::Error), _) => Outcome::Error,
        }
    }

    /// Returns the line's own words for the outcome.
    pub fn native(&self) -> String {
        let word = match self.directive {
            None | Some(Directive::Said) => "",
            Some(Directive::Skip) => " # SKIP",
            Some(Directive::Todo) => " # TODO",
            Some(Directive::XFail) => " # XFAIL",
            Some(Directive::XPass) => " # XPASS",
            Some(Directive::Timeout) => " # TIMEOUT",
            Some(Directive::Error) => " # ERROR",
        };
        format!("{}{word}", if self.is_ok { "ok" } else { "not ok" })
    }
}

/// Returns a line without terminal colors.
pub fn without_colors(line: &str) -> Cow<'_, str> {
    if memchr::memchr(0x1B, line.as_bytes()).is_none() {
        return Cow::Borrowed(line);
    }
    ansi::plain(line)
}

/// Parses a line that does not begin with white space.
pub fn line(line: &str) -> Line<'_> {
    let line = line.trim_end();
    if let Some(comment) = line.strip_prefix('#') {
        let comment = comment.strip_prefix(' ').unwrap_or(comment);
        return match comment.strip_prefix("Subtest:").or_else(|| comment.strip_prefix("Subtest ")) {
            Some(name) => Line::Subtest(name.trim()),
            None => Line::Comment(comment),
        };
    }
    if is_version(line) {
        return Line::Version;
    }
    if let Some((count, reason)) = plan(line) {
        return Line::Plan { count, reason };
    }
    if let Some(point) = point(line) {
        return Line::Point(point);
    }
    if let Some(reason) = line.strip_prefix("Bail out!") {
        return Line::BailOut(reason.trim());
    }
    if line.starts_with("pragma ") { Line::Pragma } else { Line::Other }
}

/// `TAP version 13`, `KTAP version 1`.
pub fn is_version(line: &str) -> bool {
    let number = line.strip_prefix("KTAP version ").or_else(|| line.strip_prefix("TAP version "));
    number.is_some_and(|number| number.trim().parse::<u32>().is_ok())
}

fn plan(line: &str) -> Option<(u64, Option<&str>)> {
    let (count, rest) = split_number(line.strip_prefix("1..")?)?;
    let rest = rest.trim();
    let reason = rest.strip_prefix('#').map(|reason| match directive(reason) {
        Some((Directive::Skip, reason)) => reason,
        _ => reason.trim(),
    });
    (rest.is_empty() || reason.is_some()).then_some((count, reason))
}

fn point(line: &str) -> Option<Point<'_>> {
    let is_ok = !line.starts_with("not ok");
    let rest = if is_ok { line.strip_prefix("ok")? } else { line.strip_prefix("not ok")? };
    if !rest.is_empty() && !rest.starts_with(' ') {
        return None;
    }
    let rest = rest.trim_start();
    let (number, rest) = match split_number(rest) {
        // `ok 3rd try` has no number.
        Some((number, rest)) if rest.is_empty() || rest.starts_with(' ') => (Some(number), rest.trim_start()),
        _ => (None, rest),
    };
    let rest = match rest.strip_prefix('-') {
        Some(name) if name.is_empty() || name.starts_with(' ') => name.trim_start(),
        _ => rest,
    };
    let mut point = Point { is_ok, number, ..Point::default() };
    let mut end = rest.len();
    for (at, _) in rest.match_indices('#') {
        let (name, comment) = rest.split_at_checked(at)?;
        // `\#` belongs to the description, and so does the `#` of `C#`.
        if !name.is_empty() && !name.ends_with([' ', '\t']) {
            continue;
        }
        let comment = comment.get(1..).unwrap_or("");
        if let Some(seconds) = time(comment) {
            point.duration_s = Some(seconds);
        } else if let Some((found, reason)) = directive(comment) {
            (point.directive, point.reason) = (Some(found), reason);
        } else if !is_ok && name.is_empty() && comment.trim_start().starts_with("error ") {
            // kselftest writes this one in lower case.
            (point.directive, point.reason) =
                (Some(Directive::Error), comment.trim_start().get(6..).unwrap_or(""));
        } else {
            continue;
        }
        end = end.min(at);
        if point.directive.is_some() {
            break;
        }
    }
    let mut name = rest.get(..end).unwrap_or(rest).trim_end();
    // bats: `plays in 12ms`.
    if let Some((before, ms)) = name.rsplit_once(" in ")
        && let Some(ms) = ms.strip_suffix("ms").and_then(|ms| ms.parse::<u32>().ok())
    {
        point.duration_s = Some(f64::from(ms) / 1000.0);
        name = before;
    }
    point.name = unescaped(name);
    Some(point)
}

/// Splits a directive from its reason: `SKIP no board`, `TODO`, `TIMEOUT 45 seconds`.
fn directive(comment: &str) -> Option<(Directive, &str)> {
    let comment = comment.trim();
    if comment.starts_with("exit=") || comment.starts_with("unexpected success") {
        return Some((Directive::Said, comment));
    }
    let (word, rest) = comment.split_at(comment.find([' ', ':', '\t']).unwrap_or(comment.len()));
    let reason = rest.trim_start_matches(':').trim();
    let directive = match word {
        "XFAIL" => Directive::XFail,
        "XPASS" => Directive::XPass,
        "TIMEOUT" => Directive::Timeout,
        "ERROR" => Directive::Error,
        _ if word.eq_ignore_ascii_case("todo") => Directive::Todo,
        // Also `skipped`.
        _ if word.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("skip")) => Directive::Skip,
        _ => return None,
    };
    Some((directive, reason))
}

/// Parses `time=12.5ms` of node-tap and `in 12 ms` of bats.
fn time(comment: &str) -> Option<f64> {
    let comment = comment.trim();
    let text = comment.strip_prefix("time=").or_else(|| comment.strip_prefix("in "))?;
    let text = text.split_once(" #").map_or(text, |(text, _)| text).trim();
    match text.strip_suffix("ms") {
        Some(ms) => number::seconds(ms.trim()).map(|ms| ms / 1000.0),
        None => text.ends_with('s').then(|| number::seconds(text))?,
    }
}

fn split_number(text: &str) -> Option<(u64, &str)> {
    let (digits, rest) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    Some((digits.parse().ok()?, rest))
}

/// Resolves `\#` and `\\`.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = (c == '\\').then(|| chars.next_if(|c| matches!(c, '#' | '\\'))).flatten();
        plain.push(escaped.unwrap_or(c));
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_many_producers() {
        for (text, name, outcome, reason, duration_s) in [
            ("ok", "", Outcome::Passed, "", None),
            ("ok 1", "", Outcome::Passed, "", None),
            ("not ok 2 - pairs", "pairs", Outcome::Failed, "", None),
            ("not ok - no number", "no number", Outcome::Failed, "", None),
            ("ok 3 volume \\# 11 \\\\ 12", "volume # 11 \\ 12", Outcome::Passed, "", None),
            ("ok 3 - C# works", "C# works", Outcome::Passed, "", None),
            ("ok 3 - fixes # 12", "fixes # 12", Outcome::Passed, "", None),
            ("ok 4 - mic # SKIP no microphone", "mic", Outcome::Skipped, "no microphone", None),
            ("ok 5 # skip no board", "", Outcome::Skipped, "no board", None),
            ("ok 5 - a # Skipped: no board", "a", Outcome::Skipped, "no board", None),
            ("not ok 6 - eq # TODO known bug", "eq", Outcome::XFailed, "known bug", None),
            ("ok 7 - eq # todo", "eq", Outcome::XPassed, "", None),
            ("ok 8 - a # time=12.5ms", "a", Outcome::Passed, "", Some(0.0125)),
            ("ok 8 - a # time=1.5s # SKIP later", "a", Outcome::Skipped, "later", Some(1.5)),
            ("ok 9 plays in 12ms # skip later", "plays", Outcome::Skipped, "later", Some(0.012)),
            (
                "not ok 1 selftests: net: a.sh # exit=1",
                "selftests: net: a.sh",
                Outcome::Failed,
                "exit=1",
                None,
            ),
            ("not ok 1 a # TIMEOUT 45 seconds", "a", Outcome::Error, "45 seconds", None),
            ("not ok 1 # error no device", "", Outcome::Error, "no device", None),
            ("ok 2 # XFAIL mmap of a hole", "", Outcome::XFailed, "mmap of a hole", None),
            ("ok 2 - # error handling", "# error handling", Outcome::Passed, "", None),
        ] {
            let Line::Point(point) = line(text) else { panic!("{text}") };
            let found = (&*point.name, point.outcome(), point.reason, point.duration_s);
            assert_eq!(found, (name, outcome, reason, duration_s), "{text}");
        }
        for text in ["okay", "not okay", "ok1", "nothing", ""] {
            assert_eq!(line(text), Line::Other, "{text}");
        }
    }

    #[test]
    fn other_lines() {
        assert_eq!(line("TAP version 13"), Line::Version);
        assert_eq!(line("KTAP version 1"), Line::Version);
        assert_eq!(line("TAP version: 13"), Line::Other);
        assert_eq!(line("1..12"), Line::Plan { count: 12, reason: None });
        assert_eq!(line("1..0 # SKIP no board"), Line::Plan { count: 0, reason: Some("no board") });
        assert_eq!(line("1..2.5"), Line::Other);
        assert_eq!(line("Bail out!  fire"), Line::BailOut("fire"));
        assert_eq!(line("# Subtest: pairing"), Line::Subtest("pairing"));
        assert_eq!(line("#comment"), Line::Comment("comment"));
    }
}
