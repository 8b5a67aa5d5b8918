//! Libraries as zip files: files with what was decided about them, to take them to another browser.

use super::Loading;
use crate::browser::download;
use crate::browser::files::Found;
use crate::browser::object::{get, number, set, text};
use crate::browser::storage::{Change, Library, Problem, Storage, pack, unpack};
use crate::worker::bytes;
use js_sys::{Array, JSON, Object};
use leptos::task::spawn_local;
use std::collections::{HashMap, HashSet};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, FilePropertyBag};

/// The file of the archive that says what the others are. Its name marks it as no report.
const MANIFEST: &str = "passgrid-library.json";

/// The version of the manifest.
const SCHEMA: &str = "passgrid/library/1";

impl Loading {
    /// Saves a library as a zip file: its files, its name and what was decided about them.
    pub fn export_library(self, library: Library) {
        spawn_local(async move {
            self.notices.show(format!("Preparing the zip file of “{}”…", library.name));
            let saved = archive_of_library(&library).await;
            let saved = saved.map(|archive| download::save_blob(&file_name(&library.name), archive.into()));
            self.notices.show(match saved {
                Ok(true) => format!("“{}” was saved as a zip file.", library.name),
                Ok(false) => "The browser did not save the zip file.".to_owned(),
                Err(problem) => format!("“{}” could not be exported: {}.", library.name, problem.words()),
            });
        });
    }

    /// Adds the library in a zip file to this browser, and shows it.
    pub fn import_library(self, archive: Blob) {
        spawn_local(async move {
            match self.read_archive(&archive).await {
                Ok(library) => {
                    self.open_library(library);
                    self.libraries.persist().await;
                }
                Err(problem) => {
                    self.notices.show(format!("The library could not be imported: {}.", problem.words()));
                }
            }
            self.libraries.refresh();
        });
    }

    async fn read_archive(self, archive: &Blob) -> Result<Library, Problem> {
        let Contents { found, decisions, name } = contents_of(archive).await?;
        let change = Change {
            add: found,
            decisions: Some(decisions),
            name: Some(self.libraries.free_name(&name)),
            ..Change::default()
        };
        Ok(Storage::open().await?.create(&change).await?.0)
    }
}

/// What an archive has.
pub(super) struct Contents {
    /// The name of the library; empty for a report.
    pub name: String,
    pub found: Vec<Found>,
    /// What was decided about the files.
    pub decisions: String,
}

/// Reads an archive of a library or a report.
///
/// # Errors
///
/// If it is another zip file, or is damaged.
pub(super) async fn contents_of(archive: &Blob) -> Result<Contents, Problem> {
    let none =
        || Problem::Other("it is not a zip file of a library; drop it on the page to read it".to_owned());
    let mut files: HashMap<String, Blob> = unpack(archive).await?.into_iter().collect();
    let manifest = files.remove(MANIFEST).ok_or_else(none)?;
    let json = JsFuture::from(manifest.text()).await.ok();
    let manifest = json.and_then(|json| JSON::parse(&json.as_string()?).ok()).ok_or_else(none)?;
    if text(&manifest, "schema") != SCHEMA {
        return Err(none());
    }
    let listed = get(&manifest, "files").dyn_into::<Array>().ok();
    let found = |entry: JsValue| {
        let file = files.get(&text(&entry, "entry"))?;
        let path = text(&entry, "path");
        let modified_ms = number(&entry, "modified_ms");
        Some(Found { file: dated(file, &path, modified_ms), path })
    };
    Ok(Contents {
        name: text(&manifest, "name"),
        found: listed.ok_or_else(none)?.iter().filter_map(found).collect(),
        decisions: text(&manifest, "decisions"),
    })
}

/// Whether a zip file is such an archive: its manifest comes first.
pub(super) async fn is_archive(file: &Blob) -> bool {
    let head = bytes(file, 0, 30 + MANIFEST.len() as u64).await.unwrap_or_default();
    head.starts_with(b"PK") && head.ends_with(MANIFEST.as_bytes())
}

async fn archive_of_library(library: &Library) -> Result<Blob, Problem> {
    let storage = Storage::open().await?;
    let library = storage.library(library.id).await?.ok_or(Problem::Gone)?;
    let found = storage.files(library.id).await?.into_iter().map(|kept| kept.found).collect();
    archive_of(Contents { name: library.name, found, decisions: library.decisions }).await
}

/// The archive of files with what was decided about them.
///
/// # Errors
///
/// If the browser cannot read a file.
pub(super) async fn archive_of(contents: Contents) -> Result<Blob, Problem> {
    let (listed, mut files) = (Array::new(), Vec::new());
    let mut names = HashSet::from([MANIFEST.to_owned()]);
    for Found { path, file } in contents.found {
        // Two files may have the same path.
        let numbered = (2..).map(|number| format!("{number}/{path}"));
        let name = std::iter::once(path.clone()).chain(numbered).find(|name| names.insert(name.clone()));
        let name = name.unwrap_or_default();
        let entry = Object::new();
        set(&entry, "entry", &name.as_str().into());
        set(&entry, "path", &path.into());
        if let Some(file) = file.dyn_ref::<File>() {
            set(&entry, "modified_ms", &file.last_modified().into());
        }
        listed.push(&entry);
        files.push((name, file));
    }
    let manifest = Object::new();
    set(&manifest, "schema", &SCHEMA.into());
    set(&manifest, "name", &contents.name.into());
    set(&manifest, "decisions", &contents.decisions.into());
    set(&manifest, "files", &listed);
    // Fails only for cycles.
    let json = JSON::stringify(&manifest).map_or_else(|_| String::new(), String::from);
    let manifest = gloo_file::Blob::new_with_options(json.as_str(), Some("application/json"));
    files.insert(0, (MANIFEST.to_owned(), manifest.into()));
    pack(&files).await
}

/// A file with its time, by which sessions without a start are ordered.
fn dated(file: &Blob, path: &str, modified_ms: Option<f64>) -> Blob {
    let Some(modified_ms) = modified_ms else {
        return file.clone();
    };
    let options = FilePropertyBag::new();
    options.set_last_modified(modified_ms);
    let name = path.rsplit('/').next().unwrap_or(path);
    let dated = File::new_with_blob_sequence_and_options(&Array::of1(file), name, &options);
    dated.map_or_else(|_| file.clone(), Into::into)
}

/// A file name of letters, digits and hyphens.
fn file_name(library: &str) -> String {
    let kept = |letter: char| if letter.is_alphanumeric() || "-_.".contains(letter) { letter } else { '-' };
    format!("passgrid-{}.zip", library.chars().map(kept).collect::<String>())
}
