//! The page as one HTML file, and reports, which are such files with data; see `assets/one-file.js`.

use super::document::message_of;
use crate::text::seven_bits::{Reader, text_of};
use crate::worker::{Pieces, bytes};
use gloo_net::http::Request;
use gloo_timers::future::TimeoutFuture;
use gloo_utils::window;
use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag};

/// Where the page as one file is, beside the page.
const VIEWER: &str = "./passgrid.html";

/// What every such file begins with.
const MARK: &[u8] = b"<!doctype html><!--passgrid-report-";

/// Where a report has its data.
const DATA: &str = r#"<script type="text/plain" id="passgrid-data"></script>"#;

/// The same up to where it differs between reports.
const DATA_TAG: &[u8] = br#"<script type="text/plain" id="passgrid-data""#;

/// The attribute that marks such a file. It has no value.
const ONE_FILE: &str = "data-one-file";

/// The attribute with the results that a site shows.
const SOURCE: &str = "data-source";

/// No file without data is larger, in bytes.
const MOST_VIEWER_BYTES: u64 = 8_000_000;

/// How much is written at once, in bytes: some milliseconds. A multiple of seven.
const PIECE: u64 = 7 << 17;

/// What the start script left of the file; `None` where the page has its parts beside it.
fn one_file() -> Option<JsValue> {
    let one = Reflect::get(&window(), &"passgridOneFile".into()).ok()?;
    one.is_object().then_some(one)
}

/// Whether the page is one file.
pub fn is_one_file() -> bool {
    one_file().is_some()
}

/// The URL of a part of the page: of the blob where the page is one file, else of the file beside the page.
pub fn url_of(part: &str, beside: &str) -> String {
    let url = one_file().and_then(|one| {
        let files = Reflect::get(&one, &"files".into()).ok()?;
        Reflect::get(&files, &part.into()).ok()?.as_string()
    });
    url.unwrap_or_else(|| beside.to_owned())
}

/// What this report brings, a zip file.
pub fn data() -> Option<Blob> {
    Reflect::get(&one_file()?, &"data".into()).ok()?.dyn_into().ok()
}

/// The page as one file, without data.
async fn viewer() -> Result<String, String> {
    if let Some(one) = one_file() {
        let viewer = Reflect::get(&one, &"viewer".into()).and_then(|viewer| viewer.dyn_into::<Function>());
        let viewer = viewer.and_then(|viewer| viewer.call0(&one)).map_err(|error| message_of(&error))?;
        return viewer.as_string().ok_or_else(|| "this file is damaged".to_owned());
    }
    let missing = |_| "the page's host does not answer, and the report needs a file from there".to_owned();
    let response = Request::get(VIEWER).send().await.map_err(missing)?;
    if !response.ok() {
        return Err("the page's host lacks the file passgrid.html".to_owned());
    }
    response.text().await.map_err(missing)
}

/// A report: the page as one file that shows a zip file, beginning with the view of a query.
///
/// # Errors
///
/// If the page's host does not answer, or the browser cannot read the zip file.
pub async fn report(query: &str, archive: &Blob) -> Result<Blob, String> {
    let viewer = viewer().await?;
    let (before, after) = viewer.split_once(DATA).ok_or("the page's host has another passgrid.html")?;
    let query = query.replace('&', "&amp;").replace('"', "&quot;");
    let parts = Array::new();
    parts.push(&before.into());
    parts
        .push(&format!("{} data-query=\"{query}\">", DATA.split_once('>').map_or("", |(tag, _)| tag)).into());
    let (mut at, size) = (0, archive.size() as u64);
    while at < size {
        let end = (at + PIECE).min(size);
        let piece = bytes(archive, at, end).await.map_err(|error| message_of(&error))?;
        parts.push(&Uint8Array::from(text_of(&piece).as_bytes()));
        at = end;
        TimeoutFuture::new(0).await;
    }
    parts.push(&"</script>".into());
    parts.push(&after.into());
    let options = BlobPropertyBag::new();
    options.set_type("text/html");
    let report = Blob::new_with_str_sequence_and_options(&parts, &options);
    report.map_err(|error| message_of(&error))
}

/// The page as one file that shows the results of a manifest beside it.
///
/// # Errors
///
/// If the page's host does not answer.
pub async fn site(manifest: &str) -> Result<Blob, String> {
    let page = viewer().await?.replacen(ONE_FILE, &format!("{SOURCE}=\"{manifest}\" {ONE_FILE}"), 1);
    Ok(gloo_file::Blob::new_with_options(page.as_str(), Some("text/html")).into())
}

/// The results that this page shows where its address names none.
pub fn source() -> Option<String> {
    gloo_utils::document_element().get_attribute(SOURCE)
}

/// The zip file in a report; `None` if the file is no report, or brings nothing.
pub async fn data_of(file: &Blob) -> Option<Blob> {
    if bytes(file, 0, MARK.len() as u64).await.ok()? != MARK {
        return None;
    }
    let head = bytes(file, 0, MOST_VIEWER_BYTES.min(file.size() as u64)).await.ok()?;
    let tag = memchr::memmem::find(&head, DATA_TAG)? + DATA_TAG.len();
    let start = tag + memchr::memchr(b'>', head.get(tag..)?)? + 1;
    let rest = file.slice_with_f64_and_f64(start as f64, file.size()).ok()?;
    let pieces = Pieces::new(&rest.stream());
    let (mut reader, content) = (Reader::default(), Array::new());
    while let Some(piece) = pieces.next().await.ok()? {
        let piece = piece.to_vec();
        let end = memchr::memchr(b'<', &piece);
        content.push(&Uint8Array::from(reader.push(piece.get(..end.unwrap_or(piece.len()))?).as_slice()));
        if end.is_some() {
            pieces.cancel();
            break;
        }
    }
    let data = Blob::new_with_u8_array_sequence(&content).ok()?;
    (data.size() > 0.0).then_some(data)
}
