//! The database of libraries and their files.

use super::Problem;
use crate::browser::files::Found;
use crate::browser::object::{get, number, set, text};
use crate::text::order::Order;
use idb::{
    Database, DatabaseEvent, Factory, IndexParams, KeyPath, ObjectStore, ObjectStoreParams, Query,
    TransactionMode, TransactionResult,
};
use js_sys::Object;
use std::collections::HashSet;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, File};

const NAME: &str = "passgrid";

/// The version of the stores. A change of the stores needs a new one, and code that converts them.
const VERSION: u32 = 1;

/// The store of libraries, by `id`.
const LIBRARIES: &str = "libraries";

/// The store of files, by `key`; `library` is the id of their library.
const FILES: &str = "files";

/// After this many files, other tasks have a turn.
const FILES_PER_TASK: usize = 100;

/// A library, without its files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Library {
    /// Identifies it in this browser.
    pub id: u32,
    /// Its name; "" for what was dropped last.
    pub name: String,
    /// When a file was added last, in milliseconds since 1970.
    pub changed_ms: f64,
    /// When it was opened or changed last, in milliseconds since 1970.
    pub used_ms: f64,
    /// How many files it has.
    pub files: u32,
    /// Their size.
    pub bytes: f64,
    /// How many DUTs it has.
    pub duts: u32,
    /// How many sessions it has.
    pub sessions: u32,
    /// What a person decided about its files, as the engine writes it.
    pub decisions: String,
    /// Grows with each change.
    pub revision: u32,
}

/// A file of a library.
#[derive(Clone)]
pub struct Kept {
    /// Identifies it in this browser.
    pub key: u32,
    /// Its path and content.
    pub found: Found,
}

/// A change of a library.
#[derive(Clone, Default)]
pub struct Change {
    /// Files to add.
    pub add: Vec<Found>,
    /// Keys of files to remove.
    pub remove: Vec<u32>,
    /// New decisions.
    pub decisions: Option<String>,
    /// How many DUTs and sessions it has then.
    pub counts: Option<(u32, u32)>,
    /// A new name.
    pub name: Option<String>,
    /// The revision that the new decisions are based on.
    pub revision: u32,
}

/// The result of a change.
pub enum Changed {
    /// It was made; with the keys of the files that were added.
    Done(Library, Vec<u32>),
    /// It was not made, because the library was changed elsewhere since the given revision. The
    /// decisions must be merged first.
    Conflict(Library),
}

/// The open database.
pub struct Storage(Database);

impl Drop for Storage {
    fn drop(&mut self) {
        // Transactions that have begun are completed.
        self.0.close();
    }
}

impl From<idb::Error> for Problem {
    fn from(error: idb::Error) -> Problem {
        use idb::Error::{AddFailed, DomException, TransactionOpenFailed, UnexpectedJsType, UpdateFailed};
        match error {
            DomException(error) => Problem::of(&error),
            AddFailed(error) | UpdateFailed(error) | TransactionOpenFailed(error) => Problem::of(&error),
            // The event of a failed request.
            UnexpectedJsType(_, request) => Problem::of(&get(&request, "error")),
            other => Problem::Other(other.to_string()),
        }
    }
}

impl Problem {
    fn of(error: &JsValue) -> Problem {
        match text(error, "name").as_str() {
            "QuotaExceededError" => Problem::Full,
            "SecurityError" | "InvalidStateError" => Problem::Blocked,
            name => Problem::Other(format!("{name}: {}", text(error, "message"))),
        }
    }
}

impl Storage {
    /// Opens the database, and creates it the first time.
    ///
    /// # Errors
    ///
    /// If the browser does not allow it.
    pub async fn open() -> Result<Storage, Problem> {
        let opened = async {
            let mut request = Factory::new()?.open(NAME, Some(VERSION))?;
            request.on_upgrade_needed(|event| {
                // Fails only for stores that exist; then opening fails, too.
                let _ = event.database().and_then(|database| create_stores(&database));
            });
            request.await
        };
        opened.await.map(Storage).map_err(|_: idb::Error| Problem::Blocked)
    }

    /// All libraries, the one that was used last first.
    ///
    /// # Errors
    ///
    /// If the browser cannot read them.
    pub async fn libraries(&self) -> Result<Vec<Library>, Problem> {
        let transaction = self.0.transaction(&[LIBRARIES], TransactionMode::ReadOnly)?;
        let records = transaction.object_store(LIBRARIES)?.get_all(None, None)?.await?;
        let mut libraries: Vec<Library> = records.iter().map(Library::read).collect();
        libraries.order_by(|a, b| b.used_ms.total_cmp(&a.used_ms).then(b.id.cmp(&a.id)));
        Ok(libraries)
    }

    /// A library; `None` if it does not exist.
    ///
    /// # Errors
    ///
    /// If the browser cannot read it.
    pub async fn library(&self, id: u32) -> Result<Option<Library>, Problem> {
        let transaction = self.0.transaction(&[LIBRARIES], TransactionMode::ReadOnly)?;
        let record = transaction.object_store(LIBRARIES)?.get(key(id))?.await?;
        Ok(record.as_ref().map(Library::read))
    }

    /// The files of a library, in the order in which they were added.
    ///
    /// # Errors
    ///
    /// If the browser cannot read them.
    pub async fn files(&self, id: u32) -> Result<Vec<Kept>, Problem> {
        let transaction = self.0.transaction(&[FILES], TransactionMode::ReadOnly)?;
        files_of(&transaction.object_store(FILES)?, id).await
    }

    /// The folder that a library follows.
    ///
    /// # Errors
    ///
    /// If the browser cannot read it.
    pub async fn folder(&self, id: u32) -> Result<Option<JsValue>, Problem> {
        let transaction = self.0.transaction(&[LIBRARIES], TransactionMode::ReadOnly)?;
        let record = transaction.object_store(LIBRARIES)?.get(key(id))?.await?;
        let folder = record.map(|record| get(&record, "folder"));
        Ok(folder.filter(JsValue::is_object))
    }

    /// Sets or clears the folder that a library follows.
    ///
    /// # Errors
    ///
    /// If the library does not exist, or the browser cannot store the folder.
    pub async fn set_folder(&self, id: u32, folder: Option<&JsValue>) -> Result<(), Problem> {
        self.write(async |stores| {
            let record = stores.record(id).await?;
            set(&record, "folder", &folder.cloned().unwrap_or_default());
            stores.libraries.put(&record, None)?.await?;
            Ok(())
        })
        .await
    }

    /// Creates a library with files; returns it and the keys of its files.
    ///
    /// # Errors
    ///
    /// If the browser cannot store them; then nothing is stored.
    pub async fn create(&self, change: &Change) -> Result<(Library, Vec<u32>), Problem> {
        self.write(async |stores| {
            let record = Object::new();
            let id = stores.libraries.add(&record, None)?.await?;
            set(&record, "id", &id);
            stores.apply(&record, change).await
        })
        .await
    }

    /// Changes a library.
    ///
    /// # Errors
    ///
    /// If it does not exist, or the browser cannot store the files; then nothing is changed.
    pub async fn change(&self, id: u32, change: &Change) -> Result<Changed, Problem> {
        self.write(async |stores| {
            let record = stores.record(id).await?;
            let library = Library::read(&record);
            if change.decisions.is_some() && library.revision != change.revision {
                return Ok(Changed::Conflict(library));
            }
            let (library, keys) = stores.apply(&record, change).await?;
            Ok(Changed::Done(library, keys))
        })
        .await
    }

    /// Notes that a library was opened.
    ///
    /// # Errors
    ///
    /// If it does not exist.
    pub async fn touch(&self, id: u32) -> Result<(), Problem> {
        self.write(async |stores| {
            let record = stores.record(id).await?;
            set(&record, "used_ms", &js_sys::Date::now().into());
            stores.libraries.put(&record, None)?.await?;
            Ok(())
        })
        .await
    }

    /// Deletes a library with its files.
    ///
    /// # Errors
    ///
    /// If the browser fails; then nothing is deleted.
    pub async fn delete(&self, id: u32) -> Result<(), Problem> {
        self.write(async |stores| stores.delete(id).await).await
    }

    /// Moves the files of a library to another one, except those that it has already, and deletes the
    /// first.
    ///
    /// # Errors
    ///
    /// If one of them does not exist, or the browser fails; then nothing is changed.
    pub async fn merge(&self, from: u32, into: u32, decisions: String) -> Result<(), Problem> {
        self.write(async |stores| {
            let record = stores.record(into).await?;
            let have = files_of(&stores.files, into).await?;
            let have: HashSet<Mark> = have.iter().filter_map(|kept| mark(&kept.found)).collect();
            let files = files_of(&stores.files, from).await?.into_iter().map(|kept| kept.found);
            let add = files.filter(|found| mark(found).is_none_or(|mark| !have.contains(&mark))).collect();
            // They are counted when the library is opened.
            let counts = Some((0, 0));
            let change = Change { add, decisions: Some(decisions), counts, ..Change::default() };
            stores.apply(&record, &change).await?;
            stores.delete(from).await
        })
        .await
    }

    /// Makes changes in one transaction: all of them, or none.
    async fn write<T>(&self, work: impl AsyncFnOnce(&Stores) -> Result<T, Problem>) -> Result<T, Problem> {
        let transaction = self.0.transaction(&[LIBRARIES, FILES], TransactionMode::ReadWrite)?;
        let stores = Stores {
            libraries: transaction.object_store(LIBRARIES)?,
            files: transaction.object_store(FILES)?,
        };
        let done = match work(&stores).await {
            Ok(done) => done,
            Err(problem) => {
                // Fails if a failed request has aborted it.
                let _ = transaction.abort();
                return Err(problem);
            }
        };
        // The browser may find out only now that the disk is full.
        let handle = stores.libraries.transaction();
        match transaction.await {
            Ok(TransactionResult::Committed) => Ok(done),
            Ok(TransactionResult::Aborted) => Err(match handle.error() {
                Some(error) => Problem::of(&error),
                None => Problem::Other("the browser gave no reason".to_owned()),
            }),
            Err(error) => Err(error.into()),
        }
    }
}

/// Path, size and time of a file.
pub type Mark = (String, u64, i64);

/// What tells files apart without reading them; `None` for pasted texts, which have no time.
pub fn mark(found: &Found) -> Option<Mark> {
    let file = found.file.dyn_ref::<File>()?;
    Some((found.path.clone(), file.size() as u64, file.last_modified() as i64))
}

/// The stores in one transaction.
struct Stores {
    libraries: ObjectStore,
    files: ObjectStore,
}

impl Stores {
    async fn record(&self, id: u32) -> Result<Object, Problem> {
        let record = self.libraries.get(key(id))?.await?;
        record.map(JsCast::unchecked_into).ok_or(Problem::Gone)
    }

    async fn apply(&self, record: &Object, change: &Change) -> Result<(Library, Vec<u32>), Problem> {
        let mut library = Library::read(record);
        let mut requests = Vec::new();
        let mut keys = Vec::with_capacity(change.add.len());
        for (index, Found { path, file }) in change.add.iter().enumerate() {
            let kept = Object::new();
            set(&kept, "library", &library.id.into());
            set(&kept, "path", &path.into());
            set(&kept, "file", file);
            requests.push(self.files.add(&kept, None)?);
            library.bytes += file.size();
            if index % FILES_PER_TASK == FILES_PER_TASK - 1 {
                keys.extend(keys_of(&mut requests).await?);
            }
        }
        keys.extend(keys_of(&mut requests).await?);
        for &removed in &change.remove {
            // Another tab may have removed it.
            if let Some(kept) = self.files.get(key(removed))?.await? {
                library.bytes -= Kept::read(&kept).map_or(0.0, |kept| kept.found.file.size());
                library.files = library.files.saturating_sub(1);
                self.files.delete(key(removed))?.await?;
            }
        }
        let now = js_sys::Date::now();
        library.files += change.add.len() as u32;
        library.used_ms = now;
        if !change.add.is_empty() {
            library.changed_ms = now;
        }
        (library.duts, library.sessions) = change.counts.unwrap_or((library.duts, library.sessions));
        if let Some(decisions) = &change.decisions {
            library.decisions.clone_from(decisions);
        }
        if let Some(name) = &change.name {
            library.name.clone_from(name);
        }
        library.revision = library.revision.wrapping_add(1);
        library.write(record);
        self.libraries.put(record, None)?.await?;
        Ok((library, keys))
    }

    async fn delete(&self, id: u32) -> Result<(), Problem> {
        for file in self.files.index("library")?.get_all_keys(Some(key(id)), None)?.await? {
            self.files.delete(file)?;
        }
        self.libraries.delete(key(id))?.await?;
        Ok(())
    }
}

/// Waits for requests, which run in their order, and returns the keys of what they added.
async fn keys_of(requests: &mut Vec<idb::request::AddStoreRequest>) -> Result<Vec<u32>, Problem> {
    let mut keys = Vec::with_capacity(requests.len());
    // All of them listen before the first is done.
    let requests: Vec<_> = requests.drain(..).map(IntoFuture::into_future).collect();
    for request in requests {
        keys.push(request.await?.as_f64().unwrap_or_default() as u32);
    }
    Ok(keys)
}

async fn files_of(store: &ObjectStore, id: u32) -> Result<Vec<Kept>, Problem> {
    let files = store.index("library")?.get_all(Some(key(id)), None)?.await?;
    Ok(files.iter().filter_map(Kept::read).collect())
}

fn create_stores(database: &Database) -> Result<(), idb::Error> {
    let by = |path: &str| {
        let mut params = ObjectStoreParams::new();
        params.auto_increment(true).key_path(Some(KeyPath::new_single(path)));
        params
    };
    database.create_object_store(LIBRARIES, by("id"))?;
    let files = database.create_object_store(FILES, by("key"))?;
    files.create_index("library", KeyPath::new_single("library"), None::<IndexParams>)?;
    Ok(())
}

fn key(id: u32) -> Query {
    Query::Key(id.into())
}

impl Library {
    fn read(record: &impl AsRef<JsValue>) -> Library {
        let record = record.as_ref();
        let number = |name: &str| number(record, name).unwrap_or_default();
        Library {
            id: number("id") as u32,
            name: text(record, "name"),
            changed_ms: number("changed_ms"),
            used_ms: number("used_ms"),
            files: number("files") as u32,
            bytes: number("bytes"),
            duts: number("duts") as u32,
            sessions: number("sessions") as u32,
            decisions: text(record, "decisions"),
            revision: number("revision") as u32,
        }
    }

    /// Writes all but the id.
    fn write(&self, record: &Object) {
        for (name, value) in [
            ("changed_ms", self.changed_ms),
            ("used_ms", self.used_ms),
            ("files", self.files.into()),
            ("bytes", self.bytes.max(0.0)),
            ("duts", self.duts.into()),
            ("sessions", self.sessions.into()),
            ("revision", self.revision.into()),
        ] {
            set(record, name, &value.into());
        }
        set(record, "name", &self.name.as_str().into());
        set(record, "decisions", &self.decisions.as_str().into());
    }
}

impl Kept {
    fn read(kept: &JsValue) -> Option<Kept> {
        let file = get(kept, "file").dyn_into::<Blob>().ok()?;
        Some(Kept { key: number(kept, "key")? as u32, found: Found { path: text(kept, "path"), file } })
    }
}
