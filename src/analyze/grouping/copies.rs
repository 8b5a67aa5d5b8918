//! Finds files with the same bytes, and which of them count.
//!
//! Formats without times are identical on every healthy device. So identical files count once only if
//! their paths name the same DUT and build. A guessed name is a name, too; a path without any name
//! may be a copy of any file.

use super::identities::identities;
use super::path::split;
use super::report_files::covers;
use crate::import::identify::names_something;
use crate::model::{Dataset, FileId, FileRecord, Identity, ReportRole, Source};
use crate::text::order::Order;
use rustc_hash::FxHashMap;

/// A file with the same bytes as another one.
pub struct Copy {
    /// The file.
    pub file: FileId,
    /// The first file with these bytes, or the one that counts instead.
    pub of: FileId,
    /// It names another DUT or build, so that both count.
    pub counts: bool,
}

/// Returns all files that have the same bytes as another one, but for the first of each kind.
pub fn copies(data: &Dataset) -> Vec<Copy> {
    let mut alike: FxHashMap<(u64, u64, &str), Vec<FileId>> = FxHashMap::default();
    for (id, file) in data.ledger() {
        if file.hash != 0 && file.bytes > 0 && !file.counts_alone {
            alike.entry((file.hash, file.bytes, folder_of_report(data, file))).or_default().push(id);
        }
    }
    let mut alike: Vec<Vec<FileId>> = alike.into_values().filter(|files| files.len() > 1).collect();
    if alike.is_empty() {
        return Vec::new();
    }
    alike.order();
    let identities = identities(data, &covers(data));
    let mut copies = Vec::new();
    for mut files in alike {
        // Copies have longer paths: `copy of a.xml`, `backup/a.xml`.
        files.order_by_key(|&file| {
            let path = data.file(file).path.as_str();
            (named(data, &identities, file).is_none(), path.len(), path, file)
        });
        let mut first_of: FxHashMap<Vec<Names>, FileId> = FxHashMap::default();
        let first = files[0];
        for file in files {
            let of = match named(data, &identities, file) {
                Some(names) => *first_of.entry(names).or_insert(file),
                None => first,
            };
            if of != file {
                copies.push(Copy { file, of, counts: false });
            } else if file != first {
                copies.push(Copy { file, of: first, counts: true });
            }
        }
    }
    copies
}

/// DUT, unit, build, and the run that the path names beside them.
type Names<'a> = [Option<&'a str>; 4];

/// Returns what names the sessions of a file; `None` if nothing names their DUTs and builds.
fn named<'a>(data: &Dataset, identities: &'a [Identity], file: FileId) -> Option<Vec<Names<'a>>> {
    let parts = &data.file(file).parts;
    let is_only = parts.len() == 1;
    let of_part = |identity: &'a Identity| {
        let dut = Some(&identity.dut).filter(|dut| dut.evidence.source != Source::Nothing);
        // `board_a/r11` and `board_a/r12`; other files name their sessions by their places.
        let run = Some(&identity.session)
            .filter(|run| is_only && run.evidence.source == Source::FileName && names_something(&run.value));
        [dut, identity.unit.as_ref(), identity.build.as_ref(), run]
            .map(|identified| identified.map(|identified| identified.value.as_str()))
    };
    let names: Vec<Names> = parts.iter().map(|part| of_part(&identities[part.index()])).collect();
    names.iter().flatten().any(Option::is_some).then_some(names)
}

/// Returns the folder of a file that describes the other files of its folder: it is no copy of a file
/// in another folder.
fn folder_of_report<'a>(data: &Dataset, file: &'a FileRecord) -> &'a str {
    let mut roles = file.parts.iter().filter_map(|&part| data.part(part).draft.report.as_ref());
    let describes = roles.any(|report| matches!(report.role, ReportRole::Cover | ReportRole::Aside));
    if describes { split(&file.path).0 } else { "" }
}
