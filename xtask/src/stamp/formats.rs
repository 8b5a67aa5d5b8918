//! The names of the formats, for the static page.
//!
//! They come from the README's table, which the tests keep the same as the engine's list of
//! formats. So the build has the names without compiling the engine for this machine.

use anyhow::{Context, Result, ensure};

/// The table is between these comments.
const START: &str = "<!-- formats: ";
const END: &str = "<!-- end of formats -->";

/// Returns an item of an HTML list per format, in the order of the README's table.
///
/// # Errors
///
/// If the table is missing.
pub fn items(readme: &str) -> Result<String> {
    let (_, from_start) = readme.split_once(START).context("README.md has no table of formats")?;
    let (table, _) = from_start.split_once(END).context("the README's table of formats has no end")?;
    let cells = table.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    // The first row is the header; the second, of dashes, does not start with a blank after the bar.
    let names: Vec<&str> = cells.skip(1).collect();
    ensure!(!names.is_empty(), "the README's table of formats is empty");
    Ok(names.iter().map(|name| format!("<li>{name}</li>")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_first_cells_of_the_table() {
        let readme = "text\n| x | y |\n<!-- formats: made by the tests -->\n\n| format | written by |\n|---|---|\n\
                      | JUnit XML | pytest |\n| TAP | prove |\n\n<!-- end of formats -->\n| z | z |\n";
        assert_eq!(items(readme).unwrap(), "<li>JUnit XML</li><li>TAP</li>");
    }

    #[test]
    fn a_missing_or_empty_table_is_an_error() {
        assert!(items("text").is_err());
        assert!(items("<!-- formats: x -->\n<!-- end of formats -->").is_err());
    }

    #[test]
    fn the_readme_has_the_table() {
        let readme = include_str!("../../../README.md");
        assert!(items(readme).unwrap().starts_with("<li>JUnit XML</li>"));
    }
}
