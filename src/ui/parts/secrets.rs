//! The question about secrets before a download.

use super::dialog::Dialog;
use crate::export::Finding;
use crate::ui::format;
use crate::ui::stores::{Question, use_downloads};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, MouseEvent};

/// Lists the secrets that a download would carry, and asks which to replace.
#[component]
pub fn SecretsDialog() -> impl IntoView {
    let downloads = use_downloads();
    let is_open = Memo::new(move |_| downloads.question.with(Option::is_some));
    view! {
        <div>
            <Show when=move || is_open.get()>
                <Dialog
                    id="secrets-title"
                    title="Secrets in the download"
                    class="secrets"
                    on_close=move || downloads.question.set(None)
                >
                    <SecretsForm />
                </Dialog>
            </Show>
        </div>
    }
}

#[component]
fn SecretsForm() -> impl IntoView {
    let downloads = use_downloads();
    let asked = downloads.question.get_untracked();
    let has_files = asked.as_ref().is_some_and(|question| question.goal.has_files());
    let verb = asked.as_ref().map_or("", Question::verb);
    let pattern = RwSignal::new(asked.map_or_else(String::new, |question| question.pattern));
    let chosen = downloads.chosen;
    let findings = move || {
        downloads
            .question
            .with(|question| question.as_ref().map_or_else(Vec::new, |question| question.findings.clone()))
    };
    let are_all = move || findings().iter().all(|finding| chosen.with(|chosen| chosen.contains(&finding.id)));
    let is_any = move || findings().iter().any(|finding| chosen.with(|chosen| chosen.contains(&finding.id)));
    let choose_all = move |event| {
        let all = event_target_checked(&event).then(findings).unwrap_or_default();
        chosen.set(all.iter().map(|finding| finding.id).collect());
    };
    let words = if has_files {
        "It would have all files, with these in them. If you replace what is checked, it has a summary instead of the \
         files: results, messages and properties, but no output and no pictures."
    } else {
        "These would leave with it. What is checked is replaced by a placeholder, the same one in every download."
    };
    let find = move || {
        if let Some(question) = downloads.question.get_untracked() {
            downloads.look(question.goal, pattern.get_untracked());
        }
    };
    // A pattern that was typed, but not looked for yet, is looked for first.
    let replace = move |event: MouseEvent| match pattern.get_untracked() {
        typed if downloads.question.with_untracked(|q| q.as_ref().is_some_and(|q| q.pattern != typed)) => {
            find()
        }
        _ => {
            close(&event);
            downloads.answer(true);
        }
    };
    let group = move |is_certain: bool, title: &'static str| {
        let of_group = move || {
            let mut findings = findings();
            findings.retain(|finding| finding.is_certain == is_certain);
            findings
        };
        view! {
            <tbody>
                <Show when=move || !of_group().is_empty()>
                    <tr>
                        <th colspan="5" scope="rowgroup">
                            {title}
                        </th>
                    </tr>
                </Show>
                <For each=of_group key=|finding| finding.id let:finding>
                    <FindingRow finding=finding />
                </For>
            </tbody>
        }
    };
    view! {
        <div class="secrets-content">
            {move || {
                let gaps = downloads
                    .question
                    .with(|question| question.as_ref().map_or_else(String::new, |asked| asked.gaps.join(" ")));
                (!gaps.is_empty()).then(|| view! { <p class="secrets-gaps">{gaps}</p> })
            }}
            <Show
                when=move || !findings().is_empty()
                fallback=move || {
                    let is_searched = move || downloads.problem.with(String::is_empty);
                    view! {
                        <p>
                            {move || match is_searched() {
                                true => "Nothing was found.",
                                false => "Nothing was searched: mend the pattern below, or empty it, and find again.",
                            }}
                        </p>
                    }
                }
            >
                <p>{words}</p>
                <div class="secrets-list">
                    <table class="secrets-table">
                        <thead>
                            <tr>
                                <th>
                                    <input
                                        type="checkbox"
                                        aria-label="Replace all"
                                        autofocus
                                        prop:checked=are_all
                                        on:change=choose_all
                                    />
                                </th>
                                <th>"What"</th>
                                <th>"Text"</th>
                                <th>"Where"</th>
                                <th></th>
                            </tr>
                        </thead>
                        {group(true, "Secrets")}
                        {group(false, "Perhaps private")}
                    </table>
                </div>
            </Show>
            <form class="secrets-own" on:submit=move |event| {
                    event.prevent_default();
                    find();
                }>
                <label>
                    "Find also "
                    <input
                        class="field"
                        placeholder="a text, or /an expression/"
                        autofocus
                        autocomplete="off"
                        spellcheck="false"
                        bind:value=pattern
                    />
                </label>
                <button class="button">"Find"</button>
                <span role="status">{move || downloads.problem.get()}</span>
            </form>
            <p class="dialog-sure">
                <button type="button" class="button" on:click=move |event| {
                    close(&event);
                    downloads.answer(false);
                }>
                    {match verb {
                        "copy" => "Copy as it is",
                        _ => "Download as it is",
                    }}
                </button>
                <button
                    type="button"
                    class="button button-primary"
                    disabled=move || !is_any()
                    on:click=replace
                >
                    {format!("Replace and {verb}")}
                </button>
            </p>
        </div>
    }
}

/// Closes the dialog of a button, which gives the focus back. A dialog that is only removed does not.
fn close(event: &MouseEvent) {
    let button = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let dialog = button.and_then(|button| button.closest("dialog").ok().flatten());
    if let Some(dialog) = dialog.and_then(|dialog| dialog.dyn_into::<HtmlDialogElement>().ok()) {
        dialog.close();
    }
}

/// A secret, with a checkbox.
#[component]
fn FindingRow(finding: Finding) -> impl IntoView {
    let downloads = use_downloads();
    let Finding { id, kind, number, is_certain: _, sample, count, places } = finding;
    let name = format!("{kind} {number}");
    let choose = move |event| {
        let is_chosen = event_target_checked(&event);
        downloads.chosen.update(|chosen| _ = if is_chosen { chosen.insert(id) } else { chosen.remove(&id) });
    };
    let allow = move |event| {
        let is_last = |question: &Question| question.findings.iter().all(|finding| finding.id == id);
        if downloads.question.with_untracked(|question| question.as_ref().is_some_and(is_last)) {
            close(&event);
        }
        downloads.allow(id);
    };
    let more = count.saturating_sub(places.len() as u32);
    let more = (more > 0).then(|| format!(", and {}", format::plural(more, "more place")));
    view! {
        <tr>
            <td>
                <input
                    type="checkbox"
                    aria-label=format!("Replace {name}")
                    prop:checked=move || downloads.chosen.with(|chosen| chosen.contains(&id))
                    on:change=choose
                />
            </td>
            <td>{name.clone()}</td>
            <td>
                <code>{sample}</code>
            </td>
            <td>{places.join(", ")} {more}</td>
            <td>
                <button
                    type="button"
                    class="button button-small"
                    aria-label=format!("{name} is not a secret")
                    title="Not asked again in this browser"
                    on:click=allow
                >
                    "Not a secret"
                </button>
            </td>
        </tr>
    }
}
