//! The root component: header, view, drawers and overlays.

use super::hooks::on_window;
use super::keys::Keys;
use super::parts::{
    DropZone, EmbeddedLink, HandoffDialog, Header, Help, KeptDialog, LoadingBar, NoticeBar, PublishedBar,
    RenameDialog, SecretsDialog, Tabs, Tip, TipBox, WatchBar,
};
use super::stores::{Data, Navigation, Phase, provide_stores, use_data, use_loading, use_navigation};
use super::title;
use super::views::{self, Empty, IssueDialog, PrintedReport};
use crate::browser::{document, early, one_file};
use crate::query::{Route, View};
use gloo_timers::callback::Timeout;
use leptos::ev;
use leptos::prelude::*;

/// The content below the header.
#[derive(Clone, Copy, PartialEq)]
enum Screen {
    Empty,
    Waiting,
    View(Route),
}

/// The root component.
#[component]
pub fn App() -> impl IntoView {
    provide_stores();
    let tip = Tip::provide();
    let (navigation, data, loading) = (use_navigation(), use_data(), use_loading());
    on_window(ev::popstate, move |_| loading.follow_address());
    loading.load_address();
    let drops = early::take_drops();
    // What a link names, and what is dropped, is shown instead of what is kept.
    // A frame is embedded for as long as it is open.
    let is_embedded = navigation.view.with_untracked(|view| view.embed);
    let has_address = navigation.view.with_untracked(|view| view.demo || !view.sources.is_empty())
        || one_file::source().is_some();
    if !loading.open_own_report() && drops.is_empty() && !has_address && !is_embedded {
        loading.restore_last();
    }
    loading.accept_handoffs();
    drops.into_iter().for_each(|drop| loading.load_transfer(drop));

    let screen = Memo::new(move |_| match (data.overview.with(Option::is_some), loading.phase.get()) {
        (_, Phase::Empty) => Screen::Empty,
        (false, Phase::Loading) => Screen::Waiting,
        (false, Phase::Ready) => Screen::Empty,
        (true, _) => Screen::View(navigation.view.with(|view| view.route)),
    });
    let detail = Memo::new(move |_| {
        let is_view = matches!(screen.get(), Screen::View(_));
        navigation.view.with(View::detail).filter(|_| is_view)
    });
    focus_when_ready(loading.phase);
    keep_title(navigation, data, loading.phase);
    let content = move || match screen.get() {
        Screen::Empty => view! { <Empty /> }.into_any(),
        Screen::Waiting => view! {
            <main class="waiting" aria-busy="true">
                <p class="hint">"The overview appears once the first file has been read."</p>
            </main>
        }
        .into_any(),
        Screen::View(route) => views::component(route),
    };
    view! {
        <div>
            <div class="window">
                {(!is_embedded).then(|| view! {
                    <DropZone />
                    <Header is_empty=Memo::new(move |_| screen.get() == Screen::Empty) />
                })}
                <LoadingBar />
                <NoticeBar />
                <PublishedBar />
                <WatchBar />
                {is_embedded.then(|| view! { <EmbeddedLink /> })}
                <HandoffDialog />
                <div class="workspace">
                    <div class="view">
                        <Show when=move || !is_embedded && matches!(screen.get(), Screen::View(_))>
                            <Tabs />
                        </Show>
                        {content}
                    </div>
                    {move || detail.get().map(views::drawer)}
                </div>
                <PrintedReport />
                <Help />
                <RenameDialog />
                <IssueDialog />
                <KeptDialog />
                <SecretsDialog />
                <Keys />
                <TipBox tip=tip />
            </div>
        </div>
    }
}

/// Keeps the title of the document up to date.
fn keep_title(navigation: Navigation, data: Data, phase: Memo<Phase>) {
    let verdict =
        Memo::new(move |_| data.overview.with(|overview| Some(overview.as_ref()?.headline.verdict.clone())));
    let text = Memo::new(move |_| match (verdict.get(), phase.get()) {
        (Some(verdict), Phase::Ready) => navigation.view.with(|view| title::title(view, &verdict)),
        _ => title::NAME.to_owned(),
    });
    Effect::new(move || text.with(|text| document::set_title(text)));
}

/// Focuses the headline when everything is read, unless something else has the
/// focus.
fn focus_when_ready(phase: Memo<Phase>) {
    Effect::new(move || {
        if phase.get() == Phase::Ready {
            // The view is rendered by then.
            Timeout::new(0, || {
                if document::is_unfocused() {
                    let start = document::find("#headline").or_else(|| document::find("nav [aria-current]"));
                    document::focus(start.as_ref());
                }
            })
            .forget();
        }
    });
}
