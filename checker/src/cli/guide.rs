//! What the instructor's guide and the files for continuous integration tell people to type.

use clap::Parser;

use super::Arguments;

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
fn commands_are_found_in_all_their_places() {
    let text = "The\nworkbook is `workbook read`.\n| x | `workbook lint` | y |\n```sh\nworkbook list\n# workbook prove\n```\n";
    assert_eq!(commands(text), ["workbook lint", "workbook list"]);
    let text = "# workbook prove\n  - run: workbook doctor\n    - workbook check a\n";
    assert_eq!(commands(text), ["workbook doctor", "workbook check a"]);
}
