//! Descriptions of formats: data without code, so that the page can list all
//! formats without linking the importers.

/// The description of a format.
#[derive(Debug)]
pub struct About {
    /// The key in exports: `junit`.
    pub key: &'static str,
    /// The name that people see.
    pub name: &'static str,
    /// The tool or tools that write it, as short as possible, for the list of a
    /// family. Formats of one tool have the same text.
    pub tool: &'static str,
    /// The group in which it is listed.
    pub family: Family,
    /// How much it records of a run.
    pub richness: Richness,
}

/// A group of formats, by where people meet them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// JUnit XML, whoever writes it.
    JunitXml,
    /// Native formats of Python's tools.
    Python,
    /// Native formats of JavaScript's tools.
    JavaScript,
    /// Native formats of .NET's tools.
    DotNet,
    /// Native formats of tools for C and C++.
    C,
    /// Native formats of the tools of other languages.
    OtherLanguages,
    /// Formats of firmware projects, kernels, test benches and test farms.
    Lab,
    /// Protocols and reports that tools for many languages write.
    AnyLanguage,
    /// Tables and JSON of a person's own, and Passgrid's downloads.
    Tables,
    /// Archives, which contain files of other formats.
    Archives,
}

impl Family {
    /// All families, in the order of lists.
    pub const ALL: [Family; 10] = [
        Family::JunitXml,
        Family::Python,
        Family::JavaScript,
        Family::DotNet,
        Family::C,
        Family::OtherLanguages,
        Family::Lab,
        Family::AnyLanguage,
        Family::Tables,
        Family::Archives,
    ];

    /// Returns the name that people see.
    pub fn name(self) -> &'static str {
        match self {
            Family::JunitXml => "JUnit XML",
            Family::Python => "Python",
            Family::JavaScript => "JavaScript",
            Family::DotNet => ".NET",
            Family::C => "C and C++",
            Family::OtherLanguages => "Rust, Go, Dart, Ruby",
            Family::Lab => "Embedded and labs",
            Family::AnyLanguage => "Any language",
            Family::Tables => "Tables and scripts",
            Family::Archives => "Archives",
        }
    }
}

/// How much a format records of a run. Where several files report the same run,
/// the richest one counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Richness {
    /// Counts, and the results that did not pass.
    Summary,
    /// What a runner prints for people.
    Console,
    /// What many runners write for other programs, such as JUnit XML.
    Interchange,
    /// A runner's own format.
    Native,
}

/// A format's row in `docs/formats.md`.
#[derive(Debug)]
pub struct Guide {
    /// The format.
    pub about: &'static About,
    /// The tools that write it.
    pub producers: &'static str,
    /// What is read, besides names, outcomes, durations and messages.
    pub reads: &'static str,
    /// Where DUT, unit and build come from, besides paths and what people enter.
    pub dut: &'static str,
    /// What the format lacks, or what is not read; "" for nothing.
    pub limits: &'static str,
}
