//! The test server: the page below several paths, and sources of every kind, also bad ones.

use std::{
    convert::Infallible,
    future::{Ready, pending, ready},
    net::SocketAddr,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request as HttpRequest,
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot};
use tower_http::{services::ServeDir, set_header::SetResponseHeaderLayer};

use crate::environment;

/// A path below which the page is served too.
const PREFIX: &str = "/some/prefix/";

/// A slow network between the browser and the server.
///
/// The server emulates it, because DevTools' emulation leaves out what workers load. All answers
/// share the bandwidth.
#[derive(Clone, Copy, Debug)]
pub struct Network {
    /// Bytes per second.
    pub bandwidth: f64,
    /// From a request to the first byte of its answer.
    pub latency: Duration,
}

/// Timers wake up late. A line that waits no longer than this for its next bytes counts as busy: otherwise a
/// single answer would get three quarters of the bandwidth, and two answers at once nine tenths.
const LATE: Duration = Duration::from_millis(10);

/// The state of a [`Network`].
struct Line {
    network: Network,
    /// When it has transmitted all that was sent so far.
    is_free_at: Mutex<Instant>,
}

impl Line {
    /// Waits until this many more bytes are transmitted.
    async fn transmit(&self, bytes: usize) {
        let duration = Duration::from_secs_f64(bytes as f64 / self.network.bandwidth);
        let end = {
            let mut is_free_at = self.is_free_at.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let was_idle = now.saturating_duration_since(*is_free_at) > LATE;
            *is_free_at = if was_idle { now } else { *is_free_at } + duration;
            *is_free_at
        };
        tokio::time::sleep_until(end.into()).await;
    }
}

/// Sends the answer piece by piece, as fast as the line is.
async fn transmit(line: Arc<Line>, request: HttpRequest, next: Next) -> Response {
    tokio::time::sleep(line.network.latency).await;
    let (head, body) = next.run(request).await.into_parts();
    let Ok(content) = axum::body::to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let pieces = futures_util::stream::unfold((line, content), async |(line, mut rest)| {
        if rest.is_empty() {
            return None;
        }
        let piece = rest.split_to(rest.len().min(4096));
        line.transmit(piece.len()).await;
        Some((Ok::<_, Infallible>(piece), (line, rest)))
    });
    Response::from_parts(head, Body::from_stream(pieces))
}

/// A request that reached the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Where it was addressed to: `page`, or `other` (the second origin).
    pub to: &'static str,
    /// Method, path and query.
    pub line: String,
}

/// A server on two free ports, which are two origins.
///
/// Below the page's own origin, and below [`Site::prefixed`] as well:
/// - `results/`: the checkout's fixtures
/// - `own/`: what a test puts into [`Site::own`]
/// - `hostile/`: `404.xml`, `500.xml`, `login.xml` (a web page with status 200), `empty.xml`,
///   `broken-off.xml` (shorter than announced), `slow.xml` (a piece each 100 ms, without end),
///   `never.xml` (no answer at all), `resumes.xml` and `restarts.xml` (broken off once; the second knows no
///   ranges), `busy.xml` (429 once), `down.xml` (503 twice), `moved.xml` (a redirect to `own/moved.xml`),
///   `signed.xml` (only with [`SIGNATURE`]), `wrong-type.xml`
///
/// The other origin has the same below `cors/`, where other pages may read it, and below `closed/`,
/// where they may not.
pub struct Site {
    page: SocketAddr,
    other: SocketAddr,
    own: TempDir,
    requests: Arc<Mutex<Vec<Request>>>,
    /// Dropped with the site, which ends the server.
    _stop: oneshot::Sender<Infallible>,
}

impl Site {
    /// Serves this build of the page. Where a file has a compressed twin (`.gz`), that is sent.
    ///
    /// # Errors
    ///
    /// If no port is free.
    pub fn start(dist: &Path) -> Result<Self> {
        Self::serve(dist, None)
    }

    /// Serves this build of the page through a slow network.
    ///
    /// # Errors
    ///
    /// If no port is free.
    pub fn start_behind(network: Network, dist: &Path) -> Result<Self> {
        Self::serve(dist, Some(network))
    }

    fn serve(dist: &Path, network: Option<Network>) -> Result<Self> {
        let own = tempfile::tempdir()?;
        let requests = Arc::new(Mutex::new(Vec::new()));
        let mut page = router(dist, own.path());
        if let Some(network) = network {
            let line = Arc::new(Line { network, is_free_at: Mutex::new(Instant::now()) });
            page = page.layer(middleware::from_fn(move |request: HttpRequest, next: Next| {
                transmit(Arc::clone(&line), request, next)
            }));
        }
        let other = other_origin(own.path());
        let log = Arc::clone(&requests);
        let (stop, stopped) = oneshot::channel::<Infallible>();
        let (tell, told) = std::sync::mpsc::channel();
        // Its own thread: a test that computes for a second does not hold up the page's requests.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                let addresses = serve(page, other, log).await;
                if tell.send(addresses).is_ok() {
                    let _ = stopped.await;
                }
            });
        });
        let [page, other] = told.recv().context("the server's thread ended")??;
        Ok(Self { page, other, own, requests, _stop: stop })
    }

    /// The page at the root of its host.
    pub fn address(&self) -> String {
        format!("http://{}/", self.page)
    }

    /// The same page below a path.
    pub fn prefixed(&self) -> String {
        format!("http://{}{PREFIX}", self.page)
    }

    /// An address on the other origin, whose sources every page may read.
    pub fn cors(&self, path: &str) -> String {
        format!("http://{}/cors/{path}", self.other)
    }

    /// An address on the other origin, whose sources no other page may read.
    pub fn closed(&self, path: &str) -> String {
        format!("http://{}/closed/{path}", self.other)
    }

    /// The folder that is served as `own/`.
    pub fn own(&self) -> &Path {
        self.own.path()
    }

    /// What was asked for so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

type Log = Arc<Mutex<Vec<Request>>>;

/// Starts both servers, and gives their addresses.
async fn serve(page: Router, other: Router, log: Log) -> Result<[SocketAddr; 2]> {
    Ok([serve_one(page, "page", &log).await?, serve_one(other, "other", &log).await?])
}

async fn serve_one(router: Router, to: &'static str, log: &Log) -> Result<SocketAddr> {
    let log = Arc::clone(log);
    let noted = middleware::from_fn(move |request: HttpRequest, next: Next| {
        let line = format!("{} {}", request.method(), request.uri());
        log.lock().unwrap_or_else(PoisonError::into_inner).push(Request { to, line });
        next.run(request)
    });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let router = router.layer(noted);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

fn router(dist: &Path, own: &Path) -> Router {
    let site = sources(own).fallback_service(ServeDir::new(dist).precompressed_gzip());
    Router::new().nest_service(PREFIX, site.clone()).merge(site).layer(no_cache())
}

fn other_origin(own: &Path) -> Router {
    let anyone = SetResponseHeaderLayer::overriding(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    Router::new().nest("/cors", sources(own).layer(anyone)).nest("/closed", sources(own)).layer(no_cache())
}

/// A reload must ask again, or the tests of reloads would test the browser's cache.
fn no_cache() -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))
}

/// The query that `hostile/signed.xml` wants, to the byte.
pub const SIGNATURE: &str = "X-Amz-Signature=ab%2fCd+e&X-Amz-Date=1~";

/// A report of three thousand tests.
fn report(suite: &str) -> String {
    let cases = (0..3000).map(|at| format!("<testcase classname=\"{suite}\" name=\"test_{at}\"/>\n"));
    format!("<testsuite name=\"{suite}\">\n{}</testsuite>\n", cases.collect::<String>())
}

async fn signed(request: HttpRequest) -> Response {
    match request.uri().query() {
        Some(SIGNATURE) => report("signed").into_response(),
        _ => StatusCode::FORBIDDEN.into_response(),
    }
}

/// Answers with an error so many times, and then with a report.
fn after(status: StatusCode, failures: u32) -> impl Fn() -> Ready<Response> + Clone {
    let left = Arc::new(AtomicU32::new(failures));
    move || {
        let fails = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        ready(match fails {
            true => (status, [(header::RETRY_AFTER, "1")], "later").into_response(),
            false => report("later").into_response(),
        })
    }
}

/// Breaks off in the middle of the first answer. Answers a range if it is meant to, with the rest.
fn resumes(has_ranges: bool) -> impl Fn(HttpRequest) -> Ready<Response> + Clone {
    let is_first = Arc::new(AtomicBool::new(true));
    move |request: HttpRequest| {
        let content = Bytes::from(report("long"));
        let common = [(header::ETAG, "\"one\""), (header::LAST_MODIFIED, "Mon, 30 Nov 2026 00:00:00 GMT")];
        let range = request.headers().get(header::RANGE).and_then(|range| range.to_str().ok());
        let from =
            range.and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
        if let Some(from) = from.filter(|from| has_ranges && *from < content.len()) {
            let range = format!("bytes {from}-{}/{}", content.len() - 1, content.len());
            let rest = content.slice(from..);
            return ready(
                (StatusCode::PARTIAL_CONTENT, common, [(header::CONTENT_RANGE, range)], rest).into_response(),
            );
        }
        if !is_first.swap(false, Ordering::SeqCst) {
            if has_ranges {
                // Who asks for all of it again has not understood that it can go on.
                return ready(StatusCode::FORBIDDEN.into_response());
            }
            return ready((common, content).into_response());
        }
        let (length, half) = (content.len().to_string(), content.slice(..content.len() / 2));
        let pieces = futures_util::stream::unfold(0, move |count| {
            let half = half.clone();
            async move {
                if count > 0 {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    return Some((Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset)), count));
                }
                Some((Ok(half), 1))
            }
        });
        ready((common, [(header::CONTENT_LENGTH, length)], Body::from_stream(pieces)).into_response())
    }
}

fn sources(own: &Path) -> Router {
    let login = || async {
        Html(
            "<!doctype html><html><head><title>Sign in</title></head><body><form>Please sign in</form></body></html>",
        )
    };
    let broken_off = || async {
        let begin = "<?xml version=\"1.0\"?><testsuites><testsuite name=\"s\"><testcase name=\"a\"/>";
        let pieces = futures_util::stream::unfold(0, move |count| async move {
            // The error closes the connection before the announced length is reached; what stands
            // before must have left by then.
            if count > 0 {
                tokio::time::sleep(Duration::from_millis(200)).await;
                return Some((Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset)), count));
            }
            Some((Ok(Bytes::from_static(begin.as_bytes())), 1))
        });
        ([(header::CONTENT_TYPE, "text/xml"), (header::CONTENT_LENGTH, "100000")], Body::from_stream(pieces))
    };
    let slow = || async {
        let piece = Bytes::from_static(b"<testcase name=\"a\"/>\n");
        let pieces = futures_util::stream::unfold(0_u32, move |count| {
            let piece =
                if count == 0 { Bytes::from_static(b"<testsuite name=\"s\">\n") } else { piece.clone() };
            async move {
                tokio::time::sleep(Duration::from_millis(100)).await;
                Some((Ok::<_, Infallible>(piece), count + 1))
            }
        });
        ([(header::CONTENT_TYPE, "text/xml")], Body::from_stream(pieces))
    };
    Router::new()
        .route("/hostile/404.xml", get(|| async { (StatusCode::NOT_FOUND, "nothing here") }))
        .route("/hostile/500.xml", get(|| async { (StatusCode::INTERNAL_SERVER_ERROR, "out of order") }))
        .route("/hostile/login.xml", get(login))
        .route("/hostile/empty.xml", get(|| async { [(header::CONTENT_TYPE, "text/xml")].into_response() }))
        .route("/hostile/broken-off.xml", get(broken_off))
        .route("/hostile/slow.xml", get(slow))
        .route("/hostile/resumes.xml", get(resumes(true)))
        .route("/hostile/restarts.xml", get(resumes(false)))
        .route("/hostile/busy.xml", get(after(StatusCode::TOO_MANY_REQUESTS, 1)))
        .route("/hostile/down.xml", get(after(StatusCode::SERVICE_UNAVAILABLE, 2)))
        .route("/hostile/moved.xml", get(|| async { Redirect::temporary("../own/moved.xml") }))
        .route("/hostile/signed.xml", get(signed))
        .route(
            "/hostile/wrong-type.xml",
            get(|| async { ([(header::CONTENT_TYPE, "application/octet-stream")], report("typed")) }),
        )
        .route("/hostile/never.xml", get(|| async { pending::<StatusCode>().await }))
        .nest_service("/results", ServeDir::new(environment::root().join("fixtures")))
        .nest_service("/own", ServeDir::new(own))
}
