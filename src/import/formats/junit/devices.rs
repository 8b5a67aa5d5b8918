//! Suites that name the devices on which their tests ran.
//!
//! Some producers do so by design: twister (a suite per board), PlatformIO (`ENV:FOLDER`), karma (a
//! suite per browser) and Firebase Test Lab (`MODEL-VERSION-LOCALE-ORIENTATION`). A property of every
//! suite may name it, such as `browserName`, if suites with different values have equal tests. Elsewhere
//! it is a guess, for which most tests must be equal in several suites, and the names of these suites must
//! look like devices.

use super::Data;
use super::platforms::PLATFORM_PROPERTIES;
use super::sessions::named_dut;
use super::suites::Suite;
use crate::import::batch::Batch;
use crate::import::identify::{is_device_word, is_kind_of_suite};
use crate::import::xml;
use crate::model::{Severity, head};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// The most words of a device's name.
const WORDS: usize = 6;

/// The devices of a file's suites.
#[derive(Debug, Default)]
pub(super) struct Devices {
    /// By suite: its device, and the rest of its name.
    of_suite: Vec<Option<(String, String)>>,
    /// It is a guess.
    pub is_guess: bool,
    /// The property of suites that has the device; `None` if their names have it.
    pub property: Option<&'static str>,
}

impl Devices {
    /// Returns the device of a suite.
    pub(super) fn of(&self, suite: usize) -> Option<&str> {
        Some(self.entry(suite)?.0.as_str())
    }

    /// Returns the name of a suite without its device.
    pub(super) fn rest_of(&self, suite: usize) -> Option<&str> {
        Some(self.entry(suite)?.1.as_str())
    }

    /// Returns whether there are several devices.
    pub(super) fn are_several(&self) -> bool {
        let mut devices = self.of_suite.iter().flatten().map(|(device, _)| device);
        devices.next().is_some_and(|first| devices.any(|device| device != first))
    }

    fn entry(&self, suite: usize) -> Option<&(String, String)> {
        self.of_suite.get(suite)?.as_ref()
    }
}

impl Data {
    /// Finds the devices that suites name.
    pub(super) fn find_devices(&self, batch: &mut Batch) -> Devices {
        if batch.is_one_dut {
            return Devices::default();
        }
        let outer = self.outer_suites();
        let whole = |name: &str| Some((name.to_owned(), String::new())).filter(|_| !name.is_empty());
        let split = |name: &str| {
            let (device, rest) = name.split_once(':')?;
            Some((device.trim().to_owned(), rest.trim().to_owned()))
        };
        if self.are_suites_boards() {
            return self.read_names(&outer, &whole);
        }
        if self.names_duts() {
            return Devices::default();
        }
        if self.producer.is_platformio() {
            return self.read_names(&outer, &split);
        }
        if let Some(devices) = self.devices_by_property(&outer, batch) {
            return devices;
        }
        if self.has_property("browser.fullName") {
            return self.read_names(&outer, &whole);
        }
        let mut names =
            outer.iter().flatten().filter_map(|&suite| Some(self.suites.get(suite)?.name.as_str()));
        let are_of_firebase = names.clone().next().is_some() && names.clone().all(is_firebase_device);
        if are_of_firebase {
            return self.read_names(&outer, &whole);
        }
        let are_split = names.all(|name| !name.contains("::") && name.matches(':').count() == 1);
        let readings =
            if are_split { self.read_names(&outer, &split) } else { self.read_names(&outer, &whole) };
        if !self.is_evident(&readings, batch) {
            return Devices::default();
        }
        let names: BTreeSet<&str> = readings.of_suite.iter().flatten().map(|(device, _)| &**device).collect();
        let shown: Vec<&str> = names.iter().take(5).map(|name| head(name, 40)).collect();
        let text = format!(
            "suites named like devices have equal tests ({}): one session per DUT, which is a guess",
            shown.join(", ")
        );
        batch.note(Severity::Info, None, text);
        Devices { is_guess: true, ..readings }
    }

    /// Returns the outer suite of each suite that has entries: itself or one around it. A single suite
    /// around all others is the report and no outer suite.
    fn outer_suites(&self) -> Vec<Option<usize>> {
        let mut widths: Vec<(usize, bool)> = Vec::new();
        for suite in &self.suites {
            if widths.len() <= suite.depth {
                widths.resize(suite.depth + 1, (0, false));
            }
            if let Some((width, has_entries)) = widths.get_mut(suite.depth) {
                *width += 1;
                *has_entries |= suite.entries > 0;
            }
        }
        let level = widths.iter().position(|&(width, has_entries)| width > 1 || has_entries).unwrap_or(0);
        let mut around: Vec<Option<usize>> = Vec::with_capacity(self.suites.len());
        for (index, suite) in self.suites.iter().enumerate() {
            let parent = suite.parent.and_then(|parent| around.get(parent as usize).copied().flatten());
            around.push(if suite.depth == level { Some(index) } else { parent });
        }
        around
            .into_iter()
            .zip(&self.suites)
            .map(|(outer, suite)| outer.filter(|_| suite.entries > 0))
            .collect()
    }

    /// Reads the names of outer suites as devices, each with the rest of its name.
    fn read_names(
        &self,
        outer: &[Option<usize>],
        split: &dyn Fn(&str) -> Option<(String, String)>,
    ) -> Devices {
        let read = |(index, outer): (usize, &Option<usize>)| {
            let outer = (*outer)?;
            let (device, rest) = split(&self.suites.get(outer)?.name)?;
            let own = &self.suites.get(index)?.name;
            Some((device, if outer == index { rest } else { own.clone() }))
        };
        Devices { of_suite: outer.iter().enumerate().map(read).collect(), ..Devices::default() }
    }

    /// Finds a property that names the browser or platform of each suite, where suites with different
    /// values have equal tests.
    fn devices_by_property(&self, outer: &[Option<usize>], batch: &mut Batch) -> Option<Devices> {
        PLATFORM_PROPERTIES.into_iter().find_map(|key| {
            let value = |suite: usize| {
                let (_, value) = self.suites.get(suite)?.properties.iter().find(|(name, _)| name == key)?;
                Some(value.trim().to_owned()).filter(|value| !value.is_empty())
            };
            let read = |(index, outer): (usize, &Option<usize>)| {
                let device = value(index).or_else(|| value((*outer)?))?;
                Some((device, self.suites.get(index)?.name.clone()))
            };
            let of_suite: Vec<_> = outer.iter().enumerate().map(read).collect();
            let devices = Devices { of_suite, is_guess: false, property: Some(key) };
            let with_tests = || (0..self.suites.len()).filter(|&suite| outer.get(suite) != Some(&None));
            let names: BTreeSet<&str> = with_tests().filter_map(|suite| devices.of(suite)).collect();
            let is_everywhere = with_tests().all(|suite| devices.of(suite).is_some());
            let are_devices = names.len() > 1 && is_everywhere && self.tests_agree(&devices, batch).is_some();
            are_devices.then_some(devices)
        })
    }

    /// Returns whether a suite, a test or the file names a DUT in a field of its own.
    fn names_duts(&self) -> bool {
        let names_dut = |suite: &Suite| suite.device.is_some() || named_dut(&suite.properties).is_some();
        let is_root = named_dut(&self.root_properties).is_some();
        is_root || !self.case_duts.is_empty() || self.suites.iter().any(names_dut)
    }

    fn has_property(&self, name: &str) -> bool {
        self.suites.iter().any(|suite| suite.properties.iter().any(|(have, _)| have == name))
    }

    /// Returns whether names and tests of the suites are evidence for devices.
    fn is_evident(&self, devices: &Devices, batch: &Batch) -> bool {
        let names: BTreeSet<&str> = (0..self.suites.len()).filter_map(|suite| devices.of(suite)).collect();
        let is_pytest = self.suites.iter().any(|suite| suite.is_pytest);
        if is_pytest || names.len() < 2 || self.producer.is_avocado() || self.hosts_distinguish_suites() {
            return false;
        }
        if !names.iter().all(|name| can_be_device(name)) {
            return false;
        }
        let is_known = |name: &&&str| tokens(name).any(|word| is_device_word(&word));
        let is_model = |name: &&&str| is_known(name) || tokens(name).any(|word| is_mixed(&word));
        let known = names.iter().filter(is_known).count();
        if names.iter().filter(is_model).count() < names.len() {
            return false;
        }
        self.tests_agree(devices, batch).is_some_and(|has_classes| has_classes || known * 2 >= names.len())
    }

    /// Returns whether most tests of each device are tests of another device, too: `Some(true)` if
    /// their classes agree as well, `None` if they are different tests.
    fn tests_agree(&self, devices: &Devices, batch: &Batch) -> Option<bool> {
        // By test: the first device that has it, and whether there is another one.
        let mut have: FxHashMap<(&str, &str, &str), (&str, bool)> = FxHashMap::default();
        let mut has_classes = true;
        let tests = || {
            batch.rows.iter().filter_map(|row| {
                let &(suite, class) = self.scopes.get(row.scope as usize)?;
                let device = devices.of(suite as usize)?;
                let rest = devices.rest_of(suite as usize)?;
                let class = without_device(batch.get(class), device);
                Some((device, (rest, class, batch.get(row.name))))
            })
        };
        for (device, test) in tests() {
            has_classes &= !test.1.is_empty();
            // A class that repeats its suite is why the suites differ.
            if !test.1.is_empty() && test.1.contains(device) {
                return None;
            }
            let (first, is_shared) = have.entry(test).or_insert((device, false));
            *is_shared |= *first != device;
        }
        let mut shares: FxHashMap<&str, (u32, u32)> = FxHashMap::default();
        for (device, test) in tests() {
            let (shared, all) = shares.entry(device).or_default();
            *shared += u32::from(have.get(&test).is_some_and(|(_, is_shared)| *is_shared));
            *all += 1;
        }
        shares.values().all(|(shared, all)| shared * 2 >= *all).then_some(has_classes)
    }
}

/// Returns the class without the device of its suite in front: `board:suite`, and karma's
/// `Chrome_120_0_(Linux).suite`.
pub(super) fn without_device<'a>(class: &'a str, device: &str) -> &'a str {
    if let Some(rest) = class.strip_prefix(device).and_then(|rest| rest.strip_prefix([':', '.'])) {
        return rest;
    }
    // karma may put a package before it.
    let spelled = |text: &str| text.replace(['.', ' '], "_");
    let device = spelled(device);
    let mut places = std::iter::once(0).chain(class.match_indices('.').map(|(at, _)| at + 1));
    let is_at = |at: &usize| {
        let end = at + device.len();
        class.get(*at..end).is_some_and(|part| spelled(part) == device)
            && class.get(end..).is_some_and(|rest| rest.starts_with('.'))
    };
    let rest = places.find(is_at).and_then(|at| class.get(at + device.len() + 1..));
    rest.unwrap_or(class)
}

/// Returns whether a name is a device of Firebase Test Lab, as Flank writes it:
/// `Pixel2.arm-30-en_US-portrait`.
fn is_firebase_device(name: &str) -> bool {
    let mut parts = name.rsplitn(4, '-');
    let (orientation, locale, version) = (parts.next(), parts.next(), parts.next());
    let is_locale = |locale: &str| {
        let (language, country) = locale.split_once('_').unwrap_or((locale, ""));
        (2..=3).contains(&language.len())
            && locale.chars().all(|c| c.is_ascii_alphabetic() || c == '_')
            && country.len() <= 4
    };
    matches!(orientation, Some("portrait" | "landscape"))
        && locale.is_some_and(is_locale)
        && version.is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()))
        && parts.next().is_some_and(|model| !model.is_empty())
}

/// Returns whether a name is no class, path, sentence or kind of suite.
fn can_be_device(name: &str) -> bool {
    let is_file = |end: &str| name.to_ascii_lowercase().ends_with(end);
    let is_path = name.contains(['/', '\\', '#', '›']) || name.contains("::");
    let segments: Vec<&str> = name.split('.').collect();
    let is_word = |segment: &&str| {
        segment.starts_with(|c: char| c.is_ascii_alphabetic())
            && segment.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$')
    };
    let is_class = segments.len() > 2 && segments.iter().all(&is_word)
        || segments.len() == 2
            && segments.iter().all(is_word)
            && segments.last().is_some_and(|last| last.starts_with(char::is_uppercase));
    let letters = words(name).filter(|word| word.chars().any(char::is_alphabetic)).count();
    !is_path
        && !is_class
        && ![".py", ".js", ".ts", ".c", ".cc", ".cpp", ".go", ".rs", ".rb", ".feature", ".robot", ".xml"]
            .into_iter()
            .any(is_file)
        && (1..=WORDS).contains(&letters)
        && !words(name).any(|word| is_kind_of_suite(&word))
}

/// Returns whether a word has letters and digits, like the name of a model.
fn is_mixed(word: &str) -> bool {
    word.chars().any(|c| c.is_ascii_digit()) && word.chars().any(char::is_alphabetic)
}

/// Returns the parts of a name between signs in lower case: `iPhone 15` has `iphone` and `15`.
fn tokens(name: &str) -> impl Iterator<Item = String> {
    name.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).map(str::to_lowercase)
}

/// Returns the words of a name in lower case: `GalaxyS9-30` has `galaxy`, `s9` and `30`.
fn words(name: &str) -> impl Iterator<Item = String> + use<> {
    let mut words: Vec<String> = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let begins = c.is_uppercase() && before.is_lowercase();
        if (begins || !c.is_alphanumeric()) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.into_iter().filter(|word| !word.is_empty())
}

/// Removes the device of its suite from the name of a test: PlatformIO names a suite that could not
/// run `ENV:FOLDER`.
pub(super) fn rename_tests(data: &Data, batch: &mut Batch) {
    for index in 0..batch.len() {
        let Some(row) = batch.rows.get(index) else {
            return;
        };
        let suite = data.scopes.get(row.scope as usize).map(|&(suite, _)| suite as usize);
        let rest = suite.and_then(|suite| {
            let device = data.devices.of(suite)?;
            batch.get(row.name).strip_prefix(device)?.strip_prefix(':').filter(|rest| !rest.is_empty())
        });
        let Some(rest) = rest.map(str::to_owned) else {
            continue;
        };
        let name = batch.add_name(&xml::unescape(&rest));
        if let Some(row) = batch.rows.get_mut(index) {
            row.name = name;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_can_be_devices() {
        for name in [
            "Chrome 120.0.0.0 (Linux x86_64)",
            "nucleo_f401re",
            "leaf1",
            "DC1-SPINE2",
            "Pixel2.arm-30-en_US-portrait",
            "iPhone 15 Pro",
        ] {
            assert!(can_be_device(name), "{name}");
        }
        for name in [
            "com.acme.FooTest",
            "acme.Foo",
            "tests/test_a.py",
            "test_a.py",
            "FooTest",
            "Suite 1",
            "shard-1",
            "crate::module",
            "a user can open the page of an order",
            "12",
            "",
        ] {
            assert!(!can_be_device(name), "{name}");
        }
    }

    #[test]
    fn devices_of_firebase() {
        assert!(is_firebase_device("Pixel2.arm-30-en_US-portrait"));
        assert!(is_firebase_device("blueline-28-de-landscape"));
        assert!(!is_firebase_device("portrait"));
        assert!(!is_firebase_device("mode-switch-to-portrait"));
    }

    #[test]
    fn classes_without_their_device() {
        assert_eq!(without_device("qemu_x86:kernel.common", "qemu_x86"), "kernel.common");
        assert_eq!(without_device("Chrome_120_0_(Linux).sums", "Chrome 120.0 (Linux)"), "sums");
        assert_eq!(without_device("unit.Chrome_120_0_(Linux).sums", "Chrome 120.0 (Linux)"), "sums");
        assert_eq!(without_device("com.acme.Test", "Pixel"), "com.acme.Test");
    }
}
