//! xz: streams of blocks, one stream after the other.

use super::{Decoder, Step, cut, damaged, unsupported};
use crate::import::limits;
use lzma_rust2::{Action, XzStream};
use std::io::ErrorKind;

/// All streams of the file.
pub struct Xz(XzStream);

impl Xz {
    pub fn new() -> Xz {
        Xz(XzStream::new_mem_limit(true, (limits::UNPACK_BYTES >> 10) as u32))
    }
}

impl Decoder for Xz {
    fn step(&mut self, input: &[u8], last: bool, out: &mut [u8]) -> Step {
        let before = (self.0.total_in(), self.0.total_out());
        let action = if last { Action::Finish } else { Action::Run };
        let fault = self.0.process(input, out, action).err().map(|error| match error.kind() {
            ErrorKind::UnexpectedEof => cut(),
            ErrorKind::OutOfMemory => unsupported("it takes too much memory to unpack here", "xz -d"),
            ErrorKind::Unsupported => unsupported("the archive uses an uncommon xz feature", "xz -d"),
            _ => damaged(),
        });
        // Output from before a fault is valid.
        let taken = (self.0.total_in() - before.0) as usize;
        let made = (self.0.total_out() - before.1) as usize;
        Step { taken, made, fault }
    }
}
