//! JUnit XML of pytest.

use std::{
    collections::HashSet,
    fmt::{self, Write},
    ops::Range,
    path::Path,
};

use anyhow::Result;

use super::{
    file::{Generated, TextFile, Written},
    words::{Dice, Name, captured, name, traceback},
};

/// The bytes at the beginning of a file that are kept free for its head, whose figures are known at the end.
const HEAD: usize = 512;

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>";
const END: &str = "</testsuite></testsuites>";

/// Which tests a file has.
#[derive(Clone, Debug)]
pub struct Tests {
    /// Their numbers: equal numbers have equal names.
    pub numbers: Range<u64>,
    /// Decides their outcomes.
    pub seed: u64,
}

/// A JUnit file as `pytest --junitxml` writes it: one line, two of a hundred tests failed with
/// tracebacks, one in a hundred skipped, some with output.
pub fn junit(tests: u64) -> Generated {
    junit_of(tests, 7)
}

/// The same tests with other outcomes: one such file per DUT makes a report. `seed` decides which.
pub fn junit_of(tests: u64, seed: u64) -> Generated {
    let mut cases = String::with_capacity(tests as usize * 170);
    let counts = write_cases(&mut cases, &Tests { numbers: 0..tests, seed }).unwrap_or_default();
    let Counts { failed, skipped, .. } = counts;
    let text = format!("{DECLARATION}{}{cases}{END}", head(tests, &counts));
    Generated { text, tests, failed, skipped }
}

/// Writes such a file without holding it in memory. It has blanks before its root.
///
/// # Errors
///
/// If it cannot be written.
pub fn write_junit(path: &Path, tests: &Tests) -> Result<Written> {
    let mut file = TextFile::create(path)?;
    let counts = file.write_with(|file| {
        write!(file, "{:HEAD$}", "")?;
        let counts = write_cases(file, tests)?;
        file.write_str(END)?;
        Ok(counts)
    })?;
    let number = tests.numbers.end - tests.numbers.start;
    let width = HEAD - DECLARATION.len();
    let bytes = file.finish(&format!("{DECLARATION}{:>width$}", head(number, &counts)))?;
    let Counts { failed, skipped, distinct } = counts;
    Ok(Written { path: path.to_owned(), bytes, tests: number, failed, skipped, distinct })
}

#[derive(Default)]
struct Counts {
    failed: u64,
    skipped: u64,
    distinct: u64,
}

fn head(tests: u64, Counts { failed, skipped, .. }: &Counts) -> String {
    format!(
        "<testsuites name=\"pytest tests\"><testsuite name=\"pytest\" errors=\"0\" failures=\"{failed}\" skipped=\"{skipped}\" tests=\"{tests}\" time=\"412.118\" timestamp=\"2026-11-20T21:04:11.002259+00:00\" hostname=\"runner-7\">"
    )
}

const MESSAGE: &str = "AssertionError: not the level that was set\nassert 2418 == 17\n +  where 2418 = Answer(level=2418).level";

/// Writes the elements of the tests.
fn write_cases(out: &mut impl Write, tests: &Tests) -> Result<Counts, fmt::Error> {
    let mut dice = Dice(tests.seed);
    let mut counts = Counts::default();
    let mut names = HashSet::new();
    let mut class = String::new();
    for number in tests.numbers.clone() {
        let name = name(number);
        let Name { area, thing, module, function } = &name;
        if number % 70 == 0 || class.is_empty() {
            class = format!("tests.{area}.test_{area}_{module}.Test{thing}");
            counts.distinct += class.len() as u64;
        }
        write!(out, "<testcase classname=\"{class}\" name=\"{function}\" time=\"{:.3}\"", dice.seconds())?;
        if dice.one_in(50) {
            counts.failed += 1;
            let text = traceback(&name, &mut dice);
            let body = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            write!(out, "><failure message=\"{}\">{body}</failure></testcase>", escape_xml(MESSAGE))?;
        } else if dice.one_in(100) {
            counts.skipped += 1;
            let message = format!("no {thing} on this board");
            write!(
                out,
                "><skipped type=\"pytest.skip\" message=\"{message}\">/srv/lab/tests/{area}/test_{area}_{module}.py:{}: {message}</skipped></testcase>",
                10 + dice.roll(90)
            )?;
            names.insert(message);
        } else if dice.one_in(18) {
            write!(out, "><system-out>{}</system-out></testcase>", captured(&mut dice).replace('>', "&gt;"))?;
        } else {
            out.write_str(" />")?;
        }
        if !names.contains(function) {
            names.insert(name.function);
        }
    }
    if counts.failed > 0 {
        counts.distinct += MESSAGE.len() as u64;
    }
    counts.distinct += names.iter().map(|name| name.len() as u64).sum::<u64>();
    Ok(counts)
}

fn escape_xml(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\n', "&#10;")
}
