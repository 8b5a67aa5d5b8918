//! What each DUT has for a failing test or a group of them, as small glyphs.

use crate::analyze::{Cell, DutMark, FailingTest};
use crate::query::Selection;
use crate::ui::format;
use crate::ui::parts::class_of;
use crate::ui::stores::use_navigation;
use leptos::either::EitherOf3;
use leptos::prelude::*;

/// With more DUTs than this, there are marks only for DUTs with a failure, and at
/// most [`MOST_MARKS`]: a mark for each DUT would fill the list and the document.
const MANY_DUTS: usize = 12;
const MOST_MARKS: usize = 8;

/// The marks that are shown.
#[derive(Clone)]
pub struct Marks {
    /// The marks with their DUTs.
    shown: Vec<(DutMark, String)>,
    /// How many were left out.
    more: u32,
}

impl Marks {
    /// Chooses from the marks of all DUTs; `duts` has their names.
    pub fn new(marks: &[DutMark], duts: &[String]) -> Marks {
        let has_room = duts.len() <= MANY_DUTS;
        let most = if has_room { MANY_DUTS } else { MOST_MARKS };
        let is_failing = |mark: &DutMark| mark.cell.outcome().is_some_and(|outcome| outcome.is_failing());
        let of_dut = marks.iter().zip(duts).filter(|(mark, _)| has_room || is_failing(mark));
        let more = of_dut.clone().skip(most).count() as u32;
        let shown = of_dut.take(most).map(|(mark, dut)| (mark.clone(), dut.clone())).collect();
        Marks { shown, more }
    }
}

/// Marks, in the order of the table of DUTs.
#[component]
pub fn DutMarks(
    /// The marks.
    marks: Marks,
    /// The test; `None` for the worst results of a group, which have no details.
    test: Option<FailingTest>,
) -> impl IntoView {
    let Marks { shown, more } = marks;
    let mark = |(mark, dut)| dut_mark(test.as_ref(), mark, dut);
    view! {
        <span class="dut-marks">
            {shown.into_iter().map(mark).collect_view()}
            {(more > 0).then(|| view! { <span class="count">{format!("+{}", format::count(more))}</span> })}
        </span>
    }
}

/// A glyph, which leads to the details if it stands for one result.
fn dut_mark(test: Option<&FailingTest>, mark: DutMark, dut: String) -> impl IntoView + use<> {
    let new = if mark.is_new { ", new" } else { "" };
    match (mark.cell, test) {
        (Cell::Result { outcome, .. }, Some(test)) => {
            let navigation = use_navigation();
            let label = format!("{} {} on {dut}{new}", test.name, outcome.word());
            let selection = selection(test, dut);
            EitherOf3::A(view! {
                <button
                    type="button"
                    class=format!("dut-mark {}", class_of(outcome))
                    aria-label=label.clone()
                    title=label
                    on:click=move |_| navigation.select(selection.clone())
                ></button>
            })
        }
        (Cell::Result { outcome, .. }, None) => {
            let label = format!("worst outcome on {dut}: {}{new}", outcome.word());
            let class = format!("dut-mark {}", class_of(outcome));
            EitherOf3::B(view! { <span class=class role="img" aria-label=label.clone() title=label></span> })
        }
        (Cell::Missing(missing), test) => {
            let name = test.map(|test| format!("{} ", test.name)).unwrap_or_default();
            let label = format!("{name}on {dut}: {}", missing.why());
            EitherOf3::C(view! {
                <span class="dut-mark o-missing" role="img" aria-label=label.clone() title=label></span>
            })
        }
    }
}

/// The latest result of a failing test on a DUT.
pub fn selection(test: &FailingTest, dut: String) -> Selection {
    Selection { dut, session: None, scope: test.scope.clone(), name: test.name.clone() }
}
