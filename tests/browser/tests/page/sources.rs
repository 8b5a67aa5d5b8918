//! Published results: `?src=`.

use std::{fs, time::Duration};

use anyhow::{Context, Result, ensure};
use passgrid_browser_tests::{Scenario, scenario};

use crate::steps::{self, fixture};

/// Opens the page with these sources.
async fn open(t: &Scenario, sources: &[&str]) -> Result<()> {
    let pairs: Vec<String> = sources.iter().map(|source| format!("src={source}")).collect();
    t.open_report(&format!("?{}", pairs.join("&"))).await
}

/// Beside a good source, a bad one has a line in the ledger that says these words.
async fn is_told(t: &Scenario, source: &str, words: &[&str]) -> Result<()> {
    open(t, &["results/brief/sessions.json", source]).await?;
    assert_eq!(steps::summary(t).await?["totals"]["results"], 5, "the good source is read");
    let path = source.rsplit("://").next().unwrap_or(source);
    let path = path.split_once("/").filter(|_| source.contains("://")).map_or(path, |(_, path)| path);
    // The headline says so, too, and leads there.
    t.page.find("link", "1 of 2 files could not be read.").await?.click().await?;
    let line = steps::ledger_line(t, path).await?;
    for word in words.iter().chain(&["unreadable"]) {
        assert!(line.contains(word), "{source} should say “{word}”: {line}");
    }
    Ok(())
}

#[tokio::test]
async fn relative_ones_are_found_below_any_path() -> Result<()> {
    scenario(async |t| {
        for address in [t.site.address(), t.site.prefixed()] {
            t.page.open_page(&format!("{address}?src=results/brief/sessions.json"), "ready").await?;
            assert_eq!(steps::summary(t).await?["totals"]["results"], 5, "{address}");
        }
        t.page
            .open_page(&format!("{}?src=../../results/brief/sessions.json", t.site.prefixed()), "ready")
            .await?;
        assert_eq!(steps::summary(t).await?["totals"]["results"], 5);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn several_make_one_report() -> Result<()> {
    scenario(async |t| {
        let sources = ["1.4.0/board_a", "1.4.0/board_b", "1.5.0/board_a", "1.5.0/board_b"]
            .map(|file| format!("results/multi/version-folder/{file}.xml"));
        open(t, &sources.each_ref().map(String::as_str)).await?;
        let summary = steps::summary(t).await?;
        assert_eq!(summary["totals"]["sessions"], 4);
        let found: Vec<(&str, &str)> = steps::list(&summary, "sessions")?
            .iter()
            .map(|session| (steps::text(session, "dut"), steps::text(session, "build")))
            .collect();
        let expected =
            [("board_a", "1.4.0"), ("board_a", "1.5.0"), ("board_b", "1.4.0"), ("board_b", "1.5.0")];
        assert_eq!(found, expected);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn other_hosts_that_allow_it_are_read() -> Result<()> {
    scenario(async |t| {
        open(t, &[&t.site.cors("results/brief/sessions.json")]).await?;
        assert_eq!(steps::summary(t).await?["totals"]["results"], 5);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn other_hosts_that_do_not_allow_it_are_explained() -> Result<()> {
    scenario(async |t| {
        let source = t.site.closed("results/multi/flat/junit-board_a.xml");
        t.expect_error(&source);
        t.expect_error("ERR_FAILED");
        is_told(t, &source, &[&source, "Access-Control-Allow-Origin"]).await
    })
    .await
}

#[tokio::test]
async fn missing_ones_are_explained() -> Result<()> {
    scenario(async |t| {
        t.expect_error("hostile/404.xml");
        is_told(t, "hostile/404.xml", &["404", "hostile/404.xml"]).await
    })
    .await
}

#[tokio::test]
async fn a_wrong_one_alone_is_the_headline() -> Result<()> {
    scenario(async |t| {
        t.expect_error("hostile/404.xml");
        open(t, &["hostile/404.xml"]).await?;
        let tree = t.page.tree().await?;
        let heading = tree.all("heading").next().context("no heading")?;
        for words in ["Could not load http", "hostile/404.xml: the server responded with 404"] {
            ensure!(heading.name.contains(words), "“{words}” is not in the headline: {}", heading.name);
        }
        steps::go_to(t, "Files").await?;
        let line = steps::ledger_line(t, "hostile/404.xml").await?;
        ensure!(!line.contains("byte"), "nothing was read, so there is no place: {line}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn servers_that_fail_are_explained() -> Result<()> {
    scenario(async |t| {
        t.expect_error("hostile/500.xml");
        is_told(t, "hostile/500.xml", &["500"]).await
    })
    .await
}

#[tokio::test]
async fn login_pages_are_no_results() -> Result<()> {
    scenario(async |t| is_told(t, "hostile/login.xml", &["login page"]).await).await
}

#[tokio::test]
async fn empty_answers_are_no_results() -> Result<()> {
    scenario(async |t| is_told(t, "hostile/empty.xml", &["empty"]).await).await
}

#[tokio::test]
async fn answers_that_break_off_are_explained() -> Result<()> {
    scenario(async |t| {
        t.expect_error("hostile/broken-off.xml");
        is_told(t, "hostile/broken-off.xml", &["interrupted"]).await
    })
    .await
}

#[tokio::test]
async fn addresses_that_are_none_are_explained() -> Result<()> {
    scenario(async |t| {
        for (source, word) in [
            ("javascript:alert(1)", "javascript:"),
            ("file:///etc/hostname", "file:"),
            ("http://[", "not a valid URL"),
        ] {
            open(t, &["results/brief/sessions.json", source]).await?;
            let summary = steps::summary(t).await?;
            assert_eq!(summary["totals"]["results"], 5);
            let bad =
                steps::list(&summary, "files")?.iter().find(|file| file["status"] == "unreadable").cloned();
            let notes = bad.unwrap_or_default()["notes"].to_string();
            assert!(notes.contains(word), "{source}: {notes}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn one_that_never_answers_can_be_given_up() -> Result<()> {
    scenario(async |t| {
        t.page
            .open_page(
                &format!("{}?src=results/brief/sessions.json&src=hostile/never.xml", t.site.address()),
                "loading",
            )
            .await?;
        // What is there is shown, and that something is missing too.
        t.page.until_text("1 of 2 DUTs fails.").await?;
        assert_eq!(t.page.current_phase().await?, "loading");
        t.page.find_where("progressbar", "", |_| true).await?;
        t.page.find("button", "Cancel").await?.click().await?;
        t.page.phase("ready").await?;
        assert_eq!(steps::summary(t).await?["totals"]["results"], 5);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_long_one_can_be_given_up() -> Result<()> {
    scenario(async |t| {
        t.page.open_page(&format!("{}?src=hostile/slow.xml", t.site.address()), "loading").await?;
        t.page.find("button", "Cancel").await?.click().await?;
        let phase = t
            .page
            .until("the end of loading", async || {
                let phase = t.page.current_phase().await?;
                Ok((phase != "loading").then_some(phase))
            })
            .await?;
        assert!(phase == "ready" || phase == "empty", "{phase}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn they_are_added_by_dialog_and_become_part_of_the_address() -> Result<()> {
    scenario(async |t| {
        t.open_empty().await?;
        t.page.find("button", "Load from URL").await?.click().await?;
        let field =
            t.page.find_where("textbox", "for addresses", |node| node.name.starts_with("URLs")).await?;
        field.click().await?;
        t.page.write("results/multi/flat/junit-board_a.xml\nresults/multi/flat/junit-board_b.xml").await?;
        t.page.find("button", "Load").await?.click().await?;
        t.page.phase("ready").await?;
        let query = t.page.query().await?;
        assert_eq!(
            query,
            "?src=results/multi/flat/junit-board_a.xml&src=results/multi/flat/junit-board_b.xml"
        );
        t.page.reload().await?;
        t.page.phase("ready").await?;
        assert_eq!(steps::summary(t).await?["totals"]["sessions"], 2);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_changed_on_the_server_is_read_anew() -> Result<()> {
    scenario(async |t| {
        let served = t.site.own().join("results.json");
        fs::copy(fixture("brief/sessions.json"), &served)?;
        open(t, &["own/results.json"]).await?;
        assert_eq!(steps::summary(t).await?["totals"]["results"], 5);
        // Servers tell changes by the second.
        tokio::time::sleep(Duration::from_millis(1100)).await;
        fs::copy(fixture("brief/one-session.json"), &served)?;
        t.page.reload().await?;
        t.page.phase("ready").await?;
        assert_ne!(steps::summary(t).await?["totals"]["results"], 5);
        Ok(())
    })
    .await
}
