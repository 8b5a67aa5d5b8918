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

/// The digits at the beginning without leading zeros, and the rest.
fn number(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    let zeros = text[..end].iter().take_while(|&&b| b == b'0').count();
    (&text[zeros..end], &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_as_numbers() {
        let mut names = ["test_10", "test_2", "Test_1", "test_02", "test", "test_2b"];
        names.sort_by(|a, b| compare(a, b));
        assert_eq!(names, ["test", "Test_1", "test_02", "test_2", "test_2b", "test_10"]);
        assert_eq!(compare("1.9.0", "1.10.0"), Ordering::Less);
        assert_eq!(compare("a", "a"), Ordering::Equal);
        assert_ne!(compare("a1", "a01"), Ordering::Equal);
    }
}
