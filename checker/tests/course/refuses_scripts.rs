//! Scripts that cannot be played.

use crate::fixture::{CHECKS, Fixture};

#[test]
fn stay_before_another_step() {
    let errors =
        Fixture::edited(CHECKS, "{ close = \"fin\" }", "{ stay = \"open\" },\n  { close = \"fin\" }")
            .load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: this step must be the last
      --> lessons/w04/02-length/checks.toml:49:5
       |
    49 |   { stay = "open" },
       |     ^^^^
       |
       = help: the steps behind it would never be played
    "#);
}

#[test]
fn reset_before_another_step() {
    let errors =
        Fixture::edited(CHECKS, "{ close = \"fin\" }", "{ close = \"reset\" },\n  { expect = \"GET /\" }")
            .load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: this step must be the last
      --> lessons/w04/02-length/checks.toml:49:5
       |
    49 |   { close = "reset" },
       |     ^^^^^
       |
       = help: the steps behind it would never be played
    "#);
}

#[test]
fn send_behind_a_fin() {
    let errors = Fixture::edited(
        CHECKS,
        "{ close = \"fin\" }",
        "{ close = \"fin\" },\n  { send = { raw = \"late\" } }",
    )
    .load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: nothing can be sent after a FIN
      --> lessons/w04/02-length/checks.toml:50:5
       |
    50 |   { send = { raw = "late" } },
       |     ^^^^
       |
       = help: an earlier step has closed the peer's side
    "#);
}

#[test]
fn close_behind_a_fin() {
    let errors =
        Fixture::edited(CHECKS, "segments = \"every-split\" }", "segments = \"every-split\", fin = true }")
            .load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: nothing can be sent after a FIN
      --> lessons/w04/02-length/checks.toml:49:5
       |
    49 |   { close = "fin" },
       |     ^^^^^
       |
       = help: an earlier step has closed the peer's side
    "#);
}

#[test]
fn two_sweeps() {
    let errors = Fixture::edited(
        CHECKS,
        "{ close = \"fin\" }",
        "{ send = { raw = \"again\", segments = \"every-split\" } }",
    )
    .load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: a second sweep in one scenario
      --> lessons/w04/02-length/checks.toml:49:40
       |
    49 |   { send = { raw = "again", segments = "every-split" } },
       |                                        ^^^^^^^^^^^^^
       |
       = help: write a scenario for each sweep
    "#);
}

#[test]
fn empty_script() {
    let errors = Fixture::edited(CHECKS, "script = [\n  { expect = \"GET /\" },\n  { hold = { received = \"upload\" } },\n  { send = { head = [\"HTTP/1.1 200 OK\", \"Content-Length: 5\"], body = \"upload\", extra = \"MORE\", segments = \"every-split\" } },\n  { close = \"fin\" },\n]", "script = []").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: an empty script in the scenario `any-cut`
      --> lessons/w04/02-length/checks.toml:39:6
       |
    39 | id = "any-cut"
       |      ^^^^^^^^^
       |
       = help: write { stay = "open" } for a peer that does nothing
    "#);
}

#[test]
fn hold_for_nothing() {
    let errors = Fixture::edited(
        CHECKS,
        "{ hold = { received = \"upload\" } }",
        "{ hold = { program-closed = false } }",
    )
    .load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: this holds for nothing
      --> lessons/w04/02-length/checks.toml:47:3
       |
    47 |   { hold = { program-closed = false } },
       |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: write { requests = 1 } or { program-closed = true }
    "#);
}

#[test]
fn hold_for_no_output() {
    let errors =
        Fixture::edited(CHECKS, "{ hold = { received = \"upload\" } }", "{ hold = { printed = [] } }")
            .load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: this holds for nothing
      --> lessons/w04/02-length/checks.toml:47:3
       |
    47 |   { hold = { printed = [] } },
       |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: name what must be printed first
    "#);
}

#[test]
fn hold_for_a_connection_out_of_range() {
    let errors = Fixture::edited(CHECKS, "{ hold = { received = \"upload\" } }", "{ hold = { opened = 2 } }")
        .load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: there is no connection 2
      --> lessons/w04/02-length/checks.toml:47:3
       |
    47 |   { hold = { opened = 2 } },
       |   ^^^^^^^^^^^^^^^^^^^^^^^^^ the scenario scripts 1, counted from 1
    "#);
}

#[test]
fn refused_connections_with_a_script() {
    let errors = Fixture::edited(CHECKS, "stdin = \"upload\"", "listen = \"refuse\"").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: the scenario `any-cut` refuses connections, and scripts them
      --> lessons/w04/02-length/checks.toml:39:6
       |
    39 | id = "any-cut"
       |      ^^^^^^^^^
       |
       = help: leave out `listen = "refuse"` or the connections
    "#);
}
