//! The document: its attributes, its address, what it remembers.

use js_sys::Reflect;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, HtmlElement, Node, Storage, Text, Window};

thread_local! {
    static DOCUMENT: Document =
        window().document().expect("the page has a document");
}

/// The window. There always is one on the main thread.
pub fn window() -> Window {
    web_sys::window().expect("the page runs in a window")
}

/// The document. There always is one on the main thread.
pub fn document() -> Document {
    DOCUMENT.with(Document::clone)
}

/// Makes an element.
pub fn create(tag: &str) -> Element {
    DOCUMENT.with(|document| document.create_element(tag)).expect("tags are names")
}

/// Makes a text node.
pub fn text_node(text: &str) -> Text {
    DOCUMENT.with(|document| document.create_text_node(text))
}

/// Makes a node that nobody sees, to mark a place.
pub fn mark() -> Node {
    DOCUMENT.with(|document| document.create_comment("")).into()
}

/// Makes a list of nodes that is inserted as one.
pub fn fragment() -> Node {
    DOCUMENT.with(Document::create_document_fragment).into()
}

/// Calls `change`, which may replace the element that has the focus by another
/// one with the same id: then that has it.
pub fn keep_focus(change: &mut dyn FnMut()) {
    let focused = focused().filter(|element| !element.id().is_empty());
    change();
    if let Some(before) = focused.filter(|element| !element.is_connected()) {
        let after = document().get_element_by_id(&before.id());
        focus(after.and_then(|element| element.dyn_into().ok()).as_ref());
    }
}

/// The focus is in this element.
pub fn has_focus_in(element: &Element) -> bool {
    focused().is_some_and(|focused| element.contains(Some(&focused)))
}

/// The build that the page is of.
pub fn build() -> String {
    let meta = document().query_selector("meta[name=passgrid-build]").ok().flatten();
    meta.and_then(|meta| meta.get_attribute("content")).unwrap_or_default()
}

/// Sets `data-passgrid`, which tells tests and style sheets how far the page is.
pub fn set_phase(phase: &str) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-passgrid", phase);
    }
}

/// Removes what was shown before the app.
pub fn remove_splash() {
    if let Some(splash) = document().get_element_by_id("splash") {
        splash.remove();
    }
}

/// The query string of the address.
pub fn query() -> String {
    window().location().search().unwrap_or_default()
}

/// Shows another query string in the address bar; with `push`, as a new entry
/// of the history.
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

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// Remembers a setting in this browser.
pub fn remember(key: &str, value: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(key, value);
    }
}

/// A setting that was remembered.
pub fn remembered(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Sets the colour scheme: "light", "dark", or by the system for anything else.
pub fn set_theme(theme: &str) {
    let Some(root) = document().document_element() else {
        return;
    };
    let _ = match theme {
        "light" | "dark" => root.set_attribute("data-theme", theme),
        _ => root.remove_attribute("data-theme"),
    };
}

/// The value of a custom property of the style sheets, such as `--passed`.
pub fn token(name: &str) -> String {
    let root = document().document_element();
    let style = root.and_then(|root| window().get_computed_style(&root).ok().flatten());
    let value = style.and_then(|style| style.get_property_value(name).ok());
    value.unwrap_or_default().trim().to_owned()
}

/// The system asks for dark colours.
pub fn prefers_dark() -> bool {
    let query = window().match_media("(prefers-color-scheme: dark)").ok().flatten();
    query.is_some_and(|query| query.matches())
}

/// The element that has the focus.
pub fn focused() -> Option<HtmlElement> {
    document().active_element()?.dyn_into().ok()
}

/// The focus is in a field that takes text itself.
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

/// The first element that a selector means, to be given the focus.
pub fn find(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// Gives the focus back to an element, if it is still there.
pub fn focus(element: Option<&HtmlElement>) {
    if let Some(element) = element.filter(|element| element.is_connected()) {
        let _ = element.focus();
    }
}

/// A function that is called on events in the window, until this is dropped.
pub struct Listener {
    event: &'static str,
    act: Closure<dyn Fn(JsValue)>,
}

/// Calls `act` on each event of this name in the window, as long as what this
/// gives is there.
#[must_use]
pub fn listen(event: &'static str, act: Box<dyn Fn(JsValue)>) -> Listener {
    let act = Closure::wrap(act);
    let _ = window().add_event_listener_with_callback(event, act.as_ref().unchecked_ref());
    Listener { event, act }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let act = self.act.as_ref().unchecked_ref();
        let _ = window().remove_event_listener_with_callback(self.event, act);
    }
}

/// What an error says.
pub fn text_of(error: &JsValue) -> String {
    Reflect::get(error, &"message".into()).ok().and_then(|text| text.as_string()).unwrap_or_default()
}
