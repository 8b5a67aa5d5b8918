//! Formats of labs and test farms: their measurements, and which of their files belong together.

use crate::Dropped;
use crate::dropped::{counts, folder};
use passgrid::import::{Details, Measurement, SectionKind};
use passgrid::model::Outcome;

fn drop_all(paths: &[&str]) -> Dropped {
    let mut dropped = Dropped::default();
    for path in paths {
        let bytes = std::fs::read(folder("fixtures").join(path)).unwrap();
        dropped.add(path, &bytes);
    }
    dropped
}

/// `dut session build: figures` of each session.
fn sessions(dropped: &mut Dropped) -> Vec<String> {
    let line = |session: &passgrid::model::Session| {
        let (dut, build) = (&session.identity.dut.value, session.build().unwrap_or("–"));
        format!("{dut} {} {build}: {}", session.id, counts(&session.counts))
    };
    dropped.data().history.sessions.iter().map(line).collect()
}

/// The details of the last attempt of a test.
fn details(dropped: &mut Dropped, name: &str) -> Details {
    dropped.page_of(name).attempts.pop().unwrap().details
}

/// `name text unit [lower upper] ±deviation outcome rule`.
fn told(measured: &Measurement) -> String {
    let Measurement { name, text, unit, lower, upper, deviation, rule, outcome, .. } = measured;
    let outcome = outcome.map_or("–", Outcome::word);
    format!("{name} {text} {unit} [{lower:?} {upper:?}] ±{deviation:?} {outcome} {rule}")
}

#[test]
fn openhtf_measures_with_limits_and_units() {
    let mut dropped = drop_all(&["openhtf/openhtf-1.6.3/DUT_A_0001.json"]);
    let power = details(&mut dropped, "power");
    let expected = [
        "vcc 3.3 V [Some(3.1) Some(3.5)] ±None passed 3.1 <= x <= 3.5",
        "ripple 0.045 V [None Some(0.05)] ±None passed x <= Marginal:0.04 <= 0.05",
        "serial SN12  [None None] ±None passed 'x' matches /^SN\\d+$/",
        "gain 19.5  [None None] ±None passed 'x' is within 5% of 20.",
        "channels 4  [Some(4.0) Some(4.0)] ±None passed x == 4",
        "sweep [[50, 7.142857142857143], [60, 8.571428571428571]]  [None None] ±None passed ",
    ];
    assert_eq!(power.measurements.iter().map(told).collect::<Vec<_>>(), expected);
    assert_eq!(power.measurements[0].number, Some(3.3));
    assert_eq!(power.properties[0], ("attachment note".to_owned(), "text/plain".to_owned()));
    let current = details(&mut dropped, "current");
    let outcomes: Vec<_> = current.measurements.iter().map(|measured| measured.outcome).collect();
    assert_eq!(outcomes, [Some(Outcome::Failed), Some(Outcome::NotRun)]);
    // Each attempt has its own.
    let page = dropped.page_of("measure");
    let noise = page.attempts.iter().map(|attempt| attempt.details.measurements[0].number);
    assert_eq!(noise.collect::<Vec<_>>(), [Some(20.0), Some(0.0)]);
}

#[test]
fn openhtf_keeps_exceptions_and_the_log() {
    let mut dropped = drop_all(&["openhtf/openhtf-1.6.3/DUT_B_0002.json"]);
    let broken = details(&mut dropped, "broken");
    let reason = &broken.sections[0];
    assert_eq!((reason.kind, reason.title.as_str()), (SectionKind::Reason, "ValueError"));
    assert_eq!(reason.message, "relay <stuck> & closed");
    assert!(reason.text.starts_with("Traceback (most recent call last):"), "{}", reason.text);
    let (title, log) = &dropped.data().parts[0].draft.texts[0];
    assert!(title == "log" && log.contains("INFO     bench.py:"), "{log}");
}

/// YAML, JSON and CSV (which is read as a table) of one job have the same results.
#[test]
fn lava_measures() {
    for file in ["results.yaml", "results.csv", "results.json"] {
        let mut dropped = drop_all(&[&format!("lava/lava-2026.05/{file}")]);
        let written = details(&mut dropped, "dd-write");
        let name = if file.ends_with("csv") { "measured" } else { "dd-write" };
        let expected = [format!("{name} 42.5000000000 MB/s [None None] ±None – ")];
        assert_eq!(written.measurements.iter().map(told).collect::<Vec<_>>(), expected, "{file}");
        assert_eq!(written.measurements[0].number, Some(42.5));
        assert!(details(&mut dropped, "uname").measurements.is_empty());
    }
    let mut dropped = drop_all(&["lava/lava-2026.05/results.yaml"]);
    let job = details(&mut dropped, "job");
    assert_eq!(job.sections[0].title, "Infrastructure");
    assert!(job.sections[0].text.ends_with("see the log"));
    let login = details(&mut dropped, "login-action");
    let prompts = login.properties.iter().filter(|(name, _)| name == "metadata.extra.prompts");
    assert_eq!(prompts.map(|(_, value)| value.as_str()).collect::<Vec<_>>(), ["root@board:", "# "]);
}

/// Tests and metrics of a run are one session, to which the metadata apply.
#[test]
fn squad_files_of_a_folder_are_one_run() {
    let files = ["squad/shapes/tests.json", "squad/shapes/metrics.json", "squad/shapes/metadata.json"];
    let expected = [
        "dragonboard-410c lkft-7781 6f2b5d1: 13 results, 4 passed, 2 failed, 2 skipped, 1 xfailed, 4 unknown",
    ];
    let mut dropped = drop_all(&files);
    assert_eq!(sessions(&mut dropped), expected);
    let session = &dropped.data().history.sessions[0];
    assert_eq!(session.started.unwrap().iso(), "2026-08-19T18:25:43Z");
    let mut files = files;
    files.reverse();
    let mut dropped = drop_all(&files);
    assert_eq!(sessions(&mut dropped), expected);
    let tcp = details(&mut dropped, "tcp");
    let deviation = tcp.measurements[0].deviation.unwrap();
    assert!((deviation - 0.737_111).abs() < 1e-6, "{deviation}");
    assert_eq!(tcp.measurements[0].text, "93.366667");
    assert_eq!(tcp.properties, [("values".to_owned(), "93.1, 94.2, 92.8".to_owned())]);
    assert_eq!(details(&mut dropped, "latency").measurements[0].unit, "ms");
    let variant = details(&mut dropped, "tcp[variant/two]");
    assert_eq!(variant.sections[0].text, "connect: timed out\nafter 30 s");
}

/// Avocado's XML reports the same run as its JSON, with another start time.
#[test]
fn avocado_reports_a_job_in_two_formats() {
    let mut dropped = drop_all(&["avocado/avocado-113/results.json", "avocado/avocado-113/results.xml"]);
    let [session] = &sessions(&mut dropped)[..] else { panic!() };
    assert!(session.ends_with(": 7 results, 3 passed, 2 failed, 1 error, 1 skipped"), "{session}");
    let failed = details(&mut drop_all(&["avocado/avocado-113/results.json"]), "test_io.py:Io.test_fail");
    assert_eq!(failed.sections[0].text, "disk <sda> & friends");
}

#[test]
fn yocto_logs() {
    let mut dropped = drop_all(&["yocto/resulttool-5.2/testresults.json"]);
    let error = details(&mut dropped, "test_parselogs");
    assert_eq!(error.sections[0].title, "ERROR");
    assert!(error.sections[0].text.ends_with("OSError: no log"));
    let of_ptest =
        &dropped.data().parts.iter().find(|part| !part.draft.texts.is_empty()).unwrap().draft.texts;
    let titles: Vec<&str> = of_ptest.iter().map(|(title, _)| title.as_str()).collect();
    assert_eq!(titles, ["ptestresult acl", "ptestresult glib-2.0"]);
}

#[test]
fn ltp_logs() {
    let mut dropped = drop_all(&["kirk/kirk-2.1/report.json"]);
    let failed = details(&mut dropped, "read02");
    assert!(failed.sections[0].text.contains("TINFO: LTP version"));
    assert!(failed.properties.contains(&("arguments".to_owned(), "[ \"-i\", \"1\" ]".to_owned())));
}

/// Hostile YAML is read quickly and without a panic.
#[test]
fn hostile_yaml() {
    for piece in ["[", "{a: ", "- ", "&a [*a, ", "? ", "'", "!!x ", "a: |\n   ", "\"\\x", "\u{1a}", "- - "] {
        let text = format!(
            "- job: '1'\n  suite: s\n  measurement: None\n  name: x\n  result: pass\n  metadata: {}\n- {{job: '1', suite: s, name: y, result: fail}}\n",
            piece.repeat(40_000)
        );
        let start = std::time::Instant::now();
        let mut dropped = Dropped::new([("x.yaml", text.as_bytes())]);
        dropped.check_sums();
        assert!(start.elapsed().as_secs() < 5, "{piece:?} took {:?}", start.elapsed());
    }
}
