//! The outcomes of a DUT as a stacked bar.

use super::{to_failing, to_sessions};
use crate::analyze::DutLine;
use crate::model::{Counts, Outcome};
use crate::query::View;
use crate::ui::format;
use crate::ui::parts::{ViewLink, class_of};
use leptos::prelude::*;

/// A bar with a segment per outcome, as wide as its share of the results of the
/// DUT that has the most. A failing outcome leads to the DUT's failing tests,
/// any other to its sessions. The Tab key skips the segments: links in the other
/// cells of the row lead to the same places.
#[component]
pub fn DutBar(
    /// The DUT.
    dut: DutLine,
    /// The most results that a DUT has.
    most: u32,
) -> impl IntoView {
    let segment = |Segment { outcome, count, percent }| {
        let words = format!("{}: {} {}", dut.name, format::count(count), outcome.word());
        let name = dut.name.clone();
        let to = move |view: &mut View| {
            if outcome.is_failing() {
                to_failing(view, Some(&name));
            } else {
                to_sessions(view, &name);
            }
        };
        view! {
            <ViewLink
                to=to
                attr:class=format!("dut-bar-part {}", class_of(outcome))
                attr:tabindex="-1"
                attr:aria-label=words.clone()
                attr:title=words
                style:width=format!("{percent:.3}%")
            />
        }
    };
    view! { <div class="dut-bar">{segments(&dut.counts, most).map(segment).collect_view()}</div> }
}

/// A part of a bar.
#[derive(Debug, PartialEq)]
struct Segment {
    outcome: Outcome,
    count: u32,
    /// Its width, in percent of the longest bar.
    percent: f64,
}

/// The segments of a bar, without empty ones.
fn segments(counts: &Counts, most: u32) -> impl Iterator<Item = Segment> {
    let counts = *counts;
    Outcome::ALL.into_iter().filter_map(move |outcome| {
        let count = counts.of(outcome);
        let percent = f64::from(count) * 100.0 / f64::from(most.max(1));
        (count > 0).then_some(Segment { outcome, count, percent })
    })
}
