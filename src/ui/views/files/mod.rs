//! Files: was everything read, and which DUT does each file belong to?

mod ledger;
mod row;

pub(super) use row::note_class;

use crate::analyze::Ledger;
use crate::browser::document;
use crate::engine::{GetLedger, Undo};
use crate::query::{FileKind, View};
use crate::ui::format;
use crate::ui::hooks::on_window;
use crate::ui::parts::{FilterField, Naming, Span, VirtualList};
use crate::ui::stores::{use_data, use_loading, use_navigation};
use gloo_timers::callback::Timeout;
use ledger::LedgerTable;
use leptos::ev::{self, KeyboardEvent};
use leptos::html::Button;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The height of a row in pixels. The style sheet reads it as `--row-height`.
const ROW: u32 = 60;

/// The ledger of files. The panel that names many files at once takes its place
/// while it is open.
#[component]
pub fn Files() -> impl IntoView {
    let (navigation, data, loading) = (use_navigation(), use_data(), use_loading());
    let is_naming = RwSignal::new(false);
    // The latest change, for assistive technology.
    let status = RwSignal::new(String::new());
    let list = VirtualList::<Ledger>::new(ROW, move |span: Span| GetLedger {
        filter: navigation.view.with(View::file_filter),
        from: span.first,
        count: span.count,
    });
    let undo = move || {
        spawn_local(async move {
            if let Some(Some(undone)) = data.ask(Undo).await {
                // The view may be closed meanwhile.
                status.try_set(format!("Undone: {undone}"));
                data.refresh_now();
            }
        });
    };
    on_window(ev::keydown, move |event| {
        if is_undo(&event) && !document::is_typing() && document::find("dialog[open]").is_none() {
            event.prevent_default();
            undo();
        }
    });
    let undoable = Memo::new(move |_| list.with(|ledger| ledger.undo.clone()).flatten());
    let undo_button = move || {
        undoable.get().map(|step| {
            view! {
                <button
                    type="button"
                    class="button button-small"
                    id="undo"
                    title="Ctrl+Z"
                    on:click=move |_| undo()
                >
                    {format!("Undo {step}")}
                </button>
            }
        })
    };
    let can_check_for_changes = move || {
        data.version.track();
        loading.can_check_for_changes()
    };
    let naming_button = NodeRef::<Button>::new();
    let close_naming = move |named: Option<u32>| {
        is_naming.set(false);
        if let Some(files) = named {
            status.set(format!("Named {}", format::plural(files, "file")));
        }
        // The panel, which has the focus, is gone by then.
        Timeout::new(0, move || {
            document::focus(naming_button.try_get_untracked().flatten().as_deref());
        })
        .forget();
    };
    view! {
        <main class="files" aria-label="Files">
            <div class="toolbar">
                <Totals list=list />
                <FilterField
                    name="Filter files by path, format or note"
                    placeholder="Filter files, e.g. junit !board_a"
                />
                <Guesses />
                <div class="files-actions">
                    <span class="hint" role="status">
                        {status}
                    </span>
                    {undo_button}
                    <Show when=can_check_for_changes>
                        <button
                            type="button"
                            class="button button-small"
                            title="Re-reads changed files and finds new ones"
                            on:click=move |_| loading.check_for_changes()
                        >
                            "Check for changes"
                        </button>
                    </Show>
                    <button
                        type="button"
                        class="button button-small"
                        id="name-by-pattern"
                        aria-expanded=move || is_naming.get().to_string()
                        node_ref=naming_button
                        on:click=move |_| is_naming.update(|is_open| *is_open = !*is_open)
                    >
                        "Name by pattern…"
                    </button>
                </div>
            </div>
            <Show when=move || is_naming.get() fallback=move || view! { <LedgerTable list=list /> }>
                <Naming on_close=close_naming />
            </Show>
        </main>
    }
}

/// How many files there are of each kind. Pressing a number filters the ledger.
#[component]
fn Totals(list: VirtualList<Ledger>) -> impl IntoView {
    let files = move || format::plural(list.with(|ledger| ledger.files_total).unwrap_or_default(), "file");
    view! {
        <div class="files-totals" role="group" aria-label="Files by status">
            <span class="files-all">{move || format!("{}:", files())}</span>
            {FileKind::ALL.map(|kind| view! { <KindChip kind=kind list=list /> }).collect_view()}
        </div>
    }
}

/// The number of files of a kind. It is hidden while there are none, unless the
/// ledger is filtered by this kind.
#[component]
fn KindChip(kind: FileKind, list: VirtualList<Ledger>) -> impl IntoView {
    let navigation = use_navigation();
    let count = move || {
        let count =
            |ledger: &Ledger| FileKind::ALL.iter().zip(ledger.kinds).find(|(other, _)| **other == kind);
        list.with(|ledger| count(ledger).map_or(0, |(_, count)| count)).unwrap_or_default()
    };
    let count = Memo::new(move |_| count());
    let is_on = Memo::new(move |_| navigation.view.with(|view| view.files == Some(kind)));
    let toggle = move |_| navigation.push(|view| view.files = (view.files != Some(kind)).then_some(kind));
    view! {
        <button
            type="button"
            class=format!("chip {}", class_of(kind))
            hidden=move || count.get() == 0 && !is_on.get()
            aria-pressed=move || is_on.get().to_string()
            on:click=toggle
        >
            <b>{move || format::count(count.get())}</b>
            <span>{move || format!(" {}", kind.name(count.get()))}</span>
        </button>
    }
}

/// Asks the person to check names of DUTs that were guessed.
#[component]
fn Guesses() -> impl IntoView {
    let data = use_data();
    let guesses = Memo::new(move |_| {
        data.overview.with(|overview| overview.as_ref().map_or(0, |overview| overview.problems.guesses))
    });
    let text = move || match guesses.get() {
        1 => "1 DUT name was guessed. Check or correct it.".to_owned(),
        count => format!("{} DUT names were guessed. Check or correct them.", format::count(count)),
    };
    view! {
        <Show when=move || { guesses.get() > 0 }>
            <span class="ask">{text}</span>
        </Show>
    }
}

fn class_of(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Read => "status-read",
        FileKind::Partly | FileKind::Warned => "status-partly",
        FileKind::Unreadable => "status-unreadable",
        FileKind::NoResults | FileKind::Duplicates => "status-empty",
    }
}

fn is_undo(event: &KeyboardEvent) -> bool {
    event.key() == "z" && (event.ctrl_key() || event.meta_key()) && !event.shift_key()
}
