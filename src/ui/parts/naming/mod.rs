//! Naming many files at once, with a pattern over their paths and a preview.

mod form;
mod preview;

use crate::analyze::{NamingEffect, PathLine, PathWindow, naming_effect};
use crate::browser::regexp;
use crate::engine::{Assign, MatchPaths, OverrideChange};
use crate::model::{IdentityField, PartId};
use crate::query::suggest_patterns;
use crate::ui::hooks::Latest;
use crate::ui::parts::VirtualList;
use crate::ui::stores::{Data, use_data};
use form::NamingForm;
use leptos::prelude::*;
use leptos::task::spawn_local;
use preview::{Preview, ROW};

/// The names that a pattern can set, in the order of the preview's columns.
const FIELDS: [IdentityField; 4] =
    [IdentityField::Dut, IdentityField::Unit, IdentityField::Build, IdentityField::Session];

/// The panel to name files by a pattern. Nothing changes until it is applied.
#[component]
pub fn Naming(
    /// Called when it closes: with the number of files that were named, or `None`
    /// if it was cancelled.
    #[prop(into)]
    on_close: Callback<Option<u32>>,
) -> impl IntoView {
    let naming = NamingState::new();
    view! {
        <section
            class="naming"
            aria-label="Name by pattern"
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    event.prevent_default();
                    on_close.run(None);
                }
            }
        >
            <NamingForm naming=naming on_close=on_close />
            <Preview list=naming.list />
        </section>
    }
}

/// The state of the panel.
#[derive(Clone, Copy)]
struct NamingState {
    data: Data,
    /// The pattern, as typed.
    pattern: RwSignal<String>,
    /// Whether the pattern is a regular expression.
    is_regexp: RwSignal<bool>,
    /// The preview: files that match first, then by path.
    list: VirtualList<PathWindow>,
    /// Why the pattern is invalid.
    problem: RwSignal<Option<String>>,
    suggestions: RwSignal<Vec<String>>,
}

impl NamingState {
    fn new() -> NamingState {
        let naming = NamingState {
            data: use_data(),
            pattern: RwSignal::new(String::new()),
            is_regexp: RwSignal::new(false),
            list: VirtualList::without_query(ROW),
            problem: RwSignal::new(None),
            suggestions: RwSignal::new(Vec::new()),
        };
        naming.follow_pattern();
        naming
    }

    /// Keeps the preview up to date.
    fn follow_pattern(self) {
        let latest = Latest::new();
        Effect::new(move || {
            self.data.version.track();
            let (pattern, is_regexp) = (self.pattern.get(), self.is_regexp.get());
            let ticket = latest.begin();
            spawn_local(async move {
                let answer = self.match_paths(pattern, is_regexp).await;
                if let Some((window, problem)) = answer
                    && ticket.is_latest()
                {
                    self.show(window, problem);
                }
            });
        });
    }

    /// What the pattern finds, and why it is invalid.
    async fn match_paths(self, pattern: String, is_regexp: bool) -> Option<(PathWindow, Option<String>)> {
        if !is_regexp || pattern.is_empty() {
            let mut window = self.data.ask(MatchPaths { pattern, from: 0, count: u32::MAX }).await?;
            let problem = window.problem.take().map(|problem| problem.text);
            return Some((window, problem));
        }
        // The engine lists the paths; the browser matches them.
        let query = MatchPaths { pattern: String::new(), from: 0, count: u32::MAX };
        let mut window = self.data.ask(query).await?;
        let paths = window.lines.iter().map(|line| line.path.as_str());
        match regexp::groups(&pattern, paths).await {
            Err(problem) => Some((window, Some(problem))),
            Ok(groups) => {
                for (line, groups) in window.lines.iter_mut().zip(groups) {
                    line.found = groups.map(|groups| {
                        FIELDS.into_iter().zip(groups).filter(|(_, text)| !text.is_empty()).collect()
                    });
                    window.matching += u32::from(line.found.is_some());
                }
                Some((window, None))
            }
        }
    }

    fn show(self, mut window: PathWindow, problem: Option<String>) {
        if self.suggestions.with_untracked(Vec::is_empty) {
            let session = |line: &PathLine| line.session_id.map(|session| session.0);
            let files: Vec<_> = window.lines.iter().map(|line| (line.path.as_str(), session(line))).collect();
            self.suggestions.set(suggest_patterns(&files));
        }
        // Both halves stay sorted by path.
        let (matching, others): (Vec<_>, Vec<_>) =
            window.lines.into_iter().partition(|line| line.found.is_some());
        window.lines = matching;
        window.lines.extend(others);
        self.problem.set(problem);
        self.list.set(window);
    }

    /// How many files match.
    fn matching(self) -> u32 {
        self.list.with(|window| window.matching).unwrap_or_default()
    }

    /// Whether the pattern would change a name.
    fn changes_names(self) -> bool {
        let is_changed = |line: &PathLine| FIELDS.iter().any(|&field| new_name(line, field).is_some());
        self.list.with(|window| window.lines.iter().any(is_changed)).unwrap_or_default()
    }

    /// The effect on sessions of several files.
    fn effect(self) -> NamingEffect {
        self.list.with(|window| naming_effect(&window.lines)).unwrap_or_default()
    }

    /// Names all files that match, as one step that can be undone. Then calls
    /// `on_close` with their number.
    fn apply(self, on_close: Callback<Option<u32>>) {
        let (changes, files) = untrack(|| (self.list.with(changes).unwrap_or_default(), self.matching()));
        if changes.is_empty() {
            return;
        }
        spawn_local(async move {
            if self.data.ask(Assign(changes)).await.is_some() {
                self.data.refresh_now();
                // The panel may be closed by then.
                on_close.try_run(Some(files));
            }
        });
    }
}

/// The names that the pattern finds, for each part of each file that matches.
fn changes(window: &PathWindow) -> Vec<(PartId, OverrideChange)> {
    let matching = window.lines.iter().filter_map(|line| Some((line, line.found.as_ref()?)));
    let changes = matching.flat_map(|(line, found)| {
        let change: OverrideChange =
            found.iter().map(|(field, value)| (*field, Some(value.clone()))).collect();
        line.parts.iter().map(move |part| (*part, change.clone()))
    });
    changes.collect()
}

/// The present name; "" if there is none.
fn present_name(line: &PathLine, field: IdentityField) -> &str {
    match field {
        IdentityField::Dut => &line.dut,
        IdentityField::Unit => line.unit.as_deref().unwrap_or_default(),
        IdentityField::Build => line.build.as_deref().unwrap_or_default(),
        // Without evidence, a session has the name of its file.
        IdentityField::Session if line.session == line.path => "",
        IdentityField::Session => &line.session,
    }
}

/// The name that the pattern would set, if it differs from the present one.
fn new_name(line: &PathLine, field: IdentityField) -> Option<&str> {
    let (_, text) = line.found.as_ref()?.iter().find(|(found, _)| *found == field)?;
    let text = text.trim();
    (!text.is_empty() && text != present_name(line, field)).then_some(text)
}
