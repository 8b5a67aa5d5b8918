//! Several reports of one run count once.

use crate::Dropped;
use passgrid::model::Timestamp;
use std::fmt::Write;

/// Start of the session: 2026-09-21T…Z.
const START_S: f64 = 1_790_000_000.0;

/// A run of pytest: when its first test began after the start of the session, and its tests, of which
/// those that end with `!` fail.
struct Run {
    start_s: f64,
    collection_s: f64,
    tests: Vec<String>,
    has_collection_error: bool,
}

impl Run {
    fn new(start_s: f64, collection_s: f64) -> Run {
        let tests = (0..20).map(|n| format!("test_{n}{}", if n == 7 { "!" } else { "" })).collect();
        Run { start_s, collection_s, tests, has_collection_error: false }
    }

    fn junit(&self) -> String {
        let start = Timestamp::from_unix_seconds(self.start_s).unwrap().iso();
        let seconds = self.collection_s + self.tests.len() as f64;
        let mut text = format!(
            "<testsuites name='pytest tests'><testsuite name='pytest' timestamp='{start}' time='{seconds}'>"
        );
        for test in &self.tests {
            let (name, is_failing) = name(test);
            let child = if is_failing { "<failure message='no'>no</failure>" } else { "" };
            write!(text, "<testcase classname='test_a' name='{name}' time='1'>{child}</testcase>").unwrap();
        }
        if self.has_collection_error {
            text += "<testcase classname='' name='test_b' time='0'><error message='collection failure'>E</error></testcase>";
        }
        text + "</testsuite></testsuites>"
    }

    fn json_report(&self) -> String {
        let seconds = self.collection_s + self.tests.len() as f64;
        let end = self.start_s + seconds;
        let test = |test: &String| {
            let (name, is_failing) = name(test);
            let outcome = if is_failing { "failed" } else { "passed" };
            format!(
                r#"{{"nodeid": "test_a.py::{name}", "outcome": "{outcome}", "call": {{"duration": 1.0, "outcome": "{outcome}"}}}}"#
            )
        };
        let tests: Vec<String> = self.tests.iter().map(test).collect();
        let error = match self.has_collection_error {
            true => r#"{"nodeid": "test_b.py", "outcome": "failed", "result": [], "longrepr": "E"}"#,
            false => "",
        };
        format!(
            r#"{{"created": {end}, "duration": {seconds}, "exitcode": 1, "root": "/srv", "environment": {{}}, "summary": {{"collected": {}}}, "collectors": [{error}], "tests": [{}]}}"#,
            tests.len(),
            tests.join(", ")
        )
    }

    fn reportlog(&self) -> String {
        let mut text = "{\"pytest_version\": \"9.2.0\", \"$report_type\": \"SessionStart\"}\n".to_owned();
        if self.has_collection_error {
            text += "{\"outcome\": \"failed\", \"longrepr\": \"E\", \"result\": null, \"sections\": [], \"nodeid\": \"test_b.py\", \"$report_type\": \"CollectReport\"}\n";
        }
        for (at, test) in self.tests.iter().enumerate() {
            let (name, is_failing) = name(test);
            let outcome = if is_failing { "failed" } else { "passed" };
            let start = self.start_s + self.collection_s + at as f64;
            for (when, outcome) in [("setup", "passed"), ("call", outcome), ("teardown", "passed")] {
                writeln!(
                    text,
                    "{{\"nodeid\": \"test_a.py::{name}\", \"outcome\": \"{outcome}\", \"longrepr\": null, \"when\": \"{when}\", \"start\": {start}, \"stop\": {}, \"duration\": 1.0, \"$report_type\": \"TestReport\"}}",
                    start + 1.0
                )
                .unwrap();
            }
        }
        text + "{\"exitstatus\": 1, \"$report_type\": \"SessionFinish\"}\n"
    }
}

fn name(test: &str) -> (&str, bool) {
    test.strip_suffix('!').map_or((test, false), |name| (name, true))
}

/// Sessions, results and failing results.
#[track_caller]
fn check(files: &[(&str, String)], expected: [u32; 3]) {
    for order in [false, true] {
        let mut files: Vec<(&str, &[u8])> =
            files.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
        if order {
            files.reverse();
        }
        let mut dropped = Dropped::new(files);
        let sessions = &dropped.data().history.sessions;
        let results = sessions.iter().map(|session| session.counts.results()).sum();
        let failing = sessions.iter().map(|session| session.counts.failing()).sum();
        assert_eq!([sessions.len() as u32, results, failing], expected);
    }
}

fn reports(run: &Run) -> [(&'static str, String); 3] {
    [
        ("board_a/junit.xml", run.junit()),
        ("board_a/report.json", run.json_report()),
        ("board_a/reportlog.jsonl", run.reportlog()),
    ]
}

#[test]
fn three_reports_of_one_run_count_once() {
    // With a short collection, and with one that takes minutes.
    for collection_s in [0.5, 240.0] {
        check(&reports(&Run::new(START_S, collection_s)), [1, 20, 1]);
    }
    let mut run = Run::new(START_S, 240.0);
    run.has_collection_error = true;
    check(&reports(&run), [1, 21, 2]);
    // Nothing has a time but the start of the JUnit and JSON reports.
    run.tests.clear();
    check(&reports(&run), [1, 1, 1]);
}

#[test]
fn a_truncated_report_of_a_run_adds_nothing() {
    let run = Run::new(START_S, 240.0);
    for truncated in 0..3 {
        let mut files = reports(&run);
        let text = &mut files[truncated].1;
        let length = text.len() * 2 / 3;
        text.truncate(length);
        check(&files, [1, 20, 1]);
    }
}

#[test]
fn reports_of_several_runs_find_each_other() {
    let (first, second) = (Run::new(START_S, 240.0), Run::new(START_S + 86_400.0, 240.0));
    let files = [
        ("a/board_a-1.xml", first.junit()),
        ("a/board_a-1.jsonl", first.reportlog()),
        ("a/board_a-2.xml", second.junit()),
        ("a/board_a-2.jsonl", second.reportlog()),
    ];
    check(&files, [2, 40, 2]);
    // Runs at different times are never joined.
    check(&[("a/board_a.xml", first.junit()), ("a/board_a.jsonl", second.reportlog())], [2, 40, 2]);
}

/// A run is compared with a few others only, however many there are of one DUT and build.
#[test]
fn many_runs_of_one_device_find_their_reports() {
    let runs = 300;
    let mut dropped = Dropped::default();
    for number in 0..runs {
        let run = Run::new(START_S + 86_400.0 * f64::from(number), 60.0);
        dropped.add(&format!("xml/board_a-{number}.xml"), run.junit().as_bytes());
        dropped.add(&format!("log/board_a-{number}.jsonl"), run.reportlog().as_bytes());
    }
    assert_eq!(dropped.data().history.sessions.len(), runs as usize);
}

/// Class and name of a test by its title.
type Spelling = fn(&str) -> [String; 2];

/// jest-junit and mocha-junit-reporter repeat the suites in class or name.
#[test]
fn reports_that_spell_names_differently_count_once() {
    let jest = r#"{"numTotalTests": 2, "success": false, "startTime": 1790000000000, "testResults": [{"name": "/w/a.test.js", "status": "failed", "message": "", "startTime": 1790000000000, "endTime": 1790000001000, "assertionResults": [
        {"ancestorTitles": ["Login"], "fullName": "Login opens", "title": "opens", "status": "passed", "duration": 5, "failureMessages": []},
        {"ancestorTitles": ["Login"], "fullName": "Login closes", "title": "closes", "status": "failed", "duration": 5, "failureMessages": ["no"]}]}]}"#;
    let junit = |of: Spelling| {
        let case = |title: &str, child: &str| {
            let [class, name] = of(title);
            format!("<testcase classname='{class}' name='{name}' time='0.005'>{child}</testcase>")
        };
        let cases = [case("opens", ""), case("closes", "<failure message='no'/>")].concat();
        format!(
            "<testsuites name='jest tests'><testsuite name='Login' timestamp='2026-09-21T14:13:20'>{cases}</testsuite></testsuites>"
        )
    };
    let spellings: [Spelling; 4] = [
        |title| [format!("Login {title}"), format!("Login {title}")],
        |title| [title.to_owned(), format!("Login {title}")],
        |title| ["Login".to_owned(), title.to_owned()],
        |title| ["a.test.js".to_owned(), format!("Login &gt; {title}")],
    ];
    for spelling in spellings {
        check(&[("board_a/jest.json", jest.to_owned()), ("board_a/junit.xml", junit(spelling))], [1, 2, 1]);
    }
    // Other tests are another suite of the same run, or another run.
    let other = junit(|title| ["Cart".to_owned(), format!("{title} slowly")]);
    let files = [("board_a/jest.json", jest.to_owned()), ("board_a/junit.xml", other)];
    let mut dropped = Dropped::new(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    let counts = dropped.data().history.sessions.iter().map(|session| session.counts.results());
    assert_eq!(counts.sum::<u32>(), 4);
}
