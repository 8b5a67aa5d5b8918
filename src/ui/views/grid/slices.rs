//! Updates the rows of the grid a few at a time, so that no task takes long.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use std::collections::VecDeque;

/// Cells that are updated in one task.
const CELLS_PER_TASK: u32 = 180;

/// The rows that are out of date.
#[derive(Clone, Copy)]
pub struct Slices {
    waiting: StoredValue<VecDeque<RwSignal<u32>>>,
    /// How many rows are updated in one task.
    rows_per_task: Memo<u32>,
}

impl Slices {
    /// No row waits. Rows have this many cells.
    pub fn new(cells: impl Fn() -> u32 + Send + Sync + 'static) -> Slices {
        let rows_per_task = Memo::new(move |_| (CELLS_PER_TASK / cells().max(1)).max(4));
        Slices { waiting: StoredValue::new(VecDeque::new()), rows_per_task }
    }

    /// Updates a row soon, by changing this signal.
    pub fn update(self, row: RwSignal<u32>) {
        let is_first = self.waiting.try_update_value(|waiting| {
            waiting.push_back(row);
            waiting.len() == 1
        });
        if is_first == Some(true) {
            self.resume();
        }
    }

    fn resume(self) {
        Timeout::new(0, move || {
            let count = self.rows_per_task.try_get_untracked().unwrap_or_default() as usize;
            let next = self.waiting.try_update_value(|waiting| {
                let count = count.min(waiting.len());
                waiting.drain(..count).collect::<Vec<_>>()
            });
            // A row may be gone meanwhile.
            next.into_iter().flatten().for_each(|row| _ = row.try_update(|number| *number += 1));
            if self.waiting.try_with_value(|waiting| !waiting.is_empty()) == Some(true) {
                self.resume();
            }
        })
        .forget();
    }
}
