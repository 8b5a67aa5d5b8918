//! Fetches published results by URL: streamed, tried again, and continued where it broke off. Never sends credentials
//! or where the page is, and asks only the host of the URL.

mod failure;
mod gate;
mod retry;

pub use gate::Gate;

use super::offline;
use crate::import::archive::{HEAD_BYTES, Kind};
use crate::query::Source;
use failure::{Asked, Failure, is_login_page, reason};
use gloo_net::http::{Request, Response};
use gloo_timers::future::TimeoutFuture;
use gloo_utils::window;
use js_sys::{Array, Reflect, Uint8Array};
use retry::{Version, retry_after_s, wait_ms};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Blob, ReadableStream, ReadableStreamDefaultReader, ReferrerPolicy, RequestCredentials,
    RequestMode, Url,
};

/// How much of a file shows that it is a page to log in, in bytes.
const LOGIN_BYTES: f64 = 65_536.0;

/// Pieces of a download are joined at this size, in bytes: the browser may keep a blob outside of the page's memory.
const JOINED_BYTES: u32 = 8 << 20;

/// The result of fetching a URL.
pub struct Fetched {
    /// The path in the URL, which is evidence for the DUT like the path of a file.
    pub path: String,
    /// The content, or why it could not be fetched and what may help.
    pub content: Result<Blob, String>,
}

/// Aborts fetches.
#[derive(Clone)]
pub struct Abort(AbortController);

impl Abort {
    /// Returns a controller for any number of fetches. `None` only in browsers that
    /// are too old for the rest of the page.
    pub fn new() -> Option<Abort> {
        AbortController::new().ok().map(Abort)
    }

    /// Aborts them.
    pub fn abort(&self) {
        self.0.abort();
    }

    fn is_aborted(&self) -> bool {
        self.0.signal().aborted()
    }
}

/// The absolute address of what a manifest at `base` names; `base` is absolute, or relative to the page. `None` if it is
/// no address.
pub fn resolve(address: &str, base: &str) -> Option<String> {
    let base = Url::new_with_base(base, &page()).ok()?;
    Some(Url::new_with_base(address, &base.href()).ok()?.href())
}

/// Returns the address of the page.
pub fn page() -> String {
    window().location().href().unwrap_or_default()
}

/// Returns the path that a source gets: that in its address, without the host.
pub fn path(source: &Source) -> Option<String> {
    let url = Url::new_with_base(&source.address, &page()).ok()?;
    Some(path_of(&url, &source.address))
}

/// Fetches a source; of a page that shows a file, the file. `progress` gets the bytes so far, and those in all if they
/// are known.
pub async fn fetch(source: &Source, abort: Option<&Abort>, progress: &dyn Fn(f64, Option<f64>)) -> Fetched {
    let page = page();
    let fail = |path: &str, why: String| Fetched { path: path.to_owned(), content: Err(why) };
    let named = Url::new_with_base(&source.address, &page);
    let (Ok(named), Ok(url)) = (named, Url::new_with_base(source.file(), &page)) else {
        return fail(&source.address, "not a valid URL".to_owned());
    };
    let href = url.href();
    let asked = Asked { page: &page, url: &href, is_online: window().navigator().on_line() };
    let scheme = url.protocol();
    let scheme = scheme.trim_end_matches(':');
    if !matches!(scheme, "http" | "https" | "data" | "blob") {
        return fail(&source.address, reason(asked, Failure::Scheme(scheme)));
    }
    // The page's path names the file, as API paths do not.
    let path = path_of(&named, &source.address);
    match download(&url, asked, abort, progress).await {
        Ok(blob) => {
            let path = if source.members.is_empty() || !is_archive(&blob).await {
                path
            } else {
                format!("{path}!/{}", source.members)
            };
            Fetched { path, content: Ok(blob) }
        }
        Err(why) => fail(&path, why),
    }
}

fn path_of(url: &Url, source: &str) -> String {
    let path = url.pathname();
    let decoded = js_sys::decode_uri_component(&path).map_or(path, String::from);
    let path = decoded.trim_start_matches('/');
    if path.is_empty() || url.protocol() == "data:" {
        source.chars().take(200).collect()
    } else {
        path.to_owned()
    }
}

/// What has arrived of a file.
struct Partial {
    pieces: Array,
    bytes: f64,
    version: Version,
}

/// Downloads a file, in several tries if need be. The error is the reason in words.
async fn download(
    url: &Url,
    asked: Asked<'_>,
    abort: Option<&Abort>,
    progress: &dyn Fn(f64, Option<f64>),
) -> Result<Blob, String> {
    if !window().location().origin().is_ok_and(|origin| origin == url.origin()) {
        offline::allow(&url.href()).await;
    }
    let mut have = Partial { pieces: Array::new(), bytes: 0.0, version: Version::default() };
    let mut retries = 0;
    loop {
        let (failure, status, after_s) = match attempt(url, abort, &mut have, progress).await {
            Ok(()) => {
                let blob = Blob::new_with_blob_sequence(&have.pieces);
                let blob = blob.map_err(|_| reason(asked, Failure::Interrupted))?;
                return match is_login(&blob).await {
                    true => Err(reason(asked, Failure::Login)),
                    false => Ok(blob),
                };
            }
            Err(Problem::Status(response)) => {
                let after = header(&response, "retry-after");
                let after_s = retry_after_s(&after, js_sys::Date::now(), js_sys::Date::parse);
                let status = response.status();
                let words = response.status_text();
                (reason(asked, Failure::Status(status, &words)), Some(status), after_s)
            }
            Err(Problem::BrokenOff) => (reason(asked, Failure::Interrupted), None, None),
            // Not tried again, unless something has arrived before.
            Err(Problem::NoAnswer) if retries == 0 && have.bytes == 0.0 => {
                if abort.is_some_and(Abort::is_aborted) {
                    return Err(reason(asked, Failure::Cancelled));
                }
                let answers = answers(url, asked.page, abort).await;
                return Err(reason(asked, Failure::NoAnswer(answers)));
            }
            Err(Problem::NoAnswer) => (reason(asked, Failure::Interrupted), None, None),
        };
        if abort.is_some_and(Abort::is_aborted) {
            return Err(reason(asked, Failure::Cancelled));
        }
        let Some(wait_ms) = wait_ms(retries, status, after_s) else {
            return Err(failure);
        };
        TimeoutFuture::new(wait_ms).await;
        if abort.is_some_and(Abort::is_aborted) {
            return Err(reason(asked, Failure::Cancelled));
        }
        retries += 1;
    }
}

/// Why one try failed.
enum Problem {
    NoAnswer,
    Status(Response),
    BrokenOff,
}

/// Tries to get the file, or what is missing of it.
async fn attempt(
    url: &Url,
    abort: Option<&Abort>,
    have: &mut Partial,
    progress: &dyn Fn(f64, Option<f64>),
) -> Result<(), Problem> {
    let signal = abort.map(|abort| abort.0.signal());
    let mut request = Request::get(&url.href())
        .abort_signal(signal.as_ref())
        .credentials(RequestCredentials::Omit)
        .referrer_policy(ReferrerPolicy::NoReferrer);
    let continues = have.bytes > 0.0 && have.version.can_continue();
    if continues {
        // A plain range needs no permission of other origins; `If-Range` would.
        request = request.header("Range", &format!("bytes={}-", have.bytes));
        let is_own = window().location().origin().is_ok_and(|origin| origin == url.origin());
        if is_own && !have.version.etag.is_empty() {
            request = request.header("If-Range", &have.version.etag);
        }
    }
    let response = request.send().await.map_err(|_| Problem::NoAnswer)?;
    if !response.ok() {
        return Err(Problem::Status(response));
    }
    let version = Version {
        etag: header(&response, "etag"),
        modified: header(&response, "last-modified"),
        bytes: header(&response, "content-length").parse().ok(),
        is_encoded: !header(&response, "content-encoding").is_empty(),
    };
    let range = header(&response, "content-range");
    if response.status() != 206 {
        *have = Partial { pieces: Array::new(), bytes: 0.0, version };
    } else if !continues || !have.version.continues(&version, &range, have.bytes) {
        // The file changed meanwhile: from the start, in the next try.
        *have = Partial { pieces: Array::new(), bytes: 0.0, version: Version::default() };
        return Err(Problem::BrokenOff);
    }
    let total = have.version.bytes.filter(|_| !have.version.is_encoded);
    match response.body() {
        Some(body) => {
            read(&body, have, &|bytes| progress(bytes, total)).await.map_err(|_| Problem::BrokenOff)
        }
        None => Ok(()),
    }
}

/// Reads a body to its end. What has arrived is kept if it breaks off.
async fn read(body: &ReadableStream, have: &mut Partial, progress: &dyn Fn(f64)) -> Result<(), JsValue> {
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let (mut pieces, mut waiting) = (Array::new(), 0);
    loop {
        let read = JsFuture::from(reader.read()).await;
        let piece = match &read {
            Ok(read) => Reflect::get(read, &"value".into())?.dyn_into::<Uint8Array>().ok(),
            Err(_) => None,
        };
        if let Some(piece) = &piece {
            pieces.push(piece);
            waiting += piece.byte_length();
            have.bytes += f64::from(piece.byte_length());
            progress(have.bytes);
        }
        if waiting >= JOINED_BYTES || piece.is_none() {
            have.pieces.push(Blob::new_with_u8_array_sequence(&pieces)?.as_ref());
            (pieces, waiting) = (Array::new(), 0);
        }
        if piece.is_none() {
            return read.map(drop);
        }
    }
}

fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).unwrap_or_default()
}

/// Whether the server of another origin answers at all. Its answer stays hidden from the page.
async fn answers(url: &Url, page: &str, abort: Option<&Abort>) -> Option<bool> {
    let page = Url::new(page).ok()?;
    let is_mixed = page.protocol() == "https:" && url.protocol() == "http:";
    if page.origin() == url.origin() || is_mixed {
        return None;
    }
    let signal = abort.map(|abort| abort.0.signal());
    let request = Request::get(&url.href())
        .method(gloo_net::http::Method::HEAD)
        .mode(RequestMode::NoCors)
        .abort_signal(signal.as_ref())
        .credentials(RequestCredentials::Omit)
        .referrer_policy(ReferrerPolicy::NoReferrer);
    Some(request.send().await.is_ok())
}

/// Whether a file is a page to log in.
async fn is_login(blob: &Blob) -> bool {
    let Ok(head) = blob.slice_with_f64_and_f64(0.0, LOGIN_BYTES) else {
        return false;
    };
    let text = JsFuture::from(head.text()).await.ok().and_then(|text| text.as_string());
    text.is_some_and(|text| is_login_page(&text))
}

async fn is_archive(blob: &Blob) -> bool {
    let Ok(head) = blob.slice_with_f64_and_f64(0.0, HEAD_BYTES as f64) else {
        return false;
    };
    let bytes = JsFuture::from(head.array_buffer()).await;
    bytes.is_ok_and(|bytes| Kind::of(&Uint8Array::new(&bytes).to_vec()).is_some())
}
