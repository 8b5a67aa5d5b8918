//! Moving in the grid by keyboard.

use super::layout::ROW;
use super::{GridState, reveal};
use crate::ui::keys;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

impl GridState {
    /// Handles a key: arrows move, Enter opens, `p` and `h` pin and hide the column;
    /// in a group, left and right fold.
    pub fn press(self, event: &KeyboardEvent) {
        let Some(scroller) = self.list.scroller.get_untracked() else {
            return;
        };
        let (rows, columns) = (untrack(|| self.list.total()), self.columns.get_untracked());
        if rows == 0 || columns == 0 {
            return;
        }
        let page = (scroller.client_height() as u32 / ROW).saturating_sub(1).max(1);
        // There may be fewer rows than before.
        let (row, column) = self.active.get_untracked();
        let row = row.min(rows);
        let is_group = untrack(|| self.is_group(row));
        let next = match event.key().as_str() {
            "ArrowDown" => (row + 1, column),
            "ArrowUp" => (row.saturating_sub(1), column),
            key @ ("ArrowLeft" | "ArrowRight") if is_group => {
                event.prevent_default();
                self.set_folded(row, key == "ArrowLeft");
                return;
            }
            "ArrowRight" => (row, column + 1),
            "ArrowLeft" => (row, column.saturating_sub(1)),
            "PageDown" => (row + page, column),
            "PageUp" => (row.saturating_sub(page).max(1), column),
            "Home" if event.ctrl_key() => (1, 0),
            "End" if event.ctrl_key() => (rows, columns),
            "Home" => (row, 0),
            "End" => (row, columns),
            "Enter" | " " => {
                event.prevent_default();
                self.open((row, column));
                return;
            }
            key @ ("p" | "h") if keys::are_on() && !is_command(event) => {
                event.prevent_default();
                self.act(if key == "p" { "pin" } else { "hide" }, column);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        let next = (next.0.min(rows), next.1.min(columns));
        let layout = self.layout.get_untracked();
        let at = (layout.width(next.1.saturating_sub(1)), layout.head + next.0.saturating_sub(1) * ROW);
        let (left, top) = (scroller.scroll_left(), scroller.scroll_top());
        reveal(&scroller, at, (layout.column, ROW), (layout.fixed(), layout.head));
        // Heads are visible wherever the grid is scrolled to.
        if next.0 == 0 {
            scroller.set_scroll_top(top);
        }
        if next.1 <= layout.pinned || (is_group && next.1 == column) {
            scroller.set_scroll_left(left);
        }
        self.active.set(next);
    }
}

/// A key with Control, Alt or Meta is a command of the browser.
fn is_command(event: &KeyboardEvent) -> bool {
    event.ctrl_key() || event.alt_key() || event.meta_key()
}
