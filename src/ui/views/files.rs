//! Stub.
use leptos::prelude::*;
/// x
#[component]
pub fn Files() -> impl IntoView {}
