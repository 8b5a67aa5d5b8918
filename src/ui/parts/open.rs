//! The ways to add results: files, a folder, the clipboard's text or URLs.

use super::menu::{Menu, MenuItem};
use crate::browser::{files, folder};
use crate::ui::stores::use_loading;
use leptos::ev::SubmitEvent;
use leptos::html::{self, Input, Textarea};
use leptos::prelude::*;

/// A button for each way, as on the empty page.
#[component]
pub fn OpenButtons() -> impl IntoView {
    let loading = use_loading();
    let dialog = NodeRef::<html::Dialog>::new();
    view! {
        <div class="open-buttons">
            <Picker name="Open files" attribute="multiple">
                "Open files"
            </Picker>
            <Picker name="Open folder" attribute="webkitdirectory">
                <span class="verb">"Open"</span>
                <span class="object">"folder"</span>
            </Picker>
            <button type="button" class="button" on:click=move |_| loading.load_clipboard()>
                "Paste"
            </button>
            <button type="button" class="button" on:click=move |_| show(dialog)>
                <span class="verb">"Load from"</span>
                <span class="object">"URL"</span>
            </button>
            <UrlDialog dialog=dialog />
        </div>
    }
}

/// A menu with the same ways, as in the header.
#[component]
pub fn AddMenu() -> impl IntoView {
    let loading = use_loading();
    let dialog = NodeRef::<html::Dialog>::new();
    let (files, folder) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let pick = |field: NodeRef<Input>| {
        if let Some(field) = field.get_untracked() {
            field.click();
        }
    };
    let item = |name, explanation: &str, choose: Box<dyn Fn()>| MenuItem {
        name,
        explanation: explanation.to_owned(),
        choose,
    };
    let items = move || {
        let mut items = vec![
            item("Open files", "result files or archives", Box::new(move || pick(files))),
            item("Open folder", "all result files in it", Box::new(move || pick(folder))),
            item("Paste", "text from the clipboard", Box::new(move || loading.load_clipboard())),
            item("Load from URL", "published results", Box::new(move || show(dialog))),
        ];
        if folder::is_supported() {
            let watch = Box::new(move || loading.watch_folder());
            items.push(item("Watch a folder", "new files as they appear", watch));
        }
        items
    };
    view! {
        <Menu label="Add results" items=items />
        // The menu is gone while the browser's dialog is open, so they are beside it.
        <FileField name="Open files" attribute="multiple" field=files attr:hidden=true />
        <FileField name="Open folder" attribute="webkitdirectory" field=folder attr:hidden=true />
        <UrlDialog dialog=dialog />
    }
}

fn show(dialog: NodeRef<html::Dialog>) {
    if let Some(dialog) = dialog.get_untracked() {
        let _ = dialog.show_modal();
    }
}

/// A button that opens the browser's file dialog.
#[component]
fn Picker(
    name: &'static str,
    /// The attribute that says what can be picked.
    attribute: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <label class="button">
            <FileField name=name attribute=attribute field=NodeRef::new() attr:class="visually-hidden" />
            {children()}
        </label>
    }
}

/// A field for files, which are read when they are picked.
#[component]
fn FileField(
    name: &'static str,
    /// The attribute that says what can be picked.
    attribute: &'static str,
    /// Its element.
    field: NodeRef<Input>,
) -> impl IntoView {
    let loading = use_loading();
    field.on_load(move |field| drop(field.set_attribute(attribute, "")));
    let picked = move |_| {
        let Some(field) = field.get_untracked() else {
            return;
        };
        let found = files::of_list(field.files());
        // The same files can be picked again.
        field.set_value("");
        loading.load(found);
    };
    view! { <input type="file" aria-label=name node_ref=field on:change=picked /> }
}

#[component]
fn UrlDialog(dialog: NodeRef<html::Dialog>) -> impl IntoView {
    let loading = use_loading();
    let field = NodeRef::<Textarea>::new();
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else {
            return;
        };
        // Names of DUTs may have blanks.
        let sources = |line: &str| match line.contains("::") {
            true => vec![line.trim().to_owned()],
            false => line.split_whitespace().map(str::to_owned).collect(),
        };
        let sources = field.value().lines().flat_map(sources).collect();
        field.set_value("");
        close();
        loading.load_sources(sources);
    };
    view! {
        <dialog class="dialog" aria-labelledby="url-title" node_ref=dialog>
            <form on:submit=submit>
                <h2 id="url-title">"Load from URL"</h2>
                <label for="url-text">"URLs of result files, archives, manifests or folders, one per line"</label>
                <textarea
                    id="url-text"
                    rows="4"
                    spellcheck="false"
                    placeholder="https://…/results/1.4.0/board_a.xml"
                    node_ref=field
                ></textarea>
                <p class="hint">
                    "The browser fetches them directly; the server must allow that (CORS). A folder ends with / and has a passgrid.json. Write "
                    <code>"board_a::https://…"</code>
                    " to name the DUT, and "
                    <code>"….zip#board_a/*.xml"</code>
                    " to read some files of an archive. They become part of this page's address, which you can share."
                </p>
                <div class="dialog-buttons">
                    <button type="button" class="button" on:click=move |_| close()>
                        "Cancel"
                    </button>
                    <button type="submit" class="button button-primary">
                        "Load"
                    </button>
                </div>
            </form>
        </dialog>
    }
}
