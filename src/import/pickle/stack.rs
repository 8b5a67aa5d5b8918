//! The machine's stack. A mark separates the values of a container under
//! construction from those around it.

use super::fault::{Stop, broken};
use super::value::Id;

/// The most values on the stack. A list adds its values in batches of a thousand, a tuple all at once.
pub const MAX_WAITING: usize = 1 << 22;
/// The most marks, which are containers inside each other. Python itself stops earlier.
const MAX_DEPTH: usize = 10_000;

/// The stack, and how high it was at each mark.
#[derive(Default)]
pub struct Stack {
    pub values: Vec<Id>,
    marks: Vec<usize>,
}

impl Stack {
    /// Sets a mark.
    pub fn mark(&mut self) -> Result<(), Stop> {
        if self.marks.len() >= MAX_DEPTH {
            return broken("it is nested too deeply");
        }
        self.marks.push(self.values.len());
        Ok(())
    }

    /// Returns the height at the last mark. Values below it belong to the enclosing
    /// container.
    pub fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    /// Pushes a value.
    pub fn push(&mut self, id: Id) -> Result<(), Stop> {
        if self.values.len() >= MAX_WAITING {
            return broken("too many values on the stack");
        }
        self.values.push(id);
        Ok(())
    }

    /// Removes the top value.
    pub fn pop(&mut self) -> Result<Id, Stop> {
        let top = self.top()?;
        self.values.pop();
        Ok(top)
    }

    /// Returns the top value.
    pub fn top(&self) -> Result<Id, Stop> {
        match self.values.last() {
            Some(&top) if self.values.len() > self.floor() => Ok(top),
            _ => broken("a value is missing"),
        }
    }

    /// Removes the last mark, and the values above it.
    pub fn pop_to_mark(&mut self) -> Result<Vec<Id>, Stop> {
        match self.marks.pop() {
            Some(mark) => Ok(self.values.split_off(mark)),
            None => broken("a mark is missing"),
        }
    }

    /// Removes the top `count` values.
    pub fn pop_many(&mut self, count: usize) -> Result<Vec<Id>, Stop> {
        match self.values.len().checked_sub(count).filter(|&from| from >= self.floor()) {
            Some(from) => Ok(self.values.split_off(from)),
            None => broken("a value is missing"),
        }
    }
}
