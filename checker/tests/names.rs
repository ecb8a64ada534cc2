//! The name server against raw sockets: no program of a learner's, no private network.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::io::{Read, Write};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use simple_dns::rdata::RData;
use simple_dns::{CLASS, Packet, PacketFlag, Question, RCODE, TYPE};
use support::PATIENCE;
use workbook::trace::{Name, NameAnswer, Told, What};
use workbook::wire::NameServer;

const SLOW: Duration = Duration::from_millis(80);

/// The name server at work in a thread of its own.
struct Stage {
    address: SocketAddr,
    events: Arc<Mutex<Vec<What>>>,
    over: Option<UnixStream>,
    thread: Option<JoinHandle<()>>,
}

impl Stage {
    fn open() -> Self {
        let (udp, tcp) = sockets();
        let address = tcp.local_addr().unwrap();
        let server = NameServer::new(udp, tcp, names()).unwrap();
        let (over, theirs) = UnixStream::pair().unwrap();
        let events = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&events);
        let thread = std::thread::spawn(move || serve(server, &record, &theirs));
        Self { address, events, over: Some(over), thread: Some(thread) }
    }

    fn udp(&self) -> UdpSocket {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.connect(self.address).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket
    }

    fn tcp(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Asks over UDP and reads the answer.
    fn ask(&self, name: &str, kind: TYPE) -> Vec<u8> {
        let socket = self.udp();
        socket.send(&question(name, kind)).unwrap();
        let mut answer = vec![0; 4096];
        let length = socket.recv(&mut answer).unwrap();
        answer.truncate(length);
        answer
    }

    /// What was told, in order.
    fn told(self) -> Vec<(String, String, Told)> {
        let events = self.events.lock().unwrap().clone();
        let told = events.into_iter().map(|what| match what {
            What::Asked { name, kind, answer, .. } => (name, kind, answer),
            other => panic!("{other:?}"),
        });
        told.collect()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        drop(self.over.take());
        let outcome = self.thread.take().map(JoinHandle::join);
        assert!(std::thread::panicking() || outcome.is_none_or(|outcome| outcome.is_ok()));
    }
}

/// A port that is free for both.
fn sockets() -> (UdpSocket, TcpListener) {
    let mut tries = (0..100).map(|_| {
        let tcp = TcpListener::bind("127.0.0.1:0")?;
        Ok((UdpSocket::bind(tcp.local_addr()?)?, tcp))
    });
    tries.find_map(std::io::Result::ok).expect("a port that is free for UDP and TCP")
}

/// The loop that owns the clock, as small as it can be.
fn serve(mut server: NameServer, events: &Mutex<Vec<What>>, over: &UnixStream) {
    loop {
        let turn = server.turn(&mut |what| events.lock().unwrap().push(what)).unwrap();
        if turn.has_moved {
            continue;
        }
        assert_eq!(server.waits_for_program(), turn.wake.is_none());
        let descriptors = server.descriptors();
        let mut wait: Vec<PollFd<'_>> = descriptors
            .iter()
            .map(|(descriptor, flags)| PollFd::from_borrowed_fd(*descriptor, *flags))
            .collect();
        wait.push(PollFd::from_borrowed_fd(over.as_fd(), PollFlags::IN));
        let left = turn.wake.map(|wake| wake.saturating_duration_since(Instant::now()));
        let timeout = left.map(|left| Timespec::try_from(left).unwrap());
        rustix::io::retry_on_intr(|| poll(&mut wait, timeout.as_ref())).unwrap();
        if wait.last().is_some_and(|over| !over.revents().is_empty()) {
            return;
        }
    }
}

fn names() -> Vec<Name> {
    let address = |text: &str| text.parse::<IpAddr>().unwrap();
    let name = |host: &str, answer| Name {
        host: host.to_owned(),
        addresses: vec![address("192.0.2.1"), address("2001:db8::1"), address("192.0.2.2")],
        answer,
        ..Name::default()
    };
    vec![
        name("two.example", NameAnswer::Found),
        Name { slow: Some(SLOW), ..name("slow.example", NameAnswer::Found) },
        name("long.example", NameAnswer::Truncated),
        name("mute.example", NameAnswer::Silent),
    ]
}

fn question(name: &str, kind: TYPE) -> Vec<u8> {
    let mut packet = Packet::new_query(7);
    packet.set_flags(PacketFlag::RECURSION_DESIRED);
    let name = simple_dns::Name::new(name).unwrap();
    packet.questions.push(Question::new(name, kind.into(), CLASS::IN.into(), false));
    packet.build_bytes_vec().unwrap()
}

/// A question behind its length.
fn framed(name: &str, kind: TYPE) -> Vec<u8> {
    let question = question(name, kind);
    [&u16::try_from(question.len()).unwrap().to_be_bytes()[..], &question].concat()
}

/// One answer behind its length.
fn read_framed(stream: &mut TcpStream) -> Vec<u8> {
    let mut length = [0; 2];
    stream.read_exact(&mut length).unwrap();
    let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut answer).unwrap();
    answer
}

/// Code and addresses of an answer.
fn read(answer: &[u8]) -> (RCODE, Vec<String>) {
    let packet = Packet::parse(answer).unwrap();
    let addresses = packet.answers.iter().map(|record| match &record.rdata {
        RData::A(data) => IpAddr::V4(data.address.into()).to_string(),
        RData::AAAA(data) => IpAddr::V6(data.address.into()).to_string(),
        other => panic!("{other:?}"),
    });
    (packet.rcode(), addresses.collect())
}

fn found(addresses: &[&str]) -> (RCODE, Vec<String>) {
    (RCODE::NoError, addresses.iter().map(|&address| address.to_owned()).collect())
}

#[test]
fn questions_over_udp() {
    let stage = Stage::open();
    assert_eq!(read(&stage.ask("two.example", TYPE::A)), found(&["192.0.2.1", "192.0.2.2"]));
    assert_eq!(read(&stage.ask("TWO.example", TYPE::AAAA)), found(&["2001:db8::1"]));
    assert_eq!(read(&stage.ask("three.example", TYPE::A)), (RCODE::NameError, vec![]));
    let told = stage.told();
    let names: Vec<&str> = told.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["two.example", "TWO.example", "three.example"]);
    assert_eq!(told[2], ("three.example".to_owned(), "A".to_owned(), Told::NoSuchName));
}

#[test]
fn what_is_truncated_is_asked_for_again_over_tcp() {
    let stage = Stage::open();
    let answer = stage.ask("long.example", TYPE::A);
    assert!(Packet::parse(&answer).unwrap().has_flags(PacketFlag::TRUNCATION));
    assert_eq!(read(&answer), found(&[]));
    let mut stream = stage.tcp();
    stream.write_all(&framed("long.example", TYPE::A)).unwrap();
    assert_eq!(read(&read_framed(&mut stream)), found(&["192.0.2.1", "192.0.2.2"]));
}

#[test]
fn questions_over_tcp_cut_anywhere_and_several_at_once() {
    let stage = Stage::open();
    let mut stream = stage.tcp();
    stream.set_nodelay(true).unwrap();
    for byte in framed("two.example", TYPE::AAAA) {
        stream.write_all(&[byte]).unwrap();
    }
    assert_eq!(read(&read_framed(&mut stream)), found(&["2001:db8::1"]));
    let several = [framed("two.example", TYPE::A), framed("gone.example", TYPE::A)].concat();
    stream.write_all(&several).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(read(&read_framed(&mut stream)), found(&["192.0.2.1", "192.0.2.2"]));
    assert_eq!(read(&read_framed(&mut stream)), (RCODE::NameError, vec![]));
    assert_eq!(stream.read(&mut [0]).unwrap(), 0, "all is answered, and the connection is closed");
}

#[test]
fn slow_answers_hold_nobody_else_up() {
    let stage = Stage::open();
    let start = Instant::now();
    let (slow, mut stream) = (stage.udp(), stage.tcp());
    slow.send(&question("slow.example", TYPE::A)).unwrap();
    stream.write_all(&framed("slow.example", TYPE::AAAA)).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(read(&stage.ask("two.example", TYPE::AAAA)), found(&["2001:db8::1"]));
    let mut answer = [0; 512];
    let length = slow.recv(&mut answer).unwrap();
    assert!(start.elapsed() >= SLOW);
    assert_eq!(read(&answer[..length]), found(&["192.0.2.1", "192.0.2.2"]));
    assert_eq!(read(&read_framed(&mut stream)), found(&["2001:db8::1"]));
}

#[test]
fn silence_and_nonsense_do_not_disturb() {
    let stage = Stage::open();
    let socket = stage.udp();
    socket.send(b"?").unwrap();
    socket.send(&question("mute.example", TYPE::A)).unwrap();
    let mut stream = stage.tcp();
    stream.write_all(&[0, 3, 1, 2, 3, 0, 0]).unwrap();
    drop(stream);
    socket.send(&question("two.example", TYPE::AAAA)).unwrap();
    let mut answer = [0; 512];
    let length = socket.recv(&mut answer).unwrap();
    assert_eq!(read(&answer[..length]), found(&["2001:db8::1"]), "the first answer that comes");
    let told: Vec<Told> = stage.told().into_iter().map(|(.., told)| told).collect();
    assert_eq!(told[0], Told::Nothing);
}

#[test]
fn a_flood_of_questions_is_not_recorded_without_end() {
    let stage = Stage::open();
    let mut stream = stage.tcp();
    let one = framed("gone.example", TYPE::A);
    let mut reader = stream.try_clone().unwrap();
    let asking = std::thread::spawn(move || {
        stream.write_all(&one.repeat(1200)).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
    });
    let mut answers = Vec::new();
    reader.read_to_end(&mut answers).unwrap();
    asking.join().unwrap();
    assert_eq!(stage.told().len(), 1000);
}
