//! Lessons that cannot be proved.

use crate::fixture::{Fixture, MUTANTS};

#[test]
fn mistake_without_a_mutant() {
    let errors =
        Fixture::edited(MUTANTS, "mistake = \"prints-the-head\"", "mistake = \"reads-to-eof\"").lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: no mutant makes the mistake `prints-the-head`
      --> lessons/w04/02-length/checks.toml:59:6
       |
    59 | id = "prints-the-head"
       |      ^^^^^^^^^^^^^^^^^
       |
       = help: write a [[mutant]] in solutions/w04-l02/mutants.toml
    "#);
}

#[test]
fn mutant_of_an_unknown_mistake() {
    let errors = Fixture::edited(MUTANTS, "mistake = \"prints-the-head\"", "mistake = \"prints-a-head\"")
        .lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: no mutant makes the mistake `prints-the-head`
      --> lessons/w04/02-length/checks.toml:59:6
       |
    59 | id = "prints-the-head"
       |      ^^^^^^^^^^^^^^^^^
       |
       = help: write a [[mutant]] in solutions/w04-l02/mutants.toml

    error: unknown mistake `prints-a-head`
      --> solutions/w04-l02/mutants.toml:18:11
       |
    18 | mistake = "prints-a-head"
       |           ^^^^^^^^^^^^^^^ expected reads-to-eof or prints-the-head
       |
       = help: did you mean `prints-the-head`?
    "#);
}

#[test]
fn edit_whose_text_is_not_there() {
    let errors = Fixture::edited(MUTANTS, "replace = \"// TODO\"", "replace = \"// DONE\"").lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: `prints-the-head`: the text to replace is not in the solution
      --> solutions/w04-l02/mutants.toml:21:11
       |
    21 | replace = "// DONE"
       |           ^^^^^^^^^
       |
       = help: the text of an edit occurs exactly once
    "#);
}

#[test]
fn edit_whose_text_is_there_twice() {
    let errors = Fixture::edited(MUTANTS, "replace = \"return 0\"", "replace = \"n\"").lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: `reads-to-eof`: the text to replace is in the solution 3 times
      --> solutions/w04-l02/mutants.toml:11:11
       |
    11 | replace = "n"
       |           ^^^
       |
       = help: the text of an edit occurs exactly once
    "#);
}

#[test]
fn edit_that_changes_nothing() {
    let errors =
        Fixture::edited(MUTANTS, "with = \"import socket, time\"", "with = \"import socket\"").lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: `slow` does not differ from its solution
      --> solutions/w04-l02/mutants.toml:25:6
       |
    25 | id = "slow"
       |      ^^^^^^
    "#);
}

#[test]
fn too_few_mutants() {
    let errors = Fixture::edited(MUTANTS, "\n[[mutant]]\nid = \"mutant-12\"\ntitle = \"T.\"\nof = \"main.py\"\nmistake = \"reads-to-eof\"\nfinding = \"prints\"\n[[mutant.edit]]\nreplace = \"import socket\"\nwith = \"import mutant12\"\n", "").lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: 11 mutants are too few
    --> solutions/w04-l02/mutants.toml
     = help: write at least 12
    "#);
}

#[test]
fn missing_starter() {
    let errors = Fixture::new().remove("exercises/w04-l02/main.c").lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: there is no starter in C
    --> exercises/w04-l02/main.c
    "#);
}

#[test]
fn missing_solution() {
    let errors = Fixture::new().remove("solutions/w04-l02/main.py").lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: there is no solution in Python
    --> solutions/w04-l02/main.py
    "#);
}

#[test]
fn missing_mutants() {
    let errors = Fixture::new().remove(MUTANTS).lint_errors();
    insta::assert_snapshot!(errors, @r#"
    error: there is no such file
    --> solutions/w04-l02/mutants.toml
    "#);
}
