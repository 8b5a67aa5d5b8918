//! Devices that suites of a JUnit file name.

use crate::Dropped;
use passgrid::engine::{GetFile, ImportOptions};
use passgrid::import::{ALL, Import};
use passgrid::model::FileId;

/// `dut: results, tests` of each session; `?` marks a guess.
fn sessions(dropped: &mut Dropped) -> Vec<String> {
    let data = dropped.data();
    let line = |session: &passgrid::model::Session| {
        let dut = &session.identity.dut;
        let doubt = if dut.evidence.doubtful { "?" } else { "" };
        format!("{}{doubt}: {}", dut.value, session.counts.results())
    };
    data.history.sessions.iter().map(line).collect()
}

#[track_caller]
fn check(xml: &str, tests: usize, expected: &[&str]) -> Dropped {
    let mut dropped = Dropped::new([("results.xml", xml.as_bytes())]);
    dropped.check_sums();
    assert_eq!(sessions(&mut dropped), expected, "{xml}");
    assert_eq!(dropped.data().tests.len(), tests, "{xml}");
    dropped
}

const CASES: &str = r#"<testcase classname="acme.Menu" name="opens"/><testcase classname="acme.Menu" name="closes"><failure message="no"/></testcase>"#;

/// A file of suites with these attributes, each with the same cases.
fn suites(attributes: &[&str], cases: &str) -> String {
    let suites = attributes.iter().map(|attributes| format!("<testsuite {attributes}>{cases}</testsuite>"));
    format!("<testsuites>{}</testsuites>", suites.collect::<String>())
}

#[test]
fn attributes_name_devices() {
    for attribute in ["device", "deviceName", "device-name", "udid", "board"] {
        let one = format!(r#"name="Suite" {attribute}="panel-7in""#);
        let two = format!(r#"name="Suite" {attribute}="panel-10in""#);
        check(&suites(&[&one, &two], CASES), 2, &["panel-7in: 2", "panel-10in: 2"]);
    }
    let cases =
        r#"<testcase name="a" device="left"/><testcase name="a" device="right"><failure/></testcase>"#;
    check(&suites(&[r#"name="S""#], cases), 1, &["left: 1", "right: 1"]);
}

#[test]
fn properties_name_devices() {
    let suite = |properties: &[(&str, &str)]| {
        let properties: String = properties
            .iter()
            .map(|(name, value)| format!(r#"<property name="{name}" value="{value}"/>"#))
            .collect();
        format!(r#"<testsuite name="Suite"><properties>{properties}</properties>{CASES}</testsuite>"#)
    };
    let file =
        |a: &[(&str, &str)], b: &[(&str, &str)]| format!("<testsuites>{}{}</testsuites>", suite(a), suite(b));
    let xml = file(
        &[("platformName", "Android"), ("deviceName", "Pixel 7"), ("udid", "A1")],
        &[("platformName", "Android"), ("deviceName", "Pixel 8"), ("udid", "B2")],
    );
    check(&xml, 2, &["Pixel 7: 2", "Pixel 8: 2"]);
    let xml = file(&[("platform", "ios"), ("udid", "A1")], &[("platform", "ios"), ("udid", "B2")]);
    check(&xml, 2, &["A1: 2", "B2: 2"]);
    // A browser or platform counts where suites with different values have equal tests.
    for name in ["capabilities", "browserName", "browser", "platformName"] {
        let xml = file(&[("host", "ci"), (name, "chrome 120")], &[("host", "ci"), (name, "firefox 121")]);
        check(&xml, 2, &["chrome 120: 2", "firefox 121: 2"]);
        let other = suite(&[(name, "firefox 121")]).replace("acme.Menu", "acme.Cart");
        check(
            &format!("<testsuites>{}{other}</testsuites>", suite(&[(name, "chrome 120")])),
            4,
            &["unnamed DUT?: 4"],
        );
        let without = suite(&[("host", "ci")]).replace("Suite", "Other");
        let xml =
            format!("<testsuites>{}{}{without}</testsuites>", suite(&[(name, "a")]), suite(&[(name, "b")]));
        assert_eq!(sessions(&mut Dropped::new([("results.xml", xml.as_bytes())])).len(), 1);
    }
}

/// A split by the names of suites can be undone, whatever its evidence.
#[test]
fn every_split_by_suites_can_be_undone() {
    let platformio = r#"<testsuites name="/p" platformio_version="6.1.11"><testsuite name="esp32:test_a"><testcase name="x"/></testsuite><testsuite name="nano:test_a"><testcase name="x"/></testsuite></testsuites>"#;
    let browsers = r#"<testsuites><testsuite name="S"><properties><property name="browserName" value="chrome"/></properties><testcase name="x"/></testsuite><testsuite name="S"><properties><property name="browserName" value="firefox"/></properties><testcase name="x"/></testsuite></testsuites>"#;
    for (xml, has) in [(platformio, true), (browsers, true), (CASES, false)] {
        let xml = if has { xml.to_owned() } else { suites(&[r#"name="S""#], xml) };
        let mut dropped = Dropped::new([("results.xml", xml.as_bytes())]);
        assert_eq!(sessions(&mut dropped).len(), if has { 2 } else { 1 });
        let page = dropped.engine.ask(GetFile("results.xml".to_owned())).unwrap();
        assert_eq!(page.has_suites_as_duts, has);
        let mut import = Import::new("results.xml", &ALL).as_one_dut(true);
        import.push(xml.as_bytes());
        let options =
            ImportOptions { instead: Some(FileId(0)), is_one_dut: true, ..ImportOptions::default() };
        dropped.engine.ingest_as(import.finish(), &options);
        assert_eq!(sessions(&mut dropped).len(), 1);
    }
}

#[test]
fn producers_whose_suites_are_devices() {
    let platformio = r#"<testsuites name="/p" platformio_version="6.1.11">
        <testsuite name="esp32dev:test_adc"><testcase name="gain"/></testsuite>
        <testsuite name="uno:test_adc"><testcase name="gain"/></testsuite>
        <testsuite name="uno:test_uart"><testcase name="uno:test_uart"><error/></testcase></testsuite></testsuites>"#;
    check(platformio, 2, &["esp32dev: 1", "uno: 2"]);
    let flank = suites(
        &[r#"name="Pixel2.arm-30-en_US-portrait""#, r#"name="MediumPhone.arm-34-en-landscape""#],
        CASES,
    );
    check(&flank, 2, &["MediumPhone.arm-34-en-landscape: 2", "Pixel2.arm-30-en_US-portrait: 2"]);
    let karma = |browser: &str, class: &str| {
        format!(
            r#"<testsuite name="{browser}"><properties><property name="browser.fullName" value="Mozilla/5.0"/></properties><testcase classname="{class}.sums" name="adds"/></testsuite>"#
        )
    };
    let xml = format!(
        "<testsuites>{}{}</testsuites>",
        karma("Chrome 120.0.0.0 (Linux x86_64)", "Chrome_120_0_0_0_(Linux_x86_64)"),
        karma("Firefox 121.0 (Linux x86_64)", "Firefox_121_0_(Linux_x86_64)"),
    );
    check(&xml, 1, &["Chrome 120.0.0.0 (Linux x86_64): 1", "Firefox 121.0 (Linux x86_64): 1"]);
}

#[test]
fn equal_suites_named_like_devices_are_a_guess_that_a_person_can_undo() {
    let xml = suites(&[r#"name="DC1-LEAF1""#, r#"name="DC1-LEAF2""#, r#"name="DC1-SPINE1""#], CASES);
    let mut dropped = check(&xml, 2, &["DC1-LEAF1?: 2", "DC1-LEAF2?: 2", "DC1-SPINE1?: 2"]);
    let notes: Vec<String> = dropped.data().files[0].notes.iter().map(|note| note.text.clone()).collect();
    assert!(notes.iter().any(|note| note.contains("(DC1-LEAF1, DC1-LEAF2, DC1-SPINE1)")), "{notes:?}");
    let mut read = |is_one_dut: bool, instead: FileId| {
        let mut import = Import::new("results.xml", &ALL).as_one_dut(is_one_dut);
        import.push(xml.as_bytes());
        let options = ImportOptions { instead: Some(instead), is_one_dut, ..ImportOptions::default() };
        let file = dropped.engine.ingest_as(import.finish(), &options);
        let page = dropped.engine.ask(GetFile("results.xml".to_owned())).unwrap();
        assert!(page.has_suites_as_duts && page.is_one_dut == is_one_dut);
        (file, sessions(&mut dropped))
    };
    let (file, found) = read(true, FileId(0));
    assert_eq!(found, ["unnamed DUT?: 6"]);
    let (_, found) = read(false, file);
    assert_eq!(found.len(), 3);
}

#[test]
fn ordinary_suites_are_no_devices() {
    let equals = |class: &str| {
        format!(
            r#"<testsuite name="{class}"><testcase classname="{class}" name="testEquals"/><testcase classname="{class}" name="testHash"/></testsuite>"#
        )
    };
    let file = |names: &[&str], suite: &dyn Fn(&str) -> String| {
        format!("<testsuites>{}</testsuites>", names.iter().map(|name| suite(name)).collect::<String>())
    };
    let nameless = |name: &str| {
        format!(
            r#"<testsuite name="{name}"><testcase name="creates"/><testcase name="deletes"/></testsuite>"#
        )
    };
    let same_class = |name: &str| format!(r#"<testsuite name="{name}">{CASES}</testsuite>"#);
    let differing = |name: &str| {
        format!(
            r#"<testsuite name="{name}"><testcase name="{name}"/><testcase name="of {name}"/></testsuite>"#
        )
    };
    for (names, suite) in [
        (["com.acme.FooTest", "com.acme.BarTest"], &equals as &dyn Fn(&str) -> String),
        (["Foo1", "Foo2"], &equals),
        (["User", "Order"], &nameless),
        (["Suite 1", "Suite 2"], &same_class),
        (["shard-1", "shard-2"], &same_class),
        (["test/a1.js", "test/b1.js"], &same_class),
        (["login", "logout"], &same_class),
        (["leaf1", "leaf2"], &differing),
    ] {
        let mut dropped = Dropped::new([("results.xml", file(&names, suite).as_bytes())]);
        assert_eq!(sessions(&mut dropped), ["unnamed DUT?: 4"], "{names:?}");
        assert_eq!(dropped.data().tests.len(), 4, "{names:?}");
    }
}

#[test]
fn suites_in_suites_of_devices() {
    let inner = |name: &str| {
        format!(r#"<testsuite name="{name}"><testsuite name="Menus">{CASES}</testsuite></testsuite>"#)
    };
    let both = format!("{}{}", inner("iPhone 15"), inner("iPad Air"));
    for xml in [
        format!("<testsuites>{both}</testsuites>"),
        format!(r#"<testsuites><testsuite name="All">{both}</testsuite></testsuites>"#),
    ] {
        check(&xml, 2, &["iPad Air?: 2", "iPhone 15?: 2"]);
    }
}

#[test]
fn a_package_may_precede_the_browser() {
    let suite = |browser: &str, class: &str, child: &str| {
        format!(
            "<testsuite name='{browser}' package='unit'><properties><property name='browser.fullName' value='{browser}'/></properties><testcase classname='unit.{class}.Login' name='opens'>{child}</testcase></testsuite>"
        )
    };
    let xml = [
        suite("Chrome 120.0 (Linux x86_64)", "Chrome_120_0_(Linux_x86_64)", ""),
        suite("Firefox 121.0 (Linux x86_64)", "Firefox_121_0_(Linux_x86_64)", "<failure/>"),
    ];
    let xml = format!("<testsuites>{}</testsuites>", xml.concat());
    check(&xml, 1, &["Chrome 120.0 (Linux x86_64): 1", "Firefox 121.0 (Linux x86_64): 1"]);
}

#[test]
fn features_of_cucumber_name_devices() {
    let feature = |device: &str, status: &str| {
        let result = format!(r#"{{"status": "{status}"}}"#);
        format!(
            r#"{{"uri": "a.feature", "id": "a", "keyword": "Feature", "name": "Login", "line": 1, "metadata": {{"device": "{device}"}}, "elements": [{{"id": "a;b", "keyword": "Scenario", "name": "opens", "line": 3, "type": "scenario", "steps": [{{"keyword": "Given ", "name": "x", "line": 4, "result": {result}}}]}}]}}"#
        )
    };
    let both = format!("[{}, {}]", feature("Pixel 7", "passed"), feature("Galaxy S22", "failed"));
    let mut dropped = Dropped::new([("report.json", both.as_bytes())]);
    dropped.check_sums();
    assert_eq!(sessions(&mut dropped), ["Galaxy S22: 1", "Pixel 7: 1"]);
    // Steps without durations: unknown, not 0.
    let data = dropped.data();
    assert!(data.history.sessions.iter().all(|session| session.counts.duration_s.is_none()));
    let [a, b] = [("Pixel 7", "passed"), ("Galaxy S22", "failed")]
        .map(|(device, status)| format!("[{}]", feature(device, status)));
    let mut dropped = Dropped::new([("login.1.json", a.as_bytes()), ("login.2.json", b.as_bytes())]);
    assert_eq!(sessions(&mut dropped), ["Galaxy S22: 1", "Pixel 7: 1"]);
}
