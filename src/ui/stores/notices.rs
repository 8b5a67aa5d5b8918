//! Messages to the person.

use leptos::prelude::*;

/// Messages to the person.
#[derive(Clone, Copy)]
pub struct Notices {
    /// The message on screen, until it is dismissed or replaced.
    pub message: RwSignal<Option<String>>,
    /// Why the page has no engine.
    pub failure: RwSignal<Option<String>>,
}

impl Notices {
    /// No messages.
    pub fn new() -> Notices {
        Notices { message: RwSignal::new(None), failure: RwSignal::new(None) }
    }

    /// Shows a message in place of the one before.
    pub fn show(self, text: impl Into<String>) {
        self.message.set(Some(text.into()));
    }

    /// Says why there is no engine. Messages about its restarts are obsolete.
    pub fn fail(self, reason: String) {
        self.message.set(None);
        self.failure.set(Some(reason));
    }

    /// Removes all messages.
    pub fn clear(self) {
        self.message.set(None);
        self.failure.set(None);
    }
}
