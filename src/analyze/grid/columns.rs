//! The columns: which DUTs are shown, and in which order.

use super::window::GridQuery;
use crate::model::{Dataset, SessionId};
use crate::query::ColumnOrder;
use crate::text::order::Order;
use std::cmp::Reverse;

/// The sessions that are columns.
pub struct Columns {
    /// The latest sessions of all shown DUTs, pinned ones first.
    pub sessions: Vec<SessionId>,
    /// How many of them are pinned.
    pub pinned: u32,
}

/// Selects and sorts the columns of a query from the latest sessions, which are in
/// the order of DUTs.
pub fn columns(data: &Dataset, latest: &[SessionId], query: &GridQuery) -> Columns {
    let dut = |session: &SessionId| data.history.dut(data.history.session(*session).dut).name.as_str();
    let names: Vec<&str> = latest.iter().map(dut).collect();
    let filtered_by = query.filter.dut.as_deref();
    let shown = latest.iter().zip(query.duts.shown.among(&names));
    let is_shown = |(session, is_shown): &(&SessionId, bool)| *is_shown || Some(dut(session)) == filtered_by;
    let mut sessions: Vec<SessionId> = shown.filter(is_shown).map(|(session, _)| *session).collect();
    if query.duts.order == ColumnOrder::Worst {
        sessions.order_by_key(|&session| Reverse(data.history.session(session).counts.failing()));
    }
    let is_pinned = |session: &SessionId| query.duts.pinned.iter().any(|name| name == dut(session));
    let rank = |session: &SessionId| match dut(session) {
        name if Some(name) == filtered_by => 0,
        _ if is_pinned(session) => 1,
        _ => 2,
    };
    sessions.sort_by_cached_key(rank);
    let pinned = sessions.iter().filter(|session| rank(session) < 2).count() as u32;
    Columns { sessions, pinned }
}
