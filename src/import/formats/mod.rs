//! The formats: a file or a folder each, and their registry.
//!
//! A format's module has three constants: `ABOUT` (key, name, tool, family and
//! richness), `GUIDE` (its row in `docs/formats.md`) and `FORMAT` (how to recognize
//! and read it). A format knows `import/`'s machinery and the model. Related formats
//! share a folder and the code in its `mod.rs`.

mod allure;
mod avocado;
mod csv;
mod ctest;
mod ctrf;
mod cucumber;
mod dart;
mod dut_attributes;
mod dut_json;
mod go;
mod gtest;
mod javascript;
mod junit;
mod kirk;
mod known_issues;
mod kunit;
mod lava;
mod libtest;
mod manifest;
mod micropython;
mod nunit;
mod octoprobe;
mod open_test_reporting;
mod openhtf;
mod pytest;
mod robot;
mod rspec;
mod squad;
mod subunit;
mod summary;
mod tap;
mod trx;
mod twister;
mod xunit_net;
mod yocto;

use super::about::{About, Guide};
use super::format::{Format, Formats};
use super::unrecognized::NearMiss;

/// Defines the lists of formats. They are constants, so that the page can use
/// [`ABOUT`] without linking any importer.
macro_rules! registry {
    ($($($module:ident)::+,)+) => {
        /// The description of each format.
        pub const ABOUT: &[&About] = &[$(&$($module)::+::ABOUT),+];
        /// Each format's row in `docs/formats.md`.
        pub const GUIDES: &[&Guide] = &[$(&$($module)::+::GUIDE),+];
        /// All formats, in the order in which detection tries them.
        pub const FORMATS: &[Format] = &[$($($module)::+::FORMAT),+];
    };
}

// One line per format, in the order in which detection tries them. Lists of a family
// have the same order, so formats that many people use come first.
registry![
    junit,
    pytest::json_report,
    pytest::oof::pickle,
    pytest::oof::json,
    pytest::reportlog,
    pytest::recap,
    pytest::tally,
    pytest::benchmark,
    pytest::html,
    robot::xml,
    robot::json,
    nunit,
    xunit_net,
    trx,
    open_test_reporting,
    ctest,
    octoprobe::group,
    octoprobe::context,
    octoprobe::xfail,
    micropython::results,
    micropython::output,
    twister,
    openhtf,
    yocto,
    lava,
    kunit,
    // Before Mochawesome, which would claim it.
    kirk,
    avocado,
    squad::metadata,
    squad::known_issues,
    ctrf,
    javascript::playwright,
    javascript::jest,
    javascript::mochawesome,
    javascript::mocha,
    javascript::mocha_stream,
    cucumber,
    rspec,
    // Before plain JSON, which would claim it.
    gtest,
    allure,
    go,
    // Before TAP, which would claim it.
    tap::ktap,
    tap,
    subunit,
    libtest::json,
    libtest::text,
    dart,
    manifest,
    summary,
    known_issues,
    // Before plain JSON, which would claim it.
    dut_attributes,
    dut_json,
    // From here on, formats that claim any file of a general shape.
    squad::tests,
    squad::metrics,
    allure::environment,
    csv,
];

/// First lines of reports of text.
const BEGINS: &[fn(&str) -> bool] = &[
    micropython::output::begins,
    lava::begins,
    tap::ktap::begins,
    tap::begins,
    subunit::begins,
    libtest::text::begins,
    go::begins,
    csv::begins,
];

/// The formats that claim files of a general shape, except tables, which have a header, and those
/// whose reports are folders of small files.
const GENERAL: &[&str] = &[
    squad::metadata::ABOUT.key,
    squad::tests::ABOUT.key,
    squad::metrics::ABOUT.key,
    allure::ABOUT.key,
    allure::environment::ABOUT.key,
    octoprobe::context::ABOUT.key,
    octoprobe::xfail::ABOUT.key,
    squad::known_issues::ABOUT.key,
    known_issues::ABOUT.key,
    manifest::ABOUT.key,
    dut_attributes::ABOUT.key,
];

/// Unsupported variants of formats, which are recognized to say what to do.
const NEAR_MISSES: &[NearMiss] = &[subunit::explain_version_2, gtest::explain_text];

/// All formats.
pub static ALL: Formats =
    Formats { formats: FORMATS, begins: BEGINS, general: GENERAL, near_misses: NEAR_MISSES };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_module_describes_one_format() {
        for ((about, guide), format) in ABOUT.iter().zip(GUIDES).zip(FORMATS) {
            assert_eq!((guide.about.key, format.about().key), (about.key, about.key));
        }
        let keys: std::collections::BTreeSet<&str> = ABOUT.iter().map(|about| about.key).collect();
        assert_eq!(keys.len(), ABOUT.len(), "keys are unique");
    }
}
