//! The page's state, in four stores. Each is `Copy` and in the context of every
//! component.
//!
//! - [`Navigation`]: what is shown. The view, the address bar, the open dialog.
//! - [`Data`]: what is known. The engine, the overview, the version of the data.
//! - [`Loading`]: what is being read. Files, URLs, progress.
//! - [`Notices`]: what the person is told.

mod data;
mod loading;
mod navigation;
mod notices;

pub use data::Data;
pub use loading::{Loading, Phase};
pub use navigation::{Dialog, Navigation};
pub use notices::Notices;

use leptos::prelude::*;

/// Creates the stores and puts them into the context.
pub fn provide_stores() {
    let notices = Notices::new();
    let navigation = Navigation::new();
    let data = Data::new();
    provide_context(notices);
    provide_context(navigation);
    provide_context(data);
    provide_context(Loading::new(data, navigation, notices));
}

/// What is shown.
pub fn use_navigation() -> Navigation {
    expect_context()
}

/// What is known.
pub fn use_data() -> Data {
    expect_context()
}

/// What is being read.
pub fn use_loading() -> Loading {
    expect_context()
}

/// What the person is told.
pub fn use_notices() -> Notices {
    expect_context()
}
