//! The order of builds that a person chose.

use rustc_hash::FxHashMap;

/// Builds in the order that a person chose, oldest first. Builds that it lacks keep the places that
/// times or names give them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildOrder(Vec<String>);

impl BuildOrder {
    /// Returns an order of these builds, oldest first; without a build, no order.
    pub fn new(builds: Vec<String>) -> BuildOrder {
        BuildOrder(builds)
    }

    /// Returns the builds, oldest first.
    pub fn builds(&self) -> &[String] {
        &self.0
    }

    /// Sorts items, each of which has a build or none: those whose builds it has change places with each
    /// other, and the others stay. Returns whether it has two different ones.
    pub fn sort<T>(&self, items: &mut Vec<T>, build: impl Fn(&T) -> Option<String>) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let rank: FxHashMap<&str, usize> =
            self.0.iter().enumerate().map(|(rank, build)| (build.as_str(), rank)).collect();
        let ranks: Vec<Option<usize>> =
            items.iter().map(|item| rank.get(build(item)?.as_str()).copied()).collect();
        let places: Vec<usize> = (0..items.len()).filter(|&place| ranks[place].is_some()).collect();
        let mut sorted = places.clone();
        sorted.sort_by_key(|&place| ranks[place]);
        let has_two = sorted.first().zip(sorted.last()).is_some_and(|(a, b)| ranks[*a] != ranks[*b]);
        let mut from: Vec<usize> = (0..items.len()).collect();
        for (&place, &item) in places.iter().zip(&sorted) {
            from[place] = item;
        }
        let mut old: Vec<Option<T>> = items.drain(..).map(Some).collect();
        items.extend(from.into_iter().filter_map(|item| old[item].take()));
        has_two
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_that_the_order_lacks_keep_their_places() {
        let order = BuildOrder::new(vec!["rc".to_owned(), "beta".to_owned(), "gone".to_owned()]);
        let sorted = |items: &[&'static str]| {
            let mut items = items.to_vec();
            let has_two =
                order.sort(&mut items, |item| Some((*item).to_owned()).filter(|item| !item.is_empty()));
            (items, has_two)
        };
        assert_eq!(sorted(&["1", "beta", "2", "rc", "3"]), (vec!["1", "rc", "2", "beta", "3"], true));
        assert_eq!(sorted(&["beta", "", "beta"]), (vec!["beta", "", "beta"], false));
        assert_eq!(sorted(&[]), (vec![], false));
        let mut items = vec!["b", "a"];
        assert!(!BuildOrder::default().sort(&mut items, |item| Some((*item).to_owned())));
        assert_eq!(items, ["b", "a"]);
    }
}
