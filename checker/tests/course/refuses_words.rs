//! Words that are not in the vocabulary, and values of another type.

use crate::fixture::{CHECKS, Fixture};

#[test]
fn unknown_step() {
    let errors = Fixture::edited(CHECKS, "{ close = \"fin\" }", "{ clos = \"fin\" }").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown step `clos`
      --> lessons/w04/02-length/checks.toml:49:5
       |
    49 |   { clos = "fin" },
       |     ^^^^ expected one of expect, send, hold, pause, close, stay, vanish
       |
       = help: did you mean `close`?
    "#);
}

#[test]
fn unknown_rule() {
    let errors = Fixture::edited(CHECKS, "{ connections = 1 }", "{ conections = 1 }").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown rule `conections`
      --> lessons/w04/02-length/checks.toml:35:5
       |
    35 |   { conections = 1 },
       |     ^^^^^^^^^^ expected one of criterion, connections, opened, requests, prints, prints-at-most, exit, request, sends, half-close, closes, keepalive
       |
       = help: did you mean `connections`?
    "#);
}

#[test]
fn unknown_key() {
    let errors =
        Fixture::edited(CHECKS, "title = \"The answer comes", "titel = \"The answer comes").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown key `titel`
      --> lessons/w04/02-length/checks.toml:40:1
       |
    40 | titel = "The answer comes in two segments."
       | ^^^^^ expected one of id, title, source, criterion, advice, arguments, stdin, listen, rtt, name, connection, require
       |
       = help: did you mean `title`?
    "#);
}

#[test]
fn key_of_the_scenario_behind_a_connection() {
    let errors = Fixture::edited(CHECKS, "require = [{ prints = [{ line = \"HTTP/1.1 200 OK\" }, { body = \"upload\" }, { text = \"{hex:00}\" }] }]", "require = [{ prints = [{ line = \"HTTP/1.1 200 OK\" }, { body = \"upload\" }, { text = \"{hex:00}\" }] }]\nstdin = \"upload\"").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown key `stdin`
      --> lessons/w04/02-length/checks.toml:52:1
       |
    52 | stdin = "upload"
       | ^^^^^ expected script or require
       |
       = help: other keys of the scenario stand before its first [[scenario.connection]]
    "#);
}

#[test]
fn unknown_way_to_cut() {
    let errors =
        Fixture::edited(CHECKS, "segments = \"every-split\"", "segments = \"each-bite\"").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown way to cut `each-bite`
      --> lessons/w04/02-length/checks.toml:48:107
       |
    48 |   { send = { head = ["HTTP/1.1 200 OK", "Content-Length: 5"], body = "upload", extra = "MORE", segments = "each-bite" } },
       |                                                                                                           ^^^^^^^^^^^ expected one of one, each-byte, head-then-body, every-split
       |
       = help: did you mean `each-byte`?
    "#);
}

#[test]
fn unknown_way_to_close() {
    let errors = Fixture::edited(CHECKS, "{ close = \"fin\" }", "{ close = \"rst\" }").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown way to close `rst`
      --> lessons/w04/02-length/checks.toml:49:13
       |
    49 |   { close = "rst" },
       |             ^^^^^ expected fin or reset
       |
       = help: did you mean `reset`?
    "#);
}

#[test]
fn unknown_content() {
    let errors = Fixture::edited(CHECKS, "content = { text = \"fixed\" }", "content = { txt = \"fixed\" }")
        .load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown content `txt`
     --> lessons/w04/02-length/checks.toml:9:13
      |
    9 | content = { txt = "fixed" }
      |             ^^^ expected one of text, page, random
      |
      = help: did you mean `text`?
    "#);
}

#[test]
fn two_words_where_one_must_stand() {
    let errors = Fixture::edited(
        CHECKS,
        "content = { text = \"fixed\" }",
        "content = { text = \"fixed\", page = \"P\" }",
    )
    .load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: one word at a time
     --> lessons/w04/02-length/checks.toml:9:11
      |
    9 | content = { text = "fixed", page = "P" }
      |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write each in braces of its own
    "#);
}

#[test]
fn two_rules_in_one() {
    let errors =
        Fixture::edited(CHECKS, "{ connections = 1 }", "{ connections = 1, opened = 1 }").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: one rule at a time: write each in braces of its own
      --> lessons/w04/02-length/checks.toml:35:3
       |
    35 |   { connections = 1, opened = 1 },
       |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    "#);
}

#[test]
fn no_rule() {
    let errors =
        Fixture::edited(CHECKS, "{ connections = 1 }", "{ criterion = \"never-waits\" }").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: a requirement needs a rule
      --> lessons/w04/02-length/checks.toml:35:3
       |
    35 |   { criterion = "never-waits" },
       |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    "#);
}

#[test]
fn missing_key() {
    let errors = Fixture::edited(CHECKS, "points = 3\n", "").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: missing key `points`
      --> lessons/w04/02-length/checks.toml:11:1
       |
    11 | [[criterion]]
       | ^^^^^^^^^^^^^
    "#);
}

#[test]
fn wrong_type() {
    let errors = Fixture::edited(CHECKS, "points = 3", "points = \"three\"").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: string "three" cannot stand here
      --> lessons/w04/02-length/checks.toml:13:10
       |
    13 | points = "three"
       |          ^^^^^^^ expected a whole number, 0 or more
    "#);
}

#[test]
fn number_below_zero() {
    let errors = Fixture::edited(CHECKS, "points = 3", "points = -3").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: integer `-3` cannot stand here
      --> lessons/w04/02-length/checks.toml:13:10
       |
    13 | points = -3
       |          ^^ expected a whole number, 0 or more
    "#);
}

#[test]
fn not_a_cut() {
    let errors = Fixture::edited(CHECKS, "\"head-2\"", "\"heads-2\"").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: string "heads-2" cannot stand here
      --> lessons/w04/02-length/checks.toml:29:94
       |
    29 |   { send = { head = ["HTTP/1.1 200 OK", "Content-Length: {len}"], body = "page", segments = ["heads-2", 5, "head"] } },
       |                                                                                              ^^^^^^^^^ expected an offset such as 10, or one from the end of the head such as "head-2", "head" or "head+3"
    "#);
}

#[test]
fn not_a_duration() {
    let errors = Fixture::edited(CHECKS, "{ close = \"fin\" }", "{ pause = \"20 minutes\" }").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown unit of time ` minutes`, expected `ms` or `s`
      --> lessons/w04/02-length/checks.toml:49:16
       |
    49 |   { pause = "20 minutes" },
       |                ^^^^^^^^
    "#);
}

#[test]
fn not_toml() {
    let errors = Fixture::edited(CHECKS, "points = 3", "points = \"3").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: invalid basic string, expected `"`
      --> lessons/w04/02-length/checks.toml:13:12
       |
    13 | points = "3
       |            ^
    "#);
}

#[test]
fn unknown_finding() {
    let errors =
        Fixture::edited(CHECKS, "finding = \"hang.after-output\"", "finding = \"hangs.after-output\"")
            .load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown kind of finding `hangs.after-output`
      --> lessons/w04/02-length/checks.toml:56:24
       |
    56 | reveals = [{ finding = "hangs.after-output" }, { finding = "prints", scenarios = ["any-cut"] }]
       |                        ^^^^^^^^^^^^^^^^^^^^
       |
       = help: did you mean `hang.after-output`?
    "#);
}

#[test]
fn finding_like_no_other() {
    let errors =
        Fixture::edited(CHECKS, "finding = \"hang.after-output\"", "finding = \"xyzzy\"").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown kind of finding `xyzzy`
      --> lessons/w04/02-length/checks.toml:56:24
       |
    56 | reveals = [{ finding = "xyzzy" }, { finding = "prints", scenarios = ["any-cut"] }]
       |                        ^^^^^^^
       |
       = help: expected one of build, closes, connections, connections.fewer, connections.more, connections.none, crash, deadline, deadline.after-output, deadline.before-output, exit, exit.failure, exit.success, flood, half-close, hang, hang.after-output, hang.before-output, hang.during-output, keepalive, keepalive.missing, keepalive.times, not-started, opened, opened.fewer, opened.more, prints, prints.different, prints.extra, prints.head, prints.mangled, prints.newline, prints.nothing, prints.short, request, request.field-missing, request.field-unwanted, request.line, request.line-ends, request.unfinished, requests, requests.extra, requests.missing, requests.reconnected, requests.reused, sends, sends.different, sends.extra, sends.nothing, sends.short
    "#);
}

#[test]
fn request_that_is_none() {
    let errors =
        Fixture::edited(CHECKS, "{ expect = \"GET /\" },\n  { hold", "{ expect = \"GET\" },\n  { hold")
            .load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: `GET` is not a method and a target
      --> lessons/w04/02-length/checks.toml:46:14
       |
    46 |   { expect = "GET" },
       |              ^^^^^
       |
       = help: write such as { expect = "GET /" }
    "#);
}
