//! The tasks of this repository, as `cargo xtask <command>`.
//!
//! `serve` and `test` are all that most people need: each installs what is missing first, so that
//! a fresh clone needs no preparation. Everything is installed below `target/` and
//! `node_modules/`, except rustup's wasm target and the browsers for the tests.

mod browser_bins;
mod build;
mod dist;
mod fuzz;
mod one_file;
mod process;
mod serve;
mod setup;
mod stamp;
mod test;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{setup::Needs, workspace::Workspace};

/// Setup, server, tests and measurements of Passgrid.
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
    /// Run every test: engine, tasks, and the page in real browsers.
    Test(Browsers),
    /// Serve a debug build and rebuild it after each change of a source file.
    Dev(Address),
    /// Build the page for a static host and print its sizes.
    Dist(Dist),
    /// Only install what building and testing need.
    Setup(Browsers),
    /// Measure the page in Chromium; arguments go to the benchmark (`-- --help` lists them).
    Bench(Passed),
    /// Look for inputs that break the importer, with libFuzzer. Needs a C++ compiler.
    Fuzz(Fuzzing),
    /// Take screenshots of every view; arguments select some of them by parts of their names.
    Shots(Passed),
    /// Join a build's style sheets and fill in its policy and ID. Trunk calls this as a hook; see Trunk.toml.
    #[command(hide = true)]
    Stamp,
}

/// What is written besides the page.
#[derive(Args)]
struct Dist {
    /// Write each file compressed, too, as FILE.gz, for servers that send such files.
    #[arg(long)]
    gzip: bool,
}

/// Which browsers are required.
#[derive(Args)]
struct Browsers {
    /// Fail if Firefox or WebKitGTK cannot be installed, instead of ignoring the tests in it.
    #[arg(long)]
    all_browsers: bool,
}

/// What is fuzzed, and for how long.
#[derive(Args)]
struct Fuzzing {
    /// The targets; all of them if none is named.
    targets: Vec<fuzz::Target>,
    /// How long each target runs.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Starts the random choices: equal numbers try equal inputs, as far as the time lasts. Without it,
    /// each run tries others.
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    seed: u32,
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

/// Arguments that are passed on to another program.
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
        Command::Test(browsers) => test::test(&workspace, browsers.all_browsers),
        Command::Dev(address) => serve::dev(&workspace, address.port, !address.no_open),
        Command::Dist(Dist { gzip }) => dist::dist(&workspace, gzip),
        Command::Setup(browsers) => setup::setup(&workspace, Needs::of_tests(browsers.all_browsers)),
        Command::Bench(passed) => browser_bins::run(&workspace, "bench", &passed.arguments),
        Command::Fuzz(Fuzzing { targets, seconds, seed }) => {
            let all = fuzz::Target::value_variants();
            fuzz::fuzz(&workspace, if targets.is_empty() { all } else { &targets }, seconds, seed)
        }
        Command::Shots(passed) => browser_bins::run(&workspace, "shots", &passed.arguments),
        Command::Stamp => stamp::stamp_staged_build(&workspace),
    }
}
