//! Manifests: `passgrid.json` beside published results says which files make up which session, and what these are
//! about.
//!
//! ```json
//! {"schema": "passgrid/manifest/1", "sessions": [{"files": ["1.5.0/max-b1.xml"], "dut": "max-b1", "build": "1.5.0"}]}
//! ```
//!
//! `docs/manifest.md` describes the keys, `docs/manifest.schema.json` is the schema.

use crate::import::batch::Batch;
use crate::import::details::Details;
use crate::import::json::{self, Fault, Object, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, limits};
use crate::model::{
    IdentityField, Manifest, OlderSessions, SessionDraft, Severity, Source, Timestamp, counted, head,
};

pub const ABOUT: About = About {
    key: "manifest",
    name: "Passgrid manifest",
    tool: "Passgrid manifest",
    family: Family::Tables,
    richness: Richness::Summary,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "you, or a script: passgrid.json beside published results",
    reads: "sessions with their files, names, attributes and properties; links; older manifests",
    dut: "`dut` of a session, which comes before what its files say",
    limits: "no results; see `docs/manifest.md`",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| !head.is_array && head.has("schema") && head.text.contains(SCHEMA),
    importer: json::document::<Reader>,
    details: |_| Details::default(),
});

/// The schema without its version.
const SCHEMA: &str = "\"passgrid/manifest/";

/// The version that is known.
const VERSION: &str = "passgrid/manifest/1";

/// Keys of a session; others are ignored with a note.
const KEYS: [&str; 8] = ["files", "dut", "unit", "build", "session", "started", "attributes", "properties"];

#[derive(Default)]
struct Reader(Manifest);

impl Visitor for Reader {
    fn is_open(&self, key: &str) -> bool {
        key == "links"
    }

    fn has_entries(&self, key: &str) -> bool {
        matches!(key, "sessions" | "history")
    }

    fn whole(&mut self, key: &str, text: &str, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        if key == "sessions" {
            self.session(text, at, batch)
        } else {
            self.older(text, at, batch)
        }
        Ok(())
    }

    fn value(&mut self, key: &str, value: &str, at: u64, batch: &mut Batch) {
        let text = json::plain(value);
        let text = head(text.trim(), limits::PROPERTY_BYTES);
        match key {
            "title" => text.clone_into(&mut self.0.title),
            "links.test" => text.clone_into(&mut self.0.links.test),
            "links.commit" => text.clone_into(&mut self.0.links.commit),
            "schema" if text != VERSION => {
                let text = format!("unknown version `{}`: read as `{VERSION}`", head(text, 60));
                batch.note(Severity::Warning, Some(at), text);
            }
            "sessions" | "history" if value != "null" => {
                batch.note_unreadable(at, format!("`{key}` is not a list; ignored"));
            }
            _ => {}
        }
    }

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        batch.is_knowledge = true;
        let sessions = counted(self.0.files.len() as u64, "session");
        let older = match self.0.older.len() {
            0 => String::new(),
            older => format!(", and {} with older ones", counted(older as u64, "manifest")),
        };
        batch.note(Severity::Info, None, format!("names the files of {sessions}{older}; no results"));
        batch.manifest = Some(Box::new(std::mem::take(&mut self.0)));
    }
}

impl Reader {
    fn session(&mut self, text: &str, at: u64, batch: &mut Batch) {
        // A session may be its only file.
        let is_file = text.starts_with('"');
        if !is_file && !text.starts_with('{') {
            let text = format!("a session is neither an object nor a file; ignored: `{}`", head(text, 40));
            return batch.note_unreadable(at, text);
        }
        let entry = Object::of(text);
        let listed = if is_file { text } else { entry.raw("files") };
        let files = addresses(listed, at, batch);
        if files.is_empty() {
            return batch.note_unreadable(at, "a session without `files`; ignored");
        }
        if self.0.files.len() == limits::MANIFEST_SESSIONS {
            let text = format!("more than {} sessions; the others are ignored", limits::MANIFEST_SESSIONS);
            if !batch.partly {
                batch.note_unreadable(at, text);
            }
            return;
        }
        let mut draft = draft(&entry, at, batch);
        if files.len() > 1 && entry.text("session").is_empty() {
            let first = files.first().map_or("", |file| file.as_str());
            draft.claim(IdentityField::Session, Source::Manifest, "files", first);
        }
        *batch.session(self.0.files.len()) = draft;
        self.0.files.push(files);
    }

    fn older(&mut self, text: &str, at: u64, batch: &mut Batch) {
        let entry = Object::of(text);
        let address = if text.starts_with('"') { text } else { entry.raw("manifest") };
        match addresses(address, at, batch).pop() {
            Some(manifest) if self.0.older.len() < limits::OLDER_MANIFESTS => {
                let sessions = entry.number("sessions").map_or(0, |number| number as u32);
                self.0.older.push(OlderSessions { manifest, sessions });
            }
            Some(_) => {}
            None => batch.note_unreadable(at, "older sessions without `manifest`; ignored"),
        }
    }
}

/// What an entry says about its session.
fn draft(entry: &Object, at: u64, batch: &mut Batch) -> SessionDraft {
    let mut draft = SessionDraft::default();
    let names = [
        (IdentityField::Dut, "dut"),
        (IdentityField::Unit, "unit"),
        (IdentityField::Build, "build"),
        (IdentityField::Session, "session"),
    ];
    for (field, key) in names {
        draft.claim(field, Source::Manifest, key, &entry.text(key));
    }
    let started = entry.text("started");
    draft.started = Timestamp::parse(&started);
    if draft.started.is_none() && !started.is_empty() {
        let text = format!("`started` is not a time: `{}`", head(&started, 40));
        batch.note(Severity::Warning, Some(at), text);
    }
    let cut = |value: &str| head(json::plain(value).trim(), limits::PROPERTY_BYTES).to_owned();
    let attributes = entry.object("attributes");
    let attributes = attributes.fields().take(limits::ATTRIBUTES);
    draft.attributes = attributes.map(|(name, value)| (name.to_owned(), cut(value))).collect();
    for (name, value) in entry.object("properties").fields() {
        draft.property(name, &json::plain(value));
    }
    let unknown: Vec<&str> = entry.fields().map(|(key, _)| key).filter(|key| !KEYS.contains(key)).collect();
    if let Some(first) = unknown.first() {
        let text = format!("unknown key `{}` of a session; ignored", head(first, 40));
        batch.note(Severity::Warning, Some(at), text);
    }
    draft
}

/// Returns the addresses of a value that is a text or a list of texts. Schemes other than http and https are noted and
/// left out: nothing else is fetched.
fn addresses(value: &str, at: u64, batch: &mut Batch) -> Vec<String> {
    let texts = match value {
        "" => Vec::new(),
        list if list.starts_with('[') => json::elements(list),
        text => vec![text],
    };
    let mut addresses = Vec::new();
    for text in texts.into_iter().take(limits::MANIFEST_FILES) {
        let text = json::plain(text);
        let address = head(text.trim(), limits::NAME_BYTES);
        match scheme(address) {
            _ if address.is_empty() => {}
            Some(scheme) if !matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") => {
                let text = format!("`{}:` addresses are not fetched; use http or https", head(scheme, 40));
                batch.note_unreadable(at, text);
            }
            _ => addresses.push(address.to_owned()),
        }
    }
    addresses
}

/// The scheme of an address, if it has one.
fn scheme(address: &str) -> Option<&str> {
    let (scheme, _) = address.split_once(':')?;
    let mut letters = scheme.bytes();
    let is_scheme = letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|letter| letter.is_ascii_alphanumeric() || b"+-.".contains(&letter));
    is_scheme.then_some(scheme)
}
