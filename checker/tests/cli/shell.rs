//! `workbook` alone: the prompt.

use std::fs;

use predicates::prelude::*;
use predicates::str::contains;

use super::support::Fixture;
use super::support::tmux::{SIZE, Terminal};

const PROMPT: &str = "w01-l01 ❯";

fn prompt(fixture: &Fixture, size: (usize, usize), environment: &str) -> Option<Terminal> {
    let command = format!("{environment} {}; echo ended with $?", env!("CARGO_BIN_EXE_workbook"));
    Terminal::open(size, fixture.root(), &command)
}

fn is_at_prompt(screen: &str) -> bool {
    screen.trim_end().ends_with(['❯', '>'])
}

#[test]
fn without_a_terminal_there_is_help() {
    let help = contains("Usage: workbook").and(contains("check")).and(contains("init"));
    Fixture::new().workbook(&[]).assert().code(2).stdout("").stderr(help);
}

#[test]
fn commands_are_completed_and_given() {
    let fixture = Fixture::new();
    let Some(terminal) = prompt(&fixture, SIZE, "") else { return };
    let greeting = terminal.wait_for(PROMPT);
    assert!(greeting.contains("0 of 1 lesson done") && greeting.contains("next: w01-l01"), "{greeting}");
    terminal.type_text("prog");
    terminal.press(&["Tab", "Enter"]);
    terminal.wait_for("0 of 1 lesson done.");
    terminal.type_text("progress w01");
    terminal.press(&["Tab", "Enter"]);
    terminal.wait_for("not checked yet: workbook check w01-l01");
    terminal.type_text("check --sc");
    terminal.press(&["Tab"]);
    terminal.wait_for("check --scenario");
    terminal.press(&["C-c"]);
    terminal.enter("lang c");
    terminal.wait_for("C: exercises are main.c");
    terminal.enter("nonsense");
    terminal.wait_for("unrecognized subcommand 'nonsense'");
    terminal.enter("check 'w01");
    terminal.wait_for("a quotation mark is missing its other half");
    terminal.press(&["C-d"]);
    terminal.wait_for("ended with 0");
}

#[test]
fn ctrl_c_ends_a_command_and_never_the_prompt() {
    let fixture = Fixture::new();
    let Some(terminal) = prompt(&fixture, SIZE, "EDITOR='sh -c \"echo editing; exec sleep 1000\"'") else {
        return;
    };
    terminal.wait_for(PROMPT);
    terminal.enter("open --lang c");
    terminal.wait_for("editing");
    terminal.press(&["C-c"]);
    terminal.wait_until("the prompt", is_at_prompt);
    terminal.type_text("half a line");
    terminal.press(&["C-c"]);
    terminal.enter("quit");
    // The shell around it, which Ctrl-C has met too, may end without its last words.
    terminal.wait_until("the end", |_| terminal.is_over());
}

#[test]
fn the_history_survives_and_a_broken_one_is_begun_anew() {
    let fixture = Fixture::new();
    let Some(terminal) = prompt(&fixture, SIZE, "") else { return };
    terminal.wait_for(PROMPT);
    terminal.enter("lang");
    terminal.wait_for("any:");
    terminal.enter("quit");
    terminal.wait_for("ended with 0");
    let history = fixture.path(".workbook/history");
    assert!(fs::read_to_string(&history).unwrap().contains("lang\n"));
    let Some(terminal) = prompt(&fixture, SIZE, "") else { return };
    terminal.wait_for(PROMPT);
    terminal.press(&["Up", "Up"]);
    terminal.wait_for("❯ lang");
    drop(terminal);
    fs::write(&history, b"#V2\n\xff\xfe\n").unwrap();
    let Some(terminal) = prompt(&fixture, SIZE, "") else { return };
    let screen = terminal.wait_for(PROMPT);
    assert!(screen.contains("the history of commands could not be read"), "{screen}");
    assert!(fixture.path(".workbook/history.broken").exists());
}

#[test]
fn it_can_be_used_in_narrow_terminals_without_colour_and_utf_8() {
    let fixture = Fixture::new();
    let Some(terminal) = prompt(&fixture, (20, 10), "LC_ALL=C NO_COLOR=1 HOME=") else { return };
    terminal.wait_for("w01-l01 >");
    terminal.enter("next");
    terminal
        .wait_until("the answer", |screen| screen.matches("w01-l01 >").count() > 1 && is_at_prompt(screen));
    assert!(terminal.screen().is_ascii(), "{}", terminal.screen());
    terminal.enter("quit");
    terminal.wait_for("ended with 0");
}

#[test]
fn a_terminal_that_is_too_narrow_for_drawings_is_told() {
    let fixture = Fixture::new();
    let Some(terminal) = prompt(&fixture, (20, 150), "") else { return };
    terminal.wait_for("w01-l01");
    terminal.enter("check --lang c");
    let told = "this terminal has 20 columns, and drawings need 40: make it wider";
    let words = |text: &str| text.split_whitespace().collect::<String>();
    terminal.wait_until(told, |screen| words(screen).contains(&words(told)));
}
