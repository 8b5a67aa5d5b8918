//! The events of test2json.

use crate::import::json::{self, Cursor, Fault};
use std::borrow::Cow;

/// The fields of a line.
#[derive(Default)]
pub(super) struct Event<'a> {
    pub(super) time: Cow<'a, str>,
    pub(super) action: Cow<'a, str>,
    pub(super) package: Cow<'a, str>,
    pub(super) import_path: Cow<'a, str>,
    pub(super) test: Cow<'a, str>,
    pub(super) output: Cow<'a, str>,
    pub(super) output_type: Cow<'a, str>,
    pub(super) failed_build: Cow<'a, str>,
    pub(super) key: Cow<'a, str>,
    pub(super) value: Cow<'a, str>,
    pub(super) elapsed_s: Option<f64>,
}

/// Stores a field of a line.
pub(super) fn field<'a>(event: &mut Event<'a>, key: &str, value: &mut Cursor<'a>) -> Result<(), Fault> {
    match key {
        "Time" => event.time = value.text_or_empty(key)?,
        "Action" => event.action = value.text_or_empty(key)?,
        "Package" => event.package = value.text_or_empty(key)?,
        "ImportPath" => event.import_path = value.text_or_empty(key)?,
        "Test" => event.test = value.text_or_empty(key)?,
        "Output" => event.output = value.text_or_empty(key)?,
        "OutputType" => event.output_type = value.text_or_empty(key)?,
        "FailedBuild" => event.failed_build = value.text_or_empty(key)?,
        "Key" => event.key = value.text_or_empty(key)?,
        "Value" => event.value = value.text_or_empty(key)?,
        "Elapsed" => event.elapsed_s = json::seconds(value.skip_value()?),
        _ => {}
    }
    Ok(())
}
