//! Sharing: workers that have nothing to do read parts of large files that others read.
//!
//! The worker that has the file reads it from the beginning; others take its parts from the end. They meet where only
//! little is left.

use super::*;
use crate::import::PART_BYTES;

/// How many parts a worker has at most: one to read, and one that the browser gets for it meanwhile.
const MOST_PARTS: usize = 2;

impl<A: Clone> Machine<A> {
    /// Gives parts of files to workers that have nothing to do.
    pub(super) fn share(&mut self) {
        while self.queue.is_empty()
            && let Some(holder) = self.holder()
            && let Some(slot) = self.idle_slot()
        {
            self.give_part(holder, slot);
        }
    }

    /// Returns the slot whose file has the most bytes that nobody reads yet, if they are worth sharing.
    fn holder(&self) -> Option<usize> {
        let left = |slot: &Slot<A>| {
            let job = slot.jobs.front().filter(|job| job.validity == Validity::Wanted)?;
            Some(job.shared_from?.saturating_sub(job.so_far.0))
        };
        let (slot, left) = (0..self.slots.len())
            .filter_map(|slot| Some((slot, left(&self.slots[slot])?)))
            .max_by_key(|&(_, left)| left)?;
        (left > 2 * PART_BYTES).then_some(slot)
    }

    /// Returns a slot that has nothing to do, or least. Starts a worker if none is idle and one can be started.
    fn idle_slot(&mut self) -> Option<usize> {
        let parts = |slot: usize| self.slots[slot].parts.len();
        let free = (0..self.slots.len()).filter(|&slot| self.slots[slot].jobs.is_empty());
        let free = free.min_by_key(|&slot| parts(slot));
        let is_idle = free.is_some_and(|slot| parts(slot) == 0);
        if !is_idle && self.slots.len() < self.startable {
            self.start_worker();
            return Some(self.slots.len() - 1);
        }
        free.filter(|&slot| parts(slot) < MOST_PARTS)
    }

    fn give_part(&mut self, holder: usize, slot: usize) {
        let id = self.new_id();
        let Some(job) = self.slots[holder].jobs.front_mut() else {
            return;
        };
        let from = (job.shared_from.unwrap_or(job.bytes).saturating_sub(1)) / PART_BYTES * PART_BYTES;
        job.shared_from = Some(from);
        let of = job.id;
        let mut attachments = Vec::new();
        let message = ToWorker::ReadPart {
            part: id,
            path: job.path.clone(),
            file: Attached::push(&mut attachments, job.file.clone()),
            from,
            options: job.options.clone(),
        };
        self.post(holder, ToWorker::ReadBefore { job: of, from }, Vec::new());
        self.slots[slot].parts.push(PartJob { id, of, from });
        self.post(slot, message, attachments);
    }

    /// A worker found that its file can be read in parts.
    pub(super) fn has_parts(&mut self, slot: usize, job: u32) {
        if let Some(job) = self.job_mut(slot, job) {
            job.shared_from = Some(job.bytes);
            self.dispatch();
        }
    }

    /// A worker has read a part, or could not.
    pub(super) fn part_read(&mut self, slot: usize, part: u32, read: Option<A>) {
        let parts = &mut self.slots[slot].parts;
        if let Some(index) = parts.iter().position(|of_slot| of_slot.id == part) {
            let part = parts.remove(index);
            self.hand_over(part, read);
        }
        self.dispatch();
    }

    /// Hands a part over to the worker that reads the file, if it still does.
    pub(super) fn hand_over(&mut self, part: PartJob, read: Option<A>) {
        let is_meant = |job: &Job<A>| job.id == part.of && job.validity == Validity::Wanted;
        if let Some(holder) = self.slots.iter().position(|slot| slot.jobs.front().is_some_and(is_meant)) {
            let mut attachments = Vec::new();
            let read = read.map(|read| Attached::push(&mut attachments, read));
            self.post(holder, ToWorker::Join { job: part.of, from: part.from, part: read }, attachments);
        }
    }

    /// Cancels the parts of a job that has ended.
    pub(super) fn cancel_parts_of(&mut self, job: u32) {
        for slot in 0..self.slots.len() {
            self.cancel_parts(slot, |part| part.of == job);
        }
    }

    /// Cancels parts that a worker has.
    pub(super) fn cancel_parts(&mut self, slot: usize, is_meant: impl Fn(&PartJob) -> bool) {
        let ids: Vec<u32> =
            self.slots[slot].parts.iter().filter(|part| is_meant(part)).map(|part| part.id).collect();
        for id in ids {
            self.post(slot, ToWorker::Cancel { job: id }, Vec::new());
        }
    }
}
