//! Rules that cannot hold.

use crate::fixture::{CHECKS, Fixture};

#[test]
fn connections_out_of_range() {
    let errors = Fixture::edited(CHECKS, "{ connections = 1 }", "{ connections = 2 }").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: there is no connection 2
      --> lessons/w04/02-length/checks.toml:35:3
       |
    35 |   { connections = 2 },
       |   ^^^^^^^^^^^^^^^^^^^ the scenario scripts 1, counted from 1
    "#);
}

#[test]
fn requests_out_of_range() {
    let errors = Fixture::edited(CHECKS, "{ connections = 1 }", "{ requests = [1, 1] }").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: there is no connection 2
      --> lessons/w04/02-length/checks.toml:35:3
       |
    35 |   { requests = [1, 1] },
       |   ^^^^^^^^^^^^^^^^^^^^^ the scenario scripts 1, counted from 1
    "#);
}

#[test]
fn closes_out_of_range() {
    let errors =
        Fixture::edited(CHECKS, "{ connections = 1 }", "{ closes = { connection = 1, before = 2 } }")
            .load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: there is no connection 2
      --> lessons/w04/02-length/checks.toml:35:3
       |
    35 |   { closes = { connection = 1, before = 2 } },
       |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the scenario scripts 1, counted from 1
    "#);
}

#[test]
fn closes_in_the_wrong_order() {
    let errors =
        Fixture::edited(CHECKS, "{ connections = 1 }", "{ closes = { connection = 1, before = 1 } }")
            .load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: connection 1 comes no earlier than 1
      --> lessons/w04/02-length/checks.toml:35:3
       |
    35 |   { closes = { connection = 1, before = 1 } },
       |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: `connection` is the earlier one, `before` the later
    "#);
}

#[test]
fn requests_counted_from_zero() {
    let errors = Fixture::edited(
        CHECKS,
        "{ connections = 1 }",
        "{ request = { nth = 0, line = \"GET / HTTP/1.1\" } }",
    )
    .load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: requests are counted from 1
      --> lessons/w04/02-length/checks.toml:35:17
       |
    35 |   { request = { nth = 0, line = "GET / HTTP/1.1" } },
       |                 ^^^
       |
       = help: write `nth = 1` for the first
    "#);
}

#[test]
fn request_rule_that_requires_nothing() {
    let errors = Fixture::edited(CHECKS, "{ connections = 1 }", "{ request = { nth = 1 } }").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: this requires nothing of the request
      --> lessons/w04/02-length/checks.toml:35:3
       |
    35 |   { request = { nth = 1 } },
       |   ^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: give it a `line`, `with` or `without`
    "#);
}

#[test]
fn unknown_placeholder_in_a_request_rule() {
    let errors = Fixture::edited(
        CHECKS,
        "{ connections = 1 }",
        "{ request = { nth = 1, with = [\"Host: {hots}\"] } }",
    )
    .load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown placeholder `{hots}`
      --> lessons/w04/02-length/checks.toml:35:41
       |
    35 |   { request = { nth = 1, with = ["Host: {hots}"] } },
       |                                         ^^^^^^ expected host or port
       |
       = help: did you mean `host`?
    "#);
}
