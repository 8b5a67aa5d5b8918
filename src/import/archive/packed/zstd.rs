//! Zstandard (RFC 8878): frames of blocks, one frame after the other, and skippable frames.

use super::{Decoder, Step, cut, damaged, unsupported};
use crate::import::archive::{Fault, little_endian};
use crate::import::limits;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::Read;

/// The longest header of a frame, with its magic number.
const HEADER_BYTES: usize = 18;

/// The header of a block.
const BLOCK_BYTES: usize = 3;

/// What may follow the last block.
const SUM_BYTES: usize = 4;

/// An empty last block, and a checksum.
const END: [u8; BLOCK_BYTES + SUM_BYTES] = [1, 0, 0, 0, 0, 0, 0];

#[derive(Default)]
pub struct Zstd {
    /// The current frame; `None` between frames. Each frame has its own decoder, since a reused one
    /// allocates its whole window at once.
    frame: Option<FrameDecoder>,
    /// Bytes to skip.
    skip: usize,
    /// Reported after everything was unpacked.
    fault: Option<Fault>,
}

impl Decoder for Zstd {
    fn step(&mut self, input: &[u8], last: bool, out: &mut [u8]) -> Step {
        if let Some(frame) = &mut self.frame {
            let made = frame.read(out).unwrap_or(0);
            if made > 0 {
                return Step { made, ..Step::default() };
            }
            if let Some(fault) = self.fault.take() {
                return Step::fault(fault);
            }
            if !frame.is_finished() {
                return self.block(input, last);
            }
            let sum = frame.get_checksum_from_data();
            if sum.is_some() && sum != frame.get_calculated_checksum() {
                return Step::fault(damaged());
            }
            self.frame = None;
        }
        if self.skip > 0 {
            let taken = self.skip.min(input.len());
            self.skip -= taken;
            return Step { taken, ..Step::default() };
        }
        self.header(input, last)
    }
}

impl Zstd {
    fn header(&mut self, input: &[u8], last: bool) -> Step {
        if input.is_empty() || input.len() < HEADER_BYTES && !last {
            return Step::default();
        }
        let mut frame = FrameDecoder::new();
        frame.set_max_window_size(limits::UNPACK_BYTES as u64);
        let mut rest = input;
        match frame.init(&mut rest) {
            Ok(()) => self.frame = Some(frame),
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length, ..
            })) => self.skip = length as usize,
            Err(FrameDecoderError::WindowSizeTooBig { .. }) => {
                return Step::fault(unsupported(
                    "it takes too much memory to unpack here",
                    "zstd -d --long=31",
                ));
            }
            Err(FrameDecoderError::DictNotProvided { .. }) => {
                return Step::fault(unsupported(
                    "the archive was compressed with a dictionary",
                    "zstd -d -D DICTIONARY",
                ));
            }
            Err(_) if input.len() < HEADER_BYTES => return Step::fault(cut()),
            Err(_) => return Step::fault(damaged()),
        }
        Step { taken: input.len() - rest.len(), ..Step::default() }
    }

    /// Reads one complete block.
    fn block(&mut self, input: &[u8], last: bool) -> Step {
        let Some(frame) = &mut self.frame else {
            return Step::default();
        };
        // From the lowest bit: last block, kind (1 is a repeated byte), length.
        let header = little_endian(input, 0, BLOCK_BYTES);
        let bytes = header.map(|header| if header >> 1 & 3 == 1 { 1 } else { (header >> 3) as usize });
        let sum = if header.is_some_and(|header| header & 1 == 1) { SUM_BYTES } else { 0 };
        let is_whole = bytes.is_some_and(|bytes| input.len() >= BLOCK_BYTES + bytes + sum);
        if !is_whole && !last {
            return Step::default();
        }
        let mut rest = input;
        if frame.decode_blocks(&mut rest, BlockDecodingStrategy::UptoBlocks(1)).is_err() {
            // The decoder releases its window only at the end of a frame.
            let _ = frame.decode_blocks(END.as_slice(), BlockDecodingStrategy::UptoBlocks(1));
            self.fault = Some(if is_whole { damaged() } else { cut() });
            return Step { taken: input.len(), ..Step::default() };
        }
        Step { taken: input.len() - rest.len(), ..Step::default() }
    }
}
