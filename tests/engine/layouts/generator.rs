//! Makes layouts of files whose DUTs, builds and sessions are known.

/// A file of a layout, and what is true about it.
#[derive(Clone, Debug)]
pub struct File {
    pub path: String,
    /// Scope and name of each test.
    pub tests: Vec<(String, String)>,
    /// Seconds after the start of the first run; `None` if the file has no time.
    pub started_s: Option<u32>,
    /// `None` if nothing names the DUT, so that every name is a guess.
    pub dut: Option<String>,
    pub build: Option<String>,
    /// Files of one session have the same number.
    pub session: usize,
}

/// Files that are dropped together.
#[derive(Clone, Debug)]
pub struct Layout {
    pub style: &'static str,
    pub files: Vec<File>,
}

/// Where the parts of a run are in a path: `D` is the DUT, `B` the build, `S` the share of the run
/// (module, class, shard) and `H` a hash that no other file has.
struct Style {
    name: &'static str,
    /// With several builds.
    path: &'static str,
    /// With one build that no path names.
    path_without_build: &'static str,
    shares: Shares,
    builds: Builds,
}

/// How a run is split into files.
#[derive(Clone, Copy, PartialEq)]
enum Shares {
    One,
    Modules,
    Classes,
    Tests,
    Shards,
}

/// How builds are named.
#[derive(Clone, Copy, PartialEq)]
enum Builds {
    Any,
    Jobs,
    Dates,
}

const fn style(
    name: &'static str,
    path: &'static str,
    path_without_build: &'static str,
    shares: Shares,
    builds: Builds,
) -> Style {
    Style { name, path, path_without_build, shares, builds }
}

use Builds::{Any, Dates, Jobs};
use Shares::{Classes, Modules, One, Shards, Tests};

/// Naming styles of 17 producers and habits.
const STYLES: [Style; 17] = [
    style(
        "surefire",
        "B/D/target/surefire-reports/TEST-com.acme.S.xml",
        "D/target/surefire-reports/TEST-com.acme.S.xml",
        Classes,
        Any,
    ),
    style("pytest module", "D/B/test_S.xml", "D/test_S.xml", Modules, Any),
    style("cypress", "B/D/results-H.xml", "D/results-H.xml", Modules, Any),
    style("playwright", "D/B/shard-S/results.xml", "D/shard-S/results.xml", Shards, Any),
    style("nextest", "B/D/target/nextest/ci/junit.xml", "D/target/nextest/ci/junit.xml", One, Any),
    style("bazel", "D/B/bazel-testlogs/fw/S/test.xml", "D/bazel-testlogs/fw/S/test.xml", Modules, Any),
    style("go packages", "B/D/S/report.xml", "D/S/report.xml", Modules, Any),
    style("jest", "D/B/S.spec.xml", "D/S.spec.xml", Modules, Any),
    style("marathon", "B/tests/omni/D/S.xml", "tests/omni/D/S.xml", Tests, Any),
    style("flank", "B/matrix_0/D/test_result_S.xml", "matrix_0/D/test_result_S.xml", Shards, Any),
    style(
        "octoprobe",
        "testresults/B/RUN-EXTMOD/D/results.xml",
        "testresults/RUN-EXTMOD/D/results.xml",
        One,
        Any,
    ),
    style("artifacts", "B/D/junit.xml", "artifacts/D/junit.xml", One, Jobs),
    style("flat", "D_B.xml", "D.xml", One, Any),
    style("flat modules", "B/D-S.xml", "D-S.xml", Modules, Any),
    style("modules first", "B/S_D.xml", "S_D.xml", Modules, Any),
    style("folder per build", "B/D.xml", "D.xml", One, Any),
    style("date folders", "nightly/B/D/results.xml", "nightly/D/results.xml", One, Dates),
];

const DUTS: [[&str; 6]; 6] = [
    ["board_a", "board_b", "board_c", "board_d", "board_e", "board_f"],
    ["kitchen", "hall", "garage", "attic", "cellar", "porch"],
    ["Pixel_7", "Pixel_8", "Galaxy_S23", "iPhone_15", "Moto_G", "Xperia_5"],
    ["R58M12ABCDE", "R58M12ABCDF", "ZY22GX8NLM", "0A281FDD4003MN", "9B071FFAZ00123", "emulator-5554"],
    ["nucleo_f091rc", "nucleo_l073rz", "esp32c3", "rpi_pico", "nrf52840dk", "stm32f3_disco"],
    [
        "127.0.0.1-5037-emulator-5554",
        "127.0.0.1-5037-emulator-5556",
        "10.0.0.17",
        "10.0.0.18",
        "192.168.1.20-usb",
        "192.168.1.21-usb",
    ],
];

const VERSIONS: [&str; 5] = ["1.4.0", "1.5.0", "1.5.1", "2.0.0-rc1", "2.0.0"];
const DATES: [&str; 5] = ["2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21", "2026-11-22"];
const COMMITS: [&str; 5] = ["748e7b6d75", "0be1f3c9a2", "9c2d41a7ef", "3d5e7f9a1b", "c4a1b2d3e5"];
const JOBS: [&str; 5] = ["job-1234", "job-1240", "job-1251", "job-1302", "job-1377"];
const MODULES: [&str; 5] = ["audio", "network", "usb", "storage", "display"];

/// Folders around everything that was dropped.
const AROUND: [&str; 6] = [
    "",
    "results/",
    "artifacts/ci/",
    "192.168.0.9/",
    "6f1c0d3e-8a5b-4c7d-9e2f-001122334455/",
    "2f9e6a0b7c1d4e8f5a3b9c0d1e2f3a4b/",
];

/// A generator of numbers (SplitMix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// Makes this many layouts of each style.
pub fn layouts(of_each: u64) -> Vec<Layout> {
    let styles = STYLES.iter().enumerate();
    styles.flat_map(|(at, style)| (0..of_each).map(move |n| layout(style, at as u64 * 1000 + n))).collect()
}

fn layout(style: &Style, seed: u64) -> Layout {
    let mut random = Random(seed);
    let (duts, builds) = (1 + random.below(6), 1 + random.below(5));
    let names = DUTS[random.below(DUTS.len())];
    let builds_of = match style.builds {
        Jobs => JOBS,
        Dates => DATES,
        Any => [VERSIONS, DATES, COMMITS][random.below(3)],
    };
    // A build that no path names has no name.
    let is_build_named = builds > 1 || random.below(2) == 0;
    let path = if is_build_named { style.path } else { style.path_without_build };
    let around = AROUND[random.below(AROUND.len())];
    let has_times = random.below(2) == 0;
    let is_slow = random.below(3) == 0;
    let shares = shares(style.shares, 2 + random.below(4));
    let noise = random.below(NOISES);
    let mut files = Vec::new();
    for (build, build_name) in builds_of.iter().enumerate().take(builds) {
        for (dut, dut_name) in names.iter().enumerate().take(duts) {
            // Not every DUT ran every build.
            if noise == 1 && build > 0 && random.below(4) == 0 {
                continue;
            }
            for (share, (share_name, tests)) in shares.iter().enumerate() {
                // A run that stopped early.
                if noise == 2 && share > 0 && random.below(6) == 0 {
                    continue;
                }
                let mut tests = tests.clone();
                // Tests that only one DUT or build has, and names that two shares have.
                match noise {
                    3 => tests.push((format!("{share_name}.special"), format!("only_{dut}"))),
                    4 => tests.push((format!("{share_name}.special"), format!("since_{build}"))),
                    5 if tests.len() > 2 => tests.push(("common".to_owned(), "starts".to_owned())),
                    _ => {}
                }
                let hash = format!("{:016x}{:016x}", random.next(), random.next());
                let path = around.to_owned()
                    + &path
                        .split_inclusive(['/', '.', '_', '-', '@'])
                        .map(|word| fill(word, dut_name, build_name, share_name, &hash))
                        .collect::<String>();
                let path = match noise {
                    6 => with_suffix(&path, &format!("_{}", &hash)),
                    7 if is_build_named => with_suffix(
                        &path,
                        &format!("_20261{:03}-10{:04}", 101 + random.below(20), files.len()),
                    ),
                    _ => path,
                };
                let apart = if is_slow { 5000 } else { 60 };
                let file = File {
                    path,
                    tests,
                    started_s: has_times.then_some((build * 86_400 * 2 + dut * 7 + share * apart) as u32),
                    dut: Some((*dut_name).to_owned()),
                    build: is_build_named.then(|| (*build_name).to_owned()),
                    session: build * duts + dut,
                };
                // The first test of the first share is run again.
                if noise == 8 && share == 0 && !file.path.contains("TEST-") {
                    let path = with_suffix(&file.path, "-retry1");
                    files.push(File { path, tests: file.tests[..1].to_vec(), ..file.clone() });
                }
                // It is run again into a folder beside.
                if noise == 9
                    && share == 0
                    && let Some(path) = with_folder_suffix(&file.path, "-retry-1")
                {
                    files.push(File { path, tests: file.tests[..1].to_vec(), ..file.clone() });
                }
                files.push(file);
            }
        }
    }
    Layout { style: style.name, files }
}

/// How many kinds of noise there are: none, missing runs, missing shares, tests of one DUT or build,
/// equal names, a hash and a time in each file name, retries in files or folders of their own.
const NOISES: usize = 10;

/// Adds a suffix to the name of a file, unless it is named after a class.
fn with_suffix(path: &str, suffix: &str) -> String {
    match path.strip_suffix(".xml") {
        Some(stem) if !path.contains("TEST-") => format!("{stem}{suffix}.xml"),
        _ => path.to_owned(),
    }
}

/// Adds a suffix to the folder of a file, if it has one.
fn with_folder_suffix(path: &str, suffix: &str) -> Option<String> {
    let (folder, name) = path.rsplit_once('/')?;
    Some(format!("{folder}{suffix}/{name}"))
}

/// Replaces a word of a path, which may have a separator at its end.
fn fill(word: &str, dut: &str, build: &str, share: &str, hash: &str) -> String {
    let (word, end) = match word.char_indices().last() {
        Some((at, last)) if !last.is_alphanumeric() => word.split_at(at),
        _ => (word, ""),
    };
    let text = match word {
        "D" => dut,
        "B" => build,
        "S" => share,
        "H" => hash,
        word => word,
    };
    format!("{text}{end}")
}

/// The name and the tests of each share of a run.
fn shares(kind: Shares, count: usize) -> Vec<(String, Vec<(String, String)>)> {
    let test = |scope: &str, name: &str| (scope.to_owned(), name.to_owned());
    let names = ["boots", "plays", "stops"];
    let modules = MODULES.iter().take(count);
    match kind {
        One => {
            let tests = modules.flat_map(|module| names.map(|name| test(module, name)));
            vec![("all".to_owned(), tests.collect())]
        }
        Modules => modules
            .map(|module| ((*module).to_owned(), names.map(|name| test(module, name)).to_vec()))
            .collect(),
        Classes => {
            let class = |module: &&str| module[..1].to_uppercase() + &module[1..] + "Test";
            let share = |class: String| {
                let scope = format!("com.acme.{class}");
                (class, names.map(|name| test(&scope, name)).to_vec())
            };
            modules.map(|module| share(class(module))).collect()
        }
        Tests => modules
            .flat_map(|module| {
                names.map(|name| (format!("com.acme.{module}#{name}"), vec![test(module, name)]))
            })
            .collect(),
        Shards => {
            let tests: Vec<_> =
                MODULES.iter().flat_map(|module| names.map(|name| test(module, name))).collect();
            (0..count)
                .map(|shard| {
                    let of_shard = tests.iter().skip(shard).step_by(count).cloned();
                    ((shard + 1).to_string(), of_shard.collect())
                })
                .collect()
        }
    }
}
