//! The demo is read as its own table and README say.

use crate::Dropped;
use crate::dropped::{folder, tree};
use passgrid::engine::GetOverview;
use passgrid::model::Outcome;

pub fn demo() -> Dropped {
    let files = tree(&folder("fixtures/demo/reports"));
    Dropped::new(files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())))
}

/// Each report gives the DUT, build and figures that other parsers counted.
#[test]
fn every_report_is_read_as_counted() {
    let mut dropped = demo();
    dropped.check_sums();
    let data = dropped.data();
    let mut found =
        String::from("path\tdut\tbuild\tresults\tpassed\tfailed\terror\tskipped\txfailed\txpassed\tflaky\n");
    let mut files: Vec<_> = data.files.iter().collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    for file in files {
        let [part] = file.parts[..] else { panic!("{}: {:?}", file.path, file.parts) };
        let identity = &data.history.identities[part.index()];
        let counts = &data.part(part).counts;
        let build = identity.build.as_ref().map_or("", |build| &build.value);
        let figures = [
            Outcome::Passed,
            Outcome::Failed,
            Outcome::Error,
            Outcome::Skipped,
            Outcome::XFailed,
            Outcome::XPassed,
        ]
        .map(|outcome| counts.of(outcome).to_string())
        .join("\t");
        found.push_str(&format!(
            "{}\t{}\t{build}\t{}\t{figures}\t{}\n",
            file.path,
            identity.dut.value,
            counts.results(),
            counts.flaky
        ));
    }
    let expected = std::fs::read_to_string(folder("fixtures/demo/EXPECTED.tsv")).unwrap();
    similar(&expected, &found);
    let list = std::fs::read_to_string(folder("fixtures/demo/files.txt")).unwrap();
    let paths: Vec<_> = tree(&folder("fixtures/demo/reports")).into_iter().map(|(path, _)| path).collect();
    assert_eq!(list.lines().collect::<Vec<_>>(), paths);
}

fn similar(expected: &str, found: &str) {
    for (a, b) in expected.lines().zip(found.lines()) {
        assert_eq!(a, b);
    }
    assert_eq!(expected, found);
}

/// The overview matches the demo's README.
#[test]
fn the_overview_says_what_the_readme_says() {
    let overview = demo().engine.ask(GetOverview);
    assert_eq!(
        overview.headline.text(),
        "3 of 5 DUTs fail. 14 tests fail, 9 of them only on max-b1; 3 are new since build 2.4.0, and 1 \
         was fixed. one-a1’s results are incomplete."
    );
    assert_eq!((overview.tests_all, overview.sessions, overview.failing_total), (205, 36, 14));
    assert_eq!((overview.now.results(), overview.all.results()), (1016, 7371));
    assert_eq!((overview.now.flaky, overview.all.flaky, overview.problems.partly), (2, 11, 1));
}
