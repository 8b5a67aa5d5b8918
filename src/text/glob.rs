//! Patterns with placeholders.

/// Returns whether a pattern matches a whole text: `*` stands for any characters, or none, and `?` for one. There
/// are no other special characters, since names of tests have brackets.
pub fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut in_text) = (0, 0);
    // After the last `*`: where the pattern goes on, and the text that the `*` stands for so far.
    let mut star: Option<(usize, usize)> = None;
    while in_text < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at + 1, in_text));
                at += 1;
            }
            Some(&c) if c == '?' || c == text[in_text] => {
                at += 1;
                in_text += 1;
            }
            // Earlier stars need not take more: what comes between them was found as early as possible.
            _ => match star.as_mut() {
                Some((after, until)) => {
                    *until += 1;
                    (at, in_text) = (*after, *until);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|&c| c == '*')
}

/// Returns whether a pattern has placeholders.
pub fn is_glob(pattern: &str) -> bool {
    pattern.contains(['*', '?'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn placeholders_stand_for_text() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abcd", false),
            ("*.boot", "net.boot", true),
            ("test_?", "test_ü", true),
            ("test_?", "test_", false),
            ("test[1]", "test[1]", true),
            ("test[1]", "test1", false),
            ("*a*b*", "xxbaxxb", true),
            ("*ab", "aab", true),
            ("Boot", "boot", false),
        ] {
            assert_eq!(glob(pattern, text), expected, "{pattern} {text}");
        }
    }

    /// A pattern of many stars takes no more than the product of the lengths.
    #[test]
    fn many_stars_are_fast() {
        assert!(!glob(&"a*".repeat(2000), &"a".repeat(1999)));
        assert!(!glob(&format!("{}b", "*a".repeat(500)), &"a".repeat(20_000)));
    }

    /// As slow and simple as the definition.
    fn defined(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], text) => text.is_empty(),
            (['*', rest @ ..], text) => (0..=text.len()).any(|taken| defined(rest, &text[taken..])),
            (['?', rest @ ..], [_, text @ ..]) => defined(rest, text),
            ([c, rest @ ..], [have, text @ ..]) => c == have && defined(rest, text),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn patterns_match_as_defined(pattern in "[ab?*]{0,8}", text in "[ab]{0,8}") {
            let chars = |text: &str| text.chars().collect::<Vec<char>>();
            prop_assert_eq!(glob(&pattern, &text), defined(&chars(&pattern), &chars(&text)));
        }
    }
}
