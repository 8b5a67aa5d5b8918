//! Durations and counters, as files spell them.

use super::limits;
use crate::model::decimal;

/// Reads a duration in seconds: plain, with thousands separators (`1,234.5`),
/// with a decimal comma (`0,5`), with a unit (`0.035s`). `None` for anything
/// other than a finite number of at least 0.
pub fn seconds(text: &str) -> Option<f64> {
    if let Some(seconds) = short_decimal(text).filter(|seconds| *seconds <= limits::DURATION_S) {
        return Some(seconds);
    }
    let text = text.trim();
    let text = text.strip_suffix('s').unwrap_or(text).trim_end();
    let number = match decimal(text) {
        Some(number) => number,
        None => with_commas(text)?,
    };
    // `abs` turns -0 into 0.
    (0.0..=limits::DURATION_S).contains(&number).then_some(number.abs())
}

/// Up to 15 digits with or without a point: both the digits as an integer and
/// the power of ten are exact, so that their quotient is rounded correctly.
/// Nearly all durations are of this kind.
#[inline]
fn short_decimal(text: &str) -> Option<f64> {
    const POWERS: [f64; 16] =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
    if text.is_empty() || text.len() > 16 {
        return None;
    }
    let (mut digits, mut count, mut decimals, mut has_point) = (0_u64, 0, 0_usize, false);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => {
                digits = digits * 10 + u64::from(byte - b'0');
                count += 1;
                decimals += usize::from(has_point);
            }
            b'.' if !has_point && count > 0 => has_point = true,
            _ => return None,
        }
    }
    (count <= 15).then_some(())?;
    Some(digits as f64 / POWERS.get(decimals)?)
}

fn with_commas(text: &str) -> Option<f64> {
    let (whole, last) = text.rsplit_once(',')?;
    // `1.234,5`: points between thousands, a comma before the decimals.
    let mut thousands = whole.split('.');
    let leading = thousands.next().unwrap_or("");
    if whole.contains('.')
        && !leading.is_empty()
        && thousands.all(|group| group.len() == 3)
        && !last.contains('.')
    {
        return decimal(&format!("{}.{last}", whole.replace('.', "")));
    }
    let digits = last.split('.').next().unwrap_or("");
    let is_thousands = digits.len() == 3 && (last.contains('.') || whole.contains(','))
        || digits.len() == 3 && !whole.starts_with('0');
    let spelled = if is_thousands {
        text.replace(',', "")
    } else if whole.contains(',') || last.contains('.') {
        return None;
    } else {
        format!("{whole}.{last}")
    };
    decimal(&spelled)
}

/// Reads a counter: `tests="1,234"`.
pub fn counter(text: &str) -> Option<u64> {
    text.trim().replace(',', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_producers_write() {
        for (text, expected) in [
            ("0.123", 0.123),
            ("12", 12.0),
            ("1,234.5", 1234.5),
            ("1,234,567.89", 1_234_567.89),
            ("1,234", 1234.0),
            ("0,5", 0.5),
            ("1,5", 1.5),
            ("1.234,5", 1234.5),
            ("1.234.567,25", 1_234_567.25),
            ("0,123", 0.123),
            (" 0.035s ", 0.035),
            ("1e-3", 0.001),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn short_and_general_parsers_agree() {
        for text in ["0", "0.1", "0.000", "123.456", "0.1234567890123", "999999999999999", "1.", "100.5"] {
            assert_eq!(short_decimal(text), text.parse().ok(), "{text}");
        }
        for text in ["", ".", "-1", "1e3", "1,5", "0.12345678901234567", "1.2.3"] {
            assert_eq!(short_decimal(text), None, "{text}");
        }
    }

    #[test]
    fn rejects_other_texts() {
        for text in [
            "",
            "abc",
            "NaN",
            "inf",
            "1e999",
            "-1",
            "-0.5",
            "1,2,3",
            "1,2.5",
            "1.2,5",
            ".234,5",
            "1.234,5.6",
            "12:30",
            "1,23,4.5",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
        assert_eq!(counter("1,234"), Some(1234));
        assert_eq!(counter("-3"), None);
    }
}
