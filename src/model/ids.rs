//! Ids: positions in a column or a table. Each table has its own type of id, so that they cannot
//! be mixed up.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub struct $name(pub u32);

        impl $name {
            /// The position in the table, for indexing.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl From<usize> for $name {
            fn from(index: usize) -> Self {
                Self(u32::try_from(index).expect("tables have fewer than 2^32 rows"))
            }
        }
    };
}

id!(
    /// A string in [`Strings`](super::Strings). The empty string is 0.
    StrId
);
id!(
    /// The suite path and class that enclose a test.
    ScopeId
);
id!(
    /// A test's identity across sessions and DUTs.
    TestId
);
id!(
    /// A dropped file, numbered in the order of dropping.
    FileId
);
id!(
    /// One session's share of one file.
    PartId
);
id!(
    /// A session, renumbered by DUT and time whenever the data changes.
    SessionId
);
id!(
    /// A device under test, renumbered by name whenever the data changes.
    DutId
);
id!(
    /// One test in one session.
    ResultId
);
