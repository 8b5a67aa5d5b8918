//! Questions and commands, each linked to the type of its answer.
//!
//! A question is a struct that implements [`Query`]. To add one: write the
//! struct, its `answer`, and its name in the list of [`Request`]. Callers get the
//! answer's type, and never match an enum of answers.

mod charts;
mod commands;
mod files;
mod views;

pub use charts::*;
pub use commands::*;
pub use files::*;
pub use views::*;

use super::Engine;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A question to the engine, or a command that changes its data.
pub trait Query: Serialize + DeserializeOwned + Into<Request> + 'static {
    /// The type of the answer.
    type Answer: Serialize + DeserializeOwned + 'static;

    /// Answers the question. Never panics on data from outside.
    fn answer(self, engine: &mut Engine) -> Self::Answer;
}

/// Answers one query, and encodes the answer.
///
/// Each query has a function of its own: browsers compile a function when it is first called, and all
/// queries in one function took them 28 ms before the first answer of all.
#[inline(never)]
fn reply<Q: Query>(query: Q, engine: &mut Engine) -> Vec<u8> {
    encode(&query.answer(engine))
}

/// Lists the queries, and defines [`Request`], an enum of them.
macro_rules! requests {
    ($($query:ident),* $(,)?) => {
        /// Any [`Query`], as it is sent to the worker.
        #[derive(Clone, Debug, Serialize, Deserialize)]
        pub enum Request {
            $(#[doc = concat!("See [`", stringify!($query), "`].")] $query($query),)*
        }

        impl Request {
            /// Answers the query, and encodes the answer; see [`encode`].
            pub fn answer(self, engine: &mut Engine) -> Vec<u8> {
                match self {
                    $(Request::$query(query) => reply(query, engine),)*
                }
            }
        }

        $(impl From<$query> for Request {
            fn from(query: $query) -> Request {
                Request::$query(query)
            }
        })*
    };
}

requests! {
    GetOverview,
    GetGrid,
    GetTests,
    GetChanges,
    GetSessions,
    GetSession,
    GetResult,
    GetResultSteps,
    GetSessionSteps,
    GetFileSteps,
    GetLedger,
    GetFile,
    GetDroppedFiles,
    ReadManifest,
    CountRepeatedFiles,
    MatchPaths,
    Assign,
    RenameDut,
    OrderBuilds,
    RemoveFiles,
    PrepareReread,
    Undo,
    GetDecisions,
    MergeDecisions,
    GetRereads,
    RestoreDecisions,
    MakeExport,
    GetSecrets,
    GetFailures,
    GetFlaky,
    GetKnownIssues,
    EditKnownIssue,
    Explain,
    GetSuspects,
    GetHistory,
    GetBuilds,
    GetMoreFigures,
    GetFigureByBuild,
    GetTiming,
    GetTimingChart,
    GetMetrics,
    GetMetricChart,
    MakeTableCsv,
    GetTableSecrets,
}

/// Encodes a message between page and workers. Messages have no version, because
/// both sides are of the same build, which is checked when a worker starts.
///
/// # Panics
///
/// Never: fails only for maps and sequences of unknown length, which no message has.
pub fn encode<T: Serialize>(message: &T) -> Vec<u8> {
    postcard::to_allocvec(message).expect("messages have lists of known length only")
}

/// Decodes what [`encode`] wrote of the same type.
///
/// # Errors
///
/// If the bytes have another type or come from another build.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, postcard::Error> {
    postcard::from_bytes(bytes)
}
