//! Overview: is it good, and what needs me?

use crate::analyze::{Cell, DutLine, DutMark, FailingTest, Overview};
use crate::browser::timer::set_timeout;
use crate::model::{Counts, Outcome};
use crate::query::{Only, Place, Selection, View};
use crate::ui::dom::{El, el};
use crate::ui::format;
use crate::ui::parts::{class_of, mark, outcome_bars, test_name};
use crate::ui::signals::*;
use crate::ui::state::{State, state};
use std::time::Duration;
use web_sys::MouseEvent;

const ROW_HEIGHT: u32 = 36;

/// Of more DUTs than this, a failing test has marks only of those that it fails on, and of so many of
/// them: a mark for each would fill the list, and the document.
const MANY_DUTS: usize = 12;
const MOST_MARKS: usize = 8;

/// The first view of the data.
pub fn overview() -> El {
    let state = state();
    let top = move || {
        state.overview.with(|overview| {
            let overview = overview.as_deref()?;
            Some(
                el("div.overview-top")
                    .child(headline(overview))
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

/// The answer, which breaks between words only: a DUT's name may have hyphens.
fn headline(overview: &Overview) -> El {
    let words = overview.headline.split(' ').map(|word| el("span.word").child(word));
    let mut headline = el("h1.headline").add_class(headline_class(overview));
    for (index, word) in words.enumerate() {
        headline = headline.child((index > 0).then_some(" ")).child(word);
    }
    headline
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
    let figure = |label: &str, change: Option<String>, of: &dyn Fn(&Counts) -> String| {
        el("div.figure")
            .child(el("dt").child(label))
            .child(el("dd.figure-now").child(of(&overview.now)))
            .child(change.map(|change| el("dd.figure-change").child(change)))
            .child(el("dd.figure-all").child(of(&overview.all) + " in all sessions"))
    };
    let count = |label: &str, of: &dyn Fn(&Counts) -> u32| {
        let change = overview.previous.as_ref().map(|previous| {
            let difference = i64::from(of(&overview.now)) - i64::from(of(previous));
            changed(difference as f64, 0, "", overview)
        });
        figure(label, change, &|counts| format::count(of(counts)))
    };
    let rates = (overview.now.pass_rate(), overview.previous.and_then(|previous| previous.pass_rate()));
    let rate_change = match rates {
        (Some(now), Some(previous)) => Some(changed((now - previous) * 100.0, 1, " points", overview)),
        _ => None,
    };
    let tests = |counts: &Counts| {
        if std::ptr::eq(counts, &overview.now) { overview.tests_now } else { overview.tests_all }
    };
    let scope = format!(
        "Now: the latest session of {}. All: {}.",
        format::plural(overview.duts.len() as u32, "DUT"),
        format::plural(overview.sessions, "session")
    );
    let figures = [
        figure("Pass rate", rate_change, &|counts| format::rate(counts.pass_rate())),
        figure("Tests", None, &|counts| format::count(tests(counts))),
        count("Executed", &Counts::executed),
        count("Failed", &|counts| counts.of(Outcome::Failed)),
        count("Error", &|counts| counts.of(Outcome::Error)),
        count("Skipped", &|counts| counts.of(Outcome::Skipped)),
        count("Flaky", &|counts| counts.flaky),
        figure("Test time", None, &|counts| format::duration(Some(counts.duration_s))),
    ];
    el("section.figures")
        .attr("aria-label", "Key figures")
        .child(el("p.scope").child(scope))
        .child(el("dl").child(figures))
}

/// A difference to the build before: "+3 since 2.4.0".
fn changed(difference: f64, decimals: usize, unit: &str, overview: &Overview) -> String {
    let before = overview.previous_build.as_deref().unwrap_or("the session before");
    let size = format::number(difference.abs(), decimals);
    // What is shown decides, not what it was rounded from.
    if size.bytes().all(|byte| matches!(byte, b'0' | b'.' | b',')) {
        return format!("as in {before}");
    }
    let sign = if difference < 0.0 { '−' } else { '+' };
    format!("{sign}{size}{unit} since {before}")
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
fn link(state: State, href: &str, change: impl Fn(&mut View) + 'static) -> El {
    el("a").attr("href", href).on("click", move |event: &MouseEvent| {
        event.prevent_default();
        state.navigate(true, &change);
    })
}

fn sessions_link(state: State, dut: &str) -> El {
    let mut view = View::default();
    to_sessions(&mut view, dut);
    let dut = dut.to_owned();
    link(state, &view.to_query(), move |view| to_sessions(view, &dut))
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
            .child(has_builds.then(|| column("Build").class("minor")))
            .children(figures.map(|name| {
                let is_minor = matches!(name, "Skipped" | "Time");
                column(name).class("number").add_class(if is_minor { "minor" } else { "" })
            }));
        [
            el("thead").child(head),
            el("tbody").children(duts.iter().map(|dut| dut_row(state, dut, has_builds))),
        ]
    });
    let legend = move || {
        let now = state.overview.with(|overview| overview.as_ref().map(|o| o.now).unwrap_or_default());
        let occurring = Outcome::ALL.into_iter().filter(|&outcome| now.of(outcome) > 0);
        occurring.map(mark).collect::<Vec<_>>()
    };
    let choose = move |dut: &str, outcome: Outcome| {
        if outcome.is_failing() {
            state.navigate(true, to_failing);
        } else {
            state.navigate(true, |view| to_sessions(view, dut));
        }
    };
    let body = el("div.duts-body")
        .attrs(&[("tabindex", "0"), ("role", "region"), ("aria-label", "Figures by DUT")])
        .child(table)
        .child(el("div.duts-chart").child(outcome_bars(duts, ROW_HEIGHT, choose)));
    el("section.panel.duts")
        .attr("aria-labelledby", "duts-title")
        .child(el("h2").attr("id", "duts-title").child("DUTs, now"))
        .child(body)
        .child(el("p.legend").live(legend))
}

/// The failing tests, in the grid.
fn to_failing(view: &mut View) {
    view.place = Place::Grid;
    view.filter.only = Only::Failing;
}

/// The sessions of a DUT.
fn to_sessions(view: &mut View, dut: &str) {
    view.place = Place::Sessions;
    view.filter.text = dut.to_owned();
}

fn dut_row(state: State, dut: &DutLine, has_builds: bool) -> El {
    let number = |outcome: Outcome| {
        let count = dut.counts.of(outcome);
        let class = if count == 0 { "zero" } else { class_of(outcome) };
        let minor = if outcome == Outcome::Skipped { "minor" } else { "" };
        let cell = el("td.number").add_class(class).add_class(minor);
        if count > 0 && outcome.is_failing() {
            let words = format!("{} {} on {}: show them in the grid", count, outcome.word(), dut.name);
            let link = link(state, "?view=grid&only=failing", to_failing);
            cell.child(link.attr("aria-label", &words).child(format::count(count)))
        } else {
            cell.child(format::count(count))
        }
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
        .child(sessions_link(state, &dut.name).class("dut-name").child(&dut.name))
        .child(remark.map(|remark| el("span.remark").child(remark)));
    el("tr")
        .child(name)
        .child(has_builds.then(|| el("td.build.minor").child(dut.build.as_deref().unwrap_or("–"))))
        .child(el("td.number").child(format::rate(dut.counts.pass_rate())))
        .child([Outcome::Passed, Outcome::Failed, Outcome::Error, Outcome::Skipped].map(number))
        .child(el("td.number.minor").child(format::duration(Some(dut.counts.duration_s))))
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
                let tests = overview.failing.iter().map(|test| failing_test(test, &overview.duts));
                el("ul.attention-list").children(tests)
            };
            let all = (total > shown).then(|| {
                link(state, "?view=grid&only=failing", to_failing)
                    .child(format!("All {} failing tests in the grid", format::count(total)))
            });
            Some(vec![Some(title), Some(list), all])
        })
    };
    el("section.panel.attention").attr("aria-labelledby", "attention-title").live(content)
}

fn failing_test(test: &FailingTest, duts: &[DutLine]) -> El {
    let tag = |class: &str, word: &'static str| el("span.tag").add_class(class).child(word);
    let is_shown = |mark: &DutMark| duts.len() <= MANY_DUTS || is_failing(mark);
    let marks: Vec<_> = test.marks.iter().zip(duts).filter(|(mark, _)| is_shown(mark)).collect();
    let most = if duts.len() <= MANY_DUTS { MANY_DUTS } else { MOST_MARKS };
    let more = marks.len().saturating_sub(most) as u32;
    let marks = marks.into_iter().take(most).map(|(mark, dut)| dut_mark(test, mark, &dut.name));
    let marks = el("span.dut-marks")
        .children(marks)
        .child((more > 0).then(|| el("span.count").child(format!("+{}", format::count(more)))));
    let head = el("div.attention-head")
        .child(test_name(&test.suite, &test.class, &test.name))
        .child(test.is_flaky.then(|| tag("", "flaky")))
        .child(test.is_new.then(|| tag("tag-bad", "new")))
        .child((duts.len() > 1).then_some(marks));
    let words = [where_it_fails(test, duts.len() as u32), since(test)];
    let words = words.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(", ");
    let foot = el("div.attention-foot")
        .child(el("p.message").child(&test.message))
        .child(el("span.attention-where").child(words));
    el("li").child(head).child(foot)
}

fn is_failing(mark: &DutMark) -> bool {
    matches!(&mark.cell, Cell::Result { outcome, .. } if outcome.is_failing())
}

fn where_it_fails(test: &FailingTest, duts: u32) -> String {
    let (fails, seen) = (test.duts.len() as u32, test.seen);
    let place = match test.duts.as_slice() {
        _ if duts == 1 => return String::new(),
        [(dut, _)] => format!("only on {dut}"),
        _ if fails == duts => format!("on all {}", format::plural(duts, "DUT")),
        _ => format!("on {} of {}", format::count(fails), format::plural(duts, "DUT")),
    };
    if seen < duts { format!("{place}; {} never ran it", format::count(duts - seen)) } else { place }
}

/// "since 2.4.0-rc1 (4 sessions)".
fn since(test: &FailingTest) -> String {
    let since = &test.since;
    let sessions = match since.sessions {
        0 | 1 => String::new(),
        sessions => format!(" ({})", format::plural(sessions, "session")),
    };
    let started = since.started.as_deref().map(format::moment);
    match since.build.as_ref().or(since.label.as_ref()).or(started.as_ref()) {
        // Nothing is known of before.
        _ if since.is_first && since.sessions <= 1 => String::new(),
        Some(when) => format!("since {when}{sessions}"),
        None => sessions,
    }
}

/// What a DUT has for the test, as a glyph that leads to the details.
fn dut_mark(test: &FailingTest, mark: &DutMark, dut: &str) -> El {
    match &mark.cell {
        Cell::Result { outcome, .. } => {
            let state = state();
            let new = if mark.is_new { ", new" } else { "" };
            let label = format!("{} on {dut}{new}", outcome.word());
            let selection = Selection {
                dut: dut.to_owned(),
                session: None,
                scope: test.scope.clone(),
                name: test.name.clone(),
            };
            el("button.dut-mark")
                .add_class(class_of(*outcome))
                .attrs(&[("type", "button"), ("aria-label", &label), ("title", &label)])
                .on_click(move || state.select(Some(selection.clone())))
        }
        Cell::Missing(missing) => {
            let label = format!("{dut}: {}", missing.why());
            el("span.dut-mark.o-missing").attrs(&[("role", "img"), ("aria-label", &label), ("title", &label)])
        }
    }
}
