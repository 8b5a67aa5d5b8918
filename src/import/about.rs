//! Descriptions of formats: data without code, so that the page can list all
//! formats without linking the importers.

/// A format's key, name and richness.
#[derive(Debug)]
pub struct About {
    /// The key in exports: `junit`.
    pub key: &'static str,
    /// The name that people see.
    pub name: &'static str,
    /// How much it records of a run.
    pub richness: Richness,
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

/// A format's row in the README's table.
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
