//! Appending a batch that was read from a later part of the file.

use super::rows::Row;
use super::{Batch, BeginDraft, FrameDraft, MeasuredDraft, limits};

impl Batch {
    /// Returns whether this batch, read from a part of a file, has nothing but rows, and nothing in them depends on
    /// the rows before the part.
    pub(in crate::import) fn is_plain(&self) -> bool {
        let is_beside = self.partly
            || self.are_suites_duts
            || self.is_knowledge
            || self.counter.is_some()
            || self.manifest.is_some()
            || !self.producer.is_empty()
            || !self.kept.is_empty();
        // Placeholders of names are numbered through the file, and it has limited numbers of metrics and words.
        let is_numbered = !self.nameless.is_empty()
            || self.metrics.len() >= limits::METRICS
            || self.native_count() == u16::MAX;
        !is_beside
            && !is_numbered
            && self.notes.is_empty()
            && self.scopes.is_empty()
            && self.sessions.is_empty()
    }

    /// Returns whether there is room for the texts of another batch.
    pub(in crate::import) fn has_room_for(&self, part: &Batch) -> bool {
        self.texts.has_room_for(&part.texts)
    }

    /// Appends the rows of a later part of the file, for which [`Batch::is_plain`] and [`Batch::has_room_for`] hold.
    /// `place` sets session and scope of each row, which the part numbers in its own way.
    pub(in crate::import) fn append(&mut self, mut part: Batch, place: impl Fn(&mut Row)) {
        let first = self.len() as u32;
        let words: Vec<u16> = (0..part.native_count()).map(|id| self.native(part.native_word(id))).collect();
        let metrics: Vec<Option<u32>> =
            part.metrics.iter().map(|&(name, unit)| self.metric(part.get(name), part.get(unit))).collect();
        let shift = self.texts.append(std::mem::take(&mut part.texts));
        for row in part.rows.drain() {
            let native = words.get(usize::from(row.native)).copied().unwrap_or(0);
            let mut row = Row { native, name: shift.of(row.name), message: shift.of(row.message), ..row };
            place(&mut row);
            self.rows.push(row);
        }
        self.facts.extend(
            part.facts.into_iter().map(|(row, attempts, is_flaky)| (first + row, attempts, is_flaky)),
        );
        self.places.extend(part.places.into_iter().map(|place| place.moved(first, shift)));
        let begins = part.begins.into_iter();
        self.begins.extend(begins.map(|begin| BeginDraft {
            row: first + begin.row,
            worker: shift.of(begin.worker),
            ..begin
        }));
        let frames = part.frames.into_iter();
        self.frames
            .extend(frames.map(|draft| FrameDraft { row: first + draft.row, frame: shift.of(draft.frame) }));
        self.measured.extend(part.measured.into_iter().filter_map(|measured| {
            let metric = metrics.get(measured.metric as usize).copied().flatten()?;
            Some(MeasuredDraft { row: first + measured.row, metric, ..measured })
        }));
    }
}
