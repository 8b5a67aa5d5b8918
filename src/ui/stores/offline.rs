//! Working without a network, and other versions of the page.

use super::{Loading, Phase};
use crate::browser::files::Found;
use crate::browser::idle::idle;
use crate::browser::{document, offline, requests};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How long after its start the page begins to keep its own files, in milliseconds: the first report comes
/// first.
const QUIET_MS: u32 = 4000;

/// Working without a network, and other versions of the page.
#[derive(Clone, Copy)]
pub struct Offline {
    /// Another version of the page is ready.
    pub update: RwSignal<Option<offline::Update>, LocalStorage>,
}

impl Offline {
    /// Registers the service worker as soon as nothing is being read.
    pub fn new(loading: Loading) -> Offline {
        let update = RwSignal::new_local(None);
        requests::remember();
        let open = move |files: Vec<Found>| loading.load(files);
        offline::on_launch(open);
        if document::take_parameter("shared") {
            spawn_local(async move {
                let files = offline::shared().await;
                if !files.is_empty() {
                    open(files);
                }
            });
        }
        spawn_local(async move {
            TimeoutFuture::new(QUIET_MS).await;
            while loading.phase.get_untracked() == Phase::Loading {
                TimeoutFuture::new(QUIET_MS).await;
            }
            idle().await;
            offline::register(move |ready| update.set(Some(ready))).await;
        });
        Offline { update }
    }
}
