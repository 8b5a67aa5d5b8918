//! DUTs, builds and sessions of files, as their producers name and divide them.

use crate::Dropped;
use passgrid::model::{Outcome, Session};
use std::fmt::Write;

/// A start of many runs.
const AT: &str = "2026-11-20T10:00:00Z";

/// Tests of a file; one that ends with `!` fails.
const TESTS: [&str; 3] = ["opens", "closes!", "rings"];

/// Cases with different durations.
fn cases(class: &str, tests: &[&str]) -> String {
    let mut text = String::new();
    for (at, test) in tests.iter().enumerate() {
        let (name, failure) =
            test.strip_suffix('!').map_or((*test, ""), |name| (name, "<failure message='no'/>"));
        let seconds =
            0.125 + (at * 37 + class.len() + usize::from(class.as_bytes()[class.len() - 1])) as f64 / 1000.0;
        write!(text, "<testcase classname='{class}' name='{name}' time='{seconds}'>{failure}</testcase>")
            .unwrap();
    }
    text
}

/// A suite of JUnit; `start` may be "".
fn suite(class: &str, start: &str, tests: &[&str]) -> String {
    let start = if start.is_empty() { String::new() } else { format!(" timestamp='{start}'") };
    format!("<testsuite name='{class}'{start}>{}</testsuite>", cases(class, tests))
}

fn file(class: &str, start: &str) -> String {
    format!("<testsuites>{}</testsuites>", suite(class, start, &TESTS))
}

/// `DUT build: results, failing` of each session, in order; `?` marks a guess.
fn found(files: &[(&str, String)]) -> Vec<String> {
    let mut dropped = Dropped::new(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    let line = |session: &Session| {
        let dut = &session.identity.dut;
        let doubt = if dut.evidence.doubtful { "?" } else { "" };
        let build = session.build().map_or(String::new(), |build| format!(" {build}"));
        format!("{}{doubt}{build}: {}, {}", dut.value, session.counts.results(), session.counts.failing())
    };
    let mut lines: Vec<String> = dropped.data().history.sessions.iter().map(line).collect();
    lines.sort();
    lines
}

/// A report without times.
fn tap() -> String {
    "TAP version 13\n1..2\nok 1 - a\nnot ok 2 - b\n".to_owned()
}

/// Checks the sessions of files, dropped in both orders.
#[track_caller]
fn check(files: &[(&str, String)], expected: &[&str]) {
    let mut files = files.to_vec();
    for _ in 0..2 {
        let paths: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
        assert_eq!(found(&files), expected, "{paths:?}");
        files.reverse();
    }
}

const PLATFORMS: [(&str, &str, &str); 6] = [
    ("browser", "chrome", "firefox"),
    ("browserName", "chrome", "firefox"),
    ("platform", "android", "ios"),
    ("platformName", "Android", "iOS"),
    ("serial", "A100", "B200"),
    ("capabilities", "chrome.120_0.linux", "firefox.121_0.linux"),
];

#[test]
fn platforms_of_suites_and_tests_are_duts_where_equal_tests_have_different_ones() {
    let cases = cases("acme.Menu", &TESTS);
    for (name, a, b) in PLATFORMS {
        let properties =
            |value: &str| format!("<properties><property name='{name}' value='{value}'/></properties>");
        let attribute = |value: &str| format!("<testsuite name='Menu' {name}='{value}'>{cases}</testsuite>");
        let property =
            |value: &str| format!("<testsuite name='Menu'>{}{cases}</testsuite>", properties(value));
        let whole = [a, b].map(|value| format!("{value}: 3, 1"));
        let [first, second] = &whole;
        for text in [attribute(a) + &attribute(b), property(a) + &property(b)] {
            check(&[("results.xml", format!("<testsuites>{text}</testsuites>"))], &[first, second]);
        }
        // In tests of one suite.
        let case = |value: &str| {
            format!("<testcase name='opens' classname='acme.Menu'>{}</testcase>", properties(value))
        };
        let of_case =
            |value: &str| format!("<testcase name='opens' classname='acme.Menu' {name}='{value}'/>");
        for text in [case(a) + &case(b), of_case(a) + &of_case(b)] {
            let text = format!("<testsuite name='Menu'>{text}</testsuite>");
            check(&[("results.xml", text)], &[&format!("{a}: 1, 0"), &format!("{b}: 1, 0")]);
        }
        // Different tests on different platforms are one run.
        let text =
            format!("<testsuite name='Menu'>{}{}</testsuite>", case(a), case(b).replace("opens", "closes"));
        check(&[("results.xml", text)], &["unnamed DUT?: 2, 0"]);
        // In files whose names say nothing, it is a guess.
        let guess = [a, b].map(|value| format!("{value}?: 3, 1"));
        check(&[("results-1.xml", property(a)), ("results-2.xml", property(b))], &[&guess[0], &guess[1]]);
        check(
            &[("results-1.xml", property(a)), ("results-2.xml", property(a).replace("time='0.", "time='1."))],
            &["unnamed DUT?: 3, 1"; 2],
        );
    }
}

#[test]
fn generic_names_of_files_are_never_certain_duts() {
    for name in [
        "JUnitReport.xml",
        "unittests.xml",
        "TestSummary.xml",
        "results-1.xml",
        "test results (1).xml",
        "shard-1.xml",
        "TEST-results.xml",
        "TestResult.xml",
        "test-report-final.xml",
        "e2e.xml",
        "unit-tests.xml",
        "node-tests.xml",
        "target-tests.xml",
        "login.spec.xml",
    ] {
        for path in [name.to_owned(), format!("results/{name}")] {
            let lines = found(&[(&path, file("acme.Menu", AT))]);
            assert!(lines.len() == 1 && lines[0].contains('?'), "{path}: {lines:?}");
        }
    }
    let files = [
        ("Google Pixel XL-8.0.0-junit.xml", file("acme.Menu", "")),
        ("Google Pixel XL-9-junit.xml", file("acme.Menu", AT)),
    ];
    check(&files, &["Google Pixel XL? 8.0.0: 3, 1", "Google Pixel XL? 9: 3, 1"]);
}

#[test]
fn files_of_one_bare_name_replace_each_other_only_if_they_name_a_dut() {
    let other =
        format!("<testsuites>{}</testsuites>", suite("acme.Menu", AT, &["opens!", "closes", "rings"]));
    let files = |path: &'static str| [(path, file("acme.Menu", AT)), (path, other.clone())];
    check(&files("junit.xml"), &["unnamed DUT?: 3, 1"; 2]);
    assert_eq!(found(&files("board_a/junit.xml")), ["board_a: 3, 1"]);
}

#[test]
fn parts_of_one_run_are_one_session() {
    for [a, b] in [
        ["shard-1/results.xml", "shard-2/results.xml"],
        ["results-1.xml", "results-2.xml"],
        ["playwright-report-1/results.xml", "playwright-report-2/results.xml"],
        ["results-shard-1-of-2.xml", "results-shard-2-of-2.xml"],
        ["test-results (1)/junit.xml", "test-results (2)/junit.xml"],
        ["bazel-testlogs/app/t/shard_1_of_2/test.xml", "bazel-testlogs/app/t/shard_2_of_2/test.xml"],
        ["app/build/test-results/test/TEST-acme.A.xml", "lib/build/test-results/test/TEST-acme.B.xml"],
        ["gw0/junit.xml", "gw1/junit.xml"],
        ["group1/junit.xml", "group2/junit.xml"],
        ["0/junit.xml", "1/junit.xml"],
        ["junit/test_a.xml", "junit/test_b.xml"],
        ["pabot_results/0/output.xml", "pabot_results/1/output.xml"],
        ["cypress/results/a.cy.xml", "cypress/results/b.cy.xml"],
    ] {
        for start in ["2026-11-20T10:00:30Z", "2026-11-20T15:00:30Z"] {
            let lines = found(&[(a, file("acme.A", AT)), (b, file("acme.B", start))]);
            assert!(lines.len() == 1 && lines[0].contains("?: 6, 2"), "{a} {b}: {lines:?}");
            let [c, d] = [a, b].map(|path| format!("dut_a/{path}"));
            let [e, f] = [a, b].map(|path| format!("dut_b/{path}"));
            let files = [
                (&*c, file("acme.A", AT)),
                (&d, file("acme.B", start)),
                (&e, file("acme.A", "2026-11-20T10:00:05Z")),
                (&f, file("acme.B", start)),
            ];
            check(&files, &["dut_a: 6, 2", "dut_b: 6, 2"]);
        }
    }
}

#[test]
fn a_file_of_all_results_beside_their_files_counts_once() {
    let second = "2026-11-20T10:01:00Z";
    let all = format!(
        "<testsuites>{}{}</testsuites>",
        suite("acme.A", AT, &TESTS),
        suite("acme.B", second, &TESTS)
    );
    for [a, b, whole] in [
        ["TEST-acme.A.xml", "TEST-acme.B.xml", "TESTS-TestSuites.xml"],
        [
            "results/results-3f9c1d7aa0b2c4d5e6f708192a3b4c5d.xml",
            "results/results-0a1b2c3d4e5f60718293a4b5c6d7e8f9.xml",
            "results/combined.xml",
        ],
        ["pabot_results/0/output.xml", "pabot_results/1/output.xml", "output.xml"],
        ["shard-1/junit.xml", "shard-2/junit.xml", "junit.xml"],
        ["results-1.xml", "results-2.xml", "all-results.xml"],
    ] {
        let files = [(a, file("acme.A", AT)), (b, file("acme.B", second)), (whole, all.clone())];
        check(&files, &["unnamed DUT?: 6, 2"]);
        let without = files.clone().map(|(path, text)| {
            (
                path,
                text.replace(&format!(" timestamp='{AT}'"), "")
                    .replace(&format!(" timestamp='{second}'"), ""),
            )
        });
        // Without times, only files in one folder are compared.
        if a.matches('/').count() == whole.matches('/').count() {
            check(&without, &["unnamed DUT?: 6, 2"]);
        }
        // Another run has other durations.
        let again = all.replace("2026-11-20", "2026-11-21").replace("time='0.", "time='1.");
        check(&[files[0].clone(), files[1].clone(), (whole, again)], &["unnamed DUT?: 6, 2"; 2]);
    }
}

/// A file does not tell one run twice: a second session with equal results is another run.
#[test]
fn sessions_of_one_file_all_count() {
    let table = |sessions: &[&str]| {
        let mut text = String::from("dut,session,test,outcome,duration,start\n");
        for session in sessions {
            for (test, seconds) in [("opens", 0.1), ("closes", 0.2), ("rings", 0.3)] {
                writeln!(text, "board_a,{session},{test},passed,{seconds},{AT}").unwrap();
            }
        }
        text
    };
    check(&[("results.csv", table(&["first", "second"]))], &["board_a: 3, 0"; 2]);
    check(&[("results.csv", table(&["first", "second", "third"]))], &["board_a: 3, 0"; 3]);
}

#[test]
fn attempts_in_names_of_files_are_attempts() {
    for [first, last] in [
        ["bazel-testlogs/app/t/test_attempts/attempt_1.xml", "bazel-testlogs/app/t/test.xml"],
        ["retry-0/junit.xml", "retry-1/junit.xml"],
        ["attempt-1/junit.xml", "attempt-2/junit.xml"],
        ["try1/junit.xml", "try2/junit.xml"],
        ["junit.xml", "junit-retry1.xml"],
        ["junit.xml", "junit_rerun.xml"],
        ["run.xml", "run-retry.xml"],
        ["results.xml", "rerun_results.xml"],
    ] {
        let passed = suite("acme.A", "2026-11-20T10:10:00Z", &["opens", "closes", "rings"]);
        check(&[(first, file("acme.A", AT)), (last, passed)], &["unnamed DUT?: 3, 0"]);
    }
}

/// A spec about retries is no retry of another spec: its results hide no failure.
#[test]
fn specs_called_retry_are_no_attempts() {
    let failed = suite("acme.A", AT, &["connects!", "closes", "rings"]);
    let passed = suite("acme.A", "2026-11-20T10:10:00Z", &["connects", "waits", "gives up"]);
    let files = [("board_a/http.xml", failed.as_bytes()), ("board_a/http-retry.xml", passed.as_bytes())];
    let mut dropped = Dropped::new(files);
    let sessions = &dropped.data().history.sessions;
    let count = |outcome| sessions.iter().map(|session| session.counts.of(outcome)).sum::<u32>();
    assert_eq!((count(Outcome::Failed), count(Outcome::Passed)), (1, 5));
}

#[test]
fn identical_files_count_for_each_device() {
    for [a, b] in [
        ["ttyUSB0", "ttyUSB1"],
        ["COM3", "COM7"],
        ["192.168.1.10", "192.168.1.11"],
        ["A", "B"],
        ["chrome", "firefox"],
        ["ubuntu-py3.11", "ubuntu-py3.12"],
        ["2026-11-20", "2026-11-21"],
        ["Pixel_7(AVD) - 14", "Pixel_8(AVD) - 14"],
        ["iPhone 15 (17.2)", "iPhone 15 (17.4)"],
        ["x86_64", "arm64"],
        ["py39", "py310"],
        ["testDebugUnitTest", "testReleaseUnitTest"],
    ] {
        for end in ["/r.tap", ".tap", "/out/results.tap"] {
            let paths = [format!("{a}{end}"), format!("{b}{end}")];
            assert_eq!(found(&[(&paths[0], tap()), (&paths[1], tap())]).len(), 2, "{paths:?}");
        }
    }
    for [a, b] in [
        ["board_a/r.tap", "board_a/r (1).tap"],
        ["board_a/r.tap", "board_a/Copy of r.tap"],
        ["r.tap", "backup/r.tap"],
        ["board_a.tap", "board_a - Copy.tap"],
        ["board_a/r.tap", "board_a - Copy (2)/r.tap"],
        ["board_a.tap", "Kopie von board_a.tap"],
        ["board_a.tap", "board_a - Kopie.tap"],
    ] {
        assert_eq!(found(&[(a, tap()), (b, tap())]).len(), 1, "{a} {b}");
    }
}

#[test]
fn flat_names_hold_a_device_and_a_share() {
    let name = |board: &str, module: &str, order: bool| match order {
        true => format!("{board}-{module}.xml"),
        false => format!("{module}_{board}.xml"),
    };
    for order in [true, false] {
        let mut files = Vec::new();
        for board in ["board_a", "board_b"] {
            for module in ["net", "ui", "usb"] {
                files.push((name(board, module, order), file(module, "")));
            }
        }
        let files: Vec<(&str, String)> = files.iter().map(|(path, text)| (&**path, text.clone())).collect();
        check(&files, &["board_a: 9, 3", "board_b: 9, 3"]);
        // One board alone, and rooms, which are a guess.
        check(&files[..3], &["board_a: 9, 3"]);
        let rooms: Vec<(String, String)> = files
            .iter()
            .map(|(path, text)| (path.replace("board_a", "kitchen").replace("board_b", "hall"), text.clone()))
            .collect();
        let rooms: Vec<(&str, String)> = rooms.iter().map(|(path, text)| (&**path, text.clone())).collect();
        check(&rooms, &["hall?: 9, 3", "kitchen?: 9, 3"]);
    }
    // Variants repeat each other's tests: they are part of the name.
    let variants = ["board_a-debug", "board_a-release", "board_b-debug", "board_b-release"];
    let files = variants.map(|name| (format!("{name}.xml"), file("net", "")));
    let files: Vec<(&str, String)> = files.iter().map(|(path, text)| (&**path, text.clone())).collect();
    let expected = variants.map(|name| format!("{name}: 3, 1"));
    check(&files, &expected.each_ref().map(String::as_str));
}

#[test]
fn a_version_may_stand_between_names() {
    let mut files = Vec::new();
    for (version, day) in [("1.2.3", 1), ("1.3.0", 2)] {
        for board in ["board_a", "board_b"] {
            let second = board.len() + day + usize::from(board.ends_with('b'));
            files.push((
                format!("firmware_v{version}_{board}_2026-05-0{day}_12-30-{second:02}.xml"),
                file("net", &format!("2026-05-0{day}T12:30:{second:02}")),
            ));
        }
    }
    let files: Vec<(&str, String)> = files.iter().map(|(path, text)| (&**path, text.clone())).collect();
    let expected =
        ["board_a v1.2.3: 3, 1", "board_a v1.3.0: 3, 1", "board_b v1.2.3: 3, 1", "board_b v1.3.0: 3, 1"];
    check(&files, &expected);
}

/// The machines of a CI run are no devices, unless they repeat each other's tests.
#[test]
fn hosts_of_shards_are_no_duts() {
    let on = |host: &str, class: &str| {
        file(class, "").replace("<testsuite ", &format!("<testsuite hostname='{host}' "))
    };
    let names = ["junit-0.xml", "junit-1.xml", "junit-2.xml"];
    let shards: Vec<(&str, String)> =
        (0..3).map(|n| (names[n], on(&format!("runner-{n}"), &format!("m{n}")))).collect();
    check(&shards, &["unnamed DUT?: 9, 3"]);
    let devices: Vec<(&str, String)> = (0..3).map(|n| (names[n], on(&format!("pi-{n}"), "m"))).collect();
    check(&devices, &["pi-0?: 3, 1", "pi-1?: 3, 1", "pi-2?: 3, 1"]);
}

/// A date in a generic name is the build, and the folder of a run tells identical files apart.
#[test]
fn identical_files_of_other_runs_count() {
    let dated =
        ["junit-20260501.tap", "junit-20260502.tap", "results_2026-05-03.tap"].map(|path| (path, tap()));
    assert_eq!(found(&dated).len(), 3);
    let runs =
        ["dut1/r11/a.tap", "dut1/r12/a.tap", "dut2/r11/a.tap", "dut2/r12/a.tap"].map(|path| (path, tap()));
    assert_eq!(found(&runs).len(), 4);
    let counted = ["board_a/results-1.tap", "board_a/results-2.tap"].map(|path| (path, tap()));
    assert_eq!(found(&counted).len(), 1);
}

#[test]
fn class_reports_of_devices_are_told_by_their_tests() {
    let report = |tests: &[&str]| {
        let cases: String = tests
            .iter()
            .map(|name| format!("<testcase classname=\"com.acme.T\" name=\"{name}\"/>"))
            .collect();
        format!("<testsuite name=\"com.acme.T\">{cases}</testsuite>")
    };
    let (same, other) = (report(&["a", "b"]), report(&["c", "d"]));
    let duts = |files: [(&str, &str); 2]| {
        let mut dropped = Dropped::new(files.map(|(path, text)| (path, text.as_bytes())));
        let mut duts: Vec<String> = dropped.data().history.duts.iter().map(|dut| dut.name.clone()).collect();
        duts.sort();
        duts.len()
    };
    let (pixel, nexus) = ("TEST-Pixel_4(AVD) - 11-_app-.xml", "TEST-Nexus_5(AVD) - 11-_app-.xml");
    assert_eq!(duts([(pixel, &same), (nexus, &same)]), 2);
    // Classes have other tests, and other names.
    assert_eq!(duts([(pixel, &same), (nexus, &other)]), 1);
    assert_eq!(duts([("TEST-acme.A.xml", &same), ("TEST-acme.B.xml", &same)]), 1);
}

#[test]
fn a_folder_of_a_retry_is_an_attempt() {
    let report = |tests: &[(&str, bool)]| {
        let case = |(name, passes): &(&str, bool)| {
            let failure = if *passes { "" } else { "<failure message=\"no\"/>" };
            format!("<testcase classname=\"m\" name=\"{name}\">{failure}</testcase>")
        };
        format!("<testsuite name=\"s\">{}</testsuite>", tests.iter().map(case).collect::<String>())
    };
    let (first, again) = (report(&[("a", true), ("b", false)]), report(&[("b", true)]));
    let mut dropped = Dropped::new([
        ("board_a/results/junit.xml", first.as_bytes()),
        ("board_a/results-retry-1/junit.xml", again.as_bytes()),
    ]);
    let history = &dropped.data().history;
    assert_eq!(history.sessions.len(), 1);
    let counts = history.sessions.first().unwrap().counts;
    assert_eq!((counts.results(), counts.failing()), (2, 0));
}
