//! The JSON of JavaScript's test runners.

pub mod jest;
pub mod mocha;
pub mod mocha_stream;
pub mod mochawesome;
pub mod playwright;

use std::collections::BTreeMap;

/// Returns short names of files: without the path to the project, which differs on each machine,
/// but with enough of the path to distinguish files with the same name.
fn short_paths(paths: &[String]) -> Vec<String> {
    let paths: Vec<String> = paths.iter().map(|path| path.replace('\\', "/")).collect();
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let mut by_name: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for path in &paths {
        by_name.entry(name(path)).or_default().push(path);
    }
    // Where the distinguishing part of the path begins, by name.
    let mut starts: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, same) in &by_name {
        let first = same.first().copied().unwrap_or("");
        let common = same.iter().fold(first.len(), |common, path| {
            first.bytes().zip(path.bytes()).take(common).take_while(|(a, b)| a == b).count()
        });
        let common = first.as_bytes().get(..common).unwrap_or_default();
        let folder = common.iter().rposition(|&byte| byte == b'/').map_or(0, |at| at + 1);
        let is_alone = same.iter().all(|path| *path == first);
        starts.insert(name, if is_alone { first.len() - name.len() } else { folder });
    }
    paths
        .iter()
        .map(|path| {
            let start = starts.get(name(path).as_str()).copied().unwrap_or(0);
            path.get(start..).unwrap_or(path).to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_with_the_same_name_keep_the_differing_folders() {
        let paths =
            ["/srv/a/x/index.js", "/srv/a/sum.js", "/srv/a/y/index.js", "/srv/a/sum.js", "C:\\a\\b.js", ""];
        let short = short_paths(&paths.map(str::to_owned));
        assert_eq!(short, ["x/index.js", "sum.js", "y/index.js", "sum.js", "b.js", ""]);
        assert_eq!(
            short_paths(&["index.js".to_owned(), "a/index.js".to_owned()]),
            ["index.js", "a/index.js"]
        );
        assert_eq!(short_paths(&["/ü/t.js".to_owned(), "/ö/t.js".to_owned()]), ["ü/t.js", "ö/t.js"]);
    }
}
