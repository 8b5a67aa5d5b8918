//! What follows signals.

use super::{El, Part};
use crate::browser::document;
use crate::ui::signals::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::Node;

/// Calls `act` now and whenever a signal changes that it read, as long as its
/// owner is there.
pub fn follow(act: impl Fn() + 'static) {
    follow_boxed(Box::new(act));
}

fn follow_boxed(act: Box<dyn Fn()>) {
    let effect = RenderEffect::new(move |_| act());
    StoredValue::new_local(effect);
}

/// Calls `act` when what is being built is in the document.
pub fn soon(act: impl FnOnce() + 'static) {
    let act: Box<dyn FnOnce()> = Box::new(act);
    spawn_local(async move { act() });
}

/// Calls `act` on each event of this name in the window, as long as its owner
/// is there.
pub fn on_window<E: JsCast>(event: &'static str, act: impl Fn(&E) + 'static) {
    StoredValue::new_local(document::listen(event, Box::new(move |event| act(event.unchecked_ref()))));
}

impl El {
    /// Appends children that follow signals: they are built again whenever one
    /// changes that `build` read.
    pub fn live<P: Part>(self, build: impl Fn() -> P + 'static) -> El {
        let region = Region::new(self.element());
        follow(move || region.fill(&|parent| build().add_to(parent)));
        self
    }

    /// Appends children that depend on `key` alone: they are built again when
    /// it has another value, whatever signals `build` reads.
    pub fn switch<K: PartialEq + Copy + 'static, P: Part>(
        self,
        key: impl Fn() -> K + 'static,
        build: impl Fn(K) -> P + 'static,
    ) -> El {
        let held = Rc::new(Cell::new(None));
        let now = held.clone();
        self.switch_boxed(
            Box::new(move || {
                let key = Some(key());
                held.replace(key) != key
            }),
            Box::new(move |parent| {
                if let Some(key) = now.get() {
                    build(key).add_to(parent);
                }
            }),
        );
        self
    }

    /// Appends a child that is there while `is_there` holds.
    pub fn when(self, is_there: impl Fn() -> bool + 'static, build: impl Fn() -> El + 'static) -> El {
        self.switch(is_there, move |is_there| is_there.then(&build))
    }

    fn switch_boxed(&self, has_changed: Box<dyn Fn() -> bool>, fill: Box<dyn Fn(&Node)>) {
        let region = Region::new(self.element());
        // What is built lives until the key changes, not until the effect runs again.
        let outer = Owner::current().unwrap_or_default();
        let inner = RefCell::new(None::<Owner>);
        follow(move || {
            if !has_changed() {
                return;
            }
            if let Some(owner) = inner.take() {
                owner.cleanup();
            }
            let owner = outer.child();
            inner.replace(Some(owner.clone()));
            owner.with(|| untrack(|| region.fill(&*fill)));
        });
    }
}

/// A place among the children of an element whose content changes.
struct Region {
    start: Node,
    end: Node,
}

impl Region {
    fn new(parent: &Node) -> Region {
        let mark = || {
            let mark = document::mark();
            let _ = parent.append_child(&mark);
            mark
        };
        Region { start: mark(), end: mark() }
    }

    /// Puts what `fill` appends in place of what is there.
    fn fill(&self, fill: &dyn Fn(&Node)) {
        let fragment = document::fragment();
        fill(&fragment);
        let Some(parent) = self.end.parent_node() else {
            return;
        };
        document::keep_focus(&mut || {
            while let Some(old) = self.start.next_sibling()
                && old != self.end
            {
                let _ = parent.remove_child(&old);
            }
            let _ = parent.insert_before(&fragment, Some(&self.end));
        });
    }
}
