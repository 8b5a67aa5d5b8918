//! XML formats that have an element per test: the test's element is read as a
//! whole, what stands around it as it arrives.

use super::batch::Batch;
use super::{Importer, limits, xml};
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;

/// Elements in one that is read as a whole; what is more is stepped over.
const MOST_ELEMENTS: usize = 200_000;

/// Depth of elements; what is deeper is stepped over.
const DEPTH: usize = 200;

/// An element with all that is in it. Names are local names; the text is what
/// stands directly in it.
#[derive(Debug, Default)]
pub struct Element<'a> {
    /// Its name without a prefix.
    pub name: Cow<'a, str>,
    attributes: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// Resolved text and CDATA directly in it.
    pub text: String,
    /// The elements in it.
    pub children: Vec<Element<'a>>,
}

impl<'a> Element<'a> {
    /// Reads the element at the beginning of `text`, as far as it goes.
    pub fn parse(text: &'a str) -> Option<Element<'a>> {
        let mut reader = xml::reader(text);
        loop {
            match reader.read_event() {
                Ok(Event::Start(tag)) => return Some(rest_of(&mut reader, owned(&tag)).0),
                Ok(Event::Empty(tag)) => return Some(owned(&tag)),
                Ok(Event::Eof) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// An attribute by its local name, resolved.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_ref())
    }

    /// An attribute that may be missing: then it is empty.
    pub fn value(&self, name: &str) -> &str {
        self.attribute(name).unwrap_or("")
    }

    /// All attributes: local names and resolved values.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|(name, value)| (name.as_ref(), value.as_ref()))
    }

    /// The first child with this name.
    pub fn child(&self, name: &str) -> Option<&Element<'a>> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first child with this name, without blanks around it.
    pub fn text_of(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| child.text.trim())
    }

    /// The children with this name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &Element<'a>> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

/// The local name of a tag.
pub fn local<'b>(tag: &'b BytesStart) -> &'b str {
    let name = tag.name().0;
    name.rsplit(':').next().unwrap_or(name)
}

fn owned<'a>(tag: &BytesStart) -> Element<'a> {
    let attributes = xml::attributes(tag).map(|(name, value)| {
        let name = name.rsplit(':').next().unwrap_or(name);
        (Cow::Owned(name.to_owned()), Cow::Owned(xml::unescape(value).into_owned()))
    });
    Element {
        name: Cow::Owned(local(tag).to_owned()),
        attributes: attributes.collect(),
        text: String::new(),
        children: Vec::new(),
    }
}

/// Reads up to the end of an element whose tag was read. Answers whether the
/// end is there.
fn rest_of<'a>(reader: &mut quick_xml::Reader<&'a [u8]>, element: Element<'a>) -> (Element<'a>, bool) {
    let mut open = vec![element];
    let (mut count, mut skipped) = (0, 0_usize);
    let is_complete = loop {
        let Some(last) = open.last_mut() else {
            break true;
        };
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                count += 1;
                if skipped > 0 || count > MOST_ELEMENTS || open.len() >= DEPTH {
                    skipped += 1;
                } else {
                    open.push(owned(&tag));
                }
            }
            Ok(Event::Empty(tag)) => {
                count += 1;
                if skipped == 0 && count <= MOST_ELEMENTS {
                    last.children.push(owned(&tag));
                }
            }
            Ok(Event::End(_)) if skipped > 0 => skipped -= 1,
            Ok(Event::End(_)) => {
                if open.len() == 1 {
                    break true;
                }
                if let (Some(done), Some(around)) = (open.pop(), open.last_mut()) {
                    around.children.push(done);
                }
            }
            Ok(Event::Text(text)) if skipped == 0 => last.text.push_str(&xml::line_ends(&text)),
            Ok(Event::CData(text)) if skipped == 0 => {
                last.text.push_str(&xml::line_ends(&xml::unescape_substitutes(&text)));
            }
            Ok(Event::GeneralRef(name)) if skipped == 0 => match xml::resolve(&name) {
                Some(resolved) => last.text.push(resolved),
                None => {
                    last.text.push('&');
                    last.text.push_str(&name);
                    last.text.push(';');
                }
            },
            Ok(Event::Eof) | Err(_) => break false,
            Ok(_) => {}
        }
    };
    while open.len() > 1 {
        if let (Some(done), Some(around)) = (open.pop(), open.last_mut()) {
            around.children.push(done);
        }
    }
    (open.pop().unwrap_or_default(), is_complete)
}

/// What the importer of an XML format does with what [`Elements`] finds.
pub trait ElementReader {
    /// Elements with this local name are given as a whole.
    fn is_whole(&self, name: &str) -> bool;

    /// An element that is not read as a whole begins; it has no children yet.
    fn open(&mut self, element: &Element, batch: &mut Batch);

    /// It ends. `text` is what stands directly in it, without blanks around it.
    fn close(&mut self, name: &str, text: &str, batch: &mut Batch);

    /// An element that is read as a whole, at byte `at` of the file.
    fn whole(&mut self, element: &Element, at: u64, len: usize, batch: &mut Batch);

    /// The file is at its end.
    fn finish(&mut self, batch: &mut Batch);
}

/// An importer that splits XML into elements for an [`ElementReader`].
#[derive(Debug, Default)]
pub struct Elements<R> {
    reader: R,
    /// Names of the open elements, and the text directly in each.
    open: Vec<(String, String)>,
    /// The root was there, or reading was given up.
    is_done: bool,
    is_given_up: bool,
}

/// Text that is kept of an element that is not read as a whole.
const TEXT_BYTES: usize = 64 << 10;

impl<R: ElementReader> Importer for Elements<R> {
    fn read(&mut self, text: &str, at: u64, last: bool, batch: &mut Batch) -> usize {
        if self.is_given_up {
            return text.len();
        }
        let mut used = 0;
        let mut reader = xml::reader(text);
        loop {
            let event = reader.read_event();
            let before = used;
            used = reader.buffer_position() as usize;
            match event {
                Ok(Event::Start(tag)) if self.reader.is_whole(local(&tag)) => {
                    let (element, is_complete) = rest_of(&mut reader, owned(&tag));
                    used = reader.buffer_position() as usize;
                    if !is_complete && !last {
                        return before;
                    }
                    self.reader.whole(&element, at + before as u64, used - before, batch);
                    if !is_complete {
                        self.breaks_off(at + before as u64, batch);
                        return text.len();
                    }
                }
                Ok(Event::Empty(tag)) if self.reader.is_whole(local(&tag)) => {
                    self.reader.whole(&owned(&tag), at + before as u64, used - before, batch);
                }
                Ok(Event::Start(tag)) => {
                    let element = owned(&tag);
                    self.reader.open(&element, batch);
                    if self.open.len() < limits::TOKEN_BYTES / 1024 {
                        self.open.push((element.name.into_owned(), String::new()));
                    }
                }
                Ok(Event::Empty(tag)) => {
                    let element = owned(&tag);
                    self.reader.open(&element, batch);
                    self.reader.close(&element.name, "", batch);
                }
                Ok(Event::End(tag)) => {
                    let name = tag.name().0;
                    let name = name.rsplit(':').next().unwrap_or(name);
                    // An end without a beginning is stepped over.
                    if self.open.iter().any(|(open, _)| open == name) {
                        while let Some((open, text)) = self.open.pop() {
                            self.reader.close(&open, text.trim(), batch);
                            if open == name {
                                break;
                            }
                        }
                    }
                    self.is_done |= self.open.is_empty();
                }
                // Text at the end of a window may be cut inside of a reference.
                Ok(Event::Text(_) | Event::GeneralRef(_)) if used == text.len() && !last => return before,
                Ok(Event::Text(text)) => self.add(&text),
                Ok(Event::CData(text)) => self.add(&xml::unescape_substitutes(&text)),
                Ok(Event::GeneralRef(name)) => {
                    if let Some(resolved) = xml::resolve(&name) {
                        self.add(resolved.encode_utf8(&mut [0; 4]));
                    }
                }
                Ok(Event::Eof) if last => {
                    if !self.is_done {
                        self.breaks_off(at + before as u64, batch);
                    }
                    return text.len();
                }
                Ok(Event::Eof) => return before,
                Err(_) if !last => return before,
                Err(_) => {
                    self.breaks_off(at + before as u64, batch);
                    return text.len();
                }
                Ok(_) => {}
            }
        }
    }

    fn finish(&mut self, batch: &mut Batch) {
        while let Some((open, text)) = self.open.pop() {
            self.reader.close(&open, text.trim(), batch);
        }
        self.reader.finish(batch);
    }
}

impl<R: ElementReader> Elements<R> {
    fn add(&mut self, text: &str) {
        if let Some((_, have)) = self.open.last_mut()
            && have.len() + text.len() <= TEXT_BYTES
        {
            have.push_str(text);
        }
    }

    fn breaks_off(&mut self, at: u64, batch: &mut Batch) {
        self.is_given_up = true;
        let around = self.open.last().map_or(String::new(), |(name, _)| format!(" in <{name}>"));
        batch.broken(at, format!("the XML breaks off{around}; what stands before is kept"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes down what it is told.
    #[derive(Debug, Default)]
    struct Log(String);

    impl ElementReader for Log {
        fn is_whole(&self, name: &str) -> bool {
            name == "test"
        }

        fn open(&mut self, element: &Element, _batch: &mut Batch) {
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
        (elements.reader.0, batch)
    }

    #[test]
    fn elements_are_the_same_however_they_arrive() {
        let expected = "<run Some(\"1&2\")><m None></m x < y>[t 55+55 2 b<>][u 110+16 0 ]</run >end";
        for piece in 1..=TEXT.len() {
            let (log, batch) = read(TEXT, piece);
            assert_eq!(log, expected, "{piece}");
            assert!(batch.notes.is_empty());
        }
    }

    #[test]
    fn what_breaks_off_is_read_up_to_there() {
        for end in 30..TEXT.len() - 1 {
            let (log, batch) = read(&TEXT[..end], 1000);
            assert!(log.ends_with("end") && batch.partly, "{}: {log} {:?}", &TEXT[..end], batch.notes);
        }
        let (log, _) = read(&TEXT[..TEXT.len() - 18], 1000);
        assert!(log.contains("[t 55+55"), "{log}");
    }

    #[test]
    fn depth_and_number_have_limits() {
        let deep = format!("<test name='d'>{}{}</test>", "<a>".repeat(100_000), "</a>".repeat(100_000));
        let element = Element::parse(&deep).unwrap();
        assert_eq!(element.value("name"), "d");
        let many = format!("<test>{}<why>w</why></test>", "<a/>".repeat(MOST_ELEMENTS + 5));
        assert_eq!(Element::parse(&many).unwrap().children.len(), MOST_ELEMENTS);
    }
}
