//! How many instructions the hot paths of the engine take, natively: a guard against regressions that does not depend
//! on what else the machine does.
//!
//! `tests/instructions` runs a path under Callgrind, which counts. A figure is a ratio: the instructions of the path
//! over those of a reference in the same program, for the same files, which are quick-xml's events or serde_json's
//! check of the values. So it changes little with the compiler and the processor. The expected figures are in
//! `tests/instructions/expected.json`, with the part by which a figure may exceed its own.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, bail, ensure};
use passgrid_browser_tests::{
    generate::{self, Tests},
    root,
};
use serde::{Deserialize, Serialize};

use crate::{
    page::Folder,
    row::{Bound, Row},
    spread::Spread,
};

/// Tests of 2 MB of JUnit, of json-report and of reportlog.
const JUNIT: u64 = 12_000;
const JSON_REPORT: u64 = 3_300;
const REPORTLOG: u64 = 1_100;

/// Files of JUnit that the engine has when it answers.
const SESSIONS: u64 = 4;

const EVENTS: &str = "xml-events";
const VALUES: &str = "json-values";

/// The figures of the last `--accept`.
#[derive(Serialize, Deserialize)]
struct Expected {
    /// The part of a figure by which it may be exceeded.
    band: f64,
    /// By the names of the rows.
    figures: BTreeMap<String, f64>,
}

/// Counts. With `accept`, what was counted is expected from now on.
pub fn measure(accept: bool, folder: &Folder) -> Result<Vec<Row>> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        println!("instructions: left out, because the expected figures are those of Linux on x86-64");
        return Ok(Vec::new());
    }
    let Ok(valgrind) = which::which("valgrind") else {
        println!(
            "instructions: not measured, because valgrind is not on PATH; Debian's package is `valgrind`"
        );
        return Ok(Vec::new());
    };
    let junit = folder.join("pytest.xml");
    fs::write(&junit, generate::junit(JUNIT).text)?;
    let json_report = folder.join("pytest.report.json");
    fs::write(&json_report, generate::json_report(JSON_REPORT).text)?;
    let reportlog = folder.join("pytest.jsonl");
    generate::write_reportlog(&reportlog, REPORTLOG)?;
    let mut sessions = Vec::new();
    for number in 0..SESSIONS {
        let path = folder.join(&format!("board_{number}.xml"));
        generate::write_junit(&path, &Tests { numbers: 0..JUNIT, seed: 100 + number })?;
        sessions.push(path);
    }

    let program = build()?;
    let file = root().join("tests/instructions/expected.json");
    let mut expected: Expected = serde_json::from_slice(&fs::read(&file)?)?;
    let mut figures = BTreeMap::new();
    let mut rows = Vec::new();
    for (reference, inputs, paths) in [
        (EVENTS, &[junit][..], &[("import of JUnit", "import")][..]),
        (VALUES, &[json_report], &[("import of json-report", "import")]),
        (VALUES, &[reportlog], &[("import of reportlog", "import")]),
        (
            EVENTS,
            &sessions,
            &[
                ("ingest, with history and index", "ingest"),
                ("overview", "overview"),
                ("grid", "grid"),
                ("tests with a filter", "tests"),
            ],
        ),
    ] {
        let count = |path: &str| count(&valgrind, &program, path, inputs);
        let whole = count(reference)?;
        for (name, path) in paths {
            let figure = count(path)? / whole;
            figures.insert((*name).to_owned(), (figure * 1000.0).round() / 1000.0);
            let row = Row::new(*name, &format!("× {reference}"), Spread::of([figure].into_iter()));
            // A path without an expected figure exceeds it.
            let most = expected.figures.get(*name).map_or(0.0, |figure| figure * (1.0 + expected.band));
            rows.push(row.floor(Bound::AtMost((most * 1000.0).round() / 1000.0)));
        }
    }
    if accept {
        expected.figures = figures;
        fs::write(&file, serde_json::to_string_pretty(&expected)? + "\n")?;
        println!("{} has the new figures", file.display());
        return Ok(rows.into_iter().map(|row| Row { floor: None, ..row }).collect());
    }
    for (name, old) in &expected.figures {
        let lower = figures.get(name).filter(|figure| **figure < old * (1.0 - expected.band));
        if let Some(figure) = lower {
            println!(
                "{name}: {figure}, expected {old}: `cargo xtask bench -- instructions --accept` notes what is gained"
            );
        }
    }
    Ok(rows)
}

/// Builds the program that is counted.
fn build() -> Result<PathBuf> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "--profile", "instructions", "--package", "passgrid-instructions"]);
    ensure!(build.current_dir(root()).status()?.success(), "passgrid-instructions cannot be built");
    Ok(root().join("target/instructions/passgrid-instructions"))
}

/// How many instructions a path takes for these files.
fn count(valgrind: &Path, program: &Path, path: &str, files: &[PathBuf]) -> Result<f64> {
    let mut command = Command::new(valgrind);
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=*counted*"]);
    let output = command.arg(program).arg(path).args(files).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{path} failed under valgrind: {said}");
    let collected = said.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok());
    match collected {
        Some(count) if count > 0.0 => Ok(count),
        _ => bail!("valgrind counted nothing of {path}: {said}"),
    }
}
