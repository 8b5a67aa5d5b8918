//! Exports: the files that people download.
//!
//! An export takes the data set and the filter, and returns bytes. It knows neither
//! the page nor how files are saved. The summary is a contract, described by
//! `summary.schema.json`; the CSV files follow RFC 4180.
//!
//! To add an export: a file here with a `const ABOUT: About`, and a line in
//! `exports!` below.

mod badge_svg;
mod compare_csv;
mod csv;
mod ctrf_json;
mod failures_csv;
mod figures;
mod flaky_csv;
mod grid_csv;
mod history_csv;
mod json;
mod junit_xml;
mod known_issues_json;
mod metrics_csv;
mod number;
mod redaction;
mod report_markdown;
mod results_by_test;
mod results_csv;
mod sessions;
mod sqlite;
mod summary_csv;
mod summary_json;
mod timing_csv;

pub use known_issues_json::{ISSUES_SCHEMA, known_issues};
pub use redaction::{FileSecrets, Finding, Redaction, Searched};

use crate::analyze::Index;
use crate::model::{Dataset, Timestamp};
use crate::query::{Filter, Sides};
use redaction::{Secrets, Texts};
use serde::{Deserialize, Serialize};

pub use summary_json::SCHEMA;

/// The description of an export. Data without code, so that the page can list
/// exports without linking their writers.
struct About {
    /// Name in the menu.
    name: &'static str,
    /// What the file contains, in one line.
    explanation: &'static str,
    /// The part of the file's name that says what it is.
    file_stem: &'static str,
    /// File name extension, without its dot.
    extension: &'static str,
    /// Media type of the file.
    media_type: &'static str,
    /// Whether the filter changes the content of the file.
    follows_filter: bool,
    /// The texts in which secrets may be.
    carries: &'static [Texts],
}

/// The input of exports.
struct Input<'a> {
    /// The data; its history is up to date.
    data: &'a Dataset,
    /// What several analyses need of it.
    index: &'a Index,
    /// Which tests to export.
    filter: &'a Filter,
    /// Which sessions are compared.
    sides: &'a Sides,
    /// The time of the download.
    now: Timestamp,
    /// In how many places a secret was replaced; `None` if nothing was to be redacted.
    redacted: Option<u32>,
}

/// Makes the list of exports: a line is the name in code and the module.
macro_rules! exports {
    ($($(#[$doc:meta])* $export:ident => $module:ident,)*) => {
        /// A kind of download.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Export {
            $($(#[$doc])* $export,)*
        }

        impl Export {
            /// All exports, in the order of the menu.
            pub const ALL: &[Export] = &[$(Export::$export),*];

            fn about(self) -> &'static About {
                match self {
                    $(Export::$export => &$module::ABOUT,)*
                }
            }

            /// Writes the content of the file.
            fn write(self, input: &Input) -> Vec<u8> {
                match self {
                    $(Export::$export => $module::write(input),)*
                }
            }
        }
    };
}

exports! {
    /// Everything, as JSON.
    SummaryJson => summary_json,
    /// One row per session and per DUT, and totals.
    SummaryCsv => summary_csv,
    /// One row per result.
    ResultsCsv => results_csv,
    /// Everything but output, as JUnit XML.
    JunitXml => junit_xml,
    /// Everything but output, as CTRF.
    CtrfJson => ctrf_json,
    /// One row per test, one column per DUT.
    GridCsv => grid_csv,
    /// One row per cluster of failures.
    FailuresCsv => failures_csv,
    /// One row per test that disagrees with itself.
    FlakyCsv => flaky_csv,
    /// The known issues of all files, as JSON.
    KnownIssuesJson => known_issues_json,
    /// One row per session, with what it has in common with the one before.
    HistoryCsv => history_csv,
    /// One row per test, with its time and its shifts.
    TimingCsv => timing_csv,
    /// One row per measured value.
    MetricsCsv => metrics_csv,
    /// One row per changed result.
    CompareCsv => compare_csv,
    /// A script for SQLite, which makes the database; see `browser::sqlite`.
    Sqlite => sqlite,
    /// For a merge request.
    ReportMarkdown => report_markdown,
    /// The pass rate, as a small picture.
    BadgeSvg => badge_svg,
}

impl Export {
    /// Returns the name in the menu.
    pub fn name(self) -> &'static str {
        self.about().name
    }

    /// Returns what the file contains, in one line.
    pub fn explanation(self) -> &'static str {
        self.about().explanation
    }

    /// Returns the filter that applies to what the file lists.
    fn listed(self, filter: &Filter) -> Filter {
        if self.follows_filter() { filter.clone() } else { Filter::default() }
    }

    /// Returns whether the filter changes the content of the file.
    pub fn follows_filter(self) -> bool {
        self.about().follows_filter
    }
}

/// A file to save.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Download {
    /// File name: what it is and when it was made.
    pub name: String,
    /// Media type, such as `application/json`.
    pub media_type: String,
    /// Content.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
}

/// Returns the secrets that a download would carry, and what a person's own pattern finds in it.
///
/// # Errors
///
/// In words, if the pattern is invalid or finds too much.
pub fn secrets(
    data: &Dataset,
    export: Export,
    filter: &Filter,
    pattern: &str,
) -> Result<Vec<Finding>, String> {
    Ok(Secrets::of(data, pattern)?.findings(data, &export.listed(filter), export.about().carries))
}

/// Makes a download of all sessions, dated `now`.
///
/// # Errors
///
/// In words, if the pattern of the redaction is invalid or finds too much: then nothing may leave.
pub fn export(
    data: &Dataset,
    index: &Index,
    export: Export,
    (filter, sides): (&Filter, &Sides),
    redaction: &Redaction,
    now: Timestamp,
) -> Result<Download, String> {
    if redaction.ids.is_empty() {
        return Ok(download(export, &Input { data, index, filter, sides, now, redacted: None }));
    }
    let secrets = Secrets::of(data, &redaction.pattern)?;
    let found = secrets.findings(data, &export.listed(filter), export.about().carries);
    let replaced = found.iter().filter(|finding| redaction.ids.contains(&finding.id));
    let redacted = Some(replaced.map(|finding| finding.count).sum());
    let (data, index, filter) = &secrets.redacted(data, index, filter, redaction);
    Ok(download(export, &Input { data, index, filter, sides, now, redacted }))
}

/// Returns the secrets in the cells of a table, and what a person's own pattern finds in them.
///
/// # Errors
///
/// In words, if the pattern is invalid or finds too much.
pub fn table_secrets(
    data: &Dataset,
    (head, rows): (&[String], &[Vec<String>]),
    pattern: &str,
) -> Result<Vec<Finding>, String> {
    let mut secrets = Secrets::of(data, pattern)?;
    let findings = secrets.table_findings(head, rows);
    secrets.checked().map(|_| findings)
}

/// Makes a download of a table, such as the values of a chart: CSV.
///
/// # Errors
///
/// In words, if the pattern of the redaction is invalid or finds too much: then nothing may leave.
pub fn table(
    data: &Dataset,
    file_stem: &str,
    (head, rows): (&[String], &[Vec<String>]),
    redaction: &Redaction,
) -> Result<Download, String> {
    if redaction.ids.is_empty() {
        return Ok(csv::text_table(format!("{file_stem}.csv"), head, rows));
    }
    let mut secrets = Secrets::of(data, &redaction.pattern)?;
    secrets.table_findings(head, rows);
    let secrets = secrets.checked()?;
    let ids = redaction.ids.iter().copied().collect();
    let replaced = |cell: &String| secrets.replaced(cell, &ids).unwrap_or_else(|| cell.clone());
    let head: Vec<String> = head.iter().map(replaced).collect();
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(replaced).collect()).collect();
    Ok(csv::text_table(format!("{file_stem}-redacted.csv"), &head, &rows))
}

fn download(export: Export, input: &Input) -> Download {
    let about = export.about();
    let filtered = if input.filter.is_active() && about.follows_filter { "-filtered" } else { "" };
    // The names of tables say it, since rows have no place for it.
    let redacted = if input.redacted.is_some() { "-redacted" } else { "" };
    Download {
        name: file_name(&format!("{}{filtered}{redacted}", about.file_stem), about.extension, input.now),
        media_type: about.media_type.to_owned(),
        bytes: export.write(input),
    }
}

/// The name of a download: what it is, and when it was made.
pub fn file_name(what: &str, extension: &str, now: Timestamp) -> String {
    // `2026-11-21T10:00:00Z` becomes `2026-11-21-1000`.
    let when = now.iso().get(..16).unwrap_or_default().replace(':', "").replace('T', "-");
    format!("passgrid-{what}-{when}.{extension}")
}

/// The time of a browser's clock, milliseconds since 1970, in UTC.
pub fn now_of(unix_ms: f64) -> Timestamp {
    let now = Timestamp::from_unix_seconds(unix_ms / 1000.0);
    now.unwrap_or(Timestamp { unix_ms: 0, offset_min: Some(0) })
}
