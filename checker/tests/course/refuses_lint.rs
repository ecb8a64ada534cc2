//! Lessons whose text and checks do not agree.

use crate::fixture::{CHECKS, Fixture, LESSON};

#[test]
fn missing_section() {
    let errors = Fixture::edited(LESSON, "## Why it matters\n", "").lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: missing section `## Why it matters`
    --> lessons/w04/02-length/lesson.md
     = help: the order is Goal · What you build · Why it matters · Training session · Done when · Common mistakes · Proof · Hero visual · Future lock
    "#);
}

#[test]
fn missing_part_of_the_training_session() {
    let errors = Fixture::edited(LESSON, "#### Prove\n", "").lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: missing section `#### Prove`
    --> lessons/w04/02-length/lesson.md
     = help: the order is Do · Test · Expected · Prove · Ship
    "#);
}

#[test]
fn sections_in_another_order() {
    let errors =
        Fixture::edited(LESSON, "## Goal\n## What you build\n", "## What you build\n## Goal\n").lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: the section `What you build` stands before `Goal`
      --> lessons/w04/02-length/lesson.md:12:1
       |
    12 | ## What you build
       | ^^^^^^^^^^^^^^^^^
       |
       = help: the order is Goal · What you build · Why it matters · Training session · Done when · Common mistakes · Proof · Hero visual · Future lock
    "#);
}

#[test]
fn unknown_section() {
    let errors = Fixture::edited(LESSON, "## Proof", "## Proof\n## Proofs").lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown section `Proofs`
      --> lessons/w04/02-length/lesson.md:36:1
       |
    36 | ## Proofs
       | ^^^^^^^^^ expected one of Goal, What you build, Why it matters, Training session, Done when, Common mistakes, Proof, Hero visual, Future lock
       |
       = help: did you mean `Proof`?
    "#);
}

#[test]
fn bullet_without_a_criterion() {
    let errors = Fixture::edited(
        LESSON,
        "- It never waits for the server to close.",
        "- It never waits for the server to close.\n- It is fast,\n  too.",
    )
    .lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: this bullet is no criterion
      --> lessons/w04/02-length/lesson.md:27:1
       |
    27 | - It is fast,
       | ^^^^^^^^^^^^^
       |
       = help: write a [[criterion]] with this text, word for word
    "#);
}

#[test]
fn criterion_without_a_bullet() {
    let errors = Fixture::edited(LESSON, "- It never waits for the server to close.\n", "").lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: the criterion `never-waits` is no bullet
      --> lessons/w04/02-length/checks.toml:19:8
       |
    19 | text = "It never waits for the server to close."
       |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: write it under "Done when" in lesson.md, word for word
    "#);
}

#[test]
fn bullets_in_another_order() {
    let errors = Fixture::edited(
        LESSON,
        "- Exactly `Content-Length` bytes are printed.\n- It never waits for the server to close.",
        "- It never waits for the server to close.\n- Exactly `Content-Length` bytes are printed.",
    )
    .lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: bullets and criteria are in another order
      --> lessons/w04/02-length/lesson.md:25:1
       |
    25 | - It never waits for the server to close.
       | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: put the bullets in the order of the criteria, each once
    "#);
}

#[test]
fn bullet_given_twice() {
    let errors = Fixture::edited(
        LESSON,
        "- It never waits for the server to close.",
        "- It never waits for the server to close.\n- It never waits for the server to close.",
    )
    .lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: bullets and criteria differ in number
    --> lessons/w04/02-length/lesson.md
     = help: write each bullet and each criterion once
    "#);
}

#[test]
fn criterion_without_a_scenario() {
    let errors =
        Fixture::edited(CHECKS, "criterion = \"never-waits\"", "criterion = \"exact-length\"").lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: no scenario decides on the criterion `never-waits`
      --> lessons/w04/02-length/checks.toml:17:6
       |
    17 | id = "never-waits"
       |      ^^^^^^^^^^^^^
       |
       = help: name it in a scenario that is not only advice
    "#);
}

#[test]
fn scenario_without_a_source() {
    let errors = Fixture::edited(CHECKS, "source = \"RFC 9112 section 2.1\"\n", "").lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: the scenario `any-cut` has no source
      --> lessons/w04/02-length/checks.toml:39:6
       |
    39 | id = "any-cut"
       |      ^^^^^^^^^
       |
       = help: say where the requirement stands: source = "RFC 9112 section 6.3"
    "#);
}

#[test]
fn mistake_that_is_not_in_the_table() {
    let errors = Fixture::edited(LESSON, "| Prints the head | Print the body only |\n", "").lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: the mistake `prints-the-head` is not in the table
      --> lessons/w04/02-length/checks.toml:60:7
       |
    60 | row = "Prints the head"
       |       ^^^^^^^^^^^^^^^^^
       |
       = help: write it under "Common mistakes" in lesson.md, word for word
    "#);
}

#[test]
fn table_row_without_a_mistake() {
    let errors = Fixture::edited(
        LESSON,
        "| Prints the head | Print the body only |",
        "| Prints the head | Print the body only |\n| Guesses | Do not |",
    )
    .lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: this row is no mistake
      --> lessons/w04/02-length/lesson.md:34:3
       |
    34 | | Guesses | Do not |
       |   ^^^^^^^
       |
       = help: write a [[mistake]] with this `row`, word for word
    "#);
}

#[test]
fn table_row_without_a_fix() {
    let errors = Fixture::edited(LESSON, "Print the body only", "").lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: this row has no fix
      --> lessons/w04/02-length/lesson.md:33:3
       |
    33 | | Prints the head |  |
       |   ^^^^^^^^^^^^^^^
       |
       = help: write two cells: what people do, and what to do instead
    "#);
}

#[test]
fn body_that_is_never_used() {
    let errors = Fixture::edited(
        CHECKS,
        "[[body]]\nid = \"upload\"",
        "[[body]]\nid = \"left-over\"\ncontent = { page = \"P\" }\n\n[[body]]\nid = \"upload\"",
    )
    .lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: the body `left-over` is never used
     --> lessons/w04/02-length/checks.toml:8:6
      |
    8 | id = "left-over"
      |      ^^^^^^^^^^^
    "#);
}

#[test]
fn no_hint() {
    let errors = Fixture::edited(CHECKS, "[[hint]]\ntext = \"Count.\"\n\n[[hint]]\ntext = \"Count the bytes behind the empty line.\"\nmistake = \"reads-to-eof\"\n", "").lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: there is no hint
    --> lessons/w04/02-length/checks.toml
     = help: write [[hint]], gentle first
    "#);
}

#[test]
fn link_to_a_file_that_is_not_there() {
    let errors =
        Fixture::edited(LESSON, "(../02-length/lesson.md#done-when)", "(../03-keep-alive/lesson.md)")
            .lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: there is no file lessons/w04/03-keep-alive/lesson.md
      --> lessons/w04/02-length/lesson.md:10:26
       |
    10 | Later: [the same lesson](../03-keep-alive/lesson.md).
       |                          ^^^^^^^^^^^^^^^^^^^^^^^^^^
    "#);
}

#[test]
fn link_to_a_heading_that_is_not_there() {
    let errors = Fixture::edited(LESSON, "lesson.md#done-when", "lesson.md#done-wen").lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: there is no heading `#done-wen` in lessons/w04/02-length/lesson.md
      --> lessons/w04/02-length/lesson.md:10:26
       |
    10 | Later: [the same lesson](../02-length/lesson.md#done-wen).
       |                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: did you mean `done-when`?
    "#);
}

#[test]
fn link_out_of_the_lessons() {
    let errors =
        Fixture::edited(LESSON, "(../02-length/lesson.md#done-when)", "(../../../README.md)").lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: this link leads out of the lessons
      --> lessons/w04/02-length/lesson.md:10:26
       |
    10 | Later: [the same lesson](../../../README.md).
       |                          ^^^^^^^^^^^^^^^^^^
       |
       = help: link to a file below lessons/
    "#);
}

#[test]
fn name_that_the_program_is_never_told() {
    let name = "[[scenario.name]]\nhost = \"Two.example\"\nanswer = \"nxdomain\"\n[[scenario.connection]]";
    let with = |keys: &str| {
        Fixture::edited(CHECKS, "stdin = \"upload\"\n[[scenario.connection]]", &format!("{keys}\n{name}"))
            .edit(CHECKS, "content = { text = \"fixed\" }", "content = { text = \"GET two.example\" }")
            .edit(CHECKS, "\"Content-Length: 5\"", "\"Content-Length: {len}\"")
            .lint_errors()
    };
    assert_eq!(with("stdin = \"upload\""), "");
    assert_eq!(with("arguments = [\"{port}\", \"two.example\"]"), "");
    insta::assert_snapshot!(with(""), @r#"
    error: the program is never told the name `Two.example`
      --> lessons/w04/02-length/checks.toml:45:8
       |
    45 | host = "Two.example"
       |        ^^^^^^^^^^^^^
       |
       = help: name it in the scenario's `arguments`, or in the body of its `stdin`
    "#);
}
