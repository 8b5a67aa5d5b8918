//! Copies: marks files whose bytes are already counted, and files that only look like copies.

use crate::analyze::copies;
use crate::model::{AsRead, Dataset, FileStatus, Note, Severity};

/// Decides anew which of several identical files count.
pub(super) fn settle(data: &mut Dataset) {
    for file in &mut data.files {
        if let Some(as_read) = file.as_read.take() {
            let AsRead { status, notes, parts, results } = *as_read;
            (file.status, file.notes, file.parts, file.results) = (status, notes, parts, results);
        }
    }
    for copy in copies(data) {
        let of = data.file(copy.of).path.clone();
        let file = &mut data.files[copy.file.index()];
        file.as_read = Some(Box::new(AsRead {
            status: file.status,
            notes: file.notes.clone(),
            parts: file.parts.clone(),
            results: file.results,
        }));
        let text = if copy.counts {
            format!(
                "identical to `{of}`; both are counted, because their paths name different DUTs or builds"
            )
        } else {
            file.status = FileStatus::Duplicate;
            (file.notes, file.parts, file.results) = (Vec::new(), Vec::new(), 0);
            format!("identical to `{of}`; only that file is counted")
        };
        file.notes.push(Note { severity: Severity::Info, at: None, text });
    }
}
