//! Recognizing TAP.

use super::line::{self, Line};
use super::prove::program;
use crate::import::detect::Head;

pub(super) fn is_text(head: &Head) -> bool {
    // `<6>` is the level of a line of the kernel.
    let mut first = head.text.trim_start().chars();
    match first.next() {
        Some('<') => first.next().is_some_and(|c| c.is_ascii_digit()),
        first => head.root.is_none() && first != Some('{'),
    }
}

/// Returns whether the text has a version line; or whether the first line other than a comment is
/// TAP, and a plan or a second result follows.
pub(super) fn is_tap(head: &Head) -> bool {
    if !is_text(head) {
        return false;
    }
    let lines = head.text.lines().map(|text| (text, line::line(text.trim_start())));
    if lines.clone().any(|(_, line)| line == Line::Version) {
        return true;
    }
    let (mut has_plan, mut points) = (false, 0_u64);
    for (text, line) in lines {
        match line {
            Line::Plan { .. } => has_plan = true,
            Line::Point(point) => points += u64::from(point.number.is_some()),
            Line::Other if has_plan || points > 0 || text.trim().is_empty() || program(text).is_some() => {}
            Line::Other => return false,
            _ => {}
        }
        if points > 1 || has_plan {
            return true;
        }
    }
    false
}
