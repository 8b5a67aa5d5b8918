//! The details of one file of the ledger.

use crate::analyze::{FilePage, LedgerPart};
use crate::browser::source::{self, Content};
use crate::engine::{Answer, Request};
use crate::import::ABOUT;
use crate::model::{Encoding, FileStatus, Severity};
use crate::query::{Route, SessionKey, View};
use crate::ui::dom::{El, el, follow};
use crate::ui::format;
use crate::ui::parts::{coded, drawer, long_text, small_button};
use crate::ui::signals::*;
use crate::ui::state::{State, state};
use std::rc::Rc;
use std::sync::Arc;
use web_sys::{Blob, Event, HtmlSelectElement};

/// Of a text so much is shown, in bytes.
const SHOWN: f64 = 2e6;
/// Bytes around a place that a note names.
const BEFORE: u64 = 300;
const AFTER: u64 = 500;

/// The drawer with the file that the view names.
pub fn file_drawer() -> El {
    let state = state();
    let key = Memo::new(move |_| state.view.with(|view| view.file.clone()));
    let page = RwSignal::new(None::<Option<Arc<FilePage>>>);
    let asked = StoredValue::new(0_u32);
    follow(move || {
        state.version.track();
        asked.update_value(|asked| *asked += 1);
        let number = asked.get_value();
        let Some(key) = key.get() else {
            page.set(None);
            return;
        };
        state.ask(&Request::File(key), move |answer| match answer {
            Some(Answer::File(file)) if asked.get_value() == number => {
                let file = file.map(|file| Arc::new(*file));
                // The same page is not built again: somebody may read in it.
                if page.get_untracked().as_ref() != Some(&file) {
                    page.set(Some(file));
                }
            }
            _ => {}
        });
    });
    el("div").when(
        move || key.with(Option::is_some),
        move || {
            let title = move || format!("Details of {}", key.get().unwrap_or_default());
            let close = move || state.navigate(true, |view| view.file = None);
            drawer(title, close).child(el("div.drawer-body").live(move || match page.get() {
                None => vec![el("p.hint").child("Reading…")],
                Some(None) => vec![el("p.nothing").child("This file is not among those that are loaded.")],
                Some(Some(page)) => file_view(state, &page),
            }))
        },
    )
}

/// The word for a file's status, with its colour.
pub fn status(status: FileStatus) -> El {
    let class = match status {
        FileStatus::Read => "status-read",
        FileStatus::PartlyRead => "status-partly",
        FileStatus::Duplicate | FileStatus::NoResults => "status-empty",
        FileStatus::Unreadable => "status-unreadable",
    };
    el("span.status").add_class(class).child(status.word())
}

fn file_view(state: State, page: &Arc<FilePage>) -> Vec<El> {
    let (folder, name) = page.path.rsplit_once('/').unwrap_or(("", &page.path));
    let head = el("header.result-head")
        .child(el("p.result-around").child(folder))
        .child(el("div.result-title").child(el("h2").child(name)))
        .child(el("p.result-outcome").child(status(page.status)));
    let (format_key, format_name) = &page.format;
    let read_as = if format_name.is_empty() { "no format that is known" } else { format_name };
    let facts = [
        Some(fact("Read as", read_as)),
        (!page.why.is_empty()).then(|| fact("Because", &page.why)),
        Some(fact("Results", &format::count(page.results))),
        page.members.map(|members| fact("In it", &format::plural(members, "file"))),
        Some(fact("Size", &format::bytes(page.bytes as f64))),
        (page.read_ms > 0.0)
            .then(|| fact("Time to read", &format::duration(Some(f64::from(page.read_ms) / 1000.0)))),
        (page.encoding != Encoding::Utf8).then(|| fact("Encoding", page.encoding.name())),
    ];
    let format_key = format_key.clone();
    vec![
        head,
        el("dl.facts").children(facts),
        actions(state, page, &format_key),
        notes(state, page),
        el("div").child(sessions(state, page)),
        el("div").child(content(state, page)),
    ]
}

fn fact(label: &str, value: &str) -> El {
    el("div").child(el("dt").child(label)).child(coded(el("dd"), value))
}

fn actions(state: State, page: &Arc<FilePage>, format: &str) -> El {
    let bar = el("div.file-actions");
    let (file, path, alone) = (page.file, page.path.clone(), page.counts_alone);
    let is_there = page.bytes > 0;
    let treat = (page.members.is_none() && is_there).then(|| {
        let recognized = el("option").attr("value", "").child("what its content says");
        let formats = ABOUT.iter().map(|about| {
            let option = el("option").attr("value", about.key).child(about.name);
            if about.key == format && page.why == "you said so" {
                option.attr("selected", "")
            } else {
                option
            }
        });
        let select = el("select.field").attr("aria-label", "Treat as").child(recognized).children(formats);
        let chosen = select.as_a::<HtmlSelectElement>().clone();
        let path = path.clone();
        let select = select.on("change", move |_: &Event| state.read_as(file, &path, &chosen.value(), alone));
        el("label.file-treat").child("Treat as").child(select)
    });
    let again = path.clone();
    let again = small_button("Read again", move || state.look_again(Some(again.clone())))
        .attr("title", "Reads the file as it is by now");
    let counted = path.clone();
    let (label, title) = if alone {
        (
            "Count it with others",
            "As one session with the files that belong to it; not at all, if others tell the same",
        )
    } else {
        ("Count it by itself", "As a session of its own, beside files that tell the same or belong to it")
    };
    let count = (page.is_joined || alone)
        .then(|| small_button(label, move || state.read_as(file, &counted, "", !alone)).attr("title", title));
    let remove = small_button("Remove", move || {
        state.remove(file, &path);
        state.navigate(true, |view| view.file = None);
    })
    .attr("title", "Takes it out of all figures; Ctrl+Z in Files brings it back");
    bar.child(treat).child(is_there.then_some(again)).child(count).child(remove)
}

fn notes(state: State, page: &Arc<FilePage>) -> El {
    let lines = page.notes.iter().map(|note| {
        let class = match note.severity {
            Severity::Error => "note-error",
            Severity::Warning => "note-warning",
            Severity::Info => "",
        };
        let line = coded(el("span.file-note").add_class(class), &note.text);
        el("li").child(line).child(note.at.map(|at| place(state, page, at)))
    });
    let list = el("ul.file-notes").children(lines);
    let nothing = page.notes.is_empty().then(|| el("p.hint").child("There is nothing to remark."));
    el("section.strip").child(el("h3").child("Notes")).child(nothing).child(list)
}

/// A place in a file: what stands there, when it is wanted.
fn place(state: State, page: &Arc<FilePage>, at: u64) -> El {
    let label = format!("byte {at}");
    // Of other encodings the places are those of the decoded text.
    if page.encoding != Encoding::Utf8 || page.format.0.is_empty() {
        return el("span.hint").child(label);
    }
    let shown = RwSignal::new(None::<(String, String)>);
    let (file, encoding) = (page.file, page.encoding);
    let look = move || {
        if shown.get_untracked().is_some() {
            shown.set(None);
            return;
        }
        state.with_source(file, move |blob| {
            spawn_local(async move {
                let (from, to) = (at.saturating_sub(BEFORE) as f64, (at + AFTER) as f64);
                let before = source::text(&blob, encoding, from, at as f64).await;
                let after = source::text(&blob, encoding, at as f64, to).await;
                if let (Ok(before), Ok(after)) = (before, after) {
                    let _ = shown.try_set(Some((tail(&before), head(&after))));
                }
            });
        });
    };
    el("span.file-place")
        .child(
            small_button(label, look)
                .attr("title", "Shows what stands there")
                .live_attr("aria-expanded", move || Some(shown.with(Option::is_some).to_string())),
        )
        .live(move || {
            let (before, after) = shown.get()?;
            let here = after.chars().next().map(|here| here.len_utf8()).unwrap_or_default();
            Some(el("pre.text").child(before).child(el("mark").child(&after[..here])).child(&after[here..]))
        })
}

/// The last lines of a text.
fn tail(text: &str) -> String {
    let start = text.rmatch_indices('\n').nth(3).map_or(0, |(at, _)| at + 1);
    text[start..].to_owned()
}

/// The first lines of a text.
fn head(text: &str) -> String {
    let end = text.match_indices('\n').nth(4).map_or(text.len(), |(at, _)| at);
    text[..end].to_owned()
}

/// The sessions that the file has a share of.
fn sessions(state: State, page: &Arc<FilePage>) -> Option<El> {
    let parts: Vec<(&LedgerPart, &SessionKey)> =
        page.parts.iter().filter_map(|part| Some((part, part.session.as_ref()?))).collect();
    if parts.is_empty() {
        return None;
    }
    let more = page.parts_total as usize - page.parts.len();
    let lines = parts.into_iter().map(|(part, key)| {
        let (identity, key) = (&part.identity, key.clone());
        let lead = move |view: &mut View| {
            view.go(Route::Sessions);
            view.session = Some(key.clone());
        };
        let text = format!("{} · {}", identity.dut.value, format::plural(part.results, "result"));
        let evidence = |name: &str, words: String| format!("{name} {words}");
        let mut told = vec![evidence("DUT", identity.dut.evidence.words())];
        told.extend(
            identity.build.as_ref().map(|build| format!("build {} {}", build.value, build.evidence.words())),
        );
        let with = (part.others > 0)
            .then(|| format!("one session with {}", format::plural(part.others, "other file")));
        told.extend(with);
        el("li")
            .child(small_button(text, move || state.navigate(true, &lead)))
            .child(coded(el("span.hint"), &told.join("; ")))
    });
    let list = el("ul.file-notes").children(lines);
    let rest = (more > 0).then(|| el("p.hint").child(format!("and {} more", format::count(more as u32))));
    Some(el("section.strip").child(el("h3").child("Sessions")).child(list).child(rest))
}

/// What can be looked at of a file.
#[derive(Clone)]
enum Shown {
    Text(Rc<str>, bool),
    Image(Rc<Address>),
    Words(&'static str),
}

/// An address that is let go with what shows it.
struct Address(String);

impl Drop for Address {
    fn drop(&mut self) {
        source::let_go(&self.0);
    }
}

/// The content, when it is wanted: a log or a picture beside reports, or the
/// report itself.
fn content(state: State, page: &Arc<FilePage>) -> Option<El> {
    if page.members.is_some() || page.bytes == 0 {
        return None;
    }
    let shown = RwSignal::new_local(None::<Shown>);
    let (file, encoding) = (page.file, page.encoding);
    let look = move || {
        state.with_source(file, move |blob| {
            spawn_local(async move {
                let _ = shown.try_set(Some(read(&blob, encoding).await));
            });
        });
    };
    // What is no report is opened to be looked at.
    if page.status == FileStatus::NoResults && page.format.0.is_empty() {
        look();
    }
    let section = el("section.strip").child(el("h3").child("Content"));
    Some(section.live(move || match shown.get() {
        None => small_button("Show the content", look),
        Some(Shown::Words(words)) => el("p.hint").child(words),
        Some(Shown::Image(address)) => {
            el("img.file-image").attrs(&[("src", &address.0), ("alt", "The picture in this file")])
        }
        Some(Shown::Text(text, is_whole)) => {
            let wrapped = RwSignal::new(false);
            let held = text.clone();
            let text = long_text("Content", Rc::new(move |read| read(&held)), wrapped);
            let rest = (!is_whole).then(|| el("p.hint").child("Only the first two megabytes are shown."));
            el("div").child(text).child(rest)
        }
    }))
}

async fn read(blob: &Blob, encoding: Encoding) -> Shown {
    const GONE: &str = "The browser could not read the file: it may have changed or moved.";
    match source::content_of(blob, encoding).await {
        Ok(Content::Image(mime)) => match source::address(blob, mime) {
            Some(address) => Shown::Image(Rc::new(Address(address))),
            None => Shown::Words(GONE),
        },
        Ok(Content::Bytes) => Shown::Words("Binary data, which is not shown."),
        Ok(Content::Text) => match source::text(blob, encoding, 0.0, SHOWN).await {
            Ok(text) => Shown::Text(text.into(), blob.size() <= SHOWN),
            Err(_) => Shown::Words(GONE),
        },
        Err(_) => Shown::Words(GONE),
    }
}
