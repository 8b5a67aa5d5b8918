//! Downloads, and the question about secrets before them.

use super::{Data, Loading, Navigation, Notices};
use crate::browser::{clipboard, document, download};
use crate::engine::{GetSecrets, MakeExport};
use crate::export::{Export, Finding, Redaction};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::BTreeSet;

/// Where this browser keeps what a person said is no secret: ids, separated by blanks.
const ALLOWED: &str = "no-secrets";

/// What a person wants to take out of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// A download of the menu.
    Save(Export),
    /// The report on the clipboard, as Markdown.
    CopyReport,
    /// The page with all files in it.
    Report,
    /// The page and all files, for a web host.
    Site,
}

impl Goal {
    /// Whether secrets can be replaced in it. Where all files go as they are, nothing can.
    pub fn can_be_redacted(self) -> bool {
        matches!(self, Goal::Save(_) | Goal::CopyReport)
    }

    /// Whose texts are looked at.
    fn export(self) -> Export {
        match self {
            Goal::Save(export) => export,
            Goal::CopyReport => Export::ReportMarkdown,
            Goal::Report | Goal::Site => Export::SummaryJson,
        }
    }
}

/// What is asked before a download.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// What is to be taken.
    pub goal: Goal,
    /// The secrets that it would carry.
    pub findings: Vec<Finding>,
}

/// Downloads, and the question about secrets before them.
#[derive(Clone, Copy)]
pub struct Downloads {
    /// The question on screen.
    pub question: RwSignal<Option<Question>>,
    data: Data,
    navigation: Navigation,
    notices: Notices,
    loading: Loading,
}

impl Downloads {
    /// Nothing is asked yet.
    pub fn new(data: Data, navigation: Navigation, notices: Notices, loading: Loading) -> Downloads {
        Downloads { question: RwSignal::new(None), data, navigation, notices, loading }
    }

    /// Takes something out of the page, or asks first if it would carry secrets.
    pub fn start(self, goal: Goal) {
        let filter = match goal.can_be_redacted() {
            true => self.navigation.view.with_untracked(|view| view.test_filter()),
            false => Default::default(),
        };
        spawn_local(async move {
            let allowed = allowed();
            let mut findings =
                self.data.ask(GetSecrets { kind: goal.export(), filter }).await.unwrap_or_default();
            findings.retain(|finding| !allowed.contains(&finding.id));
            if findings.is_empty() {
                self.finish(goal, Redaction::default());
            } else {
                self.question.set(Some(Question { goal, findings }));
            }
        });
    }

    /// Takes it, with these secrets replaced.
    pub fn finish(self, goal: Goal, redaction: Redaction) {
        self.question.set(None);
        match goal {
            Goal::Report => return self.loading.save_report(),
            Goal::Site => return self.loading.save_site(),
            Goal::Save(_) | Goal::CopyReport => {}
        }
        let (filter, sides) =
            self.navigation.view.with_untracked(|view| (view.test_filter(), view.comparison.sides.clone()));
        let kind = goal.export();
        let made = self.data.ask(MakeExport { kind, filter, sides, redaction, now_ms: js_sys::Date::now() });
        spawn_local(async move {
            let made = made.await;
            match goal {
                Goal::CopyReport => {
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
                _ if made.is_some_and(|file| download::save(&file)) => {}
                _ => self.notices.show(format!("{} could not be saved.", kind.name())),
            }
        });
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
            question.findings.is_empty().then_some(question.goal)
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
