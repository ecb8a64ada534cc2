//! Messages that cannot be built or cut as they say.

use crate::fixture::{CHECKS, Fixture};

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
