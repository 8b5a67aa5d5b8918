//! Kinds of words in a path: versions, dates and commits, generic words, words for devices.

/// Separators of words.
pub(super) const SEPARATORS: [char; 5] = ['-', '_', '.', '+', ' '];

/// Returns whether a word is generic: it names a kind of content, such as `results` or `junit`. Words
/// in camel case (`JUnitReport`) are generic if each of their parts is.
pub(super) fn is_noise(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    if is_generic(&lower) {
        return true;
    }
    // At most one word may remain between generic ones at both ends.
    let ends = |at: usize| lower.get(..at).zip(lower.get(at..));
    (3..lower.len().min(24)).filter_map(ends).any(|(head, tail)| is_generic(head) && is_generic(tail))
}

fn is_generic(lower: &str) -> bool {
    matches!(
        lower,
        "junit"
            | "xunit"
            | "pytest"
            | "report"
            | "reports"
            | "result"
            | "results"
            | "test"
            | "tests"
            | "testresult"
            | "testresults"
            | "testreport"
            | "testreports"
            | "output"
            | "outputs"
            | "out"
            | "xml"
            | "json"
            | "tap"
            | "csv"
            | "log"
            | "logs"
            | "artifact"
            | "artifacts"
            | "nightly"
            | "ci"
            | "daily"
            | "weekly"
            | "latest"
            | "summary"
            | "target"
            | "surefire"
            | "failsafe"
            | "data"
            | "tmp"
            | "download"
            | "downloads"
            | "run"
            | "runs"
            | "build"
            | "builds"
            | "history"
            | "allure"
            | "ctrf"
            | "playwright"
            | "jest"
            | "vitest"
            | "mocha"
            | "mochawesome"
            | "cucumber"
            | "behave"
            | "rspec"
            | "gtest"
            | "html"
            | "unittest"
            | "unittests"
            | "testlogs"
            | "bazel"
            | "nextest"
            | "karma"
            | "cypress"
            | "trx"
            | "nunit"
            | "testng"
            | "combined"
            | "merged"
            | "spec"
            | "specs"
            | "copy"
            | "pabot"
            | "all"
            | "full"
            | "overall"
            | "total"
            | "joined"
            | "aggregate"
            | "aggregated"
    )
}

/// Returns whether a word is a date or a dotted version, which can be split off a name.
pub(super) fn is_dated(text: &str) -> bool {
    is_date(text) || is_version(text)
}

/// Returns whether a word is a version, date, commit, or a number with a word such as `build-123`.
pub(super) fn is_build(text: &str) -> bool {
    is_dated(text) || is_commit(text) || is_numbered(text)
}

/// Returns whether a word is a date, with or without a time: `2026-11-20`, `20261120`.
fn is_date(text: &str) -> bool {
    let digits: String =
        text.chars().filter(|c| !matches!(c, '-' | '_' | ':' | '.' | 'T' | 'Z' | '+' | ' ')).collect();
    if !(8..=20).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let number = |from: usize, to: usize| digits.get(from..to).and_then(|d| d.parse::<u32>().ok());
    matches!((number(0, 4), number(4, 6), number(6, 8)), (Some(1990..=2199), Some(1..=12), Some(1..=31)))
}

/// Returns whether a word is a version: `1.4.0`, `v4.0.0-374-g4789820722f3`, `10.1`, `1.4.0-rc1`,
/// `release-1.4`.
fn is_version(text: &str) -> bool {
    if is_ip_address(text) {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    let rest = ["release-", "release_", "rel-", "version-", "build-", "fw-", "v", "r"]
        .iter()
        .find_map(|prefix| lower.strip_prefix(prefix))
        .unwrap_or(&lower);
    let numbers = rest.split(|c: char| !(c.is_ascii_digit() || c == '.')).next().unwrap_or("");
    let numbers = numbers.trim_end_matches('.');
    let parts: Vec<&str> = numbers.split('.').collect();
    if parts.len() < 2 || parts.iter().any(|part| part.is_empty() || part.len() > 8) {
        return false;
    }
    // Only common suffixes of versions may follow the numbers.
    let tail = rest.get(numbers.len()..).unwrap_or("");
    tail.is_empty()
        || tail.split(['-', '+', '.', '_']).all(|word| {
            // A date is no part of the version before it: `1.4.0_20261120`.
            let is_date = word.len() >= 6 && word.bytes().all(|b| b.is_ascii_digit());
            let word = word.trim_matches(|c: char| c.is_ascii_digit());
            let is_suffix = word.is_empty()
                || matches!(
                    word,
                    "rc" | "a"
                        | "b"
                        | "alpha"
                        | "beta"
                        | "dev"
                        | "post"
                        | "pre"
                        | "snapshot"
                        | "final"
                        | "dirty"
                        | "m"
                        | "sp"
                )
                || word.strip_prefix('g').unwrap_or(word).bytes().all(|b| b.is_ascii_hexdigit());
            is_suffix && !is_date
        })
}

/// Returns whether a text begins with an IPv4 address: `127.0.0.1-5037`. Versions of four parts have
/// small numbers.
fn is_ip_address(text: &str) -> bool {
    let numbers = text.split(|c: char| !(c.is_ascii_digit() || c == '.')).next().unwrap_or("");
    let parts: Vec<u8> = numbers.split('.').map_while(|part| part.parse().ok()).collect();
    match *parts.as_slice() {
        [first, second, third, fourth] if numbers.matches('.').count() == 3 => {
            let is_private = matches!(first, 10 | 127) || first == 192 && second == 168;
            is_private || [first, second, third, fourth].iter().filter(|&&part| part > 31).count() > 1
        }
        _ => false,
    }
}

/// Returns whether a word is a commit: 7 to 12 or 40 hexadecimal digits, letters and digits mixed.
pub(super) fn is_commit(text: &str) -> bool {
    let text = text.strip_prefix('g').unwrap_or(text);
    matches!(text.len(), 7..=12 | 40) && is_hexadecimal(text)
}

/// Returns whether a word is a hash or UUID that is no commit: it says nothing about a file.
pub(super) fn is_hash(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let is_uuid = lower.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    let digits = lower.replace('-', "");
    !is_commit(text)
        && (is_uuid || text.len() == digits.len())
        && digits.len() >= 13
        && is_hexadecimal(&digits)
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase())
        && text.bytes().any(|b| b.is_ascii_digit())
        && text.bytes().any(|b| b.is_ascii_alphabetic())
}

/// Returns whether a word numbers a share of a run: `shard-1`, `shard_1_of_2`, `matrix_0`, or only
/// digits.
pub(super) fn is_share(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> = lower.split([' ', '-', '_', '(', ')']).filter(|w| !w.is_empty()).collect();
    let is_number = |word: &str| word.bytes().all(|b| b.is_ascii_digit());
    let is_word = |word: &str| {
        matches!(
            word.trim_end_matches(|c: char| c.is_ascii_digit()),
            "" | "shard" | "shards" | "chunk" | "part" | "split" | "matrix" | "of" | "worker" | "suite"
        ) || is_noise(word)
    };
    words.iter().any(|word| is_number(word) || word.ends_with(|c: char| c.is_ascii_digit()))
        && words.iter().all(|word| is_number(word) || is_word(word))
}

/// Returns the number of an attempt: 2 for `retry-2`, `attempt_2` or `rerun2`.
pub(super) fn attempt(text: &str) -> Option<i32> {
    let lower = text.to_ascii_lowercase();
    let rest = ["attempt", "retry", "rerun", "try"].iter().find_map(|word| lower.strip_prefix(word))?;
    rest.trim_start_matches(['-', '_', '.', '#', ' '])
        .parse()
        .ok()
        .filter(|number| (0..1000).contains(number))
}

/// Returns whether a word is a build number: `build-123`, `run_7`, `#42`.
fn is_numbered(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["build", "run", "ci", "job", "pipeline", "nightly", "rc", "#", "pr", "mr"].iter().any(|word| {
        lower.strip_prefix(word).is_some_and(|rest| {
            let rest = rest.trim_start_matches(['-', '_', '.', '#']);
            !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit())
        })
    })
}

/// Returns whether a name contains a word for a device.
pub(super) fn names_a_device(text: &str) -> bool {
    // `unit` or `node` alone is rather a kind of test.
    let is_alone = text.bytes().all(|b| b.is_ascii_alphabetic());
    let is_about_tests = |word: &str| is_noise(word) || matches!(word, "tests" | "e2e" | "integration");
    if is_alone && !matches!(text.to_ascii_lowercase().as_str(), "dut" | "sut" | "evk" | "devkit") {
        return false;
    }
    if text.to_ascii_lowercase().split(SEPARATORS).any(is_about_tests) {
        return false;
    }
    text.to_ascii_lowercase().split(SEPARATORS).any(|word| {
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
        matches!(
            word,
            "dut"
                | "sut"
                | "board"
                | "device"
                | "unit"
                | "target"
                | "rig"
                | "bench"
                | "station"
                | "tentacle"
                | "node"
                | "evk"
                | "devkit"
        )
    })
}

/// Returns whether a lower-case word is common in names of devices, browsers, boards and hosts. It
/// may be longer: `esp32dev`, `leaf1`.
pub fn is_device_word(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "chrome",
        "chromium",
        "firefox",
        "safari",
        "edge",
        "opera",
        "webkit",
        "headless",
        "electron",
        "android",
        "ios",
        "iphone",
        "ipad",
        "pixel",
        "nexus",
        "galaxy",
        "phone",
        "tablet",
        "emulator",
        "simulator",
        "board",
        "dut",
        "device",
        "esp32",
        "esp8266",
        "stm32",
        "nrf5",
        "nucleo",
        "arduino",
        "uno",
        "teensy",
        "pico",
        "rp2040",
        "rpi",
        "raspberry",
        "beaglebone",
        "samd",
        "atmega",
        "imx",
        "qemu",
        "leaf",
        "spine",
        "switch",
        "router",
        "gateway",
        "firewall",
        "host",
        "node",
        "server",
        "linux",
        "windows",
        "macos",
        "ubuntu",
        "debian",
        "arm64",
        "aarch64",
        "x86",
    ];
    let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
    WORDS.iter().any(|known| {
        letters == *known || known.bytes().any(|b| b.is_ascii_digit()) && word.starts_with(known)
    })
}

/// Returns whether a lower-case word, without digits at its end, is about kinds or shares of tests
/// and not about devices.
pub fn is_kind_of_suite(word: &str) -> bool {
    matches!(
        word.trim_end_matches(|c: char| c.is_ascii_digit()),
        "test"
            | "tests"
            | "testing"
            | "spec"
            | "specs"
            | "suite"
            | "suites"
            | "feature"
            | "scenario"
            | "should"
            | "when"
            | "unit"
            | "integration"
            | "smoke"
            | "regression"
            | "e2e"
            | "run"
            | "shard"
            | "worker"
            | "retry"
            | "rerun"
            | "attempt"
            | "iteration"
            | "repeat"
            | "round"
            | "step"
            | "phase"
            | "part"
            | "chunk"
            | "batch"
            | "group"
            | "module"
            | "class"
            | "package"
            | "check"
            | "checks"
            | "rule"
            | "lint"
            | "param"
            | "case"
            | "cases"
            | "set"
    )
}

/// Returns whether a name is a word for a device and a short mark: `board_a`, `DUT-12`, `rig3`.
pub(super) fn labels_a_device(text: &str) -> bool {
    let words: Vec<&str> = text.split(SEPARATORS).collect();
    let is_mark = |word: &&str| word.len() <= 2 || word.bytes().all(|b| b.is_ascii_digit());
    let ends_with_mark = words.last().is_some_and(is_mark) || text.ends_with(|c: char| c.is_ascii_digit());
    names_a_device(text) && words.len() <= 2 && ends_with_mark
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_dates_and_commits() {
        for text in [
            "1.4",
            "v1.4.0",
            "10.1.0",
            "1.4.0-rc1",
            "v4.0.0-374-g4789820722f3",
            "release-1.4",
            "1.4.0.dev12+g1234abc",
        ] {
            assert!(is_version(text), "{text}");
        }
        for text in ["py3.12.1", "board_a", "v2", "1", "stm32f3", "3.x", "1.4.0/board", "..", "1..2"] {
            assert!(!is_version(text), "{text}");
        }
        assert!(
            is_date("2026-11-20")
                && is_date("20261120")
                && is_date("2026-11-20T10-15-00")
                && is_date("20261120_101500")
        );
        assert!(!is_date("12345678") && !is_date("2026-13-20") && !is_date("2026"));
        assert!(is_commit("748e7b6d75") && !is_commit("deadbeef") && !is_commit("12345678"));
    }

    #[test]
    fn hashes_and_addresses_are_no_builds() {
        for text in ["3f9c1d7aa0b2c4d5e6f708192a3b4c5d", "6f1c0d3e-8a5b-4c7d-9e2f-001122334455"] {
            assert!(is_hash(text) && !is_build(text), "{text}");
        }
        for text in ["127.0.0.1", "127.0.0.1-5037", "10.0.0.17", "192.168.1.20", "84.112.33.9"] {
            assert!(!is_build(text), "{text}");
        }
        assert!(is_build("1.2.3.4") && is_build("120.0.6099.109"));
    }

    #[test]
    fn generic_names() {
        for text in ["JUnitReport", "unittests", "TestSummary", "TestResults", "results"] {
            assert!(is_noise(text), "{text}");
        }
        for text in ["shard-1", "shard_1_of_2", "results-1", "test results (1)", "matrix_0"] {
            assert!(is_share(text), "{text}");
        }
        assert!(!is_noise("kitchen") && !is_share("board-1") && !is_share("pixel_7"));
        assert_eq!((attempt("retry-2"), attempt("attempt_1"), attempt("retries")), (Some(2), Some(1), None));
    }
}
