//! The mark of an outcome: a glyph, a colour and a word.

use crate::model::Outcome;
use crate::query::Selection;
use crate::ui::dom::{El, el};
use crate::ui::state::state;

/// The class that gives an outcome its colour and glyph.
pub fn class_of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "o-passed",
        Outcome::Failed => "o-failed",
        Outcome::Error => "o-error",
        Outcome::Skipped => "o-skipped",
        Outcome::XFailed => "o-xfailed",
        Outcome::XPassed => "o-xpassed",
        Outcome::NotRun => "o-notrun",
        Outcome::Unknown => "o-unknown",
    }
}

/// A mark with its word.
pub fn mark(outcome: Outcome) -> El {
    el("span.mark").add_class(class_of(outcome)).child(outcome.word())
}

/// A DUT with the outcome of a test on it, which leads to the details.
pub fn dut_chip(outcome: Outcome, selection: Selection) -> El {
    let state = state();
    let label = format!("{} on {}", outcome.word(), selection.dut);
    el("button.dut-chip")
        .add_class(class_of(outcome))
        .attrs(&[("type", "button"), ("aria-label", &label), ("title", &label)])
        .child(&selection.dut)
        .on_click(move || state.select(Some(selection.clone())))
}
