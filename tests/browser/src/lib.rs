//! A real browser driven against the built page.
//!
//! The tests, the benchmark and the screenshots share this: a [`Site`] that serves the build and
//! misbehaving sources, a [`Browser`] with a page in it, and what people do there: drop, choose,
//! click, type, download. Elements are found by role and accessible name, as assistive technology
//! finds them, so a test that passes also says that the page can be used that way.
//!
//! What is deliberately absent: selectors of the page's classes and any knowledge of its sources.

mod accessibility;
mod any_browser;
mod browser;
mod chromedriver;
mod environment;
mod folders;
pub mod generate;
mod input;
mod scenario;
mod screens;
mod site;
pub mod tally;
pub mod times;

pub use accessibility::{Element, Node, Tree};
pub use any_browser::{AnyBrowser, Kind, Programs};
pub use browser::{Browser, LongTask, Scheme};
pub use environment::{Corpus, dist, root};
pub use folders::{compressed_copy, copy_matching, files_below, only};
pub use scenario::{Scenario, scenario, scenario_alone};
pub use screens::{Inputs, Screens, forty_duts};
pub use site::{Network, Request, SIGNATURE, Site};
