//! The `workbook` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    workbook::cli::main()
}
