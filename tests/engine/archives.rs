//! Unpacks streams that real tools packed: the content is unchanged, and a broken stream is
//! unpacked up to the fault.

use crate::dropped::{folder, tree};
use passgrid::import::archive::{Event, Kind, Tar, Unpacker};
use passgrid::import::limits;
use std::fmt::Write;

/// The report in the archives; `_generators/archives.py` writes the same.
fn report(cases: usize) -> String {
    let mut text = format!("<testsuite name=\"archives\" tests=\"{cases}\">\n");
    for n in 0..cases {
        let (class, time) = (n % 7, n * 7919 % 1000);
        let attributes = format!("classname=\"board.test_{class}\" name=\"test_{n}\" time=\"0.{time:03}\"");
        writeln!(text, "<testcase {attributes}/>").unwrap();
    }
    text.push_str("</testsuite>\n");
    text
}

/// Unpacks a stream that arrives in pieces of this size. Returns the content and the fault.
fn unpack(kind: Kind, bytes: &[u8], size: usize) -> (Vec<u8>, Option<String>) {
    let mut unpacker = Unpacker::new(kind).unwrap();
    let mut out = Vec::new();
    let pieces = bytes.chunks(size).map(|piece| (piece, false)).chain([(&[][..], true)]);
    for (piece, last) in pieces {
        unpacker.push(piece);
        loop {
            match unpacker.next(last) {
                Ok(Some(data)) => out.extend_from_slice(data),
                Ok(None) => break,
                Err(fault) => return (out, Some(fault.0)),
            }
        }
    }
    (out, None)
}

/// Valid archives of normal size: name, kind and content.
fn good() -> Vec<(String, Kind, Vec<u8>)> {
    let files = tree(&folder("fixtures/archives")).into_iter();
    let good = files.filter(|(path, _)| path.contains(".xml.") && !path.contains("window"));
    let good: Vec<_> = good.map(|(path, bytes)| (path, Kind::of(&bytes).unwrap(), bytes)).collect();
    assert!(good.len() > 9);
    good
}

#[test]
fn archives_are_unpacked_to_their_content() {
    let expected = report(4000);
    for (path, kind, bytes) in good() {
        for size in [1, 1000, bytes.len()] {
            let (out, fault) = unpack(kind, &bytes, size);
            assert_eq!(fault, None, "{path} in pieces of {size}");
            assert!(out == expected.as_bytes(), "{path} in pieces of {size}: {} bytes", out.len());
        }
    }
}

/// The members of a tar in a stream are found.
#[test]
fn tars_in_streams() {
    for (path, bytes) in tree(&folder("fixtures/archives")) {
        let kind = Kind::of(&bytes).unwrap();
        if !path.contains(".tar.") || kind == Kind::Gzip {
            continue;
        }
        let (out, fault) = unpack(kind, &bytes, 99);
        assert_eq!((Kind::of(&out), fault), (Some(Kind::Tar), None), "{path}");
        let (mut tar, mut files) = (Tar::default(), Vec::new());
        tar.push(&out, &mut |event| match event {
            Event::Begin { name, .. } => files.push((name, Vec::new())),
            Event::Data(data) => files.last_mut().unwrap().1.extend_from_slice(data),
            Event::End => {}
        })
        .unwrap();
        assert_eq!(tar.finish(), None, "{path}");
        let cases = match path.split('-').next() {
            Some("xz") => 20,
            Some("bzip2") => 30,
            _ => 40,
        };
        assert_eq!(files.len(), 2, "{path}");
        for ((name, content), (build, cases)) in files.iter().zip([("1.4.0/", cases), ("1.5.0/", cases + 1)])
        {
            assert!(name.starts_with(build) && content == report(cases).as_bytes(), "{path}: {name}");
        }
    }
}

/// Streams that are cut at a hundred places give the beginning of the report, with all complete
/// blocks, and a fault.
#[test]
fn truncated_streams_keep_complete_blocks() {
    let expected = report(4000);
    for (path, kind, bytes) in good() {
        for part in 1..100 {
            let cut = &bytes[..(bytes.len() * part / 100).max(6)];
            let (out, fault) = unpack(kind, cut, 777);
            assert!(expected.as_bytes().starts_with(&out), "{path} cut at {part} %");
            // A cut between two streams cannot be noticed.
            let is_half = expected.len() / 2 == out.len();
            assert!(
                is_half || fault.is_some_and(|text| text.contains("truncated")),
                "{path} cut at {part} %"
            );
            let least = match kind {
                _ if part < 99 => 0,
                Kind::Xz => expected.len() * 9 / 10,
                Kind::Zstd => 128 << 10,
                _ if path.contains("blocks") => 199_000,
                _ => 0,
            };
            assert!(out.len() >= least, "{path} cut at {part} %: {} of {least} bytes", out.len());
        }
    }
}

/// A flipped bit gives a fault, unless nothing depends on it. The content before the fault is
/// unchanged, except for the part with the wrong checksum.
#[test]
fn damaged_streams_have_a_fault() {
    let expected = report(4000);
    for (path, kind, bytes) in good() {
        for part in 1..50 {
            let mut bytes = bytes.clone();
            let at = bytes.len() * part / 50;
            bytes[at] ^= 1 << (part % 8);
            let (out, fault) = unpack(kind, &bytes, 4096);
            for size in [bytes.len(), 1 + part, 1000 + part] {
                assert!(
                    unpack(kind, &bytes, size) == (out.clone(), fault.clone()),
                    "{path} with a flipped bit at {at} depends on pieces of {size} bytes"
                );
            }
            let has_sum = !path.contains("ultra") && !path.contains("filter.");
            assert!(
                fault.is_some() || !has_sum || out == expected.as_bytes(),
                "{path} with a flipped bit at {at} is read without a fault"
            );
        }
    }
}

/// Streams that need gigabytes of memory are refused with advice.
#[test]
fn windows_have_a_limit() {
    for (path, bytes) in tree(&folder("fixtures/archives")) {
        if path.contains("window") {
            let (out, fault) = unpack(Kind::of(&bytes).unwrap(), &bytes, 10);
            assert!(out.is_empty(), "{path}");
            assert!(fault.unwrap().contains("too much memory to unpack here: unpack it with `"), "{path}");
        }
    }
    assert_eq!(limits::UNPACK_BYTES, 128 << 20);
}

#[test]
fn nothing_and_zeros() {
    // A block of zeros is a byte and a count: the output must not be produced before it is
    // requested.
    let frame = [0x28, 0xB5, 0x2F, 0xFD, 0, 0x58];
    let zeros = [2, 0, 16, 0].repeat(100_000);
    let mut unpacker = Unpacker::new(Kind::Zstd).unwrap();
    unpacker.push(&frame);
    unpacker.push(&zeros);
    let mut len = 0;
    while len < 100 << 20 {
        len += unpacker.next(false).unwrap().unwrap().len();
    }
    for kind in [Kind::Bzip2, Kind::Zstd] {
        let mut unpacker = Unpacker::new(kind).unwrap();
        assert_eq!(unpacker.next(true), Ok(None));
    }
    assert!(Unpacker::new(Kind::Gzip).is_none() && Unpacker::new(Kind::Tar).is_none());
}
