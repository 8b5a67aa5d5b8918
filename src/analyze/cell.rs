//! One cell: the result of a test in a session, or why it is missing.

use crate::model::{Outcome, counted};
use serde::{Deserialize, Serialize};

/// Why a cell has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Missing {
    /// The session is complete and does not contain the test.
    NotThere {
        /// How many other DUTs have the test in their latest session.
        have: u32,
        /// How many other DUTs there are; 0 if the session is not a latest one.
        others: u32,
    },
    /// The session's file is truncated, and the missing part may contain the test.
    BrokenOff {
        /// How many results the session has.
        after: u32,
    },
    /// The session is incomplete, and the missing part may contain the test.
    Incomplete {
        /// How many results the session has.
        after: u32,
    },
    /// The session's file is unreadable.
    Unreadable,
}

impl Missing {
    /// The reason as a short label.
    pub fn words(self) -> &'static str {
        match self {
            Missing::NotThere { .. } => "missing",
            Missing::BrokenOff { .. } => "truncated file",
            Missing::Incomplete { .. } => "incomplete session",
            Missing::Unreadable => "unreadable file",
        }
    }

    /// The reason with the known details.
    pub fn why(self) -> String {
        match self {
            Missing::NotThere { have: 0, .. } => "missing: not in this session".to_owned(),
            Missing::NotThere { have: 1, others: 1 } => "missing: the other DUT has it".to_owned(),
            Missing::NotThere { have, others } if have >= others => {
                format!("missing: all {others} other DUTs have it")
            }
            Missing::NotThere { have: 1, others } => format!("missing: 1 of {others} other DUTs has it"),
            Missing::NotThere { have, others } => format!("missing: {have} of {others} other DUTs have it"),
            Missing::BrokenOff { after } => {
                format!("the file is truncated after {}", counted(u64::from(after), "result"))
            }
            Missing::Incomplete { after } => {
                format!("the session is incomplete after {}", counted(u64::from(after), "result"))
            }
            Missing::Unreadable => "the file is unreadable".to_owned(),
        }
    }
}

/// The result of a test in a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cell {
    /// There is a result.
    Result {
        /// The outcome.
        outcome: Outcome,
        /// Its attempts disagree.
        is_flaky: bool,
        /// A known issue covers the failure.
        is_known: bool,
        /// First line of the message; empty where no message is needed.
        message: String,
    },
    /// There is no result.
    Missing(Missing),
}

impl Cell {
    /// The outcome, if there is a result.
    pub fn outcome(&self) -> Option<Outcome> {
        match self {
            Cell::Result { outcome, .. } => Some(*outcome),
            Cell::Missing(_) => None,
        }
    }

    /// The same cell without its message.
    pub fn brief(self) -> Cell {
        match self {
            Cell::Result { outcome, is_flaky, is_known, .. } => {
                Cell::Result { outcome, is_flaky, is_known, message: String::new() }
            }
            missing => missing,
        }
    }
}
