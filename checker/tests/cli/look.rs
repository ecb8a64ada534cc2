//! Colour, characters and width: what fits where the output goes.

use std::process::Command;

use predicates::prelude::*;
use predicates::str::{contains, is_match};

use super::FIRST;
use super::support::Fixture;
use super::support::programs::python;

const CHECK: [&str; 4] = ["check", "l01", "--lang", "py"];
const ESCAPE: &str = "\u{1b}";

#[test]
fn colour_is_for_terminals_and_for_those_who_insist() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    fixture.workbook(&CHECK).assert().code(1).stdout(contains(ESCAPE).not());
    fixture.workbook(&CHECK).env("CLICOLOR_FORCE", "1").assert().code(1).stdout(contains("\u{1b}["));
    let both = fixture.workbook(&CHECK).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").assert();
    both.code(1).stdout(contains(ESCAPE).not());
    let json = [&CHECK[..], &["--format", "json"]].concat();
    fixture.workbook(&json).env("CLICOLOR_FORCE", "1").assert().code(1).stdout(contains(ESCAPE).not());
}

#[test]
fn without_utf_8_everything_is_ascii() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    for arguments in [&CHECK[..], &["list"], &["doctor"], &["lint"]] {
        fixture
            .workbook(arguments)
            .env("LC_ALL", "C")
            .assert()
            .stdout(predicates::function::function(str::is_ascii));
    }
}

/// Runs the binary on a terminal of so many columns, and gives what it shows.
fn on_terminal(fixture: &Fixture, columns: usize, arguments: &[&str]) -> Option<String> {
    const TERMINAL: &str = "\
import fcntl, os, pty, struct, sys, termios
process, terminal = pty.fork()
if process == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, int(sys.argv[1]), 0, 0))
    os.execv(sys.argv[2], sys.argv[2:])
shown = b''
try:
    while data := os.read(terminal, 65536):
        shown += data
except OSError:
    pass
os.waitpid(process, 0)
sys.stdout.buffer.write(shown.replace(b'\\r\\n', b'\\n'))
";
    let python = python()?;
    let mut command = Command::new(python);
    command.args(["-c", TERMINAL, &columns.to_string(), env!("CARGO_BIN_EXE_workbook")]).args(arguments);
    command.current_dir(fixture.root()).env("LC_ALL", "C.UTF-8").env("TERM", "xterm");
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    Some(String::from_utf8(command.output().unwrap().stdout).unwrap())
}

/// The text without the sequences that set colours.
fn plain(shown: &str) -> String {
    let mut parts = shown.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or(part, |(_, rest)| rest))
}

#[test]
fn a_terminal_gets_colours_and_lines_that_fit() {
    let fixture = Fixture::new();
    for columns in [40, 60, 100] {
        let Some(shown) =
            on_terminal(&fixture, columns, &["check", "l01", "--lang", "py", "--scenario", FIRST])
        else {
            return;
        };
        assert!(shown.contains("\u{1b}["), "{shown}");
        let text = plain(&shown);
        assert!(text.contains("Your program never connected"), "{text}");
        // A command line is never broken: it is there to be copied.
        let lines = text.lines().filter(|line| !line.contains("workbook check"));
        let widest = lines.map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= columns, "{widest} of {columns} columns:\n{text}");
    }
}

#[test]
fn help_and_version_are_no_errors() {
    let fixture = Fixture::new();
    let commands = "(?s)init.*next.*check.*watch.*list.*explain.*doctor.*lint.*prove";
    fixture.workbook(&["--help"]).assert().code(0).stdout(is_match(commands).unwrap()).stderr("");
    fixture.workbook(&["--version"]).assert().code(0).stdout(contains("workbook 0.")).stderr("");
    fixture.workbook(&["check", "--help"]).assert().code(0).stdout(contains("--scenario")).stderr("");
}
