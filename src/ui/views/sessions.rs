//! Stub.
use leptos::prelude::*;
/// x
#[component]
pub fn Sessions() -> impl IntoView {}
