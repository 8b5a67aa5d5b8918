//! The filter over a list.

use super::Popover;
use crate::browser::document;
use crate::query::{Filter, OutcomeFilter, View};
use crate::ui::stores::{use_data, use_navigation};
use leptos::html::Input;
use leptos::prelude::*;

/// Filters that are in the menu "More", unless there are few.
const RARE: [OutcomeFilter; 2] = [OutcomeFilter::OnlyOneDut, OutcomeFilter::Flaky];

/// The filter over tests: a field for words, and a chip for each outcome filter
/// that makes sense for the data.
#[component]
pub fn FilterBar(
    /// More filters, which only this view has.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (navigation, data) = (use_navigation(), use_data());
    let offered = Memo::new(move |_| {
        let (has_several, has_earlier, has_issues) = data.overview.with(|overview| {
            let duts = overview.as_ref().map(|overview| overview.duts.as_slice()).unwrap_or_default();
            let has_issues = overview.as_ref().is_some_and(|overview| overview.issues > 0);
            (duts.len() > 1, duts.iter().any(|dut| dut.sessions > 1), has_issues)
        });
        // A link may ask for any filter.
        let only = navigation.view.with(|view| view.filter.only);
        let is_offered = |filter: &OutcomeFilter| {
            *filter == only || filter.makes_sense(has_several, has_earlier, has_issues)
        };
        let filters = OutcomeFilter::ALL.into_iter().filter(is_offered);
        filters.filter(|filter| *filter != OutcomeFilter::All).collect::<Vec<_>>()
    });
    let has_more = Memo::new(move |_| offered.with(|offered| RARE.iter().all(|rare| offered.contains(rare))));
    // The style sheet shows either these or the menu, depending on the room.
    let class = move |filter| if has_more.get() && RARE.contains(&filter) { "filter-rare" } else { "" };
    view! {
        <div class="filter" role="search">
            <FilterField name="Filter tests by name" placeholder="Filter tests, e.g. wifi !5GHz" />
            <div class="filter-chips">
                <For
                    each=move || offered.get()
                    key=|filter| *filter
                    children=move |filter| {
                        view! {
                            <span class=move || class(filter)>
                                <OutcomeChip only=filter />
                            </span>
                        }
                    }
                />
                <Show when=move || has_more.get()>
                    <MoreFilters />
                </Show>
                <DutFilter
                    label="On"
                    title="Only tests with results on this DUT; outcomes are those on it. Press to remove this filter"
                />
                <ClusterFilter />
                {children.map(|children| children())}
            </div>
        </div>
    }
}

/// A button that shows only tests with some outcomes, or all again.
#[component]
fn OutcomeChip(only: OutcomeFilter) -> impl IntoView {
    view! {
        <Chip
            label=only.label()
            title=format!("Show only {}", only.words())
            is_on=move |view: &View| view.filter.only == only
            toggle=move |view: &mut View, was_on| {
                view.filter.only = if was_on { OutcomeFilter::All } else { only };
            }
        />
    }
}

/// The menu with rare filters. The one that is on gives it its label.
#[component]
fn MoreFilters() -> impl IntoView {
    let navigation = use_navigation();
    let chosen = Memo::new(move |_| navigation.view.with(|view| view.filter.only));
    let is_on = Signal::derive(move || RARE.contains(&chosen.get()));
    let label = Signal::derive(move || {
        let label = if is_on.get() { chosen.get().label() } else { "More" };
        label.to_owned()
    });
    view! {
        <span class="filter-more">
            <Popover label=label name="More filters" class="chip" title="More filters" is_on=is_on>
                <div class="popover-chips">
                    {RARE.map(|only| view! { <OutcomeChip only=only /> }).collect_view()}
                </div>
            </Popover>
        </span>
    }
}

/// A field for the words of the view's filter.
#[component]
pub fn FilterField(name: &'static str, placeholder: &'static str) -> impl IntoView {
    let navigation = use_navigation();
    let field = NodeRef::<Input>::new();
    let typed = move |_| {
        if let Some(field) = field.get_untracked() {
            navigation.replace(|view| view.filter.text = field.value());
        }
    };
    Effect::new(move || {
        let text = navigation.view.with(|view| view.filter.text.clone());
        // Setting an equal value would move the cursor.
        if let Some(field) = field.get().filter(|field| field.value() != text) {
            field.set_value(&text);
        }
    });
    view! {
        <input
            class="field"
            type="search"
            id="filter-text"
            aria-label=name
            placeholder=placeholder
            autocomplete="off"
            spellcheck="false"
            node_ref=field
            on:input=typed
        />
    }
}

/// The DUT that the view is filtered by, if there is one. Pressing it removes
/// the filter.
#[component]
pub fn DutFilter(
    /// What is before the name of the DUT.
    #[prop(default = "DUT:")]
    label: &'static str,
    /// What it says on hover.
    #[prop(default = "Show all DUTs")]
    title: &'static str,
) -> impl IntoView {
    let navigation = use_navigation();
    let remove = move |_| {
        navigation.push(|view| view.filter.dut = None);
        focus_filter();
    };
    let chip = move || {
        let dut = navigation.view.with(|view| view.filter.dut.clone())?;
        let label = format!("{label} {dut}");
        Some(view! {
            <button
                type="button"
                class="chip chip-remove"
                aria-label=format!("{label}, remove this filter")
                title=title
                on:click=remove
            >
                <span class="line">{label.clone()}</span>
            </button>
        })
    };
    view! { <span class="filter-dut">{chip}</span> }
}

/// Says that only tests with one cause are shown, if that is so. Pressing it removes the filter.
#[component]
fn ClusterFilter() -> impl IntoView {
    let navigation = use_navigation();
    let remove = move |_| {
        navigation.push(|view| view.filter.cluster = None);
        focus_filter();
    };
    let chip = move || {
        let cluster = navigation.view.with(|view| view.filter.cluster.clone())?;
        Some(view! {
            <button
                type="button"
                class="chip chip-remove"
                aria-label="One cause, remove this filter"
                title=format!("Only tests with failure {cluster} of the view Failures, in any session. Press to remove this filter")
                on:click=remove
            >
                "One cause"
            </button>
        })
    };
    view! { <span class="filter-dut">{chip}</span> }
}

/// A message when no rows match, with a button that clears the filter.
#[component]
pub fn NoMatches(
    /// Whether no rows match.
    when: impl Fn() -> bool + Send + Sync + 'static,
    /// The message.
    words: impl Fn() -> String + Send + Sync + 'static,
) -> impl IntoView {
    let navigation = use_navigation();
    let is_filtered = move || navigation.view.with(|view| view.filter.is_active() || view.files.is_some());
    let clear = move |_| {
        navigation.push(|view| {
            view.filter = Filter::default();
            view.files = None;
        });
        focus_filter();
    };
    let words = StoredValue::new(words);
    view! {
        <Show when=when>
            <p class="nothing">
                {move || words.with_value(|words| words())} " "
                <Show when=is_filtered>
                    <button type="button" class="button button-small" on:click=clear>
                        "Clear filter"
                    </button>
                </Show>
            </p>
        </Show>
    }
}

/// A button that turns a setting of the view on or off.
#[component]
pub fn Chip(
    #[prop(into)] label: String,
    /// What it does, on hover; "" for nothing.
    #[prop(optional, into)]
    title: String,
    /// Whether it is on.
    is_on: impl Fn(&View) -> bool + Copy + Send + Sync + 'static,
    /// Turns it on or off; receives whether it was on.
    toggle: impl Fn(&mut View, bool) + Copy + 'static,
) -> impl IntoView {
    let navigation = use_navigation();
    let press = move |_| {
        navigation.push(|view| {
            let was_on = is_on(view);
            toggle(view, was_on);
        });
    };
    view! {
        <button
            type="button"
            class="chip"
            title=(!title.is_empty()).then_some(title)
            aria-pressed=move || navigation.view.with(is_on).to_string()
            on:click=press
        >
            {label}
        </button>
    }
}

fn focus_filter() {
    document::focus(document::find("#filter-text").as_ref());
}
