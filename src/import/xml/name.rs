//! Names of elements.

use quick_xml::name::QName;

/// Returns a name without its prefix. quick-xml's own function starts a search that pays off
/// only for long names.
#[inline]
pub fn local_name(name: QName<'_>) -> &str {
    let name = name.into_inner();
    let prefix = name.bytes().position(|byte| byte == b':');
    prefix.and_then(|at| name.get(at + 1..)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_no_part_of_a_name() {
        for (name, expected) in
            [("testcase", "testcase"), ("e:root", "root"), (":a:b", "a:b"), ("a:", ""), ("", "")]
        {
            assert_eq!(local_name(QName(name)), expected);
        }
    }
}
