//! The full name of a test, as its producer writes it.

use crate::model::{Dataset, FileRecord, TestId};
use serde::{Deserialize, Serialize};

/// The full name of a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FullName {
    /// The name: `tests/test_a.py::TestX::test_y[1]`.
    pub text: String,
    /// It is a node ID of pytest, which `pytest` takes as an argument.
    pub is_node_id: bool,
}

/// How a producer joins suite, class and name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// `tests/test_a.py::TestX::test_y`
    NodeId,
    /// `org.acme.FlakyTest#retried`, as `mvn -Dtest=` takes it.
    Method,
    /// `MathTest.Adds`
    Dotted,
    /// `suite › class › name`, where the producer has no form of its own.
    Plain,
}

/// Formats and producers of JUnit XML that write dotted names.
const DOTTED: [&str; 11] = [
    "gtest-json",
    "nunit",
    "trx",
    "xunit-net",
    "robot",
    "robot-json",
    "GoogleTest",
    "Gradle",
    "Robot Framework",
    "unittest-xml-reporting",
    "node --test",
];

/// Returns the full name of a test in the form of the file's producer.
pub fn full_name(data: &Dataset, file: &FileRecord, test: TestId) -> FullName {
    let (suite, class, name) = (data.tests.suite(test), data.tests.class(test), data.tests.name(test));
    joined(form_of(file.format, &file.producer, suite), suite, class, name)
}

fn form_of(format: &str, producer: &str, suite: &str) -> Form {
    // A suite that is no dotted module path has no file to name.
    let is_module = !suite.is_empty() && !suite.contains(['/', ' ', ':']);
    if format.starts_with("pytest") || producer.starts_with("pytest") {
        return if is_module { Form::NodeId } else { Form::Plain };
    }
    if producer.starts_with("Maven Surefire") {
        return Form::Method;
    }
    if DOTTED.contains(&format) || DOTTED.contains(&producer) { Form::Dotted } else { Form::Plain }
}

fn joined(form: Form, suite: &str, class: &str, name: &str) -> FullName {
    let parts = |separator: &str| {
        let parts = [suite, class, name].into_iter().filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join(separator)
    };
    let text = match form {
        Form::NodeId => {
            let classes = class.split('.').filter(|class| !class.is_empty());
            let classes: String = classes.map(|class| format!("::{class}")).collect();
            format!("{}.py{classes}::{name}", suite.replace('.', "/"))
        }
        Form::Method => {
            match [suite, class].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>() {
                scope if scope.is_empty() => name.to_owned(),
                scope => format!("{}#{name}", scope.join(".")),
            }
        }
        Form::Dotted => parts("."),
        Form::Plain => parts(" › "),
    };
    FullName { text, is_node_id: form == Form::NodeId }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(format: &str, producer: &str, (suite, class, name): (&str, &str, &str), expected: &str) {
        let full = joined(form_of(format, producer, suite), suite, class, name);
        assert_eq!(full.text, expected);
        assert_eq!(full.is_node_id, expected.contains(".py::"));
    }

    #[test]
    fn pytest_has_node_ids() {
        let test = ("tests.network.test_wifi", "TestBand.TestInner", "test_roams[5GHz]");
        let expected = "tests/network/test_wifi.py::TestBand::TestInner::test_roams[5GHz]";
        check("junit", "pytest", test, expected);
        check("pytest-json-report", "", test, expected);
        check("junit", "pytest-embedded", ("test_app", "", "test_boot"), "test_app.py::test_boot");
        check("junit", "pytest", ("", "", "test_boot"), "test_boot");
        check("junit", "pytest", ("nightly run", "", "test_boot"), "nightly run › test_boot");
    }

    #[test]
    fn other_producers_have_their_own_form() {
        let test = ("org.acme", "FlakyTest", "retried");
        check("junit", "Maven Surefire or Failsafe", test, "org.acme.FlakyTest#retried");
        check("junit", "Gradle", test, "org.acme.FlakyTest.retried");
        check("gtest-json", "", ("MathTest", "", "Adds"), "MathTest.Adds");
        check("junit", "", test, "org.acme › FlakyTest › retried");
        check("tap", "", ("", "", "boots"), "boots");
    }
}
