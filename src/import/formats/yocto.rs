//! Yocto and OpenEmbedded: `testresults.json` of OEQA and resulttool.
//!
//! Source: openembedded-core, `scripts/lib/resulttool/{resultutils,report}.py`,
//! `meta/lib/oeqa/core/runner.py`. An object of runs, each with its `configuration` and an object
//! of results by test. Runs of several images on one machine are one session, unless a
//! configuration occurs twice; the image is part of the test's identity. Output of ptest and LTP is
//! among the results.

use crate::import::batch::{Batch, Entry, Scope};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, SectionKind};
use crate::import::json::{self, Object, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat};
use crate::model::{IdentityField, Outcome, Severity, Source, Timestamp, counted};
use rustc_hash::FxHashMap;

pub const ABOUT: About = About {
    key: "yocto",
    name: "Yocto test results",
    tool: "Yocto",
    family: Family::Lab,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "OEQA and resulttool of Yocto and OpenEmbedded: testresults.json",
    reads: "several runs in one file, ptest and LTP, layers; the image is part of a test's name",
    dut: "`MACHINE`; the commit of the layer `meta` is the build",
    limits: "raw logs of ptest are not read",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        let mut of_run: Vec<String> = Vec::new();
        let mut cursor = json::Cursor::new(head.text);
        // The first run. Its keys may be followed by far more than the head.
        if !head.is_array && cursor.eat(b'{') && cursor.key().is_ok() && cursor.peek() == Some(b'{') {
            let _ = cursor.object(&mut |key, value| {
                of_run.push(key.to_owned());
                value.skip_value().map(|_| ())
            });
        }
        let has = |key: &str| of_run.iter().any(|have| have == key);
        has("configuration") && has("result")
    },
    importer: json::document::<Yocto>,
    details,
});

#[derive(Default)]
struct Yocto {
    /// The current run: its id, session and suite.
    run: String,
    session: Option<usize>,
    suite: String,
    /// Sessions by machine, build, configuration and its number.
    sessions: FxHashMap<String, usize>,
    configurations: FxHashMap<String, u32>,
    unknown: Occurrences,
    odd: Occurrences,
    timeouts: Occurrences,
}

impl Visitor for Yocto {
    fn is_open_at(&self, key: &str, depth: usize) -> bool {
        depth == 0 || depth == 1 && key.ends_with(".result")
    }

    fn has_entries(&self, _key: &str) -> bool {
        false
    }

    fn value(&mut self, key: &str, text: &str, at: u64, batch: &mut Batch) {
        let of_run = key.strip_prefix(&self.run).and_then(|rest| rest.strip_prefix('.'));
        let in_run = match of_run.filter(|_| !self.run.is_empty()) {
            Some(rest) => rest.to_owned(),
            None => {
                let end = key.strip_suffix(".configuration").map(str::len).or(key.find(".result."));
                let Some((run, rest)) = end.and_then(|end| key.split_at_checked(end)) else {
                    return;
                };
                (self.run, self.session) = (run.to_owned(), None);
                rest.trim_start_matches('.').to_owned()
            }
        };
        if in_run == "configuration" {
            self.configuration(text, batch);
        } else if let Some(test) = in_run.strip_prefix("result.") {
            self.result(test, text, at, batch);
        }
    }

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        self.unknown.note_unknown("test", "status", batch);
        self.odd.note(Severity::Warning, batch, &|count, example| {
            format!("{} without a status, such as `{example}`; ignored", counted(count, "result"))
        });
        self.timeouts.note(Severity::Warning, batch, &|count, example| {
            format!("{} that exceeded the time limit, such as `{example}`", counted(count, "section"))
        });
    }
}

impl Yocto {
    fn configuration(&mut self, text: &str, batch: &mut Batch) {
        let of_run = Object::of(text);
        let fields = json::fields(text);
        let text = |key: &str| of_run.text(key).into_owned();
        let [kind, machine, image] = ["TEST_TYPE", "MACHINE", "IMAGE_BASENAME"].map(text);
        self.suite = match kind.as_str() {
            "runtime" if !image.is_empty() => image,
            _ => format!("{kind} {image}").trim().to_owned(),
        };
        let layers = json::fields(of_run.raw("LAYERS"));
        let build = layers.get("meta").map(|layer| Object::of(layer).text("commit").into_owned());
        let build = build.unwrap_or_default();
        let more = ["IMAGE_PKGTYPE", "DISTRO", "SDKMACHINE", "TEST_MODULE", "HOST_DISTRO"].map(text);
        let key = [&machine, &build, &self.suite].map(|part| format!("{part}\0")).concat() + &more.join("\0");
        let times = self.configurations.entry(key).or_default();
        *times += 1;
        let next = self.sessions.len();
        let key = format!("{machine}\0{build}\0{times}");
        // If results came first, their session exists already.
        let session = self.session.unwrap_or_else(|| *self.sessions.entry(key).or_insert(next));
        self.session = Some(session);
        let draft = batch.session(session);
        draft.claim(IdentityField::Dut, Source::Field, "configuration.MACHINE", &machine);
        draft.claim(IdentityField::Build, Source::Field, "configuration.LAYERS.meta.commit", &build);
        if let Some(started) = date(&text("STARTTIME")) {
            draft.started = Some(draft.started.map_or(started, |have| have.min(started)));
        }
        draft.property("run", &self.run);
        for (name, value) in &fields {
            if matches!(name.as_str(), "LAYERS" | "MACHINE") || matches!(*value, "null" | "\"\"") {
                continue;
            }
            let value = json::plain(value);
            let pair = (name.clone(), value.into_owned());
            if name == "DISTRO" && !draft.attributes.contains(&pair) {
                draft.attributes.push(pair);
            } else if !draft.properties.contains(&pair) {
                draft.property(&pair.0, &pair.1);
            }
        }
        for (name, layer) in &layers {
            let layer = Object::of(layer);
            let pair =
                (format!("LAYERS.{name}"), format!("{} {}", layer.text("branch"), layer.text("commit")));
            if !draft.properties.contains(&pair) {
                draft.property(&pair.0, pair.1.trim());
            }
        }
    }

    fn result(&mut self, test: &str, text: &str, at: u64, batch: &mut Batch) {
        let next = self.sessions.len();
        let session =
            *self.session.get_or_insert_with(|| *self.sessions.entry(self.run.clone()).or_insert(next));
        if let Some(family) = test.strip_suffix(".sections") {
            for (name, section) in &json::fields(text) {
                let section = Object::of(section);
                if section.has("timeout") {
                    self.timeouts.add_example(at, name);
                }
                batch.session(session).text(&format!("{family} {name}"), &section.text("log"));
            }
            return;
        }
        if test.ends_with(".rawlogs") {
            return;
        }
        let result = Object::of(text);
        if !result.has("status") {
            self.odd.add_example(at, test);
            return;
        }
        let status = result.text("status");
        let outcome = outcome(&status).unwrap_or_else(|| {
            self.unknown.add_example(at, &status);
            Outcome::Unknown
        });
        let (class, name) = split(test);
        batch.push_entry(Entry {
            session,
            scope: Scope::Suite(&self.suite, class),
            name,
            outcome,
            native: &status,
            duration_s: json::seconds(result.raw("duration")),
            message: message(outcome, &result.text("log")),
            at,
            len: text.len(),
            ..Entry::default()
        });
    }
}

fn outcome(status: &str) -> Option<Outcome> {
    match status {
        // DejaGnu could not decide; resulttool counts it as skipped.
        "UNRESOLVED" => Some(Outcome::Skipped),
        "EXPECTEDFAIL" => Some(Outcome::XFailed),
        "UNEXPECTEDSUCCESS" => Some(Outcome::XPassed),
        word => Outcome::from_native(word),
    }
}

/// Parses `20260512123456`, in UTC.
fn date(text: &str) -> Option<Timestamp> {
    let part = |from: usize, to: usize| text.get(from..to);
    let (date, time) =
        ([part(0, 4)?, part(4, 6)?, part(6, 8)?], [part(8, 10)?, part(10, 12)?, part(12, 14)?]);
    Timestamp::parse(&format!("{}T{}Z", date.join("-"), time.join(":")))
}

/// Splits `ping.PingTest.test_ping` into class and name; in `ptestresult.glib-2.0.a.b`, the package
/// follows the family, and the rest is the test's name.
fn split(test: &str) -> (&str, &str) {
    let families = ["ptestresult.", "ltpresult.", "ltpposixresult."];
    let Some(family) = families.into_iter().find(|family| test.starts_with(family)) else {
        return test.rsplit_once('.').unwrap_or(("", test));
    };
    let mut end = family.len();
    for part in test.get(end..).unwrap_or("").split('.') {
        end += part.len();
        let rest = test.get(end + 1..).unwrap_or("");
        // The dots of a version: `glib-2.0`.
        let is_version = part.rsplit('-').next().is_some_and(|tail| tail.bytes().all(|b| b.is_ascii_digit()));
        let goes_on = part.contains('-') && is_version && rest.starts_with(|c: char| c.is_ascii_digit());
        if !goes_on || rest.is_empty() {
            return if rest.is_empty() {
                ("", test)
            } else {
                test.split_at_checked(end).map_or(("", test), |(a, _)| (a, rest))
            };
        }
        end += 1;
    }
    ("", test)
}

/// Returns the first line of a log; of a traceback, what was raised.
fn message(outcome: Outcome, log: &str) -> &str {
    match outcome {
        Outcome::Passed => "",
        _ if log.trim_start().starts_with("Traceback ") => log.trim_end().lines().last().unwrap_or(""),
        _ => log,
    }
}

fn details(slice: &str) -> Details {
    let mut details = Details::default();
    let result = Object::of(slice);
    let (status, log) = (result.text("status"), result.text("log"));
    if outcome(&status) == Some(Outcome::Passed) {
        details.section(SectionKind::Output, "log", "", &log);
    } else if !log.trim().is_empty() {
        details.section(SectionKind::Reason, &status, "", &log);
    }
    details
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_tests() {
        for (test, expected) in [
            ("ping.PingTest.test_ping", ("ping.PingTest", "test_ping")),
            ("alone", ("", "alone")),
            ("ptestresult.acl.test/cp.test: cp a.b", ("ptestresult.acl", "test/cp.test: cp a.b")),
            ("ptestresult.glib-2.0.glib/date.test: a", ("ptestresult.glib-2.0", "glib/date.test: a")),
            ("ptestresult.python3.test.1", ("ptestresult.python3", "test.1")),
            ("ltpresult.syscalls.abort01", ("ltpresult.syscalls", "abort01")),
            ("ptestresult.acl", ("", "ptestresult.acl")),
        ] {
            assert_eq!(split(test), expected, "{test}");
        }
        assert_eq!(date("20260512123456").map(Timestamp::iso).as_deref(), Some("2026-05-12T12:34:56Z"));
        assert_eq!(date("2026"), None);
    }
}
