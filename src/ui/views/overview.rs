//! Overview: is it good, and what needs me?

use crate::analyze::{Cell, DutLine, DutMark, FailingTest, Overview, Problems};
use crate::browser::timer::set_timeout;
use crate::model::{Counts, Outcome};
use crate::query::{OutcomeFilter, Route, Selection, View};
use crate::ui::dom::{El, el, follow};
use crate::ui::format;
use crate::ui::parts::{class_of, mark, outcome_bars, test_name};
use crate::ui::signals::*;
use crate::ui::state::{State, state};
use std::sync::Arc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent};

const ROW_HEIGHT: u32 = 36;

/// Of more DUTs than this, a failing test has marks only of those that it fails on, and of so many of
/// them: a mark for each would fill the list, and the document.
const MANY_DUTS: usize = 12;
const MOST_MARKS: usize = 8;

/// The first view of the data.
pub fn overview() -> El {
    let state = state();
    // Where nothing could be read there is no figure to show, only why.
    let has_duts = move || {
        state.overview.with(|overview| overview.as_deref().is_none_or(|overview| !overview.duts.is_empty()))
    };
    let top = move || {
        state.overview.with(|overview| {
            let overview = overview.as_deref()?;
            let figures = (!overview.duts.is_empty()).then(|| key_figures(state, overview));
            Some(
                el("div.overview-top")
                    .child(headline(overview))
                    .child(figures)
                    .child(input_problems(state, overview)),
            )
        })
    };
    el("main.overview")
        .attr("aria-label", "Overview")
        .live(top)
        .when(has_duts, move || el("div.overview-columns").child(duts(state)).child(attention(state)))
}

/// The answer, which breaks between words only: a DUT's name may have hyphens.
fn headline(overview: &Overview) -> El {
    let words = overview.headline.split(' ').map(|word| el("span.word").child(word));
    let mut headline = el("h1.headline").add_class(headline_class(overview));
    // By the id it keeps the focus that it has when files are read.
    headline = headline.attrs(&[("id", "headline"), ("tabindex", "-1")]);
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

/// A key figure.
struct Figure {
    label: &'static str,
    /// What is to be said of it on hover.
    tip: &'static str,
    now: String,
    /// What `now` counts, where its name does not say it.
    unit: String,
    /// Where it leads to.
    leads: Option<OutcomeFilter>,
    change: Option<El>,
    all: String,
}

fn key_figures(state: State, overview: &Overview) -> El {
    let plain = |label, now: String, all: String| Figure {
        label,
        tip: "",
        now,
        unit: String::new(),
        leads: None,
        change: None,
        all,
    };
    let count = |label, of: &dyn Fn(&Counts) -> u32, is_bad: bool| {
        let (now, all) = (of(&overview.now), of(&overview.all));
        let change = overview.previous.as_ref().and_then(|previous| {
            let difference = f64::from(now) - f64::from(of(previous));
            changed(difference, 0, "", if is_bad { Better::Less } else { Better::Neither }, overview)
        });
        let all = if all == 0 { String::new() } else { format::count(all) };
        Figure { change, ..plain(label, format::count(now), all) }
    };
    let failing = |label, outcome: Outcome, tests: u32| {
        let figure = count(label, &|counts| counts.of(outcome), true);
        match overview.now.of(outcome) {
            0 => figure,
            1 => Figure { unit: "result".to_owned(), leads: Some(OutcomeFilter::Failing), ..figure },
            _ => {
                let unit = format!("results, {}", format::plural(tests, "test"));
                Figure { unit, leads: Some(OutcomeFilter::Failing), ..figure }
            }
        }
    };
    let (rate, before) = (overview.now.pass_rate(), overview.previous.and_then(|counts| counts.pass_rate()));
    let rate_change = rate
        .zip(before)
        .and_then(|(now, before)| changed((now - before) * 100.0, 1, " points", Better::More, overview));
    let all_rate = overview.all.pass_rate().map(|rate| format::rate(Some(rate))).unwrap_or_default();
    let flaky_duts = overview.duts.iter().filter(|dut| dut.counts.flaky > 0).count() as u32;
    let flaky = match (overview.tests_flaky, overview.all.flaky) {
        (0, 0) => plain("Flaky", "0".to_owned(), String::new()),
        (tests, all) => {
            let noun = if tests == 1 { "test" } else { "tests" };
            let place = format!("{noun} on {}", format::plural(flaky_duts, "DUT"));
            let unit = if tests == 0 { "tests".to_owned() } else { place };
            let all = format::plural(all, "result");
            let leads = (tests > 0).then_some(OutcomeFilter::Flaky);
            Figure { unit, leads, ..plain("Flaky", format::count(tests), all) }
        }
    };
    let duration = |counts: &Counts| format::duration(Some(counts.duration_s));
    let figures = [
        Figure { change: rate_change, ..plain("Pass rate", format::rate(rate), all_rate) },
        plain("Tests", format::count(overview.tests_now), format::count(overview.tests_all)),
        count("Executed", &Counts::executed, false),
        failing("Failed", Outcome::Failed, overview.tests_failed),
        failing("Error", Outcome::Error, overview.tests_error),
        count("Skipped", &|counts| counts.of(Outcome::Skipped), false),
        Figure { tip: "Tests whose attempts disagree within a session", ..flaky },
        Figure {
            tip: "The sum of the durations of all results. Sessions that ran side by side took less: \
                  a session’s duration, from start to end, is in Sessions.",
            ..plain("Test time", duration(&overview.now), duration(&overview.all))
        },
    ];
    let scope = format!(
        "Now: the latest session of {}. All: {}.",
        format::plural(overview.duts.len() as u32, "DUT"),
        format::plural(overview.sessions, "session")
    );
    el("section.figures")
        .attr("aria-label", "Key figures")
        .child(el("p.scope").child(scope))
        .child(el("dl").children(figures.map(|figure| figure_view(state, figure, overview.sessions))))
}

fn figure_view(state: State, figure: Figure, sessions: u32) -> El {
    let Figure { label, tip, now, unit, leads, change, all } = figure;
    let number = el("dd.figure-now");
    let number = match leads {
        None => number.child(&now),
        Some(only) => {
            let words = format!("{now} {label}: show the tests");
            number.child(link(state, move |view| to_tests(view, only)).attr("aria-label", &words).child(&now))
        }
    };
    // Of one session "all" is "now".
    let all = Some(all).filter(|all| !all.is_empty() && sessions > 1);
    el("div.figure")
        .attr("title", tip)
        .child(el("dt").child(label))
        .child(number)
        .child((!unit.is_empty()).then(|| el("dd.figure-unit").child(unit)))
        .child(change)
        .child(all.map(|all| el("dd.figure-all").child(all + " in all sessions")))
}

/// Which way a figure gets better.
#[derive(Clone, Copy)]
enum Better {
    More,
    Less,
    Neither,
}

/// A difference to the build before: "+3 since 2.4.0"; nothing where there is none.
fn changed(difference: f64, decimals: usize, unit: &str, better: Better, overview: &Overview) -> Option<El> {
    let before = overview.previous_build.as_deref().unwrap_or("the session before");
    let size = format::number(difference.abs(), decimals);
    // What is shown decides, not what it was rounded from.
    if size.bytes().all(|byte| matches!(byte, b'0' | b'.' | b',')) {
        return None;
    }
    let sign = if difference < 0.0 { '−' } else { '+' };
    let class = match (better, difference > 0.0) {
        (Better::Neither, _) => "",
        (Better::More, true) | (Better::Less, false) => "is-better",
        _ => "is-worse",
    };
    Some(el("dd.figure-change").add_class(class).child(format!("{sign}{size}{unit} since {before}")))
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
    let copies = hidden_duts(problems);
    if parts.is_empty() && copies.is_none() {
        return None;
    }
    let parts = if parts.is_empty() { String::new() } else { parts.join(", ") + ". " };
    Some(
        el("p.input-problems")
            .child(el("span.input-problems-mark").attr("aria-hidden", "true"))
            .child(copies.unwrap_or_default() + &parts)
            .child(link(state, |view| view.go(Route::Files)).child("Look at the files")),
    )
}

/// What copies hide: "2 files are the same as others; board-b has no results of its own. "
fn hidden_duts(problems: &Problems) -> Option<String> {
    let duts = match problems.hidden_duts.as_slice() {
        [] => return None,
        [dut] => format!("{dut} has no results of its own"),
        [one, two] => format!("{one} and {two} have no results of their own"),
        [one, more @ ..] => {
            let more = format::count(more.len() as u32);
            format!("{one} and {more} other DUTs have no results of their own")
        }
    };
    let copies = match problems.duplicates {
        1 => "1 file is the same as another".to_owned(),
        copies => format!("{} files are the same as others", format::count(copies)),
    };
    Some(format!("{copies}; {duts}. "))
}

/// A link that changes the view, and can be opened in a tab.
fn link(state: State, change: impl Fn(&mut View) + 'static) -> El {
    let mut there = state.view.get_untracked();
    change(&mut there);
    el("a").attr("href", &there.to_query()).on("click", move |event: &MouseEvent| {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            state.navigate(true, &change);
        }
    })
}

fn duts(state: State) -> El {
    let late = late(state);
    let duts = move || late.with(|overview| overview.as_ref().map(|o| o.duts.clone()).unwrap_or_default());
    let table = el("table.duts-table").live(move || {
        let duts = duts();
        let has_builds = duts.iter().any(|dut| dut.build.is_some());
        let column = |name: &str| el("th").attr("scope", "col").child(name);
        let figures = ["Pass rate", "Passed", "Failed", "Error", "Skipped", "Time"];
        let head = el("tr")
            .child(column("DUT"))
            .child(has_builds.then(|| column("Build").class("minor")))
            .children(figures.map(|name| column(name).class("number").add_class(minor(name))));
        [
            el("thead").child(head),
            el("tbody").children(duts.iter().map(|dut| dut_row(state, dut, has_builds))),
        ]
    });
    let legend = move || {
        let now = late.with(|overview| overview.as_ref().map(|o| o.now).unwrap_or_default());
        let occurring = Outcome::ALL.into_iter().filter(|&outcome| now.of(outcome) > 0);
        occurring.map(mark).collect::<Vec<_>>()
    };
    let choose = move |dut: &str, outcome: Outcome| {
        if outcome.is_failing() {
            state.navigate(true, |view| to_failing(view, Some(dut)));
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

/// The class of a column of the DUTs: `minor` ones are not shown where there is
/// no room, neither head nor cells.
fn minor(column: &str) -> &'static str {
    if matches!(column, "Passed" | "Skipped" | "Time") { "minor" } else { "" }
}

/// The tests that fail, on a DUT if one is given, in the grid.
fn to_failing(view: &mut View, dut: Option<&str>) {
    view.go(Route::Grid);
    view.filter.only = OutcomeFilter::Failing;
    view.filter.dut = dut.map(str::to_owned);
}

/// Some of the tests, in their table.
fn to_tests(view: &mut View, only: OutcomeFilter) {
    view.go(Route::Tests);
    view.filter.only = only;
}

/// The sessions of a DUT.
fn to_sessions(view: &mut View, dut: &str) {
    view.go(Route::Sessions);
    view.filter.dut = Some(dut.to_owned());
}

fn name_of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "Passed",
        Outcome::Skipped => "Skipped",
        _ => "",
    }
}

fn dut_row(state: State, dut: &DutLine, has_builds: bool) -> El {
    let number = |outcome: Outcome| {
        let count = dut.counts.of(outcome);
        let class = if count == 0 { "zero" } else { class_of(outcome) };
        let cell = el("td.number").add_class(class).add_class(minor(name_of(outcome)));
        if count > 0 && outcome.is_failing() {
            let words = format!("{} {} on {}: show them in the grid", count, outcome.word(), dut.name);
            let dut = dut.name.clone();
            let link = link(state, move |view| to_failing(view, Some(&dut)));
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
    let named = dut.name.clone();
    let name = el("th")
        .attrs(&[("scope", "row"), ("title", &title)])
        .child(link(state, move |view| to_sessions(view, &named)).class("dut-name").child(&dut.name))
        .child(remark.map(|remark| el("span.remark").child(remark)))
        // Where its column has no room.
        .child(dut.build.as_ref().map(|build| el("span.dut-build").child(build)));
    el("tr")
        .child(name)
        .child(has_builds.then(|| el("td.build.minor").child(dut.build.as_deref().unwrap_or("–"))))
        .child(el("td.number").child(format::rate(dut.counts.pass_rate())))
        .child([Outcome::Passed, Outcome::Failed, Outcome::Error, Outcome::Skipped].map(number))
        .child(el("td.number.minor").child(format::duration(Some(dut.counts.duration_s))))
}

/// The overview, a task later than the headline has it: drawing all of it at once
/// takes long where there are many DUTs and failing tests.
fn late(state: State) -> RwSignal<Option<Arc<Overview>>> {
    let late = RwSignal::new(None);
    follow(move || {
        let overview = state.overview.get();
        let arrive = move || {
            // The view may be gone by then.
            let _ = late.try_set(overview);
        };
        set_timeout(arrive, Duration::ZERO);
    });
    late
}

fn attention(state: State) -> El {
    let late = late(state);
    let content = move || {
        late.with(|overview| {
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
                link(state, |view| to_failing(view, None))
                    .child(format!("All {} failing tests in the grid", format::count(total)))
            });
            Some(vec![Some(title), Some(list), all])
        })
    };
    el("section.panel.attention").attr("aria-labelledby", "attention-title").live(content)
}

fn failing_test(test: &FailingTest, duts: &[DutLine]) -> El {
    let state = state();
    // It leads to the first DUT that it fails on.
    let open = Selection {
        dut: test.duts.first().map(|(dut, _)| dut.clone()).unwrap_or_default(),
        session: None,
        scope: test.scope.clone(),
        name: test.name.clone(),
    };
    let pressed = open.clone();
    let name = el("button.attention-name")
        .attr("type", "button")
        .child(test_name(&test.suite, &test.class, &test.name))
        .on_click(move || state.select(Some(pressed.clone())));
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
        .child(name)
        .child(test.is_flaky.then(|| tag("", "flaky")))
        .child(test.is_new.then(|| tag("tag-bad", "new")))
        .child((duts.len() > 1).then_some(marks));
    let words = [where_it_fails(test, duts.len() as u32), since(test)];
    let words = words.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(", ");
    let foot = el("div.attention-foot")
        .child(el("p.message").child(&test.message))
        .child(el("span.attention-where").child(words));
    el("li").child(head).child(foot).on("click", move |event: &MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if target.is_some_and(|target| matches!(target.closest("button"), Ok(None))) {
            state.select(Some(open.clone()));
        }
    })
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
    // "Never" is said if it is true of all of them.
    match duts.saturating_sub(seen) {
        0 => place,
        absent if absent == test.never => format!("{place}; {} never ran it", format::count(absent)),
        1 => format!("{place}; 1 does not have it now"),
        absent => format!("{place}; {} do not have it now", format::count(absent)),
    }
}

/// "passed in 2.3.0, fails since 2.4.0-rc1", "fails in all 4 sessions"; nothing
/// where nothing is known of before.
fn since(test: &FailingTest) -> String {
    let since = &test.since;
    let Some(before) = &since.before else {
        return match since.sessions {
            0 | 1 => String::new(),
            sessions => format!("fails in all {}", format::plural(sessions, "session")),
        };
    };
    let began = match before.outcome {
        Some(outcome) => outcome.word(),
        None => "not there",
    };
    let is_other_build = since.build.is_some() && before.build.is_some() && since.build != before.build;
    let moment = |started: &Option<String>| started.as_deref().map(format::moment);
    let times = if is_other_build {
        before.build.clone().zip(since.build.clone()).map(|(was, is)| (format!("in {was}"), is))
    } else {
        let times = moment(&before.started).zip(moment(&since.started));
        times.filter(|(was, is)| was != is).map(|(was, is)| (format!("on {was}"), is))
    };
    match times {
        Some((was, is)) => format!("{began} {was}, fails since {is}"),
        None if since.sessions == 1 => format!("{began} in the session before"),
        None => format!("fails in the last {}", format::plural(since.sessions, "session")),
    }
}

/// What a DUT has for the test, as a glyph that leads to the details.
fn dut_mark(test: &FailingTest, mark: &DutMark, dut: &str) -> El {
    match &mark.cell {
        Cell::Result { outcome, .. } => {
            let state = state();
            let new = if mark.is_new { ", new" } else { "" };
            let label = format!("{} {} on {dut}{new}", test.name, outcome.word());
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
            let label = format!("{} on {dut}: {}", test.name, missing.why());
            el("span.dut-mark.o-missing").attrs(&[("role", "img"), ("aria-label", &label), ("title", &label)])
        }
    }
}
