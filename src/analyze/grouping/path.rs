//! Paths of files, and sorting parts by path.

use crate::analyze::natural;
use crate::model::{Dataset, PartId};
use crate::text::order::Order;

/// The path of a part's file.
pub fn path(data: &Dataset, part: PartId) -> &str {
    &data.file(data.part(part).file).path
}

/// Splits a path into folder and file name; the folder may be empty.
pub fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// The folder of a part's file.
pub fn folder(data: &Dataset, part: PartId) -> &str {
    split(path(data, part)).0
}

/// The extension of a file name.
pub fn extension(file: &str) -> Option<&str> {
    file.rsplit_once('.').map(|(_, extension)| extension)
}

/// Sorts parts by the paths of their files.
pub fn sort_by_path(data: &Dataset, parts: &mut [PartId]) {
    parts.order_by(|&a, &b| natural::compare(path(data, a), path(data, b)));
}

/// Returns all parts sorted by path and by place in the file, so that the order of
/// dropping does not matter.
pub fn all_by_path(data: &Dataset) -> Vec<PartId> {
    let mut parts: Vec<PartId> = (0..data.parts.len()).map(PartId::from).collect();
    parts.order_by(|&a, &b| {
        let place = |part: PartId| data.part(part).place.0;
        let by_path = natural::compare(path(data, a), path(data, b));
        by_path.then(place(a).cmp(&place(b))).then(a.cmp(&b))
    });
    parts
}
