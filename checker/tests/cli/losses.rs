//! Runs and boxes that the machine ends.

use std::fs;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal};
use serde_json::Value;
use workbook::kernel::Processes;

use super::support::programs::python;
use super::support::{Fixture, is_private, path_without_shims, wait_until};

#[test]
fn a_run_that_the_machine_ends_is_the_fault_of_one_scenario() {
    if python().is_none() || !is_private() {
        return;
    }
    let fixture = Fixture::new();
    let source = fs::read_to_string(fixture.path("solutions/w01-l01/main.py")).unwrap();
    fixture.python_exercise(&source.replace("\nmain()", "\nimport time\ntime.sleep(0.3)\nmain()"));
    let arguments = ["check", "l01", "--lang", "python", "--format", "json", "--level", "private"];
    // The program's parent is the first process of its run, and that one's parent is the box.
    for generations in [1, 2] {
        let check = Command::new(env!("CARGO_BIN_EXE_workbook"))
            .args(arguments)
            .current_dir(fixture.root())
            .env("PATH", path_without_shims())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let victim = || {
            let below = Processes::below(check.id());
            let is_program =
                |&&id: &&u32| command_line(id).contains("main.py") && !command_line(id).contains("compile");
            let program = below.ids().iter().find(is_program).copied();
            program.and_then(|program| (0..generations).try_fold(program, |id, _| parent(id)))
        };
        wait_until("the program runs", || victim().is_some());
        let victim = victim().and_then(|id| Pid::from_raw(id.cast_signed())).unwrap();
        rustix::process::kill_process(victim, Signal::KILL).unwrap();
        let output = check.wait_with_output().unwrap();
        let verdict: Value = serde_json::from_slice(&output.stdout).unwrap();
        let states = |state: &str| {
            verdict["scenarios"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|scenario| scenario["result"] == state)
                .count()
        };
        assert_eq!((output.status.code(), states("not-run"), states("held")), (Some(2), 1, 5), "{verdict:#}");
    }
}

fn command_line(process: u32) -> String {
    fs::read_to_string(format!("/proc/{process}/cmdline")).unwrap_or_default()
}

fn parent(process: u32) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
}
