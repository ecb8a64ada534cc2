//! Packets that take their time: what real programs feel of a wire, and what is left of it.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]
#![cfg(target_os = "linux")]

mod support;

use std::path::Path;
use std::time::Duration;

use predicates::str::contains;
use serde_json::Value;
use sha2::{Digest, Sha256};
use support::meetings::{expect, meet};
use support::programs::{has, python};
use support::{Fixture, LESSON_FOLDER, is_alive, wait_until, workbook};
use workbook::deadlines::Patience;
use workbook::kernel::Processes;
use workbook::lab::build::tools;
use workbook::lab::{Lab, Limits, Plan, Site, Stage, Wanted};
use workbook::run::Invocation;
use workbook::trace::{End, ExitStatus, Script, Send, Step, Stream, Trace, What};

/// The folder of this repository's own course.
const COURSE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Connects and asks.
const CLIENT: &str = "\
import socket, sys, time, hashlib
def connect(address=None):
    return socket.create_connection(address or (sys.argv[1], int(sys.argv[2])))
def ask(s):
    s.sendall(b'GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')
def read_all(s):
    return b''.join(iter(lambda: s.recv(65536), b''))
";

/// A lab, and one place with a wire in it.
struct Wire {
    site: Site,
    lab: Lab,
}

impl Wire {
    /// None where there can be no such place, or no Python.
    fn lay() -> Option<Self> {
        let python = python()?;
        let executable = Path::new(env!("CARGO_BIN_EXE_workbook"));
        let lab = Lab::open(executable, 1, Limits::default(), Patience::normal(), Wanted::Private).unwrap();
        let readable = tools::places(Path::new(python)).into_iter().chain([python.into()]).collect();
        let site = lab.site(&Plan { readable, has_wire: true, ..Plan::default() }).unwrap();
        if let Some(obstacle) = lab.obstacle() {
            support::skip(&obstacle.to_string());
            return None;
        }
        Some(Self { site, lab })
    }

    /// What happens when a client that goes on like this meets a peer with these scripts.
    fn meet(&self, rtt: Duration, rest: &str, connections: Vec<Vec<Step>>) -> Trace {
        let words = vec![python().unwrap().to_owned(), "-c".to_owned(), format!("{CLIENT}{rest}")];
        let invocation = Invocation { words, folder: std::env::temp_dir(), needs: Vec::new() };
        let script = Script { connections, rtt: Some(rtt), ..Script::default() };
        meet(&self.site, &invocation, script, &[])
    }
}

fn send(bytes: Vec<u8>, fin: bool) -> Step {
    Step::Send(Send { bytes: bytes.into(), cuts: Vec::new(), head_bytes: 0, fin })
}

fn answer() -> Step {
    send(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec(), false)
}

fn stdout(trace: &Trace) -> String {
    let printed = trace.events.iter().filter_map(|event| match &event.what {
        What::Printed { stream: Stream::Stdout, bytes } => Some(bytes.to_vec()),
        _ => None,
    });
    String::from_utf8(printed.flatten().collect()).unwrap()
}

/// What the program printed; it must have ended well.
fn printed(trace: &Trace) -> String {
    let is_well = matches!(trace.end, End::Exited { status: ExitStatus::Code(0), .. });
    assert!(is_well, "{:?} {:?}", trace.end, trace.events);
    stdout(trace)
}

const MEDIANS: &str = "
connects, asks = [], []
for _ in range(5):
    start = time.monotonic()
    s = connect(('192.0.2.80', 80))
    connects.append(time.monotonic() - start)
    for _ in range(2):
        start = time.monotonic()
        ask(s)
        s.recv(100)
        asks.append(time.monotonic() - start)
    s.close()
for times in connects, asks:
    print(min(times) * 1e3, sorted(times)[len(times) // 2] * 1e3)
";

#[test]
fn a_handshake_and_an_exchange_take_a_round_trip_each() {
    let Some(wire) = Wire::lay() else { return };
    for rtt in [20.0, 100.0] {
        let script = vec![vec![expect(), answer(), expect(), answer()]; 5];
        let trace = wire.meet(Duration::from_secs_f64(rtt / 1e3), MEDIANS, script);
        let numbers: Vec<f64> =
            printed(&trace).split_whitespace().map(|number| number.parse().unwrap()).collect();
        let [connect, usual_connect, ask, usual_ask] = numbers[..] else { panic!("{numbers:?}") };
        assert!(connect >= rtt && ask >= rtt, "nothing is faster than the wire: {numbers:?}");
        assert!(usual_connect < rtt * 1.5 && usual_ask < rtt * 1.5, "{rtt}: {numbers:?}");
    }
}

#[test]
fn a_wire_of_no_length_is_no_wait() {
    let Some(wire) = Wire::lay() else { return };
    let trace = wire.meet(Duration::ZERO, MEDIANS, vec![vec![expect(), answer(), expect(), answer()]; 5]);
    let usual_ask: f64 = printed(&trace).split_whitespace().last().unwrap().parse().unwrap();
    assert!(usual_ask < 20.0, "{usual_ask} ms");
}

#[test]
fn large_bodies_arrive_intact_both_ways() {
    let Some(wire) = Wire::lay() else { return };
    let body: Vec<u8> = (0..8_u32 << 20).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let rest = "
s = connect()
ask(s)
body = read_all(s)
print(hashlib.sha256(body).hexdigest())
s.sendall(body[:1 << 20])
";
    let trace = wire.meet(
        Duration::from_millis(10),
        rest,
        vec![vec![expect(), send(body.clone(), true), Step::Stay]],
    );
    let digest: String = Sha256::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(printed(&trace).trim(), digest);
    let received: Vec<u8> = trace
        .events
        .iter()
        .filter_map(|event| match &event.what {
            What::Received { bytes, .. } => Some(bytes.to_vec()),
            _ => None,
        })
        .flatten()
        .collect();
    let request = received.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    assert!(received[request..] == body[..1 << 20], "{} bytes came", received.len() - request);
}

#[test]
fn every_address_of_both_kinds_leads_over_the_wire() {
    let Some(wire) = Wire::lay() else { return };
    let rest = "
for address in ('2001:db8::50', '2600:1f18::1', '198.51.100.7', sys.argv[1]):
    start = time.monotonic()
    s = connect((address, 80))
    ask(s)
    s.recv(100)
    print(s.getpeername()[0], s.getsockname()[0], time.monotonic() - start >= 0.06)
";
    let trace = wire.meet(Duration::from_millis(30), rest, vec![vec![expect(), answer()]; 4]);
    let expected = "\
2001:db8::50 2001:db8::10 True
2600:1f18::1 2001:db8::10 True
198.51.100.7 192.0.2.10 True
192.0.2.80 192.0.2.10 True
";
    assert_eq!(printed(&trace), expected);
}

/// What a program does just before it ends is on its way for half a round trip.
#[test]
fn what_is_under_way_when_the_program_ends_is_seen() {
    let Some(wire) = Wire::lay() else { return };
    let trace = wire.meet(Duration::from_millis(200), "connect()\nask(connect())\n", vec![vec![expect()]; 2]);
    printed(&trace);
    let count = |is: fn(&What) -> bool| trace.events.iter().filter(|event| is(&event.what)).count();
    assert_eq!(count(|what| matches!(what, What::Opened { .. })), 2, "{:?}", trace.events);
    assert_eq!(count(|what| matches!(what, What::Received { .. })), 1, "{:?}", trace.events);
    assert_eq!(count(|what| matches!(what, What::ProgramClosed { .. })), 2, "{:?}", trace.events);
}

#[test]
fn a_hang_is_told_and_a_packet_under_way_is_none() {
    let Some(wire) = Wire::lay() else { return };
    let rest = "
s = connect()
ask(s)
print(len(s.recv(100)), flush=True)
s.recv(100)
";
    // The answer takes longer than a hang takes to be told.
    let trace = wire.meet(Duration::from_millis(500), rest, vec![vec![expect(), answer(), Step::Stay]]);
    assert!(matches!(trace.end, End::Hung(_)), "{:?}", trace.end);
    assert_eq!(stdout(&trace), "27\n");
    let last = trace.events.iter().rfind(|event| matches!(event.what, What::Printed { .. })).unwrap().at;
    let wait = trace.ended_at.since_start() - last.since_start();
    assert!(wait < Duration::from_secs(2), "told after {wait:?}");
}

#[test]
fn the_relay_counts_what_a_connection_costs() {
    let Some(wire) = Wire::lay() else { return };
    let trace = wire.meet(Duration::from_millis(2), "connect().close()\n", vec![vec![expect()]]);
    printed(&trace);
    let relay = wire.site.relay().unwrap();
    relay.settle(Duration::from_secs(2)).unwrap();
    let carried = relay.carried();
    assert_eq!((carried.to_peer.handshakes(), carried.to_program.handshakes()), (1, 1));
    // SYN, ACK, FIN and ACK; the first has 60 bytes and the others 52.
    assert_eq!((carried.to_peer.packets, carried.to_peer.bytes), (4, 60 + 3 * 52));
    // SYN-ACK and FIN; the program's FIN may be acknowledged before.
    assert!((2..=3).contains(&carried.to_program.packets), "{carried:?}");
}

#[test]
fn a_round_trip_time_needs_a_wire() {
    let executable = Path::new(env!("CARGO_BIN_EXE_workbook"));
    let lab = Lab::open(executable, 1, Limits::default(), Patience::normal(), Wanted::Private).unwrap();
    let site = lab.site(&Plan::default()).unwrap();
    if let Some(obstacle) = lab.obstacle() {
        return support::skip(&obstacle.to_string());
    }
    let error =
        site.prepare(&Stage { round_trip: Duration::from_millis(1), ..Stage::default() }).unwrap_err();
    assert!(error.to_string().ends_with("there is no wire here, and so no round-trip time"), "{error}");
}

/// Relays of this process, whatever test they belong to.
fn relays() -> usize {
    std::fs::read_dir("/proc/self/task")
        .unwrap()
        .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok())
        .filter(|name| name.trim() == "relay")
        .count()
}

#[test]
fn many_wires_leave_nothing_behind() {
    /// Far more than the other tests of this process can have.
    const MANY: usize = 50;
    let Some(wire) = Wire::lay() else { return };
    for _ in 0..MANY {
        let plan = Plan { has_wire: true, ..Plan::default() };
        drop(wire.lab.site(&plan).unwrap());
    }
    wait_until("no relay is left but those in use", || relays() < MANY / 2);
    let launcher = Processes::below(std::process::id());
    wait_until("no box is left but the one in use", || {
        launcher.ids().iter().all(|&launcher| Processes::below(launcher).ids().len() <= MANY / 2)
    });
}

/// The binary, called in this repository's course.
fn workbook_with(arguments: &[&str]) -> assert_cmd::Command {
    let mut command = workbook();
    command.args(["--course", COURSE]).args(arguments).env_remove("WORKBOOK_LEVEL");
    command
}

#[test]
fn death_of_the_grader_ends_everything() {
    let Some(_) = Wire::lay() else { return };
    let arguments =
        ["--course", COURSE, "measure", "w04-l05", "--solution", "--lang", "python", "--rtt", "2s"];
    let mut grader = std::process::Command::new(env!("CARGO_BIN_EXE_workbook"))
        .args(arguments)
        .env_remove("WORKBOOK_LEVEL")
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    // Launcher, box, first process of the run, program.
    wait_until("the program runs", || Processes::below(grader.id()).ids().len() >= 4);
    let all = Processes::below(grader.id());
    grader.kill().unwrap();
    grader.wait().unwrap();
    wait_until("nobody is left", || !all.ids().iter().any(|&process| is_alive(process)));
}

#[test]
fn every_solution_passes_over_a_wire() {
    if !has("cc") || Wire::lay().is_none() {
        return;
    }
    for lesson in ["w04-l01", "w04-l02", "w04-l03", "w04-l05"] {
        workbook_with(&["check", lesson, "--solution", "--lang", "c", "--rtt", "20ms", "-q"])
            .assert()
            .code(0);
    }
}

#[test]
fn reuse_is_worth_nine_handshakes_and_nine_round_trips() {
    if !has("cc") || Wire::lay().is_none() {
        return;
    }
    let arguments = ["measure", "w04-l05", "--solution", "--lang", "c", "--format", "json"];
    let output = workbook_with(&arguments).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    assert_eq!(report["comparable"], true, "{report}");
    for (run, handshakes, packets, round_trips) in [("closed", 10, 80, 20.0), ("kept", 1, 28, 11.0)] {
        let run = &report[run];
        assert_eq!([&run["handshakes"], &run["requests"]], [handshakes, 10], "{report}");
        // A starved machine may acknowledge one time more, or one less.
        let extra = run["packets"].as_i64().unwrap() - packets;
        assert!(extra.abs() <= 4, "{report}");
        let measured = run["round_trips"].as_f64().unwrap();
        assert!((round_trips..round_trips + 3.0).contains(&measured), "{report}");
    }
}

#[test]
fn a_program_that_cannot_go_on_is_told_so() {
    if !has("cc") || Wire::lay().is_none() {
        return;
    }
    let arguments = ["measure", "w04-l03", "--solution", "--lang", "c", "--rtt", "10ms"];
    workbook_with(&arguments)
        .assert()
        .code(0)
        .stdout(contains("fetched 2\n  responses (1 connection, 12 packets"))
        .stdout(contains("fetched 1\n  response (1 connection, 8 packets"))
        .stdout(contains("There is nothing to compare: only a program that opens a new connection"));
}

#[test]
fn without_the_private_level_there_is_no_round_trip_time() {
    let l05 = ["w04-l05", "--solution", "--lang", "c", "--level", "loopback"];
    for (command, what) in
        [(&["check", "--rtt", "20ms"][..], "--rtt"), (&["measure"][..], "workbook measure")]
    {
        let message = format!(
            "workbook: {what} needs the private level, where program and peer have a wire between them: on \
             127.0.0.1 no packet takes any time\n"
        );
        workbook_with(command).args(l05).assert().code(2).stderr(message);
    }
}

#[test]
fn round_trip_times_that_make_no_sense_are_refused() {
    let too_long =
        "no round trip takes so long: 2 s is the most, and to the other side of the earth it is 300ms";
    let none = "expected a duration such as \"20ms\" or \"1s\"";
    for (time, why) in [
        ("2001ms", too_long),
        ("1h", "unknown unit of time `h`"),
        ("5", "5 of what? Expected a unit, as in `5ms` or `5s`"),
        ("fast", none),
        ("-1s", none),
    ] {
        let time = format!("--rtt={time}");
        workbook_with(&["check", "w04-l01", &time]).assert().code(2).stderr(contains(why));
    }
}

#[test]
fn a_scenario_has_its_own_round_trip_time() {
    let Some(_) = Wire::lay() else { return };
    let fixture = Fixture::new();
    let checks = format!("{LESSON_FOLDER}/checks.toml");
    let source = "title = \"The server answers and keeps the connection open.\"";
    fixture.edit(&checks, source, &format!("{source}\nrtt = \"200ms\""));
    let check = ["check", "l01", "--solution", "--lang", "py", "--format", "json", "--require-private"];
    let output = fixture.workbook(&check).env_remove("WORKBOOK_LEVEL").output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    assert_eq!(report["result"], "held", "{report}");
    let between = |scenario: usize| {
        let events = report["scenarios"][scenario]["trace"]["events"].as_array().unwrap();
        let at = |name: &str| {
            let event = events.iter().find(|event| event["event"] == name);
            event.and_then(|event| event["at"].as_u64()).unwrap_or_else(|| panic!("{name}: {events:?}"))
        };
        Duration::from_nanos(at("exited") - at("opened"))
    };
    assert!(between(0) >= Duration::from_millis(200), "{:?}", between(0));
    assert!(between(1) < Duration::from_millis(200), "{:?}", between(1));
}
