//! Proofs that cannot be read.

use crate::fixture::{Fixture, MUTANTS};

#[test]
fn mutant_with_an_unknown_finding() {
    let errors =
        Fixture::edited(MUTANTS, "finding = \"prints.head\"", "finding = \"prints.heads\"").proofs_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown kind of finding `prints.heads`
      --> solutions/w04-l02/mutants.toml:19:11
       |
    19 | finding = "prints.heads"
       |           ^^^^^^^^^^^^^^
       |
       = help: did you mean `prints.head`?
    "#);
}

#[test]
fn starter_with_an_unknown_finding() {
    let errors = Fixture::edited(MUTANTS, "finding = \"prints.nothing\"", "finding = \"print.nothing\"")
        .proofs_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown kind of finding `print.nothing`
     --> solutions/w04-l02/mutants.toml:2:11
      |
    2 | finding = "print.nothing"
      |           ^^^^^^^^^^^^^^^
      |
      = help: did you mean `prints.nothing`?
    "#);
}

#[test]
fn mutant_of_an_unknown_file() {
    let errors = Fixture::edited(MUTANTS, "of = \"main.rs\"", "of = \"main.go\"").proofs_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown file `main.go`
      --> solutions/w04-l02/mutants.toml:17:6
       |
    17 | of = "main.go"
       |      ^^^^^^^^^ expected one of main.rs, main.c, main.py
       |
       = help: did you mean `main.py`?
    "#);
}

#[test]
fn duplicate_mutant() {
    let errors =
        Fixture::edited(MUTANTS, "id = \"prints-the-head\"", "id = \"reads-to-eof\"").proofs_errors();
    insta::assert_snapshot!(errors, @r#"
    error: duplicate mutant `reads-to-eof`
      --> solutions/w04-l02/mutants.toml:15:6
       |
    15 | id = "reads-to-eof"
       |      ^^^^^^^^^^^^^^ also in line 5
    "#);
}

#[test]
fn variant_named_like_a_mutant() {
    let errors = Fixture::edited(MUTANTS, "id = \"slow\"", "id = \"reads-to-eof\"").proofs_errors();
    insta::assert_snapshot!(errors, @r#"
    error: duplicate mutant `reads-to-eof`
      --> solutions/w04-l02/mutants.toml:25:6
       |
    25 | id = "reads-to-eof"
       |      ^^^^^^^^^^^^^^ also in line 5
    "#);
}

#[test]
fn mutant_without_an_edit() {
    let errors = Fixture::edited(MUTANTS, "[[mutant.edit]]\nreplace = \"// TODO\"\nwith = \"loop {}\"\n", "")
        .proofs_errors();
    insta::assert_snapshot!(errors, @r#"
    error: `prints-the-head` does not differ from its solution
      --> solutions/w04-l02/mutants.toml:15:6
       |
    15 | id = "prints-the-head"
       |      ^^^^^^^^^^^^^^^^^
       |
       = help: write at least one edit
    "#);
}

#[test]
fn unknown_key_of_a_mutant() {
    let errors = Fixture::edited(MUTANTS, "replace = \"// TODO\"", "replac = \"// TODO\"").proofs_errors();
    insta::assert_snapshot!(errors, @r#"
    error: unknown key `replac`
      --> solutions/w04-l02/mutants.toml:21:1
       |
    21 | replac = "// TODO"
       | ^^^^^^ expected replace or with
       |
       = help: did you mean `replace`?
    "#);
}

#[test]
fn mutants_without_a_starter() {
    let errors = Fixture::edited(MUTANTS, "[starter]\nfinding = \"prints.nothing\"\n", "").proofs_errors();
    insta::assert_snapshot!(errors, @r#"
    error: missing key `starter`
     --> solutions/w04-l02/mutants.toml:1:1
      |
    1 |
      | ^
    "#);
}
