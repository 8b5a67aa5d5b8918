//! A Chromium with one window, driven through chromedriver and the DevTools protocol.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, bail};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{
    BrowserLogEntry, Capabilities, ChromeCapabilities, ChromiumLikeCapabilities, LoggingPrefsLogLevel,
    WebDriver,
};

use crate::{chromedriver::Chromedriver, environment};

/// How long something may take that takes a fraction of a second on an idle machine.
const PATIENCE: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(25);

/// Quiet, and nothing leaves the machine: neither what the browser asks for by itself nor, should it
/// ever try, the page.
const FLAGS: [&str; 8] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/// The browser's own log of all requests, in its profile.
const REQUESTS: &str = "requests.json";

/// Keeps long tasks in each document from its start, and when charts were at work: while the
/// library's script was run, and while it drew.
const WATCH_LONG_TASKS: &str = "
    globalThis.longTasks = [];
    globalThis.chartWork = [];
    new PerformanceObserver((list) => {
        for (const { startTime, duration } of list.getEntries()) longTasks.push({ startTime, duration });
    }).observe({ type: 'longtask', buffered: true });
    new PerformanceObserver((list) => {
        for (const { scripts } of list.getEntries()) {
            for (const { sourceURL, startTime, duration } of scripts) {
                if (sourceURL.includes('plotly')) chartWork.push({ startTime, duration });
            }
        }
    }).observe({ type: 'long-animation-frame', buffered: true });
    let library;
    Object.defineProperty(globalThis, 'Plotly', {
        configurable: true,
        get: () => library,
        set: (given) => {
            library = given;
            const react = given.react;
            if (typeof react !== 'function') return;
            given.react = function (...rest) {
                const startTime = performance.now();
                const drawn = react.apply(this, rest);
                const note = () => chartWork.push({ startTime, duration: performance.now() - startTime });
                Promise.resolve(drawn).then(note, note);
                return drawn;
            };
        },
    });
";

/// A person's preference of colors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// The colors of the system's High Contrast, here light on dark.
    HighContrast,
}

impl Scheme {
    /// All.
    pub const ALL: [Scheme; 3] = [Scheme::Light, Scheme::Dark, Scheme::HighContrast];

    /// The two that have the page's own colors.
    pub const OWN: [Scheme; 2] = [Scheme::Light, Scheme::Dark];

    /// Its name in file names.
    pub fn word(self) -> &'static str {
        match self {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
            Scheme::HighContrast => "contrast",
        }
    }
}

/// A stretch of the main thread in which nothing else could happen, from 50 ms on.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LongTask {
    /// Milliseconds since the document's start.
    pub start_time: f64,
    /// Milliseconds.
    pub duration: f64,
    /// How much of it the charts' library took, in milliseconds.
    pub charts: f64,
}

impl LongTask {
    /// Without the charts it would have been no long task.
    pub fn is_for_charts(&self) -> bool {
        self.duration - self.charts < 50.0
    }
}

/// A browser of its own profile, with one page.
pub struct Browser {
    driver: WebDriver,
    process: Option<u32>,
    downloads: TempDir,
    profile: Arc<TempDir>,
    // Last, so that it outlives the session that is closed through it.
    _chromedriver: Arc<Chromedriver>,
}

impl Browser {
    /// Starts one.
    ///
    /// # Errors
    ///
    /// If there is no Chromium or no chromedriver, or they do not fit together.
    pub async fn start() -> Result<Self> {
        Self::start_with(Arc::new(tempfile::tempdir()?)).await
    }

    /// Closes it and starts it again with the same profile, as a person does in the morning.
    ///
    /// # Errors
    ///
    /// As [`Browser::start`] and [`Browser::quit`].
    pub async fn restart(self) -> Result<Self> {
        let profile = self.profile.clone();
        self.quit().await?;
        Self::start_with(profile).await
    }

    async fn start_with(profile: Arc<TempDir>) -> Result<Self> {
        let chromedriver = Chromedriver::shared()?;
        let downloads = tempfile::tempdir()?;
        let mut wanted = ChromeCapabilities::new();
        wanted.set_binary(&environment::browser()?.to_string_lossy())?;
        for flag in FLAGS {
            wanted.add_arg(flag)?;
        }
        wanted.add_arg(&format!("--user-data-dir={}", profile.path().display()))?;
        wanted.add_arg(&format!("--log-net-log={}", profile.path().join(REQUESTS).display()))?;
        wanted.set_browser_log_level(LoggingPrefsLogLevel::All)?;
        let wanted: Capabilities = wanted.into();
        let driver = WebDriver::new(chromedriver.address(), wanted).await.context("no browser session")?;
        let process = driver.handle().capabilities().get("goog:processID").and_then(Value::as_u64);
        let browser = Self {
            driver,
            process: process.and_then(|id| u32::try_from(id).ok()),
            downloads,
            profile,
            _chromedriver: chromedriver,
        };
        let folder = browser.downloads.path();
        browser
            .devtools("Browser.setDownloadBehavior", json!({ "behavior": "allow", "downloadPath": folder }))
            .await?;
        browser
            .devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH_LONG_TASKS }))
            .await?;
        // Headless windows have no focus of their own; without it, the clipboard is closed.
        browser.devtools("Emulation.setFocusEmulationEnabled", json!({ "enabled": true })).await?;
        // The window's size is that of its frame; the page's own is what matters.
        browser.resize(1440, 900).await?;
        Ok(browser)
    }

    /// Closes it, and gives the addresses that pages and their workers asked for.
    ///
    /// # Errors
    ///
    /// If chromedriver does not answer.
    pub async fn quit(self) -> Result<Vec<String>> {
        self.driver.clone().quit().await?;
        let path = self.profile.path().join(REQUESTS);
        let log = fs::read(&path).with_context(|| format!("{}", path.display()))?;
        requests_of_pages(&serde_json::from_slice(&log).context("the browser's log of requests")?)
    }

    /// The browser's main process.
    pub fn process(&self) -> Option<u32> {
        self.process
    }

    /// Sends a command of the DevTools protocol.
    ///
    /// # Errors
    ///
    /// If the browser refuses it.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        self.driver
            .cdp()
            .send_raw(command, parameters)
            .await
            .with_context(|| format!("DevTools' {command} failed"))
    }

    /// Evaluates an expression in the page, whatever the page's policy is; waits for promises.
    ///
    /// # Errors
    ///
    /// If it throws, or its value is not of this type.
    pub async fn evaluate<T: DeserializeOwned>(&self, expression: &str) -> Result<T> {
        let parameters = json!({
            "expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true,
        });
        let mut answer = self.devtools("Runtime.evaluate", parameters).await?;
        if let Some(thrown) = answer.get("exceptionDetails") {
            let text = thrown.pointer("/exception/description").or(thrown.get("text"));
            bail!("the page threw: {}", text.and_then(Value::as_str).unwrap_or("something"));
        }
        let value = answer.pointer_mut("/result/value").map(Value::take).unwrap_or_default();
        serde_json::from_value(value).with_context(|| format!("value of {expression}"))
    }

    /// Loads an address, and waits for its `load` event.
    ///
    /// # Errors
    ///
    /// If it cannot be loaded.
    pub async fn open(&self, address: &str) -> Result<()> {
        self.driver.goto(address).await.with_context(|| format!("could not open {address}"))
    }

    /// Loads the page at this address and waits until it is in this phase.
    ///
    /// # Errors
    ///
    /// As [`Browser::phase`].
    pub async fn open_page(&self, address: &str, phase: &str) -> Result<()> {
        if phase != "empty" {
            self.open(address).await?;
            return self.phase(phase).await;
        }
        // What was dropped before is not shown again. A page that is still open might keep more, so
        // this happens when the new one begins.
        let clear = "sessionStorage.setItem('library', '0'); localStorage.removeItem('kept');";
        let script = json!({ "source": format!("try {{ {clear} }} catch {{}}") });
        let added = self.devtools("Page.addScriptToEvaluateOnNewDocument", script).await?;
        self.open(address).await?;
        self.devtools("Page.removeScriptToEvaluateOnNewDocument", added).await?;
        self.phase(phase).await
    }

    /// Deletes what the page at this address kept in the browser, so that it opens empty.
    ///
    /// # Errors
    ///
    /// If the browser refuses.
    pub async fn forget_kept(&self, address: &str) -> Result<()> {
        // A page that is still open might keep more.
        self.open("about:blank").await?;
        let origin: Vec<&str> = address.splitn(4, '/').take(3).collect();
        let data = json!({ "origin": origin.join("/"), "storageTypes": "indexeddb" });
        self.devtools("Storage.clearDataForOrigin", data).await.map(drop)
    }

    /// Opens another tab, to which all that follows applies.
    ///
    /// # Errors
    ///
    /// If the browser refuses.
    pub async fn open_tab(&self) -> Result<()> {
        let tab = self.driver.new_tab().await?;
        self.driver.switch_to_window(tab).await?;
        self.resize(1440, 900).await
    }

    /// Goes to a tab, in the order in which they were opened.
    ///
    /// # Errors
    ///
    /// If there is none with this number.
    pub async fn go_to_tab(&self, number: usize) -> Result<()> {
        let tab = self.driver.windows().await?.into_iter().nth(number).context("no such tab")?;
        Ok(self.driver.switch_to_window(tab).await?)
    }

    /// Waits until the page says that it is in this phase: `empty`, `loading`, `ready`.
    ///
    /// # Errors
    ///
    /// If it does not come to it, or has failed.
    pub async fn phase(&self, wanted: &str) -> Result<()> {
        let since = Instant::now();
        loop {
            let phase = self.current_phase().await?;
            if phase == wanted {
                return Ok(());
            }
            if phase == "failed" || since.elapsed() > 2 * PATIENCE {
                bail!("the page should be \"{wanted}\", and is \"{phase}\"");
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// The phase that the page is in.
    ///
    /// # Errors
    ///
    /// If there is no page.
    pub async fn current_phase(&self) -> Result<String> {
        self.evaluate("document.documentElement.dataset.passgrid ?? ''").await
    }

    /// Asks until there is an answer.
    ///
    /// # Errors
    ///
    /// If asking fails, or there is none for a long time.
    pub async fn until<T>(&self, what: &str, mut ask: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
        let since = Instant::now();
        loop {
            if let Some(answer) = ask().await? {
                return Ok(answer);
            }
            if since.elapsed() > PATIENCE {
                bail!("waited {} s in vain for {what}", PATIENCE.as_secs());
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Waits until the expression is true.
    ///
    /// # Errors
    ///
    /// As [`Browser::until`].
    pub async fn until_true(&self, expression: &str) -> Result<()> {
        self.until(expression, async || Ok(self.evaluate::<bool>(expression).await?.then_some(()))).await
    }

    /// Text that is on screen, as a person would copy it.
    ///
    /// # Errors
    ///
    /// If there is no page.
    pub async fn text(&self) -> Result<String> {
        self.evaluate("document.body.innerText").await
    }

    /// Waits until this text is on screen. Blanks of any kind and number count as one.
    ///
    /// # Errors
    ///
    /// With what is there instead.
    pub async fn until_text(&self, wanted: &str) -> Result<()> {
        let wanted = with_single_blanks(wanted);
        let mut last = String::new();
        let found = self
            .until(&format!("the text “{wanted}”"), async || {
                last = with_single_blanks(&self.text().await?);
                Ok(last.contains(&wanted).then_some(()))
            })
            .await;
        found.map_err(|error| anyhow!("{error}; there was: {last}"))
    }

    /// The address in the address bar, from its query string on.
    ///
    /// # Errors
    ///
    /// If there is no page.
    pub async fn query(&self) -> Result<String> {
        self.evaluate("location.search").await
    }

    /// The browser's button.
    ///
    /// # Errors
    ///
    /// If the driver does not answer.
    pub async fn back(&self) -> Result<()> {
        Ok(self.driver.back().await?)
    }

    /// The browser's button.
    ///
    /// # Errors
    ///
    /// If the driver does not answer.
    pub async fn forward(&self) -> Result<()> {
        Ok(self.driver.forward().await?)
    }

    /// The browser's button.
    ///
    /// # Errors
    ///
    /// If the driver does not answer.
    pub async fn reload(&self) -> Result<()> {
        Ok(self.driver.refresh().await?)
    }

    /// What the page and its workers logged as errors since it was last asked: `console.error`,
    /// exceptions, violations of the policy, and requests that failed.
    ///
    /// # Errors
    ///
    /// If the driver does not answer.
    pub async fn console_errors(&self) -> Result<Vec<String>> {
        let entries = self.driver.browser_log().await?;
        let is_error = |entry: &BrowserLogEntry| entry.level == "SEVERE";
        Ok(entries.into_iter().filter(is_error).map(|entry| entry.message).collect())
    }

    /// Waits for the next download that is complete, and gives its name and content.
    ///
    /// # Errors
    ///
    /// If none comes.
    pub async fn download(&self) -> Result<(String, Vec<u8>)> {
        let downloads = self.downloads.path();
        let path = self.until("a download", async || complete_download(downloads)).await;
        let path = path.with_context(|| format!("the folder of downloads has {:?}", names_in(downloads)))?;
        let content = fs::read(&path)?;
        fs::remove_file(&path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok((name, content))
    }

    /// Whether a download is complete, and was not taken yet.
    ///
    /// # Errors
    ///
    /// If the folder of downloads cannot be read.
    pub fn has_download(&self) -> Result<bool> {
        Ok(complete_download(self.downloads.path())?.is_some())
    }

    /// The picture of the window, as PNG.
    ///
    /// # Errors
    ///
    /// If it cannot be taken.
    pub async fn screenshot(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, self.driver.screenshot_as_png().await?).with_context(|| format!("{}", path.display()))
    }

    /// Gives the page this many CSS pixels.
    ///
    /// # Errors
    ///
    /// If the browser refuses.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await.map(drop)
    }

    /// Sets the system's preference of colors.
    ///
    /// # Errors
    ///
    /// If the browser refuses.
    pub async fn prefer(&self, scheme: Scheme) -> Result<()> {
        let colors = if scheme == Scheme::Light { "light" } else { "dark" };
        let forced = if scheme == Scheme::HighContrast { "active" } else { "none" };
        let features = json!({ "features": [
            { "name": "prefers-color-scheme", "value": colors },
            { "name": "forced-colors", "value": forced },
        ] });
        self.devtools("Emulation.setEmulatedMedia", features).await.map(drop)
    }

    /// The long tasks of the main thread since the document's start, or since the last call.
    ///
    /// # Errors
    ///
    /// If there is no page.
    pub async fn long_tasks(&self) -> Result<Vec<LongTask>> {
        // Two frames and a bit: the browser tells of a task after it has ended.
        let expression = "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => {
            const end = (entry) => entry.startTime + entry.duration;
            const overlap = (a, b) => Math.max(0, Math.min(end(a), end(b)) - Math.max(a.startTime, b.startTime));
            const sum = (task) => chartWork.reduce((sum, work) => sum + overlap(task, work), 0);
            resolve(longTasks.splice(0).map((task) => ({ ...task, charts: sum(task) })));
        }, 100))))";
        self.evaluate(expression).await
    }

    /// Collects garbage in the page and in its workers, so that what is left is held.
    ///
    /// # Errors
    ///
    /// If the browser refuses.
    pub async fn collect_garbage(&self) -> Result<()> {
        // What only the first collection lets go of goes with the second.
        for _ in 1..=2 {
            self.tell_workers("HeapProfiler.collectGarbage", json!({})).await?;
        }
        self.devtools("HeapProfiler.collectGarbage", json!({})).await?;
        // Workers answer whom we cannot hear.
        tokio::time::sleep(Duration::from_millis(1000)).await;
        Ok(())
    }

    /// Makes each of the page's workers throw where nobody catches it, as a trap of WebAssembly does.
    ///
    /// # Errors
    ///
    /// If the browser refuses.
    pub async fn crash_workers(&self) -> Result<()> {
        let throw = json!({ "expression": "setTimeout(() => { throw new Error('crashed on purpose'); })" });
        self.tell_workers("Runtime.evaluate", throw).await
    }

    /// Sends a command to each worker. They answer whom we cannot hear.
    async fn tell_workers(&self, command: &str, parameters: Value) -> Result<()> {
        let everything = json!({ "filter": [{}] });
        let targets = self.devtools("Target.getTargets", everything).await?;
        let is_worker = |target: &&Value| target["type"] == "worker";
        for worker in targets["targetInfos"].as_array().into_iter().flatten().filter(is_worker) {
            let attach = json!({ "targetId": worker["targetId"], "flatten": false });
            // It may have ended since the list was made.
            let Ok(mut attached) = self.devtools("Target.attachToTarget", attach).await else {
                continue;
            };
            let session = attached["sessionId"].take();
            let message = json!({ "id": 1, "method": command, "params": parameters }).to_string();
            let send = json!({ "sessionId": session, "message": message });
            if let Err(error) = self.devtools("Target.sendMessageToTarget", send).await
                && !format!("{error:#}").contains("No session with given id")
            {
                return Err(error);
            }
        }
        Ok(())
    }

    /// How many elements the page has.
    ///
    /// # Errors
    ///
    /// If there is no page.
    pub async fn element_count(&self) -> Result<u32> {
        self.evaluate("document.querySelectorAll('*').length").await
    }
}

/// The addresses in Chromium's log whose initiator is a page: what the browser asks for by itself
/// has none.
fn requests_of_pages(log: &Value) -> Result<Vec<String>> {
    let start = &log["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"];
    let events = log["events"].as_array().filter(|_| start.is_number()).context("no log of requests")?;
    let of_page = |event: &&Value| {
        event["type"] == *start
            && event["params"]["initiator"].as_str().is_some_and(|by| by.starts_with("http"))
    };
    let address = |event: &Value| event["params"]["url"].as_str().map(str::to_owned);
    Ok(events.iter().filter(of_page).filter_map(address).collect())
}

/// Any blanks as one space: screens show numbers and units with narrow ones.
pub fn with_single_blanks(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Drop for Browser {
    /// Ends a browser that was not closed, as after an error. The driver's own way out would wait
    /// two minutes for an answer that the blocked thread cannot take.
    fn drop(&mut self) {
        let was_open = self.driver.clone().leak().is_ok();
        if let (true, Some(process)) = (was_open, self.process) {
            let _ = std::process::Command::new("kill").arg(process.to_string()).status();
        }
    }
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// The file in the folder of downloads, once the browser has given it its final name.
fn complete_download(folder: &Path) -> Result<Option<PathBuf>> {
    let mut complete = None;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "crdownload") {
            return Ok(None);
        }
        // Chromium's temporary names are hidden ones.
        if !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            complete = Some(path);
        }
    }
    Ok(complete)
}
