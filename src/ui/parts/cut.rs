//! Names that are too long for their place.

use crate::ui::dom::{El, el};

/// How many characters at the end of a name stay.
const TAIL: usize = 10;

/// A name that is cut in the middle if there is no room: what tells similar
/// tests apart is often at the end. For assistive technology it is whole.
pub fn cut_name(name: &str) -> El {
    let tail = name.char_indices().rev().nth(TAIL - 1).map_or(0, |(at, _)| at);
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
