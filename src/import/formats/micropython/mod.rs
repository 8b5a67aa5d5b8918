//! MicroPython's own test runners: `_results.json`, and their console output.
//!
//! Source: micropython/micropython, `tests/test_utils.py` and the four `tests/run-….py` that use
//! it.

mod measures;
pub mod output;
pub mod results;

pub(super) use measures::measures_in;

use crate::import::batch::{Batch, Role, Row};
use crate::import::details::{Details, SectionKind, in_a_line};
use crate::model::Outcome;

/// Appends a test with its runner's text, which is kept because it is not in one place of the
/// file. The scope is named at the end.
fn push(name: &str, outcome: Outcome, native: &str, said: &str, batch: &mut Batch) {
    let mut details = Details::default();
    let message = match measures_in(said) {
        Some(measured) => {
            let line = in_a_line(&measured);
            details.measurements.extend(measured);
            line
        }
        None => {
            if !said.is_empty() {
                details.section(SectionKind::Reason, "reason", "", said);
            }
            said.to_owned()
        }
    };
    let (at, len) = if message.is_empty() { (0, 0) } else { batch.keep_details(&details) };
    let row = Row {
        session: 0,
        scope: batch.scope("", None),
        name: batch.add_name_or_placeholder(name, (0, 0)),
        outcome,
        role: Role::Verdict,
        native: batch.native(native),
        duration_s: f64::NAN,
        message: batch.add_message(&message),
        at,
        len: u32::try_from(len).unwrap_or(u32::MAX),
    };
    batch.session(0);
    batch.add_measured(batch.len(), &details.measurements);
    batch.push(row);
}
