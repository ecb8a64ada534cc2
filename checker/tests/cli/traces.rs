//! What is saved, repeated and read by machines.

use std::fs;

use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;

use super::support::Fixture;
use super::support::programs::python;
use super::{FIRST, is_an_error, verdict};

/// A client that prints one byte too few.
fn wrong_program(fixture: &Fixture) {
    let source = include_str!("../support/fixture/solution/main.py");
    fixture.python_exercise(&source.replace("stream.read(length)", "stream.read(length - 1)"));
}

#[test]
fn json_says_everything() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    wrong_program(&fixture);
    let report = verdict(&fixture, &["--scenario", FIRST, "--seed", "7f3a"]);
    assert_eq!([&report["lesson"], &report["result"], &report["seed"]], ["w01-l01", "failed", "7f3a"]);
    let scenario = &report["scenarios"][0];
    assert_eq!([&scenario["id"], &scenario["result"]], [FIRST, "failed"]);
    assert_eq!(scenario["findings"][0]["kind"], "prints.short");
    assert_eq!(scenario["mistake"]["id"], "one-read");
    let events = scenario["trace"]["events"].as_array().unwrap();
    let names: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(names.first(), Some(&"started"));
    assert!(
        ["opened", "received", "sent", "printed", "exited"].iter().all(|name| names.contains(name)),
        "{names:?}"
    );
    assert_eq!(report["criteria"][0]["result"], "failed");
    assert_eq!((&report["criteria"][0]["held"], &report["criteria"][0]["of"]), (&0.into(), &1.into()));
}

#[test]
fn json_of_a_program_that_does_not_build() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    fixture.python_exercise("print(\n");
    let report = verdict(&fixture, &[]);
    assert_eq!([&report["lesson"], &report["result"]], ["w01-l01", "failed"]);
    assert!(report["build_failure"].as_str().unwrap().contains("SyntaxError"), "{report}");
}

/// All bytes that the peer has sent.
fn sent(report: &Value) -> Vec<String> {
    let scenarios = report["scenarios"].as_array().unwrap().iter();
    let events = scenarios.flat_map(|scenario| scenario["trace"]["events"].as_array().unwrap());
    let sent = events.filter(|event| event["event"] == "sent");
    sent.map(|event| event["bytes"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_seed_repeats_every_byte() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    fixture.python_exercise(include_str!("../support/fixture/solution/main.py"));
    let [one, again, other] = ["7f3a", "0x7f3a", "7f3b"]
        .map(|seed| sent(&verdict(&fixture, &["--seed", seed])))
        .map(|sent| sent.concat());
    assert!(one.contains("Example Domain"), "{one}");
    assert_eq!(one, again);
    assert_ne!(one, other);
    let [first, second] = [(); 2].map(|()| sent(&verdict(&fixture, &["--scenario", FIRST])).concat());
    assert_ne!(first, second, "without a seed, every run is another");
}

/// The lines from the sentence of the verdict to its source.
fn drawing(text: &str) -> String {
    let lines = text.lines().skip_while(|line| !line.contains("Your program"));
    let lines: Vec<&str> = lines.take_while(|line| !line.trim_start().starts_with("why")).collect();
    lines.join("\n")
}

#[test]
fn a_saved_trace_is_judged_and_drawn_as_the_run_was() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    wrong_program(&fixture);
    let check = fixture.workbook(&["check", "l01", "--lang", "py", "--trace", "t.jsonl"]).assert().code(1);
    let check = String::from_utf8(check.get_output().stdout.clone()).unwrap();
    let explain = fixture.workbook(&["explain", "t.jsonl"]).assert().code(1).stderr("");
    let explain = String::from_utf8(explain.get_output().stdout.clone()).unwrap();
    assert!(drawing(&check).contains("Your program printed"), "{check}");
    assert_eq!(drawing(&check), drawing(&explain));
    assert!(explain.ends_with("5 more scenarios are in the file: --all draws them.\n"), "{explain}");
    let all = contains("nobody-listens").and(contains("bytes-behind-the-body"));
    fixture.workbook(&["explain", "t.jsonl", "--all"]).assert().code(1).stdout(all);
    fixture.workbook(&["explain", "t.jsonl", "--scenario", "nobody-listens"]).assert().code(0);
}

#[test]
fn a_trace_of_a_right_program_holds_again() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    fixture.workbook(&["check", "l01", "--lang", "py", "--solution", "--trace", "t.jsonl"]).assert().code(0);
    fixture.workbook(&["explain", "t.jsonl"]).assert().code(0);
}

#[test]
fn what_is_no_trace_is_told() {
    let fixture = Fixture::new();
    fixture.write("other.jsonl", "{}\n");
    fixture.write("empty.jsonl", "\n");
    fixture.write("older.jsonl", "{\"format\":0,\"what-else-it-had\":1}\n");
    let cases = [
        ("missing.jsonl", "cannot read missing.jsonl: No such file or directory"),
        ("other.jsonl", "other.jsonl:1: this is not a trace that `workbook check --trace` saved"),
        ("empty.jsonl", "empty.jsonl holds no trace"),
        ("older.jsonl", "older.jsonl:1: this is trace format 0, and this workbook reads format 1"),
    ];
    for (file, message) in cases {
        fixture.workbook(&["explain", file]).assert().code(2).stdout("").stderr(is_an_error(message));
    }
}

#[test]
fn a_trace_that_fits_no_more_is_told() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    let check = ["check", "l01", "--lang", "py", "--scenario", FIRST, "--trace", "t.jsonl"];
    fixture.workbook(&check).assert().code(1);
    let trace = fs::read_to_string(fixture.path("t.jsonl")).unwrap();
    let cases = [
        (
            "\"format\":1",
            "\"format\":99",
            "t.jsonl:1: this is trace format 99, and this workbook reads format 1",
        ),
        ("\"lesson\":\"w01-l01\"", "\"lesson\":\"w09-l09\"", "there is no lesson `w09-l09`"),
        (FIRST, "gone", "w01-l01 has no scenario `gone` any more"),
        (FIRST, "\\u001b]0;x\\u0007", "w01-l01 has no scenario `\\x1B]0;x\\x07` any more"),
    ];
    for (replace, with, message) in cases {
        assert!(trace.contains(replace), "{trace}");
        fixture.write("t.jsonl", trace.replace(replace, with));
        fixture.workbook(&["explain", "t.jsonl"]).assert().code(2).stderr(is_an_error(message));
    }
}
