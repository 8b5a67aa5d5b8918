//! Numbers for texts.

use rustc_hash::FxHashMap;

/// Numbers texts in the order in which they are seen first. A table of one kind
/// for all: each further kind of map is code of its own.
#[derive(Default)]
pub struct Numbers {
    known: FxHashMap<String, u32>,
}

impl Numbers {
    /// The number of what these texts say together.
    pub fn of(&mut self, texts: &[&str]) -> usize {
        let next = self.known.len() as u32;
        let key = key(texts);
        if let Some(&known) = self.known.get(&key) {
            return known as usize;
        }
        self.known.insert(key, next);
        next as usize
    }

    /// The number, if the texts were seen.
    pub fn get(&self, texts: &[&str]) -> Option<usize> {
        self.known.get(&key(texts)).map(|&known| known as usize)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.known.len()
    }
}

/// Each text with its length, so that other texts never say the same.
fn key(texts: &[&str]) -> String {
    let mut key = String::new();
    for text in texts {
        key.push_str(&text.len().to_string());
        key.push(':');
        key.push_str(text);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_numbered_as_they_come() {
        let mut numbers = Numbers::default();
        assert_eq!([&["b"][..], &["a", "b"], &["b"], &["ab"]].map(|texts| numbers.of(texts)), [0, 1, 0, 2]);
        assert_ne!(numbers.of(&["x\0y", "z"]), numbers.of(&["x", "y\0z"]));
        assert_eq!((numbers.get(&["ab"]), numbers.get(&["a"]), numbers.len()), (Some(2), None, 5));
    }
}
