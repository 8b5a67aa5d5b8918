//! The engine's tests: its answers must match the content of the files.
//!
//! One module per question. Files go in through [`Dropped`], as they do in the
//! browser, and the answers are compared with expected data and with each other.
//! Tests of every fixture and of the corpus are in `tests/files/`.

mod allure;
mod archives;
mod around;
mod attention;
mod bad;
mod brief;
mod clusters;
mod colors;
mod compare;
mod cycles;
mod decisions;
mod demo;
mod details;
mod devices;
mod equal_names;
mod explains;
mod exports_for_others;
mod figures;
mod flaky;
mod formats;
mod history;
mod hostile;
mod identities;
mod known;
mod lab;
mod latest;
mod layers;
mod layouts;
mod ledger;
mod limits;
mod line_formats;
mod links;
mod manifests;
mod metrics;
mod more_figures;
mod multi;
mod naming;
mod octoprobe;
mod pass_rate;
mod planted;
mod pytest_family;
mod redaction;
mod reports;
mod same_run;
mod sqlite;
mod steps;
mod story;
mod sums;
mod tables;
mod test_history;
mod timing;
mod twister;
mod verdicts;
mod web;
mod wording;
mod xml_formats;

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
