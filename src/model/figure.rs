//! Numbers as text: read as files spell them, written as downloads have them.
//!
//! Both by integers, where nothing more is needed: the standard library's exact
//! ways weigh 35 kB of the first visit.

use std::fmt::Write;

/// A number of a download.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    /// There is none.
    None,
    /// How many.
    Count(u64),
    /// Seconds or a share, to six decimals.
    Number(f64),
}

impl Figure {
    /// A number that may be missing or NaN.
    pub fn number(number: Option<f64>) -> Figure {
        number.filter(|number| number.is_finite()).map_or(Figure::None, Figure::Number)
    }

    /// Appends the figure; nothing where there is none.
    pub fn write(self, into: &mut String) {
        let number = match self {
            Figure::None => return,
            Figure::Count(count) => {
                let _ = write!(into, "{count}");
                return;
            }
            Figure::Number(number) => number,
        };
        if number < 0.0 {
            into.push('-');
        }
        // What a file may claim, and no clock has measured.
        let (mut size, mut exponent) = (number.abs().min(f64::MAX), 0);
        while size >= 1e12 {
            size /= 10.0;
            exponent += 1;
        }
        let millionths = (size * 1e6).round() as u64;
        let _ = write!(into, "{}", millionths / 1_000_000);
        let mut decimals = millionths % 1_000_000;
        if decimals > 0 && exponent == 0 {
            let mut width = 6;
            while decimals.is_multiple_of(10) {
                decimals /= 10;
                width -= 1;
            }
            let _ = write!(into, ".{decimals:0width$}");
        }
        if exponent > 0 {
            let _ = write!(into, "e{exponent}");
        }
    }
}

impl From<u32> for Figure {
    fn from(count: u32) -> Figure {
        Figure::Count(u64::from(count))
    }
}

/// A number as programs write it: a sign, digits, a point, an exponent. Exact
/// up to 15 digits, else right to about fifteen.
pub fn decimal(text: &str) -> Option<f64> {
    let (unsigned, sign) = match text.as_bytes().first()? {
        b'-' => (text.get(1..)?, -1.0),
        b'+' => (text.get(1..)?, 1.0),
        _ => (text, 1.0),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (unsigned, 0),
    };
    let (mut digits, mut power, mut count) = (0_u64, exponent, 0_usize);
    let mut has_point = false;
    for byte in mantissa.bytes() {
        match byte {
            b'0'..=b'9' => {
                count += 1;
                // More digits than these make no difference.
                if digits < 1_000_000_000_000_000_000 {
                    digits = digits * 10 + u64::from(byte - b'0');
                    power = power.saturating_sub(i32::from(has_point));
                } else {
                    power = power.saturating_add(i32::from(!has_point));
                }
            }
            b'.' if !has_point => has_point = true,
            _ => return None,
        }
    }
    if count == 0 {
        return None;
    }
    let mut number = digits as f64;
    if digits != 0 {
        let power = power.clamp(-400, 400);
        // Up to 10²² the power is exact; beyond, in two steps, since it may be out of range.
        let first = if power.abs() <= 22 { power } else { power / 2 };
        for step in [first, power - first] {
            number = if step < 0 { number / 10_f64.powi(-step) } else { number * 10_f64.powi(step) };
        }
    }
    Some(sign * number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(figure: Figure, expected: &str) {
        let mut text = String::new();
        figure.write(&mut text);
        assert_eq!(text, expected);
    }

    #[test]
    fn figures_are_short_and_exact() {
        check(Figure::None, "");
        check(Figure::Count(120_000), "120000");
        check(Figure::Number(0.0), "0");
        check(Figure::Number(7.7), "7.7");
        check(Figure::Number(0.000_001), "0.000001");
        check(Figure::Number(1.000_000_4), "1");
        check(Figure::Number(0.999_999_9), "1");
        check(Figure::Number(-1.05), "-1.05");
        check(Figure::Number(1_234_567.890_12), "1234567.89012");
        check(Figure::Number(2e300), "200000000000e289");
        assert_eq!(Figure::number(Some(f64::NAN)), Figure::None);
    }

    #[test]
    fn decimals_are_what_the_standard_library_reads() {
        for text in [
            "0",
            "-0.5",
            "+1",
            "1.",
            ".5",
            "1e-3",
            "1E+2",
            "0.00021573900108",
            "1760000000.1234567",
            "0.30000000000000004",
            "123456789012345678901234567890",
            "1e300",
            "-1e-300",
            "1e999",
            "0e999",
        ] {
            let (got, expected) = (decimal(text).unwrap(), text.parse::<f64>().unwrap());
            let is_near = got == expected || ((got - expected) / expected).abs() < 1e-14;
            assert!(is_near, "{text}: {got} {expected}");
        }
        for text in ["", ".", "-", "e5", "1e", "1e5.5", "NaN", "inf", "1.2.3", "0x1F", "1 2", "--1", "1_0"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }
}
