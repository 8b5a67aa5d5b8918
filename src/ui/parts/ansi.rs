//! Terminal output: ANSI colors as elements.

use crate::text::ansi::{self, Style};
use leptos::prelude::*;
use std::ops::Range;

/// How many bytes before a part are searched for a style that is still active.
const LOOK_BACK: usize = 8192;

/// A part of a text, colored as it is in the whole.
pub fn colored_part(text: &str, part: Range<usize>) -> impl IntoView + use<> {
    let mut begin = part.start.saturating_sub(LOOK_BACK);
    while !text.is_char_boundary(begin) {
        begin += 1;
    }
    let seen = text.get(begin..part.end).unwrap_or_default();
    let skipped = part.start.saturating_sub(begin);
    ansi::runs(seen)
        .into_iter()
        .filter_map(|run| {
            // Runs are slices of `seen`.
            let at = run.text.as_ptr() as usize - seen.as_ptr() as usize;
            let text = run.text.get(skipped.saturating_sub(at)..).filter(|text| !text.is_empty())?.to_owned();
            Some(if run.style == Style::default() {
                text.into_any()
            } else {
                view! { <span class=classes(run.style)>{text}</span> }.into_any()
            })
        })
        .collect_view()
}

/// A text with its colors.
pub fn colored(text: &str) -> impl IntoView + use<> {
    colored_part(text, 0..text.len())
}

/// A text without its escape codes.
pub fn plain(text: &str) -> String {
    ansi::runs(text).iter().map(|run| run.text).collect()
}

fn classes(style: Style) -> String {
    let mut classes = vec!["a".to_owned()];
    classes.extend(style.color.map(|color| format!("a-fg{color}")));
    classes.extend(style.background.map(|color| format!("a-bg{color}")));
    for (is_on, class) in [
        (style.bold, "a-bold"),
        (style.dim, "a-dim"),
        (style.italic, "a-italic"),
        (style.underline, "a-underline"),
        (style.inverse, "a-inverse"),
    ] {
        if is_on {
            classes.push(class.to_owned());
        }
    }
    classes.join(" ")
}
