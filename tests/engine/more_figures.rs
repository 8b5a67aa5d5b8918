//! Further figures: against values computed by hand, and the examples of the document.

use crate::Dropped;
use crate::story::{junit, story};
use passgrid::analyze::{FigureKind, FigureUnit, MoreFigure};
use passgrid::engine::GetMoreFigures;
use passgrid::export::Export;
use std::fmt::Write;
use std::path::Path;

impl Dropped {
    fn more_figures(&mut self) -> Vec<MoreFigure> {
        self.engine.ask(GetMoreFigures)
    }

    fn figure(&mut self, wanted: FigureKind) -> Option<f64> {
        let figures = self.more_figures();
        figures.into_iter().find(|figure| figure.kind == wanted).and_then(|figure| figure.value)
    }
}

fn close(found: Option<f64>, expected: f64) {
    let found = found.expect("a value");
    assert!((found - expected).abs() < 1e-9, "{found} instead of {expected}");
}

/// The latest sessions of the story:
///
/// | test | DUT_A | DUT_B | DUT_C | DUT_D |
/// |---|---|---|---|---|
/// | play | passed 0.5 s | passed 1.5 s | skipped | passed 2.5 s |
/// | sync | passed 2 s | - | failed 4 s since 1.1 | - |
/// | leak | failed 1 s since 1.2 | failed 1 s since 1.0 | failed 1 s since 1.0 | failed 1 s since 1.2 |
/// | boot | passed 1 s | - | error 1 s since 1.2 | passed 1 s |
/// | test_9, test_10 | - | - | passed 1 s | - |
#[test]
fn figures_are_as_computed_by_hand() {
    let mut dropped = story();
    let mut check = |kind, expected| close(dropped.figure(kind), expected);
    // 8 passed; leak four times, sync and boot fail.
    check(FigureKind::PassRate, 8.0 / 14.0);
    // Only leak has a verdict on every DUT.
    check(FigureKind::CommonPassRate, 0.0);
    // Six tests on four DUTs; all results but one are executed.
    check(FigureKind::Coverage, 14.0 / 24.0);
    // Verdicts after another one. DUT_A: 8, one flips. DUT_B: 4 + 2, none. DUT_C: play 1, sync 2 with one flip, leak 2,
    // boot 2 with one flip.
    check(FigureKind::Stability, 18.0 / 21.0);
    // leak: 0, 2, 2, 0 days; sync: 1; boot: 0.
    check(FigureKind::MedianFailureAge, 0.5);
    check(FigureKind::OldestFailureAge, 2.0);
    // Failing with verdicts on several DUTs: leak (on all), sync and boot (on DUT_C only).
    check(FigureKind::OneDutFailures, 2.0 / 3.0);
    check(FigureKind::FlakeRate, 0.0);
    // 14 executed results in 0.5 + 1.5 + 2.5 + 2 + 4 + 4 × 1 + 3 × 1 + 2 × 1 seconds.
    check(FigureKind::TestSpeed, 14.0 / 19.5 * 60.0);
    // Two days each for DUT_A to DUT_C; regressions in 1.2 of DUT_A, 1.1 and 1.2 of DUT_C.
    check(FigureKind::TimeBetweenRegressions, 6.0 / 3.0);
    assert_eq!(dropped.figure(FigureKind::TimeToGreen), None);
}

#[test]
fn a_repair_takes_from_the_first_failure_to_the_next_pass() {
    let files = [
        ("1.0/board_a.xml", junit("2026-11-01T10:00:00", "s a passed\ns b failed\ns c failed")),
        ("1.1/board_a.xml", junit("2026-11-02T10:00:00", "s a failed\ns b failed\ns c skipped")),
        ("1.2/board_a.xml", junit("2026-11-03T22:00:00", "s a failed\ns b passed\ns c passed")),
        ("1.3/board_a.xml", junit("2026-11-06T10:00:00", "s a passed\ns b passed\ns c passed")),
    ];
    let mut dropped = Dropped::new(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    // b and c: 2.5 days; a: 4 days.
    close(dropped.figure(FigureKind::TimeToGreen), 2.5);
    // a: one of three verdicts is as before; b: two of three; c: one of two.
    close(dropped.figure(FigureKind::Stability), 4.0 / 8.0);
    close(dropped.figure(FigureKind::TimeBetweenRegressions), 5.0);
    assert_eq!(dropped.figure(FigureKind::MedianFailureAge), None);
    close(dropped.figure(FigureKind::PassRate), 1.0);
}

#[test]
fn without_data_there_are_no_values() {
    let mut dropped = Dropped::new([]);
    assert!(dropped.more_figures().iter().all(|figure| figure.value.is_none()));
}

/// The summary has the values of the page.
#[test]
fn the_summary_has_every_figure() {
    let mut dropped = story();
    let figures = dropped.more_figures();
    let summary: serde_json::Value = serde_json::from_str(&dropped.export(Export::SummaryJson)).unwrap();
    let metrics = summary["metrics"].as_object().unwrap();
    assert_eq!(metrics.len(), figures.len());
    for MoreFigure { kind, value } in figures {
        let metric = &metrics[kind.key()];
        assert_eq!(metric["unit"], kind.unit().word());
        match value {
            None => assert!(metric["value"].is_null()),
            Some(value) => assert!((metric["value"].as_f64().unwrap() - value).abs() < 1e-6, "{kind:?}"),
        }
    }
}

/// `docs/figures.md` shows each figure of the demo. `UPDATE_FIGURES=1` writes it.
#[test]
fn the_document_of_figures_is_up_to_date() {
    let mut text = "# More figures\n\nThe Overview shows them behind **More figures**, and *Summary (JSON)* has them under \
        `metrics`. A verdict is passed or failing (failed or error); other outcomes have none. The examples are \
        the values of the demo.\n\n| figure | key | example | why | formula |\n|---|---|---:|---|---|\n"
        .to_owned();
    for MoreFigure { kind, value } in crate::demo::demo().more_figures() {
        let shown = value.map_or("–".to_owned(), |value| match kind.unit() {
            FigureUnit::Share => format!("{:.1} %", value * 100.0),
            FigureUnit::Days => format!("{value:.1} days"),
            FigureUnit::PerMinute => format!("{value:.1}"),
        });
        writeln!(
            text,
            "| {} | `{}` | {shown} | {} | {} |",
            kind.name(),
            kind.key(),
            kind.rationale(),
            kind.formula()
        )
        .unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/figures.md");
    if std::env::var_os("UPDATE_FIGURES").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), text, "run with UPDATE_FIGURES=1");
}
