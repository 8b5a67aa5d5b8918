//! Renaming a DUT, and merging it into another one.

use super::dialog::Dialog;
use crate::browser::document;
use crate::engine::RenameDut;
use crate::query::View;
use crate::ui::format;
use crate::ui::stores::{Dialog as DialogName, use_data, use_navigation};
use gloo_timers::callback::Timeout;
use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// A button that opens the dialog for a DUT.
#[component]
pub fn RenameButton(dut: String) -> impl IntoView {
    let navigation = use_navigation();
    let label = format!("Rename {dut}");
    view! {
        <button
            type="button"
            class="button button-icon button-small rename-button"
            title=label.clone()
            aria-label=label
            on:click=move |_| navigation.dialog.set(Some(DialogName::RenameDut(dut.clone())))
        ></button>
    }
}

/// The dialog, while it is open.
#[component]
pub fn RenameDialog() -> impl IntoView {
    let navigation = use_navigation();
    let dut = Memo::new(move |_| match navigation.dialog.get() {
        Some(DialogName::RenameDut(dut)) => Some(dut),
        _ => None,
    });
    view! {
        <div>
            <Show when=move || dut.with(Option::is_some)>
                <Dialog id="rename-title" title="Rename DUT" on_close=move || navigation.dialog.set(None)>
                    <RenameForm dut=dut.get_untracked().unwrap_or_default() />
                </Dialog>
            </Show>
        </div>
    }
}

/// The form; submitting it renames the DUT.
#[component]
fn RenameForm(dut: String) -> impl IntoView {
    let (navigation, data) = (use_navigation(), use_data());
    let field = NodeRef::<Input>::new();
    let name = RwSignal::new(dut.clone());
    field.on_load(|field| {
        // The dialog gives the focus to its button first.
        Timeout::new(0, move || {
            document::focus(Some(&field));
            field.select();
        })
        .forget();
    });
    let about = data.overview.with_untracked(|overview| {
        let overview = overview.as_ref()?;
        let others = overview.duts.iter().map(|line| line.name.clone()).filter(|name| *name != dut);
        let line = overview.duts.iter().find(|line| line.name == dut)?;
        Some((others.collect::<Vec<_>>(), line.sessions, line.names_in_files.clone()))
    });
    let (others, sessions, names_in_files) = about.unwrap_or_default();
    let rename = StoredValue::new(move |to: Option<String>| {
        let dut = dut.clone();
        spawn_local(async move {
            if data.ask(RenameDut { dut: dut.clone(), to: to.clone() }).await.is_none() {
                return;
            }
            navigation.dialog.set(None);
            if let Some(to) = to {
                navigation.replace(|view: &mut View| view.rename_dut(&dut, &to));
            }
            data.refresh_now();
        });
    });
    let typed = move || Some(name.get().trim().to_owned()).filter(|name| !name.is_empty());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(name) = untrack(typed) {
            rename.with_value(|rename| rename(Some(name)));
        }
    };
    let options = others.clone().into_iter().map(|name| view! { <option value=name></option> });
    let options = options.collect_view();
    let effect = move || {
        let known = typed().filter(|name| others.contains(name));
        let moved = match sessions {
            1 => "Its session moves".to_owned(),
            _ => format!("All {} move", format::plural(sessions, "session")),
        };
        match known {
            Some(other) => format!("{moved} to {other}, which exists: the two become one DUT."),
            None => format!("{moved}, and files that you add later. Undo with Ctrl+Z in Files."),
        }
    };
    let restore = (!names_in_files.is_empty()).then(|| {
        let names = names_in_files.join(", ");
        view! {
            <p class="rename-restore">
                {format!("In the files: {names} ")}
                <button
                    type="button"
                    class="button button-small"
                    on:click=move |_| rename.with_value(|rename| rename(None))
                >
                    {if names_in_files.len() > 1 { "Split" } else { "Restore" }}
                </button>
            </p>
        }
    });
    view! {
        <form class="rename" on:submit=submit>
            <label for="rename-name">"Name"</label>
            <input
                class="field"
                id="rename-name"
                list="rename-duts"
                autocomplete="off"
                spellcheck="false"
                aria-describedby="rename-effect"
                node_ref=field
                bind:value=name
            />
            <datalist id="rename-duts">{options}</datalist>
            <p class="hint" id="rename-effect" role="status">
                {effect}
            </p>
            {restore}
            <p class="dialog-sure">
                <button
                    type="submit"
                    class="button button-primary"
                    disabled=move || typed().is_none()
                >
                    "Rename"
                </button>
            </p>
        </form>
    }
}
