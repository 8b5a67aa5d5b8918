//! Texts: cutting them, and counting things in them.

/// A number of things: `1 test`, `2 tests`, `12,000 tests`.
pub fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(count))
}

/// A number as people read it: with commas from 10,000 on.
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

/// Things in a row: `a`, `a and b`, `a, b and c`.
pub fn listed(things: &[&str]) -> String {
    match things {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// The beginning of a text, at most `bytes` long, ending between characters.
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

/// The lower case of a letter of the Latin, Greek and Cyrillic scripts; others
/// have none, or are left as they are. The whole of Unicode's tables would weigh
/// 6 kB of the first visit.
pub fn lower(letter: char) -> char {
    let code = u32::from(letter);
    let distance = match code {
        0x41..=0x5A | 0xC0..=0xD6 | 0xD8..=0xDE | 0x391..=0x3A1 | 0x3A3..=0x3AB | 0x410..=0x42F => 32,
        0x400..=0x40F => 80,
        0x100..=0x12F | 0x132..=0x137 | 0x14A..=0x177 => u32::from(code % 2 == 0),
        0x139..=0x148 | 0x179..=0x17E => code % 2,
        _ => 0,
    };
    char::from_u32(code + distance).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lower_case_is_that_of_unicode() {
        for letter in ('\0'..'\u{250}').chain('\u{386}'..'\u{460}').filter(|c| c.is_alphabetic()) {
            let expected: Vec<char> = letter.to_lowercase().collect();
            let is_rare = matches!(letter, 'İ' | 'Ÿ' | '\u{180}'..='\u{24F}' | 'Ά'..='Ώ' | 'Ϗ'..='\u{3FF}');
            assert!(is_rare || expected == [lower(letter)], "{letter}");
        }
    }

    #[test]
    fn numbers_and_lists_read_well() {
        let numbers = [0, 1, 9_999, 10_000, 123_456, 1_234_567];
        assert_eq!(numbers.map(grouped), ["0", "1", "9999", "10,000", "123,456", "1,234,567"]);
        assert_eq!(counted(1, "test"), "1 test");
        assert_eq!(counted(12_000, "test"), "12,000 tests");
        assert_eq!(listed(&["DUT", "unit", "build"]), "DUT, unit and build");
        assert_eq!(listed(&["DUT"]), "DUT");
    }
}
