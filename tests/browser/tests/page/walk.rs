//! One walk through all views by keyboard alone, from the empty page on. At each step it is known what has
//! the focus, and it is seen.

use anyhow::{Context, Result, ensure};
use passgrid_browser_tests::{Scenario, scenario};
use serde::Deserialize;
use serde_json::json;

use crate::steps;

/// Where the focus is, by role and name, as assistive technology is told.
async fn focus(t: &Scenario) -> Result<(String, String)> {
    let tree = t.page.tree().await?;
    let focused = tree.nodes().filter(|node| node.is_focused() && node.role != "RootWebArea").last();
    Ok(focused.map(|node| (node.role.clone(), node.name.clone())).unwrap_or_default())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Seen {
    /// It is in the window, and nothing lies over it.
    is_shown: bool,
    /// Something is drawn around it.
    has_ring: bool,
    html: String,
}

/// What has the focus, or what in it is active, is in the window, on top, and marked.
async fn is_seen(t: &Scenario) -> Result<()> {
    let look = "(() => {
        const focused = document.activeElement;
        const active = document.getElementById(focused.getAttribute('aria-activedescendant') ?? '');
        // A field for files is hidden in its label, which looks like a button.
        const e = active ?? (focused.type === 'file' ? focused.closest('label') : focused);
        const r = e.getBoundingClientRect();
        const [left, top] = [Math.max(r.left, 0), Math.max(r.top, 0)];
        const [right, bottom] = [Math.min(r.right, innerWidth), Math.min(r.bottom, innerHeight)];
        const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
        const isShown = right > left && bottom > top && !!over && (e.contains(over) || over.contains(e));
        const isMarked = (e) => {
            const style = getComputedStyle(e);
            return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
        };
        // A panel that was opened is marked by being there; a field by its border.
        const isOwn = focused.matches('.drawer, dialog, input');
        const around = [e, focused, ...(active ? [active.closest('[role=row]'), active.firstElementChild] : [])];
        return { isShown, hasRing: isOwn || around.some((e) => e && isMarked(e)), html: e.outerHTML.slice(0, 200) };
    })()";
    let mut last = None;
    let seen = t
        .page
        .until("the focus to be seen", async || {
            let seen: Seen = t.page.evaluate(look).await?;
            let is_good = seen.is_shown && seen.has_ring;
            last = Some(seen);
            Ok(is_good.then_some(()))
        })
        .await;
    seen.with_context(|| {
        last.map(|Seen { is_shown, has_ring, html }| format!("shown: {is_shown}, marked: {has_ring}: {html}"))
            .unwrap_or_default()
    })
}

/// Waits until the focus is there, and is seen.
async fn is_on(t: &Scenario, role: &str, name: &str) -> Result<()> {
    let mut last = Default::default();
    t.page
        .until(&format!("the focus on {role} {name}"), async || {
            last = focus(t).await?;
            Ok((last.0 == role && last.1.starts_with(name)).then_some(()))
        })
        .await
        .with_context(|| format!("it is on {last:?}"))?;
    is_seen(t).await
}

/// Presses Tab, or Shift and Tab, until the focus is there; it is seen wherever it comes by.
async fn tab_to(t: &Scenario, key: &str, role: &str, name: &str) -> Result<()> {
    let mut passed = Vec::new();
    for _ in 0..40 {
        t.page.press(key).await?;
        let (found, called) = focus(t).await?;
        if !found.is_empty() {
            is_seen(t).await?;
        }
        if found == role && called.starts_with(name) {
            return Ok(());
        }
        passed.push(format!("{found} {called}"));
    }
    anyhow::bail!("{key} does not lead to {role} {name}, but to {passed:#?}")
}

async fn press(t: &Scenario, keys: &[&str]) -> Result<()> {
    for key in keys {
        t.page.press(key).await?;
    }
    Ok(())
}

/// The name of the cell that is active in the grid.
async fn active(t: &Scenario) -> Result<String> {
    t.page
        .evaluate(
            "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.ariaLabel ?? ''",
        )
        .await
}

async fn drawer_is_closed(t: &Scenario) -> Result<()> {
    t.page.until_true("!document.querySelector('.drawer')").await
}

/// Waits for details whose text is there.
async fn drawer(t: &Scenario, of: &str) -> Result<String> {
    let drawer = t.page.find_where("complementary", of, |node| {
        node.name.starts_with("Details of") && node.name.contains(of)
    });
    let drawer = drawer.await?;
    t.page.until_true("document.querySelector('.drawer [aria-busy=false]') !== null").await?;
    drawer.text().await
}

async fn undo_by_key(t: &Scenario) -> Result<()> {
    let event = json!({ "type": "rawKeyDown", "key": "z", "code": "KeyZ", "modifiers": 2 });
    t.page.devtools("Input.dispatchKeyEvent", event).await.map(drop)
}

#[tokio::test]
async fn through_all_views_without_a_mouse() -> Result<()> {
    scenario(async |t| {
        t.open_empty().await?;
        tab_to(t, "Tab", "button", "Try the demo").await.context("the empty page")?;
        press(t, &["Enter"]).await?;
        t.page.phase("ready").await?;
        t.page.find("main", "Overview").await?;
        overview(t).await.context("overview")?;
        grid(t).await.context("grid")?;
        tests(t).await.context("tests")?;
        sessions(t).await.context("sessions")?;
        files(t).await.context("files")?;
        header(t).await.context("header")
    })
    .await
}

/// A mark of the list leads to its result, and back; a figure leads to the grid.
async fn overview(t: &Scenario) -> Result<()> {
    t.page.until_text("Needs attention").await?;
    tab_to(t, "Tab", "region", "Figures by DUT").await?;
    tab_to(t, "Tab", "link", "10 failed on max-b1").await?;
    // The first test that needs attention; a Tab further is its first mark.
    tab_to(t, "Tab", "button", "test_stays_in_sync[6-speakers] failed on").await?;
    let (_, mark) = focus(t).await?;
    let (_, dut) = mark.split_once(" failed on ").context("a mark names test, outcome and DUT")?;
    let dut = dut.trim_end_matches(", new").to_owned();
    press(t, &["Enter"]).await?;
    drawer(t, &format!(" on {dut}")).await?;
    is_on(t, "complementary", "Details of").await?;
    press(t, &["Escape"]).await?;
    drawer_is_closed(t).await?;
    is_on(t, "button", &mark).await
}

/// Arrows, a result's details, the walk through what fails, folding, copying.
async fn grid(t: &Scenario) -> Result<()> {
    press(t, &["g", "g"]).await?;
    t.page.find("main", "Grid").await?;
    t.page.until_true("document.querySelectorAll('[role=gridcell]').length > 20").await?;
    t.page.until_true("document.activeElement.role === 'grid'").await?;
    is_seen(t).await?;
    press(t, &["Home", "ArrowDown", "ArrowRight"]).await?;
    t.page.until("a cell", async || Ok((!active(t).await?.is_empty()).then_some(()))).await?;
    is_seen(t).await?;
    for _ in 0..30 {
        if active(t).await? == "failed on max-b1" {
            break;
        }
        press(t, &["ArrowDown"]).await?;
        is_seen(t).await?;
    }
    assert_eq!(active(t).await?, "failed on max-b1");
    press(t, &["Enter"]).await?;
    let first = drawer(t, " on max-b1").await?;
    is_on(t, "complementary", "Details of").await?;
    let (_, title) = focus(t).await?;
    let place = "[...document.querySelectorAll('.drawer [role=status]')].at(-1).innerText";
    let before: String = t.page.evaluate(place).await?;
    ensure!(before.ends_with(" of 14"), "{before}");
    press(t, &["n"]).await?;
    t.page.until_true(&format!("{place} !== '{before}'")).await?;
    is_on(t, "complementary", "Details of").await?;
    ensure!(focus(t).await?.1 != title, "n leads nowhere");
    press(t, &["p"]).await?;
    t.page.until_true(&format!("{place} === '{before}'")).await?;
    is_on(t, "complementary", &title).await?;
    ensure!(drawer(t, " on max-b1").await? == first, "p does not lead back");

    let folded = "document.querySelectorAll('.text-section details:not([open])').length";
    // The first one unfolds the test over builds.
    tab_to(t, "Tab", "DisclosureTriangle", "").await?;
    tab_to(t, "Tab", "DisclosureTriangle", "").await?;
    press(t, &["Enter"]).await?;
    t.page.until_true(&format!("{folded} === 1")).await?;
    is_on(t, "DisclosureTriangle", "").await?;
    press(t, &["Enter"]).await?;
    t.page.until_true(&format!("{folded} === 0")).await?;
    t.page.fill_clipboard("nothing yet").await?;
    tab_to(t, "Tab", "button", "Copy").await?;
    press(t, &["Enter"]).await?;
    t.page.find("button", "Copied").await?;
    let copied = t.page.clipboard().await?;
    ensure!(copied.len() > 20, "{copied}");
    press(t, &["Escape"]).await?;
    drawer_is_closed(t).await?;
    // Back on the cell from which it was opened.
    t.page.until_true("document.activeElement.role === 'grid'").await?;
    assert_eq!(active(t).await?, "failed on max-b1");
    is_seen(t).await?;

    press(t, &["/"]).await?;
    is_on(t, "searchbox", "Filter tests by name").await?;
    t.page.write("aac").await?;
    t.page.until_true("location.search.endsWith('&q=aac')").await?;
    tab_to(t, "Tab", "button", "Failing").await?;
    press(t, &["Enter"]).await?;
    t.page.until_text("9 of 205 tests").await?;
    is_on(t, "button", "Failing").await?;
    press(t, &["Enter", "/"]).await?;
    for _ in 0..3 {
        press(t, &["Backspace"]).await?;
    }
    t.page.until_true("document.querySelector('main [role=status]').innerText === '205 tests'").await?;
    press(t, &["Escape"]).await?;
    t.page.until_true("document.activeElement.type !== 'search'").await
}

/// The table is sorted by its heads, and a row opened.
async fn tests(t: &Scenario) -> Result<()> {
    press(t, &["g", "t"]).await?;
    t.page.find("main", "Tests").await?;
    t.page.until_true("document.activeElement.role === 'grid'").await?;
    t.page.until_true("document.querySelector('main [role=row][aria-rowindex=\"2\"]') !== null").await?;
    tab_to(t, "Tab", "button", "Fails on").await?;
    press(t, &["Enter"]).await?;
    t.page.until_true("location.search.includes('sort=-failing')").await?;
    is_on(t, "button", "Fails on").await?;
    tab_to(t, "Tab", "button", "Longest").await?;
    press(t, &["Enter"]).await?;
    t.page.until_true("location.search.includes('sort=-max')").await?;
    is_on(t, "button", "Longest").await?;
    press(t, &["g", "t"]).await?;
    t.page.until_true("document.activeElement.role === 'grid'").await?;
    press(t, &["ArrowDown"]).await?;
    is_seen(t).await?;
    press(t, &["Enter"]).await?;
    drawer(t, " on ").await?;
    is_on(t, "complementary", "Details of").await?;
    press(t, &["Escape"]).await?;
    drawer_is_closed(t).await?;
    t.page.until_true("document.activeElement.role === 'grid'").await
}

/// A session is opened, and the one before it.
async fn sessions(t: &Scenario) -> Result<()> {
    press(t, &["g", "s"]).await?;
    t.page.find("main", "Sessions").await?;
    t.page.until_true("document.activeElement.role === 'grid'").await?;
    t.page.until_true("document.querySelector('main [role=row][aria-rowindex=\"2\"]') !== null").await?;
    is_seen(t).await?;
    press(t, &["ArrowDown", "ArrowUp", "Enter"]).await?;
    t.page.until_text("Properties and environment").await?;
    let before = t.page.query().await?;
    tab_to(t, "Tab", "button", "Earlier session of").await?;
    press(t, &["Enter"]).await?;
    t.page.until_true(&format!("location.search !== {}", serde_json::to_string(&before)?)).await?;
    is_on(t, "button", "Earlier session of").await?;
    press(t, &["Escape"]).await?;
    drawer_is_closed(t).await?;
    t.page.until_true("document.activeElement.role === 'grid'").await
}

/// One file is named, many by a pattern, and both are taken back.
async fn files(t: &Scenario) -> Result<()> {
    press(t, &["g", "f"]).await?;
    t.page.find("main", "Files").await?;
    is_on(t, "region", "List of files").await?;
    tab_to(t, "Tab", "textbox", "DUT of ").await?;
    let (_, field) = focus(t).await?;
    t.page.write("Radio, rev. 2").await?;
    press(t, &["Enter"]).await?;
    t.page.find_where("button", "that undoes", |node| node.name.starts_with("Undo")).await?;
    is_on(t, "textbox", &field).await?;
    let value = "document.activeElement.value";
    assert_eq!(t.page.evaluate::<String>(value).await?, "Radio, rev. 2");
    tab_to(t, "Shift+Tab", "button", "Undo").await?;
    press(t, &["Enter"]).await?;
    t.page.until_text("Undone:").await?;

    tab_to(t, "Tab", "button", "Name by pattern…").await?;
    press(t, &["Enter"]).await?;
    is_on(t, "textbox", "Path pattern").await?;
    t.page.write("2.4.1/{dut}-b*.xml").await?;
    t.page.until_text("3 of 36 files match").await?;
    tab_to(t, "Tab", "button", "Apply to 3 files").await?;
    press(t, &["Enter"]).await?;
    is_on(t, "button", "Name by pattern…").await?;
    t.page.until_text("Named 3 files").await?;
    undo_by_key(t).await?;
    t.page.until_text("Undone:").await?;
    is_on(t, "button", "Name by pattern…").await
}

/// The list of keys, the switch of the theme, the downloads.
async fn header(t: &Scenario) -> Result<()> {
    press(t, &["?"]).await?;
    t.page.find("dialog", "Keyboard shortcuts").await?;
    t.page.until_true("document.querySelector('dialog[open]').contains(document.activeElement)").await?;
    is_seen(t).await?;
    press(t, &["Escape"]).await?;
    t.page.until_true("document.querySelector('dialog[open]') === null").await?;
    is_on(t, "button", "Name by pattern…").await?;
    let theme = "document.documentElement.dataset.theme ?? ''";
    let before: String = t.page.evaluate(theme).await?;
    tab_to(t, "Shift+Tab", "button", "Switch between light and dark").await?;
    press(t, &["Enter"]).await?;
    assert_ne!(t.page.evaluate::<String>(theme).await?, before);
    is_on(t, "button", "Switch between light and dark").await?;
    tab_to(t, "Shift+Tab", "button", "Download").await?;
    press(t, &["Enter"]).await?;
    is_on(t, "menuitem", "Summary (JSON)").await?;
    press(t, &["ArrowDown"]).await?;
    is_on(t, "menuitem", "Summary (CSV)").await?;
    press(t, &["Enter"]).await?;
    let (name, _) = t.page.download().await?;
    ensure!(name.ends_with(".csv"), "{name}");
    is_on(t, "button", "Download").await?;
    press(t, &["Enter"]).await?;
    is_on(t, "menuitem", "Summary (JSON)").await?;
    press(t, &["Escape"]).await?;
    is_on(t, "button", "Download").await?;
    press(t, &["g", "o"]).await?;
    t.page.find("main", "Overview").await?;
    steps::figure(t, "Failed").await.map(drop)
}
