//! The printed report: the overview's figures, and the grid of failing tests.
//!
//! Lists on screen hold the visible rows only, so what is printed is a document of
//! its own. It exists while it is printed.

use crate::analyze::{Cell, Column, GridLine, GridRow, GridWindow, Overview};
use crate::model::{Outcome, TRUNCATED};
use crate::text::order::Order;
use crate::ui::format;
use crate::ui::hooks::on_window;
use crate::ui::parts::{around, class_of, class_of_missing, plain};
use crate::ui::stores::{use_data, use_navigation, use_printing};
use leptos::ev::{self, KeyboardEvent};
use leptos::prelude::*;
use std::sync::Arc;

/// How many DUTs fit on a page of A4, upright.
const DUTS: usize = 12;

/// The printed report, and the shortcut for it.
#[component]
pub fn PrintedReport() -> impl IntoView {
    let (navigation, data, printing) = (use_navigation(), use_data(), use_printing());
    on_window(ev::keydown, move |event: KeyboardEvent| {
        let is_print = event.key().eq_ignore_ascii_case("p") && (event.ctrl_key() || event.meta_key());
        if is_print && !event.shift_key() && !event.alt_key() && data.has_files_untracked() {
            event.prevent_default();
            printing.start(&navigation.view.get_untracked());
        }
    });
    on_window(ev::afterprint, move |_| printing.end());
    let report = move || {
        let window = printing.grid.get()?;
        let overview = data.overview.get_untracked()?;
        Some(view! {
            <article class="printed">
                <h1>{overview.headline.text()}</h1>
                <DutTable overview=overview />
                <FailingTests window=window />
            </article>
        })
    };
    view! { {report} }
}

/// The latest session of each DUT.
#[component]
fn DutTable(overview: Arc<Overview>) -> impl IntoView {
    const OUTCOMES: [(Outcome, &str); 4] = [
        (Outcome::Passed, "Passed"),
        (Outcome::Failed, "Failed"),
        (Outcome::Error, "Error"),
        (Outcome::Skipped, "Skipped"),
    ];
    let rows = overview.duts.iter().map(|dut| {
        let counts = OUTCOMES
            .map(|(outcome, _)| view! { <td class="number">{format::count(dut.counts.of(outcome))}</td> });
        let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
        let started = dut.started.as_deref().map_or_else(|| "–".to_owned(), format::moment);
        view! {
            <tr>
                <th scope="row">{printed_name(&dut.name, dut.incomplete.as_deref())}</th>
                <td>{text(&dut.unit)}</td>
                <td>{text(&dut.build)}</td>
                <td>{started}</td>
                <td class="number">{format::rate(dut.counts.pass_rate())}</td>
                {counts.collect_view()}
            </tr>
        }
    });
    let heads = OUTCOMES.map(|(_, name)| view! { <th class="number">{name}</th> });
    view! {
        <table>
            <thead>
                <tr>
                    <th>"DUT"</th>
                    <th>"Unit"</th>
                    <th>"Build"</th>
                    <th>"Started"</th>
                    <th class="number">"Pass rate"</th>
                    {heads.collect_view()}
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}

/// The name of a DUT, with a remark if its session is incomplete.
fn printed_name(dut: &str, incomplete: Option<&str>) -> String {
    match incomplete {
        Some(TRUNCATED) => format!("{dut} (truncated)"),
        Some(reason) => format!("{dut} (incomplete: {reason})"),
        None => dut.to_owned(),
    }
}

/// The grid of failing tests, with the DUTs that fail most.
#[component]
fn FailingTests(window: Arc<GridWindow>) -> impl IntoView {
    if window.matching == 0 {
        return view! { <p>"No failing tests."</p> }.into_any();
    }
    let shown = worst_columns(&window.columns);
    let heads = shown.iter().map(|&at| {
        view! {
            <th class="printed-dut">
                <span>{printed_name(&window.columns[at].dut, window.columns[at].incomplete.as_deref())}</span>
            </th>
        }
    });
    let heads = heads.collect_view();
    let tests = window.rows.iter().filter_map(|line| match line {
        GridLine::Test(row) => Some(test_row(row, &shown)),
        GridLine::Group(_) => None,
    });
    let tests = tests.collect_view();
    let note = note(&window, shown.len() as u32);
    view! {
        <section>
            <h2>"Failing tests by DUT"</h2>
            {note.map(|note| view! { <p>{note}</p> })}
            <table class="printed-grid">
                <thead>
                    <tr>
                        <th>"Test"</th>
                        {heads}
                    </tr>
                </thead>
                <tbody>{tests}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn test_row(row: &GridRow, shown: &[usize]) -> impl IntoView + use<> {
    let cells = shown.iter().filter_map(|&at| row.cells.get(at)).map(|cell| {
        let (class, word) = match cell {
            Cell::Result { outcome, .. } => (class_of(*outcome), outcome.word()),
            Cell::Missing(missing) => (class_of_missing(*missing), missing.words()),
        };
        let class = format!("dut-mark {class}");
        view! {
            <td>
                <span class=class role="img" aria-label=word></span>
            </td>
        }
    });
    let message = row.cells.iter().find_map(|cell| match cell {
        Cell::Result { outcome, message, .. } if outcome.is_failing() && !message.is_empty() => {
            Some(plain(message))
        }
        _ => None,
    });
    view! {
        <tr>
            <th scope="row">
                {row.name.clone()} " " <small>{around(&row.suite, &row.class)}</small>
                {message.map(|message| view! { <code>{message}</code> })}
            </th>
            {cells.collect_view()}
        </tr>
    }
}

/// The columns that are printed: those with the most failing results, in the order
/// of the grid.
fn worst_columns(columns: &[Column]) -> Vec<usize> {
    let mut worst: Vec<usize> = (0..columns.len()).collect();
    worst.order_by_key(|&at| std::cmp::Reverse(columns[at].counts.failing()));
    worst.truncate(DUTS);
    worst.order();
    worst
}

/// What is left out.
fn note(window: &GridWindow, duts: u32) -> Option<String> {
    let tests = window.rows.len() as u32;
    let all_duts = window.columns.len() as u32;
    let mut parts = Vec::new();
    if tests < window.matching {
        parts.push(format!("{tests} of {} failing tests", window.matching));
    }
    if duts < all_duts {
        parts.push(format!("the {duts} of {all_duts} DUTs that fail most"));
    }
    (!parts.is_empty()).then(|| format!("Shows {}.", parts.join(", for ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Counts, Flags};

    fn column(dut: usize, failed: usize) -> Column {
        let mut counts = Counts::default();
        (0..failed).for_each(|_| counts.add(Outcome::Failed, Flags::default(), 1.0));
        Column {
            dut: dut.to_string(),
            unit: None,
            build: None,
            session: String::new(),
            started: None,
            counts,
            incomplete: None,
            is_unreadable: false,
        }
    }

    #[test]
    fn the_duts_that_fail_most_are_printed_in_their_order() {
        let columns: Vec<Column> = (0..20).map(|dut| column(dut, dut % 5)).collect();
        let shown = worst_columns(&columns);
        assert_eq!(shown.len(), DUTS);
        assert!(shown.is_sorted());
        assert!(!shown.iter().any(|&at| columns[at].counts.failing() < 2));
        assert_eq!(worst_columns(&columns[..3]), [0, 1, 2]);
    }

    #[test]
    fn the_note_says_what_is_left_out() {
        let window = |matching, columns: usize| GridWindow {
            matching,
            columns: (0..columns).map(|dut| column(dut, 0)).collect(),
            ..GridWindow::default()
        };
        assert_eq!(note(&window(0, 3), 3), None);
        assert_eq!(note(&window(9, 3), 3).as_deref(), Some("Shows 0 of 9 failing tests."));
        assert_eq!(
            note(&window(9, 60), 12).as_deref(),
            Some("Shows 0 of 9 failing tests, for the 12 of 60 DUTs that fail most.")
        );
    }
}
