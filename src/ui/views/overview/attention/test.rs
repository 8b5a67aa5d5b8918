//! A failing test: its marks, its message, where and since when it fails.

use super::marks::{DutMarks, Marks, selection};
use crate::analyze::FailingTest;
use crate::ui::format;
use crate::ui::parts::TestName;
use crate::ui::stores::use_navigation;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// A failing test: its name, its marks, its message, where and since when it
/// fails. A click anywhere but on a button opens the details, as its name does.
#[component]
pub fn FailingTestItem(
    /// The test.
    test: FailingTest,
    /// Its marks.
    marks: Marks,
    /// How many DUTs there are.
    duts: u32,
) -> impl IntoView {
    let navigation = use_navigation();
    // The details are those of the first DUT on which it fails.
    let first = test.duts.first().map(|(dut, _)| dut.clone()).unwrap_or_default();
    let selection = selection(&test, first);
    let open = move || navigation.select(selection.clone());
    let open_by_name = open.clone();
    let open_beside_buttons = move |event: MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if target.is_some_and(|target| matches!(target.closest("button"), Ok(None))) {
            open();
        }
    };
    let marks = (duts > 1).then(|| view! { <DutMarks marks=marks test=Some(test.clone()) /> });
    let words = joined([where_it_fails(&test, duts), since(&test)]);
    view! {
        <div class="attention-test" on:click=open_beside_buttons>
            <div class="attention-head">
                <button type="button" class="attention-name" on:click=move |_| open_by_name()>
                    <TestName suite=test.suite class=test.class name=test.name />
                </button>
                {test.is_flaky.then(|| view! { <span class="tag">"flaky"</span> })}
                {test.is_known.then(|| view! { <span class="tag tag-quiet">"known issue"</span> })}
                {test.is_new.then(|| view! { <span class="tag tag-bad">"new"</span> })}
                {marks}
            </div>
            <div class="attention-foot">
                <p class="message">{test.message}</p>
                <span class="attention-where">{words}</span>
            </div>
        </div>
    }
}

/// Joins the phrases that are not empty.
pub fn joined(phrases: [String; 2]) -> String {
    phrases.into_iter().filter(|phrase| !phrase.is_empty()).collect::<Vec<_>>().join(", ")
}

/// On which DUTs a test fails, "only on board-b"; "" if there is one DUT.
fn where_it_fails(test: &FailingTest, duts: u32) -> String {
    let (fails, seen) = (test.duts.len() as u32, test.seen);
    let place = match test.duts.as_slice() {
        _ if duts == 1 => return String::new(),
        [(dut, _)] => format!("only on {dut}"),
        _ if fails == duts => format!("on all {}", format::plural(duts, "DUT")),
        _ => format!("on {} of {}", format::count(fails), format::plural(duts, "DUT")),
    };
    // "Never" must be true of all of them.
    match duts.saturating_sub(seen) {
        0 => place,
        absent if absent == test.never => format!("{place}; {} never ran it", format::count(absent)),
        absent => format!("{place}; not in the latest session of {}", format::plural(absent, "DUT")),
    }
}

/// Since when a test fails: "failing since 2.4.1 (passed in 2.4.0)", "has failed
/// in all 4 sessions"; "" without earlier sessions.
pub fn since(test: &FailingTest) -> String {
    let since = &test.since;
    let Some(before) = &since.before else {
        return match since.sessions {
            0 | 1 => String::new(),
            sessions => format!("has failed in all {}", format::plural(sessions, "session")),
        };
    };
    let was = match before.outcome {
        Some(outcome) => outcome.word(),
        None => "missing",
    };
    let is_other_build = since.build.is_some() && before.build.is_some() && since.build != before.build;
    let moment = |started: &Option<String>| started.as_deref().map(format::moment);
    let times = if is_other_build {
        before.build.clone().zip(since.build.clone()).map(|(before, since)| (format!("in {before}"), since))
    } else {
        let times = moment(&before.started).zip(moment(&since.started));
        times.filter(|(before, since)| before != since).map(|(before, since)| (format!("on {before}"), since))
    };
    match times {
        Some((before, since)) => format!("failing since {since} ({was} {before})"),
        None if since.sessions == 1 => format!("{was} in the previous session"),
        None => format!("has failed in the last {}", format::plural(since.sessions, "session")),
    }
}
