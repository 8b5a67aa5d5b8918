//! Manifests: they name the files of sessions, whoever delivers them, and a bad entry costs only itself.

use crate::Dropped;
use crate::dropped::{folder, import};
use passgrid::engine::{GetSession, ReadManifest};
use passgrid::import::archive::member_path;
use passgrid::model::{FileStatus, LINK_NAMES, Severity};
use passgrid::query::SessionKey;
use serde_json::{Value, json};

/// `dut unit build session: results` of each session.
fn sessions(dropped: &mut Dropped) -> Vec<String> {
    let data = dropped.data();
    let line = |session: &passgrid::model::Session| {
        let unit = session.identity.unit.as_ref().map_or("-", |unit| unit.value.as_str());
        let dut = &data.history.dut(session.dut).name;
        let build = session.build().unwrap_or("-");
        format!("{dut} {unit} {build} {}: {}", session.id, session.counts.results())
    };
    let mut lines: Vec<String> = data.history.sessions.iter().map(line).collect();
    lines.sort();
    lines
}

fn manifest(sessions: Value) -> Vec<u8> {
    json!({"schema": "passgrid/manifest/1", "title": "Speakers", "sessions": sessions})
        .to_string()
        .into_bytes()
}

fn results(tests: &[&str]) -> Vec<u8> {
    let cases = tests.iter().map(|test| format!("<testcase classname='s' name='{test}'/>"));
    format!("<testsuite name='s'>{}</testsuite>", cases.collect::<String>()).into_bytes()
}

/// A session of two files, one in an archive, and one whose file names another DUT.
fn site(at: &str) -> Vec<(String, Vec<u8>)> {
    let sessions = json!([
        {"files": ["new/x.xml", "all.zip#y.xml"], "dut": "max-b1", "unit": "0042", "build": "1.5.0",
         "session": "nightly 7", "started": "2026-11-20T10:00:00Z", "attributes": {"mcu": "esp32"},
         "properties": {"trigger": "https://ci.example/7"}},
        {"files": "old/x%20y.xml?token=1", "dut": "max-b2", "build": "1.4.0"},
    ]);
    let named = results(&["a", "b"]);
    let named = String::from_utf8(named).unwrap().replacen(
        "<testcase",
        "<properties><property name=\"dut\" value=\"wrong\"/></properties><testcase",
        1,
    );
    vec![
        (format!("{at}passgrid.json"), manifest(sessions)),
        (format!("{at}new/x.xml"), results(&["a", "b"])),
        (member_path(&format!("{at}all.zip"), "y.xml"), results(&["c"])),
        (format!("{at}old/x y.xml"), named.into_bytes()),
        (format!("{at}other.xml"), results(&["z"])),
    ]
}

#[test]
fn a_manifest_names_the_files_beside_it() {
    let expected = ["max-b1 0042 1.5.0 nightly 7: 3", "max-b2 - 1.4.0"];
    for at in ["", "site/", "lab/site.zip/"] {
        let files = site(at);
        // In any order.
        for turn in 0..files.len() {
            let mut dropped = Dropped::default();
            for at in 0..files.len() {
                let (path, bytes) = &files[(at + turn) % files.len()];
                dropped.add(path, bytes);
            }
            let found = sessions(&mut dropped);
            assert_eq!(found.len(), 3, "{at} {found:?}");
            for (line, expected) in found.iter().zip(expected) {
                assert!(line.starts_with(expected), "{at} {turn}: {found:?}");
            }
        }
    }
}

#[test]
fn what_a_manifest_says_is_shown_with_the_session() {
    let mut dropped = Dropped::default();
    for (path, bytes) in site("site/") {
        dropped.add(&path, &bytes);
    }
    let key = SessionKey { dut: "max-b1".to_owned(), session: "nightly 7".to_owned() };
    let page = dropped.engine.ask(GetSession(key)).unwrap();
    assert_eq!(page.attributes, [("mcu".to_owned(), "esp32".to_owned())]);
    assert!(page.properties.contains(&("trigger".to_owned(), "https://ci.example/7".to_owned())));
    assert_eq!(page.row.started.as_deref(), Some("2026-11-20T10:00:00Z"));
    assert_eq!(page.identity.dut.evidence.words(), "`dut` in the manifest");
    assert!(page.files.iter().any(|file| file.path == "site/passgrid.json"), "{:?}", page.files);
}

#[test]
fn a_name_in_the_link_comes_first() {
    let mut dropped = Dropped::default();
    for (path, bytes) in site("site/") {
        dropped.add(&path, &bytes);
    }
    dropped.add(LINK_NAMES, &manifest(json!([{"files": ["/site/new/x.xml"], "dut": "mine"}])));
    let found = sessions(&mut dropped);
    assert!(found.iter().any(|line| line.starts_with("mine ")), "{found:?}");
}

#[test]
fn patterns_and_folders_name_many_files() {
    let mut dropped = Dropped::default();
    dropped.add("r/b1/one.xml", &results(&["a"]));
    dropped.add("r/b1/two.xml", &results(&["b"]));
    dropped.add("r/b2/one.xml", &results(&["a"]));
    let sessions = json!([{"files": "b1/", "dut": "first"}, {"files": "b2/*.xml", "dut": "second"}]);
    dropped.add("r/passgrid.json", &manifest(sessions));
    let found = self::sessions(&mut dropped);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("first ") && found[0].ends_with(": 2"), "{found:?}");
    assert!(found[1].starts_with("second ") && found[1].ends_with(": 1"), "{found:?}");
}

#[test]
fn a_bad_entry_is_told_with_its_place_and_the_others_are_read() {
    let text = r#"{"schema": "passgrid/manifest/1", "sessions": [
        {"dut": "no files"},
        7,
        {"files": ["javascript:alert(1)", "good.xml"], "dut": "b1", "colour": "red", "started": "soon"},
        "plain.xml"
    ], "history": ["older/passgrid.json", {"sessions": 3}, {"manifest": "oldest/", "sessions": 1200}], "links": {"test": "https://x/{path}"}}"#;
    let imported = import("passgrid.json", text.as_bytes());
    assert_eq!((imported.format.as_str(), imported.status), ("manifest", FileStatus::PartlyRead));
    let manifest = imported.batch.manifest.unwrap();
    assert_eq!(manifest.files, [["good.xml"], ["plain.xml"]]);
    assert_eq!(manifest.links.test, "https://x/{path}");
    let older: Vec<(&str, u32)> =
        manifest.older.iter().map(|one| (one.manifest.as_str(), one.sessions)).collect();
    assert_eq!(older, [("older/passgrid.json", 0), ("oldest/", 1200)]);
    let errors: Vec<(&str, &str)> = imported
        .batch
        .notes
        .iter()
        .filter(|note| note.severity != Severity::Info)
        .map(|note| (text[note.at.unwrap() as usize..].split_at(2).0, note.text.as_str()))
        .collect();
    let expected = [
        (r#"{""#, "a session without `files`; ignored"),
        ("7,", "a session is neither an object nor a file; ignored: `7`"),
        (r#"{""#, "`javascript:` addresses are not fetched; use http or https"),
        (r#"{""#, "`started` is not a time: `soon`"),
        (r#"{""#, "unknown key `colour` of a session; ignored"),
        (r#"{""#, "older sessions without `manifest`; ignored"),
    ];
    assert_eq!(errors, expected);
}

#[test]
fn a_truncated_manifest_names_what_is_complete() {
    let text =
        String::from_utf8(manifest(json!([{"files": "a.xml", "dut": "b1"}, {"files": "b.xml"}]))).unwrap();
    let end = text.find("b.xml").unwrap();
    let mut dropped = Dropped::default();
    dropped.add("passgrid.json", &text.as_bytes()[..end]);
    dropped.add("a.xml", &results(&["a"]));
    assert!(sessions(&mut dropped)[0].starts_with("b1 "));
}

#[test]
fn the_page_asks_what_to_fetch() {
    let mut dropped = Dropped::default();
    let text = String::from_utf8(manifest(json!([{"files": ["a.xml"]}]))).unwrap();
    let manifest = dropped.engine.ask(ReadManifest(text)).unwrap();
    assert_eq!((manifest.title.as_str(), &manifest.files[..]), ("Speakers", &[vec!["a.xml".to_owned()]][..]));
    for other in ["", "{}", r#"{"schema": "passgrid/summary/1"}"#, "<testsuite/>"] {
        assert_eq!(dropped.engine.ask(ReadManifest(other.to_owned())), None, "{other}");
    }
    assert_eq!(dropped.data().files.len(), 0);
}

#[test]
fn a_manifest_of_thousands_of_sessions_is_fast() {
    let mut dropped = Dropped::default();
    let sessions =
        (0..5000).map(|at| json!({"files": [format!("{at}.xml")], "dut": format!("b{}", at % 10)}));
    dropped.add("passgrid.json", &manifest(sessions.collect()));
    for at in 0..50 {
        dropped.add(&format!("{at}.xml"), &results(&[&format!("t{at}")]));
    }
    let begun = std::time::Instant::now();
    assert_eq!(dropped.data().history.duts.len(), 10);
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}

/// What the documents show is valid, and read without a complaint.
#[test]
fn the_documented_manifests_match_the_schema() {
    let schema: Value =
        serde_json::from_str(&std::fs::read_to_string(folder("docs/manifest.schema.json")).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let document = std::fs::read_to_string(folder("docs/manifest.md")).unwrap();
    let blocks: Vec<&str> =
        document.split("```json\n").skip(1).filter_map(|rest| Some(rest.split_once("```")?.0)).collect();
    assert!(!blocks.is_empty());
    for block in blocks {
        let value: Value = serde_json::from_str(block).unwrap();
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        let imported = import("passgrid.json", block.as_bytes());
        assert_eq!(imported.status, FileStatus::Read, "{:?}", imported.batch.notes);
        assert!(
            imported.batch.notes.iter().all(|note| note.severity == Severity::Info),
            "{:?}",
            imported.batch.notes
        );
        assert!(!imported.batch.manifest.unwrap().files.is_empty());
    }
    for bad in [json!({"sessions": []}), json!({"schema": "passgrid/manifest/1", "sessions": [{"dut": "x"}]})]
    {
        assert!(!validator.is_valid(&bad), "{bad}");
    }
}
