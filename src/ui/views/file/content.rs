//! The content of a file.

use crate::analyze::FilePage;
use crate::browser::source;
use crate::model::{Encoding, FileId, FileStatus};
use crate::ui::parts::LongText;
use crate::ui::stores::use_loading;
use gloo_file::ObjectUrl;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use web_sys::Blob;

/// How much of a text is shown, in bytes.
const SHOWN_BYTES: u64 = 2_000_000;

/// The message if the browser cannot read a file.
const UNREADABLE: &str = "The browser could not read the file: it may have changed or moved.";

/// What is shown of a file.
#[derive(Clone)]
enum Preview {
    Text {
        text: Arc<str>,
        /// Whether it is all of the file.
        is_complete: bool,
    },
    Image(ObjectUrl),
    /// Why there is no preview.
    Message(&'static str),
}

/// A reading of a file. One that was read again may have other content.
#[derive(Clone, Copy, PartialEq)]
struct Reading {
    file: FileId,
    encoding: Encoding,
    bytes: u64,
    read_ms: f32,
    /// Whether it is a log or a picture beside reports, which is shown at once.
    is_other: bool,
}

/// The content, as text or picture, when a person wants it. Archives and empty
/// files have none.
#[component]
pub fn Content(page: Memo<Arc<FilePage>>) -> impl IntoView {
    let reading = Memo::new(move |_| {
        page.with(|page| {
            let has_content = page.members.is_none() && page.bytes > 0;
            has_content.then(|| Reading {
                file: page.file,
                encoding: page.encoding,
                bytes: page.bytes,
                read_ms: page.read_ms,
                is_other: page.status == FileStatus::NoResults && page.format.0.is_empty(),
            })
        })
    });
    move || reading.get().map(|reading| view! { <ContentOf reading=reading /> })
}

#[component]
fn ContentOf(reading: Reading) -> impl IntoView {
    let loading = use_loading();
    let preview = RwSignal::new_local(None::<Preview>);
    let load = move || {
        spawn_local(async move {
            if let Some(blob) = loading.source(reading.file).await {
                let loaded = read(&blob, reading.encoding).await;
                // The drawer may be closed meanwhile.
                preview.try_set(Some(loaded));
            }
        });
    };
    if reading.is_other {
        load();
    }
    let content = move || match preview.get() {
        None => view! {
            <button type="button" class="button button-small" on:click=move |_| load()>
                "Show content"
            </button>
        }
        .into_any(),
        Some(Preview::Message(words)) => view! { <p class="hint">{words}</p> }.into_any(),
        Some(Preview::Image(url)) => {
            view! { <img class="file-image" src=url.to_string() alt="The picture in this file" /> }.into_any()
        }
        Some(Preview::Text { text, is_complete }) => view! {
            <div>
                <LongText name="Content" text=text />
                {(!is_complete)
                    .then(|| view! { <p class="hint">"Only the first 2 MB are shown."</p> })}
            </div>
        }
        .into_any(),
    };
    view! {
        <section class="strip">
            <h3>"Content"</h3>
            {content}
        </section>
    }
}

async fn read(blob: &Blob, encoding: Encoding) -> Preview {
    match source::content_of(blob, encoding).await {
        Ok(source::Content::Image(media_type)) => {
            source::picture(blob, media_type).map_or(Preview::Message(UNREADABLE), Preview::Image)
        }
        Ok(source::Content::Bytes) => Preview::Message("Binary file; no preview."),
        Ok(source::Content::Text) => match source::text(blob, encoding, 0, SHOWN_BYTES).await {
            Ok(text) => Preview::Text { text: text.into(), is_complete: blob.size() <= SHOWN_BYTES as f64 },
            Err(_) => Preview::Message(UNREADABLE),
        },
        Err(_) => Preview::Message(UNREADABLE),
    }
}
