//! The details of one file of the ledger.

mod actions;
mod content;
mod notes;
mod sessions;

use crate::analyze::FilePage;
use crate::engine::{GetFile, GetFileSteps};
use crate::model::{Encoding, FileId};
use crate::query::{FileKind, Route};
use crate::ui::format;
use crate::ui::hooks::use_query;
use crate::ui::parts::{Drawer, LIST_KEYS, Stepper, with_code};
use crate::ui::stores::use_navigation;
use crate::ui::views::files::{kind_title, severity_class};
use actions::Actions;
use content::Content;
use leptos::prelude::*;
use notes::Notes;
use sessions::Sessions;
use std::sync::Arc;

/// What the drawer shows.
#[derive(Clone, Copy, PartialEq)]
enum Body {
    Reading,
    NotFound,
    File(FileId),
}

/// The drawer with the file that the view names.
#[component]
pub fn FileDrawer() -> impl IntoView {
    let navigation = use_navigation();
    let key = Memo::new(move |_| navigation.view.with(|view| view.file.clone()));
    let answer = use_query(move || key.get().map(GetFile)).answer;
    let page = move || answer.with(|answer| Some(answer.as_ref()?.as_deref()?.clone()));
    let body = Memo::new(move |_| {
        answer.with(|answer| match answer.as_deref() {
            None => Body::Reading,
            Some(None) => Body::NotFound,
            Some(Some(page)) => Body::File(page.file),
        })
    });
    let content = move || match body.get() {
        Body::Reading => view! { <p class="hint">"Reading…"</p> }.into_any(),
        Body::NotFound => view! {
            <p class="nothing">"This file isn't loaded. Drop it to see it."</p>
        }
        .into_any(),
        Body::File(_) => untrack(page)
            .map(|first| {
                let page = Memo::new(move |_| Arc::new(page().unwrap_or_else(|| first.clone())));
                view! { <FileDetails page=page /> }
            })
            .into_any(),
    };
    let steps = use_query(move || {
        let at = key.get()?;
        // Another view lists no files.
        navigation.view.with(|view| {
            (view.route == Route::Files).then(|| GetFileSteps { filter: view.file_filter(), at })
        })
    });
    let steps = Memo::new(move |_| steps.answer.with(|steps| steps.as_deref().cloned()));
    let line = Memo::new(move |_| steps.with(|steps| steps.as_ref()?.line));
    let go = move |key| navigation.replace(|view| view.file = Some(key));
    let bar = move || {
        view! {
            <Show when=move || steps.with(Option::is_some)>
                <Stepper noun="file" keys=LIST_KEYS steps=steps go=go />
            </Show>
        }
    };
    view! {
        <Drawer
            title=move || format!("Details of {}", key.get().unwrap_or_default())
            line=line.into()
            bar=bar
        >
            <div class="drawer-body">{content}</div>
        </Drawer>
    }
}

/// The word for a file's kind, with the color and glyph of its severity.
#[component]
pub fn StatusMark(kind: FileKind) -> impl IntoView {
    view! {
        <span class=format!("status {}", severity_class(kind)) title=kind_title(kind)>
            {kind.name(1)}
        </span>
    }
}

/// The details of a file. Its elements stay when the data changes.
#[component]
fn FileDetails(page: Memo<Arc<FilePage>>) -> impl IntoView {
    let head = move || {
        page.with(|page| {
            let (folder, name) = page.path.rsplit_once('/').unwrap_or(("", &page.path));
            view! {
                <p class="result-around">{folder.to_owned()}</p>
                <div class="result-title">
                    <h2>{name.to_owned()}</h2>
                </div>
                <p class="result-outcome">
                    <StatusMark kind=page.kind />
                </p>
            }
        })
    };
    view! {
        <header class="result-head">{head}</header>
        <dl class="facts">{move || page.with(|page| facts(page))}</dl>
        <Actions page=page />
        <Notes page=page />
        <div>
            <Sessions page=page />
        </div>
        <div>
            <Content page=page />
        </div>
    }
}

fn facts(page: &FilePage) -> impl IntoView + use<> {
    let (_, format) = &page.format;
    let facts = [
        Some(("Read as", if format.is_empty() { "unknown format".to_owned() } else { format.clone() })),
        (!page.why.is_empty()).then(|| ("Because", page.why.clone())),
        Some(("Results", format::count(page.results))),
        page.members.map(|members| ("Contains", format::plural(members, "file"))),
        Some(("Size", format::bytes(page.bytes as f64))),
        (page.read_ms > 0.0).then(|| ("Read in", format::duration(Some(f64::from(page.read_ms) / 1000.0)))),
        (page.encoding != Encoding::Utf8).then(|| ("Encoding", page.encoding.name().to_owned())),
    ];
    let fact = |(label, value): (&'static str, String)| {
        view! {
            <div>
                <dt>{label}</dt>
                <dd>{with_code(&value)}</dd>
            </div>
        }
    };
    facts.into_iter().flatten().map(fact).collect_view()
}
