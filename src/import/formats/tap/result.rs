//! Results: each is held back until all of its lines are read.

use super::Tap;
use super::levels::Level;
use super::yaml::{self, Diagnostics};
use crate::import::batch::{Batch, Entry, Role, Scope};
use crate::import::details::{Details, SectionKind};
use crate::model::Outcome;

/// A result that is held back until all of its lines are read.
pub(super) struct Pending {
    pub(super) name: String,
    pub(super) outcome: Outcome,
    pub(super) native: String,
    pub(super) reason: String,
    pub(super) duration_s: Option<f64>,
    /// For the summary of a group: whether a test of the group failed.
    pub(super) group: Option<bool>,
    pub(super) is_node: bool,
    pub(super) yaml: String,
    pub(super) before: String,
    pub(super) after: String,
}

impl Pending {
    /// Returns the outcome, which node's YAML may refine.
    fn outcome(&self, yaml: &Diagnostics) -> Outcome {
        match (self.outcome, &*yaml.failure) {
            (Outcome::XPassed, _) if self.is_node && yaml.duration_s.is_some() => Outcome::Skipped,
            (Outcome::Failed, "cancelledByParent") => Outcome::NotRun,
            (
                Outcome::Failed,
                "hookFailed" | "testTimeoutFailure" | "uncaughtException" | "unhandledRejection",
            ) => Outcome::Error,
            (outcome, _) => outcome,
        }
    }

    /// Returns whether the result only summarizes a group. A group is a test if it failed by
    /// itself; for node, it may be empty.
    fn is_summary(&self, outcome: Outcome, yaml: &Diagnostics) -> bool {
        let sums_up = self.group.is_some_and(|has_failed| {
            has_failed && outcome == Outcome::Failed && matches!(&*yaml.failure, "" | "subtestsFailed")
        });
        sums_up || !outcome.is_failing() && (self.group.is_some() || yaml.is_suite)
    }

    /// Returns message and location. `said` is the text that belongs to the result.
    fn message<'a>(&'a self, outcome: Outcome, yaml: &'a Diagnostics, said: &'a str) -> (&'a str, &'a str) {
        let (message, location) = (self.reason.as_str(), yaml.location.as_str());
        if !message.is_empty() && !outcome.is_failing() {
            return (message, location);
        }
        let (text, place) = first_said(said);
        let text = if outcome == Outcome::Passed { "" } else { text };
        let candidates = [yaml.message.as_str(), text, message];
        let message = candidates.into_iter().find(|text| !text.is_empty()).unwrap_or("");
        (message, if location.is_empty() { place } else { location })
    }

    fn details(&self, outcome: Outcome, yaml: &Diagnostics, message: &str, location: &str) -> Details {
        let mut details = Details::default();
        let kind = match outcome {
            Outcome::Passed => SectionKind::Output,
            _ => SectionKind::Reason,
        };
        if yaml.has_more || kind == SectionKind::Reason && !message.is_empty() {
            details.section(kind, &self.native, message, &self.yaml);
        }
        details.section(SectionKind::Output, "output", "", &self.before);
        details.section(SectionKind::Output, "output", "", &self.after);
        details.location = Some(location.to_owned()).filter(|place| !place.is_empty());
        details
    }
}

impl Tap {
    /// Adds the last result of a level, of which all lines are read.
    pub(super) fn settle(&mut self, level: &mut Level, batch: &mut Batch) {
        let Some(last) = level.last.take() else {
            return;
        };
        let yaml = yaml::read(&last.yaml);
        let outcome = last.outcome(&yaml);
        level.has_failed |= outcome.is_failing();
        if last.is_summary(outcome, &yaml) {
            return;
        }
        let said = if self.is_kernel { &last.before } else { &last.after };
        let (message, location) = last.message(outcome, &yaml, said);
        let details = last.details(outcome, &yaml, message, location);
        let (at, len) = if details.sections.is_empty() { (0, 0) } else { batch.keep_details(&details) };
        let node_id = node_id(&last.name);
        let scope = match &node_id {
            Some(_) => Scope::NodeId,
            None => Scope::Kept(*level.scope.get_or_insert_with(|| {
                let scope = batch.push_scope("", Some((0, 0)));
                level.scopes.push((scope, String::new()));
                scope
            })),
        };
        batch.push_entry(Entry {
            session: 0,
            scope,
            name: node_id.as_ref().unwrap_or(&last.name),
            outcome,
            native: &last.native,
            role: Role::Verdict,
            duration_s: last.duration_s.or(yaml.duration_s),
            message,
            at,
            len,
            ..Entry::default()
        });
    }
}

/// Converts a name of pytest-tap to a node id: it has a dot before class and method.
fn node_id(name: &str) -> Option<String> {
    let (path, rest) = name.split_once(".py::")?;
    let (names, parameters) = rest.split_at(rest.find('[').unwrap_or(rest.len()));
    (!path.contains(' ')).then(|| format!("{path}.py::{}{parameters}", names.replace('.', "::")))
}

/// Returns the most useful line of a text, with its place if known: KUnit's expectations, pytest's
/// errors, Test::More's comparisons.
fn first_said(text: &str) -> (&str, &str) {
    let mut lines = text.lines();
    if let Some((_, place)) = lines.find_map(|line| line.split_once(" FAILED at ")) {
        return (lines.next().unwrap_or("").trim(), place.trim());
    }
    if let Some(line) = text.lines().find_map(|line| line.trim_start().strip_prefix("E   ")) {
        return (line.trim(), "");
    }
    let frames = ["Failed test", "Failed (TODO) test", "at ", "Looks like you "];
    let is_frame = |line: &&str| line.is_empty() || frames.iter().any(|frame| line.starts_with(frame));
    (text.lines().map(str::trim).find(|line| !is_frame(line)).unwrap_or(""), "")
}
