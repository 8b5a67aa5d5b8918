//! Stub.
use leptos::prelude::*;
/// x
#[component]
pub fn Empty() -> impl IntoView {}
