//! Stub.
use leptos::prelude::*;
/// x
#[component]
pub fn Overview() -> impl IntoView {}
