//! Programs under test: small sources, and the tools that run them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

use super::skip;

/// The Python interpreter itself, not a shim of it.
pub fn find_python() -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    PYTHON.get_or_init(ask_python).as_deref()
}

fn ask_python() -> Option<PathBuf> {
    let output = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output().ok()?;
    let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim_end());
    path.is_file().then_some(path)
}

/// The Python interpreter; without it the test says that it is skipped.
pub fn python() -> Option<&'static str> {
    let found = find_python().and_then(Path::to_str);
    if found.is_none() {
        skip("python3 is not installed");
    }
    found
}

/// Is the command installed? Otherwise the test says that it is skipped.
pub fn has(command: &str) -> bool {
    let probe = Command::new(command)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if probe.is_err() {
        skip(&format!("{command} is not installed"));
    }
    probe.is_ok()
}

/// A program in a folder that goes with it.
pub struct Program {
    folder: TempDir,
    /// The command line.
    pub command: String,
}

/// Builds a C program; without a compiler the test says that it is skipped.
pub fn build_c(source: &str) -> Option<Program> {
    if !has("cc") {
        return None;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (file, program) = (folder.path().join("main.c"), folder.path().join("main"));
    std::fs::write(&file, source).expect("a source file");
    let status =
        Command::new("cc").args(["-Wall", "-O1", "-pthread", "-o"]).arg(&program).arg(&file).status();
    assert!(status.expect("cc runs").success(), "it builds");
    Some(Program { folder, command: program.display().to_string() })
}

/// A Python program; without an interpreter the test says that it is skipped.
pub fn write_python(source: &str) -> Option<Program> {
    let python = python()?;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("main.py");
    std::fs::write(&file, source).expect("a source file");
    Some(Program { folder, command: format!("{python} {}", file.display()) })
}
