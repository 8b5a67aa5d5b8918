//! Bounds on wall-clock times.
//!
//! They are meant for a machine that does nothing else. So only the performance run, `cargo xtask
//! bench --check`, checks them; in the functional run the same tests check everything else.

use std::env;

use anyhow::Result;

use crate::browser::{Browser, LongTask};

/// A computation of a fixed length. Takes the least of several times, in milliseconds.
const COMPUTE: &str = "Math.min(...Array.from({ length: 5 }, () => {
    const start = performance.now();
    let state = 1;
    for (let step = 0; step < 4e6; step += 1) state = (Math.imul(state, 1103515245) + 12345) | 0;
    return performance.now() - start + (state === 0 ? 1 : 0);
}))";

/// Milliseconds that it takes on the machine that the bounds were set on, when that is idle.
const COMPUTE_MS: f64 = 6.1;

/// Whether this is the performance run: `PASSGRID_CHECK_TIMES` is set.
pub fn are_checked() -> bool {
    env::var_os("PASSGRID_CHECK_TIMES").is_some()
}

/// How often to try to be within a bound: other programs can lengthen what is measured, never
/// shorten it, so the best of several rounds counts. Without bounds one round is enough.
pub fn rounds(most: usize) -> usize {
    if are_checked() { most } else { 1 }
}

/// Returns how many times longer than on the idle reference machine the page computes now: at
/// least 1. Bounds are multiplied by it, so that they are ratios to a computation of the same run.
///
/// # Errors
///
/// If there is no page.
pub async fn slowness(page: &Browser) -> Result<f64> {
    let ms: f64 = page.evaluate(COMPUTE).await?;
    Ok((ms / COMPUTE_MS).max(1.0))
}

/// Keeps the tasks that would be longer than 50 ms on the reference machine.
///
/// # Errors
///
/// If there is no page.
pub async fn too_long(page: &Browser, mut tasks: Vec<LongTask>) -> Result<Vec<LongTask>> {
    if !tasks.is_empty() {
        let bound = 50.0 * slowness(page).await?;
        tasks.retain(|task| task.duration >= bound);
    }
    Ok(tasks)
}
