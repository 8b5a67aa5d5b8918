//! Web Locks: which tab uses a library.

use futures_channel::oneshot;
use gloo_utils::window;
use js_sys::{Function, Object, Promise, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// A lock of the browser, which is released when it is dropped or its tab closes.
pub struct Lock(Option<Function>);

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(release) = &self.0 {
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

impl Lock {
    /// Takes a lock that tabs share. Returns `None` while another tab has it alone.
    pub async fn shared(name: &str) -> Option<Lock> {
        Lock::take(name, "shared").await
    }

    /// Takes a lock alone. Returns `None` while another tab has it.
    pub async fn alone(name: &str) -> Option<Lock> {
        Lock::take(name, "exclusive").await
    }

    /// Pages without encryption have no locks, and always get one.
    async fn take(name: &str, mode: &str) -> Option<Lock> {
        let locks = Reflect::get(&window().navigator(), &"locks".into()).unwrap_or_default();
        let request =
            Reflect::get(&locks, &"request".into()).ok().and_then(|f| f.dyn_into::<Function>().ok());
        let Some(request) = request else {
            return Some(Lock(None));
        };
        let options = Object::new();
        let _ = Reflect::set(&options, &"mode".into(), &mode.into());
        let _ = Reflect::set(&options, &"ifAvailable".into(), &true.into());
        let mut release = None;
        // The lock is held until this promise is resolved.
        let held = Promise::new(&mut |resolve, _| release = Some(resolve));
        let (sender, receiver) = oneshot::channel();
        let sender = Rc::new(RefCell::new(Some(sender)));
        let answer = {
            let sender = sender.clone();
            move |is_granted: bool| {
                if let Some(sender) = sender.borrow_mut().take() {
                    let _ = sender.send(is_granted);
                }
            }
        };
        let failed = answer.clone();
        let granted = Closure::once_into_js(move |lock: JsValue| -> JsValue {
            answer(!lock.is_null());
            if lock.is_null() { JsValue::UNDEFINED } else { held.into() }
        });
        let requested = request.call3(&locks, &name.into(), &options, &granted);
        spawn_local(async move {
            if let Ok(requested) = requested {
                let _ = JsFuture::from(requested.unchecked_into::<Promise>()).await;
            }
            // The browser refused to ask.
            failed(false);
        });
        receiver.await.is_ok_and(|is_granted| is_granted).then_some(Lock(release))
    }
}
