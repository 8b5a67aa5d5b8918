//! Results: one test in one session, as columns.

use super::{Outcome, ResultId, StrId, TestId};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Facts about a result in addition to its outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flags(u8);

impl Flags {
    /// Attempts of one session disagree.
    pub const FLAKY: Flags = Flags(1);

    /// A known issue covers the failure.
    pub const KNOWN: Flags = Flags(2);

    /// Whether a known issue covers the failure.
    pub fn is_known(self) -> bool {
        self.0 & Self::KNOWN.0 != 0
    }

    /// Whether attempts of one session disagree.
    pub fn is_flaky(self) -> bool {
        self.0 & Self::FLAKY.0 != 0
    }

    /// The union of both sets.
    pub fn with(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
}

/// The place of a result's element or object in its file, as offsets into the
/// decoded text. Length 0 means that it has no place in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slice {
    /// First byte.
    pub at: u64,
    /// Length in bytes.
    pub len: u32,
}

/// One execution of a test inside a session, or one of the entries that a file
/// has for it (a teardown error may be an entry of its own).
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// Counted from 0; entries of the same attempt have the same number.
    pub number: u16,
    /// Its outcome.
    pub outcome: Outcome,
    /// The file's own word.
    pub native: StrId,
    /// Seconds; NaN where the file has none.
    pub duration_s: f64,
    /// First line of the message.
    pub message: StrId,
    /// The top frame of its failure; 0 if it is unknown.
    pub frame: StrId,
    /// Its place in the file.
    pub slice: Slice,
}

/// A result of another test than its file names: another file of its session has the name, or another
/// report of the run spells it differently.
#[derive(Clone, Copy, Debug)]
pub struct Renamed {
    /// The result.
    pub result: ResultId,
    /// The test that its file names.
    pub named: TestId,
    /// The test that it counts for: `name #2`.
    pub test: TestId,
    /// Whether an earlier result with the name failed.
    pub after_failure: bool,
    /// Another report of the run spells the name differently.
    pub is_spelling: bool,
}

/// When a result began, for formats that say so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Begin {
    /// The result.
    pub result: ResultId,
    /// Milliseconds since 1970, of the last attempt. Only the distance between results of a session counts.
    pub unix_ms: f64,
    /// The process, thread or machine that ran it; 0 if the file does not name it.
    pub worker: StrId,
}

/// The columns. A row's session follows from the part that holds the row.
#[derive(Clone, Debug, Default)]
pub struct Results {
    /// Which test.
    pub test: Vec<TestId>,
    /// Its outcome.
    pub outcome: Vec<Outcome>,
    /// Flags such as flaky.
    pub flags: Vec<Flags>,
    /// How many attempts, at least 1.
    pub attempts: Vec<u16>,
    /// The file's own word for the outcome; 0 where it has none.
    pub native: Vec<StrId>,
    /// Seconds of the attempt that counts; NaN where the file has none.
    pub duration_s: Vec<f64>,
    /// First line of the message; 0 where there is none.
    pub message: Vec<StrId>,
    slice_at: Vec<u64>,
    slice_len: Vec<u32>,
    /// The entries of results that have more than one, by ascending result.
    entries: Vec<(ResultId, Attempt)>,
    /// The top frames of failing results whose texts name one.
    frames: FxHashMap<ResultId, StrId>,
    /// By ascending result.
    renamed: Vec<Renamed>,
    /// By ascending result.
    begins: Vec<Begin>,
}

impl Results {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.test.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.test.is_empty()
    }

    /// Makes room for this many more.
    pub fn reserve(&mut self, more: usize) {
        self.test.reserve(more);
        self.outcome.reserve(more);
        self.flags.reserve(more);
        self.attempts.reserve(more);
        self.native.reserve(more);
        self.duration_s.reserve(more);
        self.message.reserve(more);
        self.slice_at.reserve(more);
        self.slice_len.reserve(more);
    }

    /// Appends a result of one entry.
    pub fn push(&mut self, test: TestId, entry: Attempt, attempts: u16) -> ResultId {
        let id = ResultId::from(self.test.len());
        self.test.push(test);
        self.outcome.push(entry.outcome);
        self.flags.push(Flags::default());
        self.attempts.push(attempts.max(1));
        self.native.push(entry.native);
        self.duration_s.push(entry.duration_s);
        self.message.push(entry.message);
        if entry.frame != StrId::default() {
            self.frames.insert(id, entry.frame);
        }
        self.slice_at.push(entry.slice.at);
        self.slice_len.push(entry.slice.len);
        id
    }

    /// Replaces a result with the combined verdict of its entries. Call it in
    /// ascending order of results.
    pub fn combine(&mut self, id: ResultId, verdict: Attempt, flags: Flags, entries: &[Attempt]) {
        let row = id.index();
        self.outcome[row] = verdict.outcome;
        self.flags[row] = self.flags[row].with(flags);
        self.attempts[row] = entries.last().map_or(1, |last| last.number.saturating_add(1));
        self.native[row] = verdict.native;
        self.duration_s[row] = verdict.duration_s;
        self.message[row] = verdict.message;
        match verdict.frame {
            StrId(0) => _ = self.frames.remove(&id),
            frame => _ = self.frames.insert(id, frame),
        }
        self.slice_at[row] = verdict.slice.at;
        self.slice_len[row] = verdict.slice.len;
        self.entries.extend(entries.iter().map(|&entry| (id, entry)));
    }

    /// The top frame of a failing result, 0 if it is unknown.
    pub fn frame(&self, id: ResultId) -> StrId {
        self.frames.get(&id).copied().unwrap_or_default()
    }

    /// Gives results other tests than their files name.
    pub fn rename(&mut self, renamed: Vec<Renamed>) {
        for renamed in &renamed {
            self.test[renamed.result.index()] = renamed.test;
        }
        self.renamed.extend(renamed);
        self.renamed.sort_by_key(|renamed| renamed.result);
    }

    /// Gives all results the tests that their files name.
    pub fn restore_tests(&mut self) {
        for renamed in self.renamed.drain(..).rev() {
            self.test[renamed.result.index()] = renamed.named;
        }
    }

    /// Adds when results began. Call it with later results than before; of several entries of a result the last
    /// one counts.
    pub fn add_begins(&mut self, mut begins: Vec<Begin>) {
        begins.sort_by_key(|begin| begin.result);
        for begin in begins {
            match self.begins.last_mut().filter(|last| last.result == begin.result) {
                Some(last) => *last = begin,
                None => self.begins.push(begin),
            }
        }
    }

    /// When a result began.
    pub fn begin(&self, id: ResultId) -> Option<Begin> {
        let at = self.begins.binary_search_by_key(&id, |begin| begin.result).ok()?;
        self.begins.get(at).copied()
    }

    /// The results of a range of rows that have tests of their own.
    pub fn renamed(&self, rows: Range<u32>) -> &[Renamed] {
        let from = self.renamed.partition_point(|renamed| renamed.result.0 < rows.start);
        let to = self.renamed.partition_point(|renamed| renamed.result.0 < rows.end);
        self.renamed.get(from..to).unwrap_or(&[])
    }

    /// Marks a result, for a fact that its file states.
    pub fn mark(&mut self, id: ResultId, flags: Flags) {
        let row = id.index();
        self.flags[row] = self.flags[row].with(flags);
    }

    /// The place of the entry that counts.
    pub fn slice(&self, id: ResultId) -> Slice {
        Slice { at: self.slice_at[id.index()], len: self.slice_len[id.index()] }
    }

    /// All entries of a result, in the order of the file.
    pub fn entries(&self, id: ResultId) -> Vec<Attempt> {
        let from = self.entries.partition_point(|(result, _)| *result < id);
        let entries: Vec<Attempt> = self.entries[from..]
            .iter()
            .take_while(|(result, _)| *result == id)
            .map(|(_, entry)| *entry)
            .collect();
        if !entries.is_empty() {
            return entries;
        }
        let row = id.index();
        vec![Attempt {
            number: 0,
            outcome: self.outcome[row],
            native: self.native[row],
            duration_s: self.duration_s[row],
            message: self.message[row],
            frame: self.frame(id),
            slice: self.slice(id),
        }]
    }

    /// The ids of a range of rows.
    pub fn ids(rows: Range<u32>) -> impl Iterator<Item = ResultId> {
        rows.map(ResultId)
    }
}
