//! Zephyr's published results.

use super::{corpus, tests};
use crate::Dropped;
use crate::dropped::tree;
use passgrid::analyze::LedgerFile;
use passgrid::engine::GetLedger;
use passgrid::model::{Counts, Outcome};
use passgrid::query::FileFilter;

tests![a_real_run_in_five_files, published_results_of_zephyr];

fn drop_all<'a>(files: impl IntoIterator<Item = (String, &'a [u8])>) -> Dropped {
    let mut dropped = Dropped::default();
    for (path, bytes) in files {
        dropped.add(&path, bytes);
    }
    dropped
}

fn sum(dropped: &mut Dropped) -> Counts {
    let mut sum = Counts::default();
    for session in &dropped.data().history.sessions {
        sum.merge(&session.counts);
    }
    sum
}

fn ledger(dropped: &mut Dropped) -> Vec<LedgerFile> {
    let ledger = dropped.engine.ask(GetLedger { filter: FileFilter::default(), from: 0, count: 100 });
    ledger.files
}

fn outcomes(counts: &Counts) -> Vec<(Outcome, u32)> {
    Outcome::ALL
        .into_iter()
        .map(|outcome| (outcome, counts.of(outcome)))
        .filter(|(_, count)| *count > 0)
        .collect()
}

/// A real run on 13 boards, reported in five files. Counted in Python: of 231 tests, 225 were only
/// built; of six configurations that failed, two tests are in error, and four are blocked without
/// another reason.
fn a_real_run_in_five_files() {
    let files = tree(&corpus("formats/twister"));
    let mut dropped = drop_all(files.iter().map(|(path, bytes)| (format!("run/{path}"), bytes.as_slice())));
    assert_eq!(outcomes(&sum(&mut dropped)), [(Outcome::Error, 6), (Outcome::NotRun, 225)]);
    let data = dropped.data();
    assert_eq!((data.history.duts.len(), data.history.sessions.len()), (13, 13));
    assert!(data.history.sessions.iter().all(|session| session.build() == Some("a0e545cb437a")));
    let lines: Vec<usize> = ledger(&mut dropped)
        .iter()
        .map(|file| file.notes.iter().filter(|note| note.text.starts_with("the same run as")).count())
        .collect();
    assert_eq!(lines.iter().sum::<usize>(), 4);
}

/// The unchanged folder of Zephyr's published results: each platform is a DUT, and each revision is
/// a session of it. Counted in Python: each test case is a test, also the 34 that repeat a name.
fn published_results_of_zephyr() {
    let files = tree(&corpus("formats/zephyr-test_results"));
    let mut dropped =
        drop_all(files.iter().map(|(path, bytes)| (format!("results/{path}"), bytes.as_slice())));
    let expected = [
        (Outcome::Passed, 48_343),
        (Outcome::Failed, 138),
        (Outcome::Error, 7),
        (Outcome::Skipped, 12_365),
        (Outcome::NotRun, 77),
    ];
    assert_eq!(outcomes(&sum(&mut dropped)), expected);
    let duts: Vec<(&str, usize)> =
        dropped.data().history.duts.iter().map(|dut| (dut.name.as_str(), dut.sessions.len())).collect();
    let expected = [
        ("nucleo_c031c6/stm32c031xx", 1),
        ("nucleo_f091rc/stm32f091xc", 4),
        ("nucleo_f103rb/stm32f103xb", 4),
        ("nucleo_l073rz/stm32l073xx", 4),
        ("reel_board", 1),
        ("stm32f3_disco@B/stm32f303xc", 4),
        ("stm32u083c_dk/stm32u083xx", 4),
    ];
    assert_eq!(duts, expected);
}
