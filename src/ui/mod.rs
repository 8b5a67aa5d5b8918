//! The page: Leptos components over the engine's answers.
//!
//! Components render answers and turn what a person does into a change of the
//! [`View`](crate::query::View) or a query. They compute nothing that the engine
//! could compute. The page holds no data except the answers on screen.
//!
//! - [`stores`]: the page's state, in context for every component.
//! - [`hooks`]: signals that follow the engine.
//! - [`parts`]: components that views share.
//! - [`views`]: one component per view, listed in one table.

mod app;
mod crash;
mod format;
mod hooks;
mod keys;
mod parts;
mod stores;
mod title;
mod views;

use crate::browser::document;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Mounts the app. Called once, when the page's module has loaded.
pub fn start() {
    crash::report_panics();
    let Some(root) = document::find("#app") else {
        return;
    };
    mount_to(root.unchecked_into(), app::App).forget();
    document::remove_splash();
    Timeout::new(0, format::warm_up).forget();
}
