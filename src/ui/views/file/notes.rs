//! The notes of a file, and the places that they name.

use crate::analyze::FilePage;
use crate::browser::source;
use crate::model::{Encoding, Note};
use crate::ui::parts::with_code;
use crate::ui::stores::use_loading;
use crate::ui::views::files::note_class;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;

/// How many bytes before a place are read.
const BEFORE: u64 = 300;
/// How many bytes after a place are read.
const AFTER: u64 = 500;
/// How many lines before and after the place's own line are shown.
const LINES: usize = 4;

/// The notes, the most severe one first.
#[component]
pub fn Notes(page: Memo<Arc<FilePage>>) -> impl IntoView {
    let notes = move || page.with(|page| page.notes.iter().cloned().enumerate().collect::<Vec<_>>());
    let key = |(index, note): &(usize, Note)| (*index, note.text.clone(), note.at);
    let line = move |(_, note): (usize, Note)| {
        view! {
            <li>
                <span class=format!("file-note {}", note_class(page.with_untracked(|page| page.kind), note.severity))>{with_code(&note.text)}</span>
                {note.at.map(|at| view! { <Place page=page at=at /> })}
            </li>
        }
    };
    view! {
        <section class="strip">
            <h3>"Notes"</h3>
            <Show when=move || page.with(|page| page.notes.is_empty())>
                <p class="hint">"No issues."</p>
            </Show>
            <ul class="file-notes">
                <For each=notes key=key children=line />
            </ul>
        </section>
    }
}

/// A place in a file. Pressing it shows the text around it.
#[component]
fn Place(
    page: Memo<Arc<FilePage>>,
    /// The byte.
    at: u64,
) -> impl IntoView {
    let loading = use_loading();
    let label = format!("byte {at}");
    // In other encodings, places are those of the decoded text.
    let is_in_file = page.with_untracked(|page| page.encoding == Encoding::Utf8 && !page.format.0.is_empty());
    if !is_in_file {
        return view! { <span class="hint">{label}</span> }.into_any();
    }
    // The text before the place and from it on.
    let around = RwSignal::new(None::<(String, String)>);
    let toggle = move |_| {
        if around.with_untracked(Option::is_some) {
            around.set(None);
            return;
        }
        let file = page.with_untracked(|page| page.file);
        spawn_local(async move {
            let Some(blob) = loading.source(file).await else {
                return;
            };
            let before = source::text(&blob, Encoding::Utf8, at.saturating_sub(BEFORE), at).await;
            let after = source::text(&blob, Encoding::Utf8, at, at + AFTER).await;
            if let (Ok(before), Ok(after)) = (before, after) {
                // The drawer may be closed meanwhile.
                around.try_set(Some((last_lines(&before).to_owned(), first_lines(&after).to_owned())));
            }
        });
    };
    let text = move || {
        let (before, after) = around.get()?;
        let (here, rest) = after.split_at(after.chars().next().map_or(0, char::len_utf8));
        Some(view! {
            <pre class="text">
                {before}
                <mark>{here.to_owned()}</mark>
                {rest.to_owned()}
            </pre>
        })
    };
    view! {
        <span class="file-place">
            <button
                type="button"
                class="button button-small"
                title="Show this place in the file"
                aria-expanded=move || around.with(Option::is_some).to_string()
                on:click=toggle
            >
                {label}
            </button>
            {text}
        </span>
    }
    .into_any()
}

fn last_lines(text: &str) -> &str {
    let start = text.rmatch_indices('\n').nth(LINES - 1).map_or(0, |(at, _)| at + 1);
    &text[start..]
}

fn first_lines(text: &str) -> &str {
    let end = text.match_indices('\n').nth(LINES).map_or(text.len(), |(at, _)| at);
    &text[..end]
}
