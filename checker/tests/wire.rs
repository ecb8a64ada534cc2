//! The peer against a raw socket: no program of a learner's, no judge.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use support::PATIENCE;
use workbook::deadlines::Patience;
use workbook::kernel::Sockets;
use workbook::trace::{Close, Expect, Hold, Listen, Script, Send, Step, What};
use workbook::wire::{Peer, World};

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";

/// The peer at work in a thread of its own.
struct Stage {
    address: SocketAddr,
    shared: Arc<Shared>,
    wake: UnixStream,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    events: Mutex<Vec<What>>,
    has_changed: Condvar,
    printed_bytes: AtomicUsize,
    is_over: AtomicBool,
}

impl Stage {
    fn open(connections: Vec<Vec<Step>>) -> Self {
        Self::open_with(Listen::Accept, connections, 100)
    }

    fn open_with(listen: Listen, connections: Vec<Vec<Step>>, most_connections: usize) -> Self {
        let script = Script { listen, connections, ..Script::default() };
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().unwrap();
        let listener = if listen == Listen::Accept { Some(listener) } else { None };
        let peer = Peer::open(listener, script, most_connections).expect("a peer");
        let (wake, woken) = UnixStream::pair().expect("a pair of sockets");
        woken.set_nonblocking(true).unwrap();
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let thread = std::thread::spawn(move || play(peer, &theirs, &woken));
        Self { address, shared, wake, thread: Some(thread) }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("the peer listens");
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    }

    /// The program would have printed so many bytes by now.
    fn prints(&mut self, bytes: usize) {
        self.shared.printed_bytes.store(bytes, Ordering::Relaxed);
        self.wake.write_all(b"!").unwrap();
    }

    fn events(&self) -> Vec<What> {
        self.shared.events.lock().unwrap().clone()
    }

    /// The events, as soon as they say what is waited for.
    fn wait_for(&self, what: &str, is_there: impl Fn(&[What]) -> bool) -> Vec<What> {
        let deadline = Instant::now() + PATIENCE;
        let mut events = self.shared.events.lock().unwrap();
        while !is_there(&events) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "waited in vain for {what}: {events:#?}");
            events = self.shared.has_changed.wait_timeout(events, left).unwrap().0;
        }
        events.clone()
    }

    /// Waits until a script has reached a step on a connection.
    fn reaches(&self, connection: usize, script: usize, step: usize) -> Vec<What> {
        let wanted = What::Reached { connection, script, step };
        self.wait_for(&format!("{wanted:?}"), |events| events.contains(&wanted))
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
        let _ = self.wake.write_all(b"!");
        let outcome = self.thread.take().map(JoinHandle::join);
        assert!(std::thread::panicking() || outcome.is_none_or(|outcome| outcome.is_ok()), "the peer fails");
    }
}

/// The loop that owns the clock, as small as it can be.
fn play(mut peer: Peer, shared: &Shared, mut woken: &UnixStream) {
    let sockets = Sockets::open().ok();
    while !shared.is_over.load(Ordering::Relaxed) {
        let world = World {
            sockets: sockets.as_ref(),
            run: None,
            patience: Patience::normal(),
            printed_bytes: shared.printed_bytes.load(Ordering::Relaxed),
            opened_connections: peer.opened_connections(),
        };
        let mut record = |what| {
            shared.events.lock().unwrap().push(what);
            shared.has_changed.notify_all();
        };
        let turn = peer.turn(&world, &mut record).expect("the machine has descriptors left");
        if turn.has_moved {
            continue;
        }
        let descriptors = peer.descriptors();
        let mut wait: Vec<PollFd<'_>> = descriptors
            .iter()
            .map(|(descriptor, flags)| PollFd::from_borrowed_fd(*descriptor, *flags))
            .collect();
        wait.push(PollFd::from_borrowed_fd(woken.as_fd(), PollFlags::IN));
        let left = turn.wake.map(|wake| wake.saturating_duration_since(Instant::now()));
        let timeout = left.map(|left| Timespec::try_from(left).unwrap());
        rustix::io::retry_on_intr(|| poll(&mut wait, timeout.as_ref())).unwrap();
        while matches!(woken.read(&mut [0; 16]), Ok(1..)) {}
    }
}

fn expect(request: &str) -> Step {
    Step::Expect(Expect { request: request.to_owned() })
}

fn send(bytes: impl AsRef<[u8]>) -> Step {
    send_cut(bytes, vec![])
}

fn send_cut(bytes: impl AsRef<[u8]>, cuts: Vec<usize>) -> Step {
    Step::Send(Send { bytes: bytes.as_ref().into(), cuts, head_bytes: 0, fin: false })
}

fn send_fin(bytes: impl AsRef<[u8]>) -> Step {
    Step::Send(Send { bytes: bytes.as_ref().into(), cuts: vec![], head_bytes: 0, fin: true })
}

fn get(target: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n").into_bytes()
}

fn read_exactly(mut stream: &TcpStream, length: usize) -> String {
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).expect("so much arrives");
    String::from_utf8(bytes).unwrap()
}

fn read_to_end(mut stream: &TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("the peer closes");
    bytes
}

/// What each read gives, to the end.
fn reads(mut stream: &TcpStream) -> Vec<Vec<u8>> {
    let mut reads = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match stream.read(&mut buffer).expect("the peer closes") {
            0 => return reads,
            length => reads.push(buffer[..length].to_vec()),
        }
    }
}

/// All that arrived on a connection.
fn received(events: &[What], connection: usize) -> Vec<u8> {
    let parts = events.iter().filter_map(|what| match what {
        What::Received { connection: on, bytes } if *on == connection => Some(bytes.0.as_slice()),
        _ => None,
    });
    parts.flatten().copied().collect()
}

fn has_sent(events: &[What]) -> bool {
    events.iter().any(|what| matches!(what, What::Sent { .. }))
}

#[test]
fn a_script_is_played_step_by_step_and_told_in_order() {
    let pause = Duration::from_millis(30);
    let script =
        vec![expect("GET /"), send("answer"), Step::Pause(pause), Step::Close(Close::Fin), Step::Stay];
    let stage = Stage::open(vec![script]);
    let mut program = stage.connect();
    let start = Instant::now();
    program.write_all(GET).unwrap();
    assert_eq!(read_exactly(&program, 6), "answer");
    assert_eq!(read_to_end(&program), b"");
    assert!(start.elapsed() >= pause, "the peer pauses");
    let (here, there) = (program.local_addr().unwrap(), program.peer_addr().unwrap());
    drop(program);
    let told =
        stage.wait_for("the program's end", |events| events.contains(&What::ProgramClosed { connection: 1 }));
    let reached = |step| What::Reached { connection: 1, script: 1, step };
    let expected = [
        What::Opened { connection: 1, program: Some(here), peer: Some(there) },
        reached(0),
        What::Received { connection: 1, bytes: GET.into() },
        reached(1),
        What::Sent { connection: 1, bytes: "answer".into() },
        reached(2),
        reached(3),
        What::PeerClosed { connection: 1 },
        reached(4),
        What::ProgramClosed { connection: 1 },
    ];
    assert_eq!(told, expected);
}

#[test]
fn each_segment_arrives_as_a_read_of_its_own() {
    let body: Vec<u8> = (0..200).collect();
    let cuts = (1..200).collect();
    let stage = Stage::open(vec![vec![expect("GET /"), send_cut(&body, cuts), Step::Close(Close::Fin)]]);
    let mut program = stage.connect();
    program.write_all(GET).unwrap();
    let reads = reads(&program);
    assert_eq!(reads.concat(), body);
    if Sockets::open().is_err() {
        return support::skip("this system does not tell what was read: segments may merge");
    }
    assert_eq!(reads.len(), 200);
}

#[test]
fn a_program_that_reads_late_gets_segments_one_by_one() {
    let stage = Stage::open(vec![vec![expect("GET /"), send_cut("headbody", vec![4]), Step::Stay]]);
    let mut program = stage.connect();
    program.write_all(GET).unwrap();
    stage.wait_for("the first segment", has_sent);
    let mut buffer = [0; 100];
    assert_eq!(program.read(&mut buffer).unwrap(), 4);
    assert_eq!(&buffer[..4], b"head");
    assert_eq!(read_exactly(&program, 4), "body");
}

#[test]
fn a_program_that_never_reads_does_not_hold_the_peer_for_ever() {
    let stage = Stage::open(vec![vec![expect("GET /"), send_cut("headbody", vec![4]), Step::Stay]]);
    let mut program = stage.connect();
    program.write_all(GET).unwrap();
    stage.reaches(1, 1, 2);
    assert_eq!(read_exactly(&program, 8), "headbody");
}

#[test]
fn a_message_larger_than_every_buffer_arrives_whole() {
    let body: Vec<u8> = (0..8 * 1024 * 1024_u32).map(|number| (number % 251) as u8).collect();
    let stage = Stage::open(vec![vec![expect("GET /"), send(&body), Step::Close(Close::Fin)]]);
    let mut program = stage.connect();
    program.write_all(GET).unwrap();
    assert!(read_to_end(&program) == body, "every byte arrives, in order");
}

/// How many segments a Python program gets until the peer's FIN.
fn segments_until_fin(script: Vec<Step>) -> Option<u32> {
    const COUNT: &str = "import socket, struct, sys\n\
        s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))\n\
        while s.recv(4096): pass\n\
        print(struct.unpack_from('I', s.getsockopt(6, 11, 232), 140)[0])";
    let python = support::programs::python()?;
    let stage = Stage::open(vec![script]);
    let port = stage.address.port().to_string();
    let output = std::process::Command::new(python).args(["-c", COUNT, &port]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().parse().ok()
}

#[test]
#[cfg(target_os = "linux")]
fn data_and_fin_leave_in_one_segment() {
    let Some(apart) = segments_until_fin(vec![send("last"), Step::Close(Close::Fin)]) else { return };
    let together = segments_until_fin(vec![send_fin("last")]).expect("Python is there");
    assert_eq!((apart, together), (3, 2)); // SYN and ACK come first
}

#[test]
fn data_with_fin_is_told_as_sent_and_then_closed() {
    let stage = Stage::open(vec![vec![expect("GET /"), send_fin("last")]]);
    let mut program = stage.connect();
    program.write_all(GET).unwrap();
    assert_eq!(read_to_end(&program), b"last");
    let told = stage.reaches(1, 1, 2);
    let sent = What::Sent { connection: 1, bytes: "last".into() };
    let expected =
        [sent, What::PeerClosed { connection: 1 }, What::Reached { connection: 1, script: 1, step: 2 }];
    assert_eq!(told[told.len() - 3..], expected);
}

#[test]
fn a_reset_destroys_nothing_that_was_sent_before() {
    let stage = Stage::open(vec![vec![expect("GET /"), send("partial"), Step::Close(Close::Reset)]]);
    let mut program = stage.connect();
    program.write_all(GET).unwrap();
    stage.wait_for("the answer", has_sent);
    assert_eq!(read_exactly(&program, 4), "part");
    assert!(!stage.events().contains(&What::PeerReset { connection: 1 }), "three bytes are unread");
    assert_eq!(read_exactly(&program, 3), "ial");
    assert_eq!(program.read(&mut [0; 10]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    stage.wait_for("the reset", |events| events.contains(&What::PeerReset { connection: 1 }));
}

#[test]
fn a_reset_without_a_word_comes_at_once() {
    let stage = Stage::open(vec![vec![Step::Close(Close::Reset)]]);
    let mut program = stage.connect();
    assert_eq!(program.read(&mut [0; 10]).unwrap_err().kind(), ErrorKind::ConnectionReset);
}

#[test]
fn the_peer_can_speak_first() {
    let stage = Stage::open(vec![vec![send("early"), expect("GET /"), send("late"), Step::Stay]]);
    let mut program = stage.connect();
    assert_eq!(read_exactly(&program, 5), "early");
    program.write_all(GET).unwrap();
    assert_eq!(read_exactly(&program, 4), "late");
}

#[test]
fn what_comes_after_the_half_close_is_still_recorded() {
    let stage = Stage::open(vec![vec![expect("GET /"), send("answer"), Step::Close(Close::Fin), Step::Stay]]);
    let mut program = stage.connect();
    program.write_all(GET).unwrap();
    assert_eq!(read_to_end(&program), b"answer");
    program.write_all(&get("/again")).unwrap();
    let both = [GET.to_vec(), get("/again")].concat();
    stage.wait_for("the second request", |events| received(events, 1) == both);
    program.shutdown(Shutdown::Write).unwrap();
    let told = stage.wait_for("its end", |events| events.contains(&What::ProgramClosed { connection: 1 }));
    assert_eq!(told.iter().filter(|what| matches!(what, What::PeerClosed { .. })).count(), 1);
}

#[test]
fn a_request_behind_the_script_is_answered_with_fin() {
    let stage = Stage::open(vec![vec![expect("GET /"), send("answer"), Step::Stay]]);
    let mut program = stage.connect();
    program.write_all(GET).unwrap();
    assert_eq!(read_exactly(&program, 6), "answer");
    program.write_all(&get("/again")).unwrap();
    assert_eq!(read_to_end(&program), b"");
    stage.wait_for("the peer's FIN", |events| events.contains(&What::PeerClosed { connection: 1 }));
}

#[test]
fn several_requests_may_come_in_one_read() {
    let script = vec![expect("GET /a"), send("A"), expect("GET /b"), send("B"), Step::Stay];
    let stage = Stage::open(vec![script]);
    let mut program = stage.connect();
    program.write_all(&[get("/a"), get("/b")].concat()).unwrap();
    assert_eq!(read_exactly(&program, 2), "AB");
    let told = stage.reaches(1, 1, 4);
    assert_eq!(told.iter().filter(|what| matches!(what, What::Received { .. })).count(), 1);
}

#[test]
fn a_request_may_be_cut_anywhere() {
    let request = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
    for cut in 1..request.len() {
        let stage = Stage::open(vec![vec![expect("POST /"), send("answer"), Step::Stay]]);
        let mut program = stage.connect();
        program.write_all(&request[..cut]).unwrap();
        let told = stage.wait_for("the first part", |events| received(events, 1).len() == cut);
        assert!(!told.contains(&What::Reached { connection: 1, script: 1, step: 1 }), "cut at {cut}");
        program.write_all(&request[cut..]).unwrap();
        assert_eq!(read_exactly(&program, 6), "answer", "cut at {cut}");
    }
}

#[test]
fn a_request_that_never_ends_is_never_answered() {
    let stage = Stage::open(vec![vec![expect("GET /"), send("answer"), Step::Stay]]);
    let mut program = stage.connect();
    let endless = [&b"GET / HTTP/1.1\r\n"[..], &b"X: y\r\n".repeat(100_000)].concat();
    program.write_all(&endless).unwrap();
    program.shutdown(Shutdown::Write).unwrap();
    let told = stage.wait_for("its end", |events| events.contains(&What::ProgramClosed { connection: 1 }));
    assert!(received(&told, 1) == endless, "every byte is recorded");
    assert!(!has_sent(&told));
    assert!(!told.contains(&What::Reached { connection: 1, script: 1, step: 1 }));
}

#[test]
fn a_reset_of_the_program_is_told_from_its_fin() {
    let stage = Stage::open(vec![vec![expect("GET /"), send("answer"), Step::Stay]]);
    let mut program = stage.connect();
    program.write_all(GET).unwrap();
    // What is closed with bytes unread is reset by the system.
    stage.wait_for("the answer", has_sent);
    program.read_exact(&mut [0; 1]).unwrap();
    drop(program);
    let told = stage.wait_for("the reset", |events| events.contains(&What::ProgramReset { connection: 1 }));
    assert!(!told.contains(&What::ProgramClosed { connection: 1 }));
}

#[test]
fn connections_play_the_scripts_in_the_order_of_accept() {
    let script = |request, answer| vec![expect(request), send(answer), Step::Stay];
    let stage = Stage::open(vec![script("GET /a", "A"), script("GET /b", "B")]);
    for (number, target, answer) in [(1, "/a", "A"), (2, "/b", "B")] {
        let mut program = stage.connect();
        program.write_all(&get(target)).unwrap();
        assert_eq!(read_exactly(&program, 1), answer);
        stage.reaches(number, number, 2);
    }
}

#[test]
fn connections_in_another_order_play_the_script_of_their_request() {
    let script = |request, answer| vec![expect(request), send(answer), Step::Stay];
    let stage = Stage::open(vec![script("GET /a", "A"), script("GET /b", "B")]);
    let (mut first, mut second) = (stage.connect(), stage.connect());
    stage.reaches(2, 2, 0);
    second.write_all(&get("/a")).unwrap();
    assert_eq!(read_exactly(&second, 1), "A");
    stage.reaches(2, 1, 2);
    first.write_all(&get("/b")).unwrap();
    assert_eq!(read_exactly(&first, 1), "B");
    stage.reaches(1, 2, 2);
}

#[test]
fn a_needless_connection_takes_over_what_is_left_undone() {
    let script = vec![expect("GET /a"), send("A"), expect("GET /b"), send("B"), Step::Stay];
    let stage = Stage::open(vec![script]);
    let mut first = stage.connect();
    first.write_all(&get("/a")).unwrap();
    assert_eq!(read_exactly(&first, 1), "A");
    let mut second = stage.connect();
    second.write_all(&get("/b")).unwrap();
    assert_eq!(read_exactly(&second, 1), "B");
    stage.reaches(2, 1, 4);
}

#[test]
fn a_connection_that_nobody_planned_is_ended_behind_its_request() {
    let stage = Stage::open(vec![vec![expect("GET /"), send("A"), Step::Stay]]);
    let mut first = stage.connect();
    first.write_all(GET).unwrap();
    assert_eq!(read_exactly(&first, 1), "A");
    let mut second = stage.connect();
    second.write_all(&get("/more")).unwrap();
    assert_eq!(read_to_end(&second), b"");
    assert_eq!(received(&stage.events(), 2), get("/more"));
}

#[test]
fn no_more_connections_are_accepted_than_allowed() {
    let stage = Stage::open_with(Listen::Accept, vec![], 2);
    let programs = [(); 3].map(|()| stage.connect());
    (&programs[2]).write_all(GET).unwrap();
    (&programs[1]).write_all(GET).unwrap();
    assert_eq!(read_to_end(&programs[1]), b"");
    assert!(!stage.events().iter().any(|event| matches!(event, What::Opened { connection: 3, .. })));
}

#[test]
fn a_peer_that_refuses_cannot_be_reached() {
    let stage = Stage::open_with(Listen::Refuse, vec![], 10);
    for _ in 0..2 {
        assert_eq!(TcpStream::connect(stage.address).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    }
    assert_eq!(stage.events(), []);
}

/// A peer that waits for something and then says so.
fn holding(hold: Hold) -> Stage {
    Stage::open(vec![vec![Step::Hold(hold), send("now"), Step::Stay], vec![expect("GET /"), Step::Stay]])
}

#[test]
fn hold_until_bytes_have_arrived() {
    let stage = holding(Hold::ReceivedBytes(5));
    let mut program = stage.connect();
    program.write_all(b"1234").unwrap();
    let told = stage.wait_for("four bytes", |events| received(events, 1) == b"1234");
    assert!(!has_sent(&told));
    program.write_all(b"5").unwrap();
    assert_eq!(read_exactly(&program, 3), "now");
}

#[test]
fn hold_until_requests_have_arrived() {
    let stage = holding(Hold::Requests(2));
    let mut program = stage.connect();
    program.write_all(GET).unwrap();
    assert!(!has_sent(&stage.wait_for("one request", |events| received(events, 1) == GET)));
    program.write_all(GET).unwrap();
    assert_eq!(read_exactly(&program, 3), "now");
}

#[test]
fn hold_until_something_was_printed() {
    let mut stage = holding(Hold::PrintedBytes(10));
    let mut program = stage.connect();
    program.write_all(GET).unwrap();
    stage.prints(9);
    assert!(!has_sent(&stage.wait_for("one request", |events| received(events, 1) == GET)));
    stage.prints(10);
    assert_eq!(read_exactly(&program, 3), "now");
}

#[test]
fn hold_until_the_program_has_closed() {
    let stage = holding(Hold::ProgramClosed);
    let mut program = stage.connect();
    program.write_all(GET).unwrap();
    assert!(!has_sent(&stage.wait_for("one request", |events| received(events, 1) == GET)));
    program.shutdown(Shutdown::Write).unwrap();
    assert_eq!(read_exactly(&program, 3), "now");
}

#[test]
fn hold_until_another_connection_is_open() {
    let stage = holding(Hold::Opened(2));
    let mut first = stage.connect();
    first.write_all(GET).unwrap();
    assert!(!has_sent(&stage.wait_for("one request", |events| received(events, 1) == GET)));
    let _second = stage.connect();
    assert_eq!(read_exactly(&first, 3), "now");
}

#[cfg(target_os = "linux")]
#[test]
fn a_peer_that_vanishes_is_silent_in_every_way() {
    let stage =
        Stage::open(vec![vec![expect("GET /"), send("bye"), Step::Vanish], vec![expect("GET /again")]]);
    let mut program = stage.connect();
    program.write_all(GET).unwrap();
    program.read_exact(&mut [0; 3]).unwrap();
    stage.reaches(1, 1, 3);
    program.write_all(GET).unwrap();
    program.shutdown(Shutdown::Write).unwrap();
    let sockets = Sockets::open().unwrap();
    let state = sockets.state(program.local_addr().unwrap(), stage.address).unwrap().unwrap();
    assert_eq!(state.unacknowledged_bytes as usize, GET.len() + 1, "a FIN counts as a byte");

    // Another connection is served as ever, and what comes after that says that nothing else came before.
    stage.connect().write_all(&get("/again")).unwrap();
    let events = stage.reaches(2, 2, 1);
    let of_the_first = events.iter().filter(|what| {
        matches!(what, What::Received { connection: 1, .. } | What::ProgramClosed { connection: 1 })
    });
    assert_eq!(of_the_first.count(), 1);
    assert!(events.contains(&What::Vanished { connection: 1 }));
}
