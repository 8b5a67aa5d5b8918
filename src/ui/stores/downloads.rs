//! Downloads, and the question about secrets before them.

use super::{Data, Loading, Navigation, Notices};
use crate::browser::{clipboard, document, download, one_file, sqlite};
use crate::engine::{GetSecrets, GetTableSecrets, MakeExport, MakeTableCsv};
use crate::export::{Download, Export, Finding, Redaction, Searched};
use crate::figures::FigureTable;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Where this browser keeps what a person said is no secret: ids, separated by blanks.
const ALLOWED: &str = "no-secrets";

/// Where this browser keeps the person's own pattern.
const PATTERN: &str = "secrets-pattern";

/// From this size on, files take so long to search that it is said.
const SAID_BYTES: f64 = 20e6;

/// What a person wants to take out of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// A download of the menu.
    Save(Export),
    /// The report on the clipboard, as Markdown.
    CopyReport,
    /// The page with all files in it.
    Report,
    /// The page and all files, for a web host.
    Site,
    /// The values of a chart, as a CSV file with this name without its end.
    Table(&'static str, Arc<FigureTable>),
}

impl Goal {
    /// Whether it has all files, unless it is redacted.
    pub fn has_files(&self) -> bool {
        matches!(self, Goal::Report | Goal::Site)
    }
}

/// What is asked before a download.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// What is to be taken.
    pub goal: Goal,
    /// The secrets that it would carry.
    pub findings: Vec<Finding>,
    /// What was not searched, in sentences.
    pub gaps: Vec<String>,
    /// The person's own pattern with which they were found.
    pub pattern: String,
}

impl Question {
    /// What is done with it: `download`.
    pub fn verb(&self) -> &'static str {
        if self.goal == Goal::CopyReport { "copy" } else { "download" }
    }
}

/// Downloads, and the question about secrets before them.
#[derive(Clone, Copy)]
pub struct Downloads {
    /// The question on screen.
    pub question: RwSignal<Option<Question>>,
    /// The ids of the secrets to replace.
    pub chosen: RwSignal<BTreeSet<u64>>,
    /// Why the person's own pattern finds nothing, or an empty text.
    pub problem: RwSignal<String>,
    data: Data,
    navigation: Navigation,
    notices: Notices,
    loading: Loading,
}

impl Downloads {
    /// Nothing is asked yet.
    pub fn new(data: Data, navigation: Navigation, notices: Notices, loading: Loading) -> Downloads {
        Downloads {
            question: RwSignal::new(None),
            chosen: RwSignal::new(BTreeSet::new()),
            problem: RwSignal::new(String::new()),
            data,
            navigation,
            notices,
            loading,
        }
    }

    /// Takes something out of the page, or asks first if it would carry secrets.
    pub fn start(self, goal: Goal) {
        if goal == Goal::Save(Export::Sqlite) && one_file::is_one_file() {
            return self.notices.show("SQLite needs the page on a web server: this file has no room for it.");
        }
        self.look(goal, document::remembered(PATTERN).unwrap_or_default());
    }

    /// Looks for secrets, and for what the person's own pattern finds.
    pub fn look(self, goal: Goal, pattern: String) {
        if goal.has_files() && self.loading.bytes() > SAID_BYTES {
            self.notices.show("The files are searched for secrets…");
        }
        spawn_local(async move {
            let Searched { mut findings, gaps } = match self.search(&goal, &pattern).await {
                Some(Ok(searched)) => searched,
                // Nothing leaves before the person's own pattern works.
                Some(Err(problem)) => {
                    self.problem.set(problem);
                    if self.question.with_untracked(Option::is_none) {
                        self.chosen.set(BTreeSet::new());
                        let (findings, gaps) = Default::default();
                        self.question.set(Some(Question { goal, findings, gaps, pattern }));
                    }
                    return;
                }
                None => return self.notices.show("The data could not be searched for secrets."),
            };
            let allowed = allowed();
            findings.retain(|finding| !allowed.contains(&finding.id));
            let before = self.question.get_untracked();
            if findings.is_empty() && before.is_none() {
                if !gaps.is_empty() {
                    self.notices.show(format!("No secrets were found. {}", gaps.join(" ")));
                }
                return self.finish(goal, Redaction::default());
            }
            document::remember(PATTERN, &pattern);
            self.problem.set(String::new());
            // What is certainly a secret is replaced, unless the person said otherwise.
            let old: BTreeSet<u64> =
                before.iter().flat_map(|question| &question.findings).map(|finding| finding.id).collect();
            self.chosen.update(|chosen| {
                if before.is_none() {
                    chosen.clear();
                }
                let new = findings.iter().filter(|finding| finding.is_certain && !old.contains(&finding.id));
                chosen.extend(new.map(|finding| finding.id));
            });
            self.question.set(Some(Question { goal, findings, gaps, pattern }));
        });
    }

    /// Asks the engine which secrets a download would carry.
    async fn search(self, goal: &Goal, pattern: &str) -> Option<Result<Searched, String>> {
        let pattern = pattern.to_owned();
        let (kind, has_files) = match goal {
            Goal::Table(_, table) => {
                let table = (**table).clone();
                let found = self.data.ask(GetTableSecrets { table, pattern }).await?;
                return Some(found.map(|findings| Searched { findings, gaps: Vec::new() }));
            }
            Goal::Save(export) => (*export, false),
            Goal::CopyReport => (Export::ReportMarkdown, false),
            Goal::Report | Goal::Site => (Export::SummaryJson, true),
        };
        let filter = match has_files {
            true => Default::default(),
            false => self.navigation.view.with_untracked(|view| view.test_filter()),
        };
        self.data.ask(GetSecrets { kind, filter, pattern, has_files }).await
    }

    /// Answers the question: what is chosen is replaced.
    pub fn answer(self, is_redacted: bool) {
        let Some(Question { goal, findings, pattern, .. }) = self.question.get_untracked() else {
            return;
        };
        let mut ids = Vec::new();
        if is_redacted {
            let chosen = self.chosen.get_untracked();
            ids.extend(findings.iter().map(|finding| finding.id).filter(|id| chosen.contains(id)));
        }
        self.finish(goal, Redaction { ids, pattern });
    }

    /// Takes it, with these secrets replaced.
    fn finish(self, goal: Goal, redaction: Redaction) {
        self.question.set(None);
        let kind = match goal {
            Goal::Report => return self.loading.save_report(redaction),
            Goal::Site => return self.loading.save_site(redaction),
            Goal::Table(file_stem, table) => return self.save_table(file_stem, &table, redaction),
            Goal::CopyReport => Export::ReportMarkdown,
            Goal::Save(kind) => kind,
        };
        let (filter, sides) =
            self.navigation.view.with_untracked(|view| (view.test_filter(), view.comparison.sides.clone()));
        let made = self.data.ask(MakeExport { kind, filter, sides, redaction, now_ms: js_sys::Date::now() });
        spawn_local(async move {
            let made = made.await.and_then(Result::ok);
            match goal {
                Goal::CopyReport => self.copy(made).await,
                Goal::Save(Export::Sqlite) => self.save_database(made).await,
                _ => self.save(kind.name(), made),
            }
        });
    }

    /// Copies a text.
    async fn copy(self, made: Option<Download>) {
        let report = made.and_then(|file| String::from_utf8(file.bytes).ok());
        let is_copied = match report {
            Some(report) => clipboard::copy(&report).await,
            None => false,
        };
        self.notices.show(match is_copied {
            true => "The report is on the clipboard, as Markdown.",
            false => "Your browser blocked copying.",
        });
    }

    /// Lets SQLite make a database of a script, and saves that.
    async fn save_database(self, script: Option<Download>) {
        let what = Export::Sqlite.name();
        let Some(script) = script else {
            return self.say_if_lost(what, false);
        };
        match sqlite::database(&script.bytes).await {
            Ok(database) => self.say_if_lost(what, download::save_blob(&script.name, database)),
            Err(error) => self.notices.show(format!("The database could not be made: {error}.")),
        }
    }

    fn save_table(self, file_stem: &str, table: &FigureTable, redaction: Redaction) {
        let made = MakeTableCsv { file_stem: file_stem.to_owned(), table: table.clone(), redaction };
        let made = self.data.ask(made);
        spawn_local(async move { self.save("The table of the chart", made.await.and_then(Result::ok)) });
    }

    fn save(self, what: &str, made: Option<Download>) {
        self.say_if_lost(what, made.is_some_and(|file| download::save(&file)));
    }

    fn say_if_lost(self, what: &str, is_saved: bool) {
        if !is_saved {
            self.notices.show(format!("{what} could not be saved."));
        }
    }

    /// Remembers in this browser that something is no secret. The question ends with its last finding.
    pub fn allow(self, id: u64) {
        let mut ids = allowed();
        ids.insert(id);
        let ids: Vec<String> = ids.into_iter().map(|id| format!("{id:016x}")).collect();
        document::remember(ALLOWED, &ids.join(" "));
        let left = self.question.try_update(|question| {
            let question = question.as_mut()?;
            question.findings.retain(|finding| finding.id != id);
            question.findings.is_empty().then(|| question.goal.clone())
        });
        if let Some(goal) = left.flatten() {
            self.finish(goal, Redaction::default());
        }
    }
}

fn allowed() -> BTreeSet<u64> {
    let ids = document::remembered(ALLOWED).unwrap_or_default();
    ids.split(' ').filter_map(|id| u64::from_str_radix(id, 16).ok()).collect()
}
