//! ANSI escape sequences: terminal colors in the texts that tests print.
//!
//! XML cannot hold the escape byte, so producers write it in several ways: pytest
//! as `#x1B`, others as U+FFFD or `␛`. These count only in front of a complete
//! sequence, because each may be plain text. `\x1b` does not count: it is source
//! code in a traceback.

use super::search::find_byte_or_non_ascii;
use std::borrow::Cow;

/// A run of text in one style.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run<'a> {
    /// The text, without escapes.
    pub text: &'a str,
    /// How it looks.
    pub style: Style,
}

/// How text looks. Colors are the sixteen that a theme can make readable: 0 to 7
/// are black, red, green, yellow, blue, magenta, cyan and white, 8 to 15 the
/// bright ones. Others are replaced by the nearest of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Color of the letters; `None` for the default.
    pub color: Option<u8>,
    /// Color behind the letters; `None` for the default.
    pub background: Option<u8>,
    /// Bold.
    pub bold: bool,
    /// Dim.
    pub dim: bool,
    /// Italic.
    pub italic: bool,
    /// Underlined.
    pub underline: bool,
    /// Text and background colors are swapped.
    pub inverse: bool,
}

/// Splits a text into runs of one style. Other sequences are removed: the
/// texts together are the input without its escapes. No run is empty.
pub fn runs(text: &str) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    let mut style = Style::default();
    let (mut start, mut at) = (0, 0);
    while at < text.len() {
        match escape(text, at) {
            Some((end, parameters)) => {
                if start < at {
                    runs.push(Run { text: &text[start..at], style });
                }
                if let Some(parameters) = parameters {
                    style.apply(parameters);
                }
                (start, at) = (end, end);
            }
            None => at += next(text, at),
        }
    }
    if start < at {
        runs.push(Run { text: &text[start..at], style });
    }
    runs
}

/// Returns a text without its escapes.
pub fn plain(text: &str) -> Cow<'_, str> {
    // Nearly all names and messages are like this.
    if find_byte_or_non_ascii(text.as_bytes(), [0x1B, b'#']).is_none() {
        return Cow::Borrowed(text);
    }
    let runs = runs(text);
    match &runs[..] {
        [run] => Cow::Borrowed(run.text),
        runs => Cow::Owned(runs.iter().map(|run| run.text).collect()),
    }
}

/// Returns a text without escapes and byte order marks at its beginning.
pub fn without_first_escapes(mut text: &str) -> &str {
    loop {
        text = match text.as_bytes().first() {
            Some(0x1B | 0xC2) => match escape(text, 0) {
                Some((end, _)) => &text[end..],
                None => return text,
            },
            Some(0xEF) if text.starts_with('\u{FEFF}') => &text['\u{FEFF}'.len_utf8()..],
            _ => return text,
        };
    }
}

/// Returns the number of bytes from `at` to the next place where an escape may
/// begin.
fn next(text: &str, at: usize) -> usize {
    let mut end = at + 1;
    while !text.is_char_boundary(end)
        || text.as_bytes().get(end).is_some_and(|b| !matches!(b, 0x1B | b'#' | 0xC2 | 0xE2 | 0xEF))
    {
        end += 1;
    }
    end - at
}

const SPELLINGS: [&str; 4] = ["\u{1B}", "#x1B", "\u{FFFD}", "\u{241B}"];

/// Returns the length of the escape byte's spelling at the start of `text`.
fn mark(text: &str) -> Option<usize> {
    SPELLINGS.into_iter().map(str::len).zip(SPELLINGS).find_map(|(len, spelling)| {
        text.as_bytes().get(..len).filter(|head| head.eq_ignore_ascii_case(spelling.as_bytes()))?;
        Some(len)
    })
}

/// Returns the end of the escape that begins at `at`, and its parameters if it
/// sets a style.
fn escape(text: &str, at: usize) -> Option<(usize, Option<&str>)> {
    let rest = &text[at..];
    // One character for escape and bracket.
    if let Some(after) = rest.strip_prefix('\u{9B}') {
        return sequence(after, text.len() - after.len());
    }
    let is_byte = rest.starts_with('\u{1B}');
    let begin = at + mark(rest)?;
    let after = &text[begin..];
    let found = match after.as_bytes().first() {
        Some(b'[') => sequence(&after[1..], begin + 1),
        Some(b']') => command(&after[1..]).map(|len| (begin + 1 + len, None)),
        _ => None,
    };
    match (found, is_byte) {
        (None, false) => None,
        (Some(found), _) => Some(found),
        // The escape byte itself is never text: it is removed, together with the
        // character that completes a short sequence.
        (None, true) => {
            let is_short = |b: &u8| matches!(b, b'7' | b'8' | b'=' | b'>' | b'D' | b'E' | b'H' | b'M' | b'c');
            Some((begin + after.as_bytes().iter().take(1).filter(|b| is_short(b)).count(), None))
        }
    }
}

/// Reads the rest of a control sequence: parameters and a final letter.
fn sequence(rest: &str, begin: usize) -> Option<(usize, Option<&str>)> {
    let len = rest.bytes().take_while(|b| (0x20..0x40).contains(b)).count();
    let last = *rest.as_bytes().get(len)?;
    let is_style = last == b'm' && rest[..len].bytes().all(|b| matches!(b, b'0'..=b'9' | b';' | b':'));
    (0x40..0x7F).contains(&last).then_some((begin + len + 1, is_style.then_some(&rest[..len])))
}

/// Returns the length of the rest of a command to the terminal, such as a link or
/// a title. It ends with a bell, or with an escape and a backslash, on the same
/// line.
fn command(rest: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(&byte) = rest.as_bytes().get(at) {
        match byte {
            0x07 => return Some(at + 1),
            b'\n' => return None,
            b'#' if rest[at..].starts_with("#x07") => return Some(at + 4),
            _ => {}
        }
        if let Some(len) = mark(&rest[at..]) {
            return rest[at + len..].starts_with('\\').then_some(at + len + 1);
        }
        at += 1;
        while !rest.is_char_boundary(at) {
            at += 1;
        }
    }
    None
}

impl Style {
    fn apply(&mut self, parameters: &str) {
        let mut codes = parameters.split(';');
        while let Some(code) = codes.next() {
            // `4:3` is a wavy underline, whose kind is ignored; `38:2::1:2:3` is a
            // color in one piece.
            let (first, sub) = code.split_once(':').unwrap_or((code, ""));
            match number(first) {
                0 => *self = Style::default(),
                1 => self.bold = true,
                2 => self.dim = true,
                3 => self.italic = true,
                4 | 21 => self.underline = sub != "0",
                7 => self.inverse = true,
                22 => (self.bold, self.dim) = (false, false),
                23 => self.italic = false,
                24 => self.underline = false,
                27 => self.inverse = false,
                n @ 30..=37 => self.color = Some((n - 30) as u8),
                n @ 90..=97 => self.color = Some((n - 82) as u8),
                n @ 40..=47 => self.background = Some((n - 40) as u8),
                n @ 100..=107 => self.background = Some((n - 92) as u8),
                39 => self.color = None,
                49 => self.background = None,
                n @ (38 | 48) => {
                    let color = if sub.is_empty() { color(&mut codes) } else { color_in_one(sub) };
                    let place = if n == 38 { &mut self.color } else { &mut self.background };
                    *place = color.or(*place);
                }
                _ => {}
            }
        }
    }
}

/// Reads a number of a sequence. A missing one is 0; one that is too large
/// becomes `u32::MAX`, which has no meaning.
fn number(text: &str) -> u32 {
    if text.is_empty() { 0 } else { text.parse().unwrap_or(u32::MAX) }
}

/// Reads the color after `38` or `48`: `5;n` or `2;r;g;b`.
fn color<'a>(codes: &mut impl Iterator<Item = &'a str>) -> Option<u8> {
    let mut code = || codes.next().map(number);
    match code()? {
        5 => indexed(code()?),
        2 => Some(nearest([code()?, code()?, code()?])),
        _ => None,
    }
}

/// Reads the same with colons, where a color space may precede the numbers.
fn color_in_one(sub: &str) -> Option<u8> {
    let codes: Vec<u32> = sub.split(':').map(number).collect();
    match codes.as_slice() {
        [5, n] => indexed(*n),
        [2, .., r, g, b] => Some(nearest([*r, *g, *b])),
        _ => None,
    }
}

/// Returns the nearest color for one of 256: sixteen, a cube of 6 × 6 × 6, grays.
fn indexed(n: u32) -> Option<u8> {
    let level = |n: u32| if n == 0 { 0 } else { 55 + 40 * n };
    match n {
        0..=15 => Some(n as u8),
        16..=231 => Some(nearest([level((n - 16) / 36), level((n - 16) / 6 % 6), level((n - 16) % 6)])),
        232..=255 => Some(nearest([8 + 10 * (n - 232); 3])),
        _ => None,
    }
}

/// Returns the one of the sixteen colors that differs least.
fn nearest(color: [u32; 3]) -> u8 {
    let distance = |index: &u8| -> u32 {
        let level = |bit: u8| match (index >> bit & 1, index >> 3) {
            (0, 0) => 0_u32,
            (0, _) => 85,
            (_, 0) => 187,
            _ => 255,
        };
        (0..3).map(|part| level(part).abs_diff(color[usize::from(part)].min(255)).pow(2)).sum()
    };
    (0..16).min_by_key(distance).unwrap_or(7)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLAIN: Style = Style {
        color: None,
        background: None,
        bold: false,
        dim: false,
        italic: false,
        underline: false,
        inverse: false,
    };

    #[track_caller]
    fn check(text: &str, expected: &[(&str, Style)]) {
        let runs: Vec<(&str, Style)> = runs(text).iter().map(|run| (run.text, run.style)).collect();
        assert_eq!(runs, expected, "{text:?}");
    }

    #[test]
    fn every_spelling_of_the_escape_counts() {
        let red = Style { color: Some(1), ..PLAIN };
        for escape in ["\u{1B}", "#x1B", "#x1b", "\u{FFFD}", "\u{241B}"] {
            let text = format!("a{escape}[31mb{escape}[0mc");
            check(&text, &[("a", PLAIN), ("b", red), ("c", PLAIN)]);
        }
        check("\u{9B}31mb", &[("b", red)]);
    }

    #[test]
    fn styles_add_up_until_they_are_reset() {
        let bold = Style { bold: true, ..PLAIN };
        check(
            "\u{1B}[1mx\u{1B}[4;91;44my",
            &[("x", bold), ("y", Style { underline: true, color: Some(9), background: Some(4), ..bold })],
        );
        check(
            "\u{1B}[2;3;7mx\u{1B}[22;23;27my",
            &[("x", Style { dim: true, italic: true, inverse: true, ..PLAIN }), ("y", PLAIN)],
        );
        check(
            "\u{1B}[31;42mx\u{1B}[39;49my\u{1B}[mz",
            &[("x", Style { color: Some(1), background: Some(2), ..PLAIN }), ("y", PLAIN), ("z", PLAIN)],
        );
        check("\u{1B}[4:3mx\u{1B}[4:0my", &[("x", Style { underline: true, ..PLAIN }), ("y", PLAIN)]);
    }

    #[test]
    fn other_colors_become_the_nearest_of_sixteen() {
        for (code, color) in [
            ("38;5;9", Some(9)),
            ("38;5;196", Some(1)),
            ("38;5;21", Some(4)),
            ("38;5;255", Some(15)),
            ("38;5;240", Some(8)),
            ("38;2;255;80;80", Some(9)),
            ("38:2::0:190:0", Some(2)),
            ("38:2:0:190:0", Some(2)),
            ("38:5:3", Some(3)),
            ("38;5;999", None),
            ("38;7", None),
            ("38", None),
            ("99999999999", None),
        ] {
            let text = format!("\u{1B}[{code}mx");
            check(&text, &[("x", Style { color, ..PLAIN })]);
        }
        check("\u{1B}[38;5;1;1mx", &[("x", Style { color: Some(1), bold: true, ..PLAIN })]);
    }

    #[test]
    fn other_sequences_are_removed() {
        check(
            "a\u{1B}[2Kb\u{1B}[10;20Hc\u{1B}[?25ld\u{1B}7e",
            &[("a", PLAIN), ("b", PLAIN), ("c", PLAIN), ("d", PLAIN), ("e", PLAIN)],
        );
        check("\u{1B}]0;title\u{7}a", &[("a", PLAIN)]);
        check("\u{1B}]8;;https://x\u{1B}\\link\u{1B}]8;;\u{1B}\\!", &[("link", PLAIN), ("!", PLAIN)]);
        check("#x1B]8;;https://x#x1B\\link#x1B]8;;#x07!", &[("link", PLAIN), ("!", PLAIN)]);
        check("a\u{1B}", &[("a", PLAIN)]);
        check("a\u{1B}]no end", &[("a", PLAIN), ("]no end", PLAIN)]);
    }

    #[test]
    fn incomplete_escapes_are_text() {
        for text in [
            "#x1B",
            "see #x1B and \\x1b",
            "\u{FFFD}",
            "\\x1b[",
            "#x1B[31",
            "print(\"\\x1b[32mgreen\")",
            "C:\\x1b]",
            "ü#",
            "",
        ] {
            let expected = [(text, PLAIN)];
            check(text, if text.is_empty() { &[] } else { &expected });
        }
    }

    /// Pieces in any combination.
    fn text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            proptest::sample::select(
                &[
                    "\u{1B}", "#x1B", "\u{FFFD}", "\\x1b", "\u{241B}", "\u{9B}", "[", "]", "31", "1;",
                    "38;2;", "m", "K", "\u{7}", "\\", "\n", "ü", "🦀", "a", "#", ":",
                ][..]
            )
            .prop_map(str::to_owned),
            ".{0,3}",
        ];
        proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        /// Runs are pieces of the input in its order. The text between them is
        /// escapes, and runs contain no escapes.
        #[test]
        fn runs_are_the_text_without_escapes(text in text()) {
            let mut at = 0;
            for run in runs(&text) {
                let start = run.text.as_ptr() as usize - text.as_ptr() as usize;
                let end = start + run.text.len();
                prop_assert!(at <= start && !run.text.is_empty());
                prop_assert_eq!(runs(&text[at..start]), []);
                prop_assert!(run.text.bytes().all(|byte| byte != 0x1B));
                let again = runs(run.text);
                prop_assert_eq!(again.len(), 1);
                prop_assert_eq!(again[0].text, run.text);
                at = end;
            }
            prop_assert_eq!(runs(&text[at..]), []);
        }
    }
}
