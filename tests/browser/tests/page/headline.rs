//! The overview's sentence and figures against counts that are made here, from the files, with other
//! parsers; and its marks, which lead to the results that they stand for.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use anyhow::{Context, Result, ensure};
use passgrid_browser_tests::{Corpus, Scenario, copy_matching, files_below, only, scenario};
use roxmltree::Document;
use serde_json::Value;

use crate::steps::{self, fixture};

/// A session, as a file tells it: by test, whether it failed.
struct Session {
    dut: String,
    build: String,
    started: String,
    is_whole: bool,
    fails: BTreeMap<String, bool>,
    passes: BTreeSet<String>,
}

/// What the overview should say.
#[derive(Debug, Default)]
struct Own {
    duts: usize,
    failing_duts: usize,
    /// Tests by the DUTs that they fail on, now.
    failing: BTreeMap<String, BTreeSet<String>>,
    new: usize,
    /// How many tests pass now on a DUT where they failed before.
    fixed: usize,
    /// The build of the previous sessions.
    before: BTreeSet<String>,
}

/// Reads all reports below a folder; DUT and build are in their paths: `…/<build>/<dut>.<ending>`.
fn sessions(folder: &Path, endings: &[&str]) -> Result<Vec<Session>> {
    let mut sessions = Vec::new();
    for file in files_below(folder)? {
        let Some(stem) = endings.iter().find_map(|ending| file.strip_suffix(ending)) else {
            continue;
        };
        let (build, dut) = stem.rsplit_once('/').unwrap_or(("", stem));
        let text = steps::read(&folder.join(&file))?;
        let Read { started, is_whole, fails, passes } =
            if file.ends_with(".xml") { of_junit(&text) } else { of_json(&text) }
                .with_context(|| file.clone())?;
        sessions.push(Session {
            dut: dut.to_owned(),
            build: build.to_owned(),
            started,
            is_whole,
            fails,
            passes,
        });
    }
    Ok(sessions)
}

/// What a report says of its session.
struct Read {
    started: String,
    is_whole: bool,
    fails: BTreeMap<String, bool>,
    passes: BTreeSet<String>,
}

fn of_junit(text: &str) -> Result<Read> {
    let mut whole = text.to_owned();
    let is_whole = Document::parse(text).is_ok();
    if !is_whole {
        // It breaks off: up to its last element that is complete.
        let end = whole.rfind("<testcase").context("no test")?;
        whole.truncate(end);
        whole += "</testsuite></testsuites>";
    }
    let document = Document::parse(&whole)?;
    let (mut fails, mut passes) = (BTreeMap::new(), BTreeSet::new());
    for case in document.descendants().filter(|node| node.has_tag_name("testcase")) {
        let name =
            [case.attribute("classname"), case.attribute("name")].map(Option::unwrap_or_default).join(".");
        let failed =
            case.children().any(|child| child.has_tag_name("failure") || child.has_tag_name("error"));
        // pytest writes attempts before the last without a child: what failed did so at last.
        if !failed && !case.children().any(|child| child.has_tag_name("skipped")) {
            passes.insert(name.clone());
        }
        *fails.entry(name).or_insert(false) |= failed;
    }
    let suite = document.descendants().find(|node| node.has_tag_name("testsuite"));
    let started = suite.and_then(|suite| suite.attribute("timestamp")).context("no start")?;
    // To the second; all reports of a folder have the same zone.
    passes.retain(|test| fails.get(test) == Some(&false));
    Ok(Read { started: started.chars().take(19).collect(), is_whole, fails, passes })
}

fn of_json(text: &str) -> Result<Read> {
    let report: Value = serde_json::from_str(text)?;
    let (mut fails, mut passes) = (BTreeMap::new(), BTreeSet::new());
    for test in steps::list(&report, "tests")? {
        let id = steps::text(test, "nodeid");
        let at = id.find('[').unwrap_or(id.len());
        let dotted = id[..at].replace(".py::", ".").replace("::", ".").replace('/', ".");
        let name = dotted + &id[at..];
        if steps::text(test, "outcome") == "passed" {
            passes.insert(name.clone());
        }
        fails.insert(name, matches!(steps::text(test, "outcome"), "failed" | "error"));
    }
    let created = report["created"].as_f64().context("no start")?;
    Ok(Read { started: format!("{created:.0}"), is_whole: true, fails, passes })
}

/// Sums up by hand. Sessions of a DUT must be in the order of time by `order`.
fn own(mut sessions: Vec<Session>, order: impl Fn(&Session) -> String) -> Own {
    sessions.sort_by_key(|session| order(session));
    let mut by_dut = BTreeMap::<&str, Vec<&Session>>::new();
    for session in &sessions {
        by_dut.entry(&session.dut).or_default().push(session);
    }
    let mut own = Own { duts: by_dut.len(), ..Own::default() };
    let (mut new, mut fixed) = (BTreeSet::new(), BTreeSet::new());
    for (dut, sessions) in &by_dut {
        let Some((now, before)) = sessions.split_last() else { continue };
        own.failing_duts += usize::from(now.fails.values().any(|&fails| fails));
        own.before.extend(before.last().map(|before| before.build.clone()));
        // A truncated one that lacks the test says nothing about it.
        let told = |test: &String| {
            before.iter().rev().find(|before| before.is_whole || before.fails.contains_key(test))
        };
        let is_fixed =
            |test: &&String| told(test).is_some_and(|before| before.fails.get(*test) == Some(&true));
        fixed.extend(now.passes.iter().filter(is_fixed));
        for (test, _) in now.fails.iter().filter(|(_, fails)| **fails) {
            own.failing.entry(test.clone()).or_default().insert((*dut).to_owned());
            if told(test).is_some_and(|before| before.fails.get(test) != Some(&true)) {
                new.insert(test.clone());
            }
        }
    }
    own.new = new.len();
    own.fixed = fixed.len();
    own
}

impl Own {
    /// The failing test that a line of the list is about.
    fn failing_in(&self, text: &str) -> Option<&String> {
        let has_name = |test: &str| text.split(' ').any(|word| word == short(test));
        self.failing.keys().find(|test| has_name(test) && text.contains(scope(test)))
    }

    /// The sentence, for reports of several DUTs of which some fail, and several tests fail.
    fn sentence(&self) -> String {
        let who = if self.failing_duts == self.duts {
            format!("All {} DUTs fail.", self.duts)
        } else {
            format!(
                "{} of {} DUTs {}.",
                self.failing_duts,
                self.duts,
                if self.failing_duts == 1 { "fails" } else { "fail" }
            )
        };
        let total = self.failing.len();
        let mut alone = BTreeMap::<&str, usize>::new();
        for duts in self.failing.values() {
            if let (1, Some(dut)) = (duts.len(), duts.first()) {
                *alone.entry(dut).or_default() += 1;
            }
        }
        let most = alone.values().copied().max().unwrap_or(0);
        let first = alone.iter().find(|(_, count)| **count == most).map(|(dut, _)| *dut).unwrap_or_default();
        let everywhere = self.failing.values().filter(|duts| duts.len() == self.duts).count();
        let all = if total == 2 { "both" } else { "all of them" };
        let share = |count: usize| if count == total { all.to_owned() } else { format!("{count} of them") };
        let place = match (most, everywhere) {
            (0, 0) => String::new(),
            (0, everywhere) => format!(", {} on every DUT", share(everywhere)),
            (most, 0) => format!(", {} only on {first}", share(most)),
            (most, everywhere) => {
                format!(", {} only on {first} and {everywhere} on every DUT", share(most))
            }
        };
        let builds: Vec<&str> = self.before.iter().map(String::as_str).collect();
        let since = match builds.as_slice() {
            [build] if !build.is_empty() => format!("build {build}"),
            _ => "the previous sessions".to_owned(),
        };
        let new = match self.new {
            0 => String::new(),
            1 => format!("; 1 is new since {since}"),
            new if new == total => format!("; {all} are new since {since}"),
            new => format!("; {new} are new since {since}"),
        };
        let was = if self.fixed == 1 { "was" } else { "were" };
        let fixed = match (self.fixed, self.new) {
            (0, _) => String::new(),
            (fixed, 0) => format!("; {fixed} {was} fixed since {since}"),
            (fixed, _) => format!(", and {fixed} {was} fixed"),
        };
        format!("{who} {total} tests fail{place}{new}{fixed}.")
    }
}

/// The sentence that the page says.
async fn headline(t: &Scenario) -> Result<String> {
    let tree = t.page.tree().await?;
    let heading = tree.all("heading").next().context("no heading")?;
    Ok(heading.name.clone())
}

/// Unfolds the groups of failures with the same message.
const UNFOLD_GROUPS: &str = "(() => {
    document.querySelectorAll('.attention [aria-expanded=false]').forEach(button => button.click());
    return document.querySelector('.attention-tests') !== null;
})()";

/// The headline begins with the own sentence, and the figures of what fails are the own ones.
async fn agrees(t: &Scenario, own: &Own) -> Result<()> {
    let said = headline(t).await?;
    ensure!(
        said.starts_with(&own.sentence()),
        "the page says: {said}\ncounted here: {}\n{own:#?}",
        own.sentence()
    );
    let cells: usize = own.failing.values().map(BTreeSet::len).sum();
    let figure = async |label: &str| -> Result<usize> {
        let text = steps::figure(t, label).await?;
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        Ok(digits.parse()?)
    };
    assert_eq!(figure("Failed").await? + figure("Error").await?, cells, "results that failed, of all DUTs");
    Ok(())
}

#[tokio::test]
async fn of_the_demo_is_right_and_its_marks_lead_to_their_results() -> Result<()> {
    let folder = fixture("demo/reports");
    // The versions are in the order of time, as the demo's README says; the reports' clocks agree.
    let versions = ["2.3.0", "2.3.1", "2.3.2", "2.4.0-beta1", "2.4.0-rc1", "2.4.0-rc2", "2.4.0", "2.4.1"];
    let place = |session: &Session| {
        let at = versions.iter().position(|version| *version == session.build).unwrap_or(versions.len());
        format!("{at:02}")
    };
    let own = own(sessions(&folder, &[".xml", ".json"])?, place);
    ensure!(own.failing.len() > 10 && own.new > 0, "the demo is no test: {own:?}");
    scenario(async |t| {
        t.report_of([&folder]).await?;
        agrees(t, &own).await?;
        // Every test that fails has its line, and on it a mark for each DUT that it fails on.
        t.page.until_text("Needs attention").await?;
        t.page.until_true(UNFOLD_GROUPS).await?;
        let marks = t
            .page
            .until("the list of what fails", async || {
                let tree = t.page.tree().await?;
                let Some(region) =
                    tree.all("region").find(|region| region.name.starts_with("Needs attention"))
                else {
                    return Ok(None);
                };
                let mut marks = Vec::new();
                for item in tree.inside(region).filter(|node| node.role == "listitem") {
                    let text = tree.text(item);
                    // The tests of a group are items of their own.
                    if tree.inside(item).any(|node| node.role == "listitem") {
                        continue;
                    }
                    for button in tree.inside(item).filter(|node| node.role == "button") {
                        // The test's name is a button, too.
                        if button.name.contains(" on ") {
                            marks.push((text.clone(), button.clone()));
                        }
                    }
                }
                Ok((!marks.is_empty()).then_some(marks))
            })
            .await?;
        let mut shown = BTreeMap::<String, BTreeSet<String>>::new();
        for (text, mark) in &marks {
            let (test_and_word, dut) = mark.name.rsplit_once(" on ").context("a mark without a DUT")?;
            let word = test_and_word.rsplit(' ').next().unwrap_or_default();
            let test = own.failing_in(text);
            let test = test.with_context(|| format!("{text} does not fail"))?;
            if matches!(word, "failed" | "error") {
                shown.entry(test.clone()).or_default().insert(dut.trim_end_matches(", new").to_owned());
            }
        }
        assert_eq!(shown, own.failing);
        // One of each DUT is followed, and says what its file says.
        let mut seen = BTreeSet::new();
        for (text, mark) in &marks {
            let (test_and_word, dut) = mark.name.rsplit_once(" on ").context("a mark without a DUT")?;
            let word = test_and_word.rsplit(' ').next().unwrap_or_default();
            let dut = dut.trim_end_matches(", new");
            if word != "failed" || !seen.insert(dut.to_owned()) {
                continue;
            }
            let test = own.failing_in(text);
            let test = test.context("no such test")?;
            t.page.element(mark)?.click().await?;
            let drawer =
                t.page.find("complementary", &format!("Details of {} on {dut}", short(test))).await?;
            t.page.until_true("document.querySelector('.drawer [aria-busy=false]') !== null").await?;
            let message = message(&folder, dut, test)?;
            let shown = steps::without_escapes(&drawer.text().await?);
            let first = message.lines().next().unwrap_or_default();
            ensure!(!first.is_empty() && shown.contains(first), "{first} is not in {shown}");
            ensure!(shown.contains(scope(test)), "{} is not in {shown}", scope(test));
            t.page.press("Escape").await?;
            t.page.until_true("!document.querySelector('.drawer')").await?;
            // The address is again that of the overview, and the list is still there for the next one.
            assert_eq!(t.page.query().await?, "");
        }
        ensure!(seen.len() >= 3, "{seen:?}");
        Ok(())
    })
    .await
}

/// The name without class and module.
fn short(test: &str) -> &str {
    let end = test.find('[').unwrap_or(test.len());
    test[..end].rfind('.').map_or(test, |dot| &test[dot + 1..])
}

/// The class of a test.
fn scope(test: &str) -> &str {
    let outer = test.strip_suffix(short(test)).unwrap_or(test).trim_end_matches('.');
    outer.rsplit('.').next().unwrap_or(outer)
}

/// What the latest report of a DUT says why the test failed.
fn message(folder: &Path, dut: &str, test: &str) -> Result<String> {
    let text = steps::read(&folder.join(format!("2.4.1/{dut}.xml")))?;
    let end = text.rfind("</testcase>").context("no test")? + "</testcase>".len();
    let whole = format!("{}</testsuite></testsuites>", &text[..end]);
    let document = Document::parse(&whole)?;
    let mut cases = document.descendants().filter(|node| node.has_tag_name("testcase")).filter(|case| {
        case.attribute("name") == Some(short(test))
            && case.attribute("classname").is_some_and(|class| test.starts_with(class))
    });
    let failure = cases
        .find_map(|case| {
            case.children().find(|child| child.has_tag_name("failure") || child.has_tag_name("error"))
        })
        .with_context(|| format!("{test} did not fail on {dut}"))?;
    Ok(steps::without_escapes(failure.attribute("message").unwrap_or_default()))
}

/// A project of the corpus, one format of it.
async fn of_project(project: &str, ending: &str) -> Result<()> {
    let Some(corpus) = Corpus::find() else {
        eprintln!("skipped: PASSGRID_CORPUS is not set, so there are no real result files to read");
        return Ok(());
    };
    let temporary = tempfile::tempdir()?;
    let folder = copy_matching(&corpus.path(&format!("matrix/{project}")), temporary.path(), only(ending))?;
    let own = own(sessions(&folder, &[ending])?, |session| session.started.clone());
    ensure!(!own.failing.is_empty(), "nothing fails, so nothing is tested");
    scenario(async |t| {
        t.report_of([&folder]).await?;
        agrees(t, &own).await
    })
    .await
}

#[tokio::test]
async fn of_six_is_right() -> Result<()> {
    of_project("six", ".xml").await?;
    of_project("six", ".report.json").await
}

#[tokio::test]
async fn of_more_itertools_is_right() -> Result<()> {
    of_project("more-itertools", ".xml").await?;
    of_project("more-itertools", ".report.json").await
}

/// A run without a failing test that was killed is not good.
#[tokio::test]
async fn of_a_killed_run_is_not_good() -> Result<()> {
    let event = |action: &str, test: &str| {
        format!("{{\"Action\":\"{action}\",\"Package\":\"fw\",\"Test\":\"{test}\"}}\n")
    };
    let killed = ["run", "pass"].map(|action| event(action, "TestBoot")).concat();
    let finished = format!("{killed}{{\"Action\":\"pass\",\"Package\":\"fw\"}}\n");
    let temporary = tempfile::tempdir()?;
    let [killed_at, finished_at] = ["board_a.json", "board_b.json"].map(|name| temporary.path().join(name));
    std::fs::write(&killed_at, killed)?;
    std::fs::write(&finished_at, finished)?;
    scenario(async |t| {
        t.report_of([&killed_at, &finished_at]).await?;
        let class: String = t.page.evaluate("document.querySelector('#headline').className").await?;
        ensure!(class.contains("headline-doubtful") && !class.contains("headline-good"), "{class}");
        let said: String = t.page.evaluate("document.querySelector('.attention').innerText").await?;
        let expected = ["Needs attention", "board_a", "incomplete", "1 package did not finish"];
        ensure!(expected.iter().all(|text| said.contains(text)), "{said}");
        t.page.find("link", "board_a’s results are incomplete: 1 package did not finish: the run was killed, or is still running.").await?.click().await?;
        t.page.until_text("1 of 2 sessions").await
    })
    .await
}
