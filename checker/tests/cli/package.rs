//! `workbook package`: an autograder as Gradescope unpacks and runs it, below a folder of our own.

use std::fs;
use std::io::{Cursor, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use predicates::prelude::*;
use predicates::str::contains;
use serde_json::{Value, json};

use super::is_an_error;
use super::support::programs::has;
use super::support::{Fixture, path_without_shims};

const POLICY: &str = "[late]\ndue = 2026-09-12T09:00:00Z\nper-day = \"10%\"\n\
                      [lesson.w01-l01]\nhidden = [\"exact-length\"]\n";
const IN_TIME: &str = "2026-09-12T02:00:00.000000-07:00";

/// Packs it; a small file stands for the binary where nothing is run.
fn package(fixture: &Fixture, more: &[&str]) -> PathBuf {
    let arguments = [&["package", "gradescope", "--lesson", "l01", "--out", "grader.zip"], more].concat();
    fixture.workbook(&arguments).assert().success();
    fixture.path("grader.zip")
}

/// Each file of an archive with its mode.
fn unpacked(file: &PathBuf) -> Vec<(String, u32, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(fs::read(file).unwrap())).unwrap();
    let amount = archive.len();
    let entry = |index| {
        let mut entry = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        (entry.name().unwrap().into_owned(), entry.unix_mode().unwrap() & 0o777, content)
    };
    (0..amount).map(entry).collect()
}

/// What is `/autograder` in a container.
struct Container(Fixture);

impl Container {
    fn new(more: &[&str]) -> Self {
        let fixture = Fixture::new();
        fixture.write("policy.toml", POLICY);
        // Whoever runs programs there must be able to reach the binary, and nothing else.
        fs::set_permissions(fixture.root(), fs::Permissions::from_mode(0o711)).unwrap();
        for (path, mode, content) in unpacked(&package(&fixture, more)) {
            let path = format!("autograder/source/{path}");
            fixture.write(&path, content);
            fs::set_permissions(fixture.path(&path), fs::Permissions::from_mode(mode)).unwrap();
        }
        fs::create_dir(fixture.path("autograder/submission")).unwrap();
        let container = Self(fixture);
        container.handed_in_at(IN_TIME);
        container
    }

    fn handed_in_at(&self, time: &str) {
        let metadata = json!({"id": 1, "created_at": time, "users": [{"email": "ada@example.com"}]});
        self.0.write("autograder/submission_metadata.json", metadata.to_string());
    }

    /// What is in the results after a program was handed in, under this name.
    fn grade(&self, name: &str, source: &str) -> Value {
        let folder = self.0.path("autograder/submission");
        fs::remove_dir_all(&folder).unwrap();
        self.0.write(&format!("autograder/submission/{name}"), source);
        self.run()
    }

    fn run(&self) -> Value {
        self.run_in(&[])
    }

    /// With these variables.
    fn run_in(&self, variables: &[(&str, &str)]) -> Value {
        let base = self.0.path("autograder");
        let output = Command::new("sh")
            .arg(base.join("source/run_autograder"))
            .env("AUTOGRADER", &base)
            .env("PATH", path_without_shims())
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        assert!(output.stdout.is_empty(), "only the file is read for points: {output:?}");
        let results = fs::read_dir(base.join("results")).unwrap().count();
        assert_eq!(results, 1, "no draft is left");
        serde_json::from_slice(&fs::read(base.join("results/results.json")).unwrap()).unwrap()
    }
}

fn output(results: &Value) -> &str {
    results["output"].as_str().unwrap()
}

#[test]
fn equal_inputs_make_equal_packages_without_solutions() {
    let fixture = Fixture::new();
    fixture.write("binary", "a binary");
    fixture.write("policy.toml", POLICY);
    fixture.write("lessons/w01/01-one-request/.checks.toml.swp", "an editor's");
    let more = ["--binary", "binary", "--policy", "policy.toml", "--visibility", "after_due_date"];
    let first = fs::read(package(&fixture, &more)).unwrap();
    fixture.write("binary", "a binary"); // newer, and equal
    let file = package(&fixture, &more);
    assert_eq!(fs::read(&file).unwrap(), first);
    let files = unpacked(&file);
    let names: Vec<_> = files.iter().map(|(name, mode, _)| format!("{name} {mode:o}")).collect();
    let expected = [
        "course/lessons/w01/01-one-request/checks.toml 644",
        "course/lessons/w01/01-one-request/lesson.md 644",
        "course/lessons/w01/part.md 644",
        "policy.toml 644",
        "run_autograder 755",
        "setup.sh 755",
        "workbook 755",
    ];
    assert_eq!(names, expected);
    let script = String::from_utf8_lossy(&files[4].2);
    assert!(script.contains("--lesson w01-l01 --visibility after_due_date"), "{script}");
    assert!(!script.contains('@') || script.contains("\"$@\""), "every word is filled in: {script}");
    for name in ["run_autograder", "setup.sh"] {
        let (_, _, script) = files.iter().find(|(other, ..)| other == name).unwrap();
        fixture.write(name, script);
        assert!(Command::new("sh").arg("-n").arg(fixture.path(name)).status().unwrap().success(), "{name}");
    }
}

#[test]
fn a_submission_gets_the_points_of_the_policy() {
    if !has("cc") {
        return;
    }
    let container = Container::new(&["--policy", "policy.toml"]);
    let solution = include_str!("../support/fixture/solution/main.c");
    let good = container.grade("main.c", solution);
    assert_eq!(good["score"], 10, "{good}");
    assert!(output(&good).starts_with("Graded at the "), "{good}");
    assert_eq!((&good["visibility"], &good["stdout_visibility"]), (&json!("visible"), &json!("hidden")));
    let hidden = |results: &Value| -> Vec<bool> {
        results["tests"].as_array().unwrap().iter().map(|test| test["visibility"] == "hidden").collect()
    };
    assert_eq!(hidden(&good).iter().filter(|is_hidden| **is_hidden).count(), 1, "{good}");

    container.handed_in_at("2026-09-12T02:00:01-07:00");
    let late = container.grade("late/ada.c", solution);
    assert_eq!(late["score"], 9, "{late}");
    assert!(output(&late).ends_with("1 s late: 1 point less."), "{late}");

    container.handed_in_at(IN_TIME);
    let refused = container.grade("main.c", "int main( {\n");
    assert_eq!(refused["score"], 0, "{refused}");
    let mut tests = refused["tests"].as_array().unwrap().iter();
    let shown = tests.find(|test| test["visibility"] != "hidden").unwrap();
    let told = shown["output"].as_str().unwrap();
    assert!(told.contains("does not build") && told.contains("\nmain.c:1:"), "{told}");

    let nothing = container.grade("notes.txt", "");
    assert_eq!(nothing["score"], 0, "{nothing}");
    assert_eq!(output(&nothing), "There is no program: no file ends in .rs, .c or .py, or runs as it is.");
}

/// What a class would be told to look at has no score here, either.
#[test]
fn a_program_is_found_and_doubted_as_in_a_class() {
    if !has("cc") {
        return;
    }
    let container = Container::new(&[]);
    let solution = include_str!("../support/fixture/solution/main.c");
    let files = |files: &[(&str, &str)]| {
        fs::remove_dir_all(container.0.path("autograder/submission")).unwrap();
        for (name, source) in files {
            container.0.write(&format!("autograder/submission/{name}"), source);
        }
    };
    files(&[("all/main.c", "#include \"solution.h\"\n"), ("all/solution.h", solution)]);
    assert_eq!(container.run()["score"], 10, "headers are found beside the program");

    files(&[("a.c", solution), ("b.c", "int main(void) { return 0; }\n")]);
    let several = container.run();
    let told =
        "This was not graded, so there is no score: Several files could be the program: a.c and b.c.\n";
    assert_eq!((&several["score"], output(&several).starts_with(told)), (&Value::Null, true), "{several}");

    // At the loopback level the folder that a program runs in stays while it is graded.
    let sleeps_once = "#include <stdio.h>\n#include <unistd.h>\n__attribute__((constructor)) static void once(void) {\n  \
                       if (access(\"seen\", F_OK) != 0) { fclose(fopen(\"seen\", \"w\")); sleep(60); }\n}\n";
    files(&[("main.c", &format!("{sleeps_once}{solution}"))]);
    let unstable = container.run_in(&[("WORKBOOK_LEVEL", "loopback"), ("WORKBOOK_SLOW", "0.3")]);
    let told = "This was not graded, so there is no score: it was not the same each time";
    assert_eq!((&unstable["score"], output(&unstable).starts_with(told)), (&Value::Null, true), "{unstable}");
}

/// As root alone: without it there is nobody else that a program could run as.
#[test]
fn no_program_writes_results_or_reads_what_is_none_of_its_business() {
    if !has("cc") || !rustix::process::geteuid().is_root() {
        return;
    }
    let container = Container::new(&["--policy", "policy.toml"]);
    let base = container.0.path("autograder").display().to_string();
    let hostile = include_str!("hostile/results.c").replace("@BASE@", &base);
    for level in ["loopback", "private"] {
        // The environment of the script is that of the workbook.
        container.0.edit(
            "autograder/source/run_autograder",
            "set -u\n",
            &format!("set -u\nexport WORKBOOK_LEVEL={level}\n"),
        );
        let results = container.grade("main.c", &hostile);
        assert!(results["score"].as_u64().unwrap() < 10, "{level}: {results}");
        assert!(!results.to_string().contains("BREACH"), "{level}: {results}");
        let script = container.0.path("autograder/source/run_autograder");
        let text = fs::read_to_string(&script).unwrap();
        fs::write(&script, text.replace(&format!("export WORKBOOK_LEVEL={level}\n"), "")).unwrap();
    }
    let reads = format!("#include \"{base}/submission_metadata.json\"\nint main(void) {{ return 0; }}\n");
    let results = container.grade("main.c", &reads);
    assert!(!results.to_string().contains("ada@example.com"), "{results}");
}

#[test]
fn where_grading_fails_there_are_words_and_no_score() {
    let fixture_binary = |script: &str| {
        let container = Container::new(&["--binary", "policy.toml"]);
        container.0.write("autograder/source/workbook", script);
        container.grade("main.c", "")
    };
    for script in ["#!/bin/sh\nkill -9 $$\n", "#!/bin/sh\nexit 0\n", "#!/bin/sh\necho '{}'\nexit 2\n"] {
        let results = fixture_binary(script);
        assert_eq!(results["score"], Value::Null, "{script}: {results}");
        assert!(output(&results).starts_with("Grading ended before there was a result"), "{results}");
    }
    let container = Container::new(&[]);
    fs::remove_file(container.0.path("autograder/submission_metadata.json")).unwrap();
    let results = container.grade("main.c", "");
    assert_eq!(results["score"], Value::Null, "{results}");
    let start = "This was not graded, so there is no score: cannot read ";
    assert!(output(&results).starts_with(start), "{results}");
}

#[test]
fn what_cannot_be_packed_is_said_before() {
    let fixture = Fixture::new();
    let refused = |more: &[&str]| {
        let arguments = [&["package", "gradescope", "--lesson", "l01"], more].concat();
        fixture.workbook(&arguments).assert().code(2)
    };
    fixture.write("policy.toml", "[lesson.w01-l02]\n");
    let unknown = "unknown lesson `w01-l02`\n --> policy.toml:1:9";
    refused(&["--policy", "policy.toml"]).stderr(is_an_error("").and(contains(unknown)));
    refused(&["--binary", "nothing"]).stderr(is_an_error("--binary: there is no file nothing"));
    refused(&["--out", "nowhere/grader.zip"])
        .stderr(is_an_error("cannot write nowhere/grader.zip: there is no folder nowhere"));
    assert!(!fixture.path("autograder-w01-l01.zip").exists());
}
