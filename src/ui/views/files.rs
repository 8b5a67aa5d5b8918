//! Files: was everything read, and whose is it?

use super::file::status;
use crate::analyze::{Ledger, LedgerFile, LedgerPart};
use crate::browser::document;
use crate::engine::{Answer, Request};
use crate::model::{Identified, IdentityField, Note, Severity, Source};
use crate::query::{FileKind, View};
use crate::ui::dom::{El, el, on_window, soon};
use crate::ui::format;
use crate::ui::parts::{List, Loaded, chip, coded, filter_words, naming, nothing, small_button};
use crate::ui::signals::*;
use crate::ui::state::{State, state};
use web_sys::{Event, HtmlInputElement, KeyboardEvent, MouseEvent};

const ROW: u32 = 60;
const HEAD: u32 = 36;

/// The ledger, or in its place the panel that names many files at once.
pub fn files() -> El {
    let state = state();
    let is_naming = RwSignal::new(false);
    // What was done last, for those who do not see it.
    let said = RwSignal::new(String::new());
    let list = List::new(
        ROW,
        move |span| {
            let filter = state.view.with(View::file_filter);
            Request::Ledger { filter, from: span.first, count: span.count }
        },
        |answer| match answer {
            Answer::Ledger(ledger) => Some((ledger.total, ledger.files.len())),
            _ => None,
        },
    );
    let undo = move || list.loaded.with(|loaded| ledger_of(loaded.as_deref()?)?.undo.clone());
    let take_back = move || {
        state.ask(&Request::Undo, move |answer| {
            if let Some(Answer::Undone(Some(undone))) = answer {
                said.set(format!("Taken back: {undone}"));
                state.changed();
            }
        });
    };
    on_window("keydown", move |event: &KeyboardEvent| {
        let is_undo = event.key() == "z" && (event.ctrl_key() || event.meta_key());
        if is_undo && !event.shift_key() && !document::is_typing() && document::find("dialog[open]").is_none()
        {
            event.prevent_default();
            take_back();
        }
    });
    let named = move |files: Option<u32>| {
        is_naming.set(false);
        if let Some(files) = files {
            said.set(format!("Named {}", format::plural(files, "file")));
        }
        soon(|| document::focus(document::find("#name-by-pattern").as_ref()));
    };
    let toolbar = el("div.toolbar")
        .child(totals(state, list))
        .child(filter_words("Filter files by path, format or note", "Filter files: words, !without"))
        .live(move || guesses(state))
        .child(
            el("div.files-actions")
                .child(el("span.hint").attr("role", "status").live_text(move || said.get()))
                .live(move || {
                    let undo = undo()?;
                    Some(
                        small_button(format!("Undo {undo}"), take_back)
                            .attrs(&[("id", "undo"), ("title", "Ctrl+Z")]),
                    )
                })
                .live(move || {
                    state.version.track();
                    let again = || {
                        small_button("Look for changes", move || state.look_again(None)).attr(
                            "title",
                            "Reads what changed since it was dropped, and what is new in folders",
                        )
                    };
                    state.can_look_again().then(again)
                })
                .child(
                    small_button("Name by pattern…", move || is_naming.update(|open| *open = !*open))
                        .attr("id", "name-by-pattern")
                        .live_attr("aria-expanded", move || Some(is_naming.get().to_string())),
                ),
        );
    el("main.files").attr("aria-label", "Files").child(toolbar).switch(
        move || is_naming.get(),
        move |is_naming| if is_naming { naming(named) } else { ledger(state, list) },
    )
}

fn ledger_of(loaded: &Loaded) -> Option<&Ledger> {
    match &loaded.answer {
        Answer::Ledger(ledger) => Some(ledger),
        _ => None,
    }
}

/// Was everything read, in figures that filter.
fn totals(state: State, list: List) -> El {
    let kinds = FileKind::ALL.map(|kind| {
        let count = move || {
            let at = FileKind::ALL.iter().position(|other| *other == kind).unwrap_or_default();
            list.loaded
                .with(|loaded| loaded.as_deref().and_then(ledger_of).map_or(0, |ledger| ledger.kinds[at]))
        };
        let chip = chip(
            "",
            move |view| view.files == Some(kind),
            move |view, is_on| view.files = (!is_on).then_some(kind),
        );
        let chip = chip
            .add_class(class_of(kind))
            .child(el("b").live_text(move || format::count(count())))
            .child(el("span").live_text(move || format!(" {}", kind.name(count()))));
        let is_chosen = move || state.view.with(|view| view.files == Some(kind));
        chip.live_attr("hidden", move || (count() == 0 && !is_chosen()).then(String::new))
    });
    let all = move || {
        list.loaded
            .with(|loaded| loaded.as_deref().and_then(ledger_of).map_or(0, |ledger| ledger.files_total))
    };
    el("div.files-totals")
        .attrs(&[("role", "group"), ("aria-label", "Files, by what became of them")])
        .child(el("span.files-all").live_text(move || format!("{}:", format::plural(all(), "file"))))
        .children(kinds)
}

fn class_of(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Read => "status-read",
        FileKind::Partly | FileKind::Warned => "status-partly",
        FileKind::Unreadable => "status-unreadable",
        FileKind::NoResults | FileKind::Duplicates => "status-empty",
    }
}

fn guesses(state: State) -> Option<El> {
    let text = match state.overview.with(|o| o.as_ref().map_or(0, |o| o.problems.guesses)) {
        0 => return None,
        1 => "One session's DUT is a guess: please look at it, or type its name.".to_owned(),
        n => format!(
            "The DUTs of {} sessions are a guess: please look at them, or type their names.",
            format::count(n)
        ),
    };
    Some(el("span.ask").child(text))
}

fn ledger(state: State, list: List) -> El {
    let row = move |index: u32| {
        list.loaded.with(|loaded| {
            let loaded = loaded.as_deref()?;
            let ledger = ledger_of(loaded)?;
            Some(file_row(state, ledger.files.get((index - loaded.span.first) as usize)?, index))
        })
    };
    let head = ["File", "Read as", "Results", "DUT", "Unit", "Build", "Session"]
        .map(|label| el("div").attr("role", "columnheader").child(label));
    let table = el("div.files-table")
        .attrs(&[("role", "table"), ("aria-label", "Files")])
        .live_attr("data-units", move || Some(has_units(state).to_string()))
        .live_attr("aria-rowcount", move || Some((list.total() + 1).to_string()))
        .live_style("height", move || format!("{}px", HEAD + ROW * list.total()))
        .child(el("div.files-head").attrs(&[("role", "row"), ("aria-rowindex", "1")]).child(head))
        .rows(move || list.rows(), row);
    let scroller = el("div.files-scroller")
        .attrs(&[("tabindex", "0"), ("role", "region"), ("aria-label", "List of files")])
        .child(table)
        .live(move || {
            let is_filtered = state.view.with(|view| view.file_filter().is_active());
            (is_filtered && list.total() == 0).then(|| nothing("No file is like that.", true))
        });
    list.watch(&scroller);
    scroller
}

/// A DUT has a unit; else the column is not shown.
fn has_units(state: State) -> bool {
    state
        .overview
        .with(|overview| overview.as_ref().is_some_and(|o| o.duts.iter().any(|dut| dut.unit.is_some())))
}

fn file_row(state: State, file: &LedgerFile, index: u32) -> El {
    let row = el("div.files-row")
        .attr("role", "row")
        .number_attr("aria-rowindex", index + 2)
        .style("transform", &format!("translateY({}px)", HEAD + ROW * index))
        .child(cell().add_class("file-path").child(opener(state, file)).child(notes(&file.notes)))
        .child(cell().child(status(file.status)).child(el("span.sub").child(format!(
            "{} {}",
            file.format,
            format::bytes(file.bytes as f64)
        ))))
        .child(cell().add_class("number").child(format::count(file.results)));
    match file.parts.first().filter(|part| part.session.is_some()) {
        Some(part) => row.child(identity_cells(state, file, part)),
        None => row.child([(); 4].map(|()| cell().child("–"))),
    }
}

fn cell() -> El {
    el("div").attr("role", "cell")
}

/// The path, which leads to all that is known of the file.
fn opener(state: State, file: &LedgerFile) -> El {
    let key = file.key.clone();
    let lead = move |view: &mut View| view.file = Some(key.clone());
    let mut there = state.view.get_untracked();
    lead(&mut there);
    el("a.path")
        .attrs(&[
            ("href", &there.to_query()),
            ("title", &file.path),
            ("id", &format!("file-{}", file.file.index())),
        ])
        .child(&file.path)
        .on("click", move |event: &MouseEvent| {
            if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                event.prevent_default();
                state.navigate(true, &lead);
            }
        })
}

/// A text that may be too long for its column: the whole on hover.
fn path(text: &str) -> El {
    el("span.path").attr("title", text).child(text)
}

/// The notes: the most severe one in the row, all of them on hover.
fn notes(notes: &[Note]) -> Option<El> {
    let line = |note: &Note| match note.at {
        Some(at) => format!("{} (byte {at})", note.text),
        None => note.text.clone(),
    };
    let of = |severity| notes.iter().filter(move |note| note.severity == severity);
    let sorted = of(Severity::Error).chain(of(Severity::Warning)).chain(of(Severity::Info));
    let lines: Vec<String> = sorted.clone().map(line).collect();
    let class = match sorted.clone().next()?.severity {
        Severity::Error => "note-error",
        Severity::Warning => "note-warning",
        Severity::Info => "",
    };
    let more = (lines.len() > 1).then(|| format!(" · and {} more", format::count(lines.len() as u32 - 1)));
    let note = el("span.note").add_class(class).attr("title", &lines.join("\n").replace('`', ""));
    let first = lines.first().map(String::as_str).unwrap_or_default();
    Some(coded(note, first).child(more))
}

fn identity_cells(state: State, file: &LedgerFile, part: &LedgerPart) -> [El; 4] {
    let several = file.parts_total;
    let identity = &part.identity;
    let optional = |identified: &Option<Identified>| match identified {
        Some(Identified { value, evidence }) => said(value, &evidence.words()),
        None => cell().child(el("span.path.zero").child("–")),
    };
    let session = match (several, identity.session.evidence.source) {
        (2.., _) => said(&format!("{} sessions", format::count(several)), "in one file"),
        (_, Source::FileName) => said("one session", "the file"),
        _ => said(&identity.session.value, &identity.session.evidence.words()),
    };
    let dut = if several > 1 {
        let mut names: Vec<&str> = file.parts.iter().map(|part| part.identity.dut.value.as_str()).collect();
        names.dedup();
        path(&names.join(", ")).attr("title", &names.join("\n"))
    } else {
        name_field(state, file, part)
    };
    let doubt = if identity.dut.evidence.doubtful { "note-warning" } else { "" };
    [
        cell().child(dut).child(evidence(&identity.dut.evidence.words()).add_class(doubt)),
        optional(&identity.unit),
        optional(&identity.build),
        session,
    ]
}

fn said(value: &str, words: &str) -> El {
    cell().child(path(value)).child(evidence(words))
}

/// From what it was concluded; the whole on hover.
fn evidence(words: &str) -> El {
    coded(el("span.sub").attr("title", &words.replace('`', "")), words)
}

/// The DUT's name, which a person may correct.
fn name_field(state: State, file: &LedgerFile, part: &LedgerPart) -> El {
    let id = part.part;
    let dut = &part.identity.dut;
    let field = el("input.field.field-quiet")
        .add_class(if dut.evidence.doubtful { "is-doubtful" } else { "" })
        .attrs(&[
            ("aria-label", &format!("DUT of {}", file.path)),
            ("spellcheck", "false"),
            ("value", &dut.value),
            // By which it keeps the focus when its row is built again.
            ("id", &format!("dut-{}", file.file.index())),
        ]);
    let input = field.as_a::<HtmlInputElement>().clone();
    let (typed, before) = (input.clone(), dut.value.clone());
    let field = field.on("keydown", move |event: &KeyboardEvent| {
        if event.key() == "Escape" {
            typed.set_value(&before);
        }
    });
    field.on("change", move |_: &Event| {
        let value = Some(input.value()).filter(|value| !value.trim().is_empty());
        let request = Request::Assign { parts: vec![id], axis: IdentityField::Dut, value };
        state.ask(&request, move |answer| {
            if answer.is_some() {
                state.changed();
            }
        });
    })
}
