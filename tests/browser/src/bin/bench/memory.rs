//! The memory of the page: its JavaScript heap, and the processes that render it.
//!
//! The memories of wasm in workers cannot be asked for without cross-origin isolation, which static
//! hosts do not give; they are part of the renderer's process, and that is measured from outside.
//! Garbage is collected before each measurement, in workers too: what is left is held.

use std::fs;

use anyhow::{Context, Result};
use passgrid_browser_tests::Browser;
use serde_json::json;

/// Bytes at one moment.
pub struct Memory {
    /// The main thread's JavaScript heap.
    heap: f64,
    /// The renderers' processes, with what is resident and is no file: `RssAnon`.
    renderers: Vec<(u32, f64)>,
}

/// Bytes that were added.
#[derive(Clone, Copy)]
pub struct Grown {
    /// To the main thread's JavaScript heap.
    pub heap: f64,
    /// To the renderers' processes.
    pub resident: f64,
    /// To the renderers' processes at the worst moment.
    pub peak: f64,
}

impl Memory {
    /// Measures.
    pub async fn of(page: &Browser) -> Result<Self> {
        page.collect_garbage().await?;
        page.devtools("Performance.enable", json!({})).await?;
        let metrics = page.devtools("Performance.getMetrics", json!({})).await?;
        let heap = metrics["metrics"].as_array().and_then(|metrics| {
            metrics.iter().find(|metric| metric["name"] == "JSHeapUsedSize")?["value"].as_f64()
        });
        let browser = page.process().context("the browser's process is not known")?;
        let renderers = renderers(browser).into_iter().map(|id| (id, status(id, "RssAnon"))).collect();
        Ok(Self { heap: heap.context("no JSHeapUsedSize")?, renderers })
    }

    /// Lets the processes' peaks begin here.
    pub fn forget_peak(&self) {
        for (id, _) in &self.renderers {
            // Where that is not allowed, the peak is that of the process's whole life.
            let _ = fs::write(format!("/proc/{id}/clear_refs"), "5");
        }
    }

    /// What was added since an earlier moment.
    pub fn since(&self, before: &Self) -> Grown {
        let sum = |memory: &Self| memory.renderers.iter().map(|(_, bytes)| bytes).sum::<f64>();
        let now = |key: &str| self.renderers.iter().map(|(id, _)| status(*id, key)).sum::<f64>();
        // What is resident now but no anonymous memory, such as the browser's code, was there before.
        let other = now("VmRSS") - now("RssAnon");
        Grown {
            heap: self.heap - before.heap,
            resident: sum(self) - sum(before),
            peak: now("VmHWM") - other - sum(before),
        }
    }
}

/// The renderers among the descendants of a browser's main process.
pub fn renderers(browser: u32) -> Vec<u32> {
    let all: Vec<u32> = fs::read_dir("/proc")
        .map(|entries| {
            entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
        })
        .unwrap_or_default();
    let parent = |id: u32| -> Option<u32> {
        let text = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        text.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
    };
    let descends = |mut id: u32| loop {
        match parent(id) {
            Some(above) if above == browser => return true,
            Some(0) | None => return false,
            Some(above) => id = above,
        }
    };
    let is_renderer = |id: u32| {
        fs::read(format!("/proc/{id}/cmdline"))
            .is_ok_and(|line| String::from_utf8_lossy(&line).contains("--type=renderer"))
    };
    all.into_iter().filter(|&id| is_renderer(id) && descends(id)).collect()
}

/// A figure of `/proc/ID/status`, in bytes; nothing for a process that is gone.
fn status(id: u32, key: &str) -> f64 {
    let text = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) * 1024.0
}
