//! Layouts by hand: shapes of real tools, and layouts that nobody can decide.

use super::answers;
use super::generator::File;
use crate::Dropped;
use passgrid::model::{Outcome, SessionId};
use std::collections::BTreeSet;

/// Files by path; each test is `scope.name`.
fn files(files: &[(&str, &[&str])]) -> Vec<File> {
    let file = |(path, tests): &(&str, &[&str])| File {
        path: (*path).to_owned(),
        tests: tests
            .iter()
            .map(|test| test.split_once('.').unwrap())
            .map(|(s, n)| (s.into(), n.into()))
            .collect(),
        started_s: None,
        dut: None,
        build: None,
        session: 0,
    };
    files.iter().map(file).collect()
}

/// Checks `DUT build session` of each file; `?` marks guesses, sessions are letters in order.
#[track_caller]
fn check(layout: &[(&str, &[&str], &str)]) {
    let dropped: Vec<(&str, &[&str])> = layout.iter().map(|&(path, tests, _)| (path, tests)).collect();
    let mut sessions: Vec<usize> = Vec::new();
    for (answer, (path, _, expected)) in answers(&files(&dropped)).iter().zip(layout) {
        if !sessions.contains(&answer.session) {
            sessions.push(answer.session);
        }
        let letter = sessions.iter().position(|&have| have == answer.session).unwrap();
        let guess = |is_guess: bool| if is_guess { "?" } else { "" };
        let found = format!(
            "{}{} {}{} {}",
            answer.dut,
            guess(answer.is_dut_guess),
            answer.build.as_deref().unwrap_or("–"),
            guess(answer.is_build_guess),
            (b'A' + letter as u8) as char,
        );
        assert_eq!(found, *expected, "{path}");
    }
}

#[test]
fn modules_of_one_device() {
    check(&[
        ("results/board_a/audio.xml", &["audio.plays"], "board_a – A"),
        ("results/board_a/network.xml", &["network.pings"], "board_a – A"),
        ("results/board_a/usb.xml", &["usb.mounts"], "board_a – A"),
    ]);
    check(&[
        ("results/kiosk_a/results-0c5d6e7f8091a2b3c4d5e6f708192a3b.xml", &["cart.adds"], "kiosk_a? – A"),
        ("results/kiosk_a/results-3f9c1d7aa0b2c4d5e6f708192a3b4c5d.xml", &["login.works"], "kiosk_a? – A"),
    ]);
    // Modules of a Gradle build, without a device.
    check(&[
        ("app/build/test-results/test/TEST-com.acme.AppTest.xml", &["AppTest.a"], "unnamed DUT? – A"),
        ("net/build/test-results/test/TEST-com.acme.NetTest.xml", &["NetTest.a"], "unnamed DUT? – A"),
    ]);
}

#[test]
fn devices_with_the_same_modules() {
    check(&[
        ("kitchen/audio.xml", &["audio.plays"], "kitchen? – A"),
        ("kitchen/network.xml", &["network.pings"], "kitchen? – A"),
        ("hall/audio.xml", &["audio.plays"], "hall? – B"),
        ("hall/network.xml", &["network.pings"], "hall? – B"),
    ]);
    check(&[
        ("tests/omni/127.0.0.1-5037/com.acme.A#x.xml", &["A.x"], "127.0.0.1-5037? – A"),
        ("tests/omni/127.0.0.1-5037/com.acme.A#y.xml", &["A.y"], "127.0.0.1-5037? – A"),
        ("tests/omni/R58M12ABCDE/com.acme.A#x.xml", &["A.x"], "R58M12ABCDE? – B"),
        ("tests/omni/R58M12ABCDE/com.acme.A#y.xml", &["A.y"], "R58M12ABCDE? – B"),
    ]);
}

#[test]
fn generic_names_are_guesses_at_most() {
    for name in
        ["JUnitReport", "unittests", "TestSummary", "results-1", "test results (1)", "shard-1", "TestResults"]
    {
        let path = format!("{name}.xml");
        check(&[(&path, &["a.b"], "unnamed DUT? – A")]);
    }
}

/// Android's version is part of both names or of none.
#[test]
fn a_number_is_split_off_like_a_version() {
    check(&[
        ("Google Pixel XL-8.0.0-junit.xml", &["a.b"], "Google Pixel XL? 8.0.0 A"),
        ("Google Pixel XL-9-junit.xml", &["a.b"], "Google Pixel XL? 9 B"),
    ]);
}

/// Nobody can tell whether these are devices, builds, suites or runs.
#[test]
fn undecidable_layouts_are_guesses() {
    let layouts: [&[(&str, &[&str])]; 8] = [
        &[("x.xml", &["a.b"])],
        &[("alpha.xml", &["a.b"]), ("beta.xml", &["a.b"])],
        &[("alpha/x.xml", &["a.b"]), ("beta/y.xml", &["c.d"])],
        &[("audio.xml", &["a.smoke"]), ("network.xml", &["a.smoke"])],
        &[
            ("2f9e6a0b7c1d4e8f5a3b9c0d1e2f3a4b/r.xml", &["a.b"]),
            ("0b7c1d4e8f5a3b9c0d1e2f3a4b2f9e6a/r.xml", &["a.b"]),
        ],
        &[
            ("main/kitchen.xml", &["a.b"]),
            ("main/hall.xml", &["a.b"]),
            ("next/kitchen.xml", &["a.b"]),
            ("next/hall.xml", &["a.b"]),
        ],
        &[("unit.xml", &["a.b"]), ("device.xml", &["c.d"])],
        &[("1/x.xml", &["a.b"]), ("2/x.xml", &["a.b"])],
    ];
    for layout in layouts {
        for answer in answers(&files(layout)) {
            assert!(answer.is_dut_guess, "{layout:?}: {answer:?}");
            assert!(answer.build.is_none() || answer.is_build_guess, "{layout:?}: {answer:?}");
        }
    }
}

/// Modules that ran over an hour apart may be different runs.
#[test]
fn a_session_with_a_long_gap_is_a_guess() {
    for (seconds, is_guess) in [(60, false), (3 * 3600, true)] {
        let modules: [(&str, &[&str]); 2] =
            [("board_a/audio.xml", &["audio.plays"]), ("board_a/usb.xml", &["usb.mounts"])];
        let mut files = files(&modules);
        for (file, started_s) in files.iter_mut().zip([0, seconds]) {
            file.started_s = Some(started_s);
        }
        let answers = answers(&files);
        assert_eq!(answers[0].session, answers[1].session);
        assert_eq!(answers[0].is_session_guess, is_guess, "{seconds} s apart");
    }
}

fn report(tests: &str) -> Vec<u8> {
    let case = |test: &str| match test.strip_suffix('!') {
        Some(name) => format!("<testcase classname='s' name='{name}'><failure message='no'/></testcase>"),
        None => format!("<testcase classname='s' name='{test}'/>"),
    };
    let cases: String = tests.split(' ').map(case).collect();
    format!("<testsuite name='s'>{cases}</testsuite>").into_bytes()
}

/// Attempts that runners keep in folders of their own precede the file beside them.
#[test]
fn attempts_in_folders_are_one_session() {
    for (paths, flaky) in [
        (["gw_a/run.xml", "gw_a/Retries/a1b2/1/run.xml", "gw_a/Retries/a1b2/2/run.xml"], "c"),
        (
            [
                "board_a/x/test.xml",
                "board_a/x/test_attempts/attempt_1.xml",
                "board_a/x/test_attempts/attempt_2.xml",
            ],
            "c",
        ),
    ] {
        let contents = [report("d!"), report("a b c! d!"), report("c d!")];
        let mut dropped = Dropped::new(paths.into_iter().zip(contents.iter().map(Vec::as_slice)));
        let data = dropped.data();
        assert_eq!(data.history.sessions.len(), 1, "{paths:?}");
        let counts = &data.history.sessions[0].counts;
        assert_eq!((counts.results(), counts.of(Outcome::Failed)), (4, 1), "{paths:?}");
        let is_flaky = |&result: &_| data.is_flaky(result);
        let flaky_tests: Vec<&str> = data
            .results_of(SessionId(0))
            .filter(is_flaky)
            .map(|result| data.tests.name(data.test_of(result)))
            .collect();
        assert_eq!(flaky_tests, [flaky], "{paths:?}");
    }
    // A marked retry follows the file that it repeats.
    let mut dropped =
        Dropped::new([("board_a.xml", &*report("a b!")), ("board_a-retry1.xml", &*report("b"))]);
    let data = dropped.data();
    assert_eq!(data.history.sessions.len(), 1);
    let counts = &data.history.sessions[0].counts;
    assert_eq!((counts.results(), counts.of(Outcome::Failed)), (2, 0));
}

/// Runs that repeat each other's tests are different sessions.
#[test]
fn repeated_runs_are_sessions() {
    let runs: Vec<(String, Vec<u8>)> =
        (1..=5).map(|n| (format!("board_a/results-{n}.xml"), report(&format!("a b c d x{n}")))).collect();
    let mut dropped = Dropped::new(runs.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())));
    let sessions: BTreeSet<&str> = dropped.data().history.sessions.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(sessions.len(), 5, "{sessions:?}");
}
