//! The geometry of the grid, and the ids of its cells. All sizes are in pixels.

use crate::ui::parts::Span;

/// The height of a row.
pub const ROW: u32 = 30;
/// The width of a letter in names of tests.
pub const LETTER: u32 = 6;

/// The width of a letter in names of DUTs, which are bold.
const HEAD_LETTER: u32 = 8;
/// The same where the names are vertical: wide fonts have letters of 9 px, and a few
/// pixels of height cost less than those of a column.
const TURNED_LETTER: u32 = 9;
/// The least width of a column whose head is written horizontally.
const LEAST_UPRIGHT: u32 = 64;
/// The least width of a column.
const LEAST: u32 = 34;
/// The greatest width of a column.
const MOST: u32 = 160;
/// The longest name in a vertical head.
const MOST_TURNED: u32 = 128;

/// A row and a column; the heads are row 0 and column 0.
pub type CellIndex = (u32, u32);

/// What the layout depends on, besides the width of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// How many columns there are.
    pub columns: u32,
    /// How many of them are pinned.
    pub pinned: u32,
    /// How many letters the longest name of a DUT has.
    pub longest: u32,
    /// The same without what the names have in common.
    pub longest_short: u32,
    /// A column has a build or a unit.
    pub has_builds: bool,
    /// All columns have the same build.
    pub has_one_build: bool,
}

/// Widths and heights, and how the heads are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The width of the column of names.
    pub name: u32,
    /// The width of each other column.
    pub column: u32,
    /// The height of the heads.
    pub head: u32,
    /// How many columns stay beside the names; fewer than are pinned if there is
    /// no room for them.
    pub pinned: u32,
    /// Columns are narrow: heads have a brief figure and no unit.
    pub is_narrow: bool,
    /// Names of DUTs are written vertically.
    pub is_turned: bool,
    /// Names of DUTs lack what they have in common.
    pub is_short: bool,
    /// Heads have a line for the build.
    pub has_builds: bool,
}

impl Layout {
    /// Few DUTs have room for horizontal heads. If many share the width, heads are
    /// vertical and columns narrow, so that more of them are visible.
    pub fn new(viewport: u32, content: Content) -> Layout {
        let share = |percent: u32, most: u32| (viewport * percent / 100).clamp(150, most);
        let fair = |name: u32| viewport.saturating_sub(name) / content.columns.max(1);
        let wide = share(42, 520);
        let name = if fair(wide) < LEAST_UPRIGHT { share(32, 400) } else { wide };
        let column = fair(name).clamp(LEAST, MOST);
        let is_narrow = column < LEAST_UPRIGHT;
        let needed = |letters: u32| letters * HEAD_LETTER + 10;
        // The corner has the build of all columns.
        let has_builds = content.has_builds && !(is_narrow && content.has_one_build);
        let is_turned = is_narrow && (has_builds || needed(content.longest_short) > column);
        let is_short = match is_turned {
            true => content.longest * TURNED_LETTER + 10 > MOST_TURNED,
            false => needed(content.longest) > column,
        };
        let longest = if is_short { content.longest_short } else { content.longest } * TURNED_LETTER + 10;
        // Pins are above the names.
        let pins = if is_narrow && content.pinned > 0 { 20 } else { 0 };
        // Beside the names: the figure, the bar and some space.
        let head = pins
            + match (is_turned, has_builds) {
                (true, _) => longest.clamp(48, MOST_TURNED) + 36,
                (false, true) => 76,
                (false, false) => 60,
            };
        // One column can always be scrolled.
        let most_pinned = (viewport.saturating_sub(name) / column).saturating_sub(1);
        Layout {
            name,
            column,
            head,
            pinned: content.pinned.min(most_pinned),
            is_narrow,
            is_turned,
            is_short,
            has_builds,
        }
    }

    /// The width of the grid.
    pub fn width(self, columns: u32) -> u32 {
        self.name + self.column * columns
    }

    /// The width of what stays at the left.
    pub fn fixed(self) -> u32 {
        self.width(self.pinned)
    }

    /// How many columns there are between what stays at the left and the first one of a span, as CSS
    /// has numbers.
    pub fn left_out(self, span: Span) -> String {
        span.first.saturating_sub(self.pinned).to_string()
    }
}

/// The id of a cell.
pub fn id_of((row, column): CellIndex) -> String {
    format!("cell-{row}-{column}")
}

/// The cell with an id.
pub fn cell_at(id: &str) -> Option<CellIndex> {
    let (row, column) = id.strip_prefix("cell-")?.split_once('-')?;
    Some((row.parse().ok()?, column.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(viewport: u32, columns: u32) -> Layout {
        Layout::new(viewport, Content { columns, longest: 6, longest_short: 1, ..Content::default() })
    }

    #[test]
    fn the_id_of_a_cell_leads_back_to_it() {
        for cell in [(0, 0), (3, 0), (120_000, 41)] {
            assert_eq!(cell_at(&id_of(cell)), Some(cell));
        }
    }

    #[test]
    fn other_ids_are_not_cells() {
        for id in ["", "cell-", "cell-1", "cell-1-", "cell-x-1", "row-1-2", "cell-1-2-3"] {
            assert_eq!(cell_at(id), None, "{id}");
        }
    }

    #[test]
    fn columns_share_the_width_within_limits() {
        let few = layout(1000, 5);
        assert_eq!((few.name, few.column, few.is_turned), (420, 116, false));
        assert_eq!(few.width(5), 1000);
        assert_eq!(layout(1000, 2).column, 160);
        assert_eq!(layout(1000, 0).column, 160);
    }

    #[test]
    fn many_columns_are_narrow() {
        // With a narrower column of names, heads can stay as they are.
        assert_eq!((layout(1000, 10).column, layout(1000, 10).is_narrow), (68, false));
        assert_eq!((layout(1440, 60).column, layout(1440, 60).is_narrow), (34, true));
        assert_eq!((layout(390, 5).name, layout(390, 5).column), (150, 48));
    }

    #[test]
    fn heads_of_narrow_columns_are_vertical_unless_they_fit() {
        let content = Content { columns: 60, longest: 20, longest_short: 3, ..Content::default() };
        let is_turned = |content| Layout::new(1440, content).is_turned;
        assert!(!is_turned(content));
        assert!(is_turned(Content { longest_short: 4, ..content }));
        assert!(is_turned(Content { has_builds: true, ..content }));
        assert!(!is_turned(Content { has_builds: true, has_one_build: true, ..content }));
        assert!(!is_turned(Content { columns: 2, has_builds: true, ..content }));
    }

    #[test]
    fn names_are_short_only_without_room() {
        let layout = |columns, longest| {
            Layout::new(1000, Content { columns, longest, longest_short: 6, ..Content::default() })
        };
        assert!(!layout(5, 7).is_short);
        assert!(layout(5, 20).is_short);
        assert!(!layout(60, 12).is_short);
        assert!(layout(60, 40).is_short);
        assert_eq!(layout(60, 40).head, 100);
        assert_eq!(layout(60, 12).head, 154);
        let pinned = Content { columns: 60, longest: 12, longest_short: 6, pinned: 1, ..Content::default() };
        assert_eq!(Layout::new(1000, pinned).head, 174);
    }

    #[test]
    fn a_column_can_always_be_scrolled() {
        let pinned = |viewport, pinned| {
            Layout::new(viewport, Content { columns: 60, pinned, ..Content::default() }).pinned
        };
        assert_eq!(pinned(1440, 3), 3);
        assert_eq!(pinned(390, 60), 6);
        assert_eq!(pinned(100, 3), 0);
    }
}
