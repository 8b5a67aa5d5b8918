//! The built page in a real browser, with real files, real drops and real downloads.
//!
//! One module per thing that people do. A test finds what it needs by role and accessible name, and
//! compares numbers with counts that it makes itself from the source files.

mod archives;
mod beside;
mod brief;
mod compare;
mod contrast;
mod demo;
mod drawer;
mod duts;
mod empty;
mod exports;
mod failures;
mod files;
mod first_paint;
mod flaky;
mod grid;
mod harness;
mod headline;
mod heavy;
mod history;
mod kept;
mod keys;
mod known;
mod ledger;
mod load;
mod matrix;
mod metrics;
mod mixed;
mod offline;
mod one_file;
mod overview;
mod print;
mod published;
mod rename;
mod rules;
mod secrets;
mod sources;
mod start;
mod steps;
mod tables;
mod timing;
mod views;
mod walk;
