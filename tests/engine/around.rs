//! Reports with other text before and behind them, and files in pieces of any size.

use crate::Dropped;
use crate::dropped::{assert_same, folder, import, import_in_pieces};
use passgrid::engine::encode;
use passgrid::model::{Encoding, FileStatus};

/// Text of a log, with brackets, colors and unfinished documents.
const LOGS: [&str; 8] = [
    "U-Boot 2026.01\nStarting kernel ...\n",
    "[INFO] Scanning for projects...\r\n[INFO] \r\n",
    "{\"level\": \"info\", \"msg\": \"start\"}\n{\"level\": \"info\", \"msg\": \"<testsuites>\"}\n",
    "[2026-01-02 03:04:05] runner: start\n[==========] Running 2 tests\n",
    "\u{1b}[32m[ok]\u{1b}[0m ready\n\u{1b}[0m",
    "10 %\r20 %\rdone\n",
    "<6>[ 1.0] x\n<info> eth0 up\n",
    "{broken: 1\n[1, 2\n{\"cut\": \"of\n",
];

/// A small report of each kind of text.
const REPORTS: [&str; 12] = [
    "junit",
    "brief/sessions.json",
    "go-test/go-1.27/all.jsonl",
    "pytest-reportlog",
    "tap",
    "ktap",
    "jest",
    "nunit",
    "ctrf",
    "subunit",
    "libtest",
    "lava/lava-2026.05/results.yaml",
];

/// Returns the first small file of a fixture that is read in full.
fn report(path: &str) -> (String, Vec<u8>) {
    let root = folder("fixtures").join(path);
    let mut files = if root.is_dir() {
        crate::dropped::tree(&root)
    } else {
        let bytes = std::fs::read(&root).unwrap_or_default();
        vec![(path.to_owned(), bytes)]
    };
    files.retain(|(_, bytes)| {
        let imported = import("x", bytes);
        imported.status == FileStatus::Read
            && imported.encoding == Encoding::Utf8
            && imported.batch.len() > 1
            && bytes.len() < 60_000
    });
    files.into_iter().next().unwrap_or_else(|| panic!("no report in {path}"))
}

/// What the results of a file are.
fn results(bytes: &[u8]) -> (String, Vec<String>, Vec<String>) {
    let imported = import("x", bytes);
    let batch = &imported.batch;
    let rows =
        batch.rows.iter().map(|row| format!("{} {}", batch.get(row.name), row.outcome.word())).collect();
    let notes = batch.notes.iter().map(|note| note.text.clone()).collect();
    (imported.format, rows, notes)
}

#[test]
fn reports_are_found_between_other_text() {
    for path in REPORTS {
        let (name, report) = report(path);
        let (format, rows, _) = results(&report);
        for log in LOGS {
            let far = log.repeat((900 << 10) / log.len());
            for before in [log, &far] {
                let text = [before.as_bytes(), &report, b"\n", log.as_bytes()].concat();
                let (found, same, notes) = results(&text);
                let what = format!("{name} behind {} bytes of {log:?}: {notes:?}", before.len());
                assert_eq!(found, format, "{what}");
                assert_eq!(same, rows, "{what}");
            }
        }
    }
}

#[test]
fn skipped_bytes_are_noted() {
    for (report, log) in [
        ("<testsuite name='s'><testcase name='a'/></testsuite>", LOGS[0]),
        ("<?xml version='1.0'?>\n<testsuite name='s'><testcase name='a'/></testsuite>", LOGS[6]),
        ("{\"dut\": \"D\", \"tests\": [{\"name\": \"a\", \"status\": \"passed\"}]}", LOGS[2]),
        ("1..1\nok 1 - a", LOGS[3]),
    ] {
        let text = format!("{log}{report}\nreboot: <down> & out\n[1] {{\n");
        let (_, rows, notes) = results(text.as_bytes());
        assert_eq!(rows, ["a passed"], "{text}");
        let before = format!("skipped {} bytes of other text before the report", log.len());
        assert!(notes.contains(&before), "{notes:?}");
        if !report.contains("..") {
            let after = "skipped 27 bytes of other text after the report".to_owned();
            assert!(notes.contains(&after), "{notes:?}");
        }
        assert_eq!(import("x", text.as_bytes()).status, FileStatus::Read, "{notes:?}");
    }
}

#[test]
fn other_documents_are_no_reports() {
    for text in [
        "{\n\"wrapped\":\n{\"dut\": \"D\", \"tests\": [{\"name\": \"a\", \"status\": \"passed\"}]}\n}\n",
        "<html>\n<body>\n<testsuite name='s'>\n<testcase name='a'/>\n</testsuite>\n</body>\n</html>\n",
        "log\n{\"result\": \"pass\"}\n{\"status\": \"ok\", \"name\": \"x\"}\n",
        "log\n1..5\nlog\nok then\nnot ok, really\n",
        "log\n- name: x\n- id: 5\n",
        "log\na,b,c\n1,2,3\n",
        "log\ntime: 12 s\nerror: no such file\n",
    ] {
        let imported = import("x.log", text.as_bytes());
        assert_eq!((imported.format.as_str(), imported.batch.len()), ("", 0), "{text}");
    }
}

/// Inputs that fuzzing found give the same in pieces, and their sums are right.
#[test]
fn findings_of_fuzzing_stay_fixed() {
    let mut inputs = crate::dropped::tree(&folder("fuzz/findings/import"));
    assert!(!inputs.is_empty());
    if let Some(corpus) = std::env::var_os("PASSGRID_CORPUS") {
        inputs.extend(crate::dropped::tree(&std::path::Path::new(&corpus).join("fuzz-findings")));
    }
    for (name, bytes) in inputs {
        let mut dropped = Dropped::new([("board_a/results.xml", bytes.as_slice())]);
        dropped.check_sums();
        for end in (0..bytes.len()).step_by(1 + bytes.len() / 100).chain([bytes.len()]) {
            let cut = &bytes[..end];
            let whole = import("x", cut);
            check_ranges(&whole, cut, &format!("{name} up to {end}"));
            for size in [1, 7, 61] {
                let pieces = import_in_pieces("x", cut, size, size);
                if encode(&whole) != encode(&pieces) {
                    assert_same(
                        &format!("{whole:?}"),
                        &format!("{pieces:?}"),
                        &format!("{name} up to {end} by {size}"),
                    );
                }
            }
        }
    }
}

/// Checks that entries are in the file.
fn check_ranges(imported: &passgrid::import::Imported, bytes: &[u8], what: &str) {
    if imported.keeps_texts {
        return;
    }
    let len = crate::dropped::decoded(bytes, imported.encoding).len() as u64;
    for row in imported.batch.rows.iter() {
        assert!(row.at + u64::from(row.len) <= len, "{what}: {}+{} of {len}", row.at, row.len);
    }
}

#[test]
fn ranges_are_right_in_every_encoding_and_at_every_cut() {
    let text = std::fs::read_to_string(folder("fixtures/brief/sessions.json")).unwrap();
    let xml = "<?xml version=\"1.0\"?>\n<testsuite name=\"ü\"><testcase name=\"größe\"><failure message=\"a€🦀\">x</failure></testcase><testcase name=\"b\"/></testsuite>\n";
    let latin =
        format!("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>{}", &xml[22..]).replace(['€', '🦀'], "");
    let latin: Vec<u8> = latin.chars().map(|c| c as u8).collect();
    let utf16 = |text: &str, mark: bool, swap: bool| -> Vec<u8> {
        let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
        units.flat_map(|unit| if swap { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    let mut files = vec![latin];
    for text in [text.as_str(), xml] {
        files.push(text.as_bytes().to_vec());
        files.push(text.bytes().map(|byte| if byte == b'o' { 0xED } else { byte }).collect());
        files.extend(
            [(true, false), (true, true), (false, false), (false, true)]
                .map(|(mark, swap)| utf16(text, mark, swap)),
        );
    }
    for (number, bytes) in files.iter().enumerate() {
        for end in 0..=bytes.len() {
            let cut = &bytes[..end];
            let whole = import("x", cut);
            let what = format!("file {number} up to {end}");
            check_ranges(&whole, cut, &what);
            let pieces = import_in_pieces("x", cut, 1 + end % 13, 1 + end % 7);
            if encode(&whole) != encode(&pieces) {
                assert_same(&format!("{whole:?}"), &format!("{pieces:?}"), &what);
            }
        }
        let mut dropped = Dropped::new([("x", bytes.as_slice())]);
        assert!(!dropped.pages().is_empty());
    }
}

/// What people see of a small file: its results with their scopes, and its notes.
fn shown(path: &str, text: &str) -> (Vec<String>, Vec<String>) {
    let mut dropped = Dropped::new([(path, text.as_bytes())]);
    let data = dropped.data();
    let tests = data.tests.ids().map(|test| {
        let scope = data.tests.scope_text(data.tests.scope_of(test));
        format!("{scope} > {}", data.tests.name(test))
    });
    let notes = data.files[0].notes.iter().map(|note| note.text.clone()).collect();
    (tests.collect(), notes)
}

/// The identity of a test does not depend on blocks before it, or on whether blocks have plans.
#[test]
fn nested_blocks_have_the_same_identities_alone_and_together() {
    let block = |name: &str, number: usize, plan: bool| {
        let plan = if plan { "    1..2\n" } else { "" };
        format!(
            "    KTAP version 1\n    # Subtest: {name}\n{plan}        KTAP version 1\n        # Subtest: deep\n        ok 1 case_a\n        ok 2 case_b\n    ok 1 deep\n    ok 2 flat\nok {number} {name}\n"
        )
    };
    let of = |tests: &[String], name: &str| -> Vec<String> {
        tests.iter().filter(|test| test.contains(name)).cloned().collect()
    };
    for plans in [[true, true], [false, true], [true, false], [false, false]] {
        let [first, second] = [("usb", 1), ("i2c", 2)];
        let alone = format!("KTAP version 1\n1..1\n{}", block(second.0, 1, plans[1]));
        let both = format!(
            "KTAP version 1\n1..2\n{}{}",
            block(first.0, first.1, plans[0]),
            block(second.0, second.1, plans[1])
        );
        let in_log: String = both.lines().map(|line| format!("[    1.234567] {line}\n")).collect::<String>();
        let (alone, _) = shown("x", &alone);
        let (both, _) = shown("x", &both);
        let (in_log, _) = shown("x", &in_log);
        assert!(!alone.is_empty());
        assert_eq!(of(&both, second.0), of(&alone, second.0), "{plans:?}");
        assert_eq!(in_log, both, "{plans:?}");
        let as_second: Vec<String> =
            of(&both, first.0).iter().map(|test| test.replace(first.0, second.0)).collect();
        assert_eq!(as_second, alone, "{plans:?}");
    }
}

#[test]
fn roots_of_eclipse_and_single_cases_are_read() {
    let eclipse = r#"<?xml version="1.0" encoding="UTF-8"?><testrun name="AllTests" project="fw" tests="2" started="2" failures="1" errors="0" ignored="1"><testsuite name="a.BootTest" time="0.1"><testcase name="boots" classname="a.BootTest" time="0.1"/><testcase name="resets" classname="a.BootTest" time="0.0"><failure>no
</failure></testcase><testcase name="sleeps" classname="a.BootTest" ignored="true"/></testsuite></testrun>"#;
    let mut dropped = Dropped::new([("board_a.xml", eclipse.as_bytes())]);
    let counts = dropped.data().history.sessions[0].counts;
    let of = |outcome| counts.of(outcome);
    use passgrid::model::Outcome;
    let found = [Outcome::Passed, Outcome::Failed, Outcome::Skipped, Outcome::NotRun].map(of);
    assert_eq!((found[0], found[1], found[2] + found[3]), (1, 1, 1), "{found:?}");

    let case =
        r#"<testcase classname="a.B" name="boots" time="1"><failure message="no">x</failure></testcase>"#;
    let mut dropped = Dropped::new([("board_a.xml", case.as_bytes())]);
    assert_eq!(dropped.data().history.sessions[0].counts.of(Outcome::Failed), 1);
}

/// Totals of Maven lie beside reports in every module; they are no reason to worry.
#[test]
fn totals_of_failsafe_are_no_warning() {
    let text = r#"<?xml version="1.0" encoding="UTF-8"?><failsafe-summary result="null" timeout="false"><completed>1</completed><errors>0</errors><failures>0</failures><skipped>0</skipped><failureMessage></failureMessage></failsafe-summary>"#;
    let mut dropped = Dropped::new([("target/failsafe-reports/failsafe-summary.xml", text.as_bytes())]);
    let notes = &dropped.data().files[0].notes;
    assert!(notes.iter().all(|note| note.severity == passgrid::model::Severity::Info), "{notes:?}");
    assert!(notes[0].text.contains("not test results"), "{notes:?}");
}
