//! The machine: turns opcodes into values, without any other effect.

use super::escape::unescaped;
use super::fault::{Fault, Stop, broken, refused};
use super::heap::{EMPTY, FALSE, Heap, NONE, TRUE, reserve};
use super::input::Input;
use super::opcode;
use super::stack::Stack;
use super::value::{Id, Node, Pickle, Value};
use crate::model::head;

/// Returns whether a class may be named: classes of the plugins that write these
/// pickles, and paths and times, whose names are harmless.
fn is_allowed(module: &str, name: &str) -> bool {
    let root = module.split('.').next().unwrap_or("");
    let is_path = root == "pathlib" && name.ends_with("Path");
    !name.contains('.') && (is_path || matches!(root, "datetime" | "pytest_oof" | "pytest_tui"))
}

/// Reads a pickle up to its end or to the first fault.
pub fn read(bytes: &[u8]) -> (Pickle<'_>, Option<Fault>) {
    let mut machine = Machine::new(bytes);
    let (at, why) = loop {
        let at = machine.input.at;
        match machine.step() {
            Ok(true) => {}
            Ok(false) => return (machine.heap.pickle, None),
            Err(Stop::Refused(why)) => return (Pickle::default(), Some(Fault::Refused(why))),
            Err(Stop::Broken(why)) => break (at, why),
        }
    };
    machine.salvage();
    (machine.heap.pickle, Some(Fault::Broken(at, why)))
}

/// The machine's state.
pub(super) struct Machine<'a> {
    input: Input<'a>,
    pub(super) heap: Heap<'a>,
    pub(super) stack: Stack,
    /// Stored values, by memo index.
    memo: Vec<Id>,
}

impl<'a> Machine<'a> {
    fn new(bytes: &'a [u8]) -> Machine<'a> {
        Machine {
            input: Input { bytes, at: 0 },
            heap: Heap::new(bytes),
            stack: Stack::default(),
            memo: Vec::new(),
        }
    }

    /// Executes one opcode. Returns false after the last one.
    fn step(&mut self) -> Result<bool, Stop> {
        use opcode::*;
        let [code] = self.input.take()?;
        match code {
            STOP => {
                self.heap.pickle.root = self.stack.pop()?;
                return Ok(false);
            }
            PROTO | FRAME | MARK | POP | POP_MARK | DUP => self.control(code)?,
            opcode::NONE
            | NEWTRUE
            | NEWFALSE
            | INT
            | LONG
            | BININT
            | BININT1
            | BININT2
            | LONG1
            | LONG4
            | FLOAT
            | BINFLOAT => self.number(code)?,
            STRING | UNICODE | SHORT_BINSTRING | BINSTRING | SHORT_BINUNICODE | BINUNICODE | BINUNICODE8 => {
                self.text(code)?;
            }
            SHORT_BINBYTES | BINBYTES | BINBYTES8 | BYTEARRAY8 => self.bytes(code)?,
            EMPTY_LIST
            | EMPTY_TUPLE
            | EMPTY_DICT
            | EMPTY_SET
            | LIST
            | TUPLE
            | DICT
            | FROZENSET
            | TUPLE1..=TUPLE3 => self.container(code)?,
            APPEND | SETITEM | APPENDS | SETITEMS | ADDITEMS => self.items(code)?,
            PUT | BINPUT | LONG_BINPUT | MEMOIZE | GET | BINGET | LONG_BINGET => self.memo(code)?,
            GLOBAL | STACK_GLOBAL | REDUCE | NEWOBJ | NEWOBJ_EX | INST | OBJ | BUILD => self.class(code)?,
            PERSID | BINPERSID => return refused("refers to an object outside of the file"),
            EXT1..=EXT4 => return refused("refers to a registered extension"),
            NEXT_BUFFER | READONLY_BUFFER => return refused("refers to a buffer outside of the file"),
            _ => return broken(&format!("0x{code:02X} is not an opcode")),
        }
        Ok(true)
    }

    fn control(&mut self, code: u8) -> Result<(), Stop> {
        match code {
            // Protocol and frames do not matter to the values.
            opcode::PROTO => self.input.take::<1>().map(drop),
            opcode::FRAME => self.input.take::<8>().map(drop),
            opcode::MARK => self.stack.mark(),
            opcode::POP => self.stack.pop().map(drop),
            opcode::POP_MARK => self.stack.pop_to_mark().map(drop),
            _ => {
                let top = self.stack.top()?;
                self.stack.push(top)
            }
        }
    }

    fn number(&mut self, code: u8) -> Result<(), Stop> {
        match code {
            opcode::NONE => self.stack.push(NONE),
            opcode::NEWTRUE => self.stack.push(TRUE),
            opcode::NEWFALSE => self.stack.push(FALSE),
            opcode::INT => match self.input.line()? {
                "00" => self.stack.push(FALSE),
                "01" => self.stack.push(TRUE),
                line => self.push_int(line.parse().ok()),
            },
            opcode::LONG => {
                let line = self.input.line()?;
                self.push_int(line.trim_end_matches('L').parse().ok())
            }
            opcode::BININT => {
                let number = i32::from_le_bytes(self.input.take()?);
                self.push_int(Some(number.into()))
            }
            opcode::BININT1 => {
                let [number] = self.input.take()?;
                self.push_int(Some(number.into()))
            }
            opcode::BININT2 => {
                let number = u16::from_le_bytes(self.input.take()?);
                self.push_int(Some(number.into()))
            }
            opcode::LONG1 => {
                let len = self.input.len1()?;
                self.push_long(len)
            }
            opcode::LONG4 => {
                let len = self.input.len4()?;
                self.push_long(len)
            }
            opcode::FLOAT => {
                let number = self.input.line()?.parse().unwrap_or(f64::NAN);
                self.push(Value::Float(number))
            }
            _ => {
                let number = f64::from_be_bytes(self.input.take()?);
                self.push(Value::Float(number))
            }
        }
    }

    fn text(&mut self, code: u8) -> Result<(), Stop> {
        let len = match code {
            opcode::STRING => {
                let line = self.input.line()?;
                let quoted = line.get(1..line.len().saturating_sub(1)).unwrap_or("");
                return self.push_decoded(unescaped(quoted));
            }
            opcode::UNICODE => {
                let line = self.input.line()?;
                return self.push_decoded(unescaped(line));
            }
            opcode::SHORT_BINUNICODE | opcode::SHORT_BINSTRING => self.input.len1()?,
            opcode::BINUNICODE | opcode::BINSTRING => self.input.len4()?,
            _ => self.input.len8()?,
        };
        let (start, len) = self.input.span(len)?;
        if len == 0 {
            return self.stack.push(EMPTY);
        }
        self.push(Value::Text(start, len))
    }

    fn bytes(&mut self, code: u8) -> Result<(), Stop> {
        let len = match code {
            opcode::SHORT_BINBYTES => self.input.len1()?,
            opcode::BINBYTES => self.input.len4()?,
            _ => self.input.len8()?,
        };
        let (start, len) = self.input.span(len)?;
        self.push(Value::Bytes(start, len))
    }

    /// Makes a container of the values above the mark, or of the top ones.
    fn container(&mut self, code: u8) -> Result<(), Stop> {
        let kind = match code {
            opcode::EMPTY_LIST | opcode::LIST => Value::List,
            opcode::EMPTY_DICT | opcode::DICT => Value::Dict,
            opcode::EMPTY_SET | opcode::FROZENSET => Value::Set,
            _ => Value::Tuple,
        };
        let items = match code {
            opcode::EMPTY_LIST | opcode::EMPTY_TUPLE | opcode::EMPTY_DICT | opcode::EMPTY_SET => Vec::new(),
            opcode::TUPLE1 => self.stack.pop_many(1)?,
            opcode::TUPLE2 => self.stack.pop_many(2)?,
            opcode::TUPLE3 => self.stack.pop_many(3)?,
            _ => self.stack.pop_to_mark()?,
        };
        self.push_container(kind, items)
    }

    /// Adds items to the container below them.
    fn items(&mut self, code: u8) -> Result<(), Stop> {
        match code {
            opcode::APPEND => {
                let item = self.stack.pop()?;
                self.extend_top(&[item])
            }
            opcode::SETITEM => {
                let (value, key) = (self.stack.pop()?, self.stack.pop()?);
                self.extend_top(&[key, value])
            }
            _ => {
                let items = self.stack.pop_to_mark()?;
                self.extend_top(&items)
            }
        }
    }

    fn memo(&mut self, code: u8) -> Result<(), Stop> {
        let index = match code {
            opcode::PUT | opcode::GET => self.input.line()?.parse().ok(),
            opcode::BINPUT | opcode::BINGET => Some(self.input.len1()?),
            opcode::LONG_BINPUT | opcode::LONG_BINGET => Some(self.input.len4()?),
            _ => Some(self.memo.len()),
        };
        match code {
            opcode::GET | opcode::BINGET | opcode::LONG_BINGET => self.get(index),
            _ => self.put(index),
        }
    }

    fn class(&mut self, code: u8) -> Result<(), Stop> {
        match code {
            opcode::GLOBAL => {
                let class = self.class_of_lines()?;
                self.stack.push(class)
            }
            opcode::STACK_GLOBAL => {
                let (name, module) = (self.stack.pop()?, self.stack.pop()?);
                let class = self.named_class(module, name)?;
                self.stack.push(class)
            }
            opcode::REDUCE | opcode::NEWOBJ => {
                let (arguments, class) = (self.stack.pop()?, self.stack.pop()?);
                self.push_object(class, arguments)
            }
            opcode::NEWOBJ_EX => {
                let (_, arguments, class) = (self.stack.pop()?, self.stack.pop()?, self.stack.pop()?);
                self.push_object(class, arguments)
            }
            opcode::INST => {
                let class = self.class_of_lines()?;
                let arguments = self.stack.pop_to_mark()?;
                self.push_object_of_values(class, arguments)
            }
            opcode::OBJ => {
                let mut arguments = self.stack.pop_to_mark()?;
                if arguments.is_empty() {
                    return broken("a class is missing");
                }
                let class = arguments.remove(0);
                self.push_object_of_values(class, arguments)
            }
            _ => {
                let state = self.stack.pop()?;
                self.heap.set_state(self.stack.top()?, state)
            }
        }
    }

    fn push(&mut self, value: Value) -> Result<(), Stop> {
        let id = self.heap.add(value)?;
        self.stack.push(id)
    }

    /// Pushes an integer, or NaN if it is larger than any that is needed.
    fn push_int(&mut self, number: Option<i64>) -> Result<(), Stop> {
        self.push(number.map_or(Value::Float(f64::NAN), Value::Int))
    }

    /// Pushes an integer of `len` bytes in little-endian order.
    fn push_long(&mut self, len: usize) -> Result<(), Stop> {
        let (start, len) = self.input.span(len)?;
        let bytes = self.heap.pickle.span(start, len);
        let fill = if bytes.last().is_some_and(|last| last & 0x80 != 0) { 0xFF } else { 0 };
        let mut number = [fill; 8];
        let is_small = number.get_mut(..bytes.len()).map(|low| low.copy_from_slice(bytes)).is_some();
        self.push_int(is_small.then(|| i64::from_le_bytes(number)))
    }

    fn push_decoded(&mut self, text: String) -> Result<(), Stop> {
        let id = self.heap.add_decoded(text)?;
        self.stack.push(id)
    }

    fn push_container(&mut self, kind: fn(u32) -> Value, items: Vec<Id>) -> Result<(), Stop> {
        let id = self.heap.add_container(kind, items)?;
        self.stack.push(id)
    }

    /// Adds items to the container on top.
    pub(super) fn extend_top(&mut self, items: &[Id]) -> Result<(), Stop> {
        self.heap.extend(self.stack.top()?, items)
    }

    /// Stores the top value in the memo. Python counts from 0, so no index can be
    /// greater than the size of the file.
    fn put(&mut self, index: Option<usize>) -> Result<(), Stop> {
        let top = self.stack.top()?;
        let Some(index) = index.filter(|&index| index <= self.input.bytes.len()) else {
            return broken("a memo index is too large");
        };
        let more = (index + 1).saturating_sub(self.memo.len());
        self.heap.spend(more * size_of::<Id>())?;
        reserve(&mut self.memo, more);
        self.memo.resize(self.memo.len() + more, NONE);
        if let Some(place) = self.memo.get_mut(index) {
            *place = top;
        }
        Ok(())
    }

    fn get(&mut self, index: Option<usize>) -> Result<(), Stop> {
        match index.and_then(|index| self.memo.get(index)) {
            Some(&id) => self.stack.push(id),
            None => broken("a value is missing from the memo"),
        }
    }

    /// Takes module and name of a class, on a line each.
    fn class_of_lines(&mut self) -> Result<Id, Stop> {
        let module = self.input.line()?.to_owned();
        let module = self.heap.add_decoded(module)?;
        let name = self.input.line()?.to_owned();
        let name = self.heap.add_decoded(name)?;
        self.named_class(module, name)
    }

    /// Returns a class by its name, if that is allowed. Any harm that a pickle can do
    /// to the program that loads it begins with such a name.
    fn named_class(&mut self, module: Id, name: Id) -> Result<Id, Stop> {
        let texts = [module, name].map(|id| Node::of(&self.heap.pickle, id).text());
        let [Some(module_name), Some(class_name)] = texts else {
            return refused("calls something without a name");
        };
        if !is_allowed(&module_name, &class_name) {
            let full = format!("{}.{}", head(&module_name, 80), head(&class_name, 80));
            return refused(&format!("calls `{full}`"));
        }
        self.heap.add(Value::Class(module, name))
    }

    /// Pushes an object of a class with its arguments. Nothing is called.
    fn push_object(&mut self, class: Id, arguments: Id) -> Result<(), Stop> {
        if !matches!(self.heap.pickle.value(class), Value::Class(..)) {
            return refused("calls something that is not a class");
        }
        self.push(Value::Object(class, arguments, NONE))
    }

    fn push_object_of_values(&mut self, class: Id, arguments: Vec<Id>) -> Result<(), Stop> {
        let arguments = self.heap.add_container(Value::Tuple, arguments)?;
        self.push_object(class, arguments)
    }
}
