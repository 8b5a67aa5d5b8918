//! Files that the page that opened this one hands over, by `postMessage`.

use super::files::Found;
use super::object::{get, set, text};
use gloo_utils::window;
use js_sys::{Array, Object};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, MessageEvent, Window};

/// The most files that one message may have.
const MOST_FILES: u32 = 10_000;

/// Files that a page hands over.
#[derive(Clone)]
pub struct Offer {
    /// Where the page is from, as the browser says.
    pub origin: String,
    /// The files.
    pub files: Vec<Found>,
}

/// The page that opened this one, if there is one and it is still open.
fn opener() -> Option<Window> {
    let opener = window().opener().ok().filter(|opener| opener.is_object())?;
    // Not `dyn_into`: the window of another origin is no instance of this one's class.
    Some(opener.unchecked_into())
}

/// Tells the page that opened this one that it may hand over files, and calls `receive` for those that come.
pub fn listen(receive: impl Fn(Offer) + 'static) {
    let Some(opener) = opener() else {
        return;
    };
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(offer) = offer_of(&event) {
            receive(offer);
        }
    });
    // It lives as long as the page.
    let on_message = on_message.into_js_value();
    let _ = window().add_event_listener_with_callback("message", on_message.unchecked_ref());
    // Says nothing that anyone must not know.
    post(&opener, "ready", "*");
}

/// Tells the page that handed over files what became of them: `accepted` or `refused`.
pub fn answer(origin: &str, word: &str) {
    if let Some(opener) = opener().filter(|_| origin != "null") {
        post(&opener, word, origin);
    }
}

fn post(opener: &Window, word: &str, origin: &str) {
    let message = Object::new();
    set(&message, "passgrid", &word.into());
    // Fails if the page has been closed.
    let _ = opener.post_message(&message, origin);
}

/// `{passgrid: "files", files: [{name, blob}]}` from the page that opened this one; `None` for any other message.
fn offer_of(event: &MessageEvent) -> Option<Offer> {
    let source: JsValue = event.source()?.into();
    let is_opener = opener().is_some_and(|opener| JsValue::from(opener) == source);
    let data = event.data();
    if !is_opener || !data.is_object() || text(&data, "passgrid") != "files" {
        return None;
    }
    let listed = get(&data, "files").dyn_into::<Array>().ok()?;
    let found = |file: JsValue| {
        let blob = get(&file, "blob").dyn_into::<Blob>().ok()?;
        let name = text(&file, "name");
        let pieces = name.split(['/', '\\']).filter(|piece| !matches!(*piece, "" | "." | ".."));
        let path = pieces.collect::<Vec<_>>().join("/");
        Some(Found { path: if path.is_empty() { "file".to_owned() } else { path }, file: blob })
    };
    let files: Vec<Found> =
        (0..listed.length().min(MOST_FILES)).filter_map(|at| found(listed.get(at))).collect();
    (!files.is_empty()).then(|| Offer { origin: event.origin(), files })
}
