//! The values that the machine builds, and the memory that they take.

use super::fault::{Stop, broken};
use super::value::{Id, Pickle, Value};

/// The memory that the values of any pickle may take, and how much more per byte of the pickle.
const FREE_BYTES: usize = 32 << 20;
const PER_BYTE: usize = 3;

/// Values that always exist.
pub const NONE: Id = 0;
pub const TRUE: Id = 1;
pub const FALSE: Id = 2;
pub const EMPTY: Id = 3;

/// The values, and how much memory they and the memo take, in bytes.
pub struct Heap<'a> {
    pub pickle: Pickle<'a>,
    spent: usize,
}

impl<'a> Heap<'a> {
    /// Returns a heap for a pickle of these bytes.
    pub fn new(bytes: &'a [u8]) -> Heap<'a> {
        let values = vec![Value::None, Value::Bool(true), Value::Bool(false), Value::Text(0, 0)];
        Heap { pickle: Pickle { bytes, values, ..Pickle::default() }, spent: 0 }
    }

    /// Counts memory before it is taken.
    pub fn spend(&mut self, bytes: usize) -> Result<(), Stop> {
        self.spent += bytes;
        if self.spent > FREE_BYTES + PER_BYTE * self.pickle.bytes.len() {
            return broken("it expands to far more than its size");
        }
        Ok(())
    }

    /// Adds a value.
    pub fn add(&mut self, value: Value) -> Result<Id, Stop> {
        self.spend(size_of::<Value>())?;
        let values = &mut self.pickle.values;
        reserve(values, 1);
        values.push(value);
        Ok(values.len() as Id - 1)
    }

    /// Adds a text that is spelled with escapes in the file.
    pub fn add_decoded(&mut self, text: String) -> Result<Id, Stop> {
        self.spend(text.len() + size_of::<String>())?;
        self.pickle.decoded.push(text);
        self.add(Value::Decoded(self.pickle.decoded.len() as u32 - 1))
    }

    /// Adds a container.
    pub fn add_container(&mut self, kind: fn(u32) -> Value, items: Vec<Id>) -> Result<Id, Stop> {
        self.spend(size_of::<Vec<Id>>() + size_of_val(items.as_slice()))?;
        reserve(&mut self.pickle.lists, 1);
        self.pickle.lists.push(items);
        self.add(kind(self.pickle.lists.len() as u32 - 1))
    }

    /// Appends items to a list, set or dictionary.
    pub fn extend(&mut self, container: Id, items: &[Id]) -> Result<(), Stop> {
        self.spend(size_of_val(items))?;
        let (Value::List(list) | Value::Set(list) | Value::Dict(list)) = self.pickle.value(container) else {
            return broken("items are added to a value that is not a container");
        };
        if let Some(list) = self.pickle.lists.get_mut(list as usize) {
            reserve(list, items.len());
            list.extend_from_slice(items);
        }
        Ok(())
    }

    /// Gives an object its state.
    pub fn set_state(&mut self, object: Id, state: Id) -> Result<(), Stop> {
        match self.pickle.values.get_mut(object as usize) {
            Some(Value::Object(_, _, kept)) => {
                *kept = state;
                Ok(())
            }
            _ => broken("a state is set on a value that is not an object"),
        }
    }
}

/// Reserves room for more items, and for at most a quarter beyond that.
pub fn reserve<T>(list: &mut Vec<T>, more: usize) {
    if list.capacity() - list.len() < more {
        list.reserve_exact(more.max(list.len() / 4));
    }
}
