//! What is kept in this browser: the last drop, and libraries.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use passgrid_browser_tests::{Browser, Scenario, Site, dist, scenario, tally, tally::Tally};
use serde_json::{Value, json};

use crate::steps::{self, fixture};

/// All files of a folder of the fixtures: three boards over two builds.
const FOLDER: [&str; 6] = [
    "multi/version-folder/1.4.0/board_a.xml",
    "multi/version-folder/1.4.0/board_b.xml",
    "multi/version-folder/1.4.0/board_c.xml",
    "multi/version-folder/1.5.0/board_a.xml",
    "multi/version-folder/1.5.0/board_b.xml",
    "multi/version-folder/1.5.0/board_c.xml",
];

/// Five drops.
const DROPS: [&str; 5] = [FOLDER[0], FOLDER[1], FOLDER[3], FOLDER[4], FOLDER[5]];

/// The drops in folders of their own, so that each has a path that names board and build.
fn drops(folder: &Path) -> Result<Vec<PathBuf>> {
    let copy = |(index, drop): (usize, &&str)| {
        let whole = Path::new(drop);
        let build = whole.parent().and_then(Path::file_name).context("no build")?;
        let target = folder.join(format!("drop-{index}")).join(build);
        fs::create_dir_all(&target)?;
        fs::copy(fixture(drop), target.join(whole.file_name().context("no name")?))?;
        Ok(target)
    };
    DROPS.iter().enumerate().map(copy).collect()
}

/// What another parser counts in these fixtures.
fn counted(files: &[&str]) -> Result<Tally> {
    let mut sum = Tally::default();
    for file in files {
        sum += tally::of_junit(&steps::read(&fixture(file))?)?;
    }
    Ok(sum)
}

/// Checks that the page has the results of these fixtures, one session each.
async fn shows(t: &Scenario, files: &[&str]) -> Result<Value> {
    let summary = steps::summary(t).await?;
    assert_eq!(Tally::of_counts(&summary["totals"])?, counted(files)?);
    assert_eq!(steps::list(&summary, "sessions")?.len(), files.len());
    Ok(summary)
}

/// Waits until the database has a library with this many files, and its decisions contain this text.
async fn until_kept(page: &Browser, files: usize, decisions: &str) -> Result<()> {
    let kept = format!(
        "new Promise((resolve) => {{
            const request = indexedDB.open('passgrid');
            request.onupgradeneeded = () => request.transaction.abort();
            request.onerror = () => resolve(false);
            request.onsuccess = () => {{
                const database = request.result;
                const stores = database.transaction(['libraries', 'files']);
                const libraries = stores.objectStore('libraries').getAll();
                const files = stores.objectStore('files').count();
                stores.oncomplete = () => {{
                    database.close();
                    const all = libraries.result;
                    resolve(files.result === {files} && all.reduce((sum, one) => sum + one.files, 0) === {files}
                        && all.some((one) => one.decisions.includes({})));
                }};
            }};
        }})",
        json!(decisions)
    );
    page.until(&format!("{files} files and {decisions:?} to be kept"), async || {
        Ok(page.evaluate::<bool>(&kept).await?.then_some(()))
    })
    .await
}

async fn drop_more(t: &Scenario, path: &Path, files: &str) -> Result<()> {
    t.page.drop_files([path]).await?;
    steps::go_to(t, "Files").await?;
    t.page.until_text(files).await?;
    t.page.phase("ready").await
}

async fn open_dialog(t: &Scenario) -> Result<()> {
    let is_button = |name: &str| name == "Keep" || name.starts_with("Library ");
    t.page.find_where("button", "of what is kept", |node| is_button(&node.name)).await?.click().await?;
    t.page.find("dialog", "Kept in this browser").await.map(drop)
}

async fn close_dialog(t: &Scenario) -> Result<()> {
    t.page.press("Escape").await?;
    t.page.until_true("!document.querySelector('dialog[open]')").await
}

/// Keeps what is on screen as a library.
async fn keep_as(t: &Scenario, name: &str) -> Result<()> {
    open_dialog(t).await?;
    t.page.find("textbox", "Name").await?.click().await?;
    t.page.write(name).await?;
    t.page.find("button", "Keep as a library").await?.click().await?;
    t.page.until_text(&format!("The library “{name}” is on screen.")).await?;
    close_dialog(t).await
}

/// Renames a DUT in the overview.
async fn rename(t: &Scenario, dut: &str, name: &str) -> Result<()> {
    steps::go_to(t, "Overview").await?;
    t.page.find("button", &format!("Rename {dut}")).await?.click().await?;
    t.page.until_true("document.activeElement.id === 'rename-name'").await?;
    t.page.write(name).await?;
    t.page.press("Enter").await?;
    t.page.until_true("!document.querySelector('dialog[open]')").await?;
    t.page.find("button", &format!("Rename {name}")).await.map(drop)
}

fn duts(summary: &Value) -> Result<Vec<&str>> {
    Ok(steps::list(summary, "duts")?.iter().map(|dut| steps::text(dut, "name")).collect())
}

#[tokio::test]
async fn what_was_dropped_last_survives_a_reload() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("multi/version-folder")]).await?;
        shows(t, &FOLDER).await?;
        rename(t, "board_c", "Gamma").await?;
        steps::go_to(t, "Grid").await?;
        until_kept(&t.page, 6, "Gamma").await?;
        let query = t.page.query().await?;
        t.page.reload().await?;
        t.page.phase("ready").await?;
        assert_eq!(t.page.query().await?, query);
        assert_eq!(duts(&shows(t, &FOLDER).await?)?, ["board_a", "board_b", "Gamma"]);
        // A removed file stays removed, and can still be brought back.
        steps::go_to(t, "Files").await?;
        t.page.find("link", "version-folder/1.5.0/board_c.xml").await?.click().await?;
        t.page.find("button", "Remove").await?.click().await?;
        t.page.until_text("5 files").await?;
        if t.page.query().await?.contains("file=") {
            t.page.press("Escape").await?;
            t.page.until_true("!document.querySelector('.drawer')").await?;
        }
        until_kept(&t.page, 6, "removed").await?;
        t.page.reload().await?;
        t.page.phase("ready").await?;
        shows(t, &FOLDER[..5]).await?;
        steps::go_to(t, "Files").await?;
        t.page.find("button", "Undo the names and removals that were kept").await?.click().await?;
        t.page.until_text("6 files").await?;
        assert!(duts(&shows(t, &FOLDER).await?)?.contains(&"board_c"));
        // A second drop replaces nothing: it is added, and a visit in another tab shows both.
        t.page.drop_files([fixture("brief/sessions.json")]).await?;
        t.page.until_text("7 files").await?;
        until_kept(&t.page, 7, "").await?;
        t.page.open_tab().await?;
        t.page.open(&t.site.address()).await?;
        t.page.phase("ready").await?;
        assert_eq!(steps::list(&steps::summary(t).await?, "files")?.len(), 7);
        t.page.go_to_tab(0).await?;
        // What is cleared does not come back.
        t.page.press("g").await?;
        t.page.press("x").await?;
        t.page.find("button", "Clear").await?.click().await?;
        t.page.phase("empty").await?;
        t.page.reload().await?;
        t.page.phase("empty").await
    })
    .await
}

#[tokio::test]
async fn what_a_link_names_wins_and_nothing_kept_is_read() -> Result<()> {
    scenario(async |t| {
        let count_opening = "const open = IDBFactory.prototype.open;
            globalThis.opened = 0;
            IDBFactory.prototype.open = function (...rest) { opened += 1; return open.apply(this, rest); };";
        let script = json!({ "source": count_opening });
        t.page.devtools("Page.addScriptToEvaluateOnNewDocument", script).await?;
        t.report_of([fixture("multi/version-folder")]).await?;
        until_kept(&t.page, 6, "").await?;
        for query in ["?src=results/brief/sessions.json", "?demo"] {
            t.open_report(query).await?;
            tokio::time::sleep(std::time::Duration::from_millis(600)).await;
            assert_eq!(t.page.evaluate::<u32>("opened").await?, 0, "{query}");
            let files = steps::list(&steps::summary(t).await?, "files")?.len();
            assert_eq!(files, if query == "?demo" { 36 } else { 1 }, "{query}");
        }
        // It is still there.
        t.page.open(&t.site.address()).await?;
        t.page.phase("ready").await?;
        shows(t, &FOLDER).await?;
        // A page that keeps nothing does not ask either.
        t.open_empty().await?;
        t.page.reload().await?;
        t.page.phase("empty").await?;
        t.page.reload().await?;
        t.page.phase("empty").await?;
        assert_eq!(t.page.evaluate::<u32>("opened").await?, 0);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn keeping_is_switched_off_and_wiped_in_one_place() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("multi/version-folder")]).await?;
        until_kept(&t.page, 6, "").await?;
        open_dialog(t).await?;
        t.page.until_text("Nothing is uploaded.").await?;
        t.page.until_text("What you dropped (6 files) survives a reload").await?;
        t.page
            .find_where("checkbox", "to keep drops", |node| node.name.contains("7 days"))
            .await?
            .click()
            .await?;
        t.page.until_text("What you see is not kept.").await?;
        close_dialog(t).await?;
        t.page.drop_files([fixture("brief/sessions.json")]).await?;
        t.page.phase("ready").await?;
        tokio::time::sleep(std::time::Duration::from_millis(800)).await;
        let libraries = "new Promise((resolve) => {
            const request = indexedDB.open('passgrid');
            request.onsuccess = () => {
                const all = request.result.transaction('files').objectStore('files').count();
                all.onsuccess = () => { request.result.close(); resolve(all.result); };
            };
        })";
        assert_eq!(t.page.evaluate::<u32>(libraries).await?, 0);
        t.page.reload().await?;
        t.page.phase("empty").await?;
        // A library is kept all the same, until everything is deleted.
        t.page.drop_files([fixture("multi/version-folder")]).await?;
        t.page.phase("ready").await?;
        keep_as(t, "Bench").await?;
        until_kept(&t.page, 6, "").await?;
        open_dialog(t).await?;
        t.page.find("button", "Delete everything").await?.click().await?;
        t.page.find("button", "Delete everything now").await?.click().await?;
        t.page.until_true("!document.querySelector('.library')").await?;
        close_dialog(t).await?;
        // It stays on screen.
        shows(t, &FOLDER).await?;
        assert_eq!(t.page.evaluate::<u32>(libraries).await?, 0);
        t.page.reload().await?;
        t.page.phase("empty").await
    })
    .await
}

#[tokio::test]
async fn a_library_of_five_drops_survives_reload_and_restart() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let drops = drops(folder.path())?;
    let site = Site::start(&dist()?)?;
    let mut t = Scenario::with(site, Browser::start().await?);
    t.report_of([&drops[0]]).await?;
    keep_as(&t, "Nightly").await?;
    for (index, drop) in drops.iter().enumerate().skip(1) {
        drop_more(&t, drop, &format!("{} files", index + 1)).await?;
    }
    rename(&t, "board_a", "Alpha").await?;
    until_kept(&t.page, 5, "Alpha").await?;
    shows(&t, &DROPS).await?;
    t.page.reload().await?;
    t.page.phase("ready").await?;
    assert_eq!(duts(&shows(&t, &DROPS).await?)?, ["Alpha", "board_b", "board_c"]);

    t.page = t.page.restart().await?;
    t.page.open(&t.site.address()).await?;
    t.page.phase("empty").await?;
    t.page.until_text("Nightly 5 files").await?;
    t.page.until_text("3 DUTs · 5 sessions").await?;
    t.page.find("button", "Open Nightly").await?.click().await?;
    t.page.phase("ready").await?;
    assert_eq!(duts(&shows(&t, &DROPS).await?)?, ["Alpha", "board_b", "board_c"]);
    // Texts are read from the kept files.
    t.page.find("button", "Library Nightly").await?;
    let (test, traceback) = tally::first_failure(&steps::read(&fixture(FOLDER[4]))?)?;
    steps::go_to(&t, "Grid").await?;
    t.page.find("gridcell", "failed on board_b").await?.click().await?;
    t.page.until_text(traceback.lines().next().unwrap_or(&test)).await?;
    assert_eq!(t.page.console_errors().await?, [] as [&str; 0]);
    t.page.quit().await.map(drop)
}

/// The browser's space for the page, in bytes; `None` for its own.
async fn set_quota(t: &Scenario, bytes: Option<u64>) -> Result<()> {
    let origin = t.site.address().trim_end_matches('/').to_owned();
    let quota = match bytes {
        Some(bytes) => json!({ "origin": origin, "quotaSize": bytes }),
        None => json!({ "origin": origin }),
    };
    t.page.devtools("Storage.overrideQuotaForOrigin", quota).await.map(drop)
}

#[tokio::test]
async fn a_full_disk_loses_nothing() -> Result<()> {
    scenario(async |t| {
        let folder = tempfile::tempdir()?;
        let drops = drops(folder.path())?;
        // A report of two megabytes, most of it output.
        let large = folder.path().join("1.6.0");
        fs::create_dir(&large)?;
        let output: String =
            (0..40_000).map(|line| format!("line {line} of the log, {:x}\n", line * 7919)).collect();
        let report = format!(
            "<testsuite name='s' timestamp='2026-11-20T10:00:00'><testcase classname='a' name='test_x'>\
             <system-out>{output}</system-out></testcase></testsuite>"
        );
        fs::write(large.join("board_a.xml"), &report)?;
        // From the beginning, because Chromium remembers for a while how much space is left.
        set_quota(t, Some(600_000)).await?;
        t.report_of([&drops[0]]).await?;
        keep_as(t, "Nightly").await?;
        until_kept(&t.page, 1, "").await?;
        t.page.drop_files([&large]).await?;
        t.page.until_text("The last changes could not be kept in “Nightly”").await?;
        t.page.until_text("the browser's storage for this site is full").await?;
        t.page.phase("ready").await?;
        // It is on screen, and what was kept before is still kept.
        let mut all = counted(&DROPS[..1])?;
        all += tally::of_junit(&report)?;
        assert_eq!(Tally::of_counts(&steps::summary(t).await?["totals"])?, all);
        until_kept(&t.page, 1, "").await?;
        open_dialog(t).await?;
        t.page.until_text("The last changes are not kept in “Nightly”").await?;
        close_dialog(t).await?;
        t.page.reload().await?;
        t.page.phase("ready").await?;
        shows(t, &DROPS[..1]).await?;
        // With space again, it is kept.
        set_quota(t, None).await?;
        t.page.drop_files([&large]).await?;
        until_kept(&t.page, 2, "").await?;
        t.page.reload().await?;
        t.page.phase("ready").await?;
        assert_eq!(Tally::of_counts(&steps::summary(t).await?["totals"])?, all);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_browser_that_keeps_nothing_says_so() -> Result<()> {
    scenario(async |t| {
        let block = "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };";
        t.page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": block })).await?;
        t.report_of([fixture("multi/version-folder")]).await?;
        t.page
            .until_text("What you see will not survive a reload: this browser blocks keeping files")
            .await?;
        shows(t, &FOLDER).await?;
        open_dialog(t).await?;
        t.page.find("textbox", "Name").await?.click().await?;
        t.page.write("Bench").await?;
        t.page.find("button", "Keep as a library").await?.click().await?;
        t.page.until_text("“Bench” could not be kept").await?;
        close_dialog(t).await?;
        shows(t, &FOLDER).await.map(drop)
    })
    .await
}

#[tokio::test]
async fn two_tabs_change_one_library() -> Result<()> {
    scenario(async |t| {
        let folder = tempfile::tempdir()?;
        let drops = drops(folder.path())?;
        t.report_of([&drops[0], &drops[1]]).await?;
        keep_as(t, "Nightly").await?;
        until_kept(&t.page, 2, "").await?;
        t.page.open_tab().await?;
        t.page.open(&t.site.address()).await?;
        t.page.find("button", "Open Nightly").await?.click().await?;
        t.page.phase("ready").await?;
        shows(t, &DROPS[..2]).await?;
        // Each tab adds a file and renames another DUT.
        drop_more(t, &drops[2], "3 files").await?;
        rename(t, "board_a", "Alpha").await?;
        until_kept(&t.page, 3, "Alpha").await?;
        t.page.go_to_tab(0).await?;
        drop_more(t, &drops[3], "3 files").await?;
        until_kept(&t.page, 4, "Alpha").await?;
        t.page.until_text("also changed in another tab").await?;
        rename(t, "board_b", "Beta").await?;
        until_kept(&t.page, 4, "Beta").await?;
        until_kept(&t.page, 4, "Alpha").await?;
        // No tab deletes what the other one shows.
        open_dialog(t).await?;
        t.page.find("button", "Delete Nightly").await?.click().await?;
        let buttons = t.page.tree().await?;
        ensure!(buttons.named("button", "Delete Nightly").count() == 2, "nothing is asked");
        let sure = "document.querySelector('.library-form button').click()";
        t.page.evaluate::<Value>(sure).await?;
        t.page.until_text("Nightly is open in another tab. Close it there first.").await?;
        close_dialog(t).await?;
        shows(t, &[DROPS[0], DROPS[1], DROPS[3]]).await?;
        // Both tabs see all changes of both.
        for tab in [1, 0] {
            t.page.go_to_tab(tab).await?;
            t.page.reload().await?;
            t.page.phase("ready").await?;
            assert_eq!(duts(&shows(t, &DROPS[..4]).await?)?, ["Alpha", "Beta"]);
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn libraries_are_renamed_merged_exported_and_imported() -> Result<()> {
    scenario(async |t| {
        let folder = tempfile::tempdir()?;
        let drops = drops(folder.path())?;
        t.report_of([&drops[0], &drops[1]]).await?;
        keep_as(t, "First").await?;
        rename(t, "board_a", "Alpha").await?;
        until_kept(&t.page, 2, "Alpha").await?;
        t.page.find("button", "Clear").await?.click().await?;
        t.page.phase("empty").await?;
        t.page.drop_files([&drops[2], &drops[3], &drops[4]]).await?;
        t.page.phase("ready").await?;
        keep_as(t, "Second").await?;
        rename(t, "board_c", "Gamma").await?;
        until_kept(&t.page, 5, "Gamma").await?;

        open_dialog(t).await?;
        t.page.find("button", "Rename First").await?.click().await?;
        t.page.find("textbox", "New name").await?.click().await?;
        t.page.write(" bench").await?;
        t.page.press("Enter").await?;
        t.page.find("button", "Merge First bench").await?.click().await?;
        t.page.find("button", "Merge").await?.click().await?;
        t.page.until_true("document.querySelectorAll('.library').length === 1").await?;
        t.page.phase("ready").await?;
        close_dialog(t).await?;
        let both = shows(t, &DROPS).await?;
        assert_eq!(duts(&both)?, ["Alpha", "board_b", "Gamma"]);
        until_kept(&t.page, 5, "Gamma").await?;
        until_kept(&t.page, 5, "Alpha").await?;

        open_dialog(t).await?;
        t.page.until_true("document.querySelectorAll('.library').length === 1").await?;
        t.page.find("button", "Export Second").await?.click().await?;
        close_dialog(t).await?;
        let (name, content) = t.page.download().await?;
        assert_eq!(name, "passgrid-Second.zip");
        // Another program reads it, and finds the files as they were.
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&content))?;
        assert_eq!(archive.len(), 6);
        // Chromium numbers folders of one name that are dropped together.
        let mut texts = Vec::new();
        for at in 0..archive.len() {
            let mut text = String::new();
            archive.by_index(at)?.read_to_string(&mut text)?;
            texts.push(text);
        }
        for drop in DROPS {
            ensure!(texts.contains(&steps::read(&fixture(drop))?), "{drop} is not in the archive");
        }
        let file = folder.path().join(name);
        fs::write(&file, content)?;

        // Dropped, it is an archive like any other.
        t.page.forget_kept(&t.site.address()).await?;
        t.open_empty().await?;
        t.page.drop_files([&file]).await?;
        t.page.phase("ready").await?;
        shows(t, &DROPS).await?;
        // The file of the library itself is no problem: the link to the files has no badge.
        t.page.until_true("!document.querySelector('.nav [data-badge]')").await?;
        // Imported, it has its name and the names of its DUTs.
        t.page.forget_kept(&t.site.address()).await?;
        t.open_empty().await?;
        t.page.find("button", "What is kept").await?.click().await?;
        t.page.file_field("Import a library").await?.choose([&file]).await?;
        t.page.phase("ready").await?;
        t.page.find("button", "Library Second").await?;
        let imported = shows(t, &DROPS).await?;
        for part in ["totals", "duts", "sessions", "tests"] {
            assert_eq!(imported[part], both[part], "{part}");
        }
        // What is no library is refused.
        open_dialog(t).await?;
        t.page.file_field("Import a library").await?.choose([fixture("brief/sessions.json")]).await?;
        t.page.until_text("The library could not be imported").await?;
        open_dialog(t).await?;
        t.page.find("button", "Delete Second").await?.click().await?;
        t.page.until_text("Deletes 5 files from this browser.").await?;
        t.page.evaluate::<Value>("document.querySelector('.library-form button').click()").await?;
        t.page.phase("empty").await?;
        t.page.reload().await?;
        t.page.phase("empty").await
    })
    .await
}

#[tokio::test]
async fn new_files_of_a_watched_folder_are_read() -> Result<()> {
    scenario(async |t| {
        t.open_empty().await?;
        t.page.drop_files([fixture(DROPS[0])]).await?;
        t.page.phase("ready").await?;
        // The browser's dialog cannot be driven; a folder of the page's own is one like any other.
        t.page
            .evaluate::<bool>(
                "(globalThis.results = navigator.storage.getDirectory().then((root) => root.getDirectoryHandle('results', { create: true })),
                globalThis.put = async (name, text) => {
                    const file = await (await results).getFileHandle(name, { create: true });
                    const stream = await file.createWritable();
                    await stream.write(text);
                    await stream.close();
                    return true;
                },
                globalThis.showDirectoryPicker = () => results, true)",
            )
            .await?;
        let put = async |name: &str, file: &str| -> Result<()> {
            let text = json!(steps::read(&fixture(file))?);
            t.page.evaluate::<bool>(&format!("put({}, {text})", json!(name))).await?;
            Ok(())
        };
        put("board_b-1.4.0.xml", DROPS[1]).await?;
        t.page.find("button", "Add results").await?.click().await?;
        t.page.find("menuitem", "Watch a folder").await?.click().await?;
        t.page.until_text("Watching the folder “results”: last looked at").await?;
        t.page.until_text("1 file read").await?;
        t.page.phase("ready").await?;
        shows(t, &DROPS[..2]).await?;
        put("board_a-1.5.0.xml", DROPS[2]).await?;
        t.page.until_text("2 files read").await?;
        t.page.phase("ready").await?;
        shows(t, &DROPS[..3]).await?;
        // A newer version replaces the earlier one.
        put("board_a-1.5.0.xml", DROPS[4]).await?;
        t.page.until_text("3 files read").await?;
        t.page.phase("ready").await?;
        shows(t, &[DROPS[0], DROPS[1], DROPS[4]]).await?;
        until_kept(&t.page, 3, "").await?;
        // After a reload it goes on.
        t.page.reload().await?;
        t.page.phase("ready").await?;
        t.page.until_text("Watching the folder “results”: last looked at").await?;
        shows(t, &[DROPS[0], DROPS[1], DROPS[4]]).await?;
        t.page.find("button", "Stop watching").await?.click().await?;
        t.page.until_true("!document.querySelector('.watch-bar')").await?;
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        t.page.reload().await?;
        t.page.phase("ready").await?;
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        t.page.until_true("!document.querySelector('.watch-bar')").await
    })
    .await
}

#[tokio::test]
async fn names_survive_an_engine_that_fails() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("multi/version-folder")]).await?;
        rename(t, "board_c", "Gamma").await?;
        until_kept(&t.page, 6, "Gamma").await?;
        t.page.crash_workers().await?;
        t.page.until_text("The engine failed and was restarted").await?;
        t.page.phase("ready").await?;
        assert_eq!(duts(&shows(t, &FOLDER).await?)?, ["board_a", "board_b", "Gamma"]);
        Ok(())
    })
    .await
}
