//! JIT warm-up with synthetic reports: the engine reads and analyzes them so that
//! the browser optimizes the hot code before the first real file arrives.
//!
//! Measured in Chromium on two cores: without it, a worker reads its first 16 MB
//! at half the speed of its second.

use super::{Engine, GetGrid, GetOverview, Request};
use crate::analyze::GridQuery;
use crate::import::{ALL, Import};
use std::fmt::Write;

/// After this many rounds, further ones gain nothing.
pub const ROUNDS: usize = 24;

/// Tests per round. A round takes only a few milliseconds, since real work waits for its end.
const TESTS: usize = 600;

/// Reads a report into a separate engine, and asks the questions that the page
/// asks about every report. Of three rounds, two read JUnit XML and one reads
/// pytest-json-report.
pub fn round(round: usize) {
    let mut engine = Engine::default();
    let (path, text) =
        if round % 3 == 2 { ("warm-up.json", json(round)) } else { ("warm-up.xml", junit(round)) };
    let mut import = Import::new(path, &ALL);
    import.push(text.as_bytes());
    engine.ingest(import.finish());
    // As messages ask, so that these functions are warm, too.
    Request::from(GetOverview).answer(&mut engine);
    let query = GridQuery { is_grouped: true, ..GridQuery::default() };
    Request::from(GetGrid { query, folded: Vec::new(), from: 0, count: 50 }).answer(&mut engine);
}

fn junit(round: usize) -> String {
    let mut text = String::from("<testsuites><testsuite name=\"pytest\">");
    for test in 0..TESTS {
        let scope = test / 20;
        let _ = write!(
            text,
            "<testcase classname=\"tests.warm.test_up_{scope}.TestWarm{round}\" name=\"test_{test}[a-{round}]\" \
             time=\"0.{test:03}\""
        );
        text.push_str(match test % 50 {
            0 => {
                "><failure message=\"assert 1 == 2&#10; + where 1 = f()\">def test():\n&gt; assert 1 == 2\n\
                 E assert\n\na.py:12: AssertionError</failure><system-out>out\n</system-out></testcase>"
            }
            1 => "><skipped type=\"pytest.skip\" message=\"no such port\">a.py:1: no</skipped></testcase>",
            _ => " />",
        });
    }
    text.push_str("</testsuite></testsuites>");
    text
}

fn json(round: usize) -> String {
    let mut text = String::from("{\"created\": 1.5, \"exitcode\": 1, \"tests\": [");
    for test in 0..TESTS {
        let scope = test / 20;
        let stage = "{\"duration\": 0.00021573900108, \"outcome\": \"passed\"}";
        let separator = if test == 0 { "" } else { ", " };
        let _ = write!(
            text,
            "{separator}{{\"nodeid\": \"tests/warm/test_up_{scope}.py::test_{test}[a-{round}]\", \"lineno\": {test}, \
             \"outcome\": \"passed\", \"keywords\": [\"a\", \"test\", \"\"], \"setup\": {stage}, \
             \"call\": {stage}, \"teardown\": {stage}}}"
        );
    }
    text.push_str("]}");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::Imported;
    use crate::model::FileStatus;

    fn read(text: &str) -> Imported {
        let mut import = Import::new("x", &ALL);
        import.push(text.as_bytes());
        import.finish()
    }

    #[test]
    fn synthetic_reports_are_read_without_notes() {
        for text in [junit(0), json(0)] {
            let imported = read(&text);
            assert_eq!((imported.status, imported.batch.len()), (FileStatus::Read, TESTS));
        }
    }
}
