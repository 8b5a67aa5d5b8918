//! Streams that browsers do not unpack: bzip2, xz and Zstandard.
//!
//! Bytes go in as they arrive and come out in pieces of a fixed size, so that a
//! host can count them before the next is made: a few bytes may hold gigabytes.

mod bzip2;
mod xz;
mod zstd;

use super::{Fault, Kind};

/// Bytes that come out at once.
const OUT_BYTES: usize = 64 << 10;

/// A stream that is unpacked as it arrives.
pub struct Unpacker {
    decoder: Box<dyn Decoder>,
    /// What arrived, and how much of it was taken.
    input: Vec<u8>,
    taken: usize,
    out: Vec<u8>,
    fault: Option<Fault>,
}

/// What a step came to. A step that neither took nor made anything needs more
/// input.
#[derive(Default)]
struct Step {
    /// Bytes of the input that are done with.
    taken: usize,
    /// Bytes that were put into the output.
    made: usize,
    /// Why there is no further step.
    fault: Option<Fault>,
}

impl Step {
    fn fault(fault: Fault) -> Step {
        Step { fault: Some(fault), ..Step::default() }
    }
}

/// One way of packing.
trait Decoder {
    /// Unpacks some of `input` into `out`. With `last` there is no more input
    /// behind it; a stream that is not complete then is a fault.
    fn step(&mut self, input: &[u8], last: bool, out: &mut [u8]) -> Step;
}

impl Unpacker {
    /// For a stream that is packed like this; nothing for what browsers unpack,
    /// and for what is no stream.
    pub fn new(kind: Kind) -> Option<Unpacker> {
        let decoder: Box<dyn Decoder> = match kind {
            Kind::Bzip2 => Box::<bzip2::Bzip2>::default(),
            Kind::Xz => Box::new(xz::Xz::new()),
            Kind::Zstd => Box::<zstd::Zstd>::default(),
            Kind::Zip | Kind::Tar | Kind::Gzip => return None,
        };
        let (input, out) = (Vec::new(), vec![0; OUT_BYTES]);
        Some(Unpacker { decoder, input, taken: 0, out, fault: None })
    }

    /// Takes the next bytes of the stream. What comes out is asked for by
    /// [`Unpacker::next`] until there is no more, before the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.input.drain(..std::mem::take(&mut self.taken));
        self.input.extend_from_slice(bytes);
    }

    /// What comes out next; nothing if more must come in first or, with `last`,
    /// at the end.
    ///
    /// # Errors
    ///
    /// If the stream breaks off, is damaged, or asks for too much. All that
    /// could be unpacked came out before.
    pub fn next(&mut self, last: bool) -> Result<Option<&[u8]>, Fault> {
        while self.fault.is_none() {
            let input = self.input.get(self.taken..).unwrap_or_default();
            let step = self.decoder.step(input, last, &mut self.out);
            self.taken += step.taken;
            self.fault = step.fault;
            if step.made > 0 {
                return Ok(self.out.get(..step.made));
            }
            if step.taken == 0 && self.fault.is_none() {
                return Ok(None);
            }
        }
        self.fault.clone().map_or(Ok(None), Err)
    }
}

fn cut() -> Fault {
    Fault::new("the archive breaks off; what stands before is kept")
}

fn damaged() -> Fault {
    Fault::new("the archive is damaged; what stands before is kept")
}

/// It may well be in order, and is nothing for this page.
fn elsewhere(why: &str, command: &str) -> Fault {
    Fault(format!("{why}: unpack it with `{command}`, and drop what comes out"))
}
