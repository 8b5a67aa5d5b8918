//! The question about secrets before a download.

use super::dialog::Dialog;
use crate::export::{Finding, Redaction};
use crate::ui::format;
use crate::ui::stores::{Question, use_downloads};
use leptos::prelude::*;
use std::collections::BTreeSet;

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
    let can_be_redacted = asked.as_ref().is_some_and(|question| question.goal.can_be_redacted());
    let findings = move || {
        downloads
            .question
            .with(|question| question.as_ref().map_or_else(Vec::new, |question| question.findings.clone()))
    };
    // What is certainly a secret is replaced, unless a person says otherwise.
    let certain = asked.iter().flat_map(|question| &question.findings).filter(|finding| finding.is_certain);
    let chosen: RwSignal<BTreeSet<u64>> = RwSignal::new(certain.map(|finding| finding.id).collect());
    let finish = move |redaction: Redaction| {
        if let Some(Question { goal, .. }) = downloads.question.get_untracked() {
            downloads.finish(goal, redaction);
        }
    };
    let redact = move |_| {
        let listed: BTreeSet<u64> = findings().iter().map(|finding| finding.id).collect();
        finish(Redaction(chosen.with_untracked(|chosen| chosen.intersection(&listed).copied().collect())));
    };
    let are_all = move || findings().iter().all(|finding| chosen.with(|chosen| chosen.contains(&finding.id)));
    let choose_all = move |event| {
        let all = event_target_checked(&event).then(findings).unwrap_or_default();
        chosen.set(all.iter().map(|finding| finding.id).collect());
    };
    let words = if can_be_redacted {
        "The download would have these. What is checked is replaced by a placeholder, the same one in every download."
    } else {
        "It has all files as they are, so nothing in them can be replaced. These are in names, messages and properties; output was not looked at."
    };
    view! {
        <div class="secrets-content">
            <p>{words}</p>
            <table class="secrets-table">
                <thead>
                    <tr>
                        <Show when=move || can_be_redacted>
                            <th>
                                <input
                                    type="checkbox"
                                    aria-label="Replace all"
                                    prop:checked=are_all
                                    on:change=choose_all
                                />
                            </th>
                        </Show>
                        <th>"What"</th>
                        <th>"Beginning and end"</th>
                        <th>"Where"</th>
                        <th></th>
                    </tr>
                </thead>
                <tbody>
                    <For each=findings key=|finding| finding.id let:finding>
                        <FindingRow finding=finding chosen=can_be_redacted.then_some(chosen) />
                    </For>
                </tbody>
            </table>
            <p class="dialog-sure">
                <button type="button" class="button" on:click=move |_| finish(Redaction::default())>
                    "Download as it is"
                </button>
                <Show when=move || can_be_redacted>
                    <button
                        type="button"
                        class="button button-primary"
                        disabled=move || chosen.with(BTreeSet::is_empty)
                        on:click=redact
                    >
                        "Replace and download"
                    </button>
                </Show>
            </p>
        </div>
    }
}

/// A secret, with a checkbox if it can be replaced.
#[component]
fn FindingRow(finding: Finding, chosen: Option<RwSignal<BTreeSet<u64>>>) -> impl IntoView {
    let downloads = use_downloads();
    let Finding { id, kind, number, is_certain, sample, count, places } = finding;
    let name = format!("{kind} {number}");
    let choice = chosen.map(|chosen| {
        let choose = move |event| {
            let is_chosen = event_target_checked(&event);
            chosen.update(|chosen| _ = if is_chosen { chosen.insert(id) } else { chosen.remove(&id) });
        };
        view! {
            <td>
                <input
                    type="checkbox"
                    aria-label=format!("Replace {name}")
                    prop:checked=move || chosen.with(|chosen| chosen.contains(&id))
                    on:change=choose
                />
            </td>
        }
    });
    let more = count.saturating_sub(places.len() as u32);
    let more = (more > 0).then(|| format!(", and {}", format::plural(more, "more place")));
    view! {
        <tr>
            {choice}
            <td>
                {name.clone()}
                {(!is_certain).then_some(view! { <span class="tag tag-quiet">"perhaps"</span> })}
            </td>
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
                    on:click=move |_| downloads.allow(id)
                >
                    "Not a secret"
                </button>
            </td>
        </tr>
    }
}
