//! Numbers as text: read as programs write them, written to six decimals.

/// Reads a number as programs write it: a sign, digits, a point, an exponent.
///
/// Returns `None` for anything else, such as `inf`, `NaN` or `1,5`. A number that
/// is too large for `f64` is infinite.
pub fn decimal(text: &str) -> Option<f64> {
    if let Some((integer, decimals)) = digits(text.as_bytes()) {
        return quotient(integer, decimals).or_else(|| text.parse().ok());
    }
    // The standard library also parses words such as `inf`.
    let is_number = |byte: u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    if text.bytes().all(is_number) { text.parse().ok() } else { None }
}

/// Divides digits as an integer by the power of ten of their decimals, if both are exact as `f64`: then their quotient
/// is rounded correctly.
///
/// Clinger: "How to Read Floating Point Numbers Accurately" (1990).
#[inline]
fn quotient(integer: u64, decimals: usize) -> Option<f64> {
    const POWERS: [f64; 23] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
        1e18, 1e19, 1e20, 1e21, 1e22,
    ];
    let power = POWERS.get(decimals)?;
    (integer <= 1 << f64::MANTISSA_DIGITS).then(|| integer as f64 / power)
}

/// Reads digits with or without a point, as nearly all numbers in files are spelled. Returns them as an integer, and how
/// many of them are behind the point; `None` for anything else, or if they may be too many.
#[inline]
fn digits(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut integer = 0;
    let whole = take_digits(bytes, &mut integer);
    let (decimals, len) = match bytes.get(whole) {
        Some(b'.') => {
            let decimals = take_digits(bytes.get(whole + 1..)?, &mut integer);
            (decimals, whole + 1 + decimals)
        }
        _ => (0, whole),
    };
    let count = whole + decimals;
    if len != bytes.len() || count == 0 {
        return None;
    }
    // 19 digits and zeros before them fit into the integer.
    let zeros = || bytes.iter().take_while(|byte| matches!(byte, b'0' | b'.')).count().saturating_sub(1);
    let fits = count <= 19 || count - zeros() <= 19;
    fits.then_some((integer, decimals))
}

/// Appends the digits at the beginning of a text to an integer, and returns their number.
#[inline]
fn take_digits(bytes: &[u8], integer: &mut u64) -> usize {
    let mut at = 0;
    while let Some(eight) = bytes.get(at..).and_then(|rest| eight_digits(rest.first_chunk()?)) {
        *integer = integer.wrapping_mul(100_000_000).wrapping_add(eight);
        at += 8;
    }
    while let Some(digit) = bytes.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
        *integer = integer.wrapping_mul(10).wrapping_add(u64::from(digit));
        at += 1;
    }
    at
}

/// Returns the value of eight digits, two, four and eight at a time; `None` if one is none.
#[inline]
fn eight_digits(bytes: &[u8; 8]) -> Option<u64> {
    let digits = u64::from_le_bytes(*bytes);
    let carries = digits.wrapping_add(0x4646_4646_4646_4646) | digits.wrapping_sub(0x3030_3030_3030_3030);
    if carries & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    let digits = digits - 0x3030_3030_3030_3030;
    let pairs = digits * 10 + (digits >> 8);
    let even = (pairs & 0x0000_00FF_0000_00FF).wrapping_mul(0x000F_4240_0000_0064);
    let odd = ((pairs >> 16) & 0x0000_00FF_0000_00FF).wrapping_mul(0x0000_2710_0000_0001);
    Some(even.wrapping_add(odd) >> 32)
}

/// Rounds a number to six decimals: seconds to the microsecond.
///
/// Durations are stored rounded, so that sums of binary fractions do not show
/// digits that no file has, and a sum equals the sum of the numbers shown.
pub fn rounded(number: f64) -> f64 {
    // Beyond 2⁵³ millionths, f64 has no more than six decimals anyway.
    const MOST: f64 = 9_007_199_254_740_992.0;
    let millionths = number * 1e6;
    if millionths.abs() < MOST { millionths.round() / 1e6 } else { number }
}

/// Writes a number to at most six decimals: `4`, `3.3`, `0.000001`, `2e300`.
/// Empty if it is not finite.
pub fn short(number: f64) -> String {
    // Adding 0 turns -0 into 0.
    let number = rounded(number) + 0.0;
    if !number.is_finite() {
        String::new()
    } else if number.abs() < 1e16 {
        format!("{number}")
    } else {
        format!("{number:e}")
    }
}

/// Formats a value with about four digits, and its unit: "12.1 s", "71,706 µs".
pub fn amount(value: f64, unit: &str) -> String {
    let size = value.abs();
    let decimals = match size {
        _ if size >= 1e15 || (size > 0.0 && size < 1e-6) => return spaced(format!("{value:.3e}"), unit),
        _ if size >= 1000.0 || size == 0.0 => 0,
        _ => (3 - size.log10().floor() as i32).clamp(0, 9) as usize,
    };
    let text = format!("{value:.decimals$}");
    let text = if decimals > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    spaced(text.to_owned(), unit)
}

fn spaced(number: String, unit: &str) -> String {
    if unit.is_empty() { number } else { format!("{number} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_short_and_exact() {
        for (number, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (7.7, "7.7"),
            (0.000_001, "0.000001"),
            (1.000_000_4, "1"),
            (0.999_999_9, "1"),
            (-1.05, "-1.05"),
            (1_234_567.890_12, "1234567.89012"),
            (1e15, "1000000000000000"),
            (2e300, "2e300"),
            (f64::MAX, "1.7976931348623157e308"),
            (f64::NAN, ""),
            (f64::INFINITY, ""),
        ] {
            assert_eq!(short(number), expected);
        }
    }

    #[test]
    fn rounding_leaves_large_numbers_alone() {
        for number in [2e300, f64::MAX, 9.5e9 + 0.123_456_7, f64::INFINITY] {
            assert_eq!(rounded(number), number);
        }
        assert_eq!(rounded(0.1 + 0.2), 0.3);
    }

    #[test]
    fn reads_numbers_of_programs() {
        for (text, expected) in [
            ("0", 0.0),
            ("-0.5", -0.5),
            ("+1", 1.0),
            ("1.", 1.0),
            (".5", 0.5),
            ("1e-3", 0.001),
            ("1E+2", 100.0),
            ("0.00021573900108", 0.00021573900108),
            ("1760000000.1234567", 1_760_000_000.123_456_7),
            ("0.30000000000000004", 0.300_000_000_000_000_04),
            ("123456789012345678901234567890", 123_456_789_012_345_678_901_234_567_890.0),
            ("1e300", 1e300),
            ("-1e-300", -1e-300),
            ("1e999", f64::INFINITY),
            ("0e999", 0.0),
        ] {
            assert_eq!(decimal(text), Some(expected), "{text}");
        }
        for text in
            ["", ".", "-", "e5", "1e", "1e5.5", "NaN", "inf", "1.2.3", "0x1F", "1 2", "--1", "1_0", "٣"]
        {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    #[test]
    fn values_have_about_four_digits() {
        let amounts =
            [0.0, 12.0, 12.3456, 0.012_345_6, 71_705.62, -3.3, 1e-9].map(|value| amount(value, "s"));
        assert_eq!(amounts, ["0 s", "12 s", "12.35 s", "0.01235 s", "71706 s", "-3.3 s", "1.000e-9 s"]);
        assert_eq!(amount(2.5, ""), "2.5");
    }

    #[test]
    fn what_is_no_number_is_none() {
        let zeros = "0".repeat(30);
        for text in [
            "",
            ".",
            "1.2.3",
            "..1",
            "0x1",
            "1,5",
            "inf",
            "NaN",
            "1e",
            &format!("{zeros}.."),
            &format!(".{zeros}.0"),
        ] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn numbers_are_read_like_the_standard_library(digits in r"[0-9]{0,24}(\.[0-9]{0,26})?", zeros in r"0{0,30}\.{0,2}0{0,24}[0-9]{0,20}\.?") {
            for text in [digits, zeros] {
                prop_assert_eq!(decimal(&text), text.parse().ok(), "{}", text);
            }
        }

        #[test]
        fn every_number_is_read_as_it_was(number in any::<f64>(), small in 0.0..1e4_f64, decimals in 0_usize..18) {
            for text in [format!("{number:e}"), small.to_string(), format!("{small:.decimals$}")] {
                let expected: Option<f64> = text.parse().ok().filter(|number: &f64| number.is_finite());
                prop_assert_eq!(decimal(&text).map(f64::to_bits), expected.map(f64::to_bits), "{}", text);
            }
        }
    }
}
