//! Published results, by address.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Blob, RequestInit, Response, Url};

/// What became of an address.
pub struct Fetched {
    /// The path in the address: evidence for the DUT, as that of a file is.
    pub path: String,
    /// The content, or why there is none and what may help.
    pub content: Result<Blob, String>,
}

/// Gives up what is being fetched.
#[derive(Clone)]
pub struct Stop(AbortController);

impl Stop {
    /// One for any number of fetches. There is none in browsers that are too
    /// old for everything else here.
    pub fn new() -> Option<Stop> {
        AbortController::new().ok().map(Stop)
    }

    /// Gives up.
    pub fn stop(&self) {
        self.0.abort();
    }
}

/// Fetches `source`, which is absolute or relative to the page.
pub async fn fetch(source: &str, stop: Option<&Stop>) -> Fetched {
    let page = super::document::window().location().href().unwrap_or_default();
    let url = match Url::new_with_base(source, &page) {
        Ok(url) if matches!(url.protocol().as_str(), "http:" | "https:" | "data:" | "blob:") => url,
        Ok(url) => {
            let why = format!("addresses with `{}` cannot be fetched; use http or https", url.protocol());
            return Fetched { path: source.to_owned(), content: Err(why) };
        }
        Err(_) => {
            let why = "this is no address".to_owned();
            return Fetched { path: source.to_owned(), content: Err(why) };
        }
    };
    let path = path_of(&url, source);
    let content = content_of(&url, &page, stop).await;
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

async fn content_of(url: &Url, page: &str, stop: Option<&Stop>) -> Result<Blob, String> {
    let href = url.href();
    let options = RequestInit::new();
    options.set_signal(stop.map(|stop| stop.0.signal()).as_ref());
    let is_stopped = || stop.is_some_and(|stop| stop.0.signal().aborted());
    let given_up = || format!("{href}: given up before the server had answered");
    let request = super::document::window().fetch_with_str_and_init(&href, &options);
    let response: Response = match JsFuture::from(request).await {
        Ok(response) => response.unchecked_into(),
        Err(_) if is_stopped() => return Err(given_up()),
        Err(_) => return Err(unreachable_reason(url, page)),
    };
    if !response.ok() {
        let hint = match response.status() {
            401 | 403 => "; the server wants a log-in, or the link has expired",
            404 => "; is the address right?",
            _ => "",
        };
        let text = response.status_text();
        let status = format!("{} {text}", response.status());
        return Err(format!("{href}: the server answered {}{hint}", status.trim()));
    }
    let blob = match response.blob() {
        Ok(promise) => JsFuture::from(promise).await,
        Err(error) => Err(error),
    };
    blob.map(JsCast::unchecked_into).map_err(|_| match is_stopped() {
        true => given_up(),
        false => format!("{href}: the answer broke off"),
    })
}

/// A browser does not say why a fetch failed; the address often tells.
fn unreachable_reason(url: &Url, page: &str) -> String {
    let href = url.href();
    let here = Url::new(page).map(|here| (here.origin(), here.protocol()));
    let (origin, protocol) = here.unwrap_or_default();
    if protocol == "https:" && url.protocol() == "http:" {
        return format!("{href}: a page that came by https may not load from http");
    }
    if origin != url.origin() {
        return format!(
            "{href}: could not be fetched. Either the server cannot be reached, or it does not allow other \
             pages to read from it (it must send Access-Control-Allow-Origin)"
        );
    }
    format!("{href}: could not be fetched; the server cannot be reached")
}
