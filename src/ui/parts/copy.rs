//! Copying.

use crate::browser::clipboard;
use crate::browser::timer::set_timeout;
use crate::ui::dom::{El, el};
use crate::ui::signals::*;
use crate::ui::state::state;
use std::time::Duration;

/// A button that copies a text, and says so for a moment. `what` completes
/// "Copy …".
pub fn copy_button(what: &str, text: impl Fn() -> String + 'static) -> El {
    let state = state();
    let is_copied = RwSignal::new(false);
    let name = format!("Copy {what}");
    let act = move || {
        let text = text();
        spawn_local(async move {
            if clipboard::copy(&text).await {
                let _ = is_copied.try_set(true);
                let back = move || {
                    let _ = is_copied.try_set(false);
                };
                set_timeout(back, Duration::from_secs(2));
            } else {
                state.say("The browser does not let the page copy.");
            }
        });
    };
    el("button.button.button-small.copy")
        .attrs(&[("type", "button"), ("title", &name)])
        .live_attr("aria-label", move || {
            Some(if is_copied.get() { "Copied".to_owned() } else { name.clone() })
        })
        .child(
            el("span")
                .attr("aria-live", "polite")
                .live_text(move || if is_copied.get() { "Copied" } else { "Copy" }.to_owned()),
        )
        .on_click(act)
}
