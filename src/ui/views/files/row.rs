//! A row of the ledger.

use super::ROW;
use crate::analyze::{Ledger, LedgerFile, LedgerPart};
use crate::engine::Assign;
use crate::model::{FileId, FileStatus, Identified, IdentityField, Note, Severity, Source};
use crate::query::{FileKind, View};
use crate::ui::format;
use crate::ui::parts::{LIST_HEAD, ViewLink, VirtualList, with_code};
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
pub fn FileRow(
    list: VirtualList<Ledger>,
    key: RowKey,
    /// The names that no file has: they have no column.
    empty: Memo<Vec<IdentityField>>,
) -> impl IntoView {
    let RowKey { file, key, path } = key;
    let line = Line::new(list, file);
    let open_line = use_navigation().open_line;
    let is_open = move || open_line.get() == Some(line.index());
    let to = move |view: &mut View| view.file = Some(key.clone());
    let to_notes = to.clone();
    let read_as = move || {
        line.with(|file| {
            view! {
                <StatusMark kind=file.kind />
                <span class="sub">{format_and_size(file)}</span>
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
        DutCell::Nothing => dash(),
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
    let names = move || {
        let cell = |field: IdentityField| {
            let content = move || {
                let content = line.with_part(|file, part| match field {
                    IdentityField::Unit => optional(part.identity.unit.as_ref()),
                    IdentityField::Build => optional(part.identity.build.as_ref()),
                    _ => session(file, part),
                });
                content.unwrap_or_else(dash)
            };
            view! { <div role="cell">{content}</div> }
        };
        let fields = [IdentityField::Unit, IdentityField::Build, IdentityField::Session];
        empty.with(|empty| fields.into_iter().filter(|field| !empty.contains(field)).map(cell).collect_view())
    };
    view! {
        <div
            class="list-row files-row"
            role="row"
            aria-rowindex=move || (line.index() + 2).to_string()
            aria-current=move || is_open().then_some("true")
            style:transform=move || format!("translateY({}px)", LIST_HEAD + ROW * line.index())
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
                {move || line.with(|file| notes(file, to_notes.clone()))}
            </div>
            <div role="cell">{read_as}</div>
            <div role="cell" class="number">
                {move || line.with(|file| format::count(file.results))}
            </div>
            <div role="cell">{dut} {dut_evidence}</div>
            {names}
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

/// "JUnit XML of pytest · 28 kB".
fn format_and_size(file: &LedgerFile) -> String {
    let separator = if file.format.is_empty() { "" } else { " · " };
    format!("{}{separator}{}", file.format, format::bytes(file.bytes as f64))
}

/// The note that matters, and a link to the others. Routine notes of a file that was
/// read are folded.
fn notes(file: &LedgerFile, to: impl Fn(&mut View) + Clone + Send + Sync + 'static) -> AnyView {
    let (written, folded) = written_and_folded(file);
    let class = written.map_or("", |note| note_class(file.kind, note.severity));
    let written = written.map(|note| {
        view! {
            <span class=format!("note {class}") title=plain(note)>
                {with_code(&text(note))}
            </span>
        }
    });
    let link = (!folded.is_empty()).then(|| {
        let count = folded.len() as u32;
        let noun = if written.is_some() { "more note" } else { "note" };
        let words = format::plural(count, noun);
        let label = format!("{words} about {}", file.path);
        let title = folded.iter().map(plain).collect::<Vec<_>>().join("\n");
        view! {
            <ViewLink to=to attr:class="note-link" attr:title=title attr:aria-label=label>
                {words}
            </ViewLink>
        }
    });
    view! { <div class="file-remarks">{written} {link}</div> }.into_any()
}

/// The note that is written out: the most severe one, if it is a warning or an error
/// or says why the file was not read. And the others.
fn written_and_folded(file: &LedgerFile) -> (Option<&Note>, &[Note]) {
    match file.notes.split_first() {
        Some((first, others)) if first.severity >= Severity::Warning || file.status != FileStatus::Read => {
            (Some(first), others)
        }
        _ => (None, &file.notes),
    }
}

/// A note with its place.
fn text(note: &Note) -> String {
    match note.at {
        Some(at) => format!("{} (byte {at})", note.text),
        None => note.text.clone(),
    }
}

/// A note without marks of code, for a tooltip.
fn plain(note: &Note) -> String {
    text(note).replace('`', "")
}

/// The class that colors a note of a file. A note is not more severe than what became
/// of the file: where some of it was read, an error in it is a warning.
pub fn note_class(kind: FileKind, severity: Severity) -> &'static str {
    match kind.severity().map_or(severity, |limit| severity.min(limit)) {
        Severity::Error => "note-error",
        Severity::Warning => "note-warning",
        Severity::Info => "",
    }
}

/// The content of a cell without a value.
fn dash() -> AnyView {
    view! { <span class="path zero">"–"</span> }.into_any()
}

fn optional(identified: Option<&Identified>) -> AnyView {
    match identified {
        Some(Identified { value, evidence }) => value_with(value, &evidence.words()).into_any(),
        None => dash(),
    }
}

/// The session of a file, where it says more than the file's name.
fn session(file: &LedgerFile, part: &LedgerPart) -> AnyView {
    let session = &part.identity.session;
    match (file.parts_total, session.evidence.source) {
        (count @ 2.., _) => value_with(&format::plural(count, "session"), "in one file").into_any(),
        (_, Source::FileName) => dash(),
        _ => value_with(&session.value, &session.evidence.words()).into_any(),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn file(status: FileStatus, severities: &[Severity]) -> LedgerFile {
        let note = |&severity| Note { severity, at: None, text: String::new() };
        LedgerFile {
            file: FileId(0),
            key: String::new(),
            path: String::new(),
            bytes: 0,
            format: String::new(),
            status,
            kind: FileKind::Read,
            results: 0,
            notes: severities.iter().map(note).collect(),
            parts_total: 0,
            parts: Vec::new(),
        }
    }

    #[test]
    fn a_note_is_not_more_severe_than_what_became_of_the_file() {
        assert_eq!(note_class(FileKind::Unreadable, Severity::Error), "note-error");
        assert_eq!(note_class(FileKind::Partly, Severity::Error), "note-warning");
        assert_eq!(note_class(FileKind::Partly, Severity::Info), "");
        assert_eq!(note_class(FileKind::Duplicates, Severity::Info), "");
        assert_eq!(note_class(FileKind::Read, Severity::Warning), "note-warning");
    }

    #[test]
    fn routine_notes_are_folded() {
        use Severity::{Error, Info, Warning};
        let check = |status, severities: &[Severity], written: Option<Severity>, folded: usize| {
            let file = file(status, severities);
            let (note, others) = written_and_folded(&file);
            assert_eq!((note.map(|note| note.severity), others.len()), (written, folded), "{status:?}");
        };
        check(FileStatus::Read, &[], None, 0);
        check(FileStatus::Read, &[Info, Info], None, 2);
        check(FileStatus::Read, &[Warning, Info], Some(Warning), 1);
        check(FileStatus::PartlyRead, &[Error, Info], Some(Error), 1);
        check(FileStatus::Duplicate, &[Info], Some(Info), 0);
        check(FileStatus::NoResults, &[Info, Info], Some(Info), 1);
    }
}
