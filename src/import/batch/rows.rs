//! The rows of a batch: one per entry of the file.

use super::text::Text;
use crate::model::Outcome;
use serde::{Deserialize, Serialize};

/// What an entry of a file means for its test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// The verdict of an attempt.
    #[default]
    Verdict,
    /// The verdict of an attempt that was retried.
    Earlier,
    /// A second entry of the attempt before it: a teardown error.
    Joined,
    /// The file marks it as a rerun of the entry before it.
    Rerun,
}

/// One entry of a file.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Row {
    /// Index of the session's draft. Importers may change it when the file ends.
    pub session: u32,
    /// Index of a scope of the batch.
    pub scope: u32,
    /// Name with parameters.
    pub name: Text,
    /// Outcome.
    pub outcome: Outcome,
    /// What it means for its test.
    pub role: Role,
    /// The file's own word for the outcome; see [`Batch::native`](super::Batch::native).
    pub native: u16,
    /// Seconds; NaN where the file has none.
    pub duration_s: f64,
    /// First line of the message.
    pub message: Text,
    /// First byte of its element or object in the decoded text.
    pub at: u64,
    /// Length of the element or object, in bytes.
    pub len: u32,
}

/// Rows per chunk: 192 KiB. A list that doubles leaves as much unused memory as
/// it holds, and wasm memory never shrinks.
const CHUNK: usize = 4096;

/// Rows, in chunks that never move.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Rows {
    chunks: Vec<Vec<Row>>,
}

impl Rows {
    /// Appends a row.
    pub fn push(&mut self, row: Row) {
        match self.chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK => chunk.push(row),
            _ => {
                // Most files are small, so the first chunk starts small.
                let mut chunk = if self.chunks.is_empty() { Vec::new() } else { Vec::with_capacity(CHUNK) };
                chunk.push(row);
                self.chunks.push(chunk);
            }
        }
    }

    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        let full = self.chunks.len().saturating_sub(1) * CHUNK;
        full + self.chunks.last().map_or(0, Vec::len)
    }

    /// Returns whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Returns a row.
    pub fn get(&self, index: usize) -> Option<&Row> {
        self.chunks.get(index / CHUNK)?.get(index % CHUNK)
    }

    /// Returns a row to change it.
    pub fn get_mut(&mut self, index: usize) -> Option<&mut Row> {
        self.chunks.get_mut(index / CHUNK)?.get_mut(index % CHUNK)
    }

    /// Returns the last row.
    pub fn last(&self) -> Option<&Row> {
        self.chunks.last()?.last()
    }

    /// Ends the entries of the rows from `first` on before byte `end` of the file.
    pub fn end_before(&mut self, first: usize, end: u64) {
        for index in first..self.len() {
            if let Some(row) = self.get_mut(index) {
                row.len = row.len.min(u32::try_from(end.saturating_sub(row.at)).unwrap_or(u32::MAX));
            }
        }
    }

    /// Returns all rows in order.
    pub fn iter(&self) -> impl Iterator<Item = &Row> {
        self.chunks.iter().flatten()
    }

    /// Returns all rows in order to change them.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Row> {
        self.chunks.iter_mut().flatten()
    }

    /// Takes all rows in order, and frees each chunk after its last row.
    pub fn drain(&mut self) -> impl Iterator<Item = Row> + use<> {
        std::mem::take(&mut self.chunks).into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stay_in_order_across_chunks() {
        let mut rows = Rows::default();
        assert!(rows.is_empty() && rows.last().is_none());
        for scope in 0..CHUNK as u32 * 2 + 3 {
            rows.push(Row { scope, ..Row::default() });
        }
        assert_eq!(rows.len(), CHUNK * 2 + 3);
        assert_eq!(rows.get(CHUNK).map(|row| row.scope), Some(CHUNK as u32));
        assert_eq!(rows.last().map(|row| row.scope), Some(CHUNK as u32 * 2 + 2));
        assert!(rows.get(rows.len()).is_none());
        rows.iter_mut().for_each(|row| row.session = row.scope);
        assert!(rows.iter().zip(0..).all(|(row, index)| row.session == index));
        assert!(rows.drain().zip(0..).all(|(row, index)| row.scope == index));
        assert!(rows.is_empty());
    }
}
