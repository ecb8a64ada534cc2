//! Names that are given twice, or not at all.

use crate::fixture::{CHECKS, Fixture};

#[test]
fn unknown_criterion_of_a_scenario() {
    let errors =
        Fixture::edited(CHECKS, "criterion = \"never-waits\"", "criterion = \"never-wait\"").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown criterion `never-wait`
      --> lessons/w04/02-length/checks.toml:25:13
       |
    25 | criterion = "never-wait"
       |             ^^^^^^^^^^^^ expected exact-length or never-waits
       |
       = help: did you mean `never-waits`?
    "#);
}

#[test]
fn unknown_criterion_of_a_rule() {
    let errors =
        Fixture::edited(CHECKS, "], criterion = \"exact-length\"", "], criterion = \"exact\"").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown criterion `exact`
      --> lessons/w04/02-length/checks.toml:34:47
       |
    34 |   { prints = [{ body = "page" }], criterion = "exact" },
       |                                               ^^^^^^^ expected exact-length or never-waits
    "#);
}

#[test]
fn unknown_body_to_send() {
    let errors = Fixture::edited(CHECKS, "\"], body = \"upload\", extra", "\"], body = \"uplod\", extra")
        .load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown body `uplod`
      --> lessons/w04/02-length/checks.toml:48:70
       |
    48 |   { send = { head = ["HTTP/1.1 200 OK", "Content-Length: 5"], body = "uplod", extra = "MORE", segments = "every-split" } },
       |                                                                      ^^^^^^^ expected page or upload
       |
       = help: did you mean `upload`?
    "#);
}

#[test]
fn unknown_body_on_stdin() {
    let errors = Fixture::edited(CHECKS, "stdin = \"upload\"", "stdin = \"uplaod\"").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown body `uplaod`
      --> lessons/w04/02-length/checks.toml:43:9
       |
    43 | stdin = "uplaod"
       |         ^^^^^^^^ expected page or upload
       |
       = help: did you mean `upload`?
    "#);
}

#[test]
fn unknown_body_to_hold_for() {
    let errors = Fixture::edited(CHECKS, "{ received = \"upload\" }", "{ received = \"up\" }").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown body `up`
      --> lessons/w04/02-length/checks.toml:47:25
       |
    47 |   { hold = { received = "up" } },
       |                         ^^^^ expected page or upload
    "#);
}

#[test]
fn unknown_body_in_output() {
    let errors =
        Fixture::edited(CHECKS, "{ prints = [{ body = \"page\" }]", "{ prints = [{ body = \"pgae\" }]")
            .load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown body `pgae`
      --> lessons/w04/02-length/checks.toml:34:24
       |
    34 |   { prints = [{ body = "pgae" }], criterion = "exact-length" },
       |                        ^^^^^^ expected page or upload
       |
       = help: did you mean `page`?
    "#);
}

#[test]
fn unknown_scenario_of_a_sign() {
    let errors =
        Fixture::edited(CHECKS, "scenarios = [\"any-cut\"]", "scenarios = [\"any-cuts\"]").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown scenario `any-cuts`
      --> lessons/w04/02-length/checks.toml:56:82
       |
    56 | reveals = [{ finding = "hang.after-output" }, { finding = "prints", scenarios = ["any-cuts"] }]
       |                                                                                  ^^^^^^^^^^ expected server-keeps-the-connection-open or any-cut
       |
       = help: did you mean `any-cut`?
    "#);
}

#[test]
fn unknown_mistake_of_a_hint() {
    let errors =
        Fixture::edited(CHECKS, "mistake = \"reads-to-eof\"", "mistake = \"reads-to-eoff\"").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown mistake `reads-to-eoff`
      --> lessons/w04/02-length/checks.toml:68:11
       |
    68 | mistake = "reads-to-eoff"
       |           ^^^^^^^^^^^^^^^ expected reads-to-eof or prints-the-head
       |
       = help: did you mean `reads-to-eof`?
    "#);
}

#[test]
fn duplicate_criterion() {
    let errors = Fixture::edited(CHECKS, "id = \"never-waits\"", "id = \"exact-length\"").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: duplicate criterion `exact-length`
      --> lessons/w04/02-length/checks.toml:17:6
       |
    17 | id = "exact-length"
       |      ^^^^^^^^^^^^^^ also in line 12

    error: unknown criterion `never-waits`
      --> lessons/w04/02-length/checks.toml:25:13
       |
    25 | criterion = "never-waits"
       |             ^^^^^^^^^^^^^ expected exact-length
    "#);
}

#[test]
fn duplicate_body() {
    let errors = Fixture::edited(CHECKS, "id = \"upload\"", "id = \"page\"").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: duplicate body `page`
     --> lessons/w04/02-length/checks.toml:8:6
      |
    8 | id = "page"
      |      ^^^^^^ also in line 4

    error: unknown body `upload`
      --> lessons/w04/02-length/checks.toml:43:9
       |
    43 | stdin = "upload"
       |         ^^^^^^^^ expected page

    error: unknown body `upload`
      --> lessons/w04/02-length/checks.toml:47:25
       |
    47 |   { hold = { received = "upload" } },
       |                         ^^^^^^^^ expected page

    error: unknown body `upload`
      --> lessons/w04/02-length/checks.toml:48:70
       |
    48 |   { send = { head = ["HTTP/1.1 200 OK", "Content-Length: 5"], body = "upload", extra = "MORE", segments = "every-split" } },
       |                                                                      ^^^^^^^^ expected page

    error: unknown body `upload`
      --> lessons/w04/02-length/checks.toml:51:63
       |
    51 | require = [{ prints = [{ line = "HTTP/1.1 200 OK" }, { body = "upload" }, { text = "{hex:00}" }] }]
       |                                                               ^^^^^^^^ expected page
    "#);
}

#[test]
fn duplicate_scenario() {
    let errors = Fixture::edited(CHECKS, "id = \"any-cut\"", "id = \"server-keeps-the-connection-open\"")
        .load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: duplicate scenario `server-keeps-the-connection-open`
      --> lessons/w04/02-length/checks.toml:39:6
       |
    39 | id = "server-keeps-the-connection-open"
       |      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ also in line 22

    error: unknown scenario `any-cut`
      --> lessons/w04/02-length/checks.toml:56:82
       |
    56 | reveals = [{ finding = "hang.after-output" }, { finding = "prints", scenarios = ["any-cut"] }]
       |                                                                                  ^^^^^^^^^ expected server-keeps-the-connection-open
    "#);
}

#[test]
fn duplicate_mistake() {
    let errors = Fixture::edited(CHECKS, "id = \"prints-the-head\"", "id = \"reads-to-eof\"").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: duplicate mistake `reads-to-eof`
      --> lessons/w04/02-length/checks.toml:59:6
       |
    59 | id = "reads-to-eof"
       |      ^^^^^^^^^^^^^^ also in line 54
    "#);
}

#[test]
fn id_with_a_blank() {
    let errors = Fixture::edited(CHECKS, "id = \"any-cut\"", "id = \"any cut\"").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: `any cut` cannot be an id
      --> lessons/w04/02-length/checks.toml:39:6
       |
    39 | id = "any cut"
       |      ^^^^^^^^^ expected lower-case words and numbers joined by hyphens

    error: unknown scenario `any-cut`
      --> lessons/w04/02-length/checks.toml:56:82
       |
    56 | reveals = [{ finding = "hang.after-output" }, { finding = "prints", scenarios = ["any-cut"] }]
       |                                                                                  ^^^^^^^^^ expected server-keeps-the-connection-open or any cut
       |
       = help: did you mean `any cut`?
    "#);
}

#[test]
fn mistake_that_nothing_reveals() {
    let errors =
        Fixture::edited(CHECKS, "reveals = [{ printed = \"HTTP/1.1\" }]", "reveals = []").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: nothing reveals the mistake `prints-the-head`
      --> lessons/w04/02-length/checks.toml:59:6
       |
    59 | id = "prints-the-head"
       |      ^^^^^^^^^^^^^^^^^
       |
       = help: write at least one finding, such as { finding = "prints.extra" }
    "#);
}

#[test]
fn sign_that_fits_everything() {
    let errors =
        Fixture::edited(CHECKS, "reveals = [{ printed = \"HTTP/1.1\" }]", "reveals = [{}]").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: an empty sign of the mistake `prints-the-head` fits everything
      --> lessons/w04/02-length/checks.toml:59:6
       |
    59 | id = "prints-the-head"
       |      ^^^^^^^^^^^^^^^^^
       |
       = help: give it a finding, scenarios or printed text
    "#);
}

#[test]
fn scenario_that_requires_nothing() {
    let errors = Fixture::edited(CHECKS, "require = [{ prints = [{ line = \"HTTP/1.1 200 OK\" }, { body = \"upload\" }, { text = \"{hex:00}\" }] }]", "require = []").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: the scenario `any-cut` requires nothing
      --> lessons/w04/02-length/checks.toml:39:6
       |
    39 | id = "any-cut"
       |      ^^^^^^^^^
       |
       = help: write `require = [ … ]` with at least one rule
    "#);
}
