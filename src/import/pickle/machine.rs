//! The machine: instructions become values, and nothing else happens.

use super::value::{Id, Pickle, Value};
use crate::model::head;

/// Why a pickle is not read, or not to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It wants what is not given to it; nothing of it is read.
    Refused(String),
    /// It is broken at this byte; what was there before is kept.
    Broken(usize, String),
}

/// Values that are waiting at once: a tuple's, or a thousand of a list.
const STACK: usize = 1 << 22;
/// Lists inside each other; Python itself gives up before.
const DEPTH: usize = 10_000;
/// Bytes that the values of any pickle may take, and per byte of it.
const FREE_BYTES: usize = 32 << 20;
const PER_BYTE: usize = 3;

/// Values that are always there.
const NONE: Id = 0;
const TRUE: Id = 1;
const FALSE: Id = 2;
const EMPTY: Id = 3;

/// Modules of which classes may be named; a path's names are its only harm.
fn is_allowed(module: &str, name: &str) -> bool {
    let root = module.split('.').next().unwrap_or("");
    let is_path = root == "pathlib" && name.ends_with("Path");
    !name.contains('.') && (is_path || matches!(root, "datetime" | "pytest_oof" | "pytest_tui"))
}

/// Reads a pickle, as far as it goes.
pub fn read(bytes: &[u8]) -> (Pickle<'_>, Option<Fault>) {
    let values = vec![Value::None, Value::Bool(true), Value::Bool(false), Value::Text(0, 0)];
    let pickle = Pickle { bytes, values, ..Pickle::default() };
    let mut machine =
        Machine { pickle, at: 0, stack: Vec::new(), marks: Vec::new(), memo: Vec::new(), spent: 0 };
    let (at, why) = loop {
        let at = machine.at;
        match machine.step() {
            Ok(true) => {}
            Ok(false) => return (machine.pickle, None),
            Err(Stop::Refused(why)) => return (Pickle::default(), Some(Fault::Refused(why))),
            Err(Stop::Broken(why)) => break (at, why),
        }
    };
    machine.salvage();
    (machine.pickle, Some(Fault::Broken(at, why)))
}

enum Stop {
    Refused(String),
    Broken(String),
}

fn broken<T>(why: &str) -> Result<T, Stop> {
    Err(Stop::Broken(why.to_owned()))
}

struct Machine<'a> {
    pickle: Pickle<'a>,
    /// The next instruction.
    at: usize,
    stack: Vec<Id>,
    /// How high the stack was.
    marks: Vec<usize>,
    memo: Vec<Id>,
    /// Memory that values and memo take, in bytes.
    spent: usize,
}

impl<'a> Machine<'a> {
    /// Takes one instruction; false when it was the last one.
    fn step(&mut self) -> Result<bool, Stop> {
        let [code] = self.take()?;
        match code {
            b'.' => {
                self.pickle.root = self.pop()?;
                return Ok(false);
            }
            // Protocol and frames say nothing about the values.
            0x80 => {
                self.take::<1>()?;
            }
            0x95 => {
                self.take::<8>()?;
            }
            b'(' => {
                if self.marks.len() >= DEPTH {
                    return broken("it is nested too deeply");
                }
                self.marks.push(self.stack.len());
            }
            b'0' => {
                self.pop()?;
            }
            b'1' => drop(self.pop_to_mark()?),
            b'2' => {
                let top = self.top()?;
                self.push(top)?;
            }
            b'N' => self.push(NONE)?,
            0x88 => self.push(TRUE)?,
            0x89 => self.push(FALSE)?,
            b'I' => match self.line()? {
                "00" => self.push(FALSE)?,
                "01" => self.push(TRUE)?,
                line => self.int(line.parse().ok())?,
            },
            b'L' => {
                let line = self.line()?;
                self.int(line.trim_end_matches('L').parse().ok())?;
            }
            b'J' => {
                let number = i32::from_le_bytes(self.take()?);
                self.int(Some(number.into()))?;
            }
            b'K' => {
                let [number] = self.take()?;
                self.int(Some(number.into()))?;
            }
            b'M' => {
                let number = u16::from_le_bytes(self.take()?);
                self.int(Some(number.into()))?;
            }
            0x8A => {
                let [len] = self.take()?;
                self.long(len.into())?;
            }
            0x8B => {
                let len = self.len4()?;
                self.long(len)?;
            }
            b'F' => {
                let number = self.line()?.parse().unwrap_or(f64::NAN);
                self.make(Value::Float(number))?;
            }
            b'G' => {
                let number = f64::from_be_bytes(self.take()?);
                self.make(Value::Float(number))?;
            }
            b'S' => {
                let line = self.line()?;
                let quoted = line.get(1..line.len().saturating_sub(1)).unwrap_or("");
                self.decoded(unescaped(quoted))?;
            }
            b'V' => {
                let line = self.line()?;
                self.decoded(unescaped(line))?;
            }
            0x8C | b'U' => {
                let [len] = self.take()?;
                self.text(len.into())?;
            }
            b'X' | b'T' => {
                let len = self.len4()?;
                self.text(len)?;
            }
            0x8D => {
                let len = self.len8()?;
                self.text(len)?;
            }
            b'C' => {
                let [len] = self.take()?;
                self.bytes(len.into())?;
            }
            b'B' => {
                let len = self.len4()?;
                self.bytes(len)?;
            }
            0x8E | 0x96 => {
                let len = self.len8()?;
                self.bytes(len)?;
            }
            b']' => self.container(Value::List, Vec::new())?,
            b')' => self.container(Value::Tuple, Vec::new())?,
            b'}' => self.container(Value::Dict, Vec::new())?,
            0x8F => self.container(Value::Set, Vec::new())?,
            b'l' => {
                let items = self.pop_to_mark()?;
                self.container(Value::List, items)?;
            }
            b't' => {
                let items = self.pop_to_mark()?;
                self.container(Value::Tuple, items)?;
            }
            b'd' => {
                let items = self.pop_to_mark()?;
                self.container(Value::Dict, items)?;
            }
            0x91 => {
                let items = self.pop_to_mark()?;
                self.container(Value::Set, items)?;
            }
            0x85..=0x87 => {
                let from = self.stack.len().checked_sub(usize::from(code - 0x84));
                let Some(from) = from.filter(|&from| from >= self.floor()) else {
                    return broken("a value is missing");
                };
                let items = self.stack.split_off(from);
                self.container(Value::Tuple, items)?;
            }
            b'a' => {
                let item = self.pop()?;
                self.add(&[item])?;
            }
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                self.add(&[key, value])?;
            }
            b'e' | b'u' | 0x90 => {
                let items = self.pop_to_mark()?;
                self.add(&items)?;
            }
            b'p' => {
                let index = self.line()?.parse().ok();
                self.put(index)?;
            }
            b'q' => {
                let [index] = self.take()?;
                self.put(Some(index.into()))?;
            }
            b'r' => {
                let index = self.len4()?;
                self.put(Some(index))?;
            }
            0x94 => self.put(Some(self.memo.len()))?,
            b'g' => {
                let index = self.line()?.parse().ok();
                self.get(index)?;
            }
            b'h' => {
                let [index] = self.take()?;
                self.get(Some(index.into()))?;
            }
            b'j' => {
                let index = self.len4()?;
                self.get(Some(index))?;
            }
            b'c' => {
                let class = self.class_of_lines()?;
                self.push(class)?;
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                let class = self.class(module, name)?;
                self.push(class)?;
            }
            b'R' | 0x81 => {
                let (arguments, class) = (self.pop()?, self.pop()?);
                self.object(class, arguments)?;
            }
            0x92 => {
                let (_, arguments, class) = (self.pop()?, self.pop()?, self.pop()?);
                self.object(class, arguments)?;
            }
            b'i' => {
                let class = self.class_of_lines()?;
                let arguments = self.pop_to_mark()?;
                self.call(class, arguments)?;
            }
            b'o' => {
                let mut arguments = self.pop_to_mark()?;
                if arguments.is_empty() {
                    return broken("a class is missing");
                }
                let class = arguments.remove(0);
                self.call(class, arguments)?;
            }
            b'b' => {
                let state = self.pop()?;
                let object = self.top()?;
                self.build(object, state)?;
            }
            b'P' | b'Q' => return refused("wants an object that is elsewhere"),
            0x82..=0x84 => return refused("wants an extension that Python was told of"),
            0x97 | 0x98 => return refused("wants a buffer that is elsewhere"),
            _ => return broken(&format!("0x{code:02X} is no instruction")),
        }
        Ok(true)
    }

    /// The next bytes of the file.
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Stop> {
        match self.pickle.bytes.get(self.at..).and_then(<[u8]>::first_chunk::<N>) {
            Some(bytes) => {
                self.at += N;
                Ok(*bytes)
            }
            None => broken(ENDS),
        }
    }

    fn len4(&mut self) -> Result<usize, Stop> {
        Ok(u32::from_le_bytes(self.take()?) as usize)
    }

    fn len8(&mut self) -> Result<usize, Stop> {
        Ok(usize::try_from(u64::from_le_bytes(self.take()?)).unwrap_or(usize::MAX))
    }

    /// The next so many bytes: where they begin, and how many.
    fn span(&mut self, len: usize) -> Result<(u32, u32), Stop> {
        let end = self.at.checked_add(len).filter(|&end| end <= self.pickle.bytes.len());
        let (Some(end), Ok(start), Ok(len)) = (end, u32::try_from(self.at), u32::try_from(len)) else {
            return broken(ENDS);
        };
        self.at = end;
        Ok((start, len))
    }

    /// The rest of the line.
    fn line(&mut self) -> Result<&'a str, Stop> {
        let rest = self.pickle.bytes.get(self.at..).unwrap_or_default();
        let Some(len) = memchr::memchr(b'\n', rest) else {
            return broken(ENDS);
        };
        self.at += len + 1;
        let line = std::str::from_utf8(rest.get(..len).unwrap_or_default());
        line.map(str::trim_ascii_end).or_else(|_| broken("a line is no text"))
    }

    /// Below here the stack belongs to what is around.
    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    fn push(&mut self, id: Id) -> Result<(), Stop> {
        if self.stack.len() >= STACK {
            return broken("too many values are waiting");
        }
        self.stack.push(id);
        Ok(())
    }

    fn pop(&mut self) -> Result<Id, Stop> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    fn top(&self) -> Result<Id, Stop> {
        match self.stack.last() {
            Some(&top) if self.stack.len() > self.floor() => Ok(top),
            _ => broken("a value is missing"),
        }
    }

    fn pop_to_mark(&mut self) -> Result<Vec<Id>, Stop> {
        match self.marks.pop() {
            Some(mark) => Ok(self.stack.split_off(mark)),
            None => broken("a mark is missing"),
        }
    }

    /// Counts memory before it is taken.
    fn spend(&mut self, bytes: usize) -> Result<(), Stop> {
        self.spent += bytes;
        if self.spent > FREE_BYTES + PER_BYTE * self.pickle.bytes.len() {
            return broken("it unfolds to far more than its size");
        }
        Ok(())
    }

    fn new_value(&mut self, value: Value) -> Result<Id, Stop> {
        self.spend(size_of::<Value>())?;
        let values = &mut self.pickle.values;
        frugally(values, 1);
        values.push(value);
        Ok(values.len() as Id - 1)
    }

    fn make(&mut self, value: Value) -> Result<(), Stop> {
        let id = self.new_value(value)?;
        self.push(id)
    }

    fn int(&mut self, number: Option<i64>) -> Result<(), Stop> {
        // None of what is read here counts so far.
        self.make(number.map_or(Value::Float(f64::NAN), Value::Int))
    }

    /// An integer of so many bytes, the least first.
    fn long(&mut self, len: usize) -> Result<(), Stop> {
        let (start, len) = self.span(len)?;
        let bytes = self.pickle.span(start, len);
        let fill = if bytes.last().is_some_and(|last| last & 0x80 != 0) { 0xFF } else { 0 };
        let mut number = [fill; 8];
        let is_small = number.get_mut(..bytes.len()).map(|low| low.copy_from_slice(bytes)).is_some();
        self.int(is_small.then(|| i64::from_le_bytes(number)))
    }

    fn text(&mut self, len: usize) -> Result<(), Stop> {
        let (start, len) = self.span(len)?;
        if len == 0 {
            return self.push(EMPTY);
        }
        self.make(Value::Text(start, len))
    }

    fn bytes(&mut self, len: usize) -> Result<(), Stop> {
        let (start, len) = self.span(len)?;
        self.make(Value::Bytes(start, len))
    }

    fn decoded(&mut self, text: String) -> Result<(), Stop> {
        self.spend(text.len() + size_of::<String>())?;
        self.pickle.decoded.push(text);
        self.make(Value::Decoded(self.pickle.decoded.len() as u32 - 1))
    }

    fn container(&mut self, kind: fn(u32) -> Value, items: Vec<Id>) -> Result<(), Stop> {
        self.spend(size_of::<Vec<Id>>() + size_of_val(items.as_slice()))?;
        frugally(&mut self.pickle.lists, 1);
        self.pickle.lists.push(items);
        self.make(kind(self.pickle.lists.len() as u32 - 1))
    }

    /// Adds to the list, set or dictionary on top.
    fn add(&mut self, items: &[Id]) -> Result<(), Stop> {
        self.spend(size_of_val(items))?;
        let top = self.top()?;
        let (Value::List(list) | Value::Set(list) | Value::Dict(list)) = self.pickle.value(top) else {
            return broken("values are added to what holds none");
        };
        if let Some(list) = self.pickle.lists.get_mut(list as usize) {
            frugally(list, items.len());
            list.extend_from_slice(items);
        }
        Ok(())
    }

    /// Keeps the value on top under a number. Python counts them, so that none
    /// is greater than the file is long.
    fn put(&mut self, index: Option<usize>) -> Result<(), Stop> {
        let top = self.top()?;
        let Some(index) = index.filter(|&index| index <= self.pickle.bytes.len()) else {
            return broken("a value is kept under a number that is too large");
        };
        let more = (index + 1).saturating_sub(self.memo.len());
        self.spend(more * size_of::<Id>())?;
        frugally(&mut self.memo, more);
        self.memo.resize(self.memo.len() + more, NONE);
        if let Some(place) = self.memo.get_mut(index) {
            *place = top;
        }
        Ok(())
    }

    fn get(&mut self, index: Option<usize>) -> Result<(), Stop> {
        match index.and_then(|index| self.memo.get(index)) {
            Some(&id) => self.push(id),
            None => broken("a value is asked for that was not kept"),
        }
    }

    /// Module and name stand on a line each.
    fn class_of_lines(&mut self) -> Result<Id, Stop> {
        for _ in 0..2 {
            let line = self.line()?.to_owned();
            self.decoded(line)?;
        }
        let (name, module) = (self.pop()?, self.pop()?);
        self.class(module, name)
    }

    /// Everything that a pickle can do to whom loads it begins with a name.
    fn class(&mut self, module: Id, name: Id) -> Result<Id, Stop> {
        let texts = [module, name].map(|id| super::Node::of(&self.pickle, id).text());
        let [Some(module_name), Some(class_name)] = texts else {
            return refused("wants to call what has no name");
        };
        if !is_allowed(&module_name, &class_name) {
            let full = format!("{}.{}", head(&module_name, 80), head(&class_name, 80));
            return refused(&format!("wants to call `{full}`"));
        }
        self.new_value(Value::Class(module, name))
    }

    /// An object of a class: what it is called with is kept, and nothing is called.
    fn object(&mut self, class: Id, arguments: Id) -> Result<(), Stop> {
        if !matches!(self.pickle.value(class), Value::Class(..)) {
            return refused("wants to call what is no class");
        }
        self.make(Value::Object(class, arguments, NONE))
    }

    fn call(&mut self, class: Id, arguments: Vec<Id>) -> Result<(), Stop> {
        self.container(Value::Tuple, arguments)?;
        let arguments = self.pop()?;
        self.object(class, arguments)
    }

    fn build(&mut self, object: Id, state: Id) -> Result<(), Stop> {
        match self.pickle.values.get_mut(object as usize) {
            Some(Value::Object(_, _, kept)) => {
                *kept = state;
                Ok(())
            }
            _ => broken("a state is given to what is no object"),
        }
    }

    /// Puts together what was under way where the pickle breaks off, from the
    /// innermost outward, as its next instructions would have done.
    fn salvage(&mut self) {
        loop {
            self.close(self.floor());
            let Ok(items) = self.pop_to_mark() else {
                break;
            };
            let is_dict = self.top().is_ok_and(|top| matches!(self.pickle.value(top), Value::Dict(_)));
            let whole = if is_dict { items.len() & !1 } else { items.len() };
            let _ = self.add(items.get(..whole).unwrap_or_default());
        }
        self.pickle.root = self.stack.first().copied().unwrap_or(NONE);
    }

    /// Completes what stands on the stack from `floor` on without a mark: an
    /// object and its state, with keys and values of that; a list and its element.
    fn close(&mut self, floor: usize) {
        loop {
            let waiting = self.stack.get(floor..).unwrap_or_default();
            let is_under_way = |pair: &[Id]| match pair {
                &[a, b] => matches!(
                    (self.pickle.value(a), self.pickle.value(b)),
                    (Value::Object(..), Value::Dict(_)) | (Value::List(_), Value::Object(..))
                ),
                _ => false,
            };
            let Some(at) = waiting.windows(2).rposition(is_under_way).map(|at| floor + at) else {
                return;
            };
            let mut rest = self.stack.split_off(at + 1);
            let Some(&first) = self.stack.last() else {
                return;
            };
            if matches!(self.pickle.value(first), Value::List(_)) {
                let _ = self.add(&rest);
                continue;
            }
            let state = rest.remove(0);
            let _ = self.build(first, state);
            let whole = rest.len() & !1;
            self.stack.push(state);
            let _ = self.add(rest.get(..whole).unwrap_or_default());
            self.stack.pop();
        }
    }
}

const ENDS: &str = "the file ends before it does";

fn refused<T>(why: &str) -> Result<T, Stop> {
    Err(Stop::Refused(why.to_owned()))
}

/// Makes room for more, and for less than as much again.
fn frugally<T>(list: &mut Vec<T>, more: usize) {
    if list.capacity() - list.len() < more {
        list.reserve_exact(more.max(list.len() / 4));
    }
}

/// A text of protocol 0, which has escapes as Python's source code has.
fn unescaped(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((plain, escape)) = rest.split_once('\\') {
        text.push_str(plain);
        let mut chars = escape.chars();
        let digits = match chars.next() {
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            other => {
                match other {
                    Some('n') => text.push('\n'),
                    Some('r') => text.push('\r'),
                    Some('t') => text.push('\t'),
                    Some(plain @ ('\\' | '\'' | '"')) => text.push(plain),
                    Some(plain) => text.extend(['\\', plain]),
                    None => text.push('\\'),
                }
                rest = chars.as_str();
                continue;
            }
        };
        let code = escape.get(1..=digits).and_then(|code| u32::from_str_radix(code, 16).ok());
        match code {
            Some(code) => {
                text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                rest = escape.get(1 + digits..).unwrap_or("");
            }
            None => {
                text.push('\\');
                rest = escape;
            }
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::super::Node;
    use super::*;

    /// A value as Python would print it, roughly.
    fn shown(node: Node) -> String {
        if let Some(text) = node.text() {
            return format!("{text:?}");
        }
        let list = |node: Node| node.items().map(shown).collect::<Vec<_>>().join(", ");
        let dict = |node: Node| {
            let pairs = node.pairs().map(|(key, value)| format!("{}: {}", shown(key), shown(value)));
            pairs.collect::<Vec<_>>().join(", ")
        };
        match node.kind() {
            Value::None => "None".to_owned(),
            Value::Bool(value) => format!("{value}"),
            Value::Int(value) => format!("{value}"),
            Value::Float(value) => format!("{value:?}"),
            Value::Bytes(start, len) => format!("{start}+{len}"),
            Value::List(_) => format!("[{}]", list(node)),
            Value::Tuple(_) => format!("({})", list(node)),
            Value::Set(_) => format!("{{{}}}", list(node)),
            Value::Dict(_) => format!("{{{}}}", dict(node)),
            Value::Class(..) => "class".to_owned(),
            Value::Object(..) => format!("object {{{}}}", dict(node)),
            Value::Text(..) | Value::Decoded(_) => unreachable!(),
        }
    }

    fn check(bytes: &[u8], expected: &str) {
        let (pickle, fault) = read(bytes);
        assert_eq!((shown(pickle.root()), fault), (expected.to_owned(), None), "{}", bytes.escape_ascii());
    }

    /// What Python's `pickle.dumps` gives for the same data in each protocol, and
    /// instructions that it gives no more.
    #[test]
    fn data_of_every_protocol() {
        let expected = r#"{"a": [1, 300, 70000, -1, 99999999999, true, None, 1.5], "é\n\\x": ("", "b")}"#;
        let pickles: [&[u8]; 6] = [
            b"(dp0\nVa\np1\n(lp2\nI1\naI300\naI70000\naI-1\naL99999999999L\naI01\naNaF1.5\nasV\\u00e9\\u000a\\u005cx\np3\n(V\np4\nVb\np5\ntp6\ns.",
            b"}q\x00(X\x01\x00\x00\x00aq\x01]q\x02(K\x01M,\x01Jp\x11\x01\x00J\xff\xff\xff\xffL99999999999L\nI01\nNG?\xf8\x00\x00\x00\x00\x00\x00eX\x05\x00\x00\x00\xc3\xa9\n\\xq\x03(X\x00\x00\x00\x00q\x04X\x01\x00\x00\x00bq\x05tq\x06u.",
            b"\x80\x02}q\x00(X\x01\x00\x00\x00aq\x01]q\x02(K\x01M,\x01Jp\x11\x01\x00J\xff\xff\xff\xff\x8a\x05\xff\xe7vH\x17\x88NG?\xf8\x00\x00\x00\x00\x00\x00eX\x05\x00\x00\x00\xc3\xa9\n\\xq\x03X\x00\x00\x00\x00q\x04X\x01\x00\x00\x00bq\x05\x86q\x06u.",
            b"\x80\x04\x95T\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x01a\x94]\x94(K\x01M,\x01Jp\x11\x01\x00J\xff\xff\xff\xff\x8a\x05\xff\xe7vH\x17\x88NG?\xf8\x00\x00\x00\x00\x00\x00e\x8c\x05\xc3\xa9\n\\x\x94\x8c\x00\x94\x8c\x01b\x94\x86\x94u.",
            b"\x80\x05}(U\x01a(K\x01M,\x01Jp\x11\x01\x00J\xff\xff\xff\xff\x8b\x05\x00\x00\x00\xff\xe7vH\x17\x88NG?\xf8\x00\x00\x00\x00\x00\x00l\x8d\x05\x00\x00\x00\x00\x00\x00\x00\xc3\xa9\n\\x(\x8c\x00T\x01\x00\x00\x00btu.",
            b"(S'a'\n(K\x01M,\x01Jp\x11\x01\x00J\xff\xff\xff\xff\x8a\x05\xff\xe7vH\x17\x88NG?\xf8\x00\x00\x00\x00\x00\x00lp7\n0g7\nV\\xe9\\n\\\\x\n(S''\nS'b'\ntd.",
        ];
        for pickle in pickles {
            check(pickle, expected);
        }
        check(b"\x80\x04\x8f(K\x01K\x02\x90.", "{1, 2}");
        check(b"\x80\x04(K\x01\x91.", "{1}");
        check(
            b"\x80\x05(B\x02\x00\x00\x00abC\x01c\x8e\x01\0\0\0\0\0\0\0d\x96\x01\0\0\0\0\0\0\0et.",
            "(8+2, 12+1, 22+1, 32+1)",
        );
        check(b"(K\x01K\x021K\x032r\x05\0\0\x000j\x05\0\0\0.", "3");
        check(b"\x80\x02K\x01\x85.", "(1)");
        check(b"\x80\x02K\x01K\x02K\x03\x87.", "(1, 2, 3)");
        check(b"\x80\x02]K\x01a.", "[1]");
        check(b"\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01.", "NaN");
        let object = "object {\"a\": 1}";
        check(b"cpytest_oof.utils\nX\n)\x81}\x8c\x01aK\x01sb.", object);
        check(b"\x8c\x10pytest_oof.utils\x8c\x01X\x93)}\x92}\x8c\x01aK\x01sb.", object);
        check(b"(ipytest_tui.utils\nX\n}\x8c\x01aK\x01sb.", object);
        check(b"(cpytest_tui.utils\nX\no}\x8c\x01aK\x01sb.", object);
    }

    #[test]
    fn times() {
        let (pickle, _) = read(
            b"\x80\x04\x8c\x08datetime\x94\x8c\x08datetime\x93C\n\x07\xea\x8b\x15\x03\x1a\x0b\x07\x9d\x9ch\0\x8c\x08timezone\x93h\0\x8c\ttimedelta\x93K\0M\x10\x0eK\0\x87R\x85R\x86R.",
        );
        let moment = pickle.root().moment().map(crate::model::Timestamp::iso);
        assert_eq!(moment.as_deref(), Some("2026-11-21T03:26:11.499+01:00"));
        let (pickle, _) = read(b"cdatetime\ntimedelta\nK\x01K\x02J \xa1\x07\0\x87R.");
        assert_eq!(pickle.root().seconds(), Some(86402.5));
    }

    #[test]
    fn what_could_do_harm_is_refused_by_name() {
        for (pickle, why) in [
            (&b"cos\nsystem\n(S'echo hi'\ntR."[..], "wants to call `os.system`"),
            (b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x02ls\x85R.", "wants to call `posix.system`"),
            (b"(ios\nsystem\n.", "wants to call `os.system`"),
            (b"cdatetime\nsys.modules\n.", "wants to call `datetime.sys.modules`"),
            (b"cbuiltins\neval\n.", "wants to call `builtins.eval`"),
            (b"cpytest_oofs\nX\n.", "wants to call `pytest_oofs.X`"),
            (b"K\x01K\x02\x93.", "wants to call what has no name"),
            (b"K\x01)R.", "wants to call what is no class"),
            (b"Pid\n.", "wants an object that is elsewhere"),
            (b"K\x01Q.", "wants an object that is elsewhere"),
            (b"\x82\x01.", "wants an extension that Python was told of"),
            (b"\x97.", "wants a buffer that is elsewhere"),
        ] {
            let (rest, fault) = read(pickle);
            assert_eq!(fault, Some(Fault::Refused(why.to_owned())));
            assert!(rest.values.is_empty());
        }
    }

    fn why(pickle: &[u8]) -> String {
        match read(pickle).1 {
            Some(Fault::Broken(_, why)) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_asks_for_too_much_is_not_read() {
        assert_eq!(why(b"X\xff\xff\xff\xffab"), ENDS);
        assert_eq!(why(b"\x8d\xff\xff\xff\xff\xff\xff\xff\xffab"), ENDS);
        assert_eq!(why(b"Nr\xff\xff\xff\xff."), "a value is kept under a number that is too large");
        assert_eq!(why(b"Np99999999999999999999\n."), "a value is kept under a number that is too large");
        assert_eq!(why(&[b'('; 20_000]), "it is nested too deeply");
        assert_eq!(why(&[b'N'; STACK + 1]), "too many values are waiting");
        assert_eq!(why(&b"]0".repeat(4 << 20)), "it unfolds to far more than its size");
        // Doubling is no bomb: a list in a list is one value.
        let mut doubled = b"]".to_vec();
        (0..1000).for_each(|_| doubled.extend(b"2\x86"));
        doubled.push(b'.');
        assert_eq!(read(&doubled).1, None);
        for wrong in
            [&b"."[..], b"a.", b"K\x01K\x02a.", b"K\x01K\x02b.", b"t.", b"h\0.", b"(K\x01(0.", b"\xff."]
        {
            assert!(!why(wrong).is_empty());
        }
    }

    /// A list that is in itself is no endless one.
    #[test]
    fn circles_are_no_problem() {
        let (pickle, fault) = read(b"]q\0h\0a.");
        assert_eq!(fault, None);
        assert_eq!(pickle.root().items().map(|item| item.id).collect::<Vec<_>>(), [pickle.root().id]);
    }

    #[test]
    fn what_was_there_before_it_broke_off_is_kept() {
        let pickle = b"}(\x8c\x01sK\x01\x8c\x01acpytest_oof\nX\nq\0)\x81}\x8c\x01l](h\0)\x81}(\x8c\x01nK\x05\x8c\x01oK\x06ubh\0)\x81}\x8c\x01nK\x07sbesb\x8c\x01g]h\0)\x81}\x8c\x01nK\x08sba\x8c\x01zNu.";
        let whole = r#"{"s": 1, "a": object {"l": [object {"n": 5, "o": 6}, object {"n": 7}]}, "g": [object {"n": 8}], "z": None}"#;
        check(pickle, whole);
        let mut sizes = Vec::new();
        for end in 1..pickle.len() {
            let (rest, fault) = read(&pickle[..end]);
            assert!(matches!(fault, Some(Fault::Broken(_, why)) if why == ENDS));
            let text = shown(rest.root());
            sizes.push(text.matches("\": ").count());
        }
        assert!(sizes.is_sorted(), "{sizes:?}");
        assert_eq!(sizes.last(), Some(&9));
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let (pickle, _) = read(&bytes);
            let _ = pickle.root().moment();
        }
    }
}
