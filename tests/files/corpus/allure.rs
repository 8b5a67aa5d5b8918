//! A folder of Allure's results.

use super::{corpus, tests};
use crate::Dropped;
use crate::dropped::{counts, tree};

tests![a_folder_of_the_corpus];

/// Counted by a script of its own: results by full name and parameters, of each the one with the
/// latest start.
fn a_folder_of_the_corpus() {
    let files = tree(&corpus("formats/allure"));
    let mut dropped = Dropped::new(files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())));
    let data = dropped.data();
    let session = &data.history.sessions[0];
    assert_eq!((counts(&session.counts).as_str(), session.duration_s), (CORPUS, Some(0.151)));
    let unread: Vec<&str> =
        data.files.iter().filter(|file| file.format.is_empty()).map(|file| file.path.as_str()).collect();
    assert!(unread.len() == 5 && unread.iter().all(|path| path.ends_with("-attachment.txt")), "{unread:?}");
}

const CORPUS: &str = "20 results, 9 passed, 4 failed, 2 error, 2 skipped, 2 xfailed, 1 xpassed, 1 flaky";
