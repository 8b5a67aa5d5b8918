//! The page before anything is in it, and where it may be served.

use anyhow::{Context, Result, ensure};
use passgrid_browser_tests::scenario;
use serde_json::json;

use crate::steps::{self, fixture};

#[tokio::test]
async fn says_what_it_is_and_how_to_start() -> Result<()> {
    scenario(async |t| {
        t.open_empty().await?;
        t.page.until_text("Your files stay in this browser.").await?;
        assert_eq!(t.page.evaluate::<String>("document.title").await?, "Passgrid");
        assert_eq!(t.page.evaluate::<String>("document.documentElement.lang").await?, "en");
        assert!(t.page.tree().await?.all("heading").next().is_some(), "no heading");
        for button in ["Paste", "Load from URL", "Try the demo", "Keyboard shortcuts"] {
            t.page.find("button", button).await?;
        }
        let files = t.page.file_field("Open files").await?;
        assert!(
            files.call::<bool>("function () { return this.multiple; }").await?,
            "several files can be chosen"
        );
        let folder = t.page.file_field("Open folder").await?;
        assert!(
            folder.call::<bool>("function () { return this.webkitdirectory; }").await?,
            "a folder can be chosen"
        );
        // There is nothing to look at or to save yet.
        let tree = t.page.tree().await?;
        assert_eq!(tree.named("link", "Grid").count() + tree.named("button", "Download").count(), 0);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn works_below_any_path() -> Result<()> {
    scenario(async |t| {
        t.page.open_page(&t.site.prefixed(), "empty").await?;
        t.page.drop_files([fixture("multi/version-folder")]).await?;
        t.page.phase("ready").await?;
        for view in ["Grid", "Files", "Overview"] {
            steps::go_to(t, view).await?;
        }
        // The chart of several builds loads its library.
        t.page.until_true("'Plotly' in globalThis").await?;
        let astray: Vec<_> = t
            .site
            .requests()
            .into_iter()
            .filter(|request| !request.line.starts_with("GET /some/prefix/"))
            .collect();
        assert_eq!(astray, []);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn sends_nothing_anywhere() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("multi/version-folder")]).await?;
        t.page.until_true("'Plotly' in globalThis").await?;
        steps::go_to(t, "Grid").await?;
        steps::go_to(t, "Files").await?;
        steps::summary(t).await?;
        // Requests to other hosts fail any test; here, nothing is sent to its own host either.
        let requests = t.site.requests();
        assert!(requests.iter().all(|request| request.line.starts_with("GET ")), "{requests:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn opens_files_and_folders_by_button() -> Result<()> {
    scenario(async |t| {
        t.open_empty().await?;
        let files = [fixture("multi/flat/junit-board_a.xml"), fixture("multi/flat/junit-board_b.xml")];
        t.page.file_field("Open files").await?.choose(files).await?;
        t.page.phase("ready").await?;
        assert_eq!(steps::list(&steps::summary(t).await?, "sessions")?.len(), 2);
        // More can be added; a folder's files come with their paths.
        t.page.file_field("Open folder").await?.choose([fixture("multi/version-folder")]).await?;
        steps::go_to(t, "Files").await?;
        t.page.until_text("8 files").await?;
        let summary = steps::summary(t).await?;
        let paths: Vec<&str> =
            steps::list(&summary, "files")?.iter().map(|file| steps::text(file, "path")).collect();
        assert!(paths.contains(&"version-folder/1.5.0/board_c.xml"), "{paths:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn reads_the_clipboard_by_button() -> Result<()> {
    scenario(async |t| {
        t.open_empty().await?;
        t.page.fill_clipboard(&steps::read(&fixture("brief/sessions.json"))?).await?;
        t.page.find("button", "Paste").await?.click().await?;
        t.page.phase("ready").await?;
        assert_eq!(steps::summary(t).await?["totals"]["results"], 5);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn shows_where_to_drop_while_something_is_dragged() -> Result<()> {
    scenario(async |t| {
        t.open_empty().await?;
        t.page.drag_over([fixture("multi/flat")]).await?;
        t.page.until_text("Drop result files").await?;
        t.page.drop_files([fixture("multi/flat")]).await?;
        t.page.phase("ready").await?;
        let text = t.page.text().await?;
        let still_there = text.lines().find(|line| line.starts_with("Drop result files or folders"));
        assert_eq!(still_there, None);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_folder_without_files_is_no_report() -> Result<()> {
    scenario(async |t| {
        let folder = tempfile::tempdir()?;
        t.open_empty().await?;
        t.page.drop_files([folder.path()]).await?;
        t.page.until_text("No files found in what you dropped.").await?;
        assert_eq!(t.page.current_phase().await?, "empty");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_link_from_the_header_leads_home() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("brief/sessions.json")]).await?;
        steps::go_to(t, "Files").await?;
        let home = t.page.find_where("link", "named Passgrid", |node| node.name.contains("Passgrid")).await?;
        home.click().await?;
        t.page.find("main", "Overview").await.context("the page's name leads to the overview").map(drop)
    })
    .await
}

#[tokio::test]
async fn the_static_page_says_what_the_app_says() -> Result<()> {
    scenario(async |t| {
        t.open_empty().await?;
        let different: Vec<[String; 2]> = t
            .page
            .evaluate(
                "fetch('.').then((answer) => answer.text()).then((text) => {
                    const page = new DOMParser().parseFromString(text, 'text/html');
                    const texts = (root) =>
                        ['h1', '.empty-lead', '.empty-demo span', '.empty-privacy', '.empty-picture', '.empty-formats']
                            .map((part) => root.querySelector(`main.empty ${part}`))
                            .map((part) => part.textContent.replaceAll(/\\s+/g, '') + part.querySelectorAll('i').length);
                    const [before, after] = [texts(page), texts(document)];
                    return before.map((text, index) => [text, after[index]]).filter(([a, b]) => a !== b);
                })",
            )
            .await?;
        assert_eq!(different, Vec::<[String; 2]>::new());
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_browser_without_the_colors_is_told_which_ones_have_them() -> Result<()> {
    scenario(async |t| {
        let banner =
            "[...document.querySelectorAll('.old-browser')].some((banner) => banner.checkVisibility())";
        t.open_empty().await?;
        ensure!(!t.page.evaluate::<bool>(banner).await?);
        let old = json!({ "source": "CSS.supports = () => false;" });
        t.page.devtools("Page.addScriptToEvaluateOnNewDocument", old).await?;
        t.page.reload().await?;
        t.page.until_true(banner).await?;
        t.page.until_text("It needs Chrome or Edge 123, Firefox 128, Safari 17.5, or a later version.").await
    })
    .await
}
