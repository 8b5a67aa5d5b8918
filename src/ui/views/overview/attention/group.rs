//! Failing tests with the same message, as one entry that unfolds.

use super::marks::{DutMarks, Marks};
use super::test::{FailingTestItem, joined, since};
use crate::analyze::{DutMark, FailingTest, FailureGroup};
use crate::query::View;
use crate::ui::format;
use crate::ui::parts::ViewLink;
use crate::ui::views::overview::to_failing;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// Failing tests with the same message: how many there are, their names, the
/// message, and the worst result of each DUT. A click shows the tests.
#[component]
pub fn FailureGroupItem(
    /// The tests.
    group: FailureGroup,
    /// The names of all DUTs, in the order of the marks.
    names: Vec<String>,
    /// Whether its tests are shown at first.
    is_open: bool,
) -> impl IntoView {
    let (is_open, set_open) = signal(is_open);
    let toggle = move |event: MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        // The list of tests has clicks of its own.
        if target.is_some_and(|target| matches!(target.closest(".attention-tests"), Ok(None))) {
            set_open.update(|is_open| *is_open = !*is_open);
        }
    };
    let new = match group.new {
        0 => None,
        new if new == group.total => Some("new".to_owned()),
        new => Some(format!("{} new", format::count(new))),
    };
    let is_flaky = group.tests.iter().any(|test| test.is_flaky);
    let words = joined([where_they_fail(&group, &names), common_since(&group)]);
    let message = group.tests.first().map(|test| test.message.clone()).unwrap_or_default();
    let title = if group.is_same_message { "" } else { "The messages differ in numbers only" };
    let all_names: Vec<&str> = group.tests.iter().map(|test| test.name.as_str()).collect();
    let all_names = all_names.join(", ");
    let marks = (names.len() > 1).then(|| {
        view! { <DutMarks marks=Marks::new(&group.marks, &names) test=None /> }
    });
    let total = format::plural(group.total, "test");
    let tests = StoredValue::new((group, names));
    view! {
        <li class="attention-item attention-group" on:click=toggle>
            <div class="attention-head">
                <button type="button" class="attention-name attention-fold" aria-expanded=move || is_open.get().to_string()>
                    <span class="attention-total">{total}</span>
                    <span class="attention-names" title=all_names.clone()>
                        {all_names.clone()}
                    </span>
                </button>
                {is_flaky.then(|| view! { <span class="tag">"flaky"</span> })}
                {new.map(|new| view! { <span class="tag tag-bad">{new}</span> })}
                {marks}
            </div>
            <div class="attention-foot">
                <p class="message" title=title>
                    {message}
                </p>
                <span class="attention-where">{words}</span>
            </div>
            <Show when=move || is_open.get()>
                {tests.with_value(|(group, names)| view! { <Tests group=group.clone() names=names.clone() /> })}
            </Show>
        </li>
    }
}

/// The tests of a group.
#[component]
fn Tests(group: FailureGroup, names: Vec<String>) -> impl IntoView {
    let more = group.total.saturating_sub(group.tests.len() as u32);
    let item = |test: FailingTest| {
        let marks = Marks::new(&test.marks, &names);
        view! {
            <li>
                <FailingTestItem test=test marks=marks duts=names.len() as u32 />
            </li>
        }
    };
    let more = (more > 0).then(|| {
        view! {
            <li>
                <ViewLink to=|view: &mut View| to_failing(view, None)>
                    {format!("{} more: all failing tests in the grid", format::count(more))}
                </ViewLink>
            </li>
        }
    });
    view! {
        <ul class="attention-tests">
            {group.tests.into_iter().map(item).collect_view()}
            {more}
        </ul>
    }
}

/// On which DUTs the tests of a group fail; "" if there is one DUT.
fn where_they_fail(group: &FailureGroup, names: &[String]) -> String {
    let is_failing = |mark: &DutMark| mark.cell.outcome().is_some_and(|outcome| outcome.is_failing());
    let failing: Vec<&String> =
        group.marks.iter().zip(names).filter(|(mark, _)| is_failing(mark)).map(|(_, name)| name).collect();
    match failing.as_slice() {
        _ if names.len() == 1 => String::new(),
        [only] => format!("only on {only}"),
        all if all.len() == names.len() => format!("on all {}", format::plural(names.len() as u32, "DUT")),
        some => {
            let duts = format::plural(names.len() as u32, "DUT");
            format!("on {} of {duts}", format::count(some.len() as u32))
        }
    }
}

/// Since when all tests of a group fail; "" if it differs or is not known of all.
fn common_since(group: &FailureGroup) -> String {
    let mut all = group.tests.iter().map(since);
    let first = all.next().unwrap_or_default();
    let is_complete = group.total as usize == group.tests.len();
    if is_complete && all.all(|since| since == first) { first } else { String::new() }
}
