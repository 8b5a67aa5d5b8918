//! `*-result.json`: an attempt of a test.
//!
//! Oddities:
//!
//! - pytest's adapter writes xfail as `skipped` and xpass as `passed`; only the beginning of the
//!   message differs.
//! - pytest's `fullName` mistakes `::` in parameters for a class.
//! - Names may lack the parameters, which are separate.

use super::{moment, share};
use crate::import::batch::{Batch, Entry, Scope};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, SectionKind};
use crate::import::identify;
use crate::import::json::Object;
use crate::model::{Outcome, Source};
use std::borrow::Cow;
use std::fmt::Write;

/// Labels by name, in the order of the file.
type Labels<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

fn labels<'a>(result: &Object<'a>) -> Labels<'a> {
    let labels = result.objects("labels").into_iter();
    labels.map(|label| (label.text("name"), label.text("value"))).collect()
}

fn label<'l>(labels: &'l Labels, name: &str) -> &'l str {
    labels.iter().find(|(have, _)| have == name).map_or("", |(_, value)| value)
}

/// Returns what ran the test: thread and host, as far as the adapter names them.
fn worker(labels: &Labels) -> String {
    let words = [label(labels, "host"), label(labels, "thread")];
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Reads a result, which is the whole file.
pub fn read(result: &Object, at: u64, len: usize, unknown: &mut Occurrences, batch: &mut Batch) {
    let labels = labels(result);
    let (status, stage) = (result.text("status"), result.text("stage"));
    // The test was running when the run ended.
    let status = if status.is_empty() { stage } else { status };
    let reason = result.object("statusDetails");
    let message = reason.text("message");
    let is_pytest = label(&labels, "framework") == "pytest";
    let outcome = match (&*status, is_pytest) {
        ("skipped", true) if message.starts_with("XFAIL") => Outcome::XFailed,
        ("passed", true) if message.starts_with("XPASS") => Outcome::XPassed,
        ("passed", _) => Outcome::Passed,
        ("failed", _) => Outcome::Failed,
        ("broken", _) => Outcome::Error,
        ("skipped", _) => Outcome::Skipped,
        ("unknown", _) => Outcome::Unknown,
        ("scheduled" | "running" | "pending" | "interrupted", _) => Outcome::NotRun,
        _ => {
            unknown.add_example(at, if status.is_empty() { "(none)" } else { &status });
            Outcome::Unknown
        }
    };
    let (start, stop) = (result.number("start"), result.number("stop"));
    let duration_s = start.zip(stop).map(|(start, stop)| (stop - start) / 1000.0);
    batch.push_entry(Entry {
        scope: scope(result, &labels, is_pytest, &mut String::new()),
        name: &name(result, is_pytest),
        outcome,
        native: &status,
        duration_s,
        began_ms: start,
        worker: &worker(&labels),
        message: &message,
        trace: &if outcome.is_failing() { reason.text("trace") } else { "".into() },
        at,
        len,
        ..Entry::default()
    });
    if reason.is("flaky") {
        batch.facts.push((0, 1, true));
    }
    let draft = batch.session(0);
    share(draft);
    draft.started = moment(result, "start");
    draft.ended = moment(result, "stop");
    draft.hostname = Some(label(&labels, "host").to_owned()).filter(|host| !host.is_empty());
    for (name, value) in &labels {
        if let Some(identity) = identify::identity_field(name) {
            draft.claim(identity, Source::Property, name, value);
        }
    }
}

/// Returns suite and class of a test: those of the runner's other reports if the adapter writes
/// them, otherwise the suites that Allure shows.
fn scope<'t>(result: &Object, labels: &Labels, is_pytest: bool, text: &'t mut String) -> Scope<'t> {
    let full = result.text("fullName");
    let class = label(labels, "testClass");
    if !class.is_empty() {
        class.clone_into(text);
        return Scope::Dotted(text);
    }
    if let (true, Some((path, _))) = (is_pytest, full.split_once('#')) {
        // What follows `[` is a parameter, not a class.
        let cut = path.find('[').map_or(path, |at| path.get(..at).unwrap_or(path));
        let path =
            if cut.len() < path.len() { cut.rsplit_once('.').map_or("", |(path, _)| path) } else { path };
        path.clone_into(text);
        return Scope::Dotted(text);
    }
    let suites = ["parentSuite", "suite", "subSuite"].map(|name| label(labels, name));
    for suite in suites.into_iter().filter(|suite| !suite.is_empty()) {
        let _ = write!(text, "{}{suite}", if text.is_empty() { "" } else { "." });
    }
    if text.is_empty() {
        let around = full.strip_suffix(&*result.text("name")).unwrap_or("");
        around.trim_end_matches(['.', '#', ':', ' ', '>']).clone_into(text);
    }
    Scope::Plain(text)
}

/// Returns the name with parameters.
fn name(result: &Object, is_pytest: bool) -> String {
    let name = result.text("name").into_owned();
    let parameters: Vec<(Cow<str>, Cow<str>)> = result
        .objects("parameters")
        .iter()
        .filter(|parameter| !parameter.is("excluded") && parameter.text("mode") != "hidden")
        .map(|parameter| (parameter.text("name"), parameter.text("value")))
        .collect();
    let is_in_name = |value: &str| name.contains(value.trim_matches(['\'', '"']));
    if parameters.is_empty() || is_pytest || parameters.iter().all(|(_, value)| is_in_name(value)) {
        return name;
    }
    let parameters: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{}[{}]", name.trim_end(), parameters.join(", "))
}

/// Reads the details of a result.
pub fn add_details(result: &Object, details: &mut Details) {
    let reason = result.object("statusDetails");
    let (message, trace) = (reason.text("message"), reason.text("trace"));
    if !message.is_empty() || !trace.is_empty() {
        details.section(SectionKind::Reason, &result.text("status"), &message, &trace);
    }
    for key in ["expected", "actual"] {
        details.section(SectionKind::Output, key, "", &reason.text(key));
    }
    details.section(SectionKind::Output, "description", "", &result.text("description"));
    let mut steps = String::new();
    let mut attachments = Vec::new();
    step(result, 0, &mut steps, &mut attachments);
    details.section(SectionKind::Output, "steps", "", &steps);
    let mut property = |name: &str, value: &str| {
        if !name.is_empty() {
            details.properties.push((name.to_owned(), value.to_owned()));
        }
    };
    for parameter in result.objects("parameters") {
        property(&format!("parameter {}", parameter.text("name")), &parameter.text("value"));
    }
    for (name, value) in labels(result).iter().filter(|(name, _)| !name.starts_with('_')) {
        property(name, value);
    }
    for link in result.objects("links") {
        let name = link.text("name");
        let name = if name.is_empty() { link.text("type") } else { name };
        property(&format!("link {name}"), &link.text("url"));
    }
    for flag in ["known", "muted", "flaky"].into_iter().filter(|flag| reason.is(flag)) {
        property(flag, "true");
    }
    for (name, source) in attachments {
        property(&format!("attachment {name}"), &source);
    }
}

/// The greatest depth of steps that is shown.
const DEPTH: usize = 16;

/// Formats the steps of a result or of another step, one per line, and names attachments.
fn step<'a>(
    around: &Object<'a>,
    depth: usize,
    text: &mut String,
    attachments: &mut Vec<(Cow<'a, str>, Cow<'a, str>)>,
) {
    for attachment in around.objects("attachments") {
        attachments.push((attachment.text("name"), attachment.text("source")));
    }
    if depth >= DEPTH {
        return;
    }
    for inner in around.objects("steps") {
        let _ = write!(text, "{:1$}{2}: {3}", "", depth * 2, inner.text("status"), inner.text("name"));
        let message = inner.object("statusDetails").text("message");
        let line = message.lines().next().unwrap_or("");
        let _ = writeln!(text, "{}{line}", if line.is_empty() { "" } else { " – " });
        step(&inner, depth + 1, text, attachments);
    }
}
