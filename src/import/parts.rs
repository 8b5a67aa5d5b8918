//! Reading a later part of a large file apart from what is before it.
//!
//! A part begins and ends at places that are known beforehand, for the hashes of its blocks. Its entries are those from
//! the first one that begins in it to the first one that begins behind it. Those of the last part end with the last
//! entry that begins near the end, because what follows belongs to the file as a whole.

use super::hash::{BLOCK_BYTES, FileHash};
use super::importer::Part;
use super::pipeline::Import;
use std::ops::Range;

/// A file of fewer bytes is read as a whole: another worker would have to start for it.
pub const SMALLEST_BYTES: u64 = 4 * PART_BYTES;

/// The size of a part: a few blocks, and a small part of such a file, so that all workers end at about the same time.
pub const PART_BYTES: u64 = 2 * BLOCK_BYTES;

/// How many bytes of the beginning of the file are looked at.
pub const HEAD_BYTES: u64 = super::limits::HEAD_BYTES as u64;

/// How many bytes are searched for an entry that begins, at the beginning and at the end of a part.
pub const LOOK_BYTES: u64 = if cfg!(any(test, fuzzing)) { 512 } else { 256 << 10 };

/// Reads a part.
pub struct PartImport {
    import: Import,
    entries: Range<u64>,
    bytes: Range<u64>,
    /// The next byte of the file.
    at: u64,
    hash: FileHash,
}

impl PartImport {
    /// Starts to read the part at these bytes of a file of `size` bytes. `import` is a new one for the file. `head`,
    /// `before` and `behind` are its first [`HEAD_BYTES`], and [`LOOK_BYTES`] from the beginning of the part and from
    /// [its end](PartImport::looks_behind) on. Returns `None` if the file cannot be read in parts, or not here.
    pub fn new(
        mut import: Import,
        bytes: Range<u64>,
        size: u64,
        head: &[u8],
        before: &[u8],
        behind: &[u8],
    ) -> Option<PartImport> {
        import.begin_part(head)?;
        let begin = *import.begins(head, before).first()?;
        let ends = import.begins(head, behind);
        let end = if bytes.end < size { ends.first() } else { ends.last() };
        let end = PartImport::looks_behind(&bytes, size).start + *end? as u64;
        let entries = bytes.start + begin as u64..end;
        import.continue_at(entries.start);
        let at = bytes.start;
        (entries.start < entries.end).then(|| PartImport {
            import,
            entries,
            bytes,
            at,
            hash: FileHash::new(),
        })
    }

    /// Returns which bytes are searched for the end of a part's entries.
    pub fn looks_behind(bytes: &Range<u64>, size: u64) -> Range<u64> {
        match bytes.end < size {
            true => bytes.end..size.min(bytes.end + LOOK_BYTES),
            false => bytes.start.max(size.saturating_sub(LOOK_BYTES))..size,
        }
    }

    /// Returns which bytes of the file are to be pushed.
    pub fn wants(&self) -> Range<u64> {
        self.bytes.start..self.bytes.end.max(self.entries.end)
    }

    /// Reads the next piece.
    pub fn push(&mut self, piece: &[u8]) {
        let within = |range: &Range<u64>| {
            let offset = |at: u64| (at.saturating_sub(self.at) as usize).min(piece.len());
            piece.get(offset(range.start)..offset(range.end)).unwrap_or_default()
        };
        let (hashed, read) = (within(&self.bytes), within(&self.entries));
        self.at += piece.len() as u64;
        self.hash.update(hashed);
        if !read.is_empty() {
            self.import.push_part(read);
        }
    }

    /// Ends the part.
    pub fn finish(self) -> Part {
        let PartImport { import, entries, bytes, hash, .. } = self;
        let (bad, read) = import.end_part(entries.end);
        Part { bytes, entries, blocks: hash.into_blocks(), bad, read }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{ALL, Imported};
    use proptest::prelude::*;
    use std::fmt::Write;
    use std::path::Path;

    fn cut(bytes: &[u8], range: Range<u64>) -> &[u8] {
        let at = |offset: u64| (offset as usize).min(bytes.len());
        &bytes[at(range.start)..at(range.end)]
    }

    fn import() -> Import {
        Import::new("a/report.xml", &ALL)
    }

    fn whole(bytes: &[u8]) -> Imported {
        let mut import = import();
        bytes.chunks(777).for_each(|piece| import.push(piece));
        import.finish()
    }

    fn part(bytes: &[u8], range: Range<u64>) -> Option<Part> {
        let size = bytes.len() as u64;
        let before = cut(bytes, range.start..range.start + LOOK_BYTES);
        let behind = cut(bytes, PartImport::looks_behind(&range, size));
        let mut part = PartImport::new(import(), range, size, cut(bytes, 0..HEAD), before, behind)?;
        cut(bytes, part.wants()).chunks(333).for_each(|piece| part.push(piece));
        let part = part.finish();
        // It comes from another worker.
        Some(postcard::from_bytes(&postcard::to_allocvec(&part).unwrap()).unwrap())
    }

    const HEAD: u64 = 600;

    /// The first part whose file's format is known by then.
    const FIRST: u64 = HEAD_BYTES / PART_BYTES + 1;

    /// Reads a file with other importers for the parts from `first` on, without some of them. Returns how many parts were
    /// joined, too.
    fn in_parts(bytes: &[u8], first: u64, lost: u64) -> (Imported, u64) {
        let size = bytes.len() as u64;
        let mut import = import();
        let (mut at, mut joined) = (0, 0);
        let starts = (first * PART_BYTES..size).step_by(PART_BYTES as usize);
        for start in starts.chain([size]) {
            while at < start {
                let to = start.min(at + 555);
                import.push(cut(bytes, at..to));
                at = to;
            }
            let number = start / PART_BYTES;
            if start == size || lost >> (number % 64) & 1 == 1 {
                continue;
            }
            if let Some(part) = part(bytes, start..size.min(start + PART_BYTES)) {
                let (before, end) = (part.before(), part.entries.end);
                // The part before it may have read farther.
                at = import.join(part, cut(bytes, before));
                joined += u64::from(at >= end.min(start + PART_BYTES));
            }
        }
        import.push(cut(bytes, at..size));
        (import.finish(), joined)
    }

    /// All that matters of what was read, however its texts are stored.
    fn told(imported: &Imported) -> String {
        let Imported { bytes, hash, format, encoding, status, batch, why, .. } = imported;
        let mut told = format!("{bytes} {hash} {format} {encoding:?} {status:?} {why}\n");
        for (index, row) in batch.rows.iter().enumerate() {
            let scope = batch.scopes.get(row.scope as usize);
            let scope = scope.map(|scope| (batch.get(scope.text), scope.boundary));
            let (name, message) = (batch.get(row.name), batch.get(row.message));
            let (native, frame) = (batch.native_word(row.native), batch.frame(index as u32));
            let row =
                (row.session, row.scope, row.outcome, row.role, row.duration_s.to_bits(), row.at, row.len);
            let _ = writeln!(told, "{row:?} {scope:?} {name:?} {message:?} {native:?} {frame:?}");
        }
        let begins: Vec<_> = batch.begins.iter().map(|b| (b.row, b.unix_ms, batch.get(b.worker))).collect();
        let metrics: Vec<_> = batch.metrics.iter().map(|(n, u)| (batch.get(*n), batch.get(*u))).collect();
        let _ = writeln!(told, "{begins:?} {metrics:?} {:?} {:?}", batch.measured, batch.facts);
        let _ = writeln!(told, "{:?} {:?} {:?}", batch.sessions, batch.notes, batch.counter);
        let _ = writeln!(told, "{} {} {:?}", batch.partly, batch.are_suites_duts, batch.producer);
        told
    }

    fn files_below(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            match entry.path() {
                path if path.is_dir() => files_below(&path, found),
                path => found.push(path),
            }
        }
    }

    /// Real files, where there are any.
    #[test]
    fn every_real_file_reads_the_same_in_parts() {
        let Some(corpus) = std::env::var_os("PASSGRID_CORPUS") else {
            return;
        };
        let mut files = Vec::new();
        files_below(Path::new(&corpus), &mut files);
        let mut all_joined = 0;
        for path in files {
            let size = path.metadata().map_or(0, |about| about.len());
            if !(HEAD_BYTES + 2 * PART_BYTES..2 << 20).contains(&size) {
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let expected = told(&whole(&bytes));
            for (first, lost) in [(FIRST, 0), (FIRST + 3, 0b1010_1010)] {
                let (read, joined) = in_parts(&bytes, first, lost);
                let told = told(&read);
                let differs = told.lines().zip(expected.lines()).find(|(line, expected)| line != expected);
                assert!(told == expected, "{} from part {first}: {differs:?}", path.display());
                all_joined += joined;
            }
        }
        assert!(all_joined > 1000, "only {all_joined} parts were joined");
    }

    /// Pieces of a report, among them what makes parts depend on each other.
    fn pieces() -> impl Strategy<Value = String> {
        let case = (0..40_u32, 0..4_u32).prop_map(|(name, class)| {
            format!("<testcase classname=\"c.C{class}\" name=\"t{name}\" time=\"0.{name}\"/>\n")
        });
        let failed = (0..9_u32).prop_map(|line| {
            format!(
                "<testcase name=\"f{line}\"><failure message=\"m{line}\">a.py:{line}: <![CDATA[<testcase name='no'/>\n]]></failure></testcase>"
            )
        });
        let fixed = |text: &'static str| Just(text.to_owned());
        prop_oneof![
            30 => case,
            8 => failed,
            2 => fixed("<testcase/>\n"),
            2 => fixed("<testcase name='s' classname='c.C1' timestamp='2026-01-02T03:04:05'><skipped/></testcase>"),
            1 => fixed("<testcase name='d'><properties><property name='dut' value='b1'/></properties></testcase>"),
            1 => fixed("<testcase name='m'><properties><property name='gain' value='1.5 dB'/></properties></testcase>"),
            1 => fixed("<testcase name='o' status='odd'/>"),
            1 => fixed("<testcase name='t1' flaky='true' file='a.c' line='7'/>"),
            1 => fixed("</testsuite>\n<testsuite name='next' hostname='h'>"),
            1 => fixed("<testsuite name='in'><testcase name='i'/></testsuite>"),
            1 => fixed("<!-- <testcase name='no'/> -->"),
            1 => fixed("\u{1}"),
            1 => fixed("</b>"),
            1 => fixed("<system-out>x</system-out>"),
            1 => fixed("<properties><property name='build' value='7'/></properties>"),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

        #[test]
        fn any_report_reads_the_same_in_parts(
            body in proptest::collection::vec(pieces(), 1400..2000),
            bad in any::<Option<proptest::sample::Index>>(),
            (first, lost) in (FIRST..FIRST + 4, any::<u64>()),
        ) {
            let mut bytes = format!("<?xml version='1.0'?>\n<testsuites><testsuite name='pytest' tests='9'>\n{}</testsuite></testsuites>\n", body.concat()).into_bytes();
            if let Some(bad) = bad {
                let at = bad.index(bytes.len());
                bytes[at] = 0xFF;
            }
            let (read, _) = in_parts(&bytes, first, lost & lost.rotate_left(7));
            prop_assert_eq!(told(&read), told(&whole(&bytes)));
        }
    }

    #[test]
    fn plain_reports_are_joined_to_the_end() {
        let case = |n: usize| format!("<testcase classname=\"a.B\" name=\"t{n}\" time=\"0.1\"></testcase>");
        let cases: String = (0..2000).map(case).collect();
        let text =
            format!("<testsuites><testsuite name=\"pytest\" tests=\"2000\">{cases}</testsuite></testsuites>");
        let parts = (text.len() as u64).div_ceil(PART_BYTES);
        let (read, joined) = in_parts(text.as_bytes(), FIRST, 0);
        // The last part may be too small.
        assert!(joined + 1 >= parts - FIRST, "{joined}");
        assert_eq!(told(&read), told(&whole(text.as_bytes())));
        let suites: String =
            (0..1000).map(|n| format!("<testsuite name=\"s{n}\">{}</testsuite>", case(n))).collect();
        let text = format!("<testsuites>{suites}</testsuites>");
        let parts = (text.len() as u64).div_ceil(PART_BYTES);
        let (read, joined) = in_parts(text.as_bytes(), FIRST, 0);
        // The last part may be too small.
        assert!(joined + 1 >= parts - FIRST, "{joined}");
        assert_eq!(told(&read), told(&whole(text.as_bytes())));
    }
}
