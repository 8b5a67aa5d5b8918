//! Fetches published results by URL.

use crate::query::raw_address;
use gloo_net::http::{Request, Response};
use gloo_utils::window;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Blob, Url};

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

/// Fetches `source`, a URL that is absolute or relative to the page; of a page that shows a file, the file.
pub async fn fetch(source: &str, abort: Option<&Abort>) -> Fetched {
    let page = window().location().href().unwrap_or_default();
    let named = match Url::new_with_base(source, &page) {
        Ok(url) if matches!(url.protocol().as_str(), "http:" | "https:" | "data:" | "blob:") => url,
        Ok(url) => {
            let reason = format!("`{}` URLs cannot be fetched; use http or https", url.protocol());
            return Fetched { path: source.to_owned(), content: Err(reason) };
        }
        Err(_) => return Fetched { path: source.to_owned(), content: Err("not a valid URL".to_owned()) },
    };
    let raw = raw_address(source).and_then(|raw| Url::new(&raw).ok());
    // The page's path names the file, as API paths do not.
    let path = path_of(&named, source);
    let content = content_of(raw.as_ref().unwrap_or(&named), &page, abort).await;
    Fetched { path, content }
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

async fn content_of(url: &Url, page: &str, abort: Option<&Abort>) -> Result<Blob, String> {
    let href = url.href();
    let signal = abort.map(|abort| abort.0.signal());
    let failed = |reason: String| {
        let is_aborted = abort.is_some_and(Abort::is_aborted);
        Err(if is_aborted { format!("{href}: the download was cancelled") } else { reason })
    };
    let response = match Request::get(&href).abort_signal(signal.as_ref()).send().await {
        Ok(response) => response,
        Err(_) => return failed(unreachable_reason(url, page)),
    };
    if !response.ok() {
        return Err(format!("{href}: {}", refusal(&response)));
    }
    let response: web_sys::Response = response.into();
    let blob = match response.blob() {
        Ok(promise) => JsFuture::from(promise).await,
        Err(error) => Err(error),
    };
    match blob {
        Ok(blob) => Ok(blob.unchecked_into()),
        Err(_) => failed(format!("{href}: the download was interrupted")),
    }
}

/// The server's error, and a hint.
fn refusal(response: &Response) -> String {
    let hint = match response.status() {
        401 | 403 => "; login required, or the link has expired",
        404 => "; check the URL",
        _ => "",
    };
    let status = format!("{} {}", response.status(), response.status_text());
    format!("the server responded with {}{hint}", status.trim())
}

/// Explains why a fetch failed. Browsers do not say, but the URL gives hints.
fn unreachable_reason(url: &Url, page: &str) -> String {
    let href = url.href();
    let here = Url::new(page).map(|here| (here.origin(), here.protocol()));
    let (origin, protocol) = here.unwrap_or_default();
    if protocol == "https:" && url.protocol() == "http:" {
        return format!("{href}: an https page cannot load http URLs");
    }
    if origin != url.origin() {
        return format!(
            "{href}: could not be fetched. The server could not be reached, or it does not allow other \
             websites to read its files (it must send Access-Control-Allow-Origin)"
        );
    }
    format!("{href}: could not be fetched; the server could not be reached")
}
