//! `workbook check --format …`: what other people's tools get, and with which exit code.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use predicates::prelude::*;
use predicates::str::{contains, starts_with};
use serde_json::{Value, json};

use super::support::programs::{find_python, has, python};
use super::support::{Fixture, skip};
use super::{FIRST, is_an_error};

/// Formats that hold one lesson, and those that hold several.
const SINGLE: [&str; 6] = ["json", "gradescope", "classroom50", "exercism", "prairielearn", "autolab"];
const SEVERAL: [&str; 6] = ["jsonl", "junit", "tap", "github", "summary", "rdjson"];
/// What the runner of Classroom 50 sets.
const RUNNER: [(&str, &str); 6] = [
    ("CLASSROOM", "net101"),
    ("ASSIGNMENT", "hw1"),
    ("USERNAME", "alice"),
    ("SUBMISSION_TAG", "submit/1"),
    ("COMMIT_URL", "https://example.com/c"),
    ("RELEASE_URL", "https://example.com/r"),
];
const DATETIME: &str = "datetime=2026-09-12T09:00:00Z";

/// The binary, in an environment without the variables of any platform.
fn check(fixture: &Fixture, more: &[&str]) -> assert_cmd::Command {
    let mut command = fixture.workbook(&[&["check"][..], more].concat());
    for name in ["GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "REVIEW_URL", "ASSIGNMENT_TYPE"] {
        command.env_remove(name);
    }
    RUNNER.iter().for_each(|(name, _)| _ = command.env_remove(name));
    command
}

/// What is printed, and the exit code.
fn export(fixture: &Fixture, format: &str, more: &[&str]) -> (String, Option<i32>) {
    let mut command = check(fixture, &[&["l01", "--lang", "py", "--format", format], more].concat());
    if format == "classroom50" {
        command.envs(RUNNER).args(["--fact", DATETIME]);
    }
    let output = command.output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code())
}

/// A second lesson that is like the first.
fn add_lesson(fixture: &Fixture) {
    let read = |file: &str| fs::read_to_string(fixture.path(file)).unwrap();
    let (from, to) = ("lessons/w01/01-one-request", "lessons/w01/02-once-more");
    let lesson =
        read(&format!("{from}/lesson.md")).replace("w01-l01", "w01-l02").replace("order: 1", "order: 2");
    fixture.write(&format!("{to}/lesson.md"), lesson);
    fixture.write(&format!("{to}/checks.toml"), read(&format!("{from}/checks.toml")));
    fixture.write("exercises/w01-l02/main.py", read("exercises/w01-l01/main.py"));
}

#[test]
fn every_format_tells_a_failure_by_its_exit_code_but_exercism() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    for format in SINGLE.into_iter().chain(SEVERAL) {
        let (text, code) = export(&fixture, format, &[]);
        assert_eq!(code, Some(if format == "exercism" { 0 } else { 1 }), "{format}: {text}");
        let told = text.contains("Your program never connected to the server.");
        assert!(told && text.ends_with('\n'), "{format}: {text}");
        let (text, code) = export(&fixture, format, &["--solution"]);
        assert_eq!(code, Some(0), "{format}: {text}");
    }
}

#[test]
fn points_are_those_of_the_verdict() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    let score = |format: &str, more: &[&str]| {
        let text = export(&fixture, format, more).0;
        let last = text.lines().last().unwrap_or_default().to_owned();
        let value: Value = serde_json::from_str(if format == "autolab" { &last } else { &text }).unwrap();
        match format {
            "autolab" => value["scores"]["w01-l01"].clone(),
            "prairielearn" => json!((value["score"].as_f64().unwrap() * 10.0).round() as u64),
            _ => value["score"].clone(),
        }
    };
    for format in ["gradescope", "classroom50", "prairielearn", "autolab"] {
        assert_eq!(score(format, &["--solution"]), 10, "{format}");
        assert!(score(format, &[]).as_u64().unwrap() < 10, "{format}");
    }
}

#[test]
fn a_program_that_does_not_build_gets_no_points_and_a_place() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    fixture.python_exercise("x = 1\nprint(\n");
    let (text, code) = export(&fixture, "gradescope", &[]);
    let results: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, &results["score"], &results["tests"][0]["max_score"]), (Some(1), &json!(0), &json!(4)));
    let (text, code) = export(&fixture, "github", &[]);
    assert!(
        text.starts_with("::error file=exercises/w01-l01/main.py,line=2,title=w01-l01 build::"),
        "{text}"
    );
    assert_eq!((code, text.lines().count()), (Some(1), 1));
    fixture.python_exercise("\n");
    let (text, code) = export(&fixture, "exercism", &[]);
    let results: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, &results["status"]), (Some(0), &json!("error")));
    assert!(results["message"].as_str().unwrap().contains("main.py is empty"), "{text}");
}

#[test]
fn several_lessons_fit_where_there_is_room() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    add_lesson(&fixture);
    let both = ["l01", "l02", "--lang", "py", "--scenario", FIRST, "--format"];
    for format in SEVERAL {
        let told = contains("w01-l01").and(contains("w01-l02"));
        check(&fixture, &[&both[..], &[format]].concat()).assert().code(1).stdout(told);
    }
    for format in SINGLE {
        let told = format!(
            "workbook: --format {format} holds one lesson; name it, as in: workbook check w01-l01 --format {format}\n"
        );
        let refused = check(&fixture, &["l01", "l02", "--lang", "py", "--format", format]).assert();
        refused.code(2).stdout("").stderr(told);
    }
}

#[test]
fn a_score_is_that_of_a_whole_lesson() {
    let fixture = Fixture::new();
    for format in ["gradescope", "classroom50", "prairielearn", "autolab"] {
        let told =
            format!("workbook: --format {format} is the score of a whole lesson: leave out --scenario\n");
        let refused = check(&fixture, &["l01", "--scenario", FIRST, "--format", format]).assert();
        refused.code(2).stdout("").stderr(told);
    }
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    for format in ["terminal", "gradescope", "junit"] {
        let to_file = ["l01", "--lang", "py", "--seed", "1", "--format", format, "--out", "report"];
        check(&fixture, &to_file).assert().code(1).stdout("");
        let text = fs::read_to_string(fixture.path("report")).unwrap();
        assert!(text.contains("Your program never connected to the server."), "{format}: {text}");
    }
    let nowhere = ["l01", "--lang", "py", "--format", "junit", "--out", "no/such/report.xml"];
    let told = is_an_error("cannot save the report in no/such/report.xml: there is no folder no/such");
    check(&fixture, &nowhere).assert().code(2).stdout("").stderr(told);
}

#[test]
fn what_classroom50_must_know_is_asked_for_by_name() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    let asked =
        ["l01", "--lang", "py", "--format", "classroom50", "--fact", DATETIME, "--out", "result.json"];
    let told = "workbook: --format classroom50 needs to know `owner`: USERNAME is not set; tell it with --fact owner=…\n";
    check(&fixture, &asked).envs(RUNNER).env_remove("USERNAME").assert().code(2).stdout("").stderr(told);
    assert!(!fixture.path("result.json").exists());
    let more = ["--fact", "owner=bob", "--fact", "assignment-type=group"];
    check(&fixture, &[&asked[..], &more].concat()).envs(RUNNER).assert().code(1).stdout("");
    let results: Value = serde_json::from_slice(&fs::read(fixture.path("result.json")).unwrap()).unwrap();
    assert_eq!((&results["owner"], &results["assignment_type"]), (&json!("bob"), &json!("group")));
    assert_eq!((&results["review"], &results["max-score"]), (&json!("https://example.com/c"), &json!(10)));
    let wrong = ["l01", "--format", "tap", "--fact", DATETIME];
    check(&fixture, &wrong).assert().code(2).stderr("workbook: --fact is for --format classroom50\n");
}

#[test]
fn the_moment_of_a_submission_is_that_of_its_commit() {
    if python().is_none() || !has("git") {
        return;
    }
    let fixture = Fixture::new();
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(fixture.root()).args(["-c", "user.name=a", "-c", "user.email=a@example.com"]);
        command.args(arguments).env("GIT_COMMITTER_DATE", "2026-09-12T11:00:00+02:00");
        assert!(command.output().unwrap().status.success(), "{arguments:?}");
    };
    git(&["init", "--quiet"]);
    git(&["commit", "--quiet", "--allow-empty", "--message", "x"]);
    let asked = ["l01", "--lang", "py", "--format", "classroom50"];
    let output = check(&fixture, &asked).envs(RUNNER).output().unwrap();
    let results: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(results["datetime"], "2026-09-12T09:00:00Z");
}

#[test]
fn a_summary_is_appended_where_the_workflow_collects_it() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    fixture.write("collected.md", "# Before\n");
    let asked = ["l01", "--lang", "py", "--format", "summary"];
    let file = fixture.path("collected.md");
    check(&fixture, &asked).env("GITHUB_STEP_SUMMARY", &file).assert().code(1).stdout("");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("# Before\n## w01-l01 One request, one response\n"), "{text}");
    check(&fixture, &asked).assert().code(1).stdout(starts_with("## w01-l01"));
}

#[test]
fn annotations_name_files_from_the_checkout() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    let workspace = fixture.root().parent().unwrap().to_owned();
    let folder = fixture.root().file_name().unwrap().to_str().unwrap().to_owned();
    let told = starts_with(format!("::error file={folder}/exercises/w01-l01/main.py,title="));
    let asked = ["l01", "--lang", "py", "--format", "github"];
    check(&fixture, &asked).env("GITHUB_WORKSPACE", workspace).assert().code(1).stdout(told);
}

/// Prints what would be taken for a verdict, on both streams.
const FORGER: &str = "\
import sys
forged = '\\n::error::forged\\n]]></failure>\\n```\\n# forged\\nok 1 - forged\\nBail out!\\n{\"scores\":{\"w01-l01\":10}}\\n'
sys.stdout.write(forged + '\\x1b]0;x\\x07\\u202e\\ufffe')
sys.stderr.write(forged)
";

#[test]
fn a_program_cannot_forge_a_verdict() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    fixture.python_exercise(FORGER);
    for format in SINGLE.into_iter().chain(SEVERAL) {
        let (text, _) = export(&fixture, format, &[]);
        let is_harmless = |character: char| character == '\n' || !character.is_control();
        assert!(text.chars().all(is_harmless), "{format}: {text:?}");
        if format == "json" || format == "jsonl" {
            continue; // strings of JSON hold everything
        }
        assert!(!text.contains(['\u{202e}', '\u{fffe}']), "{format}: {text:?}");
        let forged = ["::error::forged", "ok 1 - forged", "Bail out!", "{\"scores\":{\"w01-l01\":10}}"];
        let is_forged = |line: &str| forged.contains(&line.trim());
        // In XML, and between fences, a line of a program is only a line.
        let is_line_format = ["tap", "github", "autolab"].contains(&format);
        assert!(!is_line_format || !text.lines().any(is_forged), "{format}: {text}");
    }
}

/// What Perl's own harness makes of a report: planned, passed, failed and skipped tests, and errors.
const HARNESS: &str = r#"
    use TAP::Parser; local $/; my $tap = <STDIN>;
    my $parser = TAP::Parser->new({ tap => $tap }); my @yaml;
    while (my $line = $parser->next) { push @yaml, $line->data->{title} if $line->type eq 'yaml' }
    print join(' ', $parser->tests_planned, scalar($parser->passed), scalar($parser->failed),
        scalar($parser->skipped), scalar(@yaml), scalar($parser->parse_errors)), "\n";
"#;

#[test]
fn perls_harness_reads_tap() {
    if python().is_none() || !has("perl") {
        return;
    }
    let fixture = Fixture::new();
    fixture.python_exercise(FORGER);
    for (more, told) in [(&["--solution"][..], "6 6 0 0 0 0\n"), (&[], "6 0 6 0 6 0\n")] {
        // Perls of these years know version 13, which says the same in all that is used here.
        let tap = export(&fixture, "tap", more).0.replacen("TAP version 14", "TAP version 13", 1);
        assert_eq!(answer("perl", &["-e", HARNESS], &tap), told, "{tap}");
    }
}

#[test]
fn junitparser_reads_junit() {
    let Some(python) = find_python().and_then(|path| path.to_str()) else {
        return skip("python3 is not installed");
    };
    // Not everywhere, and not worth an installation: the unit tests parse the XML as well.
    if answer(python, &["-c", "import importlib.util as u; print(u.find_spec('junitparser'))"], "")
        == "None\n"
    {
        return;
    }
    let fixture = Fixture::new();
    fixture.python_exercise(FORGER);
    let read = "import sys, junitparser as j\n\
                x = j.JUnitXml.fromstring(sys.stdin.buffer.read())\n\
                print(x.tests, x.failures, x.errors, x.skipped, *(type(r).__name__ for s in x for c in s for r in c.result))";
    let told = answer(python, &["-c", read], &export(&fixture, "junit", &[]).0);
    assert_eq!(told, "6 6 0 0 Failure Failure Failure Failure Failure Failure\n");
}

/// What a command prints when it is given this text.
fn answer(command: &str, arguments: &[&str], text: &str) -> String {
    let mut command = Command::new(command);
    let mut child = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}
