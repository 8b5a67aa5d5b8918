//! The columns of the grid: which DUTs it shows, and in which order.

use serde::{Deserialize, Serialize};

/// The DUTs that the grid shows as columns. Names, not ids; unknown names have no
/// effect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DutColumns {
    /// Which DUTs are shown.
    pub shown: ShownDuts,
    /// DUTs whose columns stay beside the names of tests.
    pub pinned: Vec<String>,
    /// The order of columns.
    pub order: ColumnOrder,
}

/// The order of the grid's columns. Pinned columns come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ColumnOrder {
    /// By name.
    #[default]
    Name,
    /// Those with the most failing results first, then by name.
    Worst,
}

impl ColumnOrder {
    const WORST: &str = "worst";

    /// Returns the word in the query string; "" for the default.
    pub fn key(self) -> &'static str {
        match self {
            ColumnOrder::Name => "",
            ColumnOrder::Worst => ColumnOrder::WORST,
        }
    }

    /// Returns the order for a word of a query string.
    pub fn from_key(key: &str) -> ColumnOrder {
        if key == ColumnOrder::WORST { ColumnOrder::Worst } else { ColumnOrder::Name }
    }
}

/// Which DUTs are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ShownDuts {
    /// All.
    #[default]
    All,
    /// All but these; at least one name.
    AllBut(Vec<String>),
    /// Only these; no name hides all.
    Only(Vec<String>),
}

impl ShownDuts {
    /// Hides one more DUT. Without effect if only some are shown.
    pub fn hide(&mut self, dut: String) {
        match self {
            ShownDuts::All => *self = ShownDuts::AllBut(vec![dut]),
            ShownDuts::AllBut(names) => names.push(dut),
            ShownDuts::Only(_) => {}
        }
    }

    /// Shows only this DUT, and those that were named before; "" names none.
    pub fn show_only(&mut self, dut: String) {
        if !matches!(self, ShownDuts::Only(_)) {
            *self = ShownDuts::Only(Vec::new());
        }
        if let ShownDuts::Only(names) = self
            && !dut.is_empty()
        {
            names.push(dut);
        }
    }

    /// Returns for each of the DUTs whether it is shown. If only DUTs are named
    /// that do not exist, all are shown.
    pub fn among(&self, duts: &[&str]) -> Vec<bool> {
        let is_named = |names: &[String], dut: &str| names.iter().any(|name| name == dut);
        match self {
            ShownDuts::All => vec![true; duts.len()],
            ShownDuts::AllBut(names) => duts.iter().map(|dut| !is_named(names, dut)).collect(),
            ShownDuts::Only(names) => {
                let is_known = names.is_empty() || duts.iter().any(|dut| is_named(names, dut));
                duts.iter().map(|dut| !is_known || is_named(names, dut)).collect()
            }
        }
    }

    /// The names of the DUTs that are hidden, or else shown.
    pub fn names_mut(&mut self) -> &mut [String] {
        match self {
            ShownDuts::All => &mut [],
            ShownDuts::AllBut(names) | ShownDuts::Only(names) => names,
        }
    }

    /// Shows or hides some of the DUTs, the others stay as they are. Keeps the
    /// shorter list of names: of those that are shown, or of those that are hidden.
    pub fn set(&mut self, duts: &[&str], changed: &[&str], is_shown: bool) {
        let before = self.among(duts);
        let (mut shown, mut hidden) = (Vec::new(), Vec::new());
        for (&dut, was_shown) in duts.iter().zip(before) {
            let is_shown = if changed.contains(&dut) { is_shown } else { was_shown };
            let list = if is_shown { &mut shown } else { &mut hidden };
            list.push(dut.to_owned());
        }
        *self = if hidden.is_empty() {
            ShownDuts::All
        } else if shown.len() < hidden.len() {
            ShownDuts::Only(shown)
        } else {
            ShownDuts::AllBut(hidden)
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DUTS: [&str; 5] = ["a", "b", "c", "d", "e"];

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[track_caller]
    fn check(shown: &ShownDuts, expected: &str) {
        let found = DUTS.iter().zip(shown.among(&DUTS)).filter(|(_, is_shown)| *is_shown);
        assert_eq!(found.map(|(dut, _)| *dut).collect::<String>(), expected);
    }

    #[test]
    fn unknown_names_have_no_effect() {
        check(&ShownDuts::All, "abcde");
        check(&ShownDuts::AllBut(names(&["b", "x"])), "acde");
        check(&ShownDuts::Only(names(&["b", "x"])), "b");
        check(&ShownDuts::Only(names(&["x"])), "abcde");
        check(&ShownDuts::Only(Vec::new()), "");
    }

    #[test]
    fn the_shorter_list_is_kept() {
        let mut shown = ShownDuts::default();
        shown.set(&DUTS, &["a", "b"], false);
        assert_eq!(shown, ShownDuts::AllBut(names(&["a", "b"])));
        shown.set(&DUTS, &["c"], false);
        assert_eq!(shown, ShownDuts::Only(names(&["d", "e"])));
        shown.set(&DUTS, &["a"], true);
        assert_eq!(shown, ShownDuts::AllBut(names(&["b", "c"])));
        shown.set(&DUTS, &DUTS, true);
        assert_eq!(shown, ShownDuts::All);
        shown.set(&DUTS, &DUTS, false);
        assert_eq!(shown, ShownDuts::Only(Vec::new()));
        shown.set(&DUTS, &["x"], true);
        check(&shown, "");
    }

    #[test]
    fn both_lists_are_read() {
        let mut shown = ShownDuts::default();
        shown.hide("a".to_owned());
        shown.hide("c".to_owned());
        check(&shown, "bde");
        // What is to be shown wins over what is to be hidden.
        shown.show_only("b".to_owned());
        shown.hide("b".to_owned());
        shown.show_only("d".to_owned());
        check(&shown, "bd");
        shown = ShownDuts::All;
        shown.show_only(String::new());
        check(&shown, "");
    }

    #[test]
    fn every_order_is_read_back() {
        for order in [ColumnOrder::Name, ColumnOrder::Worst] {
            assert_eq!(ColumnOrder::from_key(order.key()), order);
        }
        assert_eq!(ColumnOrder::from_key("banana"), ColumnOrder::Name);
    }
}
