//! Lines in the log of a kernel, before and between results.

const MONTHS: [&str; 12] =
    ["Jan ", "Feb ", "Mar ", "Apr ", "May ", "Jun ", "Jul ", "Aug ", "Sep ", "Oct ", "Nov ", "Dec "];

/// Removes what `printk` and `journald` write before a line: a level, a time, a thread or
/// processor.
///
/// `<6>[   12.345678][   T12]   ok 1 - a` becomes `  ok 1 - a`.
pub fn message(line: &str) -> &str {
    let mut rest = line;
    let is_journal =
        line.starts_with(|c: char| c.is_ascii_digit()) || MONTHS.iter().any(|month| line.starts_with(month));
    if let Some(at) = line.find(" kernel: ").filter(|at| *at < 80 && is_journal) {
        rest = line.get(at + 9..).unwrap_or(rest);
    }
    if let Some((level, behind)) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'))
        && level.bytes().all(|digit| digit.is_ascii_digit())
    {
        rest = behind;
    }
    let Some(behind) = bracket(rest, |inner| {
        inner.split_once('.').is_some_and(|(seconds, rest)| is_number(seconds) && is_number(rest))
    }) else {
        return rest;
    };
    let thread = bracket(behind, |inner| inner.strip_prefix(['T', 'C']).is_some_and(is_number));
    let rest = thread.unwrap_or(behind);
    rest.strip_prefix(' ').unwrap_or(rest)
}

/// Returns the text after `[ inner ]` at the beginning, if `inner` matches.
fn bracket(text: &str, is_meant: impl Fn(&str) -> bool) -> Option<&str> {
    let (inner, rest) = text.strip_prefix('[')?.split_once(']')?;
    is_meant(inner.trim_start()).then_some(rest)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit())
}

/// Returns the kernel's version.
pub fn version(line: &str) -> Option<&str> {
    line.strip_prefix("Linux version ")?.split(' ').next().filter(|version| !version.is_empty())
}

/// Returns the model of the machine, from the device tree or the firmware of a PC.
pub fn machine(line: &str) -> Option<&str> {
    let line = line.strip_prefix("OF: fdt: ").unwrap_or(line);
    line.strip_prefix("Machine model: ").or_else(|| line.strip_prefix("DMI: ")).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_without_their_prefix() {
        for (line, expected) in [
            ("[    0.060000]   ok 1 - a", "  ok 1 - a"),
            ("[    0.060000][    T1] \t# Subtest: a", "\t# Subtest: a"),
            ("<6>[   12.345678] KTAP version 1", "KTAP version 1"),
            ("Nov 21 03:24:02 rpi4 kernel: [    1.5] ok 1 a", "ok 1 a"),
            ("Nov 21 03:24:02 rpi4 kernel:     ok 1 a", "    ok 1 a"),
            ("    ok 1 a", "    ok 1 a"),
            ("ok 1 the kernel: works", "ok 1 the kernel: works"),
            ("[drm] ok 1", "[drm] ok 1"),
            ("[1.2", "[1.2"),
            ("[    0.06]", ""),
        ] {
            assert_eq!(message(line), expected);
        }
        assert_eq!(version("Linux version 6.12.0-rc1 (lab@bench) #1 SMP"), Some("6.12.0-rc1"));
        assert_eq!(machine("OF: fdt: Machine model: Raspberry Pi 4 Model B"), Some("Raspberry Pi 4 Model B"));
    }
}
