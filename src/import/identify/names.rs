//! Names of properties and of tests.

use crate::import::batch::scope_of;
use crate::model::IdentityField;

/// What a property with this name tells, if it is one of those that test
/// suites use for it. Case, `-`, `_`, `.` and spaces make no difference.
pub fn axis_of(name: &str) -> Option<IdentityField> {
    // Nearly every property is none of these: do not build a string for it.
    if name.len() > 24 {
        return None;
    }
    let is_kept = |c: &char| c.is_ascii_alphanumeric() || !c.is_ascii();
    let key: String = name.chars().filter(is_kept).map(|c| c.to_ascii_lowercase()).collect();
    // `dut.board`, `sut_firmware`: properties of the DUT by the prefix.
    let of_dut = ["dut", "sut"].iter().find_map(|prefix| key.strip_prefix(prefix));
    axis_of_key(&key).or_else(|| axis_of_key(of_dut?))
}

fn axis_of_key(key: &str) -> Option<IdentityField> {
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
        }
    }

    #[test]
    fn properties_by_many_spellings() {
        for name in ["DUT", "dut_name", "Board", "device-name"] {
            assert_eq!(axis_of(name), Some(IdentityField::Dut), "{name}");
        }
        assert_eq!(axis_of("dut.board"), Some(IdentityField::Dut));
        assert_eq!(axis_of("DUT_FIRMWARE"), Some(IdentityField::Build));
        assert_eq!(axis_of("os.version"), None);
        assert_eq!(axis_of("Serial Number"), Some(IdentityField::Unit));
        assert_eq!(axis_of("fw.version"), Some(IdentityField::Build));
        assert_eq!(axis_of("Platform"), None);
        assert_eq!(axis_of("python"), None);
    }
}
