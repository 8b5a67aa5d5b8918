//! Import: bytes of a file become sessions, results and notes.
//!
//! A format is one file of this folder, or one folder, and one row of [`FORMATS`]. Its
//! [`Importer`] is fed a file's text piece by piece and fills a [`Batch`]; its
//! `details` function parses one result's slice again, on demand. An importer
//! never fails: what it cannot read becomes a [`Note`](crate::model::Note) with
//! its place. Nothing here panics on what comes from outside, and nothing here
//! knows where bytes come from or what questions are asked of the results.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing))]

mod allure;
pub mod archive;
mod avocado;
mod batch;
mod claims;
mod csv;
mod ctest;
mod ctrf;
mod cucumber;
mod dart;
mod details;
mod detect;
mod dut_json;
mod encoding;
mod entry;
mod go;
mod gtest;
pub mod identify;
mod javascript;
mod json;
mod junit;
mod kept;
mod kirk;
mod kunit;
mod lava;
mod libtest;
pub mod limits;
mod lines;
mod measurement;
mod micropython;
mod number;
mod nunit;
mod octoprobe;
mod open_test_reporting;
mod openhtf;
mod pickle;
mod pytest;
mod pytest_json_report;
mod reader;
mod robot;
mod rows;
mod rspec;
mod seen;
mod squad;
mod subunit;
mod summary;
mod tap;
mod targets;
mod trx;
mod twister;
mod whole;
mod xml;
mod xunit_net;
mod yocto;

use crate::model::{Severity, Slice};

pub use batch::{Batch, Text};
pub use details::{Details, Section, SectionKind};
pub use encoding::decode;
pub use measurement::Measurement;
pub use reader::{Import, Imported, SAID};
pub use rows::{Role, Row, Rows};

/// Reads one file of one format, piece by piece.
pub trait Importer {
    /// Reads what is complete in `text`, which begins at byte `at` of the
    /// decoded file, and answers how many bytes of it are done with. The rest
    /// comes again, with more behind it; when `last` is set there is no more.
    fn read(&mut self, text: &str, at: u64, last: bool, batch: &mut Batch) -> usize;

    /// The file is at its end: settles what only the whole tells.
    fn finish(&mut self, batch: &mut Batch);
}

/// What people are told of a format.
pub struct About {
    /// The key in exports: `junit`.
    pub key: &'static str,
    /// The name that people see.
    pub name: &'static str,
}

/// A format's row in the README's table.
pub struct Guide {
    /// The format.
    pub about: &'static About,
    /// Who writes it.
    pub producers: &'static str,
    /// What is read of it, beyond names, outcomes, durations and messages.
    pub reads: &'static str,
    /// Where DUT, unit and build come from, but for what people type and paths.
    pub dut: &'static str,
    /// What it does not tell, or what is not read of it; "" where nothing is missed.
    pub limits: &'static str,
}

/// What detection and reading know of a format of texts.
pub struct Format {
    /// What people are told of it.
    pub about: &'static About,
    /// Whether a file that begins like this is of this format.
    pub detect: fn(&detect::Head) -> bool,
    /// A reader for one file.
    pub importer: fn() -> Box<dyn Importer>,
    /// Message, traceback and output of one result, from its slice of the text;
    /// [`kept::details`] where the importer keeps the texts.
    pub details: fn(&str) -> Details,
}

/// What detection and reading know of a format of bytes, which is read when
/// all of it is there. Its texts are kept.
pub struct BinaryFormat {
    /// What people are told of it.
    pub about: &'static About,
    /// Whether a file that begins like this is of this format.
    pub detect: fn(&[u8]) -> bool,
    /// Reads a file.
    pub read: fn(&[u8], &mut Batch),
}

/// What a file seems to be that no format claims, by its path, its first bytes
/// and its text. An error says that it was a report once, or was meant to be one.
pub type Explain = fn(&str, &[u8], &detect::Head) -> (Severity, String);

/// The formats that a host can read.
pub struct Formats {
    /// Texts, in the order in which they are tried.
    pub texts: &'static [Format],
    /// Bytes, tried before the texts.
    pub binaries: &'static [BinaryFormat],
    /// What a file that is of none of them seems to be, and how bad that is;
    /// nothing where another host may know.
    pub explain: Option<Explain>,
}

/// Formats that nearly every visit needs, and no others: what a page loads at
/// first. Other files are for a host with [`ALL`].
pub static COMMON: Formats = Formats { texts: COMMON_TEXTS, binaries: &[], explain: None };

/// All formats.
pub static ALL: Formats = Formats { texts: FORMATS, binaries: BINARIES, explain: Some(detect::explain) };

const COMMON_TEXTS: &[Format] = &[junit::FORMAT, pytest_json_report::FORMAT];

/// The formats that are read, for people: what [`FORMATS`] has, without the
/// code. The page shows it and must not hold the importers.
pub const ABOUT: &[&About] = &[
    &junit::ABOUT,
    &pytest_json_report::ABOUT,
    &xunit_net::ABOUT,
    &trx::ABOUT,
    &allure::ABOUT,
    &allure::ENVIRONMENT_ABOUT,
    &robot::ABOUT,
    &robot::ABOUT_JSON,
    &nunit::ABOUT,
    &ctest::ABOUT,
    &open_test_reporting::ABOUT,
    &ctrf::ABOUT,
    &javascript::playwright::ABOUT,
    &javascript::jest::ABOUT,
    &javascript::mocha::ABOUT,
    &javascript::mocha::STREAM_ABOUT,
    &javascript::mochawesome::ABOUT,
    &cucumber::ABOUT,
    &rspec::ABOUT,
    &gtest::ABOUT,
    &octoprobe::GROUP_ABOUT,
    &octoprobe::CONTEXT_ABOUT,
    &micropython::RESULTS_ABOUT,
    &micropython::OUTPUT_ABOUT,
    &twister::ABOUT,
    &openhtf::ABOUT,
    &yocto::ABOUT,
    &lava::ABOUT,
    &squad::TESTS_ABOUT,
    &squad::METRICS_ABOUT,
    &squad::METADATA_ABOUT,
    &kunit::ABOUT,
    &kirk::ABOUT,
    &avocado::ABOUT,
    &pytest::oof::ABOUT,
    &pytest::oof::ABOUT_JSON,
    &pytest::reportlog::ABOUT,
    &pytest::recap::ABOUT,
    &pytest::tally::ABOUT,
    &pytest::html::ABOUT,
    &go::ABOUT,
    &tap::ABOUT,
    &tap::KTAP_ABOUT,
    &subunit::ABOUT,
    &libtest::ABOUT,
    &libtest::TEXT_ABOUT,
    &dart::ABOUT,
    &csv::ABOUT,
    &dut_json::ABOUT,
    &summary::ABOUT,
];

/// The README's table of formats. Nothing on the page needs it.
pub const GUIDES: &[&Guide] = &[
    &junit::GUIDE,
    &pytest_json_report::GUIDE,
    &pytest::oof::GUIDE,
    &pytest::oof::GUIDE_JSON,
    &pytest::reportlog::GUIDE,
    &pytest::recap::GUIDE,
    &pytest::tally::GUIDE,
    &pytest::html::GUIDE,
    &allure::GUIDE,
    &allure::ENVIRONMENT_GUIDE,
    &ctrf::GUIDE,
    &javascript::playwright::GUIDE,
    &javascript::jest::GUIDE,
    &javascript::mocha::GUIDE,
    &javascript::mocha::STREAM_GUIDE,
    &javascript::mochawesome::GUIDE,
    &cucumber::GUIDE,
    &rspec::GUIDE,
    &gtest::GUIDE,
    &octoprobe::GROUP_GUIDE,
    &octoprobe::CONTEXT_GUIDE,
    &micropython::RESULTS_GUIDE,
    &micropython::OUTPUT_GUIDE,
    &robot::GUIDE,
    &robot::GUIDE_JSON,
    &nunit::GUIDE,
    &ctest::GUIDE,
    &open_test_reporting::GUIDE,
    &twister::GUIDE,
    &openhtf::GUIDE,
    &yocto::GUIDE,
    &lava::GUIDE,
    &squad::TESTS_GUIDE,
    &squad::METRICS_GUIDE,
    &squad::METADATA_GUIDE,
    &kunit::GUIDE,
    &kirk::GUIDE,
    &avocado::GUIDE,
    &xunit_net::GUIDE,
    &trx::GUIDE,
    &go::GUIDE,
    &tap::GUIDE,
    &tap::KTAP_GUIDE,
    &subunit::GUIDE,
    &libtest::GUIDE,
    &libtest::TEXT_GUIDE,
    &dart::GUIDE,
    &csv::GUIDE,
    &dut_json::GUIDE,
    &summary::GUIDE,
];

/// The formats that are read, in the order in which they are tried.
pub const FORMATS: &[Format] = &[
    junit::FORMAT,
    summary::FORMAT,
    xunit_net::FORMAT,
    trx::FORMAT,
    robot::XML,
    robot::JSON,
    nunit::FORMAT,
    ctest::FORMAT,
    open_test_reporting::FORMAT,
    octoprobe::GROUP,
    octoprobe::CONTEXT,
    micropython::RESULTS,
    micropython::OUTPUT,
    twister::FORMAT,
    openhtf::FORMAT,
    yocto::FORMAT,
    lava::FORMAT,
    kunit::FORMAT,
    kirk::FORMAT,
    avocado::FORMAT,
    squad::METADATA,
    pytest::oof::JSON,
    pytest::reportlog::FORMAT,
    pytest::recap::FORMAT,
    pytest::tally::FORMAT,
    pytest::html::FORMAT,
    pytest_json_report::FORMAT,
    ctrf::FORMAT,
    javascript::playwright::FORMAT,
    javascript::jest::FORMAT,
    javascript::mochawesome::FORMAT,
    javascript::mocha::FORMAT,
    javascript::mocha::STREAM,
    cucumber::FORMAT,
    rspec::FORMAT,
    gtest::FORMAT,
    allure::FORMAT,
    go::FORMAT,
    tap::KTAP,
    tap::FORMAT,
    subunit::FORMAT,
    libtest::FORMAT,
    libtest::TEXT,
    dart::FORMAT,
    dut_json::FORMAT,
    squad::TESTS,
    squad::METRICS,
    // Any text of `key=value`.
    allure::ENVIRONMENT,
    // Any text of columns.
    csv::FORMAT,
];

/// The formats of bytes.
pub const BINARIES: &[BinaryFormat] = &[pytest::oof::PICKLE];

/// What people are told of the format, or the archive, with this key.
pub fn about(key: &str) -> Option<&'static About> {
    ABOUT.iter().copied().chain(archive::ABOUT).find(|about| about.key == key)
}

/// How much a format tells of a run, where several formats tell the same: more
/// is better. Formats of a runner's own tell more than JUnit, which tells more
/// than a summary; and what a runner prints tells less than what it writes for programs.
pub fn richness(key: &str) -> u8 {
    match key {
        "passgrid-summary" => 0,
        "micropython-output" | "libtest-output" => 1,
        "junit" | "micropython-results" => 2,
        _ => 3,
    }
}

/// What is said when a file is no longer what was read.
pub const CHANGED: &str = "the file changed since it was read; drop it again to see its texts";

impl Formats {
    /// A format with this key is one of these.
    pub fn knows(&self, key: &str) -> bool {
        let texts = self.texts.iter().map(|format| format.about);
        texts.chain(self.binaries.iter().map(|format| format.about)).any(|about| about.key == key)
    }

    /// Texts of entries of a file of this format, from their pieces of it: a
    /// piece that is empty has none. `None` if the format is none of these.
    ///
    /// # Errors
    ///
    /// If a piece is not what was read before.
    pub fn details(
        &self,
        format: &str,
        slices: &[Slice],
        texts: &[Vec<u8>],
    ) -> Option<Result<Vec<Details>, String>> {
        let text = self.texts.iter().find(|known| known.about.key == format).map(|known| known.details);
        let binary = || self.binaries.iter().find(|known| known.about.key == format);
        let read = text.or_else(|| binary().map(|_| kept::details as fn(&str) -> Details))?;
        let details = slices.iter().zip(texts).map(|(slice, text)| {
            if slice.len == 0 {
                return Ok(Details::default());
            }
            let text = String::from_utf8_lossy(text);
            // What does not begin like an entry is not what was read before.
            if !text.starts_with(['<', '{']) || text.len() < slice.len as usize {
                return Err(CHANGED.to_owned());
            }
            Ok(read(&text))
        });
        Some(details.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_told_of_every_format() {
        let mut told: Vec<&str> = ABOUT.iter().map(|about| about.key).collect();
        let mut read: Vec<&str> = FORMATS.iter().map(|format| format.about.key).collect();
        read.extend(BINARIES.iter().map(|format| format.about.key));
        let mut guided: Vec<&str> = GUIDES.iter().map(|guide| guide.about.key).collect();
        for keys in [&mut told, &mut read, &mut guided] {
            keys.sort_unstable();
        }
        assert_eq!(told, read);
        assert_eq!(guided, read);
    }
}
