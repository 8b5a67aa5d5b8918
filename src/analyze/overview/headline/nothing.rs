//! The sentence where nothing has results.

use super::sentence::{Facts, Headline, Lead, files, number};

/// Without any DUT: why there are no results.
pub(super) fn without_results(headline: &mut Headline, facts: &Facts) {
    match (facts.files, facts.unreadable, facts.without_results) {
        (0, ..) => headline.say("No results yet."),
        (1, 1, Some((path, ""))) => headline.link(format!("{path} could not be read."), Lead::Files),
        (1, 1, Some((path, why))) => {
            let why = why.trim_end_matches('.');
            let period = if why.ends_with('?') { "" } else { "." };
            // Why a download failed begins with its URL.
            let text = if why.contains(path) {
                format!("Could not load {why}{period}")
            } else {
                format!("{path} could not be read: {why}{period}")
            };
            headline.link(text, Lead::Files);
        }
        (1, _, Some((path, why))) if !why.is_empty() => {
            headline.link(format!("{path} has no results: {}.", why.trim_end_matches('.')), Lead::Files);
        }
        (1, ..) => headline.link("The file has no results.", Lead::Files),
        (all, unreadable, _) if all == unreadable => {
            headline.link(format!("None of the {} could be read.", files(facts)), Lead::Files);
        }
        (_, 0, _) => headline.link(format!("None of the {} has results.", files(facts)), Lead::Files),
        (_, unreadable, _) => {
            let text = format!(
                "None of the {} has results; {} could not be read.",
                files(facts),
                number(unreadable)
            );
            headline.link(text, Lead::Files);
        }
    }
}
