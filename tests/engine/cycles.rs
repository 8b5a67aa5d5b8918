//! Modules of one folder import each other in one direction.

use crate::dropped::{folder, tree};
use std::collections::{BTreeMap, BTreeSet};

/// The modules of a folder of `src`, each with the modules that it imports.
fn imports(root: &str) -> BTreeMap<String, BTreeSet<String>> {
    let files: BTreeMap<String, String> = tree(&folder("src").join(root))
        .into_iter()
        .filter_map(|(path, bytes)| {
            let path = path.strip_suffix(".rs")?;
            let module = format!("{root}/{path}");
            let module = module.strip_suffix("/mod").unwrap_or(&module).to_owned();
            Some((module, String::from_utf8(bytes).unwrap()))
        })
        .collect();
    let imported = |module: &str, path: &str| {
        let names: Vec<&str> = path.split("::").collect();
        let ups = names.iter().take_while(|name| **name == "super").count();
        let mut at = match names.first() {
            Some(&"crate") => Vec::new(),
            _ => module.split('/').collect(),
        };
        at.truncate(at.len() - ups);
        at.extend(names.iter().filter(|name| !["crate", "super"].contains(name)));
        // The longest prefix that is a module; the rest names an item.
        let prefixes = (1..=at.len()).rev().map(|length| at[..length].join("/"));
        prefixes.into_iter().find(|prefix| files.contains_key(prefix)).filter(|found| found != module)
    };
    let of_module = |(module, text): (&String, &String)| {
        let code = text.split("#[cfg(test)]").next().unwrap();
        let statements = code.split('\n').scan(false, |is_open, line| {
            let is_use = *is_open || line.starts_with("use ") || line.starts_with("pub use ");
            *is_open = is_use && !line.ends_with(';');
            Some(if is_use { line.trim() } else { "" })
        });
        let text: String = statements.collect();
        let paths =
            text.split(';').filter_map(|statement| statement.split_once("use ")).flat_map(|(_, path)| {
                match path.split_once('{') {
                    Some((start, list)) => {
                        let names = list.trim_end_matches('}').split(',').map(str::trim);
                        names.map(|name| format!("{start}{name}")).collect()
                    }
                    None => vec![path.to_owned()],
                }
            });
        (module.clone(), paths.filter_map(|path| imported(module, &path)).collect())
    };
    files.iter().map(of_module).collect()
}

#[test]
fn no_folder_has_an_import_cycle() {
    for root in ["analyze", "figures"] {
        let mut left = imports(root);
        assert!(left.values().any(|imported| !imported.is_empty()), "{root} has imports");
        // Removes the modules that import none of the others, until nothing changes.
        loop {
            let free = |imported: &BTreeSet<String>| !imported.iter().any(|other| left.contains_key(other));
            let leaf = left.iter().find(|(_, imported)| free(imported)).map(|(module, _)| module.clone());
            let Some(leaf) = leaf else { break };
            left.remove(&leaf);
        }
        assert!(left.is_empty(), "modules in import cycles, or that import such modules: {left:#?}");
    }
}
