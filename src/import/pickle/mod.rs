//! Python pickles, as data.
//!
//! A pickle is a program for a small machine that builds objects and calls
//! what it likes; to load one from elsewhere is to run it. The machine here
//! builds values and calls nothing: a class that is asked for becomes a name,
//! a call its name with arguments, and only names of a short list pass. Its
//! instructions are those of `Lib/pickletools.py` of Python, protocols 0 to 5.

mod machine;
mod value;

pub use machine::{Fault, read};
pub use value::Node;
