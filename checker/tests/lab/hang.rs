//! Programs that can never move again are told at once, and no others.

use super::support::programs::{Program, build_c, write_python};
use super::*;
use std::collections::BTreeMap;
use std::time::Duration;
use workbook::course::Play;
use workbook::run::{Encounter, Invocation};
use workbook::trace::{End, Expect, Script, Send, Step, Trace};

const RESPONSE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbody\n";

/// One request is answered; then the connection stays open, and silent.
fn meet(command: &str, way: &str) -> Trace {
    let send = Send { bytes: RESPONSE.into(), cuts: vec![], head_bytes: 38, fin: false };
    let script = vec![Step::Expect(Expect { request: "GET /".to_owned() }), Step::Send(send), Step::Stay];
    let play = Play {
        lesson: "lesson".to_owned(),
        scenario: "scenario".to_owned(),
        seed: 0,
        cut: None,
        arguments: ["{host}", "{port}", way].map(str::to_owned).to_vec(),
        stdin: Vec::new(),
        script: Script { connections: vec![script], ..Script::default() },
        bodies: BTreeMap::new(),
    };
    let limits = Limits::default();
    let invocation = Invocation::parse(command, std::env::temp_dir()).unwrap();
    let needs: Vec<PathBuf> =
        invocation.words.iter().map(PathBuf::from).filter(|file| file.is_file()).collect();
    let place = place_with(&limits, needs);
    let (interrupt, _keep) = UnixStream::pair().unwrap();
    let encounter = Encounter {
        site: &place.site,
        limits: &limits,
        patience: Patience::normal(),
        interrupt: interrupt.as_fd(),
        capture: None,
    };
    encounter.play(&play, &invocation).expect("the machine is fine")
}

/// The ways of which the proof must be found, at once and with the connection.
fn is_told(command: &str, ways: &[(&str, &str, usize)]) {
    let wrong: Vec<String> = ways
        .iter()
        .filter_map(|&(way, call, threads)| {
            let trace = meet(command, way);
            let End::Hung(hang) = &trace.end else { return Some(format!("{way}: {:?}", trace.end)) };
            let last = trace.events.last().map(|event| event.at.since_start()).unwrap_or_default();
            let took = trace.ended_at.since_start() - last;
            let is_right = (hang.call.as_str(), hang.connection, hang.threads) == (call, Some(1), threads);
            (!is_right || took > Duration::from_secs(1)).then(|| format!("{way}: {hang:?} after {took:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The ways that only look like a hang: the program gets on by itself, and must be let.
fn is_let(command: &str, ways: &[&str]) {
    let wrong: Vec<String> = ways
        .iter()
        .filter_map(|way| {
            let trace = meet(command, way);
            let end = End::Exited { status: ExitStatus::Code(0), left_behind: Vec::new() };
            let printed = What::Printed { stream: Stream::Stdout, bytes: "done\n".into() };
            let is_right = trace.end == end && trace.events.iter().any(|event| event.what == printed);
            (!is_right).then(|| format!("{way}: {:?}", trace.end))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

fn c_program() -> Option<Program> {
    build_c(include_str!("../support/programs/waits.c"))
}

fn python_program() -> Option<Program> {
    write_python(include_str!("../support/programs/waits.py"))
}

#[test]
fn a_c_program_that_waits_for_ever_is_told_at_once() {
    let Some(program) = c_program() else { return };
    let ways = [
        ("recv", "recv", 1),
        ("read", "read", 1),
        ("recvmsg", "recvmsg", 1),
        ("poll", "poll", 1),
        ("select", "select", 1),
        ("epoll", "epoll_wait", 1),
        ("thread", "recv", 2),
        ("child", "recv", 2),
        ("half-close", "recv", 1),
    ];
    is_told(&program.command, &ways);
}

#[test]
fn a_c_program_that_waits_for_a_while_is_let() {
    let Some(program) = c_program() else { return };
    let ways = [
        "receive-timeout",
        "poll-timeout",
        "ppoll-timeout",
        "select-timeout",
        "epoll-timeout",
        "alarm",
        "posix-timer",
        "timer-descriptor",
        "sleeping-thread",
        "sleeping-child",
        "thread-with-timeout",
        "sleep",
    ];
    is_let(&program.command, &ways);
}

#[test]
fn a_python_program_that_waits_for_ever_is_told_at_once() {
    let Some(program) = python_program() else { return };
    is_told(
        &program.command,
        &[("recv", "recv", 1), ("makefile", "recv", 1), ("select", "select", 1), ("thread", "recv", 2)],
    );
}

#[test]
fn a_python_program_that_waits_for_a_while_is_let() {
    let Some(program) = python_program() else { return };
    is_let(&program.command, &["timeout", "select-timeout", "alarm", "sleeping-thread", "timer"]);
}

#[test]
fn a_program_that_computes_is_no_hang() {
    let source = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; echo done; exit 0; : ";
    let start = Instant::now();
    let trace = meet(&format!("sh -c '{source}'"), "");
    assert_eq!(trace.end, End::Exited { status: ExitStatus::Code(0), left_behind: Vec::new() });
    assert!(start.elapsed() < PATIENCE);
}
