//! What is kept in this browser: its button, its dialog, and the list of libraries.

mod current;
mod list;
mod settings;

pub use list::EmptyLibraries;

use super::dialog::Dialog;
use crate::browser::folder;
use crate::ui::format;
use crate::ui::stores::{
    Dialog as DialogName, Watched, use_data, use_libraries, use_loading, use_navigation,
};
use current::CurrentLibrary;
use leptos::html::Input;
use leptos::prelude::*;
use list::LibraryList;
use settings::Settings;

/// The button of the header. It has the name of the library on screen.
#[component]
pub fn KeepButton() -> impl IntoView {
    let (navigation, libraries) = (use_navigation(), use_libraries());
    let name = Memo::new(move |_| {
        let named = libraries.current.with(|current| Some(current.as_ref()?.name.clone()));
        named.filter(|name| !name.is_empty())
    });
    let label = move || name.get().map_or_else(|| "Keep".to_owned(), |name| format!("Library {name}"));
    view! {
        <button
            type="button"
            class="button keep-button"
            aria-label=label
            aria-haspopup="dialog"
            title="Kept in this browser"
            on:click=move |_| navigation.dialog.set(Some(DialogName::Kept))
        >
            <span class="keep-label">{move || name.get().unwrap_or_else(|| "Keep".to_owned())}</span>
        </button>
    }
}

/// The dialog, while it is open.
#[component]
pub fn KeptDialog() -> impl IntoView {
    let navigation = use_navigation();
    let is_open = move || navigation.dialog.get() == Some(DialogName::Kept);
    view! {
        <div>
            <Show when=is_open>
                <Dialog
                    id="kept-title"
                    title="Kept in this browser"
                    class="kept"
                    on_close=move || navigation.dialog.set(None)
                >
                    <KeptContent />
                </Dialog>
            </Show>
        </div>
    }
}

#[component]
fn KeptContent() -> impl IntoView {
    let (data, libraries, navigation) = (use_data(), use_libraries(), use_navigation());
    if !libraries.is_possible() {
        return view! {
            <p class="hint">
                "Nothing can be kept for a page that was opened from a file: browsers share one store among all local files, so other pages could read yours. Open Passgrid from a web server to keep files."
            </p>
        }
        .into_any();
    }
    libraries.refresh();
    let has_own = move || data.has_files() && !navigation.view.with(|view| view.demo);
    let has_libraries = move || libraries.list.with(|list| !list.is_empty());
    view! {
        <div class="kept-content">
            <Show when=has_own>
                <CurrentLibrary />
            </Show>
            <Show when=has_libraries>
                <section aria-labelledby="kept-list">
                    <h3 id="kept-list">"Libraries"</h3>
                    <LibraryList />
                </section>
            </Show>
            <div class="kept-ways">
                <ImportButton />
                <Show when=folder::is_supported>
                    <WatchButton />
                </Show>
            </div>
            <Settings />
        </div>
    }
    .into_any()
}

/// Reads a library from a zip file.
#[component]
fn ImportButton() -> impl IntoView {
    let (loading, navigation) = (use_loading(), use_navigation());
    let field = NodeRef::<Input>::new();
    let picked = move |_| {
        let picked = field.get_untracked().and_then(|field| field.files()).and_then(|files| files.get(0));
        if let Some(archive) = picked {
            navigation.dialog.set(None);
            loading.import_library(archive.into());
        }
    };
    view! {
        <label class="button">
            <input
                type="file"
                class="visually-hidden"
                accept=".zip"
                aria-label="Import a library"
                node_ref=field
                on:change=picked
            />
            "Import a library"
        </label>
    }
}

#[component]
fn WatchButton() -> impl IntoView {
    let (loading, navigation) = (use_loading(), use_navigation());
    let watch = move |_| {
        navigation.dialog.set(None);
        loading.watch_folder();
    };
    view! {
        <button
            type="button"
            class="button"
            title="Reads its files, and new ones as they appear"
            on:click=watch
        >
            "Watch a folder"
        </button>
    }
}

/// Which folder is watched, and when the page looked last.
#[component]
pub fn WatchBar() -> impl IntoView {
    let loading = use_loading();
    let is_paused =
        move || loading.watched.with(|watched| watched.as_ref().is_some_and(|watched| watched.is_paused));
    let text = move || loading.watched.with(|watched| watched.as_ref().map(watch_words));
    view! {
        <div>
            <Show when=move || loading.watched.with(Option::is_some)>
                <div class="notice watch-bar">
                    <span>{text}</span>
                    <span class="watch-buttons">
                        <Show when=is_paused>
                            <button
                                type="button"
                                class="button button-small"
                                on:click=move |_| loading.ask_to_watch()
                            >
                                "Watch again"
                            </button>
                        </Show>
                        <button
                            type="button"
                            class="button button-small"
                            on:click=move |_| loading.stop_watching()
                        >
                            "Stop watching"
                        </button>
                    </span>
                </div>
            </Show>
        </div>
    }
}

fn watch_words(watched: &Watched) -> String {
    let Watched { folder, looked_ms, files, is_paused, is_missing } = watched;
    let Some(looked_ms) = looked_ms else {
        return if *is_paused {
            format!("The folder “{folder}” is not watched since the page was reloaded.")
        } else {
            format!("Watching the folder “{folder}”…")
        };
    };
    let looked = format::clock(*looked_ms);
    if *is_missing {
        return format!("The folder “{folder}” cannot be read; last looked at {looked}.");
    }
    format!(
        "Watching the folder “{folder}”: last looked at {looked}, {} read.",
        format::plural(*files, "file")
    )
}
