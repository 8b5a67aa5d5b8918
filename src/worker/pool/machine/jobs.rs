//! Jobs: the queue, assigning them to workers, and the sums over them.

use super::*;

impl<A: Clone> Machine<A> {
    pub(super) fn enqueue(
        &mut self,
        known: Option<KnownId>,
        file: NewFile<A>,
        depth: u8,
        options: ImportOptions,
    ) {
        let NewFile { path, file, bytes } = file;
        self.is_loading = true;
        self.sums.files_total += 1;
        self.sums.bytes_total += bytes;
        let id = self.new_id();
        self.queue.push_back(Job {
            id,
            known,
            path,
            file,
            bytes,
            depth,
            options,
            validity: Validity::Wanted,
            so_far: (0, 0),
            has_members: false,
            shared_from: None,
        });
    }

    /// Gives files to workers that have nothing to do, and small files to those that will soon have nothing to do.
    pub(super) fn dispatch(&mut self) {
        self.start_workers();
        let mut is_waiting = true;
        while is_waiting {
            is_waiting = false;
            for slot in 0..self.slots.len() {
                if self.has_room(slot)
                    && let Some(job) = self.queue.pop_front()
                {
                    self.give(slot, job);
                    is_waiting = true;
                }
            }
        }
        self.share();
    }

    /// Returns whether a worker can take the next file.
    fn has_room(&self, slot: usize) -> bool {
        let jobs = &self.slots[slot].jobs;
        let is_small = |job: &Job<A>| job.bytes <= SMALL_BYTES;
        let are_small = || jobs.iter().chain(self.queue.front()).all(is_small);
        let is_idle = jobs.is_empty() && self.slots[slot].parts.is_empty();
        is_idle || !jobs.is_empty() && jobs.len() < MOST_SMALL && are_small()
    }

    fn give(&mut self, slot: usize, job: Job<A>) {
        let mut attachments = Vec::new();
        let message = ToWorker::Import {
            job: job.id,
            path: job.path.clone(),
            file: Attached::push(&mut attachments, job.file.clone()),
            depth: job.depth,
            options: job.options.clone(),
            is_kept: slot == ENGINE,
        };
        self.slots[slot].jobs.push_back(job);
        self.post(slot, message, attachments);
    }

    /// Starts as many workers as the waiting files need.
    pub(super) fn start_workers(&mut self) {
        if self.slots.len() >= self.startable {
            return;
        }
        let bytes: u64 = self.queue.iter().map(|job| job.bytes).sum();
        let worth = usize::try_from(1 + bytes / BYTES_PER_WORKER).unwrap_or(usize::MAX);
        let busy = self.slots.iter().filter(|slot| !slot.jobs.is_empty() || !slot.parts.is_empty()).count();
        let wanted = (busy + self.queue.len()).min(worth).min(self.startable);
        while self.slots.len() < wanted {
            self.start_worker();
        }
    }

    pub(super) fn start_worker(&mut self) {
        let worker = WorkerId(self.new_id());
        self.slots.push(Slot { worker, is_ready: false, jobs: VecDeque::new(), parts: Vec::new() });
        self.commands.push(Command::Start(worker));
    }

    pub(super) fn job_mut(&mut self, slot: usize, id: u32) -> Option<&mut Job<A>> {
        self.slots[slot].jobs.iter_mut().find(|job| job.id == id)
    }

    /// Takes the job of a slot, which has ended. `None` if it was void.
    pub(super) fn take_job(&mut self, slot: usize, id: u32) -> Option<Job<A>> {
        let jobs = &mut self.slots[slot].jobs;
        let job = jobs.remove(jobs.iter().position(|job| job.id == id)?)?;
        if job.shared_from.is_some() {
            self.cancel_parts_of(job.id);
        }
        (job.validity != Validity::Void).then_some(job)
    }

    /// Counts a job as done.
    pub(super) fn count(&mut self, job: &Job<A>) {
        self.sums.files += 1;
        self.sums.bytes += job.bytes;
    }

    /// Counts a job as done and cancelled. A file that was not read before is
    /// no longer known.
    pub(super) fn job_cancelled(&mut self, job: &Job<A>) {
        self.count(job);
        self.cancelled += 1;
        if job.depth == 0 && job.options.instead.is_none() {
            self.known.retain(|known| Some(known.id) != job.known);
        }
    }

    /// Continues after the end of a job.
    pub(super) fn job_ended(&mut self) {
        self.dispatch();
        if self.is_loading && !self.finish_if_done() {
            self.report_progress();
        }
    }

    pub(super) fn is_busy(&self) -> bool {
        self.slots.iter().flat_map(|slot| &slot.jobs).any(|job| job.validity != Validity::Void)
    }

    /// Reports that loading is done, if it is.
    pub(super) fn finish_if_done(&mut self) -> bool {
        if !self.is_loading || !self.queue.is_empty() || self.is_busy() {
            return false;
        }
        self.is_loading = false;
        self.sums = Sums::default();
        let cancelled = std::mem::take(&mut self.cancelled);
        self.report(Event::Done { cancelled });
        true
    }

    pub(super) fn progress(&self) -> Progress {
        let under_way = self.slots.iter().flat_map(|slot| &slot.jobs);
        let under_way = under_way.filter(|job| job.validity != Validity::Void).map(|job| job.so_far);
        let (bytes, results) = under_way.fold((0, 0), |sum, job| (sum.0 + job.0, sum.1 + job.1));
        Progress {
            files: self.sums.files,
            files_total: self.sums.files_total,
            bytes: (self.sums.bytes + bytes) as f64,
            bytes_total: self.sums.bytes_total as f64,
            results: (self.sums.results + results) as f64,
        }
    }
}
