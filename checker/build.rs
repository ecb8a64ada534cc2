//! Puts the course into the binary, so that an installed `workbook` needs no checkout.
//!
//! A script of our own, because the crates that embed folders do not notice new files, or cannot leave out what
//! learners and editors put beside them. Everything is copied first: were the sources included where they lie,
//! every edit of an exercise in a checkout would build the workbook anew. A starter changes together with its line
//! in `starters.sha256`, and that file is watched.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// The sources of programs, by name: beside them lie builds, backups and proofs.
const PROGRAMS: [&str; 3] = ["main.rs", "main.c", "main.py"];

/// The modules that decide on verdicts.
const JUDGEMENT: [&str; 8] = [
    "src/course",
    "src/deadlines.rs",
    "src/judge",
    "src/kernel",
    "src/lab",
    "src/run",
    "src/trace",
    "src/wire",
];

fn main() -> io::Result<()> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from).ok_or(io::ErrorKind::NotFound);
    let course = variable("CARGO_MANIFEST_DIR")?.join("..");
    let out = variable("OUT_DIR")?;
    let mut files = Vec::new();
    for folder in ["lessons", "exercises", "solutions"] {
        collect(&course, Path::new(folder), &mut files)?;
    }
    files.sort();
    let mut table = String::from("static CARRIED: &[(&str, &[u8])] = &[\n");
    for (number, file) in files.iter().enumerate() {
        let copy = format!("carried-{number}");
        fs::write(out.join(&copy), fs::read(course.join(file))?)?;
        let include = format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{copy}\"))");
        writeln!(table, "    ({file:?}, {include}),").map_err(io::Error::other)?;
    }
    fs::write(out.join("carried.rs"), table + "];\n")?;
    writeln!(io::stdout(), "cargo::rustc-env=WORKBOOK_JUDGEMENT={}", judgement()?)?;
    watch(&files)
}

/// A name for all that decides on verdicts: when it changes, what was graded before may come out otherwise.
fn judgement() -> io::Result<String> {
    let mut hash = Sha256::new();
    for part in JUDGEMENT {
        let mut files = Vec::new();
        sources(Path::new(part), &mut files)?;
        files.sort();
        for file in files {
            hash.update(file.as_os_str().as_encoded_bytes());
            hash.update(fs::read(&file)?);
        }
    }
    Ok(hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect())
}

/// The sources at a path, without tests.
fn sources(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    if path.is_file() && name != "tests" && !name.ends_with("_tests") {
        files.push(path.to_owned());
    } else if path.is_dir() {
        for entry in fs::read_dir(path)? {
            sources(&entry?.path(), files)?;
        }
    }
    Ok(())
}

/// Has cargo run this again when the course changes.
fn watch(files: &[String]) -> io::Result<()> {
    let mut to_cargo = io::stdout().lock();
    let solutions = files.iter().filter(|file| file.starts_with("solutions/"));
    for watched in solutions.map(|file| format!("../{file}")) {
        writeln!(to_cargo, "cargo::rerun-if-changed={watched}")?;
    }
    for watched in ["build.rs", "starters.sha256", "../lessons"].into_iter().chain(JUDGEMENT) {
        writeln!(to_cargo, "cargo::rerun-if-changed={watched}")?;
    }
    Ok(())
}

/// The files below a folder that belong to the course, relative to its root.
fn collect(course: &Path, folder: &Path, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(course.join(folder))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            return Err(io::Error::other(format!("{}: the name is not text", path.display())));
        };
        if name.starts_with('.') || name.ends_with('~') || name == "__pycache__" {
            continue; // an editor's, or an interpreter's
        }
        if entry.file_type()?.is_dir() {
            collect(course, &path, files)?;
        } else if path.starts_with("lessons") || PROGRAMS.contains(&name) {
            files.push(path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/"));
        }
    }
    Ok(())
}
