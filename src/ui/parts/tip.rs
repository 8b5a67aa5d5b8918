//! The tooltip of elements with `data-tip`, on hover and on focus. An empty
//! `data-tip` shows the accessible name and description of the element.

use crate::ui::hooks::on_window;
use gloo_utils::document_element;
use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// Shows the `data-tip` of elements. Escape hides it. There is one for the page.
#[derive(Clone, Copy)]
pub struct Tip(NodeRef<Div>);

/// The page's tip.
pub fn use_tip() -> Tip {
    expect_context()
}

impl Tip {
    /// Creates the page's tip and puts it into the context.
    pub fn provide() -> Tip {
        let tip = Tip(NodeRef::new());
        on_window(ev::mouseover, move |event| tip.show(target_of(&event)));
        on_window(ev::focusin, move |event| tip.show(target_of(&event)));
        on_window(ev::focusout, move |_| tip.hide());
        on_window(ev::keydown, move |event| {
            if event.key() == "Escape" {
                tip.hide();
            }
        });
        provide_context(tip);
        tip
    }

    /// Shows the tip of this element or of the one that it is in; hides it if
    /// there is none. The pointer may go onto the tip itself.
    pub fn show(self, of: Option<Element>) {
        let Some(tip) = self.0.try_get_untracked().flatten() else {
            return;
        };
        if of.as_ref().is_some_and(|of| tip.contains(Some(of))) {
            return;
        }
        let of = of.and_then(|of| of.closest("[data-tip]").ok().flatten());
        let Some((of, text)) = of.and_then(|of| text_of(&of).map(|text| (of, text))) else {
            tip.set_hidden(true);
            return;
        };
        tip.set_text_content(Some(&text));
        let (place, root) = (of.get_bounding_client_rect(), document_element());
        let (width, height) = (root.client_width(), root.client_height());
        let (left, right) = (place.left() as i32, width - place.right() as i32);
        let (above, below) = (place.top() as i32, height - place.bottom() as i32);
        // On the side with more room.
        for (is_used, name, at) in [
            (left <= right, "left", left),
            (left > right, "right", right),
            (below >= 140, "top", height - below),
            (below < 140, "bottom", height - above),
        ] {
            let value = if is_used { format!("{}px", at.max(4)) } else { "auto".to_owned() };
            let _ = web_sys::HtmlElement::style(&tip).set_property(name, &value);
        }
        tip.set_hidden(false);
    }

    /// Hides the tip.
    pub fn hide(self) {
        self.show(None);
    }
}

/// The element that shows the tip.
#[component]
pub fn TipBox(tip: Tip) -> impl IntoView {
    view! { <div node_ref=tip.0 class="tip" role="tooltip" hidden></div> }
}

fn text_of(element: &Element) -> Option<String> {
    let text = element.get_attribute("data-tip").filter(|text| !text.is_empty());
    text.or_else(|| {
        let (name, more) = (element.get_attribute("aria-label")?, element.get_attribute("aria-description"));
        Some(more.map_or_else(|| name.clone(), |more| format!("{name}\n{more}")))
    })
}

fn target_of(event: &web_sys::Event) -> Option<Element> {
    event.target().and_then(|target| target.dyn_into().ok())
}
