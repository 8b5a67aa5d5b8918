//! The engine: owns the data, answers questions.
//!
//! One enum goes in, one comes out; the same code runs in native tests, in
//! benches and in the worker. It does no I/O: where an answer needs bytes of a
//! file, it says which, and the host brings them.

mod absorb;
pub mod warm_up;

use crate::analyze::{self, Grid, GridWindow, Ledger, Order, Overview, ResultPage};
use crate::export::{Download, Export, export};
use crate::import::{Imported, format};
use crate::model::{Axis, Dataset, Encoding, FileId, Moment, PartId, Slice};
use crate::query::{Filter, Selection};
use serde::{Deserialize, Serialize};

/// A question, or something to take in.
#[derive(Debug, Serialize, Deserialize)]
pub enum Request {
    /// Takes in a file that was read.
    Absorb(Box<Imported>),
    /// What the overview shows.
    Overview,
    /// Rows of the grid.
    Grid {
        /// Which tests.
        filter: Filter,
        /// Index of the first row.
        from: u32,
        /// How many rows at most.
        count: u32,
    },
    /// Lines of the ledger.
    Ledger {
        /// Index of the first line.
        from: u32,
        /// How many lines at most.
        count: u32,
    },
    /// One result, without the texts that are in its file.
    Result(Selection),
    /// One result with its texts: the slices that [`Answer::Texts`] asked for,
    /// or why they could not be read.
    ResultWithTexts(Selection, Result<Vec<Vec<u8>>, String>),
    /// A person says who parts belong to; `None` takes it back.
    Assign {
        /// The parts.
        parts: Vec<PartId>,
        /// What is said.
        axis: Axis,
        /// The answer.
        value: Option<String>,
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

/// What the engine answers.
#[derive(Debug, Serialize, Deserialize)]
pub enum Answer {
    /// It was taken in. The file's id, by which its texts are asked for.
    Absorbed(FileId),
    /// See [`Request::Overview`].
    Overview(Box<Overview>),
    /// See [`Request::Grid`].
    Grid(GridWindow),
    /// See [`Request::Ledger`].
    Ledger(Ledger),
    /// The page of a result, and where its texts are: the host reads these
    /// slices and asks [`Request::ResultWithTexts`].
    Texts {
        /// The file.
        file: FileId,
        /// How it spells its text: slices count in decoded bytes.
        encoding: Encoding,
        /// One per attempt; empty ones are not in the file.
        slices: Vec<Slice>,
    },
    /// A result and its texts; `None` where there is no such result.
    Result(Option<Box<ResultPage>>),
    /// It was noted.
    Assigned,
    /// See [`Request::Export`].
    Download(Download),
}

/// The data, and what is derived from it.
#[derive(Default)]
pub struct Engine {
    data: Dataset,
    /// Files were taken in since the history was derived.
    is_stale: bool,
    grid: Option<(Filter, Grid)>,
}

impl Engine {
    /// Answers a question. Never panics on what came from outside.
    pub fn handle(&mut self, request: Request) -> Answer {
        match request {
            Request::Absorb(imported) => {
                self.is_stale = true;
                self.grid = None;
                Answer::Absorbed(absorb::absorb(&mut self.data, *imported))
            }
            Request::Assign { parts, axis, value } => {
                for part in parts {
                    self.say(part, axis, value.clone());
                }
                Answer::Assigned
            }
            Request::Overview => Answer::Overview(Box::new(analyze::overview(self.data()))),
            Request::Grid { filter, from, count } => Answer::Grid(self.grid(filter, from, count)),
            Request::Ledger { from, count } => Answer::Ledger(analyze::ledger(self.data(), from, count)),
            Request::Result(selection) => self.texts_of(&selection),
            Request::ResultWithTexts(selection, texts) => {
                Answer::Result(self.result(&selection, texts).map(Box::new))
            }
            Request::Export { kind, filter, now_ms } => {
                let now = Moment::from_unix_seconds(now_ms / 1000.0);
                let now = now.unwrap_or(Moment { unix_ms: 0, offset_min: Some(0) });
                Answer::Download(export(self.data(), kind, &filter, now))
            }
        }
    }

    /// The data, its history up to date.
    pub fn data(&mut self) -> &Dataset {
        if self.is_stale {
            self.data.history = analyze::history(&self.data);
            self.is_stale = false;
        }
        &self.data
    }

    fn say(&mut self, part: PartId, axis: Axis, value: Option<String>) {
        let Some(part) = self.data.parts.get_mut(part.index()) else {
            return;
        };
        match value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()) {
            Some(value) => part.said.insert(axis, value),
            None => part.said.remove(&axis),
        };
        self.is_stale = true;
        self.grid = None;
    }

    fn grid(&mut self, filter: Filter, from: u32, count: u32) -> GridWindow {
        self.data();
        let grid = match self.grid.take() {
            Some((have, grid)) if have == filter => grid,
            _ => Grid::new(&self.data, &filter, Order::Attention),
        };
        let window = grid.window(&self.data, from, count);
        self.grid = Some((filter, grid));
        window
    }

    fn texts_of(&mut self, selection: &Selection) -> Answer {
        let data = self.data();
        match analyze::result_page(data, selection) {
            None => Answer::Result(None),
            Some((_, file, slices)) => Answer::Texts { file, encoding: data.file(file).encoding, slices },
        }
    }

    fn result(&mut self, selection: &Selection, texts: Result<Vec<Vec<u8>>, String>) -> Option<ResultPage> {
        let data = self.data();
        let (mut page, file, slices) = analyze::result_page(data, selection)?;
        let texts = match texts {
            Ok(texts) => texts,
            Err(problem) => {
                page.problem = Some(problem);
                return Some(page);
            }
        };
        let format = format(data.file(file).format)?;
        for ((attempt, slice), text) in page.attempts.iter_mut().zip(&slices).zip(texts) {
            if slice.len == 0 {
                continue;
            }
            let text = String::from_utf8_lossy(&text);
            // What does not begin like an entry is not what was read before.
            if !text.starts_with(['<', '{']) || text.len() < slice.len as usize {
                page.problem = Some(CHANGED.to_owned());
                return Some(page);
            }
            attempt.details = (format.details)(&text);
        }
        Some(page)
    }
}

/// What is said when a file is no longer what was read.
pub const CHANGED: &str = "the file changed since it was read; drop it again to see its texts";
