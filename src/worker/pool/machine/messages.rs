//! Messages of workers: progress, batches, members of archives, answers.

use super::*;

impl<A: Clone> Machine<A> {
    pub(super) fn receive(&mut self, slot: usize, message: FromWorker, attachments: &[A]) {
        match message {
            FromWorker::Ready => self.slots[slot].is_ready = true,
            FromWorker::Progress { job, bytes, results } => {
                if let Some(job) = self.job_mut(slot, job).filter(|job| job.validity != Validity::Void) {
                    job.so_far = (bytes.min(job.bytes), results);
                    self.report_progress();
                }
            }
            FromWorker::HasParts { job } => self.has_parts(slot, job),
            FromWorker::PartRead { part, read } => {
                self.part_read(slot, part, read.and_then(|read| read.of(attachments)));
            }
            FromWorker::Imported { job, results, imported, texts } => {
                let attached = |at: Attached| at.of(attachments);
                self.imported(slot, job, results, imported.and_then(attached), texts.and_then(attached));
            }
            FromWorker::Ingested { job } => self.ingesting.retain(|ingesting| ingesting.id != job),
            FromWorker::Member { job, path, file, bytes } => {
                if let Some(file) = file.of(attachments) {
                    self.member(slot, job, NewFile { path, file, bytes });
                }
            }
            FromWorker::Cancelled { job } => {
                if let Some(job) = self.take_job(slot, job) {
                    self.job_cancelled(&job);
                    self.job_ended();
                }
            }
            FromWorker::Lost { job } => {
                if let Some(job) = self.take_job(slot, job) {
                    self.count(&job);
                    self.report(Event::Lost(job.path));
                    self.job_ended();
                }
            }
            FromWorker::Answer { id, answer } => {
                if self.questions.remove(&id) {
                    let answer = answer.and_then(|answer| answer.of(attachments));
                    self.commands.push(Command::Answer(id, answer));
                }
            }
            FromWorker::Panicked { job, why } => self.worker_died(slot, &why, &Work::Job(job)),
        }
    }

    pub(super) fn imported(
        &mut self,
        slot: usize,
        job: u32,
        results: u64,
        imported: Option<A>,
        texts: Option<A>,
    ) {
        let Some(job) = self.take_job(slot, job) else {
            return self.dispatch();
        };
        if let Some(known) = job.known
            && self.read.insert((known, job.path.clone()))
        {
            self.deaths = 0;
        }
        self.count(&job);
        self.sums.results += results;
        if let Some(imported) = imported {
            let mut attachments = Vec::new();
            let message = ToWorker::Ingest {
                job: job.id,
                imported: Attached::push(&mut attachments, imported),
                file: Attached::push(&mut attachments, job.file.clone()),
                texts: texts.map(|texts| Attached::push(&mut attachments, texts)),
                options: job.options.clone(),
            };
            self.post(ENGINE, message, attachments);
            self.ingesting.push(job);
        }
        self.dispatch();
        self.report_progress();
        // `Done` implies `Changed`.
        if !self.finish_if_done() {
            self.report(Event::Changed);
        }
    }

    /// Handles a file that an archive's job found.
    pub(super) fn member(&mut self, slot: usize, job: u32, member: NewFile<A>) {
        let Some(archive) = self.job_mut(slot, job) else {
            return;
        };
        archive.has_members = true;
        let (known, depth) = (archive.known, archive.depth.saturating_add(1));
        match archive.validity {
            Validity::Void => {}
            Validity::Cancelled => self.cancelled += 1,
            Validity::Wanted => {
                let key = known.map(|known| (known, member.path.clone()));
                if let Some(why) = key.and_then(|key| self.member_faults.get(&key).cloned()) {
                    return self.note(member.path, why);
                }
                self.enqueue(known, member, depth, ImportOptions::default());
                self.dispatch();
            }
        }
    }
}
