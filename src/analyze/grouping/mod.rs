//! Grouping: from the parts of files to sessions and DUTs.
//!
//! Takes a data set whose files and parts are up to date, and returns a new
//! [`History`]. The result depends on the set of files and on the overrides, not
//! on the order in which files were dropped. Nothing is stored between runs (numbers of
//! equal names are removed first), so an override can always undo a grouping.
//!
//! 1. [`report_files`]: files of one report that share folders; [`manifests`]: files that manifests name.
//! 2. [`parts`]: parts with the same identity become one session, without those that are [`merged`].
//! 3. [`equal_names`]: equal names in files of one session get numbers.
//! 4. [`same_run`]: sessions that report the same run twice become one.
//! 5. [`unreadable`]: an unreadable file of a DUT without results becomes a session.
//! 6. [`duts`]: sessions become DUTs, in time order.
//! 7. [`repeats`]: if a session has several results of a test, one of them counts.
//! 8. [`known_issues`]: failures that known issues cover are marked.

mod copies;
mod duts;
mod equal_names;
mod identities;
mod manifests;
mod merged;
mod parts;
mod path;
mod repeats;
mod report_files;
mod same_run;
mod unreadable;

pub use copies::copies;
use report_files::covers;

use super::known_issues;
use crate::model::{Dataset, History, PartId};
use identities::{identities, rename_duts};

/// Groups parts into sessions and sessions into DUTs.
pub fn group_into_sessions(data: &mut Dataset) -> History {
    data.results.restore_tests();
    let covers = manifests::before(manifests::named(data), covers(data));
    let leaders = report_files::leaders(data);
    let mut identities = identities(data, &covers);
    rename_duts(data, &mut identities);
    let mut sessions = parts::group(data, &identities, &leaders);
    equal_names::number(data, &identities, &leaders, &sessions);
    for session in &mut sessions {
        parts::apply_covers(session, data, &covers);
    }
    report_files::add_asides(data, &mut sessions);
    parts::name_by_paths(data, &mut identities, &mut sessions);
    let (mut sessions, same_runs) = same_run::join_same_runs(data, sessions);
    unreadable::add_sessions(data, &identities, &mut sessions);
    let mut history = duts::arrange(data, sessions, identities);
    history.same_runs = same_runs;
    let followers = leaders.iter().zip(0..).filter_map(|(leader, part)| Some(((*leader)?, PartId(part))));
    history.same_runs.extend(followers.map(|(leader, part)| report_files::same_run(data, leader, part)));
    repeats::settle(data, &leaders, &mut history);
    known_issues::mark(data, &mut history);
    history
}
