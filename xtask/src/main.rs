//! The tasks of this repository, as `cargo xtask <command>`.
//!
//! `serve` and `test` are all that most people need: each installs what is missing first, so that
//! a fresh clone needs no preparation. Everything that is installed goes below `target/` and
//! `node_modules/`, but for rustup's wasm target and, for the tests, Chromium.

mod browser_bins;
mod build;
mod dist;
mod process;
mod serve;
mod setup;
mod stamp;
mod test;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use crate::{setup::Needs, workspace::Workspace};

/// Set-up, serving, tests and measurements of Passgrid.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the page and serve it on this machine.
    Serve(Address),
    /// Run every test: engine, tasks, and the page in a real browser.
    Test,
    /// Serve a debug build that follows each change of a source file.
    Dev(Address),
    /// Build the page for a static host, and say what a first visit costs.
    Dist,
    /// Install what building and testing need, and nothing else.
    Setup,
    /// Measure the page in a real browser; arguments go to the benchmark.
    Bench(Passed),
    /// Take the documentation's screenshots; arguments go to the program that takes them.
    Shots(Passed),
    /// Join a build's style sheets, fill in its policy and id. Trunk calls this as a hook; see Trunk.toml.
    #[command(hide = true)]
    Stamp,
}

/// Where the page is served.
#[derive(Args)]
struct Address {
    /// The port on this machine.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Do not open a browser.
    #[arg(long)]
    no_open: bool,
}

/// Arguments that another program gets unchanged.
#[derive(Args)]
struct Passed {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            for cause in error.chain().skip(1) {
                eprintln!("  because: {cause}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    let workspace = Workspace::find();
    match command {
        Command::Serve(address) => serve::serve(&workspace, address.port, !address.no_open),
        Command::Test => test::test(&workspace),
        Command::Dev(address) => serve::dev(&workspace, address.port, !address.no_open),
        Command::Dist => dist::dist(&workspace),
        Command::Setup => setup::setup(&workspace, Needs::BuildAndBrowser),
        Command::Bench(passed) => browser_bins::run(&workspace, "bench", &passed.arguments),
        Command::Shots(passed) => browser_bins::run(&workspace, "shots", &passed.arguments),
        Command::Stamp => stamp::stamp_staged_build(&workspace),
    }
}
