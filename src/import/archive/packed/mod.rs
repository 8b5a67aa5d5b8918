//! Unpacks streams that browsers do not: bzip2, xz and Zstandard.
//!
//! Bytes go in as they arrive and come out in pieces of a fixed size. So a host can count the bytes
//! before it requests the next piece, since a few bytes may unpack to gigabytes.

mod bzip2;
mod xz;
mod zstd;

use super::{Fault, Kind};

/// The size of a piece.
const OUT_BYTES: usize = 64 << 10;

/// Decoders get input in blocks of this size. So what they made of damaged input before they failed
/// does not depend on the pieces in which it arrived.
const BLOCK_BYTES: u64 = 4 << 10;

/// Unpacks a stream as it arrives.
pub struct Unpacker {
    decoder: Box<dyn Decoder>,
    /// Bytes that arrived, and how many were used.
    input: Vec<u8>,
    taken: usize,
    /// The place in the stream of the next byte for the decoder, and where its block ends.
    at: u64,
    block_end: u64,
    /// The last step had no effect.
    is_stuck: bool,
    out: Vec<u8>,
    fault: Option<Fault>,
}

/// The result of a step. A step that neither used nor produced bytes needs more input.
#[derive(Default)]
struct Step {
    /// Bytes of the input that were used.
    taken: usize,
    /// Bytes that were written to the output.
    made: usize,
    /// Why there is no further step.
    fault: Option<Fault>,
}

impl Step {
    fn fault(fault: Fault) -> Step {
        Step { fault: Some(fault), ..Step::default() }
    }
}

/// A decoder of one format.
trait Decoder {
    /// Unpacks some of `input` into `out`. If `last` is set, no more input follows, and an
    /// incomplete stream is a fault.
    fn step(&mut self, input: &[u8], last: bool, out: &mut [u8]) -> Step;
}

impl Unpacker {
    /// Returns an unpacker, or `None` for kinds that browsers unpack and for kinds that are not
    /// streams.
    pub fn new(kind: Kind) -> Option<Unpacker> {
        let decoder: Box<dyn Decoder> = match kind {
            Kind::Bzip2 => Box::<bzip2::Bzip2>::default(),
            Kind::Xz => Box::new(xz::Xz::new()),
            Kind::Zstd => Box::<zstd::Zstd>::default(),
            Kind::Zip | Kind::Tar | Kind::Gzip => return None,
        };
        let (input, out) = (Vec::new(), vec![0; OUT_BYTES]);
        Some(Unpacker {
            decoder,
            input,
            taken: 0,
            at: 0,
            block_end: BLOCK_BYTES,
            is_stuck: false,
            out,
            fault: None,
        })
    }

    /// Adds the next bytes of the stream. Call [`Unpacker::next`] until it returns `None` before
    /// adding more.
    pub fn push(&mut self, bytes: &[u8]) {
        self.input.drain(..std::mem::take(&mut self.taken));
        self.input.extend_from_slice(bytes);
    }

    /// Returns the next piece; `None` if more bytes must be added first, or at the end if `last` is
    /// set.
    ///
    /// # Errors
    ///
    /// If the stream is truncated, damaged, or exceeds a limit. Everything before was returned.
    pub fn next(&mut self, last: bool) -> Result<Option<&[u8]>, Fault> {
        while self.fault.is_none() {
            let input = self.input.get(self.taken..).unwrap_or_default();
            let end = self.at + input.len() as u64;
            if end < self.block_end && !last {
                return Ok(None);
            }
            let len = self.block_end.min(end) - self.at;
            // The end of the stream comes in a step of its own: what precedes a fault is kept.
            let is_last = end < self.block_end && self.is_stuck;
            let input = input.get(..len as usize).unwrap_or_default();
            let step = self.decoder.step(input, is_last, &mut self.out);
            self.taken += step.taken;
            self.at += step.taken as u64;
            self.fault = step.fault;
            self.is_stuck = step.taken == 0 && step.made == 0;
            // A decoder that uses nothing needs more than this block.
            if self.at == self.block_end || self.is_stuck && end >= self.block_end {
                self.block_end += BLOCK_BYTES;
                self.is_stuck = false;
            }
            if step.made > 0 {
                return Ok(self.out.get(..step.made));
            }
            if is_last && self.is_stuck && self.fault.is_none() {
                return Ok(None);
            }
        }
        self.fault.clone().map_or(Ok(None), Err)
    }
}

fn cut() -> Fault {
    Fault::new("the archive is truncated; the content before that was kept")
}

fn damaged() -> Fault {
    Fault::new("the archive is damaged; the content before that was kept")
}

/// The stream may be valid, but is not supported here.
fn unsupported(why: &str, command: &str) -> Fault {
    Fault(format!("{why}: unpack it with `{command}`, and drop the result"))
}
