//! Plain JavaScript objects: values that the browser stores and JSON.

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;

/// A text of an object, "" if it has no such text.
pub fn text(object: &JsValue, name: &str) -> String {
    get(object, name).as_string().unwrap_or_default()
}

/// A number of an object, if it has it.
pub fn number(object: &JsValue, name: &str) -> Option<f64> {
    get(object, name).as_f64()
}

/// A value of an object, `undefined` if it has no such value.
pub fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

/// Sets a value of an object.
pub fn set(object: &Object, name: &str, value: &JsValue) {
    // Fails only for objects that are frozen.
    let _ = Reflect::set(object, &name.into(), value);
}
