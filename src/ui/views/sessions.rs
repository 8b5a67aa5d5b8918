//! Sessions: what was run?

use crate::analyze::{SessionPage, SessionRow};
use crate::engine::{Answer, Request};
use crate::model::{Identified, Outcome};
use crate::query::{Filter, Route, SessionKey, Sort, SortKey};
use crate::ui::dom::{El, el, follow};
use crate::ui::format;
use crate::ui::parts::{
    Column, Held, Kind, Loaded, Span, Table, coded, cut, drawer, filter_words, filtered_dut, line, long_text,
    outcome_bar, small_button,
};
use crate::ui::signals::*;
use crate::ui::state::{State, state};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use web_sys::{Event, HtmlInputElement, MouseEvent};

/// Pairs that are shown at once, and how many ask for a filter.
const PAIRS: usize = 200;
const MANY_PAIRS: usize = 12;

const fn column(by: SortKey, name: &'static str, width: u32) -> Column {
    Column { by, name, title: "", width, share: 0, is_number: false, is_usual: true }
}

const fn number(by: SortKey, name: &'static str, width: u32, title: &'static str) -> Column {
    Column { is_number: true, title, ..column(by, name, width) }
}

static SESSIONS: Kind = Kind {
    name: "Sessions",
    noun: "session",
    columns: &[
        Column { share: 2, ..column(SortKey::Dut, "DUT", 208) },
        Column { share: 1, ..column(SortKey::Unit, "Unit", 116) },
        Column { share: 1, ..column(SortKey::Build, "Build", 92) },
        column(SortKey::Started, "Started", 168),
        number(SortKey::Duration, "Duration", 88, "From start to end"),
        number(SortKey::Rate, "Pass rate", 84, "passed / (passed + failed + error)"),
        Column {
            is_number: false,
            ..number(SortKey::Results, "Outcomes", 190, "Sorts by the number of results")
        },
        number(SortKey::Passed, "Passed", 72, ""),
        number(SortKey::Failing, "Failed", 116, "Sorts by failed and errors together"),
        Column { is_usual: false, ..number(SortKey::Skipped, "Skipped", 76, "") },
        column(SortKey::Format, "Format", 100),
        Column { share: 2, ..column(SortKey::File, "File", 150) },
        Column { share: 1, is_usual: false, ..column(SortKey::Session, "Session", 150) },
        Column {
            is_usual: false,
            ..number(SortKey::Time, "Test time", 92, "The sum of the tests' durations")
        },
        Column {
            is_usual: false,
            ..number(SortKey::Flaky, "Flaky", 64, "Results of which attempts disagree")
        },
    ],
    usual: Some(Sort { by: SortKey::Started, descending: true }),
    request: |filter, sort, span| Request::Sessions { filter, sort, from: span.first, count: span.count },
    rows: |answer| match answer {
        Answer::Sessions(window) => Some((window.total, window.rows.len())),
        _ => None,
    },
    all: |answer| match answer {
        Answer::Sessions(window) => window.sessions,
        _ => 0,
    },
    fill,
    open: |view, answer, at| view.session = row(answer, at).map(|row| key(&row.dut, &row.id)),
    is_open: |view, answer, at| {
        row(answer, at)
            .zip(view.session.as_ref())
            .is_some_and(|(row, open)| open.dut == row.dut && open.session == row.id)
    },
};

/// The table of sessions, and one of them.
pub fn sessions() -> El {
    let state = state();
    let table = Table::new(&SESSIONS);
    let toolbar = el("div.toolbar").child(filter_field()).child(table.count()).child(table.column_choice());
    let body = el("div.split").child(table.rows(nothing)).child(session_page(state));
    el("main.table-view").attr("aria-label", "Sessions").child(toolbar).child(body)
}

fn nothing(filter: &Filter) -> String {
    let of = filter.dut.as_ref().map(|dut| format!(" of {dut}")).unwrap_or_default();
    match filter.text.trim() {
        "" => format!("There is no session{of}."),
        text => format!("There is no session{of} with “{text}”."),
    }
}

/// A box for words of DUT, unit, build, session, format and files.
fn filter_field() -> El {
    let field = filter_words("Filter sessions", "Filter sessions: words, !without");
    el("div.filter").attr("role", "search").child(field).child(filtered_dut())
}

fn search(name: &str, placeholder: &str) -> El {
    el("input.field").attrs(&[
        ("type", "search"),
        ("aria-label", name),
        ("placeholder", placeholder),
        ("autocomplete", "off"),
        ("spellcheck", "false"),
    ])
}

fn on_text(field: El, act: impl Fn(String) + 'static) -> El {
    let input = field.as_a::<HtmlInputElement>().clone();
    field.on("input", move |_: &Event| act(input.value()))
}

fn row(answer: &Answer, at: usize) -> Option<&SessionRow> {
    match answer {
        Answer::Sessions(window) => window.rows.get(at),
        _ => None,
    }
}

fn key(dut: &str, session: &str) -> SessionKey {
    SessionKey { dut: dut.to_owned(), session: session.to_owned() }
}

/// What is to be known of a session at first sight.
fn marks(row: &SessionRow) -> impl Iterator<Item = El> {
    let marks = [
        (row.is_latest, "span.tag.tag-quiet", "latest", "What “now” means for this DUT"),
        (row.is_partial, "span.tag", "broke off", "A file of it ends too early"),
        (row.is_unreadable, "span.tag.tag-bad", "unreadable", "No file of it could be read"),
    ];
    let marks = marks.into_iter().filter(|mark| mark.0);
    marks.map(|(_, class, word, title)| el(class).attr("title", title).child(word))
}

fn fill(cell: El, answer: &Answer, at: usize, by: SortKey) -> Option<El> {
    let row = row(answer, at)?;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let counts = &row.counts;
    Some(match by {
        SortKey::Dut => {
            cell.attr("title", &row.dut).child(el("span.line").child(&row.dut)).children(marks(row))
        }
        SortKey::Unit => line(cell, &text(&row.unit)),
        SortKey::Build => line(cell, &text(&row.build)),
        SortKey::Session => cut(cell, &row.id),
        SortKey::Started => line(cell, &row.started.as_deref().map(format::moment).unwrap_or_default()),
        SortKey::Duration => cell.child(format::duration(row.duration_s)),
        SortKey::Time => cell.child(format::duration(Some(counts.duration_s))),
        SortKey::Rate => cell.child(format::rate(counts.pass_rate())),
        SortKey::Results => cell.child(outcome_bar(counts, 0)),
        SortKey::Passed => figure(cell, counts.of(Outcome::Passed), ""),
        SortKey::Failing => {
            let (failed, errors) = (counts.of(Outcome::Failed), counts.of(Outcome::Error));
            let more = (errors > 0)
                .then(|| el("span.o-error").child(format!("+ {}", format::plural(errors, "error"))));
            figure(cell, failed, "o-failed").child(more)
        }
        SortKey::Skipped => figure(cell, counts.of(Outcome::Skipped), ""),
        SortKey::Flaky => figure(cell, counts.flaky, ""),
        SortKey::Format => line(cell, row.formats.first().map_or("", String::as_str)),
        _ => {
            let more = row.files_total.saturating_sub(1);
            let more = (more > 0).then(|| el("span.hint").child(format!("+{}", format::count(more))));
            cut(cell, row.files.first().map_or("–", String::as_str)).child(more)
        }
    })
}

/// A number, quiet if there is none, else of a class.
fn figure(cell: El, number: u32, class: &str) -> El {
    cell.add_class(if number == 0 { "zero" } else { class }).child(format::count(number))
}

/// The session that the view selects. What is known of it is an answer, as
/// those of lists are.
fn session_page(state: State) -> El {
    let session = move || state.view.read().session.clone();
    let page = RwSignal::new(None::<Arc<Loaded>>);
    let asked = StoredValue::new(0_u32);
    let before = RefCell::new((None, 0));
    follow(move || {
        let now = (session(), state.version.get());
        if *before.borrow() == now {
            return;
        }
        before.replace(now.clone());
        asked.update_value(|asked| *asked += 1);
        let number = asked.get_value();
        let Some(session) = now.0 else {
            page.set(None);
            return;
        };
        state.ask(&Request::Session(session), move |answer| {
            if let Some(answer @ Answer::Session(_)) = answer
                && asked.try_get_value() == Some(number)
            {
                page.set(Some(Arc::new(Loaded {
                    generation: number,
                    total: 1,
                    span: Span::default(),
                    answer,
                })));
            }
        });
    });
    let close = move || state.navigate(true, |view| view.session = None);
    let title = move || session().map(|s| format!("Session {} of {}", s.session, s.dut)).unwrap_or_default();
    el("div.session-host").when(
        move || session().is_some(),
        move || {
            drawer(title, close).add_class("session-page").live(move || match page.get().as_deref() {
                None => el("p.hint").attr("aria-busy", "true").child("Reading…"),
                Some(Loaded { answer: Answer::Session(Some(page)), .. }) => page_view(state, page),
                Some(_) => el("p.nothing").child("This session is not in the files that are loaded."),
            })
        },
    )
}

fn page_view(state: State, page: &SessionPage) -> El {
    let row = &page.row;
    let counts = &row.counts;
    let head = el("header.session-head")
        .child(el("h2").child(&row.dut).children(marks(row)))
        .child(el("p.hint").child(row.label.as_ref().unwrap_or(&row.id)))
        .child(
            el("p.session-steps")
                .child(step(state, page, &page.previous, "Previous"))
                .child(step(state, page, &page.next, "Next")),
        )
        .child((counts.results() > 0).then(|| outcome_bar(counts, 0)));
    let rate = counts.pass_rate().map(|rate| format::rate(Some(rate)));
    let facts = [
        ("Started", row.started.as_deref().map(format::moment)),
        ("Duration", row.duration_s.map(|seconds| format::duration(Some(seconds)))),
        ("Test time", Some(format::duration(Some(counts.duration_s)))),
        ("Results", Some(format::count(counts.results()))),
        ("Pass rate", rate),
        ("Host", page.hostname.clone()),
    ];
    let facts = facts.into_iter().filter_map(|(name, value)| {
        Some(el("div").child(el("dt").child(name)).child(el("dd").child(value?)))
    });
    let identity = &page.identity;
    let known = [
        ("DUT", Some(&identity.dut)),
        ("Unit", identity.unit.as_ref()),
        ("Build", identity.build.as_ref()),
        ("Session", Some(&identity.session)),
    ];
    let known = known.into_iter().filter_map(|(name, known)| known.map(|known| identity_row(name, known)));
    let files = page.files.iter().map(|file| {
        let link = el("a").attr("href", "?view=files").child(&file.path);
        let link = link.on("click", move |event: &MouseEvent| {
            if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                event.prevent_default();
                state.navigate(true, |view| view.go(Route::Files));
            }
        });
        let results = format::plural(file.results, "result");
        let about = format!("{}, {}, {results}", file.format, file.status.word());
        el("li").child(link).child(el("span.hint").child(about))
    });
    el("div")
        .child(head)
        .child(el("dl.facts").children(facts))
        .child(section("Identity and evidence", el("table.pairs").children(known)))
        .child(pairs("Attributes of the DUT", &page.attributes))
        .child(pairs("Properties and environment", &page.properties))
        .child(section("Files", el("ul.session-files").children(files)))
        .children(page.texts.iter().map(|(title, text)| text_section(title, text)))
}

/// What a terminal showed of the session.
fn text_section(title: &str, text: &str) -> El {
    let text: Rc<str> = text.into();
    let held: Held = Rc::new(move |read| read(&text));
    section(title, long_text(title, held, RwSignal::new(false)))
}

/// To the session of the DUT before or after.
fn step(state: State, page: &SessionPage, to: &Option<String>, name: &'static str) -> El {
    let to = to.as_ref().map(|to| key(&page.row.dut, to));
    let is_there = to.is_some();
    let go = move || {
        if to.is_some() {
            state.navigate(true, |view| view.session.clone_from(&to));
        }
    };
    let button = small_button(name, go)
        // The id is that by which it keeps the focus when it was pressed.
        .attrs(&[("id", name), ("aria-label", &format!("{name} session of {}", page.row.dut))]);
    if is_there { button } else { button.attr("aria-disabled", "true") }
}

fn section(title: &str, content: El) -> El {
    el("section").attr("aria-label", title).child(el("h3").child(title)).child(content)
}

fn pair(name: &str, value: &str) -> El {
    el("tr").child(el("th").attr("scope", "row").child(name)).child(el("td").child(value))
}

fn identity_row(name: &str, known: &Identified) -> El {
    let class = if known.evidence.doubtful { "note-warning" } else { "hint" };
    let evidence = el("td").child(coded(el("span").class(class), &known.evidence.words()));
    pair(name, &known.value).child(evidence)
}

/// Names and values; with a filter, if they are many.
fn pairs(title: &'static str, pairs: &[(String, String)]) -> Option<El> {
    if pairs.is_empty() {
        return None;
    }
    let filter = RwSignal::new(None::<String>);
    let field = (pairs.len() > MANY_PAIRS).then(|| {
        on_text(search("Filter properties", "Filter: words, !without"), move |text| filter.set(Some(text)))
    });
    let pairs = pairs.to_vec();
    let rows = move || {
        let matcher = Filter { text: filter.get().unwrap_or_default(), ..Filter::default() }.matcher();
        let meant: Vec<_> = pairs.iter().filter(|(name, value)| matcher.matches(name, value)).collect();
        let more = meant.len().saturating_sub(PAIRS) as u32;
        let mut rows: Vec<El> = meant.iter().take(PAIRS).map(|(name, value)| pair(name, value)).collect();
        rows.extend(
            (more > 0).then(|| pair("…", &format!("and {} more: filter to see them", format::count(more)))),
        );
        rows
    };
    let table = el("table.pairs").attr("aria-label", title).live(rows);
    let content = el("div.pairs-box")
        .attrs(&[("tabindex", "0"), ("role", "region"), ("aria-label", title)])
        .child(table);
    Some(section(title, el("div").child(field).child(content)))
}
