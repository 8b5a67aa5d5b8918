//! JSON with one line per entry of the top-level lists: readable, easy to
//! compare, and far shorter than with one line per field.

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use std::io::{Result, Write};

/// Writes a document.
pub fn document(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, Layout::default());
    value.serialize(&mut serializer).expect("keys are texts, and writing to memory does not fail");
    bytes.push(b'\n');
    bytes
}

/// Breaks lines before the keys of the document and before the entries of its
/// lists.
#[derive(Default)]
struct Layout {
    /// How many objects and arrays are open.
    depth: usize,
}

impl Formatter for Layout {
    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.depth += 1;
        writer.write_all(b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.depth -= 1;
        writer.write_all(if self.depth == 0 { b"\n}" } else { b"}" })
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        writer.write_all(if first { b"" } else { b"," })?;
        writer.write_all(if self.depth == 1 { b"\n" } else { b"" })
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.depth += 1;
        writer.write_all(b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.depth -= 1;
        writer.write_all(b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        writer.write_all(if first { b"" } else { b"," })?;
        writer.write_all(if self.depth == 2 { b"\n  " } else { b"" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn each_entry_has_a_line() {
        let lists = BTreeMap::from([("a", vec![vec![1, 2], vec![]]), ("b", vec![])]);
        assert_eq!(document(&lists), b"{\n\"a\":[\n  [1,2],\n  []],\n\"b\":[]\n}\n");
    }

    proptest! {
        #[test]
        fn documents_are_read_back(text in ".{0,40}", millionths in 0..1_000_000_000_000_u64, count in 0..3_usize) {
            let seconds = millionths as f64 / 1e6;
            let lists = BTreeMap::from([(text.clone(), vec![(text.clone(), seconds, vec![text]); count])]);
            let read: BTreeMap<_, _> = serde_json::from_slice(&document(&lists)).unwrap();
            prop_assert_eq!(lists, read);
        }
    }
}
