//! Nothing yet: what is this, is it safe, how do I start?

use crate::import::ABOUT;
use crate::ui::dom::{El, el};
use crate::ui::parts::{button, open_buttons};
use crate::ui::state::state;

/// Nearly everybody can write it, and some do not know that they can.
const JUNIT: &str = "JUnit XML, as pytest, Surefire, Gradle, gotestsum, nextest, Jest, Playwright, CTest, \
                     GoogleTest, Catch2, PHPUnit, twister and many others write it; and formats of their own:";

/// The view without data.
pub fn empty() -> El {
    let state = state();
    let words = el("div.empty-words")
        .child(el("h1").child("See what passes where"))
        .child(el("p.empty-lead").child(
            "Drop the result files of your test sessions anywhere on this page: \
             one file or folder per device under test, as many as you like.",
        ))
        .child(open_buttons())
        .child(
            el("div.empty-demo")
                .child(button("Try the demo", move || state.show_demo()))
                .child(el("span").child("Five boards of an imaginary speaker, eight builds.")),
        )
        .child(
            el("p.empty-privacy")
                .child(el("span.empty-lock").attr("aria-hidden", "true"))
                .child("Your files stay in this browser."),
        );
    let formats = ABOUT.iter().map(|format| el("li").child(format.name));
    el("main.empty").child(el("div.empty-top").child(words).child(picture())).child(
        el("section.empty-formats")
            .attr("aria-labelledby", "formats")
            .child(el("h2").attr("id", "formats").child("What it reads"))
            .child(el("p").child(JUNIT))
            .child(el("ul").children(formats))
            .child(el("p").child(
                "Files are recognized by what is in them. Archives are read as the folders that they hold.",
            )),
    )
}

/// A small grid, as it will look: a row per test, a column per DUT.
const PICTURE: [&str; 8] = ["....x", "..-..", ".....", "x.x.x", ".....", "..s..", "....!", "....."];

fn picture() -> El {
    let rows = PICTURE.map(|row| {
        let cells = row.chars().map(|outcome| {
            el("i").class(match outcome {
                'x' => "o-failed",
                '!' => "o-error",
                's' => "o-skipped",
                '-' => "o-missing",
                _ => "o-passed",
            })
        });
        el("div").child(el("b")).children(cells)
    });
    let head = el("div").children(["b", "u", "u", "u", "u", "u"].map(el));
    el("div.empty-picture").attr("aria-hidden", "true").child(head).children(rows)
}
