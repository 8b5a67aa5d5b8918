//! Texts of results in CTRF and in the JSON of web test runners.

use crate::Dropped;
use crate::dropped::folder;
use passgrid::analyze::ResultPage;
use passgrid::import::Details;
use passgrid::model::Outcome;

fn drop_fixture(path: &str) -> Dropped {
    let bytes = std::fs::read(folder("fixtures").join(path)).unwrap();
    Dropped::new([("x", bytes.as_slice())])
}

/// The only result with this name and outcome.
fn page(dropped: &mut Dropped, name: &str, outcome: Outcome) -> ResultPage {
    let mut pages = dropped.pages();
    pages.retain(|page| page.name == name && page.outcome == outcome);
    assert_eq!(pages.len(), 1, "{name}");
    pages.remove(0)
}

/// `title: message | text` of each section, and the properties.
fn told(details: &Details) -> String {
    let mut told: Vec<String> = details
        .sections
        .iter()
        .map(|section| format!("{}: {} | {}", section.title, section.message, section.text))
        .collect();
    told.extend(details.properties.iter().map(|(name, value)| format!("{name}={value}")));
    told.join("\n")
}

#[test]
fn ctrf() {
    let mut dropped = drop_fixture("ctrf/shapes/devices.json");
    let failed = page(&mut dropped, "plays", Outcome::Failed);
    assert_eq!(failed.dut, "board_b");
    assert_eq!(
        told(&failed.attempts[0].details),
        "failed: no sound | bench.c:31\nstdout:  | level 3\nsteps:  | passed: power up\ndevice=board_b"
    );
    let flaky = page(&mut dropped, "pairs", Outcome::Passed);
    assert!(told(&flaky.attempts[1].details).starts_with("failed: no answer again | "));
    let mut dropped = drop_fixture("ctrf/pytest-json-ctrf-0.6.1/report.json");
    let failed = page(&mut dropped, "test_fail", Outcome::Failed);
    assert_eq!(failed.attempts[0].details.location.as_deref(), Some("test_amp.py"));
    assert!(told(&failed.attempts[0].details).contains("E       AssertionError: too quiet <here>"));
}

#[test]
fn playwright() {
    let mut dropped = drop_fixture("playwright/playwright-1.65.1/projects.json");
    let failed = page(&mut dropped, "volume › limit <100>", Outcome::Failed);
    assert_eq!((failed.dut.as_str(), failed.attempts.len()), ("board_b", 2));
    let details = &failed.attempts[1].details;
    assert_eq!(details.location.as_deref(), Some("/srv/lab/dut-tests/remote/remote.spec.js:6"));
    let told = self::told(details);
    assert!(told.contains("> 6 |     expect(info.project.name)"), "{told}");
    assert!(told.contains("stdout:  | the limit is 100\nissue=31\nattachment error-context="), "{told}");
    let mut dropped = drop_fixture("playwright/shapes/errors.json");
    let thrown = page(&mut dropped, "thrown", Outcome::Error);
    assert_eq!(
        self::told(&thrown.attempts[0].details),
        "interrupted:  | 'no error at all'\nstdout:  | one two\nsteps:  | power up\n  failed: wait\n\
         attachment trace=/srv/lab/trace.zip"
    );
}

/// The JSON and the JUnit XML of one run name the same tests.
#[test]
fn playwright_and_its_junit_name_the_same_tests() {
    let names = |path: &str| {
        let mut dropped = drop_fixture(path);
        let of_flaky = dropped.selections().into_iter().find(|one| one.name.ends_with("flaky")).unwrap();
        (of_flaky.scope, of_flaky.name)
    };
    let junit = names("junit/playwright-1.65.1/projects.xml");
    assert_eq!(names("playwright/playwright-1.65.1/projects.json"), junit);
    assert_eq!(names("ctrf/playwright-ctrf-0.0.29/report.json"), junit);
    let vitest = names("junit/vitest-3.2.4/junit.xml");
    assert_eq!(names("jest/vitest-3.2.4/vitest.json"), vitest);
    assert_eq!(names("mocha/mocha-12.0.3/json.json"), names("junit/mocha-12.0.3/xunit.xml"));
    assert_eq!(names("mocha/mocha-12.0.3/json.json"), names("mocha/mochawesome-8.1.1/mochawesome.json"));
}

#[test]
fn jest() {
    let mut dropped = drop_fixture("jest/jest-30.5.2/jest.json");
    let broken = page(&mut dropped, "(the file could not be run)", Outcome::Error);
    let details = &broken.attempts[0].details;
    assert!(told(details).contains("Cannot find module './no-such-driver'"), "{details:?}");
    assert_eq!(details.location.as_deref(), Some("/srv/lab/dut-tests/unit/broken.jest.js"));
    let failed = page(&mut dropped, "playback > volume <11> & more", Outcome::Failed);
    assert!(
        told(&failed.attempts[0].details)
            .contains("at Object.toBe (/srv/lab/dut-tests/unit/sum.jest.js:4:16)")
    );
    let mut dropped = drop_fixture("jest/vitest-3.2.4/vitest.json");
    let flaky = page(&mut dropped, "channels > flaky", Outcome::Passed);
    assert_eq!((flaky.is_flaky, flaky.attempts_total), (true, 2));
    assert!(
        told(&flaky.attempts[0].details)
            .starts_with("earlier attempt:  | AssertionError: expected 1 to be 2")
    );
}

#[test]
fn mocha() {
    for path in [
        "mocha/mocha-12.0.3/json.json",
        "mocha/mocha-12.0.3/json-stream.jsonl",
        "mocha/mochawesome-8.1.1/mochawesome.json",
    ] {
        let mut dropped = drop_fixture(path);
        let failed = page(&mut dropped, "volume <11> & more", Outcome::Failed);
        let told = self::told(&failed.attempts[0].details);
        assert!(
            told.contains("11 !== 10") && told.contains("at Context.<anonymous> (mocha/spec.js:6:12)"),
            "{told}"
        );
    }
}

/// A truncated stream has a note, and keeps its results.
#[test]
fn a_mocha_stream_without_an_end() {
    let text = std::fs::read_to_string(folder("fixtures/mocha/mocha-12.0.3/json-stream.jsonl")).unwrap();
    let cut = text.lines().take(3).collect::<Vec<_>>().join("\n");
    let mut dropped = Dropped::new([("x", cut.as_bytes())]);
    let report = dropped.report();
    assert!(report.contains("the run did not finish: 2 tests of 8 reported"), "{report}");
    assert!(report.contains("2 results, 2 passed\n  incomplete: the run did not finish"), "{report}");
}

#[test]
fn cucumber() {
    let mut dropped = drop_fixture("cucumber/jvm-7/playback.json");
    let stuck = page(&mut dropped, "Plays", Outcome::Error);
    assert_eq!(stuck.attempts[0].message, "java.lang.IllegalStateException: relay stuck closed");
    let told = self::told(&stuck.attempts[0].details);
    assert!(told.starts_with("failed: after hook:  | java.lang.IllegalStateException"), "{told}");
    let steps = "passed: before hook\npassed: When it plays\nfailed: after hook";
    assert!(told.contains(&format!("steps:  | passed: Given a speaker\n{steps}")), "{told}");
    assert!(told.ends_with("output of When it plays:  | level 3\ntags=@smoke"), "{told}");
    // A failure in the background is before the scenario in the file.
    let row = page(&mut dropped, "Rates [1]", Outcome::Failed);
    let told = self::told(&row.attempts[0].details);
    assert!(told.contains("at com.acme.Steps.speaker(Steps.java:8)"), "{told}");
    let row = page(&mut dropped, "Rates [2]", Outcome::Passed);
    assert_eq!(row.duration_s, Some(0.003));
    // behave's two reports of one run name the same tests.
    let names = |path: &str| {
        let mut dropped = drop_fixture(path);
        let mut names: Vec<_> = dropped.selections().into_iter().map(|one| (one.scope, one.name)).collect();
        names.sort();
        names
    };
    assert_eq!(names("cucumber/behave-1.3.3/behave.json"), names("junit/behave-1.3.3/TESTS-playback.xml"));
}

#[test]
fn rspec() {
    let mut dropped = drop_fixture("rspec/rspec-3.13/examples.json");
    let failed = page(&mut dropped, "Volume has a limit", Outcome::Failed);
    let details = &failed.attempts[0].details;
    assert_eq!(details.location.as_deref(), Some("./spec/audio/volume_spec.rb:8"));
    assert!(
        told(details)
            .starts_with("RSpec::Expectations::ExpectationNotMetError: \nexpected: 10\n     got: 11")
    );
    assert!(told(details).contains("| ./spec/audio/volume_spec.rb:9:in"));
    assert_eq!(failed.attempts[0].message, "expected: 10");
    let broken = page(&mut dropped, "(error outside of examples)", Outcome::Error);
    assert_eq!(
        (broken.suite.as_str(), broken.attempts[0].message.as_str()),
        ("spec.broken_spec", "Failure/Error: require \"no_such_driver\"")
    );
}

#[test]
fn gtest() {
    let mut dropped = drop_fixture("gtest/gtest-1.17/board.json");
    let failed = page(&mut dropped, "Limit", Outcome::Failed);
    assert_eq!(failed.attempts[0].message, "Expected equality of these values:");
    let details = &failed.attempts[0].details;
    assert_eq!((details.sections.len(), details.location.as_deref()), (2, Some("volume_test.cc:19")));
    let passed = page(&mut dropped, "Plays/0", Outcome::Passed);
    assert_eq!(told(&passed.attempts[0].details), "value_param=44100");
    assert_eq!((passed.dut.as_str(), passed.suite.as_str()), ("board_a", "Rates/Sampling"));
}
