//! The page's state, in nine stores. Each is `Copy` and in the context of every
//! component.
//!
//! - [`Navigation`]: the view, the address bar, the open dialog.
//! - [`Data`]: the engine, the overview, the version of the data.
//! - [`Loading`]: reading files and URLs, and its progress.
//! - [`Downloads`]: taking results out of the page, and the question about secrets before.
//! - [`Libraries`]: what is kept in this browser.
//! - [`Notices`]: messages to the person.
//! - [`Offline`]: working without a network, and other versions of the page.
//! - [`Printing`]: the report while it is printed.
//! - [`ColorScheme`]: light or dark.

mod color_scheme;
mod data;
mod downloads;
mod libraries;
mod loading;
mod navigation;
mod notices;
mod offline;
mod printing;

pub use color_scheme::ColorScheme;
pub use data::Data;
pub use downloads::{Downloads, Goal, Question};
pub use libraries::{Libraries, kept_until};
pub use loading::{Loading, MOST_LAST_BYTES, Phase, Watched};
pub use navigation::{Dialog, IssueDraft, Navigation};
pub use notices::Notices;
pub use offline::Offline;
pub use printing::Printing;

use leptos::prelude::*;

/// Creates the stores and puts them into the context.
pub fn provide_stores() {
    let notices = Notices::new();
    let navigation = Navigation::new();
    let data = Data::new();
    provide_context(notices);
    provide_context(navigation);
    provide_context(data);
    provide_context(ColorScheme::new());
    provide_context(Printing::new(data));
    let libraries = Libraries::new();
    provide_context(libraries);
    let loading = Loading::new(data, navigation, notices, libraries);
    provide_context(loading);
    provide_context(Downloads::new(data, navigation, notices, loading));
    provide_context(Offline::new(loading));
}

/// Returns the store of the view and the address bar.
pub fn use_navigation() -> Navigation {
    expect_context()
}

/// Returns the store of the engine and its data.
pub fn use_data() -> Data {
    expect_context()
}

/// Returns the store of what is being read.
pub fn use_loading() -> Loading {
    expect_context()
}

/// Returns the store of what is kept in this browser.
pub fn use_libraries() -> Libraries {
    expect_context()
}

/// Returns the store of messages.
pub fn use_notices() -> Notices {
    expect_context()
}

/// Returns the store of the color scheme.
pub fn use_color_scheme() -> ColorScheme {
    expect_context()
}

/// Returns the store of the printed report.
pub fn use_printing() -> Printing {
    expect_context()
}

/// Returns the store of other versions of the page.
pub fn use_offline() -> Offline {
    expect_context()
}

/// Returns the store of downloads.
pub fn use_downloads() -> Downloads {
    expect_context()
}
