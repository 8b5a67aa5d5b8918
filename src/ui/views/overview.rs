//! Overview: is it good, and what needs me?

use crate::analyze::{DutLine, FailingTest, Overview};
use crate::model::{Counts, Outcome};
use crate::query::{Only, Place, Selection, View};
use crate::ui::dom::{El, el};
use crate::ui::format;
use crate::ui::parts::{class_of, dut_chip, mark, outcome_bars, test_name};
use crate::ui::state::{State, state};
use leptos::prelude::*;
use std::time::Duration;
use web_sys::MouseEvent;

const ROW_HEIGHT: u32 = 36;

/// A failing test shows this many of the DUTs that it fails on.
const CHIPS: usize = 12;

/// The first view of the data.
pub fn overview() -> El {
    let state = state();
    let top = move || {
        state.overview.with(|overview| {
            let overview = overview.as_deref()?;
            Some(
                el("div.overview-top")
                    .child(el("h1.headline").add_class(headline_class(overview)).child(&overview.headline))
                    .child(key_figures(overview))
                    .child(input_problems(state, overview)),
            )
        })
    };
    el("main.overview")
        .attr("aria-label", "Overview")
        .live(top)
        .child(el("div.overview-columns").child(duts(state)).child(attention(state)))
}

fn headline_class(overview: &Overview) -> &'static str {
    if overview.failing_total > 0 {
        "headline-bad"
    } else if overview.now.pass_rate().is_some() {
        "headline-good"
    } else {
        ""
    }
}

fn key_figures(overview: &Overview) -> El {
    let figure = |label: &str, of: &dyn Fn(&Counts) -> String| {
        el("div.figure")
            .child(el("dt").child(label))
            .child(el("dd.figure-now").child(of(&overview.now)))
            .child(el("dd.figure-all").child(of(&overview.all) + " in all sessions"))
    };
    let count = |label: &str, of: &dyn Fn(&Counts) -> u32| figure(label, &|counts| format::count(of(counts)));
    let tests = |counts: &Counts| {
        if std::ptr::eq(counts, &overview.now) { overview.tests_now } else { overview.tests_all }
    };
    let scope = format!(
        "Now: the latest session of {}. All: {}.",
        format::plural(overview.duts.len() as u32, "DUT"),
        format::plural(overview.sessions, "session")
    );
    let figures = [
        figure("Pass rate", &|counts| format::rate(counts.pass_rate())),
        count("Tests", &tests),
        count("Executed", &Counts::executed),
        count("Failed", &|counts| counts.of(Outcome::Failed)),
        count("Error", &|counts| counts.of(Outcome::Error)),
        count("Skipped", &|counts| counts.of(Outcome::Skipped)),
        count("Flaky", &|counts| counts.flaky),
        figure("Test time", &|counts| format::duration(Some(counts.duration_s))),
    ];
    el("section.figures")
        .attr("aria-label", "Key figures")
        .child(el("p.scope").child(scope))
        .child(el("dl").child(figures))
}

fn input_problems(state: State, overview: &Overview) -> Option<El> {
    let problems = &overview.problems;
    let parts: Vec<String> = [
        (problems.unreadable, "file could not be read", "files could not be read"),
        (problems.partly, "file was read in part", "files were read in part"),
        (problems.empty, "file has no results", "files have no results"),
        (problems.guesses, "session's DUT is a guess", "sessions' DUTs are a guess"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, one, many)| format!("{} {}", format::count(count), if count == 1 { one } else { many }))
    .collect();
    if parts.is_empty() {
        return None;
    }
    Some(
        el("p.input-problems")
            .child(el("span.input-problems-mark").attr("aria-hidden", "true"))
            .child(parts.join(", ") + ". ")
            .child(link(state, "?view=files", |view| view.place = Place::Files).child("Look at the files")),
    )
}

/// A link that changes the view.
fn link(state: State, href: &str, change: fn(&mut View)) -> El {
    el("a").attr("href", href).on("click", move |event: &MouseEvent| {
        event.prevent_default();
        state.navigate(true, change);
    })
}

fn duts(state: State) -> El {
    let duts =
        move || state.overview.with(|overview| overview.as_ref().map(|o| o.duts.clone()).unwrap_or_default());
    let table = el("table.duts-table").live(move || {
        let duts = duts();
        let has_builds = duts.iter().any(|dut| dut.build.is_some());
        let column = |name: &str| el("th").attr("scope", "col").child(name);
        let figures = ["Pass rate", "Passed", "Failed", "Error", "Skipped", "Time"];
        let head = el("tr")
            .child(column("DUT"))
            .child(has_builds.then(|| column("Build")))
            .children(figures.map(|name| column(name).class("number")));
        [el("thead").child(head), el("tbody").children(duts.iter().map(|dut| dut_row(dut, has_builds)))]
    });
    let legend = move || {
        let now = state.overview.with(|overview| overview.as_ref().map(|o| o.now).unwrap_or_default());
        let occurring = Outcome::ALL.into_iter().filter(|&outcome| now.of(outcome) > 0);
        occurring.map(mark).collect::<Vec<_>>()
    };
    let body = el("div.duts-body")
        .attrs(&[("tabindex", "0"), ("role", "region"), ("aria-label", "Figures by DUT")])
        .child(table)
        .child(el("div.duts-chart").child(outcome_bars(duts, ROW_HEIGHT)));
    el("section.panel.duts")
        .attr("aria-labelledby", "duts-title")
        .child(el("h2").attr("id", "duts-title").child("DUTs, now"))
        .child(body)
        .child(el("p.legend").live(legend))
}

fn dut_row(dut: &DutLine, has_builds: bool) -> El {
    let number = |outcome: Outcome| {
        let count = dut.counts.of(outcome);
        let class = if count == 0 { "zero" } else { class_of(outcome) };
        el("td.number").add_class(class).child(format::count(count))
    };
    let remark = match (dut.is_unreadable, dut.is_partial) {
        (true, _) => Some("file unreadable"),
        (_, true) => Some("file broken off"),
        _ => None,
    };
    let mut title = dut.name.clone();
    let started = dut.started.as_deref().map(format::moment);
    for (label, value) in [("unit", &dut.unit), ("started", &started)] {
        if let Some(value) = value {
            title = format!("{title}, {label} {value}");
        }
    }
    let name = el("th")
        .attrs(&[("scope", "row"), ("title", &title)])
        .child(el("span.dut-name").child(&dut.name))
        .child(remark.map(|remark| el("span.remark").child(remark)));
    el("tr")
        .child(name)
        .child(has_builds.then(|| el("td.build").child(dut.build.as_deref().unwrap_or("–"))))
        .child(el("td.number").child(format::rate(dut.counts.pass_rate())))
        .child([Outcome::Passed, Outcome::Failed, Outcome::Error, Outcome::Skipped].map(number))
        .child(el("td.number").child(format::duration(Some(dut.counts.duration_s))))
}

fn attention(state: State) -> El {
    // The headline need not wait for the list.
    let is_due = RwSignal::new(false);
    let wait = move || {
        // The view may be gone by then.
        let _ = is_due.try_set(true);
    };
    set_timeout(wait, Duration::ZERO);
    let content = move || {
        if !is_due.get() {
            return None;
        }
        state.overview.with(|overview| {
            let overview = overview.as_deref()?;
            let (total, shown) = (overview.failing_total, overview.failing.len() as u32);
            let title = el("h2")
                .attr("id", "attention-title")
                .child("Needs attention")
                .child((total > 0).then(|| el("span.count").child(format::count(total))));
            let list = if shown == 0 {
                el("p.nothing").child("No test fails now.")
            } else {
                let duts = overview.duts.len() as u32;
                el("ul.attention-list").children(overview.failing.iter().map(|test| failing_test(test, duts)))
            };
            let all = (total > shown).then(|| {
                link(state, "?view=grid&only=failing", |view| {
                    view.place = Place::Grid;
                    view.filter.only = Only::Failing;
                })
                .child(format!("All {} failing tests in the grid", format::count(total)))
            });
            Some(vec![Some(title), Some(list), all])
        })
    };
    el("section.panel.attention").attr("aria-labelledby", "attention-title").live(content)
}

fn failing_test(test: &FailingTest, duts: u32) -> El {
    let (fails, seen) = (test.duts.len() as u32, test.seen);
    let of_all = || format!("on {} of {}", format::count(fails), format::plural(duts, "DUT"));
    let where_it_fails = if duts == 1 {
        String::new()
    } else if fails == seen && fails == duts {
        format!("on all {}", format::plural(duts, "DUT"))
    } else if seen < duts {
        format!("{}; {} never ran it", of_all(), format::count(duts - seen))
    } else {
        of_all()
    };
    let chips = test.duts.iter().take(CHIPS).map(|(dut, outcome)| {
        let (scope, name) = (test.scope.clone(), test.name.clone());
        dut_chip(*outcome, Selection { dut: dut.clone(), session: None, scope, name })
    });
    let more = test.duts.len().saturating_sub(CHIPS);
    let head = el("div.attention-head")
        .child(test_name(&test.suite, &test.class, &test.name))
        .child(el("span.attention-where").child(where_it_fails));
    el("li")
        .child(head)
        .child((!test.message.is_empty()).then(|| el("p.message").child(&test.message)))
        .child(el("p.dut-chips").children(chips).child(
            (more > 0).then(|| el("span.hint").child(format!("and {} more", format::count(more as u32)))),
        ))
}
