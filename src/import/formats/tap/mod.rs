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

mod detect;
mod indentation;
mod kernel;
pub mod ktap;
mod levels;
mod line;
mod prove;
mod result;
mod yaml;

use crate::import::batch::{Batch, kept_details};
use crate::import::collect::Occurrences;
use crate::import::importer::{LineImporter, LineReader};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, number};
use crate::model::{IdentityField, Severity, Source, counted, head};
pub use detect::begins;
use detect::is_tap;
use indentation::{COLUMNS, indentation};
use levels::{Level, joined, path_part};
use line::{Directive, Line, Point};
use prove::{is_sum, program};
use result::Pending;

pub const ABOUT: About =
    About { key: "tap", name: "TAP", tool: "TAP", family: Family::AnyLanguage, richness: Richness::Native };

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
    /// The document is complete; lines that follow do not belong to a document.
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

impl LineReader for Tap {
    fn line(&mut self, whole: &str, at: u64, batch: &mut Batch) {
        self.end = at + whole.len() as u64;
        let whole = &*line::without_colors(whole);
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
                let colon = if reason.is_empty() { "" } else { ": " };
                batch.session(0).mark_incomplete(&format!("the run was aborted{colon}{reason}"));
                batch.note(
                    Severity::Warning,
                    Some(at),
                    format!("`Bail out!`: the run was aborted here{colon}{reason}"),
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
            format!("{} of diagnostics not closed", counted(count, "block"))
        });
        if self.is_kernel && batch.is_empty() {
            batch.note(Severity::Info, None, "a kernel log without KUnit or kselftest results");
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
                batch.session(0).mark_incomplete(head(message.trim(), 200));
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
}
