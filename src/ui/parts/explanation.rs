//! What explains a failure, as a sentence and a list of candidates.

use crate::analyze::{Candidate, Explanation, Samples, Subject, Verdict};
use crate::engine::Explain;
use crate::ui::format;
use crate::ui::hooks::use_query;
use leptos::prelude::*;
use std::sync::Arc;

/// What explains a failing test or cluster, over all sessions; nothing while there is no answer, and where there is
/// nothing to compare.
#[component]
pub fn WhatExplains(
    /// What fails; `None` for nothing.
    #[prop(into)]
    subject: Signal<Option<Subject>>,
) -> impl IntoView {
    let answer = use_query(move || Some(Explain(subject.get()?))).answer;
    move || {
        let explanation = answer.get().filter(|_| subject.with(Option::is_some))?;
        if explanation.verdict == Verdict::NothingToCompare {
            return None;
        }
        let candidates =
            explanation.candidates.iter().map(|candidate| view! { <Line candidate=candidate.clone() /> });
        let candidates = candidates.collect_view();
        Some(view! {
            <section class="explains" aria-label="What explains it">
                <h3>"What explains it"</h3>
                <p>{sentence(&explanation)}</p>
                <ul class="explains-list">{candidates}</ul>
            </section>
        })
    }
}

/// The answer in a sentence.
fn sentence(explanation: &Arc<Explanation>) -> String {
    let (failing, sessions) = explanation.sessions;
    let (failing_duts, duts) = explanation.duts;
    let where_ = format!(
        "Fails in {} of {}, on {} of {}.",
        format::count(failing),
        format::plural(sessions, "session"),
        format::count(failing_duts),
        format::plural(duts, "DUT")
    );
    let splits = format::plural(explanation.tested, "comparison");
    match (explanation.verdict, explanation.candidates.first()) {
        (Verdict::Explained, Some(first)) => format!("{} fits best. {where_}", first.words),
        (Verdict::TooFew, Some(first)) => {
            format!("Too few samples for evidence. {} fits, but so may others. {where_}", first.words)
        }
        (Verdict::TooFew, None) => format!("Too few samples for evidence. {where_}"),
        _ => format!("No attribute explains it, in {splits}. {where_}"),
    }
}

/// A candidate with its counts and evidence.
#[component]
fn Line(candidate: Candidate) -> impl IntoView {
    let noun = match candidate.samples {
        Samples::Duts => "DUT",
        Samples::Sessions => "session",
    };
    let share =
        |(failing, all): (u32, u32)| format!("{} of {}", format::count(failing), format::plural(all, noun));
    let counts = format!("{} fail; without it {}", share(candidate.with), share(candidate.without));
    let evidence = match candidate.p_value {
        None => "too few for evidence".to_owned(),
        Some(p) if p < 0.001 => "p < 0.001".to_owned(),
        Some(p) => format!("p = {}", format::value(p, 2)),
    };
    let also = (!candidate.also.is_empty()).then(|| {
        let all = candidate.also.join(", ");
        view! {
            <span class="hint explains-also" title=all.clone()>
                {format!("same as {all}")}
            </span>
        }
    });
    view! {
        <li>
            <span class="explains-words">{candidate.words.clone()}</span>
            " "
            <span class="hint">{format!("{counts}; {evidence}")}</span>
            {also}
        </li>
    }
}
