//! Joins the style sheets.
//!
//! The sources have a file per component. In a browser, each file is a request, and small files
//! compress poorly: joined, they take two thirds of the bytes.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

/// Joins the style sheets that a page links, in the order of the page, and links the result in place
/// of the first one. Returns the new text of the page.
///
/// # Errors
///
/// If the page links no style sheet, or one cannot be read, written or removed.
pub fn join(html: &str, folder: &Path) -> Result<String> {
    let mut joined = String::new();
    let mut page = String::with_capacity(html.len());
    let mut place = None;
    let mut rest = html;
    while let Some(start) = rest.find("<link") {
        let (before, from_link) = rest.split_at(start);
        let Some(length) = from_link.find('>') else { break };
        let (link, after) = from_link.split_at(length + 1);
        page.push_str(before);
        rest = after;
        let Some(address) = attribute(link, "href").filter(|_| attribute(link, "rel") == Some("stylesheet"))
        else {
            page.push_str(link);
            continue;
        };
        let file = folder.join(address);
        let name = || file.display().to_string();
        joined += &fs::read_to_string(&file).with_context(name)?;
        joined.push('\n');
        fs::remove_file(&file).with_context(name)?;
        place.get_or_insert(page.len());
    }
    page.push_str(rest);

    let Some(place) = place else { bail!("the page links no style sheet") };
    // Like Trunk's names, the name contains a hash of the content, so caches can keep the file forever.
    let hash: String = Sha256::digest(&joined).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let name = format!("style-{hash}.css");
    fs::write(folder.join(&name), joined).with_context(|| name.clone())?;
    page.insert_str(place, &format!("<link rel=\"stylesheet\" href=\"./{name}\">"));
    Ok(page)
}

/// Returns the value of a tag's attribute, with quotes or without: Trunk writes both.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let values = tag.split(|c: char| c.is_whitespace() || c == '>');
    let value = values.filter_map(|word| word.split_once('=')).find(|(key, _)| *key == name)?.1;
    Some(value.trim_matches(['"', '\'']))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page that links these sheets, joined in a folder of its own, and the files that are
    /// left there with their content.
    fn joined(html: &str, sheets: &[(&str, &str)]) -> (String, Vec<(String, String)>) {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in sheets {
            fs::write(folder.path().join(name), content).unwrap();
        }
        let page = join(html, folder.path()).unwrap();
        let files = fs::read_dir(folder.path()).unwrap().map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        });
        (page, files.collect())
    }

    #[test]
    fn sheets_are_joined_in_the_order_of_the_page() {
        let html = "<head><link rel=\"stylesheet\" href=\"./b.css\">\n<link rel=icon href=c.svg>\
                    <link href=./a.css rel=stylesheet></head>";
        let (page, files) = joined(html, &[("a.css", "a{}"), ("b.css", "b{}")]);
        let [(name, content)] = &files[..] else { panic!("{files:?}") };
        assert_eq!(content, "b{}\na{}\n");
        let expected =
            format!("<head><link rel=\"stylesheet\" href=\"./{name}\">\n<link rel=icon href=c.svg></head>");
        assert_eq!(page, expected);
    }

    #[test]
    fn another_style_has_another_name() {
        let name = |content| joined("<link rel=stylesheet href=a.css>", &[("a.css", content)]).1.remove(0).0;
        assert_eq!(name("a{}"), name("a{}"));
        assert_ne!(name("a{}"), name("b{}"));
    }

    #[test]
    fn a_page_without_styles_or_with_a_missing_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(join("<head></head>", folder.path()).is_err());
        assert!(join("<link rel=stylesheet href=a.css>", folder.path()).is_err());
    }
}
