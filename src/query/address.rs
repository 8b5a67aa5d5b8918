//! The address: a view as a query string, and back.
//!
//! Defaults are not written, so that links stay short. Unknown parameters are
//! ignored, so that links of other versions still lead here.

use super::View;
use super::parameters::{PARAMETERS, drop_incomplete};
use super::upgrade::{VERSION, VERSION_KEY, upgrade};
use form_urlencoded::Serializer;

impl View {
    /// Reads a query string, with or without its question mark. Of parameters
    /// that have one value, the last one counts.
    pub fn from_query(query: &str) -> View {
        let query = query.trim_start_matches('?');
        let mut pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        upgrade(&mut pairs);
        let mut view = View::default();
        for (key, value) in pairs {
            if let Some(parameter) = PARAMETERS.iter().find(|parameter| parameter.key == key) {
                (parameter.read)(&mut view, value);
            }
        }
        drop_incomplete(&mut view);
        view
    }

    /// Returns the query string with its question mark; empty for the default
    /// view.
    pub fn to_query(&self) -> String {
        let mut query = Serializer::for_suffix("?".to_owned(), 1);
        for parameter in PARAMETERS {
            for value in (parameter.write)(self) {
                append(&mut query, parameter.key, &value);
            }
        }
        let query = query.finish();
        if query == "?" {
            return String::new();
        }
        with_version(readable(query), VERSION)
    }
}

fn append(query: &mut Serializer<String>, key: &str, value: &str) {
    if value.is_empty() {
        query.append_key_only(key);
    } else {
        query.append_pair(key, value);
    }
}

/// Appends the version of the parameters to a query string. Version 1 is not
/// written, because the first links had no version.
fn with_version(query: String, version: usize) -> String {
    if version > 1 { format!("{query}&{VERSION_KEY}={version}") } else { query }
}

/// Decodes characters that are allowed in a query string, so that paths, URLs and
/// lists are readable in it.
fn readable(query: String) -> String {
    const PLAIN: [(&str, &str); 5] = [("%2F", "/"), ("%3A", ":"), ("%2C", ","), ("%40", "@"), ("%7E", "~")];
    PLAIN.into_iter().fold(query, |query, (code, plain)| query.replace(code, plain))
}

#[cfg(test)]
mod tests {
    use super::super::{
        Baseline, Better, Change, ChartKind, Charted, ColumnOrder, Comparison, Directions, DutColumns,
        FileKind, Filter, Listed, Measure, OutcomeFilter, Route, Selection, SessionKey, ShownDuts, Sides,
        Sort, SortKey, Step, Term, TestKey,
    };
    use super::*;
    use crate::model::{LinkTemplates, Outcome};
    use proptest::prelude::*;

    #[test]
    fn the_default_view_has_no_query_string() {
        assert_eq!(View::default().to_query(), "");
        assert_eq!(View::from_query(""), View::default());
        assert_eq!(View::from_query("?"), View::default());
    }

    #[test]
    fn unknown_and_broken_parameters_do_no_harm() {
        assert!(View::from_query("?embed=1").embed);
        let view = View::from_query("?view=hologram&only=banana&utm=1&%zz&q=a%2&=x&dut=A&src=");
        assert_eq!(view.route, Route::Overview);
        assert_eq!(view.filter.text, "a%2");
        assert_eq!(view.selection, None);
        assert_eq!(view.sources, Vec::<String>::new());
        let view = View::from_query("?sort=-banana&cols=,,&run=7&view=tests");
        assert_eq!(view, View { route: Route::Tests, ..View::default() });
    }

    #[test]
    fn addresses_read_well() {
        let check = |query: &str| assert_eq!(View::from_query(query).to_query(), query);
        check("?demo");
        check("?demo&view=tests&q=codec+flac&sort=-time&cols=name,time,outcome");
        check("?view=grid&fold=tests.test_a.TestX&fold=tests.test_b");
        check("?view=sessions&sort=started&of=DUT_A&run=nightly/2026-11-20.xml&full");
        check("?view=grid&sort=name&flat&test=test_y&dut=A&session");
        check("?view=grid&only=flaky&on=DUT_A");
        check("?view=grid&hide=DUT_A&hide=DUT_B&pin=DUT_C&columns=worst");
        check("?view=grid&show=rack-0/a");
        check("?view=grid&show");
        check("?view=compare&from=build:1.3&to=build:1.4&to=dut:A&change=regression&change=fixed");
        check("?view=grid&from=build:1.3&change=regression&compared");
        check("?view=compare&from=all-passed&step=none-not_run");
        check("?view=timing&sort=-change&chart=duts&trend=test_y&trend-in=tests.test_a");
        check("?view=metrics&trend=boot&metric=used_rom&lower=gain&higher=time&neither=x");
        check("?view=timing&chart=session&timeline=DUT_A&timeline-run=nightly/7.xml");
        check("?view=files&q=board&status=partly&file=nightly/board_a.xml");
        check("?src=results/&view=grid&embed&link-test=https://git/%7Bpath%7D%23L%7Bline%7D");
    }

    #[test]
    fn texts_are_encoded_where_they_must_be() {
        let view = View {
            filter: Filter { text: "a&b=c %2F+ü#[x]*~@,:/".to_owned(), ..Filter::default() },
            ..View::default()
        };
        assert_eq!(view.to_query(), "?q=a%26b%3Dc+%252F%2B%C3%BC%23%5Bx%5D*~@,:/");
        assert_eq!(View::from_query(&view.to_query()), view);
    }

    #[test]
    fn a_missing_version_is_the_first() {
        let view = View::from_query("?view=tests&sort=-time");
        assert_eq!(View::from_query("?v=1&view=tests&sort=-time"), view);
        // Links with a later or an invalid version are read as far as possible.
        for version in ["99", "", "x", "-1", "0"] {
            assert_eq!(View::from_query(&format!("?view=tests&sort=-time&v={version}")), view);
        }
        assert_eq!(with_version(view.to_query(), 1), "?view=tests&sort=-time");
        assert_eq!(with_version(view.to_query(), 2), "?view=tests&sort=-time&v=2");
    }

    #[test]
    fn a_step_resets_what_belongs_to_the_view_before() {
        let check = |from: &str, to: Route, expected: &str| {
            let mut view = View::from_query(from);
            view.go(to);
            assert_eq!(view.to_query(), expected, "{from}");
        };
        let tests = "?view=tests&q=aac&only=failing&on=A&sort=-time&cols=name,time&test=t&dut=A";
        check(tests, Route::Grid, "?view=grid&q=aac&only=failing&on=A");
        check(tests, Route::Tests, "?view=tests&q=aac&only=failing&on=A&sort=-time&cols=name,time");
        check(tests, Route::Sessions, "?view=sessions");
        check(tests, Route::Overview, "");
        let grid = "?view=grid&hide=A&pin=B&columns=worst";
        check(grid, Route::Grid, grid);
        check(grid, Route::Tests, "?view=tests&hide=A&pin=B&columns=worst");
        check(grid, Route::Overview, "?pin=B&columns=worst");
        check("?view=grid&show=A", Route::Sessions, "?view=sessions");
        let compare = "?view=compare&from=build:1.3&to=latest";
        check(
            &format!("{compare}&change=fixed&step=failed-passed"),
            Route::Tests,
            "?view=tests&from=build:1.3&to=latest",
        );
        check("?demo&view=sessions&q=py&on=A&sort=rate&of=A&run=1&full", Route::Tests, "?demo&view=tests");
        let files = "?view=files&q=x&status=read&file=a.xml";
        check(files, Route::Sessions, "?view=sessions");
        check(files, Route::Files, "?view=files&q=x&status=read");
        check("?src=a.xml&view=files&q=x", Route::Grid, "?src=a.xml&view=grid");
    }

    #[test]
    fn downloads_follow_the_filter_over_tests_only() {
        let words = |query: &str| View::from_query(query).test_filter().words();
        assert_eq!(words("?view=grid&q=aac").as_deref(), Some("tests with “aac”"));
        assert_eq!(words("?view=sessions&q=py3.12"), None);
        assert_eq!(words("?q=aac"), None);
    }

    /// A term of each kind.
    fn terms(value: &str) -> [Term; 8] {
        let value = value.to_owned();
        [
            Term::Build(value.clone()),
            Term::Dut(value.clone()),
            Term::Session(value.clone()),
            Term::Since(value.clone()),
            Term::Until(value.clone()),
            Term::Text(value),
            Term::Latest,
            Term::Previous,
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            sources in proptest::collection::vec(".{1,20}", 0..3),
            (route, to) in (0..Route::ALL.len(), 0..Route::ALL.len()),
            text in ".{0,20}",
            only in 0..OutcomeFilter::ALL.len(),
            on in proptest::option::of(".{1,9}"),
            names in proptest::option::of((".{1,9}", proptest::option::of(".{0,9}"), ".{0,9}", ".{1,9}")),
            (flags, links) in (any::<[bool; 5]>(), (".{0,9}", ".{0,9}")),
            sort in proptest::option::of((0..SortKey::KEYS.len(), any::<bool>())),
            fold in proptest::collection::vec(".{0,9}", 0..3),
            cols in proptest::collection::vec("[a-z-]{1,8}", 0..4),
            session in proptest::option::of((".{1,9}", ".{0,9}")),
            (shown, duts) in (0..3_u8, proptest::collection::vec(".{1,9}", 1..3)),
            (pinned, is_worst_first) in (proptest::collection::vec(".{1,9}", 0..3), any::<bool>()),
            (from, to_side) in (0..3_u8, 0..3_usize),
            (changes, step) in (proptest::collection::vec(0..Change::ALL.len(), 0..3), any::<bool>()),
            (term, value) in (0..8_usize, ".{1,9}"),
            (chart, trend) in (0..ChartKind::ALL.len(), proptest::option::of((".{0,9}", ".{1,9}"))),
            (metric, better) in (".{0,9}", proptest::collection::vec((".{0,9}", 0..3_usize), 0..4)),
            timeline in proptest::option::of((".{1,9}", ".{0,9}")),
            (files, file) in (proptest::option::of(0..6_usize), proptest::option::of(".{1,9}")),
        ) {
            let view = View {
                sources,
                demo: flags[0],
                route: Route::ALL[route],
                filter: Filter {
                    text,
                    only: OutcomeFilter::ALL[only],
                    dut: on.clone(),
                    cluster: on,
                },
                sort: sort.map(|(by, descending)| Sort { by: SortKey::KEYS[by].0, descending }),
                flat: flags[1],
                fold,
                duts: DutColumns {
                    shown: match shown {
                        0 => ShownDuts::All,
                        1 => ShownDuts::AllBut(duts),
                        _ => ShownDuts::Only(if is_worst_first { Vec::new() } else { duts }),
                    },
                    pinned,
                    order: if is_worst_first { ColumnOrder::Worst } else { ColumnOrder::Name },
                },
                cols,
                selection: names.map(|(dut, session, scope, name)| Selection { dut, session, scope, name }),
                session: session.map(|(dut, session)| SessionKey { dut, session }),
                files: files.map(|kind| FileKind::ALL[kind]),
                file,
                full: flags[2],
                grid_compares: flags[3],
                embed: flags[4],
                links: LinkTemplates { test: links.0, commit: links.1 },
                measure: Measure::ALL[from as usize],
                charted: Charted {
                    kind: ChartKind::ALL[chart].0,
                    test: trend.map(|(scope, name)| TestKey { scope, name }),
                    session: timeline.map(|(dut, session)| SessionKey { dut, session }),
                    metric,
                },
                directions: {
                    let mut directions = Directions::default();
                    better.iter().for_each(|(name, at)| directions.set(name, Better::ALL[*at]));
                    directions
                },
                comparison: Comparison {
                    sides: Sides {
                        from: match from {
                            0 => Baseline::AllPassed,
                            1 => Baseline::default(),
                            _ => Baseline::Sessions(vec![terms(&value)[term].clone()]),
                        },
                        to: terms(&value)[..to_side].to_vec(),
                    },
                    changes: changes.into_iter().map(|change| Change::ALL[change]).collect(),
                    step: step.then_some(Step { before: None, after: Some(Outcome::NotRun) }),
                },
            };
            prop_assert_eq!(View::from_query(&view.to_query()), view.clone());
            // A step drops what belongs to the view before, and what it keeps is unchanged.
            let mut there = view.clone();
            there.go(Route::ALL[to]);
            prop_assert_eq!((&there.sources, there.demo, there.flat), (&view.sources, view.demo, view.flat));
            prop_assert_eq!((&there.fold, there.route), (&view.fold, Route::ALL[to]));
            prop_assert_eq!(&there.comparison.sides, &view.comparison.sides);
            prop_assert_eq!(&there.directions, &view.directions);
            prop_assert_eq!((there.embed, &there.links), (view.embed, &view.links));
            prop_assert_eq!((&there.duts.pinned, there.duts.order), (&view.duts.pinned, view.duts.order));
            prop_assert_eq!((&there.selection, &there.session, &there.file, there.full), (&None, &None, &None, false));
            if there.route == view.route {
                let kept = (&there.filter, &there.duts, there.sort, &there.cols, there.files);
                prop_assert_eq!(kept, (&view.filter, &view.duts, view.sort, &view.cols, view.files));
            } else {
                prop_assert_eq!((there.sort, &there.cols[..], there.files), (None, &[][..], None));
                prop_assert_eq!((there.measure, there.charted), Default::default());
                let shares_filter = view.route.lists() == Listed::Tests && there.route.lists() == Listed::Tests;
                let kept = if shares_filter { (view.filter, view.duts.shown) } else { Default::default() };
                prop_assert_eq!((there.filter, there.duts.shown), kept);
            }
        }
    }
}
