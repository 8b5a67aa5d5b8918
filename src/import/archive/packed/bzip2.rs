//! bzip2: streams of blocks, one stream after the other.

use super::{Decoder, Step, cut, damaged};
use bzip2::{Decompress, Status};

/// The current stream; `None` between streams.
#[derive(Default)]
pub struct Bzip2(Option<Decompress>);

impl Decoder for Bzip2 {
    fn step(&mut self, input: &[u8], last: bool, out: &mut [u8]) -> Step {
        if self.0.is_none() && input.is_empty() {
            return Step::default();
        }
        let stream = self.0.get_or_insert_with(|| Decompress::new(false));
        let before = (stream.total_in(), stream.total_out());
        let status = stream.decompress(input, out);
        let taken = (stream.total_in() - before.0) as usize;
        let made = (stream.total_out() - before.1) as usize;
        let fault = match status {
            Ok(Status::StreamEnd) => {
                self.0 = None;
                None
            }
            Ok(Status::Ok) => (last && taken == 0 && made == 0).then(cut),
            _ => Some(damaged()),
        };
        Step { taken, made, fault }
    }
}
