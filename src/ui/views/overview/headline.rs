//! The headline: the answer in a sentence or two.

use super::{to_grid, to_sessions};
use crate::analyze::{self, HeadlinePart, Lead, Tone};
use crate::query::{Route, View};
use crate::ui::parts::ViewLink;
use leptos::either::Either;
use leptos::prelude::*;
use std::sync::Arc;

/// The answer in a sentence or two; its parts are links to what they count.
#[component]
pub fn Headline(
    /// The overview that has it.
    overview: Arc<analyze::Overview>,
) -> impl IntoView {
    let tone = overview.headline.tone;
    let parts = overview.headline.parts.iter().cloned();
    view! {
        <h1
            class="headline"
            class:headline-bad=tone == Tone::Bad
            class:headline-good=tone == Tone::Good
            class:headline-doubtful=tone == Tone::Doubtful
            id="headline"
            tabindex="-1"
        >
            {parts.map(|part| view! { <Part part=part /> }).collect_view()}
        </h1>
    }
}

#[component]
fn Part(part: HeadlinePart) -> impl IntoView {
    let words = words(&part.text);
    match part.leads {
        None => Either::Left(words),
        Some(lead) => Either::Right(
            view! { <ViewLink to=move |view: &mut View| follow(view, &lead)>{words}</ViewLink> },
        ),
    }
}

/// A word that is longer than this may break anywhere.
const LONG_WORD: usize = 24;

/// A text in which short words with a hyphen, such as names of DUTs, do not break.
fn words(text: &str) -> impl IntoView + use<> {
    let words = text.split_inclusive(' ').map(|word| {
        if word.contains('-') && word.chars().count() <= LONG_WORD {
            Either::Left(view! { <span class="word">{word.to_owned()}</span> })
        } else {
            Either::Right(word.to_owned())
        }
    });
    words.collect_view()
}

fn follow(view: &mut View, lead: &Lead) {
    match lead {
        Lead::Tests(filter) => to_grid(view, filter.clone()),
        Lead::Sessions(dut) => to_sessions(view, dut),
        Lead::Files => view.go(Route::Files),
        Lead::KnownIssues => view.go(Route::KnownIssues),
    }
}
