//! Questions and commands, each linked to the type of its answer.
//!
//! A question is a struct that implements [`Query`]. To add one: write the
//! struct, its `answer`, and its name in the list of [`Request`]. Callers get the
//! answer's type, and never match an enum of answers.

use super::decisions::Decisions;
use super::{Engine, ImportOptions};
use crate::analyze::{
    self, ChangeWindow, ClusterWindow, Explanation, FilePage, FlakyWindow, GridQuery, GridWindow,
    HistoryWindow, IssueWindow, Ledger, MetricWindow, MoreFigure, Overview, PathWindow, ResultPage,
    ResultSteps, SessionPage, SessionWindow, Steps, Subject, Suspect, TestList, TestWindow, TimelineSession,
    TimingWindow,
};
use crate::export::{Download, Export, export, known_issues, text_table};
use crate::figures::{self, Figure, FigureTable, Theme};
use crate::import::archive::is_archive;
use crate::model::{FileId, IdentityField, KnownIssue, PartId, Timestamp};
use crate::query::{
    ChartKind, Charted, Comparison, Directions, FileFilter, Filter, Measure, Selection, SessionKey, Sides,
    Sort, TestKey,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A question to the engine, or a command that changes its data.
pub trait Query: Serialize + DeserializeOwned + Into<Request> + 'static {
    /// The type of the answer.
    type Answer: Serialize + DeserializeOwned + 'static;

    /// Answers the question. Never panics on data from outside.
    fn answer(self, engine: &mut Engine) -> Self::Answer;
}

/// Lists the queries, and defines [`Request`], an enum of them.
macro_rules! requests {
    ($($query:ident),* $(,)?) => {
        /// Any [`Query`], as it is sent to the worker.
        #[derive(Clone, Debug, Serialize, Deserialize)]
        pub enum Request {
            $(#[doc = concat!("See [`", stringify!($query), "`].")] $query($query),)*
        }

        impl Request {
            /// Answers the query, and encodes the answer; see [`encode`].
            pub fn answer(self, engine: &mut Engine) -> Vec<u8> {
                match self {
                    $(Request::$query(query) => encode(&query.answer(engine)),)*
                }
            }
        }

        $(impl From<$query> for Request {
            fn from(query: $query) -> Request {
                Request::$query(query)
            }
        })*
    };
}

requests! {
    GetOverview,
    GetGrid,
    GetTests,
    GetChanges,
    GetSessions,
    GetSession,
    GetResult,
    GetResultSteps,
    GetSessionSteps,
    GetFileSteps,
    GetLedger,
    GetFile,
    GetDroppedFiles,
    CountRepeatedFiles,
    MatchPaths,
    Assign,
    RenameDut,
    RemoveFiles,
    PrepareReread,
    Undo,
    GetDecisions,
    MergeDecisions,
    GetRereads,
    RestoreDecisions,
    MakeExport,
    GetFailures,
    GetFlaky,
    GetKnownIssues,
    EditKnownIssue,
    Explain,
    GetSuspects,
    GetHistory,
    GetMoreFigures,
    GetFigureByBuild,
    GetTiming,
    GetTimingChart,
    GetMetrics,
    GetMetricChart,
    MakeTableCsv,
}

/// Encodes a message between page and workers. Messages have no version, because
/// both sides are of the same build, which is checked when a worker starts.
///
/// # Panics
///
/// Never: fails only for maps and sequences of unknown length, which no message has.
pub fn encode<T: Serialize>(message: &T) -> Vec<u8> {
    postcard::to_allocvec(message).expect("messages have lists of known length only")
}

/// Decodes what [`encode`] wrote of the same type.
///
/// # Errors
///
/// If the bytes have another type or come from another build.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, postcard::Error> {
    postcard::from_bytes(bytes)
}

/// The overview of all data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetOverview;

impl Query for GetOverview {
    type Answer = Overview;

    fn answer(self, engine: &mut Engine) -> Overview {
        engine.data();
        analyze::overview(&engine.data, &engine.index)
    }
}

/// Further figures about all data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetMoreFigures;

impl Query for GetMoreFigures {
    type Answer = Vec<MoreFigure>;

    fn answer(self, engine: &mut Engine) -> Vec<MoreFigure> {
        engine.data();
        analyze::more_figures(&engine.data, &engine.index)
    }
}

/// Lines of the grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetGrid {
    /// Which rows.
    pub query: GridQuery,
    /// The scopes of groups that are folded.
    pub folded: Vec<String>,
    /// Index of the first line; group heads count.
    pub from: u32,
    /// How many lines at most.
    pub count: u32,
}

impl Query for GetGrid {
    type Answer = GridWindow;

    fn answer(self, engine: &mut Engine) -> GridWindow {
        engine.grid(self.query, &self.folded, self.from, self.count)
    }
}

/// Rows of the table of tests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetTests {
    /// Which tests.
    pub filter: Filter,
    /// The order; `None` for most urgent first.
    pub sort: Option<Sort>,
    /// Index of the first row.
    pub from: u32,
    /// How many rows at most.
    pub count: u32,
}

impl Query for GetTests {
    type Answer = TestWindow;

    fn answer(self, engine: &mut Engine) -> TestWindow {
        engine.tests(self.filter, self.sort, self.from, self.count)
    }
}

/// Rows of the table of changes between two sets of sessions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetChanges {
    /// What is compared, and which changes are shown.
    pub comparison: Comparison,
    /// Words that tests must contain, and a DUT.
    pub filter: Filter,
    /// The order; `None` for the most important changes first.
    pub sort: Option<Sort>,
    /// Index of the first row.
    pub from: u32,
    /// How many rows at most.
    pub count: u32,
}

impl Query for GetChanges {
    type Answer = ChangeWindow;

    fn answer(self, engine: &mut Engine) -> ChangeWindow {
        engine.changes(self.comparison, self.filter, self.sort, self.from, self.count)
    }
}

/// Rows of the table of sessions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetSessions {
    /// Words that sessions must contain or, with `!`, must not contain.
    pub filter: Filter,
    /// The order; `None` for newest first.
    pub sort: Option<Sort>,
    /// Index of the first row.
    pub from: u32,
    /// How many rows at most.
    pub count: u32,
}

impl Query for GetSessions {
    type Answer = SessionWindow;

    fn answer(self, engine: &mut Engine) -> SessionWindow {
        analyze::session_window(engine.data(), &self.filter, self.sort, self.from, self.count)
    }
}

/// One session; the answer is `None` if it does not exist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetSession(
    /// Which one.
    pub SessionKey,
);

impl Query for GetSession {
    type Answer = Option<Box<SessionPage>>;

    fn answer(self, engine: &mut Engine) -> Self::Answer {
        analyze::session_page(engine.data(), &self.0).map(Box::new)
    }
}

/// One result; the answer is `None` if it does not exist.
///
/// The engine does no I/O, so the answer lacks texts that are only in the
/// result's file. The host reads these: see [`Engine::text_sources`] and
/// [`Engine::result_with_texts`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetResult(
    /// Which one.
    pub Selection,
);

impl Query for GetResult {
    type Answer = Option<Box<ResultPage>>;

    fn answer(self, engine: &mut Engine) -> Self::Answer {
        engine.result_with_texts(&self.0, Ok(Vec::new()))
    }
}

/// The steps from a result to those before and after it in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetResultSteps {
    /// The list.
    pub list: TestList,
    /// The result.
    pub at: Selection,
}

impl Query for GetResultSteps {
    type Answer = ResultSteps;

    fn answer(self, engine: &mut Engine) -> ResultSteps {
        engine.result_steps(self.list, &self.at)
    }
}

/// The steps from a session to those before and after it in the table of sessions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetSessionSteps {
    /// Which sessions the table has.
    pub filter: Filter,
    /// The order; `None`: the newest first.
    pub sort: Option<Sort>,
    /// The session.
    pub at: SessionKey,
}

impl Query for GetSessionSteps {
    type Answer = Steps<SessionKey>;

    fn answer(self, engine: &mut Engine) -> Self::Answer {
        analyze::session_steps(engine.data(), &self.filter, self.sort, &self.at)
    }
}

/// The steps from a file to those before and after it in the list of files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetFileSteps {
    /// Which files are listed.
    pub filter: FileFilter,
    /// The file's key.
    pub at: String,
}

impl Query for GetFileSteps {
    type Answer = Steps<String>;

    fn answer(self, engine: &mut Engine) -> Self::Answer {
        analyze::file_steps(engine.data(), &self.filter, &self.at)
    }
}

/// Lines of the ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetLedger {
    /// Which files.
    pub filter: FileFilter,
    /// Index of the first line.
    pub from: u32,
    /// How many lines at most.
    pub count: u32,
}

impl Query for GetLedger {
    type Answer = Ledger;

    fn answer(self, engine: &mut Engine) -> Ledger {
        let mut ledger = analyze::ledger(engine.data(), &self.filter, self.from, self.count);
        ledger.undo = engine.steps.last().map(str::to_owned);
        ledger.undone = engine.steps.undone().map(str::to_owned);
        ledger.steps = engine.steps.taken();
        ledger
    }
}

/// One file of the ledger; the answer is `None` if it does not exist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetFile(
    /// The file's key.
    pub String,
);

impl Query for GetFile {
    type Answer = Option<Box<FilePage>>;

    fn answer(self, engine: &mut Engine) -> Self::Answer {
        analyze::file_page(engine.data(), &self.0).map(Box::new)
    }
}

/// Ids and paths of all files that were dropped themselves, not as members of
/// archives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetDroppedFiles;

impl Query for GetDroppedFiles {
    type Answer = Vec<(FileId, String)>;

    fn answer(self, engine: &mut Engine) -> Self::Answer {
        analyze::dropped(&engine.data)
    }
}

/// How many files came again, with the same path and bytes, and were not added again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CountRepeatedFiles;

impl Query for CountRepeatedFiles {
    type Answer = u32;

    fn answer(self, engine: &mut Engine) -> u32 {
        engine.data.repeated_files
    }
}

/// A preview of what a pattern over paths would set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MatchPaths {
    /// A template, see [`PathPattern`](crate::query::PathPattern); if it is
    /// empty, the lines show the current names.
    pub pattern: String,
    /// Index of the first line.
    pub from: u32,
    /// How many lines at most.
    pub count: u32,
}

impl Query for MatchPaths {
    type Answer = PathWindow;

    fn answer(self, engine: &mut Engine) -> PathWindow {
        analyze::match_paths(engine.data(), &self.pattern, self.from, self.count)
    }
}

/// Overrides of one part of a file; a value of `None` clears the override.
pub type OverrideChange = Vec<(IdentityField, Option<String>)>;

/// Sets or clears overrides of parts, as one step that can be undone. Other parts of
/// their sessions get the same names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assign(
    /// The parts and their overrides.
    pub Vec<(PartId, OverrideChange)>,
);

impl Query for Assign {
    type Answer = ();

    fn answer(self, engine: &mut Engine) {
        engine.data();
        engine.is_stale |= engine.steps.assign(&mut engine.data, self.0);
    }
}

/// Renames a DUT in all files, also in those that are read later, as one step that can
/// be undone. The name of another DUT merges both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RenameDut {
    /// Its present name.
    pub dut: String,
    /// Its new name; `None` gives it, and DUTs that were merged into it, the names that
    /// the files give.
    pub to: Option<String>,
}

impl Query for RenameDut {
    type Answer = ();

    fn answer(self, engine: &mut Engine) {
        let to = self.to.as_deref().map(str::trim);
        if to.is_none_or(|to| !to.is_empty() && to != self.dut) {
            engine.data();
            engine.is_stale |= engine.steps.rename_dut(&mut engine.data, &self.dut, to);
        }
    }
}

/// Removes files from all counts, as one step that can be undone. The members of
/// an archive are removed with it. Duplicates of these files count from now on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemoveFiles(
    /// Which ones.
    pub Vec<FileId>,
);

impl Query for RemoveFiles {
    type Answer = ();

    fn answer(self, engine: &mut Engine) {
        engine.is_stale |= engine.steps.remove(&mut engine.data, &self.0);
    }
}

/// Prepares for reading a file again: removes the members of an archive, which
/// are then read again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrepareReread(
    /// Which one.
    pub FileId,
);

impl Query for PrepareReread {
    type Answer = ();

    fn answer(self, engine: &mut Engine) {
        let file = engine.data.files.get(self.0.index());
        if file.is_some_and(|file| is_archive(file.format)) {
            super::steps::remove(&mut engine.data, &[self.0]);
            engine.is_stale = true;
        }
    }
}

/// Undoes the last step. The answer describes it ("DUT and build of 12 files");
/// `None` if there was nothing to undo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Undo;

impl Query for Undo {
    type Answer = Option<String>;

    fn answer(self, engine: &mut Engine) -> Option<String> {
        let undone = engine.steps.undo(&mut engine.data);
        engine.is_stale |= undone.is_some();
        undone
    }
}

/// What a person decided about files and DUTs (names, removals, how files are read), as a text that
/// outlives the page; "" without decisions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetDecisions;

impl Query for GetDecisions {
    type Answer = String;

    fn answer(self, engine: &mut Engine) -> String {
        Decisions::of(&engine.data).text()
    }
}

/// Decisions in which what changed here is applied to what was changed elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MergeDecisions {
    /// The decisions here, before the change.
    pub before: String,
    /// The decisions here.
    pub mine: String,
    /// The decisions elsewhere.
    pub theirs: String,
}

impl Query for MergeDecisions {
    type Answer = String;

    fn answer(self, _: &mut Engine) -> String {
        let [before, mine, theirs] =
            [self.before, self.mine, self.theirs].map(|text| Decisions::parse(&text));
        theirs.merge(&before, &mine).text()
    }
}

/// The files that must be read again, as decided: file, path and options.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetRereads(
    /// The text of [`GetDecisions`].
    pub String,
);

impl Query for GetRereads {
    type Answer = Vec<(FileId, String, ImportOptions)>;

    fn answer(self, engine: &mut Engine) -> Self::Answer {
        Decisions::parse(&self.0).rereads(&engine.data)
    }
}

/// Applies decisions to files that were read again, as one step that can be undone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RestoreDecisions(
    /// The text of [`GetDecisions`].
    pub String,
);

impl Query for RestoreDecisions {
    type Answer = ();

    fn answer(self, engine: &mut Engine) {
        engine.steps.restore(&mut engine.data, &Decisions::parse(&self.0));
        // Also versions of files that count again, which is no step.
        engine.is_stale = true;
    }
}

/// A file to save.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MakeExport {
    /// Its kind.
    pub kind: Export,
    /// Which tests.
    pub filter: Filter,
    /// What is compared.
    pub sides: Sides,
    /// The time of the export, in milliseconds since the epoch.
    pub now_ms: f64,
}

impl Query for MakeExport {
    type Answer = Download;

    fn answer(self, engine: &mut Engine) -> Download {
        let now = Timestamp::from_unix_seconds(self.now_ms / 1000.0);
        let now = now.unwrap_or(Timestamp { unix_ms: 0, offset_min: Some(0) });
        engine.data();
        export(&engine.data, &engine.index, self.kind, &self.filter, &self.sides, now)
    }
}

/// Rows of the table of clusters of failures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetFailures {
    /// Words that a cluster's message or tests must contain, and a DUT.
    pub filter: Filter,
    /// The order; `None` for those that fail most now first.
    pub sort: Option<Sort>,
    /// Index of the first row.
    pub from: u32,
    /// How many rows at most.
    pub count: u32,
}

impl Query for GetFailures {
    type Answer = ClusterWindow;

    fn answer(self, engine: &mut Engine) -> ClusterWindow {
        engine.failures(&self.filter, self.sort, self.from, self.count)
    }
}

/// Rows of the ranking of flaky tests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetFlaky {
    /// Words that tests must contain, and a DUT: then only its sessions count.
    pub filter: Filter,
    /// The order; `None` for the ranking.
    pub sort: Option<Sort>,
    /// Index of the first row.
    pub from: u32,
    /// How many rows at most.
    pub count: u32,
}

impl Query for GetFlaky {
    type Answer = FlakyWindow;

    fn answer(self, engine: &mut Engine) -> FlakyWindow {
        engine.flaky(&self.filter, self.sort, self.from, self.count)
    }
}

/// Rows of the table of known issues.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetKnownIssues {
    /// Words that an issue must contain.
    pub filter: Filter,
    /// The order; `None` for those that need attention first.
    pub sort: Option<Sort>,
    /// Index of the first row.
    pub from: u32,
    /// How many rows at most.
    pub count: u32,
}

impl Query for GetKnownIssues {
    type Answer = IssueWindow;

    fn answer(self, engine: &mut Engine) -> IssueWindow {
        engine.data();
        analyze::issue_window(&engine.data, &engine.index, &self.filter, self.sort, self.from, self.count)
    }
}

/// A file of known issues after an edit. The page reads it like a dropped file, which replaces the earlier version.
/// The answer has its path and text; `None` if the issue does not exist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EditKnownIssue {
    /// The path of the file, and the place in it; `None` to add an issue to the page's own file.
    pub at: Option<(String, u32)>,
    /// The issue after the edit; `None` removes it.
    pub issue: Option<KnownIssue>,
}

impl Query for EditKnownIssue {
    type Answer = Option<(String, String)>;

    fn answer(self, engine: &mut Engine) -> Self::Answer {
        let (path, issues) = analyze::edited_issues(engine.data(), self.at, self.issue)?;
        let text = String::from_utf8_lossy(&known_issues(issues.iter())).into_owned();
        Some((path, text))
    }
}

/// What explains a failure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explain(
    /// What fails.
    pub Subject,
);

impl Query for Explain {
    type Answer = Explanation;

    fn answer(self, engine: &mut Engine) -> Explanation {
        engine.data();
        analyze::explain(&engine.data, &engine.index, &self.0)
    }
}

/// Units that fail what their siblings pass.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetSuspects;

impl Query for GetSuspects {
    type Answer = Vec<Suspect>;

    fn answer(self, engine: &mut Engine) -> Vec<Suspect> {
        engine.data();
        analyze::suspects(&engine.data, &engine.index)
    }
}

/// The map of DUTs over builds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetHistory {
    /// Index of the first row.
    pub from: u32,
    /// How many rows at most.
    pub count: u32,
}

impl Query for GetHistory {
    type Answer = HistoryWindow;

    fn answer(self, engine: &mut Engine) -> HistoryWindow {
        analyze::history_window(engine.data(), self.from, self.count)
    }
}

/// The chart of a measure per DUT by build; the answer is `None` if fewer than
/// two builds have a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetFigureByBuild {
    /// What it shows.
    pub measure: Measure,
    /// Whether a person can enlarge a part of it.
    pub zoom: bool,
    /// The page's colors and font.
    pub theme: Theme,
}

impl Query for GetFigureByBuild {
    type Answer = Option<Figure>;

    fn answer(self, engine: &mut Engine) -> Option<Figure> {
        let rates = analyze::pass_rate_by_build(engine.data());
        figures::measure_by_build(&rates, self.measure, self.zoom, &self.theme)
    }
}

/// Rows of the table of test times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetTiming {
    /// Which tests.
    pub filter: Filter,
    /// The order; `None` for the most test time first.
    pub sort: Option<Sort>,
    /// Index of the first row.
    pub from: u32,
    /// How many rows at most.
    pub count: u32,
}

impl Query for GetTiming {
    type Answer = TimingWindow;

    fn answer(self, engine: &mut Engine) -> TimingWindow {
        engine.timing(self.filter, self.sort, self.from, self.count)
    }
}

/// A chart whose points are results.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TestChart {
    /// The chart; `None` if there is nothing to show.
    pub figure: Option<Figure>,
    /// By trace, then point: the result.
    pub results: Vec<Vec<Option<Selection>>>,
    /// The test that it shows; `None` for many.
    pub test: Option<TestKey>,
    /// The shifts of its values.
    pub sentences: Vec<String>,
    /// The sessions that can be chosen.
    pub sessions: Vec<TimelineSession>,
    /// The session that it shows.
    pub session: Option<SessionKey>,
}

impl TestChart {
    /// The chart of a test; its links have the sessions of the results.
    fn of_test(figure: Option<Figure>, test: TestKey, sentences: Vec<String>) -> TestChart {
        let result = |link: &Option<figures::FigureLink>| {
            let link = link.as_ref()?;
            let (session, scope, name) = (Some(link.session.clone()), test.scope.clone(), test.name.clone());
            Some(Selection { dut: link.dut.clone(), session, scope, name })
        };
        let links = figure.as_ref().map(|figure| figure.links.as_slice()).unwrap_or_default();
        let results = links.iter().map(|trace| trace.iter().map(result).collect()).collect();
        TestChart { figure, results, test: Some(test), sentences, ..TestChart::default() }
    }
}

impl TestChart {
    /// A chart of a distribution, whose points lead to their results.
    fn of_spread(spread: &analyze::Spread, theme: &Theme) -> TestChart {
        let results = spread
            .groups
            .iter()
            .map(|group| group.values.iter().map(|(_, result)| Some(result.clone())).collect());
        let results = results.collect();
        TestChart { figure: figures::spread(spread, theme), results, ..TestChart::default() }
    }
}

/// A chart of the view Timing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetTimingChart {
    /// What it shows.
    pub charted: Charted,
    /// The page's colors and font.
    pub theme: Theme,
}

impl Query for GetTimingChart {
    type Answer = TestChart;

    fn answer(self, engine: &mut Engine) -> TestChart {
        let GetTimingChart { charted, theme } = self;
        engine.with_timing(Filter::default(), None, |data, index, timing, _| {
            let test = || analyze::charted_test(data, index, timing, charted.test.as_ref());
            match charted.kind {
                ChartKind::Trend => {
                    let Some(test) = test() else {
                        return TestChart::default();
                    };
                    let trend = analyze::timing_trend(data, index, timing, test);
                    let words = ["Slower", "Faster"];
                    let sentences = trend.shifts.iter().map(|shift| shift.sentence(words, &trend.unit));
                    let key = analyze::test_key(data, test);
                    TestChart::of_test(figures::trend(&trend, &theme), key, sentences.collect())
                }
                ChartKind::Duts => {
                    let test = charted.test.as_ref().and_then(|_| test());
                    let spread = analyze::timing_spread(data, index, test);
                    let test = test.map(|test| analyze::test_key(data, test));
                    TestChart { test, ..TestChart::of_spread(&spread, &theme) }
                }
                ChartKind::Session => {
                    let sessions = analyze::timeline_sessions(data);
                    let chosen = charted
                        .session
                        .as_ref()
                        .filter(|key| data.find_session(&key.dut, Some(&key.session)).is_some());
                    let session = chosen.or(sessions.first().map(|session| &session.key)).cloned();
                    let found = session.as_ref();
                    let found = found.and_then(|key| data.find_session(&key.dut, Some(&key.session)));
                    let timeline = found.and_then(|session| analyze::timeline(data, session));
                    let results = timeline.iter().flat_map(figures::timeline_bars);
                    let results =
                        results.map(|bars| bars.iter().map(|bar| Some(bar.result.clone())).collect());
                    TestChart {
                        results: results.collect(),
                        figure: timeline.as_ref().map(|timeline| figures::timeline(timeline, &theme)),
                        sessions,
                        session,
                        ..TestChart::default()
                    }
                }
            }
        })
    }
}

/// Rows of the table of metrics.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetMetrics {
    /// Words that the test or the metric must contain, and which tests.
    pub filter: Filter,
    /// Which values are better.
    pub directions: Directions,
    /// The order; `None` for what got worse first.
    pub sort: Option<Sort>,
    /// Index of the first row.
    pub from: u32,
    /// How many rows at most.
    pub count: u32,
}

impl Query for GetMetrics {
    type Answer = MetricWindow;

    fn answer(self, engine: &mut Engine) -> MetricWindow {
        engine.metrics((self.filter, self.directions, self.sort), self.from, self.count)
    }
}

/// A chart of the view Metrics.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetMetricChart {
    /// What it shows.
    pub charted: Charted,
    /// Which values are better.
    pub directions: Directions,
    /// The page's colors and font.
    pub theme: Theme,
}

impl Query for GetMetricChart {
    type Answer = TestChart;

    fn answer(self, engine: &mut Engine) -> TestChart {
        let GetMetricChart { charted, directions, theme } = self;
        let listed = (Filter::default(), directions.clone(), None);
        engine.with_metrics(listed, |data, index, metrics, _| {
            let chosen = (charted.test.as_ref(), charted.metric.as_str());
            let Some(at) = analyze::charted_metric(data, index, metrics, chosen, &directions) else {
                return TestChart::default();
            };
            let test = analyze::metric_test(data, metrics, at);
            if charted.kind == ChartKind::Duts {
                let spread = analyze::metric_spread(data, metrics, at);
                return TestChart { test: Some(test), ..TestChart::of_spread(&spread, &theme) };
            }
            let (trend, better) = analyze::metric_trend(data, metrics, &directions, at);
            let words = better.sentences();
            let sentences = trend.shifts.iter().map(|shift| shift.sentence(words, &trend.unit)).collect();
            TestChart::of_test(figures::trend(&trend, &theme), test, sentences)
        })
    }
}

/// The table of a figure, as a CSV file to save.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MakeTableCsv {
    /// The file's name.
    pub name: String,
    /// The table.
    pub table: FigureTable,
}

impl Query for MakeTableCsv {
    type Answer = Download;

    fn answer(self, _: &mut Engine) -> Download {
        text_table(self.name, &self.table.head, &self.table.rows)
    }
}
