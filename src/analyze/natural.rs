//! Natural order: `test_2` before `test_10`, `1.9.0` before `1.10.0`.

use std::cmp::Ordering;

/// Compares texts; digits that stand together count as a number. Texts that
/// differ in leading zeros only are different, all the same.
pub fn compare(a: &str, b: &str) -> Ordering {
    // Names share long beginnings: step over them, but not into a number.
    let same = a.bytes().zip(b.bytes()).take_while(|(p, q)| p == q).count();
    let digits = a.as_bytes()[..same].iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let (mut x, mut y) = (&a.as_bytes()[same - digits..], &b.as_bytes()[same - digits..]);
    loop {
        let (p, q) = match (x.first(), y.first()) {
            (None, None) => return a.cmp(b),
            (None, _) => return Ordering::Less,
            (_, None) => return Ordering::Greater,
            (Some(p), Some(q)) => (p, q),
        };
        if p.is_ascii_digit() && q.is_ascii_digit() {
            let (m, x_rest) = number(x);
            let (n, y_rest) = number(y);
            let order = m.len().cmp(&n.len()).then(m.cmp(n));
            if order != Ordering::Equal {
                return order;
            }
            (x, y) = (x_rest, y_rest);
        } else {
            let order = p.to_ascii_lowercase().cmp(&q.to_ascii_lowercase());
            if order != Ordering::Equal {
                return order;
            }
            (x, y) = (&x[1..], &y[1..]);
        }
    }
}

/// Sorts by a comparison. One sort serves all: each that the compiler makes of
/// the standard library's is several kilobytes, and comparing names takes far
/// longer than calling through a pointer.
pub fn sort<T: Clone>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let order = sorted(items.len(), &|a, b| compare(&items[a as usize], &items[b as usize]));
    let sorted: Vec<T> = order.iter().map(|&index| items[index as usize].clone()).collect();
    items.clone_from_slice(&sorted);
}

/// The order of `len` things by a comparison of two of them; equal ones stay as
/// they are.
pub fn sorted(len: usize, compare: &dyn Fn(u32, u32) -> Ordering) -> Vec<u32> {
    let mut order: Vec<u32> = (0..len as u32).collect();
    order.sort_by(|&a, &b| compare(a, b));
    order
}

/// The natural order of many texts; equal ones stay as they are. Instead of
/// comparing names that share long beginnings again and again, this writes each
/// so that its bytes sort as it does, and sorts by eight of them at a time.
pub fn order(texts: &[&str]) -> Vec<u32> {
    let (mut bytes, mut ends) = (Vec::new(), vec![0]);
    for text in texts {
        write_sortable(text.as_bytes(), &mut bytes);
        ends.push(bytes.len());
    }
    let rest = |index: u32, depth: usize| {
        let (start, end) = (ends[index as usize], ends[index as usize + 1]);
        bytes.get(start + depth..end).unwrap_or_default()
    };
    let mut order: Vec<u32> = (0..texts.len() as u32).collect();
    // Stretches that agree in their first bytes, and in how many.
    let mut open = vec![(0..texts.len(), 0)];
    while let Some((stretch, depth)) = open.pop() {
        let indexes = order[stretch.clone()].to_vec();
        let is_last = indexes.iter().all(|&index| rest(index, depth).is_empty());
        if is_last || indexes.len() < 8 {
            let text = |at: u32| texts[indexes[at as usize] as usize];
            let by = sorted(indexes.len(), &|a, b| compare(text(a), text(b)));
            order[stretch].iter_mut().zip(by).for_each(|(place, at)| *place = indexes[at as usize]);
            continue;
        }
        let key = |&index: &u32| {
            let mut key = [0; 8];
            rest(index, depth).iter().zip(&mut key).for_each(|(byte, into)| *into = *byte);
            u64::from_be_bytes(key)
        };
        let keys: Vec<u64> = indexes.iter().map(key).collect();
        let by = sorted(indexes.len(), &|a, b| keys[a as usize].cmp(&keys[b as usize]));
        let mut first = 0;
        for (at, &from) in by.iter().enumerate() {
            order[stretch.start + at] = indexes[from as usize];
            if by.get(at + 1).is_none_or(|&next| keys[next as usize] != keys[from as usize]) {
                if at > first {
                    open.push((stretch.start + first..stretch.start + at + 1, depth + 8));
                }
                first = at + 1;
            }
        }
    }
    order
}

/// Writes a text so that bytes compare as [`compare`] does, but for what that
/// decides at last: numbers with their length in front, letters of lower case.
fn write_sortable(mut text: &[u8], into: &mut Vec<u8>) {
    while let Some(first) = text.first() {
        if !first.is_ascii_digit() {
            into.push(first.to_ascii_lowercase());
            text = &text[1..];
            continue;
        }
        let (digits, rest) = number(text);
        // One of ten bytes, where digits are among the others.
        into.push(b'0' + digits.len().min(9) as u8);
        if digits.len() >= 9 {
            into.extend_from_slice(&(digits.len() as u32).to_be_bytes());
        }
        into.extend_from_slice(digits);
        text = rest;
    }
}

/// The place of each text among all of them, for tables that sort by numbers:
/// equal texts have the same, and no text at all has NaN.
pub fn ranks(texts: &[&str]) -> Vec<f64> {
    ranks_in(texts, &order(texts))
}

/// The same, for texts whose order is known.
pub fn ranks_in(texts: &[&str], order: &[u32]) -> Vec<f64> {
    let mut ranks = vec![f64::NAN; texts.len()];
    let (mut rank, mut last) = (0.0, "");
    for &index in order {
        let text = texts[index as usize];
        if !text.is_empty() {
            rank += f64::from(u8::from(text != last));
            ranks[index as usize] = rank;
        }
        last = text;
    }
    ranks
}

/// The order of things by a number of each. Those that have none (NaN) are at
/// the end, whichever way it goes; equal ones stay as they are.
pub fn by_number(keys: &[f64], descending: bool) -> Vec<u32> {
    sorted(keys.len(), &|a, b| {
        let (a, b) = (keys[a as usize], keys[b as usize]);
        let order = if descending { b.total_cmp(&a) } else { a.total_cmp(&b) };
        a.is_nan().cmp(&b.is_nan()).then(order)
    })
}

/// The digits at the beginning without leading zeros, and the rest.
fn number(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    let zeros = text[..end].iter().take_while(|&&b| b == b'0').count();
    (&text[zeros..end], &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn many_texts_are_in_the_same_order(
            texts in proptest::collection::vec("(test_)?[aAb_ü\\[]{0,3}[019]{0,12}[aA.-]{0,9}", 0..40),
        ) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let expected = sorted(texts.len(), &|a, b| compare(texts[a as usize], texts[b as usize]));
            prop_assert_eq!(order(&texts), expected);
        }
    }

    #[test]
    fn numbers_count_as_numbers() {
        let mut names = ["test_10", "test_2", "Test_1", "test_02", "test", "test_2b"];
        names.sort_by(|a, b| compare(a, b));
        assert_eq!(names, ["test", "Test_1", "test_02", "test_2", "test_2b", "test_10"]);
        assert_eq!(compare("1.9.0", "1.10.0"), Ordering::Less);
        assert_eq!(compare("a", "a"), Ordering::Equal);
        assert_ne!(compare("a1", "a01"), Ordering::Equal);
    }

    #[test]
    fn what_is_unknown_is_last() {
        let ranks = ranks(&["b10", "", "b9", "b10"]);
        assert_eq!((ranks[2], ranks[0], ranks[3]), (1.0, 2.0, 2.0));
        assert!(ranks[1].is_nan());
        assert_eq!(by_number(&ranks, false), [2, 0, 3, 1]);
        assert_eq!(by_number(&ranks, true), [0, 3, 2, 1]);
        assert_eq!(by_number(&[], true), [0_u32; 0]);
    }
}
