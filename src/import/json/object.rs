//! Objects that are completely in memory, with random access to their fields.

use super::cursor::{Cursor, Fault, plain};
use crate::import::batch::Batch;
use crate::model::{decimal, head};
use std::borrow::Cow;

/// The fields of an object, with the text of each value. `null` counts as missing. A
/// list, since there are few fields and a map would copy each key.
#[derive(Clone, Debug, Default)]
pub struct Object<'a>(Vec<(Cow<'a, str>, &'a str)>);

impl<'a> Object<'a> {
    /// Takes an object, and returns its fields.
    ///
    /// # Errors
    ///
    /// If it is invalid or truncated.
    pub fn read(cursor: &mut Cursor<'a>) -> Result<Object<'a>, Fault> {
        let mut object = Object::default();
        object.take(cursor)?;
        Ok(object)
    }

    /// Returns the fields of the object in `text` up to the first fault; none if it is not an
    /// object.
    pub fn of(text: &'a str) -> Object<'a> {
        let mut object = Object::default();
        let mut cursor = Cursor::new(text);
        if cursor.peek() == Some(b'{') {
            let _ = object.take(&mut cursor);
        }
        object
    }

    fn take(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Fault> {
        cursor.eat(b'{');
        let mut is_first = true;
        while cursor.next_of(b'}', &mut is_first)? {
            let (key, value) = (cursor.key()?, cursor.skip_value()?);
            if value != "null" {
                self.0.push((key, value));
            }
        }
        Ok(())
    }

    /// Returns whether the object has this key.
    pub fn has(&self, key: &str) -> bool {
        self.0.iter().any(|(have, _)| have == key)
    }

    /// Returns the JSON of a value, "" for none. If a key occurs twice, the last one counts.
    pub fn raw(&self, key: &str) -> &'a str {
        self.0.iter().rfind(|(have, _)| have == key).map_or("", |(_, value)| value)
    }

    /// Returns a value as text, "" for none.
    pub fn text(&self, key: &str) -> Cow<'a, str> {
        plain(self.raw(key))
    }

    /// Returns a number, or a string that holds one.
    pub fn number(&self, key: &str) -> Option<f64> {
        decimal(&self.text(key))
    }

    /// Returns whether the value is `true`.
    pub fn is(&self, key: &str) -> bool {
        self.raw(key) == "true"
    }

    /// Returns the object under a key, an empty one for none.
    pub fn object(&self, key: &str) -> Object<'a> {
        Object::of(self.raw(key))
    }

    /// Returns the elements of the array under a key.
    pub fn list(&self, key: &str) -> Vec<&'a str> {
        elements(self.raw(key))
    }

    /// Returns the elements of the array under a key as texts.
    pub fn texts(&self, key: &str) -> Vec<Cow<'a, str>> {
        self.list(key).into_iter().map(plain).collect()
    }

    /// Returns the objects of the array under a key.
    pub fn objects(&self, key: &str) -> Vec<Object<'a>> {
        self.list(key).into_iter().map(Object::of).collect()
    }

    /// Returns the objects of the array under a key, each with the byte of the file where it
    /// begins. `around` is a text that contains this object, and the byte where that text begins.
    /// Elements that are not objects are noted and ignored.
    pub fn entries(&self, key: &str, around: (&str, u64), batch: &mut Batch) -> Vec<(&'a str, u64)> {
        let mut entries = Vec::new();
        for element in self.list(key) {
            let at = super::place(element, around.0, around.1);
            match element.starts_with('{') {
                true => entries.push((element, at)),
                false => batch.note_unreadable(
                    at,
                    format!("an entry is not an object; ignored: `{}`", head(element, 40)),
                ),
            }
        }
        entries
    }

    /// Returns all keys with the JSON of their values, in the order of the file.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &'a str)> {
        self.0.iter().map(|(key, value)| (&**key, *value))
    }
}

/// Returns the elements of an array up to the first fault; none if it is not an array.
pub fn elements(text: &str) -> Vec<&str> {
    let mut elements = Vec::new();
    let mut cursor = Cursor::new(text);
    if cursor.peek() == Some(b'[') {
        let _ = cursor.array(&mut |element| {
            elements.push(element.skip_value()?);
            Ok(())
        });
    }
    elements
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_by_type() {
        let text = r#"{"a": "x\ny", "n": 1.5, "s": "2", "no": null, "is": true, "l": ["p", {"q": 1}], "o": {"k": "v"}}"#;
        let object = Object::read(&mut Cursor::new(text)).unwrap();
        assert_eq!(
            (object.text("a"), object.text("no"), object.text("n")),
            ("x\ny".into(), "".into(), "1.5".into())
        );
        assert_eq!(
            (object.number("n"), object.number("s"), object.number("a")),
            (Some(1.5), Some(2.0), None)
        );
        assert!(object.is("is") && !object.is("n") && object.has("a") && !object.has("no"));
        assert_eq!(object.texts("l"), ["p", r#"{"q": 1}"#]);
        assert_eq!(object.objects("l")[1].number("q"), Some(1.0));
        assert_eq!(object.object("o").text("k"), "v");
        let mut batch = Batch::default();
        assert_eq!(object.entries("l", (text, 100), &mut batch), [("{\"q\": 1}", 169)]);
        assert_eq!(batch.notes[0].at, Some(164));
        assert!(object.list("a").is_empty() && object.object("a").fields().next().is_none());
        assert_eq!(Object::of(r#"{"a": 1, "b" 2}"#).fields().count(), 1);
        assert!(Object::read(&mut Cursor::new(r#"{"a": 1, "b" 2}"#)).is_err());
    }
}
