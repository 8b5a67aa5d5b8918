//! Numbers, durations and dates as people write them.

use crate::model::{Counts, Outcome, TRUNCATED};
use js_sys::Intl::{DateTimeFormat, NumberFormat};
use js_sys::{Array, Date, Function, Object, Reflect};
use std::cell::RefCell;
use wasm_bindgen::JsValue;

thread_local! {
    /// Formatters with 0, 1 and 2 decimals, kept because creating one takes about 15 ms.
    static NUMBERS: RefCell<[Option<Function>; 3]> = const { RefCell::new([None, None, None]) };
    static MOMENTS: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Returns the label of a session that is incomplete for this reason.
pub fn incomplete_word(reason: &str) -> &'static str {
    if reason == TRUNCATED { "truncated" } else { "incomplete" }
}

/// Formats a number in the browser's language, with 0, 1 or 2 decimals.
pub fn number(number: f64, decimals: usize) -> String {
    let format = NUMBERS.with_borrow_mut(|formats| {
        formats[decimals.min(2)].get_or_insert_with(|| number_format(decimals)).clone()
    });
    let text = format.call1(&JsValue::UNDEFINED, &number.into()).ok();
    text.and_then(|text| text.as_string()).unwrap_or_default()
}

/// Formats a measured value with at most `digits` significant digits, in the
/// notation of programs.
#[allow(deprecated)] // `Number::new` parses a text without Rust's own, large parser.
pub fn value(value: f64, digits: u8) -> String {
    let Ok(rounded) = js_sys::Number::from(value).to_precision(digits) else {
        return String::new();
    };
    let number = js_sys::Number::new(&rounded.into());
    number.to_string(10).map(String::from).unwrap_or_default()
}

/// Creates the first formatter while the page is idle, before files are dropped.
pub fn warm_up() {
    number(0.0, 0);
}

fn number_format(decimals: usize) -> Function {
    let options = options(&[
        ("minimumFractionDigits", &(decimals as u32).into()),
        ("maximumFractionDigits", &(decimals as u32).into()),
    ]);
    NumberFormat::new(&Array::new(), &options).format()
}

fn options(pairs: &[(&str, &JsValue)]) -> Object {
    let options = Object::new();
    for (key, value) in pairs {
        // Fails for frozen objects only.
        let _ = Reflect::set(&options, &JsValue::from_str(key), value);
    }
    options
}

/// Formats a count.
pub fn count(count: u32) -> String {
    if count < 1000 { count.to_string() } else { number(count.into(), 0) }
}

/// Formats a count and its noun: "1 test", "2 tests".
pub fn plural(number: u32, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", count(number))
}

/// Formats the outcomes that occur: "190 passed, 3 failed"; "" for none.
pub fn outcomes(counts: &Counts) -> String {
    let occurring = Outcome::ALL.into_iter().filter(|&outcome| counts.of(outcome) > 0);
    let words = occurring.map(|outcome| format!("{} {}", count(counts.of(outcome)), outcome.word()));
    words.collect::<Vec<_>>().join(", ")
}

/// Formats a rate from 0 to 1 in percent. Only 1 is "100 %" and only 0 is "0 %".
pub fn rate(rate: Option<f64>) -> String {
    match rate {
        None => "–".to_owned(),
        Some(1.0) => "100 %".to_owned(),
        Some(0.0) => "0 %".to_owned(),
        Some(rate) => number((rate * 100.0).clamp(0.1, 99.9), 1) + " %",
    }
}

/// Formats a duration with the unit that fits.
pub fn duration(seconds: Option<f64>) -> String {
    let Some(seconds) = seconds else {
        return "–".to_owned();
    };
    let whole = seconds as u32;
    if seconds == 0.0 {
        "0 s".to_owned()
    } else if seconds < 0.001 {
        "< 1 ms".to_owned()
    } else if seconds < 1.0 {
        number(seconds * 1000.0, 0) + " ms"
    } else if seconds < 60.0 {
        number(seconds, 1) + " s"
    } else if seconds < 3600.0 {
        format!("{} min {:02} s", whole / 60, whole % 60)
    } else {
        format!("{} h {:02} min", count(whole / 3600), whole / 60 % 60)
    }
}

/// Formats a size with the unit that fits.
pub fn bytes(bytes: f64) -> String {
    if bytes < 1000.0 {
        number(bytes, 0) + " B"
    } else if bytes < 1e6 {
        number(bytes / 1e3, 1) + " kB"
    } else if bytes < 1e9 {
        number(bytes / 1e6, 1) + " MB"
    } else {
        number(bytes / 1e9, 2) + " GB"
    }
}

/// Formats a timestamp (ISO 8601) in the browser's language. One with a zone is
/// converted to the browser's zone; one without is shown as it is.
pub fn moment(iso: &str) -> String {
    let format = MOMENTS.with_borrow_mut(|format| {
        let made = || {
            let options = options(&[("dateStyle", &"medium".into()), ("timeStyle", &"short".into())]);
            DateTimeFormat::new(&Array::new(), &options).format()
        };
        format.get_or_insert_with(made).clone()
    });
    // A timestamp without a zone is parsed as local time, so its digits do not change.
    let text = format.call1(&JsValue::UNDEFINED, &Date::new(&iso.into())).ok();
    text.and_then(|text| text.as_string()).unwrap_or_else(|| iso.to_owned())
}

/// Formats a time, in milliseconds since 1970, as date and time.
pub fn time(unix_ms: f64) -> String {
    let iso = Date::new(&unix_ms.into()).to_iso_string();
    moment(&String::from(iso))
}

/// Formats a time, in milliseconds since 1970, as the time of the day with seconds.
pub fn clock(unix_ms: f64) -> String {
    String::from(Date::new(&unix_ms.into()).to_locale_time_string("default"))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Other numbers are formatted by the browser.

    #[test]
    fn a_noun_follows_its_number() {
        assert_eq!(plural(0, "test"), "0 tests");
        assert_eq!(plural(1, "test"), "1 test");
        assert_eq!(plural(999, "test"), "999 tests");
    }

    #[test]
    fn only_all_is_100_percent_and_only_nothing_is_0() {
        assert_eq!(rate(None), "–");
        assert_eq!(rate(Some(1.0)), "100 %");
        assert_eq!(rate(Some(0.0)), "0 %");
    }

    #[test]
    fn a_duration_has_the_unit_that_fits() {
        assert_eq!(duration(None), "–");
        assert_eq!(duration(Some(0.0)), "0 s");
        assert_eq!(duration(Some(0.0004)), "< 1 ms");
        assert_eq!(duration(Some(61.9)), "1 min 01 s");
        assert_eq!(duration(Some(3600.0)), "1 h 00 min");
        assert_eq!(duration(Some(7384.0)), "2 h 03 min");
    }
}
