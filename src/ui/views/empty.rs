//! Nothing yet: what is this, is it safe, how do I start?

use crate::import::ABOUT;
use crate::ui::parts::OpenButtons;
use leptos::prelude::*;

/// The view without data.
#[component]
pub fn Empty() -> impl IntoView {
    view! {
        <main class="empty">
            <div class="empty-zone">
                <span class="empty-mark" aria-hidden="true"></span>
                <h1>"See what passes where"</h1>
                <p class="empty-lead">
                    "Drop the result files of your test sessions anywhere on this page: \
                     one file or folder per device under test, as many as you like."
                </p>
                <OpenButtons primary=true />
                <p class="empty-privacy">
                    <span class="empty-lock" aria-hidden="true"></span>
                    "Your files stay in this browser."
                </p>
            </div>
            <section class="empty-formats" aria-labelledby="formats">
                <h2 id="formats">"What it reads"</h2>
                <dl>
                    {ABOUT.iter().map(|format| view! {
                        <div>
                            <dt>{format.name}</dt>
                            <dd>{format.producers}</dd>
                        </div>
                    }).collect_view()}
                </dl>
            </section>
        </main>
    }
}
