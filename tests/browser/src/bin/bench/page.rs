//! The page in a browser of its own, and what is measured of it.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use passgrid_browser_tests::{Browser, LongTask, Site, dist, generate::Written};
use serde_json::json;

use crate::{
    memory::{Grown, Memory},
    processor::{Processor, Used},
    spread::Spread,
};

/// Watches for the report, in the page.
const WATCH: &str = include_str!("watch.js");

/// Says that the report is complete: the bars are drawn a task after the headline.
const HAS_BARS: &str = "document.querySelector('.dut-bars .outcome-bar-part') !== null";

/// How long a report is waited for.
const MINUTES: u32 = 5;

/// What takes longer than this is measured once.
const SLOW: Duration = Duration::from_secs(20);

/// How files get into the page.
#[derive(Clone, Copy)]
pub enum By {
    /// A drop on the page.
    Drop,
    /// The field for files.
    Field,
}

/// Files that are loaded together.
pub struct Input {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// How many tests ran, by their generator. The report has to show this number.
    pub executed: u64,
    pub bytes: u64,
    /// How they get into the page.
    pub by: By,
}

impl Input {
    /// A file that is dropped.
    pub fn of(file: &Written) -> Self {
        Self { paths: vec![file.path.clone()], executed: file.executed(), bytes: file.bytes, by: By::Drop }
    }

    pub fn megabytes(&self) -> f64 {
        self.bytes as f64 / 1e6
    }
}

/// What the page took to load an input.
pub struct Load {
    /// From the event of the browser to the frame in which the whole report is on screen.
    pub ms: f64,
    pub used: Used,
    /// The tasks of the main thread over 50 ms until then.
    pub long_tasks: Vec<LongTask>,
}

impl Load {
    /// The longest task of the main thread in milliseconds, without those for charts; 0 if none took 50.
    pub fn longest_task(&self) -> f64 {
        let tasks = self.long_tasks.iter().filter(|task| !task.is_for_charts());
        tasks.map(|task| task.duration).fold(0.0, f64::max)
    }
}

/// What an input adds to the memory of the page.
pub struct Growth {
    /// Since the page was empty, by the first report of all: code, a document. A file of one test.
    pub first: Grown,
    /// Since that report, by the input.
    pub input: Grown,
}

/// The page, the server that it comes from, and the browser that it is in.
pub struct Bench {
    pub site: Site,
    pub page: Browser,
}

impl Bench {
    /// Starts both.
    ///
    /// # Errors
    ///
    /// If no page is built, or the browser does not start.
    pub async fn start() -> Result<Self> {
        let site = Site::start(&dist()?)?;
        Ok(Self { site, page: Browser::start().await? })
    }

    /// Opens the page without anything in it.
    ///
    /// # Errors
    ///
    /// If it does not start.
    pub async fn open_empty(&self) -> Result<()> {
        self.page.open_page(&self.site.address(), "empty").await?;
        // The engine starts with the page; people come later than that.
        tokio::time::sleep(Duration::from_millis(700)).await;
        Ok(())
    }

    /// Loads an input into an empty page.
    ///
    /// # Errors
    ///
    /// If the report does not come.
    pub async fn load(&self, input: &Input) -> Result<Load> {
        self.open_empty().await?;
        self.load_into_open(input).await
    }

    /// Loads an input into the page as it is.
    ///
    /// # Errors
    ///
    /// If the report does not come.
    pub async fn load_into_open(&self, input: &Input) -> Result<Load> {
        self.page.long_tasks().await?;
        let browser = self.page.process().context("the browser's process is not known")?;
        let before = Processor::of(browser);
        let ms = self.time_report(input, input.executed).await?;
        let used = Processor::of(browser).since(&before);
        self.page.until_true(HAS_BARS).await?;
        Ok(Load { ms, used, long_tasks: self.page.long_tasks().await? })
    }

    /// What an input adds to the memory of a page, which is empty before.
    ///
    /// # Errors
    ///
    /// If the report does not come.
    pub async fn memory(&self, input: &Input) -> Result<Growth> {
        self.open_empty().await?;
        let empty = Memory::of(&self.page).await?;
        let small = self.site.own().join("small.xml");
        fs::write(&small, passgrid_browser_tests::generate::junit(1).text)?;
        let one = Input { paths: vec![small], executed: 1, bytes: 0, by: input.by };
        self.time_report(&one, 1).await?;
        self.page.until_true(HAS_BARS).await?;
        let before = Memory::of(&self.page).await?;
        before.forget_peak();
        self.time_report(input, 1 + input.executed).await?;
        let grown = Memory::of(&self.page).await?.since(&before);
        Ok(Growth { first: before.since(&empty), input: grown })
    }

    /// Milliseconds from handing over the files to the report with this number of executed tests.
    async fn time_report(&self, input: &Input, executed: u64) -> Result<f64> {
        self.page.evaluate::<bool>(&format!("({WATCH})({executed})")).await?;
        match input.by {
            By::Drop => self.page.drop_files(&input.paths).await?,
            By::Field => self.page.file_field("Open files").await?.choose(&input.paths).await?,
        }
        // One request may not take longer than two minutes.
        let wait = "Promise.race([reportShown, new Promise((resolve) => setTimeout(resolve, 60000, null))])";
        for _ in 0..MINUTES {
            if let Some(ms) = self.page.evaluate(wait).await? {
                return Ok(ms);
            }
        }
        bail!("no report of {executed} executed tests after {MINUTES} minutes")
    }

    /// Loads an input once to warm up, which compiles the engine and brings the files into the system's cache, and
    /// then in rounds. What takes longer than [`SLOW`] is loaded once, and that counts.
    ///
    /// # Errors
    ///
    /// If the report does not come.
    pub async fn load_in_rounds(&self, rounds: u32, input: &Input) -> Result<Vec<Load>> {
        let first = self.load(input).await?;
        if first.ms > SLOW.as_secs_f64() * 1000.0 {
            return Ok(vec![first]);
        }
        let mut loads = Vec::new();
        for _ in 0..rounds {
            loads.push(self.load(input).await?);
        }
        Ok(loads)
    }

    /// Opens the page as a browser with so many processors has it, and calls a function.
    ///
    /// # Errors
    ///
    /// Those of the function, or if the browser refuses.
    pub async fn with_processors<T>(
        &self,
        processors: u32,
        action: impl AsyncFnOnce(&Self) -> Result<T>,
    ) -> Result<T> {
        let override_it = format!(
            "Object.defineProperty(Navigator.prototype, 'hardwareConcurrency', {{ get: () => {processors} }});"
        );
        let script = json!({ "source": override_it });
        let added = self.page.devtools("Page.addScriptToEvaluateOnNewDocument", script).await?;
        let outcome = action(self).await;
        self.page.devtools("Page.removeScriptToEvaluateOnNewDocument", added).await?;
        outcome
    }

    /// Ends the browser.
    ///
    /// # Errors
    ///
    /// If chromedriver does not answer.
    pub async fn quit(self) -> Result<()> {
        self.page.quit().await.map(drop)
    }
}

/// A figure of each load.
pub fn each(loads: &[Load], figure: impl Fn(&Load) -> f64) -> Spread {
    Spread::of(loads.iter().map(figure))
}

/// A folder for the inputs of one case, deleted after it unless they are kept.
pub struct Folder {
    path: PathBuf,
    is_kept: bool,
}

impl Folder {
    /// Creates it.
    ///
    /// # Errors
    ///
    /// If it cannot be created.
    pub fn create(path: &Path, is_kept: bool) -> Result<Self> {
        fs::create_dir_all(path).with_context(|| format!("{} cannot be created", path.display()))?;
        Ok(Self { path: path.to_owned(), is_kept })
    }

    /// A file or folder in it.
    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.is_kept {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}
