//! What else reads result files in a browser: what it has built in, parsers from npm, and quick-xml's events.
//!
//! All of them run in the bare page: `DOMParser` and `JSON.parse` on its main thread, where they are used; the
//! parsers from npm and quick-xml in a worker, as ours.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use passgrid_browser_tests::root;
use serde::Deserialize;

use crate::page::Bench;

/// What is served next to the page: a document with a file field and nothing else, and the workers.
const BARE_PAGE: &str = include_str!("bare.html");
const EVENTS_WORKER: &str = include_str!("events-worker.js");
const PEERS_WORKER: &str = include_str!("peers-worker.js");

/// The files of the parsers from npm.
const NPM: [&str; 6] = [
    "saxes/saxes.js",
    "xmlchars/xml/1.0/ed5.js",
    "xmlchars/xml/1.1/ed2.js",
    "xmlchars/xmlns/1.0/ed3.js",
    "txml/dist/txml.cjs",
    "fast-xml-parser/lib/fxp.cjs",
];

/// Something that counts the tests of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    DomParser,
    JsonParse,
    /// A parser from npm.
    Npm(&'static str),
}

impl Peer {
    /// All parsers from npm.
    pub const NPM: [Peer; 3] = [Peer::Npm("saxes"), Peer::Npm("txml"), Peer::Npm("fast-xml-parser")];

    pub fn name(self) -> &'static str {
        match self {
            Peer::DomParser => "DOMParser",
            Peer::JsonParse => "JSON.parse",
            Peer::Npm(name) => name,
        }
    }

    /// The call in the bare page.
    fn call(self) -> String {
        match self {
            Peer::DomParser => "countByDomParser(file())".to_owned(),
            Peer::JsonParse => "countByJsonParse(file())".to_owned(),
            Peer::Npm(name) => format!("countByPeer(file(), '{name}')"),
        }
    }
}

/// What a peer took, and what it counted.
#[derive(Deserialize)]
struct Counted {
    ms: f64,
    tests: u64,
    failed: u64,
}

/// quick-xml's events, with and without getting the bytes out of the file.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Events {
    pub ms: f64,
    pub with_reading_ms: f64,
}

/// Puts all of it where the browser finds it. Returns whether quick-xml's events are there.
///
/// # Errors
///
/// If a file is missing.
pub fn serve(bench: &Bench) -> Result<bool> {
    let own = bench.site.own();
    fs::write(own.join("bare.html"), BARE_PAGE)?;
    fs::write(own.join("peers-worker.js"), PEERS_WORKER)?;
    for file in NPM {
        let to = own.join("npm").join(file);
        fs::create_dir_all(to.parent().unwrap_or(own))?;
        let from = root().join("node_modules").join(file);
        fs::copy(&from, &to)
            .with_context(|| format!("{} is missing; `cargo xtask setup` installs it", from.display()))?;
    }
    copy_events(own)
}

/// Copies the program that reads events, if there is one.
fn copy_events(to: &Path) -> Result<bool> {
    let Some(folder) = env::var_os("PASSGRID_EVENTS").map(PathBuf::from) else {
        return Ok(false);
    };
    for file in ["events.js", "events_bg.wasm"] {
        fs::copy(folder.join(file), to.join(file)).with_context(|| format!("{file} in PASSGRID_EVENTS"))?;
    }
    fs::write(to.join("events-worker.js"), EVENTS_WORKER)?;
    Ok(true)
}

/// Milliseconds that a peer takes to read a file and count its tests, which must be these.
///
/// # Errors
///
/// If it fails or counts others.
pub async fn read(bench: &Bench, peer: Peer, file: &Path, [tests, failed]: [u64; 2]) -> Result<f64> {
    open_bare(bench, file).await?;
    let counted: Counted = bench.page.evaluate(&peer.call()).await.with_context(|| peer.name())?;
    ensure!(
        (counted.tests, counted.failed) == (tests, failed),
        "{} counts {} tests, {} failed, and not {tests}, {failed}",
        peer.name(),
        counted.tests,
        counted.failed
    );
    Ok(counted.ms)
}

/// What quick-xml's events take.
///
/// # Errors
///
/// If they cannot be read.
pub async fn events(bench: &Bench, file: &Path) -> Result<Events> {
    open_bare(bench, file).await?;
    bench.page.evaluate("readEvents(file())").await
}

async fn open_bare(bench: &Bench, file: &Path) -> Result<()> {
    bench.page.open(&format!("{}own/bare.html", bench.site.address())).await?;
    bench.page.file_field("File").await?.choose([file]).await
}
