//! Salvages the complete elements of a truncated entry.

/// Returns the beginning of a truncated object, up to the last complete element of
/// its `inner` arrays, with the missing brackets; `None` if there is no such
/// element.
pub fn completed(text: &str, inner: &[&str]) -> Option<String> {
    // Of each open object and array: the byte that ends it, and whether it is the
    // object itself, an inner array that counts, or an element of such an array.
    let mut open: Vec<(u8, bool)> = Vec::new();
    let (mut key, mut last, mut counting) = ("", 0..0, 0);
    let mut whole = None;
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let Some(end) = string_end(bytes, at + 1) else {
                    break;
                };
                (last, at) = (at + 1..end, end);
            }
            b':' => key = text.get(last.clone()).unwrap_or_default(),
            b'{' | b'[' => {
                let (depth, is_object) = (open.len(), byte == b'{');
                let around = open.last().map(|&(end, _)| end);
                let counts = counting == depth
                    && if is_object {
                        around != Some(b'}')
                    } else {
                        around == Some(b'}') && inner.contains(&key)
                    };
                counting += usize::from(counts);
                open.push((if is_object { b'}' } else { b']' }, counts));
            }
            b'}' | b']' => {
                let (_, counts) = open.pop()?;
                counting -= usize::from(counts);
                if counts && byte == b'}' && !open.is_empty() {
                    whole = Some((at + 1, open.len()));
                }
            }
            _ => {}
        }
        at += 1;
    }
    let (end, depth) = whole?;
    // Objects and arrays alternate.
    let ends = "]}".repeat(depth / 2);
    Some(text.get(..end)?.to_owned() + &ends)
}

/// Returns where a string ends that begins at `at`.
fn string_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes.get(at) == Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}
