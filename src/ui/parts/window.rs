//! Windows onto long lists: only the rows that are visible exist.

use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::future::Future;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::ResizeObserver;

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
    pub fn visible(scrolled: f64, viewport: f64, size: f64, extra: u32) -> Span {
        let first = (scrolled / size).floor().max(0.0) as u32;
        let count = (viewport / size).ceil() as u32 + 1;
        let start = first.saturating_sub(extra);
        Span { first: start, count: count + extra + (first - start) }
    }

    fn contains(self, other: Span, total: u32) -> bool {
        let end = (other.first + other.count).min(total);
        self.first <= other.first && self.first + self.count >= end
    }
}

/// Rows that were asked for, and what frames them.
pub struct Loaded<F, R> {
    /// Changes with each answer, so that rows of before are not reused.
    pub generation: u32,
    /// How many rows there are in all.
    pub total: u32,
    /// Where the rows begin.
    pub from: u32,
    /// The rows.
    pub rows: Vec<R>,
    /// What came with them.
    pub frame: F,
}

/// A list of which a window is on screen.
pub struct Windowed<F: 'static, R: 'static> {
    /// The element that scrolls.
    pub scroller: NodeRef<Div>,
    /// What is loaded.
    pub loaded: RwSignal<Option<Arc<Loaded<F, R>>>>,
    /// Where it is scrolled to: left, top.
    pub scrolled: RwSignal<(f64, f64)>,
    /// Its inner size: width, height.
    pub viewport: RwSignal<(f64, f64)>,
    /// The rows that are visible.
    pub visible: Memo<Span>,
}

impl<F, R> Clone for Windowed<F, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F, R> Copy for Windowed<F, R> {}

/// Makes a list whose rows are asked for as they come into view. `key` is what
/// they depend on: when it changes, they are asked for again. `ask` gives
/// total, rows and frame for a span.
pub fn windowed<K, F, R, A>(
    row_height: f64,
    key: Memo<K>,
    ask: impl Fn(K, Span) -> A + Copy + 'static,
) -> Windowed<F, R>
where
    K: Clone + PartialEq + Send + Sync + 'static,
    F: Send + Sync + 'static,
    R: Send + Sync + 'static,
    A: Future<Output = Option<(u32, Vec<R>, F)>> + 'static,
{
    let list = Windowed {
        scroller: NodeRef::new(),
        loaded: RwSignal::new(None::<Arc<Loaded<F, R>>>),
        scrolled: RwSignal::new((0.0, 0.0)),
        viewport: RwSignal::new((1200.0, 800.0)),
        visible: Memo::new(|_| Span::default()),
    };
    let list = Windowed {
        visible: Memo::new(move |_| {
            Span::visible(list.scrolled.get().1, list.viewport.get().1, row_height, 4)
        }),
        ..list
    };
    observe(list.scroller, list.scrolled, list.viewport);
    let generation = StoredValue::new(0_u32);
    let held_key = StoredValue::new(None::<K>);
    Effect::new(move |_| {
        let (key, visible) = (key.get(), list.visible.get());
        let is_new = held_key.with_value(|held| held.as_ref() != Some(&key));
        let has_rows = list.loaded.with_untracked(|loaded| {
            loaded.as_ref().is_some_and(|loaded| {
                let held = Span { first: loaded.from, count: loaded.rows.len() as u32 };
                held.contains(visible, loaded.total)
            })
        });
        if !is_new && has_rows {
            return;
        }
        held_key.set_value(Some(key.clone()));
        generation.update_value(|generation| *generation += 1);
        let asked = generation.get_value();
        // A screen more on both sides, so that not every step asks.
        let start = visible.first.saturating_sub(visible.count);
        let span = Span { first: start, count: visible.count * 3 };
        spawn_local(async move {
            let answer = ask(key, span).await;
            // The list is gone, or something newer was asked for.
            if generation.try_get_value() != Some(asked) {
                return;
            }
            if let Some((total, rows, frame)) = answer {
                list.loaded.set(Some(Arc::new(Loaded {
                    generation: asked,
                    total,
                    from: start,
                    rows,
                    frame,
                })));
            }
        });
    });
    list
}

/// Keeps track of how an element is scrolled, and of its size.
fn observe(scroller: NodeRef<Div>, scrolled: RwSignal<(f64, f64)>, viewport: RwSignal<(f64, f64)>) {
    Effect::new(move |_| {
        let Some(element) = scroller.get() else {
            return;
        };
        let measured = element.clone();
        let measure = move || {
            let size = (f64::from(measured.client_width()), f64::from(measured.client_height()));
            if viewport.try_get_untracked().is_some_and(|have| have != size) {
                viewport.set(size);
            }
        };
        measure();
        let on_resize = Closure::<dyn FnMut()>::new(measure);
        let observer = ResizeObserver::new(on_resize.as_ref().unchecked_ref());
        on_resize.forget();
        if let Ok(observer) = observer {
            observer.observe(&element);
        }
        let watched = element.clone();
        let closure = Closure::<dyn FnMut(ev::Event)>::new(move |_| {
            let place = (f64::from(watched.scroll_left()), f64::from(watched.scroll_top()));
            if scrolled.try_get_untracked().is_some_and(|have| have != place) {
                scrolled.set(place);
            }
        });
        element.set_onscroll(Some(closure.as_ref().unchecked_ref()));
        closure.forget();
    });
}

/// Scrolls so that the rectangle is visible, below a header and beside a first
/// column that stay in place.
pub fn reveal(scroller: &web_sys::Element, at: (f64, f64), size: (f64, f64), margin: (f64, f64)) {
    let place = |scrolled: f64, viewport: f64, at: f64, size: f64, margin: f64| {
        if at < scrolled + margin {
            at - margin
        } else if at + size > scrolled + viewport {
            at + size - viewport
        } else {
            scrolled
        }
    };
    let (width, height) = (f64::from(scroller.client_width()), f64::from(scroller.client_height()));
    let left = place(f64::from(scroller.scroll_left()), width, at.0, size.0, margin.0);
    let top = place(f64::from(scroller.scroll_top()), height, at.1, size.1, margin.1);
    scroller.set_scroll_left(left as i32);
    scroller.set_scroll_top(top as i32);
}
