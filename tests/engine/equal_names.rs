//! Entries with the same name: reruns, repeats and tests of their own, in several formats.

use crate::Dropped;
use crate::dropped::folder;
use passgrid::engine::{GetFile, ImportOptions};
use passgrid::import::{ALL, Import};
use passgrid::model::{FileId, IdentityField, SessionId};

/// Results by name: outcome, attempts, and whether they are flaky.
fn results(dropped: &mut Dropped) -> Vec<String> {
    let data = dropped.data();
    let sessions = (0..data.history.sessions.len()).map(SessionId::from);
    let results = sessions.flat_map(|session| data.results_of(session).collect::<Vec<_>>());
    let line = |result| {
        let flaky = if data.is_flaky(result) { " flaky" } else { "" };
        let name = data.tests.name(data.test_of(result));
        format!("{name}: {} {}{flaky}", data.outcome(result).word(), data.attempts(result))
    };
    let mut lines: Vec<String> = results.map(line).collect();
    lines.sort();
    lines
}

#[track_caller]
fn check(path: &str, text: &str, expected: &[&str]) -> Dropped {
    let mut dropped = Dropped::new([(path, text.as_bytes())]);
    dropped.check_sums();
    assert_eq!(results(&mut dropped), expected, "{text}");
    dropped
}

/// A JUnit file with a suite of these cases.
#[track_caller]
fn check_junit(suite: &str, cases: &str, expected: &[&str]) -> Dropped {
    check("a.xml", &format!("<testsuites><testsuite {suite}>{cases}</testsuite></testsuites>"), expected)
}

fn notes(dropped: &mut Dropped) -> Vec<String> {
    dropped.data().files[0].notes.iter().map(|note| note.text.clone()).collect()
}

const FAILED: &str = r#"<failure message="no"/>"#;

#[test]
fn unmarked_entries_are_tests_of_their_own() {
    let cases = format!(
        r#"<testcase classname="C" name="x">{FAILED}</testcase><testcase classname="C" name="x"/>
        <testcase classname="C" name="y"/><testcase classname="C" name="y"/><testcase classname="C" name="y"/>
        <testcase classname="D" name="y"/>"#
    );
    let expected =
        ["x #2: passed 1", "x: failed 1", "y #2: passed 1", "y #3: passed 1", "y: passed 1", "y: passed 1"];
    let mut dropped = check_junit(r#"name="S""#, &cases, &expected);
    let notes = notes(&mut dropped).join("\n");
    assert!(notes.contains("5 entries share a name, such as `x`"), "{notes}");
    assert!(notes.contains("1 test failed and then passed, such as `x`"), "{notes}");
}

#[test]
fn a_number_that_is_taken_is_not_given_twice() {
    let cases = r#"<testcase classname="C" name="x #2"/><testcase classname="C" name="x"/>
        <testcase classname="C" name="x"/>"#;
    check_junit(r#"name="S""#, cases, &["x #2: passed 1", "x #3: passed 1", "x: passed 1"]);
}

#[test]
fn file_and_line_tell_tests_apart() {
    let cases = format!(
        r#"<testcase classname="C" name="x" file="src/a.c" line="1">{FAILED}</testcase>
        <testcase classname="C" name="x" file="src/b.c" line="4"/>
        <testcase classname="C" name="y" file="src/b.c" line="5"/>
        <testcase classname="C" name="z" file="src/b.c" line="6"/>
        <testcase classname="C" name="z" file="src/b.c" line="7"/>"#
    );
    let expected = [
        "x (a.c): failed 1",
        "x (b.c): passed 1",
        "y: passed 1",
        "z (b.c:6): passed 1",
        "z (b.c:7): passed 1",
    ];
    check_junit(r#"name="S""#, &cases, &expected);
}

#[test]
fn attempts_are_in_the_order_in_which_they_ran() {
    let cases = r#"
        <testcase classname="C" name="fails" time="1"><failure message="first"/>
            <rerunError message="second" time="2"/><rerunFailure message="third"/></testcase>
        <testcase classname="C" name="flaky" time="1"><flakyFailure message="first"/></testcase>
        <testcase classname="C" name="last failed"><flakyFailure message="first"/><failure message="last"/></testcase>
        <testcase classname="C" name="passed after a rerun"><rerunFailure message="first"/></testcase>"#;
    let expected = [
        "fails: failed 3",
        "flaky: passed 2 flaky",
        "last failed: failed 2",
        "passed after a rerun: passed 2 flaky",
    ];
    let mut dropped = check_junit(r#"name="S""#, cases, &expected);
    let page = dropped.page_of("fails");
    let said: Vec<&str> =
        page.attempts.iter().map(|attempt| attempt.details.sections[0].message.as_str()).collect();
    assert_eq!(said, ["first", "second", "third"]);
}

#[test]
fn properties_mark_repetitions() {
    let case = |name: &str, inner: &str, property: &str, value: &str| {
        format!(
            r#"<testcase classname="C" name="{name}">{inner}<properties><property name="{property}" value="{value}"/></properties></testcase>"#
        )
    };
    let cases = [
        case("a", FAILED, "repetition", "Repetition 1 of 3"),
        case("a", "", "repetition", "Repetition 2 of 3"),
        case("b", FAILED, "attempt", "1"),
        case("b", FAILED, "attempt", "2"),
        case("c", FAILED, "retry", "0"),
        case("c", "", "retry", "1"),
        case("d", FAILED, "note", "2"),
        case("d", "", "note", "3"),
    ];
    let expected = ["a: passed 2 flaky", "b: failed 2", "c: passed 2 flaky", "d #2: passed 1", "d: failed 1"];
    check_junit(r#"name="S""#, &cases.concat(), &expected);
}

#[test]
fn a_test_marked_as_flaky_passed_if_its_suite_says_so() {
    let flaky = format!(r#"<testcase classname="C" name="x" flaky="true">{FAILED}</testcase>"#);
    check_junit(r#"name="S" failures="0" flakes="1""#, &flaky, &["x: passed 2 flaky"]);
    check_junit(r#"name="S" failures="0" errors="0""#, &flaky, &["x: passed 2 flaky"]);
    // Without such a counter the failure counts.
    check_junit(r#"name="S""#, &flaky, &["x: failed 1 flaky"]);
    check_junit(r#"name="S" failures="1""#, &flaky, &["x: failed 1 flaky"]);
    check_junit(
        r#"name="S" flakes="1""#,
        r#"<testcase classname="C" name="x" flaky="true"/>"#,
        &["x: passed 1 flaky"],
    );
}

#[test]
fn repeated_node_ids_of_pytest_are_reruns() {
    let cases = format!(
        r#"<testcase classname="t" name="a"/><testcase classname="t" name="a"/>
        <testcase classname="t" name="b">{FAILED}</testcase><testcase classname="t" name="b"/>
        <testcase classname="t" name="c"/><testcase classname="t" name="c">{FAILED}</testcase>"#
    );
    check_junit(r#"name="pytest""#, &cases, &["a: passed 2 flaky", "b: passed 2 flaky", "c: failed 2"]);
}

#[test]
fn the_worst_of_gos_unmarked_repeats_counts() {
    let cases = format!(
        r#"<properties><property name="go.version" value="go1.22 linux/amd64"/></properties>
        <testcase classname="p" name="TestX">{FAILED}</testcase><testcase classname="p" name="TestX"/>"#
    );
    let mut dropped = check_junit(r#"name="p""#, &cases, &["TestX: failed 2 flaky"]);
    let notes = notes(&mut dropped).join("\n");
    assert!(notes.contains("1 test failed and then passed, such as `TestX`"), "{notes}");
}

#[test]
fn a_person_can_treat_equal_names_as_attempts() {
    let xml = format!(
        r#"<testsuite name="S"><testcase classname="C" name="x">{FAILED}</testcase><testcase classname="C" name="x"/></testsuite>"#
    );
    let mut dropped = check("a.xml", &xml, &["x #2: passed 1", "x: failed 1"]);
    let before = dropped.report();
    let mut read = |are_attempts: bool, instead: FileId| {
        let mut import = Import::new("a.xml", &ALL);
        import.push(xml.as_bytes());
        let options = ImportOptions { instead: Some(instead), are_attempts, ..ImportOptions::default() };
        let file = dropped.engine.ingest_as(import.finish(), &options);
        let page = dropped.engine.ask(GetFile("a.xml".to_owned())).unwrap();
        assert!(page.has_equal_names && page.are_attempts == are_attempts);
        (file, results(&mut dropped))
    };
    let (file, found) = read(true, FileId(0));
    assert_eq!(found, ["x: passed 2 flaky"]);
    read(false, file);
    assert_eq!(dropped.report(), before);
}

#[test]
fn other_formats_number_equal_names() {
    let tap = "TAP version 13\n1..3\nok 1 - x\nnot ok 2 - x\nok 3 - y\n";
    check("a.tap", tap, &["x #2: failed 1", "x: passed 1", "y: passed 1"]);
    let rspec = r#"{"version":"3.13","examples":[
        {"full_description":"x","status":"failed","file_path":"./spec/a_spec.rb","line_number":3},
        {"full_description":"x","status":"passed","file_path":"./spec/a_spec.rb","line_number":9}],
        "summary":{"duration":1,"example_count":2,"failure_count":1},"summary_line":""}"#;
    check("a.json", rspec, &["x (a_spec.rb:3): failed 1", "x (a_spec.rb:9): passed 1"]);
}

#[test]
fn suites_of_two_robot_files_with_one_name() {
    let suite = |id: u32, file: &str, status: &str| {
        format!(
            r#"<suite id="s1-s{id}" name="First" source="/t/{file}"><test id="s1-s{id}-t1" name="simple" line="2"><status status="{status}" elapsed="0.5">1 != 2</status></test><status status="{status}"/></suite>"#
        )
    };
    let xml = format!(
        r#"<?xml version="1.0"?><robot generator="Robot 7.0 (Python 3.12 on linux)" schemaversion="5"><suite id="s1" name="T" source="/t">{}{}<status status="FAIL"/></suite></robot>"#,
        suite(1, "first.robot", "PASS"),
        suite(2, "first_.robot", "FAIL"),
    );
    check("output.xml", &xml, &["simple (first.robot): passed 1", "simple (first_.robot): failed 1"]);
}

#[test]
fn numbers_are_the_same_in_each_session() {
    let xml = |outcome: &str| {
        format!(
            r#"<testsuite name="S"><testcase classname="C" name="x"/><testcase classname="C" name="x">{outcome}</testcase></testsuite>"#
        )
    };
    let (first, second) = (xml(""), xml(FAILED));
    let files = [("1.0.0/a.xml", first.as_bytes()), ("1.1.0/a.xml", second.as_bytes())];
    let mut dropped = Dropped::new(files);
    assert_eq!(results(&mut dropped), ["x #2: failed 1", "x #2: passed 1", "x: passed 1", "x: passed 1"]);
    assert_eq!(dropped.data().tests.len(), 2);
}

#[test]
fn many_equal_names_take_linear_time() {
    let case = r#"<testcase classname="C" name="x" file="a.c" line="1"/>"#;
    let xml = format!(r#"<testsuite name="S">{}</testsuite>"#, case.repeat(200_000));
    let mut dropped = Dropped::new([("a.xml", xml.as_bytes())]);
    assert_eq!(dropped.data().tests.len(), 200_000);
}

/// A JUnit file with tests of one class: `name` or `name!`, which fails.
fn junit(suite: &str, tests: &str) -> String {
    let case = |test: &str| {
        let (name, inner) = test.strip_suffix('!').map_or((test, ""), |name| (name, FAILED));
        format!(r#"<testcase classname="C" name="{name}" time="1">{inner}</testcase>"#)
    };
    let cases: String = tests.split(' ').map(case).collect();
    format!(r#"<testsuite name="{suite}">{cases}</testsuite>"#)
}

#[track_caller]
fn check_files(files: &[(&str, &str)], expected: &[&str]) -> Dropped {
    let mut dropped = Dropped::new(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    assert_eq!(results(&mut dropped), expected);
    dropped
}

/// Files of one session that share a few names: each entry is a test of its own.
#[test]
fn equal_names_in_two_files_of_a_session() {
    let (a, b) = (junit("A", "x! y a b c"), junit("B", "x y y p! q r s t"));
    let expected = [
        "a: passed 1",
        "b: passed 1",
        "c: passed 1",
        "p: failed 1",
        "q: passed 1",
        "r: passed 1",
        "s: passed 1",
        "t: passed 1",
        "x #2: passed 1",
        "x: failed 1",
        "y #2: passed 1",
        "y #3: passed 1",
        "y: passed 1",
    ];
    let files = [("board_a/TEST-A.xml", &*a), ("board_a/TEST-B.xml", &*b)];
    let mut dropped = check_files(&files, &expected);
    assert_eq!(dropped.data().history.sessions.len(), 1);
    let page = dropped.engine.ask(GetFile("board_a/TEST-B.xml".to_owned())).unwrap();
    let notes: Vec<&str> = page.notes.iter().map(|note| note.text.as_str()).collect();
    assert!(notes[0].contains("2 results share their names with a result in another file"), "{notes:?}");
    assert!(notes[0].contains("1 test failed there and passed here"), "{notes:?}");
    // The order of dropping does not matter.
    let other = files.iter().rev().map(|(path, text)| (*path, text.as_bytes()));
    assert_eq!(results(&mut Dropped::new(other)), expected);
}

/// A person who separates the files gets the names that they give.
#[test]
fn numbers_follow_the_files() {
    let (a, b) = (junit("A", "x! a b c"), junit("B", "x p q r"));
    let files = [("board_a/TEST-A.xml", a.as_bytes()), ("board_a/TEST-B.xml", b.as_bytes())];
    let mut dropped = Dropped::new(files);
    let before = dropped.report();
    assert!(results(&mut dropped).contains(&"x #2: passed 1".to_owned()));
    dropped.assign(&[FileId(1)], IdentityField::Session, Some("night"));
    assert!(!results(&mut dropped).contains(&"x #2: passed 1".to_owned()));
    dropped.assign(&[FileId(1)], IdentityField::Session, None);
    assert_eq!(dropped.report(), before);
}

/// Two formats of one run, one of them in two files: equal names count as often as they ran.
#[test]
fn equal_names_told_by_two_formats_count_once() {
    let (a, b) = (junit("A", "x! a b c"), junit("B", "x p q r"));
    let test = |name: &str| {
        let (name, status) = name.strip_suffix('!').map_or((name, "passed"), |name| (name, "failed"));
        format!(r#"{{"name":"{name}","suite":"C","status":"{status}","duration":1000}}"#)
    };
    let tests: Vec<String> = "x! a b c x p q r".split(' ').map(test).collect();
    let ctrf = format!(
        r#"{{"results":{{"tool":{{"name":"t"}},"summary":{{"tests":8,"passed":7,"failed":1}},"tests":[{}]}}}}"#,
        tests.join(",")
    );
    let files = [("board_a/TEST-A.xml", &*a), ("board_a/TEST-B.xml", &*b), ("board_a/ctrf.json", &*ctrf)];
    check_files(&files, &with_others(&["x #2: passed 1", "x: failed 1"]));
}

/// What the tests beside `x` are in these files.
fn with_others<'a>(of_x: &[&'a str]) -> Vec<&'a str> {
    let others = ["a: passed 1", "b: passed 1", "c: passed 1", "p: passed 1", "q: passed 1", "r: passed 1"];
    [&others[..], of_x].concat()
}

/// Attempts that the runner kept ran before the files beside their folder.
#[test]
fn attempts_in_folders_stay_attempts_beside_equal_names() {
    let (a, b) = (junit("A", "x! a b c"), junit("B", "x p q r"));
    let retry = junit("A", "x");
    let files = [
        ("board_a/TEST-A.xml", &*a),
        ("board_a/TEST-B.xml", &*b),
        ("board_a/test_attempts/attempt_1.xml", &*retry),
    ];
    check_files(&files, &with_others(&["x #2: passed 1", "x: failed 2 flaky"]));
}

/// Formats of pytest mark reruns: other entries with one node id are tests of their own.
#[test]
fn pytests_own_formats_mark_reruns() {
    let phase = |when: &str, outcome: &str, at: u32| {
        format!(
            "{{\"$report_type\":\"TestReport\",\"nodeid\":\"t.py::test_a\",\"when\":\"{when}\",\"outcome\":\"{outcome}\",\"start\":17046601{at}.0,\"stop\":17046601{at}.5,\"duration\":0.5}}\n"
        )
    };
    let log = |first: &str| {
        let attempt = |outcome: &str, at: u32| phase("call", outcome, at) + &phase("teardown", "passed", at);
        let start = "{\"$report_type\":\"SessionStart\",\"pytest_version\":\"8\"}\n";
        let end = "{\"$report_type\":\"SessionFinish\",\"exitstatus\":0}\n";
        format!("{start}{}{}{end}", attempt(first, 10), attempt("passed", 20))
    };
    for word in ["rerun", "retried"] {
        check("board.jsonl", &log(word), &["test_a: passed 2 flaky"]);
        let json = format!(
            r#"{{"created":1704660101.9,"duration":1,"exitcode":0,"summary":{{"total":1}},
            "tests":[{{"nodeid":"t.py::test_a","outcome":"{word}","call":{{"outcome":"passed","duration":1}}}}]}}"#
        );
        check("board.json", &json, &["test_a: passed 2 flaky"]);
    }
    check("board.jsonl", &log("failed"), &["test_a #2: passed 1", "test_a: failed 1"]);
    let json = r#"{"created":1704660101.9,"duration":1,"exitcode":1,"summary":{"total":2},"tests":[
        {"nodeid":"t.py::test_a","outcome":"failed"},{"nodeid":"t.py::test_a","outcome":"passed"}]}"#;
    check("board.json", json, &["test_a #2: passed 1", "test_a: failed 1"]);
}

#[test]
fn fixture_of_equal_names() {
    let path = folder("fixtures/junit/shapes/duplicate-names.xml");
    let mut dropped = Dropped::new([("a.xml", std::fs::read(path).unwrap().as_slice())]);
    assert!(results(&mut dropped).iter().all(|line| !line.contains("flaky")));
}
