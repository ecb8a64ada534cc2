//! Placeholders that mean nothing where they stand.

use crate::fixture::{CHECKS, Fixture};

#[test]
fn unknown_placeholder_in_a_body() {
    let errors = Fixture::edited(CHECKS, "hello {word}", "hello {wrod}").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown placeholder `{wrod}`
     --> lessons/w04/02-length/checks.toml:5:27
      |
    5 | content = { text = "hello {wrod}\n" }
      |                           ^^^^^^ expected one of word, number, hex:…
      |
      = help: did you mean `word`?
    "#);
}

#[test]
fn unknown_placeholder_in_a_head() {
    let errors = Fixture::edited(CHECKS, "Content-Length: {len}", "Content-Length: {length}").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown placeholder `{length}`
      --> lessons/w04/02-length/checks.toml:29:58
       |
    29 |   { send = { head = ["HTTP/1.1 200 OK", "Content-Length: {length}"], body = "page", segments = ["head-2", 5, "head"] } },
       |                                                          ^^^^^^^^ expected one of len, word, number, hex:…
    "#);
}

#[test]
fn unknown_placeholder_in_raw() {
    let errors = Fixture::edited(CHECKS, "{ head = [\"HTTP/1.1 200 OK\", \"Content-Length: {len}\"], body = \"page\", segments = [\"head-2\", 5, \"head\"] }", "{ raw = \"{len}\" }").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown placeholder `{len}`
      --> lessons/w04/02-length/checks.toml:29:21
       |
    29 |   { send = { raw = "{len}" } },
       |                     ^^^^^ expected one of word, number, hex:…
    "#);
}

#[test]
fn unknown_placeholder_in_an_argument() {
    let errors = Fixture::edited(
        CHECKS,
        "arguments = [\"{host}\", \"{port}\"]",
        "arguments = [\"{hots}\", \"{port}\"]",
    )
    .load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown placeholder `{hots}`
     --> lessons/w04/02-length/checks.toml:1:15
      |
    1 | arguments = ["{hots}", "{port}"]
      |               ^^^^^^ expected host or port
      |
      = help: did you mean `host`?
    "#);
}

#[test]
fn generated_word_in_expected_output() {
    let errors = Fixture::edited(CHECKS, "{hex:00}", "{word}").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown placeholder `{word}`
      --> lessons/w04/02-length/checks.toml:51:85
       |
    51 | require = [{ prints = [{ line = "HTTP/1.1 200 OK" }, { body = "upload" }, { text = "{word}" }] }]
       |                                                                                     ^^^^^^ expected hex:…
       |
       = help: no program can know it: put the text in a [[body]] and print that
    "#);
}

#[test]
fn hex_without_pairs() {
    let errors = Fixture::edited(CHECKS, "{hex:00}", "{hex:0}").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: `0` is not pairs of hexadecimal digits
      --> lessons/w04/02-length/checks.toml:51:85
       |
    51 | require = [{ prints = [{ line = "HTTP/1.1 200 OK" }, { body = "upload" }, { text = "{hex:0}" }] }]
       |                                                                                     ^^^^^^^ expected such as {hex:0dff}
    "#);
}

#[test]
fn lone_brace() {
    let errors = Fixture::edited(CHECKS, "hello {word}", "hello {word").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: lone `{`
     --> lessons/w04/02-length/checks.toml:5:27
      |
    5 | content = { text = "hello {word\n" }
      |                           ^^^^^
      |
      = help: write `{{` for the brace itself
    "#);
}

#[test]
fn lone_closing_brace() {
    let errors = Fixture::edited(CHECKS, "hello {word}", "hello} {word}").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: lone `}`
     --> lessons/w04/02-length/checks.toml:5:26
      |
    5 | content = { text = "hello} {word}\n" }
      |                          ^
      |
      = help: write `}}` for the brace itself
    "#);
}
