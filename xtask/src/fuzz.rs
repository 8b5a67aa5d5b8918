//! Builds and runs the fuzz targets: programs that look for inputs that break the importer.
//!
//! libFuzzer needs a compiler with its coverage pass and no sanitizer, so stable Rust and a C++
//! compiler are enough.

use std::{fs, process::Command, thread};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::{process, workspace::Workspace};

/// A program that reads arbitrary bytes.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// Reads bytes as a file, in the detected format and in another one, whole and in pieces.
    Import,
    /// Reads bytes as an archive.
    Archive,
}

impl Target {
    fn name(self) -> &'static str {
        match self {
            Target::Import => "import",
            Target::Archive => "archive",
        }
    }

    /// The folder of fixtures that the target starts from.
    fn fixtures(self) -> &'static str {
        match self {
            Target::Import => "fixtures",
            Target::Archive => "fixtures/archives",
        }
    }

    /// The longest input. Longer ones take long, and find no more.
    fn most_bytes(self) -> u32 {
        match self {
            Target::Import => 8 << 10,
            Target::Archive => 24 << 10,
        }
    }
}

/// What libFuzzer has to be told by the compiler: which code an input reaches, and what it compares.
const COVERAGE: [&str; 6] = [
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// Runs targets for some seconds each, all at the same time, with random choices that start from
/// `seed`; 0 is another one each time. An input that breaks one is kept in
/// `target/fuzz/findings`.
///
/// # Errors
///
/// If the build fails, or a target finds an input that breaks it.
pub fn fuzz(workspace: &Workspace, targets: &[Target], seconds: u32, seed: u32) -> Result<()> {
    let triple = host(workspace)?;
    let folder = workspace.root().join("target/fuzz");
    println!("\n== building the fuzz targets");
    let mut build = workspace.cargo();
    // With a target triple, the flags do not apply to build scripts and macros.
    build.args(["build", "--release", "--manifest-path", "fuzz/Cargo.toml", "--target", &triple]);
    build.arg("--target-dir").arg(&folder).env("CARGO_ENCODED_RUSTFLAGS", COVERAGE.join("\x1f"));
    process::run(&mut build)?;

    let run = |target: Target| -> Result<()> {
        let name = target.name();
        let corpus = folder.join("corpus").join(name);
        let findings = folder.join("findings");
        fs::create_dir_all(&corpus)?;
        fs::create_dir_all(&findings)?;
        let mut command = Command::new(folder.join(&triple).join("release").join(name));
        command.current_dir(workspace.root());
        command.arg(format!("-max_total_time={seconds}")).arg(format!("-max_len={}", target.most_bytes()));
        command.arg(format!("-seed={seed}"));
        // A hang is an input that takes this long; libFuzzer counts seconds.
        command.args(["-timeout=20", "-rss_limit_mb=4000", "-verbosity=0", "-print_final_stats=1"]);
        command.arg(format!("-artifact_prefix={}/{name}-", findings.display()));
        command.arg(corpus).arg(target.fixtures());
        let inputs = ["seeds", "findings"].map(|inputs| format!("fuzz/{inputs}/{name}"));
        command.args(inputs.iter().filter(|inputs| workspace.root().join(inputs).is_dir()));
        let said = process::errors(&mut command)
            .with_context(|| format!("the fuzz target `{name}` found something"))?;
        let closing = said.lines().filter(|line| line.starts_with("stat::"));
        closing.for_each(|line| println!("{name}: {line}"));
        Ok(())
    };
    println!("\n== fuzzing for {seconds} s");
    let failed: Vec<_> = thread::scope(|scope| {
        let running: Vec<_> = targets.iter().map(|&target| scope.spawn(move || run(target))).collect();
        running
            .into_iter()
            .filter_map(|run| run.join().unwrap_or_else(|_| bail!("a task failed")).err())
            .collect()
    });
    match failed.into_iter().next() {
        Some(error) => Err(error),
        None => {
            println!("\nNothing found.");
            Ok(())
        }
    }
}

/// Returns the target triple of this machine.
fn host(workspace: &Workspace) -> Result<String> {
    let mut rustc = Command::new("rustc");
    let said = process::output(rustc.arg("-vV").current_dir(workspace.root()))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("`rustc -vV` does not name the host")
}
