//! An element under construction.

use super::{Part, follow};
use crate::browser::document;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::convert::FromWasmAbi;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement};

/// An element. Clones are the same element.
#[derive(Clone)]
pub struct El(Element);

/// An element, as a selector has it: a tag, and classes after dots.
pub fn el(selector: &str) -> El {
    let (tag, classes) = selector.split_once('.').unwrap_or((selector, ""));
    let element = El(document::create(tag));
    if classes.is_empty() { element } else { element.class(&classes.replace('.', " ")) }
}

impl El {
    /// The element itself.
    pub fn element(&self) -> &Element {
        &self.0
    }

    /// The element as what its tag makes it.
    pub fn as_a<T: JsCast>(&self) -> &T {
        self.0.unchecked_ref()
    }

    /// Gives it classes, in place of those that it has.
    pub fn class(self, classes: &str) -> El {
        self.attr("class", classes)
    }

    /// Gives it one class more, if it is not "".
    pub fn add_class(self, class: &str) -> El {
        if !class.is_empty() {
            let _ = self.0.class_list().add_1(class);
        }
        self
    }

    /// Gives it an attribute.
    pub fn attr(self, name: &str, value: &str) -> El {
        // Fails for names that are none; ours are.
        let _ = self.0.set_attribute(name, value);
        self
    }

    /// Gives it attributes.
    pub fn attrs(self, attributes: &[(&str, &str)]) -> El {
        attributes.iter().fold(self, |el, (name, value)| el.attr(name, value))
    }

    /// Gives it a number as an attribute.
    pub fn number_attr(self, name: &str, value: u32) -> El {
        self.attr(name, &value.to_string())
    }

    /// Gives it a property of its style: geometry that is computed.
    pub fn style(self, name: &str, value: &str) -> El {
        let _ = self.as_a::<HtmlElement>().style().set_property(name, value);
        self
    }

    /// Gives it an attribute that follows signals; it has none for `None`.
    pub fn live_attr(self, name: &'static str, value: impl Fn() -> Option<String> + 'static) -> El {
        let element = self.0.clone();
        follow(move || {
            let _ = match value() {
                Some(value) => element.set_attribute(name, &value),
                None => element.remove_attribute(name),
            };
        });
        self
    }

    /// Gives it a property of its style that follows signals.
    pub fn live_style(self, name: &'static str, value: impl Fn() -> String + 'static) -> El {
        let element = self.clone();
        follow(move || drop(element.clone().style(name, &value())));
        self
    }

    /// Calls `act` on each event of this name.
    pub fn on<E: JsCast>(self, event: &str, act: impl Fn(&E) + 'static) -> El {
        self.listen(event, Box::new(move |event| act(event.unchecked_ref())));
        self
    }

    /// Calls `act` on each click.
    pub fn on_click(self, act: impl Fn() + 'static) -> El {
        self.on("click", move |_: &Event| act())
    }

    fn listen(&self, event: &str, act: Box<dyn Fn(Event)>) {
        let _ = self.0.add_event_listener_with_callback(event, callback(act).unchecked_ref());
    }

    /// Appends a child.
    pub fn child(self, part: impl Part) -> El {
        part.add_to(&self.0);
        self
    }

    /// Appends children.
    pub fn children<P: Part>(self, parts: impl IntoIterator<Item = P>) -> El {
        for part in parts {
            part.add_to(&self.0);
        }
        self
    }

    /// Appends a text that follows signals.
    pub fn live_text(self, text: impl Fn() -> String + 'static) -> El {
        let node = document::text_node("");
        let _ = self.0.append_child(&node);
        follow(move || node.set_data(&text()));
        self
    }
}

/// A function for the browser to call. It is freed with what it is given to.
pub fn callback<T: FromWasmAbi + 'static>(act: Box<dyn Fn(T)>) -> JsValue {
    Closure::wrap(act as Box<dyn Fn(T)>).into_js_value()
}
