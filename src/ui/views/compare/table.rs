//! The table of changes.

use super::changes::class_of;
use crate::analyze::{ChangeRow, ChangeWindow, ChangedDut};
use crate::engine::GetChanges;
use crate::query::{Filter, Selection, Sort, SortKey, View};
use crate::text::order::Order;
use crate::ui::format;
use crate::ui::parts::{
    Cell, Column, CutName, OutcomeMark, ResultChip, RowButtons, Span, TableSource, around,
};
use leptos::prelude::*;

/// How many DUTs a row names.
const CHIPS: usize = 2;

/// A row per test and class of change.
pub struct ChangeTable;

impl TableSource for ChangeTable {
    type Query = GetChanges;

    const NAME: &'static str = "Changes";
    const NOUN: &'static str = "change";
    const COLUMNS: &'static [Column] = &[
        Column { share: 4, ..Column::new(SortKey::Name, "Test", 260, 0) },
        Column::new(SortKey::Change, "Change", 116, 1),
        Column {
            title: "Outcome in the latest session on each side",
            ..Column::new(SortKey::Outcome, "Before → after", 190, 2)
        },
        Column {
            share: 2,
            title: "The DUTs on which it changed; sorts by their number",
            when_empty: "one DUT",
            ..Column::new(SortKey::Dut, "On", 230, 3)
        },
        Column {
            share: 4,
            title: "What all sessions of both sides say. A p-value needs 4 sessions on each side; sorts by it",
            ..Column::new(SortKey::Evidence, "Evidence", 300, 4)
        },
        Column {
            share: 2,
            title: "Suite and class",
            when_empty: "no suites",
            ..Column::new(SortKey::Suite, "Suite", 160, 5)
        },
    ];
    const DEFAULT_SORT: Option<Sort> = None;

    fn query(view: &View, span: Span) -> GetChanges {
        super::query(view, span)
    }

    fn all(answer: &ChangeWindow) -> u32 {
        answer.all
    }

    fn empty_columns(answer: &ChangeWindow) -> &[SortKey] {
        &answer.empty_columns
    }

    fn cell(_: &ChangeWindow, row: &ChangeRow, by: SortKey, buttons: &mut RowButtons) -> Cell {
        match by {
            SortKey::Name => cut(row.name.clone()),
            SortKey::Suite => cut(around(&row.suite, &row.class)),
            SortKey::Change => {
                let class = format!("change-mark {}", class_of(row.change));
                Cell::new(view! { <span class=class>{row.change.word()}</span> }).title(row.change.meaning())
            }
            SortKey::Outcome => step(row),
            SortKey::Dut => duts(row, buttons),
            SortKey::Evidence => evidence(row),
            _ => Cell::new(()),
        }
    }

    fn open(view: &mut View, row: &ChangeRow) {
        view.selection = row.duts.first().map(|dut| dut.shown.clone());
    }

    fn is_open(view: &View, row: &ChangeRow) -> bool {
        let is_of = |selection: &Selection| row.duts.iter().any(|dut| dut.shown.dut == selection.dut);
        let selection = view.selection.as_ref();
        selection.is_some_and(|open| open.name == row.name && open.scope == row.scope && is_of(open))
    }

    fn no_matches(filter: &Filter) -> String {
        match filter.words() {
            None => "No such changes.".to_owned(),
            Some(words) => format!("No changes of {words}."),
        }
    }
}

/// The cell of a name that may be too long.
fn cut(name: String) -> Cell {
    Cell::new(view! { <CutName name=name.clone() /> }).title(name)
}

/// The outcomes of the first DUT, and how many other pairs of outcomes there are.
fn step(row: &ChangeRow) -> Cell {
    let mut steps: Vec<_> = row.duts.iter().map(|dut| dut.step).collect();
    steps.order();
    steps.dedup();
    let first = row.duts.first().map(|dut| dut.step);
    let mark = |outcome| match outcome {
        Some(outcome) => view! { <OutcomeMark outcome=outcome /> }.into_any(),
        None => view! { <span class="hint">"no result"</span> }.into_any(),
    };
    let marks = first.map(|step| view! { {mark(step.before)} " → " {mark(step.after)} });
    let more = steps.len().saturating_sub(1) as u32;
    let more = (more > 0).then(|| view! { <span class="hint">{format!("+{}", format::count(more))}</span> });
    Cell::new(view! { {marks} {more} })
}

fn duts(row: &ChangeRow, buttons: &mut RowButtons) -> Cell {
    let chip = |dut: &ChangedDut| {
        let outcome = dut.step.after.or(dut.step.before).unwrap_or_default();
        let label = format!("{}: {}", dut.name, dut.sentence);
        view! {
            <ResultChip
                outcome=outcome
                text=dut.name.clone()
                label=label.clone()
                selection=dut.shown.clone()
                row_button=buttons.next()
                title=label
            />
        }
    };
    let chips = row.duts.iter().take(CHIPS).map(chip).collect_view();
    let more = row.duts.len().saturating_sub(CHIPS) as u32;
    let more = (more > 0).then(|| view! { <span class="hint">{format!("+{}", format::count(more))}</span> });
    let names: Vec<&str> = row.duts.iter().map(|dut| dut.name.as_str()).collect();
    Cell::new(view! { {chips} {more} }).class("chips").title(names.join(", "))
}

/// The sentence of the DUT with the strongest evidence.
fn evidence(row: &ChangeRow) -> Cell {
    let Some(first) = row.duts.first() else {
        return Cell::new(());
    };
    let evidence = first.evidence.clone();
    let lines: Vec<String> = row.duts.iter().map(|dut| format!("{}: {}", dut.name, dut.sentence)).collect();
    Cell::new(view! { <span class="line">{evidence}</span> }).title(lines.join("\n"))
}
