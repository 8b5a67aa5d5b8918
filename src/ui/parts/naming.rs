//! Naming many files at once, by a pattern over their paths, with a preview.

use super::{List, Loaded, Span, button, small_button};
use crate::analyze::{PathLine, PathWindow};
use crate::browser::{document, regexp};
use crate::engine::{Answer, OverrideChange, Request};
use crate::model::{IdentityField, PartId};
use crate::query::suggest_patterns;
use crate::ui::dom::{El, el, follow, soon};
use crate::ui::format;
use crate::ui::signals::*;
use crate::ui::state::{State, state};
use std::sync::Arc;
use web_sys::{Event, HtmlElement, HtmlInputElement, KeyboardEvent};

const ROW: u32 = 34;
const HEAD: u32 = 36;

/// Every axis, as the preview has them.
const AXES: [IdentityField; 4] =
    [IdentityField::Dut, IdentityField::Unit, IdentityField::Build, IdentityField::Session];

#[derive(Clone, Copy)]
struct Naming {
    state: State,
    /// The pattern, as typed.
    text: RwSignal<String>,
    is_regexp: RwSignal<bool>,
    /// The preview: those that match first, then by path.
    list: List,
    matching: RwSignal<u32>,
    problem: RwSignal<Option<String>>,
    suggestions: RwSignal<Vec<String>>,
    /// Grows with each question: answers to older ones are not wanted.
    asked: StoredValue<u32>,
}

/// The panel; `done` hears how many files were named, or that none was.
pub fn naming(done: impl Fn(Option<u32>) + Copy + 'static) -> El {
    let naming = Naming {
        state: state(),
        text: RwSignal::new(String::new()),
        is_regexp: RwSignal::new(false),
        list: List::idle(ROW),
        matching: RwSignal::new(0),
        problem: RwSignal::new(None),
        suggestions: RwSignal::new(Vec::new()),
        asked: StoredValue::new(0),
    };
    follow(move || {
        naming.state.version.track();
        naming.ask();
    });
    let form = el("form.naming-form")
        .child(naming.pattern_row())
        .child(naming.suggestion_row())
        .child(naming.outcome_row(done))
        .on("submit", move |event: &Event| {
            event.prevent_default();
            naming.apply(done);
        });
    el("section.naming").attr("aria-label", "Name by pattern").child(form).child(naming.preview()).on(
        "keydown",
        move |event: &KeyboardEvent| {
            if event.key() == "Escape" {
                event.prevent_default();
                done(None);
            }
        },
    )
}

impl Naming {
    /// Asks what the pattern says; what it reads is followed.
    fn ask(self) {
        let (text, is_regexp) = (self.text.get(), self.is_regexp.get());
        self.asked.update_value(|asked| *asked += 1);
        let asked = self.asked.get_value();
        let pattern = if is_regexp { String::new() } else { text.clone() };
        let request = Request::MatchPaths { pattern, from: 0, count: u32::MAX };
        self.state.ask(&request, move |answer| {
            let Some(Answer::Paths(window)) = answer else {
                return;
            };
            let mut window = window;
            if !is_regexp || text.is_empty() {
                let problem = window.problem.take().map(|problem| problem.text);
                self.show(asked, window, problem);
                return;
            }
            spawn_local(async move {
                match regexp::groups(&text, window.lines.iter().map(|line| line.path.as_str())).await {
                    Err(problem) => self.show(asked, window, Some(problem)),
                    Ok(groups) => {
                        for (line, groups) in window.lines.iter_mut().zip(groups) {
                            line.found = groups.map(|groups| {
                                let found = AXES.into_iter().zip(groups);
                                found.filter(|(_, text)| !text.is_empty()).collect()
                            });
                            window.matching += u32::from(line.found.is_some());
                        }
                        self.show(asked, window, None);
                    }
                }
            });
        });
    }

    /// Shows the answer to a question, unless there is a newer one.
    fn show(self, asked: u32, mut window: PathWindow, problem: Option<String>) {
        // The panel may be gone.
        if self.asked.try_get_value() != Some(asked) {
            return;
        }
        if self.suggestions.with_untracked(Vec::is_empty) {
            let paths: Vec<&str> = window.lines.iter().map(|line| line.path.as_str()).collect();
            self.suggestions.set(suggest_patterns(&paths));
        }
        self.problem.set(problem);
        // Stable, so that both halves stay in the order of their paths.
        let (matching, others): (Vec<_>, Vec<_>) =
            window.lines.into_iter().partition(|line| line.found.is_some());
        window.lines = matching;
        window.lines.extend(others);
        self.matching.set(window.matching);
        let total = window.lines.len() as u32;
        let span = Span { first: 0, count: total };
        let loaded = Loaded { generation: asked, total, span, answer: Answer::Paths(window) };
        self.list.loaded.set(Some(Arc::new(loaded)));
    }

    fn pattern_row(self) -> El {
        let field = el("input.field.naming-pattern").attrs(&[
            ("id", "naming-pattern"),
            ("autocomplete", "off"),
            ("spellcheck", "false"),
            ("aria-describedby", "naming-outcome"),
        ]);
        let input = field.as_a::<HtmlInputElement>().clone();
        let shown = input.clone();
        follow(move || {
            let text = self.text.get();
            if shown.value() != text {
                shown.set_value(&text);
            }
        });
        let opened = field.clone();
        soon(move || document::focus(Some(opened.as_a::<HtmlElement>())));
        let field = field
            .live_attr("placeholder", move || {
                let example = if self.is_regexp.get() {
                    r"(?<build>[^/]+)/(?<dut>[^/]+)\.xml$"
                } else {
                    "{build}/{dut}.xml"
                };
                Some(example.to_owned())
            })
            .live_attr("aria-invalid", move || self.problem.with(Option::is_some).then(|| "true".to_owned()))
            .on("input", move |_: &Event| self.text.set(input.value()));
        let choice = [("Pattern", false), ("Regular expression", true)].map(|(label, is_regexp)| {
            let radio = el("input").attrs(&[("type", "radio"), ("name", "naming-kind")]);
            radio.as_a::<HtmlInputElement>().set_checked(!is_regexp);
            let radio = radio.on("change", move |_: &Event| self.is_regexp.set(is_regexp));
            el("label").child(radio).child(label)
        });
        el("div.naming-row")
            .child(el("label.naming-label").attr("for", "naming-pattern").child("Pattern over the path"))
            .child(field)
            .child(
                el("div.segments").attrs(&[("role", "radiogroup"), ("aria-label", "Kind")]).children(choice),
            )
    }

    fn suggestion_row(self) -> El {
        el("div.naming-row.hint").live(move || {
            if self.is_regexp.get() {
                let hint = "Groups named dut, unit, build and session, found anywhere in the path: ";
                return vec![el("span").child(hint).child(el("code").child("(?<dut>[^/]+)\\.xml$"))];
            }
            let mut parts = vec![el("span").child("Suggestions:")];
            self.suggestions.with(|suggestions| {
                parts.extend(suggestions.iter().cloned().map(|suggestion| {
                    let chosen = suggestion.clone();
                    small_button(suggestion, move || self.text.set(chosen.clone()))
                        .add_class("naming-suggestion")
                }));
            });
            let rest = [
                ("{dut} {build} {unit} {session}", "a name"),
                ("*", "any text in a name"),
                ("**", "any folders"),
            ];
            parts.extend(rest.map(|(code, what)| {
                el("span.naming-legend").child(el("code").child(code)).child(format!(" {what}"))
            }));
            parts
        })
    }

    fn outcome_row(self, done: impl Fn(Option<u32>) + Copy + 'static) -> El {
        let outcome = move || {
            if let Some(problem) = self.problem.get() {
                return format!("No pattern: {problem}.");
            }
            let total = self.list.total();
            if self.text.with(String::is_empty) {
                return format!("{}. Type a pattern, or take a suggestion.", format::plural(total, "file"));
            }
            let matching = self.matching.get();
            let others = match self.changing() {
                _ if matching == 0 => "",
                0 => ", as they are named already",
                _ => "",
            };
            let verb = if total == 1 { "matches" } else { "match" };
            format!("{} of {} {verb}{others}", format::count(matching), format::plural(total, "file"))
        };
        el("div.naming-row")
            .child(
                el("span.naming-outcome")
                    .attrs(&[("id", "naming-outcome"), ("role", "status")])
                    .live_attr("class", move || {
                        let class = if self.problem.with(Option::is_some) { " note-error" } else { "" };
                        Some(format!("naming-outcome{class}"))
                    })
                    .live_text(outcome),
            )
            .child(button("Cancel", move || done(None)))
            .child(
                el("button.button.button-primary")
                    .attr("type", "submit")
                    .live_attr("disabled", move || (self.matching.get() == 0).then(String::new))
                    .live_text(move || match self.matching.get() {
                        0 => "Apply".to_owned(),
                        files => format!("Apply to {}", format::plural(files, "file")),
                    }),
            )
    }

    fn lines<T>(self, read: impl FnOnce(&[PathLine]) -> T) -> Option<T> {
        self.list.loaded.with(|loaded| match &loaded.as_deref()?.answer {
            Answer::Paths(window) => Some(read(&window.lines)),
            _ => None,
        })
    }

    /// How many files would be named otherwise than now.
    fn changing(self) -> usize {
        let is_changed = |line: &&PathLine| AXES.iter().any(|&axis| after(line, axis).is_some());
        self.lines(|lines| lines.iter().filter(is_changed).count()).unwrap_or_default()
    }

    fn preview(self) -> El {
        let row =
            move |index: u32| self.lines(|lines| lines.get(index as usize).map(|line| row(line, index)))?;
        let head = ["File", "DUT", "Unit", "Build", "Session"]
            .map(|label| el("div").attr("role", "columnheader").child(label));
        let table = el("div.naming-table")
            .attrs(&[("role", "table"), ("aria-label", "Preview")])
            .live_attr("aria-rowcount", move || Some((self.list.total() + 1).to_string()))
            .live_style("height", move || format!("{}px", HEAD + ROW * self.list.total()))
            .child(el("div.files-head").attrs(&[("role", "row"), ("aria-rowindex", "1")]).child(head))
            .rows(move || self.list.rows(), row);
        let scroller = el("div.files-scroller")
            .attrs(&[("tabindex", "0"), ("role", "region"), ("aria-label", "List of files")])
            .child(table);
        self.list.watch(&scroller);
        scroller
    }

    /// Says what the pattern finds of all files that match, as one step.
    fn apply(self, done: impl Fn(Option<u32>) + 'static) {
        let said = untrack(|| {
            self.lines(|lines| {
                let matching = lines.iter().filter_map(|line| Some((line, line.found.as_ref()?)));
                let said = matching.flat_map(|(line, found)| {
                    let said: OverrideChange =
                        found.iter().map(|(axis, value)| (*axis, Some(value.clone()))).collect();
                    line.parts.iter().map(move |part| (*part, said.clone()))
                });
                said.collect::<Vec<(PartId, OverrideChange)>>()
            })
        });
        let Some(said) = said.filter(|said| !said.is_empty()) else {
            return;
        };
        let files = self.matching.get_untracked();
        self.state.ask(&Request::AssignMany(said), move |answer| {
            if answer.is_some() {
                self.state.changed();
                done(Some(files));
            }
        });
    }
}

fn before(line: &PathLine, axis: IdentityField) -> &str {
    match axis {
        IdentityField::Dut => &line.dut,
        IdentityField::Unit => line.unit.as_deref().unwrap_or_default(),
        IdentityField::Build => line.build.as_deref().unwrap_or_default(),
        // Where nothing tells, a session is called by its file.
        IdentityField::Session if line.session == line.path => "",
        IdentityField::Session => &line.session,
    }
}

/// What an axis is called afterwards, if that is something else.
fn after(line: &PathLine, axis: IdentityField) -> Option<&str> {
    let (_, text) = line.found.as_ref()?.iter().find(|(found, _)| *found == axis)?;
    let text = text.trim();
    (!text.is_empty() && text != before(line, axis)).then_some(text)
}

fn row(line: &PathLine, index: u32) -> El {
    let cell = |content: Vec<El>, title: &str| {
        el("div").attrs(&[("role", "cell"), ("title", title)]).children(content)
    };
    let sessions = line.parts.len() as u32;
    let cells = AXES.map(|axis| {
        let before = match before(line, axis) {
            "" => "–".to_owned(),
            _ if sessions > 1 && axis == IdentityField::Session => format::plural(sessions, "session"),
            before => before.to_owned(),
        };
        let old = |class: &str| el(class).child(&before);
        match after(line, axis) {
            None => cell(vec![old("span.naming-same")], &before),
            Some(after) => {
                let arrow = el("span.naming-arrow").child(" → ");
                let title = format!("{before} → {after}");
                let class = if before == "–" { "span.naming-same" } else { "span.naming-before" };
                cell(vec![old(class), arrow, el("strong").child(after)], &title)
            }
        }
    });
    el("div.naming-line")
        .add_class(if line.found.is_some() { "" } else { "is-other" })
        .attr("role", "row")
        .number_attr("aria-rowindex", index + 2)
        .style("transform", &format!("translateY({}px)", HEAD + ROW * index))
        .child(cell(vec![el("span").child(&line.path)], &line.path))
        .child(Vec::from(cells))
}
