//! Drops files on an engine, and asks about them.

use passgrid::analyze::ResultPage;
use passgrid::engine::{Assign, Engine, MakeExport};
use passgrid::export::{Export, Redaction};
use passgrid::import::{ALL, Import, Imported, decode, limits};
use passgrid::model::{
    Counts, Dataset, Encoding, FileId, Identified, IdentityField, Outcome, PartId, ResultId, SessionId,
    Slice, TRUNCATED,
};
use passgrid::query::{Filter, Selection, Sides};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// An engine and the bytes of the files that it was given.
#[derive(Default)]
pub struct Dropped {
    pub engine: Engine,
    sources: Vec<Vec<u8>>,
}

/// A time for downloads: 2026-11-21T10:00:00Z.
const NOW_MS: f64 = 1_795_255_200_000.0;

/// Reads a file whole.
pub fn import(path: &str, bytes: &[u8]) -> Imported {
    let mut import = Import::new(path, &ALL);
    import.push(bytes);
    import.finish()
}

/// Reads a file in a first piece and then pieces of this size.
pub fn import_in_pieces(path: &str, bytes: &[u8], first: usize, size: usize) -> Imported {
    let mut import = Import::new(path, &ALL);
    let (head, rest) = bytes.split_at(first.min(bytes.len()));
    import.push(head);
    for piece in rest.chunks(size) {
        import.push(piece);
    }
    import.finish()
}

/// Compares long texts, and shows where they begin to differ.
#[track_caller]
pub fn assert_same(expected: &str, found: &str, what: &str) {
    if expected == found {
        return;
    }
    let same = expected.bytes().zip(found.bytes()).take_while(|(a, b)| a == b).count();
    let around = |text: &str| {
        let from = same.saturating_sub(200);
        let to = (same + 200).min(text.len());
        String::from_utf8_lossy(&text.as_bytes()[from..to]).into_owned()
    };
    panic!("{what}:\nexpected …{}…\nfound    …{}…", around(expected), around(found));
}

/// Returns where white space may be inserted: after tags, after lines, and between values of JSON.
pub fn boundaries(bytes: &[u8]) -> Vec<usize> {
    let is_json =
        bytes.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|byte| b"{[".contains(byte));
    let (mut in_string, mut is_escaped) = (false, false);
    let is_boundary = |(at, byte): (usize, &u8)| {
        if in_string {
            in_string = is_escaped || *byte != b'"';
            is_escaped = !is_escaped && *byte == b'\\';
            return None;
        }
        in_string = is_json && *byte == b'"';
        let ends = if is_json { b"\n,{[".as_slice() } else { b"\n>" };
        ends.contains(byte).then_some(at + 1)
    };
    bytes.iter().enumerate().filter_map(is_boundary).collect()
}

/// Returns the file with enough white space at this place that detection does not wait for more, and
/// the end of the white space, where the importer's first piece may end.
pub fn padded_at(bytes: &[u8], at: usize) -> (Vec<u8>, usize) {
    let (head, tail) = bytes.split_at(at);
    let mut padded = head.to_vec();
    padded.resize(at + limits::HEAD_BYTES, b' ');
    padded.push(b'\n');
    let first = padded.len();
    padded.extend_from_slice(tail);
    (padded, first)
}

/// Does the same at the first place where the file is still recognized. Returns `None` if there is no
/// such place.
pub fn padded(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let format = import("x", bytes).format;
    let places = boundaries(bytes);
    let some = std::iter::successors(Some(1), |n| Some(n * 2)).map_while(|n| places.get(n - 1));
    let mut all = some.map(|&at| padded_at(bytes, at));
    all.find(|(padded, _)| import("x", padded).format == format)
}

impl Dropped {
    /// Files by path and content.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Dropped {
        let mut dropped = Dropped::default();
        for (path, bytes) in files {
            dropped.add(path, bytes);
        }
        dropped
    }

    /// Drops one more file.
    pub fn add(&mut self, path: &str, bytes: &[u8]) -> FileId {
        self.ingest(import(path, bytes), bytes)
    }

    /// Drops a file that was read already.
    pub fn ingest(&mut self, mut imported: Imported, bytes: &[u8]) -> FileId {
        let kept = std::mem::take(&mut imported.batch.kept);
        self.sources.push(if imported.keeps_texts { kept.into_bytes() } else { bytes.to_vec() });
        self.engine.ingest(imported)
    }

    /// The data, its history up to date.
    pub fn data(&mut self) -> &Dataset {
        self.engine.data()
    }

    /// Sets or clears an override of all parts of these files.
    pub fn assign(&mut self, files: &[FileId], axis: IdentityField, value: Option<&str>) {
        let data = self.data();
        let parts = files.iter().flat_map(|&file| data.file(file).parts.clone());
        let changes = parts.map(|part| (part, vec![(axis, value.map(str::to_owned))])).collect();
        self.engine.ask(Assign(changes));
    }

    /// A download of everything.
    pub fn export(&mut self, kind: Export) -> String {
        self.export_filtered(kind, Filter::default())
    }

    /// A download of what matches a filter.
    pub fn export_filtered(&mut self, kind: Export, filter: Filter) -> String {
        self.export_of(kind, filter, Sides::default())
    }

    /// A download of what matches a filter, or of a comparison.
    pub fn export_of(&mut self, kind: Export, filter: Filter, sides: Sides) -> String {
        let redaction = Redaction::default();
        let file = self
            .engine
            .ask(MakeExport { kind, filter, sides, redaction, now_ms: NOW_MS })
            .expect("a download");
        String::from_utf8(file.bytes).unwrap()
    }

    /// A download of everything without these secrets.
    pub fn export_redacted(&mut self, kind: Export, redaction: Redaction) -> String {
        let (filter, sides) = (Filter::default(), Sides::default());
        let file = self
            .engine
            .ask(MakeExport { kind, filter, sides, redaction, now_ms: NOW_MS })
            .expect("a download");
        String::from_utf8(file.bytes).unwrap()
    }

    /// The page of a result with its texts, in two steps as in the browser: first the places, then the
    /// bytes at them.
    pub fn page(&mut self, selection: Selection) -> Option<ResultPage> {
        let sources = self.engine.text_sources(&selection)?;
        let mut details = Vec::new();
        for source in sources {
            let text = decoded(&self.sources[source.file.index()], source.encoding);
            let piece =
                |slice: &Slice| text[slice.at as usize..slice.at as usize + slice.len as usize].to_vec();
            let pieces: Vec<Vec<u8>> = source.slices.iter().map(piece).collect();
            details.extend(ALL.details(&source.format, &source.slices, &pieces).unwrap().unwrap());
        }
        self.engine.result_with_texts(&selection, Ok(details)).map(|page| *page)
    }

    /// The selections of all results of all sessions.
    pub fn selections(&mut self) -> Vec<Selection> {
        let data = self.data();
        let mut selections = Vec::new();
        for session in (0..data.history.sessions.len()).map(SessionId::from) {
            for result in data.results_of(session) {
                let test = data.test_of(result);
                let session = data.history.session(session);
                selections.push(Selection {
                    dut: data.history.dut(session.dut).name.clone(),
                    session: Some(session.id.clone()),
                    scope: data.tests.scope_text(data.tests.scope_of(test)).to_owned(),
                    name: data.tests.name(test).to_owned(),
                });
            }
        }
        selections
    }

    /// The pages of all results, with their texts.
    pub fn pages(&mut self) -> Vec<ResultPage> {
        let selections = self.selections();
        selections
            .into_iter()
            .map(|selection| {
                let page = self.page(selection.clone());
                page.unwrap_or_else(|| panic!("no page for {selection:?}"))
            })
            .collect()
    }

    /// The page of the only result whose name is `name`.
    pub fn page_of(&mut self, name: &str) -> ResultPage {
        let mut selections = self.selections();
        selections.retain(|selection| selection.name == name);
        assert_eq!(selections.len(), 1, "{name}");
        self.page(selections.remove(0)).unwrap()
    }

    /// Everything that people see of files, sessions and results, as text.
    pub fn report(&mut self) -> String {
        let data = self.data();
        let mut text = String::new();
        for (_, file) in data.ledger() {
            let format = if file.format.is_empty() { "no format" } else { file.format };
            let of = if file.producer.is_empty() { "" } else { " of " };
            writeln!(
                text,
                "{}: {}, {format}{of}{}, {}",
                file.path,
                file.status.word(),
                file.producer,
                counted(file.results, "result")
            )
            .unwrap();
            for note in &file.notes {
                let at = note.at.map_or(String::new(), |at| format!(" at byte {at}"));
                writeln!(text, "  {}{at}: {}", note.severity.word(), visible(&note.text)).unwrap();
            }
        }
        for id in (0..data.history.sessions.len()).map(SessionId::from) {
            session(data, id, &mut text);
        }
        text
    }

    /// Checks sums, which must be right for any data.
    pub fn check_sums(&mut self) {
        let data = self.data();
        let mut all = Counts::default();
        for session in &data.history.sessions {
            all.merge(&session.counts);
            assert!(session.counts.duration_s.is_none_or(|seconds| seconds.is_finite() && seconds >= 0.0));
            assert!(session.duration_s.is_none_or(|seconds| seconds.is_finite() && seconds >= 0.0));
        }
        let of_outcomes: u32 = Outcome::ALL.iter().map(|&outcome| all.of(outcome)).sum();
        assert_eq!(of_outcomes, all.results());
        let counting = (0..data.parts.len()).map(PartId::from).filter(|&part| data.counts(part));
        let results: usize = counting.map(|part| data.part(part).rows.len()).sum();
        assert_eq!(all.results() as usize, results, "every result is in a session");
        let of_files: u32 = data.ledger().map(|(_, file)| file.results).sum();
        assert_eq!(of_files, all.results());
    }
}

/// The decoded text of a file, in which slices count.
pub fn decoded(bytes: &[u8], encoding: Encoding) -> Vec<u8> {
    if encoding == Encoding::Utf8 {
        return bytes.to_vec();
    }
    let (_, mark) = Encoding::detect(bytes);
    let mut text = Vec::new();
    decode(encoding, &bytes[mark..], true, &mut text);
    text
}

fn session(data: &Dataset, id: SessionId, text: &mut String) {
    let session = data.history.session(id);
    let identity = &session.identity;
    writeln!(text, "\nsession {}", visible(&session.id)).unwrap();
    let mut say = |what: &str, identified: &Identified| {
        let (value, words) = (visible(&identified.value), identified.evidence.words());
        writeln!(text, "  {what} {value} ({})", visible(&words)).unwrap();
    };
    say("dut", &identity.dut);
    for (what, identified) in [("unit", &identity.unit), ("build", &identity.build)] {
        if let Some(identified) = identified {
            say(what, identified);
        }
    }
    if let Some(started) = session.started {
        writeln!(text, "  started {}", started.iso()).unwrap();
    }
    for part in data.told_of(id) {
        let part = data.part(part);
        if let Some(label) = &part.draft.label {
            writeln!(text, "  label {}", visible(label)).unwrap();
        }
        for (name, value) in &part.draft.properties {
            writeln!(text, "  property {} = {}", visible(name), visible(value)).unwrap();
        }
        for (name, value) in &part.draft.attributes {
            writeln!(text, "  attribute {} = {}", visible(name), visible(value)).unwrap();
        }
    }
    let took = session.duration_s.map_or("unknown".to_owned(), |s| format!("{} s", shown_seconds(s)));
    let tests = session.counts.duration_s.map_or("–".to_owned(), |s| format!("{} s", shown_seconds(s)));
    writeln!(text, "  took {took}, tests {tests}").unwrap();
    writeln!(text, "  {}", counts(&session.counts)).unwrap();
    match session.incomplete.as_deref() {
        Some(TRUNCATED) => writeln!(text, "  truncated").unwrap(),
        Some(reason) => writeln!(text, "  incomplete: {}", visible(reason)).unwrap(),
        None if session.is_unreadable => writeln!(text, "  unreadable").unwrap(),
        None => {}
    }
    for id in data.results_of(id) {
        result(data, id, text);
    }
}

fn result(data: &Dataset, id: ResultId, text: &mut String) {
    let row = id.index();
    let test = data.test_of(id);
    let native = match data.native(id) {
        "" => String::new(),
        word => format!(" ({})", visible(word)),
    };
    let seconds = data.results.duration_s[row];
    let seconds =
        if seconds.is_finite() { format!("{} s", shown_seconds(seconds)) } else { "–".to_owned() };
    let attempts = match data.results.attempts[row] {
        1 => String::new(),
        attempts => format!(", {attempts} attempts"),
    };
    let flaky = if data.results.flags[row].is_flaky() { ", flaky" } else { "" };
    let identity = [data.tests.suite(test), data.tests.class(test), data.tests.name(test)];
    let identity = identity.map(visible).join(" | ");
    writeln!(text, "  {}{native}, {seconds}{attempts}{flaky}: {identity}", data.outcome(id).word()).unwrap();
    if !data.message(id).is_empty() {
        writeln!(text, "      {}", visible(data.message(id))).unwrap();
    }
    let entries = data.results.entries(id);
    if entries.len() > 1 {
        for entry in entries {
            let (word, native) = (entry.outcome.word(), data.text(entry.native));
            writeln!(text, "      attempt {}: {word} ({})", entry.number + 1, visible(native)).unwrap();
        }
    }
}

/// The figures other than 0.
pub fn counts(counts: &Counts) -> String {
    let mut text = counted(counts.results(), "result");
    for outcome in Outcome::ALL {
        if counts.of(outcome) > 0 {
            write!(text, ", {} {}", counts.of(outcome), outcome.word()).unwrap();
        }
    }
    if counts.flaky > 0 {
        write!(text, ", {} flaky", counts.flaky).unwrap();
    }
    text
}

fn counted(count: u32, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

fn shown_seconds(seconds: f64) -> f64 {
    (seconds * 1e6).round() / 1e6
}

/// Text on one line, with invisible characters escaped.
fn visible(text: &str) -> String {
    let is_seen = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
    };
    let mut shown = String::new();
    for c in text.chars() {
        if is_seen(c) {
            shown.push(c);
        } else {
            shown.extend(c.escape_unicode());
        }
    }
    shown
}

/// A folder of the checkout.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// All files below a folder, by path relative to it, sorted.
pub fn tree(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries =
            std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let relative = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                files.push((relative, std::fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}
