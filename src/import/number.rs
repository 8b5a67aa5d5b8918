//! Durations and counters, as files spell them.

use super::limits;
use crate::model::decimal;

/// Reads a duration in seconds: plain (`1.5`), with separators (`1,234.5`, `1'024.5`, `0,5`), with
/// units (`0.035s`, `80.8us`, `1m 5s`), as a clock (`00:01:30.5`, `1.02:03:04`) or as ISO 8601
/// (`PT1.5S`). `None` for anything other than a finite number of at least 0.
pub fn seconds(text: &str) -> Option<f64> {
    // Nearly all durations are plain numbers. `abs` turns -0 into 0.
    let in_range = |seconds: f64| (0.0..=limits::DURATION_S).contains(&seconds).then_some(seconds.abs());
    if text.len() <= LONGEST
        && let Some(seconds) = decimal(text)
    {
        return in_range(seconds);
    }
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let seconds =
        plain(text).or_else(|| clock(text)).or_else(|| iso_8601(text)).or_else(|| with_units(text))?;
    in_range(seconds)
}

/// The longest text that may be a duration, in bytes.
const LONGEST: usize = 100;

/// Reads a number with or without separators.
fn plain(text: &str) -> Option<f64> {
    decimal(text).or_else(|| with_commas(text)).or_else(|| with_marks(text))
}

/// Reads a number with apostrophes or spaces between thousands: `1'024.5`, `3 226,156`.
fn with_marks(text: &str) -> Option<f64> {
    let is_mark = |c: char| matches!(c, '\'' | '’' | ' ' | '\u{A0}' | '\u{2009}' | '\u{202F}');
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups: Vec<&str> = text.split(is_mark).collect();
    let last = groups.pop()?;
    let (whole, decimals) = last.split_once(['.', ',']).unwrap_or((last, "0"));
    groups.push(whole);
    let (first, rest) = groups.split_first()?;
    let is_grouped = (1..=3).contains(&first.len()) && !rest.is_empty();
    if !is_grouped || !rest.iter().all(|group| group.len() == 3) || !is_digits(decimals) {
        return None;
    }
    groups
        .iter()
        .all(|group| is_digits(group))
        .then(|| decimal(&format!("{}.{decimals}", groups.concat())))?
}

/// Reads `h:mm:ss.f`, after days as .NET (`1.02:03:04`) or Python (`2 days, 3:04:05`) writes them.
fn clock(text: &str) -> Option<f64> {
    let (days, time) = match text.split_once(", ") {
        Some((days, time)) => (days.strip_suffix("days").or(days.strip_suffix("day"))?.trim_end(), time),
        None => match text.split_once('.').filter(|(_, time)| time.contains(':')) {
            Some((days, time)) => (days, time),
            None => ("0", text),
        },
    };
    let mut parts = time.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let whole = |text: &str| text.parse::<u32>().ok().map(f64::from);
    let seconds = decimal(&seconds.replace(',', ".")).filter(|number| (0.0..61.0).contains(number))?;
    let minutes = whole(minutes).filter(|minutes| *minutes < 60.0)?;
    let hours = whole(days)? * 24.0 + whole(hours)?;
    parts.next().is_none().then_some((hours * 60.0 + minutes) * 60.0 + seconds)
}

/// Reads days, hours, minutes and seconds of an ISO 8601 duration such as `P1DT2H3.5S`.
fn iso_8601(text: &str) -> Option<f64> {
    let text = text.strip_prefix('P')?;
    let (days, time) = text.split_once('T').unwrap_or((text, ""));
    let days = if days.is_empty() { Some(0.0) } else { days.strip_suffix('D').and_then(decimal) };
    let mut seconds = days? * 86_400.0;
    let mut rest = time;
    for (unit, scale) in [('H', 3600.0), ('M', 60.0), ('S', 1.0)] {
        if let Some((number, after)) = rest.split_once(unit) {
            seconds += decimal(&number.replace(',', ".")).filter(|number| *number >= 0.0)? * scale;
            rest = after;
        }
    }
    (rest.is_empty() && text.ends_with(['D', 'H', 'M', 'S'])).then_some(seconds)
}

/// Reads numbers with units, the largest first: `1m 5s`, `1.5 ms`, `2 minutes, 3 seconds`.
fn with_units(text: &str) -> Option<f64> {
    let (mut seconds, mut rest, mut smallest) = (0.0, text, f64::INFINITY);
    while !rest.is_empty() {
        let end = rest.char_indices().find(|&(at, c)| c.is_alphabetic() && !is_exponent(rest, at))?.0;
        let (number, after) = rest.split_at(end);
        let end = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let scale = scale_of(unit).filter(|scale| *scale < smallest)?;
        seconds += plain(number.trim()).filter(|number| *number >= 0.0)? * scale;
        smallest = scale;
        rest = after.trim_start_matches(|c: char| c == ',' || c.is_whitespace());
    }
    Some(seconds)
}

/// Returns whether the letter at this place is that of an exponent: `8.1e-05`.
fn is_exponent(text: &str, at: usize) -> bool {
    let mut after = text.get(at..).unwrap_or("").chars();
    let is_e = after.next().is_some_and(|c| c.eq_ignore_ascii_case(&'e'));
    is_e && after.next().is_some_and(|c| c.is_ascii_digit() || matches!(c, '+' | '-'))
}

/// Returns the seconds of a unit.
fn scale_of(unit: &str) -> Option<f64> {
    Some(match unit {
        "ns" | "nsec" => 1e-9,
        "us" | "µs" | "μs" | "usec" => 1e-6,
        "ms" | "msec" | "msecs" | "millis" | "milliseconds" => 1e-3,
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3600.0,
        "d" | "day" | "days" => 86_400.0,
        _ => return None,
    })
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
            ("80.803us", 0.000_080_803),
            ("80.803µs", 0.000_080_803),
            ("1.25ms", 0.001_25),
            ("1,5 ms", 0.001_5),
            ("8.1e-05s", 0.000_081),
            ("1m 5s", 65.0),
            ("1h2m3.5s", 3723.5),
            ("2 minutes, 3 seconds", 123.0),
            ("00:01:30.5", 90.5),
            ("0:00:05,25", 5.25),
            ("1.02:03:04", 93_784.0),
            ("2 days, 0:00:01", 172_801.0),
            ("00:00:01.5000000", 1.5),
            ("PT1.5S", 1.5),
            ("PT1H2M3S", 3723.0),
            ("P1DT2M", 86_520.0),
            ("1'024.5", 1024.5),
            ("3\u{202F}226,156", 3226.156),
            ("1 024 000", 1_024_000.0),
            ("1e-3", 0.001),
        ] {
            // Units are binary fractions.
            let found = seconds(text).unwrap_or(f64::NAN);
            assert!((found - expected).abs() <= 1e-12 * expected, "{text}: {found}");
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
            "00:61:00",
            "1:2:3:4",
            "-00:00:01",
            "a:b:c",
            "PT",
            "P",
            "PT5",
            "PTxS",
            "5s 1m",
            "5s 5s",
            "1.5 apples",
            "1 02",
            "1'02.5",
            "-1 ms",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
        assert_eq!(counter("1,234"), Some(1234));
        assert_eq!(counter("-3"), None);
    }
}
