//! Manifests: which of their sessions each file belongs to.

use super::path::split;
use crate::model::{Dataset, FileRecord, LINK_NAMES, Manifest, PartId};
use crate::text::order::Order;
use crate::text::{glob, is_glob};
use percent_encoding::percent_decode_str;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;

/// Returns, by part, the sessions of manifests that name its file: parts of the manifests, which have no results.
/// Manifests in deeper folders come first, and names in the link before all.
///
/// An address in a manifest names the file at its path below the manifest's folder; the hosts of absolute addresses are
/// not compared. One of an archive or folder names all files in it.
pub fn named(data: &Dataset) -> Vec<Vec<PartId>> {
    let mut named = vec![Vec::new(); data.parts.len()];
    let mut manifests: Vec<(&FileRecord, &Manifest)> =
        data.ledger().filter_map(|(_, file)| Some((file, file.manifest.as_deref()?))).collect();
    manifests.order_by_key(|(file, _)| {
        (file.path != LINK_NAMES, Reverse(file.path.matches('/').count()), &file.path, file.hash)
    });
    if manifests.is_empty() {
        return named;
    }
    let mut exact: FxHashMap<String, Vec<(usize, PartId)>> = FxHashMap::default();
    let mut patterns: Vec<(String, (usize, PartId))> = Vec::new();
    for (rank, (file, manifest)) in manifests.into_iter().enumerate() {
        let folder = split(&file.path).0;
        for (addresses, &part) in manifest.files.iter().zip(&file.parts) {
            for path in addresses.iter().flat_map(|address| paths(folder, address)) {
                if is_glob(&path) {
                    patterns.push((path.clone(), (rank, part)));
                }
                exact.entry(path).or_default().push((rank, part));
            }
        }
    }
    for (_, file) in data.ledger().filter(|(_, file)| file.manifest.is_none()) {
        // What the page added to the path of an archive says which members were read.
        let path = file.path.split("!/").next().unwrap_or_default();
        let around = std::iter::successors(Some(path), |path| Some(path.rsplit_once('/')?.0));
        let by_path = around.filter_map(|path| exact.get(path)).flatten().copied();
        let by_pattern = patterns.iter().filter(|(pattern, _)| glob(pattern, path)).map(|(_, place)| *place);
        let mut places: Vec<(usize, PartId)> = by_path.chain(by_pattern).collect();
        places.order();
        places.dedup();
        for part in &file.parts {
            named[part.index()] = places.iter().map(|(_, part)| *part).collect();
        }
    }
    named
}

/// Puts the covers of manifests before all others.
pub fn before(mut named: Vec<Vec<PartId>>, covers: Vec<Vec<PartId>>) -> Vec<Vec<PartId>> {
    for (named, covers) in named.iter_mut().zip(covers) {
        named.extend(covers);
    }
    named
}

/// The paths that an address in a manifest may stand for: as it is written, and as an address, without what follows
/// `?` and with `%20` as a blank. A fragment is a member of an archive, or a hash.
fn paths(folder: &str, address: &str) -> Vec<String> {
    let (address, fragment) = address.split_once('#').unwrap_or((address, ""));
    let member = fragment.split('&').find(|part| !part.is_empty() && !part.starts_with("sha256="));
    let below = |address: &str| {
        let path = match address.split_once("://") {
            Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path).to_owned(),
            None if address.starts_with('/') => address.to_owned(),
            None => format!("{folder}/{address}"),
        };
        let mut pieces: Vec<&str> = Vec::new();
        for piece in path.split('/').chain(member) {
            match piece {
                "" | "." => {}
                ".." => drop(pieces.pop()),
                piece => pieces.push(piece),
            }
        }
        pieces.join("/")
    };
    let plain = address.split('?').next().unwrap_or_default();
    let mut paths = vec![below(address), below(&percent_decode_str(plain).decode_utf8_lossy())];
    paths.dedup();
    paths.retain(|path| !path.is_empty());
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_stand_for_paths_below_the_manifest() {
        for (folder, address, expected) in [
            ("", "a.xml", vec!["a.xml"]),
            ("site", "1.5/a.xml", vec!["site/1.5/a.xml"]),
            ("site/2026", "../a.xml", vec!["site/a.xml"]),
            ("", "../../a.xml", vec!["a.xml"]),
            ("site", "/other/a.xml", vec!["other/a.xml"]),
            ("site", "https://lab.example/r/a.xml", vec!["r/a.xml"]),
            ("site", "a%20b.xml?X-Amz-Signature=1", vec!["site/a%20b.xml?X-Amz-Signature=1", "site/a b.xml"]),
            ("site", "all.zip#b/*.xml&sha256=00", vec!["site/all.zip/b/*.xml"]),
            ("site", "a.xml#sha256=00", vec!["site/a.xml"]),
            ("site", "board_a/", vec!["site/board_a"]),
            ("", "/", vec![]),
        ] {
            assert_eq!(paths(folder, address), expected, "{folder} {address}");
        }
    }
}
