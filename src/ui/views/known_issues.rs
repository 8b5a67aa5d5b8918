//! Known issues: which failures are known, and which entries no longer say the truth.

use crate::analyze::{IssueLine, IssueState, IssueWindow};
use crate::engine::{EditKnownIssue, GetKnownIssues};
use crate::model::KnownIssue;
use crate::query::{Filter, Route, Sort, SortKey, View};
use crate::ui::format;
use crate::ui::parts::{
    Cell, Column, ColumnChoice, Dialog, FilterField, RowButton, RowButtons, Span, Table, TableCount,
    TableRows, TableSource, sort_of,
};
use crate::ui::stores::{Dialog as DialogName, IssueDraft, use_data, use_loading, use_navigation};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The table of known issues.
#[component]
pub fn KnownIssues() -> impl IntoView {
    let table = Table::<IssueTable>::new();
    view! {
        <main class="table-view" aria-label="Known issues">
            <div class="toolbar">
                <div class="filter" role="search">
                    <FilterField name="Filter known issues" placeholder="Filter by test or reason" />
                </div>
                <TableCount table=table />
                <AddIssue label="Add known issue" draft=IssueDraft::default />
                <ColumnChoice table=table />
            </div>
            <TableRows table=table />
        </main>
    }
}

/// A button that opens the dialog with a draft.
#[component]
pub fn AddIssue(
    label: &'static str,
    /// Returns what is filled in.
    draft: impl Fn() -> IssueDraft + 'static,
) -> impl IntoView {
    let navigation = use_navigation();
    let open = move |_| navigation.dialog.set(Some(DialogName::KnownIssue(draft())));
    view! {
        <button type="button" class="button button-small" on:click=open>
            {label}
        </button>
    }
}

/// A row per known issue.
struct IssueTable;

impl TableSource for IssueTable {
    type Query = GetKnownIssues;

    const NAME: &'static str = "Known issues";
    const NOUN: &'static str = "known issue";
    const COLUMNS: &'static [Column] = &[
        Column {
            share: 3,
            title: "A pattern for names of tests; a row leads to the tests",
            ..Column::new(SortKey::Name, "Test", 220, 0)
        },
        Column {
            title: "What the results say about it",
            share: 1,
            ..Column::new(SortKey::Known, "State", 170, 1)
        },
        Column {
            title: "Failures that it covers in the DUTs' latest sessions",
            ..Column::number(SortKey::Failing, "Now", 64, 2)
        },
        Column {
            title: "Failures that it covers in all sessions",
            when_empty: "one session per DUT",
            ..Column::number(SortKey::Results, "All", 64, 6)
        },
        Column { share: 3, ..Column::new(SortKey::Label, "Reason", 180, 3) },
        Column {
            share: 2,
            title: "The DUTs or attributes that it is about",
            when_empty: "all are about any DUT",
            ..Column::new(SortKey::Dut, "DUTs", 130, 4)
        },
        Column {
            share: 1,
            title: "DUTs on which a test passes that should fail",
            when_empty: "no test passes that should fail",
            ..Column::new(SortKey::Passed, "Passes on", 120, 5)
        },
        Column {
            title: "The last day on which it is known",
            when_empty: "none expires",
            ..Column::new(SortKey::LastSeen, "Expires", 96, 7)
        },
        Column { share: 1, when_empty: "one file", ..Column::new(SortKey::File, "File", 120, 9) },
        Column::new(SortKey::Format, "Change", 84, 8),
    ];
    const DEFAULT_SORT: Option<Sort> = None;

    fn query(view: &View, span: Span) -> GetKnownIssues {
        let sort = sort_of::<Self>(view);
        GetKnownIssues { filter: view.filter.clone(), sort, from: span.first, count: span.count }
    }

    fn all(answer: &IssueWindow) -> u32 {
        answer.issues
    }

    fn empty_columns(answer: &IssueWindow) -> &[SortKey] {
        &answer.empty_columns
    }

    fn cell(_: &IssueWindow, row: &IssueLine, by: SortKey, buttons: &mut RowButtons) -> Cell {
        let issue = &row.issue;
        match by {
            SortKey::Name => line(issue.test.clone()),
            SortKey::Known => {
                let words = row.state.words();
                let class = if row.state.needs_attention() { "tag issue-outdated" } else { "tag" };
                Cell::new(view! { <span class=class>{words}</span> }).title(explanation(row))
            }
            SortKey::Failing => number(row.now),
            SortKey::Results => number(row.all),
            SortKey::Label if issue.reason.is_empty() => {
                Cell::new(view! { <span class="hint">"No reason given"</span> })
            }
            SortKey::Label => line(issue.reason.clone()),
            SortKey::Dut => line(about(issue)),
            SortKey::Passed => {
                let (names, count) = &row.passes_on;
                let more = count - names.len() as u32;
                let names = names.join(", ");
                line(if more > 0 { format!("{names} +{}", format::count(more)) } else { names })
            }
            SortKey::LastSeen => line(issue.expires.clone()),
            SortKey::File => line(row.file.clone()),
            SortKey::Format if row.is_editable => {
                let draft = IssueDraft { at: Some((row.file.clone(), row.at)), issue: issue.clone() };
                Cell::new(view! { <EditButton draft=draft row_button=buttons.next() /> })
            }
            SortKey::Format => Cell::new(view! { <span class="hint">"in results"</span> })
                .title("This file has results, too: edit the original list"),
            _ => Cell::new(()),
        }
    }

    fn open(view: &mut View, row: &IssueLine) {
        let words = row.issue.test.split(['*', '?', '.', '/', ':', ' ']);
        let words: Vec<&str> = words.filter(|word| !word.is_empty() && *word != "py").collect();
        view.go(Route::Tests);
        view.filter = Filter { text: words.join(" "), ..Filter::default() };
    }

    fn is_open(_: &View, _: &IssueLine) -> bool {
        false
    }

    fn no_matches(filter: &Filter) -> String {
        if filter.is_active() {
            "No known issues match.".to_owned()
        } else {
            "No known issues. Add one here or from the details of a failure, or drop a list.".to_owned()
        }
    }
}

fn number(number: u32) -> Cell {
    Cell::new(format::count(number)).class(if number == 0 { "zero" } else { "" })
}

fn line(text: String) -> Cell {
    Cell::new(view! { <span class="line">{text.clone()}</span> }).title(text)
}

/// The DUTs and attributes that an issue is about, in words.
fn about(issue: &KnownIssue) -> String {
    let attributes = issue.attributes.iter().map(|(name, value)| format!("{name}={value}"));
    let message = Some(&issue.message).filter(|message| !message.is_empty());
    let message = message.map(|message| format!("message “{message}”"));
    let all: Vec<String> = issue.duts.iter().cloned().chain(attributes).chain(message).collect();
    all.join(", ")
}

/// What the state means, and what to do.
fn explanation(row: &IssueLine) -> String {
    match row.state {
        IssueState::Expired => {
            format!("Expired on {}: failures since then are not known. Renew or remove it", row.issue.expires)
        }
        IssueState::PassesUnexpectedly => {
            "A test passes that should fail: it may be fixed. Remove it, or mark it as intermittent"
                .to_owned()
        }
        IssueState::MatchesNothing => "No loaded session has such a test on such a DUT".to_owned(),
        IssueState::NothingFails => "The tests that it matches do not fail in any loaded session".to_owned(),
        IssueState::Fails => format!("Covers {} now", format::plural(row.now, "failure")),
        IssueState::PassesNow => "It failed in earlier sessions".to_owned(),
    }
}

/// A button that opens the dialog for an entry.
#[component]
fn EditButton(draft: IssueDraft, row_button: RowButton) -> impl IntoView {
    let navigation = use_navigation();
    let RowButton { id, tabindex, is_active } = row_button;
    let class = if is_active { "button button-small is-active" } else { "button button-small" };
    let label = format!("Edit {}", draft.issue.test);
    view! {
        <button
            type="button"
            class=class
            id=id
            tabindex=tabindex
            aria-label=label
            on:click=move |_| navigation.dialog.set(Some(DialogName::KnownIssue(draft.clone())))
        >
            "Edit"
        </button>
    }
}

/// The dialog that adds or changes a known issue, while it is open.
#[component]
pub fn IssueDialog() -> impl IntoView {
    let navigation = use_navigation();
    let draft = Memo::new(move |_| match navigation.dialog.get() {
        Some(DialogName::KnownIssue(draft)) => Some(draft),
        _ => None,
    });
    view! {
        <div>
            <Show when=move || draft.with(Option::is_some)>
                <Dialog
                    id="issue-title"
                    title="Known issue"
                    class="issue-dialog"
                    on_close=move || navigation.dialog.set(None)
                >
                    <IssueForm draft=draft.get_untracked().unwrap_or_default() />
                </Dialog>
            </Show>
        </div>
    }
}

/// Returns `name=value` pairs of a text; a part without `=` is ignored.
fn attributes_of(text: &str) -> Vec<(String, String)> {
    let pairs = parts_of(text).filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        Some((name.trim().to_owned(), value.trim().to_owned()))
    });
    pairs.filter(|(name, value)| !name.is_empty() && !value.is_empty()).collect()
}

/// Returns the parts of a text between commas.
fn parts_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

/// The form; submitting it writes the file of the issue, which is read again.
#[component]
fn IssueForm(draft: IssueDraft) -> impl IntoView {
    let (navigation, data, loading) = (use_navigation(), use_data(), use_loading());
    let IssueDraft { at, issue } = draft;
    let pairs: Vec<String> = issue.attributes.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let [test, duts, attributes, message, reason, link, expires] = [
        issue.test.clone(),
        issue.duts.join(", "),
        pairs.join(", "),
        issue.message.clone(),
        issue.reason.clone(),
        issue.link.clone(),
        issue.expires.clone(),
    ]
    .map(RwSignal::new);
    let intermittent = RwSignal::new(issue.intermittent);
    let is_new = at.is_none();
    let write = StoredValue::new(move |issue: Option<KnownIssue>| {
        let at = at.clone();
        spawn_local(async move {
            if let Some(Some((path, text))) = data.ask(EditKnownIssue { at, issue }).await {
                loading.read_text(&path, &text);
                navigation.dialog.set(None);
            }
        });
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let text = |signal: RwSignal<String>| signal.get_untracked().trim().to_owned();
        let issue = KnownIssue {
            test: text(test),
            duts: parts_of(&text(duts)).map(str::to_owned).collect(),
            attributes: attributes_of(&text(attributes)),
            message: text(message),
            reason: text(reason),
            link: text(link),
            expires: text(expires),
            intermittent: intermittent.get_untracked(),
        };
        if !issue.test.is_empty() {
            write.with_value(|write| write(Some(issue)));
        }
    };
    let field = |id: &'static str, label: &'static str, hint: &'static str, value: RwSignal<String>| {
        let kind = match id {
            "issue-expires" => "date",
            _ => "text",
        };
        let described = (!hint.is_empty()).then(|| format!("{id}-hint"));
        view! {
            <label for=id>{label}</label>
            <input
                class="field"
                id=id
                type=kind
                autocomplete="off"
                spellcheck="false"
                aria-describedby=described.clone()
                bind:value=value
            />
            {described
                .map(|id| {
                    view! {
                        <p class="hint" id=id>
                            {hint}
                        </p>
                    }
                })}
        }
    };
    let remove = (!is_new).then(|| {
        view! {
            <button
                type="button"
                class="button"
                on:click=move |_| write.with_value(|write| write(None))
            >
                "Remove"
            </button>
        }
    });
    view! {
        <form class="issue-form" on:submit=submit>
            {field("issue-test", "Test", "* stands for any text, ? for one character", test)}
            {field("issue-duts", "DUTs", "Separated by commas; empty for all", duts)}
            {field("issue-attributes", "Attributes", "Such as mcu=esp32*, unit=7; all must match", attributes)}
            {field("issue-message", "Message has", "Other failures of the test are not known", message)}
            {field("issue-reason", "Reason", "", reason)}
            {field("issue-link", "Link", "", link)}
            {field("issue-expires", "Expires after", "", expires)}
            <label class="issue-check">
                <input type="checkbox" bind:checked=intermittent />
                "Intermittent: it may pass"
            </label>
            <p class="hint">
                "A known failure still counts as a failure. Save the list with Download, Known issues (JSON)."
            </p>
            <p class="dialog-sure">
                {remove}
                <button
                    type="submit"
                    class="button button-primary"
                    disabled=move || test.with(|test| test.trim().is_empty())
                >
                    {if is_new { "Add" } else { "Save" }}
                </button>
            </p>
        </form>
    }
}
