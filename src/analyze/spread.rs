//! Spread: how values of a quantity are distributed, per DUT.

use super::natural;
use crate::query::Selection;
use crate::text::order::Order;

/// How many points a chart shows at most.
const POINTS: usize = 5000;

/// How many DUTs a chart shows at most.
const DUTS: usize = 30;

/// The values of a DUT.
#[derive(Clone, Debug, PartialEq)]
pub struct SpreadGroup {
    /// The DUT.
    pub dut: String,
    /// The values in ascending order, each with what it leads to. Of too many, some that are evenly spaced by
    /// rank, with the first and the last.
    pub values: Vec<(f64, Selection)>,
    /// How many there are.
    pub total: usize,
}

/// The distribution of values per DUT, for a chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spread {
    /// What it shows.
    pub title: String,
    /// Unit of the values; "" for none.
    pub unit: String,
    /// Values have different orders of magnitude.
    pub is_logarithmic: bool,
    /// The DUTs: the greatest median first, then by name.
    pub groups: Vec<SpreadGroup>,
    /// How many DUTs at the end of this order were left out.
    pub duts_left_out: usize,
}

impl Spread {
    /// Sorts the values of each DUT, and keeps at most 5,000 of all. `select` makes what a kept value leads to.
    pub fn new<T>(groups: Vec<(String, Vec<(f64, T)>)>, select: impl Fn(&T) -> Selection) -> Spread {
        let mut groups: Vec<(String, Vec<(f64, T)>)> =
            groups.into_iter().filter(|(_, values)| !values.is_empty()).collect();
        for (_, values) in &mut groups {
            values.order_by(|(a, _), (b, _)| a.total_cmp(b));
        }
        let median = |values: &[(f64, T)]| values[values.len() / 2].0;
        groups.order_by(|(a, of_a), (b, of_b)| {
            median(of_b).total_cmp(&median(of_a)).then_with(|| natural::compare(a, b))
        });
        let duts_left_out = groups.len().saturating_sub(DUTS);
        groups.truncate(DUTS);
        let most = POINTS / groups.len().max(1);
        let kept = groups.into_iter().map(|(dut, values)| {
            let total = values.len();
            let shown = total.min(most);
            // With one point shown there is one value.
            let at = |point: usize| if shown > 1 { point * (total - 1) / (shown - 1) } else { 0 };
            let values =
                (0..shown).map(|point| (values[at(point)].0, select(&values[at(point)].1))).collect();
            SpreadGroup { dut, values, total }
        });
        Spread { groups: kept.collect(), duts_left_out, ..Spread::default() }
    }
}
