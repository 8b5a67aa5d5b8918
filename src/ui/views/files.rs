//! Files: was everything read, and whose is it?

use crate::analyze::{LedgerFile, LedgerPart};
use crate::engine::{Answer, Request};
use crate::model::{Axis, FileStatus, Identified, Note, Severity, Source};
use crate::ui::format;
use crate::ui::parts::windowed;
use crate::ui::state::{State, state};
use leptos::prelude::*;
use leptos::task::spawn_local;

const ROW: f64 = 76.0;
const HEAD: f64 = 36.0;

/// The ledger.
#[component]
pub fn Files() -> impl IntoView {
    let state = state();
    let key = Memo::new(move |_| state.version.get());
    let list = windowed::<_, (), LedgerFile, _>(ROW, key, move |_, span| async move {
        match state.ask(Request::Ledger { from: span.first, count: span.count }).await? {
            Answer::Ledger(ledger) => Some((ledger.total, ledger.files, ())),
            _ => None,
        }
    });
    let total = Memo::new(move |_| list.loaded.with(|l| l.as_ref().map_or(0, |loaded| loaded.total)));
    let visible_rows = move || -> Vec<(u32, u32)> {
        let visible = list.visible.get();
        list.loaded.with(|loaded| {
            let Some(loaded) = loaded else {
                return Vec::new();
            };
            let end = (loaded.from + loaded.rows.len() as u32).min(visible.first + visible.count);
            (visible.first.max(loaded.from)..end).map(|row| (loaded.generation, row)).collect()
        })
    };
    let guesses = move || state.overview.with(|o| o.as_ref().map_or(0, |o| o.problems.guesses));
    view! {
        <main class="files" aria-label="Files">
            <div class="toolbar">
                <span class="toolbar-count" role="status">{move || format::plural(total.get(), "file")}</span>
                <Show when=move || { guesses() > 0 }>
                    <span class="ask">
                        {move || match guesses() {
                            1 => "One session's DUT is a guess: please look at it, or type its name.".to_owned(),
                            n => format!("The DUTs of {n} sessions are a guess: please look at them, or type their names."),
                        }}
                    </span>
                </Show>
            </div>
            <div class="files-scroller" tabindex="0" role="region" aria-label="List of files" node_ref=list.scroller>
                <div
                    class="files-table"
                    role="table"
                    aria-label="Files"
                    aria-rowcount=move || (total.get() + 1).to_string()
                    style:height=move || format!("{}px", HEAD + ROW * f64::from(total.get()))
                >
                    <div class="files-head" role="row" aria-rowindex="1">
                        {["File", "Read as", "Results", "DUT", "Build and unit", "Session"].map(|label| view! {
                            <div role="columnheader">{label}</div>
                        }).collect_view()}
                    </div>
                    <For each=visible_rows key=|row| *row let((generation, index))>
                        {move || {
                            let loaded = list.loaded.get_untracked()?;
                            let file = loaded.rows.get(index.checked_sub(loaded.from)? as usize)?.clone();
                            (loaded.generation == generation).then(|| file_row(state, file, index))
                        }}
                    </For>
                </div>
            </div>
        </main>
    }
}

fn status_class(status: FileStatus) -> &'static str {
    match status {
        FileStatus::Read => "status status-read",
        FileStatus::PartlyRead => "status status-partly",
        FileStatus::Duplicate | FileStatus::NoResults => "status status-empty",
        FileStatus::Unreadable => "status status-unreadable",
    }
}

fn file_row(state: State, file: LedgerFile, index: u32) -> impl IntoView {
    let first = file.parts.first().cloned();
    view! {
        <div
            class="files-row"
            role="row"
            aria-rowindex=index + 2
            style:transform=format!("translateY({}px)", HEAD + ROW * f64::from(index))
        >
            <div role="cell" class="file-path">
                <span class="path" title=file.path.clone()>{file.path.clone()}</span>
                {notes(&file.notes)}
            </div>
            <div role="cell">
                <span class=status_class(file.status)>{file.status.word()}</span>
                <span class="sub">{file.format.clone()} " " {format::bytes(file.bytes as f64)}</span>
            </div>
            <div role="cell" class="number">{format::count(file.results)}</div>
            {match first.filter(|part| part.is_in_session) {
                Some(part) => identity_cells(state, &file, part).into_any(),
                None => view! { <div role="cell">"–"</div><div role="cell">"–"</div><div role="cell">"–"</div> }.into_any(),
            }}
        </div>
    }
}

/// The notes: the most severe one in the row, all of them on hover.
fn notes(notes: &[Note]) -> impl IntoView + use<> {
    let mut sorted: Vec<&Note> = notes.iter().collect();
    sorted.sort_by_key(|note| std::cmp::Reverse(note.severity));
    let line = |note: &Note| match note.at {
        Some(at) => format!("{} (byte {at})", note.text),
        None => note.text.clone(),
    };
    let all = sorted.iter().map(|note| line(note)).collect::<Vec<_>>().join("\n");
    sorted.first().map(|first| {
        let class = match first.severity {
            Severity::Error => "note note-error",
            Severity::Warning => "note note-warning",
            Severity::Info => "note",
        };
        let more = sorted.len() - 1;
        view! {
            <span class=class title=all>
                {line(first)}
                {(more > 0).then(|| format!(" · and {more} more"))}
            </span>
        }
    })
}

fn identity_cells(state: State, file: &LedgerFile, part: LedgerPart) -> impl IntoView + use<> {
    let several = file.parts_total;
    let dut = part.identity.dut.clone();
    let label = format!("DUT of {}", file.path);
    let id = part.part;
    let rename = move |value: String| {
        spawn_local(async move {
            let value = Some(value).filter(|value| !value.trim().is_empty());
            let request = Request::Assign { parts: vec![id], axis: Axis::Dut, value };
            if state.ask(request).await.is_some() {
                state.changed();
            }
        });
    };
    let value = dut.value.clone();
    let is_doubtful = dut.evidence.doubtful;
    let evidence = |identified: &Identified| identified.evidence.words();
    let below = match (&part.identity.build, &part.identity.unit) {
        (Some(build), Some(unit)) => (format!("{} · unit {}", build.value, unit.value), evidence(build)),
        (Some(build), None) => (build.value.clone(), evidence(build)),
        (None, Some(unit)) => (format!("unit {}", unit.value), evidence(unit)),
        (None, None) => ("–".to_owned(), String::new()),
    };
    let session = match (several, part.identity.session.evidence.source) {
        (2.., _) => (format!("{several} sessions"), "in one file".to_owned()),
        (_, Source::FileName) => ("one session".to_owned(), "the file".to_owned()),
        _ => (part.identity.session.value.clone(), evidence(&part.identity.session)),
    };
    view! {
        <div role="cell">
            {if several > 1 {
                let names: Vec<String> = file.parts.iter().map(|part| part.identity.dut.value.clone()).collect();
                let mut names = names;
                names.dedup();
                view! { <span class="path" title=names.join("\n")>{names.join(", ")}</span> }.into_any()
            } else {
                view! {
                    <input
                        class="field field-quiet"
                        class:is-doubtful=is_doubtful
                        aria-label=label
                        spellcheck="false"
                        prop:value=value.clone()
                        on:change:target=move |event| rename(event.target().value())
                    />
                }.into_any()
            }}
            <span class="sub" class:note-warning=is_doubtful>{dut.evidence.words()}</span>
        </div>
        <div role="cell">
            <span class="path" title=below.0.clone()>{below.0.clone()}</span>
            <span class="sub">{below.1}</span>
        </div>
        <div role="cell">
            <span class="path" title=session.0.clone()>{session.0.clone()}</span>
            <span class="sub">{session.1}</span>
        </div>
    }
}
