//! The view: what is on screen, as the query string has it.
//!
//! Defaults are not written, so that links stay short; parameters that are
//! unknown are ignored, so that links of other versions still lead here.

use super::{FileFilter, FileKind, Filter, OutcomeFilter, Sort};
use serde::{Deserialize, Serialize};

/// A page of the application.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Route {
    /// Is it good? What needs me?
    #[default]
    Overview,
    /// What passes where?
    Grid,
    /// Find and sort.
    Tests,
    /// What was run?
    Sessions,
    /// Was everything read?
    Files,
}

impl Route {
    /// All, in the order of the navigation.
    pub const ALL: [Route; 5] = [Route::Overview, Route::Grid, Route::Tests, Route::Sessions, Route::Files];

    /// The name that people see.
    pub fn name(self) -> &'static str {
        match self {
            Route::Overview => "Overview",
            Route::Grid => "Grid",
            Route::Tests => "Tests",
            Route::Sessions => "Sessions",
            Route::Files => "Files",
        }
    }

    fn listed(self) -> Listed {
        match self {
            Route::Grid | Route::Tests => Listed::Tests,
            Route::Sessions => Listed::Sessions,
            Route::Files => Listed::Files,
            Route::Overview => Listed::Nothing,
        }
    }

    /// The word in the query string.
    pub fn key(self) -> &'static str {
        match self {
            Route::Overview => "overview",
            Route::Grid => "grid",
            Route::Tests => "tests",
            Route::Sessions => "sessions",
            Route::Files => "files",
        }
    }
}

/// A result whose details are open. Names, not ids: a link outlives the ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Selection {
    /// The DUT.
    pub dut: String,
    /// The session; the latest of the DUT where there is none.
    pub session: Option<String>,
    /// Suite and class of the test, as one text.
    pub scope: String,
    /// The test's name with parameters.
    pub name: String,
}

/// A session whose details are open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SessionKey {
    /// The DUT.
    pub dut: String,
    /// The session's id.
    pub session: String,
}

/// What is on screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Published results to load: absolute, or relative to the page.
    pub sources: Vec<String>,
    /// The demo is loaded.
    pub demo: bool,
    /// The page.
    pub route: Route,
    /// Which tests.
    pub filter: Filter,
    /// How the table is sorted; as usual where nothing is said.
    pub sort: Option<Sort>,
    /// The grid has no groups.
    pub flat: bool,
    /// The scopes whose groups are folded.
    pub fold: Vec<String>,
    /// The columns of the table that are shown; the usual ones where there is none.
    pub cols: Vec<String>,
    /// The result whose details are open.
    pub selection: Option<Selection>,
    /// The session whose details are open.
    pub session: Option<SessionKey>,
    /// Which files of the ledger, beside the words of the filter.
    pub files: Option<FileKind>,
    /// The key of the file whose details are open.
    pub file: Option<String>,
    /// Details have the whole width.
    pub full: bool,
}

/// The kind of list that a page has: what it is filtered by.
#[derive(PartialEq)]
enum Listed {
    Nothing,
    Tests,
    Sessions,
    Files,
}

impl View {
    /// Shows a page, without details. What was chosen for the page before holds
    /// no longer: grid and table of tests share the filter, since they show the
    /// same, and nothing else is shared.
    pub fn go(&mut self, route: Route) {
        self.selection = None;
        self.session = None;
        self.file = None;
        self.full = false;
        if route == self.route {
            return;
        }
        if self.listed() == Listed::Nothing || self.listed() != route.listed() {
            self.filter = Filter::default();
        }
        self.sort = None;
        self.files = None;
        self.cols.clear();
        self.route = route;
    }

    fn listed(&self) -> Listed {
        self.route.listed()
    }

    /// The filter over files.
    pub fn file_filter(&self) -> FileFilter {
        FileFilter { text: self.filter.text.clone(), kind: self.files }
    }

    /// The filter over tests, for downloads.
    pub fn test_filter(&self) -> Filter {
        if self.listed() == Listed::Tests { self.filter.clone() } else { Filter::default() }
    }

    /// Reads a query string, with or without its question mark.
    pub fn from_query(query: &str) -> View {
        let mut view = View::default();
        let mut selection = Selection::default();
        let mut session = SessionKey::default();
        for pair in query.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = decode(value);
            match decode(key).as_str() {
                "src" if !value.is_empty() => view.sources.push(value),
                "view" => {
                    let place = Route::ALL.into_iter().find(|place| place.key() == value);
                    view.route = place.unwrap_or_default();
                }
                "demo" => view.demo = true,
                "q" => view.filter.text = value,
                "sort" => view.sort = Sort::from_key(&value),
                "flat" => view.flat = true,
                "fold" => view.fold.push(value),
                "cols" => {
                    let columns = value.split(',').filter(|column| !column.is_empty());
                    view.cols = columns.map(str::to_owned).collect();
                }
                "full" => view.full = true,
                "of" => session.dut = value,
                "run" => session.session = value,
                "status" => view.files = FileKind::from_key(&value),
                "file" if !value.is_empty() => view.file = Some(value),
                "only" => view.filter.only = OutcomeFilter::from_key(&value),
                "on" if !value.is_empty() => view.filter.dut = Some(value),
                "test" => selection.name = value,
                "in" => selection.scope = value,
                "dut" => selection.dut = value,
                "session" => selection.session = Some(value),
                _ => {}
            }
        }
        let is_selected = !selection.name.is_empty() && !selection.dut.is_empty();
        view.selection = is_selected.then_some(selection);
        view.session = (!session.dut.is_empty()).then_some(session);
        view
    }

    /// The query string with its question mark; nothing for the default view.
    pub fn to_query(&self) -> String {
        let mut query = String::new();
        let mut write = |key: &str, value: &str| {
            query.push(if query.is_empty() { '?' } else { '&' });
            query.push_str(key);
            if !value.is_empty() {
                query.push('=');
                encode(value, &mut query);
            }
        };
        self.sources.iter().for_each(|source| write("src", source));
        if self.demo {
            write("demo", "");
        }
        if self.route != Route::default() {
            write("view", self.route.key());
        }
        if !self.filter.text.is_empty() {
            write("q", &self.filter.text);
        }
        if self.filter.only != OutcomeFilter::default() {
            write("only", self.filter.only.key());
        }
        if let Some(dut) = &self.filter.dut {
            write("on", dut);
        }
        if let Some(sort) = self.sort {
            write("sort", &sort.key());
        }
        if self.flat {
            write("flat", "");
        }
        self.fold.iter().for_each(|scope| write("fold", scope));
        if !self.cols.is_empty() {
            write("cols", &self.cols.join(","));
        }
        if let Some(selection) = &self.selection {
            write("test", &selection.name);
            if !selection.scope.is_empty() {
                write("in", &selection.scope);
            }
            write("dut", &selection.dut);
            if let Some(session) = &selection.session {
                write("session", session);
            }
        }
        if let Some(session) = &self.session {
            write("of", &session.dut);
            write("run", &session.session);
        }
        if let Some(kind) = self.files {
            write("status", kind.key());
        }
        if let Some(file) = &self.file {
            write("file", file);
        }
        if self.full {
            write("full", "");
        }
        query
    }
}

/// Percent-encodes a value; leaves what reads well in an address as it is.
fn encode(value: &str, into: &mut String) {
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'-'
            | b'_'
            | b'.'
            | b'~'
            | b'/'
            | b':'
            | b','
            | b'@' => {
                into.push(char::from(byte));
            }
            b' ' => into.push('+'),
            _ => {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                into.push('%');
                into.push(char::from(HEX[usize::from(byte >> 4)]));
                into.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
    }
}

/// Decodes percent-encoding and `+`; what is no encoding stays as it is.
fn decode(value: &str) -> String {
    let bytes = value.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = |offset: usize| bytes.get(at + offset).and_then(|&digit| char::from(digit).to_digit(16));
        match (byte, hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                at += 3;
            }
            (b'+', ..) => {
                decoded.push(b' ');
                at += 1;
            }
            _ => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::SortKey;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_default_view_has_no_query() {
        assert_eq!(View::default().to_query(), "");
        assert_eq!(View::from_query(""), View::default());
        assert_eq!(View::from_query("?"), View::default());
    }

    #[test]
    fn unknown_and_broken_parameters_do_no_harm() {
        let view = View::from_query("?view=hologram&only=banana&utm=1&%zz&q=a%2&=x&dut=A&src=");
        assert_eq!(view.route, Route::Overview);
        assert_eq!(view.filter.text, "a%2");
        assert_eq!(view.selection, None);
        assert_eq!(view.sources, Vec::<String>::new());
        let view = View::from_query("?sort=-banana&cols=,,&run=7&view=tests");
        assert_eq!(view, View { route: Route::Tests, ..View::default() });
    }

    #[test]
    fn addresses_read_well() {
        let check = |query: &str| assert_eq!(View::from_query(query).to_query(), query);
        check("?demo");
        check("?demo&view=tests&q=codec+flac&sort=-time&cols=name,time,outcome");
        check("?view=grid&fold=tests.test_a.TestX&fold=tests.test_b");
        check("?view=sessions&sort=started&of=DUT_A&run=nightly/2026-11-20.xml&full");
        check("?view=grid&sort=name&flat&test=test_y&dut=A&session");
        check("?view=grid&only=flaky&on=DUT_A");
        check("?view=files&q=board&status=partly&file=nightly/board_a.xml");
    }

    #[test]
    fn what_was_chosen_belongs_to_its_page() {
        let check = |from: &str, to: Route, expected: &str| {
            let mut view = View::from_query(from);
            view.go(to);
            assert_eq!(view.to_query(), expected, "{from}");
        };
        let tests = "?view=tests&q=aac&only=failing&on=A&sort=-time&cols=name,time&test=t&dut=A";
        check(tests, Route::Grid, "?view=grid&q=aac&only=failing&on=A");
        check(tests, Route::Tests, "?view=tests&q=aac&only=failing&on=A&sort=-time&cols=name,time");
        check(tests, Route::Sessions, "?view=sessions");
        check(tests, Route::Overview, "");
        check("?demo&view=sessions&q=py&on=A&sort=rate&of=A&run=1&full", Route::Tests, "?demo&view=tests");
        let files = "?view=files&q=x&status=read&file=a.xml";
        check(files, Route::Sessions, "?view=sessions");
        check(files, Route::Files, "?view=files&q=x&status=read");
        check("?src=a.xml&view=files&q=x", Route::Grid, "?src=a.xml&view=grid");
    }

    #[test]
    fn downloads_follow_the_filter_over_tests_only() {
        let words = |query: &str| View::from_query(query).test_filter().words();
        assert_eq!(words("?view=grid&q=aac").as_deref(), Some("tests with “aac”"));
        assert_eq!(words("?view=sessions&q=py3.12"), None);
        assert_eq!(words("?q=aac"), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            sources in proptest::collection::vec(".{1,20}", 0..3),
            place in 0..Route::ALL.len(),
            text in ".{0,20}",
            only in 0..4_usize,
            on in proptest::option::of(".{1,9}"),
            names in proptest::option::of((".{1,9}", proptest::option::of(".{0,9}"), ".{0,9}", ".{1,9}")),
            flags in any::<[bool; 3]>(),
            sort in proptest::option::of((0..SortKey::KEYS.len(), any::<bool>())),
            fold in proptest::collection::vec(".{0,9}", 0..3),
            cols in proptest::collection::vec("[a-z-]{1,8}", 0..4),
            session in proptest::option::of((".{1,9}", ".{0,9}")),
            (files, file) in (proptest::option::of(0..6_usize), proptest::option::of(".{1,9}")),
        ) {
            let view = View {
                sources,
                demo: flags[0],
                route: Route::ALL[place],
                filter: Filter {
                    text,
                    only: [OutcomeFilter::All, OutcomeFilter::Failing, OutcomeFilter::Differences, OutcomeFilter::Flaky][only],
                    dut: on,
                },
                sort: sort.map(|(by, descending)| Sort { by: SortKey::KEYS[by].0, descending }),
                flat: flags[1],
                fold,
                cols,
                selection: names.map(|(dut, session, scope, name)| Selection { dut, session, scope, name }),
                session: session.map(|(dut, session)| SessionKey { dut, session }),
                files: files.map(|kind| FileKind::ALL[kind]),
                file,
                full: flags[2],
            };
            prop_assert_eq!(View::from_query(&view.to_query()), view);
        }
    }
}
