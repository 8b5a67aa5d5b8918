//! The name of a test.

use crate::ui::dom::{El, el};

/// Suite and class, one after the other; those that there are.
pub fn around(suite: &str, class: &str) -> String {
    let separator = if suite.is_empty() || class.is_empty() { "" } else { " › " };
    format!("{suite}{separator}{class}")
}

/// The name, and suite and class, dimmed; the whole on hover.
pub fn test_name(suite: &str, class: &str, name: &str) -> El {
    let around = around(suite, class);
    let named = el("span.test-name").child(el("span.test-name-name").child(name));
    if around.is_empty() {
        named.attr("title", name)
    } else {
        named.attr("title", &format!("{around} › {name}")).child(el("span.test-name-around").child(around))
    }
}

/// Appends a text in which what stands between backticks is code.
pub fn coded(into: El, text: &str) -> El {
    let mut is_code = false;
    text.split('`').fold(into, |into, piece| {
        let into = if is_code { into.child(el("code").child(piece)) } else { into.child(piece) };
        is_code = !is_code;
        into
    })
}
