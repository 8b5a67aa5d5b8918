//! The heads of the columns.

use super::GridState;
use super::layout::{Layout, id_of};
use crate::analyze::{Column, GridWindow};
use crate::model::Outcome;
use crate::ui::format;
use crate::ui::parts::{CutName, Span, class_of};
use leptos::prelude::*;

/// The row of heads.
#[component]
pub fn GridHead(grid: GridState) -> impl IntoView {
    let pinned = Memo::new(move |_| Span { first: 0, count: grid.layout.get().pinned });
    view! {
        <div class="grid-head" role="row" aria-rowindex="1">
            <div class="grid-fixed" role="none">
                <div class="grid-corner" role="columnheader" id=id_of((0, 0))>
                    <span>"Test"</span>
                    {move || corner(grid)}
                </div>
                <Heads grid=grid span=pinned />
            </div>
            <Heads grid=grid span=grid.span />
        </div>
    }
}

/// The heads of a span of columns.
#[component]
fn Heads(grid: GridState, span: Memo<Span>) -> impl IntoView {
    view! {
        <div class="grid-cells" role="none" style=("--left-out", move || grid.layout.get().left_out(span.get()))>
            <For
                each=move || span.get().range()
                key=|index| *index
                children=move |index| view! { <GridColumn grid=grid index=index /> }
            />
        </div>
    }
}

/// The head of a column, rendered again only when it looks different.
#[component]
fn GridColumn(grid: GridState, index: u32) -> impl IntoView {
    let head =
        Memo::new(move |_| grid.list.with(|window| Head::of(window, grid.layout.get(), index)).flatten());
    move || head.with(|head| head.as_ref().map(|head| column_head(head, index + 1)))
}

/// What all columns have in common, and what their names lack.
fn corner(grid: GridState) -> impl IntoView + use<> {
    let layout = grid.layout.get();
    let lines = grid.list.with(|window| {
        let names = window.names.left_out().filter(|_| layout.is_short);
        let build = build_of_all(window).filter(|_| layout.is_narrow);
        (names, build.map(str::to_owned))
    });
    let (names, build) = lines.unwrap_or_default();
    let names = names.map(|names| {
        let tip = format!("The names of the DUTs omit “{names}”");
        view! { <span class="grid-left-out" data-tip=tip.clone() aria-label=tip><CutName name=names /></span> }
    });
    let build =
        build.map(|build| view! { <span class="grid-left-out line">{format!("build {build}")}</span> });
    view! { <span class="grid-common">{build} {names}</span> }
}

/// The build, if all columns have the same one.
pub fn build_of_all(window: &GridWindow) -> Option<&str> {
    let (first, others) = window.columns.split_first()?;
    let is_same = others.iter().all(|other| other.build == first.build);
    first.build.as_deref().filter(|_| is_same)
}

/// What a head shows.
#[derive(Clone, PartialEq)]
struct Head {
    column: Column,
    /// The name of the DUT, or the part of it that others do not share.
    name: String,
    is_pinned: bool,
    is_narrow: bool,
    has_build: bool,
}

impl Head {
    /// The head of a column, counted from 0.
    fn of(window: &GridWindow, layout: Layout, index: u32) -> Option<Head> {
        let column = window.columns.get(index as usize)?.clone();
        let short = window.names.names.get(index as usize).filter(|_| layout.is_short);
        let name = short.unwrap_or(&column.dut).clone();
        let Layout { is_narrow, has_builds, .. } = layout;
        Some(Head { column, name, is_pinned: index < window.pinned, is_narrow, has_build: has_builds })
    }
}

fn column_head(head: &Head, index: u32) -> impl IntoView + use<> {
    let &Head { ref column, ref name, is_pinned, is_narrow, has_build } = head;
    let counts = column.counts;
    let figure = Figure::of(column);
    let label = format!("{}, {}{}", subject(column), figure.words, figure.rest);
    let bar = Outcome::ALL
        .into_iter()
        .filter(|&outcome| counts.of(outcome) > 0)
        .map(|outcome| {
            view! { <span class=class_of(outcome) style:flex-grow=counts.of(outcome).to_string()></span> }
        })
        .collect_view();
    let unit = column.unit.as_deref().filter(|_| !is_narrow);
    let names: Vec<&str> = [column.build.as_deref(), unit].into_iter().flatten().collect();
    // Every head has the line, so that all are aligned.
    let build = has_build.then(|| view! { <span class="grid-build">{names.join(" · ")}</span> });
    let (shown, rest) = if is_narrow { (figure.brief, String::new()) } else { (figure.words, figure.rest) };
    view! {
        <div
            class=if is_pinned { "grid-column is-pinned" } else { "grid-column" }
            role="columnheader"
            id=id_of((0, index))
            aria-colindex=(index + 1).to_string()
            aria-label=label
            data-tip=tip_of(column)
        >
            <span class="grid-names">
                <span class="grid-dut">
                    <CutName name=name.clone() />
                </span>
                {build}
            </span>
            <span class=format!("grid-figure {}", figure.class)>
                <span>{shown}</span>
                <span>{rest}</span>
            </span>
            <span class="grid-bar" aria-hidden="true">
                {bar}
            </span>
            <HeadButtons is_pinned=is_pinned />
        </div>
    }
}

/// Buttons on a head, for the mouse: the menu of DUTs and the keys `p` and `h` do
/// the same.
#[component]
fn HeadButtons(is_pinned: bool) -> impl IntoView {
    let pin = if is_pinned { "Unpin this column (p)" } else { "Pin this column to the left (p)" };
    view! {
        <span class="grid-head-buttons" aria-hidden="true">
            <button type="button" class="pin" tabindex="-1" data-action="pin" data-tip=pin></button>
            <button
                type="button"
                class="hide"
                tabindex="-1"
                data-action="hide"
                data-tip="Hide this column (h)"
            ></button>
        </span>
    }
}

/// The figure of a head.
struct Figure {
    class: &'static str,
    /// The figure in words.
    words: String,
    /// What follows if there is room.
    rest: String,
    /// The figure alone; "" if nothing fails.
    brief: String,
}

impl Figure {
    fn of(column: &Column) -> Figure {
        let counts = &column.counts;
        let results = format::count(counts.results());
        let count = format::count(counts.failing());
        let failing = format!("{count} failing");
        let (class, words, rest, brief) =
            match (column.is_unreadable, column.incomplete.as_deref(), counts.failing()) {
                (true, ..) => ("is-doubtful", "unreadable".to_owned(), String::new(), "?".to_owned()),
                (_, Some(reason), 0) => {
                    let words = format::incomplete_word(reason).to_owned();
                    ("is-doubtful", words, format!(" after {results}"), "…".to_owned())
                }
                (_, Some(reason), _) => (
                    "o-failed",
                    failing,
                    format!(", {}", format::incomplete_word(reason)),
                    format!("{count}…"),
                ),
                (.., 0) => {
                    let passed = format!("{} passed", format::count(counts.of(Outcome::Passed)));
                    ("", passed, format!(" of {results}"), String::new())
                }
                _ => ("o-failed", failing, format!(" of {results}"), count),
            };
        Figure { class, words, rest, brief }
    }
}

/// What a column is about, in words.
fn subject(column: &Column) -> String {
    let labeled =
        |label: &str, value: &Option<String>| value.as_ref().map(|value| format!(", {label} {value}"));
    [Some(column.dut.clone()), labeled("build", &column.build), labeled("unit", &column.unit)]
        .into_iter()
        .flatten()
        .collect()
}

fn tip_of(column: &Column) -> String {
    let counts = &column.counts;
    let mut lines = vec![column.dut.clone()];
    for (label, value) in
        [("unit", &column.unit), ("build", &column.build), ("session", &Some(column.session.clone()))]
    {
        lines.extend(value.as_ref().map(|value| format!("{label} {value}")));
    }
    lines.extend(column.started.as_deref().map(format::moment));
    lines.push(format::outcomes(counts));
    if let Some(reason) = &column.incomplete {
        let results = format::plural(counts.results(), "result");
        lines.push(match format::incomplete_word(reason) {
            "truncated" => format!("the file is truncated after {results}"),
            word => format!("{word} after {results}: {reason}"),
        });
    }
    lines.join("\n")
}
