//! The page as one HTML file, `passgrid.html`: it opens by a double click, without a server. The page
//! also takes it as the viewer of the reports that people download.
//!
//! All parts are in the file, compressed, and as text: HTML cannot hold bytes, and base64 would make
//! them larger by a third. Seven bits per character make them larger by a seventh. The script
//! `assets/one-file.js` unpacks them.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use lzma_rust2::{CheckType, XzOptions, XzWriter};
use sha2::{Digest, Sha256};

use crate::{stamp, workspace::Workspace};
use seven_bits::text_of;

// The page writes the data of reports in the same way.
#[path = "../../src/text/seven_bits.rs"]
#[allow(dead_code, reason = "only the page reads such texts")]
mod seven_bits;

/// The name of the file in the build.
pub const NAME: &str = "passgrid.html";

/// The size in bytes that the file may have.
pub const MOST_BYTES: usize = 3_000_000;

/// How far back compressed data may refer.
const DICTIONARY_BYTES: u32 = 1 << 22;

/// What unpacks the parts.
const UNPACKER: &str = "node_modules/xz-decompress/dist/package/xz-decompress.min.js";

/// What every such file begins with: by this, the page knows the reports that are dropped on it.
const MARK: &str = "<!doctype html><!--passgrid-report-1-->";

/// What takes the data of a report. The page looks for exactly this text.
const DATA: &str = r#"<script type="text/plain" id="passgrid-data"></script>"#;

/// The script that starts the page.
const START: &str = include_str!("../../assets/one-file.js");

/// The parts by the names under which the script asks for them, and where they are in the build: by the
/// beginning and the end of a file's name.
const PARTS: [(&str, &str, &str); 6] = [
    ("page.js", "passgrid-", ".js"),
    ("page.wasm", "passgrid-", "_bg.wasm"),
    ("worker-loader.js", "worker-loader", ".js"),
    ("worker.js", "worker.", "js"),
    ("worker.wasm", "worker_bg", ".wasm"),
    ("plotly.js", "plotly-", ".js"),
];

/// Writes the file into the finished build.
///
/// # Errors
///
/// If the build lacks a part, or the file would be larger than it may be.
pub fn write(workspace: &Workspace) -> Result<()> {
    let folder = workspace.dist();
    let page = fs::read_to_string(folder.join("index.html")).context("the build has no page")?;
    let unpacker = fs::read_to_string(workspace.root().join(UNPACKER)).context(UNPACKER)?;
    let mut html = with_inlined(&page, &folder, &unpacker)?;
    for (name, from, to) in PARTS {
        let content = fs::read(file_named(&folder, from, to)?)?;
        let packed = packed(&content, &workspace.root().join("target/one-file"))?;
        html += &format!(r#"<script type="text/plain" data-part="{name}">{}</script>"#, text_of(&packed));
    }
    html += DATA;
    let bytes = html.len();
    ensure!(bytes <= MOST_BYTES, "{NAME} would have {bytes} bytes; it may have {MOST_BYTES}");
    fs::write(folder.join(NAME), html)?;
    Ok(())
}

/// The page with its style sheet, its icon and another start script in it, and a policy that allows these.
fn with_inlined(page: &str, folder: &Path, unpacker: &str) -> Result<String> {
    ensure!(!unpacker.contains("</"), "the unpacker would end its script");
    let html = page.replacen("<!doctype html><html ", &format!("{MARK}<html data-one-file "), 1);
    ensure!(html.starts_with(MARK), "the page does not begin with its document type");
    let html = replace_tag(&html, "<link", "stylesheet", |tag| {
        let css = fs::read_to_string(folder.join(attribute(tag, "href")?))?;
        ensure!(!css.contains("</") && !css.contains("url(."), "the style sheet needs other files");
        Ok(format!("<style>{css}</style>"))
    })?;
    // What would be fetched early, and what an installed page needs.
    let mut html = html;
    for unneeded in ["preload", "manifest"] {
        while let Ok(without) = replace_tag(&html, "<link", unneeded, |_| Ok(String::new())) {
            html = without;
        }
    }
    let html = replace_tag(&html, "<link", "rel=icon", |tag| {
        let icon = fs::read(folder.join(attribute(tag, "href")?))?;
        Ok(format!(r#"<link rel=icon href="data:image/svg+xml;base64,{}">"#, BASE64_STANDARD.encode(icon)))
    })?;
    let start = format!("const MARK = {};\n{START}", serde_json::to_string(MARK)?);
    let (before, after) = html.split_once("<script type=module>").context("the start script is missing")?;
    let (_, after) = after.split_once("</script>").context("the start script does not end")?;
    let html = format!(
        "{before}<script data-part=unpacker>{unpacker}</script><script type=module>{start}</script>{after}"
    );
    stamp::allow_scripts(&html, "'wasm-unsafe-eval' blob:")
}

/// Replaces the first tag that begins like this and contains a text.
fn replace_tag(
    html: &str,
    begin: &str,
    contains: &str,
    with: impl FnOnce(&str) -> Result<String>,
) -> Result<String> {
    let mut from = 0;
    while let Some(at) = html[from..].find(begin).map(|at| from + at) {
        let end = html[at..].find('>').map_or(html.len(), |end| at + end + 1);
        let tag = &html[at..end];
        if tag.contains(contains) {
            return Ok(format!("{}{}{}", &html[..at], with(tag)?, &html[end..]));
        }
        from = end;
    }
    bail!("the page has no {begin} with {contains}")
}

/// The value of an attribute, in quotes or not.
fn attribute<'a>(tag: &'a str, name: &str) -> Result<&'a str> {
    let (_, value) = tag.split_once(&format!("{name}=")).with_context(|| format!("{tag} has no {name}"))?;
    let value = value.trim_start_matches('"');
    Ok(value.split(['"', ' ', '>']).next().unwrap_or_default().trim_start_matches("./"))
}

/// The one file whose name begins and ends like this.
fn file_named(folder: &Path, from: &str, to: &str) -> Result<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.strip_prefix(from).is_some_and(|rest| rest.ends_with(to)) {
            found.push(path);
        }
    }
    match found.as_slice() {
        [path] => Ok(path.clone()),
        _ => bail!("the build has {} files like {from}…{to} instead of one", found.len()),
    }
}

/// Compresses with xz. What was compressed before is kept in a folder.
fn packed(content: &[u8], cache: &Path) -> Result<Vec<u8>> {
    let hash: String = Sha256::digest(content).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let path = cache.join(hash + ".xz");
    if let Ok(packed) = fs::read(&path) {
        return Ok(packed);
    }
    let mut options = XzOptions::with_preset(9);
    // As large as a part: the browser has to allocate it.
    options.lzma_options.dict_size = DICTIONARY_BYTES;
    options.set_check_sum_type(CheckType::Crc32);
    let mut writer = XzWriter::new(Vec::new(), options)?;
    writer.write_all(content)?;
    let packed = writer.finish()?;
    fs::create_dir_all(cache)?;
    // Written whole or not at all.
    let unfinished = path.with_extension(format!("{}", std::process::id()));
    fs::write(&unfinished, &packed)?;
    fs::rename(unfinished, path)?;
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!doctype html><html lang=en><meta content="script-src 'self' 'sha256-old' ; img-src x" http-equiv=Content-Security-Policy><link href=./icon.svg rel=icon><script>a</script><link rel=modulepreload href=./passgrid-1.js><link href=manifest.webmanifest rel=manifest><link rel="stylesheet" href="./style-1.css"><script type=module>await import("x");</script><body></body></html>"#;

    fn build() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let files = [
            ("icon.svg", "<svg/>"),
            ("style-1.css", "a{color:red}"),
            ("passgrid-1.js", "1"),
            ("passgrid-1_bg.wasm", "2"),
        ];
        for (name, content) in files {
            fs::write(folder.path().join(name), content).unwrap();
        }
        folder
    }

    #[test]
    fn everything_is_in_the_page() {
        let folder = build();
        let html = with_inlined(PAGE, folder.path(), "unpack").unwrap();
        assert!(html.starts_with(MARK));
        assert!(html.contains("<style>a{color:red}</style>"));
        assert!(html.contains("data:image/svg+xml;base64,PHN2Zy8+"));
        for left in [
            "passgrid-1.js",
            "webmanifest",
            "style-1.css",
            "icon.svg",
            "await import(\"x\")",
            "sha256-old",
            "'self'",
        ] {
            assert!(!html.contains(left), "{left}");
        }
    }

    #[test]
    fn a_style_sheet_that_needs_other_files_is_refused() {
        let folder = build();
        fs::write(folder.path().join("style-1.css"), "a{background:url(./b.png)}").unwrap();
        assert!(with_inlined(PAGE, folder.path(), "unpack").is_err());
    }

    #[test]
    fn parts_are_found_by_their_names() {
        let folder = build();
        let found =
            |from, to| file_named(folder.path(), from, to).map(|path| path.file_name().unwrap().to_owned());
        assert_eq!(found("passgrid-", ".js").unwrap(), "passgrid-1.js");
        assert!(found("passgrid-", "").is_err());
        assert!(found("plotly-", ".js").is_err());
    }

    #[test]
    fn what_was_compressed_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let first = packed(b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", folder.path()).unwrap();
        assert_eq!(first[..6], [0xFD, b'7', b'z', b'X', b'Z', 0]);
        let kept = fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
        fs::write(&kept, b"kept").unwrap();
        assert_eq!(packed(b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", folder.path()).unwrap(), b"kept");
    }
}
