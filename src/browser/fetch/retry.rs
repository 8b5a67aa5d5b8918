//! When a fetch is tried again, and whether it goes on where it broke off.

/// How often a fetch is tried again.
const MOST: u32 = 3;

/// The first wait, in milliseconds; each further one is twice as long.
const FIRST_MS: u32 = 500;

/// The longest wait that a server may ask for, in seconds. Who opened the page is waiting, too.
const LONGEST_S: f64 = 60.0;

/// Returns how long to wait before a fetch is tried again, in milliseconds; `None` if it is not. `retry` counts the
/// earlier ones; `status` is the answer, `None` for a connection that broke off.
pub fn wait_ms(retry: u32, status: Option<u16>, retry_after_s: Option<f64>) -> Option<u32> {
    let may_pass = status.is_none_or(|status| matches!(status, 408 | 429 | 500 | 502 | 503 | 504));
    let asked_s = retry_after_s.filter(|seconds| seconds.is_finite()).unwrap_or(0.0).max(0.0);
    (retry < MOST && may_pass && asked_s <= LONGEST_S)
        .then(|| (FIRST_MS << retry).max((asked_s * 1000.0).ceil() as u32))
}

/// Reads `Retry-After`, which is a number of seconds or a date. `date_ms` reads a date, in milliseconds since 1970.
pub fn retry_after_s(header: &str, now_ms: f64, date_ms: impl Fn(&str) -> f64) -> Option<f64> {
    let header = header.trim();
    if header.is_empty() {
        return None;
    }
    let seconds = header.parse().unwrap_or_else(|_| (date_ms(header) - now_ms) / 1000.0);
    Some(seconds).filter(|seconds: &f64| seconds.is_finite())
}

/// What an answer says about the file. Servers of other origins may hide any of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Version {
    /// The `ETag`, "" if there is none.
    pub etag: String,
    /// `Last-Modified`, "" if there is none.
    pub modified: String,
    /// `Content-Length`.
    pub bytes: Option<f64>,
    /// The content is compressed on the way, so its bytes are not those of the file.
    pub is_encoded: bool,
}

impl Version {
    /// Whether the rest of the file can be asked for: its version and size are known.
    pub fn can_continue(&self) -> bool {
        let is_strong = !self.etag.is_empty() && !self.etag.starts_with("W/");
        (is_strong || !self.modified.is_empty()) && self.bytes.is_some() && !self.is_encoded
    }

    /// Whether a partial answer (206) is the rest of this file after `at` bytes. `range` is its `Content-Range`, "" if
    /// that is hidden: then the length decides, which differs if the first answer was compressed.
    pub fn continues(&self, rest: &Version, range: &str, at: f64) -> bool {
        let is_same = |mine: &str, other: &str| mine.is_empty() || other.is_empty() || mine == other;
        let is_known = !rest.etag.is_empty() || !rest.modified.is_empty();
        let begins = range
            .trim()
            .strip_prefix("bytes ")
            .and_then(|range| range.split_once('-')?.0.trim().parse().ok());
        let is_there = range.is_empty() || begins == Some(at);
        let left = self.bytes.map(|bytes| bytes - at);
        is_known
            && is_there
            && is_same(&self.etag, &rest.etag)
            && is_same(&self.modified, &rest.modified)
            && left.is_some()
            && left == rest.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_follow_the_server() {
        for (retry, status, asked, expected) in [
            (0, Some(503), None, Some(500)),
            (1, Some(503), None, Some(1000)),
            (2, None, None, Some(2000)),
            (3, None, None, None),
            (0, Some(429), Some(2.5), Some(2500)),
            (2, Some(429), Some(1.0), Some(2000)),
            (0, Some(429), Some(3600.0), None),
            (0, Some(429), Some(-5.0), Some(500)),
            (0, Some(404), None, None),
            (0, Some(403), Some(1.0), None),
            (0, Some(501), None, None),
        ] {
            assert_eq!(wait_ms(retry, status, asked), expected, "{retry} {status:?} {asked:?}");
        }
    }

    #[test]
    fn servers_name_seconds_or_a_date() {
        let date = |text: &str| if text == "Wed, 21 Oct 2026 07:28:10 GMT" { 110_000.0 } else { f64::NAN };
        assert_eq!(retry_after_s(" 7 ", 0.0, date), Some(7.0));
        assert_eq!(retry_after_s("Wed, 21 Oct 2026 07:28:10 GMT", 100_000.0, date), Some(10.0));
        assert_eq!(retry_after_s("soon", 0.0, date), None);
        assert_eq!(retry_after_s("", 0.0, date), None);
    }

    fn version(etag: &str, modified: &str, bytes: f64) -> Version {
        Version {
            etag: etag.to_owned(),
            modified: modified.to_owned(),
            bytes: Some(bytes),
            is_encoded: false,
        }
    }

    #[test]
    fn only_the_rest_of_the_same_file_is_added() {
        let first = version("\"a\"", "Mon", 100.0);
        assert!(first.can_continue() && version("", "Mon", 1.0).can_continue());
        assert!(!version("W/\"a\"", "", 1.0).can_continue() && !version("", "", 1.0).can_continue());
        assert!(!Version { is_encoded: true, ..first.clone() }.can_continue());
        assert!(!Version { bytes: None, ..first.clone() }.can_continue());
        for (rest, range, expected) in [
            (version("\"a\"", "Mon", 60.0), "bytes 40-99/100", true),
            (version("\"a\"", "Mon", 60.0), "", true),
            (version("", "Mon", 60.0), "", true),
            (version("", "", 60.0), "", false),
            (version("\"b\"", "Mon", 60.0), "bytes 40-99/100", false),
            (version("", "Tue", 60.0), "", false),
            (version("\"a\"", "Mon", 60.0), "bytes 30-99/100", false),
            // The first answer was compressed: the rest is longer than what was left of that.
            (version("\"a\"", "Mon", 500.0), "", false),
        ] {
            assert_eq!(first.continues(&rest, range, 40.0), expected, "{rest:?} {range}");
        }
    }
}
