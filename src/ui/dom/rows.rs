//! Rows of a long list, of which a window is on screen.

use super::{El, follow};
use crate::browser::document;
use crate::browser::timer::set_timeout;
use crate::ui::signals::*;
use js_sys::Date;
use std::cell::RefCell;
use std::ops::Range;
use std::time::Duration;

/// Milliseconds after which what is left is for the next task. Laying out what
/// was built takes as long again.
const TASK_MS: f64 = 16.0;

/// Which rows are in the document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// What all of them depend on: when it changes, all are built again.
    pub stamp: [u32; 3],
    /// Their indices.
    pub range: Range<u32>,
}

impl El {
    /// Appends rows that follow signals, as wholes: those that stay are kept as
    /// they are, and nothing in them may follow signals itself. Where building them
    /// takes long, the rest is built in a task of its own, unless one of them has
    /// the focus.
    pub fn rows(self, rows: impl Fn() -> Rows + 'static, build: impl Fn(u32) -> Option<El> + 'static) -> El {
        let end = document::mark();
        let list = self.element().clone();
        let _ = list.append_child(&end);
        let held = RefCell::new((Rows::default(), Vec::<(u32, El)>::new()));
        // Grows when there is more to build.
        let more = RwSignal::new(0_u32);
        follow(move || {
            more.track();
            let rows = rows();
            let (before, built) = &mut *held.borrow_mut();
            if *before == rows && built.len() == rows.range.len() {
                return;
            }
            let is_new = before.stamp != rows.stamp;
            let may_pause = !document::has_focus_in(&list);
            let until = Date::now() + TASK_MS;
            let mut is_late = false;
            let kept: Vec<(u32, El)> = std::mem::take(built);
            document::keep_focus(&mut || {
                let mut kept = kept.iter().filter(|(index, el)| {
                    let stays = !is_new && rows.range.contains(index);
                    if !stays {
                        el.element().remove();
                    }
                    stays
                });
                let mut next = kept.next();
                for index in rows.range.clone() {
                    match next {
                        Some((at, el)) if *at == index => {
                            built.push((index, el.clone()));
                            next = kept.next();
                        }
                        _ if is_late => {}
                        _ => {
                            is_late = may_pause && Date::now() > until;
                            let Some(el) = untrack(|| build(index)) else {
                                continue;
                            };
                            let before = next.map_or(&end, |(_, el)| el.element().as_ref());
                            let _ = list.insert_before(el.element(), Some(before));
                            built.push((index, el));
                        }
                    }
                }
                kept.for_each(drop);
            });
            *before = rows;
            if is_late {
                let resume = move || {
                    // The list may be gone by then.
                    let _ = more.try_update(|more| *more += 1);
                };
                set_timeout(resume, Duration::ZERO);
            }
        });
        self
    }
}
