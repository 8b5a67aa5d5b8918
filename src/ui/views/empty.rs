//! The view without data: what is this, is it safe, how do I start?

use crate::import::{Family, formats_of, tools_of};
use crate::ui::parts::{EmptyLibraries, OpenButtons};
use crate::ui::stores::{Dialog, use_loading, use_navigation};
use leptos::prelude::*;

/// The first page that a person sees.
#[component]
pub fn Empty() -> impl IntoView {
    let (loading, navigation) = (use_loading(), use_navigation());
    view! {
        <main class="empty">
            <div class="empty-top">
                <div class="empty-words">
                    <h1>"See what passes where"</h1>
                    <p class="empty-lead">
                        "Drop the result files of your test sessions anywhere on this page: one file or \
                         folder per device under test, as many as you like."
                    </p>
                    <OpenButtons />
                    <div class="empty-demo">
                        <button type="button" class="button" on:click=move |_| loading.show_demo()>
                            "Try the demo"
                        </button>
                        <span>"Five boards of an imaginary speaker, eight builds."</span>
                    </div>
                    <p class="empty-privacy">
                        <span class="empty-lock" aria-hidden="true"></span>
                        "Your files stay in this browser."
                    </p>
                    <button
                        type="button"
                        class="button empty-kept-link"
                        on:click=move |_| navigation.dialog.set(Some(Dialog::Kept))
                    >
                        "What is kept"
                    </button>
                </div>
                <Picture />
            </div>
            <EmptyLibraries />
            <SupportedFormats />
        </main>
    }
}

/// The formats by family, and folded away the name of each format.
///
/// The static page shows the same list from `assets/formats.html`, which the tests
/// compare with the formats.
#[component]
fn SupportedFormats() -> impl IntoView {
    let family = |family: Family| {
        view! {
            <div>
                <dt>{family.name()}</dt>
                <dd>{tools_of(family)}</dd>
            </div>
        }
    };
    let has_names = |family: &Family| !matches!(family, Family::JunitXml | Family::Archives);
    let names: Vec<&str> =
        Family::ALL.into_iter().filter(has_names).flat_map(formats_of).map(|about| about.name).collect();
    view! {
        <section class="empty-formats" aria-labelledby="formats">
            <h2 id="formats">"Supported formats"</h2>
            <dl>{Family::ALL.map(family).collect_view()}</dl>
            <details>
                <summary>{names.len()}" formats besides JUnit XML, by name"</summary>
                <ul>{names.into_iter().map(|name| view! { <li>{name}</li> }).collect_view()}</ul>
            </details>
            <p>"Formats are detected from content, whatever the name of the file."</p>
        </section>
    }
}

/// The outcomes of the picture: a row per test, a column per DUT.
const PICTURE: [&str; 8] = ["....x", "..-..", ".....", "x.x.x", ".....", "..s..", "....!", "....."];

/// A small grid that shows what results look like.
#[component]
fn Picture() -> impl IntoView {
    let cell = |outcome| {
        let class = match outcome {
            'x' => "o-failed",
            '!' => "o-error",
            's' => "o-skipped",
            '-' => "o-missing",
            _ => "o-passed",
        };
        view! { <i class=class></i> }
    };
    let row = |row: &str| view! { <div><b></b>{row.chars().map(cell).collect_view()}</div> };
    view! {
        <div class="empty-picture" aria-hidden="true">
            <div><b></b><u></u><u></u><u></u><u></u><u></u></div>
            {PICTURE.map(row).collect_view()}
        </div>
    }
}
