//! Whole projects, and dialects of JUnit.

use super::{corpus, tests};
use crate::Dropped;
use crate::dropped::tree;
use passgrid::engine::{Assign, Undo};
use passgrid::model::{
    Counts, Dataset, FileStatus, IdentityField, Outcome, PartId, ResultId, Session, SessionId, Source,
};
use std::collections::{BTreeMap, BTreeSet};

use Outcome::{NotRun, XPassed};

tests![
    six_on_eight_interpreters,
    five_builds_of_more_itertools_on_four_interpreters,
    xml_and_json_of_one_run_share_their_tests,
    both_reports_of_every_run_count_once,
    dotnet_reports_have_their_results,
    junit_dialects_count_their_elements,
    a_twister_file_of_many_platforms_has_many_duts,
    boards_times_revisions_of_zephyr,
];

/// Rows of a table with tabs, by their first cell; cells by column.
fn table(path: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let text = std::fs::read_to_string(corpus(path)).unwrap();
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let header: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let row = |line: &str| {
        let cells = header.iter().zip(line.split('\t')).map(|(k, v)| (k.to_string(), v.to_owned()));
        (line.split('\t').next().unwrap().to_owned(), cells.collect())
    };
    lines.map(row).collect()
}

fn session_of<'a>(data: &'a Dataset, path: &str) -> &'a Session {
    let file =
        data.files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("{path} is missing"));
    assert_eq!(file.parts.len(), 1, "{path}");
    let session = data.history.session_of[file.parts[0].index()];
    data.history.session(session.unwrap_or_else(|| panic!("{path} has no session")))
}

/// passed, failed, error, skipped.
fn four(counts: &Counts) -> [u32; 4] {
    [Outcome::Passed, Outcome::Failed, Outcome::Error, Outcome::Skipped].map(|outcome| counts.of(outcome))
}

/// Drops the folder of one project with the paths that a browser gives, once with its XML and once
/// with its JSON files.
fn check_matrix(project: &str, ending: &str, builds: usize, duts: usize) -> Dropped {
    let root = corpus("matrix");
    let files: Vec<(String, Vec<u8>)> = tree(&root)
        .into_iter()
        .filter(|(path, _)| path.starts_with(&format!("{project}/")) && path.ends_with(ending))
        .collect();
    let mut dropped = Dropped::new(files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())));
    let expected = table("matrix/EXPECTED.tsv");
    let data = dropped.data();
    let mut checked = 0;
    for (xml, row) in expected.iter().filter(|(path, _)| path.starts_with(&format!("{project}/"))) {
        let path = xml.replace(".xml", ending);
        let number = |column: &str| row[column].parse::<u32>().unwrap();
        let session = session_of(data, &path);
        let counts = &session.counts;
        if ending == ".xml" {
            let expected = ["xml_none", "xml_failed", "xml_error", "xml_skipped"].map(number);
            let [passed, failed, error, skipped] = four(counts);
            assert_eq!([passed, failed, error, skipped + counts.of(Outcome::XFailed)], expected, "{path}");
            assert_eq!(counts.results(), number("xml_cases"), "{path}");
        } else {
            let [failed, skipped, xfailed, total] =
                ["json_failed", "json_skipped", "json_xfailed", "json_total"].map(number);
            assert_eq!(four(counts), [total - failed - skipped - xfailed, failed, 0, skipped], "{path}");
            assert_eq!((counts.of(Outcome::XFailed), counts.results()), (xfailed, total), "{path}");
        }
        let (folders, name) = path.rsplit_once('/').unwrap();
        let dut = name.strip_suffix(ending).unwrap();
        let identity = &session.identity;
        assert_eq!(identity.dut.value, dut, "{path}");
        assert_eq!(identity.dut.evidence.source, Source::FileName, "{path}");
        // What repeats under every build is the DUT; a single varying part is a guess.
        assert_eq!(identity.dut.evidence.doubtful, builds < 2, "{path}");
        assert_eq!(session.build(), folders.split_once('/').map(|(_, build)| build), "{path}");
        checked += 1;
    }
    assert_eq!(checked, files.len());
    assert_eq!(data.history.duts.len(), duts);
    assert_eq!(data.history.sessions.len(), builds * duts);
    for file in &data.files {
        assert_eq!(file.status, FileStatus::Read, "{}", file.path);
    }
    dropped.check_sums();
    dropped
}

fn six_on_eight_interpreters() {
    for ending in [".xml", ".report.json"] {
        check_matrix("six", ending, 1, 8);
    }
}

fn five_builds_of_more_itertools_on_four_interpreters() {
    for ending in [".xml", ".report.json"] {
        let mut dropped = check_matrix("more-itertools", ending, 5, 4);
        // The sessions of a DUT are in the order of their builds.
        let data = dropped.data();
        for dut in &data.history.duts {
            let builds: Vec<_> =
                dut.sessions.iter().filter_map(|&id| data.history.session(id).build()).collect();
            assert_eq!(builds, ["8.14.0", "9.1.0", "10.1.0", "10.3.0", "10.5.0"], "{}", dut.name);
        }
    }
}

/// Both reports of one run have the same tests and outcomes, as far as the formats can express
/// them.
fn xml_and_json_of_one_run_share_their_tests() {
    let root = corpus("matrix");
    for run in
        ["six/py3.12.1", "six/py3.6.15", "more-itertools/10.5.0/py3.8.18", "more-itertools/8.14.0/py3.12.1"]
    {
        let mut dropped = Dropped::default();
        for ending in [".xml", ".report.json"] {
            let path = format!("{run}{ending}");
            dropped.add(&path, &std::fs::read(root.join(&path)).unwrap());
        }
        let data = dropped.data();
        assert_eq!(data.history.duts.len(), 1, "{run}");
        let parts = &data.history.sessions[0].parts;
        let [json, xml] = parts[..] else {
            panic!("{run} is one session of two files: {parts:?}");
        };
        assert!(data.file(data.part(json).file).path.ends_with(".report.json"), "{run}: it has more details");
        let tests = |part: PartId| -> BTreeSet<_> {
            let results = data.part(part).rows.clone().map(ResultId);
            results.map(|result| (data.test_of(result), data.outcome(result))).collect()
        };
        assert_eq!(tests(json), tests(xml), "{run}");
        // And each counts once.
        assert_eq!(data.history.sessions.len(), 1, "{run}");
        assert_eq!(data.history.sessions[0].counts, data.part(json).counts, "{run}");
        assert_eq!(data.results_of(SessionId(0)).count(), data.tests.len(), "{run}");
        let [same] = &data.history.same_runs[..] else {
            panic!("the ledger has one pair");
        };
        let tests = data.tests.len() as u32;
        assert_eq!((same.common, same.agree, same.adds), (tests, tests, 0), "{run}");
    }
}

/// The reports of both formats together give the same figures as those of one format, and a person
/// can separate them.
fn both_reports_of_every_run_count_once() {
    let root = corpus("matrix/more-itertools");
    let drop_all = |ending: &str| {
        let mut dropped = Dropped::default();
        for (path, bytes) in tree(&root).iter().filter(|(path, _)| path.ends_with(ending)) {
            dropped.add(path, bytes);
        }
        dropped
    };
    let figures = |dropped: &mut Dropped| -> Vec<(String, Option<String>, Counts)> {
        let data = dropped.data();
        let sessions = data.history.sessions.iter();
        let figures = sessions.map(|session| {
            let mut counts = session.counts;
            counts.duration_s = None;
            (session.identity.dut.value.clone(), session.build().map(str::to_owned), counts)
        });
        figures.collect()
    };
    let (json, all) = (figures(&mut drop_all(".report.json")), figures(&mut drop_all("")));
    assert_eq!(all.len(), 20);
    assert_eq!(json, all);

    let mut dropped = drop_all("");
    let part = dropped.data().history.same_runs[0].parts[0];
    dropped.engine.ask(Assign(vec![(part, vec![(IdentityField::Session, Some("mine".to_owned()))])]));
    assert_eq!(dropped.data().history.sessions.len(), 21);
    dropped.engine.ask(Undo);
    assert_eq!(dropped.data().history.sessions.len(), 20);
}

/// A file, its passed, failed, error, and skipped or xfailed results, its other results, and words
/// of the note that explains them.
type Adjusted = (&'static str, [u32; 4], &'static [(Outcome, u32)], &'static str);

/// Files whose results differ from their elements.
const NOT_JUST_ELEMENTS: &[Adjusted] = &[
    // Of two todo tests, one fails as expected.
    ("node-test/node20-junit.xml", [2, 1, 0, 3], &[], "1 verdict beside another one of the same test case"),
    // One `notrun` could not be started.
    ("ctest/ctest-junit.xml", [2, 2, 1, 1], &[(NotRun, 1)], BY_ATTRIBUTE),
    ("gtest/gtest_xml_output_unittest_expected.xml", [18, 7, 0, 3], &[(NotRun, 2)], BY_ATTRIBUTE),
    ("junit-dialects-enricomi/corrupt-xml.xml", [1, 0, 0, 0], &[], "XML is truncated"),
    ("junit-dialects-enricomi/disabled.xml", [6, 19, 1, 0], &[(NotRun, 5)], BY_ATTRIBUTE),
    ("junit-dialects-enricomi/junit.multiresult.xml", [1, 1, 1, 1], &[], "the worst one is used"),
    ("junit-dialects-enricomi/latex-utensils.xml", [109, 0, 0, 0], &[], "entries share a name"),
    // The last rerun of a failed test is an error.
    ("junit-nextest/quick-junit_basic_report.xml", [3, 2, 2, 1], &[], ""),
    // Several documents; a strict parser stops after the first.
    ("libtest-json/libtest-junit.xml", [3, 1, 0, 0], &[], ""),
    ("pytest-junitxml/pytest842_default.xml", [10, 3, 4, 4], &[], "26 entries merged into 21 results"),
    ("pytest-junitxml/pytest842_xunit1_log-all.xml", [10, 3, 4, 4], &[], "26 entries merged into 21 results"),
    ("pytest-junitxml/pytest842_xunit1_log-no.xml", [10, 3, 4, 4], &[], "26 entries merged into 21 results"),
    ("pytest-junitxml/pytest842_xunit2_log-all.xml", [10, 3, 4, 4], &[], "26 entries merged into 21 results"),
    ("pytest-junitxml/pytest842_xunit2_log-no.xml", [10, 3, 4, 4], &[], "26 entries merged into 21 results"),
    ("pytest-junitxml/pytest920_subtests.xml", [1, 2, 0, 0], &[], "4 entries merged into 3 results"),
    ("pytest-junitxml/pytest920_xdist.xml", [1, 2, 0, 0], &[], "4 entries merged into 3 results"),
    ("twister/twister_report.xml", [0, 4, 2, 0], &[(NotRun, 225)], BUILT_ONLY),
    ("twister/twister_suite_report.xml", [0, 4, 2, 0], &[(NotRun, 225)], BUILT_ONLY),
    (
        "unittest/xmlrunner/TEST-test_u.T-20261121033949.xml",
        [1, 2, 1, 2],
        &[(XPassed, 1)],
        "UnexpectedSuccess",
    ),
    (
        "zephyr-test_results/v4.3.0-9598-g5f856e68affb/nucleo_l073rz_stm32l073xx.xml",
        [1820, 1, 0, 266],
        &[(NotRun, 1)],
        BUILT_ONLY,
    ),
    (
        "zephyr-test_results/v4.4.0-8811-g8d2ad20b2713/nucleo_l073rz_stm32l073xx.xml",
        [2373, 6, 0, 284],
        &[(NotRun, 10)],
        BUILT_ONLY,
    ),
    (
        "zephyr-test_results/v4.4.0-8811-g8d2ad20b2713/stm32f3_disco@B_stm32f303xc.xml",
        [3312, 8, 0, 609],
        &[(NotRun, 33)],
        BUILT_ONLY,
    ),
    (
        "zephyr-test_results/v4.4.0-8811-g8d2ad20b2713/stm32u083c_dk_stm32u083xx.xml",
        [2793, 6, 0, 323],
        &[(NotRun, 33)],
        BUILT_ONLY,
    ),
];

const BY_ATTRIBUTE: &str = "whose outcome comes only from `status` or `result`";
const BUILT_ONLY: &str = "of type `build` or `untested`: shown as not run";

/// Results of .NET's test runners, counted by a separate script: passed, failed, error, skipped
/// and unknown.
fn dotnet_reports_have_their_results() {
    let root = corpus("formats");
    for (path, expected) in [
        ("xunitnet/fixie.xml", [3, 3, 0, 1, 0]),
        ("xunitnet/testcase1.xml", [1, 1, 0, 1, 0]),
        ("trx/NUnit-netcoreapp3.1-sample.trx", [2, 3, 0, 1, 0]),
        ("trx/dotnet-trx.trx", [5, 5, 0, 1, 0]),
        ("trx/pickles.trx", [3, 1, 0, 0, 0]),
    ] {
        let bytes = std::fs::read(root.join(path)).unwrap();
        let mut dropped = Dropped::new([(path, bytes.as_slice())]);
        dropped.check_sums();
        let mut all = Counts::default();
        for session in &dropped.data().history.sessions {
            all.merge(&session.counts);
        }
        let [passed, failed, error, skipped] = four(&all);
        assert_eq!([passed, failed, error, skipped, all.of(Outcome::Unknown)], expected, "{path}");
    }
}

/// Elements of all JUnit files, with every dialect's oddities.
fn junit_dialects_count_their_elements() {
    let root = corpus("formats");
    let mut listed: BTreeSet<&str> = NOT_JUST_ELEMENTS.iter().map(|(path, ..)| *path).collect();
    for (path, row) in table("formats/EXPECTED_junit_counts.tsv") {
        let bytes = std::fs::read(root.join(&path)).unwrap();
        let mut dropped = Dropped::new([(path.as_str(), bytes.as_slice())]);
        dropped.check_sums();
        let data = dropped.data();
        let file = &data.files[0];
        if row["note"] == "not JUnit" {
            // It has another format, or an unknown one.
            assert_ne!(file.format, "junit", "{path}");
            let has_results = matches!(file.status, FileStatus::Read | FileStatus::PartlyRead);
            assert_eq!(file.format.is_empty(), !has_results, "{path}");
            continue;
        }
        let mut all = Counts::default();
        for session in &data.history.sessions {
            all.merge(&session.counts);
        }
        let [passed, failed, error, skipped] = four(&all);
        let found = [passed, failed, error, skipped + all.of(Outcome::XFailed)];
        if let Some((_, expected, others, note)) =
            NOT_JUST_ELEMENTS.iter().find(|(listed, ..)| *listed == path)
        {
            listed.remove(path.as_str());
            assert_eq!(found, *expected, "{path}");
            for (outcome, count) in *others {
                assert_eq!(all.of(*outcome), *count, "{path}: {}", outcome.word());
            }
            let others: u32 = others.iter().map(|(_, count)| count).sum();
            assert_eq!(all.results(), expected.iter().sum::<u32>() + others, "{path}");
            assert!(
                note.is_empty() || file.notes.iter().any(|n| n.text.contains(note)),
                "{path}: {:?}",
                file.notes
            );
        } else {
            let expected = ["passed(no child)", "failed", "error", "skipped"]
                .map(|column| row[column].parse::<u32>().unwrap());
            assert_eq!(found, expected, "{path}");
            assert_eq!(all.results().to_string(), row["testcases"], "{path}");
        }
        // The table adds up leaf suites only; these files have tests in other suites.
        let has_tests_elsewhere = ["testsuite-in-testsuite.xml", "testsuite-root.xml", "node20-junit.xml"];
        let is_said = row["note"].starts_with("tests attr") && row["attr_tests_sum(leaf suites)"] != "0";
        if is_said && !has_tests_elsewhere.iter().any(|name| path.ends_with(name)) {
            let says_so = file.notes.iter().any(|note| note.text.contains("the elements are counted"));
            assert!(says_so, "{path} does not say that its counters are wrong");
        }
    }
    assert!(listed.is_empty(), "not in the table: {listed:?}");
}

/// One file, 13 boards: each is a DUT.
fn a_twister_file_of_many_platforms_has_many_duts() {
    let root = corpus("formats/twister");
    let bytes = std::fs::read(root.join("twister_suite_report.xml")).unwrap();
    let mut dropped = Dropped::new([("twister_suite_report.xml", bytes.as_slice())]);
    let data = dropped.data();
    assert_eq!(data.history.duts.len(), 13);
    assert!(data.history.duts.iter().any(|dut| dut.name == "nrf52840dk/nrf52840"));
    for session in &data.history.sessions {
        assert_eq!(session.build(), Some("a0e545cb437a"));
        assert_eq!(session.identity.dut.evidence.name, "platform");
    }
}

/// `<revision>/<board>.xml`: five boards at four revisions, and a sixth at one.
fn boards_times_revisions_of_zephyr() {
    let root = corpus("formats");
    let files: Vec<_> = tree(&root.join("zephyr-test_results"))
        .into_iter()
        .filter(|(path, _)| path.contains('/'))
        .map(|(path, bytes)| (format!("zephyr-test_results/{path}"), bytes))
        .collect();
    let mut dropped = Dropped::new(files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())));
    let data = dropped.data();
    let sessions: BTreeMap<&str, Vec<&str>> = data
        .history
        .duts
        .iter()
        .map(|dut| {
            let builds = dut.sessions.iter().map(|&id| data.history.session(id).build().unwrap_or("–"));
            (dut.name.as_str(), builds.collect())
        })
        .collect();
    let revisions = vec![
        "v4.0.0-374-g4789820722f3",
        "v4.2.0-1863-g090130c35b5b",
        "v4.3.0-9598-g5f856e68affb",
        "v4.4.0-8811-g8d2ad20b2713",
    ];
    let expected = BTreeMap::from([
        ("nucleo_f091rc/stm32f091xc", revisions.clone()),
        ("nucleo_f103rb/stm32f103xb", revisions.clone()),
        ("nucleo_l073rz/stm32l073xx", revisions.clone()),
        // The file's own property goes before the folder `748e7b6d75`.
        ("reel_board", vec!["zephyr-v2.4.0-2092-g748e7b6d75"]),
        ("stm32f3_disco@B/stm32f303xc", revisions.clone()),
        ("stm32u083c_dk/stm32u083xx", revisions),
    ]);
    assert_eq!(sessions, expected);
    assert!(data.history.sessions.iter().all(|session| !session.identity.dut.evidence.doubtful));
    dropped.check_sums();
}
