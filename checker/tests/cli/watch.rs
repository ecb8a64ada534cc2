//! `workbook watch`: every save is checked, and the keys work at any moment.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use rustix::process::{Pid, Signal, kill_process};

use super::support::programs::{has, python};
use super::support::tmux::{SIZE, Terminal};
use super::support::{Fixture, PATIENCE, workbook};

const PYTHON: &str = "exercises/w01-l01/main.py";
const SOLUTION: &str = include_str!("../support/fixture/solution/main.py");
const ENDLESS: &str = "while True: pass\n";
const WATCHING: &str = "watching exercises/w01-l01";
const HELD: &str = "all criteria hold";

/// A watch whose output is read line by line.
struct Watch {
    process: Child,
    lines: Receiver<String>,
}

impl Watch {
    fn start(fixture: &Fixture, arguments: &[&str]) -> Self {
        let command = workbook();
        let mut process = Command::new(command.get_program())
            .current_dir(fixture.root())
            .args(["watch", "l01"])
            .args(arguments)
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)).ok();
        });
        Self { process, lines }
    }

    /// Everything up to a line with this in it.
    fn wait_for(&self, text: &str) -> String {
        let mut seen = String::new();
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|error| panic!("no {text:?} ({error}) behind\n{seen}"));
            seen.push_str(&line);
            seen.push('\n');
            if line.contains(text) {
                return seen;
            }
        }
    }

    fn end(mut self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).unwrap();
        assert_eq!(self.process.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // A test that fails leaves nothing behind.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// As editors do that never show half a file.
fn rename_into_place(fixture: &Fixture, text: &str) {
    fixture.write("exercises/w01-l01/main.py.new", text);
    fs::rename(fixture.path("exercises/w01-l01/main.py.new"), fixture.path(PYTHON)).unwrap();
}

#[test]
fn every_way_of_saving_is_checked() {
    if python().is_none() {
        return;
    }
    for arguments in [&["--lang", "py"][..], &["--lang", "py", "--poll"]] {
        let fixture = Fixture::new();
        let watch = Watch::start(&fixture, arguments);
        watch.wait_for(WATCHING);
        rename_into_place(&fixture, SOLUTION);
        watch.wait_for(HELD);
        watch.wait_for(WATCHING);
        fixture.write(PYTHON, "import sys; sys.exit(3)\n");
        watch.wait_for("exits with code 3");
        fs::remove_file(fixture.path(PYTHON)).unwrap();
        watch.wait_for("there is no exercises/w01-l01/main.py");
        fixture.write(PYTHON, SOLUTION);
        watch.wait_for(HELD);
        watch.end(Signal::INT);
    }
}

#[test]
fn where_nobody_tells_of_changes_it_looks_and_says_so() {
    let fixture = Fixture::new();
    let watch = Watch::start(&fixture, &["--poll"]);
    watch.wait_for("by looking every 100 ms (as asked for)");
    watch.end(Signal::TERM);
}

#[test]
fn a_save_during_a_run_ends_that_run() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    fixture.python_exercise(SOLUTION);
    let watch = Watch::start(&fixture, &["--lang", "py"]);
    watch.wait_for(HELD);
    for _ in 0..3 {
        rename_into_place(&fixture, ENDLESS);
        fixture.write(PYTHON, SOLUTION);
        watch.wait_for(HELD);
    }
    watch.end(Signal::INT);
}

#[test]
fn the_file_that_is_saved_is_the_one_that_is_checked() {
    if python().is_none() || !has("cc") {
        return;
    }
    let fixture = Fixture::new();
    let watch = Watch::start(&fixture, &[]);
    watch.wait_for(WATCHING);
    fixture.write(PYTHON, SOLUTION);
    watch.wait_for("main.py");
    watch.wait_for(HELD);
    fixture.write("exercises/w01-l01/main.c", "int main(void) { return x; }\n");
    watch.wait_for("main.c");
    watch.end(Signal::INT);
}

#[test]
fn the_folder_may_go_and_come_back() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    fixture.python_exercise(SOLUTION);
    let watch = Watch::start(&fixture, &["--lang", "py"]);
    watch.wait_for(HELD);
    fs::rename(fixture.path("exercises/w01-l01"), fixture.path("exercises/away")).unwrap();
    watch.wait_for("by looking every 100 ms");
    fs::rename(fixture.path("exercises/away"), fixture.path("exercises/w01-l01")).unwrap();
    watch.wait_for(HELD);
    watch.end(Signal::INT);
}

/// The same on a terminal.
fn on_terminal(fixture: &Fixture) -> Option<Terminal> {
    let command = format!("{} watch l01 --lang py; echo ended with $?", env!("CARGO_BIN_EXE_workbook"));
    Terminal::open(SIZE, fixture.root(), &command)
}

#[test]
fn keys_work_while_an_endless_program_runs() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    fixture.python_exercise(ENDLESS);
    let Some(terminal) = on_terminal(&fixture) else { return };
    // Nothing is on the screen before the first verdict; the keys work all the same.
    terminal.press(&["h"]);
    terminal.wait_for("Hint 1 of 1");
    terminal.press(&["q"]);
    terminal.wait_for("ended with 0");
}

#[test]
fn the_screen_holds_a_verdict_and_the_keys() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    fixture.python_exercise("import sys; sys.exit('nothing yet')\n");
    let Some(terminal) = on_terminal(&fixture) else { return };
    let failing = terminal.wait_for(WATCHING);
    assert!(failing.starts_with("w01-l01 One request, one response"), "the top is on the screen:\n{failing}");
    terminal.press(&["n"]);
    terminal.wait_for("This is the last lesson.");
    terminal.press(&["a"]);
    terminal.wait_until("all failures, which do not fit", |screen| {
        screen.contains("q quit") && !screen.starts_with("w01-l01")
    });
    fixture.write(PYTHON, SOLUTION);
    let passing = terminal.wait_for(HELD);
    assert!(passing.starts_with("w01-l01 One request, one response"), "the screen was cleared:\n{passing}");
    terminal.press(&["C-c"]);
    terminal.wait_until("the end", |_| terminal.is_over());
}

#[test]
fn of_many_saves_the_last_one_is_graded() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    fixture.python_exercise(SOLUTION);
    let watch = Watch::start(&fixture, &["--lang", "py"]);
    watch.wait_for(HELD);
    for number in 0..50 {
        fixture.write(PYTHON, format!("import sys; sys.exit({})\n", 10 + number));
    }
    let seen = watch.wait_for("exits with code 59");
    assert!(!seen.contains(HELD), "{seen}");
    watch.end(Signal::INT);
}

#[test]
fn a_header_is_watched_too() {
    if !has("cc") {
        return;
    }
    for arguments in [&["--lang", "c"][..], &["--lang", "c", "--poll"]] {
        let fixture = Fixture::new();
        fixture.write("exercises/w01-l01/main.c", "#include \"mine.h\"\nint main(void) { return CODE; }\n");
        let watch = Watch::start(&fixture, arguments);
        watch.wait_for("mine.h");
        watch.wait_for(WATCHING);
        fixture.write("exercises/w01-l01/mine.h", "#define CODE 3 +\n");
        watch.wait_for("return CODE;");
        watch.end(Signal::INT);
    }
}

#[test]
fn ctrl_z_gives_the_terminal_back_and_fg_goes_on() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    fixture.python_exercise(ENDLESS);
    let Some(terminal) = Terminal::open(SIZE, fixture.root(), "PS1='$ ' ENV= sh -i") else { return };
    terminal.enter(&format!("{} watch l01 --lang py", env!("CARGO_BIN_EXE_workbook")));
    terminal.wait_for("checking main.py");
    terminal.press(&["C-z"]);
    terminal.wait_for("Stopped");
    terminal.enter("stty -a | tr ' ' '\\n' | grep -x -e icanon -e echo | tr '\\n' +");
    terminal.wait_for("icanon+echo+");
    terminal.enter("fg");
    terminal
        .wait_until("the screen again", |screen| screen.contains("q quit") && !screen.contains("Stopped"));
    fixture.write(PYTHON, SOLUTION);
    terminal.wait_for(HELD);
    terminal.press(&["q"]);
    terminal.wait_until("the prompt", |screen| screen.trim_end().ends_with('$'));
}

#[test]
fn what_other_commands_remember_counts_here_too() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    fixture.python_exercise(ENDLESS);
    let Some(terminal) = on_terminal(&fixture) else { return };
    terminal.wait_for("checking main.py");
    fixture.workbook(&["hint"]).assert().code(0);
    terminal.press(&["h"]);
    terminal.wait_for("You have seen every hint that fits.");
}

#[test]
fn what_cannot_be_remembered_stays_on_the_screen() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    fixture.python_exercise(SOLUTION);
    fixture.write(".workbook/progress.json", "{");
    let Some(terminal) = on_terminal(&fixture) else { return };
    let told = |screen: &str| screen.contains("the file of your progress could not be read");
    terminal.wait_until("a verdict, and what was wrong", |screen| screen.contains(HELD) && told(screen));
}

#[test]
fn a_verdict_fits_the_window_again_when_that_has_another_size() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    fixture.python_exercise(SOLUTION);
    let Some(terminal) = on_terminal(&fixture) else { return };
    terminal.wait_for(HELD);
    terminal.resize((50, 20));
    terminal.wait_until("no line that is broken by the edge", |screen| {
        screen.starts_with("w01-l01 One request") && screen.contains(HELD) && screen.lines().count() <= 20
    });
}
