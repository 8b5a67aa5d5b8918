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
    let parts = if parts.is_empty() { String::new() } else { parts.join(", ") + ". " };
    let words = hidden_duts(problems) + &parts;
    (!words.is_empty()).then_some(words)
}

/// The DUTs without results because their files are duplicates: "2 files are
/// identical to others, so board-b has no results of its own. "
fn hidden_duts(problems: &Problems) -> String {
    let duts = match problems.hidden_duts.as_slice() {
        [] => return String::new(),
        [dut] => format!("{dut} has no results of its own"),
        [one, two] => format!("{one} and {two} have no results of their own"),
        [one, more @ ..] => {
            let more = format::count(more.len() as u32);
            format!("{one} and {more} other DUTs have no results of their own")
        }
    };
    let duplicates = match problems.duplicates {
        1 => "1 file is identical to another".to_owned(),
        duplicates => format!("{} files are identical to others", format::count(duplicates)),
    };
    format!("{duplicates}, so {duts}. ")
}
