//! The opcodes, by their names in Python's `pickletools`.

// Control.
pub const STOP: u8 = b'.';
pub const PROTO: u8 = 0x80;
pub const FRAME: u8 = 0x95;
pub const MARK: u8 = b'(';
pub const POP: u8 = b'0';
pub const POP_MARK: u8 = b'1';
pub const DUP: u8 = b'2';

// Constants and numbers.
pub const NONE: u8 = b'N';
pub const NEWTRUE: u8 = 0x88;
pub const NEWFALSE: u8 = 0x89;
pub const INT: u8 = b'I';
pub const LONG: u8 = b'L';
pub const BININT: u8 = b'J';
pub const BININT1: u8 = b'K';
pub const BININT2: u8 = b'M';
pub const LONG1: u8 = 0x8A;
pub const LONG4: u8 = 0x8B;
pub const FLOAT: u8 = b'F';
pub const BINFLOAT: u8 = b'G';

// Texts and bytes.
pub const STRING: u8 = b'S';
pub const UNICODE: u8 = b'V';
pub const SHORT_BINSTRING: u8 = b'U';
pub const BINSTRING: u8 = b'T';
pub const SHORT_BINUNICODE: u8 = 0x8C;
pub const BINUNICODE: u8 = b'X';
pub const BINUNICODE8: u8 = 0x8D;
pub const SHORT_BINBYTES: u8 = b'C';
pub const BINBYTES: u8 = b'B';
pub const BINBYTES8: u8 = 0x8E;
pub const BYTEARRAY8: u8 = 0x96;

// Containers.
pub const EMPTY_LIST: u8 = b']';
pub const EMPTY_TUPLE: u8 = b')';
pub const EMPTY_DICT: u8 = b'}';
pub const EMPTY_SET: u8 = 0x8F;
pub const LIST: u8 = b'l';
pub const TUPLE: u8 = b't';
pub const DICT: u8 = b'd';
pub const FROZENSET: u8 = 0x91;
pub const TUPLE1: u8 = 0x85;
pub const TUPLE2: u8 = 0x86;
pub const TUPLE3: u8 = 0x87;
pub const APPEND: u8 = b'a';
pub const SETITEM: u8 = b's';
pub const APPENDS: u8 = b'e';
pub const SETITEMS: u8 = b'u';
pub const ADDITEMS: u8 = 0x90;

// The memo.
pub const PUT: u8 = b'p';
pub const BINPUT: u8 = b'q';
pub const LONG_BINPUT: u8 = b'r';
pub const MEMOIZE: u8 = 0x94;
pub const GET: u8 = b'g';
pub const BINGET: u8 = b'h';
pub const LONG_BINGET: u8 = b'j';

// Classes and objects.
pub const GLOBAL: u8 = b'c';
pub const STACK_GLOBAL: u8 = 0x93;
pub const REDUCE: u8 = b'R';
pub const NEWOBJ: u8 = 0x81;
pub const NEWOBJ_EX: u8 = 0x92;
pub const INST: u8 = b'i';
pub const OBJ: u8 = b'o';
pub const BUILD: u8 = b'b';

// Not supported: they refer to something outside of the file.
pub const PERSID: u8 = b'P';
pub const BINPERSID: u8 = b'Q';
pub const EXT1: u8 = 0x82;
pub const EXT4: u8 = 0x84;
pub const NEXT_BUFFER: u8 = 0x97;
pub const READONLY_BUFFER: u8 = 0x98;
