//! The service worker, `assets/service-worker.js`: it lets the page work without a network, and lets out only
//! requests to addresses that a person named.

use super::files::Found;
use super::object::{get, set};
use super::one_file;
use futures_channel::oneshot;
use gloo_utils::window;
use js_sys::{Array, Function, Object, Promise};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    File, FileSystemFileHandle, MessageChannel, MessageEvent, ServiceWorker, ServiceWorkerContainer,
    ServiceWorkerRegistration, ServiceWorkerState,
};

const SCRIPT: &str = "./service-worker.js";

/// Browsers have service workers only for pages that are encrypted or on this machine.
fn container() -> Option<ServiceWorkerContainer> {
    if one_file::is_one_file() {
        return None;
    }
    get(&window().navigator(), "serviceWorker").dyn_into().ok()
}

/// Another version of the page that is ready to take over.
#[derive(Clone)]
pub struct Update(ServiceWorker);

impl Update {
    /// Lets it take over, and reloads the page.
    pub fn take_over(&self) {
        if let Some(container) = container() {
            let reload = Closure::once_into_js(|| drop(window().location().reload()));
            container.set_oncontrollerchange(Some(reload.unchecked_ref()));
        }
        let message = Object::new();
        set(&message, "name", &"take over".into());
        // Fails only for values that cannot be cloned.
        let _ = self.0.post_message(&message);
    }
}

/// Registers the service worker, and calls back when another version of the page is ready, now or later.
/// Without service workers, or on a host without the file, the page needs a network.
pub async fn register(on_update: impl Fn(Update) + 'static) {
    let Some(container) = container() else {
        return;
    };
    let Ok(registration) = JsFuture::from(container.register(SCRIPT)).await else {
        return;
    };
    let registration: ServiceWorkerRegistration = registration.unchecked_into();
    // On a first visit there is no other version.
    let is_first = container.controller().is_none();
    let on_update = Rc::new(on_update);
    if let Some(waiting) = registration.waiting() {
        on_update(Update(waiting));
    }
    let watched = registration.clone();
    let found = Closure::<dyn FnMut()>::new(move || {
        let Some(installing) = watched.installing().filter(|_| !is_first) else {
            return;
        };
        let (worker, on_update) = (installing.clone(), on_update.clone());
        let changed = Closure::<dyn FnMut()>::new(move || {
            if worker.state() == ServiceWorkerState::Installed {
                on_update(Update(worker.clone()));
            }
        });
        installing.set_onstatechange(Some(changed.into_js_value().unchecked_ref()));
    });
    registration.set_onupdatefound(Some(found.into_js_value().unchecked_ref()));
}

/// Tells the service worker that a person named an address, which it lets requests out to from now on.
pub async fn allow(address: &str) {
    let message = Object::new();
    set(&message, "name", &"allow".into());
    set(&message, "allow", &address.into());
    ask(&message).await;
}

/// The files that another program shared with the installed page.
pub async fn shared() -> Vec<Found> {
    let message = Object::new();
    set(&message, "name", &"shared".into());
    let files = ask(&message).await.and_then(|files| files.dyn_into::<Array>().ok()).unwrap_or_default();
    files.iter().filter_map(|file| Some(found(file.dyn_into().ok()?))).collect()
}

fn found(file: File) -> Found {
    Found { path: file.name(), file: file.into() }
}

/// The answer of the service worker; `None` if the page has none.
async fn ask(message: &Object) -> Option<JsValue> {
    let controller = container()?.controller()?;
    let channel = MessageChannel::new().ok()?;
    let (sender, answer) = oneshot::channel();
    let answered = Closure::once_into_js(move |event: MessageEvent| drop(sender.send(event.data())));
    channel.port1().set_onmessage(Some(answered.unchecked_ref()));
    controller.post_message_with_transferable(message, &Array::of1(&channel.port2())).ok()?;
    answer.await.ok()
}

/// Calls back with the files that the installed page is opened with.
pub fn on_launch(open: impl Fn(Vec<Found>) + 'static) {
    let queue = get(&window(), "launchQueue");
    let Ok(set_consumer) = get(&queue, "setConsumer").dyn_into::<Function>() else {
        return;
    };
    let open = Rc::new(open);
    let launched = Closure::<dyn FnMut(JsValue)>::new(move |launch: JsValue| {
        let handles = get(&launch, "files").dyn_into::<Array>().unwrap_or_default();
        let open = open.clone();
        spawn_local(async move {
            let mut files = Vec::new();
            for handle in handles.iter() {
                let handle: FileSystemFileHandle = handle.unchecked_into();
                let file: Promise = handle.get_file();
                if let Ok(file) = JsFuture::from(file).await {
                    files.push(found(file.unchecked_into()));
                }
            }
            if !files.is_empty() {
                open(files);
            }
        });
    });
    // Fails only in browsers that do not know it.
    let _ = set_consumer.call1(&queue, &launched.into_js_value());
}
