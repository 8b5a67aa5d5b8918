//! Leptos' signals: its reactive system alone, without the crate of its views.

pub use reactive_graph::computed::Memo;
pub use reactive_graph::effect::RenderEffect;
pub use reactive_graph::graph::untrack;
pub use reactive_graph::owner::{
    LocalStorage, Owner, StoredValue, expect_context, on_cleanup, provide_context,
};
pub use reactive_graph::signal::RwSignal;
pub use reactive_graph::spawn_local;
pub use reactive_graph::traits::*;

/// Builds a page whose signals, effects and contexts live as long as the window.
pub fn run_forever(build: impl FnOnce()) {
    // Fails if there is an executor already, which is then as good.
    let _ = any_spawner::Executor::init_wasm_bindgen();
    let owner = Owner::new();
    owner.with(build);
    std::mem::forget(owner);
}
