//! The geometry of the grid, and the ids of its cells. All sizes are in pixels.

/// The height of a row.
pub const ROW: u32 = 30;
/// The height of the head.
pub const HEAD: u32 = 76;
/// The least width of a letter.
pub const LETTER: u32 = 6;

/// A row and a column; the heads are row 0 and column 0.
pub type CellIndex = (u32, u32);

/// Widths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Of the column of names.
    pub name: u32,
    /// Of each other column.
    pub column: u32,
}

impl Layout {
    /// Few DUTs have room for their names; many share the width.
    pub fn new(viewport: u32, columns: u32) -> Layout {
        let name = (viewport * 42 / 100).clamp(150, 520);
        let fair = viewport.saturating_sub(name) / columns.max(1);
        Layout { name, column: fair.clamp(76, 160) }
    }

    /// The width of the grid.
    pub fn width(self, columns: u32) -> u32 {
        self.name + self.column * columns
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

    #[test]
    fn the_id_of_a_cell_leads_back_to_it() {
        for cell in [(0, 0), (3, 0), (120_000, 41)] {
            assert_eq!(cell_at(&id_of(cell)), Some(cell));
        }
    }

    #[test]
    fn other_ids_are_no_cells() {
        for id in ["", "cell-", "cell-1", "cell-1-", "cell-x-1", "row-1-2", "cell-1-2-3"] {
            assert_eq!(cell_at(id), None, "{id}");
        }
    }

    #[test]
    fn columns_share_the_width_within_limits() {
        assert_eq!(Layout::new(1000, 5), Layout { name: 420, column: 116 });
        assert_eq!(Layout::new(1000, 2).column, 160);
        assert_eq!(Layout::new(1000, 200).column, 76);
        assert_eq!(Layout::new(1000, 0).column, 160);
        assert_eq!(Layout::new(1000, 5).width(5), 1000);
    }
}
