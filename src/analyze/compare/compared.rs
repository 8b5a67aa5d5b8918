//! A comparison of all tests.

use super::pairs::{Pair, pairs};
use super::sides::{Resolved, resolve};
use crate::analyze::index::Index;
use crate::model::Dataset;
use crate::query::Sides;

/// A comparison of all tests.
#[derive(Debug, Default)]
pub struct Compared {
    /// What is compared.
    pub sides: Resolved,
    /// Every test on every DUT, by test and DUT.
    pub pairs: Vec<Pair>,
}

/// Compares all tests.
pub fn compare(data: &Dataset, index: &Index, sides: &Sides) -> Compared {
    let sides = resolve(data, index, sides);
    let pairs = if sides.problem.is_none() { pairs(data, index, &sides) } else { Vec::new() };
    Compared { sides, pairs }
}
