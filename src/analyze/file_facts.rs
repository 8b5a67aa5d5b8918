//! What the ledger and the page of a file both show of a file: its key, its
//! format, its notes and its parts.

use crate::import::about;
use crate::model::{
    Dataset, FileId, FileRecord, Identity, Note, Outcome, PartId, SessionId, Severity, counted, grouped, head,
};
use crate::query::SessionKey;
use crate::text::order::Order;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A part in the ledger: the results of one session in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerPart {
    /// The part, for renaming it.
    pub part: PartId,
    /// DUT, unit, build and session, with evidence.
    pub identity: Identity,
    /// How many results it has.
    pub results: u32,
    /// The session that it belongs to; unreadable files mostly have none.
    pub session: Option<SessionKey>,
    /// How many parts in other files belong to the same session.
    pub others: u32,
}

/// How many parts a file shows; a summary of a year may have hundreds.
const PARTS: usize = 20;

/// The key of a file in links: its path, followed by `#2`, `#3` and so on if
/// earlier files have the same path.
pub fn key(data: &Dataset, file: FileId) -> String {
    let path = &data.file(file).path;
    let before = data.ledger().filter(|(id, other)| *id < file && other.path == *path).count();
    if before == 0 { path.clone() } else { format!("{path}#{}", before + 1) }
}

/// The name of a file's format, with its producer; "" if the format is unknown.
pub fn format_name(file: &FileRecord) -> String {
    let name = about(file.format).map_or("", |about| about.name);
    let of = if file.producer.is_empty() { "" } else { " of " };
    format!("{name}{of}{}", file.producer)
}

/// The notes of a file, the most severe first: same runs in other files, then what
/// its importer noted.
pub fn notes(data: &Dataset, file: FileId) -> Vec<Note> {
    let derived = same_runs(data, file).chain(equal_names(data, file)).chain(unused_attributes(data, file));
    let mut notes: Vec<Note> = derived.chain(data.file(file).notes.iter().cloned()).collect();
    notes.order_by_key(|note| std::cmp::Reverse(note.severity));
    notes
}

/// A note for each file that reports the same run and counts in place of this one.
/// Sessions that both files share are added up.
fn same_runs(data: &Dataset, file: FileId) -> impl Iterator<Item = Note> {
    let same_runs = data.history.same_runs.iter();
    let of_file = same_runs.filter(move |same| same.parts.iter().any(|&part| data.part(part).file == file));
    let mut by_file: BTreeMap<FileId, [u64; 3]> = BTreeMap::new();
    for same in of_file {
        let sums = by_file.entry(data.part(same.with).file).or_default();
        for (sum, more) in sums.iter_mut().zip([same.common, same.agree, same.adds]) {
            *sum += u64::from(more);
        }
    }
    by_file.into_iter().map(|(with, [common, agree, adds])| {
        let with = &data.file(with).path;
        let adds = match adds {
            0 => String::new(),
            adds => format!("; {} only here", counted(adds, "result")),
        };
        let agree = match common {
            0 => " test by test".to_owned(),
            common => format!(": {} of {} agree", grouped(agree), counted(common, "test")),
        };
        let text = format!("the same run as `{with}`, counted there{agree}{adds}");
        Note { severity: Severity::Info, at: None, text }
    })
}

/// A note for DUTs with attributes in the file, and without results in any file.
fn unused_attributes(data: &Dataset, file: FileId) -> Option<Note> {
    let names = data.file(file).dut_attributes.iter().map(|given| given.dut.as_str());
    let is_used = |name: &&str| {
        let name = data.renames.get(name).unwrap_or(name);
        data.history.duts.iter().any(|dut| dut.name == name)
    };
    let unused: Vec<&str> = names.filter(|name| !is_used(name)).collect();
    let first = head(unused.first()?, 80);
    let text = match unused.len() as u64 - 1 {
        0 => format!("`{first}` has attributes here, but no results"),
        others => {
            format!("`{first}` and {} have attributes here, but no results", counted(others, "other DUT"))
        }
    };
    Some(Note { severity: Severity::Warning, at: None, text })
}

/// A note for results that have tests of their own, because another file of the session has the
/// name.
fn equal_names(data: &Dataset, file: FileId) -> Option<Note> {
    let parts = data.file(file).parts.iter();
    let renamed = parts.flat_map(|&part| data.results.renamed(data.part(part).rows.clone()));
    let (mut results, mut retried, mut example) = (0, 0, None);
    for renamed in renamed.filter(|renamed| !renamed.is_spelling) {
        results += 1;
        example.get_or_insert(renamed.named);
        retried += u64::from(renamed.after_failure && data.outcome(renamed.result) == Outcome::Passed);
    }
    let example = head(data.tests.name(example?), 80);
    let share = if results == 1 { "shares its name" } else { "share their names" };
    let mut text = format!(
        "{} {share} with a result in another file of the session, such as `{example}`: each is a test of its own, numbered in the order of the files",
        counted(results, "result")
    );
    if retried > 0 {
        let tests = counted(retried, "test");
        text.push_str(&format!("; {tests} failed there and passed here: the runner may have retried them, but the files do not mark reruns, so the failures count"));
    }
    Some(Note { severity: Severity::Info, at: None, text })
}

/// The first parts of a file.
pub fn parts(data: &Dataset, file: FileId) -> Vec<LedgerPart> {
    let parts = data.file(file).parts.iter().take(PARTS).map(|&part| LedgerPart {
        part,
        identity: data.history.identities[part.index()].clone(),
        results: data.part(part).counts.results(),
        session: data.history.session_of[part.index()].map(|session| {
            let session = data.history.session(session);
            SessionKey { dut: data.history.dut(session.dut).name.clone(), session: session.id.clone() }
        }),
        others: data.history.session_of[part.index()].map_or(0, |session| others(data, file, session)),
    });
    parts.collect()
}

/// How many parts in other files belong to a session.
fn others(data: &Dataset, file: FileId, session: SessionId) -> u32 {
    let parts = data.history.session(session).parts.iter();
    parts.filter(|&&part| data.part(part).file != file).count() as u32
}
