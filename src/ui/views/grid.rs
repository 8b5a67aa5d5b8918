//! Stub.
use leptos::prelude::*;
#[component]
pub fn Grid() -> impl IntoView {}
