//! Stub.
use leptos::prelude::*;
/// x
#[component]
pub fn FileDrawer() -> impl IntoView {}
