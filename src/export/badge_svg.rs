//! A badge for a README or a dashboard: the pass rate of the latest sessions, as a small SVG with the fonts of the
//! reader. It has figures only: no name of a test or a DUT.

use super::number::percent;
use super::sessions::{latest_sessions, sum};
use super::{About, Input};
use crate::model::Counts;
use crate::text::grouped;
use quick_xml::escape::escape;

pub(super) const ABOUT: About = About {
    name: "Badge (SVG)",
    explanation: "pass rate and failures of the latest sessions, for a README",
    file_stem: "badge",
    extension: "svg",
    media_type: "image/svg+xml",
    follows_filter: false,
    carries: &[],
};

/// The width of a character, in pixels: wide enough for all common fonts, as the text is fitted into its part.
const CHARACTER: usize = 7;

/// The space around a text.
const SPACE: usize = 10;

const LABEL: &str = "tests";

pub(super) fn write(input: &Input) -> Vec<u8> {
    let sessions: Vec<_> = latest_sessions(input.data).map(|id| input.data.history.session(id)).collect();
    let incomplete = sessions.iter().filter(|session| session.incomplete.is_some()).count();
    let (text, color) = words(&sum(sessions), incomplete);
    badge(LABEL, &text, color).into_bytes()
}

/// What the badge says, and its color. Only results that all passed in complete sessions are green.
fn words(counts: &Counts, incomplete: usize) -> (String, &'static str) {
    let Some(rate) = counts.pass_rate() else {
        return ("no results".to_owned(), "#5b6068");
    };
    let failing = counts.failing();
    let mut text = percent(rate);
    if failing > 0 {
        text += &format!(", {} failing", grouped(failing.into()));
    }
    if incomplete > 0 {
        text += ", incomplete";
    }
    let color = match (failing, incomplete) {
        (0, 0) => "#1a7f37",
        (0, _) => "#9a6700",
        _ => "#b42318",
    };
    (text, color)
}

/// A label and a text on a color. White on each of the colors has a contrast of at least 4.5.
fn badge(label: &str, text: &str, color: &str) -> String {
    let width = |text: &str| text.chars().count() * CHARACTER;
    let (label_width, text_width) = (width(label), width(text));
    let (left, right) = (label_width + SPACE, text_width + SPACE);
    let (whole, middle) = (left + right, left + right / 2);
    let label_middle = left / 2;
    let (label, text) = (escape(label), escape(text));
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="20" role="img" aria-label="{label}: {text}">
<title>{label}: {text}</title>
<rect width="{left}" height="20" fill="#3d4249"/>
<rect x="{left}" width="{right}" height="20" fill="{color}"/>
<g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">
<text x="{label_middle}" y="14" textLength="{label_width}" lengthAdjust="spacingAndGlyphs">{label}</text>
<text x="{middle}" y="14" textLength="{text_width}" lengthAdjust="spacingAndGlyphs">{text}</text>
</g>
</svg>
"##
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_complete_passes_are_green() {
        let mut counts = Counts::default();
        assert_eq!(words(&counts, 0), ("no results".to_owned(), "#5b6068"));
        counts.add(crate::model::Outcome::Passed, Default::default(), 1.0);
        assert_eq!(words(&counts, 0), ("100 %".to_owned(), "#1a7f37"));
        assert_eq!(words(&counts, 1), ("100 %, incomplete".to_owned(), "#9a6700"));
        counts.add(crate::model::Outcome::Error, Default::default(), 1.0);
        assert_eq!(words(&counts, 0), ("50.0 %, 1 failing".to_owned(), "#b42318"));
    }

    #[test]
    fn texts_are_escaped() {
        let badge = badge("<&\"", "\u{1b}</text><script>", "#000");
        assert!(badge.contains("aria-label=\"&lt;&amp;&quot;: "), "{badge}");
        assert!(!badge.contains("<script"), "{badge}");
    }
}
