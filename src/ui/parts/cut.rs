//! Names that are too long for their place.

use crate::ui::dom::{El, el};

/// How many characters at the end of a name stay, if no word begins near.
const TAIL: usize = 10;

/// A name that is cut in the middle if there is no room: what tells similar
/// tests apart is often at the end. For assistive technology it is whole.
pub fn cut_name(name: &str) -> El {
    let tail = tail_of(name);
    if tail < TAIL {
        return el("span.cut").child(name);
    }
    el("span.cut").child(el("span.visually-hidden").child(name)).child(
        el("span.cut-shown")
            .attr("aria-hidden", "true")
            .child(el("span.cut-head").child(&name[..tail]))
            .child(el("span.cut-tail").child(&name[tail..])),
    )
}

/// Where the end of a name begins that stays: with a word, if one begins there.
fn tail_of(name: &str) -> usize {
    let mut tail = 0;
    let mut before = None;
    for (count, (at, c)) in name.char_indices().rev().enumerate().take(TAIL + 7) {
        let is_start = before.is_some_and(char::is_alphanumeric) && !c.is_alphanumeric();
        if is_start && (4..=TAIL + 6).contains(&count) {
            tail = at + c.len_utf8();
        }
        before = Some(c);
    }
    match tail {
        0 => name.char_indices().rev().nth(TAIL - 1).map_or(0, |(at, _)| at),
        tail => tail,
    }
}
