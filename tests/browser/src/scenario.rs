//! One test: a site, a browser, and what is looked at when it is over.

use std::{
    any::type_name_of_val, cell::RefCell, fs, panic::AssertUnwindSafe, panic::resume_unwind, path::Path,
};

use anyhow::{Result, bail};
use futures_util::FutureExt;
use tokio::sync::RwLock;

use crate::{browser::Browser, environment, site::Site};

/// Tests that measure time run alone; others share the machine.
static MACHINE: RwLock<()> = RwLock::const_new(());

/// What a test works with.
pub struct Scenario {
    /// The server.
    pub site: Site,
    /// The browser.
    pub page: Browser,
    expected: RefCell<Vec<String>>,
}

impl Scenario {
    /// A test that closes its browser itself, such as one that restarts it.
    pub fn with(site: Site, page: Browser) -> Scenario {
        Scenario { site, page, expected: RefCell::default() }
    }

    /// Says that the console may hold errors with this text: the browser itself writes one for
    /// each request that fails.
    pub fn expect_error(&self, text: &str) {
        self.expected.borrow_mut().push(text.to_owned());
    }

    /// Opens the page without anything in it.
    ///
    /// # Errors
    ///
    /// If it does not start.
    pub async fn open_empty(&self) -> Result<()> {
        self.page.open_page(&self.site.address(), "empty").await
    }

    /// Opens the page at its root with a query string, and waits for the report.
    ///
    /// # Errors
    ///
    /// If it does not come.
    pub async fn open_report(&self, query: &str) -> Result<()> {
        self.page.open_page(&format!("{}{query}", self.site.address()), "ready").await
    }

    /// Drops files on an empty page, and waits for the report.
    ///
    /// # Errors
    ///
    /// If it does not come.
    pub async fn report_of(&self, paths: impl IntoIterator<Item = impl AsRef<Path>>) -> Result<()> {
        self.open_empty().await?;
        self.page.drop_files(paths).await?;
        self.page.phase("ready").await
    }

    async fn unexpected_errors(&self) -> Result<Vec<String>> {
        let expected = self.expected.borrow().clone();
        let mut errors = self.page.console_errors().await?;
        errors.retain(|error| !expected.iter().any(|text| error.contains(text)));
        Ok(errors)
    }
}

/// Runs a test with a site and a browser of its own. It also fails if the page logged an error or
/// asked another host for anything.
/// A failed test leaves a picture and a listing in `target/browser-failures/`.
///
/// # Errors
///
/// Those of the test, or of the page as above.
pub async fn scenario(body: impl AsyncFnOnce(&Scenario) -> Result<()>) -> Result<()> {
    let _shared = MACHINE.read().await;
    run(body).await
}

/// Runs a test that measures time, while no other runs.
///
/// # Errors
///
/// As [`scenario`].
pub async fn scenario_alone(body: impl AsyncFnOnce(&Scenario) -> Result<()>) -> Result<()> {
    let _alone = MACHINE.write().await;
    run(body).await
}

async fn run(body: impl AsyncFnOnce(&Scenario) -> Result<()>) -> Result<()> {
    let name = test_name(type_name_of_val(&body));
    let site = Site::start(&environment::dist()?)?;
    let page = Browser::start().await?;
    let scenario = Scenario::with(site, page);
    let outcome = AssertUnwindSafe(body(&scenario)).catch_unwind().await;
    let errors = scenario.unexpected_errors().await;
    let is_good = matches!(outcome, Ok(Ok(()))) && errors.as_ref().is_ok_and(Vec::is_empty);
    if !is_good && let Err(error) = keep_evidence(&scenario, &name, &errors).await {
        eprintln!("{name}: no evidence could be kept: {error:#}");
    }
    let closed = scenario.page.quit().await;
    match outcome {
        Ok(outcome) => outcome?,
        Err(panic) => resume_unwind(panic),
    }
    let errors = errors?;
    if !errors.is_empty() {
        bail!("the page logged errors:\n{}", errors.join("\n"));
    }
    let elsewhere: Vec<String> =
        closed?.into_iter().filter(|address| !address.starts_with("http://127.0.0.1:")).collect();
    if !elsewhere.is_empty() {
        bail!("the page asked other hosts: {elsewhere:?}");
    }
    Ok(())
}

/// The test's name, for a file: that of its thread, `views::back_and_forward`. Where tests take turns
/// on one thread, the closure tells: `page::views::back_and_forward::{{closure}}::{{closure}}`.
fn test_name(of_closure: &str) -> String {
    let thread = std::thread::current();
    if let Some(name) = thread.name().filter(|name| name.contains("::")) {
        return name.replace("::", "-");
    }
    let parts: Vec<&str> =
        of_closure.split("::").skip(1).take_while(|part| !part.starts_with("{{")).collect();
    parts.join("-")
}

async fn keep_evidence(scenario: &Scenario, name: &str, errors: &Result<Vec<String>>) -> Result<()> {
    let folder = environment::root().join("target/browser-failures");
    let page = &scenario.page;
    page.screenshot(&folder.join(format!("{name}.png"))).await?;
    let address: String = page.evaluate("location.href").await?;
    let phase = page.current_phase().await?;
    let listing = page.tree().await?.listing();
    let evidence = format!("{address}\nphase: {phase}\nconsole: {errors:#?}\n\n{listing}");
    fs::write(folder.join(format!("{name}.txt")), evidence)?;
    eprintln!("{name}: see target/browser-failures/{name}.png and .txt");
    Ok(())
}
