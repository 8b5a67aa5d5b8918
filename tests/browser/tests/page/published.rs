//! Published results on servers that are slow, busy, broken or strict; manifests, archives and names in links.

use std::fs::{self, File};
use std::io::Write;

use anyhow::{Context, Result, ensure};
use passgrid_browser_tests::{SIGNATURE, Scenario, scenario};
use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::steps::{self, fixture};

/// A text as the value of a parameter.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'/' | b':' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

async fn open(t: &Scenario, sources: &[&str]) -> Result<()> {
    let pairs: Vec<String> = sources.iter().map(|source| format!("src={}", encoded(source))).collect();
    t.open_report(&format!("?{}", pairs.join("&"))).await
}

fn report(tests: &[&str]) -> String {
    let cases: String = tests.iter().map(|test| format!("<testcase classname='s' name='{test}'/>")).collect();
    format!("<testsuite name='s'>{cases}</testsuite>")
}

/// Puts a file below `own/`.
fn put(t: &Scenario, path: &str, content: impl AsRef<[u8]>) -> Result<()> {
    let path = t.site.own().join(path);
    fs::create_dir_all(path.parent().context("a folder")?)?;
    fs::write(path, content).map_err(Into::into)
}

fn manifest(sessions: &Value, history: &Value) -> String {
    let title = "Speaker nightly";
    json!({"schema": "passgrid/manifest/1", "title": title, "sessions": sessions, "history": history})
        .to_string()
}

/// `dut build: results` of each session.
async fn sessions(t: &Scenario) -> Result<Vec<String>> {
    let summary = steps::summary(t).await?;
    let sessions = steps::list(&summary, "sessions")?;
    let mut lines: Vec<String> = sessions
        .iter()
        .map(|session| {
            let results = &session["counts"]["results"];
            format!("{} {}: {results}", steps::text(session, "dut"), steps::text(session, "build"))
        })
        .collect();
    lines.sort();
    Ok(lines)
}

async fn results(t: &Scenario) -> Result<u64> {
    steps::summary(t).await?["totals"]["results"].as_u64().context("no results")
}

fn asked(t: &Scenario, path: &str) -> usize {
    t.site
        .requests()
        .iter()
        .filter(|request| request.line.split('?').next().unwrap_or_default().contains(path))
        .count()
}

#[tokio::test]
async fn downloads_go_on_where_they_broke_off() -> Result<()> {
    scenario(async |t| {
        for prefix in ["", &t.site.cors("")] {
            t.expect_error("ERR_");
            open(t, &[&format!("{prefix}hostile/resumes.xml")]).await?;
            assert_eq!(results(t).await?, 3000, "{prefix}");
        }
        assert_eq!(asked(t, "resumes.xml"), 4, "{:?}", t.site.requests());
        // Without ranges it comes again as a whole.
        open(t, &["hostile/restarts.xml"]).await?;
        assert_eq!(results(t).await?, 3000);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn busy_servers_are_asked_again() -> Result<()> {
    scenario(async |t| {
        t.expect_error("429");
        t.expect_error("503");
        open(t, &["hostile/busy.xml", "hostile/down.xml"]).await?;
        assert_eq!(results(t).await?, 6000);
        assert_eq!((asked(t, "busy.xml"), asked(t, "down.xml")), (2, 3));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn redirects_signed_addresses_and_other_types_are_read() -> Result<()> {
    scenario(async |t| {
        put(t, "moved.xml", report(&["a", "b"]))?;
        open(t, &["hostile/moved.xml"]).await?;
        assert_eq!(results(t).await?, 2);
        open(t, &[&t.site.cors(&format!("hostile/signed.xml?{SIGNATURE}"))]).await?;
        assert_eq!(results(t).await?, 3000);
        t.page.reload().await?;
        t.page.phase("ready").await?;
        assert_eq!(results(t).await?, 3000, "the address keeps it");
        open(t, &["hostile/wrong-type.xml"]).await?;
        assert_eq!(results(t).await?, 3000);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_link_names_duts_and_members_of_archives() -> Result<()> {
    scenario(async |t| {
        let mut zip = ZipWriter::new(File::create(t.site.own().join("all.zip"))?);
        for (name, tests) in [("b1/x.xml", &["a", "b"][..]), ("b1/y.xml", &["c"]), ("b2/x.xml", &["a"])] {
            zip.start_file(name, SimpleFileOptions::default())?;
            zip.write_all(report(tests).as_bytes())?;
        }
        zip.finish()?;
        open(t, &["max one::own/all.zip#b1/*.xml"]).await?;
        assert_eq!(sessions(t).await?, ["max one : 3"]);
        open(t, &["own/all.zip#b2/x.xml"]).await?;
        assert_eq!(results(t).await?, 1);
        open(t, &["own/all.zip"]).await?;
        assert_eq!(results(t).await?, 4);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_folder_is_its_manifest_and_older_sessions_come_on_demand() -> Result<()> {
    scenario(async |t| {
        put(t, "site/new/a.xml", report(&["a", "b"]))?;
        put(t, "site/new/b.xml", report(&["c"]))?;
        put(t, "site/old/a.xml", report(&["a"]))?;
        let new = json!([{"files": ["new/a.xml", "new/b.xml"], "dut": "b1", "build": "1.5"}]);
        let history = json!([{"manifest": "2026-10/passgrid.json", "sessions": 1}]);
        put(t, "site/passgrid.json", manifest(&new, &history))?;
        let old = json!([{"files": "../old/a.xml", "dut": "b1", "build": "1.4"}]);
        // The two name each other.
        let back = json!(["../passgrid.json"]);
        put(t, "site/2026-10/passgrid.json", manifest(&old, &back))?;
        for address in ["own/site/".to_owned(), t.site.cors("own/site/passgrid.json")] {
            open(t, &[&address]).await?;
            assert_eq!(sessions(t).await?, ["b1 1.5: 3"], "{address}");
            assert_eq!(asked(t, "old/a.xml"), 0, "only the newest are asked for");
            t.page.until_text("Speaker nightly").await?;
            t.page.until_text("The newest 1 of 2 sessions are loaded.").await?;
            if address.starts_with("own") {
                continue;
            }
            t.page.find("button", "Load older sessions (1)").await?.click().await?;
            t.page
                .until("older sessions", async || Ok((sessions(t).await?.len() == 2).then_some(())))
                .await?;
            assert_eq!(sessions(t).await?, ["b1 1.4: 1", "b1 1.5: 3"]);
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_manifest_of_many_sessions_loads_the_newest() -> Result<()> {
    scenario(async |t| {
        let sessions = (0..250).map(|at| {
            put(t, &format!("many/{at}.xml"), report(&[&format!("t{at}")]))?;
            Ok(json!({"files": format!("{at}.xml"), "dut": "b1", "build": format!("1.{at}")}))
        });
        let sessions = sessions.collect::<Result<Vec<Value>>>()?;
        put(t, "many/passgrid.json", manifest(&json!(sessions), &json!([])))?;
        open(t, &["own/many/"]).await?;
        t.page.until_text("The newest 200 of 250 sessions are loaded.").await?;
        assert_eq!(results(t).await?, 200);
        t.page.find("button", "Load older sessions (50)").await?.click().await?;
        t.page.until("all sessions", async || Ok((results(t).await? == 250).then_some(()))).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_mistake_in_a_manifest_costs_only_itself() -> Result<()> {
    scenario(async |t| {
        t.expect_error("404");
        put(t, "bad/a.xml", report(&["a"]))?;
        let sessions = json!([{"dut": "no files"}, "javascript:alert(1)", "missing.xml", {"files": "a.xml", "dut": "b1"}]);
        put(t, "bad/passgrid.json", manifest(&sessions, &json!([])))?;
        open(t, &["own/bad/"]).await?;
        assert_eq!(sessions_of_b1(t).await?, 1);
        steps::go_to(t, "Files").await?;
        let line = steps::ledger_line(t, "own/bad/passgrid.json").await?;
        ensure!(line.contains("a session without") && line.contains("partly"), "{line}");
        let line = steps::ledger_line(t, "own/bad/missing.xml").await?;
        ensure!(line.contains("404"), "{line}");
        Ok(())
    })
    .await
}

async fn sessions_of_b1(t: &Scenario) -> Result<usize> {
    Ok(sessions(t).await?.iter().filter(|session| session.starts_with("b1")).count())
}

#[tokio::test]
async fn a_changed_file_is_reported_if_the_link_has_its_hash() -> Result<()> {
    scenario(async |t| {
        let hash = "00".repeat(32);
        open(t, &[&format!("results/brief/sessions.json#sha256={hash}")]).await?;
        t.page.until_text("1 file changed since the link was made").await?;
        assert_eq!(results(t).await?, 5, "it is read all the same");
        ensure!(fixture("brief/sessions.json").is_file(), "the fixture is there");
        Ok(())
    })
    .await
}

/// Goes to a tab that a page opens.
async fn tab(t: &Scenario, number: usize) -> Result<()> {
    t.page.until("the tab", async || Ok(t.page.go_to_tab(number).await.ok())).await
}

#[tokio::test]
async fn another_page_hands_over_files_once_a_person_allows_it() -> Result<()> {
    scenario(async |t| {
        let page = format!(
            "<!doctype html><title>Results</title><button id=go>Hand over</button><p id=answer></p><script>
            go.onclick = () => {{
              const passgrid = window.open('{}');
              addEventListener('message', ({{ source, data }}) => {{
                if (source !== passgrid) return;
                if (data.passgrid === 'ready') {{
                  const blob = new Blob([`{}`]);
                  passgrid.postMessage({{ passgrid: 'files', files: [{{ name: '../1.5/board_a.xml', blob }}] }}, '*');
                }} else answer.textContent = data.passgrid;
              }});
            }};</script>",
            t.site.address(),
            report(&["a", "b"]),
        );
        t.expect_error("favicon.ico");
        put(t, "opener.html", page)?;
        t.page.open(&t.site.cors("own/opener.html")).await?;
        t.page.find("button", "Hand over").await?.click().await?;
        tab(t, 1).await?;
        t.page.find("dialog", "Read files of another page?").await?;
        let origin = t.site.cors("");
        let origin = origin.trim_end_matches("/cors/");
        t.page.until_text(origin).await?;
        assert_eq!(t.page.current_phase().await?, "empty", "nothing is read before");
        t.page.find("checkbox", "Always allow this page").await?.click().await?;
        t.page.find("button", "Read files").await?.click().await?;
        t.page.phase("ready").await?;
        assert_eq!(sessions(t).await?, ["board_a 1.5: 2"]);
        // The person said so for good.
        t.page.go_to_tab(0).await?;
        t.page.until_text("accepted").await?;
        t.page.find("button", "Hand over").await?.click().await?;
        tab(t, 2).await?;
        t.page.phase("ready").await?;
        assert_eq!(results(t).await?, 2);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_refused_page_hands_over_nothing() -> Result<()> {
    scenario(async |t| {
        let page = format!(
            "<!doctype html><title>Results</title><button id=go>Hand over</button><script>
            go.onclick = () => {{
              const passgrid = window.open('{}');
              addEventListener('message', ({{ source, data }}) => {{
                if (data.passgrid !== 'ready') return document.title = data.passgrid;
                const files = [{{ name: 'a.xml', blob: new Blob(['<testsuite/>']) }}];
                source.postMessage({{ passgrid: 'files', files }}, '*');
              }});
            }};</script>",
            t.site.address(),
        );
        t.expect_error("favicon.ico");
        put(t, "opener.html", page)?;
        t.page.open(&t.site.cors("own/opener.html")).await?;
        t.page.find("button", "Hand over").await?.click().await?;
        tab(t, 1).await?;
        t.page.find("dialog", "Read files of another page?").await?;
        t.page.find("button", "Close").await?.click().await?;
        // A closed dialog says so with the next frame, and a tab without a window has one when the driver turns to it.
        let answer = async || {
            t.page.go_to_tab(1).await?;
            t.page.go_to_tab(0).await?;
            Ok(t.page.evaluate::<bool>("document.title === 'refused'").await?.then_some(()))
        };
        t.page.until("the answer", answer).await?;
        tab(t, 1).await?;
        assert_eq!(t.page.current_phase().await?, "empty");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_frame_shows_the_view_alone() -> Result<()> {
    scenario(async |t| {
        t.open_report("?src=results/brief/sessions.json&view=grid&embed=1").await?;
        let tree = t.page.tree().await?;
        ensure!(tree.all("banner").next().is_none(), "no top bar: {}", tree.listing());
        ensure!(tree.named("grid", "Tests by DUT").next().is_some(), "{}", tree.listing());
        let link = t.page.find("link", "Open in Passgrid").await?.attribute("href").await?;
        let link = link.context("no address")?;
        ensure!(link.contains("view=grid") && !link.contains("embed"), "{link}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn details_lead_to_sources_and_to_addresses_in_properties() -> Result<()> {
    scenario(async |t| {
        let report = "<testsuite name='s'><properties><property name='trigger' value='https://ci.example/7'/>\
            <property name='GITHUB_REPOSITORY' value='acme/audio'/><property name='GITHUB_SHA' value='4f1c2d9'/>\
            <property name='script' value='javascript:alert(1)'/></properties>\
            <testcase classname='s' name='a' file='tests/test_a.py' line='12'/></testsuite>";
        put(t, "linked/1.5/board_a.xml", report)?;
        let path = "own/linked/1.5/board_a.xml";
        t.open_report(&format!("?src={path}&view=sessions&of=board_a&run={path}")).await?;
        t.page.until_text("https://ci.example/7").await?;
        let tree = t.page.tree().await?;
        for name in ["https://ci.example/7", "4f1c2d9"] {
            ensure!(tree.named("link", name).next().is_some(), "{name}: {}", tree.listing());
        }
        ensure!(tree.named("link", "javascript:alert(1)").next().is_none(), "{}", tree.listing());
        let rel: String = t.page.evaluate("document.querySelector('a[href=\"https://ci.example/7\"]').rel").await?;
        assert_eq!(rel, "noopener noreferrer");
        Ok(())
    })
    .await
}
