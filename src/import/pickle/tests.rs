//! Tests of the machine as a whole.

use super::fault::ENDS;
use super::stack::MAX_WAITING;
use super::value::{Node, Value};
use super::{Fault, read};

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

/// The output of Python's `pickle.dumps` for the same data in each protocol, and opcodes
/// that it no longer writes.
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
    let moment = pickle.root().timestamp().map(crate::model::Timestamp::iso);
    assert_eq!(moment.as_deref(), Some("2026-11-21T03:26:11.499+01:00"));
    let (pickle, _) = read(b"cdatetime\ntimedelta\nK\x01K\x02J \xa1\x07\0\x87R.");
    assert_eq!(pickle.root().seconds(), Some(86402.5));
}

#[test]
fn harmful_names_are_refused() {
    for (pickle, why) in [
        (&b"cos\nsystem\n(S'echo hi'\ntR."[..], "calls `os.system`"),
        (b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x02ls\x85R.", "calls `posix.system`"),
        (b"(ios\nsystem\n.", "calls `os.system`"),
        (b"cdatetime\nsys.modules\n.", "calls `datetime.sys.modules`"),
        (b"cbuiltins\neval\n.", "calls `builtins.eval`"),
        (b"cpytest_oofs\nX\n.", "calls `pytest_oofs.X`"),
        (b"K\x01K\x02\x93.", "calls something without a name"),
        (b"K\x01)R.", "calls something that is not a class"),
        (b"Pid\n.", "refers to an object outside of the file"),
        (b"K\x01Q.", "refers to an object outside of the file"),
        (b"\x82\x01.", "refers to a registered extension"),
        (b"\x97.", "refers to a buffer outside of the file"),
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
fn excessive_pickles_are_refused() {
    assert_eq!(why(b"X\xff\xff\xff\xffab"), ENDS);
    assert_eq!(why(b"\x8d\xff\xff\xff\xff\xff\xff\xff\xffab"), ENDS);
    assert_eq!(why(b"Nr\xff\xff\xff\xff."), "a memo index is too large");
    assert_eq!(why(b"Np99999999999999999999\n."), "a memo index is too large");
    assert_eq!(why(&[b'('; 20_000]), "it is nested too deeply");
    assert_eq!(why(&[b'N'; MAX_WAITING + 1]), "too many values on the stack");
    assert_eq!(why(&b"]0".repeat(4 << 20)), "it expands to far more than its size");
    // Repeated doubling is harmless: a list in a list is one value.
    let mut doubled = b"]".to_vec();
    (0..1000).for_each(|_| doubled.extend(b"2\x86"));
    doubled.push(b'.');
    assert_eq!(read(&doubled).1, None);
    for wrong in [&b"."[..], b"a.", b"K\x01K\x02a.", b"K\x01K\x02b.", b"t.", b"h\0.", b"(K\x01(0.", b"\xff."]
    {
        assert!(!why(wrong).is_empty());
    }
}

/// A list that contains itself does not cause an endless loop.
#[test]
fn cycles_are_harmless() {
    let (pickle, fault) = read(b"]q\0h\0a.");
    assert_eq!(fault, None);
    assert_eq!(pickle.root().items().map(|item| item.id).collect::<Vec<_>>(), [pickle.root().id]);
}

#[test]
fn truncated_pickles_keep_earlier_values() {
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
        let _ = pickle.root().timestamp();
    }
}
