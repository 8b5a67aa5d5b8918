//! Python pickles, as data.
//!
//! A pickle is a program for a small machine that builds objects and may call
//! anything, so loading an untrusted pickle runs untrusted code. The machine here
//! builds values and calls nothing: a class becomes its name, a call becomes a name
//! with arguments, and only a few names are allowed. The opcodes are those of
//! protocols 0 to 5 in Python's `Lib/pickletools.py`.
//!
//! | file | what it does |
//! |---|---|
//! | `opcode` | names of the opcodes |
//! | `input` | takes opcodes and arguments from the bytes |
//! | `heap` | builds values, and counts the memory that they take |
//! | `stack` | the machine's stack with its marks |
//! | `machine` | executes opcodes |
//! | `salvage` | completes what a truncated pickle was building |
//! | `value` | the values, for readers |

mod escape;
mod fault;
mod heap;
mod input;
mod machine;
mod opcode;
mod salvage;
mod stack;
#[cfg(test)]
mod tests;
mod value;

pub use fault::Fault;
pub use machine::read;
pub use value::Node;
