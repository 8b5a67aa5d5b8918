//! Secrets in downloads: which are found, and that redacted ones are in none of them.

use crate::Dropped;
use crate::exports_for_others::junit;
use passgrid::engine::{FileSearch, GetSecrets, GetTableSecrets, MakeTableCsv};
use passgrid::export::{Export, Redaction, Searched};
use passgrid::figures::FigureTable;
use passgrid::query::Filter;

/// A secret for each field: no real ones, and none that a scanner of this file would take for one.
pub fn token(field: usize) -> String {
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
            let (filter, pattern) = Default::default();
            let ask = GetSecrets { kind, filter, pattern, has_files: false };
            dropped.engine.ask(ask).unwrap().findings
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
        let pattern = String::new();
        dropped.engine.ask(GetSecrets { kind, filter, pattern, has_files: false }).unwrap().findings
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
fn what_gives_no_access_is_shown_in_full() {
    let cases = "<testcase name='a'><failure message='ask jo.doe@acme.example, who is /home/jo at bench-7.lab'/></testcase>\
                 <testcase name='b'><failure message='password = Zx81spectrum99 on bench-7.internal'/></testcase>";
    let text = junit("A", "", cases);
    let mut dropped = Dropped::new([("a.xml", text.as_bytes())]);
    let (filter, pattern) = Default::default();
    let ask = GetSecrets { kind: Export::ResultsCsv, filter, pattern, has_files: false };
    let found = dropped.engine.ask(ask).unwrap().findings;
    let mut samples: Vec<&str> = found.iter().map(|finding| finding.sample.as_str()).collect();
    samples.sort_unstable();
    assert_eq!(samples, ["Z…", "bench-7.internal", "jo", "jo.doe@acme.example"]);
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
        let ask = GetSecrets { kind: Export::SummaryJson, filter, pattern, has_files: false };
        dropped.engine.ask(ask).map(|searched| searched.findings)
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
    let filter = Filter::default();
    let ask = GetSecrets { kind: Export::SummaryJson, filter, pattern, has_files: false };
    let problem = dropped.engine.ask(ask).unwrap_err();
    assert_eq!(problem, "your pattern finds 1100 different texts; 1000 are the limit");
}

/// Searches files as their host does, in pieces of this size.
pub fn search(
    dropped: &mut Dropped,
    files: &[&[u8]],
    pattern: &str,
    piece: usize,
) -> Result<Searched, String> {
    let (mut search, ids) = FileSearch::new(dropped.data(), pattern)?;
    for id in ids {
        search.open(&dropped.data().file(id).path.clone());
        let is_whole = files[id.index()].chunks(piece.max(1)).all(|piece| search.push(piece));
        if is_whole {
            search.close();
        }
    }
    search.finish()
}

#[test]
fn what_only_files_have_is_found() {
    let [message, output, other] = [token(0), token(1), token(2)];
    let case = format!(
        "<testcase name='a'><failure message='{message}'>{message}</failure>\n<system-out>\u{1b}[31m{output}, {output}\n\
         {output} ann@lab.example</system-out></testcase>"
    );
    let text = junit("A", "", &case);
    let noise = format!("{}\n{other}", "é and more\n".repeat(300_000));
    let wide: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(noise.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let binary = [b"\0\x01 ann@lab.example ghp_".as_slice(), &token(4).as_bytes()[4..], b"\0"].concat();
    for (log, piece) in
        [(noise.as_bytes(), usize::MAX), (noise.as_bytes(), 4099), (&wide, 65_537), (&wide, 999)]
    {
        let files = [text.as_bytes(), log, &binary, b"PK\x03\x04 of another"];
        let paths = ["a.xml", "log.txt", "x.bin", "inner.zip"];
        let mut dropped = Dropped::new(paths.into_iter().zip(files));
        let searched = search(&mut dropped, &files, "", piece).unwrap();
        let found: Vec<_> = searched
            .findings
            .iter()
            .map(|finding| (finding.kind.as_str(), finding.number, finding.count, finding.places.join(", ")))
            .collect();
        let line = |file: &str, line: u32| format!("line {line} of {file}");
        assert_eq!(
            found,
            [
                ("GitHub token", 1, 1, "message of a, session a.xml of A".to_owned()),
                ("GitHub token", 2, 3, "line 2 of a.xml, line 2 of a.xml, line 3 of a.xml".to_owned()),
                ("GitHub token", 3, 1, line("log.txt", 300_002)),
                ("GitHub token", 4, 1, line("x.bin", 1)),
                ("e-mail address", 1, 1, line("a.xml", 3)),
            ]
        );
        assert_eq!(searched.gaps, ["Not searched, or not all of it: inner.zip."]);
    }
    let files = [text.as_bytes()];
    let mut dropped = Dropped::new([("a.xml", files[0])]);
    let own = search(&mut dropped, &files, r"/\w+\.example/", 7).unwrap();
    assert!(
        own.findings.iter().any(|finding| finding.sample.starts_with('l') && finding.count == 1),
        "{own:?}"
    );
    assert!(search(&mut dropped, &files, "/(/", 7).is_err());
}

#[test]
fn a_search_that_is_stopped_says_so() {
    let text = junit("A", "", &format!("<testcase name='a'/><!-- {} -->", token(0)));
    let mut dropped = Dropped::new([("a.xml", text.as_bytes())]);
    let (mut search, _) = FileSearch::new(dropped.data(), "").unwrap();
    search.open("a.xml");
    assert!(search.push(text.as_bytes()));
    search.stop();
    let searched = search.finish().unwrap();
    assert_eq!(searched.findings.len(), 1);
    assert_eq!(searched.gaps, ["Only the first 0.0 MB of 0.0 MB were searched: more takes too long."]);
}

#[test]
fn the_table_of_a_chart_is_searched() {
    let [dut, other] = [token(0), token(1)];
    let text = junit(&dut, "", "<testcase name='a'/>");
    let mut dropped = Dropped::new([("a.xml", text.as_bytes())]);
    let table = FigureTable {
        head: vec!["build".to_owned(), format!("rate of {dut}")],
        rows: vec![vec!["1.0".to_owned(), "0.5".to_owned()], vec![other.clone(), "1".to_owned()]],
    };
    let ask = GetTableSecrets { table: table.clone(), pattern: String::new() };
    let found = dropped.engine.ask(ask).unwrap();
    let places: Vec<_> = found.iter().flat_map(|finding| &finding.places).collect();
    assert_eq!(places, ["name of a column", "row 2"]);
    let mut csv = |ids: Vec<u64>| {
        let redaction = Redaction { ids, pattern: String::new() };
        let ask = MakeTableCsv { file_stem: "rates".to_owned(), table: table.clone(), redaction };
        let file = dropped.engine.ask(ask).unwrap();
        (file.name, String::from_utf8(file.bytes).unwrap())
    };
    let (name, text) = csv(Vec::new());
    assert!(name == "rates.csv" && text.contains(&dut) && text.contains(&other), "{name}: {text}");
    let (name, text) = csv(found.iter().map(|finding| finding.id).collect());
    let expected = "build,rate of [redacted GitHub token 1]\r\n1.0,0.5\r\n[redacted GitHub token 2],1\r\n";
    assert_eq!((name.as_str(), text.as_str()), ("rates-redacted.csv", expected));
}
