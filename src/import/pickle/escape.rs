//! Escapes in texts of protocol 0.

/// Resolves the escapes of a text of protocol 0, which are those of Python's source
/// code.
pub fn unescaped(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((plain, escape)) = rest.split_once('\\') {
        text.push_str(plain);
        let mut chars = escape.chars();
        let digits = match chars.next() {
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            other => {
                match other {
                    Some('n') => text.push('\n'),
                    Some('r') => text.push('\r'),
                    Some('t') => text.push('\t'),
                    Some(plain @ ('\\' | '\'' | '"')) => text.push(plain),
                    Some(plain) => text.extend(['\\', plain]),
                    None => text.push('\\'),
                }
                rest = chars.as_str();
                continue;
            }
        };
        let code = escape.get(1..=digits).and_then(|code| u32::from_str_radix(code, 16).ok());
        match code {
            Some(code) => {
                text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                rest = escape.get(1 + digits..).unwrap_or("");
            }
            None => {
                text.push('\\');
                rest = escape;
            }
        }
    }
    text.push_str(rest);
    text
}
