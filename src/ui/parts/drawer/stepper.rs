//! The buttons that lead from detail to detail.

use crate::analyze::Steps;
use crate::browser::document;
use crate::ui::format;
use crate::ui::hooks::on_window;
use leptos::ev::{self, KeyboardEvent};
use leptos::prelude::*;

/// A direction in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Previous,
    Next,
}

/// The keys for both directions.
#[derive(Clone, Copy)]
pub struct StepKeys {
    /// Lead to the entry before.
    pub previous: &'static [&'static str],
    /// Lead to the entry after.
    pub next: &'static [&'static str],
}

/// The keys that step through the list.
pub const LIST_KEYS: StepKeys = StepKeys { previous: &["k", "["], next: &["j", "]"] };

/// Two buttons with arrows, and the place in the list.
#[component]
pub fn Stepper<T: Clone + PartialEq + Send + Sync + 'static>(
    /// What they step through: completes "Next …".
    noun: &'static str,
    /// The keys, while the focus is in the drawer.
    keys: StepKeys,
    /// A visible label; "" for none.
    #[prop(optional)]
    label: &'static str,
    /// The entries before and after; `None` while they are unknown.
    #[prop(into)]
    steps: Signal<Option<Steps<T>>>,
    /// Goes to an entry.
    go: impl Fn(T) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let target = move |direction| steps.with(|steps| target_of(steps.as_ref()?, direction));
    let step = move |direction| {
        if let Some(target) = untrack(|| target(direction)) {
            go(target);
        }
    };
    on_window(ev::keydown, move |event| {
        if let Some(direction) = direction_of(&event, keys).filter(|_| is_in_drawer()) {
            event.prevent_default();
            step(direction);
        }
    });
    let button = move |direction, class, name: &str, keys: &[&str]| {
        let name = format!("{name} {noun}");
        view! {
            <button
                type="button"
                class=format!("button button-icon button-small {class}")
                title=format!("{name} ({})", keys.join(" or "))
                aria-label=name
                // Not `disabled`: the button would lose the focus.
                aria-disabled=move || target(direction).is_none().then_some("true")
                on:click=move |_| step(direction)
            ></button>
        }
    };
    let place = move || steps.with(|steps| steps.as_ref().map(place_of).unwrap_or_default());
    view! {
        <div class="stepper">
            {(!label.is_empty()).then(|| view! { <span class="stepper-label">{label}</span> })}
            {button(Direction::Previous, "step-previous", "Previous", keys.previous)}
            {button(Direction::Next, "step-next", "Next", keys.next)}
            <span class="drawer-place" role="status">
                {place}
            </span>
        </div>
    }
}

fn target_of<T: Clone>(steps: &Steps<T>, direction: Direction) -> Option<T> {
    match direction {
        Direction::Previous => steps.previous.clone(),
        Direction::Next => steps.next.clone(),
    }
}

fn direction_of(event: &KeyboardEvent, keys: StepKeys) -> Option<Direction> {
    let key = event.key();
    // Many keyboards type brackets with AltGr, which is Control and Alt.
    let is_command = (event.ctrl_key() || event.alt_key() || event.meta_key()) && key != "[" && key != "]";
    if is_command || event.default_prevented() || document::is_typing() {
        return None;
    }
    let is_key = |keys: &[&str]| keys.contains(&key.as_str());
    is_key(keys.previous)
        .then_some(Direction::Previous)
        .or_else(|| is_key(keys.next).then_some(Direction::Next))
}

fn is_in_drawer() -> bool {
    document::focused().is_some_and(|focused| focused.closest(".drawer").ok().flatten().is_some())
}

/// Where an entry is in its list, in words.
fn place_of<T>(steps: &Steps<T>) -> String {
    match (steps.place, steps.total) {
        (Some(place), total) => format!("{} of {}", format::count(place), format::count(total)),
        (None, 0) => "none".to_owned(),
        (None, total) => format!("– of {}", format::count(total)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_words() {
        let place =
            |place, total| place_of(&Steps::<()> { place, total, line: None, previous: None, next: None });
        assert_eq!(place(Some(3), 14), "3 of 14");
        assert_eq!(place(None, 14), "– of 14");
        assert_eq!(place(None, 0), "none");
    }
}
