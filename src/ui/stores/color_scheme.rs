//! Light or dark.

use crate::browser::document;
use leptos::prelude::*;
use leptos_use::use_preferred_dark;

/// The key of the setting.
const KEY: &str = "theme";

/// The color scheme: the system's, until a person chooses one.
#[derive(Clone, Copy)]
pub struct ColorScheme {
    /// Whether the person chose dark; `None` without a choice.
    chosen: RwSignal<Option<bool>>,
    prefers_dark: Signal<bool>,
}

impl ColorScheme {
    /// The scheme that was chosen in this browser, which is applied.
    pub fn new() -> ColorScheme {
        let chosen = document::remembered(KEY);
        if let Some(chosen) = &chosen {
            document::set_theme(chosen);
        }
        ColorScheme {
            chosen: RwSignal::new(chosen.map(|chosen| chosen == "dark")),
            prefers_dark: use_preferred_dark(),
        }
    }

    /// Follows changes: what reads colors of the style sheets runs again.
    pub fn track(self) {
        self.chosen.track();
        self.prefers_dark.track();
    }

    /// Switches between light and dark, and keeps the choice in this browser.
    pub fn switch(self) {
        let is_dark = self.chosen.get_untracked().unwrap_or_else(|| self.prefers_dark.get_untracked());
        let theme = if is_dark { "light" } else { "dark" };
        document::set_theme(theme);
        document::remember(KEY, theme);
        // The style sheets have the new colors by then.
        self.chosen.set(Some(!is_dark));
    }
}
