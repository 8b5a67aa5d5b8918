//! The output of the testing package and its tests.

use crate::import::details::Measurement;
use crate::model::Outcome;

/// Returns whether the testing package writes this line around a test's output.
pub(super) fn is_frame(line: &str) -> bool {
    let line = line.trim_start();
    let begins = |frames: &[&str]| frames.iter().any(|frame| line.starts_with(frame));
    begins(&["=== RUN ", "=== PAUSE ", "=== CONT ", "=== NAME ", "=== ATTR "])
        || begins(&["--- PASS: ", "--- FAIL: ", "--- SKIP: ", "--- BENCH: "])
}

/// Finds `--- PASS: TestX (0.01s)` in a line of output, which may follow other output on the line.
/// Returns the test, its outcome, its action and its duration in seconds.
pub(super) fn result_line(line: &str) -> Option<(&str, Outcome, &'static str, Option<f64>)> {
    let (_, rest) = line.split_once("--- ")?;
    let (word, rest) = rest.split_once(": ")?;
    let (name, rest) = rest.split_once(" (")?;
    let (outcome, native) = match word {
        "PASS" => (Outcome::Passed, "pass"),
        "FAIL" => (Outcome::Failed, "fail"),
        "SKIP" => (Outcome::Skipped, "skip"),
        _ => return None,
    };
    let seconds = rest.split_once("s)").and_then(|(seconds, _)| seconds.parse().ok());
    Some((name, outcome, native, seconds))
}

/// Returns the measurements of a benchmark. Its line has columns with tabs: name, iterations, and
/// then `1502 ns/op`, `12 B/op`.
pub(super) fn measured(output: &str) -> Vec<Measurement> {
    let line = output.lines().find(|line| line.contains(" ns/op")).unwrap_or("");
    let values = line.split('\t').skip(2).filter_map(|value| value.trim().split_once(' '));
    let of = |(value, unit): (&str, &str)| {
        let unit = unit.trim();
        let name = match unit {
            "ns/op" => "time",
            "B/op" => "memory",
            "allocs/op" => "allocations",
            "MB/s" => "throughput",
            _ => "metric",
        };
        Measurement::new(name, value, unit)
    };
    values.map(of).collect()
}

/// Returns the most useful line of an output: the measurements of a benchmark, otherwise what was
/// logged first.
pub(super) fn first_said<'a>(output: &'a str, native: &str) -> &'a str {
    let mut lines = output.lines().map(str::trim).filter(|line| !line.is_empty());
    match native {
        "pass" | "bench" => "",
        "build failed" => lines.find(|line| !line.starts_with('#')).unwrap_or(""),
        _ => {
            lines.clone().find(|line| place_and_text(line).0.is_some()).or_else(|| lines.next()).unwrap_or("")
        }
    }
}

/// Splits `player_test.go:19: too loud` into place and text.
pub(super) fn place_and_text(line: &str) -> (Option<&str>, &str) {
    let text = |end: usize| line.get(end..).map(|text| text.trim_start_matches(':').trim()).unwrap_or("");
    let Some(digits) = line.find(".go:").map(|at| at + 4) else {
        return (None, line);
    };
    let rest = line.get(digits..).unwrap_or("");
    let end = digits + rest.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(rest.len());
    let place = line.get(..end).unwrap_or("").trim_end_matches(':');
    if place.contains(' ') || end == digits || !line.get(..end).is_some_and(|place| place.ends_with(':')) {
        return (None, line);
    }
    (Some(place), text(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_results() {
        for (line, expected) in [
            ("--- PASS: TestC (0.01s)\n", Some(("TestC", Outcome::Passed, "pass", Some(0.01)))),
            ("    --- FAIL: TestC/tcp (27.63s)", Some(("TestC/tcp", Outcome::Failed, "fail", Some(27.63)))),
            ("no line end--- SKIP: TestD (0.00s)", Some(("TestD", Outcome::Skipped, "skip", Some(0.0)))),
            ("--- BENCH: BenchmarkX-8", None),
            ("--- PASS", None),
        ] {
            assert_eq!(result_line(line), expected, "{line}");
        }
    }

    #[test]
    fn places_of_messages() {
        for (line, place, text) in [
            ("player_test.go:19: too loud", Some("player_test.go:19"), "too loud"),
            ("broken/broken_test.go:6:8: undefined: x", Some("broken/broken_test.go:6:8"), "undefined: x"),
            ("good_test.go:23: ", Some("good_test.go:23"), ""),
            ("see player.go:19 for more", None, "see player.go:19 for more"),
            ("panic: a.go: b", None, "panic: a.go: b"),
            ("a.go:", None, "a.go:"),
        ] {
            assert_eq!(place_and_text(line), (place, text));
        }
    }
}
