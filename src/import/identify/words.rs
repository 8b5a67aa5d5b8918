//! Kinds of words in a path: versions, dates and commits, generic words, words for devices.

/// Separators of words.
pub(super) const SEPARATORS: [char; 5] = ['-', '_', '.', '+', ' '];

/// Returns whether a word is generic: it names a kind of content, such as `results` or `junit`.
pub(super) fn is_noise(word: &str) -> bool {
    matches!(
        word.to_ascii_lowercase().as_str(),
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
            let word = word.trim_matches(|c: char| c.is_ascii_digit());
            word.is_empty()
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
                || word.strip_prefix('g').unwrap_or(word).bytes().all(|b| b.is_ascii_hexdigit())
        })
}

/// Returns whether a word is a commit: 7 to 40 hexadecimal digits, letters and digits mixed.
fn is_commit(text: &str) -> bool {
    let text = text.strip_prefix('g').unwrap_or(text);
    (7..=40).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase())
        && text.bytes().any(|b| b.is_ascii_digit())
        && text.bytes().any(|b| b.is_ascii_alphabetic())
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
}
