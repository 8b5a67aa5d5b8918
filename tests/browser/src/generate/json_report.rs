//! pytest-json-report.

use std::fmt::Write;

use super::{
    file::Generated,
    words::{Dice, captured, name, traceback},
};

/// A file as `pytest --json-report` writes it: collectors, keywords, three stages per test, two of a
/// hundred tests failed with crash, traceback and longrepr.
pub fn json_report(tests: u64) -> Generated {
    let mut dice = Dice(11);
    let (mut failed, mut skipped) = (0, 0);
    let mut entries = String::with_capacity(tests as usize * 600);
    let mut collectors = String::from("{\"nodeid\": \"\", \"outcome\": \"passed\", \"result\": []}");
    let mut class = String::new();
    for number in 0..tests {
        let name = name(number);
        let (area, module, thing) = (name.area, name.module, name.thing);
        let file = format!("tests/{area}/test_{area}_{module}.py");
        let node = format!("{file}::Test{thing}::{}", name.function);
        let line = 12 + number % 70 * 9;

        let this_class = format!("{file}::Test{thing}#{}", number / 70);
        if this_class != class {
            if !class.is_empty() {
                collectors.push_str("]}");
            }
            let _ = write!(
                collectors,
                ", {{\"nodeid\": \"{file}::Test{thing}\", \"outcome\": \"passed\", \"result\": ["
            );
            class = this_class;
        } else {
            collectors.push_str(", ");
        }
        let _ = write!(collectors, "{{\"nodeid\": \"{node}\", \"type\": \"Function\", \"lineno\": {line}}}");

        let has_failed = dice.one_in(50);
        let is_skipped = !has_failed && dice.one_in(100);
        failed += u64::from(has_failed);
        skipped += u64::from(is_skipped);
        let outcome = if has_failed {
            "failed"
        } else if is_skipped {
            "skipped"
        } else {
            "passed"
        };
        if number > 0 {
            entries.push_str(", ");
        }
        let _ = write!(
            entries,
            "{{\"nodeid\": \"{node}\", \"lineno\": {line}, \"outcome\": \"{outcome}\", \"keywords\": [\"{}\", ",
            name.function
        );
        if let Some((_, parameters)) = name.function.split_once('[') {
            let _ = write!(
                entries,
                "\"parametrize\", \"pytestmark\", \"{}\", ",
                parameters.trim_end_matches(']')
            );
        }
        let _ = write!(
            entries,
            "\"Test{thing}\", \"test_{area}_{module}.py\", \"{area}\", \"tests\", \"lab\", \"\"], \"setup\": {{\"duration\": {}, \"outcome\": \"{}\"",
            dice.seconds(),
            if is_skipped { "skipped" } else { "passed" }
        );
        if is_skipped {
            let _ = write!(
                entries,
                ", \"longrepr\": \"('/srv/lab/{file}', {line}, 'Skipped: no {thing} on this board')\"}}"
            );
        } else {
            let _ = write!(
                entries,
                "}}, \"call\": {{\"duration\": {}, \"outcome\": \"{outcome}\"",
                dice.seconds()
            );
            if has_failed {
                let longrepr = serde_json::Value::from(traceback(&name, &mut dice));
                let _ = write!(
                    entries,
                    ", \"crash\": {{\"path\": \"/srv/lab/{file}\", \"lineno\": {line}, \"message\": \"AssertionError: not the level that was set\\nassert 2418 == 17\"}}, \"traceback\": [{{\"path\": \"{file}\", \"lineno\": {line}, \"message\": \"AssertionError\"}}], \"longrepr\": {longrepr}"
                );
            }
            if dice.one_in(40) {
                let _ = write!(entries, ", \"stdout\": {}", serde_json::Value::from(captured(&mut dice)));
            }
            entries.push('}');
        }
        let _ = write!(
            entries,
            ", \"teardown\": {{\"duration\": {}, \"outcome\": \"passed\"}}}}",
            dice.seconds()
        );
    }
    if !class.is_empty() {
        collectors.push_str("]}");
    }
    let passed = tests - failed - skipped;
    let text = format!(
        "{{\"created\": 1795208400.4397278, \"duration\": 412.11846304512024, \"exitcode\": 1, \"root\": \"/srv/lab\", \"environment\": {{}}, \"summary\": {{\"passed\": {passed}, \"failed\": {failed}, \"skipped\": {skipped}, \"total\": {tests}, \"collected\": {tests}}}, \"collectors\": [{collectors}], \"tests\": [{entries}], \"warnings\": []}}"
    );
    Generated { text, tests, failed, skipped }
}
