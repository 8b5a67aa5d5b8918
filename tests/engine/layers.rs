//! Layers point one way: `text` ← `model` ← `import`, `analyze`, `query`, `export`,
//! `figures` ← `engine` ← `worker`, `browser` ← `ui`. The modules of `import` have no cycles,
//! either.

use crate::dropped::{folder, tree};
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::{Visit, visit_file};

/// The paths that a file names, in `use` and elsewhere: `["crate", "model", "head"]`.
#[derive(Default)]
struct Paths(BTreeSet<Vec<String>>);

impl Paths {
    fn of(text: &str) -> Paths {
        let mut paths = Paths::default();
        visit_file(&mut paths, &syn::parse_file(text).unwrap());
        paths
    }

    fn add_tree(&mut self, tree: &syn::UseTree, around: &mut Vec<String>) {
        match tree {
            syn::UseTree::Path(path) => {
                around.push(path.ident.to_string());
                self.add_tree(&path.tree, around);
                around.pop();
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.add_tree(item, around)),
            syn::UseTree::Name(syn::UseName { ident })
            | syn::UseTree::Rename(syn::UseRename { ident, .. }) => {
                self.0.insert(around.iter().cloned().chain([ident.to_string()]).collect());
            }
            syn::UseTree::Glob(_) => drop(self.0.insert(around.clone())),
        }
    }

    /// Adds the paths among the words of a macro call, such as `format!("{}", a::b())`.
    fn add_tokens(&mut self, tokens: &str) {
        let tokens = tokens.replace(" :: ", "::");
        let words = tokens.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
        for path in words.filter(|word| word.contains("::")) {
            self.0.insert(path.split("::").map(str::to_owned).collect());
        }
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.add_tree(&item.tree, &mut Vec::new());
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.0.insert(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        syn::visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.add_tokens(&call.tokens.to_string());
        syn::visit::visit_macro(self, call);
    }

    // Tests may use anything.
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let is_test = |attribute: &syn::Attribute| match &attribute.meta {
            syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
            _ => false,
        };
        if !module.attrs.iter().any(is_test) {
            syn::visit::visit_item_mod(self, module);
        }
    }
}

/// Returns the files of a folder of `src/`, parsed.
fn sources(layer: &str) -> Vec<(String, Paths)> {
    let files = tree(&folder("src").join(layer)).into_iter().filter(|(path, _)| path.ends_with(".rs"));
    files.map(|(path, bytes)| (path, Paths::of(std::str::from_utf8(&bytes).unwrap()))).collect()
}

/// Returns the layers that a layer's files name.
fn used_by(layer: &str) -> BTreeSet<String> {
    let sources = sources(layer);
    let paths = sources.iter().flat_map(|(_, paths)| &paths.0);
    let of_crate = paths.filter(|path| path.first().is_some_and(|first| first == "crate"));
    of_crate.filter_map(|path| path.get(1)).filter(|used| *used != layer).cloned().collect()
}

#[test]
fn layers_point_one_way() {
    for (layer, below) in [
        ("text", &[][..]),
        ("model", &["text"]),
        ("import", &["model", "text"]),
        ("query", &["model", "text"]),
        // Grouping uses `import::identify`, which knows paths and properties but no formats. The
        // ledger and results use descriptions of formats and details, which are data. Nothing in
        // `import` uses an analysis.
        ("analyze", &["model", "text", "import", "query"]),
        ("export", &["model", "text", "analyze", "query"]),
        ("figures", &["model", "text", "analyze", "query"]),
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
        for (file, Paths(paths)) in sources(layer) {
            for path in paths {
                let names: Vec<&str> = path.iter().map(String::as_str).collect();
                let is_of_browser = matches!(
                    names[..],
                    ["web_sys" | "js_sys" | "wasm_bindgen" | "leptos" | "reactive_graph", ..]
                        | ["std", "fs" | "net" | "thread", ..]
                );
                assert!(!is_of_browser, "src/{layer}/{file} names {}", path.join("::"));
            }
        }
    }
}

/// Collects which modules directly below `import/` use which. A format may use the root's list of
/// public names; other modules import from the module that defines a name.
#[test]
fn modules_of_import_have_no_cycles() {
    let module = |path: &str| path.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
    let sources = sources("import");
    let modules: BTreeSet<String> = sources.iter().map(|(path, _)| module(path)).collect();
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, Paths(paths)) in &sources {
        let own = module(file);
        if own == "mod" {
            continue;
        }
        // How many `super` lead from the file to `import`.
        let depth = file.split('/').filter(|piece| *piece != "mod.rs").count();
        for path in paths {
            let supers = path.iter().take_while(|name| *name == "super").count();
            let names: Vec<&str> = path.iter().map(String::as_str).collect();
            let used = match names[..] {
                ["crate", "import", used, ..] => used,
                _ if supers == depth => names.get(supers).copied().unwrap_or(""),
                _ => continue,
            };
            // `pub(super)` has no name.
            if used.is_empty() {
                continue;
            }
            if modules.contains(used) {
                uses.entry(own.clone()).or_default().insert(used.to_owned());
            } else {
                assert_eq!(own, "formats", "src/import/{file} uses `{used}` through import/mod.rs");
            }
        }
        uses.entry(own.clone()).or_default().remove(&own);
    }
    // Removes modules that use none of the others, until nothing changes.
    while let Some(done) = uses.iter().find(|(_, used)| used.is_empty()).map(|(module, _)| module.clone()) {
        uses.remove(&done);
        for used in uses.values_mut() {
            used.remove(&done);
        }
    }
    assert!(uses.is_empty(), "these form a cycle: {uses:?}");
}

/// Input must not cause a panic, so Clippy denies what could panic in all of `import`. The
/// attribute occurs once, and files below allow such code only for single expressions.
#[test]
fn importers_deny_panics() {
    for (path, bytes) in tree(&folder("src/import")) {
        let file = syn::parse_file(std::str::from_utf8(&bytes).unwrap()).unwrap();
        let names_lints = |attribute: &&syn::Attribute| match &attribute.meta {
            syn::Meta::List(list) => {
                let text = list.tokens.to_string().replace(' ', "");
                ["unwrap_used", "expect_used", "indexing_slicing"].iter().all(|lint| text.contains(lint))
            }
            _ => false,
        };
        let count = file.attrs.iter().filter(names_lints).count();
        assert_eq!(count, usize::from(path == "mod.rs"), "src/import/{path}");
        assert!(
            !file.attrs.iter().any(|attribute| attribute.path().is_ident("allow")),
            "src/import/{path} allows a lint for the whole file"
        );
    }
}
