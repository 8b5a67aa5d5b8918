//! Files: was everything read, and whose is it?

use crate::analyze::{Ledger, LedgerFile, LedgerPart};
use crate::browser::document;
use crate::engine::{Answer, Request};
use crate::model::{Axis, FileStatus, Identified, Note, Severity, Source};
use crate::ui::dom::{El, el, on_window, soon};
use crate::ui::format;
use crate::ui::parts::{List, Loaded, coded, naming, small_button};
use crate::ui::signals::*;
use crate::ui::state::{State, state};
use web_sys::{Event, HtmlInputElement, KeyboardEvent};

const ROW: u32 = 76;
const HEAD: u32 = 36;

/// The ledger, or in its place the panel that names many files at once.
pub fn files() -> El {
    let state = state();
    let is_naming = RwSignal::new(false);
    // What was done last, for those who do not see it.
    let said = RwSignal::new(String::new());
    let list = List::new(
        ROW,
        |span| Request::Ledger { from: span.first, count: span.count },
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
    let toolbar = el("div.toolbar").child(totals(state)).live(move || guesses(state)).child(
        el("div.files-actions")
            .child(el("span.hint").attr("role", "status").live_text(move || said.get()))
            .live(move || {
                let undo = undo()?;
                Some(
                    small_button(format!("Undo {undo}"), take_back)
                        .attrs(&[("id", "undo"), ("title", "Ctrl+Z")]),
                )
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

/// Was everything read, in figures.
fn totals(state: State) -> El {
    el("ul.files-totals").attr("aria-label", "Totals").live(move || {
        state.overview.with(|overview| {
            let Some(overview) = overview else {
                return Vec::new();
            };
            let problems = &overview.problems;
            let others = problems.unreadable
                + problems.partly
                + problems.empty
                + problems.duplicates
                + problems.remarked;
            let figures = [
                ("files", "", overview.files),
                ("read", "status-read", overview.files.saturating_sub(others)),
                ("with remarks", "status-remarked", problems.remarked),
                ("partly read", "status-partly", problems.partly),
                ("unreadable", "status-unreadable", problems.unreadable),
                ("without results", "status-empty", problems.empty),
                ("duplicate", "status-empty", problems.duplicates),
                ("results", "", overview.all.results()),
                ("sessions", "", overview.sessions),
                ("DUTs", "", overview.duts.len() as u32),
            ];
            let figure = |(name, class, figure): (&str, &str, u32)| {
                // One of a thing has no ending.
                let name =
                    if figure == 1 { name.strip_suffix('s').filter(|_| !name.contains(' ')) } else { None }
                        .unwrap_or(name);
                el("li").child(el("b").add_class(class).child(format::count(figure))).child(" ").child(name)
            };
            figures
                .into_iter()
                .filter(|(_, class, count)| class.is_empty() || *count > 0)
                .map(figure)
                .collect()
        })
    })
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
        .child(table);
    list.watch(&scroller);
    scroller
}

/// A DUT has a unit; else the column is not shown.
fn has_units(state: State) -> bool {
    state
        .overview
        .with(|overview| overview.as_ref().is_some_and(|o| o.duts.iter().any(|dut| dut.unit.is_some())))
}

fn status_class(status: FileStatus) -> &'static str {
    match status {
        FileStatus::Read => "status-read",
        FileStatus::PartlyRead => "status-partly",
        FileStatus::Duplicate | FileStatus::NoResults => "status-empty",
        FileStatus::Unreadable => "status-unreadable",
    }
}

fn file_row(state: State, file: &LedgerFile, index: u32) -> El {
    let row = el("div.files-row")
        .attr("role", "row")
        .number_attr("aria-rowindex", index + 2)
        .style("transform", &format!("translateY({}px)", HEAD + ROW * index))
        .child(cell().add_class("file-path").child(path(&file.path)).child(notes(&file.notes)))
        .child(
            cell()
                .child(el("span.status").add_class(status_class(file.status)).child(file.status.word()))
                .child(el("span.sub").child(format!("{} {}", file.format, format::bytes(file.bytes as f64)))),
        )
        .child(cell().add_class("number").child(format::count(file.results)));
    match file.parts.first().filter(|part| part.is_in_session) {
        Some(part) => row.child(identity_cells(state, file, part)),
        None => row.child([(); 4].map(|()| cell().child("–"))),
    }
}

fn cell() -> El {
    el("div").attr("role", "cell")
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
        let request = Request::Assign { parts: vec![id], axis: Axis::Dut, value };
        state.ask(&request, move |answer| {
            if answer.is_some() {
                state.changed();
            }
        });
    })
}
