//! The report for a merge request, as Markdown that GitHub and GitLab show alike.
//!
//! Names and messages are in code spans: nothing that comes from a file is markup, a link or a mention of a
//! person. The report fits into a comment; what does not fit is counted.

use super::{About, Input};
use crate::analyze::{Compared, Grid, Missing, Overview, RowOrder, change_order, compare, overview};
use crate::model::{Dataset, Outcome, TestId, counted, listed};
use crate::query::{Change, Comparison, Filter, OutcomeFilter};

pub(super) const ABOUT: About = About {
    name: "Report (Markdown)",
    explanation: "for a merge request: headline, DUTs, what is new, failing tests × DUTs; latest sessions",
    file_stem: "report",
    extension: "md",
    media_type: "text/markdown",
    follows_filter: true,
};

/// The longest comment on GitHub, in bytes at worst. GitLab's is longer.
const BYTES: usize = 65_535;

/// Room for the lines that say what is left out.
const RESERVE: usize = 1000;

/// The most columns of the matrix: more are too wide to read.
const COLUMNS: usize = 20;

/// The longest text in a code span, in bytes.
const TEXT_BYTES: usize = 200;

pub(super) fn write(input: &Input) -> Vec<u8> {
    let overview = overview(input.data, input.index);
    let mut report = Report::default();
    report.text = format!("## {}\n\n", plain(&overview.headline.text()));
    if let Some(words) = input.filter.words() {
        let note = "The headline and the table of DUTs count all tests; the lists below only those that match";
        report.text += &format!("{note}: {}\n\n", code(&words));
    }
    duts(&mut report, &overview);
    changes(&mut report, input);
    failing(&mut report, input);
    reasons(&mut report, input.data, &overview);
    report.text.into_bytes()
}

/// A report that does not become longer than [`BYTES`].
#[derive(Default)]
struct Report {
    text: String,
}

impl Report {
    /// Adds a heading, and as many lines as fit; then how many more there are.
    fn section(&mut self, head: &str, lines: &[String], what: &str) {
        if lines.is_empty() {
            return;
        }
        self.text += head;
        let mut left = BYTES.saturating_sub(self.text.len() + RESERVE);
        let fitting = lines.iter().take_while(|line| {
            let fits = line.len() < left;
            left = left.saturating_sub(line.len() + 1);
            fits
        });
        let fitting = fitting.count();
        for line in lines.iter().take(fitting) {
            self.text += line;
            self.text.push('\n');
        }
        let more = (lines.len() - fitting) as u64;
        if more > 0 {
            let text = format!("\n{} more: the report would not fit into a comment.\n", counted(more, what));
            self.text += &text;
        }
        self.text.push('\n');
    }
}

fn duts(report: &mut Report, overview: &Overview) {
    let line = |dut: &crate::analyze::DutLine| {
        let counts = &dut.counts;
        let of = |outcome| counts.of(outcome).to_string();
        let cells = [
            cell(&dut.name),
            dut.build.as_deref().map_or(String::new(), cell),
            percent(counts.pass_rate()),
            of(Outcome::Passed),
            of(Outcome::Failed),
            of(Outcome::Error),
            of(Outcome::Skipped),
            counts.flaky.to_string(),
        ];
        format!("| {} |", cells.join(" | "))
    };
    let lines: Vec<String> = overview.duts.iter().map(line).collect();
    let head = "| DUT | Build | Pass rate | Passed | Failed | Error | Skipped | Flaky |\n\
                |---|---|--:|--:|--:|--:|--:|--:|\n";
    report.section(head, &lines, "DUT");
}

/// What changed for the worse against the baseline, and what was fixed.
fn changes(report: &mut Report, input: &Input) {
    let compared = &compare(input.data, input.index, input.sides);
    if compared.sides.problem.is_some() {
        return;
    }
    let before = match compared.sides.all_passed {
        true => "all passed (assumed)".to_owned(),
        false => code(&compared.sides.from.words),
    };
    for (word, changes) in [
        ("New failures", [Change::Regression, Change::NewFailure]),
        ("Fixed", [Change::Fixed, Change::NewPass]),
    ] {
        let chosen = Comparison { changes: changes.to_vec(), ..Comparison::default() };
        let lines = changed(input, compared, &chosen);
        let head = format!("### {word} since {before}: {}\n\n", lines.len());
        report.section(&head, &lines, "test");
    }
}

/// A line per test with one of these changes.
fn changed(input: &Input, compared: &Compared, comparison: &Comparison) -> Vec<String> {
    let data = input.data;
    let groups = change_order(data, input.index, compared, comparison, input.filter, None);
    let line = |group: &crate::analyze::ChangeGroup| {
        let duts: Vec<String> =
            group.pairs(compared).map(|pair| code(&compared.sides.pairs[pair.dut as usize].0)).collect();
        let duts: Vec<&str> = duts.iter().map(String::as_str).collect();
        format!("- {} on {}", code(&name(data, group.test)), listed(&duts))
    };
    groups.iter().map(line).collect()
}

/// The failing tests × DUTs. A test in bold fails on every DUT that has a verdict for it; one in italics
/// passes on another.
fn failing(report: &mut Report, input: &Input) {
    let data = input.data;
    let filter = match input.filter.only {
        OutcomeFilter::All => Filter { only: OutcomeFilter::Failing, ..input.filter.clone() },
        _ => input.filter.clone(),
    };
    let grid = Grid::new(data, &filter, RowOrder::Attention);
    let columns = grid.sessions.len().min(COLUMNS);
    let mut head = format!("### Failing tests: {}\n\n| Test |", grid.rows.len());
    for &session in grid.sessions.iter().take(columns) {
        head += &format!(" {} |", cell(&data.history.dut(data.history.session(session).dut).name));
    }
    head += &format!("\n|---|{}\n", ":-:|".repeat(columns));
    let line = |&test: &TestId| {
        let (mut failing, mut others) = (0, 0);
        let mut cells = String::new();
        for column in 0..grid.sessions.len() {
            let found = grid.cell(data, column, test);
            match found.map(|result| data.outcome(result)) {
                Ok(outcome) if outcome.is_failing() => failing += 1,
                Ok(Outcome::Passed) => others += 1,
                _ => {}
            }
            if column < columns {
                cells += &format!(" {} |", sign(data, found));
            }
        }
        let name = cell(&name(data, test));
        let name = match (failing, others) {
            (0, _) => name,
            (_, 0) => format!("**{name}**"),
            _ => format!("*{name}*"),
        };
        format!("| {name} |{cells}")
    };
    let lines: Vec<String> = grid.rows.iter().map(line).collect();
    if lines.is_empty() {
        return;
    }
    report.section(&head, &lines, "test");
    let mut legend = "**Bold**: fails on every DUT that passes or fails it. *Italics*: passes on another DUT.".to_owned();
    if grid.sessions.len() > columns {
        let more = counted((grid.sessions.len() - columns) as u64, "DUT");
        legend += &format!(" {more} more are not shown.");
    }
    report.text += &format!("<sub>{legend}</sub>\n\n");
}

/// Why sessions are incomplete, and files that could not be read.
fn reasons(report: &mut Report, data: &Dataset, overview: &Overview) {
    let incomplete = overview.duts.iter().filter_map(|dut| {
        let reason = dut.incomplete.as_deref()?;
        Some(format!("- {}: {}", code(&dut.name), code(reason)))
    });
    let lines: Vec<String> = incomplete.collect();
    report.section("### Incomplete sessions\n\n", &lines, "session");
    let unreadable = data.ledger().filter(|(_, file)| file.status == crate::model::FileStatus::Unreadable);
    let lines: Vec<String> = unreadable.map(|(_, file)| format!("- {}", code(&file.path))).collect();
    report.section("### Files that could not be read\n\n", &lines, "file");
}

/// What a cell of the matrix shows.
fn sign(data: &Dataset, found: Result<crate::model::ResultId, Missing>) -> &'static str {
    match found {
        Ok(result) if data.is_flaky(result) => "flaky",
        Ok(result) => match data.outcome(result) {
            Outcome::Passed => "✓",
            Outcome::Failed => "**failed**",
            Outcome::Error => "**error**",
            outcome => outcome.word(),
        },
        Err(_) => "",
    }
}

fn name(data: &Dataset, test: TestId) -> String {
    let (scope, name) = (data.tests.scope_text(data.tests.scope_of(test)), data.tests.name(test));
    if scope.is_empty() { name.to_owned() } else { format!("{scope} › {name}") }
}

/// Only 1 is "100 %" and only 0 is "0 %".
fn percent(rate: Option<f64>) -> String {
    match rate {
        None => "–".to_owned(),
        Some(1.0) => "100 %".to_owned(),
        Some(0.0) => "0 %".to_owned(),
        Some(rate) => format!("{:.1} %", (rate * 100.0).clamp(0.1, 99.9)),
    }
}

/// Writes a text in a code span, on one line.
fn code(text: &str) -> String {
    let text = crate::model::head(text, TEXT_BYTES);
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    // The span ends at a run of as many backquotes as it began with.
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let quotes = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    format!("{quotes}{space}{text}{space}{quotes}")
}

/// Writes a text in a code span in a cell of a table, where a bar ends the cell even in code.
fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// Writes a sentence of ours that quotes names: all signs of markup stand for themselves.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '!' | '$' => plain.extend(['\\', c]),
            // A backslash would not keep these from being mentions of people and issues.
            '@' | '#' => plain += &format!("{c}<!-- -->"),
            '&' => plain.push_str("&amp;"),
            c if c.is_control() => plain.push(' '),
            c => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_from_files_are_no_markup() {
        assert_eq!(code("a|b"), "`a|b`");
        assert_eq!(cell("a|b"), "`a\\|b`");
        assert_eq!(code("`x``y"), "``` `x``y ```");
        assert_eq!(code("a\nb\u{1b}"), "`a b`");
        assert_eq!(code(" "), "");
        assert_eq!(plain("<b>@me *x* & #1"), "\\<b\\>@<!-- -->me \\*x\\* &amp; #<!-- -->1");
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let mut report = Report::default();
        let lines = vec!["x".repeat(1000); 100];
        report.section("### A\n\n", &lines, "test");
        report.section("### B\n\n", &lines, "test");
        assert!(report.text.len() <= BYTES);
        assert!(report.text.contains("\n36 tests more"), "{}", report.text.get(60_000..).unwrap_or_default());
        assert!(report.text.ends_with("100 tests more: the report would not fit into a comment.\n\n"));
    }
}
