//! What happens, and what went wrong.

use super::small_button;
use crate::ui::dom::{El, el};
use crate::ui::format;
use crate::ui::signals::*;
use crate::ui::state::state;
use web_sys::MouseEvent;

/// How far loading is, and Cancel.
pub fn loading_bar() -> El {
    let state = state();
    let percent = move || {
        let progress = state.progress.get().unwrap_or_default();
        let fraction = if progress.bytes_total > 0.0 { progress.bytes / progress.bytes_total } else { 0.0 };
        (fraction * 100.0) as u32
    };
    let text = move || {
        let (progress, fetching) = (state.progress.get().unwrap_or_default(), state.fetching.get());
        match fetching {
            0 => format!(
                "{} of {} · {} of {} · {}",
                format::count(progress.files),
                format::plural(progress.files_total, "file"),
                format::bytes(progress.bytes.min(progress.bytes_total)),
                format::bytes(progress.bytes_total),
                format::plural(progress.results as u32, "result"),
            ),
            1 => "waiting for an address".to_owned(),
            _ => format!("waiting for {} addresses", format::count(fetching)),
        }
    };
    el("div").when(
        move || state.progress.with(Option::is_some) || state.fetching.get() > 0,
        move || {
            let bar =
                el("div.loading-bar")
                    .attrs(&[
                        ("role", "progressbar"),
                        ("aria-label", "Reading files"),
                        ("aria-valuemin", "0"),
                        ("aria-valuemax", "100"),
                    ])
                    .live_attr("aria-valuenow", move || Some(percent().to_string()))
                    .live_attr("aria-valuetext", move || Some(text()))
                    .child(el("div.loading-fill").live_style("transform", move || {
                        format!("translateX(-{}%)", 100 - percent().min(100))
                    }));
            let verb = move || if state.fetching.get() > 0 { "Loading: " } else { "Reading " };
            el("div.loading")
                .child(bar)
                .child(el("span.loading-text").live_text(move || format!("{}{}", verb(), text())))
                .child(small_button("Cancel", move || state.cancel()))
        },
    )
}

/// Messages, until they are put away.
pub fn notices() -> El {
    let state = state();
    el("div.notices")
        .attrs(&[("role", "status"), ("aria-live", "polite")])
        .when(
            move || state.view.with(|view| view.demo),
            move || {
                el("div.notice.notice-demo")
                    .child(el("span").child(
                        "This is the demo: five boards of an imaginary speaker over eight builds. \
                         Drop your own files to begin.",
                    ))
                    .child(el("a").attr("href", "?").child("Leave the demo").on(
                        "click",
                        move |event: &MouseEvent| {
                            if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                                event.prevent_default();
                                state.clear();
                            }
                        },
                    ))
            },
        )
        .live(move || {
            state.failure.get().map(|why| {
                el("div.notice.notice-error").child(el("span").child(format!(
                    "Passgrid cannot read files here: {why}. Reload the page; your files are where they were."
                )))
            })
        })
        .live(move || {
            state.notice.get().map(|text| {
                el("div.notice")
                    .child(el("span").child(text))
                    .child(small_button("Dismiss", move || state.notice.set(None)))
            })
        })
}
