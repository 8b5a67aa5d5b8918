//! The map of DUTs over builds: a row per DUT, a cell per build.

use super::order::BuildOrder;
use crate::analyze::{BuildsBy, HistoryCell, HistoryRow, HistoryWindow};
use crate::browser::document;
use crate::engine::GetHistory;
use crate::ui::format;
use crate::ui::parts::{Span, VirtualList};
use crate::ui::stores::use_navigation;
use gloo_timers::callback::Timeout;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use std::fmt::Write;

/// The height of a row, and of the head, in pixels.
const ROW: u32 = 32;

/// A cell: its row, and its build.
type Place = (u32, u32);

/// The map. Arrows move in it, Enter opens a session.
#[component]
pub fn HistoryMap() -> impl IntoView {
    let list = VirtualList::new(ROW, |span: Span| GetHistory { from: span.first, count: span.count });
    let active = RwSignal::new((0, 0));
    let builds = Memo::new(move |_| list.with(|window| window.builds.clone()).unwrap_or_default());
    // The newest builds are on screen first.
    Effect::new(move || {
        if let Some(scroller) = list.scroller.get().filter(|_| builds.with(|builds| !builds.is_empty())) {
            Timeout::new(0, move || scroller.set_scroll_left(scroller.scroll_width())).forget();
        }
    });
    // Tab leads to the active cell, or to another one if it is out of view or its DUT has no session.
    let entry = Memo::new(move |_| {
        let newest = |row: u32| {
            let last = |row: &HistoryRow| row.cells.iter().rposition(Option::is_some);
            Some((row, list.row(row, |_, row| last(row)).flatten()? as u32))
        };
        let (row, build) = active.get();
        let has_session = list
            .row(row, |_, row| row.cells.get(build as usize).is_some_and(Option::is_some))
            .unwrap_or_default();
        let mut rendered = list.rendered.get();
        if has_session && rendered.contains(&row) { Some((row, build)) } else { rendered.find_map(newest) }
    });
    let head = move || {
        let name = |build: String| {
            view! {
                <div role="columnheader" class="line" title=build.clone()>
                    {build.clone()}
                </div>
            }
        };
        builds.get().into_iter().map(name).collect_view()
    };
    let tracks =
        move || format!("minmax(140px, 2fr) repeat({}, minmax(72px, 1fr))", builds.with(Vec::len).max(1));
    view! {
        <div class="history-note">
            <p class="hint">{move || list.with(note)}</p>
            <BuildOrder />
        </div>
        <div class="list-scroller history-map" node_ref=list.scroller on:scroll=move |_| list.on_scroll()>
            <div
                class="list-table"
                role="grid"
                aria-label="DUTs over builds"
                aria-rowcount=move || (list.total() + 1).to_string()
                style=("--row-height", format!("{ROW}px"))
                style=("--head-height", format!("{ROW}px"))
                style=("--tracks", tracks)
                style:height=move || format!("{}px", ROW + ROW * list.total())
                on:keydown=move |event| press(&event, active, list.total(), builds.with_untracked(Vec::len) as u32)
            >
                <div class="list-head" role="row" aria-rowindex="1">
                    <div role="columnheader">"DUT"</div>
                    {head}
                </div>
                <For
                    each=move || list.rendered.get()
                    key=|index| *index
                    children=move |index| view! { <MapRow list=list index=index active=active entry=entry /> }
                />
            </div>
        </div>
    }
}

/// What the map shows, and in which order.
fn note(window: &HistoryWindow) -> String {
    let mut note =
        "Pass rate of each DUT's last session with a build; ▲ and ▼ compare the tests that it has \
                    in common with the previous session. "
            .to_owned();
    note.push_str(match window.by {
        BuildsBy::Chosen => "Builds are in the order that you chose.",
        BuildsBy::Start => "Builds are in the order of their first session.",
        BuildsBy::Name => {
            "Builds are in the order of their names, because not every session has a start time."
        }
    });
    if window.builds_left_out > 0 {
        // Writing to a string cannot fail.
        let _ = write!(note, " {} are not shown.", format::plural(window.builds_left_out, "older build"));
    }
    note
}

/// A DUT.
#[component]
fn MapRow(
    list: VirtualList<HistoryWindow>,
    index: u32,
    active: RwSignal<Place>,
    /// The cell that Tab leads to.
    entry: Memo<Option<Place>>,
) -> impl IntoView {
    let content = move || {
        list.row(index, |window, row| {
            let cells = (0..).zip(&row.cells).zip(&window.builds).map(|((at, cell), build)| match cell {
                Some(cell) => cell_view(row, cell, build, (index, at), (active, entry)).into_any(),
                None => view! { <div role="gridcell" class="hint">"–"</div> }.into_any(),
            });
            let dut = row.dut.clone();
            view! {
                <div role="rowheader" class="line" title=dut.clone()>
                    {dut.clone()}
                </div>
                {cells.collect_view()}
            }
        })
    };
    view! {
        <div
            class="list-row"
            role="row"
            aria-rowindex=(index + 2).to_string()
            style:transform=format!("translateY({}px)", ROW + ROW * index)
        >
            {content}
        </div>
    }
}

/// A session: its pass rate, and how it changed.
fn cell_view(
    row: &HistoryRow,
    cell: &HistoryCell,
    build: &str,
    place: Place,
    (active, entry): (RwSignal<Place>, Memo<Option<Place>>),
) -> impl IntoView {
    let navigation = use_navigation();
    let words = words(row, cell, build);
    let rate = cell.counts.pass_rate();
    let trend = cell.since.as_ref().and_then(|since| since.rate_before.zip(since.rate));
    let arrow = match trend {
        Some((before, now)) if now > before => "▲",
        Some((before, now)) if now < before => "▼",
        _ => "",
    };
    let tone = match rate {
        _ if cell.incomplete.is_some() => "is-incomplete",
        None => "",
        Some(rate) if rate >= 1.0 => "is-good",
        Some(_) => "is-bad",
    };
    // One failure is seen; the deepest color is for a tenth of failing tests and more.
    let depth = rate.map_or(0.0, |rate| (0.4 + (1.0 - rate) * 6.0).min(1.0));
    let key = row.session(cell);
    view! {
        <div role="gridcell">
            <button
                type="button"
                class=format!("history-cell {tone}")
                id=id_of(place)
                tabindex=move || if entry.get() == Some(place) { "0" } else { "-1" }
                style=("--depth", format!("{:.0}%", depth * 100.0))
                title=words.clone()
                aria-label=words.clone()
                on:focus=move |_| active.set(place)
                on:click=move |_| navigation.push(|view| view.session = Some(key.clone()))
            >
                {format::rate(rate)}
                <i aria-hidden="true">{arrow}</i>
            </button>
        </div>
    }
}

/// A cell in words.
fn words(row: &HistoryRow, cell: &HistoryCell, build: &str) -> String {
    let counts = &cell.counts;
    let mut words = format!(
        "{}, {build}: {}, {} failing of {}",
        row.dut,
        format::rate(counts.pass_rate()),
        format::count(counts.failing()),
        format::plural(counts.results(), "result")
    );
    // Writing to a string cannot fail.
    if let Some(since) = &cell.since {
        let _ = write!(
            words,
            ". {} in common with the previous session: {} → {}; {} added, {} removed",
            format::plural(since.common, "test"),
            format::rate(since.rate_before),
            format::rate(since.rate),
            format::count(since.added),
            format::count(since.removed)
        );
    }
    if let Some(reason) = &cell.incomplete {
        let _ = write!(words, ". Incomplete: {reason}");
    }
    if cell.sessions > 1 {
        let _ = write!(words, ". The last of {}", format::plural(cell.sessions, "session"));
    }
    words
}

fn id_of((row, build): Place) -> String {
    format!("history-{row}-{build}")
}

/// Moves to the next cell that has a session.
fn press(event: &KeyboardEvent, active: RwSignal<Place>, rows: u32, builds: u32) {
    let (down, right) = match event.key().as_str() {
        "ArrowDown" => (1, 0),
        "ArrowUp" => (-1, 0),
        "ArrowRight" => (0, 1),
        "ArrowLeft" => (0, -1),
        _ => return,
    };
    event.prevent_default();
    let step = |(row, build): Place| Some((row.checked_add_signed(down)?, build.checked_add_signed(right)?));
    let within = |&(row, build): &Place| row < rows && build < builds;
    let mut places =
        std::iter::successors(step(active.get_untracked()), |&place| step(place)).take_while(within);
    let next = places.find_map(|place| Some((place, document::find(&format!("#{}", id_of(place)))?)));
    if let Some((place, element)) = next {
        active.set(place);
        document::focus(Some(&element));
    }
}
