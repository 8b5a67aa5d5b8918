//! The views of the page: one table with what the address, the navigation and
//! the keyboard call them.

use serde::{Deserialize, Serialize};

/// A view of the page. The page has a component for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Route {
    /// Is it good? What needs me?
    #[default]
    Overview,
    /// What passes where?
    Grid,
    /// Find and sort tests.
    Tests,
    /// What are the causes?
    Failures,
    /// Which tests disagree with themselves?
    Flaky,
    /// Which failures are known?
    KnownIssues,
    /// Since when, and which way?
    History,
    /// What changed between two sets of sessions?
    Compare,
    /// What is slow, and what became slower?
    Timing,
    /// What did tests measure, and which values shifted?
    Metrics,
    /// What was run?
    Sessions,
    /// Was everything read?
    Files,
}

/// What a view is called, and what it lists.
struct Row {
    route: Route,
    /// The view of the navigation that it belongs to; mostly itself.
    within: Route,
    /// The name among the views that belong together; "" for a view on its own.
    tab: &'static str,
    /// The word in the query string.
    key: &'static str,
    /// The name that people see.
    title: &'static str,
    /// The letter that opens the view after `g`.
    letter: &'static str,
    lists: Listed,
}

/// What a view lists. Views that list the same share their filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    /// No list, so no filter.
    Nothing,
    /// Tests.
    Tests,
    /// Clusters of failures.
    Failures,
    /// Tests that disagree with themselves, over all sessions.
    Flaky,
    /// Known issues.
    KnownIssues,
    /// Changes of tests.
    Changes,
    /// Sessions.
    Sessions,
    /// Files.
    Files,
}

/// All views, in the order of the navigation and of [`Route`]'s variants.
const ROWS: [Row; 12] = [
    Row {
        route: Route::Overview,
        within: Route::Overview,
        tab: "",
        key: "overview",
        title: "Overview",
        letter: "o",
        lists: Listed::Nothing,
    },
    Row {
        route: Route::Grid,
        within: Route::Grid,
        tab: "",
        key: "grid",
        title: "Grid",
        letter: "g",
        lists: Listed::Tests,
    },
    Row {
        route: Route::Tests,
        within: Route::Tests,
        tab: "",
        key: "tests",
        title: "Tests",
        letter: "t",
        lists: Listed::Tests,
    },
    Row {
        route: Route::Failures,
        within: Route::Failures,
        tab: "Causes",
        key: "failures",
        title: "Failures",
        letter: "r",
        lists: Listed::Failures,
    },
    Row {
        route: Route::Flaky,
        within: Route::Failures,
        tab: "Flaky",
        key: "flaky",
        title: "Flaky",
        letter: "k",
        lists: Listed::Flaky,
    },
    Row {
        route: Route::KnownIssues,
        within: Route::Failures,
        tab: "Known issues",
        key: "known",
        title: "Known issues",
        letter: "n",
        lists: Listed::KnownIssues,
    },
    Row {
        route: Route::History,
        within: Route::History,
        tab: "",
        key: "history",
        title: "History",
        letter: "h",
        lists: Listed::Nothing,
    },
    Row {
        route: Route::Compare,
        within: Route::Compare,
        tab: "",
        key: "compare",
        title: "Compare",
        letter: "c",
        lists: Listed::Changes,
    },
    Row {
        route: Route::Timing,
        within: Route::Timing,
        tab: "Test time",
        key: "timing",
        title: "Timing",
        letter: "m",
        lists: Listed::Tests,
    },
    Row {
        route: Route::Metrics,
        within: Route::Timing,
        tab: "Metrics",
        key: "metrics",
        title: "Metrics",
        letter: "v",
        lists: Listed::Tests,
    },
    Row {
        route: Route::Sessions,
        within: Route::Sessions,
        tab: "",
        key: "sessions",
        title: "Sessions",
        letter: "s",
        lists: Listed::Sessions,
    },
    Row {
        route: Route::Files,
        within: Route::Files,
        tab: "",
        key: "files",
        title: "Files",
        letter: "f",
        lists: Listed::Files,
    },
];

impl Route {
    /// All views, in the order of the navigation.
    pub const ALL: [Route; ROWS.len()] = {
        let mut all = [Route::Overview; ROWS.len()];
        let mut at = 0;
        while at < ROWS.len() {
            all[at] = ROWS[at].route;
            assert!(ROWS[at].route as usize == at, "rows are in the order of the variants");
            at += 1;
        }
        all
    };

    /// Returns the word in the query string.
    pub fn key(self) -> &'static str {
        self.row().key
    }

    /// Returns the name that people see.
    pub fn title(self) -> &'static str {
        self.row().title
    }

    /// Returns the view of the navigation that it belongs to: itself, or the first of those that belong
    /// together.
    pub fn within(self) -> Route {
        self.row().within
    }

    /// Returns the name among the views that belong together.
    pub fn tab(self) -> &'static str {
        self.row().tab
    }

    /// Returns the views that belong together with this one, with itself, in their order.
    pub fn tabs(self) -> impl Iterator<Item = Route> {
        Route::ALL.into_iter().filter(move |other| other.within() == self.within())
    }

    /// Returns the letter that opens the view after `g`.
    pub fn letter(self) -> &'static str {
        self.row().letter
    }

    /// Returns what the view lists.
    pub fn lists(self) -> Listed {
        self.row().lists
    }

    /// Returns the view with this word in the query string.
    pub fn from_key(key: &str) -> Option<Route> {
        Route::ALL.into_iter().find(|route| route.key() == key)
    }

    /// Returns the view that this letter opens.
    pub fn from_letter(letter: &str) -> Option<Route> {
        Route::ALL.into_iter().find(|route| route.letter() == letter)
    }

    fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_and_letter_leads_to_its_view() {
        for route in Route::ALL {
            assert_eq!(Route::from_key(route.key()), Some(route));
            assert_eq!(Route::from_letter(route.letter()), Some(route));
            // `g x` clears.
            assert_ne!(route.letter(), "x");
            assert_eq!(route.tabs().next(), Some(route.within()));
            assert_eq!(route.tab().is_empty(), route.tabs().count() == 1, "{route:?}");
        }
        assert_eq!(Route::from_key("hologram"), None);
        assert_eq!(Route::from_letter("?"), None);
    }
}
