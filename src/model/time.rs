//! Points in time, as files have them: with a zone, or without.

use serde::{Deserialize, Serialize};
use time::format_description::well_known::{Iso8601, Rfc2822};
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

/// A point in time.
///
/// A time stamp without zone is the producer's local time, which cannot be
/// known here: it sorts as if it were UTC and is shown as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Moment {
    /// Milliseconds since 1970-01-01T00:00, by UTC or by the unknown zone.
    pub unix_ms: i64,
    /// Minutes east of UTC, where the file tells.
    pub offset_min: Option<i16>,
}

impl Moment {
    /// Seconds since the epoch, which is UTC.
    pub fn from_unix_seconds(seconds: f64) -> Option<Moment> {
        let ms = (seconds * 1000.0).round();
        let moment = Moment { unix_ms: ms as i64, offset_min: Some(0) };
        (ms.is_finite() && moment.is_sensible()).then_some(moment)
    }

    /// Reads a time stamp: ISO 8601 with or without zone, a date alone, RFC
    /// 2822 and 1123, and ISO with a stray space. `None` for anything else and
    /// for years outside of 1990 to 2199, which are clocks that were not set.
    pub fn parse(text: &str) -> Option<Moment> {
        let text = text.trim();
        let moment = parse_iso(text).or_else(|| {
            let spaced = text.replacen("T ", "T", 1);
            parse_iso(&spaced).or_else(|| parse_rfc2822(text))
        })?;
        moment.is_sensible().then_some(moment)
    }

    fn is_sensible(self) -> bool {
        const YEAR_1990: i64 = 631_152_000_000;
        const YEAR_2200: i64 = 7_258_118_400_000;
        (YEAR_1990..YEAR_2200).contains(&self.unix_ms)
    }

    /// This moment moved by some seconds.
    pub fn plus_seconds(self, seconds: f64) -> Moment {
        Moment { unix_ms: self.unix_ms.saturating_add((seconds * 1000.0) as i64), ..self }
    }

    /// ISO 8601: with `Z` or an offset where the zone is known, else without.
    pub fn iso(self) -> String {
        let offset_min = self.offset_min.unwrap_or(0);
        let local_ms = self.unix_ms.saturating_add(i64::from(offset_min) * 60_000);
        let Ok(stamp) = OffsetDateTime::from_unix_timestamp(local_ms.div_euclid(1000)) else {
            return String::new();
        };
        let (year, month, day) = stamp.to_calendar_date();
        let (hour, minute, second) = stamp.to_hms();
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
        let month = u8::from(month);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{zone}")
    }
}

fn parse_iso(text: &str) -> Option<Moment> {
    let text = text.replacen(' ', "T", 1);
    if let Ok(stamp) = OffsetDateTime::parse(&text, &Iso8601::DEFAULT) {
        return Some(Moment {
            unix_ms: milliseconds(stamp),
            offset_min: Some((stamp.offset().whole_seconds() / 60) as i16),
        });
    }
    let civil = PrimitiveDateTime::parse(&text, &Iso8601::DEFAULT).ok().or_else(|| {
        let date = Date::parse(&text, &Iso8601::DEFAULT).ok()?;
        Some(PrimitiveDateTime::new(date, Time::MIDNIGHT))
    })?;
    Some(Moment { unix_ms: milliseconds(civil.assume_utc()), offset_min: None })
}

fn parse_rfc2822(text: &str) -> Option<Moment> {
    let stamp = OffsetDateTime::parse(text, &Rfc2822).ok()?;
    Some(Moment { unix_ms: milliseconds(stamp), offset_min: Some(0) })
}

fn milliseconds(stamp: OffsetDateTime) -> i64 {
    stamp.unix_timestamp() * 1000 + i64::from(stamp.millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let iso = Moment::parse(text).map(Moment::iso);
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
        check("Sat, 21 Nov 2026 03:39:48 GMT", Some("2026-11-21T03:39:48Z"));
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in ["", "yesterday", "99999-01-01T00:00:00", "2026-02-30", "1970-01-01T00:00:00"] {
            check(text, None);
        }
        assert_eq!(Moment::from_unix_seconds(f64::NAN), None);
        assert_eq!(Moment::from_unix_seconds(1e300), None);
    }

    #[test]
    fn zones_do_not_move_the_moment() {
        let utc = Moment::parse("2026-11-21T03:24:02Z").unwrap();
        let india = Moment::parse("2026-11-21T08:54:02+05:30").unwrap();
        assert_eq!(utc.unix_ms, india.unix_ms);
    }
}
