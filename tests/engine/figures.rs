//! Figures: their JSON is what plotly.js expects, and their tables and links match it.

use crate::Dropped;
use crate::story::{junit, junit_of, story};
use passgrid::analyze::pass_rate_by_build;
use passgrid::figures::{self, Figure, FigureLink, Theme};
use passgrid::query::Measure;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn theme() -> Theme {
    Theme {
        text: "#111".to_owned(),
        muted: "#666".to_owned(),
        grid: "#ddd".to_owned(),
        background: "#fff".to_owned(),
        font: "system-ui".to_owned(),
        lines: ["#a00", "#0a0", "#00a"].map(str::to_owned).to_vec(),
    }
}

fn pass_rate(dropped: &mut Dropped) -> Option<Figure> {
    figures::measure_by_build(&pass_rate_by_build(dropped.data()), Measure::PassRate, false, &theme())
}

fn parsed(figure: &Figure) -> Value {
    serde_json::from_str(&figure.json).unwrap()
}

/// Two builds of each of these DUTs; all pass.
fn boards(count: usize) -> Dropped {
    let mut dropped = Dropped::default();
    for dut in 0..count {
        for day in 1..3 {
            let board = format!("board_{dut}");
            let text = junit_of(&board, &format!("2026-11-0{day}T10:00:00"), "s x passed");
            dropped.add(&format!("1.{day}/{board}.xml"), text.as_bytes());
        }
    }
    dropped
}

#[test]
fn the_pass_rate_as_lines() {
    let figure = pass_rate(&mut story()).unwrap();
    let json = parsed(&figure);
    let rows = std::iter::once(&figure.table.head).chain(&figure.table.rows);
    let table: Vec<String> = rows.map(|row| row.join(" | ")).collect();
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        insta::assert_snapshot!("figures__pass-rate", serde_json::to_string_pretty(&json).unwrap());
        insta::assert_snapshot!("figures__pass-rate-table", table.join("\n"));
    });
    assert_eq!(figure.title, "Pass rate per DUT over builds");
    assert_eq!(figure.note, None);
    let worst = &json["data"][0];
    assert_eq!(worst["type"], "scatter");
    assert_eq!(worst["mode"], "lines+markers");
    assert_eq!(worst["name"], "DUT_C");
    assert_eq!(worst["x"], json!(["1.0", "1.1", "1.2"]));
    assert_eq!(worst["y"], json!([75.0, 50.0, 40.0]));
    assert_eq!(worst["hovertext"][0], "DUT_C, 1.0: 75.0 % (3 of 4)");
    assert_eq!(json["data"][1]["hovertext"][2], "DUT_B, 1.2: 50.0 % (1 of 2); truncated");
    // DUT_D has the last build only.
    assert_eq!(json["data"][2]["y"], json!([null, null, 66.666667]));
    assert_eq!(json["layout"]["yaxis"]["range"], json!([40.0, 100.0]));
    assert_eq!(json["layout"]["yaxis"]["ticksuffix"], " %");
    assert_eq!(json["layout"]["xaxis"]["type"], "category");
    assert_eq!(json["layout"]["xaxis"]["categoryarray"], json!(["1.0", "1.1", "1.2"]));
    assert_eq!(json["config"], json!({"displayModeBar": false, "responsive": true}));
}

/// Each point with a value has a link to its DUT, build and session.
#[test]
fn points_lead_to_their_sessions() {
    let mut dropped = story();
    let figure = pass_rate(&mut dropped).unwrap();
    let json = parsed(&figure);
    let traces = json["data"].as_array().unwrap();
    assert_eq!(figure.links.len(), traces.len());
    for (links, trace) in figure.links.iter().zip(traces) {
        let (x, y) = (trace["x"].as_array().unwrap(), trace["y"].as_array().unwrap());
        assert_eq!((links.len(), x.len()), (y.len(), y.len()));
        for ((link, x), y) in links.iter().zip(x).zip(y) {
            assert_eq!(link.is_some(), y.is_number());
            if let Some(FigureLink { dut, build, session }) = link {
                assert_eq!((json!(dut), json!(build)), (trace["name"].clone(), x.clone()));
                assert!(dropped.data().find_session(dut, Some(session)).is_some());
            }
        }
    }
}

/// Two lines never differ in color only, even if the theme has few colors.
#[test]
fn lines_differ_in_symbol_or_dash() {
    let figure = pass_rate(&mut boards(31)).unwrap();
    let json = parsed(&figure);
    let traces = json["data"].as_array().unwrap();
    let looks: BTreeSet<String> = traces
        .iter()
        .map(|trace| format!("{} {}", trace["marker"]["symbol"], trace["line"]["dash"]))
        .collect();
    assert_eq!((traces.len(), looks.len()), (30, 30));
    let neighbors = traces.iter().zip(traces.iter().skip(1));
    for (a, b) in neighbors {
        assert_ne!(a["line"]["color"], b["line"]["color"]);
        assert_ne!(a["line"]["dash"], b["line"]["dash"]);
        assert_ne!(a["marker"]["symbol"], b["marker"]["symbol"]);
    }
    assert_eq!(figure.note.as_deref(), Some("Shows the 30 of 31 DUTs with the lowest latest pass rate."));
}

#[test]
fn only_few_lines_have_a_legend() {
    for (duts, has_legend) in [(12, true), (13, false)] {
        let json = parsed(&pass_rate(&mut boards(duts)).unwrap());
        assert_eq!(json["layout"]["showlegend"], json!(has_legend), "{duts} DUTs");
    }
}

/// plotly.js reads tags in texts, so names are escaped in the JSON and nowhere else.
#[test]
fn names_are_not_html() {
    let mut dropped = boards(1);
    for file in [0, 1] {
        let file = passgrid::model::FileId(file);
        dropped.assign(&[file], passgrid::model::IdentityField::Dut, Some("<b>a</b>"));
    }
    let figure = pass_rate(&mut dropped).unwrap();
    let json = parsed(&figure);
    assert_eq!(json["data"][0]["name"], "&lt;b&gt;a&lt;/b&gt;");
    assert_eq!(json["data"][0]["hovertext"][0], "&lt;b&gt;a&lt;/b&gt;, 1.1: 100 % (1 of 1)");
    assert_eq!(figure.table.rows[0][0], "<b>a</b>");
    assert_eq!(figure.links[0][0].as_ref().unwrap().dut, "<b>a</b>");
}

#[test]
fn one_build_has_no_figure() {
    let text = junit("2026-11-01T10:00:00", "s x passed");
    let mut dropped = Dropped::new([("1.0/a.xml", text.as_bytes())]);
    assert_eq!(pass_rate(&mut dropped), None);
    assert_eq!(pass_rate(&mut Dropped::default()), None);
}
