//! Texts of a terminal: ANSI colors as elements.

use crate::text::ansi::{self, Style};
use crate::ui::dom::{El, el};
use std::ops::Range;

/// How far back a style may have begun that is still on.
const BEFORE: usize = 8192;

/// Appends a part of a text, colored as it is in the whole.
pub fn colored(into: El, text: &str, part: Range<usize>) -> El {
    let mut begin = part.start.saturating_sub(BEFORE);
    while !text.is_char_boundary(begin) {
        begin += 1;
    }
    let (Some(seen), Some(before)) = (text.get(begin..part.end), text.get(begin..part.start)) else {
        return into;
    };
    ansi::runs(seen).into_iter().fold(into, |into, run| {
        // Runs are stretches of what is looked at.
        let at = run.text.as_ptr() as usize - seen.as_ptr() as usize;
        match run.text.get(before.len().saturating_sub(at)..) {
            None | Some("") => into,
            Some(text) if run.style == Style::default() => into.child(text),
            Some(text) => into.child(el("span").class(&classes(run.style)).child(text)),
        }
    })
}

/// A text with its colors.
pub fn colored_whole(into: El, text: &str) -> El {
    colored(into, text, 0..text.len())
}

/// A text without its escapes.
pub fn plain(text: &str) -> String {
    ansi::runs(text).iter().map(|run| run.text).collect()
}

fn classes(style: Style) -> String {
    let mut classes = "a".to_owned();
    for (prefix, color) in [(" a-fg", style.color), (" a-bg", style.background)] {
        if let Some(color) = color {
            classes += prefix;
            classes += &color.to_string();
        }
    }
    for (is_on, class) in [
        (style.bold, " a-bold"),
        (style.dim, " a-dim"),
        (style.italic, " a-italic"),
        (style.underline, " a-underline"),
        (style.inverse, " a-inverse"),
    ] {
        if is_on {
            classes += class;
        }
    }
    classes
}
