//! The known issues of all files, as a file that can be loaded, edited and loaded again.
//!
//! `docs/known-issues.schema.json` describes it.

use super::redaction::Texts;
use super::{About, Input, json};
use crate::model::KnownIssue;
use serde::Serialize;
use std::collections::BTreeMap;

/// The JSON Schema of the file.
pub const ISSUES_SCHEMA: &str = include_str!("../../docs/known-issues.schema.json");

pub(super) const ABOUT: About = About {
    name: "Known issues (JSON)",
    explanation: "the known issues of all files; can be edited and loaded again",
    file_stem: "known-issues",
    extension: "json",
    media_type: "application/json",
    follows_filter: false,
    carries: &[Texts::Issues],
};

pub(super) fn write(input: &Input) -> Vec<u8> {
    known_issues(input.data.history.issues.iter().map(|&place| input.data.issue(place)))
}

/// A file of known issues.
pub fn known_issues<'a>(issues: impl Iterator<Item = &'a KnownIssue>) -> Vec<u8> {
    json::document(&Document { known_issues: issues.map(Issue::new).collect() })
}

#[derive(Serialize)]
struct Document<'a> {
    known_issues: Vec<Issue<'a>>,
}

/// A known issue; what it does not say is left out.
#[derive(Serialize)]
pub(super) struct Issue<'a> {
    test: &'a str,
    #[serde(skip_serializing_if = "is_empty")]
    dut: &'a [String],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    message: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    reason: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    link: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    expires: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    intermittent: bool,
}

fn is_empty(list: &&[String]) -> bool {
    list.is_empty()
}

impl<'a> Issue<'a> {
    pub(super) fn new(issue: &'a KnownIssue) -> Issue<'a> {
        Issue {
            test: &issue.test,
            dut: &issue.duts,
            attributes: issue.attributes.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect(),
            message: &issue.message,
            reason: &issue.reason,
            link: &issue.link,
            expires: &issue.expires,
            intermittent: issue.intermittent,
        }
    }
}
