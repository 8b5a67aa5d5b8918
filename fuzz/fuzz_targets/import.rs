#![no_main]
//! Reads arbitrary bytes as a file: in the detected format, in a format that a person may set, and in
//! pieces. Then asks for everything that a result's page shows.

use libfuzzer_sys::fuzz_target;
use passgrid::engine::{GetOverview, encode};
use passgrid::import::{ALL, Import, Imported};

#[allow(dead_code)]
#[path = "../../tests/support/dropped.rs"]
mod dropped;

use dropped::{Dropped, assert_same, boundaries, import, import_in_pieces, padded_at};

const PATH: &str = "board_a/results.xml";

fuzz_target!(|bytes: &[u8]| {
    look(import(PATH, bytes), bytes);

    // Length and last byte of the input select the variant, so unchanged fixtures can be seeds.
    let seed = bytes.len() + bytes.last().map_or(0, |&byte| usize::from(byte));
    let places = boundaries(bytes);
    let place = places.get(seed % places.len().clamp(1, 32)).copied().unwrap_or(0);
    let (padded, first) = padded_at(bytes, place);
    let pieces = import_in_pieces(PATH, &padded, first, 1 + bytes.len() % 61);
    let whole = import(PATH, &padded);
    if encode(&whole) != encode(&pieces) {
        assert_same(&format!("{whole:?}"), &format!("{pieces:?}"), "in pieces");
    }

    let keys: Vec<&str> = ALL.keys().collect();
    let said = keys[seed % keys.len()];
    let mut import = Import::new(PATH, &ALL).treat_as(said);
    import.push(bytes);
    look(import.finish(), bytes);
});

fn look(imported: Imported, bytes: &[u8]) {
    let mut dropped = Dropped::default();
    dropped.ingest(imported, bytes);
    dropped.check_sums();
    dropped.engine.ask(GetOverview);
    dropped.pages();
}
