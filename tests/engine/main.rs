//! The engine's tests: what files hold must be what the engine answers.
//!
//! One module per question. They speak in data: files go in through
//! [`Dropped`], as they do in the browser, and what comes out is compared with
//! snapshots, with counts of other parsers, and with itself.
//!
//! Snapshots are reviewed like code (`cargo insta review`). With `CI` set none
//! is written.

mod allure;
mod archives;
mod attention;
mod bad;
mod brief;
mod colors;
mod corpus;
mod corpus_formats;
mod corpus_octoprobe;
mod corpus_table;
mod cycles;
mod demo;
mod details;
mod dropped;
mod exports;
mod figures;
mod fixtures;
mod hostile;
mod lab;
mod layers;
mod ledger;
mod limits;
mod line_formats;
mod multi;
mod naming;
mod octoprobe;
mod pass_rate;
mod pytest_family;
mod readme;
mod story;
mod sums;
mod tables;
mod twister;
mod web;
mod xml_formats;

use dropped::Dropped;
