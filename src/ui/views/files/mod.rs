//! Files: was everything read, and which DUT does each file belong to?

mod ledger;
mod row;
mod totals;

pub(super) use row::note_class;
pub(super) use totals::{kind_title, severity_class};

use crate::analyze::Ledger;
use crate::browser::document;
use crate::engine::{GetLedger, Undo};
use crate::query::View;
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
use totals::Totals;

/// The height of a row in pixels. The style sheet reads it as `--row-height`.
const ROW: u32 = 60;

/// The ledger of files. The panel that names many files at once takes its place
/// while it is open.
#[component]
pub fn Files() -> impl IntoView {
    let (navigation, data, loading) = (use_navigation(), use_data(), use_loading());
    let is_naming = RwSignal::new(false);
    // How many files were named last, in words, and the number of that step.
    let naming = RwSignal::new((String::new(), 0));
    // Whether a step was undone in this view.
    let has_undone = RwSignal::new(false);
    let list = VirtualList::<Ledger>::new(ROW, move |span: Span| GetLedger {
        filter: navigation.view.with(View::file_filter),
        from: span.first,
        count: span.count,
    });
    let steps = Memo::new(move |_| list.with(|ledger| ledger.steps).unwrap_or_default());
    // The latest change, which another step makes obsolete.
    let status = move || {
        let undone = list.with(|ledger| ledger.undone.clone()).flatten().filter(|_| has_undone.get());
        match undone {
            Some(words) => format!("Undone: {words}"),
            None => {
                naming.with(|(words, step)| if steps.get() <= *step { words.clone() } else { String::new() })
            }
        }
    };
    let undo = move || {
        spawn_local(async move {
            if let Some(Some(_)) = data.ask(Undo).await {
                // The view may be closed meanwhile.
                has_undone.try_set(true);
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
    let close_naming = move |files: Option<u32>| {
        is_naming.set(false);
        if let Some(files) = files {
            // The list does not have this step yet.
            naming.set((format!("Named {}", format::plural(files, "file")), steps.get_untracked() + 1));
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

fn is_undo(event: &KeyboardEvent) -> bool {
    event.key() == "z" && (event.ctrl_key() || event.meta_key()) && !event.shift_key()
}
