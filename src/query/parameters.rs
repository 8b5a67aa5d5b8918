//! The table of query parameters: how each is read and written, and when it is
//! reset.

use super::{
    Better, Change, ChartKind, ColumnOrder, FileKind, Listed, Measure, OutcomeFilter, Route, Selection,
    SessionKey, ShownDuts, Sort, Step, Term, TestKey, View,
};

/// A parameter of the query string: a part of the [`View`].
pub struct Parameter {
    /// The name in the query string.
    pub key: &'static str,
    /// Takes a value into the view, once per value. An unknown word gives the
    /// default.
    pub read: fn(&mut View, String),
    /// Returns the values to write: none for a default, several for a list. An
    /// empty value is written as the key alone.
    pub write: fn(&View) -> Vec<String>,
    /// When the parameter returns to its default.
    pub resets_on: Reset,
}

/// When a parameter returns to its default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reset {
    /// Never: it is about the data, or about how a person likes a view.
    Never,
    /// On each step to a view, even the one that is open: it is a detail.
    Navigation,
    /// When another view is opened.
    OtherView,
    /// When the view that is opened lists something else, or nothing.
    OtherList,
}

impl Reset {
    /// The parameter is reset by a step from one view to another.
    pub fn applies(self, from: Route, to: Route) -> bool {
        match self {
            Reset::Never => false,
            Reset::Navigation => true,
            Reset::OtherView => from != to,
            Reset::OtherList => from != to && (from.lists() == Listed::Nothing || from.lists() != to.lists()),
        }
    }
}

/// All parameters, in the order in which they are written.
pub static PARAMETERS: &[Parameter] = &[
    Parameter {
        key: "src",
        read: |view, value| view.sources.extend(not_empty(value)),
        write: |view| view.sources.clone(),
        resets_on: Reset::Never,
    },
    Parameter {
        key: "demo",
        read: |view, _| view.demo = true,
        write: |view| flag(view.demo),
        resets_on: Reset::Never,
    },
    Parameter {
        key: "view",
        read: |view, value| view.route = Route::from_key(&value).unwrap_or_default(),
        write: |view| some(Some(view.route).filter(|route| *route != Route::default()).map(Route::key)),
        // A step sets it.
        resets_on: Reset::Navigation,
    },
    Parameter {
        key: "q",
        read: |view, value| view.filter.text = value,
        write: |view| text(&view.filter.text),
        resets_on: Reset::OtherList,
    },
    Parameter {
        key: "only",
        read: |view, value| view.filter.only = OutcomeFilter::from_key(&value),
        write: |view| text(view.filter.only.key()),
        resets_on: Reset::OtherList,
    },
    Parameter {
        key: "on",
        read: |view, value| view.filter.dut = not_empty(value).or(view.filter.dut.take()),
        write: |view| some(view.filter.dut.as_deref()),
        resets_on: Reset::OtherList,
    },
    Parameter {
        key: "cluster",
        read: |view, value| view.filter.cluster = not_empty(value).or(view.filter.cluster.take()),
        write: |view| some(view.filter.cluster.as_deref()),
        resets_on: Reset::OtherList,
    },
    Parameter {
        key: "sort",
        read: |view, value| view.sort = Sort::from_key(&value),
        write: |view| view.sort.map(Sort::key).into_iter().collect(),
        resets_on: Reset::OtherView,
    },
    Parameter {
        key: "flat",
        read: |view, _| view.flat = true,
        write: |view| flag(view.flat),
        resets_on: Reset::Never,
    },
    Parameter {
        key: "fold",
        read: |view, value| view.fold.push(value),
        write: |view| view.fold.clone(),
        resets_on: Reset::Never,
    },
    Parameter {
        key: "hide",
        read: |view, value| not_empty(value).into_iter().for_each(|dut| view.duts.shown.hide(dut)),
        write: |view| match &view.duts.shown {
            ShownDuts::AllBut(names) => names.clone(),
            ShownDuts::All | ShownDuts::Only(_) => Vec::new(),
        },
        // Like the filters: the grid lists tests of the shown DUTs.
        resets_on: Reset::OtherList,
    },
    Parameter {
        key: "show",
        read: |view, value| view.duts.shown.show_only(value),
        write: |view| match &view.duts.shown {
            ShownDuts::Only(names) if names.is_empty() => flag(true),
            ShownDuts::Only(names) => names.clone(),
            ShownDuts::All | ShownDuts::AllBut(_) => Vec::new(),
        },
        resets_on: Reset::OtherList,
    },
    Parameter {
        key: "pin",
        read: |view, value| view.duts.pinned.extend(not_empty(value)),
        write: |view| view.duts.pinned.clone(),
        resets_on: Reset::Never,
    },
    Parameter {
        key: "columns",
        read: |view, value| view.duts.order = ColumnOrder::from_key(&value),
        write: |view| text(view.duts.order.key()),
        resets_on: Reset::Never,
    },
    Parameter {
        key: "cols",
        read: |view, value| view.cols = value.split(',').map(str::to_owned).filter_map(not_empty).collect(),
        write: |view| text(&view.cols.join(",")),
        resets_on: Reset::OtherView,
    },
    Parameter {
        key: "from",
        read: |view, value| view.comparison.sides.from.read(&value),
        write: |view| view.comparison.sides.from.write(),
        // A baseline that a person chose stays.
        resets_on: Reset::Never,
    },
    Parameter {
        key: "to",
        read: |view, value| view.comparison.sides.to.push(Term::from_key(&value)),
        write: |view| view.comparison.sides.to.iter().map(Term::key).collect(),
        resets_on: Reset::Never,
    },
    Parameter {
        key: "change",
        read: |view, value| view.comparison.changes.extend(Change::from_key(&value)),
        write: |view| view.comparison.changes.iter().map(|change| change.key().to_owned()).collect(),
        resets_on: Reset::OtherList,
    },
    Parameter {
        key: "step",
        read: |view, value| view.comparison.step = Step::from_key(&value),
        write: |view| view.comparison.step.map(Step::key).into_iter().collect(),
        resets_on: Reset::OtherList,
    },
    Parameter {
        key: "compared",
        read: |view, _| view.grid_compares = true,
        write: |view| flag(view.grid_compares),
        resets_on: Reset::OtherView,
    },
    Parameter {
        key: "measure",
        read: |view, value| view.measure = Measure::from_key(&value).unwrap_or_default(),
        write: |view| {
            some(Some(view.measure).filter(|measure| *measure != Measure::default()).map(Measure::key))
        },
        resets_on: Reset::OtherView,
    },
    Parameter {
        key: "chart",
        read: |view, value| view.charted.kind = ChartKind::from_key(&value),
        write: |view| text(view.charted.kind.key()),
        resets_on: Reset::OtherView,
    },
    Parameter {
        key: "trend",
        read: |view, value| charted_test(view).name = value,
        write: |view| some(view.charted.test.as_ref().map(|test| test.name.as_str())),
        resets_on: Reset::OtherView,
    },
    Parameter {
        key: "trend-in",
        read: |view, value| charted_test(view).scope = value,
        write: |view| view.charted.test.as_ref().map_or(Vec::new(), |test| text(&test.scope)),
        resets_on: Reset::OtherView,
    },
    Parameter {
        key: "metric",
        read: |view, value| view.charted.metric = value,
        write: |view| text(&view.charted.metric),
        resets_on: Reset::OtherView,
    },
    Parameter {
        key: "lower",
        read: |view, value| view.directions.set(&value, Better::Lower),
        write: |view| view.directions.names(Better::Lower),
        // What a person knows of a metric stays.
        resets_on: Reset::Never,
    },
    Parameter {
        key: "higher",
        read: |view, value| view.directions.set(&value, Better::Higher),
        write: |view| view.directions.names(Better::Higher),
        resets_on: Reset::Never,
    },
    Parameter {
        key: "neither",
        read: |view, value| view.directions.set(&value, Better::Neither),
        write: |view| view.directions.names(Better::Neither),
        resets_on: Reset::Never,
    },
    Parameter {
        key: "embed",
        read: |view, _| view.embed = true,
        write: |view| flag(view.embed),
        resets_on: Reset::Never,
    },
    Parameter {
        key: "link-test",
        read: |view, value| view.links.test = value,
        write: |view| text(&view.links.test),
        // What a person knows of the sources stays.
        resets_on: Reset::Never,
    },
    Parameter {
        key: "link-commit",
        read: |view, value| view.links.commit = value,
        write: |view| text(&view.links.commit),
        resets_on: Reset::Never,
    },
    Parameter {
        key: "timeline",
        read: |view, value| charted_session(view).dut = value,
        write: |view| some(view.charted.session.as_ref().map(|session| session.dut.as_str())),
        resets_on: Reset::OtherView,
    },
    Parameter {
        key: "timeline-run",
        read: |view, value| charted_session(view).session = value,
        write: |view| some(view.charted.session.as_ref().map(|session| session.session.as_str())),
        resets_on: Reset::OtherView,
    },
    Parameter {
        key: "test",
        read: |view, value| selection(view).name = value,
        write: |view| some(view.selection.as_ref().map(|selection| selection.name.as_str())),
        resets_on: Reset::Navigation,
    },
    Parameter {
        key: "in",
        read: |view, value| selection(view).scope = value,
        write: |view| view.selection.as_ref().map_or(Vec::new(), |selection| text(&selection.scope)),
        resets_on: Reset::Navigation,
    },
    Parameter {
        key: "dut",
        read: |view, value| selection(view).dut = value,
        write: |view| some(view.selection.as_ref().map(|selection| selection.dut.as_str())),
        resets_on: Reset::Navigation,
    },
    Parameter {
        key: "session",
        read: |view, value| selection(view).session = Some(value),
        write: |view| some(view.selection.as_ref().and_then(|selection| selection.session.as_deref())),
        resets_on: Reset::Navigation,
    },
    Parameter {
        key: "of",
        read: |view, value| session(view).dut = value,
        write: |view| some(view.session.as_ref().map(|session| session.dut.as_str())),
        resets_on: Reset::Navigation,
    },
    Parameter {
        key: "run",
        read: |view, value| session(view).session = value,
        write: |view| some(view.session.as_ref().map(|session| session.session.as_str())),
        resets_on: Reset::Navigation,
    },
    Parameter {
        key: "status",
        read: |view, value| view.files = FileKind::from_key(&value),
        write: |view| some(view.files.map(FileKind::key)),
        resets_on: Reset::OtherView,
    },
    Parameter {
        key: "file",
        read: |view, value| view.file = not_empty(value).or(view.file.take()),
        write: |view| some(view.file.as_deref()),
        resets_on: Reset::Navigation,
    },
    Parameter {
        key: "full",
        read: |view, _| view.full = true,
        write: |view| flag(view.full),
        resets_on: Reset::Navigation,
    },
];

/// Drops details that the address names incompletely.
pub fn drop_incomplete(view: &mut View) {
    view.selection.take_if(|selection| selection.name.is_empty() || selection.dut.is_empty());
    view.session.take_if(|session| session.dut.is_empty());
    view.charted.test.take_if(|test| test.name.is_empty());
    view.charted.session.take_if(|session| session.dut.is_empty());
}

fn selection(view: &mut View) -> &mut Selection {
    view.selection.get_or_insert_default()
}

fn session(view: &mut View) -> &mut SessionKey {
    view.session.get_or_insert_default()
}

fn charted_test(view: &mut View) -> &mut TestKey {
    view.charted.test.get_or_insert_default()
}

fn charted_session(view: &mut View) -> &mut SessionKey {
    view.charted.session.get_or_insert_default()
}

fn not_empty(value: String) -> Option<String> {
    Some(value).filter(|value| !value.is_empty())
}

/// The value of a flag: the key alone where it is set.
fn flag(is_set: bool) -> Vec<String> {
    if is_set { vec![String::new()] } else { Vec::new() }
}

/// The value of a text that is not written where it is empty.
fn text(value: &str) -> Vec<String> {
    not_empty(value.to_owned()).into_iter().collect()
}

/// The value of an option, which may be an empty text.
fn some(value: Option<&str>) -> Vec<String> {
    value.map(str::to_owned).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_unique() {
        let keys: std::collections::BTreeSet<&str> =
            PARAMETERS.iter().map(|parameter| parameter.key).collect();
        assert_eq!(keys.len(), PARAMETERS.len());
        assert!(!keys.contains(super::super::upgrade::VERSION_KEY));
    }

    #[test]
    fn resets_depend_on_the_step() {
        for (reset, from, to, expected) in [
            (Reset::Never, Route::Grid, Route::Files, false),
            (Reset::Navigation, Route::Grid, Route::Grid, true),
            (Reset::OtherView, Route::Grid, Route::Grid, false),
            (Reset::OtherView, Route::Grid, Route::Tests, true),
            (Reset::OtherList, Route::Grid, Route::Tests, false),
            (Reset::OtherList, Route::Grid, Route::Sessions, true),
            (Reset::OtherList, Route::Overview, Route::Overview, false),
            (Reset::OtherList, Route::Overview, Route::Grid, true),
        ] {
            assert_eq!(reset.applies(from, to), expected, "{reset:?} from {from:?} to {to:?}");
        }
    }
}
