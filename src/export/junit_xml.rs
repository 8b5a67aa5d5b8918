//! All results as JUnit XML, which nearly every tool reads: a suite per session.
//!
//! Loaded here again, it gives the same DUTs, sessions, tests, outcomes, durations and first lines of messages.
//! It omits output and tracebacks, which stay in the files that were loaded, metrics, places of failures, known
//! issues, the outcome in the file's own word, and passed attempts before a failing one. Characters that XML cannot
//! hold become U+FFFD.

use super::redaction::Texts;
use super::results_by_test::results_by_test;
use super::sessions::readable_sessions;
use super::{About, Input};
use crate::model::{Attempt, Counts, Dataset, Outcome, ResultId, SessionId, Timestamp};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, Event};
use std::borrow::Cow;
use std::io;

pub(super) const ABOUT: About = About {
    name: "JUnit XML",
    explanation: "all sessions, a suite each, for other tools; can be loaded here again",
    file_stem: "junit",
    extension: "xml",
    media_type: "application/xml",
    follows_filter: true,
    carries: &[Texts::Names, Texts::Tests, Texts::Messages, Texts::Properties],
};

/// The name of the root, by which the importer (`formats/junit/passgrid.rs`) knows the file.
const ROOT: &str = "Passgrid";

pub(super) fn write(input: &Input) -> Vec<u8> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
    document(&mut writer, input).expect("writing to memory does not fail");
    writer.into_inner()
}

type Xml = Writer<Vec<u8>>;

fn document(writer: &mut Xml, input: &Input) -> io::Result<()> {
    let data = input.data;
    let mut by_session: Vec<Vec<ResultId>> = vec![Vec::new(); data.history.sessions.len()];
    for (_, results) in results_by_test(data, input.filter) {
        results.iter().for_each(|&(session, result)| by_session[session.index()].push(result));
    }
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = by_session.iter().flatten().copied();
    let mut attributes = vec![("name", ROOT.to_owned())];
    attributes.extend(counters(&counts(data, all)));
    writer.create_element("testsuites").with_attributes(borrowed(&attributes)).write_inner_content(
        |writer| {
            if let Some(places) = input.redacted {
                own_properties(writer, &[("passgrid.redacted", &places.to_string())])?;
            }
            for session in readable_sessions(data) {
                suite(writer, data, session, &by_session[session.index()])?;
            }
            Ok(())
        },
    )?;
    writer.write_event(Event::Text(quick_xml::events::BytesText::new("\n")))
}

fn suite(writer: &mut Xml, data: &Dataset, id: SessionId, results: &[ResultId]) -> io::Result<()> {
    let session = data.history.session(id);
    let dut = &data.history.dut(session.dut).name;
    let title: Vec<&str> = [Some(dut.as_str()), session.build()].into_iter().flatten().collect();
    let mut attributes = vec![("name", legal(&title.join(" ")))];
    attributes.extend(counters(&counts(data, results.iter().copied())));
    attributes.extend(session.duration_s.and_then(time));
    attributes.extend(session.started.map(|started| ("timestamp", Timestamp::iso(started))));
    writer.create_element("testsuite").with_attributes(borrowed(&attributes)).write_inner_content(
        |writer| {
            properties(writer, data, id)?;
            results.iter().try_for_each(|&result| case(writer, data, result))
        },
    )?;
    Ok(())
}

/// What identifies the session, its DUT's attributes, and its other properties.
fn properties(writer: &mut Xml, data: &Dataset, id: SessionId) -> io::Result<()> {
    let session = data.history.session(id);
    let dut = data.history.dut(session.dut);
    let identity = [
        ("dut", Some(dut.name.as_str())),
        ("unit", session.identity.unit.as_ref().map(|unit| unit.value.as_str())),
        ("build", session.build()),
        ("session", Some(session.id.as_str())),
        ("passgrid.label", data.label(id)),
        ("passgrid.incomplete", session.incomplete.as_deref()),
    ];
    let mut properties: Vec<(Cow<str>, &str)> =
        identity.into_iter().filter_map(|(name, value)| Some((name.into(), value?))).collect();
    let attributes = dut.attributes.iter();
    properties.extend(
        attributes.map(|(name, value)| (format!("passgrid.attribute.{name}").into(), value.as_str())),
    );
    for part in data.told_of(id) {
        for (name, value) in &data.part(part).draft.properties {
            // The first value counts: the names above may be those that a person gave.
            if !properties.iter().any(|(have, _)| have == name) {
                properties.push((name.into(), value));
            }
        }
    }
    let properties: Vec<(&str, &str)> = properties.iter().map(|(name, value)| (&**name, *value)).collect();
    own_properties(writer, &properties)
}

fn own_properties(writer: &mut Xml, properties: &[(&str, &str)]) -> io::Result<()> {
    writer.create_element("properties").write_inner_content(|writer| {
        for (name, value) in properties {
            let (name, value) = (legal(name), legal(value));
            let attributes = [("name", name.as_str()), ("value", value.as_str())];
            writer.create_element("property").with_attributes(attributes).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

fn case(writer: &mut Xml, data: &Dataset, result: ResultId) -> io::Result<()> {
    let test = data.test_of(result);
    let mut attributes = vec![
        ("classname", legal(data.tests.scope_text(data.tests.scope_of(test)))),
        ("name", legal(data.tests.name(test))),
    ];
    let outcome = data.outcome(result);
    let (duration_s, children) = children(data, result, outcome);
    attributes.extend(time(duration_s));
    if outcome == Outcome::Unknown {
        attributes.push(("status", Outcome::Unknown.word().to_owned()));
    }
    let element = writer.create_element("testcase").with_attributes(borrowed(&attributes));
    // Only elements that say an outcome have a place for a message.
    let text = Some(data.message(result)).filter(|text| !text.is_empty());
    let text = text.filter(|_| matches!(outcome, Outcome::Passed | Outcome::Unknown)).map(legal);
    if children.is_empty() && text.is_none() {
        element.write_empty()?;
        return Ok(());
    }
    element.write_inner_content(|writer| {
        if let Some(text) = &text {
            own_properties(writer, &[("passgrid.message", text)])?;
        }
        for (name, attributes) in &children {
            writer.create_element(*name).with_attributes(borrowed(attributes)).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

/// An element and its attributes.
type Child = (&'static str, Vec<(&'static str, String)>);

/// The duration of a test, and the elements that say its outcome and the attempts beside it.
///
/// As Surefire writes them: of several failed attempts of a failing test, the first is the `failure` and the
/// others are reruns, of which the last decides.
fn children(data: &Dataset, result: ResultId, outcome: Outcome) -> (f64, Vec<Child>) {
    let (duration_s, text) = (data.results.duration_s[result.index()], data.message(result));
    let message = |message: &str| match message {
        "" => Vec::new(),
        message => vec![("message", legal(message))],
    };
    let verdict = |name: &'static str, kind: Option<&str>| {
        let mut attributes = message(text);
        attributes.extend(kind.map(|kind| ("type", kind.to_owned())));
        (name, attributes)
    };
    let attempt = |text: &str, duration_s: f64, name: &'static str| {
        let mut attributes = message(text);
        attributes.extend(time(duration_s));
        (name, attributes)
    };
    let entries = data.results.entries(result);
    let decides =
        entries.iter().rev().find(|entry| entry.outcome == outcome && data.text(entry.message) == text);
    let decides = decides.or(entries.last()).map(|entry| entry.number);
    let mut earlier: Vec<&Attempt> = entries.iter().filter(|entry| entry.outcome.is_failing()).collect();
    if outcome.is_failing() {
        earlier.retain(|entry| Some(entry.number) != decides);
    }
    // Entries of one attempt: its failure, and an error after it.
    earlier.dedup_by_key(|entry| entry.number);
    let one_of = |outcome: Outcome, names: [&'static str; 2]| names[usize::from(outcome == Outcome::Error)];
    let children = match outcome {
        Outcome::Failed | Outcome::Error => match earlier.split_first() {
            None => vec![verdict(one_of(outcome, ["failure", "error"]), None)],
            Some((first, others)) => {
                let mut children =
                    vec![(one_of(first.outcome, ["failure", "error"]), message(data.text(first.message)))];
                children.extend(others.iter().map(|other| {
                    let name = one_of(other.outcome, ["rerunFailure", "rerunError"]);
                    attempt(data.text(other.message), other.duration_s, name)
                }));
                children.push(attempt(text, duration_s, one_of(outcome, ["rerunFailure", "rerunError"])));
                return (first.duration_s, children);
            }
        },
        Outcome::Passed => {
            let flaky = earlier.iter().map(|earlier| {
                let name = one_of(earlier.outcome, ["flakyFailure", "flakyError"]);
                attempt(data.text(earlier.message), earlier.duration_s, name)
            });
            flaky.collect()
        }
        Outcome::Skipped => vec![verdict("skipped", None)],
        Outcome::XFailed => vec![verdict("skipped", Some("pytest.xfail"))],
        Outcome::XPassed => vec![verdict("error", Some("UnexpectedSuccess"))],
        Outcome::NotRun => vec![verdict("skipped", Some("untested"))],
        Outcome::Unknown => Vec::new(),
    };
    (duration_s, children)
}

fn counts(data: &Dataset, results: impl Iterator<Item = ResultId>) -> Counts {
    let mut counts = Counts::default();
    for result in results {
        counts.add(data.outcome(result), data.flags(result), data.results.duration_s[result.index()]);
    }
    counts
}

fn counters(counts: &Counts) -> Vec<(&'static str, String)> {
    let of =
        |outcomes: &[Outcome]| outcomes.iter().map(|&outcome| counts.of(outcome)).sum::<u32>().to_string();
    vec![
        ("tests", counts.results().to_string()),
        ("failures", of(&[Outcome::Failed])),
        // Elements count, so unexpected passes are among the errors.
        ("errors", of(&[Outcome::Error, Outcome::XPassed])),
        ("skipped", of(&[Outcome::Skipped, Outcome::XFailed, Outcome::NotRun])),
    ]
}

/// The attribute for a duration; none if it is unknown.
fn time(seconds: f64) -> Option<(&'static str, String)> {
    seconds.is_finite().then(|| ("time", seconds.to_string()))
}

fn borrowed<'a>(attributes: &'a [(&'static str, String)]) -> impl Iterator<Item = (&'a str, &'a str)> {
    attributes.iter().map(|(name, value)| (*name, value.as_str()))
}

/// Replaces the characters that XML 1.0 cannot hold.
fn legal(text: &str) -> String {
    let is_legal = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
    text.chars().map(|c| if is_legal(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}
