//! CTest's `Test.xml`, which it submits to a CDash dashboard.
//!
//! Source: CMake, `Source/CTest/cmCTestTestHandler.cxx` and `cmCTest.cxx`. The root `Site` has the
//! site and the build; a dashboard distinguishes configurations by the build's name. `notrun` is a
//! test that was disabled, that skipped itself, or that CTest could not start, which is a failure;
//! `Completion Status` distinguishes them. Output may be compressed (always with zlib, whatever the
//! attribute says), and then is base64.

use crate::import::batch::{Batch, Entry, Scope};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, Measurement, SectionKind};
use crate::import::xml::{Element, ElementReader, Elements};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, number};
use crate::model::{IdentityField, Outcome, Source, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::borrow::Cow;

pub const ABOUT: About = About {
    key: "ctest-xml",
    name: "CTest dashboard XML",
    tool: "CTest dashboard",
    family: Family::C,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "ctest -T Test, ctest -D: Testing/<tag>/Test.xml for CDash",
    reads: "measurements, labels, output with and without compression",
    dut: "`BuildName`, which identifies configurations on a dashboard; the site is the host",
    limits: "CDash's other files (Build.xml, Configure.xml, …) are not read",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| head.root == Some("Site") && head.text.contains("<Testing"),
    importer: || Box::new(Elements::<CTest>::default()),
    details,
});

#[derive(Default)]
struct CTest {
    /// When the tests began and ended, in seconds.
    times: (Option<f64>, Option<f64>),
    unknown: Occurrences,
}

impl ElementReader for CTest {
    fn is_whole(&self, name: &str) -> bool {
        name == "Test"
    }

    fn open(&mut self, element: &Element, _at: u64, batch: &mut Batch) {
        if element.name != "Site" {
            return;
        }
        let draft = batch.session(0);
        for (name, value) in &element.attributes {
            if value.is_empty() || value == "(empty)" {
                continue;
            }
            draft.property(name, value);
            match name.as_str() {
                "BuildName" => draft.claim(IdentityField::Dut, Source::Field, name, value),
                "BuildStamp" => draft.claim(IdentityField::Session, Source::Field, name, value),
                "Hostname" => draft.hostname = Some(value.clone()),
                _ => {}
            }
        }
    }

    fn close(&mut self, name: &str, text: &str, _batch: &mut Batch) {
        match name {
            "StartTestTime" => self.times.0 = number::seconds(text),
            "EndTestTime" => self.times.1 = number::seconds(text),
            _ => {}
        }
    }

    fn whole(&mut self, element: &Element, at: u64, len: usize, batch: &mut Batch) {
        // The list of tests contains only names.
        let Some(status) = element.attribute("Status") else {
            return;
        };
        let outcome = outcome(element, status).unwrap_or_else(|| {
            self.unknown.add_example(at, status);
            Outcome::Unknown
        });
        let message = message(element, outcome);
        let folder = element.text_of("Path").trim_start_matches("./");
        batch.push_entry(Entry {
            scope: if matches!(folder, "" | ".") { Scope::None } else { Scope::Suite(folder, "") },
            name: element.text_of("Name"),
            outcome,
            native: status,
            duration_s: measurement(element, "Execution Time").and_then(number::seconds),
            message: &message,
            at,
            len,
            ..Entry::default()
        });
    }

    fn finish(&mut self, batch: &mut Batch) {
        let draft = batch.session(0);
        draft.started = self.times.0.and_then(Timestamp::from_unix_seconds);
        if let (Some(start), Some(end)) = self.times {
            draft.duration_s = Some(end - start).filter(|&seconds| seconds >= 0.0);
        }
        self.unknown.note_unknown("test", "status", batch);
    }
}

/// Returns the value of a measurement.
fn measurement<'a>(test: &'a Element, name: &str) -> Option<&'a str> {
    let mut named = test.child("Results")?.all("NamedMeasurement");
    Some(named.find(|measurement| measurement.value("name") == name)?.text_of("Value"))
}

fn outcome(test: &Element, status: &str) -> Option<Outcome> {
    let completion = measurement(test, "Completion Status").unwrap_or("");
    Some(match status {
        "passed" => Outcome::Passed,
        // Any other exit is a timeout or a crash.
        "failed" => match measurement(test, "Exit Code").unwrap_or("Failed") {
            "Failed" | "Completed" | "" => Outcome::Failed,
            _ => Outcome::Error,
        },
        "notrun" if completion == "Disabled" => Outcome::NotRun,
        "notrun" if completion.starts_with("SKIP_") => Outcome::Skipped,
        "notrun" => Outcome::Error,
        _ => return None,
    })
}

fn message(test: &Element, outcome: Outcome) -> String {
    let said = |name: &str| measurement(test, name).filter(|text| !text.is_empty());
    match outcome {
        Outcome::Passed => String::new(),
        Outcome::Failed | Outcome::Error => {
            let reason = said("Fail Reason").or(said("Exit Code"));
            match (reason, said("Exit Value")) {
                (Some("Failed"), Some(value)) => format!("exit value {value}"),
                (Some(reason), _) => reason.to_owned(),
                (None, _) => said("Completion Status").unwrap_or("").to_owned(),
            }
        }
        _ => said("Completion Status").unwrap_or("").to_owned(),
    }
}

/// The longest output of a test, unpacked.
const OUTPUT_BYTES: usize = 16 << 20;

/// Returns the text of a value that may be compressed.
fn unpacked(value: &Element) -> Cow<'_, str> {
    if value.value("encoding") != "base64" {
        return Cow::Borrowed(&value.text);
    }
    let packed: Vec<u8> = value.text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let Ok(bytes) = STANDARD.decode(packed) else {
        return Cow::Borrowed("(invalid base64)");
    };
    if value.attribute("compression").is_none() {
        return Cow::Owned(String::from_utf8_lossy(&bytes).into_owned());
    }
    match miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(&bytes, OUTPUT_BYTES) {
        Ok(text) => Cow::Owned(String::from_utf8_lossy(&text).into_owned()),
        // What was unpacked before the fault or the limit.
        Err(error) => {
            let text = String::from_utf8_lossy(&error.output);
            Cow::Owned(format!("{}\n…", text.trim_end_matches('\0')))
        }
    }
}

fn details(slice: &str) -> Details {
    let mut details = Details::default();
    let Some(test) = Element::parse(slice) else {
        return details;
    };
    let status = test.value("Status");
    let message = message(&test, outcome(&test, status).unwrap_or_default());
    if !message.is_empty() {
        details.section(SectionKind::Reason, status, &message, "");
    }
    let results = test.child("Results");
    for measured in results.into_iter().flat_map(|results| results.all("Measurement")) {
        if let Some(value) = measured.child("Value") {
            details.section(SectionKind::Output, "output", "", &unpacked(value));
        }
    }
    for named in results.into_iter().flat_map(|results| results.all("NamedMeasurement")) {
        let value = named.child("Value").map(unpacked).unwrap_or_default();
        let (name, value) = (named.value("name"), value.trim());
        if named.value("type").starts_with("numeric/") && !value.is_empty() {
            // CTest's own measurements; those of tests have no unit.
            let unit = if name == "Execution Time" { "s" } else { "" };
            details.measurements.push(Measurement::new(name, value, unit));
        } else if !value.is_empty() {
            details.properties.push((name.to_owned(), value.to_owned()));
        }
    }
    for label in test.child("Labels").into_iter().flat_map(|labels| labels.all("Label")) {
        details.properties.push(("label".to_owned(), label.text.trim().to_owned()));
    }
    details
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compressed_output_is_decompressed() {
        let read = |xml: &str| unpacked(&Element::parse(xml).unwrap()).into_owned();
        assert_eq!(read("<Value>a &lt; b</Value>"), "a < b");
        assert_eq!(read("<Value encoding='base64'>aGVs\nbG8=</Value>"), "hello");
        let zlib = "eJzLSM3JyVcozy/KSQEAGgsEXQ==";
        assert_eq!(
            read(&format!("<Value encoding='base64' compression='gzip'>{zlib}</Value>")),
            "hello world"
        );
        let broken = "eJzLSM3JyVcoz";
        assert!(
            read(&format!("<Value encoding='base64' compression='gzip'>{broken}</Value>")).contains("base64")
        );
        let cut = "eJzLSM3JyVcozw==";
        assert!(
            read(&format!("<Value encoding='base64' compression='gzip'>{cut}</Value>")).starts_with("hello")
        );
    }
}
