//! Fixtures that are cut, mutated, or read as another format cause no panic, no wrong sum and no
//! endless work, and results before a cut are kept. The mutations are the same in every run.

use crate::anything::{check, look};
use crate::dropped::{Dropped, assert_same, import, import_in_pieces, padded};
use crate::fixtures::{File, folders};
use crate::trial_of_files;
use libtest_mimic::Trial;
use passgrid::import::{ALL, Import, Imported, Role};
use passgrid::model::{Encoding, FileStatus, Note, Outcome};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Returns a test per folder of fixtures and per kind of change.
pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    let mut add = |name: &str, check: fn(&File)| {
        let mut folders = folders();
        folders.insert("summary".to_owned(), vec![summary()]);
        let trial = |(folder, files)| trial_of_files(format!("{name}/{folder}"), files, check);
        trials.extend(folders.into_iter().map(trial));
    };
    add("cut", check_cut);
    add("mutated", check_mutated);
    add("as_every_format", check_as_every_format);
    trials
}

/// Returns one of Passgrid's own summaries, which is a format, too.
fn summary() -> File {
    let brief = folders().remove("brief").unwrap();
    let sessions = brief.iter().find(|file| file.path == "brief/sessions.json").unwrap();
    let mut dropped = Dropped::new([("sessions.json", sessions.bytes.as_slice())]);
    let summary = dropped.export(passgrid::export::Export::SummaryJson);
    File { path: "summary.json".to_owned(), bytes: summary.into_bytes() }
}

/// Runs a check, and prints its subject if it panics.
fn about(what: &str, check: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(check)) {
        eprintln!("in {what}");
        resume_unwind(panic);
    }
}

/// Cuts a fixture at ten places: what comes before is kept, and a note says that the
/// rest is missing.
fn check_cut(File { path, bytes }: &File) {
    let whole = import("x", bytes);
    if whole.batch.is_empty() {
        return;
    }
    for part in 1..=10 {
        let cut = bytes.len() * part / 11;
        let what = format!("{path}, the first {cut} of {} bytes", bytes.len());
        let imported = import("x", &bytes[..cut]);
        if imported.format == whole.format {
            let (kept, least) = (imported.batch.len(), least(&whole, cut));
            assert!(kept >= least, "{what}: {kept} of {least} results");
        }
        let has_all = entries(&imported).eq(entries(&whole));
        // The first lines of a text may belong to any text, and any line may be the last.
        let is_document = bytes.trim_ascii_start().first().is_some_and(|byte| b"<{[\x80".contains(byte));
        let is_any_text = imported.format != whole.format || bytes[..cut].ends_with(b"\n");
        assert!(
            has_all || is_any_text && !is_document || is_noted(&imported),
            "{what}: {:?} {:?}",
            imported.status,
            imported.batch.notes
        );
        let mut dropped = Dropped::default();
        dropped.ingest(imported, &bytes[..cut]);
        dropped.check_sums();
        dropped.pages();
    }
}

/// Names, outcomes and words of all entries.
fn entries(imported: &Imported) -> impl Iterator<Item = (&str, Outcome, &str)> {
    let batch = &imported.batch;
    batch.rows.iter().map(|row| (batch.get(row.name), row.outcome, batch.native_word(row.native)))
}

/// Formats whose suites are named after their tests, and which are read suite by suite.
const BY_SUITE: [&str; 3] = ["cucumber-json", "jest-json", "twister"];

/// Returns how many entries a file that is cut here must have: those before the cut, except the
/// last, which may be part of a larger one, and those that join another, which may follow it. If
/// details are kept, or in another encoding, the places in the file are unknown.
fn least(whole: &Imported, cut: usize) -> usize {
    let format = whole.format.as_str();
    if whole.keeps_texts || whole.encoding != Encoding::Utf8 || BY_SUITE.contains(&format) {
        return 0;
    }
    let rows = whole.batch.rows.iter().filter(|row| row.len > 0 && row.role != Role::Joined);
    rows.filter(|row| row.at + u64::from(row.len) <= cut as u64).count().saturating_sub(1)
}

/// Returns whether a note says that the file is truncated.
fn is_noted(imported: &Imported) -> bool {
    let says = |note: &Note| {
        ["truncated", "cut short", "no newline at the end"].iter().any(|words| note.text.contains(words))
    };
    let batch = &imported.batch;
    imported.status == FileStatus::Unreadable
        || batch.partly
        || batch.sessions.iter().any(|session| session.incomplete.is_some())
        || batch.notes.iter().any(says)
}

/// Reads a fixture as each format, which people may set.
fn check_as_every_format(File { bytes, .. }: &File) {
    for format in ALL.keys() {
        let mut import = Import::new("x", &ALL).treat_as(format);
        import.push(bytes);
        look(import.finish(), bytes);
    }
}

/// Changes a few bytes of a fixture.
fn check_mutated(File { path, bytes }: &File) {
    for number in 0..8 {
        let (mut random, mut mutated) = (Random::new(path, number), bytes.to_vec());
        for _ in 0..=random.below(5) {
            mutate(&mut mutated, &mut random);
        }
        about(&format!("{path}, mutated, number {number}"), || {
            let imported = import("board_a/results.xml", &mutated);
            if let Some((padded, first)) = padded(&mutated) {
                let whole = import("x", &padded);
                let pieces = import_in_pieces("x", &padded, first, 1 + random.below(97));
                assert_same(&format!("{whole:?}"), &format!("{pieces:?}"), "in pieces");
            }
            if number == 0 { check(&mutated) } else { look(imported, &mutated) }
        });
    }
}

/// Numbers that look random and are the same in every run: splitmix64.
struct Random(u64);

impl Random {
    fn new(path: &str, number: u64) -> Random {
        let seed = path.bytes().fold(number, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
        Random(seed)
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end.max(1) as u64) as usize
    }
}

/// Bytes that are significant to parsers.
const MEANING: &[u8] = b"<>\"'&;/=![]{}:,\\-0\x00\x1a\xff\xef ";

/// Changes a bit, a byte or a piece.
fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    if bytes.is_empty() {
        return;
    }
    let size = bytes.len();
    let (at, from) = (random.below(size), random.below(size));
    let end = (at + 1 + random.below(400)).min(size);
    match random.below(6) {
        0 => bytes[at] ^= 1 << random.below(8),
        1 => bytes[at] = MEANING[random.below(MEANING.len())],
        2 => bytes.truncate(at),
        3 => drop(bytes.drain(at..end)),
        4 => {
            let piece = bytes[at..end].to_vec();
            bytes.splice(end..end, piece);
        }
        _ => {
            for (a, b) in (at..end).zip(from..size) {
                bytes.swap(a, b);
            }
        }
    }
}
