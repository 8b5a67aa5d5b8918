//! Which columns fit into the window, and how wide they are.

use super::Column;

/// The part of the room, in percent, that the first column gets at least where
/// there is no room for all columns.
const FIRST_PERCENT: u32 = 45;

/// Columns in the order on screen, and their widths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Indices of the columns, as they were given.
    pub order: Vec<usize>,
    /// The widths, as tracks of a CSS grid.
    pub tracks: String,
    /// The width of all columns together in pixels, at least.
    pub width: u32,
}

/// Lays out columns in `room` pixels; if all fit, a margin stays free behind them.
/// If not, those of the lowest ranks fill the room, in their usual order, and a
/// person scrolls to the others behind them. The first column gets what is left.
pub fn layout(columns: &[&Column], room: u32, margin: u32) -> Layout {
    let Some(first) = columns.first() else {
        return Layout::default();
    };
    let all: u32 = columns.iter().map(|column| column.width).sum();
    if all + margin <= room {
        let tracks: Vec<String> = columns.iter().map(|column| track(column)).collect();
        return Layout { order: (0..columns.len()).collect(), tracks: tracks.join(" "), width: all + margin };
    }
    let mut left = room - first.width.min(room * FIRST_PERCENT / 100);
    let mut fits = vec![false; columns.len()];
    for at in by_rank(columns) {
        match left.checked_sub(columns[at].width) {
            Some(rest) => (left, fits[at]) = (rest, true),
            None => break,
        }
    }
    let fitting = (1..columns.len()).filter(|&at| fits[at]);
    let taken: u32 = fitting.clone().map(|at| columns[at].width).sum();
    let behind = by_rank(columns).filter(|&at| !fits[at]);
    let order: Vec<usize> = [0].into_iter().chain(fitting).chain(behind).collect();
    let mut tracks = format!("{}px", room - taken);
    for &at in &order[1..] {
        tracks.push_str(&format!(" {}px", columns[at].width));
    }
    Layout { order, tracks, width: room - taken + all - first.width + margin }
}

/// The columns but the first, the most important before others.
fn by_rank(columns: &[&Column]) -> impl Iterator<Item = usize> {
    let highest = columns.iter().map(|column| column.rank).max().unwrap_or_default();
    (0..=highest).flat_map(move |rank| (1..columns.len()).filter(move |&at| columns[at].rank == rank))
}

/// The width of a column that has room.
fn track(column: &Column) -> String {
    match column.share {
        0 => format!("{}px", column.width),
        share => format!("minmax({}px,{share}fr)", column.width),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::SortKey;

    const fn column(width: u32, share: u32, rank: u8) -> Column {
        Column { share, ..Column::new(SortKey::Name, "", width, rank) }
    }

    const COLUMNS: [Column; 4] = [column(200, 2, 0), column(100, 0, 3), column(120, 1, 1), column(80, 0, 2)];

    #[track_caller]
    fn check(room: u32, order: &[usize], tracks: &str, width: u32) {
        let columns: Vec<&Column> = COLUMNS.iter().collect();
        let expected = Layout { order: order.to_vec(), tracks: tracks.to_owned(), width };
        assert_eq!(layout(&columns, room, 16), expected);
    }

    #[test]
    fn with_room_for_all_the_order_is_the_usual_one() {
        check(516, &[0, 1, 2, 3], "minmax(200px,2fr) 100px minmax(120px,1fr) 80px", 516);
        check(900, &[0, 1, 2, 3], "minmax(200px,2fr) 100px minmax(120px,1fr) 80px", 516);
    }

    #[test]
    fn the_most_important_columns_fill_a_narrow_room() {
        check(499, &[0, 2, 3, 1], "299px 120px 80px 100px", 615);
        check(390, &[0, 2, 3, 1], "190px 120px 80px 100px", 506);
        check(300, &[0, 2, 3, 1], "180px 120px 80px 100px", 496);
        check(200, &[0, 2, 3, 1], "200px 120px 80px 100px", 516);
    }

    #[test]
    fn without_columns_there_is_nothing() {
        assert_eq!(layout(&[], 500, 16), Layout::default());
    }
}
