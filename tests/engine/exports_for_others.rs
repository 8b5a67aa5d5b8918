//! Downloads for other tools and people: the report and the badge.

use crate::Dropped;
use passgrid::export::Export;

/// A report of JUnit with these cases, of a DUT.
pub fn junit(dut: &str, properties: &str, cases: &str) -> String {
    format!(
        "<testsuites><testsuite name='s'><properties><property name='dut' value='{dut}'/>{properties}</properties>\
         {cases}</testsuite></testsuites>"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\'', "&apos;")
        .replace('\n', "&#10;")
}

/// Names that would be markup, mentions, references or the end of a cell.
const HOSTILE: [&str; 12] = [
    "a|b",
    "a\\|b",
    "a\\",
    "`x`",
    "``x",
    "<script>alert(1)</script>",
    "![x](https://evil.example/x.png)",
    "@octocat",
    "#1 and !2",
    "**bold** _it_",
    "--- | ---",
    "https://evil.example",
];

/// Splits a row of a table as GitHub and GitLab do: a backslash keeps the sign behind it from being a bar.
fn cells(row: &str) -> usize {
    let (mut bars, mut signs) = (0, row.chars());
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => drop(signs.next()),
            '|' => bars += 1,
            _ => {}
        }
    }
    bars - 1
}

/// Removes what is in code spans and in `<code>`, where nothing is markup.
fn without_code(report: &str) -> String {
    let mut rest = report;
    let mut plain = String::new();
    while let Some(at) = rest.find('`') {
        plain += &rest[..at];
        let quotes = rest[at..].chars().take_while(|c| *c == '`').count();
        let quote = "`".repeat(quotes);
        let inner = &rest[at + quotes..];
        let ends = inner.match_indices(&quote);
        let mut ends =
            ends.filter(|(end, _)| !inner[..*end].ends_with('`') && !inner[end + quotes..].starts_with('`'));
        let (end, _) = ends.next().expect("each span of code ends");
        assert!(!inner[..end].contains('\n'), "code over two lines: {}", &inner[..end]);
        rest = &inner[end + quotes..];
    }
    plain + rest
}

#[test]
fn nothing_breaks_out_of_the_report() {
    let cases: String = HOSTILE
        .iter()
        .map(|name| {
            let name = escaped(name);
            format!("<testcase name='{name}'><failure message='{name}'/></testcase>")
        })
        .collect();
    let skipped: String = HOSTILE
        .iter()
        .map(|name| {
            format!("<testcase name='skipped {0}'><skipped message='{0}'/></testcase>", escaped(name))
        })
        .collect();
    let files: Vec<String> =
        HOSTILE.iter().map(|name| junit(&escaped(name), "", &format!("{cases}{skipped}"))).collect();
    let mut dropped = Dropped::default();
    for (index, file) in files.iter().enumerate() {
        dropped.add(&format!("{index}.xml"), file.as_bytes());
    }
    let report = dropped.export(Export::ReportMarkdown);
    let rows: Vec<&str> = report.lines().filter(|line| line.starts_with('|')).collect();
    let of_matrix = HOSTILE.len() + 1;
    let widths: Vec<usize> = rows.iter().map(|row| cells(row)).collect();
    let of_duts = 2 + HOSTILE.len();
    assert!(widths[..of_duts].iter().all(|&width| width == 8), "{report}");
    assert!(widths[of_duts..].iter().all(|&width| width == of_matrix), "{widths:?} {report}");
    assert_eq!(widths.len(), of_duts + 2 + HOSTILE.len());
    let plain = without_code(&report).replace("<sub>", "").replace("</sub>", "");
    // In `<code>` each sign is a reference.
    let mut pieces = plain.split("<code>");
    let mut plain = pieces.next().unwrap().to_owned();
    for piece in pieces {
        let (code, rest) = piece.split_once("</code>").unwrap();
        assert!(code.chars().all(|c| c.is_alphanumeric() || " &#;".contains(c)), "{code}");
        plain += rest;
    }
    for sign in ["<", "@", "![", "](", "https:", "`", "#1", "!2"] {
        assert!(!plain.contains(sign), "{sign} in {plain}");
    }
}

#[test]
fn the_report_fits_into_a_comment() {
    let mut dropped = Dropped::default();
    for dut in 0..40 {
        let cases: String = (0..400)
            .map(|test| {
                let name = format!("{test} {}", "long_name|".repeat(30));
                format!("<testcase name='{name}'><failure message='boom {test}'/></testcase>")
            })
            .collect();
        let file = junit(&format!("dut_{dut}_{}", "x|".repeat(150)), "", &cases);
        dropped.add(&format!("{dut}.xml"), file.as_bytes());
    }
    let report = dropped.export(Export::ReportMarkdown);
    assert!(report.len() <= 65_535, "{}", report.len());
    assert!(report.contains("not shown: the report would not fit into a comment."), "{report}");
    assert!(report.contains("more DUTs not shown"));
}

#[test]
fn the_report_has_the_matrix_reasons_and_links() {
    let failing = "<testcase name='all'><failure message='x'/></testcase>";
    let a = junit(
        "A",
        "<property name='trigger' value='https://ci.acme.example/7'/>",
        &format!(
            "{failing}<testcase name='mixed'><error/></testcase><testcase name='s'><skipped message='no camera'/></testcase>"
        ),
    );
    let b = junit("B", "", &format!("{failing}<testcase name='mixed'/>"));
    let mut dropped = Dropped::new([("a.xml", a.as_bytes()), ("b.xml", b.as_bytes())]);
    let report = dropped.export(Export::ReportMarkdown);
    for line in [
        "| Test | `A` | `B` |",
        "| **`s › all`** | **failed** | **failed** |",
        "| *`s › mixed`* | **error** | ✓ |",
        "- 1 on `A`: `no camera`",
        "- `A`: [`trigger`](<https://ci.acme.example/7>)",
    ] {
        assert!(report.lines().any(|have| have == line), "{line} in {report}");
    }
}

#[test]
fn the_badge_has_figures_only() {
    let file = junit("<b>", "", "<testcase name='a'/><testcase name='b'><failure/></testcase>")
        .replace("<b>", "&lt;b>");
    let badge = Dropped::new([("a.xml", file.as_bytes())]).export(Export::BadgeSvg);
    assert!(badge.contains("<title>tests: 50.0 %, 1 failing</title>"), "{badge}");
    let elements = elements_of(&badge);
    assert_eq!(elements, ["svg", "title", "rect", "rect", "g", "text", "text"]);
}

/// The names of the elements of a document.
fn elements_of(text: &str) -> Vec<String> {
    text.split('<')
        .skip(1)
        .filter(|tag| !tag.starts_with('/'))
        .map(|tag| tag.split([' ', '>', '/']).next().unwrap_or("").to_owned())
        .collect()
}
