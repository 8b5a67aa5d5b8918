//! The identity of each part, by what files and paths say.

use super::parts::is_read;
use crate::import::identify::{Candidate, identify};
use crate::model::{Dataset, Identity, PartId};

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
                is_read: is_read(file.status) && !part.rows.is_empty() && !file.is_removed,
                overrides: &part.overrides,
                tests: data.results.test.get(rows).unwrap_or_default(),
            }
        })
        .collect();
    identify(&candidates)
}
