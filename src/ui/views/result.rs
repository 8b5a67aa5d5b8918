//! The details of one result.

use crate::analyze::{AttemptLine, ResultPage};
use crate::browser::clipboard;
use crate::engine::{Answer, Request};
use crate::import::Section;
use crate::query::Selection;
use crate::ui::dom::{El, el, follow};
use crate::ui::format;
use crate::ui::parts::{around, drawer, dut_chip, mark, small_button};
use crate::ui::state::{State, state};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;

/// What is known of the selected result.
#[derive(Clone)]
enum Page {
    Asked,
    NotThere,
    There(Arc<ResultPage>),
}

/// The drawer with the result that the view selects.
pub fn result_drawer() -> El {
    let state = state();
    let selection = Memo::new(move |_| {
        let has_data = state.overview.with(|overview| overview.as_ref().is_some_and(|o| o.files > 0));
        state.view.with(|view| view.selection.clone()).filter(|_| has_data)
    });
    let page = RwSignal::new(Page::Asked);
    let asked = StoredValue::new(0_u32);
    follow(move || {
        state.version.track();
        asked.update_value(|asked| *asked += 1);
        let number = asked.get_value();
        let Some(selection) = selection.get() else {
            page.set(Page::Asked);
            return;
        };
        state.ask(&Request::Result(selection), move |answer| match answer {
            Some(Answer::Result(result)) if asked.get_value() == number => {
                page.set(result.map_or(Page::NotThere, |result| Page::There(Arc::new(*result))));
            }
            _ => {}
        });
    });
    let title = move || selection.get().map(|s| format!("Details of {}", s.name)).unwrap_or_default();
    el("div").when(
        move || selection.with(Option::is_some),
        move || {
            drawer(title, move || state.select(None)).live(move || match page.get() {
                Page::Asked => vec![el("p.hint").attr("aria-busy", "true").child("Reading…")],
                Page::NotThere => {
                    vec![el("p.nothing").child("This result is not in the files that are loaded.")]
                }
                Page::There(page) => result_view(state, &page),
            })
        },
    )
}

fn result_view(state: State, page: &ResultPage) -> Vec<El> {
    let last = page.attempts.last();
    let native = last.map(|attempt| attempt.native.as_str());
    let native = native.filter(|native| !native.is_empty() && *native != page.outcome.word());
    let facts = [
        Some(("DUT", page.dut.clone())),
        page.unit.clone().map(|unit| ("Unit", unit)),
        page.build.clone().map(|build| ("Build", build)),
        Some(("Time", format::duration(page.duration_s))),
        (page.attempts_total > 1).then(|| ("Attempts", page.attempts_total.to_string())),
        Some(("Session", page.session.clone())),
        last.and_then(|attempt| attempt.details.location.clone()).map(|location| ("Test", location)),
        (page.path != page.session).then(|| ("File", page.path.clone())),
    ];
    let outcome = el("p.result-outcome")
        .child(mark(page.outcome))
        .child(page.is_flaky.then(|| el("span.tag").child("flaky")))
        .child(native.map(|native| el("span.hint").child("in the file: ").child(el("code").child(native))));
    let head = el("header.result-head")
        .child(el("p.result-around").child(around(&page.suite, &page.class)))
        .child(el("h2").child(&page.name))
        .child(outcome);
    let mut parts = vec![head];
    parts.push(el("dl.facts").children(facts.iter().flatten().map(|(label, value)| fact(label, value))));
    parts.extend(siblings(state, page));
    parts.extend(page.problem.as_ref().map(|problem| el("p.notice.notice-error").child(problem)));
    let several = page.attempts.len() > 1;
    parts.extend(page.attempts.iter().rev().map(|attempt| attempt_view(state, attempt, several)));
    parts
}

fn fact(label: &str, value: &str) -> El {
    el("div").child(el("dt").child(label)).child(el("dd").attr("title", value).child(value))
}

/// The same test on all DUTs, as marks that lead there.
fn siblings(state: State, page: &ResultPage) -> Option<El> {
    if page.siblings.len() < 2 {
        return None;
    }
    let current = state.view.with_untracked(|view| view.selection.clone()).unwrap_or_default();
    let chips = page.siblings.iter().enumerate().map(|(index, sibling)| {
        let Some(outcome) = sibling.outcome else {
            let title = format!("missing on {}", sibling.dut);
            return el("span.dut-chip.o-missing").attr("title", &title).child(&sibling.dut);
        };
        let selection = Selection { dut: sibling.dut.clone(), session: None, ..current.clone() };
        // The id is that by which it keeps the focus when it was chosen.
        let chip = dut_chip(outcome, selection).attr("id", &format!("sibling-{index}"));
        if sibling.dut == page.dut { chip.attr("aria-current", "true") } else { chip }
    });
    let section = el("section.siblings").attr("aria-label", "The same test on all DUTs");
    Some(section.child(el("h3").child("On all DUTs, now")).child(el("p.dut-chips").children(chips)))
}

fn attempt_view(state: State, attempt: &AttemptLine, several: bool) -> El {
    let details = &attempt.details;
    let head = several.then(|| {
        el("h3")
            .child(format!("Attempt {} ", attempt.number))
            .child(mark(attempt.outcome))
            .child(attempt.duration_s.map(|s| el("span.hint").child(format::duration(Some(s)))))
    });
    let message = Some(&attempt.message).filter(|text| !text.is_empty() && details.sections.is_empty());
    let properties = (!details.properties.is_empty()).then(|| {
        let facts = details.properties.iter().map(|(name, value)| fact(name, value));
        [el("h4").child("Properties"), el("dl.facts").children(facts)]
    });
    el("section.attempt")
        .child(head)
        .child(message.map(|text| el("p.message").child(text)))
        .children(details.sections.iter().map(|section| section_view(state, section)))
        .child(properties)
}

fn section_view(state: State, section: &Section) -> El {
    let Section { title, message, text, .. } = section;
    let separator = if message.is_empty() || text.is_empty() { "" } else { "\n\n" };
    let whole: Arc<str> = format!("{message}{separator}{text}").into();
    let copy = move || {
        let whole = whole.clone();
        spawn_local(async move {
            if !clipboard::copy(&whole).await {
                state.say("The browser does not let the page copy.");
            }
        });
    };
    let head = el("div.text-head")
        .child(el("h4").child(title))
        .child(small_button("Copy", copy).attr("aria-label", &format!("Copy {title}")));
    let text = (!text.is_empty())
        .then(|| el("pre.text").attrs(&[("tabindex", "0"), ("aria-label", title)]).child(text));
    let message = (!message.is_empty()).then(|| el("p.message").child(message));
    el("section.text-section").child(head).child(message).child(text)
}
