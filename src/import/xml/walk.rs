//! Walks an XML document element by element, as the text arrives.

use super::local_name;
use super::outside::{Outside, Then};
use super::text::{control_character, text_of};
use crate::import::batch::Batch;
use crate::model::{Severity, head};
use quick_xml::errors::{Error, SyntaxError};
use quick_xml::events::{BytesStart, Event};

/// The part of an importer that a format implements: it is called for the elements of a
/// document. It keeps track of the open elements itself.
pub trait Visitor {
    /// Starts an element, at byte `at` of the file. Returns false to skip it with
    /// everything inside.
    fn start(&mut self, element: &BytesStart, at: u64, batch: &mut Batch) -> bool;

    /// Returns whether the text of the innermost open element is needed.
    fn wants_text(&self) -> bool;

    /// Reads a piece of the text of the innermost open element.
    fn text(&mut self, text: &str);

    /// Ends the innermost open element, which ends before byte `end`.
    fn close(&mut self, end: u64, batch: &mut Batch);

    /// Returns the current place in words, for notes: " after test `boot`".
    fn place(&self, batch: &Batch) -> String;
}

/// The greatest depth; deeper elements are skipped.
const DEPTH: usize = 20_000;

/// Walks a document. If it is truncated or not well-formed, it reads everything whose place in
/// the document is certain.
#[derive(Default)]
pub struct Walk {
    /// The open elements, without skipped ones.
    open: Names,
    /// The depth inside a skipped element.
    skipping: u64,
    stopped: bool,
    /// The end of the last event.
    seen_to: u64,
    /// The first byte that is not read yet.
    read_to: u64,
    misnested: bool,
    too_deep: bool,
    saw_doctype: bool,
    /// The last document has ended.
    is_outside: bool,
    outside: Outside,
    control_character: Option<u64>,
}

/// A stack of names, without an allocation per name.
#[derive(Default)]
struct Names {
    text: String,
    /// Where each name begins.
    starts: Vec<usize>,
}

impl Names {
    fn push(&mut self, name: &str) {
        self.starts.push(self.text.len());
        self.text.push_str(name);
    }

    fn pop(&mut self) {
        if let Some(start) = self.starts.pop() {
            self.text.truncate(start);
        }
    }

    /// Returns the index of the last name that equals `name`.
    fn rposition(&self, name: &str) -> Option<usize> {
        let mut end = self.text.len();
        self.starts.iter().rposition(|&start| {
            let found = self.text.get(start..end) == Some(name);
            end = start;
            found
        })
    }
}

impl Walk {
    /// Reads text, as [`Importer::read`](crate::import::Importer::read) does.
    pub fn read(
        &mut self,
        text: &str,
        at: u64,
        last: bool,
        visitor: &mut dyn Visitor,
        batch: &mut Batch,
    ) -> usize {
        if self.stopped {
            return text.len();
        }
        let used = self.events(text, at, last, visitor, batch);
        self.read_to = at + used as u64;
        if self.control_character.is_none() {
            let found = control_character(text.get(..used).unwrap_or(text));
            self.control_character = found.map(|found| at + found as u64);
        }
        used
    }

    /// Returns whether the walk is between two elements of a document in which it met nothing odd.
    pub fn is_plain(&self) -> bool {
        let is_odd = self.misnested || self.too_deep || self.control_character.is_some();
        !is_odd && !self.stopped && !self.is_outside && self.skipping == 0 && !self.open.starts.is_empty()
    }

    /// Goes on behind a part of the document that was read apart, and that ends at this byte.
    pub fn go_on_at(&mut self, end: u64) {
        (self.seen_to, self.read_to) = (end, end);
    }

    /// Ends the document. Returns the end of the last event, where open elements
    /// end.
    pub fn finish(&mut self, visitor: &dyn Visitor, batch: &mut Batch) -> u64 {
        if !self.stopped && !self.open.starts.is_empty() {
            let place = visitor.place(batch);
            let text = format!("XML is truncated{place}; earlier results were kept");
            batch.note_unreadable(self.read_to, text);
        }
        self.outside.finish(batch);
        if let Some(at) = self.control_character {
            let text = "control characters that XML does not allow; kept as they are";
            batch.note(Severity::Warning, Some(at), text);
        }
        self.seen_to
    }

    /// Reads what is complete, and returns how many bytes that is.
    fn events(
        &mut self,
        text: &str,
        at: u64,
        last: bool,
        visitor: &mut dyn Visitor,
        batch: &mut Batch,
    ) -> usize {
        let mut base = 0;
        let mut reader = super::reader(text);
        loop {
            if self.is_outside {
                let from = base + reader.buffer_position() as usize;
                match self.outside.skip(text, from, at, last) {
                    Then::Markup(start) => base = start,
                    Then::More(used) => return used,
                }
                reader = super::reader(text.get(base..).unwrap_or(""));
                self.is_outside = false;
            }
            let before = base as u64 + reader.buffer_position();
            let event = reader.read_event();
            let after = base as u64 + reader.buffer_position();
            let is_cut = after as usize == text.len() && !last;
            match event {
                Ok(Event::Eof) => return text.len(),
                // Text is complete only when something follows it.
                Ok(Event::Text(_) | Event::GeneralRef(_)) if is_cut => return before as usize,
                Ok(event) => {
                    self.event(&event, at + before, at + after, visitor, batch);
                    self.seen_to = at + after;
                    if self.open.starts.is_empty() && self.skipping == 0 {
                        self.document_ended(&event);
                    }
                }
                Err(_) if !last => return before as usize,
                Err(error) => {
                    self.stopped = true;
                    let place = visitor.place(batch);
                    let what = match error {
                        // A tag, a comment or the like is not closed.
                        Error::Syntax(syntax) if syntax != SyntaxError::InvalidBangMarkup => {
                            format!("XML is truncated{place}")
                        }
                        error => format!("invalid XML{place}: {error}"),
                    };
                    batch.note_unreadable(at + before, format!("{what}; earlier results were kept"));
                    return text.len();
                }
            }
        }
    }

    #[inline]
    fn event(&mut self, event: &Event, at: u64, end: u64, visitor: &mut dyn Visitor, batch: &mut Batch) {
        match event {
            Event::Empty(element) if self.skipping == 0 => {
                let is_read = visitor.start(element, at, batch);
                if is_read {
                    visitor.close(end, batch);
                }
            }
            Event::Start(_) if self.skipping > 0 => self.skipping += 1,
            Event::Start(element) => {
                if self.open.starts.len() == DEPTH && !self.too_deep {
                    self.too_deep = true;
                    let text = format!("elements are nested deeper than {DEPTH}; deeper ones were ignored");
                    batch.note_unreadable(at, text);
                }
                if self.open.starts.len() < DEPTH && visitor.start(element, at, batch) {
                    self.open.push(local_name(element.name()));
                } else {
                    self.skipping += 1;
                }
            }
            Event::End(_) if self.skipping > 0 => self.skipping -= 1,
            Event::End(element) => self.end(local_name(element.name()), at, end, visitor, batch),
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) if self.skipping > 0 => {}
            // The byte order marks of tools that concatenate files.
            Event::Text(_) if self.open.starts.is_empty() => {}
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) if visitor.wants_text() => {
                text_of(event, |text| visitor.text(text));
            }
            Event::DocType(_) if !self.saw_doctype => {
                self.saw_doctype = true;
                batch.note(Severity::Info, Some(at), "DOCTYPE found; its entities are not resolved");
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str, at: u64, end: u64, visitor: &mut dyn Visitor, batch: &mut Batch) {
        let depth = self.open.rposition(name);
        if depth.is_none_or(|depth| depth + 1 != self.open.starts.len()) && !self.misnested {
            self.misnested = true;
            let text = format!("unmatched closing tag </{}>; recoverable results were kept", head(name, 60));
            batch.note_unreadable(at, text);
        }
        while depth.is_some_and(|depth| self.open.starts.len() > depth) {
            self.open.pop();
            visitor.close(end, batch);
        }
    }

    /// Skips text that is not markup after the root element.
    fn document_ended(&mut self, event: &Event) {
        let root = match event {
            Event::End(root) => local_name(root.name()).to_owned(),
            Event::Empty(root) => local_name(root.name()).to_owned(),
            Event::Comment(_) if self.outside.has_root() => String::new(),
            _ => return,
        };
        self.is_outside = true;
        self.outside.after(&root);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Records its calls, and skips elements called `no`.
    #[derive(Default)]
    struct Log(String);

    impl Visitor for Log {
        fn start(&mut self, element: &BytesStart, at: u64, _: &mut Batch) -> bool {
            let name = local_name(element.name()).to_owned();
            let is_read = name != "no";
            if is_read {
                self.0 += &format!("<{name}@{at}");
            }
            is_read
        }

        fn wants_text(&self) -> bool {
            true
        }

        fn text(&mut self, text: &str) {
            self.0 += text;
        }

        fn close(&mut self, end: u64, _: &mut Batch) {
            self.0 += &format!("@{end}>");
        }

        fn place(&self, _: &Batch) -> String {
            " here".to_owned()
        }
    }

    /// Returns the calls for a text in one piece, and the notes.
    fn walk(text: &str) -> (String, Vec<String>) {
        let (mut walk, mut log, mut batch) = (Walk::default(), Log::default(), Batch::default());
        walk.read(text, 0, true, &mut log, &mut batch);
        walk.finish(&log, &mut batch);
        (log.0, batch.notes.into_iter().map(|note| note.text).collect())
    }

    #[test]
    fn skipped_elements_are_skipped_with_their_content() {
        let (given, notes) = walk("<a>x<no>y<b/>z</no><b>&lt;<![CDATA[&]]></b></a>");
        assert_eq!(given, "<a@0x<b@19<&@43>@47>");
        assert!(notes.is_empty(), "{notes:?}");
    }

    #[test]
    fn unmatched_end_tags_are_noted_once() {
        let (given, notes) = walk("<a><b></c><d></b></a></a>");
        assert_eq!(given, "<a@0<b@3<d@10@17>@17>@21>");
        let note = "unmatched closing tag </c>; recoverable results were kept";
        assert_eq!(notes, [note]);
    }

    #[test]
    fn truncated_documents_say_where() {
        let (given, notes) = walk("<a><b>x");
        assert_eq!(given, "<a@0<b@3x");
        assert_eq!(notes, ["XML is truncated here; earlier results were kept"]);
        let (_, notes) = walk("<a><b x");
        assert!(notes[0].starts_with("XML is truncated here"), "{notes:?}");
    }

    #[test]
    fn calls_do_not_depend_on_pieces() {
        let text = "<a i='1'>x &amp; y<no>&lt;</no><b/><![CDATA[c]]></a>\nlog <x & y\r\n<info> z\n<a>w</a>\u{1}\n\n[1] <";
        let whole = walk(text);
        assert!(whole.0.ends_with("<a@74w@82>"), "{}", whole.0);
        let notes = ["skipped 28 bytes of other text after the report"];
        assert_eq!(whole.1[..1], notes);
        for cut in 1..text.len() {
            let (mut walk, mut log, mut batch) = (Walk::default(), Log::default(), Batch::default());
            let used = walk.read(&text[..cut], 0, false, &mut log, &mut batch);
            walk.read(&text[used..], used as u64, true, &mut log, &mut batch);
            walk.finish(&log, &mut batch);
            assert_eq!(log.0, whole.0, "cut at {cut}");
            let notes: Vec<String> = batch.notes.into_iter().map(|note| note.text).collect();
            assert_eq!(notes, whole.1, "cut at {cut}");
        }
    }
}
