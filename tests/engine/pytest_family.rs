//! Special features of the formats of pytest's plugins.

use crate::Dropped;
use crate::dropped::folder;
use passgrid::analyze::SessionPage;
use passgrid::engine::GetSession;
use passgrid::import::SectionKind;
use passgrid::query::SessionKey;

fn drop_fixture(path: &str) -> Dropped {
    let bytes = std::fs::read(folder("fixtures").join(path)).unwrap();
    Dropped::new([("report", bytes.as_slice())])
}

/// The page of the first session.
fn session(dropped: &mut Dropped) -> SessionPage {
    let history = &dropped.data().history;
    let session = &history.sessions[0];
    let key = SessionKey { dut: history.dut(session.dut).name.clone(), session: session.id.clone() };
    *dropped.engine.ask(GetSession(key)).unwrap()
}

#[test]
fn outputs_of_pytest_oof_are_under_the_session() {
    for path in ["oof-1.1.0/results.pickle", "oof-2.0/oof-results.json", "tui-2.1.0/tui_results.pickle"] {
        let page = session(&mut drop_fixture(&format!("pytest-oof/{path}")));
        let titles: Vec<&str> = page.texts.iter().map(|(title, _)| title.as_str()).collect();
        // An empty field is not shown; without colors pytest writes no last line.
        for title in ["test_session_starts", "errors", "failures", "warnings_summary", "short_test_summary"] {
            assert!(titles.contains(&title), "{path}: {titles:?}");
        }
        let failures = &page.texts.iter().find(|(title, _)| title == "failures").unwrap().1;
        assert!(failures.contains("too quiet <here>"), "{path}");
        assert_eq!(failures.contains("\u{1b}[31m"), !path.ends_with(".json"), "{path}");
    }
}

#[test]
fn texts_of_pytest_oof() {
    let mut dropped = drop_fixture("pytest-oof/oof-1.1.0/results.pickle");
    let details = dropped.page_of("test_fail").attempts.remove(0).details;
    let shown: Vec<_> = details.sections.iter().map(|s| (s.kind, s.title.as_str())).collect();
    assert_eq!(shown, [(SectionKind::Reason, "failed"), (SectionKind::Output, "captured stdout")]);
    assert!(details.sections[0].text.contains("\u{1b}[31mE       AssertionError: too quiet <here>"));
    assert_eq!(details.sections[1].text, "level 3");
    assert_eq!(details.location.as_deref(), Some("test_amp.py"));
    let page = dropped.page_of("test_xpass");
    assert_eq!(page.attempts[0].details.properties, [("has_warning".to_owned(), "true".to_owned())]);
    let page = dropped.page_of("test_rerun_all_fail");
    assert_eq!(page.attempts.len(), 2);
    let page = dropped.page_of("test_broken");
    assert!(page.attempts[0].details.sections[0].text.contains("No module named 'no_such_driver'"));
}

/// A pickle that is truncated at any byte keeps earlier results, with a note.
#[test]
fn truncated_pickles() {
    let whole = std::fs::read(folder("fixtures/pytest-oof/oof-1.1.0/results.pickle")).unwrap();
    let results = |bytes: &[u8]| {
        let mut dropped = Dropped::new([("report", bytes)]);
        dropped.check_sums();
        dropped.pages();
        let data = dropped.data();
        (data.files[0].results, data.files[0].notes.len())
    };
    let all = results(&whole).0;
    let mut before = 0;
    for end in (300..whole.len()).step_by(whole.len() / 60) {
        let (count, notes) = results(&whole[..end]);
        // Two rows of one teardown error count separately until the second one is complete.
        assert!(before <= count && count <= all, "{end}: {before}, {count}");
        assert!(notes > 0, "{end}");
        before = count;
    }
    assert!(before > 10);
}

/// Title and beginning of each section of the last attempt of a test.
fn sections(dropped: &mut Dropped, name: &str) -> Vec<(String, String)> {
    let mut page = dropped.page_of(name);
    assert_eq!(page.problem, None);
    let details = page.attempts.pop().unwrap().details;
    details
        .sections
        .into_iter()
        .map(|section| (section.title, format!("{}|{}", section.message, section.text)))
        .collect()
}

#[test]
fn texts_of_pytest_reportlog() {
    let mut dropped = drop_fixture("pytest-reportlog/reportlog-1.0.0/all.jsonl");
    let texts = sections(&mut dropped, "test_fail");
    assert_eq!(texts[0].0, "failed in call");
    assert!(texts[0].1.starts_with("AssertionError: too quiet <here>\nassert 3 > 11|"), "{texts:?}");
    assert!(texts[0].1.contains(">       assert 3 > 11, \"too quiet <here>\"\nE       AssertionError"));
    assert!(texts[0].1.ends_with("\ntest_amp.py:30: AssertionError"), "{texts:?}");
    assert_eq!(texts[1], ("Captured stdout call".to_owned(), "|level 3".to_owned()));
    let both = dropped.page_of("test_error_teardown_after_fail");
    let titles: Vec<_> = both.attempts[0].details.sections.iter().map(|s| s.title.as_str()).collect();
    assert_eq!(titles, ["failed in call", "failed in teardown"]);
    assert_eq!(dropped.page_of("test_rerun_then_pass").attempts.len(), 3);
    assert_eq!(sections(&mut dropped, "test_skip")[0].1.split('|').next(), Some("no such port"));

    let mut dropped = drop_fixture("pytest-reportlog/reportlog-1.0.0/subtests.jsonl");
    let page = dropped.page_of("test_some_fail");
    let details = &page.attempts[0].details;
    let titles: Vec<_> = details.sections.iter().map(|s| s.title.as_str()).collect();
    assert_eq!(
        titles,
        [
            "failed in subtest [channel] (channel=1)",
            "failed in subtest [channel] (channel=3)",
            "failed in call"
        ]
    );
    assert_eq!(details.properties[0], ("subtest [channel] (channel=0)".to_owned(), "passed".to_owned()));
    assert_eq!(details.properties.len(), 4);

    let mut dropped = drop_fixture("pytest-reportlog/reportlog-1.0.0/xdist.jsonl");
    let page = dropped.page_of("test_pass");
    assert!(
        page.attempts[0]
            .details
            .properties
            .iter()
            .any(|(name, value)| name == "worker" && value.starts_with("gw"))
    );
}

/// A log that ends between two lines or inside one belongs to a run that was killed.
#[test]
fn truncated_logs() {
    let whole = std::fs::read(folder("fixtures/pytest-reportlog/reportlog-1.0.0/all.jsonl")).unwrap();
    for end in (200..whole.len() - 100).step_by(whole.len() / 25) {
        let mut dropped = Dropped::new([("report", &whole[..end])]);
        dropped.check_sums();
        dropped.pages();
        let data = dropped.data();
        assert!(data.files[0].results == 0 || data.history.sessions[0].incomplete.is_some(), "{end}");
    }
}

#[test]
fn texts_of_pytest_recap_and_html() {
    let mut dropped = drop_fixture("pytest-recap/recap-0.9.2/dut-a.json");
    let texts = sections(&mut dropped, "test_fail");
    assert!(texts[0].1.contains("AssertionError: too quiet <here>"));
    assert_eq!(texts[1], ("captured stdout".to_owned(), "|level 3".to_owned()));
    assert_eq!(dropped.page_of("test_error_teardown").attempts.len(), 2);

    let mut dropped = drop_fixture("pytest-html/html-4.2.0/report.html");
    let texts = sections(&mut dropped, "test_fail");
    assert!(texts[0].1.contains("E       AssertionError: too quiet <here>\n"), "{texts:?}");
    assert_eq!(texts[1], ("Captured stdout call".to_owned(), "|level 3".to_owned()));
    assert_eq!(sections(&mut dropped, "test_pass").len(), 2);
    // Two of its five rows are the attempts.
    let page = dropped.page_of("test_rerun_then_pass");
    let attempts: Vec<_> = page.attempts.iter().map(|attempt| attempt.message.as_str()).collect();
    assert_eq!(attempts, ["AssertionError: attempt 1", "AssertionError: attempt 2", ""]);
}
