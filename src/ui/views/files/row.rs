//! A row of the ledger.

use super::ROW;
use super::ledger::HEAD;
use crate::analyze::{Ledger, LedgerFile, LedgerPart};
use crate::engine::Assign;
use crate::model::{FileId, Identified, IdentityField, Note, Severity, Source};
use crate::query::View;
use crate::ui::format;
use crate::ui::parts::{ViewLink, VirtualList, with_code};
use crate::ui::stores::{use_data, use_navigation};
use crate::ui::views::file::StatusMark;
use leptos::ev::KeyboardEvent;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The file that a row belongs to.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RowKey {
    file: FileId,
    /// The file's key in links.
    key: String,
    path: String,
}

impl RowKey {
    /// The row of this file.
    pub fn new(file: &LedgerFile) -> RowKey {
        RowKey { file: file.file, key: file.key.clone(), path: file.path.clone() }
    }
}

/// The data of a row. It stays what it was while another part of the ledger is
/// loaded.
#[derive(Clone, Copy)]
struct Line(Memo<Option<(u32, LedgerFile)>>);

impl Line {
    fn new(list: VirtualList<Ledger>, file: FileId) -> Line {
        Line(Memo::new(move |before: Option<&Option<(u32, LedgerFile)>>| {
            let line = list.with(|ledger| {
                let mut lines = (ledger.from..).zip(&ledger.files);
                lines.find(|(_, line)| line.file == file).map(|(index, line)| (index, line.clone()))
            });
            line.flatten().or_else(|| before.cloned().flatten())
        }))
    }

    /// The index of the row.
    fn index(self) -> u32 {
        self.0.with(|line| line.as_ref().map_or(0, |(index, _)| *index))
    }

    fn with<T>(self, read: impl FnOnce(&LedgerFile) -> T) -> Option<T> {
        self.0.with(|line| line.as_ref().map(|(_, file)| read(file)))
    }

    /// Reads the first session's part of the file, if it has one.
    fn with_part<T>(self, read: impl FnOnce(&LedgerFile, &LedgerPart) -> T) -> Option<T> {
        self.with(|file| {
            let part = file.parts.first().filter(|part| part.session.is_some())?;
            Some(read(file, part))
        })
        .flatten()
    }
}

/// What is in the column of DUTs.
#[derive(Clone, Copy, PartialEq)]
enum DutCell {
    /// There is no session.
    Nothing,
    /// A name, which a person may correct.
    Field,
    /// The names of several sessions.
    Names,
}

/// The row of a file. Its elements stay when the data changes.
#[component]
pub fn FileRow(list: VirtualList<Ledger>, key: RowKey) -> impl IntoView {
    let RowKey { file, key, path } = key;
    let line = Line::new(list, file);
    let open_line = use_navigation().open_line;
    let is_open = move || open_line.get() == Some(line.index());
    let to = move |view: &mut View| view.file = Some(key.clone());
    let read_as = move || {
        line.with(|file| {
            view! {
                <StatusMark status=file.status />
                <span class="sub">{format!("{} {}", file.format, format::bytes(file.bytes as f64))}</span>
            }
        })
    };
    let dut_cell = Memo::new(move |_| {
        let cell =
            line.with_part(|file, _| if file.parts_total > 1 { DutCell::Names } else { DutCell::Field });
        cell.unwrap_or(DutCell::Nothing)
    });
    let (title, field_path) = (path.clone(), path.clone());
    let dut = move || match dut_cell.get() {
        DutCell::Nothing => "–".into_any(),
        DutCell::Names => view! { {move || line.with(names_of_duts)} }.into_any(),
        DutCell::Field => {
            view! { <NameField list=list line=line file=file path=field_path.clone() /> }.into_any()
        }
    };
    let dut_evidence = move || {
        line.with_part(|_, part| {
            let doubt = if part.identity.dut.evidence.doubtful { " note-warning" } else { "" };
            evidence(&part.identity.dut.evidence.words(), doubt)
        })
    };
    let unit = move || or_dash(line.with_part(|_, part| optional(part.identity.unit.as_ref())));
    let build = move || or_dash(line.with_part(|_, part| optional(part.identity.build.as_ref())));
    let session = move || or_dash(line.with_part(session));
    view! {
        <div
            class="files-row"
            role="row"
            aria-rowindex=move || (line.index() + 2).to_string()
            aria-current=move || is_open().then_some("true")
            style:transform=move || format!("translateY({}px)", HEAD + ROW * line.index())
        >
            <div role="cell" class="file-path">
                <ViewLink
                    to=to
                    attr:class="path"
                    attr:title=title
                    attr:id=format!("file-{}", file.index())
                >
                    {path}
                </ViewLink>
                {move || line.with(|file| notes(&file.notes))}
            </div>
            <div role="cell">{read_as}</div>
            <div role="cell" class="number">
                {move || line.with(|file| format::count(file.results))}
            </div>
            <div role="cell">{dut} {dut_evidence}</div>
            <div role="cell">{unit}</div>
            <div role="cell">{build}</div>
            <div role="cell">{session}</div>
        </div>
    }
}

/// The name of a DUT, which a person may correct. What is being typed stays when
/// the data changes.
#[component]
fn NameField(list: VirtualList<Ledger>, line: Line, file: FileId, path: String) -> impl IntoView {
    let data = use_data();
    let field = NodeRef::<Input>::new();
    // The name that the field was given. Anything else in it was typed.
    let given = StoredValue::new(String::new());
    let name = move || line.with_part(|_, part| part.identity.dut.value.clone()).unwrap_or_default();
    Effect::new(move || {
        // With each answer, as a name may be rejected and stay what it was.
        list.with(|_| ());
        let name = name();
        if let Some(field) = field.get()
            && given.with_value(|given| field.value() == *given)
        {
            if field.value() != name {
                field.set_value(&name);
            }
            given.set_value(name);
        }
    });
    let is_doubtful =
        move || line.with_part(|_, part| part.identity.dut.evidence.doubtful).unwrap_or_default();
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape"
            && let Some(field) = field.get_untracked()
        {
            field.set_value(&given.get_value());
        }
    };
    let assign = move |_| {
        // Removing an edited field changes it, after its owner is gone.
        let Some(field) = field.try_get_untracked().flatten() else {
            return;
        };
        let Some(part) = untrack(|| line.with_part(|_, part| part.part)) else {
            return;
        };
        let typed = field.value();
        let value = Some(typed.clone()).filter(|value| !value.trim().is_empty());
        spawn_local(async move {
            let answer = data.ask(Assign(vec![(part, vec![(IdentityField::Dut, value)])])).await;
            // From now on, the field follows the data again; unless more was typed.
            given.try_update_value(|given| *given = typed);
            if answer.is_some() {
                data.refresh_now();
            }
        });
    };
    view! {
        <input
            class="field field-quiet"
            class:is-doubtful=is_doubtful
            aria-label=format!("DUT of {path}")
            spellcheck="false"
            id=format!("dut-{}", file.index())
            node_ref=field
            on:keydown=on_key
            on:change=assign
        />
    }
}

/// The most severe note; all of them on hover.
fn notes(notes: &[Note]) -> Option<impl IntoView + use<>> {
    let text = |note: &Note| match note.at {
        Some(at) => format!("{} (byte {at})", note.text),
        None => note.text.clone(),
    };
    let mut sorted: Vec<&Note> = notes.iter().collect();
    sorted.sort_by_key(|note| std::cmp::Reverse(note.severity));
    let class = note_class(sorted.first()?.severity);
    let texts: Vec<String> = sorted.into_iter().map(text).collect();
    let more = (texts.len() > 1).then(|| format!(" · and {} more", format::count(texts.len() as u32 - 1)));
    let first = with_code(texts.first()?);
    Some(view! {
        <span class=format!("note {class}") title=texts.join("\n").replace('`', "")>
            {first}
            {more}
        </span>
    })
}

/// The class that colors a note.
pub fn note_class(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "note-error",
        Severity::Warning => "note-warning",
        Severity::Info => "",
    }
}

/// The content of a cell, or a dash where the file is not part of a session.
fn or_dash<T: IntoView + 'static>(content: Option<T>) -> AnyView {
    content.map_or_else(|| "–".into_any(), IntoAny::into_any)
}

fn optional(identified: Option<&Identified>) -> AnyView {
    match identified {
        Some(Identified { value, evidence }) => value_with(value, &evidence.words()).into_any(),
        None => view! { <span class="path zero">"–"</span> }.into_any(),
    }
}

fn session(file: &LedgerFile, part: &LedgerPart) -> impl IntoView + use<> {
    let session = &part.identity.session;
    match (file.parts_total, session.evidence.source) {
        (count @ 2.., _) => value_with(&format::plural(count, "session"), "in one file"),
        (_, Source::FileName) => value_with("1 session", "per file"),
        _ => value_with(&session.value, &session.evidence.words()),
    }
}

fn names_of_duts(file: &LedgerFile) -> impl IntoView + use<> {
    let mut names: Vec<&str> = file.parts.iter().map(|part| part.identity.dut.value.as_str()).collect();
    names.dedup();
    view! { <span class="path" title=names.join("\n")>{names.join(", ")}</span> }
}

/// A value and its evidence; each may be too long for its column, and is whole on
/// hover.
fn value_with(value: &str, words: &str) -> impl IntoView + use<> {
    view! {
        <span class="path" title=value.to_owned()>{value.to_owned()}</span>
        {evidence(words, "")}
    }
}

fn evidence(words: &str, class: &str) -> impl IntoView + use<> {
    view! { <span class=format!("sub{class}") title=words.replace('`', "")>{with_code(words)}</span> }
}
