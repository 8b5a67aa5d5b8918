//! The texts of a result: messages, tracebacks, output.

use super::head::Fact;
use super::measurements::Measurements;
use crate::analyze::ResultPage;
use crate::import::Section;
use crate::ui::format;
use crate::ui::parts::{CopyButton, LongText, OutcomeMark, colored, plain};
use leptos::prelude::*;
use std::sync::Arc;

/// A message with more bytes is a long text.
const LONG_MESSAGE: usize = 4000;

/// The texts of all attempts, the last attempt first.
#[component]
pub fn Texts(
    page: Arc<ResultPage>,
    /// Whether long lines are wrapped.
    is_wrapped: RwSignal<bool>,
) -> impl IntoView {
    let is_silent = page.problem.is_none()
        && page
            .attempts
            .iter()
            .all(|attempt| attempt.message.is_empty() && attempt.details.sections.is_empty());
    let problem = page.problem.clone();
    let attempts = (0..page.attempts.len())
        .rev()
        .map(|index| view! { <Attempt page=page.clone() index=index is_wrapped=is_wrapped /> });
    let attempts = attempts.collect_view();
    view! {
        <div class="result-texts">
            {problem.map(|problem| view! { <p class="notice notice-error">{problem}</p> })}
            {is_silent.then(|| view! { <p class="hint">"No message or output recorded."</p> })}
            {attempts}
        </div>
    }
}

/// An attempt: its texts, measured values and properties.
#[component]
fn Attempt(
    page: Arc<ResultPage>,
    /// Its index among the page's attempts.
    index: usize,
    /// Whether long lines are wrapped.
    is_wrapped: RwSignal<bool>,
) -> impl IntoView {
    let has_several = page.attempts.len() > 1;
    page.attempts.get(index).map(|attempt| {
        let details = &attempt.details;
        let head = has_several.then(|| {
            let duration = attempt.duration_s.map(|seconds| format::duration(Some(seconds)));
            view! {
                <h3>
                    {format!("Attempt {}", attempt.number)} <OutcomeMark outcome=attempt.outcome />
                    {duration.map(|duration| view! { <span class="hint">{duration}</span> })}
                </h3>
            }
        });
        // Where there are sections, they include the message.
        let message = (!attempt.message.is_empty() && details.sections.is_empty())
            .then(|| view! { <p class="message">{colored(&attempt.message)}</p> });
        let sections = (0..details.sections.len()).map(|section| {
            let section = SectionOf { page: page.clone(), attempt: index, section };
            view! { <TextSection section=section is_wrapped=is_wrapped /> }
        });
        let properties = details
            .properties
            .iter()
            .map(|(name, value)| view! { <Fact name=name.clone() value=value.clone() /> })
            .collect_view();
        let properties = (!details.properties.is_empty()).then(|| {
            view! {
                <h4>"Properties"</h4>
                <dl class="facts">{properties}</dl>
            }
        });
        view! {
            <section class="attempt">
                {head} {message} {sections.collect_view()}
                <Measurements measurements=details.measurements.clone() /> {properties}
            </section>
        }
    })
}

/// The place of a section in the page. Texts may be long, so they are not copied.
#[derive(Clone)]
struct SectionOf {
    page: Arc<ResultPage>,
    attempt: usize,
    section: usize,
}

impl SectionOf {
    fn get(&self) -> Option<&Section> {
        self.page.attempts.get(self.attempt)?.details.sections.get(self.section)
    }
}

/// A text of a section.
struct TextOf(SectionOf, fn(&Section) -> &str);

impl AsRef<str> for TextOf {
    fn as_ref(&self) -> &str {
        self.0.get().map_or("", self.1)
    }
}

/// A section that can be folded and copied.
#[component]
fn TextSection(
    section: SectionOf,
    /// Whether long lines are wrapped.
    is_wrapped: RwSignal<bool>,
) -> impl IntoView {
    section.clone().get().map(|Section { title, message, text, .. }| {
        let message = if message.is_empty() {
            None
        } else if message.len() > LONG_MESSAGE {
            let text = TextOf(section.clone(), |section| &section.message);
            let name = format!("{title}, message");
            Some(view! { <LongText name=name text=text is_wrapped=is_wrapped /> }.into_any())
        } else {
            Some(view! { <p class="message">{colored(message)}</p> }.into_any())
        };
        let text = (!text.is_empty()).then(|| {
            let text = TextOf(section.clone(), |section| &section.text);
            view! { <LongText name=title.clone() text=text is_wrapped=is_wrapped /> }
        });
        let copied = move || section.get().map(plain_text).unwrap_or_default();
        view! {
            <div class="text-section">
                <details open>
                    <summary>
                        <h4>{title.clone()}</h4>
                    </summary>
                    {message}
                    {text}
                </details>
                <CopyButton what=title.clone() text=copied />
            </div>
        }
    })
}

/// Message and text of a section, without colors.
fn plain_text(section: &Section) -> String {
    let Section { message, text, .. } = section;
    let separator = if message.is_empty() || text.is_empty() { "" } else { "\n\n" };
    plain(message) + separator + &plain(text)
}
