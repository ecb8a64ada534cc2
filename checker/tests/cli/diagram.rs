//! `workbook diagram`: the last run as text, image and page.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use assert_cmd::assert::Assert;
use predicates::prelude::*;
use predicates::str::{contains, starts_with};

use super::support::Fixture;
use super::support::programs::python;
use super::{FIRST, is_an_error};

const LAST: &str = ".workbook/last/w01-l01.jsonl";
const RIGHT: &str = include_str!("../support/fixture/solution/main.py");

/// A course whose last run was that of a program that prints one byte too few, or of what was given.
fn checked(source: &str, more: &[&str]) -> Option<Fixture> {
    python()?;
    let fixture = Fixture::new();
    fixture.python_exercise(source);
    fixture.write(LAST, "");
    let check = ["check", "l01", "--lang", "py", "--seed", "7f3a", "--trace", LAST];
    let output = fixture.workbook(&[&check, more].concat()).output().unwrap();
    assert!(fs::metadata(fixture.path(LAST)).unwrap().len() > 0, "{output:?}");
    Some(fixture)
}

fn short() -> String {
    RIGHT.replace("stream.read(length)", "stream.read(length - 1)")
}

fn text(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

#[test]
fn the_last_run_is_drawn_beside_what_was_expected() {
    let Some(fixture) = checked(&short(), &[]) else { return };
    let drawing = text(&fixture.workbook(&["diagram"]).assert().code(0).stderr(""));
    for part in
        ["Your program printed only", "What was expected", "What happened", "here they part", "◀ HERE"]
    {
        assert!(drawing.contains(part), "{part}: {drawing}");
    }
    assert!(drawing.contains("--scenario server-keeps-the-connection-open --seed \\\n    7f3a"), "{drawing}");
    assert_eq!(drawing, text(&fixture.workbook(&["diagram", "one-request"]).assert().code(0)));
    assert_eq!(drawing, text(&fixture.workbook(&["diagram", "--trace", LAST]).assert().code(0)));
    // The same traces give the same drawing, each to the last byte.
    for format in ["svg", "html"] {
        let [one, again] =
            [(); 2].map(|()| text(&fixture.workbook(&["diagram", "--format", format]).assert().code(0)));
        assert_eq!(one, again);
    }
}

#[test]
fn a_scenario_is_drawn_by_its_name() {
    let Some(fixture) = checked(&short(), &[]) else { return };
    let drawing = fixture.workbook(&["diagram", "--scenario", "nobody-listens"]).assert().code(0);
    drawing.stdout(contains("✓ nobody-listens").and(contains("nobody listens: connecting is refused")));
    let unknown = fixture.workbook(&["diagram", "--scenario", "oops"]).assert().code(2).stdout("");
    unknown.stderr(is_an_error("w01-l01 has no scenario `oops`; there are the runs of:\n  server-keeps-"));
}

#[test]
fn a_scenario_that_was_not_kept_can_be_played() {
    let Some(fixture) = checked(&short(), &["--scenario", FIRST]) else { return };
    let diagram = fixture.workbook(&["diagram", "--scenario", "nobody-listens"]).assert().code(2);
    let how = "the run of `nobody-listens` was not kept; play it, and then draw it:\n  \
               workbook check w01-l01 --scenario nobody-listens\nThere are:\n  server-keeps-the-connection-open";
    diagram.stderr(is_an_error(how));
}

#[test]
fn without_a_run_the_way_to_one_is_told() {
    let fixture = Fixture::new();
    let none = "no program has been checked here yet; begin with:\n  workbook check w01-l01";
    fixture.workbook(&["diagram"]).assert().code(2).stdout("").stderr(is_an_error(none));
    let not_this = "no program has been checked in w01-l01 yet; first:\n  workbook check w01-l01";
    fixture.workbook(&["diagram", "l01"]).assert().code(2).stdout("").stderr(is_an_error(not_this));
    fixture.workbook(&["diagram", "l99"]).assert().code(2).stderr(is_an_error("there is no lesson `l99`"));
}

#[test]
fn what_is_no_trace_and_what_has_changed_is_told() {
    let Some(fixture) = checked(&short(), &["--scenario", FIRST]) else { return };
    let trace = fs::read_to_string(fixture.path(LAST)).unwrap();
    fixture.write(LAST, trace.replace("\"format\":1", "\"format\":9"));
    fixture.workbook(&["diagram"]).assert().code(2).stderr(is_an_error("this is trace format 9"));
    fixture.write(LAST, "{\n");
    fixture.workbook(&["diagram"]).assert().code(2).stderr(is_an_error("is not a trace"));
    fixture.write(LAST, trace);
    fixture.edit(
        "lessons/w01/01-one-request/checks.toml",
        "page = \"Example Domain\"",
        "page = \"Another One\"",
    );
    let changed =
        is_an_error("scenario `server-keeps-the-connection-open` has changed since the trace was saved");
    fixture.workbook(&["diagram"]).assert().code(2).stderr(changed);
}

#[test]
fn pictures_go_to_a_pipe_or_into_a_file_whole() {
    let Some(fixture) = checked(&short(), &[]) else { return };
    let page = text(&fixture.workbook(&["diagram", "--format", "html"]).assert().code(0).stderr(""));
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"), "{page}");
    fixture
        .workbook(&["diagram", "--format", "html", "--out", "a.html"])
        .assert()
        .code(0)
        .stdout("")
        .stderr("");
    assert_eq!(fs::read_to_string(fixture.path("a.html")).unwrap(), page);
    let svg = fixture.workbook(&["diagram", "--format", "svg"]).assert().code(0);
    svg.stdout(starts_with("<svg xmlns=").and(predicates::str::ends_with("</svg>\n")));
    fixture.workbook(&["diagram", "--out", "a.txt"]).assert().code(0).stdout("");
    // A drawing is for whoever may read other new files of this user.
    let mode = |file: &str| fs::metadata(fixture.path(file)).unwrap().permissions().mode();
    fixture.write("other.txt", "");
    assert_eq!(mode("a.html"), mode("other.txt"));
    assert!(fs::read_to_string(fixture.path("a.txt")).unwrap().contains("What happened"));
    let nowhere =
        fixture.workbook(&["diagram", "--format", "svg", "--out", "no/such/a.svg"]).assert().code(2);
    nowhere.stderr(is_an_error("cannot write the drawing to no/such/a.svg: there is no folder no/such"));
}

#[test]
fn a_browser_is_given_the_page() {
    let Some(fixture) = checked(&short(), &[]) else { return };
    fixture.write("browser", "#!/bin/sh\ncp \"${2#file://}\" opened.html\n");
    fs::set_permissions(fixture.path("browser"), fs::Permissions::from_mode(0o755)).unwrap();
    let browser = format!("/no/such/browser:{} --new-window %s", fixture.path("browser").display());
    let open = fixture.workbook(&["diagram", "--open"]).env("BROWSER", browser).assert().code(0).stdout("");
    open.stderr(starts_with("opened ").and(contains(".workbook/last/w01-l01.html")));
    let opened = fs::read_to_string(fixture.path("opened.html")).unwrap();
    assert_eq!(opened, fs::read_to_string(fixture.path(".workbook/last/w01-l01.html")).unwrap());
}

#[test]
fn without_a_browser_the_file_is_named() {
    let Some(fixture) = checked(&short(), &[]) else { return };
    let mut diagram = fixture.workbook(&["diagram", "--open", "--format", "svg"]);
    let told = contains("open this file in a browser:\n  ").and(contains("w01-l01.svg"));
    diagram.env("BROWSER", "").env("PATH", "/no/such").assert().code(0).stderr(told);
    assert!(fixture.path(".workbook/last/w01-l01.svg").is_file());
    let text = "a browser shows no text: use --open with --format html or svg";
    fixture.workbook(&["diagram", "--open", "--format", "text"]).assert().code(2).stderr(is_an_error(text));
}

#[test]
fn where_nothing_can_be_written_the_way_out_is_told() {
    let Some(fixture) = checked(&short(), &[]) else { return };
    fs::rename(fixture.path(LAST), fixture.path("t.jsonl")).unwrap();
    fs::remove_dir(fixture.path(".workbook/last")).unwrap();
    fixture.write(".workbook/last", "not a folder");
    let told = is_an_error("cannot write the drawing to").and(contains("(--out FILE writes it elsewhere)"));
    fixture.workbook(&["diagram", "--trace", "t.jsonl", "--open"]).assert().code(2).stderr(told);
}

#[test]
fn whatever_a_program_prints_takes_over_neither_terminal_nor_page() {
    let hostile = "import sys\nsys.stdout.buffer.write(bytes(range(256)) + \
                   '\\u202e]]></pre><script>alert(1)</script>\\x1b[2J'.encode())\n";
    let Some(fixture) = checked(hostile, &["--scenario", FIRST]) else { return };
    for format in ["text", "svg", "html"] {
        let drawing = text(&fixture.workbook(&["diagram", "--format", format]).assert().code(0));
        let is_harmless = |character: char| character == '\n' || !character.is_control();
        assert!(drawing.chars().all(is_harmless) && !drawing.contains('\u{202e}'), "{format}");
        assert!(format == "text" || !drawing.contains("<script"), "{format}");
        assert!(drawing.contains("\\x1B[2J"), "{format}: {drawing}");
    }
}

#[test]
fn nothing_parts_where_everything_holds() {
    let Some(fixture) = checked(RIGHT, &[]) else { return };
    let traces = fs::read_to_string(fixture.path(LAST)).unwrap();
    let scenarios = traces.lines().map(|line| {
        let trace: serde_json::Value = serde_json::from_str(line).unwrap();
        trace["scenario"].as_str().unwrap().to_owned()
    });
    for scenario in scenarios {
        let drawing = text(&fixture.workbook(&["diagram", "--scenario", &scenario]).assert().code(0));
        assert!(drawing.contains("Everything that this scenario requires happened."), "{drawing}");
        assert!(!drawing.contains("here they part"), "{drawing}");
    }
}
