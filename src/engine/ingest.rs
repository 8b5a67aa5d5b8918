//! Ingesting: adds what was read from a file to the data set.
//!
//! Entries of the same test in the same session become one result here, by the
//! rules of the format. Sessions and DUTs are derived afterwards, from all
//! files together.

use crate::import::identify::names_something;
use crate::import::{Batch, Imported, Role, Row, about};
use crate::model::{
    Attempt, Begin, Counts, Dataset, FileId, FileRecord, FileStatus, Flags, IdentityField, Measured,
    MetricKind, Note, Outcome, Overrides, Part, PartId, RepeatRule, ResultId, ScopeId, SessionDraft,
    Severity, Slice, StrId, TestId, counted, head, rounded,
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
    /// A person set that entries with equal names are attempts of one test, of which the last
    /// counts.
    pub are_attempts: bool,
    /// A person set that suites of the file are not DUTs.
    pub is_one_dut: bool,
}

/// Adds a file to the data set, or replaces another file with it. A file that is there
/// already, with the same path and bytes, is not added again.
pub fn ingest(data: &mut Dataset, imported: Imported, options: &ImportOptions) -> FileId {
    // With options, a person wants it read in another way.
    let is_new = *options == ImportOptions::default();
    if let Some(known) = known(data, &imported).filter(|_| is_new) {
        data.repeated_files += 1;
        return known;
    }
    let file = FileId::from(data.files.len());
    let instead = options.instead.filter(|instead| instead.index() < data.files.len());
    let instead = instead.or_else(|| earlier_version(data, &imported).filter(|_| is_new));
    if let Some(instead) = instead {
        data.files[instead.index()].is_removed = true;
    }
    let Imported {
        path,
        bytes,
        hash,
        format: key,
        encoding,
        status,
        mut batch,
        keeps_texts,
        why,
        read_ms,
        modified_ms,
    } = imported;
    let mut record = FileRecord {
        why,
        read_ms,
        modified_ms,
        is_removed: false,
        counts_alone: options.counts_alone,
        are_attempts: options.are_attempts,
        has_equal_names: false,
        is_one_dut: options.is_one_dut,
        are_suites_duts: batch.are_suites_duts,
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
        is_knowledge: batch.is_knowledge,
        known_issues: std::mem::take(&mut batch.known_issues),
        dut_attributes: std::mem::take(&mut batch.dut_attributes),
        manifest: batch.manifest.take(),
    };
    let entries = batch.len();
    let equal = add_parts(data, file, &mut record, &mut batch);
    if let Some(instead) = instead {
        keep_names(data, instead, &record.parts);
    }
    if instead.is_some() && options.instead.is_none() {
        let text = match record.is_knowledge {
            true => "replaces an earlier version of this file",
            false => "replaces an earlier version of this file: path, names and start time agree",
        };
        record.notes.push(Note { severity: Severity::Info, at: None, text: text.to_owned() });
    }
    let repeats = ((record.results as usize) < entries).then(|| {
        format!(
            "{entries} entries merged into {} (reruns, teardown errors)",
            counted(u64::from(record.results), "result")
        )
    });
    let mut texts: Vec<String> = repeats.into_iter().collect();
    texts.extend(equal.notes());
    let counter = batch.counter.take().map(|said| format!("{said}; the elements are counted"));
    texts.extend(counter);
    if !texts.is_empty() {
        record.notes.push(Note { severity: Severity::Info, at: None, text: texts.join("; ") });
    }
    data.add_file(record)
}

/// The file with the same path and bytes.
fn known(data: &Dataset, imported: &Imported) -> Option<FileId> {
    let is_same = |file: &FileRecord| {
        (file.hash, file.bytes, file.format) == (imported.hash, imported.bytes, imported.format.as_str())
            // Files that could not be read at all may be read now.
            && file.bytes > 0
    };
    data.files_at(&imported.path).find(|file| is_same(data.file(*file)))
}

/// The file that this one is a newer version of: its path is the same, and so is what it
/// says about its sessions, which have a start time.
fn earlier_version(data: &Dataset, imported: &Imported) -> Option<FileId> {
    let says = |draft: &SessionDraft| draft.started.map(|started| (started, draft.claims.clone()));
    let new: Vec<_> = imported.batch.sessions.iter().map(says).collect();
    let is_earlier = |file: &FileRecord| {
        let have = file.parts.iter().map(|part| says(&data.part(*part).draft));
        file.status != FileStatus::Duplicate && have.eq(new.iter().cloned())
    };
    let is_known = !new.is_empty() && new.iter().all(Option::is_some);
    // Two devices may have begun in the same second: a file that names no DUT replaces none.
    let names_dut = |draft: &SessionDraft| draft.claims.iter().any(|claim| claim.axis == IdentityField::Dut);
    let is_named = names_something(&imported.path) || imported.batch.sessions.iter().all(names_dut);
    let is_known = is_known && is_named;
    // A list at the same path is a newer version of it.
    let is_list = |file: &FileRecord| file.is_knowledge && imported.batch.is_knowledge;
    data.files_at(&imported.path)
        .find(|file| is_known && is_earlier(data.file(*file)) || is_list(data.file(*file)))
}

/// Overrides of a file's sessions apply to the sessions that replace them.
fn keep_names(data: &mut Dataset, instead: FileId, parts: &[PartId]) {
    let before = data.file(instead).parts.clone();
    for (before, part) in before.into_iter().zip(parts) {
        data.parts[part.index()].overrides = data.part(before).overrides.clone();
    }
}

fn add_parts(data: &mut Dataset, file: FileId, record: &mut FileRecord, batch: &mut Batch) -> EqualNames {
    let mut equal = EqualNames::default();
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
        note_incomplete(&draft, &mut record.notes);
        let start = data.results.len() as u32;
        let of_session = rows_of.get_mut(index).map(std::mem::take).unwrap_or_default();
        // If there is a single session, all rows are still in `rows`.
        let rows = rows.by_ref().chain(of_session);
        let is_unmarked = matches!(draft.repeats, RepeatRule::Separate | RepeatRule::GoJunit);
        let rule = if record.are_attempts && is_unmarked { RepeatRule::Last } else { draft.repeats };
        add_rows(data, batch, rows, &translation, rule, &mut equal);
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
    record.has_equal_names = equal.entries > 0 || equal.retried_names > 0;
    equal
}

/// Notes why a session is incomplete, unless a note of the importer says so.
fn note_incomplete(draft: &SessionDraft, notes: &mut Vec<Note>) {
    /// The most notes of a file that may be there already.
    const NOTES: usize = 100;
    let Some(reason) = &draft.incomplete else {
        return;
    };
    if notes.len() < NOTES && !notes.iter().any(|note| note.text.contains(reason)) {
        let text = format!("incomplete session: {reason}");
        notes.push(Note { severity: Severity::Warning, at: None, text });
    }
}

/// Maps ids of a batch to those of the data set.
struct Translation {
    scopes: Vec<ScopeId>,
    metrics: Vec<u32>,
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
        let metric = |&(name, unit): &(crate::import::Text, crate::import::Text)| {
            let (name, unit) = (data.strings.intern(batch.get(name)), data.strings.intern(batch.get(unit)));
            data.metrics.kind(MetricKind { name, unit })
        };
        let metrics = batch.metrics.iter().map(metric).collect();
        Translation { scopes, metrics, natives, rerun: data.strings.intern("rerun") }
    }
}

/// Adds the rows of one part.
fn add_rows(
    data: &mut Dataset,
    batch: &Batch,
    rows: impl Iterator<Item = (u32, Row)>,
    translation: &Translation,
    rule: RepeatRule,
    equal: &mut EqualNames,
) {
    let start = data.results.len();
    // By test: its result in this part; for a repeated name the latest one.
    let mut result_of: Vec<u32> = vec![u32::MAX; data.tests.len()];
    let mut groups: BTreeMap<ResultId, Vec<(Attempt, Role)>> = BTreeMap::new();
    let mut numbering = Numbering::default();
    let mut begins: Vec<Begin> = Vec::new();
    // Most files say none of this.
    let has_begins = !batch.begins.is_empty();
    let has_measured = !batch.measured.is_empty();
    let has_facts = !batch.facts.is_empty();
    let begin_of = |data: &mut Dataset, index: u32, result: ResultId| {
        if !has_begins {
            return None;
        }
        let at = batch.begins.binary_search_by_key(&index, |begin| begin.row).ok()?;
        let begin = batch.begins.get(at)?;
        let worker = data.strings.intern(batch.get(begin.worker));
        Some(Begin { result, unix_ms: begin.unix_ms, worker })
    };
    let mut measured: Vec<Measured> = Vec::new();
    let measured_by = |index: u32, result: ResultId| {
        let from = batch.measured.partition_point(|measured| measured.row < index);
        let of_row = batch.measured.get(from..).unwrap_or_default().iter();
        let of_row = of_row.take_while(move |measured| measured.row == index);
        of_row.filter_map(move |draft| {
            let kind = *translation.metrics.get(draft.metric as usize)?;
            Some(Measured { result, kind, value: draft.value, lower: draft.lower, upper: draft.upper })
        })
    };
    for (index, row) in rows {
        let scope = translation.scopes.get(row.scope as usize).copied().unwrap_or_default();
        let mut test = data.tests.test(scope, batch.get(row.name));
        fit(&mut result_of, test);
        let entry = attempt(data, batch, index, &row, translation);
        let known = Some(result_of[test.index()]).filter(|&known| known != u32::MAX).map(ResultId);
        if let Some(result) = known {
            let is_open = || groups.get(&result).and_then(|group| group.last());
            let belongs = rule != RepeatRule::Separate
                || matches!(row.role, Role::Joined | Role::Rerun)
                || is_open().is_some_and(|(_, role)| *role == Role::Earlier);
            if belongs {
                let group = groups.entry(result).or_insert_with(|| {
                    data.results.entries(result).into_iter().map(|e| (e, Role::Verdict)).collect()
                });
                group.push((entry, row.role));
                begins.extend(begin_of(data, index, result));
                if has_measured {
                    measured.extend(measured_by(index, result));
                }
                continue;
            }
            let named = test;
            test = numbering.next(data, named, result, &mut result_of);
            // Later entries of this name may belong to this one.
            result_of[named.index()] = data.results.len() as u32;
        }
        // Facts are in the order of rows.
        let fact = match has_facts {
            true => batch.facts.binary_search_by_key(&index, |&(row, ..)| row).ok().map(|at| batch.facts[at]),
            false => None,
        };
        let result = data.results.push(test, entry, fact.map_or(1, |(_, attempts, _)| attempts));
        result_of[test.index()] = result.0;
        begins.extend(begin_of(data, index, result));
        if has_measured {
            measured.extend(measured_by(index, result));
        }
        if fact.is_some_and(|(.., is_flaky)| is_flaky) {
            data.results.mark(result, Flags::FLAKY);
        }
        if row.role == Role::Earlier {
            groups.insert(result, vec![(entry, row.role)]);
        }
    }
    data.results.add_begins(begins);
    data.metrics.add(measured);
    debug_assert!(groups.keys().all(|result| result.index() >= start));
    for (result, mut entries) in groups {
        let (verdict, flags) = settle(&mut entries, rule, translation.rerun);
        let last = entries.last().map(|(entry, _)| entry.outcome);
        if rule == RepeatRule::GoJunit && last == Some(Outcome::Passed) && verdict.outcome.is_failing() {
            equal.add_retried(data.tests.name(data.test_of(result)));
        }
        let entries: Vec<Attempt> = entries.into_iter().map(|(entry, _)| entry).collect();
        data.results.combine(result, verdict, flags, &entries);
    }
    numbering.count(data, equal);
}

/// Makes room for a test in a list by test.
fn fit(by_test: &mut Vec<u32>, test: TestId) {
    if by_test.len() <= test.index() {
        by_test.resize((test.index() + 1).max(by_test.len() * 2), u32::MAX);
    }
}

/// The numbers of tests of one part that have the same name.
#[derive(Default)]
struct Numbering {
    /// By test as the file names it: the results of all entries, and the last number.
    given: BTreeMap<TestId, (Vec<ResultId>, u32)>,
}

impl Numbering {
    /// Returns the test of the next entry with a name that the part has already: `name #2`. In the
    /// same order of entries, each gets the same number in every file.
    fn next(
        &mut self,
        data: &mut Dataset,
        named: TestId,
        before: ResultId,
        result_of: &mut Vec<u32>,
    ) -> TestId {
        let (results, number) = self.given.entry(named).or_insert_with(|| (vec![before], 1));
        results.push(ResultId::from(data.results.len()));
        let (scope, name) = (data.tests.scope_of(named), data.tests.name(named).to_owned());
        loop {
            *number += 1;
            let test = data.tests.test(scope, &format!("{name} #{number}"));
            fit(result_of, test);
            // The file may have a test of this name, too.
            if result_of[test.index()] == u32::MAX {
                return test;
            }
        }
    }

    fn count(&self, data: &Dataset, equal: &mut EqualNames) {
        for (&test, (results, _)) in &self.given {
            let name = data.tests.name(test);
            if equal.entries == 0 {
                name.clone_into(&mut equal.example);
            }
            equal.entries += results.len() as u64;
            let outcome = |&result: &ResultId| data.outcome(result);
            let has_failed = results.iter().any(|result| outcome(result).is_failing());
            if has_failed && results.last().map(outcome) == Some(Outcome::Passed) {
                equal.add_retried(name);
            }
        }
    }
}

/// What a file's entries with equal names are, for its notes.
#[derive(Default)]
struct EqualNames {
    /// Entries that are tests of their own although they share a name.
    entries: u64,
    /// One of these names.
    example: String,
    /// Names of which an entry failed and the last one passed: their number, and the first.
    retried: String,
    retried_names: u64,
}

impl EqualNames {
    fn add_retried(&mut self, name: &str) {
        if self.retried_names == 0 {
            name.clone_into(&mut self.retried);
        }
        self.retried_names += 1;
    }

    fn notes(&self) -> impl Iterator<Item = String> {
        let numbered = (self.entries > 0).then(|| {
            let name = head(&self.example, 80);
            format!(
                "{} entries share a name, such as `{name}`: each is a test of its own, numbered in file order",
                self.entries
            )
        });
        let retried = (self.retried_names > 0).then(|| {
            let names = counted(self.retried_names, "test");
            let name = head(&self.retried, 80);
            format!(
                "{names} failed and then passed, such as `{name}`: the runner may have retried them, but the file does not mark reruns, so the failures count"
            )
        });
        numbered.into_iter().chain(retried)
    }
}

fn attempt(data: &mut Dataset, batch: &Batch, index: u32, row: &Row, translation: &Translation) -> Attempt {
    let frame = if row.outcome.is_failing() { batch.frame(index) } else { "" };
    Attempt {
        number: 0,
        outcome: row.outcome,
        native: translation.natives.get(row.native as usize).copied().unwrap_or_default(),
        duration_s: rounded(row.duration_s),
        message: data.strings.intern(batch.get(row.message)),
        frame: data.strings.intern(frame),
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
    if rule == RepeatRule::PytestJunit && !has_earlier {
        let is_childless = |entry: &Attempt| entry.outcome == Outcome::Passed && entry.native == StrId(0);
        for (entry, _) in entries.iter_mut().filter(|(entry, _)| entry.number < number && is_childless(entry))
        {
            (entry.outcome, entry.native) = (Outcome::Failed, rerun);
        }
    }
    let last_counts = has_earlier
        || matches!(rule, RepeatRule::PytestJunit | RepeatRule::Last)
        || entries.iter().any(|(_, role)| *role == Role::Rerun);
    let mut attempts: Vec<Attempt> = Vec::new();
    for (entry, _) in entries.iter() {
        match attempts.last_mut().filter(|attempt| attempt.number == entry.number) {
            Some(attempt) => *attempt = joined(*attempt, *entry),
            None => attempts.push(*entry),
        }
    }
    let last = *attempts.last().unwrap_or(&entries[0].0);
    let mut verdict = if last_counts {
        last
    } else {
        attempts.iter().fold(
            attempts[0],
            |worst, &attempt| {
                if attempt.outcome > worst.outcome { attempt } else { worst }
            },
        )
    };
    if verdict.duration_s.is_nan() {
        // Only the first run of a test case may have a time.
        verdict.duration_s = attempts.iter().map(|a| a.duration_s).find(|s| !s.is_nan()).unwrap_or(f64::NAN);
    }
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
            frame: StrId(0),
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
    use Role::{Earlier, Joined, Rerun, Verdict};

    #[test]
    fn reruns_of_pytest_count_as_the_last_attempt() {
        let rule = RepeatRule::PytestJunit;
        check(rule, &[(Passed, Verdict), (Passed, Verdict)], (Passed, 2, true));
        check(rule, &[(Passed, Verdict), (Passed, Verdict), (Failed, Verdict)], (Failed, 3, false));
        check(rule, &[(Passed, Verdict), (Failed, Verdict), (Error, Joined)], (Error, 2, false));
        check(rule, &[(Failed, Verdict), (Passed, Verdict)], (Passed, 2, true));
        check(rule, &[(Passed, Verdict), (Failed, Verdict), (Passed, Verdict)], (Passed, 3, true));
    }

    #[test]
    fn a_teardown_error_joins_its_attempt() {
        let rule = RepeatRule::PytestJunit;
        check(rule, &[(Failed, Verdict), (Error, Joined)], (Error, 1, false));
    }

    #[test]
    fn repeats_count_as_the_worst_attempt() {
        for rule in [RepeatRule::Worst, RepeatRule::GoJunit] {
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

    #[test]
    fn the_last_marked_rerun_counts() {
        let rule = RepeatRule::Separate;
        check(rule, &[(Error, Verdict), (Failed, Rerun)], (Failed, 2, false));
        check(rule, &[(Failed, Verdict), (Passed, Rerun)], (Passed, 2, true));
        check(rule, &[(Failed, Verdict), (Error, Joined), (Passed, Rerun)], (Passed, 2, true));
    }
}
