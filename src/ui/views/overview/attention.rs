//! What needs attention: the failing tests, most important first.

use super::{to_failing, use_late_overview};
use crate::analyze::{Cell, DutLine, DutMark, FailingTest};
use crate::query::{Selection, View};
use crate::ui::format;
use crate::ui::parts::{TestName, ViewLink, class_of};
use crate::ui::stores::use_navigation;
use leptos::either::Either;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// With more DUTs than this, a failing test has marks only for DUTs on which it
/// fails, and at most [`MOST_MARKS`]: a mark for each DUT would fill the list
/// and the document.
const MANY_DUTS: usize = 12;
const MOST_MARKS: usize = 8;

/// A panel with the failing tests.
#[component]
pub fn Attention() -> impl IntoView {
    let late = use_late_overview();
    let content = move || {
        let overview = late.get()?;
        let (total, shown) = (overview.failing_total, overview.failing.len() as u32);
        let count = (total > 0).then(|| view! { <span class="count">{format::count(total)}</span> });
        let list = if shown == 0 {
            Either::Left(view! { <p class="nothing">"No failing tests."</p> })
        } else {
            let test = |test: &FailingTest| {
                let marks = Marks::new(&test.marks, &overview.duts);
                view! { <FailingTestItem test=test.clone() marks=marks duts=overview.duts.len() as u32 /> }
            };
            Either::Right(view! {
                <ul class="attention-list">{overview.failing.iter().map(test).collect_view()}</ul>
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

/// The marks of a failing test.
struct Marks {
    /// The marks that are shown, with their DUTs.
    shown: Vec<(DutMark, String)>,
    /// How many were left out.
    more: u32,
}

impl Marks {
    fn new(marks: &[DutMark], duts: &[DutLine]) -> Marks {
        let has_room = duts.len() <= MANY_DUTS;
        let most = if has_room { MANY_DUTS } else { MOST_MARKS };
        let is_failing = |mark: &DutMark| mark.cell.outcome().is_some_and(|outcome| outcome.is_failing());
        let of_dut = marks.iter().zip(duts).filter(|(mark, _)| has_room || is_failing(mark));
        let more = of_dut.clone().skip(most).count() as u32;
        let shown = of_dut.take(most).map(|(mark, dut)| (mark.clone(), dut.name.clone())).collect();
        Marks { shown, more }
    }
}

/// A failing test: its name, its marks, its message, where and since when it
/// fails. A click anywhere but on a button opens the details, as its name does.
#[component]
fn FailingTestItem(
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
    let selection = StoredValue::new(selection(&test, first));
    let open = move || navigation.select(Some(selection.get_value()));
    let open_beside_buttons = move |event: MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if target.is_some_and(|target| matches!(target.closest("button"), Ok(None))) {
            open();
        }
    };
    let marks = (duts > 1).then(|| view! { <DutMarks marks=marks test=test.clone() /> });
    let words = [where_it_fails(&test, duts), since(&test)];
    let words = words.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(", ");
    view! {
        <li on:click=open_beside_buttons>
            <div class="attention-head">
                <button type="button" class="attention-name" on:click=move |_| open()>
                    <TestName suite=test.suite class=test.class name=test.name />
                </button>
                {test.is_flaky.then(|| view! { <span class="tag">"flaky"</span> })}
                {test.is_new.then(|| view! { <span class="tag tag-bad">"new"</span> })}
                {marks}
            </div>
            <div class="attention-foot">
                <p class="message">{test.message}</p>
                <span class="attention-where">{words}</span>
            </div>
        </li>
    }
}

/// What each DUT has for a failing test, as small glyphs.
#[component]
fn DutMarks(
    /// The marks.
    marks: Marks,
    /// The test.
    test: FailingTest,
) -> impl IntoView {
    let Marks { shown, more } = marks;
    let mark = |(mark, dut)| dut_mark(&test, mark, dut);
    view! {
        <span class="dut-marks">
            {shown.into_iter().map(mark).collect_view()}
            {(more > 0).then(|| view! { <span class="count">{format!("+{}", format::count(more))}</span> })}
        </span>
    }
}

/// What a DUT has for a failing test: a glyph, which leads to the details if
/// there is a result.
fn dut_mark(test: &FailingTest, mark: DutMark, dut: String) -> impl IntoView + use<> {
    match mark.cell {
        Cell::Result { outcome, .. } => {
            let navigation = use_navigation();
            let new = if mark.is_new { ", new" } else { "" };
            let label = format!("{} {} on {dut}{new}", test.name, outcome.word());
            let selection = selection(test, dut);
            Either::Left(view! {
                <button
                    type="button"
                    class=format!("dut-mark {}", class_of(outcome))
                    aria-label=label.clone()
                    title=label
                    on:click=move |_| navigation.select(Some(selection.clone()))
                ></button>
            })
        }
        Cell::Missing(missing) => {
            let label = format!("{} on {dut}: {}", test.name, missing.why());
            Either::Right(view! {
                <span class="dut-mark o-missing" role="img" aria-label=label.clone() title=label></span>
            })
        }
    }
}

/// The latest result of a failing test on a DUT.
fn selection(test: &FailingTest, dut: String) -> Selection {
    Selection { dut, session: None, scope: test.scope.clone(), name: test.name.clone() }
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
fn since(test: &FailingTest) -> String {
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
