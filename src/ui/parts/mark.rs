//! The mark of an outcome: a glyph, a colour and a word.

use crate::model::Outcome;
use leptos::prelude::*;

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

/// A mark with its word for those who do not see it, or `with_word` for all.
#[component]
pub fn Mark(outcome: Outcome, #[prop(optional)] with_word: bool) -> impl IntoView {
    let class = format!("mark {}", class_of(outcome));
    if with_word {
        view! { <span class=class>{outcome.word()}</span> }.into_any()
    } else {
        view! { <span class=class role="img" aria-label=outcome.word() title=outcome.word()></span> }
            .into_any()
    }
}
