//! A small data set for the other modules: four DUTs over three builds.

use crate::Dropped;
use passgrid::analyze::{
    Cell, GridLine, GridQuery, GridWindow, GroupCell, Ledger, Overview, PathWindow, SessionPage,
    SessionWindow, TestWindow,
};
use passgrid::engine::{
    GetGrid, GetLedger, GetOverview, GetSession, GetSessions, GetTests, MatchPaths, Undo,
};
use passgrid::query::{FileFilter, Filter, SessionKey, Sort};
use std::fmt::Write;

/// A JUnit report with a test per line, `scope name outcome seconds`. If the last line is `…`, the
/// file is truncated.
pub fn junit(started: &str, lines: &str) -> String {
    junit_of("", started, lines)
}

/// The same with a comment, so that files with the same results are not duplicates.
pub fn junit_of(comment: &str, started: &str, lines: &str) -> String {
    let mut text = format!("<testsuite name='s' timestamp='{started}'><!-- {comment} -->\n");
    let mut end = "</testsuite>";
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [scope, name, outcome, ..] = words[..] else {
            end = "<testca";
            continue;
        };
        let seconds = words.get(3).unwrap_or(&"1");
        let child = match outcome {
            "failed" => format!("<failure message='{name} is wrong'/>"),
            "error" => "<error message='crash'/>".to_owned(),
            "skipped" => "<skipped message='not here'/>".to_owned(),
            _ => String::new(),
        };
        write!(text, "<testcase classname='{scope}' name='{name}' time='{seconds}'>{child}</testcase>")
            .unwrap();
    }
    text + end
}

/// `DUT_C` fails `sync` since 1.1 and `boot` since 1.2. All fail `leak`: `DUT_A` since 1.2, the
/// others always. `DUT_B`'s last file is truncated; `DUT_D` has only one session.
pub fn story() -> Dropped {
    let a = "audio play passed 0.5\naudio sync passed 2\nnet leak failed\nnet boot passed";
    let a_before = "audio play passed\naudio sync passed\nnet leak passed\nnet boot passed";
    let files = [
        ("1.0/DUT_A.xml", junit("2026-11-01T10:00:00", a_before)),
        ("1.1/DUT_A.xml", junit("2026-11-02T10:00:00", a_before)),
        ("1.2/DUT_A.xml", junit("2026-11-03T10:00:00", a)),
        ("1.0/DUT_B.xml", junit("2026-11-01T11:00:00", a)),
        ("1.1/DUT_B.xml", junit("2026-11-02T11:00:00", a)),
        ("1.2/DUT_B.xml", junit("2026-11-03T11:00:00", "audio play passed 1.5\nnet leak failed\n…")),
        ("1.0/DUT_C.xml", junit("2026-11-01T12:00:00", a)),
        (
            "1.1/DUT_C.xml",
            junit(
                "2026-11-02T12:00:00",
                "audio play passed\naudio sync failed\nnet leak failed\nnet boot passed",
            ),
        ),
        (
            "1.2/DUT_C.xml",
            junit(
                "2026-11-03T12:00:00",
                "audio play skipped 0\naudio sync failed 4\nnet leak failed\nnet boot error\nextra test_10 passed\nextra test_9 passed",
            ),
        ),
        (
            "1.2/DUT_D.xml",
            junit("2026-11-03T13:00:00", "audio play passed 2.5\nnet leak failed\nnet boot passed"),
        ),
    ];
    Dropped::new(files.iter().map(|(path, text)| (*path, text.as_bytes())))
}

impl Dropped {
    /// The overview.
    pub fn overview(&mut self) -> Overview {
        self.engine.ask(GetOverview)
    }

    /// All lines of the grid.
    pub fn grid(&mut self, query: GridQuery, folded: &[&str]) -> GridWindow {
        self.grid_window(query, folded, 0, u32::MAX)
    }

    /// Some lines of the grid.
    pub fn grid_window(&mut self, query: GridQuery, folded: &[&str], from: u32, count: u32) -> GridWindow {
        let folded = folded.iter().map(|&scope| scope.to_owned()).collect();
        self.engine.ask(GetGrid { query, folded, from, count })
    }

    /// All rows of the table of tests.
    pub fn tests(&mut self, filter: Filter, sort: &str) -> TestWindow {
        let sort = Sort::from_key(sort);
        self.engine.ask(GetTests { filter, sort, from: 0, count: u32::MAX })
    }

    /// All rows of the table of sessions that match these words.
    pub fn sessions(&mut self, words: &str, sort: &str) -> SessionWindow {
        let filter = Filter { text: words.to_owned(), ..Filter::default() };
        let sort = Sort::from_key(sort);
        self.engine.ask(GetSessions { filter, sort, from: 0, count: u32::MAX })
    }

    /// A session.
    pub fn session(&mut self, dut: &str, session: &str) -> Option<SessionPage> {
        let key = SessionKey { dut: dut.to_owned(), session: session.to_owned() };
        self.engine.ask(GetSession(key)).map(|page| *page)
    }

    /// The matches of a pattern in all paths.
    pub fn paths(&mut self, pattern: &str) -> PathWindow {
        self.engine.ask(MatchPaths { pattern: pattern.to_owned(), from: 0, count: u32::MAX })
    }

    /// The ledger.
    pub fn ledger(&mut self) -> Ledger {
        self.engine.ask(GetLedger { filter: FileFilter::default(), from: 0, count: u32::MAX })
    }

    /// Undoes the last step.
    pub fn undo(&mut self) -> Option<String> {
        self.engine.ask(Undo)
    }
}

/// A cell in words.
pub fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Result { outcome, .. } => outcome.word().to_owned(),
        Cell::Missing(missing) => missing.why(),
    }
}

/// The cell of a group in words.
fn shown_group(cell: &GroupCell) -> String {
    cell.words_on("X").replace("worst outcome on X: ", "").replace(" on X", "")
}

/// A line of the grid in words: name, then cells.
pub fn shown_line(line: &GridLine) -> String {
    let (name, cells): (String, Vec<String>) = match line {
        GridLine::Group(group) => {
            let state = if group.is_folded { "+" } else { "-" };
            (
                format!("{state} {} {}/{}", group.scope, group.failing, group.tests),
                group.cells.iter().map(shown_group).collect(),
            )
        }
        GridLine::Test(row) => (format!("  {}", row.name), row.cells.iter().map(shown).collect()),
    };
    format!("{name}: {}", cells.join(", "))
}
