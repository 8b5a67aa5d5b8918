//! chromedriver: one process for all browsers of this program.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError, Weak},
};

use anyhow::{Context, Result, bail};

use crate::environment;

/// What chromedriver says when it listens; the port follows.
const READY: &str = "started successfully on port ";

/// A running chromedriver, stopped when the last browser lets go of it.
///
/// Each browser keeps one, so it outlives all of them. A static value could not do that: it is
/// never dropped.
pub struct Chromedriver {
    process: Child,
    port: u16,
}

impl Chromedriver {
    /// The running one, or a new one.
    pub fn shared() -> Result<Arc<Self>> {
        static SHARED: Mutex<Weak<Chromedriver>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = shared.upgrade() {
            return Ok(running);
        }
        let started = Arc::new(Self::start()?);
        *shared = Arc::downgrade(&started);
        Ok(started)
    }

    fn start() -> Result<Self> {
        let program = environment::driver()?;
        let mut process = Command::new(&program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("could not start {}", program.display()))?;
        let output = process.stdout.take().context("chromedriver has no output")?;
        let mut output = BufReader::new(output);
        let mut said = String::new();
        while output.read_line(&mut said)? > 0 {
            let line = said.lines().last().unwrap_or_default();
            let Some((_, port)) = line.split_once(READY) else {
                continue;
            };
            let port = port.trim_end_matches('.').trim().parse().context("chromedriver's port")?;
            // A full pipe would stop it.
            std::thread::spawn(move || {
                let mut rest = Vec::new();
                let _ = output.read_to_end(&mut rest);
            });
            return Ok(Self { process, port });
        }
        bail!("chromedriver did not start; it said: {said}")
    }

    /// Where it listens.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
