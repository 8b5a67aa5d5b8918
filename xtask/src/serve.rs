//! Serves the page on this machine: the release build, or a debug build that is rebuilt after changes.

use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

use anyhow::{Context, Result};
use axum::{
    Router,
    http::{HeaderValue, header},
};
use tower_http::{services::ServeDir, set_header::SetResponseHeaderLayer};

use crate::{
    build, process,
    setup::{self, Needs},
    workspace::Workspace,
};

/// Builds the page and serves it until the command is stopped.
///
/// # Errors
///
/// If the port is taken, which is checked before anything is built, or the build fails.
pub fn serve(workspace: &Workspace, port: u16, open: bool) -> Result<()> {
    let listeners = listen(port)?;
    setup::setup(workspace, Needs::Build)?;
    build::build(workspace)?;

    let site = site(workspace);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        for listener in listeners {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            let site = site.clone();
            tokio::spawn(async move { axum::serve(listener, site).await });
        }
        let address = format!("http://localhost:{port}/");
        println!("\nPassgrid is at {address} (stop with Ctrl+C)");
        if open {
            open_in_browser(&address);
        }
        // The server ends with the process.
        std::future::pending().await
    })
}

/// Serves a debug build that Trunk rebuilds after each change of a source file.
///
/// The build has its own folder, so a release build in `dist/` stays as it is.
///
/// # Errors
///
/// If the port is taken or Trunk cannot start. Errors in the sources are printed, and do not end it.
pub fn dev(workspace: &Workspace, port: u16, open: bool) -> Result<()> {
    drop(listen(port)?);
    setup::setup(workspace, Needs::Build)?;
    let mut trunk = build::trunk(workspace)?;
    trunk.args(["serve", "--dist", "target/dev", "--port", &port.to_string()]);
    if open {
        trunk.arg("--open");
    }
    process::run(&mut trunk)
}

/// Listens on both addresses of localhost, because a browser may try either first. IPv6 may be
/// missing; IPv4 may not.
fn listen(port: u16) -> Result<Vec<TcpListener>> {
    let first = bind((Ipv4Addr::LOCALHOST, port)).with_context(|| {
        let other = port.checked_add(1).unwrap_or(8080);
        format!(
            "port {port} is not available; is another server using it?\n\
             Use another port: `--port {other}`"
        )
    })?;
    let second = bind((Ipv6Addr::LOCALHOST, port)).ok();
    Ok(std::iter::once(first).chain(second).collect())
}

fn bind(address: impl std::net::ToSocketAddrs) -> std::io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Serves the files of the build. Browsers ask each time whether a file has changed, so the next
/// build shows at once.
fn site(workspace: &Workspace) -> Router {
    let always_ask =
        SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Router::new().fallback_service(ServeDir::new(workspace.dist())).layer(always_ask)
}

/// Opens the address in the default browser. A machine without one is not an error.
fn open_in_browser(address: &str) {
    if let Err(error) = opener::open_browser(address) {
        println!("note: no browser could be opened ({error}); open the address yourself");
    }
}
