//! Handles workers that die: which files get a note, which are read again, and when to give up.

use super::*;

impl<A: Clone> Machine<A> {
    pub(super) fn worker_died(&mut self, slot: usize, why: &str, work: &Work) {
        if slot == ENGINE {
            return self.engine_died(why, work);
        }
        let Slot { is_ready, jobs, .. } = &self.slots[slot];
        let is_of_job = match work {
            Work::Unknown => *is_ready && !jobs.is_empty(),
            Work::Job(id) => jobs.front().is_some_and(|job| Some(job.id) == *id || job.has_members),
        };
        if !is_of_job {
            return self.retire(slot);
        }
        if let Some(culprit) =
            self.slots[slot].jobs.front_mut().filter(|job| job.validity == Validity::Wanted)
        {
            culprit.validity = Validity::Void;
            let culprit = culprit.clone();
            self.count(&culprit);
            let why = fault(why);
            self.keep_fault(&culprit, &why);
            self.note(culprit.path, why);
        }
        self.end_worker(slot);
    }

    /// Terminates a worker other than the engine's that failed independently of its
    /// file. Another worker gets the file.
    pub(super) fn retire(&mut self, slot: usize) {
        self.startable = self.slots.len() - 1;
        self.end_worker(slot);
    }

    /// Terminates a worker other than the engine's. Its files go back to the queue.
    fn end_worker(&mut self, slot: usize) {
        let Slot { worker, jobs, parts, .. } = self.slots.remove(slot);
        self.commands.push(Command::Terminate(worker));
        for part in parts {
            self.hand_over(part, None);
        }
        for mut job in jobs.into_iter().rev() {
            if job.shared_from.take().is_some() {
                self.cancel_parts_of(job.id);
            }
            match job.validity {
                Validity::Wanted => self.queue.push_front(job),
                Validity::Cancelled => self.job_cancelled(&job),
                Validity::Void => {}
            }
        }
        self.job_ended();
    }

    pub(super) fn engine_died(&mut self, why: &str, work: &Work) {
        self.deaths += 1;
        if self.deaths > MOST_RESTARTS {
            return self.give_up(format!("the engine failed repeatedly: {why}"));
        }
        let held = &mut self.slots[ENGINE];
        let (worker, is_ready, jobs) = (held.worker, held.is_ready, std::mem::take(&mut held.jobs));
        self.commands.push(Command::Terminate(worker));
        self.fail_questions();

        // The file that crashed it.
        let ingesting = std::mem::take(&mut self.ingesting);
        let culprit = ingesting.iter().chain(&jobs).find(|suspect| match work {
            Work::Unknown => is_ready && jobs.front().is_some_and(|job| job.id == suspect.id),
            Work::Job(id) => *id == Some(suspect.id),
        });
        let culprit = culprit.filter(|culprit| culprit.validity == Validity::Wanted);
        let mut noted = None;
        if let Some(culprit) = culprit {
            let why = fault(why);
            if !self.keep_fault(culprit, &why) {
                noted = Some((culprit.path.clone(), why));
            }
        }

        // Jobs are void, because their files are read again.
        for job in jobs.iter().filter(|job| job.validity == Validity::Cancelled) {
            self.job_cancelled(job);
        }
        for slot in ENGINE + 1..self.slots.len() {
            self.call_off(slot, Validity::Void);
        }
        self.queue.clear();
        self.sums = Sums::default();

        let worker = WorkerId(self.new_id());
        self.slots[ENGINE] = Slot { worker, is_ready: false, jobs: VecDeque::new(), parts: Vec::new() };
        self.commands.push(Command::Start(worker));
        if let Some((path, why)) = noted {
            self.post(ENGINE, ToWorker::Fail { path, why }, Vec::new());
        }
        for known in std::mem::take(&mut self.known) {
            match (&known.fault, &known.file) {
                (None, Some(file)) => {
                    let file = NewFile { path: known.path.clone(), file: file.clone(), bytes: known.bytes };
                    self.enqueue(Some(known.id), file, 0, known.options.clone());
                }
                (fault, _) => {
                    let (path, why) = (known.path.clone(), fault.clone().unwrap_or_default());
                    self.post(ENGINE, ToWorker::Fail { path, why }, Vec::new());
                }
            }
            self.known.push(known);
        }
        self.report(Event::Restarted);
        self.dispatch();
        if !self.queue.is_empty() || self.is_busy() {
            self.report_progress();
        } else if !self.finish_if_done() {
            self.report(Event::Changed);
        }
    }

    /// Tells a worker to stop its jobs. A job that the page cancelled counts as
    /// cancelled at once when it becomes void.
    pub(super) fn call_off(&mut self, slot: usize, validity: Validity) {
        let mut jobs = std::mem::take(&mut self.slots[slot].jobs);
        for job in &mut jobs {
            match (job.validity, validity) {
                (Validity::Wanted, _) => {
                    job.validity = validity;
                    self.post(slot, ToWorker::Cancel { job: job.id }, Vec::new());
                }
                (Validity::Cancelled, Validity::Void) => {
                    self.job_cancelled(job);
                    job.validity = Validity::Void;
                }
                _ => {}
            }
        }
        self.slots[slot].jobs = jobs;
        self.cancel_parts(slot, |_| true);
    }

    /// Stores why a file cannot be read, so that it gets a note and is not read again.
    /// Returns false if the file would not be read again anyway.
    pub(super) fn keep_fault(&mut self, job: &Job<A>, why: &str) -> bool {
        let known = self.known.iter_mut().find(|known| Some(known.id) == job.known);
        let Some(known) = known else {
            return false;
        };
        if job.depth == 0 {
            known.fault = Some(why.to_owned());
        } else {
            self.member_faults.insert((known.id, job.path.clone()), why.to_owned());
        }
        true
    }
}
