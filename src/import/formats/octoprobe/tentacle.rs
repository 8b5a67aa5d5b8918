//! Boards of the farm, by the names of folders and fields.

use crate::import::identify::scope_of;
use crate::model::{IdentityField, SessionDraft, Source};

/// A run of a group on a board.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tentacle<'a> {
    /// `RUN-TESTS_STANDARD`; empty if unknown.
    pub group: &'a str,
    /// The unit: `2d2d`.
    pub serial: &'a str,
    /// Board and variant of the firmware: `LOLIN_D1_MINI-FLASH_512K`.
    pub board: &'a str,
    /// `instance0`, if several boards are tested together; otherwise empty.
    pub role: &'a str,
}

/// Roles of boards, in both generations.
const ROLES: [&str; 4] = ["instance0", "instance1", "first", "second"];

impl<'a> Tentacle<'a> {
    /// Parses `2d2d-LOLIN_D1_MINI-FLASH_512K`. Names of boards have no hyphen before the variant's.
    pub fn of_label(label: &'a str) -> Tentacle<'a> {
        let (label, role) =
            label.rsplit_once('-').filter(|(_, role)| ROLES.contains(role)).unwrap_or((label, ""));
        let is_serial = |text: &str| text.len() >= 4 && text.bytes().all(|b| b.is_ascii_hexdigit());
        match label.split_once('-').filter(|(serial, _)| is_serial(serial)) {
            Some((serial, board)) => Tentacle { serial, board, role, group: "" },
            None => Tentacle { board: label, role, ..Tentacle::default() },
        }
    }

    /// Parses the name of a group's folder in any generation: `RUN-X[0c30-B]`, `RUN-X,a@0c30-B`,
    /// `RUN-X@0c30-B,a`.
    pub fn of_folder(folder: &'a str) -> Option<Tentacle<'a>> {
        let (group, label) = match folder.strip_suffix(']') {
            Some(inner) => inner.split_once('[')?,
            None => folder.split_once('@')?,
        };
        let before_comma = |text: &'a str| text.split(',').next().unwrap_or(text);
        let tentacle = Tentacle { group: before_comma(group), ..Tentacle::of_label(before_comma(label)) };
        (!tentacle.group.is_empty() && !tentacle.board.is_empty()).then_some(tentacle)
    }

    /// Returns the scope of its tests: the group, and the role of boards that are tested together,
    /// since each has its own verdict.
    pub fn scope(&self) -> (String, (u32, u32)) {
        scope_of(self.group, self.role)
    }

    /// Adds DUT and unit to a session.
    pub fn claim(&self, name: &str, draft: &mut SessionDraft) {
        draft.claim(IdentityField::Dut, Source::Field, name, self.board);
        draft.claim(IdentityField::Unit, Source::Field, name, self.serial);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boards_of_all_generations() {
        let expected =
            Tentacle { group: "RUN-X", serial: "2d2d", board: "LOLIN_D1_MINI-FLASH_512K", role: "" };
        for folder in [
            "RUN-X[2d2d-LOLIN_D1_MINI-FLASH_512K]",
            "RUN-X,a@2d2d-LOLIN_D1_MINI-FLASH_512K",
            "RUN-X@2d2d-LOLIN_D1_MINI-FLASH_512K,b",
            "RUN-X@2d2d-LOLIN_D1_MINI-FLASH_512K",
        ] {
            assert_eq!(Tentacle::of_folder(folder), Some(expected), "{folder}");
        }
        let first = Tentacle { group: "RUN-Y", serial: "0c30", board: "B", role: "instance0" };
        assert_eq!(Tentacle::of_folder("RUN-Y@0c30-B-instance0,a"), Some(first));
        for folder in ["results", "RUN-X", "@", "RUN-X@", "[]", "a]"] {
            assert_eq!(Tentacle::of_folder(folder), None, "{folder}");
        }
        assert_eq!(Tentacle::of_label("PYBV11-DP"), Tentacle { board: "PYBV11-DP", ..Tentacle::default() });
    }
}
