//! Texts of results in CTRF and in the JSON of runners for the web.

use crate::Dropped;
use crate::dropped::folder;
use passgrid::analyze::ResultPage;
use passgrid::import::Details;
use passgrid::model::Outcome;

fn drop_fixture(path: &str) -> Dropped {
    let bytes = std::fs::read(folder("fixtures").join(path)).unwrap();
    Dropped::new([("x", bytes.as_slice())])
}

/// The only result with this name and outcome.
fn page(dropped: &mut Dropped, name: &str, outcome: Outcome) -> ResultPage {
    let mut pages = dropped.pages();
    pages.retain(|page| page.name == name && page.outcome == outcome);
    assert_eq!(pages.len(), 1, "{name}");
    pages.remove(0)
}

/// `title: message | text` of each section, and the properties.
fn told(details: &Details) -> String {
    let mut told: Vec<String> = details
        .sections
        .iter()
        .map(|section| format!("{}: {} | {}", section.title, section.message, section.text))
        .collect();
    told.extend(details.properties.iter().map(|(name, value)| format!("{name}={value}")));
    told.join("\n")
}

#[test]
fn ctrf() {
    let mut dropped = drop_fixture("ctrf/shapes/devices.json");
    let failed = page(&mut dropped, "plays", Outcome::Failed);
    assert_eq!(failed.dut, "board_b");
    assert_eq!(
        told(&failed.attempts[0].details),
        "failed: no sound | bench.c:31\nstdout:  | level 3\nsteps:  | passed: power up\ndevice=board_b"
    );
    let flaky = page(&mut dropped, "pairs", Outcome::Passed);
    assert!(told(&flaky.attempts[1].details).starts_with("failed: no answer again | "));
    let mut dropped = drop_fixture("ctrf/pytest-json-ctrf-0.6.1/report.json");
    let failed = page(&mut dropped, "test_fail", Outcome::Failed);
    assert_eq!(failed.attempts[0].details.location.as_deref(), Some("test_amp.py"));
    assert!(told(&failed.attempts[0].details).contains("E       AssertionError: too quiet <here>"));
}
