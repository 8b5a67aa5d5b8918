//! Counts of outcomes: as a bar, and as numbers.

use super::link::ViewLink;
use super::mark::class_of;
use crate::model::{Counts, Outcome};
use crate::query::View;
use crate::ui::format;
use leptos::prelude::*;
use std::sync::Arc;

/// Changes the view to the one that a segment with this outcome leads to.
pub type SegmentLink = Arc<dyn Fn(&mut View, Outcome) + Send + Sync>;

/// A part of a bar.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Segment {
    /// Its outcome; `None` for missing results.
    outcome: Option<Outcome>,
    count: u32,
    /// Its share of all results, in percent.
    percent: f64,
}

impl Segment {
    /// The class that gives it its color and glyph.
    fn tone(self) -> &'static str {
        self.outcome.map_or("o-missing", class_of)
    }

    fn class(self) -> String {
        format!("outcome-bar-part {}", self.tone())
    }

    /// "3 failed".
    fn words(self) -> String {
        format!("{} {}", format::count(self.count), self.outcome.map_or("missing", Outcome::word))
    }

    /// Its `min-width`, with a separator of 1 px: failures stay visible among many
    /// results.
    fn min_width(self) -> &'static str {
        if self.outcome.is_some_and(Outcome::is_failing) { "4px" } else { "2px" }
    }

    /// Its `flex`. The percentages of a bar add up to 100, so where segments have
    /// their least width, the others shrink in proportion.
    fn flex(self) -> String {
        format!("0 1 {:.3}%", self.percent)
    }
}

/// The parts of a bar in the order of outcomes, without empty ones.
fn segments(counts: &Counts, missing: u32) -> Vec<Segment> {
    let total = f64::from(counts.results()) + f64::from(missing);
    let outcomes = Outcome::ALL.into_iter().map(|outcome| (Some(outcome), counts.of(outcome)));
    let parts = outcomes.chain([(None, missing)]).filter(|(_, count)| *count > 0);
    parts
        .map(|(outcome, count)| Segment { outcome, count, percent: f64::from(count) * 100.0 / total })
        .collect()
}

/// The counts in words: "190 passed, 3 failed".
fn words(segments: &[Segment]) -> String {
    segments.iter().map(|segment| segment.words()).collect::<Vec<_>>().join(", ")
}

/// Counts as a bar over the full width, with a segment for each outcome: as wide
/// as its share, and at least 3 px for failures. In words for assistive technology
/// and on hover.
#[component]
pub fn OutcomeBar(
    counts: Counts,
    /// How many results are missing.
    #[prop(optional)]
    missing: u32,
    /// Whose results they are, for the names of links.
    #[prop(optional, into)]
    of: String,
    /// Where its segments lead to. The Tab key skips these links: other links of a
    /// row should lead to the same places.
    #[prop(optional)]
    to: Option<SegmentLink>,
) -> impl IntoView {
    let segments = segments(&counts, missing);
    let plain = |segment: Segment| {
        view! {
            <span
                class=segment.class()
                style:flex=segment.flex()
                style:min-width=segment.min_width()
                title=segment.words()
            ></span>
        }
    };
    let Some(to) = to else {
        let words = words(&segments);
        return view! {
            <span class="outcome-bar" role="img" aria-label=words.clone() title=words>
                {segments.into_iter().map(plain).collect_view()}
            </span>
        }
        .into_any();
    };
    let link = |segment: Segment| {
        let Some(outcome) = segment.outcome else {
            return plain(segment).into_any();
        };
        let (to, words) = (to.clone(), format!("{of}: {}", segment.words()));
        view! {
            <ViewLink
                to=move |view: &mut View| to(view, outcome)
                attr:class=segment.class()
                attr:tabindex="-1"
                attr:aria-label=words.clone()
                attr:title=words
                style:flex=segment.flex()
                style:min-width=segment.min_width()
            />
        }
        .into_any()
    };
    view! { <span class="outcome-bar">{segments.into_iter().map(link).collect_view()}</span> }.into_any()
}

/// Counts as glyphs and numbers, to stand beside a bar, which says the same in
/// words.
#[component]
pub fn OutcomeCounts(
    counts: Counts,
    /// How many results are missing.
    #[prop(optional)]
    missing: u32,
) -> impl IntoView {
    let counts = segments(&counts, missing).into_iter().map(|segment| {
        view! { <span class=format!("mark {}", segment.tone())>{format::count(segment.count)}</span> }
    });
    view! {
        <span class="outcome-counts" aria-hidden="true">
            {counts.collect_view()}
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Flags;

    fn counts(passed: u32, failed: u32, error: u32, skipped: u32) -> Counts {
        let mut counts = Counts::default();
        for (outcome, count) in [
            (Outcome::Passed, passed),
            (Outcome::Failed, failed),
            (Outcome::Error, error),
            (Outcome::Skipped, skipped),
        ] {
            (0..count).for_each(|_| counts.add(outcome, Flags::default(), f64::NAN));
        }
        counts
    }

    #[test]
    fn segments_are_as_wide_as_their_share_of_all_results() {
        let segments = segments(&counts(182, 10, 0, 13), 0);
        let percents: Vec<String> =
            segments.iter().map(|segment| format!("{:.1}", segment.percent)).collect();
        assert_eq!(percents, ["88.8", "4.9", "6.3"]);
        let sum: f64 = segments.iter().map(|segment| segment.percent).sum();
        assert!((sum - 100.0).abs() < 1e-9, "{sum}");
    }

    #[test]
    fn missing_results_have_a_segment_at_the_end() {
        let segments = segments(&counts(3, 0, 0, 0), 1);
        assert_eq!(segments[1], Segment { outcome: None, count: 1, percent: 25.0 });
        assert_eq!(words(&segments), "3 passed, 1 missing");
    }

    #[test]
    fn failures_have_a_least_width_and_others_shrink() {
        let widths: Vec<&str> =
            segments(&counts(9, 1, 1, 1), 1).into_iter().map(Segment::min_width).collect();
        assert_eq!(widths, ["2px", "4px", "4px", "2px", "2px"]);
        assert_eq!(segments(&counts(9999, 1, 0, 0), 0)[1].flex(), "0 1 0.010%");
    }

    #[test]
    fn without_results_there_are_no_segments() {
        assert_eq!(segments(&Counts::default(), 0), []);
    }
}
