//! Known issues: which failures they cover, and which of them no longer say the truth.
//!
//! A failure that a known issue covers stays a failure. It is marked and counted apart, so that new failures are seen
//! beside it.

use super::index::Index;
use super::natural;
use crate::model::{
    Dataset, Dut, FileStatus, History, IssuePlace, KnownIssue, Outcome, ResultId, Session, SessionId, TestId,
    Timestamp, head,
};
use crate::query::{Filter, Sort, SortKey};
use crate::text::order::Order;
use crate::text::{glob, is_glob};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// How many DUTs a line names at most.
const DUTS: usize = 20;

/// A known issue, and what the results say about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IssueLine {
    /// The issue.
    pub issue: KnownIssue,
    /// The path of its file.
    pub file: String,
    /// Its place in the file.
    pub at: u32,
    /// A person can change it: its file has nothing but known issues.
    pub is_editable: bool,
    /// What the results say about it.
    pub state: IssueState,
    /// How many tests it matches, in any session.
    pub tests: u32,
    /// How many failing results it covers in the latest sessions.
    pub now: u32,
    /// How many failing results it covers in all sessions.
    pub all: u32,
    /// The DUTs on which tests that it matches pass in the latest session, although it does not say that they may;
    /// and how many these are.
    pub passes_on: (Vec<String>, u32),
}

/// What the results say about a known issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum IssueState {
    /// Its last day is before a latest session. Failures since then are not known.
    Expired,
    /// Tests pass that should fail.
    PassesUnexpectedly,
    /// It matches no test of any session.
    MatchesNothing,
    /// It matches tests, and none of them fails in any session.
    NothingFails,
    /// It covers failures in a latest session.
    Fails,
    /// An intermittent failure that does not occur in the latest sessions.
    PassesNow,
}

impl IssueState {
    /// The words that people and exports see.
    pub fn words(self) -> &'static str {
        match self {
            IssueState::Expired => "expired",
            IssueState::PassesUnexpectedly => "passes unexpectedly",
            IssueState::MatchesNothing => "stale: matches no test",
            IssueState::NothingFails => "stale: nothing fails",
            IssueState::Fails => "fails as expected",
            IssueState::PassesNow => "passes now, intermittent",
        }
    }

    /// Whether a person should look at it.
    pub fn needs_attention(self) -> bool {
        !matches!(self, IssueState::Fails | IssueState::PassesNow)
    }
}

/// All known issues of the files that count, in the order in which they apply: by path, then place. An issue that
/// another file repeats counts once.
pub fn issues(data: &Dataset) -> Vec<IssuePlace> {
    let files = data.ledger().filter(|(_, file)| file.status != FileStatus::Duplicate);
    let mut files: Vec<_> = files.filter(|(_, file)| !file.known_issues.is_empty()).collect();
    files.order_by(|(_, a), (_, b)| a.path.cmp(&b.path).then(a.hash.cmp(&b.hash)));
    let mut issues: Vec<IssuePlace> = Vec::new();
    let mut seen: FxHashMap<&str, Vec<&KnownIssue>> = FxHashMap::default();
    for (file, record) in files {
        for (at, issue) in (0..).zip(&record.known_issues) {
            let same_test = seen.entry(&issue.test).or_default();
            if !same_test.contains(&issue) {
                same_test.push(issue);
                issues.push(IssuePlace { file, at });
            }
        }
    }
    issues
}

/// Finds the failures that known issues cover, and counts them in their sessions.
pub fn mark(data: &Dataset, history: &mut History) {
    history.issues = issues(data);
    if history.issues.is_empty() {
        return;
    }
    let matcher = Matcher::new(data, &history.issues);
    let mut known = Vec::new();
    for session in &mut history.sessions {
        let dut = &history.duts[session.dut.index()];
        let rows = session.parts.iter().flat_map(|&part| data.part(part).rows.clone()).map(ResultId);
        let counts = |result: &ResultId| !history.covered.get(result.index()).is_some_and(|&covered| covered);
        let mut of_session = 0;
        let day = day_of(data, session);
        for result in rows.filter(counts).filter(|&result| data.outcome(result).is_failing()) {
            let mut issues = matcher.of_test(data.test_of(result)).iter().copied();
            let covers = |&place: &u32| {
                let issue = matcher.issue(place);
                is_about(issue, dut, session)
                    && has_message(issue, data.message(result))
                    && !is_over(issue, &day)
            };
            if let Some(place) = issues.find(covers) {
                known.push((result, place));
                of_session += 1;
            }
        }
        session.counts.known = of_session;
    }
    known.order();
    history.known = known;
}

/// The known issues of each test.
struct Matcher<'a> {
    issues: Vec<&'a KnownIssue>,
    /// By test: the places of the issues that match it, ascending.
    by_test: FxHashMap<TestId, Vec<u32>>,
}

impl<'a> Matcher<'a> {
    fn new(data: &'a Dataset, places: &[IssuePlace]) -> Matcher<'a> {
        let issues: Vec<&KnownIssue> = places.iter().map(|&place| data.issue(place)).collect();
        let mut exact: FxHashMap<String, Vec<u32>> = FxHashMap::default();
        let mut patterns: Vec<(String, u32)> = Vec::new();
        for (place, issue) in (0..).zip(&issues) {
            let pattern = plain(&issue.test);
            match is_glob(&pattern) {
                true => patterns.push((pattern, place)),
                false => exact.entry(pattern).or_default().push(place),
            }
        }
        let mut by_test: FxHashMap<TestId, Vec<u32>> = FxHashMap::default();
        for test in data.tests.ids() {
            let name = plain(data.tests.name(test));
            let scope = plain(data.tests.scope_text(data.tests.scope_of(test)));
            let full = if scope.is_empty() { name.clone() } else { format!("{scope}.{name}") };
            let mut places: Vec<u32> =
                [&name, &full].into_iter().filter_map(|text| exact.get(text)).flatten().copied().collect();
            let matching =
                patterns.iter().filter(|(pattern, _)| glob(pattern, &name) || glob(pattern, &full));
            places.extend(matching.map(|(_, place)| *place));
            places.order();
            places.dedup();
            if !places.is_empty() {
                by_test.insert(test, places);
            }
        }
        Matcher { issues, by_test }
    }

    fn of_test(&self, test: TestId) -> &[u32] {
        self.by_test.get(&test).map_or(&[], Vec::as_slice)
    }

    fn issue(&self, place: u32) -> &'a KnownIssue {
        self.issues[place as usize]
    }
}

/// A name of a test without the spelling that differs between formats: `tests/test_a.py::TestX::test_y` and
/// `tests.test_a.TestX.test_y` are equal.
fn plain(name: &str) -> String {
    name.replace(".py::", ".").replace("::", ".").replace('/', ".")
}

/// Whether an issue is about a DUT, and a session of it.
fn is_about(issue: &KnownIssue, dut: &Dut, session: &Session) -> bool {
    let is_on = issue.duts.is_empty() || issue.duts.iter().any(|pattern| glob(pattern, &dut.name));
    is_on
        && issue.attributes.iter().all(|(key, pattern)| {
            let own = dut.attributes.iter().find(|(have, _)| have == key).map(|(_, value)| value.as_str());
            let value = own.or_else(|| match key.as_str() {
                "unit" => session.identity.unit.as_ref().map(|unit| unit.value.as_str()),
                "build" => session.build(),
                _ => None,
            });
            value.is_some_and(|value| glob(pattern, value))
        })
}

fn has_message(issue: &KnownIssue, message: &str) -> bool {
    issue.message.is_empty() || glob(&format!("*{}*", issue.message), message)
}

/// The day of a session as `2026-12-31`: of its start, else of the last change of its files; "" if neither is known.
fn day_of(data: &Dataset, session: &Session) -> String {
    let modified = || {
        let times = session.parts.iter().filter_map(|&part| data.file(data.part(part).file).modified_ms);
        times.max().map(|unix_ms| Timestamp { unix_ms, offset_min: Some(0) })
    };
    let time = session.started.or_else(modified);
    time.map(|time| head(&time.iso(), "2026-12-31".len()).to_owned()).unwrap_or_default()
}

/// Whether an issue expired before a day. Days of this form compare as texts.
fn is_over(issue: &KnownIssue, day: &str) -> bool {
    !issue.expires.is_empty() && issue.expires.as_str() < day
}

/// What the results say about each known issue, in the order in which they apply.
pub fn issue_lines(data: &Dataset, index: &Index) -> Vec<IssueLine> {
    let issues = &data.history.issues;
    if issues.is_empty() {
        return Vec::new();
    }
    let matcher = Matcher::new(data, issues);
    let mut found = vec![Found::default(); issues.len()];
    let days: Vec<String> = data.history.sessions.iter().map(|session| day_of(data, session)).collect();
    let mut tests: Vec<(&TestId, &Vec<u32>)> = matcher.by_test.iter().collect();
    tests.order();
    for (&test, places) in tests {
        for &place in places {
            found[place as usize].add(data, index, matcher.issue(place), test, &days);
        }
    }
    for &(result, place) in &data.history.known {
        let found = &mut found[place as usize];
        found.all += 1;
        let session = data.history.session_of[data.part_of(result).index()];
        found.now += u32::from(session.is_some_and(|session| index.results.is_latest(session)));
    }
    let lines = issues.iter().zip(found).map(|(&place, found)| {
        let issue = data.issue(place);
        let names = found.passes_on.iter().take(DUTS).map(|&dut| data.history.duts[dut].name.clone());
        IssueLine {
            issue: issue.clone(),
            file: data.file(place.file).path.clone(),
            at: place.at,
            is_editable: data.file(place.file).is_knowledge,
            state: found.state(issue),
            tests: found.tests,
            now: found.now,
            all: found.all,
            passes_on: (names.collect(), found.passes_on.len() as u32),
        }
    });
    lines.collect()
}

/// What was found about a known issue.
#[derive(Clone, Debug, Default)]
struct Found {
    tests: u32,
    now: u32,
    all: u32,
    /// A matching result fails in a session, or is expected to, whatever covers it.
    fails: bool,
    fails_now: bool,
    passes_now: bool,
    /// A latest session of a DUT that it is about is later than its last day.
    is_over: bool,
    /// The places of DUTs, ascending.
    passes_on: Vec<usize>,
}

impl Found {
    fn add(&mut self, data: &Dataset, index: &Index, issue: &KnownIssue, test: TestId, days: &[String]) {
        let mut matches = false;
        for &(id, result) in index.results.all(test) {
            let session = data.history.session(id);
            if !is_about(issue, data.history.dut(session.dut), session) {
                continue;
            }
            matches = true;
            let outcome = data.outcome(result);
            let fails = outcome == Outcome::XFailed
                || outcome.is_failing() && has_message(issue, data.message(result));
            let is_latest = index.results.is_latest(id);
            self.fails |= fails;
            self.fails_now |= fails && is_latest;
            if is_latest {
                self.is_over |= is_over(issue, &days[id.index()]);
                if matches!(outcome, Outcome::Passed | Outcome::XPassed) {
                    self.passes_now = true;
                    let dut = session.dut.index();
                    if let (false, Err(at)) = (issue.intermittent, self.passes_on.binary_search(&dut)) {
                        self.passes_on.insert(at, dut);
                    }
                }
            }
        }
        self.tests += u32::from(matches);
    }

    fn state(&self, issue: &KnownIssue) -> IssueState {
        match self {
            Found { tests: 0, .. } => IssueState::MatchesNothing,
            Found { is_over: true, .. } => IssueState::Expired,
            // Some DUTs or tests of it may still fail; those that pass need no entry any more.
            Found { passes_now: true, .. } if !issue.intermittent => IssueState::PassesUnexpectedly,
            Found { fails_now: true, .. } => IssueState::Fails,
            Found { fails: true, .. } if issue.intermittent => IssueState::PassesNow,
            _ => IssueState::NothingFails,
        }
    }
}

/// Whether known issues cover all failures of a test in the latest sessions, of which there is at least one.
pub fn is_known(data: &Dataset, index: &Index, test: TestId) -> bool {
    let mut failing =
        index.results.latest(test).filter(|&(_, result)| data.outcome(result).is_failing()).peekable();
    failing.peek().is_some() && failing.all(|(_, result)| data.flags(result).is_known())
}

/// Whether a known issue covers the failure of a test in a session.
pub fn is_known_in(data: &Dataset, index: &Index, test: TestId, session: SessionId) -> bool {
    index
        .results
        .find(session, test)
        .is_some_and(|result| data.outcome(result).is_failing() && data.flags(result).is_known())
}

/// The visible rows of the table of known issues.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct IssueWindow {
    /// How many there are without the filter.
    pub issues: u32,
    /// Columns in which no row has anything to say, whatever the filter.
    pub empty_columns: Vec<SortKey>,
    /// How many match the filter.
    pub total: u32,
    /// Index of the first row in `rows`.
    pub from: u32,
    /// The requested rows.
    pub rows: Vec<IssueLine>,
}

/// The rows from `from` on, at most `count`, of those that have the words of the filter. Without a sort key those
/// that need attention come first, then the order is that in which they apply.
pub fn issue_window(
    data: &Dataset,
    index: &Index,
    filter: &Filter,
    sort: Option<Sort>,
    from: u32,
    count: u32,
) -> IssueWindow {
    let mut lines = issue_lines(data, index);
    let any = |says: fn(&IssueLine) -> bool| lines.iter().any(says);
    let columns = [
        (SortKey::Dut, any(|line| !line.issue.duts.is_empty() || !line.issue.attributes.is_empty())),
        (SortKey::Passed, any(|line| line.passes_on.1 > 0)),
        (SortKey::LastSeen, any(|line| !line.issue.expires.is_empty())),
        (SortKey::Results, data.history.sessions.len() > data.history.duts.len()),
        (SortKey::File, lines.windows(2).any(|pair| pair[0].file != pair[1].file)),
    ];
    let mut window = IssueWindow {
        issues: lines.len() as u32,
        empty_columns: columns.into_iter().filter(|(_, says)| !says).map(|(column, _)| column).collect(),
        ..IssueWindow::default()
    };
    let matcher = filter.matcher();
    lines.retain(|line| {
        let IssueLine { issue, file, state, .. } = line;
        let duts = issue.duts.join(" ");
        let words = [&issue.test, &issue.reason, &issue.message, &issue.link, &duts, file, state.words()];
        matcher.matches("", &words.join("\n"))
    });
    lines.order_by_key(|line| !line.state.needs_attention());
    if let Some(sort) = sort {
        let key = |line: &IssueLine| match sort.by {
            SortKey::Known => line.state as u32 as f64,
            SortKey::Failing => f64::from(line.now),
            SortKey::Results => f64::from(line.all),
            SortKey::Tests => f64::from(line.tests),
            SortKey::Passed => f64::from(line.passes_on.1),
            _ => f64::NAN,
        };
        let text = |line: &IssueLine| match sort.by {
            SortKey::Name => line.issue.test.clone(),
            SortKey::Label => line.issue.reason.clone(),
            SortKey::Dut => line.issue.duts.join(" "),
            SortKey::LastSeen => line.issue.expires.clone(),
            SortKey::File => line.file.clone(),
            _ => String::new(),
        };
        let texts: Vec<String> = lines.iter().map(text).collect();
        let keys = match texts.iter().any(|text| !text.is_empty()) {
            true => natural::ranks(&texts.iter().map(String::as_str).collect::<Vec<_>>()),
            false => lines.iter().map(key).collect(),
        };
        let order = natural::by_number(&keys, sort.descending);
        lines = order.into_iter().map(|at| lines[at as usize].clone()).collect();
    }
    let start = (from as usize).min(lines.len());
    let end = start.saturating_add(count as usize).min(lines.len());
    (window.total, window.from, window.rows) = (lines.len() as u32, start as u32, lines[start..end].to_vec());
    window
}

/// The file of known issues that a person edits in the page, if no other file is meant.
const OWN_FILE: &str = "known-issues.json";

/// The path and the issues of a file after an edit: `issue` replaces the one at this path and place, or is added
/// to the page's own file; `None` removes it. `None` if there is no such place.
pub fn edited(
    data: &Dataset,
    at: Option<(String, u32)>,
    issue: Option<KnownIssue>,
) -> Option<(String, Vec<KnownIssue>)> {
    let issues_of = |path: &str| {
        let mut files = data.files_at(path).map(|file| data.file(file)).filter(|file| file.is_knowledge);
        files.next().map(|file| file.known_issues.clone())
    };
    let Some((path, place)) = at else {
        let mut issues = issues_of(OWN_FILE).unwrap_or_default();
        issues.push(issue?);
        return Some((OWN_FILE.to_owned(), issues));
    };
    let mut issues = issues_of(&path)?;
    let place = place as usize;
    match issue {
        Some(issue) => *issues.get_mut(place)? = issue,
        None if place < issues.len() => drop(issues.remove(place)),
        None => return None,
    }
    Some((path, issues))
}
