//! Scripts that cannot be played, and rules that cannot hold.

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
fn send_with_neither_head_nor_raw() {
    let errors = Fixture::edited(CHECKS, "{ head = [\"HTTP/1.1 200 OK\", \"Content-Length: 5\"], body = \"upload\", extra = \"MORE\", segments = \"every-split\" }", "{ extra = \"MORE\" }").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: this sends nothing
      --> lessons/w04/02-length/checks.toml:48:5
       |
    48 |   { send = { extra = "MORE" } },
       |     ^^^^
       |
       = help: give it a `head`, a `body`, or `raw` text
    "#);
}

#[test]
fn send_with_both_head_and_raw() {
    let errors = Fixture::edited(CHECKS, "{ head = [\"HTTP/1.1 200 OK\", \"Content-Length: 5\"], body = \"upload\", extra = \"MORE\", segments = \"every-split\" }", "{ head = [\"HTTP/1.1 200 OK\"], raw = \"MORE\" }").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: `head` beside `raw`
      --> lessons/w04/02-length/checks.toml:48:14
       |
    48 |   { send = { head = ["HTTP/1.1 200 OK"], raw = "MORE" } },
       |              ^^^^
       |
       = help: send either `raw` alone, or `head` and `body`
    "#);
}

#[test]
fn send_with_raw_and_body() {
    let errors = Fixture::edited(CHECKS, "{ head = [\"HTTP/1.1 200 OK\", \"Content-Length: 5\"], body = \"upload\", extra = \"MORE\", segments = \"every-split\" }", "{ raw = \"MORE\", body = \"upload\" }").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: `body` beside `raw`
      --> lessons/w04/02-length/checks.toml:48:28
       |
    48 |   { send = { raw = "MORE", body = "upload" } },
       |                            ^^^^
       |
       = help: send either `raw` alone, or `head` and `body`
    "#);
}

#[test]
fn body_bytes_beyond_the_body() {
    let errors = Fixture::edited(CHECKS, "extra = \"MORE\"", "body-bytes = 6").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: the body `upload` may have only 5 bytes
      --> lessons/w04/02-length/checks.toml:48:80
       |
    48 |   { send = { head = ["HTTP/1.1 200 OK", "Content-Length: 5"], body = "upload", body-bytes = 6, segments = "every-split" } },
       |                                                                                ^^^^^^^^^^
       |
       = help: send no more than the body has with every seed
    "#);
}

#[test]
fn body_bytes_without_a_body() {
    let errors = Fixture::edited(CHECKS, "{ head = [\"HTTP/1.1 200 OK\", \"Content-Length: 5\"], body = \"upload\", extra = \"MORE\", segments = \"every-split\" }", "{ head = [\"HTTP/1.1 200 OK\"], body-bytes = 6 }").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: `body-bytes` without a body
      --> lessons/w04/02-length/checks.toml:48:42
       |
    48 |   { send = { head = ["HTTP/1.1 200 OK"], body-bytes = 6 } },
       |                                          ^^^^^^^^^^
       |
       = help: name the body that is cut short
    "#);
}

#[test]
fn cut_behind_the_message() {
    let errors =
        Fixture::edited(CHECKS, "segments = [\"head-2\", 5, \"head\"]", "segments = [5, 500]").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: a cut outside the message
      --> lessons/w04/02-length/checks.toml:29:97
       |
    29 |   { send = { head = ["HTTP/1.1 200 OK", "Content-Length: {len}"], body = "page", segments = [5, 500] } },
       |                                                                                                 ^^^ it has at least 52 bytes, 39 of them head
    "#);
}

#[test]
fn cut_at_the_start() {
    let errors =
        Fixture::edited(CHECKS, "segments = [\"head-2\", 5, \"head\"]", "segments = [0]").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: a cut outside the message
      --> lessons/w04/02-length/checks.toml:29:94
       |
    29 |   { send = { head = ["HTTP/1.1 200 OK", "Content-Length: {len}"], body = "page", segments = [0] } },
       |                                                                                              ^ it has at least 52 bytes, 39 of them head
    "#);
}

#[test]
fn cut_before_the_head() {
    let errors = Fixture::edited(CHECKS, "segments = [\"head-2\", 5, \"head\"]", "segments = [\"head-99\"]")
        .load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: a cut outside the message
      --> lessons/w04/02-length/checks.toml:29:94
       |
    29 |   { send = { head = ["HTTP/1.1 200 OK", "Content-Length: {len}"], body = "page", segments = ["head-99"] } },
       |                                                                                              ^^^^^^^^^ it has at least 52 bytes, 39 of them head
    "#);
}

#[test]
fn cut_behind_the_body() {
    let errors = Fixture::edited(CHECKS, "segments = [\"head-2\", 5, \"head\"]", "segments = [\"head+99\"]")
        .load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: a cut outside the message
      --> lessons/w04/02-length/checks.toml:29:94
       |
    29 |   { send = { head = ["HTTP/1.1 200 OK", "Content-Length: {len}"], body = "page", segments = ["head+99"] } },
       |                                                                                              ^^^^^^^^^ it has at least 52 bytes, 39 of them head
    "#);
}

#[test]
fn cut_at_a_head_that_is_not_there() {
    let errors = Fixture::edited(CHECKS, "{ head = [\"HTTP/1.1 200 OK\", \"Content-Length: {len}\"], body = \"page\", segments = [\"head-2\", 5, \"head\"] }", "{ raw = \"some text\", segments = [\"head\"] }").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: a cut outside the message
      --> lessons/w04/02-length/checks.toml:29:45
       |
    29 |   { send = { raw = "some text", segments = ["head"] } },
       |                                             ^^^^^^ it has at least 9 bytes, 0 of them head
    "#);
}

#[test]
fn head_then_no_body() {
    let errors = Fixture::edited(CHECKS, "{ head = [\"HTTP/1.1 200 OK\", \"Content-Length: {len}\"], body = \"page\", segments = [\"head-2\", 5, \"head\"] }", "{ head = [\"HTTP/1.1 204 No Content\"], segments = \"head-then-body\" }").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: there is nothing to cut between
      --> lessons/w04/02-length/checks.toml:29:50
       |
    29 |   { send = { head = ["HTTP/1.1 204 No Content"], segments = "head-then-body" } },
       |                                                  ^^^^^^^^
       |
       = help: give the message a head and a body
    "#);
}

#[test]
fn empty_raw() {
    let errors = Fixture::edited(CHECKS, "{ head = [\"HTTP/1.1 200 OK\", \"Content-Length: {len}\"], body = \"page\", segments = [\"head-2\", 5, \"head\"] }", "{ raw = \"\" }").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: this sends nothing
      --> lessons/w04/02-length/checks.toml:29:5
       |
    29 |   { send = { raw = "" } },
       |     ^^^^
       |
       = help: give it a `head`, a `body`, or `raw` text
    "#);
}

#[test]
fn sweep_of_one_byte() {
    let errors = Fixture::edited(CHECKS, "{ head = [\"HTTP/1.1 200 OK\", \"Content-Length: 5\"], body = \"upload\", extra = \"MORE\", segments = \"every-split\" }", "{ raw = \"a\", segments = \"every-split\" }").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: a message this short cannot be cut
      --> lessons/w04/02-length/checks.toml:48:25
       |
    48 |   { send = { raw = "a", segments = "every-split" } },
       |                         ^^^^^^^^
       |
       = help: send at least two bytes
    "#);
}

#[test]
fn sweep_of_a_large_body() {
    let errors = Fixture::edited(CHECKS, "content = { text = \"fixed\" }", "content = { random = 5000 }")
        .load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: Content-Length disagrees with the body
      --> lessons/w04/02-length/checks.toml:48:41
       |
    48 |   { send = { head = ["HTTP/1.1 200 OK", "Content-Length: 5"], body = "upload", extra = "MORE", segments = "every-split" } },
       |                                         ^^^^^^^^^^^^^^^^^^^ the body has 5000 bytes
       |
       = help: write `{len}`, or `lies = true` where it is meant

    error: 5042 bytes are too many to cut everywhere
      --> lessons/w04/02-length/checks.toml:48:96
       |
    48 |   { send = { head = ["HTTP/1.1 200 OK", "Content-Length: 5"], body = "upload", extra = "MORE", segments = "every-split" } },
       |                                                                                                ^^^^^^^^
       |
       = help: at most 4096 bytes, or name the cuts
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

#[test]
fn content_length_of_a_fixed_body() {
    let errors = Fixture::edited(CHECKS, "Content-Length: 5", "Content-Length: 6").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: Content-Length disagrees with the body
      --> lessons/w04/02-length/checks.toml:48:41
       |
    48 |   { send = { head = ["HTTP/1.1 200 OK", "Content-Length: 6"], body = "upload", extra = "MORE", segments = "every-split" } },
       |                                         ^^^^^^^^^^^^^^^^^^^ the body has 5 bytes
       |
       = help: write `{len}`, or `lies = true` where it is meant
    "#);
}

#[test]
fn content_length_of_a_generated_body() {
    let errors = Fixture::edited(CHECKS, "Content-Length: {len}", "content-length: 12").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: Content-Length disagrees with the body
      --> lessons/w04/02-length/checks.toml:29:41
       |
    29 |   { send = { head = ["HTTP/1.1 200 OK", "content-length: 12"], body = "page", segments = ["head-2", 5, "head"] } },
       |                                         ^^^^^^^^^^^^^^^^^^^^ the body has 13 to 17 bytes, as the seed wants
       |
       = help: write `{len}`, or `lies = true` where it is meant
    "#);
}

#[test]
fn content_length_without_a_body() {
    let errors = Fixture::edited(CHECKS, "{ head = [\"HTTP/1.1 200 OK\", \"Content-Length: {len}\"], body = \"page\", segments = [\"head-2\", 5, \"head\"] }", "{ head = [\"HTTP/1.1 204 No Content\", \"Content-Length: 6\"] }").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: Content-Length disagrees with the body
      --> lessons/w04/02-length/checks.toml:29:49
       |
    29 |   { send = { head = ["HTTP/1.1 204 No Content", "Content-Length: 6"] } },
       |                                                 ^^^^^^^^^^^^^^^^^^^ the body has 0 bytes
       |
       = help: write `{len}`, or `lies = true` where it is meant
    "#);
}

#[test]
fn lie_that_is_true() {
    let errors = Fixture::edited(CHECKS, "extra = \"MORE\"", "lies = true").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: no Content-Length lies here
      --> lessons/w04/02-length/checks.toml:48:80
       |
    48 |   { send = { head = ["HTTP/1.1 200 OK", "Content-Length: 5"], body = "upload", lies = true, segments = "every-split" } },
       |                                                                                ^^^^
       |
       = help: leave `lies` out, or announce another length
    "#);
}

#[test]
fn lie_without_content_length() {
    let errors = Fixture::edited(CHECKS, "{ head = [\"HTTP/1.1 200 OK\", \"Content-Length: {len}\"], body = \"page\", segments = [\"head-2\", 5, \"head\"] }", "{ raw = \"x\", lies = true }").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: no Content-Length lies here
      --> lessons/w04/02-length/checks.toml:29:25
       |
    29 |   { send = { raw = "x", lies = true } },
       |                         ^^^^
       |
       = help: leave `lies` out, or announce another length
    "#);
}

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
