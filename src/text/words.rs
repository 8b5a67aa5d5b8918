//! Words for numbers and lists, and cutting texts.

/// Formats a number of things: `1 test`, `2 tests`, `12,000 tests`.
pub fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(count))
}

/// Formats a number for people, with commas from 10,000 on.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    if number < 10_000 {
        return digits;
    }
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns a noun with its indefinite article: `a failure`, `an error`.
pub fn with_article(noun: &str) -> String {
    let is_vowel = noun.starts_with(|c: char| "aeiou".contains(c.to_ascii_lowercase()));
    let article = if is_vowel { "an" } else { "a" };
    format!("{article} {noun}")
}

/// Joins a list for people: `a`, `a and b`, `a, b and c`.
pub fn listed(things: &[&str]) -> String {
    match things {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// Returns the beginning of a text: at most `bytes` long, cut between characters.
pub fn head(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let mut end = bytes;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_lists_are_formatted() {
        let numbers = [0, 1, 9_999, 10_000, 123_456, 1_234_567];
        assert_eq!(numbers.map(grouped), ["0", "1", "9999", "10,000", "123,456", "1,234,567"]);
        assert_eq!(counted(1, "test"), "1 test");
        assert_eq!(counted(12_000, "test"), "12,000 tests");
        assert_eq!(with_article("failure"), "a failure");
        assert_eq!(with_article("error"), "an error");
        assert_eq!(listed(&["DUT", "unit", "build"]), "DUT, unit and build");
        assert_eq!(listed(&["DUT"]), "DUT");
    }
}
