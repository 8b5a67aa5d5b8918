//! nginx with the configuration of the README: the page, results beside it, and the headers of both.

use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use passgrid_browser_tests::{Browser, compressed_copy, dist, root};
use serde_json::{Value, json};

/// nginx, until this is dropped.
struct Nginx(Child);

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Nginx {
    /// Serves a folder at this port as the README says.
    fn start(folder: &Path, state: &Path, port: u16) -> Result<Self> {
        let server = fs::read_to_string(root().join("publish/nginx.conf"))?;
        let served = server
            .replace("listen 8080;", &format!("listen 127.0.0.1:{port};"))
            .replace("root /usr/share/nginx/html;", &format!("root {};", folder.display()));
        ensure!(
            served.matches(&port.to_string()).count() == 1 && served.contains(&folder.display().to_string())
        );
        let types = ["/etc/nginx/mime.types", "/usr/local/etc/nginx/mime.types"];
        let types =
            types.into_iter().find(|path| Path::new(path).is_file()).context("nginx has no mime.types")?;
        let configuration = format!(
            "daemon off; pid {state}/pid; error_log stderr; worker_processes 1;\n\
             events {{}}\n\
             http {{ include {types}; access_log off; client_body_temp_path {state}/body;\n\
             proxy_temp_path {state}/proxy; fastcgi_temp_path {state}/fastcgi; uwsgi_temp_path {state}/uwsgi;\n\
             scgi_temp_path {state}/scgi;\n{served}\n}}\n",
            state = state.display()
        );
        let path = state.join("nginx.conf");
        fs::write(&path, configuration)?;
        // The workers of root may read only what all may.
        let mut nginx = Command::new("nginx");
        nginx.arg("-c").arg(&path).arg("-p").arg(state).args(["-g", "master_process off;"]);
        Ok(Self(nginx.stderr(Stdio::inherit()).spawn().context("nginx does not start")?))
    }
}

/// The headers of an answer that matter here, and its status.
async fn headers(page: &Browser, address: &str) -> Result<Value> {
    let names = ["cache-control", "content-encoding", "content-type", "access-control-allow-origin"];
    page.evaluate(&format!(
        "fetch({}).then((answer) => ({{ status: answer.status, ...Object.fromEntries({}.map((name) => [name, answer.headers.get(name)])) }}))",
        json!(address),
        json!(names)
    ))
    .await
}

pub async fn serves_the_page_as_the_readme_says() -> Result<()> {
    let readme = fs::read_to_string(root().join("README.md"))?;
    for file in ["nginx.conf", "Caddyfile", "github-pages.yml", "gitlab-pages.yml"] {
        let content = fs::read_to_string(root().join("publish").join(file))?;
        ensure!(readme.contains(content.trim()), "the README has another publish/{file}");
    }

    let folder = compressed_copy(&dist()?)?;
    let results = folder.path().join("results");
    fs::create_dir(&results)?;
    fs::copy(root().join("fixtures/brief/sessions.json"), results.join("sessions.json"))?;
    fs::write(
        results.join("passgrid.json"),
        r#"{"schema":"passgrid/manifest/1","sessions":["sessions.json"]}"#,
    )?;
    let state = tempfile::tempdir()?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let _nginx = Nginx::start(folder.path(), state.path(), port)?;
    for _ in 0..100 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }

    let page = Browser::start().await?;
    let checked = check(&page, &format!("http://127.0.0.1:{port}/")).await;
    page.quit().await?;
    checked
}

async fn check(page: &Browser, address: &str) -> Result<()> {
    page.open_page(&format!("{address}?src=results/"), "ready").await?;
    page.until_text("1 of 2 DUTs fails. 1 test fails, only on DUT_A.").await?;
    let scripts: Vec<String> = page
        .evaluate("performance.getEntriesByType('resource').map((entry) => entry.name).filter((name) => /passgrid-.*wasm|worker_bg/.test(name))")
        .await?;
    ensure!(scripts.len() >= 2, "{scripts:?}");
    for script in scripts {
        let headers = headers(page, &script).await?;
        ensure!(headers["content-type"] == "application/wasm", "{script}: {headers}");
        ensure!(headers["content-encoding"] == "gzip", "{script}: {headers}");
        ensure!(
            headers["cache-control"].as_str().is_some_and(|value| value.contains("immutable")),
            "{script}: {headers}"
        );
    }
    for (file, kind) in [("", "text/html"), ("manifest.webmanifest", "application/manifest+json")] {
        let headers = headers(page, file).await?;
        ensure!(headers["cache-control"] == "no-cache", "{file}: {headers}");
        ensure!(
            headers["content-type"].as_str().is_some_and(|value| value.starts_with(kind)),
            "{file}: {headers}"
        );
    }
    let results = headers(page, "results/sessions.json").await?;
    ensure!(results["access-control-allow-origin"] == "*", "{results}");
    ensure!(headers(page, "results/missing.json").await?["status"] == 404);
    Ok(())
}
