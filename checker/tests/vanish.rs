//! A peer that vanishes, and TCP keepalive, with real programs.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]
#![cfg(target_os = "linux")]

mod support;

use std::collections::BTreeMap;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use support::programs::python;
use workbook::course::Play;
use workbook::deadlines::{Patience, STILL};
use workbook::lab::{Lab, Limits, Plan, Wanted};
use workbook::run::{Encounter, Invocation};
use workbook::trace::{
    End, ExitStatus, Expect, Hang, KeepaliveTimes, Script, Send, Step, Stream, Trace, What,
};

/// Connects, sends a request, and reads up to the end of the answer's head.
const CLIENT: &str = "\
import socket, sys, time
s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
def arm(idle=None, interval=None, probes=None):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in ((socket.TCP_KEEPIDLE, idle), (socket.TCP_KEEPINTVL, interval), (socket.TCP_KEEPCNT, probes)):
        if value: s.setsockopt(socket.IPPROTO_TCP, option, value)
def ask():
    s.sendall(b'GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')
def answer():
    head = b''
    while not head.endswith(b'\\r\\n\\r\\n'): head += s.recv(1)
";

/// Plays one connection against a client that goes on like this; none without Python.
fn meet(steps: Vec<Step>, watches_keepalive: bool, rest: &str) -> Option<Trace> {
    let python = python()?;
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("client.py");
    std::fs::write(&source, format!("{CLIENT}{rest}")).unwrap();
    let (limits, patience) = (Limits::default(), Patience::normal());
    let executable = Path::new(env!("CARGO_BIN_EXE_workbook"));
    let lab = Lab::open(executable, 1, limits, patience, Wanted::Loopback).unwrap();
    let site = lab.site(&Plan::default()).unwrap();
    let (interrupt, _never) = UnixStream::pair().unwrap();
    let encounter = Encounter { site: &site, limits: lab.limits(), patience, interrupt: interrupt.as_fd() };
    let line = format!("{python} {}", source.display());
    let invocation = Invocation::parse(&line, folder.path().to_owned()).unwrap();
    let play = Play {
        lesson: "w04-l09".to_owned(),
        scenario: "s".to_owned(),
        seed: 1,
        cut: None,
        arguments: vec!["{host}".to_owned(), "{port}".to_owned()],
        stdin: Vec::new(),
        script: Script { connections: vec![steps], watches_keepalive, ..Script::default() },
        bodies: BTreeMap::new(),
    };
    Some(encounter.play(&play, &invocation).expect("nothing is wrong with the machine"))
}

fn expect() -> Step {
    Step::Expect(Expect { request: "GET /".to_owned() })
}

fn send() -> Step {
    let head = "HTTP/1.1 204 No Content\r\n\r\n";
    Step::Send(Send { bytes: head.into(), cuts: Vec::new(), head_bytes: head.len(), fin: false })
}

fn vanishing() -> Vec<Step> {
    vec![expect(), send(), Step::Vanish]
}

fn stderr(trace: &Trace) -> String {
    let said = trace.events.iter().filter_map(|event| match &event.what {
        What::Printed { stream: Stream::Stderr, bytes } => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    });
    said.collect()
}

fn keepalives(trace: &Trace) -> Vec<Option<KeepaliveTimes>> {
    let told = trace.events.iter().filter_map(|event| match event.what {
        What::Keepalive { armed, .. } => Some(armed),
        _ => None,
    });
    told.collect()
}

#[test]
fn without_keepalive_the_wait_for_a_vanished_peer_has_no_end() {
    let Some(trace) = meet(vanishing(), false, "ask(); answer()\ns.recv(1)") else { return };
    assert_eq!(trace.end, End::Hung(Hang { call: "recv".to_owned(), connection: Some(1), threads: 1 }));
    assert!(trace.ended_at.since_start() < STILL, "seen at once: {:?}", trace.ended_at);
    assert!(trace.events.iter().any(|event| event.what == What::Vanished { connection: 1 }));
    assert!(!trace.events.iter().any(|event| event.what == What::ProgramClosed { connection: 1 }));
}

#[test]
fn keepalive_notices_a_vanished_peer() {
    let Some(trace) = meet(vanishing(), false, "arm(2, 1, 2); ask(); answer()\ns.recv(1)") else { return };
    assert!(stderr(&trace).contains("TimeoutError"), "{trace:#?}");
    assert_eq!(trace.end, End::Exited { status: ExitStatus::Code(1), left_behind: Vec::new() });
    assert!(trace.ended_at.since_start() > STILL, "the deadline leaves the kernel its time");
}

#[test]
fn keepalive_that_comes_too_late_is_not_waited_for() {
    let Some(trace) = meet(vanishing(), false, "arm(); ask(); answer()\ns.recv(1)") else { return };
    assert!(matches!(trace.end, End::DeadlinePassed { .. }), "{:?}", trace.end);
    assert!(trace.ended_at.since_start() < 2 * STILL);
}

#[test]
fn keepalive_with_a_living_peer_ends_no_wait() {
    let steps = vec![expect(), send(), Step::Stay];
    let Some(trace) = meet(steps, false, "arm(1, 1, 1); ask(); answer()\ns.recv(1)") else { return };
    assert!(matches!(trace.end, End::Hung(_)), "{:?}", trace.end);
}

#[test]
fn nothing_that_is_sent_to_a_vanished_peer_arrives() {
    let rest = "ask(); answer()\ntime.sleep(0.3)\nask()\ns.settimeout(0.5)\ns.recv(1)";
    let Some(trace) = meet(vanishing(), false, rest) else { return };
    let received = trace.events.iter().filter(|event| matches!(event.what, What::Received { .. })).count();
    assert_eq!(received, 1);
    assert!(stderr(&trace).contains("timed out"), "{trace:#?}");
    assert!(trace.ended_at.since_start() < Duration::from_secs(2), "the end is not waited for: {trace:#?}");
}

#[test]
fn keepalive_is_told_as_the_program_has_armed_it() {
    let steps = || vec![expect(), send(), Step::Stay];
    let times = KeepaliveTimes { idle: 10, interval: 5, probes: 3 };
    for (rest, told) in [
        ("arm(10, 5, 3); ask(); answer()", vec![Some(times)]),
        ("ask(); answer()", vec![None]),
    ] {
        let Some(trace) = meet(steps(), true, rest) else { return };
        assert_eq!(keepalives(&trace), told, "{rest}: {trace:#?}");
        assert_eq!(trace.end, End::Exited { status: ExitStatus::Code(0), left_behind: Vec::new() });
    }
    // Whether the first look comes before, nobody can say.
    let Some(late) = meet(steps(), true, "ask(); arm(10, 5, 3); answer()") else { return };
    assert_eq!(keepalives(&late).last(), Some(&Some(times)));
    let Some(unasked) = meet(steps(), false, "arm(); ask(); answer()") else { return };
    assert_eq!(keepalives(&unasked), []);
}
