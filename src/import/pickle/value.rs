//! The values of a pickle, which refer to each other, possibly in cycles.

use crate::model::Timestamp;
use std::borrow::Cow;

/// A value's index.
pub(super) type Id = u32;

/// A value. It is small, since there are many: texts and items are stored elsewhere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    /// Bytes of the file: start and length.
    Text(u32, u32),
    Bytes(u32, u32),
    /// A text that is spelled with escapes in the file.
    Decoded(u32),
    /// Index of a list of values. A dictionary's list alternates keys and values.
    List(u32),
    Tuple(u32),
    Set(u32),
    Dict(u32),
    /// Module and name.
    Class(Id, Id),
    /// Class, arguments and state.
    Object(Id, Id, Id),
}

/// The values of a pickle.
#[derive(Debug, Default)]
pub struct Pickle<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) values: Vec<Value>,
    pub(super) lists: Vec<Vec<Id>>,
    pub(super) decoded: Vec<String>,
    pub(super) root: Id,
}

/// How many entries of a dictionary are searched for a key. Objects have fewer. Searching
/// a large dictionary that a thousand objects share would take too long.
const KEYS: usize = 256;

impl<'a> Pickle<'a> {
    /// Returns the pickled value.
    pub fn root(&self) -> Node<'_> {
        Node { pickle: self, id: self.root }
    }

    pub(super) fn value(&self, id: Id) -> Value {
        self.values.get(id as usize).copied().unwrap_or(Value::None)
    }

    pub(super) fn list(&self, index: u32) -> &[Id] {
        self.lists.get(index as usize).map_or(&[], Vec::as_slice)
    }

    pub(super) fn span(&self, start: u32, len: u32) -> &'a [u8] {
        self.bytes.get(start as usize..start as usize + len as usize).unwrap_or_default()
    }
}

/// A value of a pickle.
#[derive(Clone, Copy, Debug)]
pub struct Node<'p> {
    pickle: &'p Pickle<'p>,
    /// Its number, by which the same object is recognized.
    pub id: Id,
}

impl<'p> Node<'p> {
    /// Returns a value by its number.
    pub(super) fn of(pickle: &'p Pickle<'p>, id: Id) -> Node<'p> {
        Node { pickle, id }
    }

    fn at(self, id: Id) -> Node<'p> {
        Node { id, ..self }
    }

    /// Returns the value itself.
    pub(super) fn kind(self) -> Value {
        self.pickle.value(self.id)
    }

    /// Returns the value of a key of a dictionary, or of an attribute of an object.
    /// If a key occurs twice, the last one counts.
    pub fn get(self, key: &str) -> Option<Node<'p>> {
        let has_key = |(name, _): &(Node, Node)| name.text().as_deref() == Some(key);
        let pairs: Vec<_> = self.pairs().take(KEYS).collect();
        pairs.into_iter().rfind(has_key).map(|(_, value)| value)
    }

    /// Returns the text of a key, "" if there is none.
    pub fn text_of(self, key: &str) -> Cow<'p, str> {
        self.get(key).and_then(Node::text).unwrap_or_default()
    }

    /// Returns keys and values of a dictionary, or the attributes of an object.
    pub fn pairs(self) -> impl Iterator<Item = (Node<'p>, Node<'p>)> {
        let dict = match self.kind() {
            Value::Object(_, _, state) => self.pickle.value(state),
            value => value,
        };
        let list = match dict {
            Value::Dict(list) => self.pickle.list(list),
            _ => &[],
        };
        list.as_chunks::<2>().0.iter().map(move |&[key, value]| (self.at(key), self.at(value)))
    }

    /// Returns the elements of a list, tuple or set.
    pub fn items(self) -> impl Iterator<Item = Node<'p>> {
        let list = match self.kind() {
            Value::List(list) | Value::Tuple(list) | Value::Set(list) => self.pickle.list(list),
            _ => &[],
        };
        list.iter().map(move |&id| self.at(id))
    }

    /// Returns it as a text.
    pub fn text(self) -> Option<Cow<'p, str>> {
        match self.kind() {
            Value::Text(start, len) => Some(String::from_utf8_lossy(self.pickle.span(start, len))),
            Value::Decoded(index) => {
                self.pickle.decoded.get(index as usize).map(|text| Cow::from(text.as_str()))
            }
            _ => None,
        }
    }

    /// Returns it as a number.
    pub fn number(self) -> Option<f64> {
        match self.kind() {
            Value::Int(number) => Some(number as f64),
            Value::Float(number) => Some(number),
            _ => None,
        }
    }

    /// Returns whether it is `True`.
    pub fn is_true(self) -> bool {
        self.kind() == Value::Bool(true)
    }

    /// Returns the arguments of an object of this class of the `datetime` module.
    fn called(self, name: &str) -> Option<Vec<Node<'p>>> {
        let Value::Object(class, arguments, _) = self.kind() else {
            return None;
        };
        let Value::Class(module, class) = self.pickle.value(class) else {
            return None;
        };
        let is = |id: Id, text: &str| self.at(id).text().as_deref() == Some(text);
        (is(module, "datetime") && is(class, name)).then(|| self.at(arguments).items().take(4).collect())
    }

    /// Returns seconds: a number, or a `timedelta`.
    pub fn seconds(self) -> Option<f64> {
        let Some(parts) = self.called("timedelta") else {
            return self.number();
        };
        let units = [86400.0, 1.0, 1e-6];
        Some(parts.iter().zip(units).filter_map(|(part, unit)| Some(part.number()? * unit)).sum())
    }

    /// Returns a timestamp: a `datetime`, or a text.
    pub fn timestamp(self) -> Option<Timestamp> {
        let Some(parts) = self.called("datetime") else {
            return Timestamp::parse(&self.text()?);
        };
        let Value::Bytes(start, len) = parts.first()?.kind() else {
            return None;
        };
        let &[high, low, month, day, hour, minute, second, a, b, c] = self.pickle.span(start, len) else {
            return None;
        };
        let (year, micros) = (u16::from_be_bytes([high, low]), u32::from_be_bytes([0, a, b, c]));
        // The highest bit of the month is `fold`, for the hour when clocks go back.
        let month = month & 0x7F;
        let offset = parts.get(1).and_then(|zone| zone.called("timezone")?.first()?.seconds());
        let zone = offset.map_or(String::new(), |seconds| {
            let minutes = (seconds.clamp(-86400.0, 86400.0) / 60.0).round() as i32;
            let sign = if minutes < 0 { '-' } else { '+' };
            format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
        });
        let text =
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}{zone}");
        Timestamp::parse(&text)
    }
}
