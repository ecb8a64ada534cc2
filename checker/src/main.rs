//! The `workbook` binary.

fn main() {}
