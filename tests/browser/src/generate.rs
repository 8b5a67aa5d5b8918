//! Large result files in the shape that pytest writes, the same on every run.

use std::fmt::Write;

/// A generated file and what is in it.
pub struct Generated {
    /// The file's content.
    pub text: String,
    /// How many tests.
    pub tests: u64,
    /// How many of them failed.
    pub failed: u64,
    /// How many of them were skipped.
    pub skipped: u64,
}

/// Numbers that look random and are the same on every run (a linear congruential generator with
/// Knuth's constants).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }

    /// Seconds, mostly fractions of a millisecond, as unit tests have them.
    fn seconds(&mut self) -> f64 {
        let scale = if self.one_in(40) { 1e-3 } else { 1e-6 };
        (1 + self.roll(900)) as f64 * scale
    }
}

const AREAS: [&str; 8] = ["audio", "bluetooth", "codec", "display", "power", "storage", "update", "wifi"];
const THINGS: [&str; 8] =
    ["Volume", "Pairing", "Playback", "Backlight", "Suspend", "Partition", "Rollback", "Roaming"];
const DOES: [&str; 10] = [
    "starts",
    "stops",
    "recovers",
    "keeps_state",
    "reports_error",
    "honors_limit",
    "is_idempotent",
    "survives_reset",
    "negotiates",
    "times_out",
];

/// Where a test is and what it is called.
struct Name {
    area: &'static str,
    thing: &'static str,
    module: u64,
    function: String,
}

/// The name of the test with this number: every seventy make a class, four classes a module; four
/// of five have parameters.
fn name(number: u64) -> Name {
    let class = number / 70;
    let at = |list: &[&'static str], index: u64| list[(index % list.len() as u64) as usize];
    let does = at(&DOES, number % 70 / 7);
    let function = match number % 7 {
        0 => format!("test_{does}"),
        variant => {
            format!("test_{does}[{}-{}]", ["low", "mid", "high"][(variant % 3) as usize], 1 << variant)
        }
    };
    Name { area: at(&AREAS, class / 4), thing: at(&THINGS, class), module: class / 4, function }
}

/// A traceback as pytest prints it, for XML or JSON; quotes and brackets are the caller's to escape.
fn traceback(name: &Name, dice: &mut Dice) -> String {
    let plain = name.function.split('[').next().unwrap_or_default();
    let (got, line) = (dice.roll(4000), 20 + dice.roll(400));
    let mut text = format!(
        "self = <test_{}_{}.Test{} object at 0x7f3c{:08x}>\n",
        name.area,
        name.module,
        name.thing,
        dice.roll(1 << 32)
    );
    text.push_str("device = <Device 'board_c' at /dev/ttyUSB2>, level = 17\n\n");
    let _ = writeln!(
        text,
        "    def {plain}(self, device, level):\n        with device.session(timeout=2.5) as session:"
    );
    text.push_str(
        "            session.write(b'\\x02LEVEL?\\x03')\n            answer = session.read_until(b'\\x03')\n",
    );
    let _ = writeln!(
        text,
        ">       assert parse(answer).level == level, \"not the level that was set\"\nE       AssertionError: not the level that was set\nE       assert {got} == 17\nE        +  where {got} = Answer(level={got}, flags=0x{got:04x}, raw=b'\\x02{got}\\x03').level\n"
    );
    let _ = writeln!(text, "tests/{0}/test_{0}_{1}.py:{line}: AssertionError", name.area, name.module);
    if dice.one_in(3) {
        text.push_str("\nDuring handling of the above exception, another exception occurred:\n\n");
        for depth in 0..8 + dice.roll(14) {
            let _ = writeln!(
                text,
                "lab/transport/serial_{depth}.py:{}: in exchange\n    return self._inner.exchange(frame, deadline - self._clock())\n           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
                10 + dice.roll(300)
            );
        }
        text.push_str("E   lab.errors.TimeoutError: no answer from <board_c> within 2.5 s & no retry left\n");
    }
    text
}

fn captured(dice: &mut Dice) -> String {
    let mut text = String::new();
    for line in 0..3 + dice.roll(9) {
        let _ = writeln!(
            text,
            "[{:>9.3}] board_c: state {} -> {}, {} mV, rssi -{} dBm",
            dice.seconds() * 1e4,
            line,
            line + 1,
            3200 + dice.roll(900),
            40 + dice.roll(50)
        );
    }
    text
}

fn escape_xml(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\n', "&#10;")
}

/// A JUnit file as `pytest --junitxml` writes it: one line, two of a hundred tests failed with
/// tracebacks, one in a hundred skipped, some with output.
pub fn junit(tests: u64) -> Generated {
    junit_of(tests, 7)
}

/// The same tests with other outcomes: one such file per DUT makes a report. `seed` decides which.
pub fn junit_of(tests: u64, seed: u64) -> Generated {
    let mut dice = Dice(seed);
    let (mut failed, mut skipped) = (0, 0);
    let mut cases = String::with_capacity(tests as usize * 170);
    for number in 0..tests {
        let name = name(number);
        let (area, module, thing) = (name.area, name.module, name.thing);
        let _ = write!(
            cases,
            "<testcase classname=\"tests.{area}.test_{area}_{module}.Test{thing}\" name=\"{}\" time=\"{:.3}\"",
            name.function,
            dice.seconds()
        );
        if dice.one_in(50) {
            failed += 1;
            let text = traceback(&name, &mut dice);
            let body = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let message = "AssertionError: not the level that was set\nassert 2418 == 17\n +  where 2418 = Answer(level=2418).level";
            let _ =
                write!(cases, "><failure message=\"{}\">{body}</failure></testcase>", escape_xml(message));
        } else if dice.one_in(100) {
            skipped += 1;
            let _ = write!(
                cases,
                "><skipped type=\"pytest.skip\" message=\"no {thing} on this board\">/srv/lab/tests/{area}/test_{area}_{module}.py:{}: no {thing} on this board</skipped></testcase>",
                10 + dice.roll(90)
            );
        } else if dice.one_in(18) {
            let _ = write!(
                cases,
                "><system-out>{}</system-out></testcase>",
                captured(&mut dice).replace('>', "&gt;")
            );
        } else {
            cases.push_str(" />");
        }
    }
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><testsuites name=\"pytest tests\"><testsuite name=\"pytest\" errors=\"0\" failures=\"{failed}\" skipped=\"{skipped}\" tests=\"{tests}\" time=\"412.118\" timestamp=\"2026-11-20T21:04:11.002259+00:00\" hostname=\"runner-7\">{cases}</testsuite></testsuites>"
    );
    Generated { text, tests, failed, skipped }
}

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
