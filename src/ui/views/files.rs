//! Files: was everything read, and whose is it?

use crate::analyze::{LedgerFile, LedgerPart};
use crate::engine::{Answer, Request};
use crate::model::{Axis, FileStatus, Identified, Note, Severity, Source};
use crate::ui::dom::{El, el};
use crate::ui::format;
use crate::ui::parts::List;
use crate::ui::state::{State, state};
use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement};

const ROW: u32 = 76;
const HEAD: u32 = 36;

/// The ledger.
pub fn files() -> El {
    let state = state();
    let list = List::new(
        ROW,
        |span| Request::Ledger { from: span.first, count: span.count },
        |answer| match answer {
            Answer::Ledger(ledger) => Some((ledger.total, ledger.files.len())),
            _ => None,
        },
    );
    let row = move |index: u32| {
        list.loaded.with(|loaded| {
            let loaded = loaded.as_ref()?;
            let Answer::Ledger(ledger) = &loaded.answer else {
                return None;
            };
            Some(file_row(state, ledger.files.get((index - loaded.span.first) as usize)?, index))
        })
    };
    let head = ["File", "Read as", "Results", "DUT", "Build and unit", "Session"]
        .map(|label| el("div").attr("role", "columnheader").child(label));
    let table = el("div.files-table")
        .attrs(&[("role", "table"), ("aria-label", "Files")])
        .live_attr("aria-rowcount", move || Some((list.total() + 1).to_string()))
        .live_style("height", move || format!("{}px", HEAD + ROW * list.total()))
        .child(el("div.files-head").attrs(&[("role", "row"), ("aria-rowindex", "1")]).child(head))
        .rows(move || list.rows(), row);
    let scroller = el("div.files-scroller")
        .attrs(&[("tabindex", "0"), ("role", "region"), ("aria-label", "List of files")])
        .child(table);
    list.watch(&scroller);
    let guesses = move || state.overview.with(|o| o.as_ref().map_or(0, |o| o.problems.guesses));
    let toolbar = el("div.toolbar")
        .child(
            el("span.toolbar-count")
                .attr("role", "status")
                .live_text(move || format::plural(list.total(), "file")),
        )
        .live(move || match guesses() {
            0 => None,
            1 => Some(
                el("span.ask").child("One session's DUT is a guess: please look at it, or type its name."),
            ),
            n => Some(el("span.ask").child(format!(
                "The DUTs of {} sessions are a guess: please look at them, or type their names.",
                format::count(n)
            ))),
        });
    el("main.files").attr("aria-label", "Files").child(toolbar).child(scroller)
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
        None => row.child([(); 3].map(|()| cell().child("–"))),
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
    let note = el("span.note").add_class(class).attr("title", &lines.join("\n"));
    Some(note.child(lines.first()).child(more))
}

fn identity_cells(state: State, file: &LedgerFile, part: &LedgerPart) -> [El; 3] {
    let several = file.parts_total;
    let identity = &part.identity;
    let evidence = |identified: &Identified| identified.evidence.words();
    let (below, below_evidence) = match (&identity.build, &identity.unit) {
        (Some(build), Some(unit)) => (format!("{} · unit {}", build.value, unit.value), evidence(build)),
        (Some(build), None) => (build.value.clone(), evidence(build)),
        (None, Some(unit)) => (format!("unit {}", unit.value), evidence(unit)),
        (None, None) => ("–".to_owned(), String::new()),
    };
    let (session, session_evidence) = match (several, identity.session.evidence.source) {
        (2.., _) => (format!("{} sessions", format::count(several)), "in one file".to_owned()),
        (_, Source::FileName) => ("one session".to_owned(), "the file".to_owned()),
        _ => (identity.session.value.clone(), evidence(&identity.session)),
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
        cell().child(dut).child(el("span.sub").add_class(doubt).child(identity.dut.evidence.words())),
        cell().child(path(&below)).child(el("span.sub").child(below_evidence)),
        cell().child(path(&session)).child(el("span.sub").child(session_evidence)),
    ]
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
