//! Addresses with placeholders: `https://git.example/{path}#L{line}`.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What is encoded in a value: all that ends a path, or is not allowed in an address.
const ENCODED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b']')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'&')
    .add(b'+')
    .add(b'\\');

/// Fills in a template: `{name}` becomes the value of that name, encoded. Without a value there is no address, except
/// that a fragment (`#L{line}`) is left out. `None` as well if the address is not one of http or https, whatever the
/// values are.
pub fn fill_in(template: &str, value: impl Fn(&str) -> Option<String>) -> Option<String> {
    let (address, fragment) = template.split_once('#').unwrap_or((template, ""));
    let address = filled(address, &value)?;
    let fragment = filled(fragment, &value).filter(|fragment| !fragment.is_empty());
    let address = fragment.map_or(address.clone(), |fragment| format!("{address}#{fragment}"));
    is_web_address(&address).then_some(address)
}

fn filled(template: &str, value: &impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (name, after) = after.split_once('}')?;
        let value = value(name).filter(|value| !value.is_empty())?;
        text.extend(utf8_percent_encode(&value, ENCODED));
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

/// Whether a text is an address that may be a link. Other schemes could run a script.
pub fn is_web_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !text.contains(char::is_whitespace))
}

/// Splits `tests/test_a.py:12` into path and line.
pub fn split_line(location: &str) -> (&str, Option<&str>) {
    match location.rsplit_once(':') {
        Some((path, line)) if !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit()) => {
            // A column may follow the line.
            match path.rsplit_once(':') {
                Some((path, first))
                    if !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit()) =>
                {
                    (path, Some(first))
                }
                _ => (path, Some(line)),
            }
        }
        _ => (location, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(name: &str) -> Option<String> {
        let value = match name {
            "path" => "tests/a b#.py",
            "commit" => "4f1c2d9",
            "evil" => "javascript:alert(1)",
            "empty" => "",
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn placeholders_become_values() {
        for (template, expected) in [
            ("https://x/{commit}/{path}", Some("https://x/4f1c2d9/tests/a%20b%23.py")),
            ("https://x/{path}#L{line}", Some("https://x/tests/a%20b%23.py")),
            ("https://x/{path}#{commit}", Some("https://x/tests/a%20b%23.py#4f1c2d9")),
            ("https://x/plain", Some("https://x/plain")),
            ("https://x/{line}", None),
            ("https://x/{empty}", None),
            ("https://x/{path", None),
            ("{evil}", None),
            ("javascript:alert({commit})", None),
            ("//x/{path}", None),
            ("", None),
        ] {
            assert_eq!(fill_in(template, value).as_deref(), expected, "{template}");
        }
    }

    #[test]
    fn only_web_addresses_are_links() {
        for (text, expected) in [
            ("https://ci.example/7", true),
            ("http://ci/7", true),
            ("https://", false),
            ("https:///x", false),
            ("javascript:alert(1)", false),
            ("data:text/html,x", false),
            ("see https://ci.example/7", false),
            ("https://ci.example/7 and more", false),
        ] {
            assert_eq!(is_web_address(text), expected, "{text}");
        }
    }

    #[test]
    fn a_location_has_a_line() {
        for (location, expected) in [
            ("a.py:12", ("a.py", Some("12"))),
            ("a.spec.js:6:9", ("a.spec.js", Some("6"))),
            ("C:/a.py", ("C:/a.py", None)),
            ("a.py", ("a.py", None)),
            ("a.py:", ("a.py:", None)),
        ] {
            assert_eq!(split_line(location), expected, "{location}");
        }
    }

    proptest! {
        #[test]
        fn a_link_is_always_a_web_address(template in ".{0,20}", with in ".{0,9}") {
            let address = fill_in(&template, |_| Some(with.clone()));
            prop_assert!(address.is_none_or(|address| is_web_address(&address)));
        }
    }
}
