//! Robot Framework, NUnit, CTest's dashboard and Open Test Reporting: the texts of their results,
//! and truncated files.

use crate::Dropped;
use crate::dropped::folder;
use passgrid::engine::GetLedger;
use passgrid::import::Details;
use passgrid::model::FileStatus;
use passgrid::query::FileFilter;

fn read(path: &str) -> Vec<u8> {
    std::fs::read(folder("fixtures").join(path)).unwrap()
}

fn drop_fixture(path: &str) -> Dropped {
    Dropped::new([("report", read(path).as_slice())])
}

/// Title and texts of each section, properties as they are.
fn shown(details: &Details) -> Vec<(String, String)> {
    let sections = details.sections.iter();
    sections.map(|s| (s.title.clone(), format!("{}|{}", s.message, s.text))).collect()
}

/// The texts of each attempt of a test.
fn texts(path: &str, name: &str) -> Vec<Details> {
    let page = drop_fixture(path).page_of(name);
    assert_eq!(page.problem, None);
    page.attempts.into_iter().map(|attempt| attempt.details).collect()
}

fn has(details: &Details, name: &str, value: &str) {
    let is_there = details.properties.iter().any(|(n, v)| n == name && v == value);
    assert!(is_there, "{name} = {value} in {:?}", details.properties);
}

#[test]
fn logs_of_robot() {
    for path in ["robot/robot-7.5/output.xml", "robot/robot-7.5/output.json", "robot/robot-6.1/output.xml"] {
        let plays = texts(path, "Plays");
        assert_eq!(shown(&plays[0])[0].0, "log", "{path}");
        let log = &plays[0].sections[0].text;
        assert!(log.contains("Log    fine <b>&amp;</b>\n    INFO  fine <b>&amp;</b>\n"), "{path}: {log}");
        assert!(log.contains("    INFO  bold\n") || log.ends_with("    INFO  bold"), "{path}: {log}");
        has(&plays[0], "tag", "smoke");
        has(&plays[0], "doc", "Says hello.");
        has(&plays[0], "line", "10");

        let quiet = texts(path, "Too Quiet");
        assert_eq!(shown(&quiet[0])[0], ("fail".into(), "too quiet <here>: 3 != 11|".into()), "{path}");
        let log = &quiet[0].sections[1].text;
        assert!(
            log.starts_with("Should Be Equal As Integers    ${3}    11    too quiet <here>    [FAIL]\n"),
            "{log}"
        );
        assert!(log.contains("\n    INFO  <class 'int'>\n"), "{log}");

        let structures = texts(path, "Structures");
        let log = &structures[0].sections[0].text;
        for line in [
            "FOR    IN    → ${level}    @{LEVELS}\n",
            "    ITERATION    ${level} = 3\n        IF    ${level} > 10    [NOT RUN]\n            Log    loud    WARN    [NOT RUN]\n        ELSE\n            Log    quiet\n                INFO  quiet\n",
            "Set Variable    → ${x}    7\n    INFO  ${x} = 7\n",
            "TRY    [FAIL]\n    Fail    caught    [FAIL]\n        FAIL  caught\n",
            "User Keyword    a    b\n    Log Many    ${a}    ${b}\n        INFO  a\n        INFO  b\n    Log    one\\n",
            "        INFO  one\n        INFO  two",
        ] {
            assert!(log.contains(line), "{path}: {line}\n{log}");
        }

        let pages = drop_fixture(path).page_of("Both Fail");
        let texts = &pages.attempts[0].details;
        assert_eq!(texts.sections[0].message, "wrong channel\n\nAlso teardown failed:\nstill warm", "{path}");
    }
}

#[test]
fn suites_of_robot_that_fail() {
    for path in ["robot/robot-7.5/output.xml", "robot/robot-7.5/output.json", "robot/robot-4.1/output.xml"] {
        let ran = texts(path, "Ran Well");
        assert_eq!(ran.len(), 2, "{path}");
        assert!(ran[0].sections[0].text.contains("INFO  x"), "{path}");
        assert!(ran[1].sections[0].title.contains("tear"), "{path}: {:?}", ran[1]);
        let log = &ran[1].sections[1].text;
        assert!(log.starts_with("Run Keywords    Log    cleaning    AND    Fail"), "{path}: {log}");
        assert!(log.contains("FAIL  cannot power off"), "{path}: {log}");
        let never = texts(path, "Never Runs");
        assert_eq!(never[0].sections[0].message, "Parent suite setup failed:\nno such port", "{path}");
        assert!(never[1].sections[1].text.contains("FAIL  no such port"), "{path}");
    }
}

#[test]
fn merged_runs_of_robot() {
    for path in ["robot/robot-7.5/merged.xml", "robot/robot-7.5/merged.json"] {
        let sometimes = texts(path, "Sometimes");
        assert_eq!(sometimes.len(), 3);
        let before: Vec<_> = shown(&sometimes[2]).into_iter().take(2).collect();
        let earlier = ["attempt 1 of <three>|", "attempt 2 of <three>|"];
        assert_eq!(
            before,
            earlier.map(|text| ("earlier attempt: fail".to_owned(), text.to_owned())),
            "{path}"
        );
        assert_eq!(texts(path, "Always")[2].sections[0].message, "attempt 3", "{path}");
    }
}

/// Truncated files keep their complete results, and gain no wrong ones.
#[test]
fn truncated_files_keep_complete_results() {
    for path in [
        "robot/robot-7.5/output.xml",
        "robot/robot-7.5/output.json",
        "nunit/nunit-3.18/TestResult.xml",
        "nunit/nunit-2.6/TestResult.xml",
        "ctest/ctest-4.4.4/Test.xml",
        "open-test-reporting/junit-5.12/open-test-report.xml",
    ] {
        let whole = read(path);
        let results = |bytes: &[u8]| {
            let mut dropped = Dropped::new([("report", bytes)]);
            dropped.check_sums();
            dropped.pages();
            let file = &dropped.data().files[0];
            (file.results, file.status)
        };
        let (all, status) = results(&whole);
        assert_eq!(status, FileStatus::Read, "{path}");
        let mut before = 0;
        for end in (1500..whole.len() - 40).step_by(whole.len() / 23) {
            let (count, status) = results(&whole[..end]);
            assert!(before <= count && count <= all, "{path} {end}: {before}, {count}");
            assert_ne!(status, FileStatus::Read, "{path} {end}");
            before = count;
        }
        assert!(before * 2 > all, "{path}: {before} of {all}");
    }
}

#[test]
fn texts_of_nunit() {
    let path = "nunit/nunit-3.18/TestResult.xml";
    let plays = drop_fixture(path).selections();
    assert!(plays.iter().any(|test| test.scope == "Acme.Speaker.ChannelTests(1)" && test.name == "Answers"));
    let loud = &texts(path, "Volume(11,\"<loud>\")")[0];
    let trace =
        "at Acme.Speaker.PlaybackTests.Volume(Int32 level, String unit) in /srv/lab/PlaybackTests.cs:line 31";
    let message = "Expected: less than or equal to 10\n  But was:  11";
    assert_eq!(shown(loud), [("failure".to_owned(), format!("{message}|{trace}"))]);
    let warns = &texts(path, "Warns")[0];
    let titles: Vec<&str> = warns.sections.iter().map(|section| section.title.as_str()).collect();
    assert_eq!(titles, ["reason", "assertion warning", "assertion warning"]);
    let plays = &texts(path, "Plays")[0];
    assert_eq!(shown(plays), [("output".to_owned(), "|level 3 <dB>".to_owned())]);
    has(plays, "Description", "Says hello");
    let broken = &texts(path, "(suite)")[0];
    assert!(broken.sections[0].text.contains("ChannelTests.PowerOff()"), "{broken:?}");
    has(&texts("nunit/nunit-2.6/TestResult.xml", "Volume(3,\"1.5 dB\")")[0], "category", "smoke");
}

#[test]
fn texts_of_ctest() {
    let path = "ctest/ctest-4.4.4/Test.xml";
    let volume = &texts(path, "volume")[0];
    assert_eq!(shown(volume)[0], ("failed".to_owned(), "exit value 3|".to_owned()));
    // The output is compressed in the file.
    assert!(volume.sections[1].text.starts_with("level 0 of <60> & rising\nlevel 1 of"), "{volume:?}");
    assert!(volume.sections[1].text.ends_with("level 59 of <60> & rising"));
    let measured = &texts(path, "play")[0].measurements;
    let measured: Vec<_> =
        measured.iter().map(|m| (m.name.as_str(), m.number.is_some(), m.unit.as_str())).collect();
    assert_eq!(measured, [("loudness", true, ""), ("Execution Time", true, "s"), ("Processors", true, "")]);
    has(&texts(path, "rejects")[0], "label", "board_a");
    assert_eq!(shown(&texts(path, "hangs")[0])[0].1, "Timeout|");
    assert!(shown(&texts(path, "silent")[0])[0].1.starts_with("Required regular expression not found."));
}

#[test]
fn texts_of_open_test_reporting() {
    let path = "open-test-reporting/junit-5.12/open-test-report.xml";
    let loud = &texts(path, "volume(int)[2]")[0];
    assert_eq!(loud.sections[0].title, "org.opentest4j.AssertionFailedError");
    assert!(loud.sections[0].text.contains("at com.acme.PlaybackTest.volume"), "{loud:?}");
    has(loud, "display name", "[2] level=11");
    let plays = &texts(path, "plays()")[0];
    assert_eq!(shown(plays), [("stdout".to_owned(), "|level 3 <dB>".to_owned())]);
    has(plays, "loudness", "3.5");
    let path = "open-test-reporting/hierarchy-0.2/hierarchy.xml";
    let plays = &texts(path, "plays")[0];
    assert_eq!(plays.location.as_deref(), Some("tests/audio.spec:7"));
    has(plays, "tag", "smoke");
    assert_eq!(shown(&texts(path, "breaks")[0])[0].1, "no answer from port 7|");
}

#[test]
fn texts_of_junit_dialects() {
    let ignored = &texts("junit/pytest-embedded-2.9/unity.xml", "hdmi")[0];
    assert_eq!(shown(ignored), [("system-out".to_owned(), "no hardware|".to_owned())]);
    let starts = &texts("junit/pytest-embedded-2.9/unity.xml", "starts")[0];
    assert_eq!(shown(starts), [("system-out".to_owned(), "|level 3".to_owned())]);
    let todo = &texts("junit/node-20/test-reporter.xml", "todo that fails")[0];
    assert_eq!(todo.sections.len(), 2);
}

/// The ledger shows the probable producer of a file.
#[test]
fn producers_are_recognized() {
    let mut dropped = drop_fixture("junit/bazel-8.4/test.xml");
    let ledger = dropped.engine.ask(GetLedger { filter: FileFilter::default(), from: 0, count: 1 });
    assert_eq!(ledger.files[0].format, "JUnit XML of Bazel");
}
