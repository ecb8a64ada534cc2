//! Front matter that does not say what it should.

use crate::fixture::{Fixture, LESSON};

#[test]
fn missing_front_matter() {
    let errors = Fixture::edited(LESSON, "---\nid: w04-l02", "id: w04-l02").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: missing front matter
     --> lessons/w04/02-length/lesson.md:1:1
      |
    1 | id: w04-l02
      | ^^^^^^^^^^^
      |
      = help: begin the file with `---`, the keys id, title, order, type, duration_min, and `---`
    "#);
}

#[test]
fn front_matter_without_an_end() {
    let errors = Fixture::edited(LESSON, "duration_min: 90\n---", "duration_min: 90").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: the front matter has no end
     --> lessons/w04/02-length/lesson.md:1:1
      |
    1 | ---
      | ^^^
      |
      = help: end it with a line `---`
    "#);
}

#[test]
fn missing_key() {
    let errors = Fixture::edited(LESSON, "order: 2\n", "").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: missing key `order`
     --> lessons/w04/02-length/lesson.md:1:1
      |
    1 | ---
      | ^^^ in this front matter
    "#);
}

#[test]
fn unknown_key() {
    let errors = Fixture::edited(LESSON, "order: 2", "oder: 2").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown key `oder`
     --> lessons/w04/02-length/lesson.md:4:1
      |
    4 | oder: 2
      | ^^^^ expected one of id, title, order, type, duration_min
      |
      = help: did you mean `order`?
    "#);
}

#[test]
fn duplicate_key() {
    let errors = Fixture::edited(LESSON, "order: 2", "order: 2\norder: 2").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: duplicate key `order`
     --> lessons/w04/02-length/lesson.md:5:1
      |
    5 | order: 2
      | ^^^^^
    "#);
}

#[test]
fn key_without_a_value() {
    let errors = Fixture::edited(LESSON, "title: Headers and Content-Length", "title:").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: the key `title` has no value
     --> lessons/w04/02-length/lesson.md:3:1
      |
    3 | title:
      | ^^^^^
    "#);
}

#[test]
fn line_without_a_key() {
    let errors = Fixture::edited(LESSON, "order: 2", "order: 2\njust text").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: not a `key: value` line
     --> lessons/w04/02-length/lesson.md:5:1
      |
    5 | just text
      | ^^^^^^^^^
    "#);
}

#[test]
fn wrong_type() {
    let errors = Fixture::edited(LESSON, "order: 2", "order: two").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: `order` is not a number: `two`
     --> lessons/w04/02-length/lesson.md:4:8
      |
    4 | order: two
      |        ^^^ expected 1 or more
    "#);
}

#[test]
fn number_below_one() {
    let errors = Fixture::edited(LESSON, "duration_min: 90", "duration_min: 0").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: `duration_min` is not a number: `0`
     --> lessons/w04/02-length/lesson.md:6:15
      |
    6 | duration_min: 0
      |               ^ expected 1 or more
    "#);
}

#[test]
fn unknown_type() {
    let errors = Fixture::edited(LESSON, "type: client", "type: sever").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown type `sever`
     --> lessons/w04/02-length/lesson.md:5:7
      |
    5 | type: sever
      |       ^^^^^ expected client
    "#);
}

#[test]
fn id_of_another_part() {
    let errors = Fixture::edited(LESSON, "id: w04-l02", "id: w05-l02").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: the id `w05-l02` is of another part
     --> lessons/w04/02-length/lesson.md:2:5
      |
    2 | id: w05-l02
      |     ^^^^^^^ expected w04-…, as the folder says
    "#);
}

#[test]
fn order_of_another_folder() {
    let errors = Fixture::edited(LESSON, "order: 2", "order: 3").load_errors();
    insta::assert_snapshot!(errors, @r#"
    error: order 3 is not that of the folder `02-length`
     --> lessons/w04/02-length/lesson.md:4:8
      |
    4 | order: 3
      |        ^
    "#);
}
