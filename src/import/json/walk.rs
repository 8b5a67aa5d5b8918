//! The root of a document, walked entry by entry as the text arrives.

use super::cursor::{Cursor, Fault};
use crate::import::batch::Batch;
use crate::model::{Severity, head};

/// What the importer of a JSON format does with what [`Walk`] finds.
pub trait Visitor {
    /// The root value is an array of entries, and not an object.
    fn root_is_array(&self) -> bool {
        false
    }

    /// Several documents may stand one after the other, as in JSON lines.
    fn has_more_documents(&self) -> bool {
        false
    }

    /// The array under this root key is given entry by entry.
    fn has_entries(&self, key: &str) -> bool;

    /// One entry at the beginning of `text`, byte `at` of the file. Gives its
    /// length. With `last` there is no more than `text`, and what is complete
    /// of a broken entry may be kept.
    fn entry(
        &mut self,
        key: &str,
        text: &str,
        at: u64,
        last: bool,
        batch: &mut Batch,
    ) -> Result<usize, Fault>;

    /// Any other value of the root object.
    fn value(&mut self, key: &str, text: &str, at: u64, batch: &mut Batch);
}

/// Walks the root of a document, entry by entry.
#[derive(Debug, Default)]
pub struct Walk {
    place: Place,
    /// Keys of arrays of entries so far.
    seen: Vec<String>,
}

#[derive(Debug, Default)]
enum Place {
    #[default]
    Start,
    /// In the root object, before a key or the end.
    Key,
    /// In an array, before an entry or the end; of the root where the key is "".
    Entries(String),
    Done,
}

impl Walk {
    /// The document is complete.
    pub fn is_done(&self) -> bool {
        matches!(self.place, Place::Done)
    }

    /// See [`super::Importer::read`].
    pub fn read(
        &mut self,
        text: &str,
        at: u64,
        last: bool,
        visitor: &mut dyn Visitor,
        batch: &mut Batch,
    ) -> usize {
        let mut cursor = Cursor::new(text);
        loop {
            let before = cursor.at;
            match self.step(&mut cursor, at, last, visitor, batch) {
                Ok(true) => {}
                Ok(false) => return text.len(),
                Err(Fault::Incomplete) if !last => return before,
                Err(fault) => {
                    let place = match &self.place {
                        Place::Entries(key) if !key.is_empty() => format!(" in `{}`", head(key, 40)),
                        _ => String::new(),
                    };
                    let why = match fault {
                        Fault::Incomplete => "the file ends before it does".to_owned(),
                        Fault::Invalid(why) => why,
                    };
                    let kept = if batch.is_empty() { "" } else { "; what stands before is kept" };
                    batch.broken(at + before as u64, format!("the JSON breaks off{place}: {why}{kept}"));
                    self.place = Place::Done;
                    return text.len();
                }
            }
        }
    }

    fn step(
        &mut self,
        cursor: &mut Cursor,
        at: u64,
        last: bool,
        visitor: &mut dyn Visitor,
        batch: &mut Batch,
    ) -> Result<bool, Fault> {
        let next = match cursor.peek() {
            Some(next) => next,
            None if matches!(self.place, Place::Done) => return Ok(false),
            None => return Err(Fault::Incomplete),
        };
        match &self.place {
            Place::Done if visitor.has_more_documents() && matches!(next, b'{' | b'[') => {
                self.place = Place::Start;
            }
            Place::Done => {
                batch.note(
                    Severity::Warning,
                    Some(at + cursor.at as u64),
                    "there is more after the end of the JSON document, which is not read",
                );
                return Ok(false);
            }
            Place::Start => {
                cursor.at += 1;
                self.place = match next {
                    b'{' if !visitor.root_is_array() => Place::Key,
                    // A single object where a list is usual.
                    b'{' => {
                        cursor.at -= 1;
                        let used = visitor.entry("", cursor.rest(), at + cursor.at as u64, last, batch)?;
                        cursor.at += used;
                        Place::Done
                    }
                    b'[' => Place::Entries(String::new()),
                    _ => return Err(Fault::Invalid("neither an object nor an array".to_owned())),
                };
            }
            Place::Key => match next {
                b'}' => {
                    cursor.at += 1;
                    self.place = Place::Done;
                }
                b',' => cursor.at += 1,
                b'"' => {
                    let key = cursor.key()?.into_owned();
                    let first = cursor.peek().ok_or(Fault::Incomplete)?;
                    let value_at = at + cursor.at as u64;
                    if visitor.has_entries(&key) && first == b'[' {
                        cursor.at += 1;
                        if self.seen.contains(&key) {
                            let text =
                                format!("the key `{}` is there twice; both lists are read", head(&key, 40));
                            batch.note(Severity::Warning, Some(value_at), text);
                        }
                        self.seen.push(key.clone());
                        self.place = Place::Entries(key);
                        return Ok(true);
                    }
                    let value = cursor.skip_value()?;
                    if visitor.has_entries(&key) && value != "null" {
                        batch.broken(value_at, format!("`{}` is no list and is left out", head(&key, 40)));
                    }
                    visitor.value(&key, value, value_at, batch);
                }
                _ => return Err(Fault::Invalid("a key is missing".to_owned())),
            },
            Place::Entries(key) => match next {
                b']' => {
                    cursor.at += 1;
                    self.place = if key.is_empty() { Place::Done } else { Place::Key };
                }
                b',' => cursor.at += 1,
                b'}' => return Err(Fault::Invalid("an array has no end".to_owned())),
                _ => {
                    let used = visitor.entry(key, cursor.rest(), at + cursor.at as u64, last, batch)?;
                    cursor.at += used;
                }
            },
        }
        Ok(true)
    }
}
