//! The same test elsewhere: on other DUTs and in other sessions.

use crate::analyze::{Cell, HistoryLine, ResultPage, Sibling};
use crate::query::Selection;
use crate::ui::format;
use crate::ui::parts::{MissingChip, ResultChip, plain};
use leptos::prelude::*;
use std::sync::Arc;

/// How many sessions the history shows at most.
const SESSIONS: usize = 100;

/// The test in the latest sessions of all DUTs, if there are several DUTs.
#[component]
pub fn Siblings(
    page: Arc<ResultPage>,
    /// The result that is shown.
    selection: Selection,
) -> impl IntoView {
    let is_latest = page.history.last().is_none_or(|line| line.is_here);
    let chips = page.siblings.iter().map(|sibling| {
        let is_current = is_latest && sibling.dut == page.dut;
        let selection = Selection { dut: sibling.dut.clone(), session: None, ..selection.clone() };
        view! { <li>{sibling_chip(sibling, is_current, selection)}</li> }
    });
    let chips = chips.collect_view();
    (page.siblings.len() > 1).then(|| {
        view! {
            <Strip title="All DUTs, latest session".to_owned()>
                <ul class="dut-chips">{chips}</ul>
            </Strip>
        }
    })
}

fn sibling_chip(sibling: &Sibling, is_current: bool, selection: Selection) -> AnyView {
    let Sibling { dut, outcome, is_flaky, missing } = sibling.clone();
    match (outcome, missing) {
        (Some(outcome), _) => {
            let label = format!("{}{} on {dut}", outcome.word(), flaky(is_flaky));
            view! {
                <ResultChip
                    outcome=outcome
                    text=dut
                    label=label.clone()
                    selection=selection
                    is_flaky=is_flaky
                    tip=label
                    is_current=is_current
                />
            }
            .into_any()
        }
        (None, Some(missing)) => {
            view! { <MissingChip missing=missing text=dut is_current=is_current /> }.into_any()
        }
        (None, None) => view! {
            <span class="dut-chip o-missing" aria-current=is_current.then_some("true")>
                {dut}
            </span>
        }
        .into_any(),
    }
}

/// The test in the sessions of its DUT, oldest first, if there are several sessions.
#[component]
pub fn History(
    page: Arc<ResultPage>,
    /// The result that is shown.
    selection: Selection,
) -> impl IntoView {
    let lines = &page.history;
    let here = lines.iter().position(|line| line.is_here).unwrap_or_default();
    let first = (here + SESSIONS / 2).min(lines.len()).saturating_sub(SESSIONS);
    let chips = lines.iter().skip(first).take(SESSIONS).map(|line| {
        let selection = Selection { session: Some(line.session.clone()), ..selection.clone() };
        view! { <li>{history_chip(line, selection)}</li> }
    });
    let (chips, title) = (chips.collect_view(), format!("History on {}", page.dut));
    (lines.len() > 1).then(|| {
        view! {
            <Strip title=title>
                <ol class="dut-chips">{chips}</ol>
            </Strip>
        }
    })
}

fn history_chip(line: &HistoryLine, selection: Selection) -> AnyView {
    let started = line.started.as_deref().map(format::moment);
    let names = [&line.build, &line.label, &started];
    let name = names.into_iter().flatten().next().unwrap_or(&line.session).clone();
    match &line.cell {
        Cell::Missing(missing) => {
            view! { <MissingChip missing=*missing text=name is_current=line.is_here /> }.into_any()
        }
        Cell::Result { outcome, is_flaky, is_known, message } => {
            let known = if *is_known { ", known issue" } else { "" };
            let label = format!("{}{}{known} in {name}", outcome.word(), flaky(*is_flaky));
            let started = started.as_deref().unwrap_or("–");
            let seconds = format::duration(line.duration_s);
            let tip = format!("{label}\n{started} · {seconds}\n{}", plain(message));
            view! {
                <ResultChip
                    outcome=*outcome
                    text=name
                    label=label
                    selection=selection
                    is_flaky=*is_flaky
                    tip=tip.trim_end()
                    is_current=line.is_here
                />
            }
            .into_any()
        }
    }
}

/// What a label adds to the outcome of a flaky result.
fn flaky(is_flaky: bool) -> &'static str {
    if is_flaky { ", flaky" } else { "" }
}

/// A titled list of chips.
#[component]
fn Strip(title: String, children: Children) -> impl IntoView {
    view! {
        <section class="strip" aria-label=title>
            <h3>{title.clone()}</h3>
            {children()}
        </section>
    }
}
