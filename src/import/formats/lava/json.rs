//! LAVA's results as JSON.

use super::cases::Cases;
use crate::import::Importer;
use crate::import::batch::Batch;
use crate::import::json::{self, Fault, Root, Visitor};

pub(super) fn importer() -> Box<dyn Importer> {
    json::document::<Json>()
}

#[derive(Default)]
struct Json(Cases);

impl Visitor for Json {
    fn root_is_array(&self) -> bool {
        true
    }

    fn has_entries(&self, key: &str) -> bool {
        key.is_empty()
    }

    fn whole(&mut self, _key: &str, text: &str, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        if !text.starts_with('{') {
            batch.note_unreadable(at, "an entry is not an object; ignored");
            return Ok(());
        }
        let mut fields = Vec::new();
        for (name, value) in json::fields(text) {
            if value.starts_with('{') {
                let inner = json::fields(value).into_iter();
                fields.extend(
                    inner.map(|(key, value)| (format!("{name}.{key}"), json::plain(value).into_owned())),
                );
            } else if value != "null" {
                fields.push((name, json::plain(value).into_owned()));
            }
        }
        self.0.add(&fields, at, batch);
        Ok(())
    }

    fn value(&mut self, _key: &str, _text: &str, _at: u64, _batch: &mut Batch) {}

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        self.0.finish(batch);
    }
}
