//! Shifts of test times and metrics: in a sentence, and in the cells of their tables.

use super::table::Cell;
use crate::analyze::{Shift, main_shift};
use crate::query::{Better, ChartKind, TestKey};
use crate::ui::format;
use crate::ui::stores::use_navigation;
use leptos::prelude::*;

/// What shifted in the wrong direction, in a sentence: "2 tests became slower: a (…), b (…). ".
///
/// `head` says how many, `named` has the first of them, `more` is how many others there are.
pub fn worse_sentence(head: &str, named: Vec<AnyView>, more: u32) -> AnyView {
    let tail = match more {
        0 => ". ".to_owned(),
        more => format!(" and {} more. ", format::count(more)),
    };
    let named = named.into_iter().enumerate().map(|(at, view)| (if at > 0 { ", " } else { "" }, view));
    (format!("{head}: "), named.collect_view(), tail).into_any()
}

/// Something that shifted: a button to its trend, and since when.
#[component]
pub fn ShiftLink(
    /// What shifted.
    name: String,
    test: TestKey,
    /// The metric; "" for the test's duration.
    metric: String,
    shift: Shift,
) -> impl IntoView {
    let navigation = use_navigation();
    let show = move |_| {
        let (test, metric) = (test.clone(), metric.clone());
        navigation.push(|view| {
            view.charted.kind = ChartKind::Trend;
            (view.charted.test, view.charted.metric) = (Some(test), metric);
        });
    };
    let ratio = shift.ratio.map(|ratio| format!("{}× ", format::number(ratio, 2))).unwrap_or_default();
    view! {
        <button type="button" class="link-button" on:click=show>
            {name}
        </button>
        {format!(" ({ratio}since {} on {})", shift.build.0, shift.duts_in_words())}
    }
}

/// The main shift of a row in words; all of them on hover. Without a direction, it is about time.
pub fn change_cell(shifts: &[Shift], better: Option<Better>, unit: &str) -> Cell {
    let Some(shift) = main_shift(shifts) else {
        return Cell::new(());
    };
    let ([up, down], words) = match better {
        None => (["slower", "faster"], ["Slower", "Faster"]),
        Some(better) => (better.changes(), better.sentences()),
    };
    let is_rise = shift.is_rise();
    let class = match better {
        Some(Better::Neither) => "change-mark c-other",
        Some(better) if better.is_worse(is_rise) => "change-mark c-worse",
        Some(_) => "change-mark c-better",
        None if is_rise => "change-mark c-slower",
        None => "change-mark c-faster",
    };
    let word = if is_rise { up } else { down };
    let ratio = shift.ratio.map(|ratio| format!(" {}×", format::number(ratio, 2))).unwrap_or_default();
    // On which DUT, if it is only one.
    let on = shift.dut.as_ref().map(|dut| format!(" on {dut}")).unwrap_or_default();
    let since = format!(" since {}{on}", shift.build.0);
    let more = shifts.len().saturating_sub(1) as u32;
    let more = (more > 0).then(|| view! { <span class="hint">{format!("+{}", format::count(more))}</span> });
    let sentences: Vec<String> = shifts.iter().map(|shift| shift.sentence(words, unit)).collect();
    Cell::new(view! {
        <span class=class>{format!("{word}{ratio}")}</span>
        <span class="line">{since}</span>
        {more}
    })
    .title(sentences.join("\n"))
}

/// A p-value for a cell.
pub fn p_value(p: f64) -> String {
    if p < 0.01 { "< 0.01".to_owned() } else { format::number(p, 2) }
}
