//! Processor time, thread by thread: unlike the clock, it does not count what other programs on the
//! machine take.

use std::{collections::BTreeMap, fs};

use crate::memory::renderers;

/// What the renderers' threads had used at one moment, in nanoseconds, by process and thread. Empty
/// where the kernel does not tell.
pub struct Processor(BTreeMap<(u32, String), Thread>);

struct Thread {
    name: String,
    nanoseconds: f64,
}

/// What was used between two moments, in milliseconds.
#[derive(Clone, Copy)]
pub struct Used {
    /// By workers.
    pub workers: f64,
    /// By main threads.
    pub main: f64,
    /// By all threads: compilation of wasm and painting are among the others.
    pub all: f64,
}

impl Processor {
    /// Measures the renderers of a browser, which is given by its main process.
    pub fn of(browser: u32) -> Self {
        let mut threads = BTreeMap::new();
        for id in renderers(browser) {
            for entry in fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten() {
                let text = |file: &str| fs::read_to_string(entry.path().join(file)).unwrap_or_default();
                let nanoseconds = text("schedstat").split(' ').next().and_then(|first| first.parse().ok());
                if let Some(nanoseconds) = nanoseconds {
                    let thread = Thread { name: text("comm").trim().to_owned(), nanoseconds };
                    threads.insert((id, entry.file_name().to_string_lossy().into_owned()), thread);
                }
            }
        }
        Self(threads)
    }

    /// What was used since an earlier moment.
    pub fn since(&self, before: &Self) -> Used {
        let mut used = Used { workers: 0.0, main: 0.0, all: 0.0 };
        for (key, thread) in &self.0 {
            let earlier = before.0.get(key).map_or(0.0, |thread| thread.nanoseconds);
            let ms = (thread.nanoseconds - earlier) / 1e6;
            used.all += ms;
            if thread.name.starts_with("DedicatedWorker") {
                used.workers += ms;
            } else if key.0.to_string() == key.1 {
                // The first thread of a process has its number.
                used.main += ms;
            }
        }
        used
    }
}
