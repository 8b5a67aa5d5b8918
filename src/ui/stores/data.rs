//! The engine, the overview and the version of the data.

use crate::analyze::Overview;
use crate::engine::{GetOverview, Query};
use crate::worker::pool::Pool;
use gloo_timers::future::TimeoutFuture;
use js_sys::Date;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;

/// While files are read, the page is drawn at most this often, in milliseconds.
const REFRESH_MS: f64 = 250.0;

/// The engine behind its worker, the overview of its data, and the data's
/// version.
#[derive(Clone, Copy)]
pub struct Data {
    /// The overview of the data; `None` before the first file is read.
    pub overview: RwSignal<Option<Arc<Overview>>>,
    /// Grows when the data changes: earlier answers are out of date.
    pub version: RwSignal<u32>,
    /// Whether `overview` shows all that the engine knows.
    pub is_fresh: RwSignal<bool>,
    pool: StoredValue<Option<Pool>, LocalStorage>,
    refresh: StoredValue<Refresh>,
}

/// The state of asking for the overview.
#[derive(Clone, Copy, Default)]
struct Refresh {
    /// Grows with each new engine: answers of the one before are dropped.
    engine: u32,
    is_waiting: bool,
    is_running: bool,
    is_wanted: bool,
    /// When the last one began, in milliseconds.
    began_ms: f64,
}

impl Data {
    /// No engine and no data.
    pub fn new() -> Data {
        Data {
            overview: RwSignal::new(None),
            version: RwSignal::new(0),
            is_fresh: RwSignal::new(true),
            pool: StoredValue::new_local(None),
            refresh: StoredValue::new(Refresh::default()),
        }
    }

    /// Replaces the engine by a new one without data.
    pub fn replace_engine(self, pool: Pool) {
        if let Some(before) = self.pool.get_value() {
            before.stop();
        }
        self.pool.set_value(Some(pool));
        self.refresh
            .update_value(|refresh| *refresh = Refresh { engine: refresh.engine + 1, ..Refresh::default() });
        self.overview.set(None);
        self.is_fresh.set(true);
        self.version.update(|version| *version += 1);
    }

    /// The workers. There are none only while the page starts.
    pub fn pool(self) -> Option<Pool> {
        self.pool.get_value()
    }

    /// Whether there are files to show, for event handlers.
    pub fn has_files_untracked(self) -> bool {
        untrack(|| self.has_files())
    }

    /// Sends a query to the engine. The answer is `None` if the engine fails
    /// before it answers.
    pub fn ask<Q: Query>(self, query: Q) -> impl Future<Output = Option<Q::Answer>> + use<Q> {
        let answer = self.pool.with_value(|pool| pool.as_ref().map(|pool| pool.ask(query)));
        async move { answer?.await }
    }

    /// Whether there are files to show.
    pub fn has_files(self) -> bool {
        self.overview.with(|overview| overview.as_ref().is_some_and(|overview| overview.files > 0))
    }

    /// Shows the present data, but not too often: many small files are read
    /// faster than the page is drawn.
    pub fn refresh_soon(self) {
        self.is_fresh.set(false);
        let Refresh { engine, is_waiting, began_ms, .. } = self.refresh.get_value();
        if is_waiting {
            return;
        }
        let wait = began_ms + REFRESH_MS - Date::now();
        if wait <= 0.0 || wait > REFRESH_MS {
            return self.refresh_now();
        }
        self.refresh.update_value(|refresh| refresh.is_waiting = true);
        spawn_local(async move {
            TimeoutFuture::new(wait as u32).await;
            let refresh = self.refresh.get_value();
            if refresh.is_waiting && refresh.engine == engine {
                self.refresh_now();
            }
        });
    }

    /// Shows the present data: asks for the overview, once at a time, and once
    /// more if the data changed meanwhile. Other queries follow `version`.
    pub fn refresh_now(self) {
        self.is_fresh.set(false);
        let is_running = self.refresh.with_value(|refresh| refresh.is_running);
        self.refresh.update_value(|refresh| {
            refresh.is_waiting = false;
            refresh.is_wanted = true;
            refresh.is_running = true;
        });
        if is_running {
            return;
        }
        let engine = self.refresh.get_value().engine;
        spawn_local(async move {
            while self.refresh.get_value().is_wanted {
                self.refresh.update_value(|refresh| {
                    refresh.is_wanted = false;
                    refresh.began_ms = Date::now();
                });
                let overview = self.ask(GetOverview).await;
                if self.refresh.get_value().engine != engine {
                    return;
                }
                if let Some(overview) = overview {
                    self.overview.set(Some(Arc::new(overview)));
                    self.version.update(|version| *version += 1);
                }
            }
            self.refresh.update_value(|refresh| refresh.is_running = false);
            if !self.refresh.get_value().is_waiting {
                self.is_fresh.set(true);
            }
        });
    }
}
