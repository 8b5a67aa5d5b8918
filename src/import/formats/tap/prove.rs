//! Lines that are not TAP, but that certain producers write around it.

/// Returns the program whose results follow, from `prove -v`: `t/pair.t .. `.
pub(super) fn program(line: &str) -> Option<&str> {
    let line = line.trim_end();
    let (name, dots) = line.split_once(' ')?;
    let is_dots = dots.len() > 1 && dots.bytes().all(|byte| byte == b'.');
    (is_dots && name.contains('.')).then_some(name)
}

/// Returns whether a comment is a total of mocha or node: `tests 12`.
pub(super) fn is_sum(comment: &str) -> bool {
    const WORDS: [&str; 7] = ["tests", "suites", "pass", "fail", "cancelled", "skipped", "todo"];
    comment
        .split_once(' ')
        .is_some_and(|(word, count)| WORDS.contains(&word) && count.trim().parse::<u64>().is_ok())
}
