//! All results as JUnit XML, which nearly every tool reads: a suite per session.
//!
//! Loaded here again, it gives the same DUTs, sessions, tests, outcomes, durations, attempts and first lines of
//! messages. It omits output and tracebacks, which stay in the files that were loaded, and whether a passed
//! attempt came before a failing one.

use super::results_by_test::results_by_test;
use super::sessions::{SessionIds, readable_sessions};
use super::{About, Input};
use crate::model::{Attempt, Counts, Dataset, Outcome, ResultId, SessionId, Timestamp};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, Event};
use std::io;

pub(super) const ABOUT: About = About {
    name: "JUnit XML",
    explanation: "all sessions, a suite each, for other tools; can be loaded here again",
    file_stem: "junit",
    extension: "xml",
    media_type: "application/xml",
    follows_filter: true,
};

/// The name of the root, by which the importer knows the file.
pub const ROOT: &str = "Passgrid";

/// The property of a suite that says why its session is incomplete.
pub const INCOMPLETE: &str = "passgrid.incomplete";

pub(super) fn write(input: &Input) -> Vec<u8> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
    document(&mut writer, input).expect("writing to memory does not fail");
    writer.into_inner()
}

type Xml = Writer<Vec<u8>>;

fn document(writer: &mut Xml, input: &Input) -> io::Result<()> {
    let data = input.data;
    let ids = SessionIds::new(data);
    let mut by_session: Vec<Vec<ResultId>> = vec![Vec::new(); data.history.sessions.len()];
    for (_, results) in results_by_test(data, input.filter) {
        results.iter().for_each(|&(session, result)| by_session[session.index()].push(result));
    }
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = by_session.iter().flatten().copied();
    let mut attributes = vec![("name", ROOT.to_owned())];
    attributes.extend(counters(&counts(data, all)));
    writer.create_element("testsuites").with_attributes(borrowed(&attributes)).write_inner_content(|writer| {
        for session in readable_sessions(data) {
            suite(writer, data, (session, ids.of(session)), &by_session[session.index()])?;
        }
        Ok(())
    })?;
    writer.write_event(Event::Text(quick_xml::events::BytesText::new("\n")))
}

fn suite(writer: &mut Xml, data: &Dataset, (id, name): (SessionId, &str), results: &[ResultId]) -> io::Result<()> {
    let session = data.history.session(id);
    let dut = &data.history.dut(session.dut).name;
    let title: Vec<&str> = [Some(dut.as_str()), session.build()].into_iter().flatten().collect();
    let mut attributes = vec![("name", title.join(" "))];
    attributes.extend(counters(&counts(data, results.iter().copied())));
    attributes.extend(session.started.map(|started| ("timestamp", Timestamp::iso(started))));
    writer.create_element("testsuite").with_attributes(borrowed(&attributes)).write_inner_content(|writer| {
        properties(writer, data, id, name)?;
        results.iter().try_for_each(|&result| case(writer, data, result))
    })?;
    Ok(())
}

/// What identifies the session, and its other properties.
fn properties(writer: &mut Xml, data: &Dataset, id: SessionId, name: &str) -> io::Result<()> {
    let session = data.history.session(id);
    let identity = [
        ("dut", Some(data.history.dut(session.dut).name.as_str())),
        ("unit", session.identity.unit.as_ref().map(|unit| unit.value.as_str())),
        ("build", session.build()),
        ("session", Some(name)),
        (INCOMPLETE, session.incomplete.as_deref()),
    ];
    let mut properties: Vec<(&str, &str)> =
        identity.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    for part in data.told_of(id) {
        let draft = &data.part(part).draft;
        for (name, value) in &draft.properties {
            let is_new = !properties.iter().any(|(have, _)| have == name);
            // The names above say who it is, as a person may have corrected it.
            let is_claim = draft.claims.iter().any(|claim| claim.name == *name);
            if is_new && !is_claim {
                properties.push((name, value));
            }
        }
    }
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
    attributes.extend(time(data.results.duration_s[result.index()]));
    let outcome = data.outcome(result);
    if outcome == Outcome::Unknown {
        attributes.push(("status", Outcome::Unknown.word().to_owned()));
    }
    let element = writer.create_element("testcase").with_attributes(borrowed(&attributes));
    let children = children(data, result, outcome);
    if children.is_empty() {
        element.write_empty()?;
        return Ok(());
    }
    element.write_inner_content(|writer| {
        for (name, attributes) in &children {
            writer.create_element(*name).with_attributes(borrowed(attributes)).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

/// An element and its attributes.
type Child = (&'static str, Vec<(&'static str, String)>);

/// The elements that say the outcome of a test, and the attempts beside it.
fn children(data: &Dataset, result: ResultId, outcome: Outcome) -> Vec<Child> {
    let message = |message: &str| match message {
        "" => Vec::new(),
        message => vec![("message", legal(message))],
    };
    let verdict = |name: &'static str, kind: Option<&str>| {
        let mut attributes = message(data.message(result));
        attributes.extend(kind.map(|kind| ("type", kind.to_owned())));
        (name, attributes)
    };
    let attempt = |attempt: &Attempt, names: [&'static str; 2]| {
        let mut attributes = message(data.text(attempt.message));
        attributes.extend(time(attempt.duration_s));
        (names[usize::from(attempt.outcome == Outcome::Error)], attributes)
    };
    let mut failed = data.results.entries(result);
    failed.retain(|attempt| attempt.outcome.is_failing());
    // Entries of one attempt: its failure, and an error after it.
    failed.dedup_by_key(|attempt| attempt.number);
    match outcome {
        Outcome::Failed | Outcome::Error if failed.len() > 1 => {
            let first = failed.iter().take(1).map(|first| attempt(first, ["failure", "error"]));
            let later = failed.iter().skip(1).map(|later| attempt(later, ["rerunFailure", "rerunError"]));
            first.chain(later).collect()
        }
        Outcome::Failed => vec![verdict("failure", None)],
        Outcome::Error => vec![verdict("error", None)],
        Outcome::Passed => {
            failed.iter().map(|earlier| attempt(earlier, ["flakyFailure", "flakyError"])).collect()
        }
        Outcome::Skipped => vec![verdict("skipped", None)],
        Outcome::XFailed => vec![verdict("skipped", Some("pytest.xfail"))],
        Outcome::XPassed => vec![verdict("error", Some("UnexpectedSuccess"))],
        Outcome::NotRun => vec![verdict("skipped", Some("untested"))],
        Outcome::Unknown => Vec::new(),
    }
}

fn counts(data: &Dataset, results: impl Iterator<Item = ResultId>) -> Counts {
    let mut counts = Counts::default();
    for result in results {
        counts.add(data.outcome(result), data.flags(result), data.results.duration_s[result.index()]);
    }
    counts
}

fn counters(counts: &Counts) -> Vec<(&'static str, String)> {
    let of = |outcomes: &[Outcome]| outcomes.iter().map(|&outcome| counts.of(outcome)).sum::<u32>().to_string();
    let mut counters = vec![
        ("tests", counts.results().to_string()),
        ("failures", of(&[Outcome::Failed])),
        // Elements count, so unexpected passes are among the errors.
        ("errors", of(&[Outcome::Error, Outcome::XPassed])),
        ("skipped", of(&[Outcome::Skipped, Outcome::XFailed, Outcome::NotRun])),
    ];
    counters.extend(counts.duration_s.and_then(time));
    counters
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
