//! Names of properties, and of tests and their scopes.

use crate::model::IdentityField;
use crate::text::search::{find_byte, is_same};

/// Returns the identity field that test suites usually store in a property with
/// this name. Case, `-`, `_`, `.` and spaces make no difference.
pub fn identity_field(name: &str) -> Option<IdentityField> {
    // Most properties have other names: do not allocate a string for them.
    if name.len() > 24 {
        return None;
    }
    let is_kept = |c: &char| c.is_ascii_alphanumeric() || !c.is_ascii();
    let key: String = name.chars().filter(is_kept).map(|c| c.to_ascii_lowercase()).collect();
    // In `dut.board` and `sut_firmware` the prefix says that it is the DUT's.
    let of_dut = ["dut", "sut"].iter().find_map(|prefix| key.strip_prefix(prefix));
    identity_of_key(&key).or_else(|| identity_of_key(of_dut?))
}

/// Returns whether a property with this name identifies a device of a phone farm or of Appium, by
/// which its name may be missing.
pub fn is_device_id(name: &str) -> bool {
    ["udid", "device-udid", "device_udid", "deviceUdid", "deviceId", "device-id", "device_id"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}

/// Returns whether a property with this name tells devices apart where files of equal tests differ in it.
/// Versions do not: they change from run to run.
pub(super) fn tells_devices_apart(name: &str) -> bool {
    const NAMES: [&str; 6] =
        ["browser", "browserName", "capabilities", "platformName", "emulator", "simulator"];
    is_device_id(name)
        || NAMES.iter().any(|known| known.eq_ignore_ascii_case(name))
        || name == "platform"
        || identity_field(name) == Some(IdentityField::Unit)
}

fn identity_of_key(key: &str) -> Option<IdentityField> {
    Some(match key {
        "dut" | "dutname" | "dutid" | "sut" | "sutname" | "board" | "boardname" | "device" | "devicename"
        | "devicetype" | "target" | "targetname" | "machine" | "tentacle" | "deviceundertest"
        | "systemundertest" => IdentityField::Dut,
        "unit" | "serial" | "serialnumber" | "serialno" | "sn" | "hwid" | "hardwareid" | "hardwareserial"
        | "dutserial" | "deviceserial" | "boardserial" | "unitid" => IdentityField::Unit,
        "build" | "buildid" | "buildnumber" | "buildversion" | "version" | "swversion"
        | "softwareversion" | "fw" | "fwversion" | "firmware" | "firmwareversion" | "firmwarebuild"
        | "commit" | "commithash" | "commitsha" | "gitcommit" | "gitsha" | "revision" | "release" => {
            IdentityField::Build
        }
        "sessionid" | "session" | "runid" | "testrun" | "testrunid" => IdentityField::Session,
        _ => return None,
    })
}

/// Returns the text of a scope for its suite and class, and where in it the suite
/// ends and the class begins.
pub fn scope_of(suite: &str, class: &str) -> (String, (u32, u32)) {
    let end = suite.len() as u32;
    match (suite.is_empty(), class.is_empty()) {
        (_, true) => (suite.to_owned(), (end, end)),
        (true, false) => (class.to_owned(), (0, 0)),
        (false, false) => (format!("{suite}.{class}"), (end, end + 1)),
    }
}

/// Splits a name that may be a pytest node id into scope, boundary and name.
pub fn split_test_name(full: &str) -> (String, Option<(u32, u32)>, String) {
    let (path, parameters) = match full.find('[') {
        Some(at) => full.split_at(at),
        None => (full, ""),
    };
    let Some((around, name)) = path.rsplit_once("::") else {
        return (String::new(), Some((0, 0)), full.to_owned());
    };
    let (file, classes) = around.split_once("::").unwrap_or((around, ""));
    let suite = file.strip_suffix(".py").unwrap_or(file).replace('/', ".");
    let (scope, boundary) = scope_of(&suite, &classes.replace("::", "."));
    (scope, Some(boundary), format!("{name}{parameters}"))
}

/// Returns the name of a test in a node id, if file and classes are exactly what was `around` the name in another one.
/// Takes less time than [`split_test_name`], and most tests follow one of the same class.
pub fn name_in<'n>(around: &str, full: &'n str) -> Option<&'n str> {
    let (start, rest) = full.split_at_checked(around.len())?;
    let name = rest.strip_prefix("::").filter(|_| is_same(start, around))?;
    // Colons in parameters do not count.
    let is_name = match find_byte(name.as_bytes(), [b'[', b':']) {
        Some(at) => name.as_bytes().get(at) == Some(&b'['),
        None => true,
    };
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_tests() {
        for (full, scope, boundary, name) in [
            ("tests/test_a.py::TestX::test_y[a::b]", "tests.test_a.TestX", (12, 13), "test_y[a::b]"),
            ("tests/test_a.py::test_y", "tests.test_a", (12, 12), "test_y"),
            ("a.py::X::Y::t", "a.X.Y", (1, 2), "t"),
            ("::TestX::t", "TestX", (0, 0), "t"),
            ("just a name", "", (0, 0), "just a name"),
        ] {
            let expected = (scope.to_owned(), Some(boundary), name.to_owned());
            assert_eq!(split_test_name(full), expected, "{full}");
            let around = full.strip_suffix(&format!("::{name}"));
            assert_eq!(around.and_then(|around| name_in(around, full)), around.map(|_| name), "{full}");
        }
    }

    #[test]
    fn names_are_found_only_behind_all_that_is_around_them() {
        for (around, full) in [
            ("a.py", "a.py::TestX::t"),
            ("a.py::TestX", "a.py::TestXY::t"),
            ("a.py::TestX", "b.py::TestX::t"),
            ("a.py", "a.py:::t"),
            ("a.py", "a.py"),
        ] {
            assert_eq!(name_in(around, full), None, "{full}");
        }
    }

    #[test]
    fn properties_by_many_spellings() {
        for name in ["DUT", "dut_name", "Board", "device-name"] {
            assert_eq!(identity_field(name), Some(IdentityField::Dut), "{name}");
        }
        assert_eq!(identity_field("dut.board"), Some(IdentityField::Dut));
        assert_eq!(identity_field("DUT_FIRMWARE"), Some(IdentityField::Build));
        assert_eq!(identity_field("os.version"), None);
        assert_eq!(identity_field("Serial Number"), Some(IdentityField::Unit));
        assert_eq!(identity_field("fw.version"), Some(IdentityField::Build));
        assert_eq!(identity_field("Platform"), None);
        assert_eq!(identity_field("python"), None);
    }
}
