//! What a query of the grid gives: types only.

use super::group_cell::GroupCell;
use crate::analyze::cell::Cell;
use crate::analyze::short_names::ShortNames;
use crate::model::Counts;
use crate::query::{Change, Comparison, DutColumns, Filter};
use serde::{Deserialize, Serialize};

/// The sort order of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RowOrder {
    /// Failing tests first, those that fail on more DUTs before others, then
    /// differing ones, then the rest, each by name. Groups are sorted by their
    /// most urgent test, then by how many of their tests fail.
    #[default]
    Attention,
    /// By suite, class and name.
    Name,
}

/// The rows and columns that a grid has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct GridQuery {
    /// Which tests.
    pub filter: Filter,
    /// Their order.
    pub order: RowOrder,
    /// Tests of one scope are grouped below a head.
    pub is_grouped: bool,
    /// Its columns. DUTs that are not shown count nowhere: not for the filter, not
    /// for the order of rows, and not as "other DUTs". The DUT of the filter is
    /// always shown, as the first column.
    pub duts: DutColumns,
    /// The columns are the newer side of this comparison, and its changes are marked; only
    /// tests with the chosen ones are rows. Without it, columns are the latest sessions, and
    /// marks tell what changed since the session before.
    pub comparison: Option<Comparison>,
}

/// A column: a DUT with its latest session, or its session on the newer side of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// The DUT.
    pub dut: String,
    /// The unit (specimen).
    pub unit: Option<String>,
    /// The build under test.
    pub build: Option<String>,
    /// The session's id.
    pub session: String,
    /// Start, as ISO 8601.
    pub started: Option<String>,
    /// The session's counts.
    pub counts: Counts,
    /// Why the session is incomplete.
    pub incomplete: Option<String>,
    /// None of its files is readable.
    pub is_unreadable: bool,
}

/// The row of a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridRow {
    /// Suite and class, as in the test's identity.
    pub scope: String,
    /// Suite path.
    pub suite: String,
    /// Class.
    pub class: String,
    /// Name with parameters.
    pub name: String,
    /// By column.
    pub cells: Vec<Cell>,
    /// By column: how the result differs from that in the DUT's session before, or on the older side of
    /// the comparison.
    pub changes: Vec<Option<Change>>,
}

/// The head of a group: the tests of one scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridGroup {
    /// Suite and class, as in the tests' identities; the key for folding.
    pub scope: String,
    /// Suite path.
    pub suite: String,
    /// Class.
    pub class: String,
    /// How many of its tests match the filter.
    pub tests: u32,
    /// How many of these fail on at least one DUT.
    pub failing: u32,
    /// It is collapsed: its tests have no rows.
    pub is_folded: bool,
    /// By column: a summary of these tests.
    pub cells: Vec<GroupCell>,
}

/// A line of the grid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GridLine {
    /// The head of a group.
    Group(GridGroup),
    /// A test.
    Test(GridRow),
}

/// The visible lines of the grid, with columns and totals.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GridWindow {
    /// The columns of all shown DUTs, pinned ones first.
    pub columns: Vec<Column>,
    /// How many of the columns are pinned.
    pub pinned: u32,
    /// How many DUTs there are, with those that are not shown.
    pub duts: u32,
    /// The names of the columns without what they have in common.
    pub names: ShortNames,
    /// How many tests there are without the filter.
    pub tests: u32,
    /// How many tests match the filter.
    pub matching: u32,
    /// How many lines there are: heads, and the tests of open groups.
    pub total: u32,
    /// Index of the first line in `rows`.
    pub from: u32,
    /// The requested lines.
    pub rows: Vec<GridLine>,
    /// What is compared, older side first.
    pub compared: Option<(String, String)>,
}
