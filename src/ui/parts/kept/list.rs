//! The list of libraries: open, rename, export, merge, delete.

use crate::browser::storage::Library;
use crate::ui::format;
use crate::ui::stores::{Dialog as DialogName, use_libraries, use_loading, use_navigation};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// The libraries of this browser on the empty page, if there are any. The static page has the same
/// space for them.
#[component]
pub fn EmptyLibraries() -> impl IntoView {
    let (navigation, libraries) = (use_navigation(), use_libraries());
    // A page that an address fills is empty only for a moment.
    let is_filled = navigation.view.with_untracked(|view| view.demo || !view.sources.is_empty());
    if !is_filled && libraries.is_possible() && libraries.may_have_any() {
        libraries.refresh();
    }
    let rows = move || libraries.list.with(Vec::len).max(libraries.expected_rows());
    view! {
        <Show when=move || { rows() > 0 }>
            <section
                class="empty-kept"
                aria-labelledby="empty-kept"
                style:--kept-rows=move || rows().to_string()
            >
                <div class="empty-kept-head">
                    <h2 id="empty-kept">"Libraries in this browser"</h2>
                    <button
                        type="button"
                        class="button button-small"
                        on:click=move |_| navigation.dialog.set(Some(DialogName::Kept))
                    >
                        "Manage"
                    </button>
                </div>
                <LibraryList is_short=true />
            </section>
        </Show>
    }
}

/// A question or form in the line of a library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Open,
    Rename,
    Merge,
    Delete,
}

/// The libraries, the one that was used last first.
#[component]
pub fn LibraryList(
    /// Whether they can only be opened.
    #[prop(optional)]
    is_short: bool,
) -> impl IntoView {
    let libraries = use_libraries();
    let form = RwSignal::new(None::<(u32, Form)>);
    view! {
        <ul class="libraries">
            <For
                each=move || libraries.list.get()
                key=|library| (library.id, library.revision, library.used_ms as u64)
                children=move |library| view! { <LibraryLine library=library is_short=is_short form=form /> }
            />
        </ul>
    }
}

#[component]
fn LibraryLine(library: Library, is_short: bool, form: RwSignal<Option<(u32, Form)>>) -> impl IntoView {
    let (libraries, loading, navigation) = (use_libraries(), use_loading(), use_navigation());
    let id = library.id;
    let name = library.name.clone();
    let facts = facts(&library);
    let line = StoredValue::new(library);
    let is_open =
        move || libraries.current.with(|current| current.as_ref().is_some_and(|open| open.id == id));
    let open = move || {
        navigation.dialog.set(None);
        loading.open_library(line.get_value());
    };
    let ask =
        move |wanted: Form| form.update(|form| *form = (*form != Some((id, wanted))).then_some((id, wanted)));
    let open_or_ask = move |_| {
        // What is not kept would be gone.
        if loading.has_own_files() && libraries.current.with_untracked(Option::is_none) {
            ask(Form::Open);
        } else {
            open();
        }
    };
    let act = move |label: &'static str, wanted: Form| {
        view! {
            <button
                type="button"
                class="button button-small"
                aria-label=format!("{label} {}", line.with_value(|library| library.name.clone()))
                aria-expanded=move || (form.get() == Some((id, wanted))).to_string()
                on:click=move |_| ask(wanted)
            >
                {label}
            </button>
        }
    };
    let has_others = move || libraries.list.with(|list| list.len() > 1);
    let actions = (!is_short).then(|| {
        view! {
            {act("Rename", Form::Rename)}
            <button
                type="button"
                class="button button-small"
                aria-label=format!("Export {name}")
                title="Saves it as a zip file"
                on:click=move |_| loading.export_library(line.get_value())
            >
                "Export"
            </button>
            <Show when=has_others>{move || act("Merge", Form::Merge)}</Show>
            {act("Delete", Form::Delete)}
        }
    });
    let asked = move || form.get().filter(|(of, _)| *of == id).map(|(_, form)| form);
    let content = move || {
        let library = line.get_value();
        asked().map(|asked| match asked {
            Form::Open => {
                let words = "What is on screen is not kept, and will be closed.";
                let label = format!("Open {}", library.name);
                view! { <Sure words=words.to_owned() label=label act=open /> }.into_any()
            }
            Form::Delete => {
                let words = format!(
                    "Deletes {} from this browser. Files on disk are unchanged.",
                    format::plural(library.files, "file")
                );
                let label = format!("Delete {}", library.name);
                let act = move || {
                    form.set(None);
                    loading.delete_library(line.get_value());
                };
                view! { <Sure words=words label=label act=act /> }.into_any()
            }
            Form::Rename => view! { <Rename library=library form=form /> }.into_any(),
            Form::Merge => view! { <Merge library=library form=form /> }.into_any(),
        })
    };
    view! {
        <li class="library">
            <div class="library-text">
                <b class="library-name">{name.clone()}</b>
                <span class="hint">{facts}</span>
            </div>
            <div class="library-actions">
                <button
                    type="button"
                    class="button button-small"
                    aria-label=move || format!("{} {name}", if is_open() { "On screen:" } else { "Open" })
                    disabled=is_open
                    on:click=open_or_ask
                >
                    {move || if is_open() { "On screen" } else { "Open" }}
                </button>
                {actions}
            </div>
            {content}
        </li>
    }
}

/// Size, content and last use.
fn facts(library: &Library) -> String {
    let mut facts = vec![format::plural(library.files, "file"), format::bytes(library.bytes)];
    if library.sessions > 0 {
        facts.push(format::plural(library.duts, "DUT"));
        facts.push(format::plural(library.sessions, "session"));
    }
    facts.push(format!("last used {}", format::time(library.used_ms)));
    facts.join(" · ")
}

/// A question, and the button that confirms it.
#[component]
pub fn Sure(words: String, label: String, act: impl Fn() + 'static) -> impl IntoView {
    view! {
        <div class="library-form" role="group">
            <span>{words}</span>
            <button type="button" class="button button-small button-primary" on:click=move |_| act()>
                {label}
            </button>
        </div>
    }
}

#[component]
fn Rename(library: Library, form: RwSignal<Option<(u32, Form)>>) -> impl IntoView {
    let loading = use_loading();
    let name = RwSignal::new(library.name.clone());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = name.get_untracked();
        form.set(None);
        if !typed.trim().is_empty() && typed.trim() != library.name {
            loading.rename_library(library.clone(), typed);
        }
    };
    view! {
        <form class="library-form" on:submit=submit>
            <input
                class="field"
                aria-label="New name"
                autocomplete="off"
                spellcheck="false"
                maxlength="80"
                bind:value=name
            />
            <button type="submit" class="button button-small button-primary">
                "Rename"
            </button>
        </form>
    }
}

#[component]
fn Merge(library: Library, form: RwSignal<Option<(u32, Form)>>) -> impl IntoView {
    let (libraries, loading) = (use_libraries(), use_loading());
    let mut others = libraries.list.get_untracked();
    others.retain(|other| other.id != library.id);
    let chosen = RwSignal::new(others.first().map(|other| other.id).unwrap_or_default());
    let options = others.iter().map(|other| {
        view! { <option value=other.id.to_string()>{other.name.clone()}</option> }
    });
    let options = options.collect_view();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        form.set(None);
        if let Some(into) = others.iter().find(|other| other.id == chosen.get_untracked()) {
            loading.merge_libraries(library.clone(), into.clone());
        }
    };
    view! {
        <form class="library-form" on:submit=submit>
            <label>
                "Move its files to "
                <select
                    class="field"
                    aria-label="Merge into"
                    on:change=move |event| chosen.set(event_target_value(&event).parse().unwrap_or_default())
                >
                    {options}
                </select>
            </label>
            <button type="submit" class="button button-small button-primary">
                "Merge"
            </button>
        </form>
    }
}
