//! Equal messages: what messages of one cause have in common.

/// Returns the key of a failure message: messages that differ only in numbers and
/// addresses have the same one.
///
/// Runs of digits, with their decimal points and separators, become `#`; so do
/// hexadecimal numbers (`0x7f3a`) and words of four or more hexadecimal digits that
/// have a digit 0 to 9, such as hashes and the parts of UUIDs. Blanks are joined.
pub fn message_key(message: &str) -> String {
    let mut key = String::with_capacity(message.len());
    let mut rest = message.trim();
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        if word > 0 {
            push_word(&rest[..word], &mut key);
            rest = &rest[word..];
        } else if first.is_whitespace() {
            key.push(' ');
            rest = rest.trim_start();
        } else {
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
    key
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
        ] {
            assert_eq!(message_key(message), expected, "{message}");
        }
    }

    #[test]
    fn other_words_tell_messages_apart() {
        assert_ne!(message_key("left is wrong"), message_key("right is wrong"));
        assert_ne!(message_key("Timeout after 3 s"), message_key("Timeout after 3 ms"));
    }
}
