//! Patterns over paths, which name the DUT, unit, build or session of many files
//! at once.

use crate::model::IdentityField;
use serde::{Deserialize, Serialize};

/// A template such as `{build}/{dut}.xml`.
///
/// - `{dut}`, `{unit}`, `{build}`, `{session}` stand for one or more characters
///   of one folder's or file's name. Each takes as much as it can, the one on
///   the left first. The second time that one occurs it stands for the same text.
/// - `{}` and `*` stand for any characters of one name, or none.
/// - `**/` stands for any folders, or none; `**` elsewhere for anything.
/// - Everything else stands for itself; case matters.
/// - The template is the end of the path, from the beginning of a folder's or
///   file's name on; with `/` in front it is the whole path. If it fits in
///   several ways, the one that begins further left counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathPattern {
    pieces: Vec<Piece>,
    is_whole: bool,
}

/// Why a template is invalid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatternProblem {
    /// Which character, counted from 1; 0 for the template as a whole.
    pub at: u32,
    /// What is wrong, in words.
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    IdentityField(IdentityField),
    /// Within a name.
    Any,
    /// Folders with the slash behind each.
    Folders,
    Anything,
}

/// The names of placeholders.
pub const AXES: [(IdentityField, &str); 4] = [
    (IdentityField::Dut, "dut"),
    (IdentityField::Unit, "unit"),
    (IdentityField::Build, "build"),
    (IdentityField::Session, "session"),
];

/// The most attempts to match one path, so that matching always ends soon.
const TRIES: u32 = 20_000;

impl PathPattern {
    /// Parses a template.
    pub fn parse(template: &str) -> Result<PathPattern, PatternProblem> {
        let (is_whole, body) = match template.strip_prefix('/') {
            Some(body) => (true, body),
            None => (false, template),
        };
        let mut pieces: Vec<Piece> = Vec::new();
        let mut rest = body;
        while let Some(first) = rest.chars().next() {
            let at = template[..template.len() - rest.len()].chars().count() as u32 + 1;
            let problem = |text: String| Err(PatternProblem { at, text });
            let (piece, len) = if first == '{' {
                let Some((name, _)) = rest[1..].split_once('}') else {
                    return problem(format!("missing }} for the {{ at {at}"));
                };
                let axis = AXES.into_iter().find(|(_, word)| *word == name);
                let piece = match axis {
                    Some((axis, _)) => Piece::IdentityField(axis),
                    None if name.is_empty() => Piece::Any,
                    None => {
                        return problem(format!(
                            "unknown placeholder {{{name}}} at {at}; use {{dut}}, {{unit}}, {{build}} or {{session}}"
                        ));
                    }
                };
                if let (Piece::IdentityField(_), Some(Piece::IdentityField(_))) = (&piece, pieces.last()) {
                    return problem(format!(
                        "two placeholders need text between them: see {{{name}}} at {at}"
                    ));
                }
                (piece, name.len() + 2)
            } else if first == '}' {
                return problem(format!("unexpected }} at {at}"));
            } else if rest.starts_with("**/") && !matches!(pieces.last(), Some(piece) if !piece.ends_name()) {
                (Piece::Folders, 3)
            } else if rest.starts_with("**") {
                (Piece::Anything, 2)
            } else if first == '*' {
                (Piece::Any, 1)
            } else {
                let len = rest.find(['{', '}', '*']).unwrap_or(rest.len());
                (Piece::Text(rest[..len].to_owned()), len)
            };
            pieces.push(piece);
            rest = &rest[len..];
        }
        if !pieces.iter().any(|piece| matches!(piece, Piece::IdentityField(_))) {
            let text = "the pattern needs {dut}, {unit}, {build} or {session}".to_owned();
            return Err(PatternProblem { at: 0, text });
        }
        Ok(PathPattern { pieces, is_whole })
    }

    /// Returns what the placeholders stand for in a path, in the order of the
    /// template; `None` where the path does not match.
    pub fn find(&self, path: &str) -> Option<Vec<(IdentityField, String)>> {
        let mut tries = TRIES;
        let slashes = path.match_indices('/').map(|(at, _)| at + 1).filter(|_| !self.is_whole);
        let found = std::iter::once(0).chain(slashes).find_map(|start| {
            let mut found = Vec::new();
            fits(&self.pieces, &path[start..], &mut found, &mut tries).then_some(found)
        })?;
        Some(found.into_iter().map(|(axis, text)| (axis, text.to_owned())).collect())
    }
}

impl Piece {
    /// What follows begins a folder's or file's name.
    fn ends_name(&self) -> bool {
        match self {
            Piece::Text(text) => text.ends_with('/'),
            Piece::Folders => true,
            _ => false,
        }
    }
}

/// The pieces match the whole path; `found` collects what placeholders stand for.
fn fits<'a>(
    pieces: &[Piece],
    path: &'a str,
    found: &mut Vec<(IdentityField, &'a str)>,
    tries: &mut u32,
) -> bool {
    let Some((piece, rest)) = pieces.split_first() else {
        return path.is_empty();
    };
    if *tries == 0 {
        return false;
    }
    *tries -= 1;
    let (least, most) = match piece {
        Piece::Text(text) => {
            return path.strip_prefix(text.as_str()).is_some_and(|path| fits(rest, path, found, tries));
        }
        Piece::IdentityField(axis) => {
            if let Some(&(_, text)) = found.iter().find(|(have, _)| have == axis) {
                return path.strip_prefix(text).is_some_and(|path| fits(rest, path, found, tries));
            }
            (1, path.find('/').unwrap_or(path.len()))
        }
        Piece::Any => (0, path.find('/').unwrap_or(path.len())),
        Piece::Folders | Piece::Anything => (0, path.len()),
    };
    for end in (least..=most).rev() {
        if !path.is_char_boundary(end) || (*piece == Piece::Folders && end > 0 && !path[..end].ends_with('/'))
        {
            continue;
        }
        let before = found.len();
        if let Piece::IdentityField(axis) = piece {
            found.push((*axis, &path[..end]));
        }
        if fits(rest, &path[end..], found, tries) {
            return true;
        }
        found.truncate(before);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a template finds in a path, as `dut=a build=b`; `-` for nothing.
    #[track_caller]
    fn check(template: &str, path: &str, expected: &str) {
        let pattern = PathPattern::parse(template).unwrap();
        let found = pattern.find(path).map(|found| {
            let words = found.into_iter().map(|(axis, text)| {
                let (_, word) = AXES.into_iter().find(|(have, _)| *have == axis).unwrap();
                format!("{word}={text}")
            });
            words.collect::<Vec<_>>().join(" ")
        });
        assert_eq!(found.as_deref().unwrap_or("-"), expected, "{template} in {path}");
    }

    #[test]
    fn the_end_of_the_path_counts() {
        check("{build}/{dut}.xml", "nightly/1.4/board_a.xml", "build=1.4 dut=board_a");
        check("{build}/{dut}.xml", "1.4/board_a.xml", "build=1.4 dut=board_a");
        check("{build}/{dut}.xml", "board_a.xml", "-");
        check("{build}/{dut}.xml", "1.4/board_a.json", "-");
        check("{build}/{dut}.xml", "1.4/board_a.XML", "-");
        check("{dut}.xml", "a/b/c.xml", "dut=c");
        check("d_{dut}.xml", "a/old_d_c.xml", "-");
        check("/{dut}.xml", "a/c.xml", "-");
        check("/{dut}.xml", "c.xml", "dut=c");
        check("/{build}/*/{dut}.xml", "1.4/x/c.xml", "build=1.4 dut=c");
    }

    #[test]
    fn placeholders_take_as_much_as_they_can() {
        check("{dut}-{build}.xml", "board-a-1.4.xml", "dut=board-a build=1.4");
        check("{dut}_{unit}_*.xml", "a_b_c_d.xml", "dut=a_b unit=c");
        check("{}_{dut}.xml", "a_b_c.xml", "dut=c");
        check("*{dut}.xml", "abc.xml", "dut=c");
        check("{dut}.xml", ".xml", "-");
        check("{dut}*.xml", "a.xml", "dut=a");
        check("{dut}/{dut}.xml", "a/a.xml", "dut=a");
        check("{dut}/{dut}.xml", "a/b.xml", "-");
        check("{dut}/{session}/ü*.xml", "böard/sitzung 1/über.xml", "dut=böard session=sitzung 1");
    }

    #[test]
    fn folders_in_between_may_be_left_open() {
        check("{build}/**/{dut}.xml", "1.4/board_a.xml", "build=1.4 dut=board_a");
        check("{build}/**/{dut}.xml", "x/1.4/y/board_a.xml", "build=x dut=board_a");
        check("{dut}/**", "a/b/c.xml", "dut=a");
        check("**/{dut}/TEST-**.xml", "x/a/TEST-b/c.xml", "dut=a");
        check("v**/{dut}.xml", "v1/x/a.xml", "dut=a");
    }

    #[test]
    fn problems_say_what_and_where() {
        for (template, at, text) in [
            (
                "{build}/{dutt}.xml",
                9,
                "unknown placeholder {dutt} at 9; use {dut}, {unit}, {build} or {session}",
            ),
            ("ü{DUT}", 2, "unknown placeholder {DUT} at 2; use {dut}, {unit}, {build} or {session}"),
            ("/a/{dut", 4, "missing } for the { at 4"),
            ("{dut}}", 6, "unexpected } at 6"),
            ("{build}{dut}", 8, "two placeholders need text between them: see {dut} at 8"),
            ("*.xml", 0, "the pattern needs {dut}, {unit}, {build} or {session}"),
            ("", 0, "the pattern needs {dut}, {unit}, {build} or {session}"),
        ] {
            let problem = PatternProblem { at, text: text.to_owned() };
            assert_eq!(PathPattern::parse(template), Err(problem));
        }
    }

    #[test]
    fn no_template_takes_forever() {
        let template = format!("{}{{dut}}!", "*a".repeat(60));
        let path = "a".repeat(400);
        assert_eq!(PathPattern::parse(&template).unwrap().find(&path), None);
    }

    proptest! {
        #[test]
        fn finds_what_a_template_would_write(dut in "[a-zü0-9.]{1,8}", build in "[a-zü0-9.-]{1,8}", above in "([a-z]{1,3}/){0,2}") {
            let pattern = PathPattern::parse("{build}/run_{dut}.xml").unwrap();
            let found = pattern.find(&format!("{above}{build}/run_{dut}.xml"));
            prop_assert_eq!(found, Some(vec![(IdentityField::Build, build), (IdentityField::Dut, dut)]));
        }

        #[test]
        fn any_template_and_path_end_without_panic(template in "[{}*/a-du tniesob.ü]{0,20}", path in ".{0,30}") {
            if let Ok(pattern) = PathPattern::parse(&template) {
                pattern.find(&path);
            }
        }
    }
}
