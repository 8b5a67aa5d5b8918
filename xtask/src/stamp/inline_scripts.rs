//! Finds the inline scripts of a page.
//!
//! This reads what Trunk writes, not arbitrary web pages: it distinguishes tags, comments and raw
//! text, and nothing else.

/// Returns the texts of the inline scripts, in the order of the page; scripts with a `src` have no
/// text.
pub fn inline_scripts(html: &str) -> Vec<&str> {
    let mut scripts = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let Some(tag_end) = tag_end(rest) else { break };
        let (tag, after) = rest.split_at(tag_end);
        rest = after;
        if !is_script(tag) {
            continue;
        }
        let text_end = find_ignoring_case(after, "</script").unwrap_or(after.len());
        let (text, after) = after.split_at(text_end);
        if !has_source(tag) && !text.is_empty() {
            scripts.push(text);
        }
        rest = after;
    }
    scripts
}

/// Returns the length of the tag at the start of a text. Its attributes may have a quoted `>`.
fn tag_end(html: &str) -> Option<usize> {
    let mut quote = None;
    for (at, character) in html.char_indices() {
        match (quote, character) {
            (None, '>') => return Some(at + 1),
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
    }
    None
}

fn is_script(tag: &str) -> bool {
    let name = tag.trim_start_matches('<').split(|c: char| c.is_whitespace() || c == '>').next();
    name.is_some_and(|name| name.eq_ignore_ascii_case("script"))
}

/// Returns whether the tag has a `src` attribute. Words in quotes are values and do not count.
fn has_source(tag: &str) -> bool {
    let outside_quotes: String = tag.split(['"', '\'']).step_by(2).collect::<Vec<_>>().join(" ");
    outside_quotes
        .split(|c: char| c.is_whitespace() || c == '>')
        .any(|word| word.split('=').next().is_some_and(|name| name.eq_ignore_ascii_case("src")))
}

fn find_ignoring_case(text: &str, pattern: &str) -> Option<usize> {
    text.as_bytes().windows(pattern.len()).position(|window| window.eq_ignore_ascii_case(pattern.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, expected: &[&str]) {
        assert_eq!(inline_scripts(html), expected);
    }

    #[test]
    fn inline_scripts_are_found_with_their_white_space() {
        check("<body>\n<script type=\"module\">\nimport x;\n</script>", &["\nimport x;\n"]);
    }

    #[test]
    fn all_of_them_are_found_in_order() {
        check("<script>a</script><p></p><SCRIPT defer>b</SCRIPT >", &["a", "b"]);
    }

    #[test]
    fn scripts_from_files_have_no_text() {
        check("<script src=\"a.js\"></script><script async src=b.js></script><script>c</script>", &["c"]);
    }

    #[test]
    fn attributes_that_only_mention_a_source_do_not_count() {
        check("<script data-src=\"a.js\" title=\"src=b\">c</script>", &["c"]);
    }

    #[test]
    fn comments_are_skipped() {
        check("<!-- <script>a</script> --><script>b</script>", &["b"]);
    }

    #[test]
    fn scripts_may_contain_tags_and_attributes_may_contain_angle_brackets() {
        check("<meta content=\"a > b\"><script>x = '<svg>';</script>", &["x = '<svg>';"]);
    }

    #[test]
    fn unclosed_scripts_end_with_the_page() {
        check("<script>a", &["a"]);
        check("<script", &[]);
    }
}
