//! The document, the address bar and the settings that this browser keeps.

use gloo_storage::{LocalStorage, Storage};
use gloo_utils::{document, document_element, window};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement};

/// The first element that matches a selector.
pub fn find(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// The build of the page, which its workers must share.
pub fn build() -> String {
    let meta = document().query_selector("meta[name=passgrid-build]").ok().flatten();
    meta.and_then(|meta| meta.get_attribute("content")).unwrap_or_default()
}

/// Sets `data-passgrid` on the root element: tests and style sheets read there
/// how far the page is.
pub fn set_phase(phase: &str) {
    let _ = document_element().set_attribute("data-passgrid", phase);
}

/// Removes the static page that was shown before the app.
pub fn remove_splash() {
    if let Some(splash) = find("#splash") {
        splash.remove();
    }
}

/// The query string of the address.
pub fn query() -> String {
    window().location().search().unwrap_or_default()
}

/// Sets the query string of the address; with `push`, as a new entry of the
/// browser's history.
pub fn set_query(query: &str, push: bool) {
    let Ok(history) = window().history() else {
        return;
    };
    let address = if query.is_empty() { "?" } else { query };
    // Fails where a browser forbids it; the view is on screen all the same.
    let _ = if push {
        history.push_state_with_url(&JsValue::NULL, "", Some(address))
    } else {
        history.replace_state_with_url(&JsValue::NULL, "", Some(address))
    };
}

/// Keeps a setting in this browser. Does nothing where storage is blocked.
pub fn remember(key: &str, value: &str) {
    // `raw` panics where the browser blocks storage.
    if window().local_storage().is_ok_and(|storage| storage.is_some()) {
        let _ = LocalStorage::raw().set_item(key, value);
    }
}

/// A setting that this browser keeps.
pub fn remembered(key: &str) -> Option<String> {
    window().local_storage().ok().flatten()?.get_item(key).ok().flatten()
}

/// Sets the color scheme: "light" or "dark"; anything else follows the system.
pub fn set_theme(theme: &str) {
    let root = document_element();
    let _ = match theme {
        "light" | "dark" => root.set_attribute("data-theme", theme),
        _ => root.remove_attribute("data-theme"),
    };
}

/// The value of a custom property of the style sheets, such as `--passed`.
pub fn token(name: &str) -> String {
    let style = window().get_computed_style(&document_element()).ok().flatten();
    let value = style.and_then(|style| style.get_property_value(name).ok());
    value.unwrap_or_default().trim().to_owned()
}

/// Whether a media query matches, such as `(pointer: coarse)`.
pub fn matches_media(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// The element that has the focus.
pub fn focused() -> Option<HtmlElement> {
    document().active_element()?.dyn_into().ok()
}

/// Whether nothing in particular has the focus.
pub fn is_unfocused() -> bool {
    focused().is_none_or(|focused| focused.tag_name() == "BODY")
}

/// Whether the focus is in this element.
pub fn has_focus_in(element: &Element) -> bool {
    focused().is_some_and(|focused| element.contains(Some(&focused)))
}

/// Whether the focus is in a field that takes text itself.
pub fn is_typing() -> bool {
    focused().is_some_and(|element| match element.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => !matches!(
            element.get_attribute("type").as_deref(),
            Some("file" | "checkbox" | "radio" | "button" | "submit")
        ),
        _ => element.is_content_editable(),
    })
}

/// Focuses an element, if there is one and it is still in the document.
pub fn focus(element: Option<&HtmlElement>) {
    if let Some(element) = element.filter(|element| element.is_connected()) {
        let _ = element.focus();
    }
}

/// The message of a JavaScript error; "" if it has none.
pub fn message_of(error: &JsValue) -> String {
    let message = js_sys::Reflect::get(error, &"message".into()).ok();
    message.and_then(|text| text.as_string()).unwrap_or_default()
}
