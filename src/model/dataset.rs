//! The data set: the tables that answer all questions.

use super::{
    BuildOrder, Counts, FileId, FileRecord, FileStatus, Flags, History, IdentityField, IssuePlace,
    KnownIssue, Metrics, Outcome, Overrides, PartId, Renames, ReportRole, ResultId, Results, SessionDraft,
    SessionId, StrId, Strings, TestId, Tests,
};
use rustc_hash::FxHashMap;
use std::ops::Range;

/// One session's share of one file.
#[derive(Clone, Debug)]
pub struct Part {
    /// The file.
    pub file: FileId,
    /// Its place among the file's sessions, and how many there are.
    pub place: (usize, usize),
    /// What the file says about the session.
    pub draft: SessionDraft,
    /// Its results, which are consecutive rows.
    pub rows: Range<u32>,
    /// Its figures.
    pub counts: Counts,
    /// Identity fields that a person set.
    pub overrides: Overrides,
}

/// Everything that was read, and the DUTs and sessions that it belongs to.
#[derive(Clone, Debug, Default)]
pub struct Dataset {
    /// Native words and messages.
    pub strings: Strings,
    /// Identities of tests.
    pub tests: Tests,
    /// Columns of results.
    pub results: Results,
    /// What they measured.
    pub metrics: Metrics,
    /// The ledger, in the order in which files were dropped. Files are added with
    /// [`Dataset::add_file`].
    pub files: Vec<FileRecord>,
    /// How many files came again, with the same path and bytes.
    pub repeated_files: u32,
    /// Files by path.
    by_path: FxHashMap<String, Vec<FileId>>,
    /// Shares of sessions, in the order in which they were read.
    pub parts: Vec<Part>,
    /// Names of DUTs that a person replaced.
    pub renames: Renames,
    /// The order of builds that a person chose.
    pub build_order: BuildOrder,
    /// Sessions and DUTs: derived from `files` and `parts`.
    pub history: History,
}

impl Dataset {
    /// A file.
    pub fn file(&self, id: FileId) -> &FileRecord {
        &self.files[id.index()]
    }

    /// Adds a file to the ledger.
    pub fn add_file(&mut self, file: FileRecord) -> FileId {
        let id = FileId::from(self.files.len());
        self.by_path.entry(file.path.clone()).or_default().push(id);
        self.files.push(file);
        id
    }

    /// The files that count with this path, in the order in which they were dropped.
    pub fn files_at(&self, path: &str) -> impl Iterator<Item = FileId> {
        let files = self.by_path.get(path).into_iter().flatten().copied();
        files.filter(|file| !self.file(*file).is_removed)
    }

    /// The files that count: all except removed ones.
    pub fn ledger(&self) -> impl Iterator<Item = (FileId, &FileRecord)> {
        let files = self.files.iter().enumerate().map(|(index, file)| (FileId::from(index), file));
        files.filter(|(_, file)| !file.is_removed)
    }

    /// Whether the file of a part counts: it is neither removed nor a duplicate.
    pub fn counts(&self, part: PartId) -> bool {
        let file = self.file(self.part(part).file);
        !file.is_removed && file.status != FileStatus::Duplicate
    }

    /// Whether a person made a part a separate session.
    pub fn is_parted(&self, part: PartId) -> bool {
        let part = self.part(part);
        part.overrides.get(IdentityField::Session).is_some() || self.file(part.file).counts_alone
    }

    /// A part.
    pub fn part(&self, id: PartId) -> &Part {
        &self.parts[id.index()]
    }

    /// Whether a file describes a report and is not expected to have results.
    pub fn is_cover(&self, file: &FileRecord) -> bool {
        let mut reports = file.parts.iter().filter_map(|&part| self.part(part).draft.report.as_ref());
        reports.any(|report| matches!(report.role, ReportRole::Cover | ReportRole::Aside))
    }

    /// The part that holds a result.
    pub fn part_of(&self, result: ResultId) -> PartId {
        let after = self.parts.partition_point(|part| part.rows.start <= result.0);
        PartId::from(after.saturating_sub(1))
    }

    /// The results of a session.
    pub fn results_of(&self, session: SessionId) -> impl Iterator<Item = ResultId> + '_ {
        self.history
            .session(session)
            .parts
            .iter()
            .flat_map(|&part| self.part(part).rows.clone())
            .map(ResultId)
            .filter(|result| !self.history.covered.get(result.index()).is_some_and(|&covered| covered))
    }

    /// Whether attempts or repeats of a result disagree.
    pub fn is_flaky(&self, result: ResultId) -> bool {
        self.flags(result).is_flaky()
    }

    /// The flags of a result, flaky repeats and known issues included.
    pub fn flags(&self, result: ResultId) -> Flags {
        let mut flags = self.results.flags[result.index()];
        if self.history.flaky.binary_search(&result).is_ok() {
            flags = flags.with(Flags::FLAKY);
        }
        if self.history.known.binary_search_by_key(&result, |(known, _)| *known).is_ok() {
            flags = flags.with(Flags::KNOWN);
        }
        flags
    }

    /// The known issue that covers a failing result.
    pub fn known_issue(&self, result: ResultId) -> Option<&KnownIssue> {
        let known = &self.history.known;
        let at = known.binary_search_by_key(&result, |(known, _)| *known).ok()?;
        Some(self.issue(self.history.issues[known[at].1 as usize]))
    }

    /// A known issue.
    pub fn issue(&self, place: IssuePlace) -> &KnownIssue {
        &self.file(place.file).known_issues[place.at as usize]
    }

    /// The repeats that a result represents, in order; only itself if it has no repeats.
    pub fn repeats(&self, result: ResultId) -> Vec<ResultId> {
        let repeats = &self.history.repeats;
        let from = repeats.partition_point(|(counts, _)| *counts < result);
        let of_result = repeats[from..].iter().take_while(|(counts, _)| *counts == result);
        let repeats: Vec<ResultId> = of_result.map(|(_, repeat)| *repeat).collect();
        if repeats.is_empty() { vec![result] } else { repeats }
    }

    /// The same result in other files of the report.
    pub fn also_told(&self, result: ResultId) -> impl Iterator<Item = ResultId> + '_ {
        let pairs = &self.history.also_told;
        let from = pairs.partition_point(|(told, _)| *told < result);
        pairs[from..].iter().take_while(move |(told, _)| *told == result).map(|(_, other)| *other)
    }

    /// The number of attempts of a result, including those of its repeats.
    pub fn attempts(&self, result: ResultId) -> u16 {
        let attempts = self.repeats(result).into_iter().map(|repeat| self.results.attempts[repeat.index()]);
        attempts.fold(0, u16::saturating_add)
    }

    /// The result of each test in a session, by test; `None` for tests without one.
    pub fn by_test(&self, session: SessionId) -> Vec<Option<ResultId>> {
        let mut by_test = vec![None; self.tests.len()];
        for result in self.results_of(session) {
            by_test[self.test_of(result).index()] = Some(result);
        }
        by_test
    }

    /// The test of a result.
    pub fn test_of(&self, result: ResultId) -> TestId {
        self.results.test[result.index()]
    }

    /// The outcome of a result.
    pub fn outcome(&self, result: ResultId) -> Outcome {
        self.results.outcome[result.index()]
    }

    /// The first line of a result's message, "" if it has none.
    pub fn message(&self, result: ResultId) -> &str {
        self.strings.get(self.results.message[result.index()])
    }

    /// Where a failing result failed: the top frame, "" if it is unknown.
    pub fn frame(&self, result: ResultId) -> &str {
        self.strings.get(self.results.frame(result))
    }

    /// The file's own word for a result's outcome, "" if it has none.
    pub fn native(&self, result: ResultId) -> &str {
        self.strings.get(self.results.native[result.index()])
    }

    /// A string.
    pub fn text(&self, id: StrId) -> &str {
        self.strings.get(id)
    }

    /// A session of a DUT by its id, or the DUT's latest.
    pub fn find_session(&self, dut: &str, session: Option<&str>) -> Option<SessionId> {
        let dut = self.history.duts.iter().find(|have| have.name == dut)?;
        match session {
            None => dut.latest(),
            Some(id) => dut.sessions.iter().copied().find(|&have| self.history.session(have).id == id),
        }
    }

    /// The label of a session: that of its first part that has one.
    pub fn label(&self, session: SessionId) -> Option<&str> {
        self.told_of(session).find_map(|part| self.part(part).draft.label.as_deref())
    }

    /// The parts of a session, and the covers that apply to it.
    pub fn told_of(&self, session: SessionId) -> impl Iterator<Item = PartId> + '_ {
        let session = self.history.session(session);
        session.parts.iter().chain(&session.covers).copied()
    }

    /// The sessions that "now" means: the latest of each DUT.
    pub fn latest_sessions(&self) -> Vec<SessionId> {
        self.history.duts.iter().filter_map(|dut| dut.latest()).collect()
    }
}
