//! `passgrid-instructions PATH FILE…` runs one path over files. Callgrind counts what happens in [`counted`] only, by
//! `--toggle-collect=*counted*`.

use std::{env, fs, hint::black_box, process::ExitCode};

use passgrid::{
    analyze::GridQuery,
    engine::{Engine, GetGrid, GetOverview, GetTests},
    import::{ALL, Import, Imported},
    query::Filter,
};
use quick_xml::{Reader, events::Event};
use serde::de::IgnoredAny;

/// The size of the pieces that a browser gives.
const PIECE: usize = 64 << 10;

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let path = arguments.next().unwrap_or_default();
    let files: Result<Vec<(String, Vec<u8>)>, std::io::Error> =
        arguments.map(|file| fs::read(&file).map(|bytes| (file, bytes))).collect();
    match files {
        Ok(files) if run(&path, &files) > 0 => ExitCode::SUCCESS,
        Ok(_) => {
            eprintln!("nothing was read by {path}");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns how much there was.
fn run(path: &str, files: &[(String, Vec<u8>)]) -> usize {
    match path {
        "xml-events" => counted(|| files.iter().map(|(_, bytes)| xml_events(bytes)).sum()),
        "json-values" => counted(|| files.iter().map(|(_, bytes)| json_values(bytes)).sum()),
        "import" => counted(|| import_all(files).iter().map(|imported| imported.batch.len()).sum()),
        "ingest" => {
            let imported = import_all(files);
            counted(|| {
                let mut engine = Engine::default();
                for file in imported {
                    engine.ingest(file);
                }
                engine.data().files.len()
            })
        }
        "overview" => {
            let mut engine = loaded(files);
            counted(|| engine.ask(black_box(GetOverview)).duts.len())
        }
        "grid" => {
            let mut engine = loaded(files);
            let grid = GetGrid { query: GridQuery::default(), folded: Vec::new(), from: 0, count: 60 };
            counted(|| engine.ask(black_box(grid)).matching as usize)
        }
        "tests" => {
            let mut engine = loaded(files);
            let filter = Filter { text: "recovers".to_owned(), ..Filter::default() };
            let tests = GetTests { filter, sort: None, from: 0, count: 60 };
            counted(|| engine.ask(black_box(tests)).total as usize)
        }
        _ => 0,
    }
}

/// Calls a function whose instructions are counted.
#[inline(never)]
fn counted(call: impl FnOnce() -> usize) -> usize {
    black_box(call())
}

fn import_all(files: &[(String, Vec<u8>)]) -> Vec<Imported> {
    let import = |(path, bytes): &(String, Vec<u8>)| {
        let mut import = Import::new(path, &ALL);
        bytes.chunks(PIECE).for_each(|piece| import.push(piece));
        import.finish()
    };
    files.iter().map(import).collect()
}

fn loaded(files: &[(String, Vec<u8>)]) -> Engine {
    let mut engine = Engine::default();
    for file in import_all(files) {
        engine.ingest(file);
    }
    engine.data();
    engine
}

/// How many events a document has.
fn xml_events(bytes: &[u8]) -> usize {
    let mut reader = Reader::from_str(std::str::from_utf8(bytes).unwrap_or_default());
    let mut events = 0;
    while let Ok(event) = reader.read_event() {
        if matches!(event, Event::Eof) {
            break;
        }
        events += 1;
    }
    events
}

/// How many values there are, one after the other.
fn json_values(bytes: &[u8]) -> usize {
    serde_json::Deserializer::from_slice(bytes).into_iter::<IgnoredAny>().filter(Result::is_ok).count()
}
