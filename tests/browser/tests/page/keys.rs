//! The keyboard: every key that works without a field.

use anyhow::{Result, ensure};
use passgrid_browser_tests::{Scenario, scenario};
use serde_json::json;

use crate::steps::fixture;

/// The element that has the focus, as its role or tag and its name.
async fn focused(t: &Scenario) -> Result<String> {
    t.page
        .evaluate(
            "(document.activeElement.type ?? document.activeElement.role ?? document.activeElement.localName)",
        )
        .await
}

#[tokio::test]
async fn g_and_a_letter_go_to_a_view() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("multi/version-folder")]).await?;
        for (key, view) in [
            ("g", "Grid"),
            ("t", "Tests"),
            ("r", "Failures"),
            ("k", "Flaky"),
            ("n", "Known issues"),
            ("h", "History"),
            ("c", "Compare"),
            ("m", "Timing"),
            ("v", "Metrics"),
            ("s", "Sessions"),
            ("f", "Files"),
            ("o", "Overview"),
        ] {
            t.page.press("g").await?;
            t.page.until_text("Go to:").await?;
            t.page.press(key).await?;
            t.page.find("main", view).await?;
            ensure!(!t.page.text().await?.contains("Go to:"), "the hint stays");
        }
        // In the grid the arrows work at once.
        t.page.press("g").await?;
        t.page.press("g").await?;
        t.page.until_true("document.activeElement.role === 'grid'").await?;
        // Another key ends the waiting.
        t.page.press("g").await?;
        t.page.press("q").await?;
        t.page.press("f").await?;
        t.page.find("main", "Grid").await.map(drop)
    })
    .await
}

#[tokio::test]
async fn slash_filters_and_escape_leaves_from_the_top() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("multi/version-folder")]).await?;
        t.page.press("/").await?;
        t.page.find("main", "Grid").await?;
        t.page.until_true("document.activeElement.type === 'search'").await?;
        // While typing, keys are letters.
        for key in ["g", "f", "?"] {
            t.page.press(key).await?;
        }
        t.page.until_true("document.activeElement.value === 'gf?'").await?;
        ensure!(!t.page.has("dialog", "Keyboard shortcuts").await?, "? opened the help");
        t.page.press("Escape").await?;
        t.page.until_true("document.activeElement.role === 'grid'").await?;
        assert_eq!(t.page.query().await?, "?view=grid&q=gf%3F");
        t.page.find("button", "Clear filter").await?.click().await?;
        t.page.press("Enter").await?;
        t.page.until_true("document.activeElement.role === 'grid'").await?;

        t.open_report("?src=results/multi/version-folder/1.4.0/board_a.xml&view=grid").await?;
        let failed = {
            let tree = t.page.tree().await?;
            tree.all("gridcell").find(|node| node.name.starts_with("failed")).map(|node| t.page.element(node))
        };
        if let Some(cell) = failed {
            cell?.click().await?;
            t.page
                .find_where("complementary", "of a result", |node| node.name.starts_with("Details"))
                .await?;
            t.page.press("?").await?;
            t.page.find("dialog", "Keyboard shortcuts").await?;
            t.page.press("Escape").await?;
            t.page.until_true("document.querySelector('dialog[open]') === null").await?;
            t.page
                .find_where("complementary", "of a result", |node| node.name.starts_with("Details"))
                .await?;
            t.page.press("Escape").await?;
            t.page.until_true("document.querySelector('.drawer') === null").await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_list_of_keys_opens_keeps_the_focus_and_gives_it_back() -> Result<()> {
    scenario(async |t| {
        t.open_empty().await?;
        let help = t.page.find("button", "Keyboard shortcuts").await?;
        help.focus().await?;
        t.page.press("Enter").await?;
        t.page.find("dialog", "Keyboard shortcuts").await?;
        let text = t.page.text().await?;
        for word in ["Overview", "Grid", "Tests", "Sessions", "Files", "Filter", "Ctrl+Z", "Esc"] {
            ensure!(text.contains(word), "{word} is not in the list");
        }
        for _ in 0..4 {
            t.page.press("Tab").await?;
            let is_kept = "document.activeElement === document.body || document.querySelector('dialog[open]').contains(document.activeElement)";
            ensure!(t.page.evaluate::<bool>(is_kept).await?, "the focus left: {}", focused(t).await?);
        }
        t.page.press("Escape").await?;
        // It closes at once, and is removed when the browser has said so.
        t.page.until_true("document.querySelector('dialog.help') === null").await?;
        t.page.until_true("document.activeElement.ariaLabel === 'Keyboard shortcuts'").await?;
        t.page.press("?").await?;
        // Whose hands hit keys by chance can do without, and that is remembered.
        t.page.find("checkbox", "Single-key shortcuts, such as / and g").await?.click().await?;
        t.page.find("button", "Close").await?.click().await?;
        t.page.until_true("document.querySelector('dialog[open]') === null").await?;
        t.open_empty().await?;
        t.page.press("?").await?;
        ensure!(!t.page.has("dialog", "Keyboard shortcuts").await?, "keys are off");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_was_read_has_the_focus_at_its_headline() -> Result<()> {
    scenario(async |t| {
        t.open_report("?src=results/multi/version-folder/1.4.0/board_a.xml").await?;
        t.page.until_true("document.activeElement.localName === 'h1'").await?;
        t.open_report("?src=results/multi/version-folder/1.4.0/board_a.xml&view=grid").await?;
        t.page.until_true("document.activeElement.getAttribute('aria-current') === 'page'").await
    })
    .await
}

#[tokio::test]
async fn clear_starts_over() -> Result<()> {
    scenario(async |t| {
        // What an address names comes back by the address: nobody is asked.
        let source = "?src=results/multi/version-folder/1.4.0/board_a.xml";
        t.open_report(source).await?;
        t.page.press("g").await?;
        t.page.press("x").await?;
        t.page.phase("empty").await?;
        assert_eq!(t.page.query().await?, "");
        t.page.back().await?;
        t.page.phase("ready").await?;
        assert_eq!(t.page.query().await?, source);
        // Files that a person brought do not.
        t.report_of([fixture("brief/sessions.json")]).await?;
        t.page.find("button", "Clear").await?.click().await?;
        t.page.find("dialog", "Clear all files?").await?;
        t.page.press("Escape").await?;
        t.page.until_true("document.querySelector('dialog[open]') === null").await?;
        assert_eq!(t.page.current_phase().await?, "ready");
        t.page.find("button", "Clear").await?.click().await?;
        t.page.until_true("document.querySelector('dialog[open] .button-primary') !== null").await?;
        t.page
            .evaluate::<Option<()>>("document.querySelector('dialog[open] .button-primary').click()")
            .await?;
        t.page.phase("empty").await
    })
    .await
}

#[tokio::test]
async fn keys_with_ctrl_are_the_browsers() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("multi/flat")]).await?;
        for modifiers in [1, 2, 4] {
            let event = json!({ "type": "rawKeyDown", "key": "g", "code": "KeyG", "modifiers": modifiers });
            t.page.devtools("Input.dispatchKeyEvent", event).await?;
        }
        ensure!(!t.page.text().await?.contains("Go to:"), "g with Ctrl, Alt or Meta is not g");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_switch_of_light_and_dark_is_remembered() -> Result<()> {
    scenario(async |t| {
        t.open_empty().await?;
        t.page.find("button", "Switch between light and dark").await?.click().await?;
        let theme = "document.documentElement.dataset.theme";
        let before: String = t.page.evaluate(theme).await?;
        t.open_empty().await?;
        assert_eq!(t.page.evaluate::<String>(theme).await?, before);
        Ok(())
    })
    .await
}
