//! pytest-reportlog.

use std::{
    collections::HashSet,
    fmt::{self, Write},
    path::Path,
};

use anyhow::Result;
use serde_json::{Value, json};

use super::{
    file::{TextFile, Written},
    words::{Dice, captured, name, traceback},
};

/// Writes a file as `pytest --report-log` does, without holding it in memory: a line per stage of each test, two of
/// a hundred tests failed with their traceback (twice, as pytest has it), one in a hundred skipped in its setup.
///
/// # Errors
///
/// If it cannot be written.
pub fn write_reportlog(path: &Path, tests: u64) -> Result<Written> {
    let mut file = TextFile::create(path)?;
    let (failed, skipped, distinct) = file.write_with(|file| write_lines(file, tests))?;
    let bytes = file.finish("")?;
    Ok(Written { path: path.to_owned(), bytes, tests, failed, skipped, distinct })
}

/// Returns how many tests failed, how many were skipped, and the bytes of distinct texts.
fn write_lines(out: &mut impl Write, tests: u64) -> Result<(u64, u64, u64), fmt::Error> {
    let mut dice = Dice(13);
    let (mut failed, mut skipped, mut distinct) = (0, 0, 0);
    let mut names = HashSet::new();
    let mut clock = 1_795_208_400.0_f64;
    out.write_str("{\"pytest_version\": \"9.2.0\", \"$report_type\": \"SessionStart\"}\n")?;
    for number in 0..tests {
        let name = name(number);
        let (area, module, thing, function) = (name.area, name.module, name.thing, &name.function);
        let file = format!("tests/{area}/test_{area}_{module}.py");
        let line = 12 + number % 70 * 9;
        if number % 70 == 0 {
            distinct += (file.len() + thing.len()) as u64;
        }
        let parameters = function.split_once('[').map_or(String::new(), |(_, parameters)| {
            format!("\"parametrize\": 1, \"pytestmark\": 1, \"{}\": 1, ", parameters.trim_end_matches(']'))
        });
        let same = format!(
            "\"location\": [\"{file}\", {line}, \"Test{thing}.{function}\"], \"keywords\": {{\"{function}\": 1, {parameters}\"Test{thing}\": 1, \"test_{area}_{module}.py\": 1, \"{area}\": 1, \"tests\": 1, \"lab\": 1, \"\": 1}}"
        );
        let node = format!("{file}::Test{thing}::{function}");
        let has_failed = dice.one_in(50);
        let is_skipped = !has_failed && dice.one_in(100);
        failed += u64::from(has_failed);
        skipped += u64::from(is_skipped);
        let mut sections = "[]".to_owned();
        for when in ["setup", "call", "teardown"] {
            if is_skipped && when == "call" {
                continue;
            }
            let (mut outcome, mut longrepr) = ("passed", "null".to_owned());
            if is_skipped && when == "setup" {
                outcome = "skipped";
                longrepr = format!("[\"/srv/lab/{file}\", {line}, \"Skipped: no {thing} on this board\"]");
            } else if when == "call" {
                if has_failed {
                    outcome = "failed";
                    longrepr = failure(&traceback(&name, &mut dice), &file, line).to_string();
                }
                // Output stays with the later stages.
                if dice.one_in(18) {
                    sections = json!([["Captured stdout call", captured(&mut dice)]]).to_string();
                }
            }
            let (start, duration) = (clock, dice.seconds());
            clock += duration;
            writeln!(
                out,
                "{{{same}, \"outcome\": \"{outcome}\", \"longrepr\": {longrepr}, \"when\": \"{when}\", \"user_properties\": [], \"sections\": {sections}, \"duration\": {duration}, \"start\": {start}, \"stop\": {clock}, \"nodeid\": \"{node}\", \"$report_type\": \"TestReport\"}}"
            )?;
        }
        if !names.contains(function) {
            names.insert(name.function);
        }
    }
    writeln!(out, "{{\"exitstatus\": {}, \"$report_type\": \"SessionFinish\"}}", i32::from(failed > 0))?;
    distinct += names.iter().map(|name| name.len() as u64).sum::<u64>();
    Ok((failed, skipped, distinct))
}

/// The `longrepr` of a test that failed.
fn failure(traceback: &str, file: &str, line: u64) -> Value {
    let lines: Vec<&str> = traceback.lines().collect();
    let crash = json!({
        "path": format!("/srv/lab/{file}"), "lineno": line,
        "message": "AssertionError: not the level that was set\nassert 2418 == 17",
    });
    let entries = json!({
        "reprentries": [{ "type": "ReprEntry", "data": {
            "lines": lines, "reprfuncargs": { "args": [] }, "reprlocals": null,
            "reprfileloc": { "path": file, "lineno": line, "message": "AssertionError" }, "style": "long",
        } }],
        "extraline": null, "style": "long",
    });
    json!({ "reprcrash": crash, "reprtraceback": entries, "sections": [], "chain": [[entries, crash, null]] })
}
