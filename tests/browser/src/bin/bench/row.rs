//! A row of the table: what was measured, and what it should be.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::spread::Spread;

/// What a figure should be, at least or at most.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

impl Bound {
    pub fn is_met(self, figure: f64) -> bool {
        match self {
            Bound::AtLeast(bound) => figure >= bound,
            Bound::AtMost(bound) => figure <= bound,
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bound::AtLeast(bound) => write!(formatter, "at least {bound}"),
            Bound::AtMost(bound) => write!(formatter, "at most {bound}"),
        }
    }
}

/// A row of the table.
#[derive(Clone, Serialize, Deserialize)]
pub struct Row {
    /// The case that measured it.
    pub case: String,
    /// What was measured. With the case, it identifies the row in other runs.
    pub name: String,
    /// Such as "ms", "times" or "bytes".
    pub unit: String,
    pub measured: Spread,
    /// What we aim for. The median counts.
    pub target: Option<Bound>,
    /// With `--check` it is an error if the median is beyond it.
    pub floor: Option<Bound>,
}

impl Row {
    /// A figure that others are made of.
    pub fn new(name: impl Into<String>, unit: &str, measured: Spread) -> Self {
        Self {
            case: String::new(),
            name: name.into(),
            unit: unit.to_owned(),
            measured,
            target: None,
            floor: None,
        }
    }

    pub fn target(self, target: Bound) -> Self {
        Self { target: Some(target), ..self }
    }

    pub fn floor(self, floor: Bound) -> Self {
        Self { floor: Some(floor), ..self }
    }

    /// What the figure should be: its target, or else its floor.
    fn bound(&self) -> Option<Bound> {
        self.target.or(self.floor)
    }

    fn verdict(&self) -> &'static str {
        match self.bound() {
            None => "",
            Some(bound) if bound.is_met(self.measured.median()) => "met",
            Some(_) => "MISSED",
        }
    }

    /// What to say if the figure is beyond its floor.
    pub fn missed_floor(&self) -> Option<String> {
        let floor = self.floor?;
        let median = self.measured.median();
        (!floor.is_met(median))
            .then(|| format!("{}, {}: {median:.3} {}, and not {floor}", self.case, self.name, self.unit))
    }
}

/// The rows as a table of Markdown, aligned.
pub fn table(rows: &[Row]) -> String {
    let mut lines = vec![["case", "", "least / median / most", "unit", "target", ""].map(str::to_owned)];
    for (at, row) in rows.iter().enumerate() {
        let is_first = at == 0 || rows[at - 1].case != row.case;
        lines.push([
            if is_first { row.case.clone() } else { String::new() },
            row.name.clone(),
            row.measured.to_string(),
            row.unit.clone(),
            row.bound().map(|bound| bound.to_string()).unwrap_or_default(),
            row.verdict().to_owned(),
        ]);
    }
    aligned(&lines)
}

/// What changed since an earlier run: each row's new figure over the old one.
pub fn comparison(new: &[Row], old: &[Row]) -> String {
    let mut lines = vec![["case", "", "unit", "old", "new", "new / old"].map(str::to_owned)];
    for row in new {
        let before = old.iter().find(|before| (&before.case, &before.name) == (&row.case, &row.name));
        let Some(before) = before else {
            continue;
        };
        lines.push([
            row.case.clone(),
            row.name.clone(),
            row.unit.clone(),
            before.measured.to_string(),
            row.measured.to_string(),
            row.measured.ratio(&before.measured).to_string(),
        ]);
    }
    aligned(&lines)
}

/// A table of Markdown; the first line is its head.
fn aligned<const COLUMNS: usize>(lines: &[[String; COLUMNS]]) -> String {
    let widths: [usize; COLUMNS] = std::array::from_fn(|column| {
        lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default()
    });
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        for (cell, width) in line.iter().zip(widths) {
            text.push_str(&format!("| {cell:width$} "));
        }
        text.push_str("|\n");
        if at == 0 {
            for width in widths {
                text.push_str(&format!("|{}", "-".repeat(width + 2)));
            }
            text.push_str("|\n");
        }
    }
    text
}
