//! What needs attention: the failing tests, most important first, those with the
//! same message together.

mod group;
mod marks;
mod test;

use super::{to_failing, use_late_overview};
use crate::analyze::FailureGroup;
use crate::query::View;
use crate::ui::format;
use crate::ui::parts::ViewLink;
use group::FailureGroupItem;
use leptos::either::Either;
use leptos::prelude::*;
use marks::Marks;
use test::FailingTestItem;

/// A panel with the failing tests.
#[component]
pub fn Attention() -> impl IntoView {
    let late = use_late_overview();
    let content = move || {
        let overview = late.get()?;
        let total = overview.failing_total;
        let shown: u32 = overview.failing.iter().map(|group| group.total).sum();
        let count = (total > 0).then(|| view! { <span class="count">{format::count(total)}</span> });
        let list = if shown == 0 {
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
                <ul class="attention-list">{overview.failing.iter().map(item).collect_view()}</ul>
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
