//! Attributes of DUTs, such as MCU, board revision and lab: a small table or JSON beside the results.
//!
//! A table has the DUT in its first column, and an attribute in each other column. JSON is a list of objects with
//! `dut`, or an object with the attributes of each DUT under `dut_attributes`:
//!
//! ```json
//! {"dut_attributes": {"DUT_A": {"mcu": "esp32", "lab": "2"}}}
//! ```

use crate::import::batch::Batch;
use crate::import::details::Details;
use crate::import::detect::Head;
use crate::import::formats::csv::{self, Header, Table, header};
use crate::import::identify;
use crate::import::importer::WholeFileImporter;
use crate::import::json::{self, Object};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, limits};
use crate::model::{DutAttributes, IdentityField, Severity, counted, head};

pub const ABOUT: About = About {
    key: "dut-attributes",
    name: "DUT attributes",
    tool: "DUT attributes",
    family: Family::Tables,
    richness: Richness::Summary,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "you: a CSV whose first column is `dut`, or {dut_attributes: {DUT: {attribute: value}}}",
    reads: "attributes of DUTs, for details, known issues and what explains a failure",
    dut: "the first column, or `dut`; names as the page shows them",
    limits: "no results; see `docs/known-issues.md`",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect,
    importer: || Box::new(WholeFileImporter::new(read)),
    details: |_| Details::default(),
});

/// Keys of lists of results and of other formats.
const OF_RESULTS: [&str; 10] = [
    "tests",
    "test",
    "session_id",
    "results",
    "result",
    "outcome",
    "status",
    "phases",
    "outcomes",
    "test_results",
];

fn detect(head: &Head) -> bool {
    if head.root.is_some() || head.start > 0 {
        return false;
    }
    if !head.keys.is_empty() {
        let has_results = OF_RESULTS.iter().any(|key| head.has(key));
        return !has_results && (head.has("dut_attributes") || head.is_array && head.has("dut"));
    }
    header(head.text, true).is_some_and(|header| is_table(&header))
}

/// Whether the first column names DUTs, and no column has tests or outcomes.
fn is_table(header: &Header) -> bool {
    let first = header.names.first();
    let names_duts = first.is_some_and(|name| identify::identity_field(name) == Some(IdentityField::Dut));
    let (has_tests, has_outcomes) = csv::has(&header.names);
    // Counts per DUT are a summary.
    let is_summary =
        header.names.iter().any(|name| matches!(name.as_str(), "passed" | "failed" | "name" | "id"));
    names_duts && !has_tests && !has_outcomes && !is_summary
}

fn read(text: &str, at: u64, batch: &mut Batch) {
    let trimmed = text.trim_start();
    if trimmed.starts_with(['{', '[']) {
        read_json(trimmed, at + (text.len() - trimmed.len()) as u64, batch);
    } else {
        read_table(text, at, batch);
    }
    batch.is_knowledge = true;
    let count = batch.dut_attributes.len() as u64;
    batch.note(Severity::Info, None, format!("attributes of {}, no results", counted(count, "DUT")));
}

fn read_json(text: &str, at: u64, batch: &mut Batch) {
    let mut cursor = json::Cursor::new(text);
    if cursor.skip_value().is_err() {
        batch.note_unreadable(at, "JSON is truncated or invalid; what comes before is kept");
    }
    cursor.deviations.note(at, batch);
    let plain = |fields: &Object| {
        let fields = fields.fields().filter(|(key, _)| *key != "dut");
        fields.map(|(key, value)| (key.to_owned(), json::plain(value).into_owned())).collect::<Vec<_>>()
    };
    if text.starts_with('[') {
        for element in json::elements(text) {
            let fields = Object::of(element);
            add(&fields.text("dut"), plain(&fields), at + json::place(element, text, 0), batch);
        }
        return;
    }
    let raw = Object::of(text).raw("dut_attributes");
    let by_dut = Object::of(raw);
    for (dut, value) in by_dut.fields() {
        add(dut, plain(&Object::of(value)), at + json::place(value, text, 0), batch);
    }
    for element in json::elements(raw) {
        let fields = Object::of(element);
        add(&fields.text("dut"), plain(&fields), at + json::place(element, text, 0), batch);
    }
}

fn read_table(text: &str, at: u64, batch: &mut Batch) {
    let Some(header) = header(text, true) else {
        return batch.note_unreadable(at, "no table header found");
    };
    let mut table = Table::new(header.separator);
    let mut used = header.end;
    loop {
        let begins = used;
        let rest = text.as_bytes().get(used..).unwrap_or_default();
        let (taken, record) = table.read(rest);
        used += taken;
        let Some(record) = record else {
            // An empty text ends the table.
            if rest.is_empty() {
                return;
            }
            continue;
        };
        let at = at + begins as u64;
        if record.is_open && record.fields.iter().any(|field| field.contains('\n')) {
            batch.note_unreadable(at, "unclosed quote; rows after it may be missing");
        }
        let mut fields = record.fields.into_iter();
        let dut = fields.next().unwrap_or_default();
        if dut.trim().starts_with('#') {
            continue;
        }
        let names = header.names.iter().skip(1);
        let attributes = names.zip(fields).map(|(name, value)| (name.clone(), value)).collect();
        add(&dut, attributes, at, batch);
    }
}

/// Adds a DUT, within the limits. Empty values say nothing.
fn add(dut: &str, attributes: Vec<(String, String)>, at: u64, batch: &mut Batch) {
    let cut = |text: &str| head(text.trim(), limits::PROPERTY_BYTES).to_owned();
    let attributes = attributes.iter().map(|(name, value)| (cut(name), cut(value)));
    let attributes: Vec<(String, String)> = attributes
        .filter(|(name, value)| !name.is_empty() && !value.is_empty())
        .take(limits::ATTRIBUTES)
        .collect();
    if dut.trim().is_empty() {
        if !attributes.is_empty() {
            batch.note(Severity::Warning, Some(at), "an entry without a DUT; ignored");
        }
        return;
    }
    if batch.dut_attributes.len() < limits::DUTS_WITH_ATTRIBUTES {
        batch.dut_attributes.push(DutAttributes { dut: cut(dut), attributes });
    } else if !batch.partly {
        let text = format!("more than {} DUTs; the others are ignored", limits::DUTS_WITH_ATTRIBUTES);
        batch.note_unreadable(at, text);
    }
}
