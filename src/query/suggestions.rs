//! Suggested patterns for paths.

/// How many patterns are suggested at most.
const MOST: usize = 4;

/// Suggests patterns, the likeliest first. Each fits all paths: parts that vary
/// become placeholders, the others are written as they are.
pub fn suggest_patterns(paths: &[&str]) -> Vec<String> {
    let split: Vec<Vec<&str>> = paths.iter().map(|path| path.rsplit('/').collect()).collect();
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

    // The parts that vary, from the file name up, at most one per placeholder.
    let mut varying: Vec<usize> = (0..depth)
        .filter(|&back| {
            let same = if back == 0 { common(stems.iter().copied()) } else { common(column(back)) };
            same.is_none()
        })
        .take(3)
        .collect();
    if varying.is_empty() {
        varying.push(0);
    }
    let last = varying.last().copied().unwrap_or(0);
    let template = |names: &[&str]| {
        let slots = (0..=last).rev().map(|back| {
            let name = varying.iter().rev().position(|&at| at == back).map(|at| names[at]);
            match (name, back) {
                (Some(name), 0) => format!("{before}{name}{after}{ending}"),
                (Some(name), _) => name.to_owned(),
                (None, 0) => format!("{}{ending}", literal(stems[0])),
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
    use super::super::PathPattern;
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(paths: &[&str], expected: &[&str]) {
        assert_eq!(suggest_patterns(paths), expected);
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
        fn each_fits_every_path(paths in proptest::collection::vec("[ab1]{1,2}([-_./{*][ab1ü]{1,2}){0,4}", 1..6)) {
            let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
            for suggestion in suggest_patterns(&paths) {
                let pattern = PathPattern::parse(&suggestion).unwrap();
                for path in &paths {
                    prop_assert!(pattern.find(path).is_some(), "{suggestion} in {path}");
                }
            }
        }
    }
}
