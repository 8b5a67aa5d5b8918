//! The identity of each part, by what files and paths say.

use super::parts::has_run;
use crate::import::identify::{Candidate, identify};
use crate::model::{Dataset, Evidence, Identified, Identity, PartId, Source};

/// The identity of each part.
pub fn identities(data: &Dataset, covers: &[Vec<PartId>]) -> Vec<Identity> {
    let candidates: Vec<Candidate> = data
        .parts
        .iter()
        .zip(covers)
        .map(|(part, covers)| {
            let file = data.file(part.file);
            let rows = part.rows.start as usize..part.rows.end as usize;
            Candidate {
                path: &file.path,
                draft: &part.draft,
                covers: covers.iter().map(|&cover| &data.part(cover).draft).collect(),
                place: part.place,
                // An archive is read, but its path is not evidence for a session.
                is_read: has_run(data, part) && !file.is_removed,
                overrides: &part.overrides,
                tests: data.results.test.get(rows).unwrap_or_default(),
            }
        })
        .collect();
    identify(&candidates)
}

/// Replaces names of DUTs, except where a person named the DUT of a part.
pub fn rename_duts(data: &Dataset, identities: &mut [Identity]) {
    let of_files = identities.iter_mut().filter(|identity| identity.dut.evidence.source != Source::You);
    for Identified { value, evidence } in of_files.map(|identity| &mut identity.dut) {
        if let Some(name) = data.renames.get(value) {
            let before = std::mem::replace(value, name.to_owned());
            *evidence = Evidence { source: Source::You, name: before, doubtful: false };
        }
    }
}
