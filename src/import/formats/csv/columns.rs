//! The meaning of columns, by their names.

use crate::import::identify;
use crate::model::IdentityField;

/// The meaning of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// The test; `true` for a node id.
    Test(bool),
    Suite,
    Class,
    Parameters,
    Outcome,
    /// The outcome in the word of the original format.
    Native,
    /// A duration, and the factor that gives seconds.
    Duration(f64),
    Started,
    /// A reason. The first such column is the message.
    Message,
    /// A longer text.
    Text,
    IdentityField(IdentityField),
    Host,
    Attempts,
    Flaky,
    /// A measured value, its unit, and its name unless it is the test's.
    Measured,
    MeasuredUnit,
    /// Any other column.
    Property,
    /// A column without a name, which is ignored.
    Nameless,
}

/// If several columns name a test or an outcome, the first one in this order counts; the others are
/// properties.
const TESTS: [&str; 12] = [
    "nodeid",
    "testcase",
    "testcasename",
    "testname",
    "test",
    "name",
    "fullname",
    "case",
    "title",
    "testtitle",
    "testid",
    "id",
];
const OUTCOMES: [&str; 9] = [
    "outcome",
    "status",
    "result",
    "verdict",
    "testoutcome",
    "teststatus",
    "testresult",
    "testverdict",
    "state",
];

/// Returns the columns of a header, or `None` if no column names tests or outcomes.
pub fn columns(header: &[String]) -> Option<Vec<Column>> {
    let keys: Vec<(String, String)> = header.iter().map(|name| key_and_unit(name)).collect();
    let first = |names: &[&str]| names.iter().find_map(|name| keys.iter().position(|(key, _)| key == name));
    let (test, outcome) = (first(&TESTS)?, first(&OUTCOMES)?);
    let has_measured =
        keys.iter().any(|(key, _)| matches!(key.as_str(), "measurement" | "measured" | "value"));
    let mut identities = Vec::new();
    let columns =
        keys.iter().zip(header).enumerate().map(|(index, ((key, unit), name))| match key.as_str() {
            _ if index == test => Column::Test(key == "nodeid"),
            _ if index == outcome => Column::Outcome,
            "measurement" | "measured" | "value" => Column::Measured,
            "unit" | "units" if has_measured => Column::MeasuredUnit,
            _ => match identify::identity_field(name) {
                Some(identity) if identities.contains(&identity) => Column::Property,
                Some(identity) => {
                    identities.push(identity);
                    Column::IdentityField(identity)
                }
                None if matches!(key.as_str(), "run" | "job" | "jobid")
                    && !identities.contains(&IdentityField::Session) =>
                {
                    identities.push(IdentityField::Session);
                    Column::IdentityField(IdentityField::Session)
                }
                None => of_key(key, unit),
            },
        });
    Some(columns.collect())
}

/// Returns whether a refused header names tests, and outcomes.
pub fn has(header: &[String]) -> (bool, bool) {
    let keys: Vec<String> = header.iter().map(|name| key_and_unit(name).0).collect();
    let has = |names: &[&str]| keys.iter().any(|key| names.contains(&key.as_str()));
    // `name` and `id` may belong to anything.
    let has_tests = has(&TESTS) && keys.iter().any(|key| key == "nodeid" || key.starts_with("test"));
    (has_tests, has(&OUTCOMES))
}

/// Returns a name in lower-case letters and digits, and the unit in brackets: `Duration (ms)`.
fn key_and_unit(name: &str) -> (String, String) {
    let key = |text: &str| {
        let kept = text.chars().filter(|c| c.is_alphanumeric());
        kept.flat_map(char::to_lowercase).collect::<String>()
    };
    match name.split_once(['(', '[']) {
        Some((before, unit)) if !before.trim().is_empty() => (key(before), key(unit)),
        _ => (key(name), String::new()),
    }
}

fn of_key(key: &str, unit: &str) -> Column {
    let seconds = |key: &str| {
        matches!(
            key,
            "duration"
                | "time"
                | "elapsed"
                | "elapsedtime"
                | "runtime"
                | "executiontime"
                | "exectime"
                | "testtime"
                | "took"
        )
    };
    let scale = |unit: &str| match unit {
        "" | "s" | "sec" | "secs" | "seconds" => Some(1.0),
        "ms" | "msec" | "millis" | "milliseconds" => Some(0.001),
        "us" | "µs" | "microseconds" => Some(0.000_001),
        "min" | "minutes" => Some(60.0),
        _ => None,
    };
    let with_unit = ["seconds", "sec", "ms", "millis", "milliseconds", "us", "min", "s"];
    let by_end =
        with_unit.iter().find_map(|unit| Some((key.strip_suffix(unit).filter(|key| seconds(key))?, *unit)));
    match key {
        "" => Column::Nameless,
        _ if seconds(key) => scale(unit).map_or(Column::Property, Column::Duration),
        "seconds" | "secs" => Column::Duration(1.0),
        _ if by_end.is_some() => {
            by_end.and_then(|(_, unit)| scale(unit)).map_or(Column::Property, Column::Duration)
        }
        "suite" | "testsuite" | "suitename" | "testsuitename" | "module" | "package" | "file"
        | "filename" | "path" => Column::Suite,
        "class" | "classname" | "testclass" | "group" | "feature" => Column::Class,
        "parameters" | "params" => Column::Parameters,
        "native" => Column::Native,
        "started" | "start" | "logged" | "starttime" | "startedat" | "timestamp" | "date" | "datetime"
        | "rundate" | "executedat" => Column::Started,
        "message" | "reason" | "error" | "errormessage" | "failure" | "failuremessage" | "failurereason"
        | "comment" | "comments" | "remark" | "remarks" | "notes" | "note" => Column::Message,
        "traceback" | "stacktrace" | "stack" | "trace" | "details" | "log" | "output" | "stdout"
        | "stderr" => Column::Text,
        "host" | "hostname" | "computer" | "computername" => Column::Host,
        "attempts" => Column::Attempts,
        "flaky" => Column::Flaky,
        _ => Column::Property,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: &[&str]) -> Option<Vec<Column>> {
        columns(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn columns_by_many_names() {
        let found = of(&[
            "Test Case",
            "Verdict",
            "Duration (ms)",
            "DUT",
            "Serial No",
            "FW version",
            "Comment",
            "",
            "Owner",
        ]);
        let expected = vec![
            Column::Test(false),
            Column::Outcome,
            Column::Duration(0.001),
            Column::IdentityField(IdentityField::Dut),
            Column::IdentityField(IdentityField::Unit),
            Column::IdentityField(IdentityField::Build),
            Column::Message,
            Column::Nameless,
            Column::Property,
        ];
        assert_eq!(found, Some(expected));
        // The unit of a measurement is not the unit under test.
        let found = of(&["job", "suite", "name", "result", "measurement", "units", "time_s"]).unwrap();
        assert_eq!(found[4..], [Column::Measured, Column::MeasuredUnit, Column::Duration(1.0)]);
        assert_eq!(
            of(&["id", "nodeid", "outcome", "status"]).unwrap()[..2],
            [Column::Property, Column::Test(true)]
        );
        assert_eq!(of(&["name", "duration"]), None);
        assert_eq!(of(&["status", "duration"]), None);
    }
}
