//! What needs attention: DUTs with incomplete results, then the failing tests, most important
//! first, those with the same message together.

mod group;
mod incomplete;
mod marks;
mod test;

use super::{to_failing, use_late_overview};
use crate::analyze::FailureGroup;
use crate::query::{Route, View};
use crate::ui::format;
use crate::ui::parts::ViewLink;
use group::FailureGroupItem;
use incomplete::IncompleteItem;
use leptos::either::Either;
use leptos::prelude::*;
use marks::Marks;
use test::FailingTestItem;

/// How many DUTs with incomplete results are listed one by one.
const MOST_INCOMPLETE: usize = 5;

/// A panel with the DUTs whose results are incomplete, and the failing tests.
#[component]
pub fn Attention() -> impl IntoView {
    let late = use_late_overview();
    let content = move || {
        let overview = late.get()?;
        let total = overview.failing_total;
        let shown: u32 = overview.failing.iter().map(|group| group.total).sum();
        let incomplete: Vec<_> =
            overview.duts.iter().filter(|dut| dut.incomplete.is_some()).cloned().collect();
        let more = incomplete.len().saturating_sub(MOST_INCOMPLETE);
        let entries = total + incomplete.len() as u32;
        let count = (entries > 0).then(|| view! { <span class="count">{format::count(entries)}</span> });
        let list = if entries == 0 {
            Either::Left(view! { <p class="nothing">"No failing tests."</p> })
        } else {
            let names: Vec<String> = overview.duts.iter().map(|dut| dut.name.clone()).collect();
            // A list of one entry has room for its tests.
            let is_only = overview.failing.len() == 1;
            let item = |group: &FailureGroup| match group.tests.as_slice() {
                [test] if group.total == 1 => {
                    let marks = Marks::new(&test.marks, &names);
                    Either::Left(view! {
                        <li class="attention-item">
                            <FailingTestItem test=test.clone() marks=marks duts=names.len() as u32 />
                        </li>
                    })
                }
                _ => Either::Right(view! {
                    <FailureGroupItem group=group.clone() names=names.clone() is_open=is_only />
                }),
            };
            Either::Right(view! {
                <ul class="attention-list">
                    {incomplete
                        .into_iter()
                        .take(MOST_INCOMPLETE)
                        .map(|dut| view! { <IncompleteItem dut=dut /> })
                        .collect_view()}
                    {(more > 0)
                        .then(|| {
                            view! {
                                <li class="attention-item">
                                    <ViewLink to=|view: &mut View| view.go(Route::Sessions)>
                                        {format!("{} more with incomplete results", format::plural(more as u32, "DUT"))}
                                    </ViewLink>
                                </li>
                            }
                        })}
                    {overview.failing.iter().map(item).collect_view()}
                </ul>
            })
        };
        let all = (total > shown).then(|| {
            view! {
                <ViewLink to=|view: &mut View| to_failing(view, None)>
                    {format!("All {} failing tests in the grid", format::count(total))}
                </ViewLink>
            }
        });
        Some(view! {
            <h2 id="attention-title">"Needs attention" {count}</h2>
            {list}
            {all}
        })
    };
    view! {
        <section class="panel attention" aria-labelledby="attention-title">
            {content}
        </section>
    }
}
