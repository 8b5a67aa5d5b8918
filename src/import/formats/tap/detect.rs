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

/// Returns whether the first line other than a comment is TAP, and a plan or a second result follows,
/// or the line is a version.
pub(super) fn is_tap(head: &Head) -> bool {
    if !is_text(head) {
        return false;
    }
    let (mut has_plan, mut points) = (false, 0_u64);
    for text in head.text.lines().map(line::without_colors) {
        match line::line(text.trim_start()) {
            Line::Version => return true,
            Line::Plan { .. } => has_plan = true,
            Line::Point(point) => points += u64::from(point.number.is_some()),
            Line::Other if has_plan || points > 0 || text.trim().is_empty() || program(&text).is_some() => {}
            Line::Other => return false,
            _ => {}
        }
        // Behind other text, a single plan may be part of it.
        if points > 1 || has_plan && (head.start == 0 || points > 0) {
            return true;
        }
    }
    false
}

/// Returns whether a document may begin with this line.
pub fn begins(text: &str) -> bool {
    match line::line(&line::without_colors(text)) {
        Line::Version | Line::Plan { .. } | Line::Subtest(_) => true,
        Line::Point(point) => point.number == Some(1),
        _ => program(text).is_some(),
    }
}
