//! Tests that are discovered at run time: one per folder of fixtures and per check, and those of the
//! corpus.
//!
//! A new folder below `fixtures/` is tested without a change here. `PASSGRID_CORPUS` names the
//! folder of the corpus, which has real files of other projects. Without it, its tests are reported
//! as ignored.
//!
//! Snapshots are reviewed like code (`cargo insta review`). With `CI` set, no snapshots are written.

mod corpus;
mod fixtures;
mod mutations;

// Each test target uses a part of these.
#[allow(dead_code)]
#[path = "../support/anything.rs"]
mod anything;
#[allow(dead_code)]
#[path = "../support/dropped.rs"]
mod dropped;
#[allow(dead_code)]
#[path = "../support/exports.rs"]
mod exports;

use dropped::Dropped;
use libtest_mimic::{Arguments, Failed, Trial};
use std::panic::{AssertUnwindSafe, catch_unwind};

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = fixtures::trials();
    trials.extend(mutations::trials());
    trials.extend(corpus::trials());
    libtest_mimic::run(&arguments, trials).exit();
}

/// Returns a test that runs a check on each of some files, and names those that fail.
fn trial_of_files(
    name: String,
    files: Vec<fixtures::File>,
    check: impl Fn(&fixtures::File) + Send + 'static,
) -> Trial {
    Trial::test(name, move || {
        let is_failed = |file: &&fixtures::File| catch_unwind(AssertUnwindSafe(|| check(file))).is_err();
        let failed: Vec<&str> = files.iter().filter(is_failed).map(|file| file.path.as_str()).collect();
        if failed.is_empty() {
            Ok(())
        } else {
            Err(Failed::from(format!("see above for {}", failed.join(", "))))
        }
    })
}
