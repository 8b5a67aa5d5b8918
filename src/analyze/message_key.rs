//! Equal messages: what messages of one cause have in common.

use xxhash_rust::xxh3::xxh3_64;

/// The version of [`message_key`], which is the first part of the id of a cluster: an id means the same in
/// every session and on every machine, as long as the algorithm does.
const VERSION: u32 = 1;

/// How much of a message tells failures apart, in bytes.
const MESSAGE_BYTES: usize = 200;

/// Words that belong to a date if a number is beside them.
const DATE_WORDS: [&str; 19] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Mon", "Tue", "Wed",
    "Thu", "Fri", "Sat", "Sun",
];

/// Returns the id of a cluster: the version of the algorithm and a hash of the key, such as `1-3f9c1d7a`.
pub fn cluster_id(key: &str) -> String {
    format!("{VERSION}-{:08x}", xxh3_64(key.as_bytes()) as u32)
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
    fn other_words_tell_messages_apart() {
        assert_ne!(message_key("left is wrong"), message_key("right is wrong"));
        assert_ne!(message_key("Timeout after 3 s"), message_key("Timeout after 3 ms"));
        assert_ne!(message_key("/a/b/one.c:3"), message_key("/a/b/two.c:3"));
    }

    /// If this fails, the algorithm changed: raise its version.
    #[test]
    fn ids_are_stable() {
        assert_eq!(cluster_id(&message_key("noise floor at -82.3 dBFS")), "1-e7466c0e");
    }
}
