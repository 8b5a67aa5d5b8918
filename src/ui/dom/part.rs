//! What can be a child of an element.

use super::El;
use crate::browser::document;
use web_sys::Node;

/// A child, several, or none.
pub trait Part {
    /// Appends it.
    fn add_to(self, parent: &Node);
}

impl Part for El {
    fn add_to(self, parent: &Node) {
        let _ = parent.append_child(self.element());
    }
}

impl Part for &El {
    fn add_to(self, parent: &Node) {
        let _ = parent.append_child(self.element());
    }
}

impl Part for &str {
    fn add_to(self, parent: &Node) {
        let _ = parent.append_child(&document::text_node(self));
    }
}

impl Part for String {
    fn add_to(self, parent: &Node) {
        self.as_str().add_to(parent);
    }
}

impl Part for &String {
    fn add_to(self, parent: &Node) {
        self.as_str().add_to(parent);
    }
}

impl<P: Part> Part for Option<P> {
    fn add_to(self, parent: &Node) {
        if let Some(part) = self {
            part.add_to(parent);
        }
    }
}

impl<P: Part> Part for Vec<P> {
    fn add_to(self, parent: &Node) {
        for part in self {
            part.add_to(parent);
        }
    }
}

impl<P: Part, const N: usize> Part for [P; N] {
    fn add_to(self, parent: &Node) {
        for part in self {
            part.add_to(parent);
        }
    }
}
