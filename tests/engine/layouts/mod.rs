//! Which DUT, build and session each file belongs to, in layouts whose truth is known.
//!
//! The generator makes layouts of 17 naming styles, every style equally often and with fixed seeds.
//! `cargo test --test engine layouts -- --nocapture` prints the figures of each style.

mod generator;
mod score;
mod shapes;

use crate::Dropped;
use generator::{File, layouts};
use passgrid::model::Timestamp;
use score::{Answer, Score};
use std::collections::BTreeMap;
use std::fmt::Write;

/// How many layouts there are of each style.
const OF_EACH: u64 = 40;

/// A JUnit report with the tests of a file. The number makes it differ from all others.
fn junit(file: &File, number: usize) -> String {
    let start = |seconds: u32| Timestamp::from_unix_seconds(1.79e9 + f64::from(seconds)).unwrap().iso();
    let started = file.started_s.map_or(String::new(), |s| format!(" timestamp='{}'", start(s)));
    let mut text = format!("<testsuite name='s'{started}><!-- {number} -->");
    for (scope, name) in &file.tests {
        write!(text, "<testcase classname='{scope}' name='{name}'/>").unwrap();
    }
    text + "</testsuite>"
}

/// Drops files, and returns what is found.
fn answers(files: &[File]) -> Vec<Answer> {
    let mut dropped = Dropped::default();
    for (number, file) in files.iter().enumerate() {
        dropped.add(&file.path, junit(file, number).as_bytes());
    }
    let data = dropped.data();
    let answer = |file: usize| {
        let part = data.files[file].parts[0];
        let identity = &data.history.identities[part.index()];
        let session = data.history.session_of[part.index()].unwrap();
        Answer {
            dut: identity.dut.value.clone(),
            is_dut_guess: identity.dut.evidence.doubtful,
            build: identity.build.as_ref().map(|build| build.value.clone()),
            is_build_guess: identity.build.as_ref().is_some_and(|build| build.evidence.doubtful),
            is_session_guess: data.history.session(session).identity.session.evidence.doubtful,
            session: session.index(),
        }
    };
    (0..files.len()).map(answer).collect()
}

#[test]
fn layouts_of_all_styles_are_understood() {
    let mut by_style: BTreeMap<&str, Score> = BTreeMap::new();
    for layout in layouts(OF_EACH) {
        by_style.entry(layout.style).or_default().add(&layout.files, &answers(&layout.files));
    }
    let mut all = Score::default();
    for (style, score) in &by_style {
        println!("{}", score.line(style));
        all.merge(score);
    }
    println!("{}", all.line("all"));
    for (style, score) in by_style.into_iter().chain([("all", all)]) {
        let least = [score.duts(), score.builds(), score.precision(), score.recall()];
        assert!(least.iter().all(|&share| share >= 0.97), "{}", score.line(style));
        assert!(score.wrong_and_sure() <= 0.01, "{}", score.line(style));
    }
}
