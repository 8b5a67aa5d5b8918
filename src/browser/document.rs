//! The document, the address bar, and the settings stored in this browser.

use gloo_storage::{LocalStorage, Storage as _};
use gloo_utils::{document, document_element, window};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, Storage, UrlSearchParams};

/// The first element that matches a selector.
pub fn find(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// The build ID of the page, which its workers must have, too.
pub fn build() -> String {
    let meta = document().query_selector("meta[name=passgrid-build]").ok().flatten();
    meta.and_then(|meta| meta.get_attribute("content")).unwrap_or_default()
}

/// Sets `data-passgrid` on the root element, which tells tests and style sheets the
/// phase of the page.
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

/// Whether the address has a parameter, which it loses.
pub fn take_parameter(name: &str) -> bool {
    let Ok(parameters) = UrlSearchParams::new_with_str(&query()) else {
        return false;
    };
    let has_it = parameters.has(name);
    if has_it {
        parameters.delete(name);
        let rest = String::from(parameters.to_string());
        replace_query(&if rest.is_empty() { rest } else { format!("?{rest}") });
    }
    has_it
}

/// Sets the query string of the address in a new entry of the browser's history,
/// with a number that [`entry_number`] reads.
pub fn push_query(query: &str, number: u32) {
    if let Ok(history) = window().history() {
        // Fails if the browser forbids it, which does not affect the view on screen.
        let _ = history.push_state_with_url(&number.into(), "", Some(address_of(query)));
    }
}

/// Sets the query string of the address in the current entry of the browser's
/// history, which keeps its number.
pub fn replace_query(query: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&entry_number().into(), "", Some(address_of(query)));
    }
}

fn address_of(query: &str) -> &str {
    if query.is_empty() { "?" } else { query }
}

/// The number of the current entry of the browser's history; 0 if it has none.
pub fn entry_number() -> u32 {
    let state = window().history().and_then(|history| history.state());
    state.ok().and_then(|state| state.as_f64()).map_or(0, |number| number as u32)
}

/// Goes back in the browser's history. A `popstate` event follows.
pub fn go_back(entries: u32) {
    if let Ok(history) = window().history() {
        let _ = history.go_with_delta(-(entries as i32));
    }
}

/// The width of the window in pixels.
pub fn window_width() -> u32 {
    document_element().client_width().max(0) as u32
}

/// Sets the title of the document.
pub fn set_title(title: &str) {
    document().set_title(title);
}

/// Stores a setting in this browser. Does nothing if storage is blocked.
pub fn remember(key: &str, value: &str) {
    // `raw` panics if the browser blocks storage.
    if window().local_storage().is_ok_and(|storage| storage.is_some()) {
        let _ = LocalStorage::raw().set_item(key, value);
    }
}

/// Returns a setting that is stored in this browser.
pub fn remembered(key: &str) -> Option<String> {
    window().local_storage().ok().flatten()?.get_item(key).ok().flatten()
}

/// Stores a setting in this browser, or removes it.
pub fn remember_or_forget(key: &str, value: Option<&str>) {
    set_or_remove(window().local_storage(), key, value);
}

/// Stores something for this tab, where it survives a reload, or removes it.
pub fn remember_in_tab(key: &str, value: Option<&str>) {
    set_or_remove(window().session_storage(), key, value);
}

fn set_or_remove(storage: Result<Option<Storage>, JsValue>, key: &str, value: Option<&str>) {
    if let Ok(Some(storage)) = storage {
        // Fails if storage is blocked or full.
        let _ = match value {
            Some(value) => storage.set_item(key, value),
            None => storage.remove_item(key),
        };
    }
}

/// Returns what is stored for this tab.
pub fn remembered_in_tab(key: &str) -> Option<String> {
    window().session_storage().ok().flatten()?.get_item(key).ok().flatten()
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

/// Opens the browser's dialog for printing.
pub fn print() {
    // Fails only in a frame that must not print.
    let _ = window().print();
}

/// Whether a media query matches, such as `(pointer: coarse)`.
pub fn matches_media(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// The element that has the focus.
pub fn focused() -> Option<HtmlElement> {
    document().active_element()?.dyn_into().ok()
}

/// Whether no particular element has the focus.
pub fn is_unfocused() -> bool {
    focused().is_none_or(|focused| focused.tag_name() == "BODY")
}

/// Whether the focus is in this element.
pub fn has_focus_in(element: &Element) -> bool {
    focused().is_some_and(|focused| element.contains(Some(&focused)))
}

/// Whether the focus is in a text field.
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

/// Focuses an element if it is still in the document.
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
