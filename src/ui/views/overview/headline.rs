//! The headline: the answer in a sentence.

use crate::analyze;
use leptos::prelude::*;
use std::sync::Arc;

/// The answer in a sentence. Lines break between words only: the name of a DUT
/// may have hyphens.
#[component]
pub fn Headline(
    /// The overview that has it.
    overview: Arc<analyze::Overview>,
) -> impl IntoView {
    let is_bad = overview.failing_total > 0;
    let is_good = !is_bad && overview.now.pass_rate().is_some();
    let word = |(index, word): (usize, &str)| {
        view! {
            {(index > 0).then_some(" ")}
            <span class="word">{word.to_owned()}</span>
        }
    };
    view! {
        <h1
            class="headline"
            class:headline-bad=is_bad
            class:headline-good=is_good
            id="headline"
            tabindex="-1"
        >
            {overview.headline.split(' ').enumerate().map(word).collect_view()}
        </h1>
    }
}
