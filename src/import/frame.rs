//! The top frame of a failure: the innermost place in the project's code that its text names.
//!
//! Only file and function count, without folders and lines: `level (audio.py)`, or `audio.cc` if the text names no
//! function. So the frame is the same on every machine and stays when lines move. Spellings, each on a line:
//!
//! | tool | line |
//! |---|---|
//! | pytest | `tests/audio.py:12: AssertionError`, `tests/audio.py:12: in level` |
//! | Python | `File "tests/audio.py", line 12, in level` |
//! | Java, Kotlin, Scala | `at com.acme.Audio.level(Audio.java:12)` |
//! | C# | `at Acme.Audio.Level(Int32 n) in C:\src\Audio.cs:line 12` |
//! | JavaScript | `at level (/src/audio.js:12:5)`, `at /src/audio.js:12:5`, `level@http://host/audio.js:12:5` |
//! | Rust | `panicked at src/audio.rs:12:5`, `panicked at 'why', src/audio.rs:12:5` |
//! | Dart | `package:acme/audio.dart 12:5  level` |
//! | GoogleTest, Catch2, doctest, Go, PHP, Ruby, Swift and others | `src/audio.cc:12: Failure`, `audio.cpp(12): error` |
//!
//! Python names the innermost place last, all others name it first. Frames of libraries, test runners and
//! languages are skipped.

use crate::model::{ansi, head};
use crate::text::search::find_digit;
use memchr::memmem;
use std::borrow::Cow;

/// How much of the beginning and of the end of a text is searched, in bytes.
const BYTES: usize = 16 << 10;

/// The longest line that can be a frame, in bytes.
const LINE_BYTES: usize = 1000;

/// The longest file name and the longest name of a function, in bytes.
const NAME_BYTES: usize = 120;

/// Folders are separated by one of these.
const SEPARATORS: [char; 2] = ['/', '\\'];

/// Extensions of source files.
const EXTENSIONS: [&str; 41] = [
    "py", "java", "kt", "kts", "scala", "groovy", "clj", "cs", "fs", "vb", "js", "jsx", "mjs", "cjs", "ts",
    "tsx", "mts", "cts", "vue", "svelte", "c", "cc", "cpp", "cxx", "h", "hh", "hpp", "hxx", "m", "mm",
    "swift", "go", "rs", "dart", "rb", "php", "phpt", "ex", "exs", "lua", "zig",
];

/// Folders that are not the project's, anywhere in a path. Compared without case.
const LIBRARY_FOLDERS: [&str; 8] =
    ["site-packages", "dist-packages", "_pytest", "node_modules", "rustc", ".cargo", "gems", "vendor"];

/// The same for a folder in another one.
const LIBRARIES_IN: [(&str, &str); 4] =
    [("lib", "unittest"), ("lib", "ruby"), ("usr", "include"), ("pkg", "mod")];

/// Beginnings of paths that are not the project's. Compared without case.
const LIBRARY_PATHS: [&str; 6] =
    ["node:", "internal/", "package:test_api/", "package:matcher/", "package:flutter_test/", "dart:"];

/// Folders of Go's standard library in `go/src`.
const GO_LIBRARY: [&str; 4] = ["testing", "runtime", "reflect", "sync"];

/// Beginnings of full names in the JVM and in .NET that are not the project's.
const LIBRARY_NAMES: [&str; 32] = [
    "java.",
    "javax.",
    "jdk.",
    "sun.",
    "com.sun.",
    "junit.",
    "org.junit.",
    "org.testng.",
    "org.hamcrest.",
    "org.assertj.",
    "org.opentest4j.",
    "org.mockito.",
    "org.gradle.",
    "org.apache.maven.",
    "org.springframework.",
    "org.spockframework.",
    "org.codehaus.groovy.",
    "org.scalatest.",
    "groovy.",
    "scala.",
    "kotlin.",
    "kotlinx.",
    "io.kotest.",
    "com.google.common.truth.",
    "android.",
    "androidx.",
    "System.",
    "Microsoft.",
    "NUnit.",
    "Xunit.",
    "FluentAssertions.",
    "Shouldly.",
];

/// A place that a line names.
#[derive(Debug, Default)]
struct Place<'a> {
    path: &'a str,
    /// With its class in the JVM and in .NET; empty if the line does not name it.
    function: &'a str,
}

/// The beginning and the end of a text that arrives in pieces.
#[derive(Debug, Default)]
pub struct Ends {
    start: String,
    end: String,
}

impl Ends {
    /// Adds a piece of the text.
    pub fn push(&mut self, text: &str) {
        let start = head(text, BYTES.saturating_sub(self.start.len()));
        // Once a piece did not fit, the rest belongs to the end.
        let start = if self.end.is_empty() { start } else { "" };
        self.start.push_str(start);
        self.end.push_str(tail(text.get(start.len()..).unwrap_or("")));
        if self.end.len() > 4 * BYTES {
            self.end = tail(&self.end).to_owned();
        }
    }

    /// Returns the top frame.
    pub fn top_frame(&self) -> Option<String> {
        find([&self.start, tail(&self.end)])
    }

    /// Forgets the text, but keeps its memory for the next one.
    pub fn clear(&mut self) {
        self.start.clear();
        self.end.clear();
    }
}

/// Returns the top frame of a failure's text.
pub fn top_frame(text: &str) -> Option<String> {
    let start = head(text, BYTES);
    find([start, tail(text.get(start.len()..).unwrap_or(""))])
}

/// Returns the end of a text.
fn tail(text: &str) -> &str {
    let mut from = text.len().saturating_sub(BYTES);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text.get(from..).unwrap_or("")
}

fn find(texts: [&str; 2]) -> Option<String> {
    let texts = texts.map(ansi::plain);
    let lines = || texts.iter().flat_map(|text| text.lines()).filter(|line| line.len() <= LINE_BYTES);
    let is_of_python = texts.iter().any(|text| memmem::find(text.as_bytes(), b".py").is_some());
    let frame_of_python = || last_of_python(texts.iter().rev().flat_map(|text| text.lines().rev()));
    let first =
        || lines().filter(|line| may_be_place(line)).filter_map(place_of).find_map(|place| frame(&place));
    is_of_python.then(frame_of_python).flatten().or_else(first)
}

/// Returns the last frame of Python in lines that come in the reverse order. The function is that of the line
/// itself, or else the first one whose source pytest shows between the frame before and the line.
fn last_of_python<'a>(lines: impl Iterator<Item = &'a str>) -> Option<String> {
    // The innermost place so far, and the function whose source is shown above it.
    let mut found: Option<(Place, &str)> = None;
    for line in lines.filter(|line| line.len() <= LINE_BYTES) {
        let place = if may_be_place(line) { python(line) } else { None };
        let ends = place.is_some() || line.starts_with("_ _ _");
        if ends && let Some(frame) = found.take().and_then(|(place, shown)| frame_with(place, shown)) {
            return Some(frame);
        }
        match (place, &mut found) {
            // A place with a function needs no more lines.
            (Some(place), _) if !place.function.is_empty() => {
                if let Some(frame) = frame(&place) {
                    return Some(frame);
                }
            }
            (Some(place), found) => *found = Some((place, "")),
            (None, Some((_, shown))) => *shown = defined(line).unwrap_or(shown),
            (None, None) => {}
        }
    }
    found.and_then(|(place, shown)| frame_with(place, shown))
}

fn frame_with(place: Place, shown: &str) -> Option<String> {
    frame(&Place { function: shown, path: place.path })
}

/// Returns whether a line may name a place: every spelling has a number behind one of these. Few lines do,
/// and reading a place takes longer than this look.
fn may_be_place(line: &str) -> bool {
    let bytes = line.as_bytes();
    let mut from = 1;
    while let Some(found) = bytes.get(from..).and_then(find_digit) {
        from += found;
        let before = bytes.get(..from).unwrap_or_default();
        if before.ends_with(b":")
            || before.ends_with(b"(")
            || before.ends_with(b"line ")
            || before.ends_with(b".dart ")
        {
            return true;
        }
        from += 1;
    }
    false
}

/// Writes a frame: `level (audio.py)`. Returns `None` for places that are not the project's.
fn frame(place: &Place) -> Option<String> {
    // Names in Python and C++ have no dot.
    let is_library_name = || LIBRARY_NAMES.iter().any(|library| place.function.starts_with(library));
    if is_library(place.path) || place.function.contains('.') && is_library_name() {
        return None;
    }
    let file = place.path.rsplit(SEPARATORS).next().filter(|file| file.len() <= NAME_BYTES)?;
    let function = own_name(place.function, file);
    if function.is_empty() || function.len() > NAME_BYTES {
        return Some(file.to_owned());
    }
    Some([&*function, " (", file, ")"].concat())
}

/// Returns whether a path belongs to a library, a test runner or a language.
fn is_library(path: &str) -> bool {
    let begins_with =
        |start: &str| path.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    if LIBRARY_PATHS.into_iter().any(begins_with) {
        return true;
    }
    // The two folders around the current one.
    let (mut outer, mut around) = ("", "");
    path.split(SEPARATORS).any(|folder| {
        let is = |name: &str| folder.eq_ignore_ascii_case(name);
        let is_in = |name: &str| around.eq_ignore_ascii_case(name);
        // `lib/python3.11`
        let is_python = || folder.starts_with("python") && (is_in("lib") || is_in("lib64"));
        let is_go = || is_in("src") && outer.starts_with("go") && GO_LIBRARY.into_iter().any(is);
        let is_library = LIBRARY_FOLDERS.into_iter().any(is)
            || LIBRARIES_IN.into_iter().any(|(around, name)| is(name) && is_in(around))
            || is_python()
            || is_go();
        (outer, around) = (around, folder);
        is_library
    })
}

/// Returns the name of a function as frames have it: with its class if the tool names it, without namespaces, and
/// empty for functions without a name.
fn own_name<'a>(function: &'a str, file: &str) -> Cow<'a, str> {
    let function = function.trim();
    let extension = file.rsplit('.').next().unwrap_or("");
    if matches!(extension, "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts" | "vue" | "svelte") {
        let name = function.split(" [as ").next().unwrap_or("");
        let name = name.trim_start_matches("async ").trim_start_matches("new ");
        let name = name.trim_start_matches("Object.").trim_start_matches("Module.");
        let is_named = !name.contains(['<', '>', '/', ' ']);
        return Cow::Borrowed(if is_named { name } else { "" });
    }
    if function.starts_with('<') {
        return Cow::Borrowed("");
    }
    // `Audio.<Level>d__3.MoveNext` of C#.
    let state_machine = function.split_once('<').and_then(|(class, rest)| {
        let (name, _) = rest.split_once('>')?;
        Some((class.trim_end_matches(['.', '+']), name))
    });
    let (class, name) = state_machine.or_else(|| function.rsplit_once('.')).unwrap_or(("", function));
    // `acme.Audio$Inner.lambda$level$0` of Java.
    let name = name.strip_prefix("lambda$").map_or(name, |name| name.split('$').next().unwrap_or(name));
    let class = class.rsplit('.').next().unwrap_or(class);
    match class.split(['$', '+']).next() {
        Some(class) if !class.is_empty() => Cow::Owned([class, ".", name].concat()),
        _ => Cow::Borrowed(name),
    }
}

/// Returns the name of the function whose source begins in a line: `>   def level(self):`.
fn defined(line: &str) -> Option<&str> {
    let line = line.strip_prefix('>').unwrap_or(line).trim_ascii_start();
    let rest = line.strip_prefix("async ").unwrap_or(line).strip_prefix("def ")?;
    let (name, _) = rest.split_once('(')?;
    Some(name.trim()).filter(|name| name.chars().all(|c| c.is_alphanumeric() || c == '_'))
}

/// Reads a frame of Python.
fn python(line: &str) -> Option<Place<'_>> {
    // Lines with `E` are the message, which may quote another traceback.
    if line.starts_with("E  ") {
        return None;
    }
    let line = line.trim();
    if let Some(rest) = line.strip_prefix("File \"") {
        let (path, rest) = rest.split_once("\", line ")?;
        let function = rest.split_once(", in ").map_or("", |(_, function)| function);
        return Some(Place { path, function });
    }
    let (path, rest) = place(line)?;
    let rest = rest.strip_prefix(':').filter(|_| path.ends_with(".py"))?;
    Some(Place { path, function: rest.trim().strip_prefix("in ").unwrap_or("") })
}

/// Reads a frame of another language.
fn place_of(line: &str) -> Option<Place<'_>> {
    let line = line.trim();
    if let Some((_, rest)) = line.split_once("panicked at ") {
        let rest = rest.rsplit_once("', ").map_or(rest, |(_, place)| place);
        return place(rest).map(|(path, _)| Place { path, function: "" });
    }
    if let Some(call) = line.strip_prefix("at ") {
        return call_place(call);
    }
    if let Some((function, url)) = line.split_once('@')
        && let Some((path, _)) = place(url)
    {
        return Some(Place { path, function });
    }
    let line = ["# ", "from ", "Error Trace:", "Loc: [", "["]
        .iter()
        .find_map(|before| line.strip_prefix(before))
        .map_or(line, str::trim_start);
    let (path, rest) = place(line)?;
    let function = match path.ends_with(".dart") {
        // `main.<fn>` is a function without a name in `main`.
        true => rest.trim().split(".<").next().unwrap_or(""),
        false => "",
    };
    // The places of Python have another form.
    (!path.ends_with(".py")).then_some(Place { path, function })
}

/// Reads what follows `at `.
fn call_place(call: &str) -> Option<Place<'_>> {
    if let Some((call, rest)) = call.split_once(") in ") {
        let (path, _) = rest.rsplit_once(":line ")?;
        let function = call.split_once('(').map_or(call, |(function, _)| function);
        return Some(Place { path, function });
    }
    let parts = call.strip_suffix(')').and_then(|call| call.rsplit_once('('));
    match parts.and_then(|(function, inside)| Some((function, place(inside)?.0))) {
        // A module may precede: `java.base/java.util.List.of`, `app//org.junit.Assert.fail`.
        Some((function, path)) if !function.ends_with(' ') => {
            Some(Place { path, function: function.rsplit('/').next().unwrap_or(function) })
        }
        Some((function, path)) => Some(Place { path, function }),
        None => {
            place(call.strip_prefix("async ").unwrap_or(call)).map(|(path, _)| Place { path, function: "" })
        }
    }
}

/// Splits a text that begins with a path and a line: `src/audio.cc:12: Failure` into `src/audio.cc` and `: Failure`.
fn place(text: &str) -> Option<(&str, &str)> {
    let end = text
        .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '=' | ','))
        .unwrap_or(text.len());
    for (dot, _) in text.get(..end)?.match_indices('.').filter(|(dot, _)| *dot > 0) {
        let after = text.get(dot + 1..)?;
        let len = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
        let (extension, mut rest) = after.split_at_checked(len)?;
        if !EXTENSIONS.contains(&extension) {
            continue;
        }
        if rest.starts_with('?') {
            rest = rest.find(':').and_then(|colon| rest.get(colon..)).unwrap_or("");
        }
        let is_line = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
        let line = rest.strip_prefix([':', '(']).filter(|rest| is_line(rest));
        let line =
            line.or_else(|| rest.strip_prefix(' ').filter(|rest| extension == "dart" && is_line(rest)));
        let Some(line) = line else {
            continue;
        };
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        // A column may follow.
        let column = rest.strip_prefix(':').filter(|rest| is_line(rest));
        let rest = column.map_or(rest, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
        return Some((text.get(..dot + 1 + len)?, rest));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(top_frame(text).as_deref().unwrap_or("none"), expected, "{text}");
        let mut ends = Ends::default();
        text.split_inclusive(' ').for_each(|piece| ends.push(piece));
        assert_eq!(ends.top_frame(), top_frame(text), "{text}");
    }

    #[test]
    fn python_names_the_innermost_place_last() {
        check("tests/test_audio.py:12: AssertionError", "test_audio.py");
        check("tests/audio.py:12: in level\n    assert f()\nE   assert False\n", "level (audio.py)");
        check(r"C:\ci\tests\audio.py:12: in level", "level (audio.py)");
        let long = "self = <T>\n\n    def test_level(dut):\n>       measure(dut)\n\ntests/test_audio.py:10: \n\
                    _ _ _ _ _\n\n    async def measure(dut):\n        def inner(): pass\n>       assert inner()\n\
                    E       assert False\n\ntests/audio.py:33: AssertionError";
        check(long, "measure (audio.py)");
        let native = "Traceback (most recent call last):\n  File \"/ci/7/run.py\", line 3, in <module>\n    go()\n  \
                      File \"/ci/7/audio.py\", line 12, in level\n    raise E\nE: no";
        check(native, "level (audio.py)");
        check("  File \"run.py\", line 3, in <module>", "run.py");
        check(
            "tests/audio.py:12: in level\n/usr/lib/python3.11/socket.py:831: ConnectionRefusedError",
            "level (audio.py)",
        );
        check("/v/lib/python3.11/site-packages/x/y.py:1: in z", "none");
        check("E   File \"a.py\", line 1\ntests/test_a.py:1: in <module>", "test_a.py");
        check("INFO audio.py:12: noise", "none");
    }

    #[test]
    fn jvm_and_dotnet_name_class_and_method() {
        let java = "java.lang.AssertionError: no\n\tat org.junit.Assert.fail(Assert.java:89)\n\tat \
                    java.base/java.util.List.of(List.java:3)\n\tat com.acme.Audio$Mixer.lambda$level$0(Audio.java:42)\n\t\
                    at com.acme.AudioTest.level(AudioTest.java:7)";
        check(java, "Audio.level (Audio.java)");
        check("at app//com.acme.AudioTest.level(AudioTest.kt:7)", "AudioTest.level (AudioTest.kt)");
        check("at sun.reflect.X.invoke0(Native Method)\nat a.B.c(Unknown Source)", "none");
        let dotnet = "   at NUnit.Framework.Assert.That(Object o) in D:\\nunit\\Assert.cs:line 9\n   at \
                      Acme.AudioTests.Level(Int32 n) in C:\\my src\\AudioTests.cs:line 12\n";
        check(dotnet, "AudioTests.Level (AudioTests.cs)");
        check("at Acme.Audio.<Level>d__3.MoveNext() in /src/Audio.cs:line 12", "Audio.Level (Audio.cs)");
        check("at System.Threading.Tasks.Task.Wait()", "none");
    }

    #[test]
    fn scripts_name_their_functions() {
        let node = "Error: no\n    at Object.level (/ci/node_modules/x/y.js:1:2)\n    at new Mixer (/ci/src/audio.ts:12:5)\n    \
                    at async /ci/src/audio.spec.ts:3:1\n    at node:internal/process/task_queues:95:5";
        check(node, "Mixer (audio.ts)");
        check("at Context.<anonymous> (test/audio.spec.js:12:5)", "audio.spec.js");
        check("at file:///ci/src/audio.mjs:12:5", "audio.mjs");
        check("at Object.level [as run] (webpack:///./src/audio.js?3f9c:12:5)", "level (audio.js)");
        check("level@http://localhost:9876/base/audio.js?3f9c1d:12:5", "level (audio.js)");
        check("at internal/process/task_queues.js:95:5", "none");
    }

    #[test]
    fn others_name_a_place() {
        check("/src/audio_test.cc:12: Failure\nValue of: x", "audio_test.cc");
        check("/src/audio_test.cc:12\nExpected equality", "audio_test.cc");
        check("FAILED:\n  REQUIRE( a )\nat /src/audio.cpp:12", "audio.cpp");
        check("audio.cpp(12): error in \"level\": no", "audio.cpp");
        check(r"C:\src\audio.cpp(12): ERROR: CHECK( a )", "audio.cpp");
        check("   Loc: [../audio.cpp(12)]", "audio.cpp");
        check("=== RUN   TestLevel\n    audio_test.go:12: got 3", "audio_test.go");
        check("\tError Trace:\t/ci/audio_test.go:12\n", "audio_test.go");
        let go = "panic: no\n\ngoroutine 7 [running]:\ntesting.tRunner.func1()\n\t/usr/local/go/src/testing/testing.go:1545 +0x2\n\
                  acme.Level()\n\t/home/go/src/acme/audio.go:12 +0x1d\n";
        check(go, "audio.go");
        check("thread 'level' panicked at src/audio.rs:12:5:\nno", "audio.rs");
        check("thread 'level' panicked at 'no, x', src/audio.rs:12:5", "audio.rs");
        check("thread 'level' panicked at /rustc/3f9c/library/core/src/option.rs:1:2:", "none");
        check("/ci/audio.rb:3:in `level'\n/ci/spec/audio_spec.rb:9:in 'block'", "audio.rb");
        check(
            "# /usr/lib/ruby/gems/3.2/gems/x/y.rb:3:in 'z'\n# ./spec/audio_spec.rb:9:in 'block'",
            "audio_spec.rb",
        );
        check(
            "Failed asserting that false is true.\n\n/ci/vendor/phpunit/TestCase.php:3\n/ci/tests/AudioTest.php:12",
            "AudioTest.php",
        );
        check("AudioTests.swift:12: error: no", "AudioTests.swift");
        check(
            "package:matcher/src/expect.dart 149:31  fail\ntest/audio_test.dart 12:5  main.<fn>",
            "main (audio_test.dart)",
        );
        check("\u{1b}[31m    at level (/src/audio.js:12:5)\u{1b}[0m", "level (audio.js)");
    }

    #[test]
    fn texts_without_a_frame_have_none() {
        for text in [
            "",
            "no",
            "12:30:05 up",
            "see audio.py",
            "a.c",
            "v1.2.rs",
            "x = audio.c:3",
            ".c:3",
            "at",
            "at ()",
        ] {
            check(text, "none");
        }
    }

    #[test]
    fn only_both_ends_of_a_long_text_count() {
        let filler = "ü\n".repeat(BYTES);
        check(&format!("a.c:1: x\n{filler}"), "a.c");
        check(&format!("{filler}a.c:1: x"), "a.c");
        check(&format!("{filler}a.c:1: x\n{filler}"), "none");
        check(&format!("{}a.c:1: x", "y".repeat(LINE_BYTES)), "none");
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in r#"(\PC|[\n:().@<>$#/\\ "]|at |File "|\.py|\.c:1|def |, line 1, in )*"#) {
            top_frame(&text);
            let mut ends = Ends::default();
            text.split_inclusive(':').for_each(|piece| ends.push(piece));
            prop_assert_eq!(ends.top_frame(), top_frame(&text));
        }
    }
}
