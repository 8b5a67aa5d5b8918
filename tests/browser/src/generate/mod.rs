//! Large result files in the shape that test tools write, the same on every run.

mod allure;
mod file;
mod json_report;
mod junit;
mod reportlog;
mod words;

pub use allure::write_allure_zip;
pub use file::{Generated, Written};
pub use json_report::json_report;
pub use junit::{Tests, junit, junit_of, write_junit};
pub use reportlog::write_reportlog;
