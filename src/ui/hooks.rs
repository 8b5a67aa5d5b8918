//! Hooks: queries as signals, events of the window.

use super::stores::use_data;
use crate::engine::Query;
use leptos::prelude::*;
use leptos::tachys::html::event::EventDescriptor;
use leptos::task::spawn_local;
use leptos_use::{use_event_listener, use_window};
use std::sync::Arc;

/// Numbers requests, so that only the answer to the latest one is used. All
/// components that show answers as they arrive use it.
#[derive(Clone, Copy)]
pub struct Latest(StoredValue<u32>);

/// One request of a [`Latest`].
#[derive(Clone, Copy)]
pub struct Ticket {
    latest: StoredValue<u32>,
    number: u32,
}

impl Latest {
    /// No request yet.
    pub fn new() -> Latest {
        Latest(StoredValue::new(0))
    }

    /// Starts a request; earlier ones are replaced.
    pub fn begin(self) -> Ticket {
        self.0.update_value(|number| *number = number.wrapping_add(1));
        Ticket { latest: self.0, number: self.0.get_value() }
    }
}

impl Ticket {
    /// Whether no later request has begun, and the component still exists.
    pub fn is_latest(self) -> bool {
        self.latest.try_get_value() == Some(self.number)
    }
}

/// The signals of [`use_query`].
pub struct Answered<A: 'static> {
    /// The latest answer. It stays while the next one is awaited.
    pub answer: ReadSignal<Option<Arc<A>>>,
    /// Whether an answer is awaited.
    pub is_pending: ReadSignal<bool>,
}

impl<A> Clone for Answered<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for Answered<A> {}

/// Asks the engine whenever the query or the data changes. While `query` gives
/// `None`, there is no answer.
pub fn use_query<Q>(query: impl Fn() -> Option<Q> + 'static) -> Answered<Q::Answer>
where
    Q: Query,
    Q::Answer: Send + Sync,
{
    let data = use_data();
    let (answer, set_answer) = signal(None);
    let (is_pending, set_pending) = signal(false);
    let latest = Latest::new();
    Effect::new(move || {
        data.version.track();
        let ticket = latest.begin();
        let Some(query) = query() else {
            set_answer.set(None);
            set_pending.set(false);
            return;
        };
        set_pending.set(true);
        spawn_local(async move {
            let received = data.ask(query).await;
            if ticket.is_latest() {
                if let Some(received) = received {
                    set_answer.set(Some(Arc::new(received)));
                }
                set_pending.set(false);
            }
        });
    });
    Answered { answer, is_pending }
}

/// Handles an event of the window while the component exists.
pub fn on_window<E: EventDescriptor + 'static>(event: E, handler: impl FnMut(E::EventType) + 'static) {
    let _ = use_event_listener(use_window(), event, handler);
}
