//! Long drawings lose their middle, never the row that is pointed at.

use crate::report::text::count;

use super::rows::{Row, gap};

/// Up to so many rows everything is shown.
const MOST_ROWS: usize = 40;
/// Rows that are kept at each end.
const END_ROWS: usize = 12;
/// Rows that are kept around the one that is pointed at.
const NEAR_ROWS: usize = 4;

/// Marks a row and leaves out what is far from the ends and from it.
pub(super) fn shorten(mut rows: Vec<Row>, marked: Option<usize>) -> Vec<Row> {
    if let Some(row) = marked.and_then(|marked| rows.get_mut(marked)) {
        row.is_marked = true;
    }
    let total = rows.len();
    let marked: Vec<usize> = marked.into_iter().collect();
    let is_kept = |index| is_kept(index, total, &marked);
    let mut kept = Vec::new();
    let mut hidden = 0;
    for (index, row) in rows.into_iter().enumerate() {
        if is_kept(index) {
            kept.extend(note(hidden));
            hidden = 0;
            kept.push(row);
        } else {
            hidden += 1;
        }
    }
    kept
}

/// Is this one of so many rows shown, where some of them are pointed at?
pub(super) fn is_kept(index: usize, total: usize, marked: &[usize]) -> bool {
    let is_near = || marked.iter().any(|marked| marked.abs_diff(index) <= NEAR_ROWS);
    total <= MOST_ROWS || index < END_ROWS || index >= total - END_ROWS || is_near()
}

/// A row in the place of those that are not shown.
pub(super) fn note(hidden: usize) -> Option<Row> {
    (hidden > 0).then(|| gap(format!("… {} not shown …", count(hidden, "row"))))
}
