//! The width of the drawer, and the handle that changes it.

use crate::browser::document;
use crate::ui::hooks::on_window;
use leptos::ev::{self, KeyboardEvent, PointerEvent};
use leptos::html::Div;
use leptos::prelude::*;

/// The key of the setting.
const KEY: &str = "drawer-width";
/// The least width of the drawer in pixels.
const LEAST: u32 = 360;
/// The least width of the list beside it in pixels.
const LIST: u32 = 400;
/// How far an arrow key moves the handle, in pixels.
const STEP: u32 = 32;

/// The width of the drawer beside the list. In a narrow window the style sheet
/// gives the drawer all of it.
#[derive(Clone, Copy)]
pub struct Width {
    /// What a person chose, in pixels; `None` for the default.
    chosen: RwSignal<Option<u32>>,
    /// The width of the window in pixels.
    window: RwSignal<u32>,
}

impl Width {
    /// The width that was chosen in this browser.
    pub fn new() -> Width {
        let chosen = document::remembered(KEY).and_then(|width| width.parse().ok());
        let width = Width { chosen: RwSignal::new(chosen), window: RwSignal::new(document::window_width()) };
        on_window(ev::resize, move |_| width.window.set(document::window_width()));
        width
    }

    /// The width in pixels.
    pub fn get(self) -> u32 {
        fitting(self.chosen.get(), self.window.get())
    }

    fn choose(self, width: u32) {
        self.chosen.set(Some(fitting(Some(width), self.window.get_untracked())));
    }

    /// Keeps the width in this browser.
    fn remember(self) {
        let width = self.chosen.get_untracked().map(|width| width.to_string());
        document::remember(KEY, &width.unwrap_or_default());
    }

    fn reset(self) {
        self.chosen.set(None);
        self.remember();
    }

    /// The place of the handle in percent of the window, from the left.
    fn percent(self, width: u32) -> String {
        let window = self.window.get().max(1);
        (window.saturating_sub(width) * 100 / window).to_string()
    }
}

/// The handle between list and drawer: dragged, or moved with arrow keys. A
/// double click resets the width.
#[component]
pub fn WidthHandle(
    /// What it changes.
    width: Width,
) -> impl IntoView {
    let handle = NodeRef::<Div>::new();
    let is_dragged = RwSignal::new(false);
    let start = move |event: PointerEvent| {
        if let Some(handle) = handle.get_untracked().filter(|_| event.button() == 0) {
            // No text is selected meanwhile.
            event.prevent_default();
            let _ = handle.set_pointer_capture(event.pointer_id());
            is_dragged.set(true);
        }
    };
    let drag = move |event: PointerEvent| {
        if is_dragged.get_untracked() {
            width.choose(document::window_width().saturating_sub(event.client_x().max(0) as u32));
        }
    };
    let end = move |_| {
        if is_dragged.get_untracked() {
            is_dragged.set(false);
            width.remember();
        }
    };
    let press = move |event: KeyboardEvent| {
        let now = untrack(|| width.get());
        let next = match event.key().as_str() {
            "ArrowLeft" => now + STEP,
            "ArrowRight" => now.saturating_sub(STEP),
            "Home" => u32::MAX,
            "End" => 0,
            _ => return,
        };
        event.prevent_default();
        width.choose(next);
        width.remember();
    };
    view! {
        <div
            class="drawer-handle"
            class:is-dragged=is_dragged
            role="separator"
            tabindex="0"
            aria-orientation="vertical"
            aria-controls="drawer"
            aria-label="Width of the details"
            aria-valuemin=move || width.percent(fitting(Some(u32::MAX), width.window.get()))
            aria-valuemax=move || width.percent(LEAST)
            aria-valuenow=move || width.percent(width.get())
            aria-valuetext=move || format!("{} pixels", width.get())
            title="Drag to resize; double-click to reset"
            node_ref=handle
            on:pointerdown=start
            on:pointermove=drag
            on:pointerup=end
            on:pointercancel=end
            on:dblclick=move |_| width.reset()
            on:keydown=press
        ></div>
    }
}

/// The width that a window of this width has room for.
fn fitting(chosen: Option<u32>, window: u32) -> u32 {
    let default = (window * 45 / 100).clamp(LEAST, 720);
    let most = window.saturating_sub(LIST).max(LEAST);
    chosen.unwrap_or(default).clamp(LEAST, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_less_than_half() {
        assert_eq!(fitting(None, 1440), 648);
        assert_eq!(fitting(None, 1024), 460);
        assert_eq!(fitting(None, 3840), 720);
    }

    #[test]
    fn list_and_drawer_keep_their_least_width() {
        assert_eq!(fitting(Some(900), 1440), 900);
        assert_eq!(fitting(Some(900), 1024), 624);
        assert_eq!(fitting(Some(u32::MAX), 1440), 1040);
        assert_eq!(fitting(Some(0), 1440), LEAST);
        assert_eq!(fitting(Some(500), 390), LEAST);
    }
}
