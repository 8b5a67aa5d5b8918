//! Orders of tests by name.

use crate::analyze::natural;
use crate::model::{Dataset, ScopeId, TestId};
use std::cell::OnceCell;
use std::cmp::Ordering;

/// Orders by name. They depend on the set of tests only, so they outlive an
/// index as long as no test is added.
#[derive(Default)]
pub struct NameOrders {
    /// The tests by scope, then name.
    pub by_scope: Vec<TestId>,
    /// By test: the rank of its bare name among all of them.
    ranks: OnceCell<Vec<f64>>,
}

impl NameOrders {
    /// Sorts the tests. `sorted` has the tests that an earlier call sorted: the
    /// first ones of `data`.
    pub fn new(data: &Dataset, sorted: &[TestId]) -> NameOrders {
        let scopes = (0..data.tests.scopes()).map(ScopeId::from);
        let scopes: Vec<&str> = scopes.map(|scope| data.tests.scope_text(scope)).collect();
        // By scope, its rank.
        let mut ranks = vec![0; scopes.len()];
        for (rank, scope) in natural::order(&scopes).into_iter().enumerate() {
            ranks[scope as usize] = rank;
        }
        let rank = |test: TestId| ranks[data.tests.scope_of(test).index()];
        let new: Vec<TestId> = (sorted.len()..data.tests.len()).map(TestId::from).collect();
        let names: Vec<&str> = new.iter().map(|&test| data.tests.name(test)).collect();
        let by_name = natural::order(&names);
        let mut by_rank: Vec<Vec<TestId>> = vec![Vec::new(); scopes.len()];
        for &at in &by_name {
            let test = new[at as usize];
            by_rank[rank(test)].push(test);
        }
        let mut by_scope = sorted.to_vec();
        by_scope.extend(by_rank.into_iter().flatten());
        let ranks = OnceCell::new();
        if sorted.is_empty() {
            let _ = ranks.set(natural::ranks_in(&names, &by_name));
        } else {
            // Two sorted runs: the standard library's stable sort merges them.
            by_scope.sort_by(|&a, &b| {
                let by_scope = rank(a).cmp(&rank(b));
                by_scope.then_with(|| natural::compare(data.tests.name(a), data.tests.name(b)))
            });
        }
        NameOrders { by_scope, ranks }
    }

    /// By test: the rank of its bare name among all of them. Equal names have the
    /// same rank.
    pub fn ranks(&self, data: &Dataset) -> &[f64] {
        self.ranks.get_or_init(|| {
            let names: Vec<&str> = data.tests.ids().map(|test| data.tests.name(test)).collect();
            natural::ranks(&names)
        })
    }
}

/// Compares two tests by scope, then name.
pub fn by_name(data: &Dataset, a: TestId, b: TestId) -> Ordering {
    let (scope_a, scope_b) = (data.tests.scope_of(a), data.tests.scope_of(b));
    let by_scope = if scope_a == scope_b {
        Ordering::Equal
    } else {
        natural::compare(data.tests.scope_text(scope_a), data.tests.scope_text(scope_b))
    };
    by_scope.then_with(|| natural::compare(data.tests.name(a), data.tests.name(b)))
}
