//! `environment.properties`: properties that apply to all results of a folder.
//!
//! Java's properties: lines of `key = value`, and comments after `#` or `!`.

use super::report;
use crate::import::batch::Batch;
use crate::import::details::Details;
use crate::import::detect::Head;
use crate::import::importer::WholeFileImporter;
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, identify, limits};
use crate::model::{ReportRole, Severity, Source};

pub const ABOUT: About = About {
    key: "allure-environment",
    name: "Allure environment",
    tool: "Allure",
    family: Family::AnyLanguage,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "test scripts: `environment.properties` in Allure's results folder",
    reads: "properties, which apply to the results in its folder",
    dut: "properties with common names",
    limits: "no results",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect,
    importer: || Box::new(WholeFileImporter::new(read)),
    details: |_| Details::default(),
});

/// Returns whether every line is a property, a comment or blank, and at least one is a property.
fn detect(head: &Head) -> bool {
    let mut lines = head.text.lines().filter(|line| !is_comment(line)).peekable();
    head.text.len() < limits::HEAD_BYTES
        && lines.peek().is_some()
        && lines.all(|line| property(line).is_some())
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with(['#', '!'])
}

fn property(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | ':' | '\\' | '@');
    // `==` is a version requirement.
    (!name.is_empty() && name.chars().all(is_name) && !value.starts_with('=')).then(|| (name, value.trim()))
}

fn read(text: &str, _at: u64, batch: &mut Batch) {
    let draft = batch.session(0);
    draft.report = report(ReportRole::Cover);
    for (name, value) in text.lines().filter(|line| !is_comment(line)).filter_map(property) {
        let (name, value) = (unescaped(name), unescaped(value));
        draft.property(&name, &value);
        if let Some(identity) = identify::identity_field(&name) {
            draft.claim(identity, Source::Property, &name, &value);
        }
    }
    let text = "describes an environment; applies to the Allure results in its folder";
    batch.note(Severity::Info, None, text);
}

/// Resolves escapes such as `\u00e9` and `\:`.
fn unescaped(text: &str) -> String {
    let mut value = String::new();
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        value.push_str(before);
        let code = escape.strip_prefix('u').and_then(|hex| u32::from_str_radix(hex.get(..4)?, 16).ok());
        rest = match code.and_then(char::from_u32) {
            Some(character) => {
                value.push(character);
                escape.get(5..).unwrap_or("")
            }
            None => {
                let mut plain = escape.chars();
                value.extend(plain.next());
                plain.as_str()
            }
        };
    }
    value + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_properties_are_recognized() {
        for (text, is_it) in [
            ("# the bench\nboard = board_a\nos.version=6.1\n", true),
            ("Path=C\\:\\\\bench\nk=", true),
            ("pytest==8.4\nbehave==1.3\n", false),
            ("board = a\nit failed at 3 = x\n", false),
            ("ok 1 - a = b\n", false),
            ("# nothing\n", false),
            ("", false),
        ] {
            assert_eq!(detect(&Head::new(text)), is_it, "{text}");
        }
        assert_eq!(unescaped("gr\\u00f6\\u00dfe C\\:\\\\x \\ud83d"), "größe C:\\x ud83d");
    }
}
