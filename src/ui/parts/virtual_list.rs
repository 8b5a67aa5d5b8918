//! Windows onto long lists: only rows near the visible ones are in the document.

use crate::engine::{Query, Window, encode};
use crate::ui::hooks::Latest;
use crate::ui::stores::use_data;
use gloo_timers::callback::Timeout;
use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_use::use_resize_observer;
use std::ops::Range;
use std::sync::Arc;
use web_sys::Element;

/// Rows that are built in one task. More rows are built in tasks of their own,
/// so that none takes long.
const ROWS_PER_TASK: u32 = 12;

/// Rows or columns from `first` on, `count` of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Index of the first.
    pub first: u32,
    /// How many.
    pub count: u32,
}

impl Span {
    /// What is visible of elements of this size in pixels, and `extra` more on
    /// both sides.
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

    /// Its indices.
    pub fn range(self) -> Range<u32> {
        self.first..self.first + self.count
    }

    fn contains(self, other: Span) -> bool {
        self.first <= other.first && self.range().end >= other.range().end
    }
}

/// The answer with the rows around the visible ones.
struct Loaded<A> {
    answer: A,
    /// Index of the answer's first row in the whole list.
    first: u32,
}

/// A list whose rows are asked for as they come into view.
///
/// Put [`scroller`](VirtualList::scroller) on the element that scrolls, call
/// [`on_scroll`](VirtualList::on_scroll) on its `scroll` event, and render a row
/// for each index of [`rendered`](VirtualList::rendered).
pub struct VirtualList<A: Send + Sync + 'static> {
    loaded: RwSignal<Option<Arc<Loaded<A>>>>,
    /// The element that scrolls.
    pub scroller: NodeRef<Div>,
    /// How far it is scrolled in pixels: left, top.
    pub scrolled: RwSignal<(u32, u32)>,
    /// Its inner size in pixels: width, height.
    pub viewport: RwSignal<(u32, u32)>,
    /// The indices of the rows to render.
    pub rendered: ReadSignal<Range<u32>>,
    row_height: u32,
}

impl<A: Send + Sync + 'static> Clone for VirtualList<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A: Send + Sync + 'static> Copy for VirtualList<A> {}

impl<A: Window + Send + Sync + 'static> VirtualList<A> {
    /// A list of rows of this height in pixels. `query` asks for a span of them,
    /// again whenever a signal that it reads or the data changes.
    pub fn new<Q>(row_height: u32, query: impl Fn(Span) -> Q + 'static) -> VirtualList<A>
    where
        Q: Query<Answer = A>,
    {
        let list = VirtualList::without_query(row_height);
        list.follow(query);
        list
    }

    /// A list whose rows are set with [`VirtualList::set`].
    pub fn without_query(row_height: u32) -> VirtualList<A> {
        let (rendered, set_rendered) = signal(0..0);
        let list = VirtualList {
            loaded: RwSignal::new(None),
            scroller: NodeRef::new(),
            scrolled: RwSignal::new((0, 0)),
            viewport: RwSignal::new((1200, 800)),
            rendered,
            row_height,
        };
        list.measure();
        list.render_in_slices(set_rendered);
        list
    }

    /// Sets the whole list.
    pub fn set(self, answer: A) {
        self.loaded.set(Some(Arc::new(Loaded { answer, first: 0 })));
    }

    fn follow<Q: Query<Answer = A>>(self, query: impl Fn(Span) -> Q + 'static) {
        let data = use_data();
        let latest = Latest::new();
        let asked = StoredValue::new(None::<(u32, Vec<u8>)>);
        Effect::new(move || {
            let visible = self.visible();
            // The same query for the same data has the same answer.
            let question = Some((data.version.get(), encode(&query(Span::default()))));
            let is_same = asked.with_value(|asked| *asked == question);
            let is_loaded = self.loaded.with_untracked(|loaded| {
                loaded.as_ref().is_some_and(|loaded| {
                    let span = Span { first: loaded.first, count: loaded.answer.rows().len() as u32 };
                    span.contains(visible.within(loaded.answer.total()))
                })
            });
            if is_same && is_loaded {
                return;
            }
            asked.set_value(question);
            let ticket = latest.begin();
            // A screen more on both sides, so that not every step of scrolling asks.
            let first = visible.first.saturating_sub(visible.count);
            let answer = data.ask(query(Span { first, count: visible.count * 3 }));
            spawn_local(async move {
                if let Some(answer) = answer.await
                    && ticket.is_latest()
                {
                    self.loaded.set(Some(Arc::new(Loaded { answer, first })));
                }
            });
        });
    }

    /// Renders rows a few at a time, so that no task takes long.
    fn render_in_slices(self, set_rendered: WriteSignal<Range<u32>>) {
        let more = RwSignal::new(0_u32);
        Effect::new(move || {
            more.track();
            let wanted = self.wanted();
            let have = self.rendered.get_untracked();
            let next = grow(have.clone(), wanted.clone());
            let is_complete = next == wanted;
            if next != have {
                set_rendered.set(next);
            }
            if !is_complete {
                let resume = move || _ = more.try_update(|more| *more = more.wrapping_add(1));
                Timeout::new(0, resume).forget();
            }
        });
    }

    /// The visible rows that are loaded.
    fn wanted(self) -> Range<u32> {
        let visible = self.visible().range();
        self.loaded.with(|loaded| {
            loaded.as_ref().map_or(0..0, |loaded| {
                let end = loaded.first + loaded.answer.rows().len() as u32;
                let first = visible.start.max(loaded.first);
                first..visible.end.min(end).max(first)
            })
        })
    }

    /// Keeps `viewport` up to date.
    fn measure(self) {
        // In a task of its own: a list that resizes while sizes are observed makes the browser
        // report an error ("ResizeObserver loop"), and one that resizes in the next frame makes
        // that frame long.
        use_resize_observer(self.scroller, move |_, _| {
            Timeout::new(0, move || self.read_size()).forget();
        });
        Effect::new(move || {
            self.scroller.track();
            self.read_size();
            // An element that takes the place of another one is not scrolled yet.
            self.on_scroll();
        });
    }

    fn read_size(self) {
        if let Some(Some(scroller)) = self.scroller.try_get_untracked() {
            let size = (scroller.client_width() as u32, scroller.client_height() as u32);
            if self.viewport.try_get_untracked().is_some_and(|have| have != size) {
                self.viewport.set(size);
            }
        }
    }

    /// Call it when the element has scrolled.
    pub fn on_scroll(self) {
        if let Some(Some(scroller)) = self.scroller.try_get_untracked() {
            let scrolled = (scroller.scroll_left() as u32, scroller.scroll_top().max(0) as u32);
            if self.scrolled.get_untracked() != scrolled {
                self.scrolled.set(scrolled);
            }
        }
    }

    /// Reads the present answer, if there is one.
    pub fn with<T>(self, read: impl FnOnce(&A) -> T) -> Option<T> {
        self.loaded.with(|loaded| loaded.as_ref().map(|loaded| read(&loaded.answer)))
    }

    /// Reads a row of the present answer, if it is loaded.
    pub fn row<T>(self, index: u32, read: impl FnOnce(&A, &A::Row) -> T) -> Option<T> {
        self.loaded.with(|loaded| {
            let loaded = loaded.as_ref()?;
            let row = loaded.answer.rows().get(index.checked_sub(loaded.first)? as usize)?;
            Some(read(&loaded.answer, row))
        })
    }

    /// How many rows the whole list has.
    pub fn total(self) -> u32 {
        self.with(A::total).unwrap_or_default()
    }

    /// Whether an answer says that the list is empty.
    pub fn is_empty(self) -> bool {
        self.with(|answer| answer.total() == 0).unwrap_or_default()
    }

    /// Scrolls to a line when it changes, or when the list gets another size, if the
    /// line is out of view. `head` is the height of the head in pixels, which stays
    /// in place.
    pub fn keep_visible(self, line: RwSignal<Option<u32>>, head: u32) {
        Effect::new(move || {
            let has_room = self.viewport.get().1 > head + self.row_height;
            let line = line.get().filter(|&line| has_room && line < self.total());
            let Some(line) = line else {
                return;
            };
            // The list has its height from the next frame on.
            request_animation_frame(move || {
                if let Some(scroller) = self.scroller.try_get_untracked().flatten() {
                    let at = (scroller.scroll_left() as u32, head + line * self.row_height);
                    reveal(&scroller, at, (1, self.row_height), (0, head));
                }
            });
        });
    }

    /// The visible rows, and a few around them.
    fn visible(self) -> Span {
        Span::visible(self.scrolled.get().1, self.viewport.get().1, self.row_height, 4)
    }
}

/// The rows to render next: of `have`, those that are wanted, and a few more.
fn grow(have: Range<u32>, wanted: Range<u32>) -> Range<u32> {
    let kept = have.start.max(wanted.start)..have.end.min(wanted.end);
    if kept.is_empty() {
        return wanted.start..wanted.end.min(wanted.start + ROWS_PER_TASK);
    }
    let end = wanted.end.min(kept.end + ROWS_PER_TASK);
    let left = ROWS_PER_TASK - (end - kept.end);
    kept.start.saturating_sub(left).max(wanted.start)..end
}

/// Scrolls so that a rectangle is visible, below a head and beside a first
/// column that stay in place. All in pixels: left and top, width and height,
/// width of the column and height of the head.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visible_rows_have_extra_ones_on_both_sides() {
        assert_eq!(Span::visible(0, 100, 30, 4), Span { first: 0, count: 9 });
        assert_eq!(Span::visible(300, 100, 30, 4), Span { first: 6, count: 13 });
        assert_eq!(Span::visible(60, 100, 30, 4), Span { first: 0, count: 11 });
    }

    #[test]
    fn a_span_is_cut_at_the_end_of_the_list() {
        assert_eq!(Span { first: 2, count: 10 }.within(5), Span { first: 2, count: 3 });
        assert_eq!(Span { first: 9, count: 10 }.within(5), Span { first: 5, count: 0 });
        assert_eq!(Span { first: 2, count: 3 }.range(), 2..5);
    }

    #[test]
    fn a_span_contains_its_parts() {
        let span = Span { first: 2, count: 3 };
        assert!(span.contains(span));
        assert!(span.contains(Span { first: 3, count: 1 }));
        assert!(!span.contains(Span { first: 3, count: 3 }));
        assert!(!span.contains(Span { first: 1, count: 2 }));
    }

    #[test]
    fn rows_grow_down_first_and_then_up() {
        assert_eq!(grow(0..0, 5..40), 5..17);
        assert_eq!(grow(5..17, 5..40), 5..29);
        assert_eq!(grow(30..38, 5..40), 20..40);
        assert_eq!(grow(6..40, 5..40), 5..40);
    }

    #[test]
    fn rows_out_of_view_are_dropped() {
        assert_eq!(grow(0..20, 10..20), 10..20);
        assert_eq!(grow(0..20, 50..60), 50..60);
        assert_eq!(grow(0..20, 0..0), 0..0);
    }

    #[test]
    fn growing_reaches_all_wanted_rows() {
        let mut rows = 90..95;
        let steps = std::iter::from_fn(|| {
            rows = grow(rows.clone(), 50..150);
            (rows != (50..150)).then_some(())
        });
        assert!(steps.take(20).count() < 10);
        assert_eq!(rows, 50..150);
    }
}
