//! The details of one result.

use crate::analyze::{Cell, HistoryLine, ResultPage, Sibling};
use crate::browser::document;
use crate::engine::{Answer, Request};
use crate::import::{Measurement, Section};
use crate::query::{Route, Selection, SessionKey, View};
use crate::ui::dom::{El, el, follow, soon};
use crate::ui::format;
use crate::ui::parts::{
    Held, Tip, add_to_bar, around, colored_whole, copy_button, drawer, long_text, mark, missing_chip, plain,
    result_chip, small_button,
};
use crate::ui::signals::*;
use crate::ui::state::{State, state};
use std::rc::Rc;
use std::sync::Arc;
use web_sys::{KeyboardEvent, MouseEvent};

/// How many sessions the strip has at most.
const SESSIONS: usize = 100;

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
    // Until the answer is there, the result before it stays, dimmed.
    let is_asked = RwSignal::new(false);
    let asked = StoredValue::new(0_u32);
    follow(move || {
        state.version.track();
        asked.update_value(|asked| *asked += 1);
        let number = asked.get_value();
        let Some(selection) = selection.get() else {
            page.set(Page::Asked);
            return;
        };
        is_asked.set(true);
        state.ask(&Request::Result(selection), move |answer| match answer {
            Some(Answer::Result(result)) if asked.get_value() == number => {
                page.set(result.map_or(Page::NotThere, |result| Page::There(Arc::new(*result))));
                is_asked.set(false);
            }
            _ => {}
        });
    });
    el("div").when(
        move || selection.with(Option::is_some),
        move || result_panel(Panel { state, selection, page }, is_asked),
    )
}

#[derive(Clone, Copy)]
struct Panel {
    state: State,
    selection: Memo<Option<Selection>>,
    page: RwSignal<Page>,
}

fn result_panel(panel: Panel, is_asked: RwSignal<bool>) -> El {
    let Panel { state, page, .. } = panel;
    let is_wrapped = RwSignal::new(document::remembered("wrap").is_some_and(|wrap| wrap == "true"));
    let wrap = small_button("Wrap lines", move || {
        is_wrapped.update(|is_wrapped| *is_wrapped = !*is_wrapped);
        document::remember("wrap", if is_wrapped.get_untracked() { "true" } else { "" });
    })
    .add_class("toggle")
    .live_attr("aria-pressed", move || Some(is_wrapped.get().to_string()));
    let step = move |is_next: bool, label: &'static str, title: &'static str| {
        small_button(label, move || panel.step(is_next))
            .attr("title", title)
            .add_class(if is_next { "step-next" } else { "step-previous" })
            .live_attr("aria-disabled", move || panel.target(is_next).is_none().then(|| "true".to_owned()))
    };
    let bar = [
        step(false, "Previous failing", "The failing test before this one ([ or p)"),
        el("span.drawer-place").attr("role", "status").live_text(move || panel.place()),
        step(true, "Next failing", "The failing test after this one (] or n)"),
        el("span.drawer-space"),
        wrap,
    ];
    let body = el("div.drawer-body")
        .live_attr("aria-busy", move || Some(is_asked.get().to_string()))
        .live_attr("data-wrap", move || is_wrapped.get().then(String::new))
        .live(move || match page.get() {
            Page::Asked => vec![el("p.hint").child("Reading…")],
            Page::NotThere => vec![el("p.nothing").child(
                "This result is not in the files that are loaded. Drop the files that have it, and it is shown here.",
            )],
            Page::There(page) => result_view(state, &page, is_wrapped),
        });
    let drawer = drawer(move || panel.title(), move || state.select(None)).child(body);
    add_to_bar(&drawer, bar);
    Tip::new(&drawer);
    // Another result was chosen in the view behind: its details have the focus.
    let shown = drawer.clone();
    follow(move || {
        panel.selection.track();
        let is_inside = document::focused().is_some_and(|focused| shown.element().contains(Some(&focused)));
        if !is_inside {
            document::focus(Some(shown.as_a()));
        }
    });
    // What had the focus may be gone with the result before: keys still mean the drawer.
    let shown = drawer.clone();
    follow(move || {
        panel.page.track();
        let shown = shown.clone();
        soon(move || {
            if document::focused().is_none_or(|focused| focused.tag_name() == "BODY") {
                document::focus(Some(shown.as_a()));
            }
        });
    });
    drawer.on("keydown", move |event: &KeyboardEvent| {
        let is_command = event.ctrl_key() || event.alt_key() || event.meta_key();
        let is_next = match event.key().as_str() {
            // On many keyboards they are typed with AltGr, which is Control and Alt.
            "[" => false,
            "]" => true,
            "p" if !is_command => false,
            "n" if !is_command => true,
            _ => return,
        };
        event.prevent_default();
        panel.step(is_next);
    })
}

impl Panel {
    /// What is on screen, if there is something.
    fn shown<T>(self, read: impl FnOnce(&ResultPage) -> T) -> Option<T> {
        self.page.with(|page| match page {
            Page::There(page) => Some(read(page)),
            _ => None,
        })
    }

    fn title(self) -> String {
        let shown = self.shown(|page| (page.name.clone(), page.dut.clone()));
        let asked = || self.selection.get().map(|selection| (selection.name, selection.dut));
        let (name, dut) = shown.or_else(asked).unwrap_or_default();
        format!("Details of {name} on {dut}")
    }

    fn place(self) -> String {
        let place = self.shown(|page| (page.failing_place, page.failing_total));
        match place.unwrap_or_default() {
            (Some(place), total) => format!("{} of {}", format::count(place), format::count(total)),
            (None, 0) => "nothing fails".to_owned(),
            (None, total) => format!("{} failing", format::count(total)),
        }
    }

    fn target(self, is_next: bool) -> Option<Selection> {
        self.shown(|page| if is_next { page.next_failing.clone() } else { page.previous_failing.clone() })?
    }

    fn step(self, is_next: bool) {
        if let Some(selection) = untrack(|| self.target(is_next)) {
            self.state.select(Some(selection));
        }
    }
}

fn result_view(state: State, page: &Arc<ResultPage>, is_wrapped: RwSignal<bool>) -> Vec<El> {
    let last = page.attempts.last();
    let native = last.map(|attempt| attempt.native.as_str());
    let native = native.filter(|native| !native.is_empty() && *native != page.outcome.word());
    let outcome = el("p.result-outcome")
        .child(mark(page.outcome))
        .child(page.is_flaky.then(|| el("span.tag").child("flaky")))
        .child(native.map(|native| el("span.hint").child("in the file: ").child(el("code").child(native))));
    let name = page.name.clone();
    let head = el("header.result-head")
        .child(el("p.result-around").child(around(&page.suite, &page.class)))
        .child(
            el("div.result-title")
                .child(el("h2").child(&page.name))
                .child(copy_button("name", move || name.clone())),
        )
        .child(outcome);
    let facts = [
        Some(fact("DUT", &page.dut)),
        page.unit.as_ref().map(|unit| fact("Unit", unit)),
        page.build.as_ref().map(|build| fact("Build", build)),
        Some(fact("Time", &format::duration(page.duration_s))),
        (page.attempts_total > 1).then(|| fact("Attempts", &page.attempts_total.to_string())),
        Some(el("div").child(el("dt").child("Session")).child(el("dd").child(session_link(state, page)))),
        last.and_then(|attempt| attempt.details.location.as_ref()).map(|location| fact("Test", location)),
        (page.path != page.session).then(|| fact("File", &page.path)),
    ];
    let side = el("div.result-side")
        .child(el("dl.facts").children(facts))
        .child(siblings(state, page))
        .child(history(state, page));
    let several = page.attempts.len() > 1;
    let attempts = (0..page.attempts.len()).rev().map(|index| attempt_view(page, index, several, is_wrapped));
    let says_nothing = page.problem.is_none()
        && page
            .attempts
            .iter()
            .all(|attempt| attempt.message.is_empty() && attempt.details.sections.is_empty());
    let texts = el("div.result-texts")
        .child(page.problem.as_ref().map(|problem| el("p.notice.notice-error").child(problem)))
        .child(says_nothing.then(|| el("p.hint").child("The file has no texts for this result.")))
        .children(attempts);
    vec![head, el("div.result-body").child(side).child(texts)]
}

fn fact(label: &str, value: &str) -> El {
    el("div").child(el("dt").child(label)).child(el("dd").child(value))
}

fn session_link(state: State, page: &ResultPage) -> El {
    let key = SessionKey { dut: page.dut.clone(), session: page.session.clone() };
    let lead = move |view: &mut View| {
        view.go(Route::Sessions);
        view.session = Some(key.clone());
    };
    let mut there = state.view.get_untracked();
    lead(&mut there);
    el("a").attr("href", &there.to_query()).child(&page.session).on("click", move |event: &MouseEvent| {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            state.navigate(true, &lead);
        }
    })
}

/// The same test on all DUTs, as marks that lead there.
fn siblings(state: State, page: &ResultPage) -> Option<El> {
    if page.siblings.len() < 2 {
        return None;
    }
    let current = state.view.with_untracked(|view| view.selection.clone()).unwrap_or_default();
    let is_latest = page.history.last().is_none_or(|line| line.is_here);
    let chip = |(index, sibling): (usize, &Sibling)| {
        let dut = &sibling.dut;
        let chip = match (sibling.outcome, sibling.missing) {
            (Some(outcome), _) => {
                let flaky = if sibling.is_flaky { ", flaky" } else { "" };
                let label = format!("{}{flaky} on {dut}", outcome.word());
                let selection = Selection { dut: dut.clone(), session: None, ..current.clone() };
                result_chip(outcome, dut, &label, selection)
                    .add_class(if sibling.is_flaky { "is-flaky" } else { "" })
                    .attr("data-tip", &label)
            }
            (None, Some(missing)) => missing_chip(missing, dut),
            (None, None) => el("span.dut-chip.o-missing").child(dut),
        };
        // The id is that by which it keeps the focus when it was chosen.
        let chip = chip.attr("id", &format!("sibling-{index}"));
        el("li").child(if *dut == page.dut && is_latest { chip.attr("aria-current", "true") } else { chip })
    };
    let list = el("ul.dut-chips").children(page.siblings.iter().enumerate().map(chip));
    Some(strip("On all DUTs, now", list))
}

/// The same test in the sessions of this DUT, in time order.
fn history(state: State, page: &ResultPage) -> Option<El> {
    let lines = &page.history;
    if lines.len() < 2 {
        return None;
    }
    let here = lines.iter().position(|line| line.is_here).unwrap_or_default();
    let first = (here + SESSIONS / 2).min(lines.len()).saturating_sub(SESSIONS);
    let current = state.view.with_untracked(|view| view.selection.clone()).unwrap_or_default();
    let chip = |(index, line): (usize, &HistoryLine)| {
        let started = line.started.as_deref().map(format::moment);
        let names = [&line.build, &line.label, &started];
        let name = names.into_iter().flatten().next().unwrap_or(&line.session);
        let chip = match &line.cell {
            Cell::Missing(missing) => missing_chip(*missing, name),
            Cell::Result { outcome, is_flaky, message } => {
                let flaky = if *is_flaky { ", flaky" } else { "" };
                let label = format!("{}{flaky} in {name}", outcome.word());
                let seconds = format::duration(line.duration_s);
                let tip =
                    format!("{label}\n{} · {seconds}\n{}", started.as_deref().unwrap_or("–"), plain(message));
                let selection = Selection { session: Some(line.session.clone()), ..current.clone() };
                result_chip(*outcome, name, &label, selection)
                    .add_class(if *is_flaky { "is-flaky" } else { "" })
                    .attr("data-tip", tip.trim_end())
            }
        };
        let chip = chip.attr("id", &format!("history-{index}"));
        el("li").child(if line.is_here { chip.attr("aria-current", "true") } else { chip })
    };
    let shown = lines.iter().enumerate().skip(first).take(SESSIONS);
    let list = el("ol.dut-chips").children(shown.map(chip));
    Some(strip(&format!("In the sessions of {}, oldest first", page.dut), list))
}

fn strip(label: &str, list: El) -> El {
    el("section.strip").attr("aria-label", label).child(el("h3").child(label)).child(list)
}

fn attempt_view(page: &Arc<ResultPage>, index: usize, several: bool, is_wrapped: RwSignal<bool>) -> El {
    let attempt = &page.attempts[index];
    let details = &attempt.details;
    let head = several.then(|| {
        el("h3")
            .child(format!("Attempt {}", attempt.number))
            .child(mark(attempt.outcome))
            .child(attempt.duration_s.map(|s| el("span.hint").child(format::duration(Some(s)))))
    });
    let message = Some(&attempt.message).filter(|text| !text.is_empty() && details.sections.is_empty());
    let measured = (!details.measurements.is_empty()).then(|| measurements(&details.measurements));
    let properties = (!details.properties.is_empty()).then(|| {
        let facts = details.properties.iter().map(|(name, value)| fact(name, value));
        [el("h4").child("Properties"), el("dl.facts").children(facts)]
    });
    let sections = (0..details.sections.len())
        .map(|section| section_view(SectionOf { page: page.clone(), attempt: index, section }, is_wrapped));
    el("section.attempt")
        .child(head)
        .child(message.map(|text| colored_whole(el("p.message"), text)))
        .children(sections)
        .child(measured)
        .child(properties)
}

/// What was measured, with limits and verdicts where there are such.
fn measurements(measured: &[Measurement]) -> El {
    let has_limits = measured.iter().any(|one| !limits_of(one).is_empty());
    let has_outcomes = measured.iter().any(|one| one.outcome.is_some());
    let heads = ["Measured", "Value", "Limits", "Outcome"];
    let is_shown = [true, true, has_limits, has_outcomes];
    let shown = |cells: [El; 4]| {
        cells.into_iter().zip(is_shown).filter(|(_, is_shown)| *is_shown).map(|(cell, _)| cell)
    };
    let head = el("tr").children(shown(heads.map(|head| el("th").attr("scope", "col").child(head))));
    let rows = measured.iter().map(|one| {
        let value = if one.text.is_empty() { "–" } else { &one.text };
        let deviation = one.deviation.map(|deviation| format!(" ± {}", format::value(deviation, 3)));
        let unit = Some(&one.unit).filter(|unit| !unit.is_empty()).map(|unit| format!(" {unit}"));
        el("tr").children(shown([
            el("th").attr("scope", "row").child(&one.name),
            el("td.number").child(value).child(deviation).child(unit),
            el("td.number").child(limits_of(one)),
            el("td").child(one.outcome.map(mark)),
        ]))
    });
    let table = el("table.measured").child(el("thead").child(head)).child(el("tbody").children(rows));
    el("div.measured-box").child(table)
}

/// `4.5 … 5.5 V`, `≥ 4.5`, or the rule in the file's words.
fn limits_of(one: &Measurement) -> String {
    let number = |number: f64| format::value(number, 12);
    match (one.lower, one.upper) {
        (Some(lower), Some(upper)) => format!("{} … {}", number(lower), number(upper)),
        (Some(lower), None) => format!("≥ {}", number(lower)),
        (None, Some(upper)) => format!("≤ {}", number(upper)),
        (None, None) => one.rule.clone(),
    }
}

/// A section, where it is held: texts may be long.
#[derive(Clone)]
struct SectionOf {
    page: Arc<ResultPage>,
    attempt: usize,
    section: usize,
}

impl SectionOf {
    fn section(&self) -> &Section {
        &self.page.attempts[self.attempt].details.sections[self.section]
    }
}

fn section_view(of: SectionOf, is_wrapped: RwSignal<bool>) -> El {
    let Section { title, message, text, .. } = of.section();
    let held: Held = {
        let of = of.clone();
        Rc::new(move |read| read(&of.section().text))
    };
    // A message of many lines is a text, too.
    let message = (!message.is_empty()).then(|| {
        let of = of.clone();
        let held: Held = Rc::new(move |read| read(&of.section().message));
        if message.len() > 4000 {
            long_text(&format!("{title}, message"), held, is_wrapped)
        } else {
            colored_whole(el("p.message"), message)
        }
    });
    let text = (!text.is_empty()).then(|| long_text(title, held, is_wrapped));
    let copied = of.clone();
    let copy = copy_button(title, move || {
        let Section { message, text, .. } = copied.section();
        let separator = if message.is_empty() || text.is_empty() { "" } else { "\n\n" };
        plain(message) + separator + &plain(text)
    });
    el("div.text-section")
        .child(
            el("details")
                .attr("open", "")
                .child(el("summary").child(el("h4").child(title)))
                .child(message)
                .child(text),
        )
        .child(copy)
}
