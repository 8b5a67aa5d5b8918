//! Checks that pass for any data, however broken.

use crate::Dropped;
use crate::dropped::{import, import_in_pieces};
use crate::exports::{check_csv, check_page, check_round_trip, check_schema};
use passgrid::analyze::GridQuery;
use passgrid::engine::{GetGrid, GetLedger, GetOverview, GetSessions, GetTests, MatchPaths};
use passgrid::import::Imported;
use passgrid::query::{FileFilter, Filter, Sort};
use std::time::{Duration, Instant};

/// Checks sums, and opens the page of each result.
pub fn look(imported: Imported, bytes: &[u8]) {
    let mut dropped = Dropped::default();
    dropped.ingest(imported, bytes);
    dropped.check_sums();
    dropped.pages();
}

/// Reads a file, asks every question, and checks the answers.
pub fn check(bytes: &[u8]) {
    let start = Instant::now();
    let imported = import("board_a/results.xml", bytes);
    let pieces = import_in_pieces("board_a/results.xml", bytes, bytes.len() / 3, 97);
    assert_eq!(format!("{imported:?}"), format!("{pieces:?}"), "in pieces");
    let mut dropped = Dropped::default();
    dropped.ingest(imported, bytes);
    dropped.check_sums();
    dropped.pages();
    dropped.report();
    check_schema(&mut dropped);
    check_csv(&mut dropped);
    check_page(&mut dropped);
    check_round_trip(&mut dropped);
    let filter = Filter { text: "a !b".to_owned(), ..Filter::default() };
    let engine = &mut dropped.engine;
    engine.ask(GetOverview);
    engine.ask(GetLedger { filter: FileFilter::default(), from: 0, count: 10 });
    engine.ask(GetGrid {
        query: GridQuery { filter: filter.clone(), is_grouped: true, ..GridQuery::default() },
        folded: vec![String::new()],
        from: 0,
        count: 10,
    });
    engine.ask(GetTests { filter: filter.clone(), sort: Sort::from_key("-time"), from: 0, count: 10 });
    engine.ask(GetSessions { filter, sort: Sort::from_key("build"), from: 0, count: 10 });
    engine.ask(MatchPaths { pattern: "{build}/{dut}.xml".to_owned(), from: 0, count: 10 });
    // Far more than small files need, whatever they contain.
    let allowed = Duration::from_secs(5);
    assert!(start.elapsed() < allowed, "{:?} for {} bytes", start.elapsed(), bytes.len());
}
