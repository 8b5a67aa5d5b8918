//! octoprobe: reports of MicroPython's test farm.
//!
//! Source: octoprobe/testbed_micropython, `report_test/util_baseclasses.py`. A report is a folder.
//! Its `context.json` describes the whole report. Each run of a test group on a board (a
//! "tentacle") has a folder with its `context_testgroup.json`, MicroPython's `_results.json` and
//! `testresults.txt`, which contain the same tests, and logs. With `--count` a group runs several
//! times, each in a folder of its own: those are repeats.

pub mod context;
pub mod group;
mod tentacle;
pub mod xfail;

pub(super) use tentacle::Tentacle;

use crate::model::{ReportFile, ReportRole, Timestamp};

/// Returns the report of a file.
fn report(role: ReportRole) -> Option<ReportFile> {
    Some(ReportFile { kind: "octoprobe".to_owned(), role })
}

/// Returns the report of a file in the folder of a group, which is in the report's.
pub(super) fn of_group() -> Option<ReportFile> {
    report(ReportRole::Share { levels: 1 })
}

/// The error of a run that did not finish.
const NEVER_FINISHED: &str = "Test never finished";

/// The explanation for samples of the reporting proposal.
const PROPOSAL: &str =
    "a sample of octoprobe's reporting proposal? Drop the files that `mptest` writes instead";

/// Parses `2026-08-19_18-25-43+0200`, `2026-02-26_20-54-50-CET` and `2025-04-18 23:22:12`. An
/// ambiguous name of a zone is ignored.
fn moment(text: &str) -> Option<Timestamp> {
    let Some((date, rest)) = text.split_once('_') else {
        return Timestamp::parse(text);
    };
    let (time, zone) = rest.split_at_checked("20-54-50".len())?;
    let zone = match zone {
        "-CET" => "+01:00",
        "-CEST" => "+02:00",
        "-UTC" | "-GMT" => "Z",
        numeric if numeric.starts_with(['+', '-']) && numeric.ends_with(|c: char| c.is_ascii_digit()) => {
            numeric
        }
        _ => "",
    };
    Timestamp::parse(&format!("{date}T{}{zone}", time.replace('-', ":")))
}

/// Returns the seconds from one time to another.
fn seconds_between(start: Option<Timestamp>, end: Option<Timestamp>) -> Option<f64> {
    let ms = end?.unix_ms - start?.unix_ms;
    (ms >= 0).then_some(ms as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_all_generations() {
        for (text, expected) in [
            ("2026-08-19_18-25-43+0200", Some("2026-08-19T18:25:43+02:00")),
            ("2026-08-19_18-25-43-0330", Some("2026-08-19T18:25:43-03:30")),
            ("2026-02-26_20-54-50-CET", Some("2026-02-26T20:54:50+01:00")),
            ("2026-07-26_20-54-50-CEST", Some("2026-07-26T20:54:50+02:00")),
            ("2026-07-26_20-54-50-UTC", Some("2026-07-26T20:54:50Z")),
            ("2026-07-26_20-54-50-IST", Some("2026-07-26T20:54:50")),
            ("2025-04-18 23:22:12", Some("2025-04-18T23:22:12")),
            ("", None),
            ("2026-02-26_", None),
            ("2026-02-26_ü-54-50-CET", None),
        ] {
            assert_eq!(moment(text).map(Timestamp::iso).as_deref(), expected, "{text}");
        }
    }
}
