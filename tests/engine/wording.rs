//! The texts that a person sees contain no words and phrases from a list: words that
//! read as translated, riddles, and wrong spellings.
//!
//! The texts are the string literals of `src/` without comments and tests, and the
//! documents.

use crate::dropped::{folder, tree};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::path::Path;

/// What must not occur, and what to write instead. Lower case.
const FORBIDDEN: &[(&str, &str)] = &[
    // Spelling.
    ("set-up", "setup"),
    ("tear-down", "teardown"),
    ("time stamp", "timestamp"),
    ("time-stamp", "timestamp"),
    ("log-in", "login"),
    ("colour", "color"),
    ("recognise", "recognize"),
    ("neighbour", "neighbor"),
    // Number and article.
    ("1 tests", "1 test"),
    ("1 results", "1 result"),
    ("1 files", "1 file"),
    ("an failure", "a failure"),
    ("an skipped", "a skipped"),
    // A file does not break, hold, tell or remark.
    ("break off", "is truncated"),
    ("breaks off", "is truncated"),
    ("broke off", "is truncated"),
    ("broken off", "truncated"),
    ("hold for", "apply to"),
    ("holds for", "applies to"),
    ("tell of", "describe"),
    ("tells of", "describes"),
    ("told twice", "reported in two formats"),
    ("nothing else tells", "no better source"),
    ("to remark", "no issues"),
    ("you said so", "set by you"),
    // Nothing, none and nobody.
    ("is no", "is not a"),
    ("are no", "are not"),
    ("was no", "was not found"),
    ("that is none", "invalid"),
    ("which is none", "invalid"),
    ("is none of", "unknown"),
    ("is none", "is missing"),
    ("of which no", "name the data that was lost"),
    ("nothing of it", "name what was lost"),
    ("none of it", "name what was lost"),
    ("nobody", "no person, or passive voice"),
    ("somebody", "a person"),
    ("could not be had", "could not be loaded"),
    ("has no end", "did not finish, or is not closed"),
    ("have no end", "did not finish, or are not closed"),
    // Place and time.
    ("at hand", "available"),
    ("not there", "missing"),
    ("stands there", "name it"),
    ("stand there", "name it"),
    ("what stands", "name it"),
    ("stands before", "earlier"),
    ("stands behind", "follows"),
    ("behind another", "after another"),
    ("by now", "current"),
    ("as it is now", "current"),
    ("the session before", "the previous session"),
    ("inside of", "in"),
    // Actions.
    ("taken back", "undone"),
    ("take back", "undo"),
    ("takes back", "undoes"),
    ("left out", "ignored, or omitted"),
    ("leaves out", "omits"),
    ("again and again", "repeatedly"),
    ("litter", "system file"),
    ("made to fill", "crafted to exhaust"),
    ("what comes out", "the result"),
    ("does not let", "blocks"),
];

/// Phrases that contain a forbidden one and are right.
const ALLOWED: &[&str] = &["is no longer", "are no longer", "was no longer"];

/// Returns the text in lower case, with one space for each run of white space.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Returns the forbidden phrases in a text: whole words, in any case.
fn forbidden_in(text: &str) -> Vec<&'static str> {
    let mut text = plain(text);
    for allowed in ALLOWED {
        text = text.replace(allowed, "");
    }
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let occurs = |phrase: &str| {
        text.match_indices(phrase).any(|(at, _)| {
            !is_word(text[..at].chars().next_back()) && !is_word(text[at + phrase.len()..].chars().next())
        })
    };
    FORBIDDEN.iter().map(|(phrase, _)| *phrase).filter(|phrase| occurs(phrase)).collect()
}

/// A place with a forbidden phrase: `path:line: phrase`.
fn hit(path: &str, line: usize, phrase: &str) -> String {
    let instead = FORBIDDEN.iter().find(|(known, _)| *known == phrase).map_or("", |(_, instead)| instead);
    format!("{path}:{line}: \"{phrase}\" (rather: {instead})")
}

/// The string literals of a source file, with their lines, and the test modules
/// that are in files of their own.
#[derive(Default)]
struct Literals {
    texts: Vec<(usize, String)>,
    test_modules: Vec<String>,
    /// The part of the file after the last literal, and its line.
    rest: String,
    line: usize,
}

impl Literals {
    fn of(source: &str) -> Literals {
        let mut literals = Literals { rest: source.to_owned(), line: 1, ..Literals::default() };
        let tokens: TokenStream = source.parse().expect("sources are valid Rust");
        literals.add(tokens);
        literals
    }

    fn add(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at += 1;
            match token {
                // A documentation comment, or an item for tests only.
                TokenTree::Punct(mark) if mark.as_char() == '#' => {
                    let inner = matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == '!');
                    let Some(TokenTree::Group(attribute)) = tokens.get(at + usize::from(inner)) else {
                        continue;
                    };
                    let text = attribute.stream().to_string();
                    if text.starts_with("doc =") {
                        at += 1 + usize::from(inner);
                    } else if text == "cfg (test)" || text == "test" {
                        at += 1;
                        at += self.skip_item(&tokens[at..]);
                    }
                }
                TokenTree::Group(group) => self.add(group.stream()),
                TokenTree::Literal(literal) => self.add_literal(&literal.to_string()),
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
        }
    }

    /// Returns the length of an item in tokens, up to its block or semicolon.
    fn skip_item(&mut self, tokens: &[TokenTree]) -> usize {
        let end = tokens.iter().position(|token| match token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(mark) => mark.as_char() == ';',
            _ => false,
        });
        let end = end.map_or(tokens.len(), |end| end + 1);
        if let [.., TokenTree::Ident(keyword), TokenTree::Ident(name), TokenTree::Punct(_)] = &tokens[..end]
            && keyword == "mod"
        {
            self.test_modules.push(name.to_string());
        }
        end
    }

    fn add_literal(&mut self, literal: &str) {
        // Literals come in the order of the source, so the next occurrence is it, unless a comment
        // has the same. That is close enough for a line number.
        if let Some(at) = self.rest.find(literal) {
            self.line += self.rest[..at].matches('\n').count();
            self.rest.replace_range(..at, "");
        }
        if let Ok(syn::Lit::Str(text)) = syn::parse_str(literal) {
            self.texts.push((self.line, text.value()));
        }
    }
}

/// Returns the hits in the string literals of a source file, and the names of the
/// files of its test modules.
fn check_source(path: &str, source: &str) -> (Vec<String>, Vec<String>) {
    let literals = Literals::of(source);
    let hits = literals.texts.iter().flat_map(|(line, text)| {
        forbidden_in(text).into_iter().map(|phrase| hit(path, *line, phrase)).collect::<Vec<_>>()
    });
    let around = Path::new(path).with_extension("");
    let folder = if around.ends_with("mod") || around.ends_with("lib") {
        around.parent().map(Path::to_path_buf).unwrap_or_default()
    } else {
        around
    };
    let tests = literals.test_modules.iter().map(|name| format!("{}/{name}.rs", folder.display()));
    (hits.collect(), tests.collect())
}

/// Returns the hits in the paragraphs of a document.
fn check_document(path: &str, text: &str) -> Vec<String> {
    let mut hits = Vec::new();
    let mut line = 1;
    for paragraph in text.split("\n\n") {
        for phrase in forbidden_in(paragraph) {
            hits.push(hit(path, line, phrase));
        }
        line += paragraph.matches('\n').count() + 2;
    }
    hits
}

/// Returns HTML without comments and scripts; lines stay where they are.
fn visible(html: &str) -> String {
    let mut text = html.to_owned();
    for (start, end) in [("<!--", "-->"), ("<script", "</script>")] {
        while let Some(from) = text.find(start) {
            let to = text[from..].find(end).map_or(text.len(), |at| from + at + end.len());
            let lines = "\n".repeat(text[from..to].matches('\n').count());
            text.replace_range(from..to, &lines);
        }
    }
    text
}

#[test]
fn texts_of_the_sources_are_plain_english() {
    let (mut hits, mut tests) = (Vec::new(), BTreeSet::new());
    for (path, bytes) in tree(&folder("src")).into_iter().filter(|(path, _)| path.ends_with(".rs")) {
        let (of_file, test_files) = check_source(&path, &String::from_utf8(bytes).unwrap());
        hits.extend(of_file.into_iter().map(|hit| (path.clone(), format!("src/{hit}"))));
        tests.extend(test_files);
    }
    let hits: Vec<String> =
        hits.into_iter().filter(|(path, _)| !tests.contains(path)).map(|(_, hit)| hit).collect();
    assert!(hits.is_empty(), "{}", hits.join("\n"));
}

#[test]
fn the_documents_are_plain_english() {
    let mut hits = Vec::new();
    for path in ["README.md", "DESIGN.md", "docs/formats.md", "fixtures/README.md", "fixtures/demo/README.md"]
    {
        hits.extend(check_document(path, &std::fs::read_to_string(folder(path)).unwrap()));
    }
    let html = std::fs::read_to_string(folder("index.html")).unwrap();
    hits.extend(check_document("index.html", &visible(&html)));
    assert!(hits.is_empty(), "{}", hits.join("\n"));
}

/// The check itself: it finds phrases in literals and macros, and only there.
#[test]
fn the_check_finds_what_it_should() {
    let sample = r##"
        //! A comment may say that a file breaks off.
        /// So may documentation: the file breaks off.
        fn note(name: &str) -> String {
            // And this: breaks off.
            let plain = "the file Breaks
                off";
            let byte = b"breaks off";
            view! { <p title="Nothing to remark">{format!("{name} at hand")}</p> };
            let fine = "it is no longer stamped, at handover, the setup";
            format!(r#"{name} is no list"#)
        }
        #[cfg(test)]
        mod tests {
            const TEXT: &str = "taken back";
            #[test]
            fn a() { assert_eq!("by now", "litter"); }
        }
        #[cfg(test)]
        mod more_tests;
        const LAST: &str = "no set-up";
    "##;
    let (hits, tests) = check_source("a/sample.rs", sample);
    let found: Vec<&str> = hits.iter().map(|hit| hit.split(" (").next().unwrap()).collect();
    assert_eq!(
        found,
        [
            "a/sample.rs:6: \"breaks off\"",
            "a/sample.rs:9: \"to remark\"",
            "a/sample.rs:9: \"at hand\"",
            "a/sample.rs:11: \"is no\"",
            "a/sample.rs:21: \"set-up\"",
        ]
    );
    assert_eq!(tests, ["a/sample/more_tests.rs"]);
    assert_eq!(check_source("a/mod.rs", "#[cfg(test)] mod t;").1, ["a/t.rs"]);

    let html = "<p>fine\n<!-- taken back -->\n<script>by now</script>\n\n<b title='a log-in'></b>";
    let found = check_document("x.html", &visible(html));
    assert_eq!(found, ["x.html:5: \"log-in\" (rather: login)"]);
}
