//! What the instructor's guide and the files for continuous integration tell people to type.

use std::path::Path;

use clap::Parser;

use super::Arguments;
use crate::course::Course;
use crate::grade::policy::Policy;

const TEXTS: [(&str, &str); 4] = [
    ("README.md", include_str!("../../../README.md")),
    ("grading.md", include_str!("../../docs/grading.md")),
    ("ci/github.yml", include_str!("../../docs/ci/github.yml")),
    ("ci/gitlab.yml", include_str!("../../docs/ci/gitlab.yml")),
];

/// Every command in a text: on a line of its own where there is code, and between back-ticks in tables.
fn commands(text: &str) -> Vec<&str> {
    let has_prose = text.contains("```");
    let parts = text.split("```").enumerate();
    parts
        .flat_map(|(number, part)| {
            let is_code = !has_prose || number % 2 == 1;
            part.lines().filter_map(move |line| if is_code { of_code(line) } else { of_table(line) })
        })
        .collect()
}

/// Behind the words of a list in YAML, too.
fn of_code(line: &str) -> Option<&str> {
    let line = line.trim_start().trim_start_matches("- ").trim_start_matches("run: ");
    line.starts_with("workbook ").then_some(line)
}

fn of_table(line: &str) -> Option<&str> {
    line.starts_with('|')
        .then_some(line)?
        .split('`')
        .skip(1)
        .step_by(2)
        .find(|code| code.starts_with("workbook "))
}

#[test]
fn every_command_in_the_guide_can_be_typed() {
    for (name, text) in TEXTS {
        let commands = commands(text);
        assert!(commands.len() >= 2, "{name}: {commands:?}");
        for command in commands {
            let command = command.split(" || ").next().unwrap_or_default();
            let words = shlex::split(command).unwrap_or_else(|| panic!("{name}: {command}"));
            if command.contains('…') {
                continue;
            }
            if let Err(error) = Arguments::try_parse_from(words) {
                panic!("{name}: {command}\n{error}");
            }
        }
    }
}

#[test]
fn the_policy_in_the_guide_is_good_and_has_every_key() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let course = Course::load(&root).expect("the course is good");
    let guide = TEXTS.iter().find(|(name, _)| *name == "grading.md").expect("it is there").1;
    let policy = guide.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a policy");
    let read = |text: &str| Policy::parse(text, Path::new("policy.toml"), &course);
    read(policy).expect("a good policy");
    for table in ["", "[late]", "[lesson.w04-l03]", "[learner.alice]"] {
        let refusal = read(&format!("{table}\nzzz = 1\n")).expect_err("there is no such key").to_string();
        let keys = refusal.split("expected one of ").nth(1).or_else(|| refusal.split("expected ").nth(1));
        let line = keys.and_then(|keys| keys.lines().next()).expect("known keys are told");
        for key in line.split([',', ' ']).map(|key| key.trim_matches('`')) {
            assert!(key.is_empty() || key == "or" || policy.contains(key), "{table} {key}: {line}");
        }
    }
}

#[test]
fn commands_are_found_in_all_their_places() {
    let text = "The\nworkbook is `workbook read`.\n| x | `workbook lint` | y |\n```sh\nworkbook list\n# workbook prove\n```\n";
    assert_eq!(commands(text), ["workbook lint", "workbook list"]);
    let text = "# workbook prove\n  - run: workbook doctor\n    - workbook check a\n";
    assert_eq!(commands(text), ["workbook doctor", "workbook check a"]);
}
