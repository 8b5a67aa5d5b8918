//! The page: what people see.
//!
//! Components render answers and turn what people do into a
//! [`View`](crate::query::View) or a request; they compute nothing that could
//! be computed below. The page holds no data but what is on screen.
//!
//! A component is a function that returns an [`El`](dom::El); state and what
//! follows it are Leptos' signals and effects.

mod app;
mod dom;
mod format;
mod keys;
mod parts;
mod signals;
mod state;
mod views;

use crate::browser::document;
use crate::browser::timer::set_timeout;
use dom::Part;
use std::time::Duration;

/// Mounts the app. Called once, when the page's module is up.
pub fn start() {
    // A release build has no texts of panics.
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    let Some(root) = document::document().get_element_by_id("app") else {
        return;
    };
    signals::run_forever(|| {
        let app = app::app();
        document::remove_splash();
        app.add_to(&root);
    });
    set_timeout(format::warm_up, Duration::ZERO);
}
