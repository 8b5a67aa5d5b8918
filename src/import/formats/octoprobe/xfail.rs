//! Expected failures: `xfail_*.json` and `octoprobe_xfail_template.json`.
//!
//! `{"RUN-TESTS_STANDARD": {"extmod/time_res.py": ["ADA_ITSYBITSY_M0"]}}`: by group and test, the boards with the
//! variant of their firmware. octoprobe turns these failures into `xfailed`; here they stay failures that are known.

use crate::import::batch::Batch;
use crate::import::details::Details;
use crate::import::formats::known_issues::{add, finish};
use crate::import::json::{self, Cursor, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, limits};
use crate::model::{KnownIssue, head};

pub const ABOUT: About = About {
    key: "octoprobe-xfail",
    name: "octoprobe expected failures",
    tool: "octoprobe",
    family: Family::Lab,
    richness: Richness::Summary,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "octoprobe's testbed_micropython: octoprobe_xfail_template.json of a report, xfail_*.json",
    reads: "known issues: tests of a group that may fail on some boards",
    dut: "board and variant",
    limits: "no results; no reasons",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| !head.is_array && is_list(head.text),
    importer: json::document::<Xfail>,
    details: |_| Details::default(),
});

/// Returns whether the first group looks like one.
fn is_list(text: &str) -> bool {
    let mut cursor = Cursor::new(text);
    if !cursor.eat(b'{') {
        return false;
    }
    let is_group = cursor.string().is_ok_and(|group| group.starts_with("RUN-")) && cursor.eat(b':');
    // The group may be longer than what detection reads.
    is_group
        && cursor.eat(b'{')
        && (cursor.eat(b'}') || cursor.string().is_ok() && cursor.eat(b':') && cursor.peek() == Some(b'['))
}

#[derive(Default)]
struct Xfail;

impl Visitor for Xfail {
    fn has_entries(&self, _key: &str) -> bool {
        false
    }

    fn value(&mut self, group: &str, value: &str, at: u64, batch: &mut Batch) {
        if !value.starts_with('{') {
            let text = format!("the group `{}` is not an object; ignored", head(group, 40));
            return batch.note_unreadable(at, text);
        }
        for (test, boards) in json::fields(value) {
            let boards = json::elements(boards).into_iter().map(json::plain);
            let duts: Vec<String> = boards
                .map(|board| head(&board, limits::NAME_BYTES).to_owned())
                .filter(|dut| !dut.is_empty())
                .collect();
            // Without boards it would be about all of them.
            if !duts.is_empty() {
                // In groups that test several boards together, the role of the board follows.
                let role = if group.starts_with("RUN-MULTITESTS") { "*" } else { "" };
                let test = head(&format!("{group}{role}/{test}"), limits::PROPERTY_BYTES).to_owned();
                let reason = "in octoprobe's list of expected failures".to_owned();
                add(KnownIssue { test, duts, reason, ..KnownIssue::default() }, at, batch);
            }
        }
    }

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        finish(batch);
    }
}
