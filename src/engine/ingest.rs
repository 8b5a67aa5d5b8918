//! Ingesting: adds what was read from a file to the data set.
//!
//! Entries of the same test in the same session become one result here, by the
//! rules of the format. Sessions and DUTs are derived afterwards, from all
//! files together.

use crate::import::{Batch, Imported, Role, Row, about};
use crate::model::{
    Attempt, Counts, Dataset, FileId, FileRecord, Flags, Note, Outcome, Overrides, Part, PartId, RepeatRule,
    ResultId, ScopeId, SessionDraft, Severity, Slice, StrId, counted, rounded,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How to read a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportOptions {
    /// The file that it replaces.
    pub instead: Option<FileId>,
    /// Key of the format that a person set; "" to recognize it.
    pub format: String,
    /// A person set it to count separately, although other files report the same.
    pub counts_alone: bool,
}

/// Adds a file to the data set, or replaces another file with it.
pub fn ingest(data: &mut Dataset, imported: Imported, options: &ImportOptions) -> FileId {
    let file = FileId::from(data.files.len());
    let instead = options.instead.filter(|instead| instead.index() < data.files.len());
    if let Some(instead) = instead {
        data.files[instead.index()].is_removed = true;
    }
    let Imported { path, bytes, hash, format: key, encoding, status, mut batch, keeps_texts, why, read_ms } =
        imported;
    let mut record = FileRecord {
        why,
        read_ms,
        is_removed: false,
        counts_alone: options.counts_alone,
        as_read: None,
        path,
        bytes,
        hash,
        format: about(&key).map_or("", |about| about.key),
        producer: std::mem::take(&mut batch.producer),
        encoding,
        keeps_texts,
        status,
        notes: std::mem::take(&mut batch.notes),
        parts: Vec::new(),
        results: 0,
    };
    let entries = batch.len();
    add_parts(data, file, &mut record, &mut batch);
    if let Some(instead) = instead {
        keep_names(data, instead, &record.parts);
    }
    let repeats = ((record.results as usize) < entries).then(|| {
        format!(
            "{entries} entries merged into {} (reruns, teardown errors)",
            counted(u64::from(record.results), "result")
        )
    });
    let counter = batch.counter.take().map(|said| format!("{said}; the elements are counted"));
    let texts: Vec<String> = repeats.into_iter().chain(counter).collect();
    if !texts.is_empty() {
        record.notes.push(Note { severity: Severity::Info, at: None, text: texts.join("; ") });
    }
    data.files.push(record);
    file
}

/// Overrides of a file's sessions apply to the sessions that replace them.
fn keep_names(data: &mut Dataset, instead: FileId, parts: &[PartId]) {
    let before = data.file(instead).parts.clone();
    for (before, part) in before.into_iter().zip(parts) {
        data.parts[part.index()].overrides = data.part(before).overrides.clone();
    }
}

fn add_parts(data: &mut Dataset, file: FileId, record: &mut FileRecord, batch: &mut Batch) {
    let drafts = std::mem::take(&mut batch.sessions);
    let sessions = drafts.len().max(1);
    let translation = Translation::new(data, batch);
    let entries = batch.len();
    let mut rows_of: Vec<Vec<(u32, Row)>> = vec![Vec::new(); sessions];
    let mut rows = (0..).zip(batch.rows.drain());
    if sessions > 1 {
        for (index, row) in rows.by_ref() {
            if let Some(rows) = rows_of.get_mut(row.session as usize) {
                rows.push((index, row));
            }
        }
    }
    data.tests.reserve(entries);
    data.results.reserve(entries);
    let drafts = drafts.into_iter().chain(std::iter::repeat_with(SessionDraft::default));
    for (index, draft) in drafts.take(sessions).enumerate() {
        let start = data.results.len() as u32;
        let of_session = rows_of.get_mut(index).map(std::mem::take).unwrap_or_default();
        // If there is a single session, all rows are still in `rows`.
        let rows = rows.by_ref().chain(of_session);
        add_rows(data, batch, rows, &translation, draft.repeats);
        let rows = start..data.results.len() as u32;
        let mut counts = Counts::default();
        for row in rows.start as usize..rows.end as usize {
            counts.add(data.results.outcome[row], data.results.flags[row], data.results.duration_s[row]);
        }
        record.results += counts.results();
        record.parts.push(PartId::from(data.parts.len()));
        data.parts.push(Part {
            file,
            place: (index, sessions),
            draft,
            rows,
            counts,
            overrides: Overrides::default(),
        });
    }
}

/// Maps ids of a batch to those of the data set.
struct Translation {
    scopes: Vec<ScopeId>,
    natives: Vec<StrId>,
    rerun: StrId,
}

impl Translation {
    fn new(data: &mut Dataset, batch: &Batch) -> Translation {
        let scopes = batch
            .scopes
            .iter()
            .map(|scope| data.tests.scope(batch.get(scope.text), scope.boundary))
            .collect();
        let natives =
            (0..batch.native_count()).map(|id| data.strings.intern(batch.native_word(id))).collect();
        Translation { scopes, natives, rerun: data.strings.intern("rerun") }
    }
}

fn add_rows(
    data: &mut Dataset,
    batch: &Batch,
    rows: impl Iterator<Item = (u32, Row)>,
    translation: &Translation,
    rule: RepeatRule,
) {
    let start = data.results.len();
    // By test: its result in this part.
    let mut result_of: Vec<u32> = vec![u32::MAX; data.tests.len()];
    let mut groups: BTreeMap<ResultId, Vec<(Attempt, Role)>> = BTreeMap::new();
    for (index, row) in rows {
        let scope = translation.scopes.get(row.scope as usize).copied().unwrap_or_default();
        let test = data.tests.test(scope, batch.get(row.name));
        if result_of.len() <= test.index() {
            result_of.resize((test.index() + 1).max(result_of.len() * 2), u32::MAX);
        }
        let entry = attempt(data, batch, &row, translation);
        let known = result_of[test.index()];
        if known != u32::MAX {
            let result = ResultId(known);
            let group = groups.entry(result).or_insert_with(|| {
                data.results.entries(result).into_iter().map(|e| (e, Role::Verdict)).collect()
            });
            group.push((entry, row.role));
            continue;
        }
        // Facts are in the order of rows.
        let fact = batch.facts.binary_search_by_key(&index, |&(row, ..)| row).ok().map(|at| batch.facts[at]);
        let result = data.results.push(test, entry, fact.map_or(1, |(_, attempts, _)| attempts));
        result_of[test.index()] = result.0;
        if fact.is_some_and(|(.., is_flaky)| is_flaky) {
            data.results.mark(result, Flags::FLAKY);
        }
        if row.role == Role::Earlier {
            groups.insert(result, vec![(entry, row.role)]);
        }
    }
    debug_assert!(groups.keys().all(|result| result.index() >= start));
    for (result, mut entries) in groups {
        let (verdict, flags) = settle(&mut entries, rule, translation.rerun);
        let entries: Vec<Attempt> = entries.into_iter().map(|(entry, _)| entry).collect();
        data.results.combine(result, verdict, flags, &entries);
    }
}

fn attempt(data: &mut Dataset, batch: &Batch, row: &Row, translation: &Translation) -> Attempt {
    Attempt {
        number: 0,
        outcome: row.outcome,
        native: translation.natives.get(row.native as usize).copied().unwrap_or_default(),
        duration_s: rounded(row.duration_s),
        message: data.strings.intern(batch.get(row.message)),
        slice: Slice { at: row.at, len: row.len },
    }
}

/// Combines several entries of one test in one session: numbers them by attempt,
/// and returns the verdict.
fn settle(entries: &mut [(Attempt, Role)], rule: RepeatRule, rerun: StrId) -> (Attempt, Flags) {
    let mut number: u16 = 0;
    for (entry, role) in entries.iter_mut().skip(1) {
        if *role != Role::Joined {
            number = number.saturating_add(1);
        }
        entry.number = number;
    }
    let has_earlier = entries.iter().any(|(_, role)| *role == Role::Earlier);
    let is_rerun = rule == RepeatRule::PytestJunit && number > 0 && {
        let before = entries.iter().filter(|(entry, _)| entry.number < number);
        let mut before = before.filter(|(_, role)| *role != Role::Earlier);
        before.all(|(entry, _)| entry.outcome == Outcome::Passed && entry.native == StrId(0))
    };
    if is_rerun && !has_earlier {
        for (entry, role) in entries.iter_mut().filter(|(entry, _)| entry.number < number) {
            (entry.outcome, entry.native, *role) = (Outcome::Failed, rerun, Role::Earlier);
        }
    }
    let last_counts = has_earlier || is_rerun || rule == RepeatRule::Last;
    let mut attempts: Vec<Attempt> = Vec::new();
    for (entry, _) in entries.iter() {
        match attempts.last_mut().filter(|attempt| attempt.number == entry.number) {
            Some(attempt) => *attempt = joined(*attempt, *entry),
            None => attempts.push(*entry),
        }
    }
    let last = *attempts.last().unwrap_or(&entries[0].0);
    let verdict = if last_counts {
        last
    } else {
        attempts.iter().fold(
            attempts[0],
            |worst, &attempt| {
                if attempt.outcome > worst.outcome { attempt } else { worst }
            },
        )
    };
    let disagree = attempts.iter().any(|attempt| attempt.outcome.disagrees_with(last.outcome));
    (verdict, if disagree { Flags::FLAKY } else { Flags::default() })
}

/// Combines two entries of one attempt: the worse outcome, and the sum of the durations.
fn joined(worst: Attempt, entry: Attempt) -> Attempt {
    let duration_s = match (worst.duration_s.is_nan(), entry.duration_s.is_nan()) {
        (false, false) => worst.duration_s + entry.duration_s,
        (true, _) => entry.duration_s,
        (_, true) => worst.duration_s,
    };
    let worse = if entry.outcome > worst.outcome { entry } else { worst };
    Attempt { duration_s, ..worse }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(outcome: Outcome, role: Role) -> (Attempt, Role) {
        let attempt = Attempt {
            number: 0,
            outcome,
            native: StrId(0),
            duration_s: 1.0,
            message: StrId(0),
            slice: Slice::default(),
        };
        (attempt, role)
    }

    /// Checks verdict, attempts and flakiness of entries in the order of the file.
    fn check(rule: RepeatRule, entries: &[(Outcome, Role)], expected: (Outcome, u16, bool)) {
        let mut entries: Vec<_> = entries.iter().map(|&(outcome, role)| entry(outcome, role)).collect();
        let (verdict, flags) = settle(&mut entries, rule, StrId(7));
        let attempts = entries.last().unwrap().0.number + 1;
        assert_eq!((verdict.outcome, attempts, flags.is_flaky()), expected);
    }

    use Outcome::{Error, Failed, Passed, Skipped, XFailed};
    use Role::{Earlier, Joined, Verdict};

    #[test]
    fn reruns_of_pytest_count_as_the_last_attempt() {
        let rule = RepeatRule::PytestJunit;
        check(rule, &[(Passed, Verdict), (Passed, Verdict)], (Passed, 2, true));
        check(rule, &[(Passed, Verdict), (Passed, Verdict), (Failed, Verdict)], (Failed, 3, false));
        check(rule, &[(Passed, Verdict), (Failed, Verdict), (Error, Joined)], (Error, 2, false));
    }

    #[test]
    fn a_teardown_error_joins_its_attempt() {
        let rule = RepeatRule::PytestJunit;
        check(rule, &[(Failed, Verdict), (Error, Joined)], (Error, 1, false));
    }

    #[test]
    fn repeats_count_as_the_worst_attempt() {
        for rule in [RepeatRule::Worst, RepeatRule::PytestJunit] {
            check(rule, &[(Failed, Verdict), (Passed, Verdict)], (Failed, 2, true));
            check(rule, &[(Skipped, Verdict), (XFailed, Verdict)], (XFailed, 2, true));
        }
        check(RepeatRule::Worst, &[(Passed, Verdict), (Passed, Verdict)], (Passed, 2, false));
        check(RepeatRule::Worst, &[(Failed, Verdict), (Error, Verdict)], (Error, 2, false));
    }

    #[test]
    fn marked_attempts_do_not_count() {
        check(RepeatRule::Worst, &[(Failed, Earlier), (Passed, Verdict)], (Passed, 2, true));
        check(RepeatRule::Worst, &[(Failed, Earlier), (Failed, Verdict)], (Failed, 2, false));
        check(RepeatRule::Last, &[(Failed, Verdict), (Passed, Verdict)], (Passed, 2, true));
    }
}
