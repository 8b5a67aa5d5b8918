//! KTAP: the Linux kernel's variant of TAP, also in the log of a boot.

use super::detect::is_text;
use super::line::{self, Line};
use super::{Tap, kernel};
use crate::import::batch::kept_details;
use crate::import::detect::Head;
use crate::import::importer::LineImporter;
use crate::import::{About, Family, Format, Guide, Richness, TextFormat};

pub const ABOUT: About =
    About { key: "ktap", name: "KTAP", tool: "KTAP", family: Family::Lab, richness: Richness::Native };

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "the Linux kernel: KUnit and kselftest, also in its log",
    reads: "suites, parameters, kernel messages between results, kernel panics",
    dut: "`Linux version` is the build; the machine model is an attribute",
    limits: "",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: is_ktap,
    importer: || Box::new(LineImporter::new(Tap { is_kernel: true, ..Tap::default() })),
    details: kept_details::read,
});

/// Returns whether the results or the log of a boot may begin with this line.
pub fn begins(line: &str) -> bool {
    let message = kernel::message(line);
    let is_in_log = message.len() < line.len();
    message.starts_with("KTAP version ")
        || message.starts_with("# selftests: ")
        || is_in_log && kernel::version(message).is_some()
}

/// Returns whether there is a version or result of the kernel, or the log of its boot.
fn is_ktap(head: &Head) -> bool {
    let text = head.text;
    let is_tap = |text: &str| matches!(line::line(text.trim_start()), Line::Version | Line::Point(_));
    is_text(head)
        && text.lines().any(|line| {
            let message = kernel::message(line);
            let is_in_log = message.len() < line.len();
            message.trim_start_matches([' ', '\t', '#']).starts_with("KTAP version ")
                || message.starts_with("# selftests: ")
                || is_in_log && (is_tap(message) || kernel::version(message).is_some())
        })
}
