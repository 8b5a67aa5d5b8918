//! Naming: what a person says of parts, and taking it back.

use super::Said;
use crate::model::{Axis, Dataset, PartId, counted, listed};
use std::collections::VecDeque;

/// What was said, step by step.
#[derive(Default)]
pub(super) struct Naming {
    steps: VecDeque<Step>,
}

struct Step {
    /// What it did, in words.
    words: String,
    /// What was said before, in the order of saying.
    before: Vec<(PartId, Axis, Option<String>)>,
}

/// Steps that can be taken back.
const STEPS: usize = 50;

impl Naming {
    /// Notes what is said; answers whether that changes anything. Blanks around
    /// an answer are none of it, and an answer of blanks takes back the last.
    pub fn assign(&mut self, data: &mut Dataset, said: Vec<(PartId, Said)>) -> bool {
        let mut before = Vec::new();
        for (part, answers) in said {
            for (axis, value) in answers {
                let value = value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
                let Some(have) = data.parts.get(part.index()).map(|part| part.said.get(axis)) else {
                    continue;
                };
                if have != value.as_ref() {
                    before.push((part, axis, have.cloned()));
                    say(data, part, axis, value);
                }
            }
        }
        if before.is_empty() {
            return false;
        }
        if self.steps.len() == STEPS {
            self.steps.pop_front();
        }
        self.steps.push_back(Step { words: words(data, &before), before });
        true
    }

    /// What would be taken back, in words.
    pub fn last(&self) -> Option<&str> {
        self.steps.back().map(|step| step.words.as_str())
    }

    /// Takes the last step back, and answers what it was.
    pub fn undo(&mut self, data: &mut Dataset) -> Option<String> {
        let step = self.steps.pop_back()?;
        for (part, axis, value) in step.before.into_iter().rev() {
            say(data, part, axis, value);
        }
        Some(step.words)
    }
}

fn say(data: &mut Dataset, part: PartId, axis: Axis, value: Option<String>) {
    data.parts[part.index()].said.set(axis, value);
}

/// "DUT of a.xml", "DUT and build of 12 files".
fn words(data: &Dataset, before: &[(PartId, Axis, Option<String>)]) -> String {
    let names =
        [(Axis::Dut, "DUT"), (Axis::Unit, "unit"), (Axis::Build, "build"), (Axis::Session, "session")];
    let names: Vec<&str> = names
        .into_iter()
        .filter(|(axis, _)| before.iter().any(|(_, of, _)| of == axis))
        .map(|(_, name)| name)
        .collect();
    let mut is_named = vec![false; data.files.len()];
    for (part, ..) in before {
        is_named[data.part(*part).file.index()] = true;
    }
    let files = is_named.iter().filter(|&&is_named| is_named).count();
    let files = match before.first() {
        Some((part, ..)) if files == 1 => data.file(data.part(*part).file).path.clone(),
        _ => counted(files as u64, "file"),
    };
    format!("{} of {files}", listed(&names))
}
