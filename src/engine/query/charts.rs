//! Charts, and files to save.

use super::Query;
use crate::analyze::{self, TimelineSession};
use crate::engine::Engine;
use crate::export::{self, Download, Export, Finding, Redaction, Searched, now_of, secrets};
use crate::figures::{self, Figure, FigureTable, Theme};
use crate::query::{ChartKind, Charted, Directions, Filter, Measure, Selection, SessionKey, Sides, TestKey};
use serde::{Deserialize, Serialize};

/// A file to save.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MakeExport {
    /// Its kind.
    pub kind: Export,
    /// Which tests.
    pub filter: Filter,
    /// What is compared.
    pub sides: Sides,
    /// Which secrets to replace.
    pub redaction: Redaction,
    /// The time of the export, in milliseconds since the epoch.
    pub now_ms: f64,
}

impl Query for MakeExport {
    type Answer = Result<Download, String>;

    fn answer(self, engine: &mut Engine) -> Self::Answer {
        engine.data();
        let now = now_of(self.now_ms);
        let listed = (&self.filter, &self.sides);
        export::export(&engine.data, &engine.index, self.kind, listed, &self.redaction, now)
    }
}

/// The secrets that a file to save would carry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetSecrets {
    /// Its kind.
    pub kind: Export,
    /// Which tests.
    pub filter: Filter,
    /// What else to find: a text, or a regular expression between two slashes; empty for nothing.
    pub pattern: String,
    /// All files leave, too. Their host reads and searches them, see [`FileSearch`](crate::engine::FileSearch); the
    /// engine alone searches what it has of them.
    pub has_files: bool,
}

impl Query for GetSecrets {
    type Answer = Result<Searched, String>;

    fn answer(self, engine: &mut Engine) -> Self::Answer {
        let findings = secrets(engine.data(), self.kind, &self.filter, &self.pattern)?;
        Ok(Searched { findings, gaps: Vec::new() })
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
    /// The file's name without its end.
    pub file_stem: String,
    /// The table.
    pub table: FigureTable,
    /// Which secrets to replace.
    pub redaction: Redaction,
}

impl Query for MakeTableCsv {
    type Answer = Result<Download, String>;

    fn answer(self, engine: &mut Engine) -> Self::Answer {
        let cells = (self.table.head.as_slice(), self.table.rows.as_slice());
        export::table(engine.data(), &self.file_stem, cells, &self.redaction)
    }
}

/// The secrets in the table of a figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetTableSecrets {
    /// The table.
    pub table: FigureTable,
    /// What else to find, see [`GetSecrets`].
    pub pattern: String,
}

impl Query for GetTableSecrets {
    type Answer = Result<Vec<Finding>, String>;

    fn answer(self, engine: &mut Engine) -> Self::Answer {
        let cells = (self.table.head.as_slice(), self.table.rows.as_slice());
        export::table_secrets(engine.data(), cells, &self.pattern)
    }
}
