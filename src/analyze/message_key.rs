//! Equal failures: what failures of one cause have in common.

use xxhash_rust::xxh3::xxh3_64;

/// The version of [`cluster_key`], which is the first part of the id of a cluster: an id means the same in
/// every session and on every machine, as long as the algorithm does.
const VERSION: u32 = 2;

/// How much of a message tells failures apart, in bytes.
const MESSAGE_BYTES: usize = 200;

/// Words that belong to a date if a number is beside them.
const DATE_WORDS: [&str; 19] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Mon", "Tue", "Wed",
    "Thu", "Fri", "Sat", "Sun",
];

/// Words of messages that say only that something failed, besides numbers and signs. Without case.
const GENERIC_WORDS: [&str; 66] = [
    "a",
    "actual",
    "an",
    "and",
    "are",
    "assert",
    "assertequal",
    "assertion",
    "assertionerror",
    "assertionfailederror",
    "be",
    "but",
    "code",
    "comparisonfailure",
    "condition",
    "equal",
    "equality",
    "equals",
    "error",
    "exception",
    "exit",
    "exited",
    "expect",
    "expected",
    "fail",
    "failed",
    "failure",
    "false",
    "found",
    "got",
    "have",
    "in",
    "is",
    "java",
    "junit",
    "lang",
    "left",
    "none",
    "not",
    "null",
    "object",
    "of",
    "one",
    "opentest",
    "org",
    "reason",
    "received",
    "result",
    "return",
    "returned",
    "right",
    "same",
    "status",
    "test",
    "tests",
    "that",
    "the",
    "these",
    "to",
    "tobe",
    "toequal",
    "true",
    "value",
    "values",
    "was",
    "were",
];

/// Words in the names of files that have tests.
const TEST_WORDS: [&str; 6] = ["test", "tests", "spec", "specs", "unittest", "unittests"];

/// Returns the id of a cluster: the version of the algorithm and a hash of the key, such as `2-3f9c1d7a`.
pub fn cluster_id(key: &str) -> String {
    format!("{VERSION}-{:08x}", xxh3_64(key.as_bytes()) as u32)
}

/// Returns the key of a failure: that of its message, and that of its top frame on a second line if the frame
/// [counts](frame_counts).
pub fn cluster_key(message: &str, frame: &str) -> String {
    let mut key = message_key(message);
    if !frame.is_empty() {
        key.push('\n');
        key.push_str(&message_key(frame));
    }
    key
}

/// Returns whether the top frame of a failure tells causes apart.
///
/// - If the frame lies outside of the test, in a helper, a fixture or the product, it counts: the same message
///   from two places has two causes, and tests that fail in one place share it.
/// - If it lies in the test itself or in a file of tests, each test has its own frame, and one cause would become
///   as many clusters as it has tests. Then it counts only if the message [says nothing](says_nothing).
pub fn frame_counts(says_nothing: bool, frame: &str, scope: &str, name: &str) -> bool {
    !frame.is_empty() && (says_nothing || !is_own(frame, scope, name))
}

/// Returns whether a message says only that something failed: `assert False`.
pub fn says_nothing(message_key: &str) -> bool {
    let words = message_key.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).all(|word| GENERIC_WORDS.binary_search(&&*word).is_ok())
}

/// Returns whether a frame lies in the test, or in a file of tests.
fn is_own(frame: &str, scope: &str, name: &str) -> bool {
    let (function, file) = match frame.strip_suffix(')').and_then(|frame| frame.rsplit_once(" (")) {
        Some((function, file)) => (function, file),
        None => ("", frame),
    };
    let name = name.split(['[', '(']).next().unwrap_or(name).trim_end();
    let name = name.rsplit(['.', ':', '/', '#', ' ']).next().unwrap_or(name);
    let function = function.rsplit('.').next().unwrap_or(function);
    let stem = file.split('.').next().unwrap_or(file);
    let is_in_scope =
        || scope.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').any(|part| part == stem);
    !function.is_empty() && function == name || is_in_scope() || has_test_word(file)
}

/// Returns whether the name of a file has a word like `test`: `audio_test.go`, `AudioTests.cs`, `audio.spec.ts`.
fn has_test_word(file: &str) -> bool {
    let mut word = String::new();
    let mut is_test = false;
    let mut was_lower = false;
    for c in file.chars().chain(['.']) {
        if !c.is_alphanumeric() || was_lower && c.is_uppercase() {
            is_test |= TEST_WORDS.contains(&word.as_str());
            word.clear();
        }
        if c.is_alphabetic() {
            word.extend(c.to_lowercase());
        }
        was_lower = c.is_lowercase();
    }
    is_test
}

/// Returns the key of a failure message: messages that differ only in numbers, addresses, dates and the
/// folders of paths have the same one. Only the beginning of a message counts.
///
/// - Runs of digits, with their decimal points and separators, become `#`; so do hexadecimal numbers
///   (`0x7f3a`) and words of four or more hexadecimal digits that have a digit 0 to 9, such as hashes and
///   the parts of UUIDs.
/// - The folders of a path become `…/`, so its file stays: `/tmp/run-7/main.c:31` becomes `…/main.c:#`.
/// - Names of months and days beside a number become a part of it.
/// - Blanks are joined.
pub fn message_key(message: &str) -> String {
    let message = crate::model::head(message, MESSAGE_BYTES).trim();
    let mut key = String::with_capacity(message.len());
    for word in message.split_whitespace() {
        if !key.is_empty() {
            key.push(' ');
        }
        push_text(&without_folders(word), &mut key);
    }
    join_dates(&key)
}

/// Replaces the folders of a path in a word. A path has two separators at least, or begins with one.
fn without_folders(word: &str) -> String {
    let is_part =
        |c: char| !matches!(c, '"' | '\'' | '`' | '(' | ')' | '<' | '>' | '[' | ']' | ',' | ';' | '=');
    let start = word.find(is_part).unwrap_or(word.len());
    let rest = &word[start..];
    let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    let path = &rest[..end];
    let is_separator = |c: char| matches!(c, '/' | '\\');
    let separators = path.matches(is_separator).count();
    let is_path = separators > 1 || separators == 1 && path.starts_with(is_separator) && path.len() > 1;
    let file = path.rsplit(is_separator).next().unwrap_or_default();
    let after = if end < rest.len() { without_folders(&rest[end..]) } else { String::new() };
    let path = if is_path { format!("…/{file}") } else { path.to_owned() };
    format!("{}{path}{after}", &word[..start])
}

/// Appends a text without blanks, with placeholders for numbers.
fn push_text(text: &str, key: &mut String) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        if word > 0 {
            push_word(&rest[..word], key);
            rest = &rest[word..];
            continue;
        }
        let (separator, after) = rest.split_at(first.len_utf8());
        let is_in_number = matches!(first, '.' | ',' | ':')
            && key.ends_with('#')
            && after.starts_with(|c: char| c.is_ascii_digit());
        if !is_in_number {
            key.push_str(separator);
        }
        rest = after;
    }
}

/// Appends a word of ASCII letters and digits.
fn push_word(word: &str, key: &mut String) {
    let has_digit = word.bytes().any(|byte| byte.is_ascii_digit());
    let is_hex = word.len() >= 4 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    if word.starts_with("0x") || is_hex && has_digit {
        push_number(key);
        return;
    }
    for c in word.chars() {
        if c.is_ascii_digit() { push_number(key) } else { key.push(c) }
    }
}

fn push_number(key: &mut String) {
    if !key.ends_with('#') {
        key.push('#');
    }
}

/// Replaces names of months and days, with the numbers beside them: `Fri Nov # # #` becomes `#`.
fn join_dates(key: &str) -> String {
    let is_date = |word: &str| DATE_WORDS.iter().any(|name| word.trim_matches(',') == *name);
    if !key.split(' ').any(is_date) {
        return key.to_owned();
    }
    let words: Vec<&str> = key.split(' ').collect();
    let mut joined: Vec<&str> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let is_number = |word: &&&str| word.trim_matches(',') == "#";
        let run = words[at..].iter().take_while(|word| is_date(word) || is_number(word)).count();
        let has_both = words[at..at + run].iter().any(|word| is_date(word))
            && words[at..at + run].iter().any(|word| is_number(&word));
        if has_both {
            joined.push("#");
            at += run;
        } else {
            joined.push(words[at]);
            at += 1;
        }
    }
    joined.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_addresses_do_not_tell_messages_apart() {
        for (message, expected) in [
            ("", ""),
            ("assert 3 == 4", "assert # == #"),
            ("noise floor at -82.3 dBFS,  -96 allowed", "noise floor at -# dBFS, -# allowed"),
            ("aac, 44.1 kHz", "aac, # kHz"),
            ("at 12:30:05.123 on 2026-11-28", "at # on #-#-#"),
            ("1,846 us apart", "# us apart"),
            ("<Board object at 0x7f3a9c>", "<Board object at #>"),
            ("commit 1f0c9a7be3", "commit #"),
            ("id 550e8400-e29b-41d4-a716-446655440000", "id #-#-#-#-#"),
            ("ap-2 timed out", "ap-# timed out"),
            ("Ü1 ä\u{a0}b", "Ü# ä b"),
            ("deadbeef is a word", "deadbeef is a word"),
            ("no answer from 192.168.1.7:8080", "no answer from #"),
        ] {
            assert_eq!(message_key(message), expected, "{message}");
        }
    }

    #[test]
    fn folders_and_dates_do_not_tell_messages_apart() {
        for (message, expected) in [
            ("/home/ci/build-7/src/foo.c:31: assertion", "…/foo.c:#: assertion"),
            (r"C:\Users\ci\x\bar.cs:line 9", "…/bar.cs:line #"),
            ("cannot open '/tmp/pytest-of-root/x.bin'", "cannot open '…/x.bin'"),
            ("open(/dev/ttyUSB3): busy", "open(…/ttyUSB#): busy"),
            ("http://10.0.0.7:80/api/v2 is down", "…/v# is down"),
            ("12 m/s instead of 4 m/s", "# m/s instead of # m/s"),
            ("and/or", "and/or"),
            ("down since Fri Nov 20 10:00:00 2026, again", "down since # again"),
            ("down since 20 Nov 2026", "down since #"),
            ("May I?", "May I?"),
            ("the Sun sets", "the Sun sets"),
        ] {
            assert_eq!(message_key(message), expected, "{message}");
        }
    }

    #[test]
    fn frames_outside_of_the_test_count() {
        for (frame, scope, name) in [
            ("level (audio.py)", "tests.test_audio", "test_level[48000]"),
            ("dut (conftest.py)", "tests.test_audio", "test_level"),
            ("Audio.level (Audio.java)", "com.acme.AudioTest", "levels"),
            ("audio.cc", "Audio", "Level"),
            ("latest.py", "tests.test_audio", "test_level"),
        ] {
            assert!(frame_counts(false, frame, scope, name), "{frame}");
        }
        for (frame, scope, name) in [
            ("test_level (test_audio.py)", "tests.test_audio", "test_level[48000]"),
            ("test_level (audio.py)", "", "test_level[a.b]"),
            ("check (checks.py)", "tests.checks", "test_level"),
            ("helper (test_helpers.py)", "tests.test_audio", "test_level"),
            ("AudioTest.helper (AudioTest.java)", "com.acme.AudioTest", "level"),
            ("audio_test.go", "acme/audio", "TestLevel"),
            ("audio.spec.ts", "levels", "stay"),
            ("AudioTests.Level (AudioTests.cs)", "Acme", "Other"),
            ("", "a", "b"),
        ] {
            assert!(!frame_counts(false, frame, scope, name), "{frame}");
        }
    }

    #[test]
    fn every_frame_counts_if_the_message_says_nothing() {
        assert!(frame_counts(true, "test_audio.py", "test_audio", "x"));
        let says_nothing = |message| says_nothing(&message_key(message));
        let generic = [
            "",
            "Failed",
            "Test failed",
            "AssertionError",
            "AssertionError: assert False",
            "assert 3 == 4",
            "exit code 1",
            "java.lang.AssertionError: expected:<3> but was:<4>",
            "expect(received).toBe(expected) // Object.is equality",
            "assertion `left == right` failed",
        ];
        assert!(generic.into_iter().all(says_nothing));
        let specific = ["assert level == 4", "TimeoutError", "ValueError: x", "assert 'on' == 'off'", "Ü"];
        assert!(!specific.into_iter().any(says_nothing));
        assert!(GENERIC_WORDS.is_sorted());
    }

    #[test]
    fn other_words_tell_messages_apart() {
        assert_ne!(message_key("left is wrong"), message_key("right is wrong"));
        assert_ne!(message_key("Timeout after 3 s"), message_key("Timeout after 3 ms"));
        assert_ne!(message_key("/a/b/one.c:3"), message_key("/a/b/two.c:3"));
    }

    /// If this fails, the algorithm changed: raise its version.
    #[test]
    fn ids_are_stable() {
        let key = |frame| cluster_key("noise floor at -82.3 dBFS", frame);
        assert_eq!(cluster_id(&key("")), "2-e7466c0e");
        assert_eq!(cluster_id(&key("level (audio.py)")), "2-9e42d359");
    }
}
