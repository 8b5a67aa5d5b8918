//! Windows onto long lists: only the rows that are visible exist.

use crate::engine::{Answer, Request};
use crate::ui::dom::{El, Rows, callback, follow, soon};
use crate::ui::signals::*;
use crate::ui::state::state;
use crate::wire;
use std::sync::Arc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, ResizeObserver};

/// Rows or columns from `first` on, `count` of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Index of the first.
    pub first: u32,
    /// How many.
    pub count: u32,
}

impl Span {
    /// What is visible of elements of this size, and `extra` on both sides.
    pub fn visible(scrolled: u32, viewport: u32, size: u32, extra: u32) -> Span {
        let first = scrolled / size;
        let start = first.saturating_sub(extra);
        Span { first: start, count: viewport.div_ceil(size) + 1 + extra + (first - start) }
    }

    /// The part of it that is among `total`.
    pub fn within(self, total: u32) -> Span {
        let first = self.first.min(total);
        Span { first, count: self.count.min(total - first) }
    }

    fn contains(self, other: Span) -> bool {
        self.first <= other.first && self.first + self.count >= other.first + other.count
    }
}

/// Rows that were asked for.
pub struct Loaded {
    /// Grows with each answer.
    pub generation: u32,
    /// How many rows there are in all.
    pub total: u32,
    /// Those that are in the answer.
    pub span: Span,
    /// The answer.
    pub answer: Answer,
}

/// A list of which a window is on screen. Its rows are asked for as they come
/// into view.
#[derive(Clone, Copy)]
pub struct List {
    /// What is loaded.
    pub loaded: RwSignal<Option<Arc<Loaded>>>,
    /// Where it is scrolled to: left, top.
    pub scrolled: RwSignal<(u32, u32)>,
    /// Its inner size: width, height.
    pub viewport: RwSignal<(u32, u32)>,
    row_height: u32,
}

impl List {
    /// A list of rows of this height in pixels. `request` asks for a span of
    /// them; what it reads is followed, as is the data. `rows` counts the rows
    /// of an answer: all, and those that are in it.
    pub fn new(
        row_height: u32,
        request: impl Fn(Span) -> Request + 'static,
        rows: fn(&Answer) -> Option<(u32, usize)>,
    ) -> List {
        let list = List::idle(row_height);
        list.keep_loaded(Box::new(request), rows);
        list
    }

    /// A list that asks for nothing: who made it says what is loaded.
    pub fn idle(row_height: u32) -> List {
        List {
            loaded: RwSignal::new(None),
            scrolled: RwSignal::new((0, 0)),
            viewport: RwSignal::new((1200, 800)),
            row_height,
        }
    }

    fn keep_loaded(self, request: Box<dyn Fn(Span) -> Request>, rows: fn(&Answer) -> Option<(u32, usize)>) {
        let state = state();
        let generation = StoredValue::new(0_u32);
        let held_key = StoredValue::new(Vec::new());
        follow(move || {
            let visible = self.visible();
            // The same question of the same data has the same answer.
            let mut key = wire::to_bytes(&request(Span::default()));
            key.extend(state.version.get().to_le_bytes());
            let is_new = held_key.with_value(|held| *held != key);
            let is_loaded = self.loaded.with_untracked(|loaded| {
                loaded.as_ref().is_some_and(|loaded| loaded.span.contains(visible.within(loaded.total)))
            });
            if !is_new && is_loaded {
                return;
            }
            held_key.set_value(key);
            generation.update_value(|generation| *generation += 1);
            let asked = generation.get_value();
            // A screen more on both sides, so that not every step asks.
            let first = visible.first.saturating_sub(visible.count);
            let span = Span { first, count: visible.count * 3 };
            state.ask(&request(span), move |answer| {
                // The list may be gone, or something newer have been asked for.
                if generation.try_get_value() != Some(asked) {
                    return;
                }
                if let Some(answer) = answer
                    && let Some((total, count)) = rows(&answer)
                {
                    let span = Span { first, count: count as u32 };
                    let loaded = Loaded { generation: asked, total, span, answer };
                    self.loaded.set(Some(Arc::new(loaded)));
                }
            });
        });
    }

    /// How many rows there are.
    pub fn total(self) -> u32 {
        self.loaded.with(|loaded| loaded.as_ref().map_or(0, |loaded| loaded.total))
    }

    /// The rows that are visible, and a few around them.
    pub fn visible(self) -> Span {
        Span::visible(self.scrolled.get().1, self.viewport.get().1, self.row_height, 4)
    }

    /// The rows that should be in the document: visible and loaded.
    pub fn rows(self) -> Rows {
        let visible = self.visible();
        self.loaded.with(|loaded| {
            let Some(Loaded { generation, span, .. }) = loaded.as_deref() else {
                return Rows::default();
            };
            let end = (span.first + span.count).min(visible.first + visible.count);
            Rows { stamp: [*generation, 0, 0], range: visible.first.max(span.first)..end }
        })
    }

    /// Keeps track of how the element is scrolled that the list is in, and of
    /// its size.
    pub fn watch(self, scroller: &El) {
        let element = scroller.element().clone();
        let measure = move || {
            let size = (element.client_width() as u32, element.client_height() as u32);
            if self.viewport.try_get_untracked().is_some_and(|have| have != size) {
                self.viewport.set(size);
            }
        };
        soon(measure.clone());
        let on_resize = callback(Box::new(move |_: JsValue| measure()));
        if let Ok(observer) = ResizeObserver::new(on_resize.unchecked_ref()) {
            observer.observe(scroller.element());
        }
        let element = scroller.element().clone();
        scroller.clone().on("scroll", move |_: &Event| {
            let place = (element.scroll_left() as u32, element.scroll_top().max(0) as u32);
            if self.scrolled.try_get_untracked().is_some_and(|have| have != place) {
                self.scrolled.set(place);
            }
        });
    }
}

/// Scrolls so that the rectangle is visible, below a header and beside a first
/// column that stay in place.
pub fn reveal(scroller: &Element, at: (u32, u32), size: (u32, u32), margin: (u32, u32)) {
    let place = |scrolled: i32, viewport: i32, at: u32, size: u32, margin: u32| {
        let (at, size, margin) = (at as i32, size as i32, margin as i32);
        if at < scrolled + margin {
            at - margin
        } else if at + size > scrolled + viewport {
            at + size - viewport
        } else {
            scrolled
        }
    };
    let left = place(scroller.scroll_left(), scroller.client_width(), at.0, size.0, margin.0);
    let top = place(scroller.scroll_top(), scroller.client_height(), at.1, size.1, margin.1);
    scroller.set_scroll_left(left);
    scroller.set_scroll_top(top);
}
