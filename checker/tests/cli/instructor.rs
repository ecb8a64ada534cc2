//! What somebody is told who grades a class for the first time: whom to look at, and what to do next.

use predicates::prelude::*;
use predicates::str::contains;

use super::support::programs::python;
use super::support::{Fixture, is_private};

const SOLUTION: &str = include_str!("../support/fixture/solution/main.py");
const ROSTER: &str = "login,name\nada,Ada Lovelace\nbob,Bob\n";
const POLICY: &str = "[late]\ndue = 2026-09-12T09:00:00Z\n[learner.ada]\ndue = 2036-09-12T09:00:00Z\n\
                      [learner.adda]\ndue = 2036-09-12T09:00:00Z\n";

/// Somebody whose program is good, and somebody of whose programs nobody can say which one is meant.
fn class() -> Option<Fixture> {
    python()?;
    let fixture = Fixture::new();
    fixture.write("in/ada/main.py", SOLUTION);
    fixture.write("in/bob/one.py", SOLUTION);
    fixture.write("in/bob/two.py", SOLUTION);
    fixture.write("roster.csv", ROSTER);
    fixture.write("policy.toml", POLICY);
    Some(fixture)
}

fn call(fixture: &Fixture, words: &[&str]) -> assert_cmd::assert::Assert {
    let level = if is_private() { "private" } else { "loopback" };
    fixture.workbook(words).env("WORKBOOK_LEVEL", level).assert()
}

#[test]
fn whom_to_look_at_and_what_to_type_next_is_told_in_the_words_of_the_call() {
    let Some(fixture) = class() else { return };
    let grade = ["grade", "in", "--lesson", "l01", "--out", "my grades", "--policy", "policy.toml"];
    let look = "       1  needs a look: cannot be taken in as it is\n          bob\n";
    let next = "Next      workbook gradebook show --gradebook 'my grades/gradebook.sqlite'\n          \
                workbook gradebook clusters --gradebook 'my grades/gradebook.sqlite'\n          \
                workbook gradebook export --format canvas --gradebook 'my grades/gradebook.sqlite'\n";
    let nobody = contains("workbook: the policy gives `adda` more time, and nobody here is called so\n");
    let others = contains("`ada`").not();
    call(&fixture, &grade).code(1).stdout(contains(look).and(contains(next))).stderr(nobody.and(others));
    let show = ["gradebook", "show", "--gradebook", "my grades/gradebook.sqlite"];
    call(&fixture, &show).code(1).stdout(contains("ada"));
}

#[test]
fn a_policy_holds_until_another_is_named() {
    let Some(fixture) = class() else { return };
    let worth = |points: u32| format!("[lesson.w01-l01]\npoints = {{ exact-length = {points} }}\n");
    let grade = ["grade", "in", "--lesson", "l01"];
    let shows = |more: &[&str], points: &str| {
        let show = [&["gradebook", "show", "ada"], more].concat();
        call(&fixture, &show).code(0).stdout(contains(format!("all hold, {points} points")));
    };
    fixture.write("policy.toml", worth(7));
    call(&fixture, &[&grade[..], &["--policy", "policy.toml"]].concat())
        .code(1)
        .stdout(contains("Policy    grades/policy.toml\n"));
    shows(&[], "13/13");
    fixture.write("other.toml", worth(5));
    shows(&["--policy", "other.toml"], "11/11");
    call(&fixture, &["regrade"]).code(1);
    shows(&[], "13/13");
    call(&fixture, &["regrade", "--policy", "other.toml"]).code(1);
    shows(&[], "11/11");
    fixture.write("grades/policy.toml", "points = 3\n");
    let told = contains("grades/policy.toml");
    call(&fixture, &["gradebook", "show"]).code(2).stderr(told.clone());
    call(&fixture, &["merge"]).code(2).stderr(told);
}

#[test]
fn the_parts_of_a_plan_are_told_with_the_folder_that_it_is_in() {
    let Some(fixture) = class() else { return };
    let plan = ["plan", "in", "--lesson", "l01", "--shards", "2", "--out", "parts"];
    let next = "Next: workbook shard --out parts --index I, for each I from 0 to 1; then: workbook merge --out parts\n";
    call(&fixture, &plan).code(0).stderr(contains(next));
}

#[test]
fn a_roster_that_is_left_out_the_second_time_is_missed() {
    let Some(fixture) = class() else { return };
    let grade = ["grade", "in", "--lesson", "l01"];
    let missed =
        "workbook: the run before had a roster, and this one has none: learners go by other names now\n";
    let with_roster = [&grade[..], &["--roster", "roster.csv"]].concat();
    call(&fixture, &with_roster).code(1).stderr(contains(missed).not());
    call(&fixture, &grade).code(1).stderr(contains(missed));
}

#[test]
fn who_grades_without_walls_is_told_so() {
    let Some(fixture) = class() else { return };
    let grade = ["grade", "in", "--lesson", "l01", "--level", "loopback"];
    let told = contains("at the loopback level programs run as you").and(contains("end whatever you run"));
    fixture.workbook(&grade).assert().code(1).stderr(told);
}
