//! The data model: files, sessions, tests and results.
//!
//! Results are columns ([`Results`]), not objects: ten million must fit into the
//! four gigabytes that a page has. Ids are newtypes, strings are stored once.
//! This folder knows neither formats nor queries.

mod build_order;
mod counts;
mod dataset;
mod file;
mod identity;
mod ids;
mod known;
mod manifest;
mod metrics;
mod outcome;
mod renames;
mod results;
mod rewrite;
mod session;
mod strings;
mod test;
mod time;

pub use build_order::BuildOrder;
pub use counts::Counts;
pub use dataset::{Dataset, Part};
pub use file::{AsRead, Encoding, FileRecord, FileStatus, Note, Severity};
pub use identity::{Evidence, Identified, Identity, Source};
pub use ids::{DutId, FileId, PartId, ResultId, ScopeId, SessionId, StrId, TestId};
pub use known::{DutAttributes, IssuePlace, KnownIssue};
pub use manifest::{LINK_NAMES, LinkTemplates, Manifest, OlderSessions};
pub use metrics::{Measured, MetricKind, Metrics};
pub use outcome::Outcome;
pub use renames::Renames;
pub use results::{Attempt, Begin, Flags, Renamed, Results, Slice};
pub use session::{
    Claim, Dut, History, IdentityField, Overlap, Overrides, PROPERTIES, PROPERTY_BYTES, RepeatRule,
    ReportFile, ReportRole, SameRun, Session, SessionDraft, SessionOrder, TRUNCATED,
};
pub use strings::Strings;
pub use test::{Scope, Tests, boundary_by_case, split_parameters};
pub use time::Timestamp;
// Most callers need these functions of `text` together with the data.
pub use crate::text::{ansi, counted, decimal, grouped, head, listed, rounded, with_article};
