//! Machines that allow no boxes, or hardly anything.

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::{contains, starts_with};

use super::support::programs::has;
use super::support::{Fixture, is_private};

const CHECK: [&str; 5] = ["check", "l01", "--solution", "--lang", "c"];

/// The binary, called by a shell that has done this before.
fn after(fixture: &Fixture, setup: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("unshare");
    let script = format!("{setup} && exec \"$@\"");
    command
        .args(["-U", "-r", "-m", "sh", "-c", &script, "sh", env!("CARGO_BIN_EXE_workbook")])
        .args(arguments);
    command.current_dir(fixture.root()).env("LC_ALL", "C.UTF-8");
    command
}

#[test]
fn where_no_box_can_be_had_that_is_told_to_who_asked_for_one() {
    if !has("cc") || !is_private() {
        return;
    }
    let fixture = Fixture::new();
    let none = "echo 0 > /proc/sys/user/max_user_namespaces";
    let check = |more: &[&str]| after(&fixture, none, &[&CHECK, more].concat()).assert();
    check(&[]).code(0).stdout(contains("loopback level")).stderr("");
    let told =
        starts_with("workbook: the private level is not to be had here").and(contains("user_namespaces"));
    check(&["--level", "private"]).code(0).stdout(contains("loopback level")).stderr(told);
    let told = starts_with("workbook: ").and(contains("user_namespaces"));
    check(&["--require-private"]).code(2).stdout("").stderr(told);
    check(&["--packets"])
        .code(2)
        .stdout("")
        .stderr(contains("packets can be seen only at the private level"));
    after(&fixture, none, &["doctor"]).assert().stdout(contains("user_namespaces"));
}

#[test]
fn too_few_descriptors_are_the_machine_s_fault() {
    if !has("cc") {
        return;
    }
    let fixture = Fixture::new();
    for number in [4, 8, 12, 16, 24] {
        let run = after(&fixture, &format!("ulimit -n {number}"), &CHECK).assert();
        let output = run.get_output().clone();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!told.contains("panicked"), "{number}: {told}");
        // With enough of them it passes; with too few nobody's program has failed.
        assert!(matches!(output.status.code(), Some(0 | 2)), "{number}: {output:?}");
    }
}
