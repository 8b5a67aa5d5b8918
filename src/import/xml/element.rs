//! For formats with an element per test: the element of a test is read as a whole, the
//! elements around it as they arrive.

use super::text::line_ends;
use super::{Visitor, Walk, attributes, local_name, unescape};
use crate::import::batch::Batch;
use crate::import::importer::Importer;
use quick_xml::events::BytesStart;

/// The most elements inside one that is read as a whole; further ones are skipped.
const MOST_ELEMENTS: usize = 200_000;

/// The greatest depth inside one that is read as a whole; deeper ones are skipped.
const DEPTH: usize = 200;

/// The longest text that is kept of an element around others.
const TEXT_BYTES: usize = 64 << 10;

/// An element with its content. Names are local names.
#[derive(Clone, Debug, Default)]
pub struct Element {
    /// Name without prefix.
    pub name: String,
    /// Local names and resolved values.
    pub attributes: Vec<(String, String)>,
    /// Resolved text and CDATA directly inside, with `\n` as line ends.
    pub text: String,
    /// The elements inside.
    pub children: Vec<Element>,
}

impl Element {
    /// Reads the element at the beginning of `text`, up to the first fault.
    pub fn parse(text: &str) -> Option<Element> {
        let (mut walk, mut batch) = (Walk::default(), Batch::default());
        let mut tree = Tree { reader: Parse::default(), ..Tree::default() };
        walk.read(text, 0, true, &mut tree, &mut batch);
        let end = walk.finish(&tree, &mut batch);
        tree.close_all(end, &mut batch);
        tree.reader.0
    }

    fn of(tag: &BytesStart) -> Element {
        let attributes = attributes(tag).map(|(name, value)| {
            (name.rsplit(':').next().unwrap_or(name).to_owned(), unescape(value).into_owned())
        });
        Element {
            name: local_name(tag.name()).to_owned(),
            attributes: attributes.collect(),
            ..Element::default()
        }
    }

    /// Returns an attribute, resolved.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }

    /// Returns an attribute, or "" if it is missing.
    pub fn value(&self, name: &str) -> &str {
        self.attribute(name).unwrap_or("")
    }

    /// Returns the first child with this name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Returns the trimmed text of the first child with this name.
    pub fn text_of(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| child.text.trim())
    }

    /// Returns the children with this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

/// The part of an importer that a format implements, for [`Elements`].
pub trait ElementReader {
    /// Returns whether elements with this local name are read as a whole.
    fn is_whole(&self, name: &str) -> bool;

    /// Starts an element that is not read as a whole. Its children follow.
    fn open(&mut self, element: &Element, at: u64, batch: &mut Batch);

    /// Ends an element that is not read as a whole. `text` is its own trimmed text.
    fn close(&mut self, name: &str, text: &str, batch: &mut Batch);

    /// Reads a whole element, at byte `at` of the file.
    fn whole(&mut self, element: &Element, at: u64, len: usize, batch: &mut Batch);

    /// Ends the file: decides what depends on the whole of it.
    fn finish(&mut self, batch: &mut Batch);
}

/// An importer that splits XML into elements for an [`ElementReader`].
#[derive(Default)]
pub struct Elements<R> {
    walk: Walk,
    tree: Tree<R>,
}

impl<R: ElementReader> Importer for Elements<R> {
    fn read(&mut self, text: &str, at: u64, last: bool, batch: &mut Batch) -> usize {
        self.walk.read(text, at, last, &mut self.tree, batch)
    }

    fn finish(&mut self, batch: &mut Batch) {
        let end = self.walk.finish(&self.tree, batch);
        self.tree.close_all(end, batch);
        self.tree.reader.finish(batch);
    }
}

#[derive(Default)]
struct Tree<R> {
    reader: R,
    /// Names and texts of the open elements that are not read as a whole.
    around: Vec<(String, String)>,
    /// The element that is being read as a whole, and the open elements inside it.
    open: Vec<Element>,
    /// Where it begins, and how many elements are inside.
    at: u64,
    count: usize,
}

impl<R: ElementReader> Visitor for Tree<R> {
    fn start(&mut self, tag: &BytesStart, at: u64, batch: &mut Batch) -> bool {
        if !self.open.is_empty() {
            self.count += 1;
            let has_room = self.count <= MOST_ELEMENTS && self.open.len() < DEPTH;
            if has_room {
                self.open.push(Element::of(tag));
            }
            return has_room;
        }
        let element = Element::of(tag);
        if self.reader.is_whole(&element.name) {
            (self.at, self.count) = (at, 0);
            self.open.push(element);
        } else {
            self.reader.open(&element, at, batch);
            self.around.push((element.name, String::new()));
        }
        true
    }

    fn wants_text(&self) -> bool {
        true
    }

    fn text(&mut self, text: &str) {
        if let Some(element) = self.open.last_mut() {
            element.text.push_str(&line_ends(text));
        } else if let Some((_, have)) = self.around.last_mut()
            && have.len() + text.len() <= TEXT_BYTES
        {
            have.push_str(text);
        }
    }

    fn close(&mut self, end: u64, batch: &mut Batch) {
        match self.open.pop() {
            Some(element) => match self.open.last_mut() {
                Some(around) => around.children.push(element),
                None => {
                    let len = usize::try_from(end.saturating_sub(self.at)).unwrap_or(usize::MAX);
                    self.reader.whole(&element, self.at, len, batch);
                }
            },
            None => {
                if let Some((name, text)) = self.around.pop() {
                    self.reader.close(&name, text.trim(), batch);
                }
            }
        }
    }

    fn place(&self, _batch: &Batch) -> String {
        let name = self.open.first().map(|element| &element.name);
        let name = name.or_else(|| self.around.last().map(|(name, _)| name));
        name.map_or(String::new(), |name| format!(" in <{name}>"))
    }
}

impl<R: ElementReader> Tree<R> {
    fn close_all(&mut self, end: u64, batch: &mut Batch) {
        while !self.open.is_empty() || !self.around.is_empty() {
            self.close(end, batch);
        }
    }
}

/// Keeps the first element.
#[derive(Default)]
struct Parse(Option<Element>);

impl ElementReader for Parse {
    fn is_whole(&self, _name: &str) -> bool {
        true
    }

    fn open(&mut self, _element: &Element, _at: u64, _batch: &mut Batch) {}

    fn close(&mut self, _name: &str, _text: &str, _batch: &mut Batch) {}

    fn whole(&mut self, element: &Element, _at: u64, _len: usize, _batch: &mut Batch) {
        if self.0.is_none() {
            self.0 = Some(element.clone());
        }
    }

    fn finish(&mut self, _batch: &mut Batch) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Records its calls.
    #[derive(Debug, Default)]
    struct Log(String);

    impl ElementReader for Log {
        fn is_whole(&self, name: &str) -> bool {
            name == "test"
        }

        fn open(&mut self, element: &Element, _at: u64, _batch: &mut Batch) {
            self.0 += &format!("<{} {:?}>", element.name, element.attribute("a"));
        }

        fn close(&mut self, name: &str, text: &str, _batch: &mut Batch) {
            self.0 += &format!("</{name} {text}>");
        }

        fn whole(&mut self, element: &Element, at: u64, len: usize, _batch: &mut Batch) {
            let why = element.text_of("why");
            self.0 += &format!("[{} {at}+{len} {} {why}]", element.value("name"), element.children.len());
        }

        fn finish(&mut self, _batch: &mut Batch) {
            self.0 += "end";
        }
    }

    const TEXT: &str = "<?xml version='1.0'?><r:run a='1&amp;2'><m>x &lt; y</m><test name='t'><why><![CDATA[b<]]>&gt;</why><o/></test><test name='u'/></r:run>";

    fn read(text: &str, piece: usize) -> (String, Batch) {
        let (mut elements, mut batch) = (Elements::<Log>::default(), Batch::default());
        let (mut done, mut end) = (0, 0);
        while end < text.len() {
            end = (end + piece).min(text.len());
            done += elements.read(&text[done..end], done as u64, end == text.len(), &mut batch);
        }
        elements.finish(&mut batch);
        (elements.tree.reader.0, batch)
    }

    #[test]
    fn elements_do_not_depend_on_pieces() {
        let expected = "<run Some(\"1&2\")><m None></m x < y>[t 55+55 2 b<>][u 110+16 0 ]</run >end";
        for piece in 1..=TEXT.len() {
            let (log, batch) = read(TEXT, piece);
            assert_eq!(log, expected, "{piece}");
            assert!(batch.notes.is_empty());
        }
    }

    #[test]
    fn truncated_documents_are_read_to_their_end() {
        for end in 30..TEXT.len() - 1 {
            let (log, batch) = read(&TEXT[..end], 1000);
            assert!(log.ends_with("end") && batch.partly, "{}: {log}", &TEXT[..end]);
        }
        let (log, _) = read(&TEXT[..TEXT.len() - 18], 1000);
        assert!(log.contains("[t 55+55"), "{log}");
    }

    #[test]
    fn depth_and_number_have_limits() {
        let deep = format!("<test name='d'>{}{}</test>", "<a>".repeat(100_000), "</a>".repeat(100_000));
        assert_eq!(Element::parse(&deep).unwrap().value("name"), "d");
        let many = format!("<test>{}<why>w</why></test>", "<a/>".repeat(MOST_ELEMENTS + 5));
        assert_eq!(Element::parse(&many).unwrap().children.len(), MOST_ELEMENTS);
        assert_eq!(Element::parse("<a b='1'>x").unwrap().text, "x");
        assert!(Element::parse("no element").is_none());
    }
}
