//! The details of one result.

mod chips;
mod head;
mod measurements;
mod texts;

use crate::analyze::ResultPage;
use crate::browser::document;
use crate::engine::GetResult;
use crate::query::Selection;
use crate::ui::format;
use crate::ui::hooks::{Answered, use_query};
use crate::ui::parts::Drawer;
use crate::ui::stores::{Navigation, use_data, use_navigation};
use chips::{History, Siblings};
use gloo_timers::callback::Timeout;
use head::{Facts, Head};
use leptos::ev::KeyboardEvent;
use leptos::html::Aside;
use leptos::prelude::*;
use std::sync::Arc;
use texts::Texts;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The setting that long lines are wrapped.
const WRAP: &str = "wrap";

/// The drawer with the result that the view selects.
#[component]
pub fn ResultDrawer() -> impl IntoView {
    let (navigation, data) = (use_navigation(), use_data());
    let selection = Memo::new(move |_| {
        let selection = navigation.view.with(|view| view.selection.clone());
        selection.filter(|_| data.has_files())
    });
    view! {
        <div>
            <Show when=move || selection.with(Option::is_some)>
                <Panel selection=selection />
            </Show>
        </div>
    }
}

/// The drawer while a result is selected.
#[component]
fn Panel(
    /// The selected result.
    selection: Memo<Option<Selection>>,
) -> impl IntoView {
    let shown = Shown::new(selection);
    let is_wrapped = RwSignal::new(document::remembered(WRAP).as_deref() == Some("true"));
    let panel = NodeRef::new();
    keep_focus(shown, panel);
    let bar = move || view! { <Bar shown=shown is_wrapped=is_wrapped /> };
    view! {
        <Drawer
            title=move || shown.title()
            close=move || shown.navigation.select(None)
            panel=panel
            bar=bar
            on:keydown=move |event| shown.press(&event)
        >
            <div
                class="drawer-body"
                aria-busy=move || shown.answered.is_pending.get().to_string()
                data-wrap=move || is_wrapped.get().then_some("")
            >
                <Show when=move || shown.page.with(Option::is_some) fallback=move || missing(shown)>
                    <Body shown=shown is_wrapped=is_wrapped />
                </Show>
            </div>
        </Drawer>
    }
}

/// The left part of the drawer's bar: the way through the failing tests.
#[component]
fn Bar(
    shown: Shown,
    /// Whether long lines are wrapped.
    is_wrapped: RwSignal<bool>,
) -> impl IntoView {
    let wrap = move |_| {
        is_wrapped.update(|is_wrapped| *is_wrapped = !*is_wrapped);
        document::remember(WRAP, if is_wrapped.get_untracked() { "true" } else { "" });
    };
    // Not `disabled`: the button would lose the focus.
    let is_disabled = move |step| shown.target(step).is_none().then_some("true");
    view! {
        <button
            type="button"
            class="button button-small step-previous"
            title="The failing test before this one ([ or p)"
            aria-disabled=move || is_disabled(Step::Previous)
            on:click=move |_| shown.go(Step::Previous)
        >
            "Previous failing"
        </button>
        <span class="drawer-place" role="status">
            {move || shown.place()}
        </span>
        <button
            type="button"
            class="button button-small step-next"
            title="The failing test after this one (] or n)"
            aria-disabled=move || is_disabled(Step::Next)
            on:click=move |_| shown.go(Step::Next)
        >
            "Next failing"
        </button>
        <span class="drawer-space"></span>
        <button
            type="button"
            class="button button-small toggle"
            aria-pressed=move || is_wrapped.get().to_string()
            on:click=wrap
        >
            "Wrap lines"
        </button>
    }
}

/// The message while there is no result.
fn missing(shown: Shown) -> impl IntoView {
    let is_answered = move || shown.answered.answer.with(Option::is_some);
    view! {
        <Show when=is_answered fallback=|| view! { <p class="hint">"Reading…"</p> }>
            <p class="nothing">
                "This result isn't in the loaded files. Drop the matching files to see it."
            </p>
        </Show>
    }
}

/// A result: its head, its facts and its texts.
#[component]
fn Body(
    shown: Shown,
    /// Whether long lines are wrapped.
    is_wrapped: RwSignal<bool>,
) -> impl IntoView {
    let head = move || shown.page.get().map(|page| view! { <Head page=page /> });
    let side = move || {
        let (page, selection) = (shown.page.get()?, shown.selection.get_untracked()?);
        Some(view! {
            <Facts page=page.clone() />
            <Siblings page=page.clone() selection=selection.clone() />
            <History page=page selection=selection />
        })
    };
    let texts = move || shown.page.get().map(|page| view! { <Texts page=page is_wrapped=is_wrapped /> });
    view! {
        {head}
        <div class="result-body">
            <div class="result-side">{side}</div>
            // New elements for another result: its texts start unfolded and not scrolled.
            <For each=move || shown.page.get() key=|page| identity(page) children=move |_| texts />
        </div>
    }
}

/// The identity of a result.
fn identity(page: &ResultPage) -> [String; 5] {
    [&page.dut, &page.session, &page.suite, &page.class, &page.name].map(String::clone)
}

/// A direction through the failing tests.
#[derive(Clone, Copy)]
enum Step {
    Previous,
    Next,
}

/// The selected result and its page.
#[derive(Clone, Copy)]
struct Shown {
    navigation: Navigation,
    selection: Memo<Option<Selection>>,
    answered: Answered<Option<Box<ResultPage>>>,
    /// The result. The one before stays until the next one is there.
    page: Memo<Option<Arc<ResultPage>>>,
}

impl Shown {
    fn new(selection: Memo<Option<Selection>>) -> Shown {
        let answered = use_query(move || selection.get().map(GetResult));
        // New data often leaves a result as it is.
        let page = Memo::new(move |_| {
            answered.answer.with(|answer| answer.as_deref()?.as_deref().cloned().map(Arc::new))
        });
        Shown { navigation: use_navigation(), selection, answered, page }
    }

    fn with<T>(self, read: impl FnOnce(&ResultPage) -> T) -> Option<T> {
        self.page.with(|page| page.as_deref().map(read))
    }

    fn title(self) -> String {
        let shown = self.with(|page| (page.name.clone(), page.dut.clone()));
        let selected = || self.selection.get().map(|selection| (selection.name, selection.dut));
        let (name, dut) = shown.or_else(selected).unwrap_or_default();
        format!("Details of {name} on {dut}")
    }

    /// Where the result is among the failing tests, in words.
    fn place(self) -> String {
        match self.with(|page| (page.failing_place, page.failing_total)).unwrap_or_default() {
            (Some(place), total) => format!("{} of {}", format::count(place), format::count(total)),
            (None, 0) => "no failing tests".to_owned(),
            (None, total) => format!("{} failing", format::count(total)),
        }
    }

    /// The failing test that a step leads to; `None` at the end.
    fn target(self, step: Step) -> Option<Selection> {
        self.with(|page| match step {
            Step::Previous => page.previous_failing.clone(),
            Step::Next => page.next_failing.clone(),
        })?
    }

    fn go(self, step: Step) {
        if let Some(selection) = untrack(|| self.target(step)) {
            self.navigation.select(Some(selection));
        }
    }

    /// Handles the keys for steps.
    fn press(self, event: &KeyboardEvent) {
        let is_command = event.ctrl_key() || event.alt_key() || event.meta_key();
        let step = match event.key().as_str() {
            // Many keyboards type these with AltGr, which is Control and Alt.
            "[" => Step::Previous,
            "]" => Step::Next,
            "p" if !is_command => Step::Previous,
            "n" if !is_command => Step::Next,
            _ => return,
        };
        event.prevent_default();
        self.go(step);
    }
}

/// Keeps the focus in the drawer while its result changes, so that keys work.
fn keep_focus(shown: Shown, panel: NodeRef<Aside>) {
    // A person chose another result in the view behind: the details get the focus.
    Effect::new(move || {
        let is_selected = shown.selection.with(Option::is_some);
        let panel = panel.get_untracked().filter(|panel| is_selected && !document::has_focus_in(panel));
        document::focus(panel.as_deref().map(JsCast::unchecked_ref));
    });
    Effect::new(move || {
        shown.page.track();
        // The result is rendered by then.
        Timeout::new(0, move || {
            if let Some(panel) = panel.try_get_untracked().flatten() {
                document::focus(next_focus(&panel).as_ref());
            }
        })
        .forget();
    });
}

/// What gets the focus in a drawer that shows another result; `None` to leave
/// the focus where it is.
fn next_focus(panel: &HtmlElement) -> Option<HtmlElement> {
    if document::is_unfocused() {
        return Some(panel.clone());
    }
    // A long history moves below the focus, which stays with the result shown.
    let list = document::focused()?.closest("ol.dut-chips").ok().flatten()?;
    list.query_selector("[aria-current]").ok().flatten()?.dyn_into().ok()
}
