//! Secrets that downloads would carry, and a copy of the data without them.
//!
//! Every download is written from such a copy, so no writer knows of secrets. A secret has the same placeholder
//! in all downloads of the same data, since they are numbered in the order of the data and not of the download.

use super::results_by_test::results_by_test;
use super::sessions::readable_sessions;
use crate::analyze::{Index, clusters};
use crate::model::{Dataset, KnownIssue, SessionId, StrId};
use crate::query::Filter;
use crate::text::head;
use crate::text::order::Order;
use crate::text::secrets::{Class, Secret, beginnings, secrets};
use regex_lite::{Regex, RegexBuilder};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use xxhash_rust::xxh3::xxh3_64;

/// Texts that a download carries or leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Texts {
    /// Names of DUTs, units, builds and sessions, and why sessions are incomplete.
    Names,
    /// Names of tests and suites.
    Tests,
    /// Names and units of metrics.
    Metrics,
    /// Messages, places of failures and native words.
    Messages,
    /// Properties and labels of sessions, attributes of DUTs.
    Properties,
    /// Paths and notes of files.
    Files,
    /// Known issues.
    Issues,
}

const ALL: [Texts; 7] = [
    Texts::Names,
    Texts::Tests,
    Texts::Messages,
    Texts::Properties,
    Texts::Files,
    Texts::Issues,
    Texts::Metrics,
];

/// The most places that a finding names.
const PLACES: usize = 3;

/// From this length on, a secret is replaced wherever it occurs, and not only where its surroundings tell.
const EVERYWHERE_BYTES: usize = 8;

/// The kind of what a person's own pattern finds.
const OWN: &str = "text of your own";

/// What is shown in full, because its ends do not tell whether it is private. It gives access to nothing.
const SHOWN: [&str; 3] = ["e-mail address", "home folder", "host name"];

/// How much of it is shown, in bytes.
const SHOWN_BYTES: usize = 40;

/// The most different texts that a person's own pattern may find.
const MOST_OWN: usize = 1000;

/// The most different secrets of files that are listed beside those of the data.
const MOST_IN_FILES: usize = 2 * MOST_OWN;

/// The largest program of a pattern, in bytes. The time to search is this times the length of the texts.
const PATTERN_BYTES: usize = 1 << 16;

/// What to replace in a download. Without ids, the download stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redaction {
    /// The ids of secrets.
    pub ids: Vec<u64>,
    /// The person's own pattern with which they were found, see [`GetSecrets`](crate::engine::GetSecrets).
    pub pattern: String,
}

/// A person's own pattern: a text as it is, or a regular expression between two slashes.
enum Own {
    None,
    Text(String),
    Expression(Regex),
}

impl Own {
    fn new(pattern: &str) -> Result<Own, String> {
        let inner = pattern.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
        let Some(inner) = inner.filter(|inner| !inner.is_empty()) else {
            return Ok(if pattern.is_empty() { Own::None } else { Own::Text(pattern.to_owned()) });
        };
        let made = RegexBuilder::new(inner).size_limit(PATTERN_BYTES).build();
        made.map(Own::Expression).map_err(|problem| format!("this is not a regular expression: {problem}"))
    }

    /// Adds what it finds in a text.
    fn find(&self, text: &str, found: &mut Vec<Secret>) {
        let secret = |range: Range<usize>| Secret { kind: OWN, class: Class::High, range };
        match self {
            Own::None => {}
            Own::Text(own) => {
                let starts = memchr::memmem::find_iter(text.as_bytes(), own);
                found.extend(starts.map(|start| secret(start..start + own.len())));
            }
            Own::Expression(own) => {
                let matches = own.find_iter(text).filter(|found| !found.is_empty());
                found.extend(matches.map(|found| secret(found.range())));
            }
        }
    }
}

/// What a search for secrets found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Searched {
    /// The secrets: certain ones first, then in the order of the data.
    pub findings: Vec<Finding>,
    /// What was not searched, in sentences.
    pub gaps: Vec<String>,
}

/// A secret that a download would carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// A hash of it, which is the same in each visit. It does not lead back to the secret.
    pub id: u64,
    /// What it is: `GitHub token`.
    pub kind: String,
    /// Its number among the secrets of its kind, from 1.
    pub number: u32,
    /// Whether its shape says for certain that it is a secret.
    pub is_certain: bool,
    /// Its beginning and end: `ghp_…x9`. E-mail addresses, home folders and host names in full.
    pub sample: String,
    /// In how many places the download would have it.
    pub count: u32,
    /// The first of these places, in words.
    pub places: Vec<String>,
}

/// A secret of the data.
struct Known {
    id: u64,
    kind: &'static str,
    class: Class,
    number: u32,
    text: String,
}

/// The secrets of the data, in its order.
pub(super) struct Secrets {
    known: Vec<Known>,
    by_text: FxHashMap<String, usize>,
    numbers: FxHashMap<&'static str, u32>,
    own: Own,
}

impl Secrets {
    /// Finds all secrets of the data, and what a person's own pattern finds.
    ///
    /// # Errors
    ///
    /// In words, if the pattern is invalid or finds too much.
    pub(super) fn of(data: &Dataset, pattern: &str) -> Result<Secrets, String> {
        let (known, by_text, numbers) = Default::default();
        let mut secrets = Secrets { known, by_text, numbers, own: Own::new(pattern)? };
        each_text(data, &Filter::default(), &ALL, &mut |text, _| secrets.learn(text));
        // Notes quote the beginnings of names and values.
        for note in data.ledger().flat_map(|(_, file)| &file.notes) {
            for secret in beginnings(&note.text) {
                secrets.index(&secret, &note.text);
            }
        }
        secrets.checked()
    }

    /// Fails in words if the person's own pattern finds too much.
    pub(super) fn checked(self) -> Result<Secrets, String> {
        match self.numbers.get(OWN) {
            Some(&number) if number as usize > MOST_OWN => {
                Err(format!("your pattern finds {number} different texts; {MOST_OWN} are the limit"))
            }
            _ => Ok(self),
        }
    }

    /// Adds the secrets of a text to those that are known. Returns whether it has any.
    fn learn(&mut self, text: &str) -> bool {
        let found = self.found(text);
        for secret in &found {
            self.index(secret, text);
        }
        !found.is_empty()
    }

    /// The index of a secret of this text among those that are known, to which it is added.
    fn index(&mut self, secret: &Secret, text: &str) -> usize {
        let found = text.get(secret.range.clone()).unwrap_or_default();
        if let Some(&index) = self.by_text.get(found) {
            return index;
        }
        let number = self.numbers.entry(secret.kind).or_default();
        *number += 1;
        self.by_text.insert(found.to_owned(), self.known.len());
        self.known.push(Known {
            id: xxh3_64(found.as_bytes()),
            kind: secret.kind,
            class: secret.class,
            number: *number,
            text: found.to_owned(),
        });
        self.known.len() - 1
    }

    /// The secrets of a text, and what the person's own pattern finds in it.
    fn found(&self, text: &str) -> Vec<Secret> {
        let mut found = secrets(text);
        self.own.find(text, &mut found);
        found
    }

    /// Returns the places of these secrets in a text, in order and without overlaps.
    fn places(&self, text: &str, is_meant: &impl Fn(&Known) -> bool) -> Vec<(Range<usize>, usize)> {
        let mut places: Vec<(Range<usize>, usize)> = Vec::new();
        for secret in self.found(text) {
            let known = text.get(secret.range.clone()).and_then(|found| self.by_text.get(found));
            places.extend(known.map(|&index| (secret.range, index)));
        }
        for (index, known) in self.known.iter().enumerate() {
            let is_shape = known.class == Class::High && known.kind != OWN;
            let is_everywhere = is_shape || known.kind == "secret value";
            if is_everywhere && known.text.len() >= EVERYWHERE_BYTES {
                let found = memchr::memmem::find_iter(text.as_bytes(), &known.text);
                places.extend(found.map(|at| (at..at + known.text.len(), index)));
            }
        }
        places.retain(|(_, index)| self.known.get(*index).is_some_and(is_meant));
        places.order_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
        let mut end = 0;
        places.retain(|(range, _)| {
            let is_free = range.start >= end;
            end = if is_free { range.end } else { end };
            is_free
        });
        places
    }

    /// Returns the secrets that a download of these texts would carry: certain ones first, then in the order of the
    /// data.
    pub(super) fn findings(&self, data: &Dataset, filter: &Filter, texts: &[Texts]) -> Vec<Finding> {
        let mut tally = Tally::default();
        each_text(data, filter, texts, &mut |text, place| tally.add_all(self, text, place));
        tally.findings()
    }

    /// Returns the secrets in the cells of a table.
    pub(super) fn table_findings(&mut self, head: &[String], rows: &[Vec<String>]) -> Vec<Finding> {
        head.iter().chain(rows.iter().flatten()).for_each(|cell| _ = self.learn(cell));
        let mut tally = Tally::default();
        head.iter().for_each(|cell| _ = tally.add_all(self, cell, &|| "name of a column".to_owned()));
        for (number, row) in (1..).zip(rows) {
            row.iter().for_each(|cell| _ = tally.add_all(self, cell, &|| format!("row {number}")));
        }
        tally.findings()
    }

    /// Returns a text with a placeholder for each of these secrets; `None` if it has none of them.
    pub(super) fn replaced(&self, text: &str, ids: &FxHashSet<u64>) -> Option<String> {
        self.replaced_if(text, &|known| ids.contains(&known.id))
    }

    fn replaced_if(&self, text: &str, is_meant: &impl Fn(&Known) -> bool) -> Option<String> {
        let places = self.places(text, is_meant);
        if places.is_empty() {
            return None;
        }
        let (mut replaced, mut from) = (String::new(), 0);
        for (range, index) in places {
            let known = &self.known[index];
            replaced += text.get(from..range.start).unwrap_or_default();
            replaced += &format!("[redacted {} {}]", known.kind, known.number);
            from = range.end;
        }
        replaced += text.get(from..).unwrap_or_default();
        Some(replaced)
    }

    /// Returns a copy of the data without these secrets, its index, and the filter for it.
    pub(super) fn redacted(
        &self,
        data: &Dataset,
        index: &Index,
        filter: &Filter,
        redaction: &Redaction,
    ) -> (Dataset, Index, Filter) {
        let ids: FxHashSet<u64> = redaction.ids.iter().copied().collect();
        let replaced = |text: &str| self.replaced(text, &ids);
        let copy = data.rewritten(replaced);
        let of_copy = Index::new(&copy, None);
        let in_copy = |text: &str| replaced(text).unwrap_or_else(|| text.to_owned());
        // The id of a cluster is a hash of its message.
        let cluster = filter.cluster.as_ref().map(|id| {
            let before = clusters(data, index).into_iter().find(|cluster| cluster.id == *id);
            let before = before.map(|cluster| (in_copy(&cluster.message), in_copy(&cluster.frame)));
            let is_same = |message: &str, frame: &str| {
                before.as_ref().is_some_and(|(old, place)| (old.as_str(), place.as_str()) == (message, frame))
            };
            let after =
                clusters(&copy, &of_copy).into_iter().find(|after| is_same(&after.message, &after.frame));
            after.map_or_else(|| id.clone(), |after| after.id)
        });
        let filter = Filter {
            text: in_copy(&filter.text),
            dut: filter.dut.as_deref().map(in_copy),
            cluster,
            ..filter.clone()
        };
        (copy, of_copy, filter)
    }
}

/// Counts secrets by their places.
#[derive(Default)]
struct Tally(Vec<Option<Finding>>);

impl Tally {
    /// Counts the secrets of a text. Returns whether it has any.
    fn add_all(&mut self, secrets: &Secrets, text: &str, place: &dyn Fn() -> String) -> bool {
        let places = secrets.places(text, &|_| true);
        places.iter().for_each(|(_, index)| self.add(secrets, *index, place));
        !places.is_empty()
    }

    fn add(&mut self, secrets: &Secrets, index: usize, place: &dyn Fn() -> String) {
        if self.0.len() < secrets.known.len() {
            self.0.resize(secrets.known.len(), None);
        }
        let known = &secrets.known[index];
        let finding = self.0[index].get_or_insert_with(|| Finding {
            id: known.id,
            kind: known.kind.to_owned(),
            number: known.number,
            is_certain: known.class == Class::High,
            sample: sample(known),
            count: 0,
            places: Vec::new(),
        });
        finding.count += 1;
        if finding.places.len() < PLACES {
            // A place may be named after a secret.
            let place = place();
            let hidden =
                secrets.replaced_if(&place, &|known| known.class == Class::High && known.kind != OWN);
            finding.places.push(hidden.unwrap_or(place));
        }
    }

    fn findings(self) -> Vec<Finding> {
        let mut found: Vec<Finding> = self.0.into_iter().flatten().collect();
        found.order_by_key(|finding| !finding.is_certain);
        found
    }
}

/// The secrets of files that leave as they are: those of the data, and those that only the files have, such as in
/// output.
pub struct FileSecrets {
    secrets: Secrets,
    tally: Tally,
    /// Whether a secret is in texts of the data, by its index. Its places there tell more than lines of files.
    is_told: Vec<bool>,
    is_full: bool,
}

impl FileSecrets {
    /// Finds the secrets of the data.
    ///
    /// # Errors
    ///
    /// In words, if the person's own pattern is invalid or finds too much.
    pub fn new(data: &Dataset, pattern: &str) -> Result<FileSecrets, String> {
        let secrets = Secrets::of(data, pattern)?;
        let mut tally = Tally::default();
        each_text(data, &Filter::default(), &ALL, &mut |text, place| tally.add_all(&secrets, text, place));
        let is_told = tally.0.iter().map(Option::is_some).collect();
        Ok(FileSecrets { secrets, tally, is_told, is_full: false })
    }

    /// Looks at a piece of a file. Of what it finds, that which begins in `part` of the text counts, and only what
    /// is certainly a secret if the file has no text. `place` says where a byte of the piece is.
    pub fn search(
        &mut self,
        text: &str,
        part: &Range<usize>,
        is_text: bool,
        place: &dyn Fn(usize) -> String,
    ) {
        for secret in self.secrets.found(text) {
            let is_meant = is_text || secret.class == Class::High;
            if !is_meant || !part.contains(&secret.range.start) {
                continue;
            }
            let is_new =
                text.get(secret.range.clone()).is_none_or(|text| !self.secrets.by_text.contains_key(text));
            if is_new && self.secrets.known.len() - self.is_told.len() >= MOST_IN_FILES {
                self.is_full = true;
                continue;
            }
            let index = self.secrets.index(&secret, text);
            if !self.is_told.get(index).copied().unwrap_or(false) {
                self.tally.add(&self.secrets, index, &|| place(secret.range.start));
            }
        }
    }

    /// Returns all that was found.
    ///
    /// # Errors
    ///
    /// In words, if the person's own pattern finds too much.
    pub fn finish(self) -> Result<Searched, String> {
        self.secrets.checked()?;
        let gap = format!("The files have more than {MOST_IN_FILES} secrets; the rest is not listed.");
        Ok(Searched {
            findings: self.tally.findings(),
            gaps: self.is_full.then_some(gap).into_iter().collect(),
        })
    }
}

/// What a person sees of a secret: its beginning and end, which are not enough to use it.
fn sample(Known { kind, text, .. }: &Known) -> String {
    if SHOWN.contains(kind) {
        return head(text, SHOWN_BYTES).to_owned();
    }
    let shown = if text.len() >= 16 { 4 } else { 1 };
    let last = text
        .char_indices()
        .rev()
        .nth(shown / 2)
        .map_or("", |(at, c)| text.get(at + c.len_utf8()..).unwrap_or(""));
    format!("{}…{last}", head(text.lines().next().unwrap_or(""), shown))
}

/// Visits the texts that a download carries, each with a function that says in words where it is. `visit` returns
/// whether the text has a secret; one without is not visited again for each result.
fn each_text(
    data: &Dataset,
    filter: &Filter,
    texts: &[Texts],
    visit: &mut impl FnMut(&str, &dyn Fn() -> String) -> bool,
) {
    let has = |kind: Texts| texts.contains(&kind);
    if has(Texts::Names) {
        names(data, visit);
    }
    if has(Texts::Tests) || has(Texts::Messages) {
        results(data, filter, texts, visit);
    }
    if has(Texts::Properties) {
        for dut in &data.history.duts {
            for (name, value) in &dut.attributes {
                visit(value, &|| format!("attribute {name} of {}", dut.name));
            }
        }
        for id in readable_sessions(data) {
            let of = || words(data, id);
            let drafts = data.told_of(id).map(|part| &data.part(part).draft);
            for draft in drafts {
                draft.label.iter().for_each(|label| _ = visit(label, &|| format!("label of {}", of())));
                for (name, value) in &draft.properties {
                    visit(name, &|| format!("name of a property of {}", of()));
                    visit(value, &|| format!("property {name} of {}", of()));
                }
                for file in draft.origin.iter().flat_map(|(format, files)| files.iter().chain([format])) {
                    visit(file, &|| format!("file of {}", of()));
                }
            }
        }
    }
    if has(Texts::Files) {
        for (_, file) in data.ledger() {
            visit(&file.path, &|| "path of a file".to_owned());
            file.notes.iter().for_each(|note| _ = visit(&note.text, &|| format!("note on {}", file.path)));
        }
    }
    if has(Texts::Metrics) {
        for kind in data.metrics.kinds() {
            visit(data.text(kind.name), &|| "name of a metric".to_owned());
            visit(data.text(kind.unit), &|| format!("unit of {}", data.text(kind.name)));
        }
    }
    if has(Texts::Issues) {
        for (_, file) in data.ledger() {
            file.known_issues.iter().for_each(|issue| known_issue(issue, visit));
        }
    }
}

fn words(data: &Dataset, id: SessionId) -> String {
    let session = data.history.session(id);
    format!("session {} of {}", session.id, data.history.dut(session.dut).name)
}

fn names(data: &Dataset, visit: &mut impl FnMut(&str, &dyn Fn() -> String) -> bool) {
    for dut in &data.history.duts {
        visit(&dut.name, &|| "name of a DUT".to_owned());
        dut.unit.iter().for_each(|unit| _ = visit(unit, &|| format!("unit of {}", dut.name)));
    }
    for id in readable_sessions(data) {
        let session = data.history.session(id);
        let of = || words(data, id);
        visit(&session.id, &|| "name of a session".to_owned());
        let unit = session.identity.unit.as_ref().map(|unit| unit.value.as_str());
        let facts = [("unit", unit), ("build", session.build()), ("reason", session.incomplete.as_deref())];
        for (what, text) in facts {
            text.into_iter().for_each(|text| _ = visit(text, &|| format!("{what} of {}", of())));
        }
    }
}

fn results(
    data: &Dataset,
    filter: &Filter,
    texts: &[Texts],
    visit: &mut impl FnMut(&str, &dyn Fn() -> String) -> bool,
) {
    let mut scopes = FxHashSet::default();
    // Most results share a few texts, and most of these have no secret.
    let mut harmless: FxHashSet<StrId> = FxHashSet::default();
    for (test, of_test) in results_by_test(data, filter) {
        let name = data.tests.name(test);
        if texts.contains(&Texts::Tests) {
            let scope = data.tests.scope_of(test);
            if scopes.insert(scope) {
                visit(data.tests.scope_text(scope), &|| format!("suite of {name}"));
            }
            visit(name, &|| "name of a test".to_owned());
        }
        if !texts.contains(&Texts::Messages) {
            continue;
        }
        for (session, result) in of_test {
            let row = result.index();
            let own = [
                ("message", data.results.message[row]),
                ("place", data.results.frame(result)),
                ("outcome", data.results.native[row]),
            ];
            let attempts = data.results.entries(result);
            let attempts = attempts.iter().filter(|attempt| attempt.message != data.results.message[row]);
            for (what, id) in own.into_iter().chain(attempts.map(|attempt| ("attempt", attempt.message))) {
                if harmless.contains(&id) {
                    continue;
                }
                if !visit(data.text(id), &|| format!("{what} of {name}, {}", words(data, session))) {
                    harmless.insert(id);
                }
            }
        }
    }
}

fn known_issue(issue: &KnownIssue, visit: &mut impl FnMut(&str, &dyn Fn() -> String) -> bool) {
    let of_issue = || format!("known issue for {}", issue.test);
    let texts = [&issue.test, &issue.message, &issue.reason, &issue.link];
    let attributes = issue.attributes.iter().map(|(_, value)| value);
    texts.into_iter().chain(&issue.duts).chain(attributes).for_each(|text| _ = visit(text, &of_issue));
}
