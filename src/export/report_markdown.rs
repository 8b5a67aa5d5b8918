//! The report for a merge request, as Markdown that GitHub and GitLab show alike.
//!
//! Names and messages are in code spans: nothing that comes from a file is markup or a mention of a person, and
//! only properties that are web addresses are links. The report fits into a comment; what does not fit is
//! counted. It is not read back.

use super::number::percent;
use super::redaction::Texts;
use super::sessions::latest_sessions;
use super::{About, Input};
use crate::analyze::{Compared, Grid, Missing, Overview, RowOrder, change_order, compare, overview};
use crate::model::{Dataset, Outcome, TestId, counted, head, listed};
use crate::query::{Change, Comparison, Filter, OutcomeFilter};
use crate::text::order::Order;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const ABOUT: About = About {
    name: "Report (Markdown)",
    explanation: "for a merge request: headline, DUTs, what is new, failing tests × DUTs; latest sessions",
    file_stem: "report",
    extension: "md",
    media_type: "text/markdown",
    follows_filter: true,
    carries: &[Texts::Names, Texts::Tests, Texts::Messages, Texts::Properties, Texts::Files],
};

/// The longest comment on GitHub, in bytes at worst. GitLab's is longer.
const BYTES: usize = 65_535;

/// Room for the lines that say what is left out.
const RESERVE: usize = 2500;

/// The most DUTs in a list.
const DUTS: usize = 5;

/// The most links of a session.
const LINKS: usize = 10;

/// The most reasons of skips.
const REASONS: usize = 20;

/// The most columns of the matrix: more are too wide to read.
const COLUMNS: usize = 20;

/// The longest text in a code span, in bytes.
const TEXT_BYTES: usize = 200;

pub(super) fn write(input: &Input) -> Vec<u8> {
    let overview = overview(input.data, input.index);
    let mut report = Report { text: format!("## {}\n\n", plain(&overview.headline.text())) };
    if let Some(words) = input.filter.words() {
        let note =
            "The headline and the table of DUTs count all tests; the lists below only those that match";
        report.text += &format!("{note}: {}\n\n", code(&words));
    }
    duts(&mut report, &overview);
    changes(&mut report, input);
    failing(&mut report, input);
    skips(&mut report, input);
    reasons(&mut report, input.data, &overview);
    links(&mut report, input.data);
    if let Some(places) = input.redacted {
        let places = counted(places.into(), "place");
        report.text += &format!("<sub>Secrets are redacted in {places}.</sub>\n");
    }
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
        if self.text.len() + head.len() + RESERVE > BYTES {
            let count = counted(lines.len() as u64, what);
            self.text += &format!("{count} not shown: the report would not fit into a comment.\n\n");
            return;
        }
        self.text += head;
        // Half of what is left, so that a long section leaves room for the others.
        let mut left = BYTES.saturating_sub(self.text.len() + RESERVE) / 2;
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
            let text = format!(
                "\n{} more not shown: the report would not fit into a comment.\n",
                counted(more, what)
            );
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
            counts.pass_rate().map_or("–".to_owned(), percent),
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
        let names = group.pairs(compared).map(|pair| compared.sides.pairs[pair.dut as usize].0.as_str());
        format!("- {} on {}", code(&name(data, group.test)), duts_in_words(names))
    };
    groups.iter().map(line).collect()
}

/// Names of DUTs, of which many are counted.
fn duts_in_words<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut duts: Vec<String> = names.map(code).collect();
    let more = duts.len().saturating_sub(DUTS) as u64;
    if more > 1 {
        duts.truncate(DUTS);
        duts.push(counted(more, "more DUT"));
    }
    listed(&duts.iter().map(String::as_str).collect::<Vec<_>>())
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
    let mut top = format!("### Failing tests: {}\n\n| Test |", grid.rows.len());
    for &session in grid.sessions.iter().take(columns) {
        top += &format!(" {} |", cell(&data.history.dut(data.history.session(session).dut).name));
    }
    top += &format!("\n|---|{}\n", ":-:|".repeat(columns));
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
    report.section(&top, &lines, "test");
    if !report.text.contains("\n| Test |") {
        return;
    }
    let mut legend =
        "**Bold**: fails on every DUT that passes or fails it. *Italics*: passes on another DUT.".to_owned();
    if grid.sessions.len() > columns {
        let more = counted((grid.sessions.len() - columns) as u64, "more DUT");
        legend += &format!(" {more} not shown.");
    }
    report.text += &format!("<sub>{legend}</sub>\n\n");
}

/// Why tests were skipped in the latest sessions: how many for each reason, and on which DUTs.
fn skips(report: &mut Report, input: &Input) {
    let data = input.data;
    let matcher = input.filter.matcher();
    let mut by_reason: BTreeMap<&str, (u64, BTreeSet<&str>)> = BTreeMap::new();
    for session in latest_sessions(data) {
        let dut = data.history.dut(data.history.session(session).dut).name.as_str();
        for result in data.results_of(session) {
            let (test, reason) = (data.test_of(result), data.message(result));
            let scope = data.tests.scope_text(data.tests.scope_of(test));
            let is_skipped = matches!(data.outcome(result), Outcome::Skipped | Outcome::NotRun);
            if is_skipped && !reason.is_empty() && matcher.matches(scope, data.tests.name(test)) {
                let (count, duts) = by_reason.entry(reason).or_default();
                *count += 1;
                duts.insert(dut);
            }
        }
    }
    let mut reasons: Vec<_> = by_reason.into_iter().collect();
    reasons.order_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    let more = reasons.len().saturating_sub(REASONS) as u64;
    let line = |(reason, (count, duts)): (&str, (u64, BTreeSet<&str>))| {
        format!("- {count} on {}: {}", duts_in_words(duts.into_iter()), code(reason))
    };
    let mut lines: Vec<String> = reasons.into_iter().take(REASONS).map(line).collect();
    if more > 0 {
        lines.push(format!("- {} not shown", counted(more, "rarer reason")));
    }
    report.section("### Why results were skipped\n\n", &lines, "reason");
}

/// The web addresses that properties of the latest sessions have, such as that of the job that ran it.
fn links(report: &mut Report, data: &Dataset) {
    let line = |session| {
        let drafts = data.told_of(session).map(|part| &data.part(part).draft);
        // Those that name the DUT or the build are in the table.
        let properties = drafts.flat_map(|draft| {
            let is_name = |name: &str| draft.claims.iter().any(|claim| claim.name == name);
            draft.properties.iter().filter(move |(name, _)| !is_name(name))
        });
        let links =
            properties.filter_map(|(name, value)| Some(format!("[{}](<{}>)", code(name), address(value)?)));
        let links: Vec<String> = links.take(LINKS).collect();
        let dut = &data.history.dut(data.history.session(session).dut).name;
        (!links.is_empty()).then(|| format!("- {}: {}", code(dut), links.join(", ")))
    };
    let lines: Vec<String> = latest_sessions(data).filter_map(line).collect();
    report.section("### Links\n\n", &lines, "session");
}

/// Returns a web address if it is one that can stand in a link as it is.
fn address(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    (!rest.is_empty() && text.len() <= 500 && rest.bytes().all(is_plain)).then_some(text)
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

/// Writes a text in a code span, on one line.
fn code(text: &str) -> String {
    let shown = head(text, TEXT_BYTES);
    let end = if shown.len() < text.len() { "…" } else { "" };
    let text: String = shown.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = text.trim();
    if text.is_empty() {
        return "(empty)".to_owned();
    }
    // The span ends at a run of as many backquotes as it began with.
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let quotes = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    format!("{quotes}{space}{text}{end}{space}{quotes}")
}

/// Writes a text in a code span in a cell of a table, where a bar ends the cell even in code.
fn cell(text: &str) -> String {
    let code = code(text);
    if !code.contains("\\|") {
        return code.replace('|', "\\|");
    }
    // A backslash before the one that escapes the bar would escape that one: write signs as references.
    let text = head(text, TEXT_BYTES);
    let sign = |c: char| match c {
        c if c.is_alphanumeric() || c == ' ' => c.to_string(),
        c if c.is_control() => " ".to_owned(),
        c => format!("&#{};", u32::from(c)),
    };
    format!("<code>{}</code>", text.chars().map(sign).collect::<String>())
}

/// Writes a sentence of ours that quotes names: a word with any sign beyond those of sentences is code, so it is
/// no markup, mention, reference or link.
fn plain(text: &str) -> String {
    let is_harmless = |word: &str| {
        let is_of_sentence =
            |c: char| c.is_alphanumeric() || matches!(c, '.' | ',' | ':' | ';' | '(' | ')' | '–' | '\'');
        // GitHub makes links of commits and of `www.`.
        let is_hash = word.len() >= 7 && word.chars().all(|c| c.is_ascii_hexdigit());
        word == "%"
            || word == "·"
            || word.chars().all(is_of_sentence) && !is_hash && !word.starts_with("www.")
    };
    let word = |word: &str| match word {
        word if is_harmless(word) => word.to_owned(),
        word => {
            let name = word.trim_end_matches(['.', ',', ':', ';']);
            let end = word.get(name.len()..).unwrap_or_default();
            format!("{}{end}", code(name))
        }
    };
    let words: Vec<String> = text.split_whitespace().map(word).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_from_files_are_no_markup() {
        assert_eq!(code("a|b"), "`a|b`");
        assert_eq!(cell("a|b"), "`a\\|b`");
        assert_eq!(cell("a\\|<b>"), "<code>a&#92;&#124;&#60;b&#62;</code>");
        assert_eq!(code("`x``y"), "``` `x``y ```");
        assert_eq!(code("a\nb\u{1b}"), "`a b`");
        assert_eq!(code(" "), "(empty)");
        assert_eq!(code(&"x".repeat(300)), format!("`{}…`", "x".repeat(TEXT_BYTES)));
        let headline = "3 of 5 DUTs fail: a_b, @me. 98 % of #1 www.x.org 1a2b3c4";
        assert_eq!(plain(headline), "3 of 5 DUTs fail: `a_b`, `@me`. 98 % of `#1` `www.x.org` `1a2b3c4`");
        assert_eq!(
            address("https://ci.acme.example/job/7?x=(1)"),
            Some("https://ci.acme.example/job/7?x=(1)")
        );
        for bad in ["javascript:x", "https://", "https://a>b", "http://a b", "https://a\nb", "https://a\\b"] {
            assert_eq!(address(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let mut report = Report::default();
        let lines = vec!["x".repeat(1000); 100];
        report.section("### A\n\n", &lines, "test");
        assert!(
            report.text.ends_with("\n69 tests more not shown: the report would not fit into a comment.\n\n")
        );
        for _ in 0..20 {
            report.section(&format!("### {}\n\n", "y".repeat(2000)), &lines, "test");
        }
        assert!(report.text.len() <= BYTES);
        assert!(
            report.text.ends_with("\n\n100 tests not shown: the report would not fit into a comment.\n\n")
        );
    }
}
