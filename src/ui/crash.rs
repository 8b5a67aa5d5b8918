//! The error screen: a panic of the page shows its text and place.

use crate::browser::document;
use std::panic;

/// Logs each panic to the console and shows it on the error screen. After a
/// panic no Rust code of the page runs any more, so the screen is static HTML
/// (`#crash` in index.html) that only gets its text here.
pub fn report_panics() {
    panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        if let (Some(screen), Some(text)) = (document::find("#crash"), document::find("#crash-text")) {
            text.set_text_content(Some(&info.to_string()));
            screen.set_hidden(false);
        }
    }));
}
