//! Importing takes at most six times the input and 64 MB of memory.
//!
//! Every fixture is extended to eight megabytes by repeating its content, and is read in pieces of the
//! size that a browser gives. This is a separate test program, since its allocator counts everything.

use passgrid::import::{ALL, Import};
use std::alloc::{GlobalAlloc, Layout, System};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Counts the memory in use, and its maximum.
struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: forwards to the system's allocator, and counts.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Relaxed) + layout.size();
        MOST.fetch_max(now, Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const BYTES: usize = 8 << 20;
const PIECE: usize = 64 << 10;

/// Returns the most memory that reading takes in addition to the input, and the number of entries.
fn peak(bytes: &[u8]) -> (usize, usize) {
    let before = NOW.load(Relaxed);
    MOST.store(before, Relaxed);
    let mut import = Import::new("x", &ALL);
    bytes.chunks(PIECE).for_each(|piece| import.push(piece));
    let imported = import.finish();
    (MOST.load(Relaxed) - before, imported.batch.len())
}

#[track_caller]
fn check(what: &str, bytes: &[u8]) {
    let (took, entries) = peak(bytes);
    let allowed = 6 * bytes.len() + (64 << 20);
    assert!(
        took <= allowed,
        "{what}: {took} bytes for {} with {entries} entries; {allowed} are allowed",
        bytes.len()
    );
}

/// Extends a file by repeating elements of the root or of the longest list, or lines.
fn longer(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    match text.trim_start().as_bytes().first()? {
        b'<' => {
            let (start, end) = (root_end(text)?, text.rfind("</")?);
            let inner = text.get(start..end).filter(|inner| !inner.trim().is_empty())?;
            let inner = inner.repeat(BYTES / inner.len() + 1);
            Some([&text[..start], &inner, &text[end..]].concat().into_bytes())
        }
        b'{' | b'[' => match serde_json::from_str(text) {
            Ok(mut document) => {
                let longest = longest_list(&document)?;
                let list = document.pointer_mut(&longest)?.as_array_mut()?;
                let one = serde_json::to_string(list).ok()?.len().max(1);
                let elements = std::mem::take(list);
                let times = BYTES / one + 1;
                list.extend(elements.iter().cycle().take(elements.len() * times).cloned());
                serde_json::to_vec(&document).ok()
            }
            // A document in each line.
            Err(_) => Some(text.repeat(BYTES / text.len() + 1).into_bytes()),
        },
        _ => Some(text.repeat(BYTES / text.len() + 1).into_bytes()),
    }
}

/// Returns where the root's start tag ends.
fn root_end(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        let tag = at + text.get(at..)?.find('<')?;
        let end = tag + text.get(tag..)?.find('>')? + 1;
        if !text[tag..].starts_with("<?") && !text[tag..].starts_with("<!") {
            return Some(end);
        }
        at = end;
    }
}

/// Returns the JSON pointer to the list with the longest text.
fn longest_list(value: &serde_json::Value) -> Option<String> {
    let mut longest: Option<(usize, String)> = None;
    let mut waiting = vec![(String::new(), value)];
    while let Some((path, value)) = waiting.pop() {
        match value {
            serde_json::Value::Array(list) if !list.is_empty() => {
                let len = value.to_string().len();
                if longest.as_ref().is_none_or(|(most, _)| len > *most) {
                    longest = Some((len, path));
                }
            }
            serde_json::Value::Object(map) => {
                waiting.extend(map.iter().map(|(key, value)| {
                    let key = key.replace('~', "~0").replace('/', "~1");
                    (format!("{path}/{key}"), value)
                }));
            }
            _ => {}
        }
    }
    longest.map(|(_, path)| path)
}

fn files_below(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !matches!(name.as_str(), "_generators" | "demo" | "archives") {
                files_below(&path, into);
            }
        } else if !name.ends_with(".md") {
            into.push(path);
        }
    }
}

/// A single test, so that nothing else is counted.
#[test]
fn an_import_takes_six_times_its_input_and_64_mb_at_most() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut paths = Vec::new();
    files_below(&fixtures, &mut paths);
    paths.sort();
    // The largest file of each folder.
    paths.sort_by_key(|path| (path.parent().map(Path::to_path_buf), std::fs::metadata(path).unwrap().len()));
    let mut largest: Vec<PathBuf> = Vec::new();
    for path in paths {
        match largest.last_mut().filter(|last| last.parent() == path.parent()) {
            Some(last) => *last = path,
            None => largest.push(path),
        }
    }
    let mut read = 0;
    for path in largest {
        let what = path.strip_prefix(&fixtures).unwrap_or(&path).display().to_string();
        if let Some(bytes) = longer(&std::fs::read(&path).unwrap()) {
            check(&what, &bytes);
            read += 1;
        }
    }
    assert!(read > 60, "{read} fixtures");

    // Crafted to take much memory.
    let deep =
        |open: &str, close: &str, depth: usize| format!("{}{}", open.repeat(depth), close.repeat(depth));
    let attributes: String = (0..400_000).map(|n| format!(" a{n}='{n}'")).collect();
    let scopes: String = (0..100_000)
        .map(|n| format!("<testcase classname='c{n}' name='{n}'><failure/></testcase>"))
        .collect();
    let sessions: String = (0..60_000).map(|n| format!(r#"{{"dut":"d{n}","tests":[]}},"#)).collect();
    for (what, text) in [
        ("nested elements", deep("<testsuite name='s'>", "</testsuite>", 200_000)),
        ("nested lists", deep(r#"{"tests":["#, "]}", 500_000)),
        ("attributes", format!("<testsuite><testcase name='x'{attributes}/></testsuite>")),
        ("scopes", format!("<testsuite>{scopes}</testsuite>")),
        ("sessions", format!("[{sessions}]")),
        ("one string", format!(r#"{{"created":1,"tests":[{{"nodeid":"{}"}}]}}"#, "x".repeat(BYTES))),
        (
            "short entries",
            format!(r#"{{"created":1,"duration":1,"root":"","tests":[{}{{}}]}}"#, "{},".repeat(2_000_000)),
        ),
        (
            "text",
            format!(
                "<testsuite><testcase name='x'><system-out>{}</system-out></testcase></testsuite>",
                "&amp;".repeat(BYTES / 5)
            ),
        ),
    ] {
        check(what, text.as_bytes());
    }
}
