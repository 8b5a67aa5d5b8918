//! KUnit's JSON, in the shape of KernelCI: `kunit.py run --json`.
//!
//! Source: linux, `tools/testing/kunit/kunit_json.py`. Nested groups of test cases; the outermost
//! one has no name of its own.

use crate::import::batch::{Batch, Entry, Scope};
use crate::import::collect::Occurrences;
use crate::import::details::Details;
use crate::import::json::{self, Cursor, Fault, Object, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, limits};
use crate::model::{IdentityField, Outcome, Severity, Source, counted};

pub const ABOUT: About = About {
    key: "kunit",
    name: "KUnit JSON",
    tool: "KUnit",
    family: Family::Lab,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "kunit.py run --json of the Linux kernel, KernelCI",
    reads: "groups as suites, architecture, configuration",
    dut: "`device_type`; `git_commit` or `kernel` is the build",
    limits: "no messages, no durations",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        let is_group = head.has("sub_groups") || head.has("test_cases");
        !head.is_array && is_group && (head.has("arch") || head.has("defconfig"))
    },
    importer: json::document::<Kunit>,
    details: |_| Details::default(),
});

#[derive(Default)]
struct Kunit {
    unknown: Occurrences,
    too_deep: Occurrences,
}

impl Visitor for Kunit {
    fn has_entries(&self, key: &str) -> bool {
        matches!(key, "sub_groups" | "test_cases")
    }

    fn whole(&mut self, key: &str, text: &str, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        let place = Position { file: text, at };
        match key {
            "test_cases" => self.case("", text, place, batch),
            _ => self.group(&[], text, place, batch),
        }
    }

    fn value(&mut self, key: &str, value: &str, _at: u64, batch: &mut Batch) {
        if value == "null" || value.starts_with(['{', '[']) {
            return;
        }
        let text = json::plain(value);
        let draft = batch.session(0);
        match key {
            "device_type" => draft.claim(IdentityField::Dut, Source::Field, key, &text),
            "git_commit" | "kernel" => draft.claim(IdentityField::Build, Source::Field, key, &text),
            "arch" | "lab_name" => draft.attributes.push((key.to_owned(), text.into_owned())),
            "name" => {}
            _ => draft.property(key, &text),
        }
    }

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        batch.session(0);
        self.unknown.note_unknown("test", "status", batch);
        self.too_deep.note(Severity::Warning, batch, &|count, _| {
            format!("{} nested deeper than {}; ignored", counted(count, "group"), limits::SUITE_DEPTH)
        });
    }
}

/// The piece of the file that contains the entry.
#[derive(Clone, Copy)]
struct Position<'a> {
    file: &'a str,
    at: u64,
}

impl Kunit {
    fn group(
        &mut self,
        around: &[&str],
        text: &str,
        place: Position,
        batch: &mut Batch,
    ) -> Result<(), Fault> {
        if around.len() >= limits::SUITE_DEPTH {
            self.too_deep.add(json::place(text, place.file, place.at));
            return Ok(());
        }
        // The name may follow the content of the group.
        let (mut name, mut groups, mut cases) = (None, "", "");
        let mut cursor = Cursor::new(text);
        if cursor.is_object("a group")? {
            cursor.object(&mut |key, value| {
                match key {
                    "name" => name = value.text(key)?,
                    "sub_groups" => groups = value.skip_value()?,
                    "test_cases" => cases = value.skip_value()?,
                    _ => {}
                }
                Ok(())
            })?;
        }
        let path: Vec<&str> = around.iter().copied().chain(name.as_deref()).collect();
        let scope = path.join(".");
        let each = |list: &str, take: &mut dyn FnMut(&str) -> Result<(), Fault>| {
            let mut cursor = Cursor::new(list);
            match cursor.peek() {
                Some(b'[') => cursor.array(&mut |entry| take(entry.skip_value()?)),
                _ => Ok(()),
            }
        };
        each(groups, &mut |group| self.group(&path, group, place, batch))?;
        each(cases, &mut |case| self.case(&scope, case, place, batch))
    }

    fn case(&mut self, scope: &str, text: &str, place: Position, batch: &mut Batch) -> Result<(), Fault> {
        let at = json::place(text, place.file, place.at);
        let case = Object::of(text);
        let status = case.text("status");
        let outcome = match &*status {
            "PASS" => Outcome::Passed,
            "FAIL" => Outcome::Failed,
            "SKIP" => Outcome::Skipped,
            "ERROR" => Outcome::Error,
            _ => {
                self.unknown.add_example(at, if status.is_empty() { "(none)" } else { &status });
                Outcome::Unknown
            }
        };
        batch.push_entry(Entry {
            scope: Scope::Dotted(scope),
            name: &case.text("name"),
            outcome,
            native: &status,
            ..Entry::default()
        });
        Ok(())
    }
}
