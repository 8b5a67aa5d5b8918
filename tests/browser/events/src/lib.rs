//! The events of an XML document, counted and not looked at.

use quick_xml::Reader;
use quick_xml::events::Event;
use wasm_bindgen::prelude::wasm_bindgen;

/// How many events there are up to the end, or up to what is no XML.
#[wasm_bindgen]
pub fn count_events(bytes: &[u8]) -> u32 {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return 0;
    };
    let mut reader = Reader::from_str(text);
    let mut events = 0;
    while let Ok(event) = reader.read_event() {
        if matches!(event, Event::Eof) {
            break;
        }
        events += 1;
    }
    events
}
