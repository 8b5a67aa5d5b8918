//! Exports: what people take away.
//!
//! The summary is a contract, described by `summary.schema.json`; the CSV files
//! follow RFC 4180. All of them follow the filter, and say so.

mod csv;
mod json;
mod summary;

use crate::model::{Counts, Dataset, Figure, Outcome, SessionId, Timestamp};
use crate::query::Filter;
use serde::{Deserialize, Serialize};

pub use csv::texts as csv_of_texts;
pub use json::Writer as JsonWriter;
pub use summary::SCHEMA;

/// A kind of download.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Export {
    /// Everything, as JSON.
    SummaryJson,
    /// A row per session, per DUT, and one total.
    SummaryCsv,
    /// A row per result.
    ResultsCsv,
    /// A row per test, a column per DUT.
    GridCsv,
}

impl Export {
    /// All, in the order of the menu.
    pub const ALL: [Export; 4] =
        [Export::SummaryJson, Export::SummaryCsv, Export::ResultsCsv, Export::GridCsv];

    /// The name in the menu.
    pub fn name(self) -> &'static str {
        match self {
            Export::SummaryJson => "Summary (JSON)",
            Export::SummaryCsv => "Summary (CSV)",
            Export::ResultsCsv => "Results (CSV)",
            Export::GridCsv => "Grid (CSV)",
        }
    }

    /// What it holds, in a line.
    pub fn explanation(self) -> &'static str {
        match self {
            Export::SummaryJson => "all sessions, can be dropped here again",
            Export::SummaryCsv => "a row per session and DUT, and one total",
            Export::ResultsCsv => "a row per result of all sessions",
            Export::GridCsv => "a row per test, a column per DUT, now",
        }
    }

    fn file_stem(self) -> &'static str {
        match self {
            Export::SummaryJson | Export::SummaryCsv => "summary",
            Export::ResultsCsv => "results",
            Export::GridCsv => "grid",
        }
    }

    fn is_json(self) -> bool {
        self == Export::SummaryJson
    }

    /// The filter makes a difference to it.
    pub fn follows_filter(self) -> bool {
        self != Export::SummaryCsv
    }
}

/// A file to save.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Download {
    /// Its name: what and when.
    pub name: String,
    /// Its type.
    pub mime: String,
    /// Its content, as UTF-8.
    pub text: String,
}

/// Makes a download of all sessions, at this moment.
pub fn export(data: &Dataset, export: Export, filter: &Filter, now: Timestamp) -> Download {
    let text = match export {
        Export::SummaryJson => summary::json(data, filter, now),
        Export::SummaryCsv => csv::summary(data),
        Export::ResultsCsv => csv::results(data, filter),
        Export::GridCsv => csv::grid(data, filter),
    };
    let filtered = if filter.is_active() && export.follows_filter() { "-filtered" } else { "" };
    let when = now.iso().get(..16).unwrap_or_default().replace(':', "").replace('T', "-");
    let (ending, mime) =
        if export.is_json() { ("json", "application/json") } else { ("csv", "text/csv;charset=utf-8") };
    Download {
        name: format!("passgrid-{}{filtered}-{when}.{ending}", export.file_stem()),
        mime: mime.to_owned(),
        text,
    }
}

/// Sessions that have results, in the order of DUTs and time.
fn readable_sessions(data: &Dataset) -> impl Iterator<Item = SessionId> + '_ {
    (0..data.history.sessions.len())
        .map(SessionId::from)
        .filter(|&session| !data.history.session(session).is_unreadable)
}

/// The figures of a set of results, in the order of the summary.
fn figures(counts: &Counts) -> [(&'static str, Figure); 13] {
    let of = |outcome: Outcome| counts.of(outcome).into();
    [
        ("results", counts.results().into()),
        ("executed", counts.executed().into()),
        ("passed", of(Outcome::Passed)),
        ("failed", of(Outcome::Failed)),
        ("error", of(Outcome::Error)),
        ("skipped", of(Outcome::Skipped)),
        ("xfailed", of(Outcome::XFailed)),
        ("xpassed", of(Outcome::XPassed)),
        ("not_run", of(Outcome::NotRun)),
        ("unknown", of(Outcome::Unknown)),
        ("flaky", counts.flaky.into()),
        ("pass_rate", Figure::number(counts.pass_rate())),
        ("duration_s", Figure::Number(counts.duration_s)),
    ]
}
