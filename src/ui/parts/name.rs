//! The name of a test.

use leptos::prelude::*;

/// Suite and class, dimmed, then the name; the whole on hover.
#[component]
pub fn TestName(suite: String, class: String, name: String) -> impl IntoView {
    let around = [suite.as_str(), class.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" › ");
    let whole = if around.is_empty() { name.clone() } else { format!("{around} › {name}") };
    view! {
        <span class="test-name" title=whole>
            <span class="test-name-name">{name}</span>
            {(!around.is_empty()).then(|| view! { <span class="test-name-around">{around}</span> })}
        </span>
    }
}
