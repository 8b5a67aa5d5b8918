//! Ids: positions in a column or a table, one type each so that none is taken
//! for another.

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
                Self(u32::try_from(index).expect("tables hold fewer than 2^32 rows"))
            }
        }
    };
}

id!(
    /// A string in [`Strings`](super::Strings). The empty string is 0.
    StrId
);
id!(
    /// What encloses a test: suite path and class.
    ScopeId
);
id!(
    /// A test's identity across sessions and DUTs.
    TestId
);
id!(
    /// A dropped file, in the order of dropping.
    FileId
);
id!(
    /// One session's share of one file.
    PartId
);
id!(
    /// A session, numbered by DUT and time each time that the data changes.
    SessionId
);
id!(
    /// A device under test, numbered by name each time that the data changes.
    DutId
);
id!(
    /// One test in one session.
    ResultId
);
