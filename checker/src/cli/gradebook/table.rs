//! Rows of text with their cells beneath each other.

use crate::report::Look;
use crate::report::text::{fit, shown, width};
use crate::trace::escape;

/// The rows as text: each column as wide as it must be, and at most a third of the terminal; the last one is never cut.
/// Names may hold anything; nothing of them moves the terminal or another row.
pub(super) fn table(rows: &[Vec<String>], look: &Look) -> String {
    let clean = |cell: &String| shown(&escape(cell.as_bytes()), look);
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(clean).collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max();
    let most = look.columns() / 3;
    let widths: Vec<usize> = (0..columns).map(|column| widest(column).unwrap_or(0).min(most)).collect();
    rows.iter().map(|row| line(row, &widths, look)).collect()
}

fn line(row: &[String], widths: &[usize], look: &Look) -> String {
    let mut line = String::new();
    for (column, cell) in row.iter().enumerate() {
        let is_last = column + 1 == row.len();
        let cell = if is_last { cell.clone() } else { fit(cell, widths[column], look) };
        let gap = widths[column].saturating_sub(width(&cell));
        line.push_str(&format!("  {cell}{:gap$}", ""));
    }
    format!("{}\n", line.trim_end())
}

/// What changed for somebody, in a line, and how and why in lines beneath it.
pub(super) fn change(cells: [&str; 3], beneath: &[String]) -> String {
    let head: Vec<String> = cells.iter().map(|cell| escape(cell.as_bytes())).collect();
    let beneath = beneath.iter().filter(|line| !line.is_empty());
    let beneath: String = beneath.map(|line| format!("    {}\n", escape(line.as_bytes()))).collect();
    format!("{}\n{beneath}", head.join("  "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stay_beneath_each_other_whatever_is_in_them() {
        let look = Look { width: 60, is_unicode: true, has_colour: false };
        let rows =
            [["ada", "all hold", "12"], ["\u{202e}e\nvil", "some fail, and that is a long story", "6.5"]];
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
        let text = table(&rows, &look);
        let expected = "  ada                  all hold              12\n  \\xE2\\x80\\xAEe\\nvil   some fail, and that…  6.5\n";
        assert_eq!(text, expected);
    }
}
