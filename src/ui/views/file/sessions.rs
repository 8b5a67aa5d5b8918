//! The sessions that a file has results of.

use crate::analyze::{FilePage, LedgerPart};
use crate::query::{Route, SessionKey};
use crate::ui::format;
use crate::ui::parts::with_code;
use crate::ui::stores::use_navigation;
use leptos::prelude::*;
use std::sync::Arc;

/// The first sessions of a file, with the evidence for their identity; nothing if
/// it has none.
#[component]
pub fn Sessions(page: Memo<Arc<FilePage>>) -> impl IntoView {
    let navigation = use_navigation();
    let open = move |session: SessionKey| {
        navigation.push(|view| {
            view.go(Route::Sessions);
            view.session = Some(session);
        });
    };
    let line = move |part: &LedgerPart| {
        let session = part.session.clone()?;
        let name = format!("{} · {}", part.identity.dut.value, format::plural(part.results, "result"));
        Some(view! {
            <li>
                <button
                    type="button"
                    class="button button-small"
                    on:click=move |_| open(session.clone())
                >
                    {name}
                </button>
                <span class="hint">{with_code(&evidence(part))}</span>
            </li>
        })
    };
    let lines = move || page.with(|page| page.parts.iter().filter_map(line).collect_view());
    let more = move || {
        page.with(|page| {
            let more = page.parts_total.saturating_sub(page.parts.len() as u32);
            (more > 0).then(|| view! { <p class="hint">{format!("and {} more", format::count(more))}</p> })
        })
    };
    let has_sessions =
        Memo::new(move |_| page.with(|page| page.parts.iter().any(|part| part.session.is_some())));
    view! {
        <Show when=move || has_sessions.get()>
            <section class="strip">
                <h3>"Sessions"</h3>
                <ul class="file-notes">{lines}</ul>
                {more}
            </section>
        </Show>
    }
}

/// How the session was identified, and with which files it shares it.
fn evidence(part: &LedgerPart) -> String {
    let identity = &part.identity;
    let build =
        identity.build.as_ref().map(|build| format!("build {} {}", build.value, build.evidence.words()));
    let others =
        (part.others > 0).then(|| format!("one session with {}", format::plural(part.others, "other file")));
    let dut = format!("DUT {}", identity.dut.evidence.words());
    [Some(dut), build, others].into_iter().flatten().collect::<Vec<_>>().join("; ")
}
