//! Failures: what are the causes?

use crate::analyze::{ClusterRow, ClusterWindow, SeenIn, Suspect};
use crate::engine::{GetFailures, GetSuspects};
use crate::query::{Filter, OutcomeFilter, Route, Sort, SortKey, View};
use crate::ui::format;
use crate::ui::hooks::use_query;
use crate::ui::parts::{
    Cell, Column, ColumnChoice, DutFilter, FilterField, RowButtons, Span, Table, TableCount, TableRows,
    TableSource, ViewLink, sort_of,
};
use leptos::prelude::*;

/// The table of causes.
#[component]
pub fn Failures() -> impl IntoView {
    let table = Table::<FailureTable>::new();
    view! {
        <main class="table-view" aria-label="Failures">
            <div class="toolbar">
                <div class="filter" role="search">
                    <FilterField name="Filter failures" placeholder="Filter by message or test" />
                    <DutFilter />
                </div>
                <TableCount table=table />
                <ColumnChoice table=table />
            </div>
            <Suspects />
            <TableRows table=table />
        </main>
    }
}

/// How many suspects are named.
const SUSPECTS: usize = 3;

/// Units that fail what their siblings pass, if there are any.
#[component]
fn Suspects() -> impl IntoView {
    let suspects = use_query(|| Some(GetSuspects)).answer;
    let line = |suspect: &Suspect| {
        let unit = suspect.unit.as_ref().map(|unit| format!(", unit {unit}")).unwrap_or_default();
        let name = format!("{}{unit}", suspect.dut);
        let words = format!(
            " fails {} that its {} ({}) pass; no sibling fails more than {} alone (p {})",
            format::plural(suspect.tests, "test"),
            format::plural(suspect.siblings, "sibling"),
            suspect.model,
            format::count(suspect.most_of_sibling),
            if suspect.p_value < 0.001 {
                "< 0.001".to_owned()
            } else {
                format!("= {}", format::value(suspect.p_value, 2))
            }
        );
        let dut = suspect.dut.clone();
        let to = move |view: &mut View| {
            view.go(Route::Tests);
            view.filter.only = OutcomeFilter::Failing;
            view.filter.dut = Some(dut.clone());
        };
        view! { <li><ViewLink to=to>{name}</ViewLink>{words}</li> }
    };
    move || {
        let suspects = suspects.get().filter(|suspects| !suspects.is_empty())?;
        let lines = suspects.iter().take(SUSPECTS).map(line).collect_view();
        let more = suspects.len().saturating_sub(SUSPECTS) as u32;
        let more =
            (more > 0).then(|| view! { <li class="hint">{format!("{} more", format::count(more))}</li> });
        Some(view! {
            <section class="explains" aria-label="Suspect units">
                <h3>"Suspect the unit, not the code"</h3>
                <ul class="explains-list">{lines} {more}</ul>
            </section>
        })
    }
}

/// A row per cluster of failures.
struct FailureTable;

impl TableSource for FailureTable {
    type Query = GetFailures;

    const NAME: &'static str = "Failures";
    const NOUN: &'static str = "cause";
    const COLUMNS: &'static [Column] = &[
        Column {
            share: 6,
            title: "Failures of one place whose messages differ in numbers, dates and folders only",
            ..Column::new(SortKey::Name, "Message", 320, 0)
        },
        Column {
            title: "Results that fail so in the DUTs' latest sessions",
            ..Column::number(SortKey::Failing, "Now", 64, 1)
        },
        Column {
            title: "How many of these a known issue covers",
            when_empty: "no known issues",
            ..Column::number(SortKey::Known, "Known", 72, 2)
        },
        Column::number(SortKey::Tests, "Tests", 64, 2),
        Column { share: 2, when_empty: "one DUT", ..Column::new(SortKey::Dut, "DUTs", 180, 3) },
        Column { when_empty: "one session per DUT", ..Column::number(SortKey::Sessions, "Sessions", 84, 6) },
        Column { is_default: false, ..Column::number(SortKey::Results, "Results", 84, 7) },
        Column {
            share: 1,
            when_empty: "one session per DUT",
            ..Column::new(SortKey::FirstSeen, "First seen", 120, 4)
        },
        Column {
            share: 1,
            when_empty: "one session per DUT",
            ..Column::new(SortKey::LastSeen, "Last seen", 120, 5)
        },
    ];
    const DEFAULT_SORT: Option<Sort> = None;

    fn query(view: &View, span: Span) -> GetFailures {
        let sort = sort_of::<Self>(view);
        GetFailures { filter: view.filter.clone(), sort, from: span.first, count: span.count }
    }

    fn all(answer: &ClusterWindow) -> u32 {
        answer.clusters
    }

    fn empty_columns(answer: &ClusterWindow) -> &[SortKey] {
        &answer.empty_columns
    }

    fn cell(_: &ClusterWindow, row: &ClusterRow, by: SortKey, _: &mut RowButtons) -> Cell {
        match by {
            SortKey::Name => message(row),
            SortKey::Failing => number(row.now, "o-failed"),
            SortKey::Known => number(row.known, ""),
            SortKey::Tests => number(row.tests, ""),
            SortKey::Dut => {
                let names = row.duts.0.join(", ");
                let more = row.duts.1 - row.duts.0.len() as u32;
                let text = if more > 0 { format!("{names} +{}", format::count(more)) } else { names };
                Cell::new(view! { <span class="line">{text.clone()}</span> }).title(text)
            }
            SortKey::Sessions => number(row.sessions, ""),
            SortKey::Results => number(row.results, ""),
            SortKey::FirstSeen => seen(&row.first),
            SortKey::LastSeen => seen(&row.last),
            _ => Cell::new(()),
        }
    }

    fn open(view: &mut View, row: &ClusterRow) {
        let filter =
            Filter { cluster: Some(row.id.clone()), dut: view.filter.dut.clone(), ..Filter::default() };
        view.go(Route::Tests);
        view.filter = filter;
    }

    fn is_open(_: &View, _: &ClusterRow) -> bool {
        false
    }

    fn no_matches(filter: &Filter) -> String {
        if filter.is_active() { "No failures match.".to_owned() } else { "Nothing failed.".to_owned() }
    }
}

/// The message, and where it was raised if that tells causes apart.
fn message(row: &ClusterRow) -> Cell {
    let (text, class) = match row.message.is_empty() {
        true => ("No message".to_owned(), "hint"),
        false => (row.message.clone(), "line"),
    };
    let frame = (!row.frame.is_empty()).then(|| format!("in {}", row.frame));
    let title = format!("{}\n{}", row.message, frame.as_deref().unwrap_or_default());
    let frame = frame.map(|frame| view! { <span class="line frame">{frame}</span> });
    Cell::new(view! { <span class=class>{text}</span> {frame} }).title(title.trim().to_owned())
}

fn number(number: u32, class: &'static str) -> Cell {
    Cell::new(format::count(number)).class(if number == 0 { "zero" } else { class })
}

/// The build, else the start.
fn seen(seen: &SeenIn) -> Cell {
    let started = seen.started.as_deref().map(format::moment);
    let text = seen.build.clone().or_else(|| started.clone()).unwrap_or_else(|| "–".to_owned());
    let title = match (&seen.build, started) {
        (Some(build), Some(started)) => format!("{build}, {started}"),
        _ => text.clone(),
    };
    Cell::new(view! { <span class="line">{text}</span> }).title(title)
}
