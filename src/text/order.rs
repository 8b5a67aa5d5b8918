//! Sorting with one copy of the code.
//!
//! The standard library's sort is compiled anew for each type and each order, some 5 kB every time: without
//! this, an eighth of the engine's code was copies of it. Here, places are sorted by one copy, and the elements
//! follow them. Long lists that people wait for are sorted by the standard library.

use std::cmp::Ordering;

/// Sorting with one copy of the code. Equal elements keep their order.
pub trait Order<T> {
    /// Sorts by a comparison, like `sort_by`.
    fn order_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering);

    /// Sorts by a key, like `sort_by_key`.
    fn order_by_key<K: Ord>(&mut self, mut key: impl FnMut(&T) -> K) {
        self.order_by(|a, b| key(a).cmp(&key(b)));
    }

    /// Sorts, like `sort`.
    fn order(&mut self)
    where
        T: Ord,
    {
        self.order_by(T::cmp);
    }
}

impl<T> Order<T> for [T] {
    fn order_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        let mut from = sorted(self.len(), &mut |a, b| compare(&self[a as usize], &self[b as usize]));
        // Each element moves to its place, cycle by cycle.
        for start in 0..from.len() {
            let mut at = start;
            while let next = std::mem::replace(&mut from[at], DONE)
                && next != DONE
                && next as usize != start
            {
                self.swap(at, next as usize);
                at = next as usize;
            }
        }
    }
}

/// Marks a place whose element has moved.
const DONE: u32 = u32::MAX;

/// Returns the places of elements in their order.
#[inline(never)]
fn sorted(len: usize, compare: &mut dyn FnMut(u32, u32) -> Ordering) -> Vec<u32> {
    let mut places: Vec<u32> = (0..len as u32).collect();
    places.sort_by(|&a, &b| compare(a, b));
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sorts_as_the_standard_library_does(mut items in prop::collection::vec((0_u8..9, 0_u32..1000), 0..80)) {
            let mut expected = items.clone();
            expected.sort_by_key(|&(key, _)| key);
            let mut whole = items.clone();
            items.order_by_key(|&(key, _)| key);
            prop_assert_eq!(&items, &expected);
            expected.sort();
            whole.order();
            prop_assert_eq!(whole, expected);
        }
    }
}
