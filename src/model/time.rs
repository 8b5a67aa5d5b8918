//! Points in time, with or without a zone.

use serde::{Deserialize, Serialize};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::parsing::Parsed;
use time::{Date, Duration, OffsetDateTime};

/// A point in time.
///
/// A timestamp without a zone is the producer's local time in an unknown zone: it
/// is sorted as UTC, and shown as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp {
    /// Milliseconds since 1970-01-01T00:00, in UTC or in the unknown zone.
    pub unix_ms: i64,
    /// Minutes east of UTC; `None` where the file has no zone.
    pub offset_min: Option<i16>,
}

impl Timestamp {
    /// Takes seconds since the epoch, in UTC. Returns `None` where
    /// [`Timestamp::parse`] does, too: before 1990, from 2200 on.
    pub fn from_unix_seconds(seconds: f64) -> Option<Timestamp> {
        let ms = (seconds * 1000.0).round();
        let timestamp = Timestamp { unix_ms: ms as i64, offset_min: Some(0) };
        (ms.is_finite() && timestamp.is_plausible()).then_some(timestamp)
    }

    /// Parses a timestamp: ISO 8601 (basic or extended, with or without zone), a
    /// date alone, RFC 2822 and 1123, dates in words as C and Java print them, and
    /// time since the epoch in seconds, milliseconds, microseconds or nanoseconds.
    /// Spellings with other separators are read, too; the tests list them. A name
    /// of a zone that may be several zones gives a timestamp without zone.
    ///
    /// Returns `None` for anything else and for years outside of 1990 to 2199,
    /// which come from clocks that were not set.
    pub fn parse(text: &str) -> Option<Timestamp> {
        let text = text.trim();
        let parsers: [fn(&str) -> Option<Timestamp>; 5] =
            [|text| parse_iso(text.as_bytes()), parse_words, parse_epoch, parse_digits, parse_separated];
        let timestamp = parsers.into_iter().find_map(|parse| parse(text))?;
        timestamp.is_plausible().then_some(timestamp)
    }

    fn is_plausible(self) -> bool {
        const YEAR_1990: i64 = 631_152_000_000;
        const YEAR_2200: i64 = 7_258_118_400_000;
        (YEAR_1990..YEAR_2200).contains(&self.unix_ms)
    }

    /// Returns the same local time in this zone, for a timestamp without one.
    fn in_zone(self, offset_min: Option<i16>) -> Timestamp {
        let unix_ms = self.unix_ms - i64::from(offset_min.unwrap_or(0)) * 60_000;
        Timestamp { unix_ms, offset_min }
    }

    /// Adds seconds, which may be negative.
    pub fn plus_seconds(self, seconds: f64) -> Timestamp {
        Timestamp { unix_ms: self.unix_ms.saturating_add((seconds * 1000.0) as i64), ..self }
    }

    /// Writes ISO 8601: with `Z` or an offset where the zone is known, else
    /// without.
    pub fn iso(self) -> String {
        let offset_min = self.offset_min.unwrap_or(0);
        let local_ms = self.unix_ms.saturating_add(i64::from(offset_min) * 60_000);
        let local = OffsetDateTime::UNIX_EPOCH.saturating_add(Duration::milliseconds(local_ms));
        let fraction = match local.millisecond() {
            0 => String::new(),
            ms => format!(".{ms:03}").trim_end_matches('0').to_owned(),
        };
        let zone = match self.offset_min {
            None => String::new(),
            Some(0) => "Z".to_owned(),
            Some(minutes) => {
                let sign = if minutes < 0 { '-' } else { '+' };
                let minutes = minutes.unsigned_abs();
                format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        };
        let (year, month, day) = (local.year(), u8::from(local.month()), local.day());
        let (hour, minute, second) = local.to_hms();
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{zone}")
    }
}

type Format = &'static [BorrowedFormatItem<'static>];

const DATE: Format = format_description!(version = 2, "[year]-[month]-[day]");
const BASIC_DATE: Format = format_description!(version = 2, "[year][month][day]");
const MINUTES: Format = format_description!(version = 2, "[hour]:[minute]");
const BASIC_MINUTES: Format = format_description!(version = 2, "[hour][minute]");
const SECONDS: Format = format_description!(version = 2, ":[second]");
const BASIC_SECONDS: Format = format_description!(version = 2, "[second]");
const FRACTION: Format = format_description!(version = 2, "[subsecond]");
const OFFSET_HOUR: Format = format_description!(version = 2, "[offset_hour sign:mandatory]");
const OFFSET_MINUTE: Format = format_description!(version = 2, "[offset_minute]");

/// Steps over a part of a timestamp and returns the rest.
///
/// One description with alternatives could parse everything, but takes five times
/// as long, and some reports have a timestamp per test.
fn step<'a>(parsed: &mut Parsed, mut text: &'a [u8], format: Format) -> Option<&'a [u8]> {
    for item in format {
        text = parsed.parse_item(text, item).ok()?;
    }
    Some(text)
}

fn parse_iso(text: &[u8]) -> Option<Timestamp> {
    let mut parsed = Parsed::new();
    let rest = step(&mut parsed, text, if text.get(4) == Some(&b'-') { DATE } else { BASIC_DATE })?;
    if rest.is_empty() {
        return timestamp(&parsed, None);
    }
    // Robot Framework and others write a space; NUnit 2 and others write a space after the `T`.
    let rest = [&b"T "[..], b"T", b"t", b" "].iter().find_map(|separator| rest.strip_prefix(*separator))?;
    let rest = parse_time_of_day(&mut parsed, rest)?;
    let offset_min = if rest.is_empty() { None } else { parse_zone(rest.trim_ascii_start())? };
    timestamp(&parsed, offset_min)
}

/// Parses hours, minutes, optional seconds and an optional fraction, with or without colons.
fn parse_time_of_day<'a>(parsed: &mut Parsed, text: &'a [u8]) -> Option<&'a [u8]> {
    let has_colons = text.get(2) == Some(&b':');
    let rest = step(parsed, text, if has_colons { MINUTES } else { BASIC_MINUTES })?;
    let rest = match (rest.first(), has_colons) {
        (Some(b':'), true) => step(parsed, rest, SECONDS)?,
        (Some(b'0'..=b'9'), false) => step(parsed, rest, BASIC_SECONDS)?,
        _ => return Some(rest),
    };
    match rest {
        [b'.' | b',', rest @ ..] if rest.first().is_some_and(u8::is_ascii_digit) => {
            step(parsed, rest, FRACTION)
        }
        [b'.' | b',', rest @ ..] => Some(rest),
        rest => Some(rest),
    }
}

/// Parses a date with the name of its month: `Sat, 21 Nov 2026 03:39:48 GMT` (RFC 2822), `Sun Mar  7
/// 10:36:56 UTC 2021` (C, Java), `Mar 7, 2021, 10:36:56 AM`.
///
/// The crate's own format for RFC 2822 has no fractions, no `UTC` and no colon in the zone.
fn parse_words(text: &str) -> Option<Timestamp> {
    const WORDS: usize = 8;
    let words = || text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
    if text.len() > 60 || words().count() > WORDS || !words().any(|word| month(word).is_some()) {
        return None;
    }
    let (mut date, mut time, mut zone, mut half) = ((None, None, None), None, None, None);
    for word in words() {
        let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
        let is_offset = word.starts_with(['+', '-']);
        match word {
            _ if is_number && word.len() == 4 && date.0.is_none() => date.0 = Some(word),
            _ if is_number && word.len() <= 2 && date.2.is_none() => date.2 = word.parse::<u8>().ok(),
            _ if is_number => return None,
            _ if date.1.is_none() && month(word).is_some() => date.1 = month(word),
            _ if word.contains(':') && !is_offset && time.is_none() => time = Some(word),
            "AM" | "PM" | "am" | "pm" => half = Some(word),
            _ if is_weekday(word) => {}
            _ if zone.is_none() => zone = Some(parse_zone(word.as_bytes())?),
            _ => return None,
        }
    }
    let (year, month, day) = (date.0?, date.1?, date.2?);
    let (hour, rest) = time?.split_once(':')?;
    let hour: u8 = hour.parse().ok()?;
    let hour = match half.map(str::to_ascii_lowercase).as_deref() {
        Some("pm") => hour % 12 + 12,
        Some(_) => hour % 12,
        None => hour,
    };
    let local = parse_iso(format!("{year}-{month:02}-{day:02}T{hour:02}:{rest}").as_bytes())?;
    Some(local.in_zone(zone.flatten()))
}

/// Returns the number of a month by its English name, whole or three letters of it.
fn month(word: &str) -> Option<usize> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    let is_it = |month: &&str| *month == word || word.len() == 3 && month.starts_with(&word);
    Some(MONTHS.iter().position(is_it)? + 1)
}

fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    word.len() >= 3 && DAYS.iter().any(|day| day.starts_with(&word))
}

/// Parses the time since the epoch: 10 digits are seconds, 13 milliseconds, 16 microseconds and 19
/// nanoseconds. Seconds and milliseconds may have decimals.
fn parse_epoch(text: &str) -> Option<Timestamp> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(decimals) {
        return None;
    }
    let per_second = match whole.len() {
        10 => 1.0,
        13 => 1e3,
        16 => 1e6,
        19 => 1e9,
        _ => return None,
    };
    Timestamp::from_unix_seconds(text.parse::<f64>().ok()? / per_second)
}

/// Parses `20210307103656`.
fn parse_digits(text: &str) -> Option<Timestamp> {
    let (date, time) = text.split_at_checked(8).filter(|(_, time)| time.len() == 6)?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| parse_iso(format!("{date}T{time}").as_bytes()))?
}

/// Parses dates with other separators or short numbers in an order that is not ambiguous:
/// `2021/03/07 10:36:56`, `2021-3-7 9:06:05`, `2021.03.07-10.36.56` and `07.03.2021 10:36:56`.
fn parse_separated(text: &str) -> Option<Timestamp> {
    let (date, time) = text.split_once([' ', 'T']).or_else(|| text.split_once('-')).unwrap_or((text, ""));
    let separator = ['/', '-'].into_iter().find(|sign| date.contains(*sign)).unwrap_or('.');
    let parts: Vec<&str> = date.split(separator).collect();
    let (year, month, day) = match parts[..] {
        [year, month, day] if year.len() == 4 => (year, month, day),
        [day, month, year] if year.len() == 4 && separator == '.' => (year, month, day),
        _ => return None,
    };
    let number = |text: &str| text.parse::<u8>().ok();
    let date = format!("{year}-{:02}-{:02}", number(month)?, number(day)?);
    // Unreal: `10.36.56`.
    let time = if time.contains(':') { time.to_owned() } else { time.replacen('.', ":", 2) };
    let time = if time.find(':') == Some(1) { format!("0{time}") } else { time };
    let time = if time.is_empty() { time } else { format!("T{time}") };
    parse_iso(format!("{date}{time}").as_bytes())
}

/// Names of zones, with their minutes east of UTC. Names that may be several zones are missing, such
/// as IST (India, Israel, Ireland) and BST. RFC 2822 defines the American ones.
const ZONES: &[(&str, i16)] = &[
    ("Z", 0),
    ("UTC", 0),
    ("GMT", 0),
    ("UT", 0),
    ("WET", 0),
    ("WEST", 60),
    ("CET", 60),
    ("MEZ", 60),
    ("CEST", 120),
    ("MESZ", 120),
    ("EET", 120),
    ("EEST", 180),
    ("MSK", 180),
    ("JST", 540),
    ("KST", 540),
    ("AEST", 600),
    ("AEDT", 660),
    ("NZST", 720),
    ("NZDT", 780),
    ("EST", -300),
    ("EDT", -240),
    ("CST", -360),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
];

/// Parses a zone: an offset or a name, or both (`GMT+01:00`, `+01:00[Europe/Berlin]`). Returns
/// `Some(None)` for a name that is unknown or ambiguous, and `None` for anything else.
fn parse_zone(text: &[u8]) -> Option<Option<i16>> {
    let text = match text.iter().position(|&byte| byte == b'[') {
        Some(at) if at > 0 && text.ends_with(b"]") => text.get(..at)?,
        _ => text,
    };
    let letters = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (name, offset) = text.split_at_checked(letters)?;
    let known = ZONES.iter().find(|(zone, _)| name.eq_ignore_ascii_case(zone.as_bytes()));
    match (known, offset) {
        (Some(&(_, minutes)), []) => Some(Some(minutes)),
        (None, []) => ((3..=5).contains(&letters) && name.is_ascii()).then_some(None),
        (Some((_, 0)), _) | (None, _) if letters == 0 || known.is_some() => parse_offset(offset).map(Some),
        _ => None,
    }
}

/// Parses an offset as minutes east of UTC.
fn parse_offset(text: &[u8]) -> Option<i16> {
    let mut parsed = Parsed::new();
    let rest = match text {
        // `GMT+1`.
        [sign @ (b'+' | b'-'), digit @ b'0'..=b'9'] => {
            step(&mut parsed, &[*sign, b'0', *digit], OFFSET_HOUR)?;
            &[]
        }
        _ => step(&mut parsed, text, OFFSET_HOUR)?,
    };
    let rest = rest.strip_prefix(b":").unwrap_or(rest);
    let rest = if rest.is_empty() { rest } else { step(&mut parsed, rest, OFFSET_MINUTE)? };
    let minutes = i16::from(parsed.offset_minute_signed().unwrap_or(0));
    rest.is_empty().then_some(i16::from(parsed.offset_hour()?) * 60 + minutes)
}

/// Combines the parts. Missing parts of the time are 0.
fn timestamp(parsed: &Parsed, offset_min: Option<i16>) -> Option<Timestamp> {
    let date = Date::from_calendar_date(parsed.year()?, parsed.month()?, parsed.day()?.get()).ok()?;
    // A leap second counts as the last second of its minute.
    let second = parsed.second().unwrap_or(0).min(59);
    let ms = (parsed.subsecond().unwrap_or(0) / 1_000_000) as u16;
    let (hour, minute) = (parsed.hour_24().unwrap_or(0), parsed.minute().unwrap_or(0));
    let local = date.with_hms_milli(hour, minute, second, ms).ok()?.assume_utc();
    let local_ms = i64::try_from((local - OffsetDateTime::UNIX_EPOCH).whole_milliseconds()).ok()?;
    Some(Timestamp { unix_ms: local_ms - i64::from(offset_min.unwrap_or(0)) * 60_000, offset_min })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::OffsetDateTime;
    use time::format_description::well_known::{Iso8601, Rfc2822, Rfc3339};

    proptest! {
        #[test]
        fn output_of_other_writers_is_read(seconds in 631_152_000_i64..7_258_118_400, ms in 0..1000_i64) {
            let stamp = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
            let timestamp = Timestamp { unix_ms: seconds * 1000 + ms, offset_min: Some(0) };
            let read = OffsetDateTime::parse(&timestamp.iso(), &Rfc3339).unwrap();
            prop_assert_eq!(read.unix_timestamp_nanos() / 1_000_000, i128::from(timestamp.unix_ms));
            prop_assert_eq!(Timestamp::parse(&timestamp.iso()), Some(timestamp));
            let whole = Timestamp { unix_ms: seconds * 1000, ..timestamp };
            prop_assert_eq!(Timestamp::parse(&stamp.format(&Rfc2822).unwrap()), Some(whole));
            prop_assert_eq!(Timestamp::parse(&stamp.format(&Iso8601::DEFAULT).unwrap()), Some(whole));
        }

        #[test]
        fn any_text_is_parsed_or_refused(text in "[0-9TZ:+., -]{0,30}|.{0,20}") {
            let _ = Timestamp::parse(&text);
        }
    }

    fn check(text: &str, expected: Option<&str>) {
        let iso = Timestamp::parse(text).map(Timestamp::iso);
        assert_eq!(iso.as_deref(), expected, "{text}");
    }

    #[test]
    fn reads_what_producers_write() {
        check("2026-11-21T03:24:02.210872+00:00", Some("2026-11-21T03:24:02.21Z"));
        check("2026-11-21T03:24:02Z", Some("2026-11-21T03:24:02Z"));
        check("2026-11-21T03:24:02+05:30", Some("2026-11-21T03:24:02+05:30"));
        check("2026-11-21T03:24:02", Some("2026-11-21T03:24:02"));
        check("2026-11-21 03:24:02", Some("2026-11-21T03:24:02"));
        check("2024-01-03T 12:40:13", Some("2024-01-03T12:40:13"));
        check("2026-11-21", Some("2026-11-21T00:00:00"));
        check("20261121T032402Z", Some("2026-11-21T03:24:02Z"));
        check("2026-11-21T03:24", Some("2026-11-21T03:24:00"));
        check("2026-11-21T03:24:02,5-0330", Some("2026-11-21T03:24:02.5-03:30"));
        check("2024-02-29T23:59:60+02", Some("2024-02-29T23:59:59+02:00"));
        check("2024-01-03T 12:40:13.5", Some("2024-01-03T12:40:13.5"));
        check("20260512 12:34:56.789", Some("2026-05-12T12:34:56.789"));
        check("20261121T0324", Some("2026-11-21T03:24:00"));
        check("2026-11-21t03:24:02z", Some("2026-11-21T03:24:02Z"));
        check("2026-11-21T03:24:02.1234567890123Z", Some("2026-11-21T03:24:02.123Z"));
        check("2026-11-21T03:24:02-00:30", Some("2026-11-21T03:24:02-00:30"));
        check("2026-11-21T03:24:02.+01:", Some("2026-11-21T03:24:02+01:00"));
        check("21 Nov 2026 03:39 +0100", Some("2026-11-21T03:39:00+01:00"));
        check("Sat, 21 Nov 2026 03:39:48 GMT", Some("2026-11-21T03:39:48Z"));
        check("Sun,  1 Nov 2026 03:39:48.25 UTC", Some("2026-11-01T03:39:48.25Z"));
        check("2021-03-07T10:36:56 UTC", Some("2021-03-07T10:36:56Z"));
        check("2021-03-07 10:36:56 CET", Some("2021-03-07T10:36:56+01:00"));
        check("2021-03-07T10:36:56EST", Some("2021-03-07T10:36:56-05:00"));
        check("2021-03-07 10:36:56 +0100", Some("2021-03-07T10:36:56+01:00"));
        check("2021-03-07T10:36:56+01:00[Europe/Berlin]", Some("2021-03-07T10:36:56+01:00"));
        check("2021-03-07 10:36:56 GMT+1", Some("2021-03-07T10:36:56+01:00"));
        check("2021-03-07 10:36:56 IST", Some("2021-03-07T10:36:56"));
        check("Sun Mar 07 10:36:56 UTC 2021", Some("2021-03-07T10:36:56Z"));
        check("Sun Mar  7 10:36:56 2021", Some("2021-03-07T10:36:56"));
        check("Mar 7, 2021, 1:36:56 PM", Some("2021-03-07T13:36:56"));
        check("1615113416", Some("2021-03-07T10:36:56Z"));
        check("1615113416.5", Some("2021-03-07T10:36:56.5Z"));
        check("1615113416500", Some("2021-03-07T10:36:56.5Z"));
        check("1615113416500000", Some("2021-03-07T10:36:56.5Z"));
        check("20210307103656", Some("2021-03-07T10:36:56"));
        check("2021/03/07 10:36:56", Some("2021-03-07T10:36:56"));
        check("2021-3-7 9:06:05", Some("2021-03-07T09:06:05"));
        check("07.03.2021 10:36:56", Some("2021-03-07T10:36:56"));
        check("2021.03.07-10.36.56", Some("2021-03-07T10:36:56"));
    }

    #[test]
    fn refuses_other_texts_and_dates_that_do_not_exist() {
        for text in [
            "",
            "yesterday",
            "99999-01-01T00:00:00",
            "2026-02-30",
            "1970-01-01T00:00:00",
            "2026-11-21T24:00:00",
            "2026-11-21T03:24:02 PM",
            "2026-1121",
            "2026-11-21Z",
            "2026-13-01",
            "21 Novem 2026 03:39 GMT",
            "03/07/2021 10:36:56",
            "0",
            "1.5",
            "12345678901",
            "1.2.2021x",
            "May",
        ] {
            check(text, None);
        }
        assert_eq!(Timestamp::from_unix_seconds(f64::NAN), None);
        assert_eq!(Timestamp::from_unix_seconds(1e300), None);
    }

    #[test]
    fn zones_shift_the_local_time_only() {
        let utc = Timestamp::parse("2026-11-21T03:24:02Z").unwrap();
        let india = Timestamp::parse("2026-11-21T08:54:02+05:30").unwrap();
        assert_eq!(utc.unix_ms, india.unix_ms);
    }
}
