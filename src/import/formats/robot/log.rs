//! The log of a test: keywords and their messages, indented.

use crate::model::head;

/// The greatest indentation.
const INDENTED: usize = 30;

/// The longest log; the rest is cut.
const LOG_BYTES: usize = 4 << 20;

/// The lines so far. The words of a keyword's line may be added later.
#[derive(Debug, Default)]
pub struct Log {
    lines: Vec<(usize, String)>,
    depth: usize,
    bytes: usize,
}

impl Log {
    /// Starts a keyword, and returns its line.
    pub fn begin(&mut self) -> usize {
        self.push("");
        self.depth += 1;
        self.lines.len() - 1
    }

    /// Adds to the words of the keyword in this line.
    pub fn word(&mut self, line: usize, word: &str) {
        if let Some((_, words)) = self.lines.get_mut(line).filter(|_| self.bytes < LOG_BYTES) {
            let word = head(word, 1000).replace('\n', "\\n");
            if !words.is_empty() && !word.is_empty() {
                words.push_str("    ");
            }
            self.bytes += word.len();
            words.push_str(&word);
        }
    }

    /// Ends a keyword with this status.
    pub fn end(&mut self, line: usize, status: &str) {
        self.depth = self.depth.saturating_sub(1);
        if !matches!(status, "" | "PASS") {
            self.word(line, &format!("[{status}]"));
        }
    }

    /// Adds a message of the open keyword.
    pub fn message(&mut self, level: &str, text: &str) {
        for line in text.lines() {
            self.push(&format!("{level:5} {line}"));
        }
    }

    fn push(&mut self, line: &str) {
        self.bytes += line.len();
        let text = if self.bytes < LOG_BYTES { line.to_owned() } else { String::new() };
        self.lines.push((self.depth.min(INDENTED), text));
    }

    /// Returns the whole log.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (depth, line) in self.lines.iter().filter(|(_, line)| !line.is_empty()) {
            for _ in 0..*depth {
                text.push_str("    ");
            }
            text.push_str(line);
            text.push('\n');
        }
        if self.bytes >= LOG_BYTES {
            text.push_str("…\n");
        }
        text
    }
}
