//! Real files of other projects. They are not part of this one, so the tests run
//! where `PASSGRID_CORPUS` names their folder, and are ignored elsewhere.
//!
//! Other parsers or people counted the expected numbers; each test says how.

mod allure;
mod formats;
mod lab;
mod octoprobe;
mod runs;
mod secrets;
mod table;
mod twister;

use libtest_mimic::Trial;
use std::path::PathBuf;

/// The tests of a module, with their names.
type Tests = &'static [(&'static str, fn())];

/// Lists the tests of a module.
macro_rules! tests {
    ($($test:ident),+ $(,)?) => {
        pub const TESTS: super::Tests = &[$((stringify!($test), $test)),+];
    };
}
use tests;

const MODULES: [(&str, Tests); 8] = [
    ("allure", allure::TESTS),
    ("formats", formats::TESTS),
    ("lab", lab::TESTS),
    ("octoprobe", octoprobe::TESTS),
    ("runs", runs::TESTS),
    ("secrets", secrets::TESTS),
    ("table", table::TESTS),
    ("twister", twister::TESTS),
];

const ROOT: &str = "PASSGRID_CORPUS";

/// Returns a test per function, ignored where the corpus is absent.
pub fn trials() -> Vec<Trial> {
    let is_absent = std::env::var_os(ROOT).is_none();
    let trial = |module: &str, name: &str, test: fn()| {
        let run = move || {
            test();
            Ok(())
        };
        Trial::test(format!("corpus/{module}/{name}"), run).with_ignored_flag(is_absent)
    };
    let tests = MODULES.iter().flat_map(|(module, tests)| tests.iter().map(move |test| (module, test)));
    tests.map(|(module, &(name, test))| trial(module, name, test)).collect()
}

/// Returns the path of a folder or file of the corpus.
fn corpus(path: &str) -> PathBuf {
    let root = std::env::var_os(ROOT).unwrap_or_else(|| panic!("{ROOT} names no folder"));
    PathBuf::from(root).join(path)
}
