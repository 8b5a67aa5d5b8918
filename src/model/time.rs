//! Points in time, as files have them: with a zone, or without.
//!
//! Read and written by ourselves: the `time` crate, which tests compare with,
//! weighs 7 kB of the first visit, jiff 40.

use serde::{Deserialize, Serialize};

/// A point in time.
///
/// A time stamp without zone is the producer's local time, which cannot be
/// known here: it sorts as if it were UTC and is shown as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp {
    /// Milliseconds since 1970-01-01T00:00, by UTC or by the unknown zone.
    pub unix_ms: i64,
    /// Minutes east of UTC, where the file tells.
    pub offset_min: Option<i16>,
}

impl Timestamp {
    /// Seconds since the epoch, which is UTC.
    pub fn from_unix_seconds(seconds: f64) -> Option<Timestamp> {
        let ms = (seconds * 1000.0).round();
        let moment = Timestamp { unix_ms: ms as i64, offset_min: Some(0) };
        (ms.is_finite() && moment.is_sensible()).then_some(moment)
    }

    /// Reads a time stamp: ISO 8601 with or without zone, a date alone, RFC
    /// 2822 and 1123, and ISO with a stray space. `None` for anything else and
    /// for years outside of 1990 to 2199, which are clocks that were not set.
    pub fn parse(text: &str) -> Option<Timestamp> {
        let text = text.trim();
        let moment = parse_iso(text).or_else(|| {
            let spaced = text.replacen("T ", "T", 1);
            parse_iso(&spaced).or_else(|| parse_rfc2822(text))
        })?;
        moment.is_sensible().then_some(moment)
    }

    /// A date and a time of day, at a place so many minutes east of UTC.
    fn civil(days: i64, time_ms: i64, offset_min: Option<i16>) -> Timestamp {
        let local_ms = days * DAY_MS + time_ms;
        Timestamp { unix_ms: local_ms - i64::from(offset_min.unwrap_or(0)) * 60_000, offset_min }
    }

    fn is_sensible(self) -> bool {
        const YEAR_1990: i64 = 631_152_000_000;
        const YEAR_2200: i64 = 7_258_118_400_000;
        (YEAR_1990..YEAR_2200).contains(&self.unix_ms)
    }

    /// This moment moved by some seconds.
    pub fn plus_seconds(self, seconds: f64) -> Timestamp {
        Timestamp { unix_ms: self.unix_ms.saturating_add((seconds * 1000.0) as i64), ..self }
    }

    /// ISO 8601: with `Z` or an offset where the zone is known, else without.
    pub fn iso(self) -> String {
        let offset_min = self.offset_min.unwrap_or(0);
        let local_ms = self.unix_ms.saturating_add(i64::from(offset_min) * 60_000);
        let (year, month, day) = civil_from_days(local_ms.div_euclid(DAY_MS));
        let seconds = local_ms.rem_euclid(DAY_MS) / 1000;
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let fraction = match local_ms.rem_euclid(1000) {
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
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{zone}")
    }
}

const DAY_MS: i64 = 86_400_000;

/// What is left of a time stamp.
struct Stamp<'a>(&'a [u8]);

impl Stamp<'_> {
    /// Steps over one of these bytes, if it is the next one.
    fn eat(&mut self, bytes: &[u8]) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        bytes.contains(&first).then(|| {
            self.0 = rest;
            first
        })
    }

    /// Steps over a number of this many digits.
    fn digits(&mut self, count: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        let number = digits.iter().try_fold(0, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0'))
        })?;
        self.0 = rest;
        Some(number)
    }

    /// Hours, minutes, perhaps seconds and a part of them, as milliseconds; with
    /// colons, or without.
    fn time(&mut self) -> Option<i64> {
        let hour = self.digits(2)?;
        let has_colons = self.eat(b":").is_some();
        let minute = self.digits(2)?;
        let mut second = 0;
        let mut ms = 0;
        let is_followed = if has_colons { self.eat(b":").is_some() } else { starts_with_digit(self.0) };
        if is_followed {
            second = self.digits(2)?;
            if self.eat(b".,").is_some() {
                let mut scale = 100;
                while let Some(digit) = self.digits(1) {
                    ms += digit * scale;
                    scale /= 10;
                }
            }
        }
        // A leap second is the last one of its minute here.
        (hour < 24 && minute < 60 && second <= 60)
            .then(|| ((hour * 60 + minute) * 60 + second.min(59)) * 1000 + ms)
    }

    /// `Z`, or hours and perhaps minutes east of UTC. Outer `None` for anything
    /// else, inner where nothing is left.
    fn zone(&mut self) -> Option<Option<i16>> {
        if self.0.is_empty() {
            return Some(None);
        }
        let sign = self.eat(b"Zz+-")?;
        if matches!(sign, b'Z' | b'z') {
            return Some(Some(0));
        }
        let hour = self.digits(2)?;
        self.eat(b":");
        let minute = if self.0.is_empty() { 0 } else { self.digits(2)? };
        let minutes = i16::try_from(hour * 60 + minute).ok().filter(|_| hour < 24 && minute < 60)?;
        Some(Some(if sign == b'-' { -minutes } else { minutes }))
    }
}

fn starts_with_digit(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(u8::is_ascii_digit)
}

/// A date, or a date and a time, extended (`2026-11-21T03:24:02`) or basic
/// (`20261121T032402`).
fn parse_iso(text: &str) -> Option<Timestamp> {
    let mut stamp = Stamp(text.as_bytes());
    let year = stamp.digits(4)?;
    let has_hyphens = stamp.eat(b"-").is_some();
    let month = stamp.digits(2)?;
    if has_hyphens {
        stamp.eat(b"-")?;
    }
    let days = days_from_civil(year, month, stamp.digits(2)?)?;
    let (mut time_ms, mut offset_min) = (0, None);
    if !stamp.0.is_empty() {
        stamp.eat(b"Tt ")?;
        time_ms = stamp.time()?;
        offset_min = stamp.zone()?;
    }
    stamp.0.is_empty().then(|| Timestamp::civil(days, time_ms, offset_min))
}

/// `Sat, 21 Nov 2026 03:39:48 GMT`, with or without the day of the week.
fn parse_rfc2822(text: &str) -> Option<Timestamp> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let text = text.split_once(',').map_or(text, |(_, text)| text);
    let mut words = text.split_ascii_whitespace();
    let day: i64 = words.next()?.parse().ok()?;
    let month = words.next()?;
    let month = MONTHS.find(month).filter(|at| month.len() == 3 && at % 3 == 0)? as i64 / 3 + 1;
    let year: i64 = words.next()?.parse().ok()?;
    let mut time = Stamp(words.next()?.as_bytes());
    let days = days_from_civil(year, month, day)?;
    let time_ms = time.time().filter(|_| time.0.is_empty())?;
    let offset_min = match words.next()? {
        "GMT" | "UTC" | "UT" | "Z" => 0,
        zone => Stamp(zone.as_bytes()).zone()??,
    };
    words.next().is_none().then(|| Timestamp::civil(days, time_ms, Some(offset_min)))
}

/// Days since 1970-01-01 of a date of the Gregorian calendar; `None` for none.
/// By Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(is_leap),
        1..=12 => 31,
        _ => return None,
    };
    if !(0..=9999).contains(&year) || !(1..=last).contains(&day) {
        return None;
    }
    let shifted_year = year - i64::from(month <= 2);
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// Year, month and day of a number of days since 1970-01-01; the inverse.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::OffsetDateTime;
    use time::format_description::well_known::{Iso8601, Rfc2822, Rfc3339};

    proptest! {
        #[test]
        fn moments_are_those_of_the_time_crate(seconds in 631_152_000_i64..7_258_118_400, ms in 0..1000_i64) {
            let stamp = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
            let moment = Timestamp { unix_ms: seconds * 1000 + ms, offset_min: Some(0) };
            let read = OffsetDateTime::parse(&moment.iso(), &Rfc3339).unwrap();
            prop_assert_eq!(read.unix_timestamp_nanos() / 1_000_000, i128::from(moment.unix_ms));
            prop_assert_eq!(Timestamp::parse(&moment.iso()), Some(moment));
            let whole = Timestamp { unix_ms: seconds * 1000, ..moment };
            prop_assert_eq!(Timestamp::parse(&stamp.format(&Rfc2822).unwrap()), Some(whole));
            prop_assert_eq!(Timestamp::parse(&stamp.format(&Iso8601::DEFAULT).unwrap()), Some(whole));
        }

        #[test]
        fn no_text_is_too_strange(text in "[0-9TZ:+., -]{0,30}|.{0,20}") {
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
        check("21 Nov 2026 03:39 +0100", Some("2026-11-21T03:39:00+01:00"));
        check("Sat, 21 Nov 2026 03:39:48 GMT", Some("2026-11-21T03:39:48Z"));
    }

    #[test]
    fn refuses_what_is_no_date() {
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
        ] {
            check(text, None);
        }
        assert_eq!(Timestamp::from_unix_seconds(f64::NAN), None);
        assert_eq!(Timestamp::from_unix_seconds(1e300), None);
    }

    #[test]
    fn zones_do_not_move_the_moment() {
        let utc = Timestamp::parse("2026-11-21T03:24:02Z").unwrap();
        let india = Timestamp::parse("2026-11-21T08:54:02+05:30").unwrap();
        assert_eq!(utc.unix_ms, india.unix_ms);
    }
}
