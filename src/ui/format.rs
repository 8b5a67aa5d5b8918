//! Numbers, durations and dates, as people write them.

use js_sys::{Date, Number, Object, Reflect};
use wasm_bindgen::JsValue;

/// A count with the digits grouped as the browser's language has it.
pub fn count(count: u32) -> String {
    if count < 1000 {
        return count.to_string();
    }
    String::from(Number::from(count).to_locale_string("default"))
}

/// A count and its noun: "1 test", "2 tests".
pub fn plural(number: u32, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", count(number))
}

/// A rate in per cent: 99.95 is not 100, and 0.04 is not 0.
pub fn rate(rate: Option<f64>) -> String {
    match rate {
        None => "–".to_owned(),
        Some(1.0) => "100 %".to_owned(),
        Some(0.0) => "0 %".to_owned(),
        Some(rate) => {
            let percent = (rate * 1000.0).round() / 10.0;
            format!("{:.1} %", percent.clamp(0.1, 99.9))
        }
    }
}

/// A duration with the unit that fits.
pub fn duration(seconds: Option<f64>) -> String {
    let Some(seconds) = seconds else {
        return "–".to_owned();
    };
    if seconds == 0.0 {
        "0 s".to_owned()
    } else if seconds < 0.001 {
        "< 1 ms".to_owned()
    } else if seconds < 1.0 {
        format!("{:.0} ms", seconds * 1000.0)
    } else if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else if seconds < 3600.0 {
        format!("{} min {:02} s", seconds as u64 / 60, seconds as u64 % 60)
    } else {
        format!("{} h {:02} min", seconds as u64 / 3600, seconds as u64 / 60 % 60)
    }
}

/// A size with the unit that fits.
pub fn bytes(bytes: f64) -> String {
    if bytes < 1000.0 {
        format!("{bytes:.0} B")
    } else if bytes < 1e6 {
        format!("{:.1} kB", bytes / 1e3)
    } else if bytes < 1e9 {
        format!("{:.1} MB", bytes / 1e6)
    } else {
        format!("{:.2} GB", bytes / 1e9)
    }
}

/// A moment: in the browser's zone and language where its zone is known, else
/// as the file has it.
pub fn moment(iso: &str) -> String {
    let has_zone = iso.ends_with('Z') || iso.get(19..).is_some_and(|zone| zone.contains(['+', '-']));
    if !has_zone {
        return iso.get(..16).unwrap_or(iso).replace('T', " ");
    }
    let options = Object::new();
    let _ = Reflect::set(&options, &"dateStyle".into(), &"medium".into());
    let _ = Reflect::set(&options, &"timeStyle".into(), &"short".into());
    let date = Date::new(&JsValue::from_str(iso));
    String::from(date.to_locale_string("default", &options))
}
