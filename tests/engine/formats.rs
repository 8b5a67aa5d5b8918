//! The lists of formats in the README, in `docs/formats.md` and on the static page
//! are generated from the descriptions of the formats.
//!
//! `UPDATE_FORMATS=1 cargo test --test engine formats` writes them.

use crate::dropped::folder;
use passgrid::import::{ABOUT, About, Family, GUIDES, Guide, formats_of, tools_of};
use std::fmt::Write;

const BEGIN: &str = "<!-- formats: generated, see tests/engine/formats.rs -->\n";
const END: &str = "<!-- end of formats -->\n";

/// Compares a text with the generated one, or writes it if that is asked for.
#[track_caller]
fn check(path: &str, have: &str, want: &str, whole: &dyn Fn(&str) -> String) {
    if std::env::var_os("UPDATE_FORMATS").is_some() {
        std::fs::write(folder(path), whole(want)).unwrap();
    } else {
        assert_eq!(have, want, "{path}: run the tests with UPDATE_FORMATS=1");
    }
}

/// Checks the generated part of a document.
#[track_caller]
fn check_part(path: &str, want: &str) {
    let document = std::fs::read_to_string(folder(path)).unwrap();
    let (before, rest) = document.split_once(BEGIN).expect("the document has a generated part");
    let (have, after) = rest.split_once(END).expect("the generated part has an end");
    check(path, have, want, &|part| format!("{before}{BEGIN}{part}{END}{after}"));
}

/// The families that have a table of formats: all except archives.
fn families() -> impl Iterator<Item = (Family, Vec<&'static Guide>)> {
    let guide = |about: &About| GUIDES.iter().copied().find(|guide| guide.about.key == about.key);
    Family::ALL.into_iter().filter(|family| *family != Family::Archives).map(move |family| {
        (family, formats_of(family).into_iter().map(|about| guide(about).expect("a guide")).collect())
    })
}

fn row(table: &mut String, cells: &[&str]) {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|").replace('<', "&lt;")).collect();
    writeln!(table, "| {} |", cells.join(" | ")).unwrap();
}

#[test]
fn the_readme_lists_the_formats() {
    let mut table = "\n| format | written by |\n|---|---|\n".to_owned();
    for (family, guides) in families() {
        // A family of one format has its name.
        if guides.len() > 1 {
            writeln!(table, "| **{}** | |", family.name()).unwrap();
        }
        for guide in guides {
            row(&mut table, &[guide.about.name, guide.producers]);
        }
    }
    table.push('\n');
    check_part("README.md", &table);
}

#[test]
fn the_document_describes_the_formats() {
    let mut text = String::new();
    for (family, guides) in families() {
        writeln!(text, "\n## {}\n", family.name()).unwrap();
        text.push_str("| format | written by | read besides outcomes, durations and messages | DUT, unit and build from | limits |\n|---|---|---|---|---|\n");
        for guide in guides {
            row(&mut text, &[guide.about.name, guide.producers, guide.reads, guide.dut, guide.limits]);
        }
    }
    text.push('\n');
    check_part("docs/formats.md", &text);
}

#[test]
fn the_static_page_lists_the_formats() {
    let mut html = "<dl>\n".to_owned();
    for family in Family::ALL {
        writeln!(html, "<div><dt>{}</dt><dd>{}</dd></div>", family.name(), tools_of(family)).unwrap();
    }
    let names: Vec<&str> = families().flat_map(|(_, guides)| guides).map(|guide| guide.about.name).collect();
    let names: Vec<&str> = names.into_iter().filter(|name| *name != "JUnit XML").collect();
    writeln!(html, "</dl>\n<details><summary>{} formats besides JUnit XML, by name</summary>", names.len())
        .unwrap();
    html.push_str("<ul>\n");
    for name in names {
        writeln!(html, "<li>{name}</li>").unwrap();
    }
    html.push_str("</ul></details>\n");
    let have = std::fs::read_to_string(folder("assets/formats.html")).unwrap_or_default();
    check("assets/formats.html", &have, &html, &str::to_owned);
}

#[test]
fn each_format_is_in_one_family() {
    let listed: usize = Family::ALL.into_iter().map(|family| formats_of(family).len()).sum();
    let archives = formats_of(Family::Archives).len();
    assert_eq!(listed, ABOUT.len() + archives);
    assert!(Family::ALL.into_iter().all(|family| !formats_of(family).is_empty()), "a family is empty");
}
