//! Zephyr's twister: several files that report one run on many boards.

use crate::Dropped;
use crate::dropped::{counts, folder};
use passgrid::analyze::LedgerFile;
use passgrid::engine::GetLedger;
use passgrid::import::{Details, Measurement};
use passgrid::model::{Counts, FileId, IdentityField};
use passgrid::query::FileFilter;

const FILES: [&str; 5] =
    ["testplan.json", "twister.json", "twister.xml", "twister_report.xml", "twister_suite_report.xml"];

/// Files of one run, in a folder.
fn run(names: &[&str]) -> Dropped {
    let fixtures = folder("fixtures/twister/zephyr-4.2");
    let files: Vec<_> =
        names.iter().map(|name| (*name, std::fs::read(fixtures.join(name)).unwrap())).collect();
    drop_all(files.iter().map(|(name, bytes)| (format!("out/{name}"), bytes.as_slice())))
}

fn drop_all<'a>(files: impl IntoIterator<Item = (String, &'a [u8])>) -> Dropped {
    let mut dropped = Dropped::default();
    for (path, bytes) in files {
        dropped.add(&path, bytes);
    }
    dropped
}

/// `dut unit session build: figures` of each session.
fn sessions(dropped: &mut Dropped) -> Vec<String> {
    let line = |session: &passgrid::model::Session| {
        let unit = session.identity.unit.as_ref().map_or("–", |unit| unit.value.as_str());
        let (dut, build) = (&session.identity.dut.value, session.build().unwrap_or("–"));
        format!("{dut} {unit} {} {build}: {}", session.id, counts(&session.counts))
    };
    dropped.data().history.sessions.iter().map(line).collect()
}

fn sum(dropped: &mut Dropped) -> Counts {
    let mut sum = Counts::default();
    for session in &dropped.data().history.sessions {
        sum.merge(&session.counts);
    }
    sum
}

fn ledger(dropped: &mut Dropped) -> Vec<LedgerFile> {
    dropped.engine.ask(GetLedger { filter: FileFilter::default(), from: 0, count: 100 }).files
}

const RUN: [&str; 2] = [
    "frdm_k64f/mk64f12 – out v4.2.0-118-g5f1c2d3e4a5b: 10 results, 7 passed, 2 skipped, 1 not run",
    "nucleo_f091rc/stm32f091xc 066BFF343633464257254156 out v4.2.0-118-g5f1c2d3e4a5b: \
     10 results, 4 passed, 1 failed, 2 error, 1 skipped, 2 not run, 1 flaky",
];

/// Five files of one run count once, in any order. Each of the others has one note about it,
/// however many boards it has.
#[test]
fn the_files_of_a_run_count_once() {
    let mut dropped = run(&FILES);
    assert_eq!(sessions(&mut dropped), RUN);
    assert_eq!(dropped.data().history.covered.iter().filter(|covered| !**covered).count(), 20);
    for file in ledger(&mut dropped) {
        let told: Vec<&str> = file.notes.iter().map(|note| note.text.as_str()).collect();
        let same =
            told.iter().filter(|text| text.starts_with("the same run as `out/twister.json`, counted there"));
        assert_eq!(same.count(), usize::from(file.path != "out/twister.json"), "{}: {told:?}", file.path);
    }
    let mut names = FILES;
    names.reverse();
    assert_eq!(sessions(&mut run(&names)), RUN);
}

/// Without `twister.json`, the XML with results test by test counts, and neither the plan nor the
/// summary. Each of them counts if it is alone.
#[test]
fn the_most_detailed_file_counts() {
    let figures = |names: &[&str]| counts(&sum(&mut run(names)));
    let report = "20 results, 11 passed, 4 failed, 3 skipped, 2 not run";
    assert_eq!(figures(&["testplan.json", "twister.xml", "twister_report.xml"]), report);
    assert_eq!(figures(&["twister_suite_report.xml", "twister_report.xml"]), report);
    assert_eq!(figures(&["twister.xml"]), "10 results, 7 passed, 1 failed, 1 error, 1 skipped");
    assert_eq!(figures(&["testplan.json"]), "20 results, 1 skipped, 19 not run");
}

/// Runs with different start times in one folder are separate runs.
#[test]
fn two_runs_in_a_folder_are_two() {
    let bytes = std::fs::read(folder("fixtures/twister/zephyr-4.2/twister.json")).unwrap();
    let later = String::from_utf8(bytes.clone()).unwrap().replace("2026-08-19T18", "2026-08-20T18");
    let files = [("out/a.json", bytes.as_slice()), ("out/b.json", later.as_bytes())];
    let mut dropped = drop_all(files.map(|(name, bytes)| (name.to_owned(), bytes)));
    assert_eq!(dropped.data().history.sessions.len(), 4);
    assert_eq!(sum(&mut dropped).results(), 40);
}

/// A person can count a file separately.
#[test]
fn a_person_can_count_a_file_separately() {
    let mut dropped = run(&FILES);
    let report = (0..FILES.len())
        .map(FileId::from)
        .find(|&file| dropped.data().file(file).path.ends_with("twister_report.xml"));
    dropped.assign(&[report.unwrap()], IdentityField::Session, Some("report"));
    assert_eq!(sum(&mut dropped).results(), 40);
}

fn details(dropped: &mut Dropped, dut: &str, name: &str) -> Details {
    let mut selections = dropped.selections();
    selections.retain(|selection| selection.dut == dut && selection.name == name);
    let page = dropped.page(selections.remove(0)).unwrap();
    page.attempts.into_iter().next().unwrap().details
}

#[test]
fn texts_and_measurements_of_a_test() {
    let mut dropped = run(&["twister.json"]);
    let dut = "nucleo_f091rc/stm32f091xc";
    let failed = details(&mut dropped, dut, "kernel.timer.timer_api.expiry");
    let sections: Vec<(&str, &str)> = failed
        .sections
        .iter()
        .map(|section| (section.title.as_str(), section.text.lines().next().unwrap()))
        .collect();
    assert_eq!(sections[0], ("failed", "timer fired early"));
    assert!(sections[1].1.starts_with("Assertion failed at") && sections[2].1.starts_with("*** Booting"));
    let blocked = details(&mut dropped, dut, "net.tcp.tcp.connect");
    assert!(blocked.sections[0].text.contains("overflowed by 1204 bytes"));
    let measured = details(&mut dropped, dut, "benchmark.kernel.latency").measurements;
    let name =
        |measured: &Measurement| (measured.name.clone(), measured.number.unwrap(), measured.unit.clone());
    let expected = [
        ("used_rom", 52000.0, "bytes"),
        ("used_ram", 12000.0, "bytes"),
        ("build_time", 12.31, "s"),
        ("thread.yield.preemptive: cycles", 212.0, ""),
        ("thread.yield.preemptive: nanoseconds", 4416.0, ""),
        ("isr.resume.interrupted: cycles", 97.0, ""),
        ("isr.resume.interrupted: nanoseconds", 2020.0, ""),
    ];
    let expected = expected.map(|(name, number, unit)| (name.to_owned(), number, unit.to_owned()));
    assert_eq!(measured.iter().map(name).collect::<Vec<_>>(), expected);
    assert_eq!(measured[1].upper, Some(32768.0));
    // Each test of a configuration has its own texts.
    let first = details(&mut dropped, dut, "kernel.scheduler.sched_api.priority");
    assert!(first.sections.is_empty() && first.measurements[1].text == "8456");
    let skipped = details(&mut dropped, dut, "kernel.scheduler.sched_api.smp");
    assert_eq!(
        (skipped.sections[0].title.as_str(), skipped.sections[0].text.as_str()),
        ("skipped", "ztest skip")
    );
}
