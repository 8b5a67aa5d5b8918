//! Allure results in a zip archive.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
};

use anyhow::Result;
use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{
    file::Written,
    words::{Dice, name, traceback},
};

/// The steps of a test; each has what was sent and what was received.
const STEPS: u64 = 12;

/// Bytes of each message.
const MESSAGE: u64 = 350;

/// Writes a zip archive with the folder of a run of allure-pytest, a file of JSON per test: two of a hundred
/// tests failed, one in a hundred skipped. Most of a file are the messages of its steps, as hexadecimal digits, so an
/// archive has about half the size of its files. Returns the size of the files, too.
///
/// # Errors
///
/// If it cannot be written.
pub fn write_allure_zip(path: &Path, tests: u64) -> Result<(Written, u64)> {
    let mut dice = Dice(17);
    let mut archive = ZipWriter::new(BufWriter::new(File::create(path)?));
    // The quickest level: digits that look random do not get smaller with a better one.
    let options = SimpleFileOptions::default().compression_level(Some(1));
    let (mut failed, mut skipped, mut unpacked) = (0, 0, 0);
    for number in 0..tests {
        let has_failed = dice.one_in(50);
        let is_skipped = !has_failed && dice.one_in(100);
        failed += u64::from(has_failed);
        skipped += u64::from(is_skipped);
        let text = result(number, has_failed, is_skipped, &mut dice).to_string();
        let id = format!("{:08x}-0000-4000-8000-{number:012x}", dice.roll(1 << 32));
        archive.start_file(format!("allure-results/{id}-result.json"), options)?;
        archive.write_all(text.as_bytes())?;
        unpacked += text.len() as u64;
    }
    archive.finish()?.flush()?;
    let bytes = fs::metadata(path)?.len();
    Ok((Written { path: path.to_owned(), bytes, tests, failed, skipped, distinct: 0 }, unpacked))
}

fn result(number: u64, has_failed: bool, is_skipped: bool, dice: &mut Dice) -> Value {
    let name = name(number);
    let (area, module, thing) = (name.area, name.module, name.thing);
    let start = 1_795_208_400_000 + number * 41;
    let status = match (has_failed, is_skipped) {
        (true, _) => "failed",
        (_, true) => "skipped",
        _ => "passed",
    };
    let steps = if is_skipped { 0 } else { STEPS };
    let steps: Vec<Value> = (0..steps)
        .map(|step| {
            json!({
                "name": format!("exchange {step}"), "status": "passed",
                "parameters": [
                    { "name": "sent", "value": digits(dice) }, { "name": "received", "value": digits(dice) },
                ],
                "start": start + step, "stop": start + step + 1,
            })
        })
        .collect();
    let details = match (has_failed, is_skipped) {
        (true, _) => {
            json!({ "message": "AssertionError: not the level that was set", "trace": traceback(&name, dice) })
        }
        (_, true) => json!({ "message": format!("Skipped: no {thing} on this board") }),
        _ => json!({}),
    };
    let suite = format!("test_{area}_{module}");
    json!({
        "name": name.function, "status": status, "statusDetails": details, "steps": steps,
        "start": start, "stop": start + STEPS + 2,
        "uuid": format!("{number:08x}-0000-4000-9000-{:012x}", dice.roll(1 << 32)),
        "historyId": format!("{number:032x}"), "testCaseId": format!("{number:032x}"),
        "fullName": format!("tests.{area}.{suite}.Test{thing}#{}", name.function),
        "labels": [
            { "name": "parentSuite", "value": format!("tests.{area}") }, { "name": "suite", "value": suite },
            { "name": "subSuite", "value": format!("Test{thing}") }, { "name": "host", "value": "runner-7" },
            { "name": "framework", "value": "pytest" }, { "name": "language", "value": "cpython3" },
            { "name": "package", "value": format!("tests.{area}.{suite}") },
        ],
        "titlePath": ["tests", area, format!("{suite}.py"), format!("Test{thing}")],
    })
}

/// A message in hexadecimal digits.
fn digits(dice: &mut Dice) -> String {
    let mut text = String::with_capacity(2 * MESSAGE as usize);
    for _ in 0..MESSAGE {
        let _ = write!(text, "{:02x}", dice.roll(256));
    }
    text
}
