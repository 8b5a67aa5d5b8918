//! Buttons.

use crate::ui::dom::{El, Part, el};

/// A button with a label.
pub fn button(label: impl Part, act: impl Fn() + 'static) -> El {
    el("button.button").attr("type", "button").child(label).on_click(act)
}

/// A small one.
pub fn small_button(label: impl Part, act: impl Fn() + 'static) -> El {
    button(label, act).add_class("button-small")
}

/// A button with an icon, which `class` brings, and a name for those who do not
/// see it.
pub fn icon_button(class: &str, name: &str, title: &str, act: impl Fn() + 'static) -> El {
    button("", act).add_class("button-icon").add_class(class).attrs(&[("aria-label", name), ("title", title)])
}
