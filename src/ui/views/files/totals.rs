//! Whether everything was read, and how many files there are of each kind.

use crate::analyze::Ledger;
use crate::model::Severity;
use crate::query::FileKind;
use crate::ui::format;
use crate::ui::parts::VirtualList;
use crate::ui::stores::{use_loading, use_navigation};
use leptos::prelude::*;

/// "All 40 files read", or how many files there are, and the number of files of
/// each kind. Pressing a number filters the ledger.
#[component]
pub fn Totals(list: VirtualList<Ledger>) -> impl IntoView {
    let loading = use_loading();
    let all_read = Memo::new(move |_| {
        let is_loading = loading.progress.with(Option::is_some) || loading.fetching.get() > 0;
        list.with(|ledger| words_if_all_read(ledger).filter(|_| !is_loading)).flatten()
    });
    let files = move || list.with(|ledger| ledger.files_total).unwrap_or_default();
    let verdict = move || match all_read.get() {
        Some(words) => view! { <b class="files-all severity-none">{words}</b> }.into_any(),
        None => view! { <span class="files-all">{format!("{}:", format::plural(files(), "file"))}</span> }
            .into_any(),
    };
    view! {
        <div class="files-totals" role="group" aria-label="Files by status">
            {verdict}
            {FileKind::ALL.map(|kind| view! { <KindChip kind=kind list=list /> }).collect_view()}
        </div>
    }
}

/// "All 40 files read", if that is so. Logs and pictures are not reports.
fn words_if_all_read(ledger: &Ledger) -> Option<String> {
    let reports = ledger.kinds.reports();
    let noun = if ledger.kinds.of(FileKind::Others) > 0 { "report" } else { "file" };
    let is_all_read = reports > 0 && ledger.kinds.is_all_read();
    is_all_read.then(|| match reports {
        1 => format!("1 {noun} read"),
        reports => format!("All {} read", format::plural(reports, noun)),
    })
}

/// The number of files of a kind. It is hidden while there are none, or if all
/// files are of the kind, unless the ledger is filtered by it.
#[component]
fn KindChip(kind: FileKind, list: VirtualList<Ledger>) -> impl IntoView {
    let navigation = use_navigation();
    let count = Memo::new(move |_| list.with(|ledger| ledger.kinds.of(kind)).unwrap_or_default());
    let is_plain = move || {
        let is_all = list.with(|ledger| ledger.files_total == count.get()).unwrap_or_default();
        count.get() == 0 || kind == FileKind::Read && is_all
    };
    let is_on = Memo::new(move |_| navigation.view.with(|view| view.files == Some(kind)));
    let toggle = move |_| navigation.push(|view| view.files = (view.files != Some(kind)).then_some(kind));
    view! {
        <button
            type="button"
            class=format!("chip {}", severity_class(kind))
            title=kind_title(kind)
            hidden=move || is_plain() && !is_on.get()
            aria-pressed=move || is_on.get().to_string()
            on:click=toggle
        >
            <b>{move || format::count(count.get())}</b>
            <span>{move || format!(" {}", kind.name(count.get()))}</span>
        </button>
    }
}

/// The severity and the meaning of a kind: "Warning: some results may be missing".
pub fn kind_title(kind: FileKind) -> String {
    let severity = match kind.severity() {
        Some(Severity::Error) => "Error: ",
        Some(Severity::Warning) => "Warning: ",
        Some(Severity::Info) => "Information: ",
        None => "",
    };
    format!("{severity}{}", kind.explanation())
}

/// The class that gives a kind the color and glyph of its severity.
pub fn severity_class(kind: FileKind) -> &'static str {
    match kind.severity() {
        Some(Severity::Error) => "severity-error",
        Some(Severity::Warning) => "severity-warning",
        Some(Severity::Info) => "severity-info",
        None => "severity-none",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_says_its_severity_in_words() {
        assert_eq!(kind_title(FileKind::Unreadable), "Error: nothing could be read");
        assert_eq!(kind_title(FileKind::Partly), "Warning: some results may be missing");
        assert_eq!(kind_title(FileKind::Duplicates), "Information: identical to another file, counted once");
        assert_eq!(kind_title(FileKind::Read), "read completely");
    }
}
