//! Writing JSON: a line per session and test, readable and no longer than it
//! must be.
//!
//! Ours, since serde_json brings two tables for numbers that weigh 20 kB of the
//! first visit, where six decimals are all that the summary has.

use crate::model::Figure;

/// A document on its way.
#[derive(Default)]
pub struct Writer {
    text: String,
    depth: usize,
}

impl Writer {
    /// Writes `{…}`, whose fields `inside` writes.
    pub fn object(&mut self, inside: impl FnOnce(&mut Writer)) {
        self.open('{');
        inside(self);
        self.depth -= 1;
        self.text.push_str(if self.depth == 0 { "\n}\n" } else { "}" });
    }

    /// Writes `[…]`, with what `element` writes for each item.
    pub fn array<T>(&mut self, items: impl IntoIterator<Item = T>, mut element: impl FnMut(&mut Writer, T)) {
        self.open('[');
        for item in items {
            self.separate(2, "\n  ");
            element(self, item);
        }
        self.depth -= 1;
        self.text.push(']');
    }

    /// Writes a key; its value is to follow.
    pub fn key(&mut self, key: &str) -> &mut Writer {
        self.separate(1, "\n");
        self.string(key);
        self.text.push(':');
        self
    }

    /// Writes a text.
    pub fn string(&mut self, value: &str) {
        self.text.push('"');
        let mut plain = 0;
        for (at, byte) in value.bytes().enumerate() {
            let escape = match byte {
                b'"' => "\\\"",
                b'\\' => "\\\\",
                b'\n' => "\\n",
                b'\r' => "\\r",
                b'\t' => "\\t",
                0..0x20 => "",
                _ => continue,
            };
            self.text.push_str(&value[plain..at]);
            self.text.push_str(escape);
            if escape.is_empty() {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                self.text.push_str("\\u00");
                self.text.push(char::from(HEX[usize::from(byte >> 4)]));
                self.text.push(char::from(HEX[usize::from(byte & 15)]));
            }
            plain = at + 1;
        }
        self.text.push_str(&value[plain..]);
        self.text.push('"');
    }

    /// Writes a text, or `null`.
    pub fn text(&mut self, value: Option<&str>) {
        match value {
            Some(value) => self.string(value),
            None => self.text.push_str("null"),
        }
    }

    /// Writes a number, or `null`.
    pub fn figure(&mut self, value: Figure) {
        match value {
            Figure::None => self.text.push_str("null"),
            number => number.write(&mut self.text),
        }
    }

    /// Writes `true` or `false`.
    pub fn bool(&mut self, value: bool) {
        self.text.push_str(if value { "true" } else { "false" });
    }

    /// The document.
    pub fn finish(self) -> String {
        self.text
    }

    fn open(&mut self, bracket: char) {
        self.text.push(bracket);
        self.depth += 1;
    }

    /// Writes a comma, unless a bracket was just opened, and what separates
    /// lines at this depth.
    fn separate(&mut self, depth: usize, line: &str) {
        if !self.text.ends_with(['{', '[']) {
            self.text.push(',');
        }
        if self.depth == depth {
            self.text.push_str(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn texts_mean_the_same_to_serde_json(text in any::<String>(), seconds in 0.0..1e12_f64) {
            let mut writer = Writer::default();
            writer.object(|w| {
                w.key(&text).array([&text], |w, text| w.string(text));
                w.key("s").figure(Figure::Number(seconds));
            });
            let document = writer.finish();
            let read: serde_json::Value = serde_json::from_str(&document).unwrap();
            if text != "s" {
                prop_assert_eq!(&read[&text][0], text.as_str());
            }
            prop_assert!((read["s"].as_f64().unwrap() - seconds).abs() <= 0.6e-6 + seconds * 1e-15);
        }
    }
}
