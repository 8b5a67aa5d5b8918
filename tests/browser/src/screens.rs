//! Every view and every designed state of the page, one after the other: for pictures of them, and for
//! checks that must hold in all of them.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use serde_json::Value;
use tempfile::TempDir;

use crate::{browser::Browser, environment::root, generate, site::Site};

/// What is in the page.
#[derive(Clone, Copy)]
enum Data {
    /// The page as it opens at this query string, in this phase.
    Address(&'static str, &'static str),
    /// Files of the checkout, dropped.
    Fixtures(&'static [&'static str]),
    /// A folder of [`Inputs`], dropped.
    Made(&'static str),
}

/// What is done before it is looked at.
#[derive(Clone, Copy)]
enum Act {
    Nothing,
    /// A file is held over the window.
    Drag,
    /// An element is clicked: role and name.
    Click(&'static str, &'static str),
    /// A key is pressed.
    Press(&'static str),
    /// The first result that failed is opened in the grid.
    OpenFailure,
    /// The first session of the table is opened.
    OpenSession,
    /// The panel for patterns is opened, and one typed.
    Name,
    /// The engine's worker fails, this often.
    Crash(u32),
    /// What is on screen is kept as a library, and the dialog stays open.
    Keep,
    /// What is on screen is kept as a library, which is closed.
    KeepAndClose,
}

/// A screen: its name, the query string of its view, and what is done there.
type Screen = (&'static str, &'static str, Act);

const DRAWER: &str =
    "?demo&view=grid&test=test_codec%5Baac%5D&in=tests.network.test_streaming.TestBluetooth&dut=max-b1";
const DRAWER_FULL: &str =
    "?demo&view=grid&test=test_codec%5Baac%5D&in=tests.network.test_streaming.TestBluetooth&dut=max-b1&full";

/// All screens, by the data that they share. What is opened over a view is last of its kind, or in a
/// page of its own.
const SCREENS: &[(Data, &[Screen])] = &[
    (EMPTY, &[("empty", "", Act::Nothing)]),
    (EMPTY, &[("empty-dragging", "", Act::Drag)]),
    (EMPTY, &[("load-from-url", "", Act::Click("button", "Load from URL"))]),
    (EMPTY, &[("keys", "", Act::Press("?"))]),
    (
        Data::Address("?src=hostile/never.xml", "loading"),
        &[("loading", "?src=hostile/never.xml", Act::Nothing)],
    ),
    (
        Data::Address(PARTLY, "loading"),
        &[("partly-loaded", PARTLY, Act::Nothing), ("partly-loaded-grid", PARTLY_GRID, Act::Nothing)],
    ),
    (
        DEMO,
        &[
            ("overview", "?demo", Act::Nothing),
            ("grid", "?demo&view=grid", Act::Nothing),
            ("grid-failing", "?demo&view=grid&only=failing", Act::Nothing),
            ("grid-flat", "?demo&view=grid&flat", Act::Nothing),
            ("tests", "?demo&view=tests", Act::Nothing),
            ("failures", "?demo&view=failures", Act::Nothing),
            ("failures-nothing", "?demo&view=failures&q=no+such+failure", Act::Nothing),
            ("flaky", "?demo&view=flaky", Act::Nothing),
            ("known-none", "?demo&view=known", Act::Nothing),
            ("history", "?demo&view=history", Act::Nothing),
            ("history-time", "?demo&view=history&measure=time", Act::Nothing),
            ("compare", "?demo&view=compare", Act::Nothing),
            ("compare-classes", "?demo&view=compare&from=2.3.0&change=regression&change=fixed", Act::Nothing),
            ("compare-all-passed", "?demo&view=compare&from=all-passed", Act::Nothing),
            ("compare-nothing", "?demo&view=compare&from=9.9", Act::Nothing),
            ("timing", "?demo&view=timing", Act::Nothing),
            ("timing-duts", "?demo&view=timing&chart=duts", Act::Nothing),
            ("timing-session", "?demo&view=timing&chart=session", Act::Nothing),
            ("metrics-nothing", "?demo&view=metrics", Act::Nothing),
            ("sessions", "?demo&view=sessions", Act::Nothing),
            ("files", "?demo&view=files", Act::Nothing),
            ("drawer", DRAWER, Act::Nothing),
            ("drawer-full", DRAWER_FULL, Act::Nothing),
            ("nothing-matches-grid", "?demo&view=grid&q=no+such+test", Act::Nothing),
            ("nothing-matches-tests", "?demo&view=tests&q=no+such+test&only=failing", Act::Nothing),
            ("nothing-matches-sessions", "?demo&view=sessions&q=no+such+session", Act::Nothing),
            ("session", "?demo&view=sessions", Act::OpenSession),
            ("naming", "?demo&view=files", Act::Name),
            ("columns", "?demo&view=tests", Act::Click("button", "Columns")),
            ("dragging", "?demo", Act::Drag),
        ],
    ),
    (DEMO, &[("compare-outcomes", "?demo&view=compare", Act::Click("button", "Outcomes"))]),
    (DEMO, &[("compare-side", "?demo&view=compare&from=2.3.0", Act::Click("button", "Before: 2.3.0"))]),
    (DEMO, &[("menu", "?demo", Act::Click("button", "Download"))]),
    (DEMO, &[("grid-duts", "?demo&view=grid&hide=one-a1&pin=one-b2", Act::Click("button", "DUTs"))]),
    (DEMO, &[("grid-settings", "?demo&view=grid", Act::Click("button", "View"))]),
    (Data::Fixtures(&["multi/version-folder"]), &[("kept", "", Act::Click("button", "Keep"))]),
    (Data::Fixtures(&["multi/version-folder"]), &[("kept-library", "", Act::Keep)]),
    (Data::Fixtures(&["multi/version-folder"]), &[("empty-libraries", "", Act::KeepAndClose)]),
    (
        Data::Fixtures(&["multi/version-folder/1.5.0/board_b.xml"]),
        &[("one-dut", "", Act::Nothing), ("one-dut-grid", "?view=grid", Act::Nothing)],
    ),
    (
        Data::Fixtures(&["pytest-benchmark", "pytest-reportlog/reportlog-1.0.0/xdist.jsonl"]),
        &[
            ("metrics", "?view=metrics", Act::Nothing),
            ("metrics-duts", "?view=metrics&chart=duts", Act::Nothing),
            ("timing-workers", "?view=timing&chart=session", Act::Nothing),
        ],
    ),
    (
        Data::Made("one-test"),
        &[
            ("one-test", "", Act::Nothing),
            ("one-test-grid", "?view=grid", Act::Nothing),
            ("one-test-tests", "?view=tests", Act::Nothing),
            ("one-test-sessions", "?view=sessions", Act::Nothing),
            ("one-test-history", "?view=history", Act::Nothing),
            ("one-test-compare", "?view=compare", Act::Nothing),
            ("one-test-timing", "?view=timing", Act::Nothing),
            ("one-test-drawer", "?view=grid", Act::OpenFailure),
        ],
    ),
    (
        Data::Made("forty-duts"),
        &[
            ("forty-duts", "", Act::Nothing),
            ("forty-duts-grid", "?view=grid", Act::Nothing),
            ("forty-duts-tests", "?view=tests", Act::Nothing),
            ("forty-duts-sessions", "?view=sessions", Act::Nothing),
            ("forty-duts-failures", "?view=failures", Act::Nothing),
            ("forty-duts-flaky", "?view=flaky", Act::Nothing),
            ("forty-duts-history", "?view=history", Act::Nothing),
            ("forty-duts-compare", "?view=compare", Act::Nothing),
            ("forty-duts-timing", "?view=timing", Act::Nothing),
            ("forty-duts-drawer", "?view=grid&only=failing", Act::OpenFailure),
        ],
    ),
    (
        Data::Made("long-names"),
        &[
            ("long-names", "", Act::Nothing),
            ("long-names-grid", "?view=grid", Act::Nothing),
            ("long-names-tests", "?view=tests", Act::Nothing),
            ("long-names-sessions", "?view=sessions", Act::Nothing),
            ("long-names-files", "?view=files", Act::Nothing),
            ("long-names-drawer", "?view=grid", Act::OpenFailure),
            ("long-names-session", "?view=sessions", Act::OpenSession),
        ],
    ),
    (
        Data::Made("all-passed"),
        &[
            ("all-passed", "", Act::Nothing),
            ("all-passed-grid", "?view=grid", Act::Nothing),
            ("all-passed-failing", "?view=grid&only=failing", Act::Nothing),
        ],
    ),
    (
        Data::Made("all-failed"),
        &[("all-failed", "", Act::Nothing), ("all-failed-grid", "?view=grid", Act::Nothing)],
    ),
    (
        Data::Fixtures(&["multi/version-folder", "bad/nothing", "bad/truncated-xml"]),
        &[
            ("broken", "", Act::Nothing),
            ("broken-grid", "?view=grid", Act::Nothing),
            ("broken-files", "?view=files", Act::Nothing),
        ],
    ),
    (
        Data::Fixtures(&["bad/nothing/picture.png"]),
        &[
            ("nothing-readable", "", Act::Nothing),
            ("nothing-readable-grid", "?view=grid", Act::Nothing),
            ("nothing-readable-files", "?view=files", Act::Nothing),
        ],
    ),
    (Data::Fixtures(&["multi/version-folder"]), &[("worker-died", "", Act::Crash(1))]),
    (EMPTY, &[("worker-died-for-good", "", Act::Crash(4))]),
];

const EMPTY: Data = Data::Address("", "empty");
const DEMO: Data = Data::Address("?demo", "ready");
/// One report is there, another one never comes to its end.
const PARTLY: &str = "?src=results/multi/version-folder/1.5.0/board_a.xml&src=results/multi/version-folder/1.5.0/board_b.xml&src=hostile/slow.xml";
const PARTLY_GRID: &str = "?src=results/multi/version-folder/1.5.0/board_a.xml&src=results/multi/version-folder/1.5.0/board_b.xml&src=hostile/slow.xml&view=grid";

/// Result files for states that no fixture has.
pub struct Inputs(TempDir);

impl Inputs {
    /// Writes them.
    ///
    /// # Errors
    ///
    /// If there is no place for them.
    pub fn new() -> Result<Self> {
        let inputs = Self(tempfile::tempdir()?);
        let failure =
            "<failure message=\"AssertionError: no answer\">E   AssertionError: no answer</failure>";
        inputs.write(
            "one-test",
            "board_a.xml",
            &report("", &case("tests.test_boot", "test_boots", failure)),
        )?;
        for board in 1..=4 {
            let cases = |content: &str| -> String {
                (1..=30).map(|test| case("tests.test_board", &format!("test_{test:02}"), content)).collect()
            };
            let file = format!("board_{board}.xml");
            // Copies would be left out as duplicates.
            let dut = format!("<property name=\"dut\" value=\"board_{board}\"/>");
            inputs.write("all-passed", &file, &report(&dut, &cases("")))?;
            inputs.write("all-failed", &file, &report(&dut, &cases(failure)))?;
        }
        forty_duts(&inputs.path("forty-duts"), 120)?;
        inputs.write_long_names()?;
        Ok(inputs)
    }

    /// A folder of them.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, folder: &str, file: &str, text: &str) -> Result<()> {
        let path = self.path(folder).join(file);
        fs::create_dir_all(path.parent().context("a file without a folder")?)?;
        Ok(fs::write(path, text)?)
    }

    /// Names of 300 letters: of DUTs, builds, tests, classes and folders; with and without blanks.
    fn write_long_names(&self) -> Result<()> {
        let solid = |begin: &str| format!("{begin}{}", "x".repeat(300 - begin.len()));
        let words = |begin: &str| {
            format!("{begin}{}", " and more words".repeat(30)).chars().take(300).collect::<String>()
        };
        for (board, name) in [("a", solid("DUT_A_")), ("b", words("DUT B"))] {
            let properties = [("dut", &name), ("build", &solid("1.4.0-")), ("serial", &solid("SN"))]
                .map(|(key, value)| format!("<property name=\"{key}\" value=\"{value}\"/>"))
                .concat();
            let failure =
                format!("<failure message=\"{}\">{}</failure>", words("AssertionError:"), solid("E   "));
            let class = format!("tests.{}.{}", "folder".repeat(24), "Class".repeat(29));
            let cases = [
                case(&class, &solid("test_solid_"), &failure),
                case(&class, &words("test of words"), ""),
                case("tests.short", &solid("test_other_"), if board == "a" { "" } else { &failure }),
                case("tests.short", "test_short", ""),
            ];
            // A name in a path may have 255 bytes on most systems.
            let path = format!("{}/{}/board_{board}.xml", "folder-".repeat(20), "deeper-".repeat(20));
            self.write("long-names", &path, &report(&properties, &cases.concat()))?;
        }
        Ok(())
    }
}

/// Writes a folder of 40 reports of as many DUTs, each of so many tests, with other failures each; gives
/// how many failed and how many were skipped.
///
/// # Errors
///
/// If it cannot be written.
pub fn forty_duts(folder: &Path, tests: u64) -> Result<[u64; 2]> {
    fs::create_dir_all(folder)?;
    let mut sums = [0; 2];
    for number in 1..=40 {
        let made = generate::junit_of(tests, 100 + number);
        sums = [sums[0] + made.failed, sums[1] + made.skipped];
        fs::write(folder.join(format!("board_{number:02}.xml")), made.text)?;
    }
    Ok(sums)
}

fn case(class: &str, name: &str, content: &str) -> String {
    format!("<testcase classname=\"{class}\" name=\"{name}\" time=\"0.25\">{content}</testcase>")
}

fn report(properties: &str, cases: &str) -> String {
    let mut text = String::from("<testsuites><testsuite name=\"pytest\" timestamp=\"2026-11-20T21:04:00\">");
    if !properties.is_empty() {
        let _ = write!(text, "<properties>{properties}</properties>");
    }
    text + cases + "</testsuite></testsuites>"
}

/// Goes through all screens in one page.
pub struct Screens<'a> {
    /// Where they are shown.
    pub page: &'a Browser,
    /// What serves the page.
    pub site: &'a Site,
    /// What is dropped.
    pub inputs: &'a Inputs,
}

impl Screens<'_> {
    /// The names of all screens, in their order.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SCREENS.iter().flat_map(|(_, screens)| screens.iter().map(|(name, ..)| *name))
    }

    /// Shows each screen that is wanted, by name, and calls `look` when it has come to rest.
    ///
    /// # Errors
    ///
    /// If a screen does not come, or those of `look`; with the screen's name.
    pub async fn each(
        &self,
        is_wanted: impl Fn(&str) -> bool,
        mut look: impl AsyncFnMut(&'static str) -> Result<()>,
    ) -> Result<()> {
        for (data, screens) in SCREENS {
            if !screens.iter().any(|(name, ..)| is_wanted(name)) {
                continue;
            }
            self.load(*data).await.with_context(|| format!("the data of {}", screens[0].0))?;
            for &(name, query, act) in screens.iter().filter(|(name, ..)| is_wanted(name)) {
                let shown = async {
                    self.go(query).await?;
                    self.act(act).await?;
                    self.settle(act).await
                };
                shown.await.with_context(|| name)?;
                look(name).await.with_context(|| name)?;
            }
        }
        Ok(())
    }

    async fn load(&self, data: Data) -> Result<()> {
        let page = self.page;
        let drop_all = async |paths: Vec<PathBuf>| -> Result<()> {
            page.open_page(&self.site.address(), "empty").await?;
            page.drop_files(paths).await?;
            page.phase("ready").await
        };
        match data {
            Data::Address(query, phase) => {
                page.open_page(&format!("{}{query}", self.site.address()), phase).await?;
                if phase == "loading" && query.matches("src=").count() > 1 {
                    page.until_text("DUTs").await?;
                }
                Ok(())
            }
            Data::Fixtures(paths) => {
                drop_all(paths.iter().map(|path| root().join("fixtures").join(path)).collect()).await
            }
            Data::Made(folder) => drop_all(vec![self.inputs.path(folder)]).await,
        }
    }

    /// Shows a view of what is loaded, as if it had been chosen; what was open over the one before is
    /// closed.
    async fn go(&self, query: &str) -> Result<()> {
        let query = serde_json::to_string(query)?;
        // What closes gives the focus back to the view, where it would be seen.
        let go = format!(
            "new Promise((done) => {{
                history.pushState(null, '', {query} || location.pathname);
                dispatchEvent(new PopStateEvent('popstate'));
                setTimeout(() => done(document.activeElement?.blur() ?? true), 60);
            }})"
        );
        self.page.evaluate::<bool>(&go).await.map(drop)
    }

    async fn act(&self, act: Act) -> Result<()> {
        let page = self.page;
        match act {
            Act::Nothing => Ok(()),
            Act::Drag => page.drag_over([root().join("fixtures/multi/flat")]).await,
            Act::Click(role, name) => page.find(role, name).await?.click().await,
            Act::Press(key) => page.press(key).await,
            Act::OpenFailure => {
                let cell = page
                    .until("a failed cell", async || {
                        let tree = page.tree().await?;
                        let mut cells = tree.all("gridcell");
                        cells
                            .find(|cell| cell.name.starts_with("failed"))
                            .map(|cell| page.element(cell))
                            .transpose()
                    })
                    .await?;
                cell.click().await?;
                page.find_where("complementary", "of a result", |node| node.name.starts_with("Details"))
                    .await?;
                page.until_text("Session").await
            }
            Act::OpenSession => {
                page.find("grid", "Sessions").await?.focus().await?;
                page.until_true("document.querySelector('main [role=gridcell]') !== null").await?;
                page.press("Enter").await?;
                page.until_text("Properties and environment").await
            }
            Act::Name => {
                page.find("button", "Name by pattern…").await?.click().await?;
                page.until_true("document.activeElement.id === 'naming-pattern'").await?;
                page.write("{build}/{dut}.*").await?;
                page.until_text("files match").await
            }
            Act::Keep => self.keep().await,
            Act::KeepAndClose => {
                self.keep().await?;
                page.press("Escape").await?;
                page.until_true("!document.querySelector('dialog[open]')").await?;
                page.find("button", "Clear").await?.click().await?;
                page.phase("empty").await?;
                page.until_text("Libraries in this browser").await
            }
            Act::Crash(times) => {
                for _ in 0..times {
                    page.crash_workers().await?;
                    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
                }
                page.until_text(if times > 1 { "repeatedly" } else { "restarted" }).await?;
                if times == 1 { page.phase("ready").await } else { Ok(()) }
            }
        }
    }

    async fn keep(&self) -> Result<()> {
        let page = self.page;
        page.find("button", "Keep").await?.click().await?;
        page.find("textbox", "Name").await?.click().await?;
        page.write("Nightly").await?;
        page.find("button", "Keep as a library").await?.click().await?;
        page.find("button", "Delete Nightly").await.map(drop)
    }

    /// Waits until nothing moves any more: nothing is busy, the chart is drawn, and the document has not
    /// changed for a moment. What is loading for ever does not come to rest.
    async fn settle(&self, act: Act) -> Result<()> {
        if !matches!(act, Act::Drag) {
            // The mouse is where no hover shows.
            self.page.move_mouse(0.0, 0.0).await?;
        }
        let quiet = "new Promise((resolve) => {
            const start = performance.now();
            let changed = start;
            new MutationObserver(() => changed = performance.now())
                .observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
            const look = () => {
                const now = performance.now();
                const isBusy = document.querySelector('[aria-busy=true]') !== null
                    || document.querySelector('.chart-drawing:not(.is-missing, :has(.main-svg))') !== null
                    || document.getAnimations().some((animation) => animation.effect.getComputedTiming().iterations < 99);
                if (now - start > 2500 || (!isBusy && now - changed > 150)) requestAnimationFrame(() => resolve(true));
                else setTimeout(look, 30);
            };
            look();
        })";
        self.page.evaluate::<Value>(quiet).await.map(drop)
    }
}
