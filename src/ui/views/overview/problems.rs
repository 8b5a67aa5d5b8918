//! What was wrong with the input, in a line.

use crate::analyze::Problems;
use crate::query::{Route, View};
use crate::ui::format;
use crate::ui::parts::ViewLink;
use leptos::prelude::*;

/// What was wrong with the input, and a link to the files; nothing without
/// problems.
#[component]
pub fn InputProblems(
    /// The problems.
    problems: Problems,
) -> impl IntoView {
    words(&problems).map(|words| {
        view! {
            <p class="input-problems">
                <span class="input-problems-mark" aria-hidden="true"></span>
                <span>
                    {words} <ViewLink to=|view: &mut View| view.go(Route::Files)>"Review files"</ViewLink>
                </span>
            </p>
        }
    })
}

/// The problems that the headline does not mention, as sentences: "2 files were only
/// partly read, 1 DUT name was guessed. ".
fn words(problems: &Problems) -> Option<String> {
    let parts: Vec<String> = [
        (problems.partly, "file was only partly read", "files were only partly read"),
        (problems.empty, "file has no results", "files have no results"),
        (problems.guesses, "DUT name was guessed", "DUT names were guessed"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, one, many)| format!("{} {}", format::count(count), if count == 1 { one } else { many }))
    .collect();
    (!parts.is_empty()).then(|| parts.join(", ") + ". ")
}
