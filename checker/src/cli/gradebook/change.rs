//! What changed, in lines beneath each other.

use crate::trace::escape;

/// What changed for somebody, in a line, and how and why in lines beneath it.
pub(super) fn change(cells: [&str; 3], beneath: &[String]) -> String {
    let head: Vec<String> = cells.iter().map(|cell| escape(cell.as_bytes())).collect();
    let beneath = beneath.iter().filter(|line| !line.is_empty());
    let beneath: String = beneath.map(|line| format!("    {}\n", escape(line.as_bytes()))).collect();
    format!("{}\n{beneath}", head.join("  "))
}
