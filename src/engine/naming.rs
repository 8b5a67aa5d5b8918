//! Naming: what a person says of parts, and taking it back.

use super::Said;
use crate::model::{Axis, Dataset, PartId, counted, listed};
use std::collections::{BTreeSet, VecDeque};

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
                let Some(have) = data.parts.get(part.index()).map(|part| part.said.get(&axis)) else {
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
    let said = &mut data.parts[part.index()].said;
    match value {
        Some(value) => said.insert(axis, value),
        None => said.remove(&axis),
    };
}

/// "DUT of a.xml", "DUT and build of 12 files".
fn words(data: &Dataset, before: &[(PartId, Axis, Option<String>)]) -> String {
    let axes: BTreeSet<Axis> = before.iter().map(|(_, axis, _)| *axis).collect();
    let names =
        [(Axis::Dut, "DUT"), (Axis::Unit, "unit"), (Axis::Build, "build"), (Axis::Session, "session")];
    let names: Vec<&str> =
        names.into_iter().filter(|(axis, _)| axes.contains(axis)).map(|(_, name)| name).collect();
    let files: BTreeSet<_> = before.iter().map(|(part, ..)| data.part(*part).file).collect();
    let files = match files.first() {
        Some(&file) if files.len() == 1 => data.file(file).path.clone(),
        _ => counted(files.len() as u64, "file"),
    };
    format!("{} of {files}", listed(&names))
}
