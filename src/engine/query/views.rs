//! Questions of the views: rows of tables, details, and the steps between them.

use super::Query;
use crate::analyze::{
    self, Builds, BuildsBy, ChangeWindow, ClusterWindow, Explanation, FlakyWindow, GridQuery, GridWindow,
    HistoryWindow, IssueWindow, MetricWindow, MoreFigure, Overview, ResultPage, ResultSteps, SessionPage,
    SessionWindow, Steps, Subject, Suspect, TestList, TestWindow, TimingWindow,
};
use crate::engine::Engine;
use crate::query::{Comparison, Directions, Filter, Selection, SessionKey, Sort};
use serde::{Deserialize, Serialize};

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

/// The names of all builds, oldest first, and what their order is by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetBuilds;

impl Query for GetBuilds {
    type Answer = (Vec<String>, BuildsBy);

    fn answer(self, engine: &mut Engine) -> Self::Answer {
        let data = engine.data();
        let builds = Builds::new(data);
        (builds.named(data).cloned().collect(), builds.by)
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
