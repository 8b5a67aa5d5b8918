//! Finds a report behind other text, such as the output of the runner that printed it.
//!
//! A report begins at the start of a line, possibly after terminal colors; an XML declaration
//! may begin anywhere in a line. Documents that no format claims are skipped as a whole, so
//! that nothing inside of them is taken for a report.

use super::detect::Head;
use super::json;
use super::limits;
use crate::model::ansi;
use memchr::memmem;
use std::collections::HashSet;

/// How many bytes may be looked at in total. Only files that are crafted to cost time exceed
/// it.
const BUDGET: usize = 128 << 20;

/// Returns the first place in the text where a document begins that `claim` accepts, and its
/// answer. `begins` returns whether a report may begin with this line of text that is neither
/// XML nor JSON.
pub fn first_report<T>(
    text: &str,
    begins: &dyn Fn(&str) -> bool,
    claim: &dyn Fn(&Head) -> Option<T>,
) -> Option<(usize, T)> {
    Search { text, begins, claim, refused: HashSet::new(), unclosed: HashSet::new(), budget: BUDGET }.run()
}

struct Search<'a, T> {
    text: &'a str,
    begins: &'a dyn Fn(&str) -> bool,
    claim: &'a dyn Fn(&Head) -> Option<T>,
    /// The keys of objects that no format claims: many lines of a log have the same.
    refused: HashSet<String>,
    /// The names of elements that are not closed.
    unclosed: HashSet<&'a str>,
    budget: usize,
}

/// What is found at the beginning of a line.
enum Found<T> {
    Report(usize, T),
    /// Nothing up to here.
    SkipTo(usize),
    /// A document of which the rest of the text is a part.
    Nothing,
}

impl<'a, T> Search<'a, T> {
    fn run(mut self) -> Option<(usize, T)> {
        let mut at = 0;
        while at < self.text.len().min(limits::SEARCH_BYTES) {
            match self.line(at) {
                Found::Report(at, found) => return Some((at, found)),
                Found::SkipTo(next) => at = next,
                Found::Nothing => return None,
            }
            self.budget = self.budget.checked_sub(1)?;
        }
        None
    }

    /// Looks at the line that begins at `at`.
    fn line(&mut self, at: usize) -> Found<T> {
        let rest = self.text.get(at..).unwrap_or("");
        let line = rest.get(..line_end(rest)).unwrap_or(rest);
        let next = at + line.len() + 1;
        let from = at + begin(line);
        let found = match rest.as_bytes().get(from - at) {
            Some(b'<') => self.element(from, next),
            Some(b'{' | b'[') => self.value(from, next),
            _ => Found::SkipTo(next),
        };
        if !matches!(found, Found::SkipTo(to) if to == next) {
            return found;
        }
        let is_inside = |declaration: &usize| *declaration > from - at;
        match memmem::find(line.as_bytes(), b"<?xml ").filter(is_inside) {
            Some(declaration) => self.element(at + declaration, next),
            None if (self.begins)(line.get(from - at..).unwrap_or("")) => self.attempt(from, next),
            None => Found::SkipTo(next),
        }
    }

    fn attempt(&mut self, at: usize, next: usize) -> Found<T> {
        let head = Head::at(self.text, at);
        if !self.spend(head.text.len()) {
            return Found::Nothing;
        }
        match (self.claim)(&head) {
            Some(found) => Found::Report(at, found),
            None => Found::SkipTo(next),
        }
    }

    fn spend(&mut self, bytes: usize) -> bool {
        self.budget = self.budget.saturating_sub(bytes);
        self.budget > 0
    }

    /// Looks at the markup at `at`, in the line before `next`.
    fn element(&mut self, at: usize, next: usize) -> Found<T> {
        let rest = self.text.get(at..).unwrap_or("");
        let is_name = |c: u8| c.is_ascii_alphabetic() || matches!(c, b'_' | b'?' | b'!') || c >= 0x80;
        if !rest.as_bytes().get(1).is_some_and(|&c| is_name(c)) {
            return Found::SkipTo(next);
        }
        let head = Head::at(self.text, at);
        let Some(root) = head.root else {
            // Whatever follows is part of the unfinished declaration.
            let is_cut = rest.starts_with("<?xml") || rest.starts_with("<!DOCTYPE");
            return if is_cut { Found::Nothing } else { Found::SkipTo(next) };
        };
        let start = rest.find(root).unwrap_or(0);
        let name = rest.get(start..start + root.len()).unwrap_or("");
        let is_known = self.unclosed.contains(name);
        if is_known && !rest.starts_with("<?xml") {
            return Found::SkipTo(next);
        }
        if let Found::Report(at, found) = self.attempt(at, next) {
            return Found::Report(at, found);
        }
        if !is_known {
            if !self.spend(rest.len()) {
                return Found::Nothing;
            }
            let close = memmem::find_iter(rest.as_bytes(), name.as_bytes()).find(|&found| {
                let before = rest.get(..found).unwrap_or("");
                let before = before.rsplit_once(['<', '>', ' ']).map_or(before, |(_, tag)| tag);
                let is_end = rest.get(found + name.len()..).unwrap_or("").trim_start().starts_with('>');
                before.starts_with('/') && is_end
            });
            if let Some(close) = close {
                return Found::SkipTo(at + close + name.len());
            }
            self.unclosed.insert(name);
        }
        let is_document = ["<?xml", "<!", "<html", "<HTML"].iter().any(|start| rest.starts_with(start));
        if !is_document {
            return Found::SkipTo(next);
        }
        // Another document may follow one that was cut short.
        match rest.get(5..).and_then(|rest| memmem::find(rest.as_bytes(), b"\n<?xml ")) {
            Some(other) => Found::SkipTo(at + 5 + other + 1),
            None => Found::Nothing,
        }
    }

    /// Looks at the JSON at `at`, in the line before `next`.
    fn value(&mut self, at: usize, next: usize) -> Found<T> {
        let rest = self.text.get(at..).unwrap_or("");
        let (extent, looked) = json::extent(rest);
        if !self.spend(looked) {
            return Found::Nothing;
        }
        if extent == json::Extent::Invalid {
            return Found::SkipTo(next);
        }
        let head = Head::at(self.text, at);
        let keys = format!("{}{}", head.is_array, head.keys.join("\n"));
        let may_be = !head.keys.is_empty() || head.is_stream();
        if may_be && !self.refused.contains(&keys) {
            if let Found::Report(at, found) = self.attempt(at, next) {
                return Found::Report(at, found);
            }
            self.refused.insert(keys);
        }
        match extent {
            json::Extent::To(len) if at + len < next => Found::SkipTo(next),
            json::Extent::To(len) => Found::SkipTo(at + len),
            _ => Found::Nothing,
        }
    }
}

/// Returns the length of the first line, without its end. A progress bar ends lines with CR.
fn line_end(text: &str) -> usize {
    memchr::memchr2(b'\n', b'\r', text.as_bytes()).unwrap_or(text.len())
}

/// Returns where a line begins, after terminal colors and byte order marks.
fn begin(line: &str) -> usize {
    line.len() - ansi::without_first_escapes(line).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Finds `<report>`, objects with the key `report`, and lines that begin with `report`.
    fn find(text: &str) -> Option<usize> {
        let claim = |head: &Head| {
            let is_report = head.root == Some("report") || head.has("report");
            (is_report || head.text.starts_with("report")).then_some(())
        };
        first_report(text, &|line| line.starts_with("report"), &claim).map(|(at, ())| at)
    }

    #[test]
    fn reports_are_found_behind_logs() {
        for log in [
            "",
            "log\n",
            "[INFO] go\n",
            "[    0.000000] Booting\r\n",
            "[==========] Running\n[1, 2\n",
            "{\"level\": \"info\"}\n{\"level\": \"info\"}\n",
            "{broken\n{\"cut\": \"of\n",
            "<6>[ 1.0] x\n<info> eth0\n<!-- x\n",
            "<html>\n<body>\n</html>\n",
            "10 %\r20 %\r",
            "\u{1b}[32mgreen\u{1b}[0m\r\n",
            "{\n\"a\": {\n\"other\": 1}}\n",
        ] {
            for report in ["<?xml version='1.0'?><report/>", "<report>", "{\"report\": 1}", "report"] {
                for color in ["", "\u{1b}[0m"] {
                    let found = find(&format!("{log}{color}{report}\n"));
                    assert_eq!(found, Some(log.len() + color.len()), "{log}{color}{report}");
                }
            }
        }
        assert_eq!(find("out: <?xml version='1.0'?><report/>"), Some(5));
        assert_eq!(find("out: <report/>"), None);
    }

    #[test]
    fn nothing_inside_of_another_document_is_a_report() {
        for text in [
            "{\"a\":\n{\"report\": 1}\n}",
            "[\n[\n{\"report\": 1}\n]\n]",
            "<html>\n<report/>\n</html>\n",
            "<?xml version='1.0'?>\n<other>\n<report/>",
            "<!DOCTYPE html>\n<body>\n<report/>",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    #[test]
    fn hostile_text_is_cheap() {
        for line in ["{\n", "[\n", "{\"a\":{\n", "<a>\n", "<a", "[[", "<?xml ", "{\"a\":1}\n", "\r"] {
            find(&line.repeat((1 << 20) / line.len()));
        }
        let names: String = (0..100_000).map(|n| format!("<a{n}>\n")).collect();
        find(&names);
    }
}
