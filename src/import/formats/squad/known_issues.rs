//! Known issues of SQUAD: a page of its REST API (`/api/knownissues/`), or the YAML of Linaro's
//! qa-reports-known-issues, from which they are uploaded.
//!
//! Sources: Linaro/squad, `squad/core/models.py` (`KnownIssue`) and `squad/api/rest.py`; the README of
//! Linaro/qa-reports-known-issues. An issue has `test_name` with the suite, `environments`, `notes`, `url`, `active`
//! and `intermittent`. The API names environments by URLs, whose last part is a number.

use crate::import::batch::Batch;
use crate::import::details::Details;
use crate::import::detect::Head;
use crate::import::formats::known_issues::{add, finish};
use crate::import::importer::WholeFileImporter;
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, limits};
use crate::model::{KnownIssue, Severity, counted, head};
use saphyr_parser::{Event, Parser};
use serde_json::Value;

pub const ABOUT: About = About {
    key: "squad-known-issues",
    name: "SQUAD known issues",
    tool: "SQUAD",
    family: Family::Lab,
    richness: Richness::Summary,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "SQUAD's /api/knownissues/ as JSON, the YAML of qa-reports-known-issues",
    reads: "known issues: test, environments, notes, URL, intermittent",
    dut: "environments",
    limits: "no results; inactive issues are ignored; the API's numbers of environments match no DUT",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect,
    importer: || Box::new(WholeFileImporter::new(read)),
    details: |_| Details::default(),
});

fn detect(head: &Head) -> bool {
    let has_issue = head.text.contains("test_name") && head.text.contains("environments");
    let is_json = head.has("results") || head.has("projects") || head.is_array && head.has("test_name");
    let mut lines = head.text.lines().map(str::trim_end);
    let first = lines.find(|line| !line.is_empty() && *line != "---" && !line.starts_with('#'));
    let is_yaml = first == Some("projects:") && head.text.contains("known_issues:");
    has_issue && (is_yaml || is_json && head.text.contains("\"intermittent\""))
}

fn read(text: &str, at: u64, batch: &mut Batch) {
    if text.len() > limits::ISSUES_BYTES {
        let most = limits::ISSUES_BYTES >> 20;
        batch.note_unreadable(at, format!("a list of known issues with more than {most} MB"));
        return finish(batch);
    }
    let (root, fault) = match serde_json::from_str::<Value>(text) {
        Ok(value) => (Node::from(value), None),
        // A parser of YAML keeps a whole line of JSON in memory, token by token.
        Err(fault) if text.len() > YAML_LINE_BYTES && text.trim_start().starts_with(['{', '[']) => {
            (Node::List(Vec::new()), Some((0, fault.to_string())))
        }
        Err(_) => tree(text),
    };
    if let Some((place, why)) = fault {
        batch.note_unreadable(at + place as u64, format!("invalid YAML or JSON: {why}"));
    }
    let mut issues = Vec::new();
    match &root {
        Node::List(list) => issues.extend(list),
        root => {
            issues.extend(root.list("results"));
            issues.extend(root.list("projects").iter().flat_map(|project| project.list("known_issues")));
        }
    }
    let (mut inactive, mut numbered) = (0, 0);
    for issue in issues {
        let test = issue.text("test_name");
        if test.is_empty() {
            batch.note_unreadable(at, "a known issue without `test_name`; ignored");
            continue;
        }
        if issue.text("active") == "false" {
            inactive += 1;
            continue;
        }
        let environments = issue.list("environments").iter().map(|environment| match environment {
            Node::Text(text) => text.as_str(),
            other => other.text("slug"),
        });
        // The last part of a URL.
        let names = environments.filter_map(|text| text.trim_end_matches('/').rsplit('/').next());
        let duts: Vec<String> = names.filter(|name| !name.is_empty()).map(str::to_owned).collect();
        if duts.is_empty() {
            batch.note(Severity::Warning, None, format!("`{}` has no environments; ignored", head(test, 80)));
            continue;
        }
        numbered += u64::from(duts.iter().all(|dut| dut.bytes().all(|byte| byte.is_ascii_digit())));
        let words = [issue.text("title"), issue.text("notes")];
        let words: Vec<&str> = words.into_iter().filter(|text| !text.is_empty()).collect();
        let issue = KnownIssue {
            test: head(test, limits::PROPERTY_BYTES).to_owned(),
            duts,
            reason: head(&words.join(": "), limits::PROPERTY_BYTES).to_owned(),
            link: head(issue.text("url"), limits::PROPERTY_BYTES).to_owned(),
            intermittent: issue.text("intermittent") == "true",
            ..KnownIssue::default()
        };
        add(issue, at, batch);
    }
    if numbered > 0 {
        let text = format!(
            "{} with numbers for environments, which match no DUT: write their names instead",
            counted(numbered, "known issue")
        );
        batch.note(Severity::Warning, None, text);
    }
    if inactive > 0 {
        batch.note(Severity::Info, None, format!("{} ignored", counted(inactive, "inactive issue")));
    }
    finish(batch);
}

/// A value of the document.
#[derive(Clone, Debug)]
enum Node {
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl From<Value> for Node {
    fn from(value: Value) -> Node {
        match value {
            Value::String(text) => Node::Text(text),
            Value::Array(list) => Node::List(list.into_iter().map(Node::from).collect()),
            Value::Object(fields) => {
                Node::Map(fields.into_iter().map(|(key, value)| (key, Node::from(value))).collect())
            }
            other => Node::Text(other.to_string()),
        }
    }
}

impl Node {
    fn get(&self, key: &str) -> Option<&Node> {
        match self {
            Node::Map(fields) => fields.iter().rfind(|(have, _)| have == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text under a key, "" for none and for `null`.
    fn text(&self, key: &str) -> &str {
        match self.get(key) {
            Some(Node::Text(text)) if text != "null" && text != "~" => text.trim(),
            _ => "",
        }
    }

    fn list(&self, key: &str) -> &[Node] {
        match self.get(key) {
            Some(Node::List(list)) => list,
            _ => &[],
        }
    }

    /// How many values it has in all.
    fn size(&self) -> usize {
        1 + match self {
            Node::Text(_) => 0,
            Node::List(list) => list.iter().map(Node::size).sum(),
            Node::Map(fields) => fields.iter().map(|(_, value)| value.size()).sum(),
        }
    }
}

/// The greatest depth of maps and lists, and the most values: aliases can repeat large ones.
const DEPTH: usize = 16;
const VALUES: usize = 300_000;

/// The longest JSON that is read as YAML if it is not valid JSON, such as with comments.
const YAML_LINE_BYTES: usize = 200_000;

/// An open map with the key of its next value, or an open list; and the number of its anchor, 0 for none.
type Open = (Node, Option<String>, usize);

/// Returns the first document as far as it is valid, and the place and reason where it is not.
fn tree(text: &str) -> (Node, Option<(usize, String)>) {
    let mut root = Node::Text(String::new());
    let mut open: Vec<Open> = Vec::new();
    let mut anchors: Vec<(usize, Node)> = Vec::new();
    let mut values = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(fault) => {
                let at = text.char_indices().nth(fault.marker().index()).map_or(text.len(), |(at, _)| at);
                return (closed(root, open), Some((at, fault.info().to_owned())));
            }
        };
        let (node, anchor) = match event {
            Event::MappingStart(anchor, ..) => {
                open.push((Node::Map(Vec::new()), None, anchor));
                continue;
            }
            Event::SequenceStart(anchor, ..) => {
                open.push((Node::List(Vec::new()), None, anchor));
                continue;
            }
            Event::MappingEnd | Event::SequenceEnd => match open.pop() {
                Some((node, _, anchor)) => (node, anchor),
                None => continue,
            },
            Event::Scalar(text, _, anchor, _) => (Node::Text(text.into_owned()), anchor),
            Event::Alias(anchor) => match anchors.iter().rfind(|(have, _)| *have == anchor) {
                Some((_, node)) => (node.clone(), 0),
                None => continue,
            },
            _ => continue,
        };
        values += node.size();
        if values > VALUES || open.len() > DEPTH {
            let at = text.char_indices().nth(span.start.index()).map_or(text.len(), |(at, _)| at);
            return (closed(root, open), Some((at, "too many or too deep values".to_owned())));
        }
        if anchor > 0 {
            anchors.push((anchor, node.clone()));
        }
        match open.last_mut() {
            None => root = node,
            Some(parent) => place(parent, node),
        }
    }
    (closed(root, open), None)
}

/// Adds a value to an open map or list.
fn place((parent, key, _): &mut Open, node: Node) {
    match (parent, key.take(), node) {
        (Node::List(list), _, node) => list.push(node),
        (Node::Map(fields), Some(name), node) => fields.push((name, node)),
        (Node::Map(_), None, Node::Text(name)) => *key = Some(name),
        _ => {}
    }
}

/// Closes what is open where the document is truncated.
fn closed(root: Node, mut open: Vec<Open>) -> Node {
    while let Some((node, ..)) = open.pop() {
        match open.last_mut() {
            None => return node,
            Some(parent) => place(parent, node),
        }
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_replaced_within_limits() {
        let (root, fault) = tree("a: &x [p, q]\nb: *x\nc: {d: 1}");
        assert!(fault.is_none());
        assert_eq!((root.list("b").len(), root.get("c").unwrap().text("d")), (2, "1"));
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let of = format!("*a{}", level - 1);
            bomb += &format!("a{level}: &a{level} [{}]\n", vec![of; 10].join(", "));
        }
        assert!(tree(&bomb).1.is_some_and(|(_, why)| why.contains("too many")));
        let (root, fault) = tree("a: [1, 2\nb: }");
        assert!(fault.is_some());
        assert!(matches!(root, Node::Map(_)));
    }
}
