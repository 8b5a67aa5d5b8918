//! The columns of a table: which ones are shown, and by which it is sorted.

use super::{Column, Table, TableSource};
use crate::query::{Sort, SortKey, View};
use crate::ui::parts::Popover;
use leptos::prelude::*;

/// The menu of columns.
#[component]
pub fn ColumnChoice<S: TableSource>(table: Table<S>) -> impl IntoView {
    let boxes =
        move || (1..S::COLUMNS.len()).map(|at| view! { <ColumnBox table=table at=at /> }).collect_view();
    view! {
        <div class="toolbar-tools column-choice">
            <Popover label="Columns" name="Columns">
                {boxes()}
            </Popover>
        </div>
    }
}

/// A box that shows or hides a column, and why it is hidden by default.
#[component]
fn ColumnBox<S: TableSource>(
    table: Table<S>,
    /// The column, as an index of [`TableSource::COLUMNS`].
    at: usize,
) -> impl IntoView {
    let column = &S::COLUMNS[at];
    let is_shown = move || table.shown.with(|shown| shown.contains(&at));
    let toggle = move |_| {
        let shown = table.shown.get_untracked();
        let is_chosen = |other: usize| shown.contains(&other) != (other == at);
        let is_empty = |by| untrack(|| table.is_empty(by));
        table.navigation.push(|view| view.cols = words::<S>(is_chosen, is_empty));
    };
    let why_id = format!("column-{}-why", column.by.key());
    let why = move || table.is_empty(column.by).then_some(column.when_empty);
    view! {
        <label>
            <input
                type="checkbox"
                aria-label=column.name
                aria-describedby=why_id.clone()
                prop:checked=is_shown
                on:change=toggle
            />
            {column.name}
            <span class="hint" id=why_id>
                {why}
            </span>
        </label>
    }
}

/// The order that the view asks for, if the table has such a column.
pub fn sort_of<S: TableSource>(view: &View) -> Option<Sort> {
    view.sort.filter(|sort| S::COLUMNS.iter().any(|column| column.by == sort.by))
}

/// What pressing a column's head does: its better direction, the other one, and
/// then the default order again.
pub fn next_sort(column: &Column, sort: Option<Sort>, default: Option<Sort>) -> Option<Sort> {
    let by = column.by;
    // Numbers start with the greatest, names with the first.
    let first = !matches!(
        by,
        SortKey::Name
            | SortKey::Suite
            | SortKey::Dut
            | SortKey::Unit
            | SortKey::Build
            | SortKey::Session
            | SortKey::Format
            | SortKey::File
    );
    match sort.or(default).filter(|sort| sort.by == by) {
        None => Some(Sort { by, descending: first }),
        Some(Sort { descending, .. }) if descending == first => Some(Sort { by, descending: !first }),
        Some(_) => None,
    }
}

/// The columns with these keys, as indices of [`TableSource::COLUMNS`]. If no key
/// is known, the default ones, but those that are empty.
pub fn shown<S: TableSource>(words: &[String], empty: &[SortKey]) -> Vec<usize> {
    let is_chosen = |column: &Column| words.iter().any(|word| word == column.by.key());
    let is_default = |column: &Column| column.is_default && !empty.contains(&column.by);
    let by_choice = S::COLUMNS.iter().any(is_chosen);
    let is_shown = |column: &Column| if by_choice { is_chosen(column) } else { is_default(column) };
    (0..S::COLUMNS.len()).filter(|&at| at == 0 || is_shown(&S::COLUMNS[at])).collect()
}

/// The keys of the chosen columns; none if these are the default ones.
fn words<S: TableSource>(
    is_chosen: impl Fn(usize) -> bool,
    is_empty: impl Fn(SortKey) -> bool,
) -> Vec<String> {
    let is_default = |column: &Column| column.is_default && !is_empty(column.by);
    if (1..S::COLUMNS.len()).all(|at| is_chosen(at) == is_default(&S::COLUMNS[at])) {
        return Vec::new();
    }
    let chosen = (0..S::COLUMNS.len()).filter(|&at| at == 0 || is_chosen(at));
    chosen.map(|at| S::COLUMNS[at].by.key().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Cell, RowButtons};
    use super::*;
    use crate::analyze::{SessionRow, SessionWindow};
    use crate::engine::GetSessions;
    use crate::query::Filter;
    use crate::ui::parts::Span;

    const fn column(by: SortKey, is_default: bool) -> Column {
        Column { is_default, ..Column::new(by, "", 100, 0) }
    }

    /// A table with three columns. The last one is hidden by default.
    struct Example;

    impl TableSource for Example {
        type Query = GetSessions;

        const NAME: &'static str = "Examples";
        const NOUN: &'static str = "example";
        const COLUMNS: &'static [Column] =
            &[column(SortKey::Dut, true), column(SortKey::Passed, true), column(SortKey::Flaky, false)];
        const DEFAULT_SORT: Option<Sort> = None;

        fn query(view: &View, span: Span) -> GetSessions {
            GetSessions { filter: view.filter.clone(), sort: None, from: span.first, count: span.count }
        }

        fn all(answer: &SessionWindow) -> u32 {
            answer.sessions
        }

        fn empty_columns(answer: &SessionWindow) -> &[SortKey] {
            &answer.empty_columns
        }

        fn cell(_: &SessionWindow, _: &SessionRow, _: SortKey, _: &mut RowButtons) -> Cell {
            Cell::new(())
        }

        fn open(_: &mut View, _: &SessionRow) {}

        fn is_open(_: &View, _: &SessionRow) -> bool {
            false
        }

        fn no_matches(_: &Filter) -> String {
            String::new()
        }
    }

    fn keys(words: &[&str], empty: &[SortKey]) -> Vec<&'static str> {
        let words: Vec<String> = words.iter().copied().map(str::to_owned).collect();
        shown::<Example>(&words, empty).into_iter().map(|at| Example::COLUMNS[at].by.key()).collect()
    }

    #[test]
    fn a_head_sorts_in_both_directions_and_then_by_default() {
        let (by_name, by_number) = (column(SortKey::Dut, true), column(SortKey::Passed, true));
        for (column, first) in [(by_name, false), (by_number, true)] {
            let by = column.by;
            let one = next_sort(&column, None, None);
            assert_eq!(one, Some(Sort { by, descending: first }));
            let other = next_sort(&column, one, None);
            assert_eq!(other, Some(Sort { by, descending: !first }));
            assert_eq!(next_sort(&column, other, None), None);
        }
    }

    #[test]
    fn a_head_that_sorts_by_default_turns_the_order() {
        let default = Some(Sort { by: SortKey::Started, descending: true });
        let next = next_sort(&column(SortKey::Started, true), None, default);
        assert_eq!(next, Some(Sort { by: SortKey::Started, descending: false }));
    }

    #[test]
    fn the_first_column_is_always_shown() {
        assert_eq!(keys(&[], &[]), ["dut", "passed"]);
        assert_eq!(keys(&["no such column"], &[]), ["dut", "passed"]);
        assert_eq!(keys(&["flaky"], &[]), ["dut", "flaky"]);
        assert_eq!(keys(&[], &[SortKey::Dut, SortKey::Passed]), ["dut"]);
    }

    #[test]
    fn empty_columns_are_hidden_unless_a_person_chose_them() {
        assert_eq!(keys(&[], &[SortKey::Passed]), ["dut"]);
        assert_eq!(keys(&["dut", "passed"], &[SortKey::Passed]), ["dut", "passed"]);
        assert_eq!(keys(&[], &[SortKey::Flaky]), ["dut", "passed"]);
    }

    #[test]
    fn default_columns_need_no_words() {
        let is_default = |at: usize| Example::COLUMNS[at].is_default;
        assert!(words::<Example>(is_default, |_| false).is_empty());
        assert_eq!(words::<Example>(|_| true, |_| false), ["dut", "passed", "flaky"]);
        assert_eq!(words::<Example>(|_| false, |_| false), ["dut"]);
        // The column that is hidden by default because it is empty.
        let is_empty = |by| by == SortKey::Passed;
        assert!(words::<Example>(|_| false, is_empty).is_empty());
        assert_eq!(words::<Example>(is_default, is_empty), ["dut", "passed"]);
    }
}
