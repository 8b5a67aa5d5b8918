//! TAP and KTAP: a line for each result, and subtests by indentation.
//!
//! Specifications: testanything.org (TAP 12 to 14); the Linux kernel's
//! `Documentation/dev-tools/ktap.rst`. Oddities:
//!
//! - The name of a group follows its results, in the result that summarizes it. That result counts
//!   only if the group failed by itself.
//! - node announces each test with `# Subtest`, others only groups. Test::More only announces a
//!   skipped group, and has no name for it.
//! - `ok` with `# TODO` is a test that was expected to fail; for node, one that is not written yet.
//! - The plan comes first or last. If it is missing, or has more results than the file, the run was
//!   cut short.
//! - YAML is part of TAP 13. mocha, pytest-tap and Test::More write lines after a result instead;
//!   KUnit and kselftest write lines before it.
//! - In the log of a kernel each line begins with its time, and there are other lines between
//!   results. KUnit indents by four columns or a tab; kselftest writes `# ` before the lines of a
//!   test program. A boot may contain several documents.
//! - In kselftest's result of a skipped test the name is the reason.
//! - `prove -v` writes the name of each program before its results.

mod kernel;
pub mod ktap;
mod line;
mod yaml;

use crate::import::batch::{Batch, Entry, Role, Scope, kept_details};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, SectionKind};
use crate::import::detect::Head;
use crate::import::importer::{LineImporter, LineReader};
use crate::import::{About, Format, Guide, Richness, TextFormat, number};
use crate::model::{IdentityField, Outcome, Severity, Source, counted, head};
use line::{Directive, Line, Point};

pub const ABOUT: About = About { key: "tap", name: "TAP", richness: Richness::Native };

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "prove and Test::More, node --test, node-tap, mocha, pytest-tap, bats, avocado and others (12 to 14)",
    reads: "subtests, YAML and other diagnostics, SKIP and TODO, plans, `Bail out!`",
    dut: "",
    limits: "no timestamps",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: is_tap,
    importer: || Box::new(LineImporter::<Tap>::default()),
    details: kept_details::read,
});

/// The longest text that is kept before the first result or between two.
const BETWEEN: usize = 256 << 10;

/// A line with a larger indentation is not TAP.
const COLUMNS: usize = 128;

/// The longest name of a group in a path.
const PATH_BYTES: usize = 200;

fn is_text(head: &Head) -> bool {
    // `<6>` is the level of a line of the kernel.
    let mut first = head.text.trim_start().chars();
    match first.next() {
        Some('<') => first.next().is_some_and(|c| c.is_ascii_digit()),
        first => head.root.is_none() && first != Some('{'),
    }
}

/// Returns whether there is a version; or whether the first line that is no comment is TAP, and a
/// plan or a second result follows.
fn is_tap(head: &Head) -> bool {
    if !is_text(head) {
        return false;
    }
    let lines = head.text.lines().map(|text| (text, line::line(text.trim_start())));
    if lines.clone().any(|(_, line)| line == Line::Version) {
        return true;
    }
    let (mut has_plan, mut points) = (false, 0_u64);
    for (text, line) in lines {
        match line {
            Line::Plan { .. } => has_plan = true,
            Line::Point(point) => points += u64::from(point.number.is_some()),
            Line::Other if has_plan || points > 0 || text.trim().is_empty() || program(text).is_some() => {}
            Line::Other => return false,
            _ => {}
        }
        if points > 1 || has_plan {
            return true;
        }
    }
    false
}

/// The state of a file.
#[derive(Default)]
struct Tap {
    is_kernel: bool,
    /// The open levels of indentation, the document's first.
    levels: Vec<Level>,
    /// The column of the current YAML block.
    yaml: Option<usize>,
    /// Text since the last result.
    before: String,
    /// The test program, from prove.
    program: String,
    /// The document is complete; lines that follow belong to none.
    is_complete: bool,
    has_bailed_out: bool,
    /// Version of the kernel, and model of its machine.
    kernel: String,
    machine: String,
    out_of_order: Occurrences,
    other_plans: Occurrences,
    broken_yaml: Occurrences,
    end: u64,
}

/// A document, or a group of subtests.
#[derive(Default)]
struct Level {
    column: usize,
    plan: Option<u64>,
    /// The plan followed the results.
    is_planned_last: bool,
    points: u64,
    has_failed: bool,
    /// The announced name of the next result.
    announced: String,
    /// The group's name, as announced inside it.
    own_name: String,
    /// The group's scope, if it has tests.
    scope: Option<u32>,
    /// Scopes below, with their paths from here.
    scopes: Vec<(u32, String)>,
    /// Scopes of groups whose name is not known yet, and whether a test of them failed.
    inner: Option<(Vec<(u32, String)>, bool)>,
    inner_name: String,
    last: Option<Pending>,
}

/// A result that is held back until all of its lines are read.
struct Pending {
    name: String,
    outcome: Outcome,
    native: String,
    reason: String,
    duration_s: Option<f64>,
    /// For the summary of a group: whether a test of the group failed.
    group: Option<bool>,
    is_node: bool,
    yaml: String,
    before: String,
    after: String,
}

impl LineReader for Tap {
    fn line(&mut self, whole: &str, at: u64, batch: &mut Batch) {
        self.end = at + whole.len() as u64;
        let message = if self.is_kernel { kernel::message(whole) } else { whole };
        let (column, text) = indentation(message, self.is_kernel);
        if self.is_yaml(column, text, message, at) {
            return;
        }
        match if column > COLUMNS { Line::Other } else { line::line(text) } {
            Line::Version => self.version(column, batch),
            Line::Plan { count, reason } => self.plan(count, reason, column, at, batch),
            // prove's status of a program, after its results.
            Line::Point(point)
                if !self.program.is_empty() && point.number.is_none() && point.name.is_empty() => {}
            Line::Point(point) => self.point(&point, column, at, batch),
            Line::Subtest(name) => self.announce(name, column, batch),
            Line::Comment(comment) => self.comment(comment, batch),
            Line::BailOut(reason) => {
                self.has_bailed_out = true;
                batch.session(0).broke_off = true;
                let colon = if reason.is_empty() { "" } else { ": " };
                batch.note(
                    Severity::Warning,
                    Some(at),
                    format!("`Bail out!`: the run stopped here{colon}{reason}"),
                );
            }
            Line::Pragma => {}
            Line::Other => match program(whole).filter(|_| !self.is_kernel) {
                Some(name) => {
                    self.end_document(batch);
                    name.clone_into(&mut self.program);
                }
                None => self.other(message, at, batch),
            },
        }
    }

    fn finish(&mut self, batch: &mut Batch) {
        let is_inside = self.levels.len() > 1 && !self.has_bailed_out;
        if self.yaml.take().is_some() {
            batch.note_unreadable(self.end, "the file is truncated in the diagnostics of a test");
        } else if is_inside {
            batch.note_unreadable(
                self.end,
                "the file is truncated in a group of tests: the run was killed, or is still running",
            );
        }
        self.end_document(batch);
        self.out_of_order.note(Severity::Info, batch, &|count, _| {
            format!("{} out of order: lines may be missing", counted(count, "result"))
        });
        self.other_plans.note(Severity::Warning, batch, &|count, _| {
            format!("{} of tests whose plan does not match the number of results", counted(count, "group"))
        });
        self.broken_yaml.note(Severity::Warning, batch, &|count, _| {
            format!("{} of diagnostics without an end", counted(count, "block"))
        });
        if self.is_kernel && batch.is_empty() {
            batch.note(Severity::Info, None, "the log of a kernel, without results of KUnit or kselftest");
        } else if self.is_kernel {
            let draft = batch.session(0);
            draft.claim(IdentityField::Build, Source::Field, "Linux version", &self.kernel);
            if !self.machine.is_empty() {
                draft.attributes.push(("machine".to_owned(), std::mem::take(&mut self.machine)));
            }
        }
    }
}

impl Tap {
    /// Reads a line of a YAML block, including its first and last line. Returns false for other
    /// lines.
    fn is_yaml(&mut self, column: usize, text: &str, message: &str, at: u64) -> bool {
        let Some(last) = self.levels.last_mut() else {
            return false;
        };
        let begins = column > last.column && text.trim_end() == "---";
        match (self.yaml, &mut last.last) {
            (None, Some(pending)) if begins && pending.yaml.is_empty() && !self.is_kernel => {
                self.yaml = Some(column);
            }
            (Some(own), _) if text.trim_end() == "..." && column <= own => self.yaml = None,
            (Some(own), _) if column < own && !text.trim().is_empty() => {
                // The block has no end, and the line does not belong to it.
                self.broken_yaml.add(at);
                self.yaml = None;
                return false;
            }
            (Some(own), Some(pending)) => {
                let blanks = message.len() - message.trim_start().len();
                pending.yaml.push_str(message.get(own.min(blanks)..).unwrap_or(""));
                pending.yaml.push('\n');
            }
            _ => return false,
        }
        true
    }

    fn version(&mut self, column: usize, batch: &mut Batch) {
        self.close_to(column, batch);
        if self
            .levels
            .last()
            .is_some_and(|level| level.column == column && (level.points > 0 || level.plan.is_some()))
        {
            self.close(batch);
        }
        self.open(column);
        self.is_complete = false;
        if self.levels.len() == 1 {
            self.before.clear();
        }
    }

    fn plan(&mut self, count: u64, reason: Option<&str>, column: usize, at: u64, batch: &mut Batch) {
        self.close_to(column, batch);
        // A second plan belongs to another document that follows the first.
        if self.levels.len() == 1 && self.levels.last().is_some_and(|level| level.plan == Some(level.points))
        {
            self.close(batch);
        }
        let level = self.open(column);
        level.plan = Some(count);
        level.is_planned_last = level.points > 0;
        let points = level.points;
        self.is_complete = self.levels.len() == 1 && 0 < points && count <= points;
        if let (0, Some(reason), 1) = (count, reason, self.levels.len()) {
            let colon = if reason.is_empty() { "" } else { ": " };
            batch.note(Severity::Warning, Some(at), format!("all tests are skipped{colon}{reason}"));
        }
    }

    fn point(&mut self, point: &Point, column: usize, at: u64, batch: &mut Batch) {
        self.close_to(column, batch);
        let begins_anew = |level: &Level| {
            level.is_planned_last && level.plan == Some(level.points) && point.number == Some(1)
        };
        if self.levels.len() == 1 && self.levels.last().is_some_and(begins_anew) {
            self.close(batch);
        }
        if let Some(mut level) = self.levels.pop_if(|level| level.column == column) {
            self.settle(&mut level, batch);
            self.levels.push(level);
        }
        let (before, is_kernel) = (std::mem::take(&mut self.before), self.is_kernel);
        let level = self.open(column);
        level.points += 1;
        let is_in_order = point.number.is_none_or(|number| number == level.points);
        let announced = std::mem::take(&mut level.announced);
        let inner_name = std::mem::take(&mut level.inner_name);
        let mut reason = point.reason;
        let name = match &*point.name {
            "" if !announced.is_empty() => announced.clone(),
            "" if is_kernel && !reason.is_empty() => std::mem::take(&mut reason).to_owned(),
            "" if !inner_name.is_empty() => inner_name,
            "" => format!("test {}", point.number.unwrap_or(level.points)),
            name => name.to_owned(),
        };
        let group = level.inner.take().map(|(scopes, has_failed)| {
            let part = path_part(&name, level.points);
            level.scopes.extend(scopes.into_iter().map(|(scope, path)| (scope, joined(&part, &path))));
            has_failed
        });
        level.last = Some(Pending {
            outcome: point.outcome(),
            native: point.native(),
            reason: match point.directive {
                Some(Directive::Timeout) if !reason.is_empty() => format!("timed out after {reason}"),
                // mocha writes `-` for no reason.
                _ => Some(reason).filter(|reason| *reason != "-").unwrap_or("").to_owned(),
            },
            duration_s: point.duration_s,
            group,
            is_node: announced == name && group.is_none(),
            yaml: String::new(),
            before,
            after: String::new(),
            name,
        });
        self.is_complete = self.levels.len() == 1
            && self.levels.last().is_some_and(|level| level.plan.is_some_and(|plan| plan <= level.points));
        if !is_in_order {
            self.out_of_order.add(at);
        }
    }

    /// Reads `# Subtest: name`, in the group or before it.
    fn announce(&mut self, name: &str, column: usize, batch: &mut Batch) {
        self.close_to(column, batch);
        let is_new = self.levels.last().is_none_or(|level| level.column < column);
        let level = self.open(column);
        if is_new {
            name.clone_into(&mut level.own_name);
        }
        name.clone_into(&mut level.announced);
    }

    fn comment(&mut self, comment: &str, batch: &mut Batch) {
        if let [level] = &self.levels[..]
            && level.is_planned_last
            && !self.is_kernel
        {
            // Totals of node and mocha.
            if let Some(ms) = comment.strip_prefix("duration_ms ").and_then(number::seconds) {
                batch.session(0).duration_s = Some(ms / 1000.0);
            }
            return;
        }
        if !comment.starts_with("selftests: ") && !is_sum(comment) {
            self.said(comment);
        }
    }

    fn other(&mut self, message: &str, at: u64, batch: &mut Batch) {
        if self.is_kernel {
            if let Some(version) = kernel::version(message) {
                version.clone_into(&mut self.kernel);
            }
            if let Some(machine) = kernel::machine(message).filter(|_| self.machine.is_empty()) {
                machine.clone_into(&mut self.machine);
            }
            let is_under_way = !self.levels.is_empty() && !self.is_complete;
            if is_under_way && message.trim_start().starts_with("Kernel panic - not syncing") {
                batch.session(0).broke_off = true;
                let text = format!("the run stopped here: {}", head(message.trim(), 200));
                batch.note(Severity::Warning, Some(at), text);
            }
        }
        // prove's status of a program follows its results.
        if !self.is_complete || self.program.is_empty() {
            self.said(message);
        }
    }

    /// Keeps text for the next test if that was announced, or in the log of a kernel; otherwise for
    /// the previous one.
    fn said(&mut self, text: &str) {
        if self.is_kernel && (self.is_complete || self.levels.is_empty()) {
            return;
        }
        let last = self.levels.last_mut().filter(|level| level.announced.is_empty() && !self.is_kernel);
        let into =
            last.and_then(|level| level.last.as_mut()).map_or(&mut self.before, |last| &mut last.after);
        if into.len() + text.len() < BETWEEN {
            into.push_str(text);
            into.push('\n');
        }
    }

    /// Returns the level of this column, and opens it if necessary. Deeper levels are closed.
    fn open(&mut self, column: usize) -> &mut Level {
        if self.levels.last().is_none_or(|level| level.column < column) {
            self.levels.push(Level { column, ..Level::default() });
        }
        let last = self.levels.len() - 1;
        #[allow(clippy::indexing_slicing)] // there is one
        &mut self.levels[last]
    }

    /// Closes the levels that are deeper than this column.
    fn close_to(&mut self, column: usize, batch: &mut Batch) {
        while self.levels.last().is_some_and(|level| level.column > column) {
            if self.levels.len() == 1 {
                // The document begins with the subtests of a later result.
                self.levels.insert(0, Level { column, ..Level::default() });
            }
            self.close(batch);
        }
    }

    /// Closes the deepest level.
    fn close(&mut self, batch: &mut Batch) {
        let Some(mut level) = self.levels.pop() else {
            return;
        };
        self.settle(&mut level, batch);
        let is_as_planned = level.plan.is_none_or(|plan| plan == level.points);
        if let Some((orphans, _)) = level.inner.take() {
            // Their group has no result.
            let part = path_part(&level.inner_name, level.points);
            level.scopes.extend(orphans.into_iter().map(|(scope, path)| (scope, joined(&part, &path))));
        }
        if let Some(around) = self.levels.last_mut() {
            if !is_as_planned {
                self.other_plans.add(self.end);
            }
            if level.points > 0 {
                let (scopes, has_failed) = around.inner.get_or_insert_default();
                scopes.append(&mut level.scopes);
                *has_failed |= level.has_failed;
            }
            if around.inner_name.is_empty() {
                around.inner_name =
                    if around.announced.is_empty() { level.own_name } else { around.announced.clone() };
            }
            return;
        }
        for (scope, path) in level.scopes {
            let path = joined(&self.program, &path);
            let end = path.len() as u32;
            batch.name_scope(scope, &path, (end, end));
        }
        self.check_plan(level.plan, level.points, batch);
    }

    fn check_plan(&self, plan: Option<u64>, points: u64, batch: &mut Batch) {
        let results = counted(points, "result");
        match plan {
            _ if self.has_bailed_out => {}
            Some(plan) if points < plan => {
                batch.session(0).broke_off = true;
                let text = format!(
                    "the plan is {}, but there {}: the run was cut short",
                    counted(plan, "test"),
                    are(points, &results)
                );
                batch.note(Severity::Warning, Some(self.end), text);
            }
            Some(plan) if points > plan => {
                let text =
                    format!("the plan is {}, but there {}", counted(plan, "test"), are(points, &results));
                batch.note(Severity::Warning, Some(self.end), text);
            }
            None if points > 0 && !self.is_kernel => {
                batch.session(0).broke_off = true;
                let text = "no plan with the number of tests: the run was cut short, or is still running";
                batch.note(Severity::Warning, Some(self.end), text);
            }
            _ => {}
        }
    }

    fn end_document(&mut self, batch: &mut Batch) {
        while !self.levels.is_empty() {
            self.close(batch);
        }
        self.is_complete = false;
        self.before.clear();
    }

    /// Adds the last result of a level, of which all lines are read.
    fn settle(&mut self, level: &mut Level, batch: &mut Batch) {
        let Some(last) = level.last.take() else {
            return;
        };
        let yaml = yaml::read(&last.yaml);
        let outcome = match (last.outcome, &*yaml.failure) {
            (Outcome::XPassed, _) if last.is_node && yaml.duration_s.is_some() => Outcome::Skipped,
            (Outcome::Failed, "cancelledByParent") => Outcome::NotRun,
            (
                Outcome::Failed,
                "hookFailed" | "testTimeoutFailure" | "uncaughtException" | "unhandledRejection",
            ) => Outcome::Error,
            (outcome, _) => outcome,
        };
        level.has_failed |= outcome.is_failing();
        // A group is a test if it failed by itself; for node, it may be empty.
        let sums_up = last.group.is_some_and(|has_failed| {
            has_failed && outcome == Outcome::Failed && matches!(&*yaml.failure, "" | "subtestsFailed")
        });
        if sums_up || !outcome.is_failing() && (last.group.is_some() || yaml.is_suite) {
            return;
        }
        let said = if self.is_kernel { &last.before } else { &last.after };
        let (mut message, mut location) = (last.reason.as_str(), yaml.location.as_str());
        if message.is_empty() || outcome.is_failing() {
            let (text, place) = first_said(said);
            if location.is_empty() {
                location = place;
            }
            let candidates =
                [yaml.message.as_str(), if outcome == Outcome::Passed { "" } else { text }, message];
            message = candidates.into_iter().find(|text| !text.is_empty()).unwrap_or("");
        }
        let mut details = Details::default();
        let kind = match outcome {
            Outcome::Passed => SectionKind::Output,
            _ => SectionKind::Reason,
        };
        if yaml.has_more || kind == SectionKind::Reason && !message.is_empty() {
            details.section(kind, &last.native, message, &last.yaml);
        }
        details.section(SectionKind::Output, "output", "", &last.before);
        details.section(SectionKind::Output, "output", "", &last.after);
        details.location = Some(location.to_owned()).filter(|place| !place.is_empty());
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
        });
    }
}

/// Returns whether a comment is a total of mocha or node: `tests 12`.
fn is_sum(comment: &str) -> bool {
    const WORDS: [&str; 7] = ["tests", "suites", "pass", "fail", "cancelled", "skipped", "todo"];
    comment
        .split_once(' ')
        .is_some_and(|(word, count)| WORDS.contains(&word) && count.trim().parse::<u64>().is_ok())
}

fn are(count: u64, results: &str) -> String {
    format!("{} {results}", if count == 1 { "is" } else { "are" })
}

/// Returns the column at which a line begins, with a tab as four columns, and the rest of the line.
/// kselftest indents by `# `.
fn indentation(line: &str, is_kernel: bool) -> (usize, &str) {
    let (mut column, mut rest) = (0, line);
    loop {
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let (blank, text) = rest.split_at(blanks);
        column += blank.bytes().map(|byte| if byte == b'\t' { 4 } else { 1 }).sum::<usize>();
        let inner = text.strip_prefix("# ").filter(|_| is_kernel && column <= COLUMNS);
        let is_tap = |inner: &str| {
            let inner = inner.trim_start_matches([' ', '#']);
            matches!(
                line::line(inner),
                Line::Version | Line::Plan { .. } | Line::Point(Point { number: Some(_), .. })
            )
        };
        match inner.filter(|inner| is_tap(inner)) {
            Some(inner) => (column, rest) = (column + 2, inner),
            None => return (column, text),
        }
    }
}

/// Returns the program whose results follow, from `prove -v`: `t/pair.t .. `.
fn program(line: &str) -> Option<&str> {
    let line = line.trim_end();
    let (name, dots) = line.split_once(' ')?;
    let is_dots = dots.len() > 1 && dots.bytes().all(|byte| byte == b'.');
    (is_dots && name.contains('.')).then_some(name)
}

fn joined(around: &str, path: &str) -> String {
    match (around, path) {
        ("", path) => path.to_owned(),
        (around, "") => around.to_owned(),
        (around, path) => format!("{around} › {path}"),
    }
}

/// Returns a group's name for the paths of its tests. A long name is cut and numbered.
fn path_part(name: &str, place: u64) -> String {
    let short = head(name, PATH_BYTES);
    if short.len() < name.len() { format!("{short}…#{place}") } else { name.to_owned() }
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
