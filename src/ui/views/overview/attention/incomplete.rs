//! DUTs whose latest session is incomplete.

use crate::analyze::DutLine;
use crate::query::View;
use crate::ui::parts::{ViewLink, with_code};
use crate::ui::views::overview::to_sessions;
use leptos::prelude::*;

/// A DUT whose latest session is incomplete, and why. Its name leads to its sessions.
#[component]
pub fn IncompleteItem(
    /// The DUT.
    dut: DutLine,
) -> impl IntoView {
    let reason = dut.incomplete.unwrap_or_default();
    let (name, shown) = (dut.name.clone(), dut.name);
    view! {
        <li class="attention-item attention-incomplete">
            <div class="attention-head">
                <span class="mark severity-warning" aria-hidden="true"></span>
                <ViewLink to=move |view: &mut View| to_sessions(view, &name)>{shown}</ViewLink>
                <span class="tag">"incomplete"</span>
            </div>
            <div class="attention-foot">
                <p class="message">{with_code(&reason)}</p>
                <span class="attention-where">"results are missing; they may be failures"</span>
            </div>
        </li>
    }
}
