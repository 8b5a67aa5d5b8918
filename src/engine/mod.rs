//! The engine: owns the data, answers questions.
//!
//! One enum goes in, one comes out; the same code runs in native tests, in
//! benches and in the worker. It does no I/O: where an answer needs bytes of a
//! file, it says which, and the host brings them.

mod ingest;
mod steps;
pub mod warm_up;

use crate::analyze::{
    self, FilePage, Grid, GridQuery, GridWindow, Index, Ledger, Overview, PathWindow, ResultPage,
    SessionPage, SessionWindow, TestWindow,
};
use crate::export::{Download, Export, export};
use crate::import::archive::is_archive;
use crate::import::{Details, Imported};
use crate::model::{Dataset, Encoding, FileId, IdentityField, PartId, Slice, TestId, Timestamp};
use crate::query::{FileFilter, Filter, Selection, SessionKey, Sort};
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use steps::Steps;

pub use ingest::ImportOptions;

/// What a person says of a part; `None` takes it back.
pub type OverrideChange = Vec<(IdentityField, Option<String>)>;

/// A question, or something that a person says.
#[derive(Debug, Serialize, Deserialize)]
pub enum Request {
    /// What the overview shows.
    Overview,
    /// Lines of the grid.
    Grid {
        /// Which rows.
        query: GridQuery,
        /// The scopes of groups that are folded.
        folded: Vec<String>,
        /// Index of the first line; heads count.
        from: u32,
        /// How many lines at most.
        count: u32,
    },
    /// Rows of the table of tests.
    Tests {
        /// Which tests.
        filter: Filter,
        /// How they are sorted; what has to be looked at first, if nothing is said.
        sort: Option<Sort>,
        /// Index of the first row.
        from: u32,
        /// How many rows at most.
        count: u32,
    },
    /// Rows of the table of sessions.
    Sessions {
        /// Words that sessions must have or, with `!`, must not have.
        filter: Filter,
        /// How they are sorted; the newest first, if nothing is said.
        sort: Option<Sort>,
        /// Index of the first row.
        from: u32,
        /// How many rows at most.
        count: u32,
    },
    /// One session.
    Session(SessionKey),
    /// Lines of the ledger.
    Ledger {
        /// Which files.
        filter: FileFilter,
        /// Index of the first line.
        from: u32,
        /// How many lines at most.
        count: u32,
    },
    /// One result, without the texts that are in its file.
    Result(Selection),
    /// One result with its texts: those of the slices that [`Answer::Texts`]
    /// asked for, in their order, or why they could not be read.
    ResultWithDetails(Selection, Result<Vec<Details>, String>),
    /// A person says who parts belong to; `None` takes it back.
    Assign {
        /// The parts.
        parts: Vec<PartId>,
        /// What is said.
        axis: IdentityField,
        /// The answer.
        value: Option<String>,
    },
    /// A person says who many parts belong to, at once.
    AssignMany(Vec<(PartId, OverrideChange)>),
    /// One file of the ledger, by its key.
    File(String),
    /// All files that were dropped as they are, and not as members of others.
    Dropped,
    /// A person takes files out; of an archive what is in it, too.
    Remove(Vec<FileId>),
    /// A file is about to be read once more: what is in it, if it is an archive,
    /// comes again.
    ReadAgain(FileId),
    /// Takes back what a person said last.
    Undo,
    /// What a pattern would say of files, by their paths.
    MatchPaths {
        /// A template, see [`PathPattern`](crate::query::PathPattern); with an
        /// empty one the lines are as they are.
        pattern: String,
        /// Index of the first line.
        from: u32,
        /// How many lines at most.
        count: u32,
    },
    /// A file to save.
    Export {
        /// Its kind.
        kind: Export,
        /// Which tests.
        filter: Filter,
        /// The time, in milliseconds since the epoch.
        now_ms: f64,
    },
}

/// Where texts of a result are: slices of one file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TextSource {
    /// The file.
    pub file: FileId,
    /// The key of its format.
    pub format: String,
    /// How its text is spelled: slices count in decoded bytes.
    pub encoding: Encoding,
    /// One per attempt; empty ones are not in the file.
    pub slices: Vec<Slice>,
}

/// What the engine answers.
#[derive(Debug, Serialize, Deserialize)]
pub enum Answer {
    /// See [`Request::Overview`].
    Overview(Box<Overview>),
    /// See [`Request::Grid`].
    Grid(GridWindow),
    /// See [`Request::Tests`].
    Tests(TestWindow),
    /// See [`Request::Sessions`].
    Sessions(SessionWindow),
    /// A session; `None` where there is no such session.
    Session(Option<Box<SessionPage>>),
    /// See [`Request::Ledger`].
    Ledger(Ledger),
    /// Where the texts of a result are, in the order of its attempts: the host
    /// reads these slices and asks [`Request::ResultWithDetails`].
    Texts(Vec<TextSource>),
    /// A result and its texts; `None` where there is no such result.
    Result(Option<Box<ResultPage>>),
    /// See [`Request::File`]; `None` where there is no such file.
    File(Option<Box<FilePage>>),
    /// See [`Request::Dropped`]: their ids and paths.
    Dropped(Vec<(FileId, String)>),
    /// They are out. These are copies of them that count now, and are to be read:
    /// their ids and paths.
    Removed(Vec<(FileId, String)>),
    /// It was noted.
    Assigned,
    /// What was taken back, in words ("DUT and build of 12 files"); `None` where
    /// there was nothing to take back.
    Undone(Option<String>),
    /// See [`Request::MatchPaths`].
    Paths(PathWindow),
    /// See [`Request::Export`].
    Download(Download),
}

/// The data, and what is derived from it.
#[derive(Default)]
pub struct Engine {
    data: Dataset,
    /// Files were taken in since the history was derived.
    is_stale: bool,
    /// Of the data as of the last question.
    index: Rc<Index>,
    grid: Option<(GridQuery, Grid)>,
    tests: Option<(Filter, Option<Sort>, Vec<TestId>)>,
    steps: Steps,
}

impl Engine {
    /// Takes in a file that was read; gives its id, by which its texts are asked for.
    pub fn ingest(&mut self, imported: Imported) -> FileId {
        self.ingest_as(imported, &ImportOptions::default())
    }

    /// The same, where a person said what to do with it.
    pub fn ingest_as(&mut self, imported: Imported, options: &ImportOptions) -> FileId {
        self.is_stale = true;
        ingest::ingest(&mut self.data, imported, options)
    }

    /// Answers a question. Never panics on what came from outside.
    pub fn handle(&mut self, request: Request) -> Answer {
        match request {
            Request::Assign { parts, axis, value } => {
                let said = parts.into_iter().map(|part| (part, vec![(axis, value.clone())]));
                self.assign(said.collect())
            }
            Request::AssignMany(changes) => self.assign(changes),
            Request::Undo => {
                let undone = self.steps.undo(&mut self.data);
                self.is_stale |= undone.is_some();
                Answer::Undone(undone)
            }
            Request::MatchPaths { pattern, from, count } => {
                Answer::Paths(analyze::match_paths(self.data(), &pattern, from, count))
            }
            Request::Overview => {
                self.data();
                Answer::Overview(Box::new(analyze::overview(&self.data, &self.index)))
            }
            Request::Grid { query, folded, from, count } => {
                Answer::Grid(self.grid(query, &folded, from, count))
            }
            Request::Tests { filter, sort, from, count } => {
                Answer::Tests(self.tests(filter, sort, from, count))
            }
            Request::Sessions { filter, sort, from, count } => {
                Answer::Sessions(analyze::session_window(self.data(), &filter, sort, from, count))
            }
            Request::Session(key) => Answer::Session(analyze::session_page(self.data(), &key).map(Box::new)),
            Request::Ledger { filter, from, count } => {
                let mut ledger = analyze::ledger(self.data(), &filter, from, count);
                ledger.undo = self.steps.last().map(str::to_owned);
                Answer::Ledger(ledger)
            }
            Request::File(key) => Answer::File(analyze::file_page(self.data(), &key).map(Box::new)),
            Request::Dropped => Answer::Dropped(analyze::dropped(&self.data)),
            Request::Remove(files) => {
                let copies = self.steps.remove(&mut self.data, &files);
                self.is_stale |= copies.is_some();
                let copies = copies.unwrap_or_default().into_iter();
                let copies = copies.map(|copy| (copy, self.data.file(copy).path.clone()));
                Answer::Removed(copies.collect())
            }
            Request::ReadAgain(file) => {
                if self.data.files.get(file.index()).is_some_and(|file| is_archive(file.format)) {
                    steps::remove(&mut self.data, &[file]);
                    self.is_stale = true;
                }
                Answer::Assigned
            }
            Request::Result(selection) => self.texts_of(&selection),
            Request::ResultWithDetails(selection, details) => {
                Answer::Result(self.result(&selection, details).map(Box::new))
            }
            Request::Export { kind, filter, now_ms } => {
                let now = Timestamp::from_unix_seconds(now_ms / 1000.0);
                let now = now.unwrap_or(Timestamp { unix_ms: 0, offset_min: Some(0) });
                Answer::Download(export(self.data(), kind, &filter, now))
            }
        }
    }

    /// The data, its history up to date; and so is the index.
    pub fn data(&mut self) -> &Dataset {
        if self.is_stale {
            self.data.history = analyze::group_into_sessions(&self.data);
            self.grid = None;
            self.tests = None;
            self.index = Rc::new(Index::new(&self.data, Some(&self.index)));
            self.is_stale = false;
        }
        &self.data
    }

    fn assign(&mut self, changes: Vec<(PartId, OverrideChange)>) -> Answer {
        self.is_stale |= self.steps.assign(&mut self.data, changes);
        Answer::Assigned
    }

    fn grid(&mut self, query: GridQuery, folded: &[String], from: u32, count: u32) -> GridWindow {
        self.data();
        let grid = match self.grid.take() {
            Some((have, grid)) if have == query => grid,
            _ => Grid::with(self.index.clone(), &self.data, &query),
        };
        let window = grid.window(&self.data, folded, from, count);
        self.grid = Some((query, grid));
        window
    }

    fn tests(&mut self, filter: Filter, sort: Option<Sort>, from: u32, count: u32) -> TestWindow {
        self.data();
        let tests = match self.tests.take() {
            Some((have, order, tests)) if (&have, order) == (&filter, sort) => tests,
            _ => analyze::test_order(&self.data, &self.index, &filter, sort),
        };
        let window = analyze::test_window(&self.data, &self.index, &tests, from, count);
        self.tests = Some((filter, sort, tests));
        window
    }

    fn texts_of(&mut self, selection: &Selection) -> Answer {
        self.data();
        match analyze::result_page(&self.data, &self.index, selection) {
            None => Answer::Result(None),
            Some((_, slices)) => Answer::Texts(self.sources(slices)),
        }
    }

    /// What stands in the same file is read together.
    fn sources(&self, slices: Vec<(FileId, Slice)>) -> Vec<TextSource> {
        let mut sources: Vec<TextSource> = Vec::new();
        for (file, slice) in slices {
            match sources.last_mut().filter(|source| source.file == file) {
                Some(source) => source.slices.push(slice),
                None => {
                    let record = self.data.file(file);
                    sources.push(TextSource {
                        file,
                        format: record.format.to_owned(),
                        encoding: if record.keeps_texts { Encoding::Utf8 } else { record.encoding },
                        slices: vec![slice],
                    });
                }
            }
        }
        sources
    }

    fn result(&mut self, selection: &Selection, details: Result<Vec<Details>, String>) -> Option<ResultPage> {
        self.data();
        let (mut page, _) = analyze::result_page(&self.data, &self.index, selection)?;
        match details {
            Ok(details) => {
                for (attempt, details) in page.attempts.iter_mut().zip(details) {
                    attempt.details = details;
                }
            }
            Err(problem) => page.problem = Some(problem),
        }
        Some(page)
    }
}
