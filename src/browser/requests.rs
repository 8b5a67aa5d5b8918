//! What the page asked the network for.

use super::object::{get, text};
use gloo_utils::window;
use js_sys::{Array, Function};
use std::collections::BTreeMap;
use wasm_bindgen::JsCast;
use web_sys::Url;

/// Browsers forget requests above a number, unless they are told otherwise.
const MOST: u32 = 100_000;

/// Lets the browser remember all requests from now on.
pub fn remember() {
    let performance = get(&window(), "performance");
    if let Ok(set_size) = get(&performance, "setResourceTimingBufferSize").dyn_into::<Function>() {
        let _ = set_size.call1(&performance, &MOST.into());
    }
}

/// How many requests the page sent to each host, by name. Its own host is "".
pub fn by_host() -> BTreeMap<String, u32> {
    let performance = get(&window(), "performance");
    let entries = get(&performance, "getEntriesByType").dyn_into::<Function>();
    let entries = entries.and_then(|entries| entries.call1(&performance, &"resource".into()));
    let entries = entries.ok().and_then(|entries| entries.dyn_into::<Array>().ok()).unwrap_or_default();
    let own = window().location().host().unwrap_or_default();
    let mut hosts = BTreeMap::new();
    for entry in entries.iter() {
        let Ok(url) = Url::new(&text(&entry, "name")) else {
            continue;
        };
        // Data and blobs have no host, and are no requests.
        if matches!(url.protocol().as_str(), "http:" | "https:") {
            let host = if url.host() == own { String::new() } else { url.host() };
            *hosts.entry(host).or_default() += 1;
        }
    }
    hosts
}
