//! Short names for what a module imports.
//!
//! wasm-bindgen names each function of the browser with a hash, such as
//! `__wbg_append_1b158e9e95e0ab00`, both in the module and in its script. Hashes do not compress.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, bail};

/// The module's magic number and version.
const HEADER: &[u8] = b"\0asm\x01\0\0\0";
/// The id of the section of imports.
const IMPORTS: u8 = 2;
/// The kind of an import that is a function.
const FUNCTION: u8 = 0;

/// Shortens the imports' names of each module in a folder, `NAME_bg.wasm`, and in its script,
/// `NAME.js`. The files keep their names: how they are shortened follows from what they were.
///
/// # Errors
///
/// If a file cannot be read or written, or a module and its script do not fit.
pub fn shorten_all(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let module = entry?.path();
        let Some(name) = module.file_name().and_then(|name| name.to_str()?.strip_suffix("_bg.wasm")) else {
            continue;
        };
        let script = folder.join(format!("{name}.js"));
        let (short_module, short_script) = shorten(&fs::read(&module)?, &fs::read_to_string(&script)?)
            .with_context(|| format!("the imports of {}", module.display()))?;
        fs::write(&module, short_module)?;
        fs::write(&script, short_script)?;
    }
    Ok(())
}

/// A module and its script, with names such as `i7` for what the one imports from the other.
fn shorten(module: &[u8], script: &str) -> Result<(Vec<u8>, String)> {
    let Some(mut rest) = module.strip_prefix(HEADER) else { bail!("this is no module") };
    let mut names = BTreeMap::new();
    let mut short = HEADER.to_vec();
    while let Some((&id, after)) = rest.split_first() {
        rest = after;
        let section = take_bytes(&mut rest)?;
        short.push(id);
        if id == IMPORTS {
            put_bytes(&mut short, &shorten_imports(section, &mut names)?);
        } else {
            put_bytes(&mut short, section);
        }
    }
    Ok((short, replace_names(script, &names)?))
}

/// The section of imports with short names; `names` gets the short one of each.
fn shorten_imports(mut section: &[u8], names: &mut BTreeMap<String, String>) -> Result<Vec<u8>> {
    let count = take_number(&mut section)?;
    let mut short = Vec::with_capacity(section.len());
    put_number(&mut short, count);
    for _ in 0..count {
        put_bytes(&mut short, take_bytes(&mut section)?);
        let name = std::str::from_utf8(take_bytes(&mut section)?)?;
        let number = names.len();
        put_bytes(&mut short, names.entry(name.to_owned()).or_insert(format!("i{number}")).as_bytes());
        let Some((&FUNCTION, after)) = section.split_first() else { bail!("{name} is no function") };
        section = after;
        short.push(FUNCTION);
        put_number(&mut short, take_number(&mut section)?);
    }
    Ok(short)
}

/// Replaces names in a script where they are whole words. Each must be there.
fn replace_names(script: &str, names: &BTreeMap<String, String>) -> Result<String> {
    let mut short = String::with_capacity(script.len());
    let mut replaced = std::collections::BTreeSet::new();
    let is_in_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut rest = script;
    while let Some(start) = rest.find(is_in_word) {
        let (between, from_word) = rest.split_at(start);
        let (word, after) = from_word.split_at(from_word.find(|c| !is_in_word(c)).unwrap_or(from_word.len()));
        short.push_str(between);
        match names.get_key_value(word) {
            Some((name, to)) => {
                replaced.insert(name);
                short.push_str(to);
            }
            None => short.push_str(word),
        }
        rest = after;
    }
    short.push_str(rest);
    match names.keys().find(|name| !replaced.contains(name)) {
        Some(name) => bail!("the script has no {name}"),
        None => Ok(short),
    }
}

/// Takes a number off the front, which is LEB128.
fn take_number(bytes: &mut &[u8]) -> Result<usize> {
    let mut number = 0;
    for shift in (0..32).step_by(7) {
        let Some((&byte, after)) = bytes.split_first() else { break };
        *bytes = after;
        number |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    bail!("a number is cut off, or too large")
}

/// Takes a length and so many bytes off the front.
fn take_bytes<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8]> {
    let length = take_number(bytes)?;
    let Some((taken, after)) = bytes.split_at_checked(length) else { bail!("the module is cut off") };
    *bytes = after;
    Ok(taken)
}

fn put_number(bytes: &mut Vec<u8>, mut number: usize) {
    while number > 0x7f {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn put_bytes(bytes: &mut Vec<u8>, content: &[u8]) {
    put_number(bytes, content.len());
    bytes.extend_from_slice(content);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module that imports functions of type 0, and has one section of another kind.
    fn module(names: &[&str]) -> Vec<u8> {
        let mut imports = Vec::new();
        put_number(&mut imports, names.len());
        for name in names {
            put_bytes(&mut imports, b"./page_bg.js");
            put_bytes(&mut imports, name.as_bytes());
            imports.extend([FUNCTION, 0]);
        }
        let mut module = HEADER.to_vec();
        module.extend([1, 4, 1, 0x60, 0, 0]);
        module.push(IMPORTS);
        put_bytes(&mut module, &imports);
        module
    }

    #[test]
    fn module_and_script_get_the_same_names() {
        let long = "x".repeat(300);
        let script = format!("import0 = {{__wbg_a_01: f, __wbg_a_012: g, \"{long}\"() {{ __wbg_a_01x }}}}");
        let (short, script) = shorten(&module(&["__wbg_a_012", "__wbg_a_01", &long]), &script).unwrap();
        assert_eq!(short, module(&["i0", "i1", "i2"]));
        assert_eq!(script, "import0 = {i1: f, i0: g, \"i2\"() { __wbg_a_01x }}");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let error = |module: &[u8]| shorten(module, "other").unwrap_err().to_string();
        assert_eq!(error(&module(&["__wbg_a_01"])), "the script has no __wbg_a_01");
        assert_eq!(error(b"\0asm"), "this is no module");
        let whole = module(&["other"]);
        assert_eq!(error(&whole[..whole.len() - 1]), "the module is cut off");
    }
}
