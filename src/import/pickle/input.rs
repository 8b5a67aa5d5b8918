//! The bytes of a pickle, taken from front to back.

use super::fault::{ENDS, Stop, broken};

/// The bytes, and the place of the next opcode or argument.
pub struct Input<'a> {
    pub bytes: &'a [u8],
    pub at: usize,
}

impl<'a> Input<'a> {
    /// Takes the next `N` bytes.
    pub fn take<const N: usize>(&mut self) -> Result<[u8; N], Stop> {
        match self.bytes.get(self.at..).and_then(<[u8]>::first_chunk::<N>) {
            Some(bytes) => {
                self.at += N;
                Ok(*bytes)
            }
            None => broken(ENDS),
        }
    }

    /// Takes a length or index of one byte.
    pub fn len1(&mut self) -> Result<usize, Stop> {
        let [len] = self.take()?;
        Ok(len.into())
    }

    /// Takes a length or index of four bytes.
    pub fn len4(&mut self) -> Result<usize, Stop> {
        Ok(u32::from_le_bytes(self.take()?) as usize)
    }

    /// Takes a length of eight bytes.
    pub fn len8(&mut self) -> Result<usize, Stop> {
        Ok(usize::try_from(u64::from_le_bytes(self.take()?)).unwrap_or(usize::MAX))
    }

    /// Takes `len` bytes. Returns where they begin, and how many they are.
    pub fn span(&mut self, len: usize) -> Result<(u32, u32), Stop> {
        let end = self.at.checked_add(len).filter(|&end| end <= self.bytes.len());
        let (Some(end), Ok(start), Ok(len)) = (end, u32::try_from(self.at), u32::try_from(len)) else {
            return broken(ENDS);
        };
        self.at = end;
        Ok((start, len))
    }

    /// Takes the rest of the line.
    pub fn line(&mut self) -> Result<&'a str, Stop> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let Some(len) = memchr::memchr(b'\n', rest) else {
            return broken(ENDS);
        };
        self.at += len + 1;
        let line = std::str::from_utf8(rest.get(..len).unwrap_or_default());
        line.map(str::trim_ascii_end).or_else(|_| broken("a line is not text"))
    }
}
