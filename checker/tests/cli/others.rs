//! `list`, `lint`, `run`, `doctor`, `prove`.

use predicates::prelude::*;
use predicates::str::contains;

use super::support::programs::{has, python};
use super::support::{Fixture, LESSON_FOLDER};

#[test]
fn list_shows_every_lesson() {
    let list = "W01  First steps\n  \
                  w01-l01  One request, one response                    45 min · 10 points\n\n\
                workbook read LESSON   workbook open LESSON   workbook check LESSON\nworkbook next\n";
    Fixture::new().workbook(&["list"]).assert().code(0).stdout(list).stderr("");
}

#[test]
fn lint_has_nothing_to_say_about_a_good_course() {
    let good = "1 lessons, 3 criteria, 6 scenarios, 6 mistakes: nothing to complain about\n";
    Fixture::new().workbook(&["lint"]).assert().code(0).stdout(good).stderr("");
}

#[test]
fn lint_shows_where_a_course_is_wrong() {
    let fixture = Fixture::new();
    let file = format!("{LESSON_FOLDER}/checks.toml");
    fixture.edit(&file, "listen = \"refuse\"", "listne = \"refuse\"");
    let told =
        contains("listne").and(contains("checks.toml")).and(contains("^^^^^^")).and(contains("1 mistake in"));
    fixture.workbook(&["lint"]).assert().code(2).stdout("").stderr(told);
}

#[test]
fn lint_shows_what_is_missing() {
    let fixture = Fixture::new();
    fixture.edit(&format!("{LESSON_FOLDER}/lesson.md"), "## Proof\n", "");
    std::fs::remove_file(fixture.path("solutions/w01-l01/main.c")).unwrap();
    let told = contains("missing section `## Proof`")
        .and(contains("there is no solution in C"))
        .and(contains("2 mistakes in the course's files"));
    fixture.workbook(&["lint"]).assert().code(2).stdout("").stderr(told);
}

#[test]
fn run_leaves_the_output_untouched() {
    if python().is_none() {
        return;
    }
    let run = ["run", "l01", "--lang", "py", "--solution"];
    let assert = Fixture::new().workbook(&run).assert().code(0).stderr("");
    let page = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    assert_eq!(page.matches("<title>Example Domain</title>").count(), 1);
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"), "{page}");
}

#[test]
fn run_passes_paths_on() {
    if python().is_none() {
        return;
    }
    let run = ["run", "l01", "--lang", "py", "--solution", "--", "/a", "/b", "/c"];
    let assert = Fixture::new().workbook(&run).assert().code(0);
    let pages = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    assert_eq!(pages.matches("<title>Example Domain</title>").count(), 3);
}

#[test]
fn run_passes_standard_input_on() {
    let run = ["run", "l01", "--program", "cat /dev/stdin -"];
    Fixture::new().workbook(&run).write_stdin("hello").assert().stdout("hello");
}

#[test]
fn run_tells_how_the_program_ended() {
    let fixture = Fixture::new();
    let code = ["run", "l01", "--program", "sh -c 'exit 7'"];
    fixture.workbook(&code).assert().code(1).stderr("workbook: the program ended with exit status: 7\n");
    let signal = ["run", "l01", "--program", "sh -c 'kill -SEGV $$'"];
    fixture
        .workbook(&signal)
        .assert()
        .code(1)
        .stderr(contains("the program ended with signal: 11 (SIGSEGV)"));
    let missing = ["run", "l01", "--program", "./no-such-program"];
    fixture.workbook(&missing).assert().code(2).stderr(contains("there is no file"));
}

#[test]
fn run_shows_why_a_program_does_not_build() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    fixture.python_exercise("print(\n");
    fixture
        .workbook(&["run", "l01", "--lang", "py"])
        .assert()
        .code(1)
        .stdout("")
        .stderr(contains("SyntaxError"));
}

#[test]
fn doctor_tells_what_is_there_and_what_is_not() {
    let fixture = Fixture::new();
    let told = contains("✓ course in").and(contains("✓ programs can be launched")).and(
        contains("containment: private")
            .and(contains("Good enough to grade a class"))
            .or(contains("private level is not to be had").and(contains("`workbook grade` refuses here"))),
    );
    fixture.workbook(&["doctor"]).assert().code(0).stdout(told);
    let nothing = contains("✗ Rust: rustc is not installed").and(contains("install a C compiler"));
    fixture.workbook(&["doctor"]).env("PATH", fixture.root()).assert().code(2).stdout(nothing);
    let outside = tempfile::tempdir().unwrap();
    let told = contains("✗ course").and(contains("there is no course here"));
    fixture.workbook(&["doctor"]).current_dir(outside.path()).assert().code(2).stdout(told);
}

#[test]
fn a_language_that_is_not_installed_is_told() {
    let fixture = Fixture::new();
    let check = ["check", "l01", "--lang", "c"];
    let told = contains("cc is not installed: install a C compiler");
    fixture.workbook(&check).env("PATH", fixture.root()).assert().code(2).stderr(told);
}

#[test]
fn prove_finds_everything_as_it_must_be() {
    if [has("rustc"), has("cc"), python().is_some()].contains(&false) {
        return;
    }
    let told = contains("20 as they must be, 0 not, 0 skipped").and(contains("✓ reads-to-eof"));
    Fixture::new().workbook(&["prove"]).assert().code(0).stdout(told).stderr("");
}

#[test]
fn prove_finds_a_grader_that_is_wrong() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    let checks = format!("{LESSON_FOLDER}/checks.toml");
    fixture.edit(&checks, "{ finding = \"exit.success\" }", "{ finding = \"exit.failure\" }");
    fixture.edit(&checks, "with = [\"Host: {host}:{port}\"], ", "");
    let told = contains("must be hides-errors, is not explained")
        .and(contains("passes, and must not"))
        .and(contains("2 not"));
    fixture.workbook(&["prove", "--lang", "py"]).assert().code(2).stdout(told);
}

#[test]
fn prove_can_repeat_a_solution() {
    if python().is_none() {
        return;
    }
    let prove = ["prove", "l01", "--lang", "py", "--repeat", "3"];
    let told = contains("3 times").and(contains("1 as they must be, 0 not"));
    Fixture::new().workbook(&prove).assert().code(0).stdout(told);
}
