//! The choice of the sessions on each side.

use crate::analyze::{ChangeWindow, SideLine};
use crate::query::{Baseline, Term, View};
use crate::ui::format;
use crate::ui::hooks::Answered;
use crate::ui::parts::Popover;
use crate::ui::stores::use_navigation;
use leptos::ev::Event;
use leptos::prelude::*;

/// A side of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Before.
    From,
    /// After.
    To,
}

/// What a person chose for a side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    /// The newest build, or the build before.
    Default,
    /// The latest session of each DUT, or the one before.
    Latest,
    /// Every test is taken as passed before.
    AllPassed,
    /// Sessions of a build, a DUT, a time or with some words.
    Chosen,
}

impl Which {
    fn name(self) -> &'static str {
        match self {
            Which::From => "Before",
            Which::To => "After",
        }
    }

    fn line(self, window: &ChangeWindow) -> &SideLine {
        match self {
            Which::From => &window.from,
            Which::To => &window.to,
        }
    }

    /// The session of each DUT that [`Choice::Latest`] means.
    fn latest(self) -> Term {
        match self {
            Which::From => Term::Previous,
            Which::To => Term::Latest,
        }
    }

    fn terms(self, view: &View) -> &[Term] {
        match (self, &view.comparison.sides.from) {
            (Which::To, _) => &view.comparison.sides.to,
            (Which::From, Baseline::Sessions(terms)) => terms,
            (Which::From, Baseline::AllPassed) => &[],
        }
    }

    fn set(self, view: &mut View, terms: Vec<Term>) {
        match self {
            Which::To => view.comparison.sides.to = terms,
            Which::From => view.comparison.sides.from = Baseline::Sessions(terms),
        }
    }

    fn choice(self, view: &View) -> Choice {
        match self.terms(view) {
            [] if self == Which::From && view.comparison.sides.from == Baseline::AllPassed => {
                Choice::AllPassed
            }
            [] => Choice::Default,
            [term] if *term == self.latest() => Choice::Latest,
            _ => Choice::Chosen,
        }
    }
}

/// A kind of term that has a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Build,
    Dut,
    Since,
    Until,
    Text,
}

impl Field {
    fn value(self, term: &Term) -> Option<&str> {
        match (self, term) {
            (Field::Build, Term::Build(value))
            | (Field::Dut, Term::Dut(value))
            | (Field::Since, Term::Since(value))
            | (Field::Until, Term::Until(value))
            | (Field::Text, Term::Text(value)) => Some(value),
            _ => None,
        }
    }

    fn term(self, value: String) -> Term {
        match self {
            Field::Build => Term::Build(value),
            Field::Dut => Term::Dut(value),
            Field::Since => Term::Since(value),
            Field::Until => Term::Until(value),
            Field::Text => Term::Text(value),
        }
    }
}

/// The button that names a side, with a panel that chooses it.
#[component]
pub fn SideMenu(which: Which, figures: Answered<ChangeWindow>) -> impl IntoView {
    let line = Memo::new(move |_| {
        figures
            .answer
            .with(|window| window.as_ref().map(|window| which.line(window).clone()).unwrap_or_default())
    });
    let label = Signal::derive(move || {
        line.with(|line| match line.words.as_str() {
            "" => format!("{}: choose sessions", which.name()),
            words => format!("{}: {words}", which.name()),
        })
    });
    let size = move || {
        line.with(|line| {
            let sessions = (line.sessions > 0).then(|| format::plural(line.sessions, "session"))?;
            Some(format!("{sessions}, {}", format::plural(line.duts, "DUT")))
        })
    };
    view! {
        <span class="compare-side">
            <Popover label=label name=which.name()>
                <Choices which=which figures=figures />
            </Popover>
            <span class="hint">{size}</span>
        </span>
    }
}

/// What a side may be.
#[component]
fn Choices(which: Which, figures: Answered<ChangeWindow>) -> impl IntoView {
    let navigation = use_navigation();
    let choice = Memo::new(move |_| navigation.view.with(|view| which.choice(view)));
    let radio = move |at: Choice, label: &'static str| {
        let choose = move |_| {
            let words = figures.answer.with_untracked(|window| {
                window.as_ref().map(|window| which.line(window).words.clone()).unwrap_or_default()
            });
            navigation.push(|view| match at {
                Choice::Default => which.set(view, Vec::new()),
                Choice::Latest => which.set(view, vec![which.latest()]),
                Choice::AllPassed => view.comparison.sides.from = Baseline::AllPassed,
                // Begins with the build on screen, which stays when there are newer ones.
                Choice::Chosen => which.set(view, vec![Term::Build(words)]),
            });
        };
        view! {
            <label>
                <input
                    type="radio"
                    name=format!("side-{}", which.name())
                    prop:checked=move || choice.get() == at
                    on:change=choose
                />
                {label}
            </label>
        }
    };
    let all_passed =
        (which == Which::From).then(|| radio(Choice::AllPassed, "No sessions: take every test as passed"));
    let (newest, latest) = match which {
        Which::From => ("The build before", "The previous session of each DUT"),
        Which::To => ("The newest build", "The latest session of each DUT"),
    };
    view! {
        <fieldset>
            <legend>{which.name()}</legend>
            {radio(Choice::Default, newest)}
            {radio(Choice::Latest, latest)}
            {all_passed}
            {radio(Choice::Chosen, "These sessions")}
        </fieldset>
        <Show when=move || choice.get() == Choice::Chosen>
            <ChosenSessions which=which figures=figures />
        </Show>
    }
}

/// The fields that choose sessions.
#[component]
fn ChosenSessions(which: Which, figures: Answered<ChangeWindow>) -> impl IntoView {
    let navigation = use_navigation();
    let value = move |field: Field| {
        navigation.view.with(|view| {
            let mut values = which.terms(view).iter().filter_map(|term| field.value(term));
            values.next().unwrap_or_default().to_owned()
        })
    };
    let set = move |field: Field, value: String| {
        navigation.push(|view| {
            let terms = which.terms(view).iter().filter(|term| field.value(term).is_none()).cloned();
            let new = (!value.is_empty()).then(|| field.term(value));
            let terms: Vec<Term> = terms.chain(new).collect();
            which.set(view, terms);
        });
    };
    let choices = move |field: Field| {
        let (builds, duts) = figures
            .answer
            .with(|window| window.as_ref().map(|window| (window.builds.clone(), window.duts.clone())))
            .unwrap_or_default();
        let names = if field == Field::Build { builds } else { duts };
        let chosen = value(field);
        let option = |name: String| {
            let is_chosen = name == chosen;
            view! {
                <option value=name.clone() selected=is_chosen>
                    {name.clone()}
                </option>
            }
        };
        names.into_iter().map(option).collect_view()
    };
    let select = move |field: Field, label: &'static str, any: &'static str| {
        let choose = move |event: Event| set(field, event_target_value(&event));
        view! {
            <label class="compare-field">
                <span>{label}</span>
                <select class="field" on:change=choose>
                    <option value="" selected=move || value(field).is_empty()>
                        {any}
                    </option>
                    {move || choices(field)}
                </select>
            </label>
        }
    };
    let input = move |field: Field, label: &'static str, kind: &'static str| {
        let choose = move |event: Event| set(field, event_target_value(&event));
        view! {
            <label class="compare-field">
                <span>{label}</span>
                <input class="field" type=kind prop:value=move || value(field) on:change=choose />
            </label>
        }
    };
    view! {
        <fieldset class="compare-fields">
            <legend>"Sessions of"</legend>
            {select(Field::Build, "Build", "Any build")}
            {select(Field::Dut, "DUT", "Any DUT")}
            {input(Field::Since, "Since", "date")}
            {input(Field::Until, "Until", "date")}
            {input(Field::Text, "With words", "text")}
        </fieldset>
    }
}
