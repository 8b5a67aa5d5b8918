//! Runs other programs. Errors name the command line.

use std::{
    ffi::OsStr,
    path::Path,
    process::{Command, Output},
};

use anyhow::{Context, Result, bail};

/// Runs a command. Its output goes to the terminal.
///
/// # Errors
///
/// If it cannot be started or fails.
pub fn run(command: &mut Command) -> Result<()> {
    let line = command_line(command);
    let status = command.status().with_context(|| format!("could not start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed ({status}); its output is above");
    }
    Ok(())
}

/// Runs a command and returns its standard output, trimmed.
///
/// # Errors
///
/// If it cannot be started or fails; then the message has its standard error.
pub fn output(command: &mut Command) -> Result<String> {
    Ok(String::from_utf8_lossy(&finished(command)?.stdout).trim().to_owned())
}

/// Runs a command and returns its standard error.
///
/// # Errors
///
/// As for [`output`].
pub fn errors(command: &mut Command) -> Result<String> {
    Ok(String::from_utf8_lossy(&finished(command)?.stderr).into_owned())
}

fn finished(command: &mut Command) -> Result<Output> {
    let line = command_line(command);
    let output = command.output().with_context(|| format!("could not start `{line}`"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{line}` failed ({}): {}", output.status, said.trim());
    }
    Ok(output)
}

/// Returns the command as a person would type it, without the program's folder.
fn command_line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let words: Vec<_> = std::iter::once(name).chain(command.get_args()).map(OsStr::to_string_lossy).collect();
    words.join(" ")
}
