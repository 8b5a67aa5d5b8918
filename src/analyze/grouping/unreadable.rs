//! Adds sessions for unreadable files, to show which DUT is missing.

use super::parts::{is_read, new_session};
use super::path::{all_by_path, extension, path, split};
use crate::model::{Dataset, FileStatus, Identity, PartId, Session, Source};

/// Adds a session for an unreadable file if its path has the same shape as a
/// readable one and names a DUT that has no other session. The grid then shows
/// the DUT and why it has no results. Other unreadable files are no evidence of a
/// DUT.
pub fn add_sessions(data: &Dataset, identities: &[Identity], sessions: &mut Vec<Session>) {
    for part in all_by_path(data) {
        let identity = &identities[part.index()];
        let status = data.file(data.part(part).file).status;
        let is_known = sessions.iter().any(|session| session.identity.dut.value == identity.dut.value);
        if status != FileStatus::Unreadable
            || identity.dut.evidence.doubtful
            || is_known
            || !data.counts(part)
            || !has_readable_sibling(data, identity, part)
        {
            continue;
        }
        sessions.push(Session { parts: vec![part], is_unreadable: true, ..new_session(identity) });
    }
}

/// Whether a readable file has a path of the same shape.
fn has_readable_sibling(data: &Dataset, identity: &Identity, part: PartId) -> bool {
    let (folder, file) = split(path(data, part));
    let is_sibling = |(other_folder, other_file): (&str, &str)| match identity.dut.evidence.source {
        Source::FileName => {
            identity.build.is_some() && folder == other_folder && extension(file) == extension(other_file)
        }
        Source::Folder => {
            file == other_file && folder.matches('/').count() == other_folder.matches('/').count()
        }
        Source::Manifest => true,
        _ => false,
    };
    data.ledger().any(|(_, file)| is_read(file.status) && is_sibling(split(&file.path)))
}
