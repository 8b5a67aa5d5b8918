//! The harness notices what it is there to notice: a test that finds no error would be worth
//! nothing if errors could not be found.

use std::{fs, path::Path, time::Duration};

use anyhow::Result;
use passgrid_browser_tests::{
    Browser, Network, Site,
    generate::{self, Generated, Tests, Written},
    tally::{self, Tally},
};
use serde_json::Value;
use tempfile::tempdir;

/// Serves this document and opens it.
async fn opened(html: &str, folder: &Path) -> Result<(Site, Browser)> {
    fs::write(folder.join("index.html"), html)?;
    let site = Site::start(folder)?;
    let page = Browser::start().await?;
    page.open(&site.prefixed()).await?;
    Ok((site, page))
}

#[tokio::test]
async fn errors_of_page_policy_and_worker_are_noticed() -> Result<()> {
    let folder = tempdir()?;
    fs::write(
        folder.path().join("worker.js"),
        "console.error('from the worker'); postMessage(1); noSuchThing();",
    )?;
    let html = "<!doctype html><meta http-equiv=Content-Security-Policy content=\"script-src 'self' 'unsafe-inline'\">
        <script>
            console.error('from the page');
            new Worker('worker.js').onmessage = () => document.title = 'heard';
            document.head.append(Object.assign(document.createElement('script'), { src: 'data:text/javascript,1' }));
            Promise.reject(new Error('not caught'));
        </script>";
    let (_site, page) = opened(html, folder.path()).await?;
    page.until_true("document.title === 'heard'").await?;
    let mut errors = Vec::new();
    for expected in
        ["from the page", "from the worker", "noSuchThing", "Content Security Policy", "not caught"]
    {
        page.until(expected, async || {
            errors.extend(page.console_errors().await?);
            Ok(errors.iter().any(|error| error.contains(expected)).then_some(()))
        })
        .await?;
    }
    page.quit().await.map(drop)
}

#[tokio::test]
async fn requests_to_other_hosts_are_noticed() -> Result<()> {
    let folder = tempdir()?;
    fs::write(
        folder.path().join("worker.js"),
        "fetch('https://worker.example/x').catch(() => postMessage(1));",
    )?;
    let html = "<!doctype html><img src='http://page.example/picture.png'>
        <script>new Worker('worker.js').onmessage = () => document.title = 'refused'</script>";
    let (site, page) = opened(html, folder.path()).await?;
    page.until_true("document.title === 'refused'").await?;
    let requests = page.quit().await?;
    for address in ["http://page.example/picture.png", "https://worker.example/x", &site.prefixed()] {
        assert!(
            requests.iter().any(|asked| asked.starts_with(address)),
            "{address} is not among {requests:?}"
        );
    }
    Ok(())
}

/// A line that loses a millisecond after each piece would make every measurement of a slow network wrong.
#[tokio::test]
async fn a_slow_network_has_its_bandwidth() -> Result<()> {
    let folder = tempdir()?;
    fs::write(
        folder.path().join("index.html"),
        "<!doctype html><link rel=icon href='data:,'><title>x</title>",
    )?;
    let network = Network { bandwidth: 10e6 / 8.0, latency: Duration::from_millis(40) };
    let site = Site::start_behind(network, folder.path())?;
    fs::write(site.own().join("megabyte.bin"), vec![0; 1_000_000])?;
    let page = Browser::start().await?;
    page.open(&site.address()).await?;
    let fetched = "(async () => {
        const start = performance.now();
        const bytes = await (await fetch('own/megabyte.bin', { cache: 'no-store' })).arrayBuffer();
        return bytes.byteLength === 1e6 ? performance.now() - start : NaN;
    })()";
    // 800 ms for the bytes, and 40 for the way. A busy machine may delay some answers, but not all.
    let expected = 830.0..920.0;
    let mut least = f64::INFINITY;
    for _ in 0..10 {
        least = least.min(page.evaluate(fetched).await?);
        if least < expected.end {
            break;
        }
    }
    assert!(expected.contains(&least), "{least} ms");
    page.quit().await.map(drop)
}

#[tokio::test]
async fn long_tasks_are_noticed_and_short_ones_are_not() -> Result<()> {
    let folder = tempdir()?;
    let (_site, page) = opened("<!doctype html><title>x</title>", folder.path()).await?;
    page.long_tasks().await?;
    let busy_ms = |ms: u32| {
        format!(
            "new Promise((done) => setTimeout(() => {{ const end = performance.now() + {ms}; while (performance.now() < end); done(1) }}))"
        )
    };
    page.evaluate::<u32>(&busy_ms(5)).await?;
    page.evaluate::<u32>(&busy_ms(120)).await?;
    let tasks = page.long_tasks().await?;
    assert!(tasks.iter().any(|task| task.duration >= 120.0), "{tasks:?}");
    page.quit().await.map(drop)
}

#[tokio::test]
async fn files_and_folders_are_dropped_chosen_pasted_and_saved() -> Result<()> {
    let folder = tempdir()?;
    let given = folder.path().join("given");
    fs::create_dir_all(given.join("inner"))?;
    fs::write(given.join("inner/a.xml"), "<a/>")?;
    fs::write(given.join("b.xml"), "<b/>")?;
    let html = r#"<!doctype html><html data-passgrid=empty><link rel=icon href="data:,"><body style="height:100vh">
        <label>Open files <input type=file multiple></label>
        <label>Open folder <input type=file webkitdirectory hidden aria-label="Open folder"></label>
        <button onclick="save()">Save it</button><div role=textbox aria-label=Log id=log></div>
        <script>
            const log = (text) => document.getElementById('log').textContent += text + ';';
            const names = async (entry) => entry.isFile ? log(entry.fullPath + '=' + await new Promise((r) => entry.file((f) => f.text().then(r))))
                : entry.createReader().readEntries((all) => all.forEach(names));
            addEventListener('dragover', (event) => event.preventDefault());
            addEventListener('drop', (event) => { event.preventDefault();
                [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).forEach(names); });
            addEventListener('change', (event) => [...event.target.files].forEach((file) => log('chosen ' + (file.webkitRelativePath || file.name))));
            addEventListener('paste', (event) => log('pasted ' + event.clipboardData.getData('text')));
            addEventListener('keydown', (event) => log('key ' + event.key));
            function save() {
                const a = document.createElement('a');
                a.href = URL.createObjectURL(new Blob(['saved text']));
                a.download = 'it.txt';
                a.click();
                log('saving');
            }
        </script>"#;
    let (_site, page) = opened(html, folder.path()).await?;
    page.drop_files([&given]).await?;
    page.until_text("/given/inner/a.xml=<a/>").await?;
    page.until_text("/given/b.xml=<b/>").await?;
    page.drop_files([given.join("b.xml")]).await?;
    page.until_text(";/b.xml=<b/>").await?;
    page.file_field("Open files").await?.choose([given.join("b.xml"), given.join("inner/a.xml")]).await?;
    page.until_text("chosen b.xml;chosen a.xml").await?;
    page.file_field("Open folder").await?.choose([&given]).await?;
    page.until_text("chosen given/inner/a.xml").await?;
    page.paste("some text").await?;
    page.until_text("pasted some text").await?;
    assert_eq!(page.clipboard().await?, "some text");
    page.press("ArrowDown").await?;
    page.until_text("key ArrowDown").await?;
    page.find("button", "Save it").await?.click().await?;
    page.until_text(";saving").await?;
    let (name, content) = page.download().await?;
    assert_eq!((name.as_str(), content.as_slice()), ("it.txt", b"saved text".as_slice()));
    assert_eq!(page.console_errors().await?, [] as [&str; 0]);
    page.quit().await.map(drop)
}

/// Tests, failed and skipped ones.
fn of_tally(tally: &Tally) -> [u64; 3] {
    [tally.results, tally.failed, tally.skipped]
}

fn of_generated(generated: &Generated) -> [u64; 3] {
    [generated.tests, generated.failed, generated.skipped]
}

fn of_written(written: &Written) -> [u64; 3] {
    [written.tests, written.failed, written.skipped]
}

/// Counts the values of `outcome`.
fn of_outcomes<'a>(outcomes: impl IntoIterator<Item = &'a str>) -> [u64; 3] {
    let mut counts = [0; 3];
    for outcome in outcomes {
        counts[0] += 1;
        counts[1] += u64::from(outcome == "failed");
        counts[2] += u64::from(outcome == "skipped");
    }
    counts
}

#[test]
fn generated_files_have_what_their_generator_says() -> Result<()> {
    let folder = tempdir()?;
    let path = folder.path().join("generated");

    let junit = generate::junit(1400);
    assert_eq!(of_tally(&tally::of_junit(&junit.text)?), of_generated(&junit));
    let written = generate::write_junit(&path, &Tests { numbers: 0..1400, seed: 7 })?;
    let text = fs::read_to_string(&path)?;
    assert_eq!(written.bytes, text.len() as u64);
    assert_eq!(of_written(&written), of_generated(&junit));
    let tests = |text: &str| text.split_once("<testsuites").map(|(_, tests)| tests.to_owned());
    assert_eq!(tests(&text), tests(&junit.text), "written to a file, it is another one");

    let report = generate::json_report(1400);
    assert_eq!(of_tally(&tally::of_json_report(&report.text)?), of_generated(&report));

    let written = generate::write_reportlog(&path, 1400)?;
    let text = fs::read_to_string(&path)?;
    let lines: Vec<Value> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let decides = |line: &&Value| line["when"] == "call" || line["outcome"] == "skipped";
    let outcomes = lines.iter().filter(decides).filter_map(|line| line["outcome"].as_str());
    assert_eq!(of_outcomes(outcomes), of_written(&written));

    let (written, unpacked) = generate::write_allure_zip(&path, 300)?;
    let mut archive = zip::ZipArchive::new(fs::File::open(&path)?)?;
    let mut results = Vec::new();
    let mut bytes = 0;
    for at in 0..archive.len() {
        let text = std::io::read_to_string(archive.by_index(at)?)?;
        bytes += text.len() as u64;
        results.push(serde_json::from_str::<Value>(&text)?);
    }
    assert_eq!(bytes, unpacked);
    assert_eq!(
        of_outcomes(results.iter().filter_map(|result| result["status"].as_str())),
        of_written(&written)
    );
    Ok(())
}
