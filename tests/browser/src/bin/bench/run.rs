//! A run of the benchmark: when and where, and what was measured.

use std::{fs, path::Path, thread::available_parallelism};

use anyhow::{Context, Result};
use passgrid_browser_tests::Browser;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::row::Row;

#[derive(Serialize, Deserialize)]
pub struct Run {
    /// The day, in UTC.
    date: String,
    /// The processor and how many cores there are.
    machine: String,
    /// The browser's name and version.
    browser: String,
    pub rows: Vec<Row>,
    /// Cases that could not be measured.
    pub failed: Vec<String>,
}

impl Run {
    /// Begins one, without rows.
    ///
    /// # Errors
    ///
    /// If the browser does not start.
    pub async fn begin() -> Result<Self> {
        let browser = Browser::start().await?;
        let version = browser.devtools("Browser.getVersion", json!({})).await?;
        browser.quit().await?;
        let version = version["product"].as_str().context("the browser has no version")?;
        Ok(Self {
            date: OffsetDateTime::now_utc().date().to_string(),
            machine: machine(),
            browser: version.replace("Headless", "").replace("Chrome/", "Chromium "),
            rows: Vec::new(),
            failed: Vec::new(),
        })
    }

    /// Reads one that was written as JSON.
    ///
    /// # Errors
    ///
    /// If it is not such a file.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        serde_json::from_slice(&text).with_context(|| format!("{} is no file of --json", path.display()))
    }

    /// As JSON: its fields, and for each row also the least, the median and the most.
    ///
    /// # Errors
    ///
    /// If that fails.
    pub fn to_json(&self) -> Result<String> {
        let mut run = serde_json::to_value(self)?;
        for (row, json) in self.rows.iter().zip(run["rows"].as_array_mut().into_iter().flatten()) {
            let [least, median, most] = row.measured.summary();
            json["least"] = Value::from(least);
            json["median"] = Value::from(median);
            json["most"] = Value::from(most);
        }
        Ok(serde_json::to_string_pretty(&run)? + "\n")
    }

    /// When and where.
    pub fn heading(&self) -> String {
        format!("{}, {}, {}", self.date, self.machine, self.browser)
    }
}

fn machine() -> String {
    let cores = available_parallelism().map_or(1, usize::from);
    let information = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = information.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let model = model.map_or("unknown processor", |(_, model)| model.trim());
    format!("{cores} cores of {model}")
}
