//! The overview: is it good, and what needs me?

use super::grid::{Cell, Missing};
use super::index::{Failing, Index};
use super::natural;
use super::report_files::covers;
use crate::import::identify::{Candidate, identify};
use crate::model::{
    Counts, Dataset, Dut, FileRecord, FileStatus, Moment, Outcome, Part, PartId, Session, SessionId,
    Severity, counted, grouped,
};
use serde::{Deserialize, Serialize};

/// A DUT in the overview, by its latest session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DutLine {
    /// Its name.
    pub name: String,
    /// Its specimen.
    pub unit: Option<String>,
    /// What the latest session tested.
    pub build: Option<String>,
    /// When that began, as ISO 8601.
    pub started: Option<String>,
    /// How many sessions it has.
    pub sessions: u32,
    /// Figures of the latest session.
    pub counts: Counts,
    /// Figures of the last session of another build, or, where no build is known
    /// to be another, of the session before.
    pub previous: Option<Counts>,
    /// What that tested, if it is another build.
    pub previous_build: Option<String>,
    /// A file of the latest session breaks off.
    pub is_partial: bool,
    /// No file of it could be read.
    pub is_unreadable: bool,
}

/// The session in which a test began to fail, and has failed ever since.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// The DUT.
    pub dut: String,
    /// The session.
    pub session: String,
    /// What it tested.
    pub build: Option<String>,
    /// Its name for people.
    pub label: Option<String>,
    /// When it began, as ISO 8601.
    pub started: Option<String>,
    /// In how many sessions the test failed since.
    pub sessions: u32,
    /// No session before it tells of the test: it may have failed for longer.
    pub is_first: bool,
    /// The session before, in which it did not fail.
    pub before: Option<Before>,
}

/// A session before a test began to fail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// What came of the test; nothing where it was not there.
    pub outcome: Option<Outcome>,
    /// What the session tested.
    pub build: Option<String>,
    /// When it began, as ISO 8601.
    pub started: Option<String>,
}

/// What a DUT has for a failing test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutMark {
    /// The outcome, without message, or why there is none.
    pub cell: Cell,
    /// It fails, and did not in the DUT's session before.
    pub is_new: bool,
}

/// A test that fails on at least one DUT now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailingTest {
    /// Suite and class, as identities have them.
    pub scope: String,
    /// Suite path.
    pub suite: String,
    /// Class.
    pub class: String,
    /// Name with parameters.
    pub name: String,
    /// The DUTs that it fails on, with the outcome.
    pub duts: Vec<(String, Outcome)>,
    /// On how many DUTs it passes.
    pub passes: u32,
    /// On how many DUTs it has a result.
    pub seen: u32,
    /// How many DUTs have no session, whole as it may be, that has it.
    pub never: u32,
    /// First line of the message, of the first of these DUTs.
    pub message: String,
    /// What each DUT has, in the order of [`Overview::duts`].
    pub marks: Vec<DutMark>,
    /// On at least one DUT it did not fail in the session before.
    pub is_new: bool,
    /// Since when it fails: where it is new that, else where it does longest.
    pub since: Since,
    /// Its attempts disagree on a DUT.
    pub is_flaky: bool,
}

/// What was wrong with the input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problems {
    /// Files that could not be read.
    pub unreadable: u32,
    /// Files of which a part could not be read.
    pub partly: u32,
    /// Files without any result, that look as if they should have some.
    pub empty: u32,
    /// Files that were there already.
    pub duplicates: u32,
    /// DUTs that the paths of such files name, and that no other file names.
    pub hidden_duts: Vec<String>,
    /// Sessions whose DUT is a guess.
    pub guesses: u32,
    /// Notes that warn.
    pub warnings: u32,
    /// Files that were read, of which there is something to remark.
    pub remarked: u32,
}

impl Problems {
    /// There is something to look at.
    pub fn any(&self) -> bool {
        self.unreadable + self.partly + self.empty + self.guesses > 0
    }
}

/// What the overview shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// The answer in plain words.
    pub headline: String,
    /// Figures of the latest session of each DUT.
    pub now: Counts,
    /// The sum of [`DutLine::previous`]. Only if every DUT that has results now
    /// has one: sums over different DUTs cannot be compared.
    pub previous: Option<Counts>,
    /// What those tested, if it was the same on all DUTs, and is not what they
    /// test now.
    pub previous_build: Option<String>,
    /// Figures of all sessions.
    pub all: Counts,
    /// Tests that have a result now.
    pub tests_now: u32,
    /// Tests that have a result in any session.
    pub tests_all: u32,
    /// Tests that failed on at least one DUT now.
    pub tests_failed: u32,
    /// Tests that are an error on at least one DUT now.
    pub tests_error: u32,
    /// Tests whose attempts disagree on at least one DUT now.
    pub tests_flaky: u32,
    /// How many sessions there are.
    pub sessions: u32,
    /// How many files were dropped.
    pub files: u32,
    /// A line per DUT: those with the most failing results first, then by name.
    pub duts: Vec<DutLine>,
    /// How many tests fail on at least one DUT.
    pub failing_total: u32,
    /// How many of these are new on at least one DUT.
    pub new_total: u32,
    /// What was tested before the new ones failed, if it was the same for all.
    pub new_since: Option<String>,
    /// The first of them: those that fail on more than half of the DUTs that
    /// have them, then new ones, then others, those on one DUT only at last.
    pub failing: Vec<FailingTest>,
    /// What was wrong with the input.
    pub problems: Problems,
}

/// How many failing tests the overview lists; the grid has them all.
const LISTED: usize = 50;

/// Computes the overview.
pub fn overview(data: &Dataset, index: &Index) -> Overview {
    let history = &data.history;
    let mut overview = Overview {
        files: data.ledger().count() as u32,
        sessions: history.sessions.iter().filter(|session| !session.is_unreadable).count() as u32,
        problems: problems(data),
        tests_now: index.tests_now,
        tests_all: data.tests.ids().filter(|&test| !index.all(test).is_empty()).count() as u32,
        tests_flaky: data.tests.ids().filter(|&test| index.standing(test).flaky > 0).count() as u32,
        ..Overview::default()
    };
    for session in &history.sessions {
        overview.all.merge(&session.counts);
    }
    let latest = worst_first(data, index);
    for &latest in &latest {
        let session = history.session(latest);
        let dut = history.dut(session.dut);
        let previous = previous(data, dut).map(|previous| history.session(previous));
        let is_other = |build: &&str| Some(*build) != session.build();
        overview.now.merge(&session.counts);
        overview.duts.push(DutLine {
            name: dut.name.clone(),
            unit: dut.unit.clone(),
            build: session.build().map(str::to_owned),
            started: session.started.map(|started| started.iso()),
            sessions: dut.sessions.len() as u32,
            counts: session.counts,
            previous: previous.map(|previous| previous.counts),
            previous_build: previous.and_then(Session::build).filter(is_other).map(str::to_owned),
            is_partial: session.is_partial,
            is_unreadable: session.is_unreadable,
        });
    }
    compare(&mut overview);
    let failing = index.failing(data);
    let only_on = only_on_one(data, failing);
    let duts = overview.duts.len() as u32;
    let everywhere = failing.iter().filter(|line| index.standing(line.test).failing == duts).count();
    overview.failing_total = failing.len() as u32;
    overview.new_total = failing.iter().filter(|line| line.is_new).count() as u32;
    overview.new_since = index.new_since(data).map(str::to_owned);
    for line in failing {
        let has = |wanted| index.now(line.test).any(|(_, result)| data.outcome(result) == wanted);
        overview.tests_failed += u32::from(has(Outcome::Failed));
        overview.tests_error += u32::from(has(Outcome::Error));
    }
    overview.headline = headline(&overview, only_on, everywhere as u32);
    overview.failing =
        failing.iter().take(LISTED).map(|line| failing_test(data, index, &latest, line)).collect();
    overview
}

/// The latest sessions: of equally many failing results by DUT.
fn worst_first(data: &Dataset, index: &Index) -> Vec<SessionId> {
    let mut latest = index.latest.clone();
    let failing = |session: SessionId| data.history.session(session).counts.failing();
    natural::sort(&mut latest, |&a, &b| failing(b).cmp(&failing(a)));
    latest
}

/// What the latest session is compared with: the last one of another build, or
/// else the one before.
fn previous(data: &Dataset, dut: &Dut) -> Option<SessionId> {
    let (&latest, before) = dut.sessions.split_last()?;
    let build = data.history.session(latest).build();
    let is_other = |&&session: &&SessionId| {
        let other = data.history.session(session).build();
        build.is_some() && other.is_some() && other != build
    };
    before.iter().rev().find(is_other).or(before.last()).copied()
}

/// Sums up the sessions before.
fn compare(overview: &mut Overview) {
    let mut duts = overview.duts.iter().filter(|dut| !dut.is_unreadable).peekable();
    let Some(build) = duts.peek().map(|first| first.previous_build.clone()) else {
        return;
    };
    let (mut sum, mut is_same) = (Counts::default(), true);
    for dut in duts {
        let Some(previous) = &dut.previous else {
            return;
        };
        sum.merge(previous);
        is_same &= dut.previous_build == build;
    }
    overview.previous = Some(sum);
    overview.previous_build = build.filter(|_| is_same);
}

fn failing_test(data: &Dataset, index: &Index, latest: &[SessionId], line: &Failing) -> FailingTest {
    let test = line.test;
    let mut failing = FailingTest {
        scope: data.tests.scope_text(data.tests.scope_of(test)).to_owned(),
        suite: data.tests.suite(test).to_owned(),
        class: data.tests.class(test).to_owned(),
        name: data.tests.name(test).to_owned(),
        duts: Vec::new(),
        passes: 0,
        seen: 0,
        never: 0,
        message: String::new(),
        marks: Vec::new(),
        is_new: line.is_new,
        since: since(data, index, line),
        is_flaky: false,
    };
    for &session in latest {
        let cell = index.cell(data, session, test);
        let mut is_new = false;
        if let Cell::Result { outcome, is_flaky, .. } = &cell {
            failing.seen += 1;
            failing.passes += u32::from(*outcome == Outcome::Passed);
            failing.is_flaky |= is_flaky;
            if outcome.is_failing() {
                is_new = index.streak(data, test, session).is_new();
                let dut = data.history.dut(data.history.session(session).dut);
                failing.duts.push((dut.name.clone(), *outcome));
                if failing.message.is_empty()
                    && let Some(result) = index.result(session, test)
                {
                    data.message(result).clone_into(&mut failing.message);
                }
            }
        }
        let dut = data.history.session(session).dut;
        let is_its = |&(session, _): &(SessionId, _)| data.history.session(session).dut == dut;
        if matches!(cell, Cell::Missing(Missing::NotThere { .. })) && !index.all(test).iter().any(is_its) {
            failing.never += 1;
        }
        failing.marks.push(DutMark { cell: cell.brief(), is_new });
    }
    failing
}

fn since(data: &Dataset, index: &Index, line: &Failing) -> Since {
    let session = data.history.session(line.streak.since);
    Since {
        dut: data.history.dut(session.dut).name.clone(),
        session: session.id.clone(),
        build: session.build().map(str::to_owned),
        label: data.label(line.streak.since).map(str::to_owned),
        started: session.started.map(Moment::iso),
        sessions: line.streak.sessions,
        is_first: line.streak.before.is_none(),
        before: line.streak.before.map(|id| {
            let session = data.history.session(id);
            Before {
                outcome: index.result(id, line.test).map(|result| data.outcome(result)),
                build: session.build().map(str::to_owned),
                started: session.started.map(Moment::iso),
            }
        }),
    }
}

/// The DUT on which most of the tests fail that fail on one DUT only.
fn only_on_one(data: &Dataset, failing: &[Failing]) -> Option<(String, u32)> {
    if data.history.duts.len() < 2 {
        return None;
    }
    let mut alone = vec![0_u32; data.history.duts.len()];
    for dut in failing.iter().filter_map(|line| line.alone) {
        alone[dut.index()] += 1;
    }
    let most = alone.iter().copied().max().filter(|&most| most > 0)?;
    // Of several DUTs the first one by name.
    let dut = alone.iter().position(|&count| count == most)?;
    Some((data.history.duts[dut].name.clone(), most))
}

/// The answer in plain words, right in the singular and the plural.
///
/// "Pass" is said of DUTs that have a verdict, none of which fails, and whose
/// files are whole; of the others it is said what is wrong with them.
fn headline(overview: &Overview, only_on: Option<(String, u32)>, everywhere: u32) -> String {
    let duts = overview.duts.len() as u32;
    if duts == 0 {
        return match overview.files {
            0 => "No results yet.".to_owned(),
            1 => "The file has no results.".to_owned(),
            files => format!("None of the {} files has results.", number(files)),
        };
    }
    let unreadable = reservation(overview, DutState::Unreadable, "Nothing of ", " could be read.");
    let partial = reservation(overview, DutState::BrokenOff, "The results of ", " break off.");
    let failing_duts = overview.duts.iter().filter(|dut| dut.counts.failing() > 0).count() as u32;
    let skipped = match overview.now.of(Outcome::Skipped) {
        0 => String::new(),
        skipped => format!(", {} skipped", number(skipped)),
    };
    let answer = if failing_duts > 0 {
        failures(overview, failing_duts, only_on, everywhere)
    } else if overview.now.results() == 0 {
        String::new()
    } else if overview.now.pass_rate().is_none() {
        format!("Nothing was judged: no test passed or failed{skipped}.")
    } else {
        let passing = overview.duts.iter().filter(|dut| DutState::of(dut) == DutState::Judged).count() as u32;
        let who = match passing {
            0 => "No test fails so far".to_owned(),
            1 if duts == 1 => format!("{} passes", overview.duts[0].name),
            1 => format!("1 of {} DUTs passes", number(duts)),
            _ if passing == duts => format!("All {} DUTs pass", number(duts)),
            _ => format!("{} of {} DUTs pass", number(passing), number(duts)),
        };
        format!("{who}: {}{skipped}.", counted(u64::from(overview.tests_now), "test"))
    };
    let unjudged = match overview.now.pass_rate() {
        Some(_) => reservation(overview, DutState::Unjudged, "On ", " no test passed or failed."),
        None => None,
    };
    let sentences = [Some(answer).filter(|answer| !answer.is_empty()), partial, unjudged, unreadable];
    let sentences: Vec<String> = sentences.into_iter().flatten().collect();
    sentences.join(" ")
}

/// How far "now" tells of a DUT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DutState {
    Unreadable,
    BrokenOff,
    /// No test passed or failed.
    Unjudged,
    Judged,
}

impl DutState {
    fn of(dut: &DutLine) -> DutState {
        match dut {
            DutLine { is_unreadable: true, .. } => DutState::Unreadable,
            DutLine { is_partial: true, .. } => DutState::BrokenOff,
            _ if dut.counts.pass_rate().is_none() => DutState::Unjudged,
            _ => DutState::Judged,
        }
    }
}

/// A sentence about the DUTs in a state: its name, or how many there are.
fn reservation(overview: &Overview, state: DutState, before: &str, after: &str) -> Option<String> {
    let duts: Vec<&DutLine> = overview.duts.iter().filter(|dut| DutState::of(dut) == state).collect();
    match duts.as_slice() {
        [] => None,
        [only] => Some(format!("{before}{}{after}", only.name)),
        several => Some(format!("{before}{} DUTs{after}", number(several.len() as u32))),
    }
}

/// Who fails, where, and what of it is new.
fn failures(
    overview: &Overview,
    failing_duts: u32,
    only_on: Option<(String, u32)>,
    everywhere: u32,
) -> String {
    let duts = overview.duts.len() as u32;
    let who = match duts {
        1 => format!("{} fails.", overview.duts[0].name),
        _ if failing_duts == duts => format!("All {} DUTs fail.", number(duts)),
        _ => {
            let verb = if failing_duts == 1 { "fails" } else { "fail" };
            format!("{} of {} DUTs {verb}.", number(failing_duts), number(duts))
        }
    };
    let tests = overview.failing_total;
    let verb = if tests == 1 { "fails" } else { "fail" };
    let alone = match only_on {
        Some((dut, count)) if count == tests && tests == 1 => format!(", only on {dut}"),
        Some((dut, count)) if count == tests => format!(", all of them only on {dut}"),
        Some((dut, count)) if duts > 1 && everywhere > 0 => {
            format!(", {} of them only on {dut} and {} on every DUT", number(count), number(everywhere))
        }
        Some((dut, count)) if duts > 1 => format!(", {} of them only on {dut}", number(count)),
        _ if duts < 2 || everywhere == 0 => String::new(),
        _ if everywhere == tests && tests == 1 => ", on every DUT".to_owned(),
        _ if everywhere == tests => ", all of them on every DUT".to_owned(),
        _ => format!(", {} of them on every DUT", number(everywhere)),
    };
    let before = match overview.new_since.as_deref() {
        Some(build) if build.to_ascii_lowercase().starts_with("build") => build.to_owned(),
        Some(build) => format!("build {build}"),
        None if duts == 1 => "the session before".to_owned(),
        None => "the sessions before".to_owned(),
    };
    let new = match overview.new_total {
        0 => String::new(),
        1 if tests == 1 => format!("; it is new since {before}"),
        1 => format!("; 1 is new since {before}"),
        new if new == tests => format!("; all of them are new since {before}"),
        new => format!("; {} are new since {before}", number(new)),
    };
    format!("{who} {} {verb}{alone}{new}.", counted(u64::from(tests), "test"))
}

fn number(number: u32) -> String {
    grouped(u64::from(number))
}

fn problems(data: &Dataset) -> Problems {
    let mut problems = Problems::default();
    for (_, file) in data.ledger() {
        match file.status {
            FileStatus::Unreadable => problems.unreadable += 1,
            FileStatus::PartlyRead => problems.partly += 1,
            FileStatus::NoResults if data.is_cover(file) || file.is_beside() => {}
            FileStatus::NoResults => problems.empty += 1,
            FileStatus::Duplicate => problems.duplicates += 1,
            FileStatus::Read => problems.remarked += u32::from(!file.notes.is_empty()),
        }
        problems.warnings +=
            file.notes.iter().filter(|note| note.severity >= Severity::Warning).count() as u32;
    }
    problems.hidden_duts = hidden_duts(data);
    let is_guess = |session: &&Session| session.identity.dut.evidence.doubtful && !session.is_unreadable;
    problems.guesses = data.history.sessions.iter().filter(is_guess).count() as u32;
    problems
}

/// The DUTs that the paths of copies name, read together with all others, and
/// that have no results: those are counted where the first copy lies.
fn hidden_duts(data: &Dataset) -> Vec<String> {
    let folder = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let original = |copy: &FileRecord| {
        let is_same = |file: &&FileRecord| {
            file.hash == copy.hash && file.bytes == copy.bytes && file.status != FileStatus::Duplicate
        };
        data.ledger()
            .map(|(_, file)| file)
            .find(is_same)
            .filter(|file| folder(&file.path) != folder(&copy.path))
    };
    let files = data.ledger().map(|(_, file)| file);
    let copies = files.filter(|file| file.status == FileStatus::Duplicate);
    // What tells the same as another file of its folder has no results of its own to hide.
    let follows = |part: PartId| data.history.same_runs.iter().any(|same| same.parts.contains(&part));
    // A copy says of itself what the original says.
    let copies: Vec<(&FileRecord, PartId)> = copies
        .filter_map(|copy| Some((copy, *original(copy)?.parts.first()?)))
        .filter(|&(_, part)| !follows(part))
        .collect();
    if copies.is_empty() {
        return Vec::new();
    }
    let covers = covers(data);
    let candidate = |path, part: PartId| candidate(data, path, data.part(part), &covers[part.index()]);
    let mut candidates: Vec<Candidate> =
        copies.iter().map(|&(copy, part)| candidate(&copy.path, part)).collect();
    let parts = (0..data.parts.len()).map(PartId::from);
    candidates.extend(parts.map(|part| candidate(&data.file(data.part(part).file).path, part)));
    let mut identities = identify(&candidates);
    let others = identities.split_off(copies.len());
    let has_results = |name: &String| {
        let named = others.iter().chain(&data.history.identities).map(|identity| &identity.dut.value);
        named.chain(data.history.duts.iter().map(|dut| &dut.name)).any(|other| other == name)
    };
    let duts = identities.into_iter().map(|identity| identity.dut);
    let duts = duts.filter(|dut| !dut.evidence.doubtful && !has_results(&dut.value));
    let mut names: Vec<String> = duts.map(|dut| dut.value).collect();
    natural::sort(&mut names, |a, b| natural::compare(a, b));
    names.dedup();
    names
}

/// What a share of a file offers as evidence, if it is at this path.
fn candidate<'a>(data: &'a Dataset, path: &'a str, part: &'a Part, covers: &[PartId]) -> Candidate<'a> {
    let status = data.file(part.file).status;
    Candidate {
        path,
        draft: &part.draft,
        covers: covers.iter().map(|&cover| &data.part(cover).draft).collect(),
        place: part.place,
        is_read: matches!(status, FileStatus::Read | FileStatus::PartlyRead),
        said: &part.said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Flags;

    fn dut(name: &str, outcomes: &[Outcome]) -> DutLine {
        let mut counts = Counts::default();
        for &outcome in outcomes {
            counts.add(outcome, Flags::default(), 1.0);
        }
        DutLine {
            name: name.to_owned(),
            unit: None,
            build: None,
            started: None,
            sessions: 1,
            counts,
            previous: None,
            previous_build: None,
            is_partial: false,
            is_unreadable: false,
        }
    }

    /// The headline for DUTs with these outcomes, when `failing` tests fail.
    fn check(
        duts: &[&[Outcome]],
        failing: u32,
        only_on: Option<(&str, u32)>,
        everywhere: u32,
        expected: &str,
    ) {
        let mut overview = Overview { failing_total: failing, tests_now: 3, files: 1, ..Overview::default() };
        for (index, outcomes) in duts.iter().enumerate() {
            let line = dut(&format!("DUT_{index}"), outcomes);
            overview.now.merge(&line.counts);
            overview.duts.push(line);
        }
        let only_on = only_on.map(|(dut, count)| (dut.to_owned(), count));
        assert_eq!(headline(&overview, only_on, everywhere), expected);
    }

    #[test]
    fn the_headline_is_right_in_singular_and_plural() {
        use Outcome::{Failed, Passed, Skipped};
        check(&[&[Passed, Skipped]], 0, None, 0, "DUT_0 passes: 3 tests, 1 skipped.");
        check(&[&[Passed], &[Passed]], 0, None, 0, "All 2 DUTs pass: 3 tests.");
        check(&[&[Skipped]], 0, None, 0, "Nothing was judged: no test passed or failed, 1 skipped.");
        check(&[&[Failed]], 1, None, 1, "DUT_0 fails. 1 test fails.");
        check(
            &[&[Failed], &[Passed]],
            1,
            Some(("DUT_0", 1)),
            0,
            "1 of 2 DUTs fails. 1 test fails, only on DUT_0.",
        );
        check(
            &[&[Failed], &[Failed]],
            2,
            None,
            2,
            "All 2 DUTs fail. 2 tests fail, all of them on every DUT.",
        );
        check(
            &[&[Failed], &[Failed], &[Passed]],
            12,
            Some(("DUT_1", 9)),
            0,
            "2 of 3 DUTs fail. 12 tests fail, 9 of them only on DUT_1.",
        );
        check(
            &[&[Failed], &[Failed]],
            12,
            Some(("DUT_1", 9)),
            1,
            "All 2 DUTs fail. 12 tests fail, 9 of them only on DUT_1 and 1 on every DUT.",
        );
        check(&[], 0, None, 0, "The file has no results.");
    }

    /// The headline for two DUTs, of which the first fails `tests` tests, `new`
    /// of them since `build`.
    #[track_caller]
    fn check_new(tests: u32, new: u32, build: Option<&str>, expected: &str) {
        let mut overview = Overview {
            failing_total: tests,
            new_total: new,
            new_since: build.map(str::to_owned),
            duts: vec![dut("DUT_C", &[Outcome::Failed]), dut("DUT_D", &[Outcome::Passed])],
            ..Overview::default()
        };
        overview.now.merge(&overview.duts[0].counts);
        assert_eq!(headline(&overview, Some(("DUT_C".to_owned(), tests.min(9))), 0), expected);
    }

    #[test]
    fn the_headline_says_what_is_new() {
        let who = "1 of 2 DUTs fails.";
        check_new(
            12,
            3,
            Some("1.4"),
            &format!("{who} 12 tests fail, 9 of them only on DUT_C; 3 are new since build 1.4."),
        );
        check_new(
            12,
            1,
            None,
            &format!("{who} 12 tests fail, 9 of them only on DUT_C; 1 is new since the sessions before."),
        );
        check_new(
            1,
            1,
            Some("build-7"),
            &format!("{who} 1 test fails, only on DUT_C; it is new since build-7."),
        );
        check_new(
            12_000,
            12_000,
            Some("1.4"),
            &format!(
                "{who} 12,000 tests fail, 9 of them only on DUT_C; all of them are new since build 1.4."
            ),
        );
    }

    #[test]
    fn the_headline_is_honest() {
        use Outcome::{Passed, Skipped};
        let check = |change: &dyn Fn(&mut Vec<DutLine>), expected: &str| {
            let mut duts = vec![dut("A", &[Passed]), dut("B", &[Passed]), dut("C", &[Passed, Skipped])];
            change(&mut duts);
            let mut overview = Overview { tests_now: 2, files: 3, ..Overview::default() };
            duts.iter().for_each(|dut| overview.now.merge(&dut.counts));
            overview.duts = duts;
            assert_eq!(headline(&overview, None, 0), expected);
        };
        check(&|_| {}, "All 3 DUTs pass: 2 tests, 1 skipped.");
        check(
            &|duts| duts[0].is_partial = true,
            "2 of 3 DUTs pass: 2 tests, 1 skipped. The results of A break off.",
        );
        check(
            &|duts| {
                duts[1] = DutLine { is_unreadable: true, ..dut("B", &[]) };
                duts[2] = dut("C", &[Skipped]);
            },
            "1 of 3 DUTs passes: 2 tests, 1 skipped. On C no test passed or failed. Nothing of B could be read.",
        );
        check(
            &|duts| duts.iter_mut().for_each(|dut| dut.is_partial = true),
            "No test fails so far: 2 tests, 1 skipped. The results of 3 DUTs break off.",
        );
        check(
            &|duts| *duts = vec![DutLine { is_unreadable: true, ..dut("B", &[]) }],
            "Nothing of B could be read.",
        );
    }
}
