//! Stub.
use leptos::prelude::*;
/// x
#[component]
pub fn ResultDrawer() -> impl IntoView {}
