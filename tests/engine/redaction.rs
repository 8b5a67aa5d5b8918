//! Secrets in downloads: which are found, and that redacted ones are in none of them.

use crate::Dropped;
use crate::exports_for_others::junit;
use passgrid::engine::GetSecrets;
use passgrid::export::{Export, Redaction};
use passgrid::query::Filter;

/// A secret for each field: no real ones, and none that a scanner of this file would take for one.
fn token(field: usize) -> String {
    let letters: String = ('a'..='z').cycle().skip(field).take(36).collect();
    format!("ghp_{letters}")
}

#[test]
fn redacted_secrets_are_in_no_download() {
    let fields: Vec<String> = (0..14).map(token).collect();
    let [dut, unit, build, session, name, class, message, property, key, attempt, password, file, skip, long] =
        &fields[..]
    else {
        panic!("one secret per field")
    };
    let properties = [("unit", unit), ("build", build), ("session", session), ("note", property)];
    let properties: String =
        properties.iter().map(|(name, value)| format!("<property name='{name}' value='{value}'/>")).collect();
    let cases = format!(
        "<testcase classname='c.{class}' name='t {name}'><failure message='Größe \"{message}\"&#10;x'/></testcase>\
         <testcase name='u'><failure message='first {attempt}'/><rerunFailure message='second'/></testcase>\
         <testcase name='v'><skipped message='https://u:{password}@h.example/ and {skip}'/></testcase>\
         <testcase name='w'><failure message='{} {long}'/></testcase>",
        "x".repeat(270),
    );
    let properties = format!("{properties}<property name='k_{key}' value='v'/>");
    let text = junit(dut, &properties, &cases);
    let path = format!("{file}.xml");
    let mut dropped = Dropped::new([(path.as_str(), text.as_bytes())]);
    let all = |dropped: &mut Dropped| {
        let of_kind = |&kind: &Export| {
            let ask = GetSecrets { kind, filter: Filter::default(), pattern: String::new() };
            dropped.engine.ask(ask).unwrap()
        };
        let mut found: Vec<_> = Export::ALL.iter().flat_map(of_kind).collect();
        found.sort_by_key(|finding| finding.id);
        found.dedup_by_key(|finding| finding.id);
        found
    };
    let found = all(&mut dropped);
    assert!(found.iter().all(|finding| finding.is_certain && finding.count > 0), "{found:?}");
    let redaction =
        Redaction { ids: found.iter().map(|finding| finding.id).collect(), pattern: String::new() };
    // Each is in a download before, and in none after. A part of one would do, too.
    let texts = |dropped: &mut Dropped, redaction: &Redaction| -> Vec<String> {
        Export::ALL.iter().map(|&kind| dropped.export_redacted(kind, redaction.clone())).collect()
    };
    let before = texts(&mut dropped, &Redaction::default());
    let after = texts(&mut dropped, &redaction);
    for secret in &fields {
        let start = &secret[..16];
        assert!(before.iter().any(|text| text.contains(start)), "{secret} is in a download");
        for (text, kind) in after.iter().zip(Export::ALL) {
            assert!(!text.contains(start), "{secret} is in {kind:?}: {text}");
        }
    }
    let summary = &after[0];
    assert!(summary.contains("\"redacted\":") && summary.contains("[redacted GitHub token 1]"), "{summary}");
    // Consistent: the DUT has the same placeholder wherever it is named.
    let placeholder = |text: &str| {
        text.split("\"duts\":[")
            .nth(1)
            .unwrap()
            .split("\"name\":\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned()
    };
    let dut = placeholder(summary);
    for (text, kind) in after.iter().zip(Export::ALL) {
        if !matches!(
            kind,
            Export::BadgeSvg
                | Export::KnownIssuesJson
                | Export::FlakyCsv
                | Export::MetricsCsv
                | Export::CompareCsv
                | Export::TimingCsv
        ) {
            assert!(text.contains(&dut), "{dut} in {kind:?}: {text}");
        }
    }
    // Reading the redacted summary finds nothing any more.
    let mut again = Dropped::new([("x.json", summary.as_bytes())]);
    assert_eq!(all(&mut again), []);
}

#[test]
fn only_what_a_download_carries_is_found() {
    let secret = token(0);
    let cases = format!(
        "<testcase name='a'><failure message='{secret}'/></testcase><testcase name='b'><failure message='x'/></testcase>"
    );
    let text = junit("A", "", &cases);
    let mut dropped = Dropped::new([("a.xml", text.as_bytes())]);
    let mut found = |kind, filter: Filter| {
        dropped.engine.ask(GetSecrets { kind, filter, pattern: String::new() }).unwrap()
    };
    let [finding] = &found(Export::ResultsCsv, Filter::default())[..] else { panic!("one secret") };
    assert_eq!((finding.kind.as_str(), finding.number, finding.count), ("GitHub token", 1, 1));
    assert_eq!(finding.sample, "ghp_…ij");
    assert_eq!(finding.places, ["message of a, session a.xml of A"]);
    assert_eq!(found(Export::GridCsv, Filter::default()), []);
    assert_eq!(found(Export::BadgeSvg, Filter::default()), []);
    let other = Filter { text: "b".to_owned(), ..Filter::default() };
    assert_eq!(found(Export::ResultsCsv, other), []);
}

#[test]
fn an_own_pattern_is_found_and_replaced() {
    let cases = "<testcase name='a'><failure message='serial SN-0042 of Falcon'/></testcase>\
                 <testcase name='b'><failure message='serial SN-0043, then SN-0042'/></testcase>";
    let text = junit("A", "", cases);
    let mut dropped = Dropped::new([("a.xml", text.as_bytes())]);
    let mut found = |pattern: &str| {
        let filter = Filter::default();
        let pattern = pattern.to_owned();
        dropped.engine.ask(GetSecrets { kind: Export::SummaryJson, filter, pattern })
    };
    assert_eq!(found("").unwrap(), []);
    // A text is no expression.
    assert_eq!(found("SN-....").unwrap(), []);
    let [falcon] = &found("Falcon").unwrap()[..] else { panic!("one text") };
    assert_eq!((falcon.kind.as_str(), falcon.count, falcon.is_certain), ("text of your own", 1, true));
    let serials = found(r"/SN-\d{4}/").unwrap();
    assert_eq!(serials.iter().map(|finding| finding.count).collect::<Vec<_>>(), [2, 1]);
    for broken in ["/(/", "/a{1000}{1000}/"] {
        let problem = found(broken).unwrap_err();
        assert!(problem.starts_with("this is not a regular expression: "), "{problem}");
    }
    // An expression that finds nothing of length is none; slashes alone are a text.
    assert_eq!(found("/z*/").unwrap(), []);
    assert_eq!(found("//").unwrap(), []);
    let ids = serials.iter().map(|finding| finding.id).collect();
    let redaction = Redaction { ids, pattern: r"/SN-\d{4}/".to_owned() };
    let summary = dropped.export_redacted(Export::SummaryJson, redaction);
    assert!(!summary.contains("SN-004") && summary.contains("Falcon"), "{summary}");
    let same = "serial [redacted text of your own 2], then [redacted text of your own 1]";
    assert!(summary.contains(same), "{summary}");
    assert!(summary.contains("\"redacted\": 3") || summary.contains("\"redacted\":3"), "{summary}");
}

#[test]
fn a_pattern_that_finds_too_much_replaces_nothing() {
    let cases: String = (0..1100).map(|n| format!("<testcase name='t{n}'/>")).collect();
    let text = junit("A", "", &cases);
    let mut dropped = Dropped::new([("a.xml", text.as_bytes())]);
    let pattern = r"/t\d+/".to_owned();
    let ask = GetSecrets { kind: Export::SummaryJson, filter: Filter::default(), pattern };
    let problem = dropped.engine.ask(ask).unwrap_err();
    assert_eq!(problem, "your pattern finds 1100 different texts; 1000 are the limit");
}
