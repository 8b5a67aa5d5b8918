//! The cell of the open details: marked, and kept visible.

use super::layout::{CellIndex, ROW};
use super::{GridState, reveal};
use crate::analyze::GridWindow;
use crate::ui::parts::VirtualList;
use crate::ui::stores::Navigation;
use leptos::prelude::*;

/// The cell of the open details, if its line and its DUT are on screen.
pub fn open_cell(navigation: Navigation, list: VirtualList<GridWindow>) -> Memo<Option<CellIndex>> {
    Memo::new(move |_| {
        let line = navigation.open_line.get()?;
        let dut = navigation.view.with(|view| Some(view.selection.as_ref()?.dut.clone()))?;
        let column = list.with(|window| window.columns.iter().position(|column| column.dut == dut))??;
        Some((line + 1, column as u32 + 1))
    })
}

impl GridState {
    /// Makes the cell of the open details the active one, and scrolls to it if it
    /// is out of view: after a step, and when the drawer takes some of the width.
    pub fn follow_details(self) {
        Effect::new(move || {
            if let Some(cell) = self.open.get() {
                self.active.set(cell);
            }
        });
        Effect::new(move || {
            let Some(cell) = self.open.get() else {
                return;
            };
            let layout = self.layout.get();
            let height = self.list.viewport.get().1;
            // The widths of the columns apply from the next frame on.
            request_animation_frame(move || {
                if let Some(scroller) = self.list.scroller.try_get_untracked().flatten() {
                    let at = (layout.width(cell.1 - 1), layout.head + (cell.0 - 1) * ROW);
                    let left = scroller.scroll_left();
                    if height > layout.head + ROW {
                        reveal(&scroller, at, (layout.column, ROW), (layout.fixed(), layout.head));
                    }
                    // Pinned columns are visible wherever the grid is scrolled to.
                    if cell.1 <= layout.pinned {
                        scroller.set_scroll_left(left);
                    }
                }
            });
        });
    }
}
