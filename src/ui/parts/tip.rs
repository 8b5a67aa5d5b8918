//! The tip: what something small means, on hover and on focus.

use crate::browser::document;
use crate::ui::dom::{El, el};
use crate::ui::signals::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

/// Shows what elements say in `data-tip`. Escape hides it.
#[derive(Clone, Copy)]
pub struct Tip(StoredValue<El, LocalStorage>);

impl Tip {
    /// Of all elements in `root`.
    pub fn new(root: &El) -> Tip {
        let tip = Tip(StoredValue::new_local(el("div.tip").attrs(&[("role", "tooltip"), ("hidden", "")])));
        for event in ["mouseover", "focusin"] {
            root.clone().on(event, move |event: &Event| {
                tip.show(event.target().and_then(|target| target.dyn_into().ok()));
            });
        }
        for event in ["mouseleave", "focusout"] {
            root.clone().on(event, move |_: &Event| tip.show(None));
        }
        root.clone().on("keydown", move |event: &KeyboardEvent| {
            if event.key() == "Escape" {
                tip.show(None);
            }
        });
        if let Some(tip) = tip.0.try_get_value() {
            root.clone().child(tip);
        }
        tip
    }

    /// Shows the tip of this element, or of what it is in; hides it if there is
    /// none. The pointer may go onto the tip itself.
    pub fn show(self, of: Option<Element>) {
        let Some(tip) = self.0.try_get_value() else {
            return;
        };
        if of.as_ref().is_some_and(|of| tip.element().contains(Some(of))) {
            return;
        }
        let of = of.and_then(|of| of.closest("[data-tip]").ok().flatten());
        let Some((of, text)) = of.and_then(|of| of.get_attribute("data-tip").map(|text| (of, text))) else {
            let _ = tip.element().set_attribute("hidden", "");
            return;
        };
        tip.element().set_text_content(Some(&text));
        let (place, root) = (of.get_bounding_client_rect(), document::document().document_element());
        let (width, height) = root.map_or((0, 0), |root| (root.client_width(), root.client_height()));
        let (left, right) = (place.left() as i32, width - place.right() as i32);
        let (above, below) = (place.top() as i32, height - place.bottom() as i32);
        let style = tip.as_a::<HtmlElement>().style();
        // Where there is more room.
        for (is_used, name, at) in [
            (left <= right, "left", left),
            (left > right, "right", right),
            (below >= 140, "top", height - below),
            (below < 140, "bottom", height - above),
        ] {
            let value = if is_used { format!("{}px", at.max(4)) } else { "auto".to_owned() };
            let _ = style.set_property(name, &value);
        }
        let _ = tip.element().remove_attribute("hidden");
    }
}
