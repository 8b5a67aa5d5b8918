//! The outcomes of a DUT as a stacked bar.

use super::{to_failing, to_sessions};
use crate::analyze::DutLine;
use crate::model::Outcome;
use crate::query::View;
use crate::ui::format;
use crate::ui::parts::{ViewLink, class_of};
use leptos::prelude::*;

/// A bar with a segment per outcome, as wide as its share of the DUT's results;
/// the style sheet keeps failing ones visible. A failing outcome leads to the DUT's
/// failing tests, any other to its sessions. The Tab key skips the segments: links
/// in the other cells of the row lead to the same places.
#[component]
pub fn DutBar(
    /// The DUT.
    dut: DutLine,
) -> impl IntoView {
    let counts = dut.counts;
    let segment = |outcome: Outcome| {
        let count = counts.of(outcome);
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
                style:flex-grow=count.to_string()
            />
        }
    };
    let occurring = Outcome::ALL.into_iter().filter(|&outcome| counts.of(outcome) > 0);
    view! { <div class="dut-bar">{occurring.map(segment).collect_view()}</div> }
}
