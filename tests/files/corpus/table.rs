//! A table with a row for every file of the corpus: format, status, results, and the reason if it has
//! no results or if a counter in the file has another number.
//!
//! The counts of JUnit files are compared with those of other parsers in `runs.rs`, those of other
//! formats with counts made by hand or by scripts in `formats.rs` and the files beside it;
//! this table ensures that no file is forgotten and that no change goes unnoticed.

use super::{corpus, tests};
use crate::Dropped;
use crate::dropped::{folder, tree};
use passgrid::model::{FileStatus, Outcome};
use std::fmt::Write;

tests![every_file_gives_results_or_a_reason,];

const HEAD: &str =
    "file\tformat\tstatus\tpassed\tfailed\terror\tskipped\txfailed\txpassed\tnot run\tunknown\twhy\n";

/// The row of one file, which is dropped alone under its own path.
fn line(path: &str, bytes: &[u8]) -> String {
    let mut dropped = Dropped::new([(path, bytes)]);
    dropped.check_sums();
    dropped.pages();
    let data = dropped.data();
    let file = &data.files[0];
    let mut line = format!("{path}\t{}\t{}", file.format, file.status.word());
    for outcome in Outcome::ALL {
        let count: u32 = data.history.sessions.iter().map(|session| session.counts.of(outcome)).sum();
        write!(line, "\t{count}").unwrap();
    }
    let has_results = matches!(file.status, FileStatus::Read | FileStatus::PartlyRead);
    // Results have a reason if a counter in the file has another number.
    let why = match has_results {
        true => file.notes.iter().find(|note| note.text.contains("counter of suite")),
        false => file.notes.iter().max_by_key(|note| note.severity),
    };
    assert!(has_results || why.is_some(), "{path} has neither results nor a reason");
    writeln!(line, "\t{}", why.map_or("", |note| &note.text)).unwrap();
    line
}

fn every_file_gives_results_or_a_reason() {
    let root = corpus("formats");
    let mut table = HEAD.to_owned();
    for (path, bytes) in tree(&root) {
        // Generators and descriptions of the samples are excluded.
        let is_sample = !path.starts_with("_generators/") && path.contains('/');
        if is_sample {
            table += &line(&path, &bytes);
        }
    }
    let file = folder("tests/files/corpus/table.tsv");
    if std::env::var_os("UPDATE_CORPUS_TABLE").is_some() {
        std::fs::write(&file, &table).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap();
    let differing: Vec<(&str, &str)> =
        table.lines().zip(expected.lines()).filter(|(found, expected)| found != expected).collect();
    assert!(differing.is_empty(), "found and expected: {differing:#?}");
    assert_eq!(table.lines().count(), expected.lines().count(), "files of the corpus");
}
