//! Details that the batch keeps, for files in which the details of an entry are
//! not in one place: pickles, and logs in which the lines of tests alternate.
//!
//! The details of an entry become a piece of [`Batch::kept`], which a host may
//! move out of memory. A piece is a `{`, strings, and a `}`. A string is its
//! length in bytes, `:` and its text. The strings are: of each section kind,
//! title, message and text; an empty one; of each property name and value; an
//! empty one; the location; of each measurement name, value, unit, rule,
//! outcome, and the bits of its four numbers.

use super::Batch;
use crate::import::details::{Details, Measurement, SectionKind};
use crate::model::Outcome;
use std::fmt::Write;

impl Batch {
    /// Keeps the details of an entry. Returns their place and length, which the
    /// entry gets instead of those in the file.
    pub fn keep_details(&mut self, details: &Details) -> (u64, usize) {
        let at = self.kept.len();
        self.kept.push('{');
        for section in &details.sections {
            let kind = match section.kind {
                SectionKind::Reason => "reason",
                SectionKind::Output => "output",
            };
            for text in [kind, &section.title, &section.message, &section.text] {
                push(&mut self.kept, text);
            }
        }
        push(&mut self.kept, "");
        for (name, value) in details.properties.iter().filter(|(name, _)| !name.is_empty()) {
            push(&mut self.kept, name);
            push(&mut self.kept, value);
        }
        push(&mut self.kept, "");
        push(&mut self.kept, details.location.as_deref().unwrap_or(""));
        for measured in &details.measurements {
            let outcome = measured.outcome.map_or("", Outcome::key);
            for text in [&measured.name, &measured.text, &measured.unit, &measured.rule, outcome] {
                push(&mut self.kept, text);
            }
            for number in [measured.number, measured.lower, measured.upper, measured.deviation] {
                push(&mut self.kept, &number.map_or(String::new(), |number| number.to_bits().to_string()));
            }
        }
        self.kept.push('}');
        (at as u64, self.kept.len() - at)
    }
}

fn push(kept: &mut String, text: &str) {
    // Writing to a text cannot fail.
    let _ = write!(kept, "{}:", text.len());
    kept.push_str(text);
}

/// Reads a piece from [`Batch::keep_details`], up to the first fault.
pub fn read(slice: &str) -> Details {
    let mut details = Details::default();
    let _ = read_into(slice.strip_prefix('{').unwrap_or(slice), &mut details);
    details
}

fn read_into(mut rest: &str, details: &mut Details) -> Option<()> {
    loop {
        let kind = match next(&mut rest)? {
            "" => break,
            "reason" => SectionKind::Reason,
            _ => SectionKind::Output,
        };
        let (title, message, text) = (next(&mut rest)?, next(&mut rest)?, next(&mut rest)?);
        details.section(kind, title, message, text);
    }
    loop {
        match next(&mut rest)? {
            "" => break,
            name => details.properties.push((name.to_owned(), next(&mut rest)?.to_owned())),
        }
    }
    details.location = Some(next(&mut rest)?).filter(|text| !text.is_empty()).map(str::to_owned);
    loop {
        let mut text = || next(&mut rest).map(str::to_owned);
        let (name, value, unit, rule) = (text()?, text()?, text()?, text()?);
        let outcome = Outcome::from_word(&text()?);
        let mut number = || Some(text()?.parse().ok().map(f64::from_bits));
        details.measurements.push(Measurement {
            name,
            text: value,
            number: number()?,
            unit,
            lower: number()?,
            upper: number()?,
            deviation: number()?,
            rule,
            outcome,
        });
    }
}

fn next<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let (len, behind) = rest.split_once(':')?;
    let (text, behind) = behind.split_at_checked(len.parse().ok()?)?;
    *rest = behind;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_texts_are_read_back() {
        let mut batch = Batch::default();
        let mut first = Details::default();
        first.section(SectionKind::Reason, "failure", "assert 1 == 2", "line 1\nü: }{3:abc");
        first.section(SectionKind::Output, "captured log", "", "\u{1b}[31mred");
        first.properties.push(("worker".to_owned(), "gw0".to_owned()));
        first.location = Some("tests/test_a.py:7".to_owned());
        first.measurements.push(Measurement {
            lower: Some(-1.0 / 3.0),
            outcome: Some(Outcome::NotRun),
            rule: "x > -1/3".to_owned(),
            ..Measurement::new("gain", "0.1", "dB").with_deviation_percent(Some(7.0))
        });
        first.measurements.push(Measurement::new("serial", "", ""));
        let second = Details::default();
        for details in [&first, &second] {
            let (at, len) = batch.keep_details(details);
            assert_eq!(read(&batch.kept[at as usize..at as usize + len]), *details);
        }
        assert_eq!(read("{6:reason99:x"), Details::default());
        assert_eq!(read(""), Details::default());
    }
}
