#![no_main]
//! Reads arbitrary bytes as an archive: the result does not depend on pieces, limits are kept, and
//! no path leads outside of the archive.

use flate2::read::{DeflateDecoder, MultiGzDecoder};
use libfuzzer_sys::fuzz_target;
use passgrid::import::archive::{
    Event, Kind, Packing, TAIL_BYTES, Tar, Unpacker, data_start, directory, find_directory, member_path,
};
use std::io::Read;

/// The most bytes that an archive may unpack to here.
const MOST: usize = 4 << 20;

fuzz_target!(|bytes: &[u8]| {
    match Kind::of(bytes) {
        Some(Kind::Zip) => zip(bytes),
        Some(Kind::Tar) => tar(bytes),
        Some(Kind::Gzip) => tar(&at_most(MultiGzDecoder::new(bytes))),
        Some(kind) => {
            let whole = unpack(kind, bytes, bytes.len());
            let pieces = unpack(kind, bytes, 1 + bytes.len() % 61);
            assert!(whole == pieces, "pieces change what is unpacked");
            tar(&whole);
        }
        None => {}
    }
});

fn at_most(reader: impl Read) -> Vec<u8> {
    let mut out = Vec::new();
    let _ = reader.take(MOST as u64).read_to_end(&mut out);
    out
}

fn unpack(kind: Kind, bytes: &[u8], size: usize) -> Vec<u8> {
    let Some(mut unpacker) = Unpacker::new(kind) else { return Vec::new() };
    let mut out = Vec::new();
    for (piece, last) in bytes.chunks(size.max(1)).map(|piece| (piece, false)).chain([(&[][..], true)]) {
        unpacker.push(piece);
        loop {
            match unpacker.next(last) {
                Ok(Some(data)) => out.extend_from_slice(data),
                Ok(None) => break,
                Err(_) => return out,
            }
            if out.len() > MOST {
                out.truncate(MOST);
                return out;
            }
        }
    }
    out
}

fn tar(bytes: &[u8]) {
    let whole = members(bytes, bytes.len());
    assert!(whole == members(bytes, 1 + bytes.len() % 700), "pieces change what is in a tar");
    let held: usize = whole.0.iter().map(|(_, content)| content.len()).sum();
    assert!(held <= bytes.len());
    whole.0.iter().for_each(|(name, _)| path(name));
}

/// The files with their names, and the archive's fault.
fn members(bytes: &[u8], size: usize) -> (Vec<(String, Vec<u8>)>, Option<String>) {
    let (mut tar, mut files) = (Tar::default(), Vec::new());
    for piece in bytes.chunks(size.max(1)) {
        let pushed = tar.push(piece, &mut |event| match event {
            Event::Begin { name, .. } => files.push((name, Vec::new())),
            Event::Data(data) => files.last_mut().expect("data is of a file").1.extend_from_slice(data),
            Event::End => {}
        });
        if let Err(fault) = pushed {
            return (files, Some(fault.0));
        }
    }
    (files, tar.finish().map(|fault| fault.0))
}

fn zip(bytes: &[u8]) {
    let size = bytes.len() as u64;
    let tail = &bytes[size.saturating_sub(TAIL_BYTES) as usize..];
    let Ok(place) = find_directory(tail, size) else { return };
    let entries = &bytes[place.at as usize..(place.at + place.len) as usize];
    let (members, _) = directory(entries, place);
    assert!(members.len() * 46 <= entries.len());
    for member in &members {
        path(&member.name);
        let at = |from: u64| bytes.get(usize::try_from(from).unwrap_or(usize::MAX)..).unwrap_or_default();
        let Some(start) = data_start(at(member.header_at), member) else { continue };
        if member.packing == Packing::Deflated {
            at_most(DeflateDecoder::new(at(start)));
        }
    }
}

fn path(name: &str) {
    let path = member_path("results.zip", name);
    assert!(path.starts_with("results.zip") && !path.split('/').any(|piece| piece == ".."), "{path}");
}
