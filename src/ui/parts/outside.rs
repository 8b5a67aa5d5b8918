//! Links to other sites.

use crate::analyze::SessionLinks;
use crate::browser::document;
use crate::model::LinkTemplates;
use crate::query::{fill_in, is_web_address, split_line};
use crate::ui::stores::use_navigation;
use leptos::prelude::*;

/// A text, which is a link if it is an address of the web. The other site does not learn where it was on.
#[component]
pub fn OutsideText(text: String) -> impl IntoView {
    match is_web_address(&text) {
        true => view! { <OutsideLink href=text.clone() text=text /> }.into_any(),
        false => text.into_any(),
    }
}

/// A link to another site.
#[component]
pub fn OutsideLink(href: String, text: String) -> impl IntoView {
    view! {
        <a href=href target="_blank" rel="noopener noreferrer">
            {text}
        </a>
    }
}

/// The keys of the templates that a person typed.
const KEYS: [&str; 2] = ["link-test", "link-commit"];

/// What a person typed comes before what sessions say: in the address, else as this browser remembers it.
pub fn with_typed(links: &SessionLinks, typed: &LinkTemplates) -> SessionLinks {
    let [test, commit] = KEYS.map(|key| document::remembered(key).unwrap_or_default());
    let typed = typed.clone().or(&LinkTemplates { test, commit });
    SessionLinks { templates: typed.or(&links.templates), ..links.clone() }
}

/// Fields for the templates, which become part of the address, and which this browser remembers.
#[component]
pub fn LinkFields(links: SessionLinks) -> impl IntoView {
    let navigation = use_navigation();
    let shown = Memo::new(move |_| navigation.view.with(|view| with_typed(&links, &view.links)).templates);
    let set = move |key: &'static str, value: String| {
        let value = value.trim().to_owned();
        document::remember_or_forget(key, Some(value.as_str()).filter(|value| !value.is_empty()));
        navigation.replace(|view| match key {
            "link-test" => view.links.test = value,
            _ => view.links.commit = value,
        });
    };
    let [test, commit] = KEYS;
    view! {
        <details class="link-fields">
            <summary>"Links to tests and commits"</summary>
            <label>
                "Address of a test, with {path}, {line}, {test} and {commit}"
                <input
                    class="field"
                    type="url"
                    prop:value=move || shown.with(|shown| shown.test.clone())
                    on:change:target=move |event| set(test, event.target().value())
                />
            </label>
            <label>
                "Address of a commit, with {commit}"
                <input
                    class="field"
                    type="url"
                    prop:value=move || shown.with(|shown| shown.commit.clone())
                    on:change:target=move |event| set(commit, event.target().value())
                />
            </label>
        </details>
    }
}

/// The address of a test's source, if it is known where that is.
pub fn test_address(links: &SessionLinks, location: &str, test: &str) -> Option<String> {
    let (path, line) = split_line(location);
    let below = if links.root.is_empty() { None } else { path.strip_prefix(links.root.as_str()) };
    let path = below.unwrap_or(path).trim_start_matches("./").trim_start_matches('/');
    fill_in(&links.templates.test, |name| match name {
        "path" => Some(path.to_owned()),
        "line" => line.map(str::to_owned),
        "test" => Some(test.to_owned()),
        "commit" => Some(links.commit.clone()),
        _ => None,
    })
}

/// The address of a session's commit, if it is known.
pub fn commit_address(links: &SessionLinks) -> Option<String> {
    fill_in(&links.templates.commit, |name| (name == "commit").then(|| links.commit.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_becomes_an_address() {
        let links = SessionLinks {
            templates: LinkTemplates {
                test: "https://git/{commit}/{path}#L{line}".to_owned(),
                commit: "https://git/{commit}".to_owned(),
            },
            commit: "4f1c".to_owned(),
            root: "/builds/audio".to_owned(),
        };
        let of = |location| test_address(&links, location, "test_x");
        assert_eq!(of("tests/a.py:12").as_deref(), Some("https://git/4f1c/tests/a.py#L12"));
        assert_eq!(of("/builds/audio/tests/a.py:12").as_deref(), Some("https://git/4f1c/tests/a.py#L12"));
        assert_eq!(of("./tests/a.py").as_deref(), Some("https://git/4f1c/tests/a.py"));
        assert_eq!(of(""), None);
        assert_eq!(commit_address(&links).as_deref(), Some("https://git/4f1c"));
        assert_eq!(commit_address(&SessionLinks::default()), None);
    }
}
