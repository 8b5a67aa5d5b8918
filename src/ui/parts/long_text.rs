//! Texts of any length: of a long one only what is visible exists.

use super::ansi::colored;
use super::small_button;
use crate::browser::document;
use crate::browser::timer::set_timeout;
use crate::ui::dom::{El, Rows, el, follow, soon};
use crate::ui::format;
use crate::ui::signals::*;
use std::ops::Range;
use std::rc::Rc;
use std::time::Duration;
use web_sys::{Event, HtmlElement};

/// Longer ones are folded.
const LINES: u32 = 160;
const BYTES: usize = 24_000;
/// What is shown of a folded one, in lines.
const HEAD: usize = 40;
const TAIL: usize = 60;
/// Bytes of a block: what is laid out at once.
const BLOCK: usize = 8192;
/// The height of a line in pixels, as the style sheet has it.
const LINE: u32 = 18;

/// A text that is held elsewhere.
pub type Held = Rc<dyn Fn(&mut dyn FnMut(&str))>;

/// A text as a terminal shows it. Of a long one there are the first and the
/// last lines, until all of it is wanted.
pub fn long_text(name: &str, text: Held, is_wrapped: RwSignal<bool>) -> El {
    let (mut head, mut tail) = (0..0, 0..0);
    text(&mut |text| {
        if text.len() <= BYTES && newlines(text) < LINES {
            head = 0..text.len();
            return;
        }
        let first = floor(text, BLOCK);
        let last = floor(text, text.len().saturating_sub(BLOCK));
        head = 0..text[..first].match_indices('\n').nth(HEAD - 1).map_or(first, |(at, _)| at);
        tail =
            text[last..].rmatch_indices('\n').nth(TAIL - 1).map_or(last, |(at, _)| last + at + 1)..text.len();
        // One that has many lines, but short ones.
        tail.start = tail.start.max(head.end);
    });
    let name = name.to_owned();
    let block = el("div.long-text");
    if tail.is_empty() {
        return block.child(pre(&name, &text, head));
    }
    let is_whole = RwSignal::new(false);
    // Counted in a task of its own: to have the text on screen is long enough for one.
    let lines = RwSignal::new(None);
    let counted = text.clone();
    set_timeout(
        move || {
            counted(&mut |text| {
                let _ = lines.try_set(Some(newlines(text) + 1));
            })
        },
        Duration::ZERO,
    );
    let shown = block.clone();
    block.switch(
        move || is_whole.get(),
        move |is_whole_now| {
            let label = move || match lines.get() {
                _ if is_whole_now => "Show fewer lines".to_owned(),
                Some(lines) => format!("Show all {}", format::plural(lines, "line")),
                None => "Show all".to_owned(),
            };
            let within = shown.element().clone();
            let more = small_button("", move || {
                is_whole.update(|is_whole| *is_whole = !*is_whole);
                // The button is gone: who reads goes on with the text.
                let pre = within.query_selector("pre").ok().flatten();
                document::focus(pre.map(wasm_bindgen::JsCast::unchecked_into::<HtmlElement>).as_ref());
            })
            .live_text(label)
            .add_class("text-more");
            if is_whole_now {
                vec![more, whole(&name, &text, is_wrapped)]
            } else {
                let rest = format!("{name}, the last lines");
                vec![pre(&name, &text, head.clone()), more, pre(&rest, &text, tail.clone())]
            }
        },
    )
}

fn frame(name: &str) -> El {
    el("pre.text").attrs(&[("tabindex", "0"), ("role", "group"), ("aria-label", name)])
}

fn pre(name: &str, text: &Held, part: Range<usize>) -> El {
    let pre = frame(name);
    text(&mut |text| drop(colored(pre.clone(), text, part.clone())));
    pre
}

/// All of a long text, in blocks of which the visible ones exist.
fn whole(name: &str, text: &Held, is_wrapped: RwSignal<bool>) -> El {
    let mut blocks = Vec::new();
    text(&mut |text| blocks = cut(text));
    let mut guess = Vec::new();
    text(&mut |text| {
        let height = |block: &Range<usize>| LINE * newlines(&text[block.clone()]).max(1);
        guess = blocks.iter().map(height).collect();
    });
    let count = blocks.len();
    // Of blocks that were on screen the heights are known: lines may be wrapped.
    let heights = RwSignal::new(guess.clone());
    let scrolled = RwSignal::new((0_u32, 600_u32));
    let range = move || {
        let (top, height) = scrolled.get();
        heights.with(|heights| {
            let mut bottom = 0;
            let mut range = 0..0;
            for (index, block) in (0_u32..).zip(heights) {
                if bottom + block + 400 < top {
                    range.start = index + 1;
                }
                if bottom < top + height + 400 {
                    range.end = index + 1;
                }
                bottom += block;
            }
            range
        })
    };
    let stamp = RwSignal::new(0_u32);
    follow(move || {
        is_wrapped.track();
        heights.set(guess.clone());
        stamp.update(|stamp| *stamp += 1);
    });
    let pre = frame(name).add_class("text-whole");
    let held = text.clone();
    let space = move |part: fn(Range<u32>, usize) -> Range<usize>| {
        el("div").live_style("height", move || {
            let part = part(range(), count);
            format!("{}px", heights.with(|heights| heights.get(part).map_or(0, |part| part.iter().sum())))
        })
    };
    let list = el("div").rows(
        move || Rows { stamp: [stamp.get(), 0, 0], range: range() },
        move |index| {
            let block = blocks.get(index as usize)?.clone();
            let shown = el("div.text-block").number_attr("data-block", index);
            held(&mut |text| drop(colored(shown.clone(), text, block.clone())));
            let measured = shown.clone();
            soon(move || {
                let height = measured.as_a::<HtmlElement>().offset_height().max(0) as u32;
                let old = heights.try_with_untracked(|heights| heights.get(index as usize).copied());
                if height > 0 && old.flatten().is_some_and(|old| old != height) {
                    heights.update(|heights| heights[index as usize] = height);
                }
            });
            Some(shown)
        },
    );
    let scroller = pre.element().clone();
    pre.child(space(|range, _| 0..range.start as usize))
        .child(list)
        .child(space(|range, count| range.end as usize..count))
        .on("scroll", move |_: &Event| {
            let _ = scrolled.try_set((scroller.scroll_top().max(0) as u32, scroller.client_height() as u32));
        })
}

/// Cuts after lines, or inside of one that is very long.
fn cut(text: &str) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let end = floor(text, at + BLOCK);
        let end = match text[at..end].rfind('\n') {
            Some(line) if end < text.len() => at + line + 1,
            _ => end,
        };
        blocks.push(at..end);
        at = end;
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

/// Counted eight bytes at a time: this runs over megabytes, in code that the
/// browser has not optimized yet.
fn newlines(text: &str) -> u32 {
    const EACH: u64 = u64::MAX / 255;
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let in_words: u32 = words
        .iter()
        .map(|&word| {
            // A byte is 0 where there is a line break, and then its highest bit stays 0.
            let bytes = u64::from_le_bytes(word) ^ (EACH * u64::from(b'\n'));
            let others = ((bytes & (EACH * 0x7F)) + EACH * 0x7F) | bytes;
            (!others & (EACH * 0x80)).count_ones()
        })
        .sum();
    in_words + rest.iter().filter(|&&byte| byte == b'\n').count() as u32
}
