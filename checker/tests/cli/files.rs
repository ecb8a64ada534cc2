//! Folders and files that are not as they should be.

use std::fs;
use std::process::{Command, Stdio};

use predicates::prelude::*;
use predicates::str::contains;

use super::support::programs::{has, python};
use super::support::{Fixture, workbook};
use super::{FIRST, is_an_error};

#[test]
fn the_course_is_found_from_below_and_by_name() {
    let fixture = Fixture::new();
    fixture.workbook(&["list"]).current_dir(fixture.path("exercises/w01-l01")).assert().code(0);
    workbook().current_dir("/").args(["list", "--course"]).arg(fixture.root()).assert().code(0);
}

#[test]
fn without_a_course_it_is_told_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().canonicalize().unwrap();
    let message = format!(
        "workbook: there is no course here: no folder `lessons` in {} or above it.\n\
         Make a folder with the course in it: workbook init DIR\n\
         Or go to the one that you have, or name it: workbook --course DIR …\n",
        here.display()
    );
    workbook().current_dir(&here).arg("list").assert().code(2).stdout("").stderr(message);
    let message = format!("workbook: --course {}: there is no folder `lessons` in it\n", here.display());
    workbook().args(["list", "--course"]).arg(&here).assert().code(2).stdout("").stderr(message);
}

#[test]
fn a_course_with_mistakes_is_not_checked() {
    let fixture = Fixture::new();
    fixture.write("lessons/w01/01-one-request/checks.toml", "arguments = 5\n");
    fixture.workbook(&["check", "l01"]).assert().code(2).stdout("").stderr(contains("checks.toml"));
}

#[test]
fn a_course_that_cannot_be_written_to_can_be_checked() {
    if !has("cc") {
        return;
    }
    let fixture = Fixture::new();
    fixture.write(".workbook", "not a folder");
    let temporary = tempfile::tempdir().unwrap();
    let check = ["check", "l01", "--solution", "--lang", "c"];
    fixture.workbook(&check).env("TMPDIR", temporary.path()).assert().code(0).stderr("");
    let left = fs::read_dir(temporary.path()).unwrap().count();
    assert_eq!(left, 0, "the temporary builds are removed");
    let advice = contains(
        "the course's folder cannot be written to, or no program may be run there: every check builds anew",
    );
    fixture.workbook(&["doctor"]).assert().code(0).stdout(advice);
}

#[test]
fn a_check_leaves_nothing_beside_the_sources() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    fixture.workbook(&["check", "l01", "--lang", "py", "--solution"]).assert().code(0);
    let names = |folder: &str| {
        let entries = fs::read_dir(fixture.path(folder)).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(names("solutions/w01-l01"), ["main.c", "main.py", "main.rs", "mutants.toml"]);
    assert_eq!(names("."), [".workbook", "exercises", "lessons", "solutions"]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error_of_ours() {
    let fixture = Fixture::new();
    let check = ["check", "l01", "--lang", "py", "--scenario", FIRST];
    for arguments in [&["list"][..], &["lint"], &["doctor"], &check] {
        if arguments.len() > 1 && python().is_none() {
            continue;
        }
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_workbook"));
        let output = command.current_dir(fixture.root()).args(arguments).stdout(full).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
        let told = "workbook: cannot write to standard output: No space left on device (os error 28)\n";
        assert_eq!(stderr, told, "{arguments:?}");
    }
}

#[test]
fn a_reader_who_leaves_early_is_no_error() {
    let fixture = Fixture::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_workbook"));
    command.current_dir(fixture.root()).arg("list").stdout(Stdio::piped()).stderr(Stdio::piped());
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = command.stdout(writer).output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

#[test]
fn a_trace_that_cannot_be_saved_is_an_error() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    for file in ["no/such/folder/trace.jsonl", "lessons"] {
        let check = ["check", "l01", "--lang", "py", "--scenario", FIRST, "--trace", file];
        let told = is_an_error("cannot save the trace in").and(contains(file));
        fixture.workbook(&check).assert().code(2).stderr(told);
    }
}
