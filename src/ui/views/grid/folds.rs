//! Folding groups.

use super::{GridState, query};
use crate::analyze::GridLine;
use crate::ui::parts::Span;
use crate::ui::stores::{Data, Navigation};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How many lines are asked for at once to find groups.
const LINES: u32 = 256;

/// Folds all groups. They are found by their lines: a folded group has one line,
/// so after each answer the known groups are the first lines of the next one.
pub fn fold_all(navigation: Navigation, data: Data) {
    let view = navigation.view.get_untracked();
    spawn_local(async move {
        let mut known = Vec::new();
        loop {
            let span = Span { first: known.len() as u32, count: LINES };
            let Some(window) = data.ask(query(&view, known.clone(), span)).await else {
                return;
            };
            let before = known.len();
            known.extend(window.rows.into_iter().filter_map(|line| match line {
                GridLine::Group(group) => Some(group.scope),
                GridLine::Test(_) => None,
            }));
            if known.len() == before {
                break;
            }
        }
        navigation.push(|view| view.fold = known);
    });
}

impl GridState {
    /// Folds a group that is unfolded, and unfolds one that is folded.
    pub fn toggle_fold(self, row: u32) {
        if let Some((_, is_folded)) = self.group(row) {
            self.set_folded(row, !is_folded);
        }
    }

    /// Folds or unfolds the group in a row.
    pub fn set_folded(self, row: u32, folded: bool) {
        let Some((scope, is_folded)) = self.group(row) else {
            return;
        };
        if is_folded != folded {
            self.navigation.push(|view| {
                view.fold.retain(|other| *other != scope);
                if folded {
                    view.fold.push(scope);
                }
            });
        }
    }

    /// The scope of the group in a row, and whether it is folded.
    fn group(self, row: u32) -> Option<(String, bool)> {
        untrack(|| {
            self.line(row, |_, line| match line {
                GridLine::Group(group) => Some((group.scope.clone(), group.is_folded)),
                GridLine::Test(_) => None,
            })
        })
        .flatten()
    }
}
