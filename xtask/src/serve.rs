//! The page on this machine: the release build, or a debug build that follows the sources.

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

/// Builds the page and serves it until the person stops the command.
///
/// # Errors
///
/// If the port is taken, which is found out before anything is built, or the build fails.
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

/// Serves a debug build that Trunk makes anew after each change of a source.
///
/// It has its own folder, so that a release build in `dist/` stays what it is.
///
/// # Errors
///
/// If the port is taken or Trunk cannot start. Errors in the sources are shown and waited out.
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

/// Listens on both of localhost's addresses, as a browser may try either first. A machine may
/// lack IPv6; it cannot lack IPv4.
fn listen(port: u16) -> Result<Vec<TcpListener>> {
    let first = bind((Ipv4Addr::LOCALHOST, port)).with_context(|| {
        let other = port.checked_add(1).unwrap_or(8080);
        format!(
            "port {port} cannot be used; does another server run there?\n\
             Take another one: `--port {other}`"
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

/// The files of the build. Browsers ask each time whether a file has changed, so that the next
/// build is seen at once.
fn site(workspace: &Workspace) -> Router {
    let always_ask =
        SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Router::new().fallback_service(ServeDir::new(workspace.dist())).layer(always_ask)
}

/// Opens the address in the person's browser. On a machine without one that is no failure.
fn open_in_browser(address: &str) {
    if let Err(error) = opener::open_browser(address) {
        println!("note: no browser could be opened ({error}); open the address yourself");
    }
}
