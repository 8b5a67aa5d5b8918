//! Cucumber's JSON, which Cucumber for all languages and behave write.
//!
//! Format: cucumber/json-formatter's schemas; behave's `formatter/json.py`. A feature has elements,
//! and an element has steps; a scenario is a test. Oddities:
//!
//! - Hooks are beside steps (`before`, `after`), inside steps, or among them (`hidden`, in
//!   Cucumber.js).
//! - A background is an element before each scenario (JVM, Ruby), or before the first one and
//!   without results (behave), or its steps are among those of the scenario (Cucumber.js).
//! - Rows of an outline may have the same name (JVM) and are numbered.
//! - Durations are in nanoseconds; behave's, which has `location` in place of `line`, are in
//!   seconds.

use crate::import::batch::{Batch, Entry, Scope};
use crate::import::collect::{Occurrences, Targets};
use crate::import::details::{Details, SectionKind};
use crate::import::json::{self, Fault, Object, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat};
use crate::model::{Outcome, Timestamp};
use std::borrow::Cow;
use std::collections::BTreeMap;

pub const ABOUT: About = About {
    key: "cucumber-json",
    name: "Cucumber JSON",
    tool: "Cucumber",
    family: Family::AnyLanguage,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "Cucumber for JVM, JavaScript, Ruby, Go and others, behave -f json, Cypress with its preprocessor",
    reads: "scenarios with their steps, backgrounds, hooks, outlines, tags, output",
    dut: "`metadata.device` of features, as for multiple-cucumber-html-reporter",
    limits: "embeddings are named, but not shown; no earlier attempts",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        let is_feature = head.has("keyword") && (head.has("uri") || head.has("location"));
        head.is_array && (head.has("elements") || is_feature)
    },
    importer: json::document::<Report>,
    details,
});

#[derive(Default)]
struct Report {
    /// By session.
    started: Vec<Option<Timestamp>>,
    devices: Targets,
    unknown: Occurrences,
}

impl Visitor for Report {
    fn root_is_array(&self) -> bool {
        true
    }

    fn has_entries(&self, _key: &str) -> bool {
        false
    }

    fn whole(&mut self, _key: &str, text: &str, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        if let (Some(feature), _) = json::entry(text, at, batch, Object::read)? {
            self.feature(&feature, text, at, batch);
        }
        Ok(())
    }

    fn value(&mut self, _key: &str, _text: &str, _at: u64, _batch: &mut Batch) {}

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        self.devices.apply(batch);
        for (index, started) in self.started.iter().enumerate() {
            batch.session(index).started = *started;
        }
        self.unknown.note_unknown("test", "outcome", batch);
    }
}

impl Report {
    fn feature(&mut self, feature: &Object, text: &str, at: u64, batch: &mut Batch) {
        let is_behave = feature.has("location") && !feature.has("uri");
        let scope = match is_behave {
            true => behave_class(feature),
            false => feature.text("name").into_owned(),
        };
        // Scripts of multiple-cucumber-html-reporter add it, before they join the files of devices.
        let session = self.devices.session("metadata.device", &feature.object("metadata").text("device"));
        if self.started.len() <= session {
            self.started.resize(session + 1, None);
        }
        let elements = feature.entries("elements", (text, at), batch);
        // Lines of the scenarios with each name, in order.
        let mut rows: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
        for element in elements.iter().map(|(slice, _)| Object::of(slice)).filter(is_test) {
            let lines = rows.entry(element.text("name").into_owned()).or_default();
            let next = lines.len();
            lines.entry(line(&element)).or_insert(next);
        }
        // A background belongs to the next scenario.
        let mut background: Option<(u64, Vec<Step>)> = None;
        for (slice, at) in elements {
            let element = Object::of(slice);
            if !is_test(&element) {
                background = Some((at, steps(&element))).filter(|(_, steps)| steps.iter().any(Step::has_run));
                continue;
            }
            let (start, mut all) = background.take().unwrap_or((at, Vec::new()));
            all.extend(steps(&element));
            let lines = rows.get(&*element.text("name")).filter(|lines| lines.len() > 1);
            let row = lines.and_then(|lines| lines.get(&line(&element)));
            let number = row.map_or(String::new(), |row| format!(" [{}]", row + 1));
            let name = format!("{}{number}", element.text("name"));
            let (outcome, native, message) = self.verdict(&element.text("status"), &all, start);
            let known = all.iter().any(|step| step.duration.is_some());
            let seconds: f64 = all.iter().filter_map(|step| step.duration).sum();
            batch.push_entry(Entry {
                session,
                scope: Scope::Plain(&scope),
                name: &name,
                outcome,
                native: &native,
                duration_s: Some(if is_behave { seconds } else { seconds / 1e9 }).filter(|_| known),
                message: &message,
                at: start,
                len: (at - start) as usize + slice.len(),
                ..Entry::default()
            });
            if let Some(start) = Timestamp::parse(&element.text("start_timestamp"))
                && let Some(first) = self.started.get_mut(session)
            {
                *first = Some(first.map_or(start, |first| first.min(start)));
            }
        }
    }

    /// Returns outcome, word and message of a scenario, by its own status (behave) or those of its
    /// steps.
    fn verdict(&mut self, said: &str, steps: &[Step], at: u64) -> (Outcome, String, String) {
        let with = |words: &[&str]| steps.iter().find(|step| words.contains(&&*step.status));
        let broken_hook = steps.iter().find(|step| step.is_hook && step.status == "failed");
        let decides = broken_hook
            .or_else(|| with(&["failed", "error"]))
            .or_else(|| with(&["undefined", "ambiguous"]))
            .or_else(|| steps.iter().find(|step| step.has_run() && outcome(&step.status).is_none()))
            .or_else(|| with(&["pending"]))
            .or_else(|| with(&["skipped"]))
            .or_else(|| with(&["passed"]));
        let word = match decides {
            _ if !said.is_empty() => said,
            Some(step) => &step.status,
            // None of the steps ran.
            None => "untested",
        };
        let found = match broken_hook {
            Some(_) => Outcome::Error,
            None => outcome(word).unwrap_or_else(|| {
                self.unknown.add_example(at, word);
                Outcome::Unknown
            }),
        };
        let message = match decides {
            Some(step) if !step.error.is_empty() => step.error.clone(),
            Some(step) if matches!(&*step.status, "undefined" | "ambiguous" | "pending") => {
                format!("{} step: {}", step.status, step.title)
            }
            _ => String::new(),
        };
        (found, word.to_owned(), message)
    }
}

fn outcome(word: &str) -> Option<Outcome> {
    Some(match word {
        "passed" => Outcome::Passed,
        "failed" => Outcome::Failed,
        "undefined" | "ambiguous" | "error" | "hook_error" | "cleanup_error" => Outcome::Error,
        "pending" | "skipped" => Outcome::Skipped,
        "untested" => Outcome::NotRun,
        _ => return None,
    })
}

/// Returns whether an element is not a background.
fn is_test(element: &Object) -> bool {
    element.text("type") != "background" && !element.text("keyword").trim().eq_ignore_ascii_case("background")
}

/// Returns where an element begins: a line, or behave's `file:line`.
fn line(element: &Object) -> String {
    let line = element.text("line");
    if line.is_empty() { element.text("location").into_owned() } else { line.into_owned() }
}

/// Returns the name of a feature like behave's JUnit reports: `audio.playback.Playback`.
fn behave_class(feature: &Object) -> String {
    let location = feature.text("location");
    let file = location.rsplit_once(':').map_or(&*location, |(file, _)| file).replace('\\', "/");
    let file = file.strip_prefix("features/").unwrap_or(&file);
    let file = file.strip_suffix(".feature").unwrap_or(file).replace('/', ".");
    format!("{file}.{}", feature.text("name"))
}

/// A step, or a hook.
struct Step<'a> {
    title: String,
    status: Cow<'a, str>,
    duration: Option<f64>,
    error: String,
    is_hook: bool,
    output: String,
    attachments: Vec<String>,
}

impl Step<'_> {
    fn has_run(&self) -> bool {
        !self.status.is_empty()
    }
}

/// Returns the steps of an element with its hooks, in the order in which they ran.
fn steps<'a>(element: &Object<'a>) -> Vec<Step<'a>> {
    let hooks = |of: &Object<'a>, key: &str| -> Vec<Step<'a>> {
        of.objects(key).iter().map(|hook| step(hook, format!("{key} hook"), true)).collect()
    };
    let mut steps = hooks(element, "before");
    for inner in element.objects("steps") {
        let title = format!("{} {}", inner.text("keyword").trim_end(), inner.text("name"));
        steps.extend(hooks(&inner, "before"));
        steps.push(step(&inner, title.trim_end().to_owned(), inner.is("hidden")));
        steps.extend(hooks(&inner, "after"));
    }
    steps.extend(hooks(element, "after"));
    steps
}

fn step<'a>(step: &Object<'a>, title: String, is_hook: bool) -> Step<'a> {
    let result = step.object("result");
    let error = match result.raw("error_message").starts_with('[') {
        true => result.texts("error_message").join("\n"),
        false => result.text("error_message").into_owned(),
    };
    let embeddings = step.objects("embeddings").into_iter();
    let name = |embedding: Object| {
        let (name, kind) = (embedding.text("name"), embedding.text("mime_type"));
        if name.is_empty() { kind.into_owned() } else { format!("{name} ({kind})") }
    };
    Step {
        title,
        status: result.text("status"),
        duration: result.number("duration"),
        error,
        is_hook,
        output: step.texts("output").join("\n"),
        attachments: embeddings.map(name).collect(),
    }
}

/// Reads the details of a scenario, with the background before it.
fn details(slice: &str) -> Details {
    let mut details = Details::default();
    let list = format!("[{slice}]");
    let elements: Vec<Object> = json::elements(&list).into_iter().map(Object::of).collect();
    let steps: Vec<Step> = elements.iter().flat_map(steps).collect();
    for step in steps.iter().filter(|step| !step.error.is_empty()) {
        details.section(SectionKind::Reason, &format!("{}: {}", step.status, step.title), "", &step.error);
    }
    let line = |step: &Step| {
        let status = if step.has_run() { &*step.status } else { "not run" };
        format!("{status}: {}", step.title)
    };
    let lines: Vec<String> = steps.iter().map(line).collect();
    details.section(SectionKind::Output, "steps", "", &lines.join("\n"));
    for step in &steps {
        details.section(SectionKind::Output, &format!("output of {}", step.title), "", &step.output);
        let named =
            step.attachments.iter().map(|name| (format!("attachment of {}", step.title), name.clone()));
        details.properties.extend(named);
    }
    if let Some(element) = elements.last() {
        // Returns a tag: `{"name": "@smoke"}`, or behave's `"smoke"`.
        let tag = |text: &&str| match text.starts_with('{') {
            true => Object::of(text).text("name").into_owned(),
            false => json::plain(text).into_owned(),
        };
        let tags: Vec<String> = element.list("tags").iter().map(tag).collect();
        if !tags.is_empty() {
            details.properties.push(("tags".to_owned(), tags.join(", ")));
        }
        let location = element.text("location");
        details.location = Some(location.into_owned()).filter(|location| !location.is_empty());
    }
    details
}
