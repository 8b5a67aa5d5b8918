//! The engine: owns the data and answers questions.
//!
//! Each question is a [`Query`] with its own type of answer; the same code runs
//! in native tests, in benches and in the worker. The engine does no I/O: where
//! an answer needs bytes of a file, it says which, and the host reads them.

mod copies;
mod decisions;
mod file_search;
mod ingest;
mod query;
mod steps;
pub mod warm_up;
mod window;

use crate::analyze::{
    self, ChangeGroup, ChangeWindow, Cluster, ClusterWindow, Compared, FlakyTest, FlakyWindow, Grid,
    GridQuery, GridWindow, Index, MetricWindow, Metrics, ResultPage, ResultSteps, TestList, TestWindow,
    Timing, TimingWindow,
};
use crate::import::{Details, Imported};
use crate::model::{Dataset, Encoding, FileId, Slice, TestId};
use crate::query::{Comparison, Directions, Filter, Selection, Sides, Sort};
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use steps::Steps;

pub use file_search::FileSearch;
pub use ingest::ImportOptions;
pub use query::{
    Assign, CountRepeatedFiles, EditKnownIssue, Explain, GetBuilds, GetChanges, GetDecisions,
    GetDroppedFiles, GetFailures, GetFigureByBuild, GetFile, GetFileSteps, GetFlaky, GetGrid, GetHistory,
    GetKnownIssues, GetLedger, GetMetricChart, GetMetrics, GetMoreFigures, GetOverview, GetRereads,
    GetResult, GetResultSteps, GetSecrets, GetSession, GetSessionSteps, GetSessions, GetSuspects,
    GetTableSecrets, GetTests, GetTiming, GetTimingChart, MakeExport, MakeTableCsv, MatchPaths,
    MergeDecisions, OrderBuilds, OverrideChange, PrepareReread, Query, ReadManifest, RemoveFiles, RenameDut,
    Request, RestoreDecisions, TestChart, Undo, decode, encode,
};
pub use window::Window;

/// The place of a result's texts: slices of one file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TextSource {
    /// The file.
    pub file: FileId,
    /// The key of its format.
    pub format: String,
    /// The encoding of its text; slices count decoded bytes.
    pub encoding: Encoding,
    /// One slice per attempt; empty if the file has no text for it.
    pub slices: Vec<Slice>,
}

/// What the table of changes lists, and in which order.
type ListedChanges = (Comparison, Filter, Option<Sort>);

/// What the table of metrics lists, and in which order.
type ListedMetrics = (Filter, Directions, Option<Sort>);

/// The data, and what is derived from it.
#[derive(Default)]
pub struct Engine {
    data: Dataset,
    /// The data changed since the history was derived.
    is_stale: bool,
    /// The index of the data as of the last question.
    index: Rc<Index>,
    grid: Option<(GridQuery, Grid)>,
    tests: Option<(Filter, Option<Sort>, Vec<TestId>)>,
    clusters: Option<Vec<Cluster>>,
    /// The flaky tests of all DUTs, or of one.
    flaky: Option<(Option<String>, Vec<FlakyTest>)>,
    timing: Option<Timing>,
    timed: Option<(Filter, Option<Sort>, Vec<TestId>)>,
    metrics: Option<Metrics>,
    measured: Option<(ListedMetrics, Vec<u32>)>,
    compared: Option<(Sides, Compared)>,
    changes: Option<(ListedChanges, Vec<ChangeGroup>)>,
    steps: Steps,
}

impl Engine {
    /// Adds a file that was read, and returns its id.
    pub fn ingest(&mut self, imported: Imported) -> FileId {
        self.ingest_as(imported, &ImportOptions::default())
    }

    /// Adds a file that was read with these options, and returns its id.
    pub fn ingest_as(&mut self, imported: Imported, options: &ImportOptions) -> FileId {
        self.is_stale = true;
        ingest::ingest(&mut self.data, imported, options)
    }

    /// Answers a question. Never panics on data from outside.
    pub fn ask<Q: Query>(&mut self, query: Q) -> Q::Answer {
        query.answer(self)
    }

    /// Returns the data, after bringing its history and the index up to date.
    pub fn data(&mut self) -> &Dataset {
        if self.is_stale {
            copies::settle(&mut self.data);
            self.data.history = analyze::group_into_sessions(&mut self.data);
            self.grid = None;
            self.tests = None;
            self.clusters = None;
            self.flaky = None;
            self.timing = None;
            self.timed = None;
            self.metrics = None;
            self.measured = None;
            self.compared = None;
            self.changes = None;
            self.index = Rc::new(Index::new(&self.data, Some(&self.index)));
            self.is_stale = false;
        }
        &self.data
    }

    fn grid(&mut self, query: GridQuery, folded: &[String], from: u32, count: u32) -> GridWindow {
        self.with_grid(query, |data, _, (_, grid)| grid.window(data, folded, from, count))
    }

    /// Reads the grid of a query, which is kept for the next question.
    fn with_grid<T>(
        &mut self,
        query: GridQuery,
        read: impl FnOnce(&Dataset, &Index, (&GridQuery, &Grid)) -> T,
    ) -> T {
        self.data();
        let grid = match self.grid.take() {
            Some((have, grid)) if have == query => grid,
            _ => {
                let sides = query.comparison.as_ref().map(|comparison| &comparison.sides);
                let compared = sides.map(|sides| self.compared(sides));
                let grid = Grid::with(self.index.clone(), &self.data, &query, compared.as_ref());
                self.compared = sides.cloned().zip(compared).or(self.compared.take());
                grid
            }
        };
        let answer = read(&self.data, &self.index, (&query, &grid));
        self.grid = Some((query, grid));
        answer
    }

    fn tests(&mut self, filter: Filter, sort: Option<Sort>, from: u32, count: u32) -> TestWindow {
        self.with_tests(filter, sort, |data, index, (_, tests)| {
            analyze::test_window(data, index, tests, from, count)
        })
    }

    /// Reads the rows of the table of tests, which are kept for the next question.
    fn with_tests<T>(
        &mut self,
        filter: Filter,
        sort: Option<Sort>,
        read: impl FnOnce(&Dataset, &Index, (&Filter, &[TestId])) -> T,
    ) -> T {
        self.data();
        let tests = match self.tests.take() {
            Some((have, order, tests)) if (&have, order) == (&filter, sort) => tests,
            _ => analyze::test_order(&self.data, &self.index, &filter, sort),
        };
        let answer = read(&self.data, &self.index, (&filter, &tests));
        self.tests = Some((filter, sort, tests));
        answer
    }

    fn failures(&mut self, filter: &Filter, sort: Option<Sort>, from: u32, count: u32) -> ClusterWindow {
        self.data();
        let clusters = self.clusters.get_or_insert_with(|| analyze::clusters(&self.data, &self.index));
        let order = analyze::cluster_order(&self.data, clusters, filter, sort);
        analyze::cluster_window(&self.data, clusters, &order, from, count)
    }

    fn flaky(&mut self, filter: &Filter, sort: Option<Sort>, from: u32, count: u32) -> FlakyWindow {
        self.data();
        let tests = match self.flaky.take() {
            Some((dut, tests)) if dut == filter.dut => tests,
            _ => analyze::flaky_tests(&self.data, &self.index, filter.dut.as_deref()),
        };
        let order = analyze::flaky_order(&self.data, &self.index, &tests, filter, sort);
        let window = analyze::flaky_window(&self.data, &self.index, &tests, &order, from, count);
        self.flaky = Some((filter.dut.clone(), tests));
        window
    }

    fn timing(&mut self, filter: Filter, sort: Option<Sort>, from: u32, count: u32) -> TimingWindow {
        self.with_timing(filter, sort, |data, index, timing, (filter, tests)| {
            analyze::timing_window(data, index, timing, (tests, filter), from, count)
        })
    }

    /// Reads the shifts of durations and the rows of the table of test times, which are kept for the next
    /// question.
    fn with_timing<T>(
        &mut self,
        filter: Filter,
        sort: Option<Sort>,
        read: impl FnOnce(&Dataset, &Index, &Timing, (&Filter, &[TestId])) -> T,
    ) -> T {
        self.data();
        let timing = self.timing.get_or_insert_with(|| Timing::new(&self.data, &self.index));
        let tests = match self.timed.take() {
            Some((have, order, tests)) if (&have, order) == (&filter, sort) => tests,
            _ => analyze::timing_order(&self.data, &self.index, timing, &filter, sort),
        };
        let answer = read(&self.data, &self.index, timing, (&filter, &tests));
        self.timed = Some((filter, sort, tests));
        answer
    }

    /// Reads the metrics of all tests and the rows of their table, which are kept for the next question.
    fn with_metrics<T>(
        &mut self,
        listed: ListedMetrics,
        read: impl FnOnce(&Dataset, &Index, &Metrics, (&ListedMetrics, &[u32])) -> T,
    ) -> T {
        self.data();
        let metrics = self.metrics.get_or_insert_with(|| Metrics::new(&self.data, &self.index));
        let rows = match self.measured.take() {
            Some((have, rows)) if have == listed => rows,
            _ => {
                let (filter, directions, sort) = &listed;
                analyze::metric_order(&self.data, &self.index, metrics, (filter, directions), *sort)
            }
        };
        let answer = read(&self.data, &self.index, metrics, (&listed, &rows));
        self.measured = Some((listed, rows));
        answer
    }

    fn metrics(&mut self, listed: ListedMetrics, from: u32, count: u32) -> MetricWindow {
        self.with_metrics(listed, |data, index, metrics, ((filter, directions, _), rows)| {
            analyze::metric_window(data, index, metrics, (rows, filter, directions), from, count)
        })
    }

    fn changes(
        &mut self,
        comparison: Comparison,
        filter: Filter,
        sort: Option<Sort>,
        from: u32,
        count: u32,
    ) -> ChangeWindow {
        self.with_changes(comparison, filter, sort, |data, compared, (filter, changes)| {
            analyze::change_window(data, compared, changes, filter, from, count)
        })
    }

    /// Takes the comparison of these sides, if it is the one that is kept, or computes it.
    fn compared(&mut self, sides: &Sides) -> Compared {
        match self.compared.take() {
            Some((have, compared)) if have == *sides => compared,
            _ => analyze::compare(&self.data, &self.index, sides),
        }
    }

    /// Reads a comparison and the rows of its table, which are kept for the next question.
    fn with_changes<T>(
        &mut self,
        comparison: Comparison,
        filter: Filter,
        sort: Option<Sort>,
        read: impl FnOnce(&Dataset, &Compared, (&Filter, &[ChangeGroup])) -> T,
    ) -> T {
        self.data();
        let compared = self.compared(&comparison.sides);
        let changes = match self.changes.take() {
            Some((have, changes)) if have == (comparison.clone(), filter.clone(), sort) => changes,
            _ => analyze::change_order(&self.data, &self.index, &compared, &comparison, &filter, sort),
        };
        let answer = read(&self.data, &compared, (&filter, &changes));
        self.compared = Some((comparison.sides.clone(), compared));
        self.changes = Some(((comparison, filter, sort), changes));
        answer
    }

    fn result_steps(&mut self, list: TestList, at: &Selection) -> ResultSteps {
        match list {
            TestList::Grid { query, folded } => self.with_grid(query, |data, _, (query, grid)| {
                analyze::steps_in_grid(data, grid, query, &folded, at)
            }),
            TestList::Table { filter, sort } => {
                self.with_tests(filter, sort, |data, index, (filter, tests)| {
                    analyze::steps_in_table(data, index, tests, filter, at)
                })
            }
            TestList::Changes { comparison, filter, sort } => {
                self.with_changes(comparison, filter, sort, |data, compared, (_, changes)| {
                    analyze::steps_in_changes(data, compared, changes, at)
                })
            }
            TestList::Timing { filter, sort } => {
                self.with_timing(filter, sort, |data, index, _, (filter, tests)| {
                    analyze::steps_in_table(data, index, tests, filter, at)
                })
            }
            TestList::Metrics { filter, directions, sort } => {
                let listed = (filter, directions, sort);
                self.with_metrics(listed, |data, index, metrics, ((filter, ..), rows)| {
                    let mut steps = analyze::steps_in_table(data, index, &metrics.tests(rows), filter, at);
                    steps.listed.line = metrics.line(data, rows, at);
                    steps
                })
            }
            TestList::Failing => {
                self.data();
                analyze::steps_in_failing(&self.data, &self.index, at)
            }
        }
    }

    /// Returns where the texts of a result are, in the order of its attempts;
    /// `None` if the result does not exist.
    pub fn text_sources(&mut self, selection: &Selection) -> Option<Vec<TextSource>> {
        self.data();
        let (_, slices) = analyze::result_page(&self.data, &self.index, selection)?;
        Some(self.sources(slices))
    }

    /// Returns a result with the texts from the sources that
    /// [`Engine::text_sources`] returned, or with the reason why they could not be
    /// read.
    pub fn result_with_texts(
        &mut self,
        selection: &Selection,
        details: Result<Vec<Details>, String>,
    ) -> Option<Box<ResultPage>> {
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
        Some(Box::new(page))
    }

    /// Groups consecutive slices of the same file into one source.
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
}
