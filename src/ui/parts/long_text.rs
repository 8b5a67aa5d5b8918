//! Texts of any length. Of a long one, only what is visible is in the document.

use super::ansi::colored_part;
use crate::browser::document;
use crate::ui::format;
use gloo_timers::callback::Timeout;
use leptos::html::{Div, Pre};
use leptos::prelude::*;
use std::ops::Range;
use std::sync::Arc;
use wasm_bindgen::JsCast;

/// A text with this many lines or more is folded.
const FOLDED_LINES: u32 = 160;
/// A text with more bytes is folded.
const FOLDED_BYTES: usize = 24_000;
/// How many of the first lines of a folded text are shown.
const HEAD_LINES: usize = 40;
/// How many of the last lines of a folded text are shown.
const TAIL_LINES: usize = 60;
/// The size of a block in bytes at most: what is laid out at once.
const BLOCK: usize = 8192;
/// The height of a line in pixels, as in the style sheet.
const LINE_PX: u32 = 18;
/// How far above and below the visible part blocks are rendered, in pixels.
const MARGIN_PX: u32 = 400;

/// A text that several components show.
#[derive(Clone, Copy)]
struct SharedText(StoredValue<Arc<dyn AsRef<str> + Send + Sync>>);

impl SharedText {
    fn with<T>(self, read: impl FnOnce(&str) -> T) -> T {
        self.0.with_value(|text| read((**text).as_ref()))
    }

    /// Reads the text unless it is gone.
    fn try_with<T>(self, read: impl FnOnce(&str) -> T) -> Option<T> {
        self.0.try_with_value(|text| read((**text).as_ref()))
    }
}

/// A text with its terminal colors. A long one is folded: it shows its first and
/// last lines, until a person wants all of it.
#[component]
pub fn LongText<T>(
    /// Its name, for assistive technology.
    #[prop(into)]
    name: String,
    /// The text. It is not copied, so it may be part of something that is shared.
    text: T,
    /// Whether long lines are wrapped. The style sheet does so below `data-wrap`.
    #[prop(optional, into)]
    is_wrapped: Signal<bool>,
) -> impl IntoView
where
    T: AsRef<str> + Send + Sync + 'static,
{
    let folded = fold(text.as_ref());
    let text = SharedText(StoredValue::new(Arc::new(text)));
    let block = NodeRef::new();
    let content = match folded {
        None => view! { <TextPart name=name text=text part=0..usize::MAX /> }.into_any(),
        Some((head, tail)) => {
            view! { <FoldedText name=name text=text head=head tail=tail is_wrapped=is_wrapped block=block /> }
                .into_any()
        }
    };
    view! { <div class="long-text" node_ref=block>{content}</div> }
}

/// The first and last lines, or all of them.
#[component]
fn FoldedText(
    name: String,
    text: SharedText,
    head: Range<usize>,
    tail: Range<usize>,
    is_wrapped: Signal<bool>,
    /// The element that all of this is in.
    block: NodeRef<Div>,
) -> impl IntoView {
    let is_whole = RwSignal::new(false);
    let lines = RwSignal::new(None);
    // In a task of its own: showing the text takes one already.
    Timeout::new(0, move || {
        if let Some(count) = text.try_with(newlines) {
            lines.try_set(Some(count + 1));
        }
    })
    .forget();
    let label = move || match lines.get() {
        _ if is_whole.get() => "Show fewer lines".to_owned(),
        Some(lines) => format!("Show all {}", format::plural(lines, "line")),
        None => "Show all".to_owned(),
    };
    let toggle = move |_| {
        is_whole.update(|is_whole| *is_whole = !*is_whole);
        // The button moves, so the focus goes to the text.
        Timeout::new(0, move || {
            let block = block.try_get_untracked().flatten();
            let text = block.and_then(|block| block.query_selector("pre").ok().flatten());
            document::focus(text.map(JsCast::unchecked_into).as_ref());
        })
        .forget();
    };
    let button = move || {
        view! {
            <button type="button" class="button button-small text-more" on:click=toggle>
                {label}
            </button>
        }
    };
    let (whole_name, rest_name) = (name.clone(), format!("{name}, the last lines"));
    view! {
        <Show
            when=move || is_whole.get()
            fallback=move || {
                view! {
                    <TextPart name=name.clone() text=text part=head.clone() />
                    {button()}
                    <TextPart name=rest_name.clone() text=text part=tail.clone() />
                }
            }
        >
            {button()}
            <WholeText name=whole_name.clone() text=text is_wrapped=is_wrapped />
        </Show>
    }
}

/// A part of a text.
#[component]
fn TextPart(
    name: String,
    text: SharedText,
    /// Its bytes; it ends with the text at the latest.
    part: Range<usize>,
) -> impl IntoView {
    let content = text.with(|text| colored_part(text, part.start..part.end.min(text.len())));
    view! {
        <pre class="text" tabindex="0" role="group" aria-label=name>
            {content}
        </pre>
    }
}

/// All of a long text, in blocks. Only the visible ones are in the document.
#[component]
fn WholeText(name: String, text: SharedText, is_wrapped: Signal<bool>) -> impl IntoView {
    let blocks = text.with(cut);
    let guessed: Vec<u32> = text
        .with(|text| blocks.iter().map(|block| LINE_PX * newlines(&text[block.clone()]).max(1)).collect());
    // The heights of blocks in pixels: measured, as lines may be wrapped, or guessed.
    let heights = RwSignal::new(guessed.clone());
    let with_new_width = move |_: &bool, _: Option<&bool>, _: Option<()>| heights.set(guessed.clone());
    Effect::watch(move || is_wrapped.get(), with_new_width, false);
    // Top and height of the visible part, in pixels.
    let visible = RwSignal::new((0_u32, 600_u32));
    let rendered = Memo::new(move |_| heights.with(|heights| blocks_at(heights, visible.get())));
    let scroller = NodeRef::<Pre>::new();
    let on_scroll = move |_| {
        if let Some(scroller) = scroller.get_untracked() {
            visible.set((scroller.scroll_top().max(0) as u32, scroller.client_height().max(0) as u32));
        }
    };
    let height_of = move |part: Range<usize>| {
        let sum = heights.with(|heights| heights.get(part).map_or(0, |part| part.iter().sum::<u32>()));
        format!("{sum}px")
    };
    let count = blocks.len();
    let blocks = StoredValue::new(blocks);
    let block = move |index: usize| {
        let part = blocks.with_value(|blocks| blocks.get(index).cloned()).unwrap_or_default();
        view! { <TextBlock text=text part=part index=index heights=heights is_wrapped=is_wrapped /> }
    };
    view! {
        <pre
            class="text text-whole"
            tabindex="0"
            role="group"
            aria-label=name
            node_ref=scroller
            on:scroll=on_scroll
        >
            <div style:height=move || height_of(0..rendered.get().start)></div>
            <div>
                <For each=move || rendered.get() key=|index| *index children=block />
            </div>
            <div style:height=move || height_of(rendered.get().end..count)></div>
        </pre>
    }
}

/// A block of a long text. It keeps its height in `heights` up to date.
#[component]
fn TextBlock(
    text: SharedText,
    /// Its bytes.
    part: Range<usize>,
    index: usize,
    heights: RwSignal<Vec<u32>>,
    is_wrapped: Signal<bool>,
) -> impl IntoView {
    let block = NodeRef::<Div>::new();
    let measure = move || {
        let height =
            block.try_get_untracked().flatten().map_or(0, |block| block.offset_height().max(0) as u32);
        let known = heights.try_with_untracked(|heights| heights.get(index).copied()).flatten();
        if height > 0 && known.is_some_and(|known| known != height) {
            heights.update(|heights| heights[index] = height);
        }
    };
    Effect::new(move || {
        is_wrapped.track();
        // The block is in the document and has its width then.
        request_animation_frame(measure);
    });
    let content = text.with(|text| colored_part(text, part));
    view! {
        <div class="text-block" data-block=index.to_string() node_ref=block>
            {content}
        </div>
    }
}

/// The first and last lines of a text that is long enough to be folded.
fn fold(text: &str) -> Option<(Range<usize>, Range<usize>)> {
    if text.len() <= FOLDED_BYTES && newlines(text) < FOLDED_LINES {
        return None;
    }
    let first = floor(text, BLOCK);
    let last = floor(text, text.len().saturating_sub(BLOCK));
    let head_end = text[..first].match_indices('\n').nth(HEAD_LINES - 1).map_or(first, |(at, _)| at);
    let tail_start =
        text[last..].rmatch_indices('\n').nth(TAIL_LINES - 1).map_or(last, |(at, _)| last + at + 1);
    // With short lines, both may be in the same block.
    Some((0..head_end, tail_start.max(head_end)..text.len()))
}

/// Which blocks to render for a visible part, given by its top and height in pixels.
fn blocks_at(heights: &[u32], (top, height): (u32, u32)) -> Range<usize> {
    let mut bottom = 0;
    let mut range = 0..0;
    for (index, block) in heights.iter().enumerate() {
        if bottom + block + MARGIN_PX < top {
            range.start = index + 1;
        }
        if bottom < top + height + MARGIN_PX {
            range.end = index + 1;
        }
        bottom += block;
    }
    range
}

/// Cuts a text into blocks: after lines, or inside of one that is very long.
fn cut(text: &str) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let end = floor(text, start + BLOCK);
        let end = match text[start..end].rfind('\n') {
            Some(newline) if end < text.len() => start + newline + 1,
            _ => end,
        };
        blocks.push(start..end);
        start = end;
    }
    blocks
}

/// The last place at or before `at` where a character begins.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Counts line breaks, eight bytes at a time: this runs over megabytes, in code
/// that the browser has not optimized yet.
fn newlines(text: &str) -> u32 {
    const EACH: u64 = u64::MAX / 255;
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let in_words: u32 = words
        .iter()
        .map(|&word| {
            // The byte of a line break becomes 0, and its highest bit stays 0.
            let bytes = u64::from_le_bytes(word) ^ (EACH * u64::from(b'\n'));
            let others = ((bytes & (EACH * 0x7F)) + EACH * 0x7F) | bytes;
            (!others & (EACH * 0x80)).count_ones()
        })
        .sum();
    in_words + rest.iter().filter(|&&byte| byte == b'\n').count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_are_counted() {
        for text in
            ["", "\n", "a\nb", "1234567\n", "12345678\n\n\n", "\n\n\n\n\n\n\n\n\nä\n", "\u{b}\u{8a}\n"]
        {
            assert_eq!(newlines(text) as usize, text.matches('\n').count(), "{text:?}");
        }
    }

    #[test]
    fn blocks_cover_the_text() {
        let text = "ä line of text\n".repeat(3000) + &"é".repeat(20_000);
        let blocks = cut(&text);
        let joined: String = blocks.iter().map(|block| &text[block.clone()]).collect();
        assert!(joined == text);
        assert!(blocks.iter().all(|block| block.len() <= BLOCK));
    }

    #[test]
    fn a_long_text_is_folded_to_its_first_and_last_lines() {
        let text: String = (0..1000).map(|line| format!("{line}\n")).collect();
        let (head, tail) = fold(&text).unwrap_or_default();
        assert_eq!(text[head].lines().last(), Some("39"));
        assert_eq!(text[tail].lines().next(), Some("941"));
        assert_eq!(fold("short"), None);
    }

    #[test]
    fn blocks_near_the_visible_part_are_rendered() {
        let heights = [1000; 10];
        assert_eq!(blocks_at(&heights, (0, 600)), 0..1);
        assert_eq!(blocks_at(&heights, (5000, 600)), 4..6);
        assert_eq!(blocks_at(&heights, (9400, 600)), 8..10);
    }
}
