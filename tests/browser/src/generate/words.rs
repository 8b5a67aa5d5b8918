//! What the generated tests are called, and what they print.

use std::fmt::Write;

/// Numbers that look random and are the same on every run (a linear congruential generator with
/// Knuth's constants).
pub struct Dice(pub u64);

impl Dice {
    /// A number below this one.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    /// Happens once in so many times.
    pub fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }

    /// Seconds, mostly fractions of a millisecond, as unit tests have them.
    pub fn seconds(&mut self) -> f64 {
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
pub struct Name {
    pub area: &'static str,
    pub thing: &'static str,
    pub module: u64,
    pub function: String,
}

/// The name of the test with this number: every seventy make a class, four classes a module; four
/// of five have parameters.
pub fn name(number: u64) -> Name {
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
pub fn traceback(name: &Name, dice: &mut Dice) -> String {
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

/// Output of a test.
pub fn captured(dice: &mut Dice) -> String {
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
