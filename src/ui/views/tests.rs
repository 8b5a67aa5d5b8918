//! Stub.
use leptos::prelude::*;
/// x
#[component]
pub fn Tests() -> impl IntoView {}
