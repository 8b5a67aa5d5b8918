//! Chromium, Firefox and WebKitGTK, driven with what all of them have: plain WebDriver.
//!
//! [`Browser`](crate::Browser) is richer, but needs the DevTools protocol, which only Chromium has.

use std::{
    collections::HashMap,
    env, fs,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{By, Capabilities, WebDriver, WebElement};

use crate::environment;

/// How long a step may take that takes a second on an idle machine.
const PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(50);

/// A family of browsers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Chromium or Google Chrome.
    Chromium,
    /// Firefox.
    Firefox,
    /// WebKitGTK's MiniBrowser, which has the engine of Safari.
    WebKit,
}

/// The programs that drive a browser.
pub struct Programs {
    kind: Kind,
    driver: PathBuf,
    /// The browser; for WebKitGTK, whose driver finds its browser itself, the X server.
    other: PathBuf,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 3] = [Kind::Chromium, Kind::Firefox, Kind::WebKit];

    /// The browser's name.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Chromium => "Chromium",
            Kind::Firefox => "Firefox",
            Kind::WebKit => "WebKitGTK",
        }
    }

    /// Finds its programs on PATH, or where `cargo xtask` says.
    ///
    /// # Errors
    ///
    /// If one is missing.
    pub fn programs(self) -> Result<Programs> {
        let find = |names: &[&str]| {
            let found = names.iter().find_map(|name| which::which(name).ok());
            found.with_context(|| format!("{} is not installed", names.join(" or ")))
        };
        let (driver, other) = match self {
            Kind::Chromium => (environment::driver()?, environment::browser()?),
            Kind::Firefox => {
                let driver = match env::var_os("PASSGRID_GECKODRIVER") {
                    Some(path) => path.into(),
                    None => find(&["geckodriver"])?,
                };
                (driver, find(&["firefox-esr", "firefox"])?)
            }
            Kind::WebKit => (find(&["WebKitWebDriver"])?, find(&["Xvfb"])?),
        };
        Ok(Programs { kind: self, driver, other })
    }
}

/// A running program, ended when this is dropped.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A browser with a profile of its own and one page.
pub struct AnyBrowser {
    driver: WebDriver,
    /// The home folder of the browser, with its profile and its downloads.
    home: TempDir,
    // Dropped after the session, in this order.
    _driver_process: Process,
    _screen: Option<Process>,
}

impl AnyBrowser {
    /// Starts one.
    ///
    /// # Errors
    ///
    /// If a program does not start.
    pub async fn start(programs: &Programs) -> Result<Self> {
        let home = tempfile::tempdir()?;
        let downloads = home.path().join("downloads");
        fs::create_dir_all(&downloads)?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let mut driver = Command::new(&programs.driver);
        driver.arg(format!("--port={port}")).env("HOME", home.path());
        driver.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut screen = None;
        if programs.kind == Kind::WebKit {
            let (process, display) = start_screen(&programs.other)?;
            screen = Some(process);
            driver.env("DISPLAY", display).env_remove("WAYLAND_DISPLAY");
            // The browser has no setting for this; it saves where the desktop says.
            let config = home.path().join("config");
            fs::create_dir_all(&config)?;
            fs::write(
                config.join("user-dirs.dirs"),
                format!("XDG_DOWNLOAD_DIR=\"{}\"\n", downloads.display()),
            )?;
            driver.env("XDG_CONFIG_HOME", config);
            driver.env("XDG_CACHE_HOME", home.path().join("cache"));
            driver.env("XDG_DATA_HOME", home.path().join("data"));
        }
        let started = driver.spawn();
        let process =
            Process(started.with_context(|| format!("could not start {}", programs.driver.display()))?);
        let since = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            ensure!(since.elapsed() < PATIENCE, "{} does not listen", programs.driver.display());
            tokio::time::sleep(POLL).await;
        }
        let wanted: Capabilities = serde_json::from_value(capabilities(programs, &downloads))?;
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), wanted).await;
        let driver = driver.with_context(|| format!("no session with {}", programs.kind.name()))?;
        Ok(Self { driver, home, _driver_process: process, _screen: screen })
    }

    /// Closes it.
    ///
    /// # Errors
    ///
    /// If the driver does not answer.
    pub async fn quit(self) -> Result<()> {
        Ok(self.driver.clone().quit().await?)
    }

    /// Loads the page at this address, waits until it is in this phase, and keeps from then on what
    /// goes wrong in it.
    ///
    /// # Errors
    ///
    /// As [`AnyBrowser::phase`].
    pub async fn open_page(&self, address: &str, phase: &str) -> Result<()> {
        // A page from a disk keeps nothing.
        if phase == "empty" && !address.starts_with("file:") {
            // What was dropped before is kept. A file beside the page has the same storage.
            self.driver.goto(format!("{address}worker-loader.js")).await?;
            let forget = "localStorage.removeItem('kept'); sessionStorage.removeItem('library'); return true";
            self.run::<bool>(forget, &[]).await?;
        }
        self.driver.goto(address).await.with_context(|| format!("could not open {address}"))?;
        self.phase(phase).await?;
        let watch = "globalThis.failures = [];
            for (const event of ['error', 'unhandledrejection', 'securitypolicyviolation']) {
                addEventListener(event, (e) => failures.push(`${event}: ${e.message ?? e.reason ?? e.violatedDirective}`));
            }
            return true";
        self.run::<bool>(watch, &[]).await.map(drop)
    }

    /// Returns uncaught errors and violations of the policy since the page was opened.
    ///
    /// # Errors
    ///
    /// If the driver does not answer.
    pub async fn failures(&self) -> Result<Vec<String>> {
        self.run("return failures", &[]).await
    }

    /// Runs the body of a JavaScript function.
    ///
    /// # Errors
    ///
    /// If it throws, or its value is not of this type.
    pub async fn run<T: DeserializeOwned>(&self, body: &str, arguments: &[Value]) -> Result<T> {
        let returned = self.driver.execute(body, arguments.to_vec()).await?;
        serde_json::from_value(returned.json().clone()).with_context(|| format!("the value of {body}"))
    }

    /// Waits until the page is in this phase.
    ///
    /// # Errors
    ///
    /// With the phase and the text of the page, if it does not come to it.
    pub async fn phase(&self, wanted: &str) -> Result<()> {
        let is_in_phase = "return document.documentElement.dataset.passgrid === arguments[0]";
        self.until(&format!("the phase \"{wanted}\""), is_in_phase, &[wanted.into()]).await
    }

    /// Waits until this text is on screen, whatever its white space: Firefox leaves out a space where
    /// a line is wrapped.
    ///
    /// # Errors
    ///
    /// With the text that is there instead.
    pub async fn until_text(&self, wanted: &str) -> Result<()> {
        let has_text = r"return document.body.innerText.replace(/\s/g, '').includes(arguments[0])";
        let text: String = wanted.split_whitespace().collect();
        self.until(&format!("the text \"{wanted}\""), has_text, &[text.into()]).await
    }

    /// Waits until a function with this body returns true.
    ///
    /// # Errors
    ///
    /// With the phase and the text of the page, if that takes too long.
    pub async fn until(&self, what: &str, body: &str, arguments: &[Value]) -> Result<()> {
        let since = Instant::now();
        while !self.run::<bool>(body, arguments).await? {
            if since.elapsed() > PATIENCE {
                let state = "return `phase ${document.documentElement.dataset.passgrid}: ${document.body.innerText.slice(0, 600)}`";
                bail!(
                    "waited {} s for {what}; there is: {}",
                    PATIENCE.as_secs(),
                    self.run::<String>(state, &[]).await?
                );
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    /// Clicks the first element that this XPath selects, once it is there.
    ///
    /// # Errors
    ///
    /// If it does not appear, or is covered by something else.
    pub async fn click(&self, xpath: &str) -> Result<()> {
        let since = Instant::now();
        loop {
            let clicked = match self.driver.find(By::XPath(xpath)).await {
                Ok(element) => element.click().await,
                Err(error) => Err(error),
            };
            match clicked {
                Ok(()) => return Ok(()),
                Err(error) if since.elapsed() > PATIENCE => {
                    return Err(error).with_context(|| format!("could not click {xpath}"));
                }
                // It may be about to appear, or to be replaced.
                Err(_) => tokio::time::sleep(POLL).await,
            }
        }
    }

    /// Chooses a file in the field with this label.
    ///
    /// # Errors
    ///
    /// If there is no such field.
    pub async fn choose(&self, label: &str, file: &Path) -> Result<()> {
        let field = self.driver.find(By::Css(format!("input[aria-label=\"{label}\"]"))).await?;
        Ok(field.send_keys(path_text(file)?).await?)
    }

    /// Drops a file on the page. WebDriver cannot drag from the desktop, so this takes the file from
    /// a field and dispatches the events of a drop with it.
    ///
    /// # Errors
    ///
    /// If the page does not take the drop.
    pub async fn drop_file(&self, file: &Path) -> Result<()> {
        let field: WebElement = self
            .driver
            .execute(
                "const field = document.createElement('input');
                 field.type = 'file';
                 field.style.cssText = 'position: fixed; inset: 0 auto auto 0; width: 99px; z-index: 99';
                 document.body.append(field);
                 return field",
                Vec::new(),
            )
            .await?
            .element()?;
        field.send_keys(path_text(file)?).await?;
        let drop = "const [field] = arguments;
            const dispatch = (type) => {
                // One for each event: Firefox empties it after those in which a page may not look inside.
                const dataTransfer = new DataTransfer();
                for (const file of field.files) dataTransfer.items.add(file);
                return document.body.dispatchEvent(
                    new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }),
                );
            };
            dispatch('dragenter');
            dispatch('dragover');
            const isTaken = !dispatch('drop');
            field.remove();
            return isTaken";
        let is_taken: bool = self.run(drop, &[field.to_json()?]).await?;
        ensure!(is_taken, "the page does not take the drop");
        Ok(())
    }

    /// Waits for the download whose name ends like this, and returns its path.
    ///
    /// # Errors
    ///
    /// If none is completed.
    pub async fn download(&self, ending: &str) -> Result<PathBuf> {
        let folder = self.home.path().join("downloads");
        let since = Instant::now();
        let mut sizes = HashMap::new();
        loop {
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                let size = fs::metadata(&path).map_or(0, |metadata| metadata.len());
                // Not every browser writes under another name first, so the size must stay the same.
                let is_complete = size > 0 && sizes.insert(path.clone(), size) == Some(size);
                if is_complete && path.to_string_lossy().ends_with(ending) {
                    return Ok(path);
                }
            }
            ensure!(since.elapsed() < PATIENCE, "nothing that ends with {ending} was saved");
            tokio::time::sleep(10 * POLL).await;
        }
    }
}

fn path_text(path: &Path) -> Result<String> {
    let path = std::path::absolute(path)?;
    Ok(path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))?.to_owned())
}

fn capabilities(programs: &Programs, downloads: &Path) -> Value {
    match programs.kind {
        Kind::Chromium => json!({
            "browserName": "chrome",
            "goog:chromeOptions": {
                "binary": programs.other,
                "args": ["--headless=new", "--window-size=1440,900", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
                "prefs": { "download.default_directory": downloads },
            },
        }),
        Kind::Firefox => json!({
            "browserName": "firefox",
            "moz:firefoxOptions": {
                "binary": programs.other,
                "args": ["-headless"],
                "prefs": {
                    // 2: in the folder of the next setting.
                    "browser.download.folderList": 2,
                    "browser.download.dir": downloads,
                    "browser.download.always_ask_before_handling_new_types": false,
                },
            },
        }),
        Kind::WebKit => json!({}),
    }
}

/// Starts an X server without a screen. Returns its display, such as `:7`.
fn start_screen(program: &Path) -> Result<(Process, String)> {
    let started = Command::new(program)
        .args(["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut process = Process(started.with_context(|| format!("could not start {}", program.display()))?);
    let output = process.0.stdout.take().context("the X server has no output")?;
    let mut number = String::new();
    BufReader::new(output).read_line(&mut number)?;
    ensure!(!number.trim().is_empty(), "the X server does not start");
    Ok((process, format!(":{}", number.trim())))
}
