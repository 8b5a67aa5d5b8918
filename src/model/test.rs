//! Tests: identities across sessions, DUTs and formats.
//!
//! pytest's node id `tests/test_a.py::TestX::test_y[1]` and JUnit's
//! `classname="tests.test_a.TestX" name="test_y[1]"` are the same test. So a
//! test is identified by its enclosing *scope*, in the dotted spelling that both
//! provide, and by its name with parameters. Where in the scope the suite ends
//! and the class begins is not part of the identity: a node id shows it, but for
//! a JUnit class name it is a guess.

use super::strings::hash_of;
use super::{ScopeId, StrId, Strings, TestId};
use crate::text::search::is_same;
use hashbrown::HashTable;

/// The suite path and class that enclose a test.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    text: StrId,
    /// End of the suite path in the text.
    suite_end: u32,
    /// Start of the class in the text; the end of the text if there is no class.
    class_at: u32,
    /// A file states the boundary; otherwise it is a guess.
    sure: bool,
}

/// All tests and their scopes.
#[derive(Clone, Debug, Default)]
pub struct Tests {
    strings: Strings,
    scopes: Vec<Scope>,
    scope_table: HashTable<ScopeId>,
    scope_of: Vec<ScopeId>,
    name_of: Vec<StrId>,
    table: HashTable<TestId>,
}

impl Tests {
    /// Finds or adds the scope with this text. `boundary` is the end of its suite
    /// and the start of its class, where the file gives them; it replaces an
    /// earlier guess.
    pub fn scope(&mut self, text: &str, boundary: Option<(u32, u32)>) -> ScopeId {
        let hash = hash_of(text, 1);
        let found = self.scope_table.find(hash, |&id| self.scope_text(id) == text).copied();
        if let Some(id) = found {
            let scope = &mut self.scopes[id.index()];
            if let (Some((suite_end, class_at)), false) = (boundary, scope.sure) {
                (scope.suite_end, scope.class_at, scope.sure) = (suite_end, class_at, true);
            }
            return id;
        }
        let (suite_end, class_at) = boundary.unwrap_or_else(|| boundary_by_case(text));
        let id = ScopeId::from(self.scopes.len());
        self.scopes.push(Scope {
            text: self.strings.push(text),
            suite_end,
            class_at,
            sure: boundary.is_some(),
        });
        let (scopes, strings) = (&self.scopes, &self.strings);
        self.scope_table.insert_unique(hash, id, |&id| hash_of(strings.get(scopes[id.index()].text), 1));
        id
    }

    /// Finds or adds the test of this scope and name, which includes its
    /// parameters.
    pub fn test(&mut self, scope: ScopeId, name: &str) -> TestId {
        let hash = hash_of(name, scope.0);
        let is_meant = |id: TestId| self.scope_of[id.index()] == scope && is_same(self.name(id), name);
        let found = self.table.find(hash, |&id| is_meant(id));
        if let Some(&id) = found {
            return id;
        }
        let id = TestId::from(self.scope_of.len());
        self.scope_of.push(scope);
        self.name_of.push(self.strings.push(name));
        let (scope_of, name_of, strings) = (&self.scope_of, &self.name_of, &self.strings);
        self.table
            .insert_unique(hash, id, |&id| hash_of(strings.get(name_of[id.index()]), scope_of[id.index()].0));
        id
    }

    /// Finds the scope with this text.
    pub fn find_scope(&self, text: &str) -> Option<ScopeId> {
        self.scope_table.find(hash_of(text, 1), |&id| self.scope_text(id) == text).copied()
    }

    /// Finds the test of this scope and name.
    pub fn find(&self, scope: &str, name: &str) -> Option<TestId> {
        let scope = self.find_scope(scope)?;
        let is_meant = |&id: &TestId| self.scope_of(id) == scope && self.name(id) == name;
        self.table.find(hash_of(name, scope.0), is_meant).copied()
    }

    /// The same ids with other texts: what `text` makes of each, or the text itself.
    pub(super) fn rewritten(&self, text: &impl Fn(&str) -> Option<String>) -> Tests {
        let mut rewritten = Tests { strings: self.strings.rewritten(text), ..self.clone() };
        for scope in &mut rewritten.scopes {
            let (before, after) = (self.strings.get(scope.text), rewritten.strings.get(scope.text));
            if before == after {
                continue;
            }
            // The boundary is where the rewritten suite ends, unless what was replaced spans it.
            let part = |range: std::ops::Range<usize>| {
                let part = before.get(range).unwrap_or("");
                text(part).unwrap_or_else(|| part.to_owned())
            };
            let (suite_end, class_at) = (scope.suite_end as usize, scope.class_at as usize);
            let (suite, class) = (part(0..suite_end), part(class_at..before.len()));
            let between = before.get(suite_end..class_at).unwrap_or("");
            (scope.suite_end, scope.class_at) = match after == format!("{suite}{between}{class}") {
                true => (suite.len() as u32, (suite.len() + between.len()) as u32),
                false => boundary_by_case(after),
            };
        }
        rewritten.scope_table = HashTable::new();
        for id in (0..rewritten.scopes.len()).map(ScopeId::from) {
            let (scopes, strings) = (&rewritten.scopes, &rewritten.strings);
            let hash = |id: &ScopeId| hash_of(strings.get(scopes[id.index()].text), 1);
            rewritten.scope_table.insert_unique(hash(&id), id, hash);
        }
        rewritten.table = HashTable::new();
        for id in rewritten.ids() {
            let (scope_of, name_of, strings) = (&rewritten.scope_of, &rewritten.name_of, &rewritten.strings);
            let hash = |id: &TestId| hash_of(strings.get(name_of[id.index()]), scope_of[id.index()].0);
            rewritten.table.insert_unique(hash(&id), id, hash);
        }
        rewritten
    }

    /// Makes room for this many more tests.
    pub fn reserve(&mut self, more: usize) {
        self.scope_of.reserve(more);
        self.name_of.reserve(more);
        let (scope_of, name_of, strings) = (&self.scope_of, &self.name_of, &self.strings);
        self.table.reserve(more, |&id| hash_of(strings.get(name_of[id.index()]), scope_of[id.index()].0));
    }

    /// Returns the number of scopes.
    pub fn scopes(&self) -> usize {
        self.scopes.len()
    }

    /// Returns the number of tests.
    pub fn len(&self) -> usize {
        self.scope_of.len()
    }

    /// Whether there are no tests.
    pub fn is_empty(&self) -> bool {
        self.scope_of.is_empty()
    }

    /// Returns all tests, in the order in which files named them.
    pub fn ids(&self) -> impl Iterator<Item = TestId> + use<> {
        (0..self.len()).map(TestId::from)
    }

    /// Returns the scope of a test.
    pub fn scope_of(&self, test: TestId) -> ScopeId {
        self.scope_of[test.index()]
    }

    /// Returns the name with parameters: `test_y[1]`.
    pub fn name(&self, test: TestId) -> &str {
        self.strings.get(self.name_of[test.index()])
    }

    /// Returns the whole text of a scope: `tests.test_a.TestX`.
    pub fn scope_text(&self, scope: ScopeId) -> &str {
        self.strings.get(self.scopes[scope.index()].text)
    }

    /// Returns the suite path of a scope: `tests.test_a`.
    pub fn suite_of(&self, scope: ScopeId) -> &str {
        let text = self.scope_text(scope);
        text.get(..self.scopes[scope.index()].suite_end as usize).unwrap_or(text)
    }

    /// Returns the class of a scope: `TestX`; empty where it has none.
    pub fn class_of(&self, scope: ScopeId) -> &str {
        self.scope_text(scope).get(self.scopes[scope.index()].class_at as usize..).unwrap_or("")
    }

    /// Returns the suite path of a test.
    pub fn suite(&self, test: TestId) -> &str {
        self.suite_of(self.scope_of(test))
    }

    /// Returns the class of a test; empty where it has none.
    pub fn class(&self, test: TestId) -> &str {
        self.class_of(self.scope_of(test))
    }
}

/// Guesses the boundary of a dotted scope: the last segments that begin with a
/// capital are classes (`tests.test_a.TestX`, `org.acme.FlakyTest`), except for
/// the first segment.
pub fn boundary_by_case(text: &str) -> (u32, u32) {
    let none = (text.len() as u32, text.len() as u32);
    if text.contains([' ', '/', ':']) {
        return none;
    }
    let mut boundary = none;
    for (at, _) in text.rmatch_indices('.') {
        if !text[at + 1..].starts_with(char::is_uppercase) {
            break;
        }
        boundary = (at as u32, at as u32 + 1);
    }
    boundary
}

/// Splits a name into the name proper and the parameters in its last bracket:
/// `test_y[1]` → (`test_y`, `1`).
pub fn split_parameters(name: &str) -> (&str, Option<&str>) {
    match (name.find('['), name.strip_suffix(']')) {
        (Some(at), Some(open)) if at > 0 => (&name[..at], Some(&open[at + 1..])),
        _ => (name, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_boundary_replaces_a_guess() {
        let mut tests = Tests::default();
        let scope = tests.scope("tests.test_a.lowercase", None);
        let id = tests.test(scope, "test_y[1]");
        assert_eq!((tests.suite(id), tests.class(id)), ("tests.test_a.lowercase", ""));
        assert_eq!(tests.scope("tests.test_a.lowercase", Some((12, 13))), scope);
        assert_eq!(tests.test(scope, "test_y[1]"), id);
        assert_eq!((tests.suite(id), tests.class(id)), ("tests.test_a", "lowercase"));
        tests.scope("tests.test_a.lowercase", None);
        assert_eq!(tests.class(id), "lowercase");
        assert_eq!(tests.find("tests.test_a.lowercase", "test_y[1]"), Some(id));
        assert_eq!(tests.find("tests.test_a.lowercase", "test_y"), None);
        assert_eq!(tests.find("tests.test_a", "test_y[1]"), None);
    }

    #[test]
    fn classes_begin_with_a_capital() {
        let class = |text: &'static str| &text[boundary_by_case(text).1 as usize..];
        assert_eq!(class("tests.test_a.TestX.TestNested"), "TestX.TestNested");
        assert_eq!(class("tests.test_a"), "");
        assert_eq!(class("org.acme.FlakyTest"), "FlakyTest");
        assert_eq!(class("FlakyTest"), "");
        assert_eq!(class("A sentence. With a Dot"), "");
        assert_eq!(class(""), "");
    }

    #[test]
    fn parameters_are_in_the_last_bracket() {
        assert_eq!(split_parameters("test_y[1]"), ("test_y", Some("1")));
        assert_eq!(split_parameters("test_y[a[0]-b]"), ("test_y", Some("a[0]-b")));
        assert_eq!(split_parameters("test_y"), ("test_y", None));
        assert_eq!(split_parameters("[x]"), ("[x]", None));
        assert_eq!(split_parameters("t]["), ("t][", None));
    }
}
