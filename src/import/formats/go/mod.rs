//! `go test -json`: a line of JSON for each event of a test (test2json).
//!
//! Format: the Go project's `cmd/test2json` and `cmd/go`'s help on `buildjson`. Oddities:
//!
//! - A test and its subtests each have a result; a test fails with its subtests.
//! - Lines of several packages and of parallel tests alternate.
//! - A test that was running when its program ended has no end event. Neither has a paused test,
//!   which did not run.
//! - If a package cannot be built, or fails outside of its tests, no test reports it. It becomes a
//!   test `TestMain`, as in gotestsum. Before Go 1.24 the compiler's output, if it is in the file
//!   at all, is not an event.
//! - A panic is a failure with the panic in its output.
//! - Benchmarks have no end event. Neither has a test whose result line (`--- PASS: TestX (0.01s)`)
//!   follows other output on the line, or stands in the output of another test: then this line
//!   counts.
//! - gotestsum appends the reruns of tests, and the last one counts. `-count` repeats tests in one
//!   run of the package, and the worst one counts.

mod event;
mod output;

use crate::import::batch::{Batch, Entry, Role, Scope, kept_details};
use crate::import::collect::{IdentityClaims, Occurrences};
use crate::import::details::{Details, SectionKind, in_a_line};
use crate::import::importer::{LineImporter, LineReader};
use crate::import::json::{self, StrayLines};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, identify};
use crate::model::{Outcome, RepeatRule, Severity, Timestamp, counted};
use crate::text::order::Order;
use event::{Event, field};
use output::{first_said, is_frame, measured, place_and_text, result_line};
use rustc_hash::FxHashMap;

pub const ABOUT: About = About {
    key: "go-test",
    name: "go test -json",
    tool: "go test",
    family: Family::OtherLanguages,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "go test -json, gotestsum --jsonfile (test2json)",
    reads: "subtests, output per test, panics, packages that cannot be built, benchmarks, repeats and reruns",
    dut: "attributes of tests (`t.Attr`)",
    limits: "",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    // Without `go test`, test2json may not know the package.
    detect: |head| {
        let begins = ["start", "run", "output", "build-output"];
        head.first_line_has(&["Action"])
            && begins.iter().any(|action| {
                ["", " "].iter().any(|space| head.text.contains(&format!("\"Action\":{space}\"{action}\"")))
            })
    },
    importer: || Box::new(LineImporter::<Log>::default()),
    details: kept_details::read,
});

/// Returns whether the output of a compiler may begin with this line: `# example.com/lab/player`. The
/// package that it names has no events if it cannot be built.
pub fn begins(line: &str) -> bool {
    line.strip_prefix("# ").is_some_and(|path| !path.contains(' ') || path.ends_with(".test]"))
}

/// The state of a log.
#[derive(Default)]
struct Log {
    packages: FxHashMap<String, Package>,
    /// Output of compilers, by import path.
    builds: FxHashMap<String, String>,
    /// The package of compiler output that is not an event.
    compiled: String,
    /// By row: the previous row of the same test in the same run of its package.
    previous: Vec<Option<u32>>,
    started: Option<Timestamp>,
    /// The last timestamp.
    time: String,
    claims: IdentityClaims,
    cached: Occurrences,
    unknown: Occurrences,
    strays: StrayLines,
    end: u64,
}

/// A package and its running tests.
#[derive(Default)]
struct Package {
    is_under_way: bool,
    has_failed: bool,
    /// The number of its current run.
    run: u32,
    output: String,
    open: FxHashMap<String, Test>,
    /// The last row of each test, and its run of the package.
    rows: FxHashMap<String, (u32, u32)>,
}

/// A running test.
#[derive(Default)]
struct Test {
    at: u64,
    began: Option<Timestamp>,
    is_paused: bool,
    has_failed_subtest: bool,
    output: String,
    /// Its result line: outcome, action and duration in seconds.
    end: Option<(Outcome, &'static str, Option<f64>)>,
    /// The first error that it logged, with its place; Go 1.26 marks them.
    error: String,
    properties: Vec<(String, String)>,
}

impl LineReader for Log {
    fn line(&mut self, line: &str, at: u64, batch: &mut Batch) {
        self.end = at + line.len() as u64;
        match json::line(line, field) {
            Some(event) if !event.action.is_empty() => self.event(&event, at, batch),
            _ => self.other(line, at, batch),
        }
    }

    fn finish(&mut self, batch: &mut Batch) {
        let mut packages: Vec<_> = std::mem::take(&mut self.packages).into_iter().collect();
        packages.retain(|(_, package)| package.is_under_way);
        packages.order_by(|a, b| a.0.cmp(&b.0));
        for (name, package) in &mut packages {
            for (test, under_way) in in_order(package) {
                let why = "the file ends while the test is running";
                let ended = Ended {
                    package_name: name,
                    name: &test,
                    outcome: Outcome::NotRun,
                    native: "run",
                    duration_s: None,
                    why,
                };
                self.add(ended, package, under_way, batch);
            }
        }
        let open = packages.len() as u64;
        if open > 0 {
            let text = format!(
                "{} did not finish: the run was killed, or is still running",
                counted(open, "package")
            );
            batch.session(0).mark_incomplete(&text);
            batch.note_unreadable(self.end, text);
        }
        self.strays.report(0, batch);
        self.cached.note(Severity::Info, batch, &|count, package| {
            let text = counted(count, "package");
            format!("the results of {text}, such as `{package}`, are cached from an earlier run")
        });
        self.unknown.note(Severity::Warning, batch, &|count, word| {
            format!("{}, such as `{word}`: ignored", counted(count, "unknown action"))
        });
        let ended = Timestamp::parse(&self.time);
        let draft = batch.session(0);
        draft.repeats = RepeatRule::Worst;
        draft.started = self.started;
        draft.duration_s =
            self.started.zip(ended).map(|(from, to)| (to.unix_ms - from.unix_ms) as f64 / 1000.0);
        draft.duration_s = draft.duration_s.filter(|seconds| *seconds >= 0.0);
        self.claims.apply(draft);
    }
}

impl Log {
    fn event(&mut self, event: &Event, at: u64, batch: &mut Batch) {
        if !event.time.is_empty() {
            if self.started.is_none() {
                self.started = Timestamp::parse(&event.time);
            }
            event.time.as_ref().clone_into(&mut self.time);
        }
        match &*event.action {
            "build-output" => {
                let output = self.builds.entry(event.import_path.to_string()).or_default();
                return output.push_str(&event.output);
            }
            "build-fail" => return,
            _ => {}
        }
        // Put back at the end. Meanwhile the log can be borrowed mutably.
        let mut package = self.packages.remove(&*event.package).unwrap_or_default();
        if !package.is_under_way {
            package = Package {
                is_under_way: true,
                run: package.run + 1,
                rows: package.rows,
                ..Package::default()
            };
        }
        if &*event.action == "output"
            && let Some((name, outcome, native, seconds)) = result_line(&event.output)
            && let Some(test) = package.open.get_mut(name)
        {
            test.end = Some((outcome, native, seconds));
        }
        match event.test.is_empty() {
            true => self.package_event(event, &mut package, at, batch),
            false => self.test_event(event, &mut package, at, batch),
        }
        self.packages.insert(event.package.to_string(), package);
    }

    fn test_event(&mut self, event: &Event, package: &mut Package, at: u64, batch: &mut Batch) {
        let outcome = match &*event.action {
            "run" | "pause" | "cont" | "output" | "attr" | "artifacts" | "start" => None,
            "pass" | "bench" => Some(Outcome::Passed),
            "fail" => Some(Outcome::Failed),
            "skip" => Some(Outcome::Skipped),
            other => return self.unknown.add_example(at, other),
        };
        let test = package.open.entry(event.test.to_string()).or_insert_with(|| Test {
            at,
            began: Timestamp::parse(&event.time),
            ..Test::default()
        });
        match &*event.action {
            "pause" => test.is_paused = true,
            "cont" => test.is_paused = false,
            "output" if event.output_type == "frame" || is_frame(&event.output) => {}
            "output" => {
                if event.output_type == "error" && test.error.is_empty() {
                    event.output.trim().clone_into(&mut test.error);
                }
                test.output.push_str(&event.output);
            }
            "attr" => {
                if let Some(identity) = identify::identity_field(&event.key) {
                    self.claims.add(identity, &event.key, &event.value);
                }
                test.properties.push((event.key.to_string(), event.value.to_string()));
            }
            _ => {}
        }
        let Some(outcome) = outcome else {
            return;
        };
        if let Some(test) = package.open.remove(&*event.test) {
            let ended = Ended {
                package_name: &event.package,
                name: &event.test,
                outcome,
                native: &event.action,
                duration_s: event.elapsed_s,
                why: "",
            };
            self.add(ended, package, test, batch);
        }
    }

    fn package_event(&mut self, event: &Event, package: &mut Package, at: u64, batch: &mut Batch) {
        match &*event.action {
            "start" => {}
            "output" => {
                if event.output.contains("\t(cached)") {
                    self.cached.add_example(at, &event.package);
                }
                let fact = event.output.trim_end().split_once(": ");
                if let Some((name @ ("goos" | "goarch" | "cpu"), value)) = fact {
                    let attribute = (name.to_owned(), value.to_owned());
                    let attributes = &mut batch.session(0).attributes;
                    if !attributes.contains(&attribute) {
                        attributes.push(attribute);
                    }
                }
                package.output.push_str(&event.output);
            }
            "pass" | "skip" => {
                for (name, test) in in_order(package) {
                    let is_measured = name.starts_with("Benchmark") && test.output.contains(" ns/op");
                    let (outcome, native, duration_s) = match test.end {
                        _ if is_measured => (Outcome::Passed, "bench", None),
                        Some(end) => end,
                        None => (Outcome::Unknown, "run", None),
                    };
                    let why = match outcome {
                        Outcome::Unknown => "the end of the test is missing; its package passed",
                        _ => "",
                    };
                    let ended =
                        Ended { package_name: &event.package, name: &name, outcome, native, duration_s, why };
                    self.add(ended, package, test, batch);
                }
                package.is_under_way = false;
            }
            "fail" => self.package_fails(event, package, at, batch),
            other => self.unknown.add_example(at, other),
        }
    }

    fn package_fails(&mut self, event: &Event, package: &mut Package, at: u64, batch: &mut Batch) {
        for (name, test) in in_order(package) {
            let (outcome, native, duration_s, why) = match test.end {
                Some((outcome, native, seconds)) if first_panic(&test.output).is_none() => {
                    (outcome, native, seconds, "")
                }
                _ if test.is_paused => {
                    (Outcome::NotRun, "pause", None, "the test program ended before the test continued")
                }
                _ => (Outcome::Error, "run", None, "the test program ended while the test was running"),
            };
            let ended = Ended { package_name: &event.package, name: &name, outcome, native, duration_s, why };
            self.add(ended, package, test, batch);
        }
        if !package.has_failed {
            let is_built = event.failed_build.is_empty()
                && !["[build failed]", "[setup failed]"].iter().any(|sign| package.output.contains(sign));
            let compiled =
                [&*event.failed_build, &*event.package].iter().find_map(|path| self.builds.get(*path));
            let output = compiled.filter(|_| !is_built).unwrap_or(&package.output).clone();
            let native = if is_built { "fail" } else { "build failed" };
            let name = &event.package;
            batch.session(0).mark_incomplete(&match is_built {
                true => format!("package `{name}` failed, although none of its tests did"),
                false => format!("package `{name}` could not be built"),
            });
            let test = Test { at, output, ..Test::default() };
            let ended = Ended {
                package_name: &event.package,
                name: "TestMain",
                outcome: Outcome::Error,
                native,
                duration_s: event.elapsed_s,
                why: "",
            };
            self.add(ended, package, test, batch);
        }
        package.is_under_way = false;
    }

    /// Reads a line that is not an event: compiler output, a package that could not be built, or
    /// anything else.
    fn other(&mut self, line: &str, at: u64, batch: &mut Batch) {
        if let Some(path) = line.strip_prefix("# ") {
            self.compiled = path.split_once(' ').map_or(path, |(path, _)| path).to_owned();
            self.builds.remove(&self.compiled);
        }
        let failed = line.strip_prefix("FAIL\t").and_then(|rest| rest.split_once(' '));
        if let Some((name, "[build failed]" | "[setup failed]")) = failed {
            let event = Event { package: name.into(), failed_build: name.into(), ..Event::default() };
            let mut package = Package::default();
            self.package_fails(&event, &mut package, at, batch);
            self.packages.entry(name.to_owned()).or_insert(package);
            self.compiled.clear();
        } else if !self.compiled.is_empty() && !line.starts_with('{') {
            let output = self.builds.entry(self.compiled.clone()).or_default();
            output.push_str(line);
            output.push('\n');
        }
        self.strays.add(line, at);
    }

    /// Adds a test that ended.
    fn add(&mut self, ended: Ended, package: &mut Package, mut test: Test, batch: &mut Batch) {
        let Ended { package_name, name, mut outcome, native, duration_s, why } = ended;
        let panic = first_panic(&test.output);
        if outcome == Outcome::Failed && panic.is_some() {
            outcome = Outcome::Error;
        }
        if outcome.is_failing() {
            package.has_failed = true;
            let around = name.rsplit_once('/').and_then(|(around, _)| package.open.get_mut(around));
            around.into_iter().for_each(|around| around.has_failed_subtest = true);
        }
        let said = panic.filter(|_| outcome == Outcome::Error).unwrap_or_else(|| match why {
            "" if !test.error.is_empty() => &test.error,
            "" => first_said(&test.output, native),
            why => why,
        });
        let (location, mut message) = place_and_text(said);
        if message.is_empty() && test.has_failed_subtest {
            message = "a subtest failed";
        }
        let mut details = Details::default();
        match outcome {
            Outcome::Passed => details.section(SectionKind::Output, "output", "", &test.output),
            _ => details.section(SectionKind::Reason, native, message, &test.output),
        }
        details.location = location.map(str::to_owned);
        details.properties = std::mem::take(&mut test.properties);
        let measured_line;
        if native == "bench" {
            details.measurements = measured(&test.output);
            measured_line = in_a_line(&details.measurements);
            message = &measured_line;
        }
        let is_blank = details.sections.iter().all(|s| s.message.is_empty() && s.text.is_empty());
        let (at, len) = match is_blank && details.properties.is_empty() {
            true => (0, 0),
            false => batch.keep_details(&details),
        };
        self.mark_earlier_rows(name, package, batch);
        batch.push_entry(Entry {
            session: 0,
            scope: Scope::Plain(package_name),
            name,
            outcome,
            native,
            role: Role::Verdict,
            duration_s,
            began_ms: test.began.map(|began| began.unix_ms as f64),
            worker: package_name,
            measured: &details.measurements,
            message,
            trace: &test.output,
            at,
            len,
        });
    }

    /// Marks the test's rows of earlier runs of the package as attempts. Rows of the current run
    /// are repeats.
    fn mark_earlier_rows(&mut self, name: &str, package: &mut Package, batch: &mut Batch) {
        let row = batch.len() as u32;
        let previous = package.rows.insert(name.to_owned(), (row, package.run));
        let of_this_run = previous.filter(|(_, run)| *run == package.run).map(|(row, _)| row);
        let mut earlier = previous.map(|(row, _)| row).filter(|_| of_this_run.is_none());
        while let Some(at) = earlier {
            if let Some(row) = batch.rows.get_mut(at as usize) {
                row.role = Role::Earlier;
            }
            earlier = self.previous.get(at as usize).copied().flatten();
        }
        self.previous.push(of_this_run);
    }
}

/// A test that ended.
struct Ended<'a> {
    package_name: &'a str,
    name: &'a str,
    outcome: Outcome,
    /// The event's word for the outcome.
    native: &'a str,
    duration_s: Option<f64>,
    /// The reason if the file has no event for it.
    why: &'a str,
}

/// Returns the line that says why the test program ended early.
fn first_panic(output: &str) -> Option<&str> {
    output.lines().find(|line| line.starts_with("panic: ") || line.starts_with("fatal error: "))
}

/// Returns the running tests of a package, in the order in which they began, with subtests before
/// the test around them.
fn in_order(package: &mut Package) -> Vec<(String, Test)> {
    let mut open: Vec<_> = package.open.drain().collect();
    open.order_by_key(|(_, test)| test.at);
    open
}
