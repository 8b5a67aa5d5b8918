//! The DUTs of the grid: which ones are columns, in which order, and which ones
//! are pinned.

use super::GridState;
use crate::analyze::{DutLine, natural};
use crate::browser::document;
use crate::query::{ColumnOrder, Matcher, ShownDuts, View};
use crate::text::order::Order;
use crate::ui::format;
use crate::ui::parts::{CutName, Popover};
use crate::ui::stores::{Data, Navigation, use_data, use_navigation};
use leptos::ev::KeyboardEvent;
use leptos::html::Input;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// How many DUTs the menu lists; the search finds others.
const LISTED: usize = 100;

/// The number of shown DUTs, if some are hidden. Pressing it shows all.
#[component]
pub fn HiddenDuts(grid: GridState) -> impl IntoView {
    let navigation = use_navigation();
    let words = Memo::new(move |_| {
        let (shown, duts) = grid.duts.get();
        (shown < duts).then(|| format!("{} of {} shown", format::count(shown), format::plural(duts, "DUT")))
    });
    let chip = move || {
        let words = words.get()?;
        Some(view! {
            <button
                type="button"
                class="chip chip-remove"
                aria-label=format!("{words}, show all")
                title="Show all DUTs"
                on:click=move |_| show_all(navigation)
            >
                <span class="line">{words.clone()}</span>
            </button>
        })
    };
    view! { <span class="filter-dut">{chip}</span> }
}

/// Shows all DUTs.
pub fn show_all(navigation: Navigation) {
    navigation.push(|view| view.duts.shown = ShownDuts::All);
}

/// Hides a DUT.
pub fn hide(navigation: Navigation, data: Data, dut: &str) {
    let duts = data.overview.get_untracked();
    let duts: Vec<&str> =
        duts.iter().flat_map(|overview| &overview.duts).map(|dut| dut.name.as_str()).collect();
    navigation.push(|view| view.duts.shown.set(&duts, &[dut], false));
}

/// Pins a DUT, or unpins it.
pub fn toggle_pin(navigation: Navigation, dut: &str) {
    navigation.push(|view| {
        let pinned = &mut view.duts.pinned;
        if pinned.iter().any(|name| name == dut) {
            pinned.retain(|name| name != dut);
        } else {
            pinned.push(dut.to_owned());
        }
    });
}

/// The menu of DUTs; none if there is only one.
#[component]
pub fn DutMenu(grid: GridState) -> impl IntoView {
    let has_several = Memo::new(move |_| grid.duts.get().1 > 1);
    view! {
        <Show when=move || has_several.get()>
            <Popover label="DUTs" name="DUTs" title="Choose, pin and sort the columns">
                <DutPanel />
            </Popover>
        </Show>
    }
}

/// What the menu of DUTs knows.
#[derive(Clone, Copy)]
struct Panel {
    navigation: Navigation,
    /// All DUTs: name and number of failing results, in the order of columns.
    duts: Memo<Vec<(String, u32)>>,
    /// The words of the search.
    search: RwSignal<String>,
}

impl Panel {
    fn new() -> Panel {
        let (navigation, data) = (use_navigation(), use_data());
        let duts = Memo::new(move |_| {
            let is_worst_first = navigation.view.with(|view| view.duts.order == ColumnOrder::Worst);
            let line = |dut: &DutLine| (dut.name.clone(), dut.counts.failing());
            // The overview has the worst first.
            let overview = data.overview.get();
            let mut duts: Vec<_> = overview.iter().flat_map(|overview| &overview.duts).map(line).collect();
            if !is_worst_first {
                duts.order_by(|(a, _), (b, _)| natural::compare(a, b));
            }
            duts
        });
        Panel { navigation, duts, search: RwSignal::new(String::new()) }
    }

    /// The DUTs with the words of the search.
    fn found(self) -> Vec<(String, u32)> {
        let matcher = self.search.with(|search| Matcher::new(search));
        self.duts.with(|duts| duts.iter().filter(|(name, _)| matcher.matches("", name)).cloned().collect())
    }

    /// A DUT is shown; the one of the filter always is.
    fn is_shown(self, dut: &str) -> bool {
        let shown = self.navigation.view.with(|view| {
            self.duts.with(|duts| {
                let names: Vec<&str> = duts.iter().map(|(name, _)| name.as_str()).collect();
                let at = names.iter().position(|name| *name == dut)?;
                view.duts.shown.among(&names).get(at).copied()
            })
        });
        shown.unwrap_or_default() || self.is_filtered_by(dut)
    }

    fn is_filtered_by(self, dut: &str) -> bool {
        self.navigation.view.with(|view| view.filter.dut.as_deref() == Some(dut))
    }

    fn is_pinned(self, dut: &str) -> bool {
        self.navigation.view.with(|view| view.duts.pinned.iter().any(|name| name == dut))
    }

    /// Changes which DUTs are shown. `change` receives all names.
    fn choose(self, change: impl FnOnce(&mut ShownDuts, &[&str])) {
        self.duts.with_untracked(|duts| {
            let names: Vec<&str> = duts.iter().map(|(name, _)| name.as_str()).collect();
            self.navigation.push(|view| change(&mut view.duts.shown, &names));
        });
    }

    fn set_shown(self, dut: &str, is_shown: bool) {
        self.choose(|shown, duts| shown.set(duts, &[dut], is_shown));
    }

    /// Shows or hides all DUTs with the words of the search.
    fn set_found(self, is_shown: bool) {
        let found = untrack(|| self.found());
        let found: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        self.choose(|shown, duts| shown.set(duts, &found, is_shown));
    }

    /// Shows the DUTs with the words of the search, and no others.
    fn show_only_found(self) {
        let found = untrack(|| self.found());
        let found: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        self.choose(|shown, duts| {
            shown.set(duts, duts, false);
            shown.set(duts, &found, true);
        });
    }
}

/// The content of the menu.
#[component]
fn DutPanel() -> impl IntoView {
    let panel = Panel::new();
    let found = Memo::new(move |_| panel.found());
    let listed = move || found.with(|found| found.iter().take(LISTED).cloned().collect::<Vec<_>>());
    let rest = move || found.with(|found| found.len().saturating_sub(LISTED) as u32);
    let more = move || {
        let words = format!("{} more: type a part of the name to find them", format::count(rest()));
        (rest() > 0).then(|| view! { <p class="hint">{words}</p> })
    };
    view! {
        <fieldset class="column-order">
            <legend>"Sort columns"</legend>
            <ColumnOrderChoice label="By name" order=ColumnOrder::Name />
            <ColumnOrderChoice label="Most failures first" order=ColumnOrder::Worst />
        </fieldset>
        <DutSearch panel=panel />
        <DutButtons panel=panel />
        <ul class="dut-list" on:keydown=move_in_list>
            <For
                each=listed
                key=|line| line.clone()
                children=move |(name, failing)| view! { <DutEntry panel=panel name=name failing=failing /> }
            />
        </ul>
        <Show when=move || found.with(Vec::is_empty)>
            <p class="hint">"No DUTs match."</p>
        </Show>
        {more}
        <p class="hint">"Filters and counts cover only the shown DUTs; downloads cover all."</p>
    }
}

/// Arrows move from DUT to DUT, between their checkboxes or between their pins.
fn move_in_list(event: KeyboardEvent) {
    let step = match event.key().as_str() {
        "ArrowDown" => Element::next_element_sibling,
        "ArrowUp" => Element::previous_element_sibling,
        _ => return,
    };
    let Some(focused) = document::focused() else {
        return;
    };
    // The DUT of the filter cannot be changed.
    let target = if focused.tag_name() == "BUTTON" { "button:enabled" } else { "input:enabled" };
    let entry = focused.closest("li").ok().flatten();
    let mut entries = std::iter::successors(entry, step).skip(1);
    if let Some(next) = entries.find_map(|entry| entry.query_selector(target).ok().flatten()) {
        event.prevent_default();
        document::focus(next.dyn_ref());
    }
}

#[component]
fn DutSearch(panel: Panel) -> impl IntoView {
    let field = NodeRef::<Input>::new();
    let typed = move |_| {
        if let Some(field) = field.get_untracked() {
            panel.search.set(field.value());
        }
    };
    view! {
        <input
            class="field"
            type="search"
            aria-label="Find DUTs"
            placeholder="Find DUTs"
            autocomplete="off"
            spellcheck="false"
            node_ref=field
            on:input=typed
        />
    }
}

/// Buttons for all DUTs, or for those that the search found.
#[component]
fn DutButtons(panel: Panel) -> impl IntoView {
    let is_searching = Memo::new(move |_| panel.search.with(|search| !search.trim().is_empty()));
    let label = move |found, all| move || if is_searching.get() { found } else { all };
    view! {
        <span class="popover-buttons">
            <button type="button" class="button button-small" on:click=move |_| panel.set_found(true)>
                {label("Show matches", "Show all")}
            </button>
            <button type="button" class="button button-small" on:click=move |_| panel.set_found(false)>
                {label("Hide matches", "Hide all")}
            </button>
            <Show when=move || is_searching.get()>
                <button type="button" class="button button-small" on:click=move |_| panel.show_only_found()>
                    "Only matches"
                </button>
            </Show>
        </span>
    }
}

/// A DUT: whether it is shown, and whether it is pinned.
#[component]
fn DutEntry(panel: Panel, name: String, failing: u32) -> impl IntoView {
    let name = StoredValue::new(name);
    let dut = move || name.get_value();
    let is_first = Memo::new(move |_| panel.is_filtered_by(&dut()));
    let why = move || is_first.get().then_some("The filter is about this DUT, so it is the first column");
    let failures = (failing > 0)
        .then(|| view! { <span class="grid-figure o-failed">{format!("{} failing", format::count(failing))}</span> });
    view! {
        <li title=why>
            <label>
                <input
                    type="checkbox"
                    prop:checked=move || panel.is_shown(&dut())
                    disabled=move || is_first.get()
                    on:change=move |event| panel.set_shown(&dut(), event_target_checked(&event))
                />
                <CutName name=dut() />
                {failures}
            </label>
            <button
                type="button"
                class="button button-icon pin"
                title="Keep its column at the left"
                aria-label=move || format!("Pin {}", dut())
                aria-pressed=move || (is_first.get() || panel.is_pinned(&dut())).to_string()
                disabled=move || is_first.get()
                on:click=move |_| toggle_pin(panel.navigation, &dut())
            ></button>
        </li>
    }
}

#[component]
fn ColumnOrderChoice(label: &'static str, order: ColumnOrder) -> impl IntoView {
    let navigation = use_navigation();
    view! {
        <label>
            <input
                type="radio"
                name="column-order"
                prop:checked=move || navigation.view.with(|view| view.duts.order) == order
                on:change=move |_| navigation.push(|view: &mut View| view.duts.order = order)
            />
            {label}
        </label>
    }
}
