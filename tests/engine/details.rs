//! Details: the texts of a result are those in its file.

use crate::Dropped;
use crate::dropped::{decoded, folder};
use passgrid::analyze::ResultPage;
use passgrid::engine::TextSource;
use passgrid::import::{ALL, CHANGED, Details, SectionKind, decode};
use passgrid::model::Encoding;
use passgrid::query::Selection;
use quick_xml::events::Event;

fn fixture(path: &str) -> Vec<u8> {
    std::fs::read(folder("fixtures").join(path)).unwrap()
}

fn drop_fixture(path: &str) -> Dropped {
    Dropped::new([("report", fixture(path).as_slice())])
}

/// The texts of all sections, joined.
fn all_text(details: &Details) -> String {
    let sections = details.sections.iter().map(|s| format!("{}\n{}\n{}", s.title, s.message, s.text));
    sections.collect::<Vec<_>>().join("\n")
}

fn titles(details: &Details) -> Vec<&str> {
    details.sections.iter().map(|section| section.title.as_str()).collect()
}

/// Details of the attempt that has them, of a test that has one.
fn details_of(dropped: &mut Dropped, name: &str) -> Details {
    let mut page = dropped.page_of(name);
    assert_eq!(page.problem, None);
    assert_eq!(page.attempts.len(), 1);
    page.attempts.remove(0).details
}

/// Texts of `failure`, `error` and `skipped` elements, read in one pass over the whole file,
/// independently of the importer.
fn reasons_in_xml(text: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut reasons = Vec::new();
    let mut open: Option<String> = None;
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => return reasons,
            Event::Start(e) if matches!(e.name().into_inner(), "failure" | "error" | "skipped") => {
                open = Some(String::new())
            }
            Event::Text(part) => {
                if let Some(open) = &mut open {
                    open.push_str(&part);
                }
            }
            Event::CData(part) => {
                if let Some(open) = &mut open {
                    open.push_str(&part);
                }
            }
            Event::GeneralRef(name) => {
                if let Some(open) = &mut open {
                    open.push_str(match &*name {
                        "lt" => "<",
                        "gt" => ">",
                        "amp" => "&",
                        "quot" => "\"",
                        "apos" => "'",
                        other => panic!("&{other};"),
                    });
                }
            }
            Event::End(_) => reasons.extend(open.take()),
            _ => {}
        }
    }
}

/// Every traceback in a pytest file is in the details of a result, and every failing result has
/// one.
#[test]
fn tracebacks_of_junit() {
    for version in ["4.6", "5.0", "5.4", "6.2", "7.4", "8.4", "9.2"] {
        for family in ["xunit1", "xunit2"] {
            let path = format!("junit/pytest-{version}/{family}.xml");
            let mut dropped = drop_fixture(&path);
            let pages = dropped.pages();
            let said: String = pages
                .iter()
                .flat_map(|page| &page.attempts)
                .map(|attempt| all_text(&attempt.details))
                .collect::<Vec<_>>()
                .join("\n");
            let reasons = reasons_in_xml(std::str::from_utf8(&fixture(&path)).unwrap());
            assert!(reasons.len() > 10, "{path}");
            for reason in reasons {
                assert!(said.contains(reason.trim_matches('\n')), "{path}: {reason}");
            }
            for page in pages.iter().filter(|page| page.outcome.is_failing()) {
                let has_reason = |attempt: &passgrid::analyze::AttemptLine| {
                    attempt.details.sections.iter().any(|section| section.kind == SectionKind::Reason)
                };
                assert!(page.attempts.iter().any(has_reason), "{path}: {} has no reason", page.name);
            }
        }
    }
}

#[test]
fn a_failure_of_pytest_in_junit() {
    let mut dropped = drop_fixture("junit/pytest-9.2/xunit2_logging-all.xml");
    let details = details_of(&mut dropped, "test_fail_markup");
    let reason = &details.sections[0];
    assert_eq!((reason.kind, reason.title.as_str()), (SectionKind::Reason, "failure"));
    assert!(reason.message.contains(r#"<volume level="11"> & <script>alert('x')</script> ]]> &amp;"#));
    assert!(reason.text.contains(">       raise AssertionError"), "{}", reason.text);
    let details = details_of(&mut dropped, "test_output");
    assert_eq!(titles(&details), ["Captured Log", "Captured Out", "Captured Err"]);
    assert!(details.sections.iter().all(|section| !section.text.contains("--- Captured")));
}

#[test]
fn setup_and_teardown_of_pytest_in_junit() {
    let mut dropped = drop_fixture("junit/pytest-8.4/xunit2.xml");
    let set_up = details_of(&mut dropped, "test_error_setup");
    assert!(set_up.sections[0].message.starts_with("failed on setup with"));
    // Both texts of a failure followed by a teardown error are kept.
    let page = dropped.page_of("test_error_teardown_after_fail");
    let texts: Vec<String> = page.attempts.iter().map(|attempt| all_text(&attempt.details)).collect();
    assert_eq!(texts.len(), 2);
    assert!(texts[0].contains("'relay' == 'open'"), "{}", texts[0]);
    assert!(texts[1].contains("relay stuck closed"), "{}", texts[1]);
}

#[test]
fn properties_and_places() {
    let mut dropped = drop_fixture("junit/pytest-9.2/xunit1.xml");
    let details = details_of(&mut dropped, "test_play");
    assert!(!details.properties.is_empty());
    // The line counts from 0 in the file, from 1 for people.
    assert!(details.location.as_deref().is_some_and(|at| at.starts_with("tests/audio/test_playback.py:")));

    let mut dropped = drop_fixture("junit/shapes/suite-properties.xml");
    let details = details_of(&mut dropped, "own properties");
    let expected = [("dut", "board_b"), ("step[1]", "opened")].map(|(k, v)| (k.to_owned(), v.to_owned()));
    assert_eq!(details.properties, expected);
}

#[test]
fn a_failure_of_pytest_in_json() {
    let path = "pytest-json-report/pytest-9.2/omit_collectors_keywords.json";
    let report: serde_json::Value = serde_json::from_slice(&fixture(path)).unwrap();
    let mut dropped = drop_fixture(path);
    let mut checked = 0;
    for test in report["tests"].as_array().unwrap() {
        let name = test["nodeid"].as_str().unwrap().rsplit("::").next().unwrap();
        let Some(page) = page_of_last(&mut dropped, name) else {
            continue;
        };
        let details = &page.attempts.last().unwrap().details;
        let said = all_text(details);
        for stage in ["setup", "call", "teardown"].map(|stage| &test[stage]) {
            let outcome = stage["outcome"].as_str().unwrap_or("passed");
            if outcome != "passed" {
                if let Some(text) = stage["longrepr"].as_str() {
                    assert!(said.contains(text.trim_matches('\n')), "{name}: {text}");
                    checked += 1;
                }
                if let Some(message) = stage["crash"]["message"].as_str() {
                    assert!(said.contains(message), "{name}: {message}");
                }
            }
            for output in ["stdout", "stderr"].iter().filter_map(|key| stage[*key].as_str()) {
                assert!(said.contains(output.trim_matches('\n')), "{name}: {output}");
            }
            for record in stage["log"].as_array().into_iter().flatten() {
                assert!(said.contains(record["levelname"].as_str().unwrap()), "{name}");
            }
        }
    }
    assert!(checked > 10, "{checked} tracebacks");
}

/// The page of the last test with this name, if it is the only one.
fn page_of_last(dropped: &mut Dropped, name: &str) -> Option<ResultPage> {
    let mut selections = dropped.selections();
    selections.retain(|selection| selection.name == name);
    let selection = selections.pop().filter(|_| selections.is_empty())?;
    dropped.page(selection)
}

#[test]
fn user_properties_and_metadata_of_json() {
    let mut dropped = drop_fixture("pytest-json-report/pytest-9.2/metadata_dut-b.json");
    for name in ["test_json_metadata", "test_user_property"] {
        assert!(!details_of(&mut dropped, name).properties.is_empty(), "{name}");
    }
}

#[test]
fn a_collection_error_has_its_text() {
    for path in
        ["junit/pytest-9.2/collection-error.xml", "pytest-json-report/pytest-9.2/collection-error.json"]
    {
        let details = details_of(&mut drop_fixture(path), "tests.test_broken");
        assert!(all_text(&details).contains("No module named 'no_such_driver'"), "{path}");
    }
}

/// Slices count decoded bytes, whatever the encoding.
#[test]
fn texts_in_other_encodings() {
    for (path, encoding) in [
        ("bad/encoding/latin-1.xml", Encoding::Windows1252),
        ("bad/encoding/windows-1252.xml", Encoding::Windows1252),
        ("bad/encoding/utf-16-le-bom.xml", Encoding::Utf16Le),
        ("bad/encoding/utf-16-be-bom.xml", Encoding::Utf16Be),
        ("bad/encoding/utf-16-le-no-bom.xml", Encoding::Utf16Le),
        ("bad/encoding/utf-16-odd.xml", Encoding::Utf16Le),
        ("bad/encoding/utf-8-bom.xml", Encoding::Utf8),
    ] {
        let mut dropped = drop_fixture(path);
        assert_eq!(dropped.data().files[0].encoding, encoding, "{path}");
        let details = details_of(&mut dropped, "ÅÄÖ æøå");
        assert!(all_text(&details).contains("zu groß"), "{path}: {details:?}");
    }
    let text = all_text(&details_of(&mut drop_fixture("bad/encoding/windows-1252.xml"), "ÅÄÖ æøå"));
    assert!(text.contains("– 5 € „mehr“"), "{text}");
    let text = all_text(&details_of(&mut drop_fixture("bad/encoding/utf-16-le-bom.json"), "test_pair"));
    assert!(text.contains("timed out – gave up\n\u{1b}[31mred"), "{text}");
    let text = all_text(&details_of(&mut drop_fixture("bad/encoding/utf-8-bom.json"), "test_pair"));
    assert!(text.contains("timed out – gave up"), "{text}");
}

/// Does what the host does with a source: removes the byte order mark, decodes, slices.
#[test]
fn decoding_a_source_gives_the_text_that_slices_count() {
    let bytes = fixture("bad/encoding/utf-16-le-bom.xml");
    let text = String::from_utf8(decoded(&bytes, Encoding::Utf16Le)).unwrap();
    assert!(text.starts_with("<?xml"));
    let mut with_mark = Vec::new();
    decode(Encoding::Utf16Le, &bytes, true, &mut with_mark);
    assert_eq!(with_mark.len(), text.len() + "\u{FEFF}".len());
}

#[test]
fn odd_texts() {
    let mut dropped = drop_fixture("junit/shapes/cdata.xml");
    assert_eq!(details_of(&mut dropped, "split").sections[0].text.trim(), "a[b[0]]> end");
    let mut dropped = drop_fixture("junit/shapes/crlf.xml");
    let text = all_text(&details_of(&mut dropped, "play"));
    assert!(!text.contains('\r'), "{text:?}");
    let mut dropped = drop_fixture("junit/shapes/several-results.xml");
    let details = details_of(&mut dropped, "three failures");
    assert_eq!(details.sections.len(), 3);
    let mut dropped = drop_fixture("bad/encoding/invalid-utf8-in-message.xml");
    assert!(all_text(&details_of(&mut dropped, "loud")).contains('\u{FFFD}'));
}

/// Attempts inside a test case have their own texts.
#[test]
fn attempts_of_surefire() {
    let mut dropped = drop_fixture("junit/surefire-3.5/TEST-com.acme.PairingTest.xml");
    let page = dropped.page_of("neverPairs");
    assert_eq!(page.attempts.len(), 3);
    for attempt in &page.attempts {
        assert!(!attempt.details.sections.is_empty(), "attempt {}", attempt.number);
    }
    // The trace is an element inside the attempt, which has type and message.
    let page = dropped.page_of("pairsAgain");
    let error = page.attempts.iter().find(|attempt| attempt.native == "flakyError").unwrap();
    let reason = &error.details.sections[0];
    assert_eq!(
        (reason.title.as_str(), reason.message.as_str()),
        ("flakyError java.io.IOException", "bench is busy")
    );
    assert!(reason.text.starts_with("java.io.IOException: bench is busy\n"));
    let reasons = error.details.sections.iter().filter(|section| section.kind == SectionKind::Reason);
    assert_eq!(reasons.count(), 1);
}

#[test]
fn plain_json_has_its_message() {
    let mut dropped = drop_fixture("brief/extra-keys.json");
    let details = details_of(&mut dropped, "test_signup");
    assert!(all_text(&details).contains("AssertionError: expected 200, got 500 <html>"));
}

/// A file that changed on disk gives a clear message, and never a wrong text.
#[test]
fn changed_sources_are_noticed() {
    let mut dropped = drop_fixture("junit/pytest-9.2/xunit2.xml");
    let mut selections = dropped.selections();
    selections.retain(|selection| selection.name == "test_fail_plain");
    let selection: Selection = selections.remove(0);
    let ask = |dropped: &mut Dropped, details: Result<Vec<Details>, String>| {
        dropped.engine.result_with_texts(&selection, details).unwrap()
    };
    let sources = dropped.engine.text_sources(&selection).unwrap();
    let [TextSource { format, slices, .. }] = &sources[..] else {
        panic!("one file has them: {sources:?}");
    };
    for text in [&b"ase classname=\"x\" name=\"y\">"[..], b"<testcase/>", b""] {
        let details = ALL.details(format, slices, &[text.to_vec()]).unwrap();
        assert_eq!(details, Err(CHANGED.to_owned()));
        let page = ask(&mut dropped, details);
        assert_eq!(page.problem.as_deref(), Some(CHANGED));
        assert!(page.attempts.iter().all(|attempt| attempt.details.sections.is_empty()));
    }
    let page = ask(&mut dropped, Err("the file is gone".to_owned()));
    assert_eq!(page.problem.as_deref(), Some("the file is gone"));
    let page = ask(&mut dropped, Ok(Vec::new()));
    assert_eq!(page.attempts.len(), 1);
}
