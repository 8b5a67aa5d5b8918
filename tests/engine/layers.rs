//! Layers point one way: `text` ← `model` ← `import`, `analyze`, `query`, `export` ←
//! `engine` ← `worker`, `browser` ← `ui`.

use crate::dropped::{folder, tree};
use std::collections::BTreeSet;

/// The folders that a folder's files name with `crate::`.
fn used_by(layer: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (_, bytes) in tree(&folder("src").join(layer)) {
        let text = String::from_utf8(bytes).unwrap();
        for (at, _) in text.match_indices("crate::") {
            let rest = &text[at + "crate::".len()..];
            let names = match rest.strip_prefix('{') {
                Some(list) => list[..list.find('}').unwrap()].split(',').collect(),
                None => vec![rest],
            };
            for name in names {
                let name = name.trim();
                let end = name.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(name.len());
                used.insert(name[..end].to_owned());
            }
        }
    }
    used.remove(layer);
    used
}

#[test]
fn layers_point_one_way() {
    for (layer, below) in [
        ("text", &[][..]),
        ("model", &["text"]),
        ("import", &["model", "text"]),
        ("query", &["model", "text"]),
        // History asks `import::identify`, which knows paths and properties and
        // no format; the ledger and results name formats and details, which are
        // data there. Nothing in `import` knows of an analysis.
        ("analyze", &["model", "text", "import", "query"]),
        ("export", &["model", "text", "analyze", "query"]),
        ("figures", &["model", "text", "analyze"]),
        ("engine", &["model", "text", "import", "analyze", "query", "export", "figures"]),
    ] {
        let used = used_by(layer);
        let above: Vec<&String> = used.iter().filter(|name| !below.contains(&name.as_str())).collect();
        assert!(above.is_empty(), "{layer} uses {above:?}");
    }
}

#[test]
fn the_engine_knows_no_browser() {
    for layer in ["text", "model", "import", "analyze", "query", "export", "figures", "engine"] {
        for (path, bytes) in tree(&folder("src").join(layer)) {
            let text = String::from_utf8(bytes).unwrap();
            for name in [
                "web_sys",
                "js_sys",
                "wasm_bindgen",
                "leptos",
                "reactive_graph",
                "std::fs",
                "std::net",
                "std::thread",
            ] {
                assert!(!text.contains(name), "src/{layer}/{path} names {name}");
            }
        }
    }
}

/// Nothing that came from outside may stop the page: no reader unwraps.
#[test]
fn importers_deny_what_panics() {
    let text = std::fs::read_to_string(folder("src/import/mod.rs")).unwrap();
    assert!(text.contains("deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)"));
}
