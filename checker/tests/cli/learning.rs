//! What is remembered about a learner, and the commands that live on it.

use std::fs;
use std::path::PathBuf;

use predicates::prelude::*;
use predicates::str::{contains, starts_with};
use serde_json::Value;

use super::support::programs::{has, python};
use super::support::{Fixture, LESSON_FOLDER, can_be_private, skip};

const CHECK: [&str; 4] = ["check", "l01", "--lang", "py"];

fn solution() -> &'static str {
    include_str!("../support/fixture/solution/main.py")
}

/// Reads to the close, which is a mistake of the lesson.
fn reads_to_the_close(fixture: &Fixture) {
    fixture.python_exercise(
        "import socket, sys\n\
         with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as s:\n    \
         s.sendall(b'GET / HTTP/1.1\\r\\nHost: %s:%s\\r\\n\\r\\n' % (sys.argv[1].encode(), sys.argv[2].encode()))\n    \
         while part := s.recv(4096):\n        sys.stdout.buffer.write(part)\n        sys.stdout.flush()\n",
    );
}

fn progress(fixture: &Fixture) -> Value {
    let output = fixture.workbook(&["progress", "--json"]).assert().code(0).get_output().stdout.clone();
    serde_json::from_slice(&output).unwrap()
}

#[test]
fn what_a_check_shows_is_remembered_for_each_language() {
    if python().is_none() || !has("cc") {
        return;
    }
    let fixture = Fixture::new();
    assert_eq!(progress(&fixture)["lessons"][0]["state"], "untouched");
    fixture.python_exercise(solution());
    fixture.workbook(&CHECK).assert().code(0);
    fixture.workbook(&["check", "l01", "--lang", "c"]).assert().code(1);
    let lesson = &progress(&fixture)["lessons"][0];
    assert_eq!(lesson["state"], "done");
    assert_eq!(lesson["languages"]["python"]["state"], "done");
    assert_eq!(lesson["languages"]["c"]["state"], "begun");
    assert_eq!(lesson["languages"]["c"]["criteria"].as_array().unwrap().len(), 3);
    let done = contains("done").and(contains("1 of 1 lesson done"));
    fixture.workbook(&["progress"]).assert().code(0).stdout(done);
    fixture.workbook(&["list"]).assert().code(0).stdout(contains("done"));
    fixture.workbook(&["progress", "l01"]).assert().code(0).stdout(contains("C: ").and(contains("not yet")));
    // What is broken later was done all the same.
    reads_to_the_close(&fixture);
    fixture.workbook(&CHECK).assert().code(1);
    assert_eq!(progress(&fixture)["lessons"][0]["languages"]["python"]["state"], "done");
}

#[test]
fn solutions_commands_and_single_scenarios_are_no_progress() {
    let Some(python) = python() else { return };
    let fixture = Fixture::new();
    fixture.workbook(&[&CHECK[..], &["--solution"]].concat()).assert().code(0);
    fixture.python_exercise(solution());
    fixture.workbook(&[&CHECK[..], &["--scenario", super::FIRST]].concat()).assert().code(0);
    let program = format!("{python} solutions/w01-l01/main.py");
    fixture.workbook(&["check", "l01", "--program", &program]).assert().code(0);
    assert_eq!(progress(&fixture)["lessons"][0]["state"], "untouched");
}

#[test]
fn broken_progress_is_set_aside_and_never_fatal() {
    let fixture = Fixture::new();
    for (number, text) in ["{", "[]", "{\"format\": 1, \"lessons\": 7}", "\u{0}\u{1}"].into_iter().enumerate()
    {
        fixture.write(".workbook/progress.json", text);
        let aside = format!("progress.broken-{}.json", number + 1);
        let told = starts_with("workbook: the file of your progress could not be read").and(contains(&aside));
        fixture.workbook(&["progress"]).assert().code(0).stderr(told);
        assert_eq!(fs::read_to_string(fixture.path(&format!(".workbook/{aside}"))).unwrap(), text);
        fixture.workbook(&["progress"]).assert().code(0).stderr("");
    }
}

#[test]
fn progress_of_a_newer_workbook_is_left_alone() {
    let fixture = Fixture::new();
    let text = "{\"format\": 99, \"unheard\": true}";
    fixture.write(".workbook/progress.json", text);
    for command in [&["progress"][..], &["lang", "c"], &["hint"]] {
        let told = contains("written by a newer workbook (format 99");
        fixture.workbook(command).assert().code(0).stderr(told);
    }
    assert_eq!(fs::read_to_string(fixture.path(".workbook/progress.json")).unwrap(), text);
}

#[test]
fn where_nothing_can_be_remembered_checks_work_all_the_same() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    fixture.python_exercise(solution());
    // A file where the folder should be: root could write into any folder.
    fixture.write(".workbook", "");
    let told = contains("your progress cannot be remembered").and(contains("progress.json"));
    fixture.workbook(&CHECK).assert().code(0).stdout(contains("all criteria hold")).stderr(told);
    // What is shown step by step elsewhere is shown at once: no step would be remembered.
    fixture.workbook(&["solution", "l01", "--lang", "py"]).assert().code(0).stdout(solution());
    fixture.workbook(&["hint", "l01"]).assert().code(0).stdout(contains("Hint 1 of 1"));
}

#[test]
fn checks_at_the_same_time_are_all_remembered() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    fixture.python_exercise(solution());
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| fixture.workbook(&CHECK).assert().code(0));
        }
    });
    assert_eq!(progress(&fixture)["lessons"][0]["languages"]["python"]["checks"], 6);
}

#[test]
fn hints_come_one_at_a_time_and_the_one_that_fits_first() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    let hint = |told: &str| {
        fixture.workbook(&["hint"]).assert().code(0).stdout(contains(told)).stderr("");
    };
    fixture.workbook(&["hint", "--again"]).assert().code(0).stdout("No hint was shown yet.\n");
    reads_to_the_close(&fixture);
    fixture
        .workbook(&CHECK)
        .assert()
        .code(1)
        .stdout(contains("hint 1/2").and(contains("workbook hint w01-l01")));
    hint("Count the bytes");
    fixture.workbook(&CHECK).assert().code(1).stdout(contains("hint 2/2"));
    hint("Hint 2 of 2");
    hint("You have seen every hint that fits.");
    fixture.workbook(&CHECK).assert().code(1).stdout(contains("workbook hint").not());
    let both = contains("Hint 1 of 2").and(contains("Hint 2 of 2"));
    fixture.workbook(&["hint", "--again"]).assert().code(0).stdout(both);
    assert_eq!(progress(&fixture)["lessons"][0]["hints-shown"], 2);
}

#[test]
fn the_hint_is_about_the_mistake_that_one_scenario_has_shown() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    reads_to_the_close(&fixture);
    fixture.workbook(&[&CHECK[..], &["--scenario", super::FIRST]].concat()).assert().code(1);
    fixture.workbook(&["hint"]).assert().code(0).stdout(contains("Count the bytes"));
    assert_eq!(progress(&fixture)["lessons"][0]["state"], "untouched");
}

#[test]
fn the_list_fits_80_columns() {
    let output = super::support::workbook().args(["list"]).assert().code(0).get_output().stdout.clone();
    let text = String::from_utf8(output).unwrap();
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn a_solution_is_shown_when_it_is_due_or_asked_for_twice() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    let ask = || fixture.workbook(&["solution", "l01", "--lang", "py"]).assert().code(0);
    ask().stdout(contains("is not done yet").and(contains("once more")));
    ask().stdout(solution());
    let fixture = Fixture::new();
    fixture.python_exercise(solution());
    fixture.workbook(&CHECK).assert().code(0);
    fixture.workbook(&["solution"]).assert().code(0).stdout(solution());
}

#[test]
fn the_chosen_language_is_checked_and_other_edits_are_told() {
    if python().is_none() || !has("cc") {
        return;
    }
    let fixture = Fixture::new();
    fixture.workbook(&["lang"]).assert().code(0).stdout(starts_with("any:"));
    fixture.workbook(&["lang", "c"]).assert().code(0).stdout("C: exercises are main.c\n");
    fixture.workbook(&["check", "l01"]).assert().code(1).stdout(contains("main.c")).stderr("");
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
    for name in ["main.py", "main.c"] {
        let file = fs::File::options().append(true).open(fixture.path(&format!("exercises/w01-l01/{name}")));
        file.unwrap().set_modified(later).unwrap();
    }
    let told = "workbook: main.py was edited, too; this is about main.c. For the other: --lang python\n";
    fixture.workbook(&["check", "l01"]).assert().code(1).stdout(contains("main.c")).stderr(told);
    let unknown = contains("unknown language `go`");
    fixture.workbook(&["lang", "go"]).assert().code(2).stderr(unknown);
}

#[test]
fn the_next_thing_to_do_is_told() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    let next = |told: &str| {
        fixture.workbook(&["next"]).assert().code(0).stdout(contains(told)).stderr("");
    };
    next("workbook read");
    fixture.workbook(&CHECK).assert().code(1);
    next("workbook hint");
    fixture.python_exercise(solution());
    fixture.workbook(&["check", "--lang", "py"]).assert().code(0);
    next("every lesson is done");
    let all = "workbook: all lessons are done; name the one to check again, as in: workbook check w01-l01\n";
    fixture.workbook(&["check"]).assert().code(2).stderr(all);
}

#[test]
fn the_exercise_opens_in_the_editor() {
    let fixture = Fixture::new();
    let open = |editor: &str| {
        let mut command = fixture.workbook(&["open", "l01", "--lang", "c"]);
        command.env("VISUAL", editor).env_remove("EDITOR");
        command.assert()
    };
    open("printf '[%s]' --wait")
        .code(0)
        .stdout(contains("[--wait][").and(contains("exercises/w01-l01/main.c]")));
    open("").code(2).stderr(contains("export EDITOR=nano").and(contains("exercises/w01-l01/main.c")));
    open("no-such-editor").code(2).stderr(contains("cannot start the editor `no-such-editor`"));
    open("false").code(2).stderr(contains("the editor `false` ended with exit status: 1"));
    open("'").code(2).stderr(contains("VISUAL is not a command"));
}

#[test]
fn the_last_run_is_kept_the_telling_scenario_first() {
    if python().is_none() {
        return;
    }
    let fixture = Fixture::new();
    reads_to_the_close(&fixture);
    fixture.workbook(&CHECK).assert().code(1);
    let last = fixture.path(".workbook/last/w01-l01.jsonl");
    let text = fs::read_to_string(&last).unwrap();
    let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(first["scenario"], super::FIRST);
    let file = last.display().to_string();
    fixture.workbook(&["explain", &file]).assert().code(1).stdout(contains(super::FIRST));
}

#[test]
fn a_full_disk_takes_nothing_of_what_was_remembered() {
    if !rustix::process::geteuid().is_root() || !can_be_private() {
        skip("only root can make a disk that is full");
        return;
    }
    let (fixture, mount) = (Fixture::new(), tempfile::tempdir().unwrap());
    fixture.workbook(&["lang", "c"]).assert().code(0);
    let script = "mount -t tmpfs -o size=512k tmpfs \"$1\" && cp -r \"$2\"/. \"$1\" && cd \"$1\" || exit 99\n\
                  dd if=/dev/zero of=filler bs=1k 2>/dev/null\n\
                  \"$3\" lang rust; echo \"code $?\"; rm filler; \"$3\" lang";
    let mut command = assert_cmd::Command::new("unshare");
    command.args(["-m", "sh", "-c", script, "sh"]).arg(mount.path()).arg(fixture.root());
    command.arg(PathBuf::from(env!("CARGO_BIN_EXE_workbook")));
    let told = contains("cannot be remembered").and(contains("No space left on device"));
    command.assert().code(0).stdout(contains("code 0").and(contains("C: exercises are main.c"))).stderr(told);
    assert!(fixture.path(LESSON_FOLDER).exists());
}
