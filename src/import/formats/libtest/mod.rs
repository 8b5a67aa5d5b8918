//! libtest, Rust's test harness: its JSON, and its console output.
//!
//! Source: rust-lang/rust, `library/test/src/formatters`. The output of several test programs is
//! concatenated without their names; `cargo test` prints the names to standard error, which may be
//! in the file. Without names, a test with the same name as one of an earlier program gets the
//! number of its program.

pub mod json;
pub mod text;

use crate::import::batch::{Batch, Entry, Scope};
use crate::import::collect::Occurrences;
use crate::import::details::Measurement;
use crate::model::{Severity, counted, decimal};
use rustc_hash::FxHashSet;

/// The test programs of a file.
#[derive(Default)]
struct Programs {
    /// The number of programs so far.
    count: u32,
    /// cargo's name of the current program, or of the next one.
    name: String,
    /// Names of tests of earlier programs, and of the current one.
    earlier: FxHashSet<String>,
    own: Vec<String>,
    same_names: Occurrences,
}

impl Programs {
    /// Reads a line of cargo with the name of the next program.
    ///
    /// `     Running tests/api.rs (target/debug/deps/api-0123456789abcdef)`
    fn line(&mut self, line: &str) {
        let line = line.trim();
        let path = line
            .strip_prefix("Running ")
            .and_then(|rest| rest.strip_suffix(')')?.rsplit_once('(').map(|(_, path)| path));
        let stem =
            path.and_then(|path| path.rsplit(['/', '\\']).next()).map(|name| name.trim_end_matches(".exe"));
        let program = stem.map(|stem| match stem.rsplit_once('-') {
            Some((name, hash)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                name
            }
            _ => stem,
        });
        if let Some(name) = program.or_else(|| line.strip_prefix("Doc-tests ")) {
            name.clone_into(&mut self.name);
        }
    }

    fn begins(&mut self) {
        self.count += 1;
        self.earlier.extend(self.own.drain(..));
    }

    /// Ends the program; cargo names the next one.
    fn ends(&mut self) {
        self.name.clear();
    }

    /// Appends a test. `entry` has no scope and the full name.
    fn entry(&mut self, entry: Entry, at: u64, batch: &mut Batch) {
        let whole = entry.name;
        let (modules, name) = match whole.rsplit_once(" - ") {
            // A documentation test has a file and a line: `src/lib.rs - f (line 1)`.
            Some((_, _)) if whole.contains(" (line ") => whole.split_once(" - ").unwrap_or(("", whole)),
            _ => whole.rsplit_once("::").unwrap_or(("", whole)),
        };
        let number;
        let program = if !self.name.is_empty() {
            self.name.as_str()
        } else if self.earlier.contains(whole) {
            self.same_names.add(at);
            number = format!("program {}", self.count);
            &number
        } else {
            ""
        };
        if self.name.is_empty() {
            self.own.push(whole.to_owned());
        }
        batch.push_entry(Entry { scope: Scope::Suite(program, modules), name, ..entry });
    }

    fn finish(&self, batch: &mut Batch) {
        self.same_names.note(Severity::Info, batch, &|count, _| {
            let text = counted(count, "test");
            format!(
                "{text} with the same name as a test of an earlier program: the program's number was added"
            )
        });
    }
}

/// Returns what a benchmark measured.
fn benchmark(median: &str, deviation: &str) -> Measurement {
    let median = median.replace(',', "");
    let deviation = decimal(&deviation.replace(',', ""));
    Measurement { deviation, ..Measurement::new("time", &median, "ns/iter") }
}

/// Returns where a test panicked, and the message; the first line of output without a panic.
fn panicked(output: &str) -> (Option<&str>, &str) {
    let mut lines = output.lines();
    let Some((_, place)) = lines.find_map(|line| line.split_once(" panicked at ")) else {
        return (None, output.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or(""));
    };
    // Before Rust 1.73: `panicked at 'message', src/lib.rs:7:5`.
    match place.strip_prefix('\'').and_then(|place| place.rsplit_once("', ")) {
        Some((message, place)) => (Some(place), message),
        None => (Some(place.trim_end_matches(':')), lines.next().unwrap_or("")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_by_what_cargo_prints() {
        let mut programs = Programs::default();
        for (line, name) in [
            ("     Running unittests src/lib.rs (target/debug/deps/my_crate-0123456789abcdef)", "my_crate"),
            ("   Doc-tests my_crate", "my_crate"),
            ("     Running tests/api.rs (target\\debug\\deps\\api-0123456789abcdef.exe)", "api"),
            ("Running out of words", "api"),
        ] {
            programs.line(line);
            assert_eq!(programs.name, name);
        }
    }

    #[test]
    fn panics_of_old_and_new() {
        let new = "x\n\nthread 'a' (1) panicked at src/lib.rs:7:38:\nassertion failed\n  left: 1";
        assert_eq!(panicked(new), (Some("src/lib.rs:7:38"), "assertion failed"));
        let old = "thread 'a' panicked at 'it's off', src/lib.rs:7:5\nnote: run";
        assert_eq!(panicked(old), (Some("src/lib.rs:7:5"), "it's off"));
        assert_eq!(panicked("\nError: \"x\"\n"), (None, "Error: \"x\""));
    }
}
