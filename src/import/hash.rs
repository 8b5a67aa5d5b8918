//! The hash of a file's content.

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

/// The size of a block. Blocks of a large file are hashed apart, so that several workers can.
pub const BLOCK_BYTES: u64 = if cfg!(any(test, fuzzing)) { 1 << 10 } else { 8 << 20 };

/// Hashes a file: XXH3 of its bytes; for a file of several blocks XXH3 of the hashes of its blocks.
pub struct FileHash {
    /// Of the blocks before the present one.
    blocks: Vec<u64>,
    block: Xxh3,
    in_block: u64,
}

impl FileHash {
    pub fn new() -> FileHash {
        FileHash { blocks: Vec::new(), block: Xxh3::new(), in_block: 0 }
    }

    /// Adds the next bytes.
    pub fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            // A full block ends with the byte after it: a file of one block has no others.
            if self.in_block == BLOCK_BYTES {
                self.blocks.push(self.block.digest());
                self.block.reset();
                self.in_block = 0;
            }
            let room = usize::try_from(BLOCK_BYTES - self.in_block).unwrap_or(usize::MAX);
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.block.update(now);
            self.in_block += now.len() as u64;
            bytes = later;
        }
    }

    /// Adds the hashes of the next blocks, which were computed apart. All before are complete.
    pub fn add_blocks(&mut self, blocks: &[u64]) {
        let own = std::mem::replace(self, FileHash::new());
        *self = FileHash { blocks: own.into_blocks(), ..FileHash::new() };
        self.blocks.extend(blocks);
    }

    /// Returns the hashes of all blocks.
    pub fn into_blocks(mut self) -> Vec<u64> {
        if self.in_block > 0 {
            self.blocks.push(self.block.digest());
        }
        self.blocks
    }

    /// Returns the hash of the file.
    pub fn digest(self) -> u64 {
        if self.blocks.is_empty() {
            return self.block.digest();
        }
        let blocks: Vec<u8> = self.into_blocks().into_iter().flat_map(u64::to_le_bytes).collect();
        match blocks.as_chunks::<8>().0 {
            [only] => u64::from_le_bytes(*only),
            _ => xxh3_64(&blocks),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_files_have_the_hash_of_their_bytes() {
        for len in [0, 1, BLOCK_BYTES as usize - 1, BLOCK_BYTES as usize] {
            let bytes: Vec<u8> = (0..len).map(|at| (at % 251) as u8).collect();
            let mut hash = FileHash::new();
            hash.update(&bytes);
            assert_eq!(hash.digest(), xxh3_64(&bytes), "{len}");
        }
    }

    #[test]
    fn neither_pieces_nor_parts_matter() {
        let block = BLOCK_BYTES as usize;
        let bytes: Vec<u8> = (0..block * 5 / 2).map(|at| (at * at % 251) as u8).collect();
        let whole = |pieces: usize| {
            let mut hash = FileHash::new();
            bytes.chunks(pieces).for_each(|piece| hash.update(piece));
            hash.digest()
        };
        assert_eq!(whole(7), whole(bytes.len()));
        for cut in [block, 2 * block] {
            let (mut before, mut behind) = (FileHash::new(), FileHash::new());
            before.update(&bytes[..cut]);
            behind.update(&bytes[cut..]);
            before.add_blocks(&behind.into_blocks());
            assert_eq!(before.digest(), whole(bytes.len()), "{cut}");
        }
    }
}
