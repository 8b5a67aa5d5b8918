//! Formats of test benches.

use super::{corpus, tests};
use crate::Dropped;
use crate::dropped::counts;
use passgrid::model::FileStatus;

tests![openhtf_and_avocado];

/// Counted in Python by the words of phases and tests; a repeated phase counts once.
fn openhtf_and_avocado() {
    for (path, expected) in [
        ("openhtf/DUT_A_0001.power_on.json", "6 results, 3 passed, 2 failed, 1 skipped, 1 flaky"),
        ("openhtf/DUT_B_0002.power_on.json", "6 results, 4 passed, 1 failed, 1 skipped, 1 flaky"),
        ("avocado/results.json", "2 results, 1 passed, 1 failed"),
        ("avocado/results.xml", "2 results, 1 passed, 1 failed"),
    ] {
        let bytes = std::fs::read(corpus("formats").join(path)).unwrap();
        let mut dropped = Dropped::new([("x", bytes.as_slice())]);
        dropped.check_sums();
        dropped.pages();
        let data = dropped.data();
        assert_eq!(data.files[0].status, FileStatus::Read, "{path}: {:?}", data.files[0].notes);
        assert_eq!(counts(&data.history.sessions[0].counts), expected, "{path}");
    }
}
