//! The details of one session.

use super::properties::Properties;
use super::table::{SessionTable, SessionTags};
use crate::analyze::{SessionFile, SessionLinks, SessionPage, SessionRow};
use crate::engine::{GetSession, GetSessionSteps};
use crate::model::{Identified, Identity};
use crate::query::{Baseline, Comparison, Route, SessionKey, Sides, Term, View};
use crate::ui::format;
use crate::ui::hooks::use_query;
use crate::ui::parts::{
    Drawer, LIST_KEYS, LinkFields, LongText, OutcomeBar, OutcomeCounts, OutsideLink, RenameButton, Stepper,
    ViewLink, commit_address, sort_of, with_code, with_typed,
};
use crate::ui::stores::use_navigation;
use leptos::prelude::*;

/// The drawer with the session that the view selects.
#[component]
pub fn SessionDrawer() -> impl IntoView {
    let navigation = use_navigation();
    let key = Memo::new(move |_| navigation.view.with(|view| view.session.clone()));
    let title = move || {
        key.with(|key| {
            key.as_ref().map(|key| format!("Session {} of {}", key.session, key.dut)).unwrap_or_default()
        })
    };
    let steps = use_query(move || {
        let at = key.get()?;
        navigation.view.with(|view| {
            // Another view lists no sessions.
            let has_list = view.route == Route::Sessions;
            let filter = view.filter.clone();
            has_list.then(|| GetSessionSteps { filter, sort: sort_of::<SessionTable>(view), at })
        })
    });
    let steps = Memo::new(move |_| steps.answer.with(|steps| steps.as_deref().cloned()));
    let line = Memo::new(move |_| steps.with(|steps| steps.as_ref()?.line));
    let go = move |session| navigation.replace(|view| view.session = Some(session));
    let bar = move || {
        view! {
            <Show when=move || steps.with(Option::is_some)>
                <Stepper noun="session" keys=LIST_KEYS steps=steps go=go />
            </Show>
        }
    };
    view! {
        <Drawer title=title line=line.into() bar=bar>
            <div class="drawer-body session-page">
                <SessionContent key=key />
            </div>
        </Drawer>
    }
}

/// What the drawer shows. The session before stays until the next one is there.
#[component]
fn SessionContent(
    /// The selected session.
    key: Memo<Option<SessionKey>>,
) -> impl IntoView {
    let answer = use_query(move || key.get().map(GetSession)).answer;
    // New data often leaves a session as it is.
    let session = Memo::new(move |_| answer.get());
    // The words in the fields stay when a person goes to another session.
    let (attribute_filter, property_filter) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    move || {
        match session.get().as_deref() {
        None => view! {
            <p class="hint" aria-busy="true">
                "Reading…"
            </p>
        }
        .into_any(),
        Some(None) => view! { <p class="nothing">"This session isn't in the loaded files. Drop the matching files to see it."</p> }.into_any(),
        Some(Some(page)) => view! {
            <Details
                page=(**page).clone()
                attribute_filter=attribute_filter
                property_filter=property_filter
            />
        }
        .into_any(),
    }
    }
}

/// A session.
#[component]
fn Details(
    page: SessionPage,
    /// The filter over the DUT's attributes.
    attribute_filter: RwSignal<String>,
    /// The filter over the properties.
    property_filter: RwSignal<String>,
) -> impl IntoView {
    let SessionPage { row, identity, hostname, attributes, properties, texts, links, files, previous, next } =
        page;
    let fields = links.clone();
    view! {
        <div>
            <Head row=row.clone() previous=previous next=next />
            <Facts row=row hostname=hostname links=links />
            <Section title="How it was identified">
                <Evidence identity=identity />
            </Section>
            <Properties
                title="Attributes of the DUT"
                properties=attributes
                words=attribute_filter
            />
            <Properties
                title="Properties and environment"
                properties=properties
                words=property_filter
            />
            <LinkFields links=fields />
            <Section title="Files">
                <Files files=files />
            </Section>
            <Texts texts=texts />
        </div>
    }
}

/// A part of the details with a heading.
#[component]
pub fn Section(#[prop(into)] title: String, children: Children) -> impl IntoView {
    view! {
        <section aria-label=title>
            <h3>{title.clone()}</h3>
            {children()}
        </section>
    }
}

/// The session's name, and the way to those of its DUT before and after it.
#[component]
fn Head(
    row: SessionRow,
    /// The id of the DUT's previous session.
    previous: Option<String>,
    /// The id of the DUT's next session.
    next: Option<String>,
) -> impl IntoView {
    let key_of = |session| SessionKey { dut: row.dut.clone(), session };
    let (previous, next) = (previous.map(key_of), next.map(key_of));
    let compare = previous.clone().map(|previous| compare_link(&previous, &row.id));
    let has_others = previous.is_some() || next.is_some();
    let counts = row.counts;
    view! {
        <header class="session-head">
            <h2>
                {row.dut.clone()} <RenameButton dut=row.dut.clone() /> <SessionTags row=row.clone() />
            </h2>
            <p class="hint">{row.label.unwrap_or(row.id)}</p>
            {has_others
                .then(|| {
                    view! {
                        <p class="session-steps">
                            <StepButton name="Earlier" dut=row.dut.clone() to=previous />
                            <StepButton name="Later" dut=row.dut to=next />
                            {compare.map(|to| view! { <ViewLink to=to>"Compare with the earlier session"</ViewLink> })}
                        </p>
                    }
                })}
            {(counts.results() > 0)
                .then(|| {
                    view! {
                        <OutcomeBar counts=counts />
                        <OutcomeCounts counts=counts />
                    }
                })}
        </header>
    }
}

/// A step to the comparison of a session with the one before.
fn compare_link(previous: &SessionKey, session: &str) -> impl Fn(&mut View) + Clone + Send + Sync + use<> {
    let side = |session: &str| vec![Term::Dut(previous.dut.clone()), Term::Session(session.to_owned())];
    let sides = Sides { from: Baseline::Sessions(side(&previous.session)), to: side(session) };
    move |view: &mut View| {
        view.go(Route::Compare);
        view.comparison = Comparison { sides: sides.clone(), ..Comparison::default() };
    }
}

/// A button that leads to the earlier or later session of the DUT.
#[component]
fn StepButton(
    /// "Earlier" or "Later".
    name: &'static str,
    dut: String,
    /// Where it leads; `None` at the end.
    to: Option<SessionKey>,
) -> impl IntoView {
    let navigation = use_navigation();
    view! {
        <button
            type="button"
            class="button button-small"
            aria-label=format!("{name} session of {dut}")
            // Not `disabled`: the button would lose the focus.
            aria-disabled=to.is_none().then_some("true")
            on:click=move |_| {
                if to.is_some() {
                    navigation.push(|view| view.session.clone_from(&to));
                }
            }
        >
            {format!("{name} session")}
        </button>
    }
}

/// Times, counts and the host.
#[component]
fn Facts(
    row: SessionRow,
    /// The machine that ran the tests.
    hostname: Option<String>,
    /// Where its commit is.
    links: SessionLinks,
) -> impl IntoView {
    let navigation = use_navigation();
    let commit = move || {
        let links = navigation.view.with(|view| with_typed(&links, &view.links));
        commit_address(&links).map(|href| {
            view! {
                <div>
                    <dt>"Commit"</dt>
                    <dd>
                        <OutsideLink href=href text=links.commit />
                    </dd>
                </div>
            }
        })
    };
    let counts = row.counts;
    let facts = [
        ("Incomplete", row.incomplete.clone()),
        ("Started", row.started.as_deref().map(format::moment)),
        ("Duration", row.duration_s.map(|seconds| format::duration(Some(seconds)))),
        ("Test time", Some(format::duration(counts.duration_s))),
        ("Results", Some(format::count(counts.results()))),
        ("Pass rate", counts.pass_rate().map(|rate| format::rate(Some(rate)))),
        ("Host", hostname),
    ];
    let facts = facts.into_iter().filter_map(|(name, value)| {
        let value = value?;
        Some(view! {
            <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        })
    });
    view! { <dl class="facts">{facts.collect_view()} {commit}</dl> }
}

/// DUT, unit, build and session, each with its source.
#[component]
fn Evidence(identity: Identity) -> impl IntoView {
    let Identity { dut, unit, build, session, .. } = identity;
    let known = [("DUT", Some(dut)), ("Unit", unit), ("Build", build), ("Session", Some(session))];
    let rows = known.into_iter().filter_map(|(name, known)| {
        let Identified { value, evidence } = known?;
        let class = if evidence.doubtful { "note-warning" } else { "hint" };
        Some(view! {
            <tr>
                <th scope="row">{name}</th>
                <td>{value}</td>
                <td>
                    <span class=class>{with_code(&evidence.words())}</span>
                </td>
            </tr>
        })
    });
    view! { <table class="pairs">{rows.collect_view()}</table> }
}

/// The files that the session is in.
#[component]
fn Files(files: Vec<SessionFile>) -> impl IntoView {
    let files = files.into_iter().map(|file| {
        let results = format::plural(file.results, "result");
        let about = format!("{}, {}, {results}", file.format, file.status.word());
        let path = file.path.clone();
        let open = move |view: &mut View| {
            view.go(Route::Files);
            view.file = Some(path.clone());
        };
        view! {
            <li>
                <ViewLink to=open>{file.path}</ViewLink>
                <span class="hint">{about}</span>
            </li>
        }
    });
    view! { <ul class="session-files">{files.collect_view()}</ul> }
}

/// The session's terminal output.
#[component]
fn Texts(
    /// Titles and texts.
    texts: Vec<(String, String)>,
) -> impl IntoView {
    texts
        .into_iter()
        .map(|(title, text)| {
            view! {
                <Section title=title.clone()>
                    <LongText name=title text=text />
                </Section>
            }
        })
        .collect_view()
}
