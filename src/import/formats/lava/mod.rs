//! LAVA: results of a job, as YAML or JSON. LAVA's CSV is read as a table.
//!
//! Source: lava, `lava_results_app/utils.py` (`export_testcase`) and the "Export" of a job, and the
//! output of `lavacli results`. A list of maps, one per test case; all values are strings,
//! including `None`. The device is missing. The suite `lava` has the steps of the job itself,
//! measured in seconds.

mod cases;
mod json;
mod yaml;

use crate::import::batch::{Batch, kept_details};
use crate::import::{About, Family, Format, Guide, Importer, Richness, TextFormat};

pub const ABOUT: About = About {
    key: "lava",
    name: "LAVA results",
    tool: "LAVA",
    family: Family::Lab,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "LAVA: results of a job as YAML, lavacli results",
    reads: "measurements with units, errors, jobs as sessions",
    dut: "a `device` in the metadata; otherwise the path",
    limits: "device and log are not in the file",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        let has_all =
            |has: &dyn Fn(&str) -> bool| ["job", "suite", "result", "measurement"].iter().all(|key| has(key));
        if head.is_array {
            return has_all(&|key| head.has(key));
        }
        let is_text = head.root.is_none() && head.keys.is_empty();
        is_text && yaml::is_list(head.text) && has_all(&|key| head.text.contains(&format!("{key}:")))
    },
    importer: || Box::new(Lava::default()),
    details: kept_details::read,
});

/// Returns whether a list of results in YAML may begin with this line.
pub fn begins(line: &str) -> bool {
    let keys = ["case:", "id:", "job:", "level:", "logged:", "measurement:", "metadata:", "name:", "result:"];
    line.strip_prefix("- ").is_some_and(|rest| keys.iter().any(|key| rest.starts_with(key)))
}

/// Chooses the reader by the first character: a list in JSON, perhaps behind a comment, or in YAML.
#[derive(Default)]
struct Lava {
    reader: Option<Box<dyn Importer>>,
}

impl Importer for Lava {
    fn read(&mut self, text: &str, at: u64, last: bool, batch: &mut Batch) -> usize {
        let reader = match &mut self.reader {
            Some(reader) => reader,
            None => {
                let first = text.chars().find(|c| !c.is_whitespace());
                let reader: Box<dyn Importer> = match first {
                    None => return 0,
                    Some('[' | '/') => json::importer(),
                    Some(_) => Box::new(yaml::Yaml::default()),
                };
                self.reader.insert(reader)
            }
        };
        reader.read(text, at, last, batch)
    }

    fn finish(&mut self, batch: &mut Batch) {
        if let Some(reader) = &mut self.reader {
            reader.finish(batch);
        }
    }
}
