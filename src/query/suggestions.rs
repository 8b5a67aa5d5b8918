//! Suggested patterns for paths.

use super::PathPattern;
use crate::model::IdentityField;
use rustc_hash::FxHashMap;

/// How many patterns are suggested at most.
const MOST: usize = 4;

/// Suggests patterns, the likeliest first, for paths with the number of their session.
/// Each fits all paths and gives all files of a session the same names: parts that vary
/// between sessions become placeholders, those that vary within a session `*`, the others
/// are written as they are.
pub fn suggest_patterns(files: &[(&str, Option<u32>)]) -> Vec<String> {
    let mut suggestions = fitting_patterns(files);
    suggestions.retain(|suggestion| keeps_sessions(suggestion, files));
    suggestions
}

/// Whether a pattern gives all files of a session the same names.
fn keeps_sessions(pattern: &str, files: &[(&str, Option<u32>)]) -> bool {
    let Ok(pattern) = PathPattern::parse(pattern) else {
        return false;
    };
    let mut names: FxHashMap<u32, Option<Vec<(IdentityField, String)>>> = FxHashMap::default();
    files.iter().all(|(path, session)| {
        let found = pattern.find(path);
        session.is_none_or(|session| *names.entry(session).or_insert_with(|| found.clone()) == found)
    })
}

fn fitting_patterns(files: &[(&str, Option<u32>)]) -> Vec<String> {
    let split: Vec<Vec<&str>> = files.iter().map(|(path, _)| path.rsplit('/').collect()).collect();
    let Some(depth) = split.iter().map(Vec::len).min() else {
        return Vec::new();
    };
    let column = |back: usize| split.iter().map(move |names| names[back]);
    let stems: Vec<&str> = column(0).map(|name| split_ending(name).0).collect();
    let endings: Vec<&str> = column(0).map(|name| split_ending(name).1).collect();
    let ending = match common(endings.iter().copied()) {
        Some(ending) => literal(ending),
        None if endings.contains(&"") => "*".to_owned(),
        None => ".*".to_owned(),
    };
    let (before, after) = frame(&stems);

    let name_at = |file: usize, back: usize| if back == 0 { stems[file] } else { split[file][back] };
    // Whether files of one session differ in this part.
    let is_inner = |back: usize| {
        let mut of_session = FxHashMap::default();
        files.iter().enumerate().any(|(file, (_, session))| {
            let name = name_at(file, back);
            session.is_some_and(|session| *of_session.entry(session).or_insert(name) != name)
        })
    };
    let inner: Vec<bool> = (0..depth).map(is_inner).collect();
    // The parts that vary, from the file name up, at most one per placeholder.
    let mut varying: Vec<usize> = (0..depth)
        .filter(|&back| {
            let mut names = (0..files.len()).map(|file| name_at(file, back));
            !inner[back] && common(&mut names).is_none()
        })
        .take(3)
        .collect();
    if varying.is_empty() {
        match inner.iter().position(|is_inner| !is_inner) {
            Some(back) => varying.push(back),
            None => return Vec::new(),
        }
    }
    let last = varying.last().copied().unwrap_or(0);
    let template = |names: &[&str]| {
        let slots = (0..=last).rev().map(|back| {
            let name = varying.iter().rev().position(|&at| at == back).map(|at| names[at]);
            match (name, back) {
                (Some(name), 0) => format!("{before}{name}{after}{ending}"),
                (Some(name), _) => name.to_owned(),
                (None, 0) => format!("{}{ending}", literal(common(stems.iter().copied()).unwrap_or("*"))),
                (None, _) => literal(common(column(back)).unwrap_or("*")),
            }
        });
        slots.collect::<Vec<_>>().join("/")
    };
    let (dut, build, session) = ("{dut}", "{build}", "{session}");
    let mut suggestions = match varying.len() {
        1 => vec![template(&[dut]), template(&[build])],
        2 => vec![template(&[build, dut]), template(&[dut, build])],
        _ => vec![template(&[build, dut, session]), template(&[dut, build, session])],
    };
    // Two placeholders in one name.
    let inner = |stem: &&str| -> Option<char> {
        let inner = stem.get(before.len()..stem.len().checked_sub(after.len())?)?;
        ['_', '-'].into_iter().find(|&sign| inner.matches(sign).count() == 1)
    };
    if varying == [0]
        && let Some(sign) = stems.first().and_then(inner)
        && stems.iter().all(|stem| inner(stem) == Some(sign))
    {
        suggestions.push(template(&[&format!("{dut}{sign}{build}")]));
        suggestions.push(template(&[&format!("{build}{sign}{dut}")]));
    }
    suggestions.truncate(MOST);
    suggestions
}

/// Returns the text that all of them are; `None` where they differ.
fn common<'a>(mut texts: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let first = texts.next()?;
    texts.all(|text| text == first).then_some(first)
}

/// Replaces characters that have a meaning in patterns by `*`.
fn literal(text: &str) -> String {
    text.replace(['{', '}', '*'], "*")
}

fn split_ending(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 => name.split_at(at),
        _ => (name, ""),
    }
}

/// Words for reports, which name neither a DUT nor a build.
const REPORT: [&str; 8] = ["junit", "pytest", "report", "result", "results", "test", "tests", "xunit"];

/// Returns the common start and end of all names, where these are words for
/// reports: `junit-` and `_report`.
fn frame<'a>(names: &[&'a str]) -> (&'a str, &'a str) {
    let is_separator = |c: char| matches!(c, '-' | '_' | '.' | ' ');
    let is_report = |word: &str| REPORT.contains(&word.to_ascii_lowercase().as_str());
    let first = names.first().copied().unwrap_or_default();
    let before = first.find(is_separator).filter(|&at| is_report(&first[..at]));
    let before = before.map_or("", |at| &first[..at + 1]);
    let after = first.rfind(is_separator).filter(|&at| is_report(&first[at + 1..]));
    let after = after.map_or("", |at| &first[at..]);
    let frames = |name: &&str| {
        name.len() > before.len() + after.len() && name.starts_with(before) && name.ends_with(after)
    };
    if names.iter().all(frames) { (before, after) } else { ("", "") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(paths: &[&str], expected: &[&str]) {
        let files: Vec<_> = (0..).zip(paths).map(|(session, path)| (*path, Some(session))).collect();
        assert_eq!(suggest_patterns(&files), expected);
    }

    #[test]
    fn files_of_a_session_get_the_same_names() {
        let files = [("1.4/a/TEST-x.xml", 0), ("1.4/a/TEST-y.xml", 0), ("1.5/b/TEST-x.xml", 1)];
        let files = files.map(|(path, session)| (path, Some(session)));
        assert_eq!(suggest_patterns(&files), ["{build}/{dut}/*.xml", "{dut}/{build}/*.xml"]);
        let one = [("a/x.xml", Some(0)), ("a/y.xml", Some(0))];
        assert_eq!(suggest_patterns(&one), ["{dut}/*.xml", "{build}/*.xml"]);
        let nothing = [("x.xml", Some(0)), ("y.xml", Some(0))];
        assert!(suggest_patterns(&nothing).is_empty());
    }

    #[test]
    fn what_varies_is_named() {
        check(
            &["2.4.0/one-a1.xml", "2.4.1/mini-a1.json", "2.4.1/one-a1.xml"],
            &["{build}/{dut}.*", "{dut}/{build}.*"],
        );
        check(&["run/junit-board_a_x.xml", "run/junit-board.xml"], &["junit-{dut}.xml", "junit-{build}.xml"]);
        check(&["x/a/results.xml", "x/b/results.xml"], &["{dut}/results.xml", "{build}/results.xml"]);
        check(
            &["1/x/a/r.xml", "2/x/b/r.xml", "2/x/a/r.xml"],
            &["{build}/x/{dut}/r.xml", "{dut}/x/{build}/r.xml"],
        );
        check(&["a.xml"], &["{dut}.xml", "{build}.xml"]);
        check(&[], &[]);
    }

    #[test]
    fn a_name_may_hold_two_things() {
        check(
            &["a_1.xml", "b_1.xml", "b_2.xml"],
            &["{dut}.xml", "{build}.xml", "{dut}_{build}.xml", "{build}_{dut}.xml"],
        );
    }

    proptest! {
        #[test]
        fn each_fits_every_path_and_no_session_is_split(
            files in proptest::collection::vec(("[ab1]{1,2}([-_./{*][ab1ü]{1,2}){0,4}", 0..3_u32), 1..6)
        ) {
            let files: Vec<_> = files.iter().map(|(path, session)| (path.as_str(), Some(*session))).collect();
            for suggestion in suggest_patterns(&files) {
                let pattern = PathPattern::parse(&suggestion).unwrap();
                for (path, _) in &files {
                    prop_assert!(pattern.find(path).is_some(), "{suggestion} in {path}");
                }
                for (one, other) in files.iter().flat_map(|a| files.iter().map(move |b| (a, b))) {
                    prop_assert!(one.1 != other.1 || pattern.find(one.0) == pattern.find(other.0));
                }
            }
        }
    }
}
