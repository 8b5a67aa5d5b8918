//! Nothing yet: what is this, is it safe, how do I start?

use crate::import::ABOUT;
use crate::ui::dom::{El, el};
use crate::ui::parts::open_buttons;

/// The view without data.
pub fn empty() -> El {
    let zone = el("div.empty-zone")
        .child(el("span.empty-mark").attr("aria-hidden", "true"))
        .child(el("h1").child("See what passes where"))
        .child(el("p.empty-lead").child(
            "Drop the result files of your test sessions anywhere on this page: \
             one file or folder per device under test, as many as you like.",
        ))
        .child(open_buttons())
        .child(
            el("p.empty-privacy")
                .child(el("span.empty-lock").attr("aria-hidden", "true"))
                .child("Your files stay in this browser."),
        );
    let formats = ABOUT
        .iter()
        .map(|format| el("div").child(el("dt").child(format.name)).child(el("dd").child(format.producers)));
    el("main.empty").child(zone).child(
        el("section.empty-formats")
            .attr("aria-labelledby", "formats")
            .child(el("h2").attr("id", "formats").child("What it reads"))
            .child(el("dl").children(formats)),
    )
}
