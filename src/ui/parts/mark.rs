//! The mark of an outcome: a glyph, a colour and a word.

use crate::analyze::Missing;
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

/// The class that gives the reason of a missing result its colour and glyph.
pub fn class_of_missing(missing: Missing) -> &'static str {
    match missing {
        Missing::NotThere { .. } => "o-missing",
        Missing::BrokenOff { .. } => "o-brokenoff",
        Missing::Unreadable => "o-unreadable",
    }
}

/// A mark with its word.
pub fn mark(outcome: Outcome) -> El {
    el("span.mark").add_class(class_of(outcome)).child(outcome.word())
}

/// A DUT with the outcome of a test on it, which leads to the details.
pub fn dut_chip(outcome: Outcome, selection: Selection) -> El {
    let label = format!("{} on {}", outcome.word(), selection.dut);
    let name = selection.dut.clone();
    result_chip(outcome, &name, &label, selection).attr("title", &label)
}

/// An outcome that leads to the details of its result.
pub fn result_chip(outcome: Outcome, text: &str, label: &str, selection: Selection) -> El {
    let state = state();
    el("button.dut-chip")
        .add_class(class_of(outcome))
        .attrs(&[("type", "button"), ("aria-label", label)])
        .child(el("span.line").child(text))
        .on_click(move || state.select(Some(selection.clone())))
}

/// What stands where a result would, and why there is none.
pub fn missing_chip(missing: Missing, text: &str) -> El {
    let why = missing.why();
    el("span.dut-chip")
        .add_class(class_of_missing(missing))
        .attrs(&[("tabindex", "0"), ("data-tip", &why)])
        .child(text)
        .child(el("span.visually-hidden").child(format!(": {why}")))
}
