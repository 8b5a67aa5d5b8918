//! subunit, version 1: lines of text between the output of tests.
//!
//! Specification: testing-cabal/subunit, README. A test begins with `test: name` and ends with
//! `success: name`, `failure: name` and others, possibly with details in brackets: plain, or in
//! parts with a length each, like HTTP's chunks. `time:` applies until the next one. Every other
//! line is output of the test. Version 2 is binary, and is refused with a reason.

use crate::import::batch::{Batch, Entry, Scope, kept_details};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, SectionKind};
use crate::import::detect::Head;
use crate::import::importer::{LineImporter, LineReader};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat};
use crate::model::{Outcome, Severity, Timestamp, counted, decimal};

pub const ABOUT: About = About {
    key: "subunit",
    name: "subunit",
    tool: "subunit",
    family: Family::AnyLanguage,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "python-subunit, stestr and testrepository, Samba (version 1)",
    reads: "text attachments, tags, timestamps, output of tests",
    dut: "",
    limits: "version 2 is binary: convert it with `subunit-2to1`",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        let is_text = head.root.is_none() && !head.text.trim_start().starts_with(['{', '<', '[']);
        let lines = || head.text.lines().filter_map(command);
        is_text
            && lines().any(|(command, name)| command == Command::Test && !name.is_empty())
            && lines().any(|(command, _)| matches!(command, Command::End(..) | Command::Time))
    },
    importer: || Box::new(LineImporter::<Stream>::default()),
    details: kept_details::read,
});

/// Returns whether a stream may begin with this line.
pub fn begins(line: &str) -> bool {
    command(line).is_some_and(|(command, rest)| {
        command == Command::Test && !rest.is_empty() || matches!(command, Command::Time | Command::Progress)
    })
}

/// Describes a file of version 2, which begins with this byte and its version.
pub fn explain_version_2(bytes: &[u8], _head: &Head) -> Option<(Severity, String)> {
    let text = "a subunit stream of version 2, which is binary and not supported: convert it with `subunit-2to1 < FILE` (version 1) or `subunit2junitxml < FILE` (JUnit XML), and drop the result";
    matches!(bytes, [0xB3, 0x20..=0x2F, ..]).then(|| (Severity::Error, text.to_owned()))
}

/// The most parts of a test's details; further ones are added to the last.
const PARTS: usize = 100;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Command {
    Test,
    End(Outcome, &'static str),
    Time,
    Tags,
    Progress,
}

/// Returns the command of a line, and the rest. The colon may be missing if a name follows.
fn command(line: &str) -> Option<(Command, &str)> {
    const COMMANDS: [(&str, Command); 13] = [
        ("testing", Command::Test),
        ("test", Command::Test),
        ("successful", Command::End(Outcome::Passed, "success")),
        ("success", Command::End(Outcome::Passed, "success")),
        ("failure", Command::End(Outcome::Failed, "failure")),
        ("error", Command::End(Outcome::Error, "error")),
        ("skip", Command::End(Outcome::Skipped, "skip")),
        ("xfail", Command::End(Outcome::XFailed, "xfail")),
        ("uxsuccess", Command::End(Outcome::XPassed, "uxsuccess")),
        ("time", Command::Time),
        ("tags", Command::Tags),
        ("progress", Command::Progress),
        ("knownfail", Command::End(Outcome::XFailed, "knownfail")),
    ];
    let (word, rest) = line.split_once(": ").or_else(|| line.strip_suffix(':').map(|word| (word, "")))?;
    let (_, command) = COMMANDS.iter().find(|(known, _)| *known == word)?;
    Some((*command, rest.trim()))
}

#[derive(Default)]
struct Stream {
    /// The running test.
    test: Option<Test>,
    /// The kind of the current details.
    state: State,
    time_s: Option<f64>,
    first: Option<Timestamp>,
    first_s: Option<f64>,
    /// The tags of all tests.
    tags: Vec<String>,
    binary: Occurrences,
    without_end: Occurrences,
    bad_parts: Occurrences,
    end: u64,
}

/// The place in a test's details.
#[derive(Debug, Default, PartialEq)]
enum State {
    #[default]
    Outside,
    /// In plain details.
    Plain,
    /// Before the type of a part, or the closing bracket.
    Type,
    /// Before the name of a part of this type.
    Name(String),
    /// Before the length of a chunk.
    Length,
    /// Before a chunk of this length.
    Begin(u64),
    /// In a chunk that ends at this byte.
    Chunk(u64),
}

#[derive(Default)]
struct Test {
    name: String,
    at: u64,
    start_s: Option<f64>,
    output: String,
    tags: Vec<String>,
    verdict: Option<(Outcome, &'static str)>,
    /// Parts: whether it is text, name, content.
    parts: Vec<(bool, String, String)>,
}

impl LineReader for Stream {
    fn line(&mut self, line: &str, at: u64, batch: &mut Batch) {
        self.end = at + line.len() as u64;
        let mut rest = line;
        if let State::Begin(len) = self.state {
            self.state = State::Chunk(at.saturating_add(len));
        }
        if let State::Chunk(end) = self.state {
            // The chunk may end in the middle of the line; a length follows.
            let here = usize::try_from(end.saturating_sub(at)).unwrap_or(usize::MAX);
            let is_whole = here > line.len();
            let text = if is_whole { line } else { line.get(..here).unwrap_or(line) };
            if let Some((true, _, part)) = self.part() {
                part.push_str(text);
                if is_whole {
                    part.push('\n');
                }
            }
            if is_whole {
                return;
            }
            self.state = State::Length;
            rest = line.get(here..).unwrap_or("");
        }
        match &self.state {
            State::Outside => self.outside(rest, at, batch),
            State::Plain if rest == "]" => self.end_test(batch),
            State::Plain => {
                // A bracket that is text has a space before it.
                let text = rest.strip_prefix(' ').filter(|text| *text == "]").unwrap_or(rest);
                if let Some((_, _, part)) = self.part() {
                    part.push_str(text);
                    part.push('\n');
                }
            }
            State::Type if rest == "]" => self.end_test(batch),
            State::Type => match rest.strip_prefix("Content-Type: ") {
                Some(kind) => self.state = State::Name(kind.to_owned()),
                None => self.break_parts(at, batch),
            },
            State::Name(kind) => {
                let is_text = kind.starts_with("text/");
                if !is_text {
                    self.binary.add_example(at, &kind.clone());
                }
                if let Some(test) = self.test.as_mut().filter(|test| test.parts.len() < PARTS) {
                    test.parts.push((is_text, rest.to_owned(), String::new()));
                }
                self.state = State::Length;
            }
            State::Length => match u64::from_str_radix(rest.trim(), 16) {
                Ok(0) => self.state = State::Type,
                // A line end may have two bytes, as the start of the next line shows.
                Ok(len) => self.state = State::Begin(len),
                Err(_) if rest.is_empty() => {}
                Err(_) => self.break_parts(at, batch),
            },
            State::Begin(_) | State::Chunk(_) => {}
        }
    }

    fn finish(&mut self, batch: &mut Batch) {
        if let Some(test) = self.test.take() {
            let is_over = test.verdict.is_some();
            batch.note_unreadable(
                self.end,
                match is_over {
                    true => "the file is truncated in the details of a test",
                    false => "the file ends within a test: the run was killed, or is still running",
                },
            );
            self.add_test(test, batch);
        }
        let text =
            |what: &'static str| move |count: u64, _: &str| format!("{} {what}", counted(count, "test"));
        self.without_end.note(Severity::Warning, batch, &text("that did not finish: shown as not run"));
        self.bad_parts.note(Severity::Warning, batch, &text("with invalid details"));
        self.binary.note(Severity::Info, batch, &|count, kind| {
            format!("{} of another type than text, such as `{kind}`: not shown", counted(count, "attachment"))
        });
        if let Some(started) = self.first {
            let draft = batch.session(0);
            draft.started = Some(started);
            draft.duration_s = seconds_between(self.first_s, self.time_s);
        }
        if !self.tags.is_empty() {
            batch.session(0).property("tags", &self.tags.join(" "));
        }
    }
}

impl Stream {
    fn outside(&mut self, line: &str, at: u64, batch: &mut Batch) {
        // The end of any other test is output of the running one.
        let is_meant = |(command, rest): &(Command, &str)| match command {
            Command::End(..) => self.test.as_ref().is_some_and(|test| test.name == details_of(rest).0),
            Command::Time | Command::Test => !rest.is_empty(),
            Command::Tags | Command::Progress => true,
        };
        let Some((command, rest)) = command(line).filter(is_meant) else {
            if let Some(test) = self.test.as_mut().filter(|_| !line.trim().is_empty()) {
                test.output.push_str(line);
                test.output.push('\n');
            }
            return;
        };
        match command {
            Command::Time => {
                let seconds = seconds(rest);
                if self.first.is_none() {
                    (self.first, self.first_s) = (Timestamp::parse(rest), seconds);
                }
                self.time_s = seconds.or(self.time_s);
            }
            Command::Progress => {}
            Command::Tags => {
                let tags = match &mut self.test {
                    Some(test) => &mut test.tags,
                    None => &mut self.tags,
                };
                for tag in rest.split_ascii_whitespace() {
                    match tag.strip_prefix('-') {
                        Some(gone) => tags.retain(|tag| tag != gone),
                        None if tags.iter().any(|known| known == tag) => {}
                        None => tags.push(tag.to_owned()),
                    }
                }
            }
            Command::Test => {
                if let Some(test) = self.test.take() {
                    self.without_end.add(test.at);
                    self.add_test(test, batch);
                }
                let name = rest.to_owned();
                self.test = Some(Test { name, at, start_s: self.time_s, ..Test::default() });
            }
            Command::End(outcome, word) => {
                self.state = details_of(rest).1;
                if let Some(test) = &mut self.test {
                    test.verdict = Some((outcome, word));
                    if self.state == State::Plain {
                        test.parts.push((true, String::new(), String::new()));
                    }
                }
                if self.state == State::Outside {
                    self.end_test(batch);
                }
            }
        }
    }

    /// The current part of the details.
    fn part(&mut self) -> Option<&mut (bool, String, String)> {
        self.test.as_mut().and_then(|test| test.parts.last_mut())
    }

    /// The details are invalid: the test ends here.
    fn break_parts(&mut self, at: u64, batch: &mut Batch) {
        self.bad_parts.add(at);
        self.end_test(batch);
    }

    fn end_test(&mut self, batch: &mut Batch) {
        self.state = State::Outside;
        if let Some(test) = self.test.take() {
            self.add_test(test, batch);
        }
    }

    fn add_test(&mut self, test: Test, batch: &mut Batch) {
        let (outcome, native) = test.verdict.unwrap_or((Outcome::NotRun, "test"));
        let is_reason = |name: &str| name.starts_with("traceback") || name == "reason" || name.is_empty();
        let mut details = Details::default();
        let mut message = String::new();
        for (_, name, text) in test.parts.iter().filter(|(is_text, ..)| *is_text) {
            if outcome != Outcome::Passed && is_reason(name) {
                let said = raised(text);
                let title = if name.is_empty() { native } else { name };
                details.section(SectionKind::Reason, title, said, text);
                if message.is_empty() {
                    said.clone_into(&mut message);
                }
            } else {
                details.section(SectionKind::Output, name, "", text);
            }
        }
        details.section(SectionKind::Output, "output", "", &test.output);
        if !test.tags.is_empty() {
            details.properties.push(("tags".to_owned(), test.tags.join(" ")));
        }
        let is_empty = details.sections.is_empty() && details.properties.is_empty();
        let (at, len) = if is_empty { (0, 0) } else { batch.keep_details(&details) };
        let (scope, name) = scope_and_name(&test.name);
        batch.push_entry(Entry {
            session: 0,
            scope,
            name,
            outcome,
            native,
            duration_s: seconds_between(test.start_s, self.time_s).filter(|_| test.verdict.is_some()),
            message: &message,
            trace: details.trace(),
            at,
            len,
            ..Entry::default()
        });
    }
}

/// Returns the name after a command that ends a test, and the rest.
fn details_of(rest: &str) -> (&str, State) {
    match (rest.strip_suffix(" [ multipart"), rest.strip_suffix(" [")) {
        (Some(name), _) => (name, State::Type),
        (_, Some(name)) => (name, State::Plain),
        _ => (rest, State::Outside),
    }
}

/// Parses `2026-11-21 03:39:50.020320Z` as seconds since the epoch. A [`Timestamp`] has only
/// milliseconds.
fn seconds(text: &str) -> Option<f64> {
    let whole = Timestamp::parse(text)?.unix_ms.div_euclid(1000) as f64;
    let (_, fraction) = text.rsplit_once('.')?;
    let digits = fraction.split(|c: char| !c.is_ascii_digit()).next().unwrap_or("");
    Some(whole + decimal(&format!("0.{digits}")).unwrap_or(0.0))
}

/// Returns the seconds between two times, rounded to microseconds.
fn seconds_between(from: Option<f64>, to: Option<f64>) -> Option<f64> {
    let seconds = ((to? - from?) * 1e6).round() / 1e6;
    (seconds >= 0.0).then_some(seconds)
}

/// Returns the last line of a traceback, otherwise the first line.
fn raised(text: &str) -> &str {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    match text.trim_start().starts_with("Traceback (most recent call last)") {
        true => lines.rfind(|line| !line.starts_with(' ')).unwrap_or(""),
        false => lines.next().unwrap_or(""),
    }
}

/// Splits `test_u.T.test_err` into `test_u.T` and `test_err`; other names stay whole.
fn scope_and_name(name: &str) -> (Scope<'_>, &str) {
    let end = name.find(['(', '[']).unwrap_or(name.len());
    let path = name.get(..end).unwrap_or(name);
    let is_id = name.contains(".py::") && !path.contains(' ');
    match path.rfind('.') {
        _ if is_id => (Scope::NodeId, name),
        Some(at) if !path.contains([' ', '/']) && at > 0 => {
            (Scope::Dotted(name.get(..at).unwrap_or("")), name.get(at + 1..).unwrap_or(name))
        }
        _ => (Scope::None, name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands() {
        assert_eq!(command("test: a b"), Some((Command::Test, "a b")));
        assert_eq!(command("successful: a"), Some((Command::End(Outcome::Passed, "success"), "a")));
        assert_eq!(command("time: 2026-11-21 03:39:50Z"), Some((Command::Time, "2026-11-21 03:39:50Z")));
        assert_eq!(command("error of mine: a"), None);
        assert_eq!(command("testing the device"), None);
    }

    #[test]
    fn names() {
        for (whole, name) in [
            ("test_u.T.test_err", "test_err"),
            ("test_u.T.test_err(a.b)", "test_err(a.b)"),
            ("samba4.rpc.echo on ncacn_np(dc)", "samba4.rpc.echo on ncacn_np(dc)"),
            ("plain", "plain"),
        ] {
            assert_eq!(scope_and_name(whole).1, name);
        }
    }

    #[test]
    fn times_have_microseconds() {
        let of = |text| seconds(&format!("2026-11-21 03:39:{text}Z"));
        assert_eq!(seconds_between(of("50.020320"), of("50.020437")), Some(0.000117));
        assert_eq!(seconds_between(of("51.5"), of("50.5")), None);
    }
}
