//! Reports of octoprobe: many files that form one run per board.

use crate::Dropped;
use crate::dropped::{counts, folder, import, tree};
use passgrid::engine::GetOverview;
use passgrid::import::SectionKind;
use passgrid::model::{FileId, FileStatus, IdentityField};
use passgrid::query::Selection;

fn report(name: &str) -> Vec<(String, Vec<u8>)> {
    let files = tree(&folder("fixtures/octoprobe").join(name));
    files.into_iter().map(|(path, bytes)| (format!("{name}/{path}"), bytes)).collect()
}

fn drop_all<'a>(files: impl IntoIterator<Item = &'a (String, Vec<u8>)>) -> Dropped {
    Dropped::new(files.into_iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())))
}

/// `dut unit session build: figures` of each session; `…` if it is incomplete.
fn sessions(dropped: &mut Dropped) -> Vec<String> {
    let history = &dropped.data().history;
    let line = |session: &passgrid::model::Session| {
        let unit = session.identity.unit.as_ref().map_or("–", |unit| unit.value.as_str());
        let build = session.build().map_or("–", |build| &build[..build.len().min(8)]);
        let end = if session.incomplete.is_some() { "…" } else { "" };
        let dut = &history.dut(session.dut).name;
        format!("{dut} {unit} {} {build}: {}{end}", session.id, counts(&session.counts))
    };
    history.sessions.iter().map(line).collect()
}

const AUGUST: [&str; 2] = [
    "ESP32_C3_DEVKIT 0c30 lab_1_20260819-182543 5a1e0c44: 15 results, 8 passed, 3 failed, 3 skipped, 1 xfailed, 1 flaky",
    "LOLIN_D1_MINI-FLASH_512K 2d2d lab_1_20260819-182543 5a1e0c44: 3 results, 1 passed, 1 error, 1 skipped…",
];

#[test]
fn a_report_is_a_session_per_board() {
    let files = report("2026-08");
    let mut dropped = drop_all(&files);
    assert_eq!(sessions(&mut dropped), AUGUST);
    let data = dropped.data();
    assert!(data.history.sessions.iter().all(|session| session.started.is_some()));
    let mcu = |dut: usize| {
        data.history.duts[dut]
            .attributes
            .iter()
            .any(|(name, value)| name == "mcu" && value.starts_with("esp"))
    };
    assert!(mcu(0) && mcu(1));
    let context = data.files.iter().find(|file| file.path.ends_with("/context.json")).unwrap();
    assert_eq!(context.status, FileStatus::NoResults);
    let overview = dropped.engine.ask(GetOverview);
    assert_eq!(overview.problems.empty, 0, "a context is not expected to have results");
    let mut reversed = drop_all(files.iter().rev());
    assert_eq!(sessions(&mut reversed), AUGUST);
    // Without its folder, the report is still identified.
    let inner: Vec<_> =
        files.iter().map(|(path, bytes)| (path["2026-08/".len()..].to_owned(), bytes.clone())).collect();
    assert_eq!(sessions(&mut drop_all(&inner)), AUGUST);
}

fn select(dropped: &mut Dropped, scope: &str, name: &str) -> Selection {
    let mut selections = dropped.selections();
    selections.retain(|one| one.scope == scope && one.name == name && one.dut == "ESP32_C3_DEVKIT");
    assert_eq!(selections.len(), 1, "{scope} {name}");
    selections.remove(0)
}

/// MicroPython's own files in the folder of a group have the same results: they do not count, and
/// their additional data is in the details.
#[test]
fn measurements_of_benchmarks_are_in_the_details() {
    let mut dropped = drop_all(&report("2026-08"));
    let selection = select(&mut dropped, "RUN-PERFBENCH", "perf_bench/bm_fft.py");
    let page = dropped.page(selection).unwrap();
    assert_eq!((page.attempts_total, page.attempts.len()), (1, 2));
    assert!(page.attempts.iter().all(|attempt| attempt.number == 1));
    assert_eq!(page.attempts[1].message, "time 71705.62 µs ± 0.0048 %, score 278.92 ± 0.0048 %");
    let [time, score] = page.attempts[1].details.measurements.as_slice() else { panic!() };
    assert_eq!((time.text.as_str(), time.number, time.unit.as_str()), ("71705.62", Some(71705.62), "µs"));
    assert_eq!((score.text.as_str(), score.number, score.unit.as_str()), ("278.92", Some(278.92), ""));
    assert!((time.deviation.unwrap() - 3.441_869_76).abs() < 1e-9);
    // Equal texts of several files are shown once.
    let selection = select(&mut dropped, "RUN-PERFBENCH", "perf_bench/misc_mandel.py");
    let page = dropped.page(selection).unwrap();
    assert_eq!(page.attempts.len(), 1);
    let section = &page.attempts[0].details.sections[0];
    assert_eq!(section.kind, SectionKind::Reason);
    assert!(section.text.starts_with("CRASH: PyboardError(") && section.text.contains("NameError"));
}

#[test]
fn repeats_are_attempts_of_one_result() {
    let mut dropped = drop_all(&report("2026-08"));
    let selection = select(&mut dropped, "RUN-TESTS_STANDARD", "extmod/time_time_ns.py");
    let page = dropped.page(selection).unwrap();
    assert!(page.is_flaky);
    let attempts: Vec<_> = page.attempts.iter().map(|line| (line.number, line.native.as_str())).collect();
    assert_eq!(attempts, [(1, "failed"), (2, "passed")]);
}

/// octoprobe's own runs write identical files on every board. Each is a file of its board.
#[test]
fn identical_files_of_two_boards_are_no_duplicates() {
    let mut files = report("2026-08");
    files.retain(|(path, _)| path.contains("RUN-FLASH_FORMAT"));
    for (path, bytes) in files.clone() {
        let other = |text: &str| text.replace("0c30-ESP32_C3_DEVKIT", "552b-RPI_PICO2_W");
        files.push((other(&path), other(&String::from_utf8(bytes).unwrap()).into_bytes()));
    }
    let mut dropped = drop_all(&files);
    assert_eq!(dropped.data().history.duts.len(), 2);
    let overview = dropped.engine.ask(GetOverview);
    assert_eq!(overview.problems.duplicates, 0);
}

/// Results of another board of the same kind are not repeats.
#[test]
fn two_specimens_are_two_sessions() {
    let mut files = report("2026-08");
    files.retain(|(path, _)| {
        path.ends_with("context.json") || path.contains("_DEVKIT,") && path.contains("context_")
    });
    for (path, bytes) in files.iter_mut().filter(|(path, _)| path.contains(",b/")) {
        *path = path.replace("0c30", "5d21");
        *bytes = String::from_utf8_lossy(bytes).replace("0c30", "5d21").into_bytes();
    }
    let expected = [
        "ESP32_C3_DEVKIT 0c30 lab_1_20260819-182543 5a1e0c44: 6 results, 2 passed, 1 failed, 2 skipped, 1 xfailed",
        "ESP32_C3_DEVKIT 5d21 lab_1_20260819-182543#2 5a1e0c44: 6 results, 3 passed, 2 skipped, 1 xfailed",
    ];
    assert_eq!(sessions(&mut drop_all(&files)), expected);
}

#[test]
fn a_person_can_count_a_file_separately() {
    let files = report("2026-08");
    let mut dropped = drop_all(&files);
    let at = files.iter().position(|(path, _)| path.ends_with("_DEVKIT,b/_results.json")).unwrap();
    dropped.assign(&[FileId::from(at)], IdentityField::Session, Some("mine"));
    let all = sessions(&mut dropped);
    assert!(
        all.contains(
            &"ESP32_C3_DEVKIT 0c30 mine 5a1e0c44: 6 results, 3 passed, 1 failed, 2 skipped".to_owned()
        ),
        "{all:?}"
    );
    dropped.assign(&[FileId::from(at)], IdentityField::Session, None);
    assert_eq!(sessions(&mut dropped), AUGUST);
}

/// The first version lists failing tests only, so the runner's output, which has more, counts. By
/// the context, the run did not finish.
#[test]
fn the_first_generation() {
    let mut dropped = drop_all(&report("2025-04"));
    let expected =
        ["ESP32_C3_DEVKIT 0c30 lab_1_20250418-232212 –: 4 results, 2 passed, 1 failed, 1 skipped…"];
    assert_eq!(sessions(&mut dropped), expected);
    assert_eq!(dropped.data().history.same_runs.len(), 2);
}

/// A context applies to its own folder, but not to neighboring folders or other kinds of files
/// below it.
#[test]
fn a_context_applies_to_its_report_only() {
    let mut files = report("2026-08");
    files.retain(|(path, _)| path.ends_with("/context.json"));
    files.extend(report("2025-05"));
    let junit = br#"<testsuite name="s"><testcase classname="c" name="t"/></testsuite>"#.to_vec();
    files.push(("2026-08/RUN-X@0c30-B/junit.xml".to_owned(), junit));
    let mut dropped = drop_all(&files);
    let data = dropped.data();
    assert!(data.history.sessions.iter().all(|session| session.covers.is_empty()));
    // Several loose contexts in a folder do not apply.
    let mut loose = report("2026-08");
    loose.extend(report("2025-04"));
    let loose: Vec<_> = loose
        .into_iter()
        .filter(|(path, _)| path.ends_with("context.json") || path.contains("RUN-FLASH"))
        .map(|(path, bytes)| (path.rsplit('/').next().unwrap().to_owned(), bytes))
        .collect();
    let mut dropped = drop_all(&loose);
    assert!(dropped.data().history.sessions.iter().all(|session| session.covers.is_empty()));
}

/// Truncated files keep their complete results, and gain no wrong ones.
#[test]
fn truncated_files_keep_complete_results() {
    let rows = |bytes: &[u8]| -> Vec<String> {
        let batch = import("x", bytes).batch;
        let of_tests = batch.rows.iter().filter(|row| !batch.native_word(row.native).starts_with("msg_"));
        of_tests.map(|row| format!("{:?} {}", row.outcome, batch.get(row.name))).collect()
    };
    for kind in ["octoprobe", "micropython"] {
        for (path, bytes) in tree(&folder("fixtures").join(kind)) {
            // Accepted failures are listed after the others.
            let is_printed = path.ends_with(".txt");
            let whole = rows(&bytes);
            for tenth in 0..10 {
                let cut = rows(&bytes[..bytes.len() * tenth / 10]);
                assert!(cut.len() <= whole.len(), "{path} {tenth}");
                assert!(is_printed || whole.starts_with(&cut), "{path} {tenth}");
            }
        }
    }
}

/// Samples of the reporting proposal are not strict JSON: they are read as they are printed, with notes.
#[test]
fn samples_of_the_proposal_are_read() {
    let group = "{\n  \"testgroup\": \"RUN-X\",\n  \"tentacle\": \"b0c30\",\n  \"port-variant\": \"B\",\n  \"log_output\": \"logger_20_info.log\",\n  \"results\" [\n    {\n      \"name\": \"a.py\",\n      \"result\": \"pass\",\n    }\n  ]\n}\n";
    let context = "// ./context.json\n{\n  \"testbed\": \"lab_1\",\n  \"time_start\": \"2025-04-18 23:22:12\",\n  \"ref_firmware\": \"x@master\",\n  // \"backlink\": \"y\",\n}\n";
    let notes = |text: &str| {
        let mut dropped = Dropped::new([("sample", text.as_bytes())]);
        let file = &dropped.data().files[0];
        assert!(matches!(file.status, FileStatus::Read | FileStatus::NoResults), "{text}");
        file.notes.iter().map(|note| note.text.clone()).collect::<Vec<_>>()
    };
    let is_noted = |notes: &[String], what: &str| {
        let text = format!("not strict JSON, but read: {what}");
        assert_eq!(notes.iter().filter(|note| **note == text).count(), 1, "{notes:?}");
    };
    let with_comment = format!("// ./RUN-xxx/context_test.json\n{group}");
    for what in ["comments", "trailing commas", "a missing colon"] {
        is_noted(&notes(&with_comment), what);
    }
    for what in ["comments", "trailing commas"] {
        is_noted(&notes(context), what);
    }
    let mut dropped = Dropped::new([("sample", with_comment.as_bytes())]);
    assert_eq!(sessions(&mut dropped), ["B b0c30 sample –: 1 result, 1 passed"]);
    assert!(dropped.data().parts[0].draft.properties.iter().any(|(name, _)| name == "log of RUN-X"));
    // With the colon, it is read.
    let mut dropped = Dropped::new([("sample", group.replace("s\" [", "s\": [").as_bytes())]);
    assert_eq!(sessions(&mut dropped), ["B b0c30 sample –: 1 result, 1 passed"]);
}
