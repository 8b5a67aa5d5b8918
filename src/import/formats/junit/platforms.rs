//! Browsers, platforms and serial numbers of tests: they name DUTs only if entries of one test have
//! different ones.

use super::Data;
use crate::import::batch::Batch;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// Properties that name what tests ran on, though not as a device: of WebdriverIO, Selenium, Appium and
/// their like.
pub(super) const PLATFORM_PROPERTIES: [&str; 10] = [
    "capabilities",
    "browserName",
    "browser",
    "platformName",
    "platform",
    "environment",
    "serial",
    "serialNumber",
    "serial_number",
    "deviceSerial",
];

/// The most platforms of a file; more are rather numbers of products or runs.
const PLATFORMS: usize = 500;

/// The platforms of tests.
#[derive(Debug, Default)]
pub(super) struct PlatformsOfTests {
    distinct: Vec<(String, String)>,
    ids: FxHashMap<(String, String), u32>,
    rows: Vec<(Range<usize>, u32)>,
}

impl PlatformsOfTests {
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds the platform of a test: a property and its value.
    pub(super) fn add(&mut self, rows: Range<usize>, platform: (String, String)) {
        if self.distinct.len() > PLATFORMS {
            return;
        }
        let next = self.distinct.len() as u32;
        let id = *self.ids.entry(platform).or_insert_with_key(|platform| {
            self.distinct.push(platform.clone());
            next
        });
        self.rows.push((rows, id));
    }
}

impl Data {
    /// Takes the platforms of tests for DUTs if entries of one test have different ones, and no test
    /// names its DUT.
    pub(super) fn name_duts_by_platforms(&mut self, batch: &Batch) {
        let PlatformsOfTests { distinct, rows, .. } = std::mem::take(&mut self.platforms_of_tests);
        let may_differ = (2..=PLATFORMS).contains(&distinct.len());
        if !may_differ || !self.case_duts.is_empty() || batch.is_one_dut {
            return;
        }
        let mut first_of: FxHashMap<(u32, &str), u32> = FxHashMap::default();
        let are_duts = rows.iter().any(|(rows, id)| {
            let row = batch.rows.get(rows.start);
            row.is_some_and(|row| *first_of.entry((row.scope, batch.get(row.name))).or_insert(*id) != *id)
        });
        if are_duts {
            self.case_duts = distinct;
            self.rows_with_dut = rows;
        }
    }
}
