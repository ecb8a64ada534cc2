//! Names, peers that vanish and TCP keepalive, with real programs at both levels.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]
#![cfg(target_os = "linux")]

mod support;

use std::path::Path;
use std::time::Duration;

use support::meetings::{expect, meet};
use support::programs::python;
use workbook::deadlines::{Patience, STILL, VANISHED};
use workbook::lab::build::tools;
use workbook::lab::{Lab, Limits, Plan, Wanted};
use workbook::run::Invocation;
use workbook::trace::{
    End, ExitStatus, Hang, KeepaliveTimes, Name, NameAnswer, Script, Send, Step, Stream, Told, Trace, What,
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

/// A program in Python at one level, and what it meets.
struct Meeting {
    wanted: Wanted,
    script: Script,
}

impl Meeting {
    /// Beside us on this machine, over one connection.
    fn on_host(steps: Vec<Step>) -> Self {
        let script = Script { connections: vec![steps], ..Script::default() };
        Self { wanted: Wanted::Loopback, script }
    }

    /// In a box.
    fn in_box(connections: Vec<Vec<Step>>, names: Vec<Name>) -> Self {
        Self { wanted: Wanted::Private, script: Script { connections, names, ..Script::default() } }
    }

    /// With what becomes of TCP keepalive.
    fn watching(mut self) -> Self {
        self.script.watches_keepalive = true;
        self
    }

    /// What happens; none without Python, or where there can be no box.
    fn with(self, source: &str) -> Option<Trace> {
        let python = python()?;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("client.py");
        std::fs::write(&file, source).unwrap();
        let (limits, patience) = (Limits::default(), Patience::normal());
        let executable = Path::new(env!("CARGO_BIN_EXE_workbook"));
        let lab = Lab::open(executable, 1, limits, patience, self.wanted).unwrap();
        let readable = tools::places(Path::new(python)).into_iter().chain([python.into(), file.clone()]);
        let site = lab.site(&Plan { readable: readable.collect(), ..Plan::default() }).unwrap();
        if let Some(obstacle) = lab.obstacle() {
            support::skip(&obstacle.to_string());
            return None;
        }
        let line = format!("{python} {}", file.display());
        let invocation = Invocation::parse(&line, std::env::temp_dir()).unwrap();
        Some(meet(&site, &invocation, self.script, &[]))
    }

    /// As [`Meeting::with`], with a client that goes on like this.
    fn with_client(self, rest: &str) -> Option<Trace> {
        self.with(&format!("{CLIENT}{rest}"))
    }
}

fn send() -> Step {
    let head = "HTTP/1.1 204 No Content\r\n\r\n";
    Step::Send(Send { bytes: head.into(), cuts: Vec::new(), head_bytes: head.len(), fin: false })
}

fn vanishing() -> Vec<Step> {
    vec![expect(), send(), Step::Vanish]
}

fn printed(trace: &Trace, wanted: Stream) -> String {
    let said = trace.events.iter().filter_map(|event| match &event.what {
        What::Printed { stream, bytes } if *stream == wanted => {
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
        _ => None,
    });
    said.collect()
}

fn stderr(trace: &Trace) -> String {
    printed(trace, Stream::Stderr)
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
    let Some(trace) = Meeting::on_host(vanishing()).with_client("ask(); answer()\ns.recv(1)") else { return };
    assert_eq!(trace.end, End::Hung(Hang { call: "recv".to_owned(), connection: Some(1), threads: 1 }));
    assert!(trace.ended_at.since_start() < STILL, "seen at once: {:?}", trace.ended_at);
    assert!(trace.events.iter().any(|event| event.what == What::Vanished { connection: 1 }));
    assert!(!trace.events.iter().any(|event| event.what == What::ProgramClosed { connection: 1 }));
}

#[test]
fn keepalive_notices_a_vanished_peer() {
    let Some(trace) = Meeting::on_host(vanishing()).with_client("arm(2, 1, 2); ask(); answer()\ns.recv(1)")
    else {
        return;
    };
    assert!(stderr(&trace).contains("TimeoutError"), "{trace:#?}");
    assert_eq!(trace.end, End::Exited { status: ExitStatus::Code(1), left_behind: Vec::new() });
    assert!(trace.ended_at.since_start() > STILL, "the deadline leaves the kernel its time");
}

#[test]
fn keepalive_that_comes_too_late_is_not_waited_for() {
    let Some(trace) = Meeting::on_host(vanishing()).with_client("arm(); ask(); answer()\ns.recv(1)") else {
        return;
    };
    assert!(matches!(trace.end, End::DeadlinePassed { .. }), "{:?}", trace.end);
    assert!(trace.ended_at.since_start() < VANISHED, "{trace:#?}");
}

#[test]
fn keepalive_with_a_living_peer_ends_no_wait() {
    let steps = vec![expect(), send(), Step::Stay];
    let Some(trace) = Meeting::on_host(steps).with_client("arm(1, 1, 1); ask(); answer()\ns.recv(1)") else {
        return;
    };
    assert!(matches!(trace.end, End::Hung(_)), "{:?}", trace.end);
}

#[test]
fn nothing_that_is_sent_to_a_vanished_peer_arrives() {
    let rest = "ask(); answer()\ntime.sleep(0.3)\nask()\ns.settimeout(0.5)\ns.recv(1)";
    let Some(trace) = Meeting::on_host(vanishing()).with_client(rest) else { return };
    let received = trace.events.iter().filter(|event| matches!(event.what, What::Received { .. })).count();
    assert_eq!(received, 1);
    assert!(stderr(&trace).contains("timed out"), "{trace:#?}");
    assert!(trace.ended_at.since_start() < Duration::from_secs(2), "the end is not waited for: {trace:#?}");
}

#[test]
fn keepalive_is_told_as_the_program_has_armed_it() {
    let steps = || vec![expect(), send(), Step::Stay];
    let times = KeepaliveTimes { idle: 10, interval: 5, probes: 3 };
    for (rest, told) in
        [("arm(10, 5, 3); ask(); answer()", vec![Some(times)]), ("ask(); answer()", vec![None])]
    {
        let Some(trace) = Meeting::on_host(steps()).watching().with_client(rest) else { return };
        assert_eq!(keepalives(&trace), told, "{rest}: {trace:#?}");
        assert_eq!(trace.end, End::Exited { status: ExitStatus::Code(0), left_behind: Vec::new() });
    }
    // Whether the first look comes before, nobody can say.
    let Some(late) = Meeting::on_host(steps()).watching().with_client("ask(); arm(10, 5, 3); answer()")
    else {
        return;
    };
    assert_eq!(keepalives(&late).last(), Some(&Some(times)));
    let Some(unasked) = Meeting::on_host(steps()).with_client("arm(); ask(); answer()") else { return };
    assert_eq!(keepalives(&unasked), []);
}

#[test]
fn in_a_box_bare_keepalive_notices_a_vanished_peer() {
    let meeting = Meeting::in_box(vec![vanishing()], vec![]).watching();
    let Some(trace) = meeting.with_client("arm(); ask(); answer()\ns.recv(1)") else { return };
    assert_eq!(keepalives(&trace), [Some(KeepaliveTimes { idle: 1, interval: 1, probes: 2 })]);
    assert!(stderr(&trace).contains("TimeoutError"), "{trace:#?}");
    assert!(trace.ended_at.since_start() < Duration::from_secs(6), "{:?}", trace.ended_at);
}

#[test]
fn in_a_box_a_request_to_a_vanished_peer_ends_too() {
    let meeting = Meeting::in_box(vec![vanishing()], vec![]);
    let Some(trace) = meeting.with_client("ask(); answer(); time.sleep(0.3); ask()\ns.recv(1)") else {
        return;
    };
    assert!(stderr(&trace).contains("TimeoutError"), "{trace:#?}");
    assert!(trace.ended_at.since_start() > STILL, "the deadline leaves the kernel its time");
}

#[test]
fn in_a_box_the_wait_for_a_vanished_peer_has_no_end_either() {
    let meeting = Meeting::in_box(vec![vanishing()], vec![]);
    let Some(trace) = meeting.with_client("ask(); answer()\ns.recv(1)") else { return };
    assert!(matches!(trace.end, End::Hung(_)), "{trace:#?}");
}

/// Resolves each name, and connects to each address that is found, in the resolver's order or its own.
const RESOLVES: &str = "\
import socket
def addresses(name):
    try:
        found = socket.getaddrinfo(name, 80, type=socket.SOCK_STREAM)
        return [entry[4][0] for entry in found]
    except socket.gaierror as error:
        return [error.errno == socket.EAI_NONAME and 'no such name' or 'no answer']
for name in 'example.com', 'two.example', 'LONG.example', 'slow.example', 'gone.example', 'other.example':
    print(name, *sorted(addresses(name)))
for address in '192.0.2.1', '192.0.2.2', '2001:db8::1', '203.0.113.7':
    try:
        s = socket.create_connection((address, 80))
        s.sendall(b'GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')
        print(address, s.recv(12).decode())
    except OSError as error:
        print(address, 'unreachable')
";

#[test]
fn in_a_box_names_lead_where_the_script_says() {
    let address = |text: &str| text.parse().unwrap();
    let name = |host: &str, addresses: &[&str], answer| Name {
        host: host.to_owned(),
        addresses: addresses.iter().map(|text| address(text)).collect(),
        answer,
        ..Name::default()
    };
    let names = vec![
        Name {
            dead: vec![address("192.0.2.1")],
            ..name("two.example", &["192.0.2.1", "2001:db8::1", "192.0.2.2"], NameAnswer::Found)
        },
        name("long.example", &["192.0.2.3"], NameAnswer::Truncated),
        Name {
            slow: Some(Duration::from_millis(100)),
            ..name("slow.example", &["192.0.2.4"], NameAnswer::Found)
        },
        name("gone.example", &[], NameAnswer::Nxdomain),
    ];
    let steps = || vec![expect(), send(), Step::Stay];
    let Some(trace) = Meeting::in_box(vec![steps(), steps(), steps()], names).with(RESOLVES) else { return };
    let expected = "\
        example.com 192.0.2.80\n\
        two.example 192.0.2.1 192.0.2.2 2001:db8::1\n\
        LONG.example 192.0.2.3\n\
        slow.example 192.0.2.4\n\
        gone.example no such name\n\
        other.example no such name\n\
        192.0.2.1 unreachable\n\
        192.0.2.2 HTTP/1.1 204\n\
        2001:db8::1 HTTP/1.1 204\n\
        203.0.113.7 HTTP/1.1 204\n";
    assert_eq!(printed(&trace, Stream::Stdout), expected, "{trace:#?}");
    let truncated = |event: &What| matches!(event, What::Asked { answer: Told::Truncated, .. });
    assert!(trace.events.iter().any(|event| truncated(&event.what)), "{trace:#?}");
}

#[test]
fn in_a_box_a_silent_name_server_is_given_up() {
    let mute = Name { host: "mute.example".to_owned(), answer: NameAnswer::Silent, ..Name::default() };
    let source = "import socket\ntry: socket.getaddrinfo('mute.example', 80)\nexcept socket.gaierror: print('no answer')";
    let Some(trace) = Meeting::in_box(vec![], vec![mute]).with(source) else { return };
    assert_eq!(printed(&trace, Stream::Stdout), "no answer\n", "{trace:#?}");
    assert_eq!(trace.end, End::Exited { status: ExitStatus::Code(0), left_behind: Vec::new() });
}
