//! Links to other views.

use crate::query::View;
use crate::ui::stores::use_navigation;
use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// A link to the view after a change. A click shows it in place; with a modifier
/// key, or on another mouse button, the browser opens a tab.
#[component]
pub fn ViewLink(
    /// Changes the present view to the one that the link leads to.
    to: impl Fn(&mut View) + Clone + Send + Sync + 'static,
    /// What is on it; without, it needs an `aria-label`.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let navigation = use_navigation();
    let go = to.clone();
    view! {
        <a
            href=move || navigation.href(&to)
            on:click=move |event| {
                if takes_over(&event) {
                    navigation.push(&go);
                }
            }
        >
            {children.map(|children| children())}
        </a>
    }
}

/// Takes a click over from the browser, unless it is for a new tab or window.
/// The one rule for links that change the page in place.
pub fn takes_over(event: &MouseEvent) -> bool {
    let is_plain = !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key());
    let takes_over = is_plain && event.button() == 0 && !event.default_prevented();
    if takes_over {
        event.prevent_default();
    }
    takes_over
}
