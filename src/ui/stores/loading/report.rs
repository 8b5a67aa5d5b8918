//! Reports, which are one HTML file with the page and what it shows, and sites for static hosts.

use super::Loading;
use super::keeping::Restoring;
use super::transfer::{Contents, archive_of, contents_of, is_archive};
use crate::browser::files::Found;
use crate::browser::storage::{Problem, pack};
use crate::browser::{download, one_file};
use crate::engine::{GetDecisions, MakeExport, MergeDecisions};
use crate::export::{Export, Redaction, file_name, now_of};
use crate::query::View;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::Blob;

/// The manifest of a site, beside its page.
const MANIFEST: &str = "passgrid.json";

/// What it says: names, units and builds are in the archive.
const SITE: &str = r#"{ "schema": "passgrid/manifest/1", "sessions": [{ "files": ["results.zip"] }] }
"#;

impl Loading {
    /// The size of all files that are on screen, in bytes.
    pub fn bytes(self) -> f64 {
        self.data.pool().map_or(0.0, |pool| pool.bytes())
    }

    /// Saves what is on screen as a report.
    pub fn save_report(self, redaction: Redaction) {
        let view = self.navigation.view.get_untracked();
        // What the report shows is in it. A redacted one keeps no names or words of the address.
        let view = match redaction.ids.is_empty() {
            true => View { sources: Vec::new(), demo: false, ..view },
            false => View { route: view.route, ..View::default() },
        };
        let query = view.to_query();
        spawn_local(async move {
            let what = if redaction.ids.is_empty() { "report" } else { "report-redacted" };
            let report = async { one_file::report(&query, &self.archive(redaction).await?).await };
            self.save(what, "html", report.await);
        });
    }

    /// Saves the page and what is on screen as a folder for a static host, in a zip file.
    pub fn save_site(self, redaction: Redaction) {
        spawn_local(async move {
            let what = if redaction.ids.is_empty() { "site" } else { "site-redacted" };
            let site = async {
                let page = one_file::site(MANIFEST).await?;
                let manifest = gloo_file::Blob::new_with_options(SITE, Some("application/json")).into();
                let results = self.archive(redaction).await?;
                let files = [("index.html", page), (MANIFEST, manifest), ("results.zip", results)];
                pack(&files.map(|(name, file)| (name.to_owned(), file)))
                    .await
                    .map_err(|problem| problem.words())
            };
            self.save(what, "zip", site.await);
        });
    }

    /// What is on screen, with what was decided about it, as a zip file. A redacted one has the summary instead of
    /// the files, and names as decided: bytes of files may spell a secret in ways that no search knows.
    async fn archive(self, redaction: Redaction) -> Result<Blob, String> {
        let mut contents = Contents { name: String::new(), found: Vec::new(), decisions: String::new() };
        if redaction.ids.is_empty() {
            contents.decisions = self.data.ask(GetDecisions).await.unwrap_or_default();
            contents.found = self.loaded();
        } else {
            let (kind, now_ms) = (Export::SummaryJson, js_sys::Date::now());
            let (filter, sides) = Default::default();
            let summary = MakeExport { kind, filter, sides, redaction, now_ms };
            let summary =
                self.data.ask(summary).await.unwrap_or_else(|| Err("nothing answers".to_owned()))?;
            let file = gloo_file::Blob::new_with_options(summary.bytes.as_slice(), Some("application/json"));
            contents.found.push(Found { path: summary.name, file: file.into() });
        }
        archive_of(contents).await.map_err(|problem| problem.words())
    }

    fn save(self, what: &str, extension: &str, made: Result<Blob, String>) {
        match made {
            Ok(file) => {
                let name = file_name(what, extension, now_of(js_sys::Date::now()));
                if !download::save_blob(&name, file.into()) {
                    self.notices.show(format!("The browser did not save the {what}."));
                }
            }
            Err(reason) => self.notices.show(format!("The {what} could not be made: {reason}.")),
        }
    }

    /// Shows what the page brings, if it is a report. Returns whether it is one.
    pub fn open_own_report(self) -> bool {
        let Some(data) = one_file::data() else {
            return false;
        };
        self.is_pending.set(true);
        spawn_local(async move {
            match contents_of(&data).await {
                Ok(contents) => self.read_contents(contents).await,
                Err(problem) => {
                    self.is_pending.set(false);
                    self.notices.fail(format!("This report is damaged: {}.", problem.words()));
                }
            }
        });
        true
    }

    /// Reads files of a report, which are named as it names them.
    async fn read_contents(self, contents: Contents) {
        self.decide(contents.decisions).await;
        self.read(contents.found);
    }

    /// The dropped files, with those that are in reports and in archives of libraries instead of these.
    pub(super) async fn opened(self, found: Vec<Found>) -> Vec<Found> {
        let mut opened = Vec::with_capacity(found.len());
        for found in found {
            match contents(&found).await {
                None => opened.push(found),
                Some(Ok(contents)) => {
                    self.decide(contents.decisions).await;
                    opened.extend(contents.found);
                }
                Some(Err(problem)) => self.fail(&found.path, &problem.words()),
            }
        }
        opened
    }

    /// Adds decisions, which apply when all files are read. What was decided on screen wins.
    async fn decide(self, theirs: String) {
        if theirs.is_empty() {
            return;
        }
        let pending = match self.restoring.get_untracked() {
            Restoring::Reading(decisions) | Restoring::Rereading(decisions) => decisions,
            Restoring::Done | Restoring::Looking => self.data.ask(GetDecisions).await.unwrap_or_default(),
        };
        let merged = MergeDecisions { before: String::new(), mine: pending, theirs };
        if let Some(merged) = self.data.ask(merged).await {
            self.restoring.set(Restoring::Reading(merged));
        }
    }
}

/// What a report or the archive of a library has; `None` for other files.
async fn contents(found: &Found) -> Option<Result<Contents, Problem>> {
    let name = found.path.to_ascii_lowercase();
    let archive: Blob = if name.ends_with(".html") || name.ends_with(".htm") {
        one_file::data_of(&found.file).await?
    } else if name.ends_with(".zip") && is_archive(&found.file).await {
        found.file.clone()
    } else {
        return None;
    };
    Some(contents_of(&archive).await)
}
