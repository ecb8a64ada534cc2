//! Programs that do everything wrong: each gets a verdict, and nobody else is harmed.

use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;

use super::support::programs::python;
use super::support::{Fixture, is_alive, process_ids};
use super::{FIRST, verdict};

/// How each of the programs begins.
const CONNECT: &str = "\
import os, signal, socket, sys, threading, time
def connect():
    return socket.create_connection((sys.argv[1], int(sys.argv[2])))
def ask(connection):
    connection.sendall(f'GET / HTTP/1.1\\r\\nHost: {sys.argv[1]}:{sys.argv[2]}\\r\\n\\r\\n'.encode())
def tell(process):
    with open('IDS', 'a') as file:
        file.write(f'{process}\\n')
";

/// A course whose exercise in Python is this; none without Python.
fn exercise(source: &str) -> Option<Fixture> {
    python()?;
    let fixture = Fixture::new();
    let begin = CONNECT.replace("IDS", &fixture.path("ids").display().to_string());
    fixture.python_exercise(&(begin + source));
    Some(fixture)
}

/// What people are shown of the first scenario; the program must fail.
fn shown(fixture: &Fixture) -> String {
    let check = ["check", "l01", "--lang", "py", "--scenario", FIRST];
    let output = fixture.workbook(&check).assert().code(1).stderr("").get_output().stdout.clone();
    let text = String::from_utf8(output).expect("the report is UTF-8");
    let is_harmless = |character: char| character == '\n' || !character.is_control();
    assert!(text.chars().all(is_harmless), "{text:?}");
    assert!(text.len() < 20_000, "{} bytes are no report to read", text.len());
    text
}

fn scenario(fixture: &Fixture) -> Value {
    verdict(fixture, &["--scenario", FIRST])["scenarios"][0].clone()
}

/// Beside us, where the process ids that it tells are ours.
fn scenario_on_host(fixture: &Fixture) -> Value {
    verdict(fixture, &["--scenario", FIRST, "--level", "loopback"])["scenarios"][0].clone()
}

fn kinds(scenario: &Value) -> Vec<&str> {
    scenario["findings"].as_array().unwrap().iter().map(|finding| finding["kind"].as_str().unwrap()).collect()
}

#[test]
fn a_hundred_megabytes_of_output() {
    let Some(fixture) = exercise("for _ in range(100):\n    sys.stdout.buffer.write(b'y\\n' * (1 << 19))\n")
    else {
        return;
    };
    let text = shown(&fixture);
    assert!(text.contains("16 MiB on standard output and was stopped"), "{text}");
}

#[test]
fn a_hundred_megabytes_of_complaints() {
    let Some(fixture) = exercise("for _ in range(100):\n    sys.stderr.buffer.write(b'y\\n' * (1 << 19))\n")
    else {
        return;
    };
    let scenario = scenario(&fixture);
    assert_eq!(kinds(&scenario)[0], "flood", "{}", scenario["findings"]);
    assert_eq!(scenario["trace"]["end"]["flooded"]["what"], "stderr");
}

#[test]
fn fifty_megabytes_of_request() {
    let Some(fixture) = exercise("connect().sendall(b'GET /' + b'x' * 50_000_000)\n") else { return };
    let text = shown(&fixture);
    assert!(text.contains("is stopped after") || text.contains("was stopped after"), "{text}");
}

#[test]
fn five_hundred_connections() {
    let Some(fixture) = exercise("many = [connect() for _ in range(500)]\n") else { return };
    let scenario = scenario(&fixture);
    assert!(kinds(&scenario).contains(&"flood"), "{}", scenario["findings"]);
    assert_eq!(scenario["trace"]["end"]["flooded"]["what"], "connections");
    let amount = scenario["trace"]["end"]["flooded"]["amount"].as_u64().unwrap();
    assert!((200..=202).contains(&amount), "{amount}");
}

#[test]
fn hundreds_of_threads() {
    let Some(fixture) = exercise(
        "threading.stack_size(1 << 16)\nfor _ in range(400):\n    threading.Thread(target=time.sleep, args=(100,)).start()\n",
    ) else {
        return;
    };
    let scenario = scenario(&fixture);
    assert_eq!(scenario["trace"]["end"]["flooded"]["what"], "processes", "{}", scenario["findings"]);
}

#[test]
fn a_connection_and_not_a_word() {
    let Some(fixture) = exercise("connect().recv(1)\n") else { return };
    let text = shown(&fixture);
    assert!(text.contains("waits for ever: recv() on connection 1"), "{text}");
}

#[test]
fn half_a_request() {
    let Some(fixture) =
        exercise("c = connect()\nc.sendall(b'GET / HTTP/1.1\\r\\nHost: x\\r\\n')\nc.recv(1)\n")
    else {
        return;
    };
    let scenario = scenario(&fixture);
    assert_eq!(kinds(&scenario), ["request.unfinished", "hang.before-output"]);
}

#[test]
fn a_half_close_and_a_wait_for_the_end() {
    let Some(fixture) = exercise(
        "c = connect()\nask(c)\nc.shutdown(socket.SHUT_WR)\nwhile d := c.recv(999): print(d.decode(), end='', flush=True)\n",
    ) else {
        return;
    };
    let scenario = scenario(&fixture);
    assert_eq!(scenario["trace"]["end"]["hung"]["connection"], 1, "{}", scenario["trace"]["end"]);
    assert!(kinds(&scenario).contains(&"half-close"), "{}", scenario["findings"]);
}

#[test]
fn a_death_by_signal() {
    let Some(fixture) = exercise("ask(connect())\nos.kill(os.getpid(), signal.SIGSEGV)\n") else { return };
    let text = shown(&fixture);
    assert!(text.contains("Your program was killed by SIGSEGV (signal 11)"), "{text}");
}

#[test]
fn children_that_stay_behind_are_ended_and_told() {
    let source = "if (child := os.fork()) == 0: time.sleep(1000)\ntell(child)\n";
    let Some(fixture) = exercise(source) else { return };
    let solution = include_str!("../support/fixture/solution/main.py").replace("\nmain()\n", "");
    fixture.python_exercise(&format!(
        "{}{solution}\nmain()\n{source}",
        CONNECT.replace("IDS", &fixture.path("ids").display().to_string())
    ));
    let scenario = scenario_on_host(&fixture);
    assert_eq!(scenario["result"], "held", "{}", scenario["findings"]);
    let left_behind = scenario["trace"]["end"]["exited"]["left_behind"].as_array().unwrap();
    assert_eq!(left_behind.len(), 1);
    assert!(left_behind[0].as_str().unwrap().starts_with("python"), "{left_behind:?}");
    assert!(!process_ids(&fixture.path("ids"), 1).into_iter().any(is_alive));
}

#[test]
fn a_program_that_ignores_every_polite_signal() {
    let source = "for number in (1, 2, 3, 15): signal.signal(number, signal.SIG_IGN)\n\
                  tell(os.getpid())\nask(c := connect())\nwhile True: c.recv(1)\n";
    let Some(fixture) = exercise(source) else { return };
    assert_eq!(kinds(&scenario_on_host(&fixture)), ["hang.before-output"]);
    assert!(!process_ids(&fixture.path("ids"), 1).into_iter().any(is_alive));
}

#[test]
fn output_that_is_no_text() {
    let source = "sys.stdout.buffer.write(bytes(range(256)) * 4 + b'\\x1b]52;c;QUJD\\x07\\xff\\xfe\\xe2\\x80\\xae')\n\
                  sys.stderr.buffer.write(b'\\x1b[2J\\xff')\n";
    let Some(fixture) = exercise(source) else { return };
    let text = shown(&fixture);
    assert!(!text.contains('\u{202e}'), "{text:?}");
    let coloured = fixture
        .workbook(&["check", "l01", "--lang", "py", "--scenario", FIRST])
        .env("CLICOLOR_FORCE", "1")
        .assert();
    let harmless = contains("\u{1b}]").not().and(contains("\u{1b}[2J").not()).and(contains("\u{7}").not());
    coloured.code(1).stdout(harmless);
}

#[test]
fn a_request_that_is_no_text() {
    let Some(fixture) =
        exercise("c = connect()\nc.sendall(bytes(range(256)) + b'\\r\\n\\r\\n')\nc.recv(1)\n")
    else {
        return;
    };
    let text = shown(&fixture);
    assert!(text.contains("Your program"), "{text}");
}

#[test]
fn one_line_without_end() {
    let Some(fixture) = exercise("sys.stdout.write('x' * 1_000_000)\n") else { return };
    let text = shown(&fixture);
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
}

#[test]
fn standard_output_closed_and_reopened_elsewhere() {
    let Some(fixture) = exercise("ask(connect())\nos.close(1)\n") else { return };
    let scenario = scenario(&fixture);
    assert!(kinds(&scenario).contains(&"prints.nothing"), "{}", scenario["findings"]);
}
