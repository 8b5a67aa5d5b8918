//! Names and values that the files of a session have.

use super::details::Section;
use crate::query::Matcher;
use crate::ui::format;
use crate::ui::parts::OutsideText;
use leptos::prelude::*;

/// How many properties are shown at once.
const SHOWN: usize = 200;
/// With more properties than this there is a field that filters them.
const FEW: usize = 12;

/// A table of names and values, if there are any; with a filter if there are many.
#[component]
pub fn Properties(
    title: &'static str,
    properties: Vec<(String, String)>,
    /// The words in the filter's field.
    words: RwSignal<String>,
) -> impl IntoView {
    let has_field = properties.len() > FEW;
    let field = has_field.then(|| {
        view! {
            <input
                class="field"
                type="search"
                aria-label="Filter properties"
                placeholder="Filter, e.g. wifi !5GHz"
                autocomplete="off"
                spellcheck="false"
                bind:value=words
            />
        }
    });
    (!properties.is_empty()).then(move || {
        let rows = move || {
            let words = if has_field { words.get() } else { String::new() };
            rows(&properties, &words)
                .into_iter()
                .map(|(name, value)| {
                    view! {
                        <tr>
                            <th scope="row">{name}</th>
                            <td>
                                <OutsideText text=value />
                            </td>
                        </tr>
                    }
                })
                .collect_view()
        };
        view! {
            <Section title=title>
                <div>
                    {field}
                    <div class="pairs-box" tabindex="0" role="region" aria-label=title>
                        <table class="pairs" aria-label=title>
                            {rows}
                        </table>
                    </div>
                </div>
            </Section>
        }
    })
}

/// The properties that match the words of a filter, and a last row if there are
/// too many to show.
fn rows(properties: &[(String, String)], words: &str) -> Vec<(String, String)> {
    let matcher = Matcher::new(words);
    let matching = || properties.iter().filter(|(name, value)| matcher.matches(name, value));
    let mut rows: Vec<_> = matching().take(SHOWN).cloned().collect();
    let more = matching().skip(SHOWN).count() as u32;
    if more > 0 {
        rows.push(("…".to_owned(), format!("and {} more: filter to see them", format::count(more))));
    }
    rows
}
