//! `serve`: the server by itself, spoken to over raw sockets and with the lines that it offers.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use predicates::prelude::*;
use predicates::str::{contains, starts_with};
use rustix::process::{Pid, Signal, kill_process};

use super::support::programs::has;
use super::support::{Fixture, PATIENCE, path_without_shims, wait_until};

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const LAST_GET: &str = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/// A server, and what it has printed so far.
struct Server {
    _fixture: Fixture,
    child: Child,
    port: u16,
    printed: Arc<Printed>,
    reader: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Printed {
    lines: Mutex<Vec<String>>,
    has_changed: Condvar,
}

impl Server {
    fn start(more: &[&str]) -> Self {
        Self::start_with(more, &[])
    }

    fn start_with(more: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::start_in(Fixture::new(), more, environment)
    }

    fn start_in(fixture: Fixture, more: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut child = command(&fixture)
            .args(more)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        let printed = Arc::new(Printed::default());
        let theirs = Arc::clone(&printed);
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                theirs.lines.lock().unwrap().push(line);
                theirs.has_changed.notify_all();
            }
        });
        let mut server = Self { _fixture: fixture, child, port: 0, printed, reader: Some(reader) };
        let first = server.wait_for("http://127.0.0.1:");
        let (_, address) = first.rsplit_once("127.0.0.1:").unwrap();
        server.port = address.trim_end_matches('/').parse().unwrap();
        server
    }

    /// The first line with this text, as soon as there is one.
    fn wait_for(&self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut lines = self.printed.lines.lock().unwrap();
        loop {
            if let Some(line) = lines.iter().find(|line| line.contains(text)) {
                return line.clone();
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "waited in vain for {text:?}:\n{}", lines.join("\n"));
            lines = self.printed.has_changed.wait_timeout(lines, left).unwrap().0;
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the server listens");
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Everything that comes back for these bytes until the server closes.
    fn ask(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect();
        stream.write_all(bytes.as_ref()).unwrap();
        read_to_the_end(&mut stream)
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Exit code, and everything that was printed.
    fn end(mut self, signal: Signal) -> (Option<i32>, Vec<String>) {
        self.signal(signal);
        let code = self.child.wait().unwrap().code();
        self.reader.take().unwrap().join().unwrap();
        let lines = self.printed.lines.lock().unwrap().clone();
        (code, lines)
    }

    /// The rows of a connection without their times, and its last sentence without its time.
    fn rows(self, connection: usize) -> Vec<String> {
        let sentence = format!("  connection {connection}: ");
        self.wait_for(&sentence);
        let (_, lines) = self.end(Signal::INT);
        let number = format!("{connection:>6}  ");
        let is_of_it = |line: &&String| line.get(8..16) == Some(&number) || line.starts_with(&sentence);
        let shorten = |line: &String| match line.strip_prefix(&sentence) {
            Some(told) => told.rsplit_once(", ").unwrap().0.to_owned(),
            None => line[16..].trim_matches(|c| "│├┤─▶◀ ".contains(c)).to_owned(),
        };
        lines.iter().filter(is_of_it).map(shorten).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(fixture: &Fixture) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_workbook"));
    command
        .current_dir(fixture.root())
        .args(["serve", "l01"])
        .env("LC_ALL", "C.UTF-8")
        .env_remove("NO_COLOR");
    command.env_remove("WORKBOOK_SLOW").env("PATH", path_without_shims());
    command
}

const CHECKS: &str = "lessons/w01/01-one-request/checks.toml";
/// With any free port.
const FREE: &[&str] = &["--port", "0"];

fn read_to_the_end(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("the server closes");
    String::from_utf8_lossy(&answer).into_owned()
}

/// Reads a head and a body of its Content-Length.
fn read_response(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut byte = [0];
    let length = loop {
        stream.read_exact(&mut byte).expect("a whole head");
        answer.push(byte[0]);
        if answer.ends_with(b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&answer).into_owned();
            let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap();
            break length.parse::<usize>().unwrap();
        }
    };
    let start = answer.len();
    answer.resize(start + length, 0);
    stream.read_exact(&mut answer[start..]).expect("a whole body");
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_page_is_served_and_drawn() {
    let server = Server::start(FREE);
    let mut stream = server.connect();
    stream.write_all([GET, GET].concat().as_bytes()).unwrap();
    for _ in 0..2 {
        let response = read_response(&mut stream);
        assert!(response.starts_with("HTTP/1.1 200 OK\r\n") && response.ends_with("</html>\n"), "{response}");
    }
    stream.write_all(LAST_GET.as_bytes()).unwrap();
    assert!(read_to_the_end(&mut stream).contains("\r\nConnection: close\r\n"));
    drop(stream);
    let expected = [
        "connects",
        "GET / ── 27 B",
        "200 OK  Content-Length: 169 ── head 65 + body 169 B",
        "200 OK  Content-Length: 169 ── head 65 + body 169 B",
        "GET /  Connection: close ── 46 B",
        "200 OK  Content-Length: 169  Connection: close",
        "FIN",
        "FIN",
        "3 requests, closed by the server",
    ];
    assert_eq!(server.rows(1), expected);
}

#[test]
fn it_stops_cleanly_and_its_port_is_free() {
    for signal in [Signal::INT, Signal::TERM] {
        let server = Server::start(FREE);
        let port = server.port;
        let mut idle = server.connect();
        let mut asking = server.connect();
        asking.write_all(GET.as_bytes()).unwrap();
        read_response(&mut asking);
        server.wait_for("     2  │◀── 200 OK");
        let (code, lines) = server.end(signal);
        assert_eq!(code, Some(0));
        let last = lines.last().unwrap();
        assert!(
            last.starts_with("stopped after ") && last.contains(": 2 connections, 1 request; "),
            "{last}"
        );
        assert_eq!(idle.read(&mut [0; 9]).map_err(|error| error.kind()), Ok(0), "a FIN, and no RST");
        assert_eq!(asking.read(&mut [0; 9]).map_err(|error| error.kind()), Ok(0), "a FIN, and no RST");
        TcpListener::bind(("127.0.0.1", port)).expect("the port is free at once");
    }
}

#[test]
fn connections_are_served_at_once_and_told_apart() {
    let server = Server::start(FREE);
    let mut idle: Vec<TcpStream> = (0..6).map(|_| server.connect()).collect();
    let icon = server.ask("GET /favicon.ico HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert!(icon.starts_with("HTTP/1.1 404 Not Found\r\n"), "{icon}");
    server.wait_for("  connection 7: 1 request, closed by the server, ");
    for (index, stream) in idle.iter_mut().enumerate().rev() {
        stream.write_all(GET.as_bytes()).unwrap();
        read_response(stream);
        server.wait_for(&format!("{:>6}  │◀── 200 OK", index + 1));
    }
}

#[test]
fn localhost_is_served_whichever_address_it_has() {
    let server = Server::start(FREE);
    if TcpListener::bind("[::1]:0").is_err() {
        return; // no IPv6 here
    }
    let mut stream = TcpStream::connect(("::1", server.port)).expect("the server listens");
    stream.write_all(LAST_GET.as_bytes()).unwrap();
    assert!(read_to_the_end(&mut stream).starts_with("HTTP/1.1 200 OK"));
}

#[test]
fn what_is_no_request_is_answered_and_explained() {
    let tls = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".as_slice();
    let cases: [(&[u8], &str, &str, &str); 6] = [
        (
            b"GET / HTTP/1.1\nHost: a\n\n",
            "400",
            "lines must end in CR LF (\\r\\n): yours end in LF. ",
            "GET / ── 24 B",
        ),
        (b"hello\n", "400", "\"hello\" is no request line: ", "\"hello\\n\" ── 6 B"),
        (
            b"GET / HTTP/1.1\r\n\r\n",
            "400",
            "HTTP/1.1 wants a field Host, and there is none: ",
            "GET / ── 18 B",
        ),
        (b"POST / HTTP/1.1\r\nHost: a\r\n\r\n", "501", "only GET and HEAD are served here", "POST / ── 28 B"),
        (tls, "400", "this is TLS, the beginning of https, ", "\\x16\\x03\\x01"),
        (
            b"\x1b]52;c;AAAA\x07\x1b[2J\r\n",
            "400",
            "\"\\x1B]52;c;AAAA\\x07\\x1B[2J\" is no ",
            "\"\\x1B]52;c;AAAA",
        ),
    ];
    for (request, status, words, row) in cases {
        let server = Server::start(FREE);
        let answer = server.ask(request);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        assert!(answer.contains(words), "{answer}");
        let printed = |server: &Server| server.printed.lines.lock().unwrap().join("\n");
        server.wait_for("closed by the server");
        let lines = printed(&server);
        let start: String = words.chars().take(20).collect();
        assert!(lines.contains(row) && lines.contains(&start), "{lines}");
        assert!(!lines.contains('\x1b') && !lines.contains('\x07'), "{lines:?}");
    }
}

#[test]
fn a_client_that_half_closes_gets_all_its_answers() {
    let server = Server::start(FREE);
    let mut stream = server.connect();
    stream.write_all([GET, GET].concat().as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(read_to_the_end(&mut stream).matches("HTTP/1.1 200 OK").count(), 2);
    let rows = server.rows(1);
    assert_eq!(rows[4..], ["FIN", "FIN", "2 requests, closed by the client"], "{rows:?}");
}

#[test]
fn what_comes_behind_the_close_is_seen_and_not_answered() {
    let server = Server::start(&["--port", "0", "--close"]);
    let mut stream = server.connect();
    stream.write_all(GET.as_bytes()).unwrap();
    assert!(read_to_the_end(&mut stream).contains("\r\nConnection: close\r\n"));
    stream.write_all(GET.as_bytes()).unwrap();
    server.wait_for("the server has closed already");
    drop(stream);
    let rows = server.rows(1);
    let told = "the server has closed already: whatever this asks for,";
    let end = ["FIN", "GET / ── 27 B", told, "FIN", "2 requests, 1 answered, closed by the server"];
    assert_eq!(rows[3..], end, "{rows:?}");
}

#[test]
fn a_reset_comes_in_the_middle_of_the_body() {
    let server = Server::start(&["--port", "0", "--rst"]);
    let mut stream = server.connect();
    stream.write_all(GET.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let error = stream.read_to_end(&mut answer).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.contains("Content-Length: 169\r\n") && answer.len() == 65 + 84, "{answer}");
    let rows = server.rows(1);
    assert_eq!(
        rows[2..],
        ["200 OK  Content-Length: 169", "✗── RST", "1 request, 0 answered, reset by the server"]
    );
}

#[test]
fn a_slow_response_comes_in_pieces() {
    let server = Server::start(&["--port", "0", "--slow"]);
    let mut stream = server.connect();
    stream.write_all(LAST_GET.as_bytes()).unwrap();
    stream.read_exact(&mut [0; 1]).unwrap();
    let begun = Instant::now();
    let mut reads = 0;
    while stream.read(&mut [0; 1000]).unwrap() > 0 {
        reads += 1;
    }
    let took = begun.elapsed();
    assert!(reads > 10, "{reads} reads");
    assert!(took > Duration::from_secs(1), "{took:?}");
    drop(stream);
    let rows = server.rows(1);
    assert!(rows.len() < 20, "{rows:#?}");
    assert!(rows.iter().any(|row| row.starts_with("… 200 OK  Content-Length: 169")), "{rows:#?}");
}

#[test]
fn a_body_without_a_length_ends_at_the_close() {
    let server = Server::start(&["--port", "0", "--no-length", "--http-1-0"]);
    let answer = server.ask(GET);
    assert!(answer.starts_with("HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<!doctype"), "{answer}");
}

#[test]
fn variants_that_contradict_each_other_are_refused() {
    let fixture = Fixture::new();
    for pair in [["--close", "--rst"], ["--slow", "--scenario=x"], ["--rst", "--scenario=x"]] {
        let serve = [&["serve", "l01"], pair.as_slice()].concat();
        fixture.workbook(&serve).assert().code(2).stdout("").stderr(contains("cannot be used with"));
    }
    let seed = contains("--scenario <ID>");
    fixture.workbook(&["serve", "l01", "--seed", "7f3a"]).assert().code(2).stdout("").stderr(seed);
}

#[test]
fn a_scenario_is_played_and_begins_anew() {
    let arguments = ["--port", "0", "--scenario", "two-requests-share-one-connection", "--seed", "7f3a"];
    let server = Server::start(&arguments);
    let get = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
    let play = |targets: [&str; 2]| {
        let mut stream = server.connect();
        let responses = targets.map(|target| {
            stream.write_all(get(target).as_bytes()).unwrap();
            read_response(&mut stream)
        });
        stream.write_all(GET.as_bytes()).unwrap();
        assert_eq!(read_to_the_end(&mut stream), "", "the script has ended");
        responses
    };
    let first = play(["/a", "/b"]);
    assert_eq!(first, play(["/a", "/b"]), "the same seed gives the same bodies");
    assert_eq!(first, play(["/a", "/c"]), "the script goes on");
    server.wait_for("the script waits for GET /b here and was asked for GET /c;");
    server.wait_for("the script is over, so the server answers with FIN");
    let (_, lines) = server.end(Signal::INT);
    let told = "  Scenario two-requests-share-one-connection (seed 7f3a): Two requests come, one";
    assert_eq!(lines[1..4], [told, "  after the other.", "  Every connection begins it anew."]);
}

#[test]
fn a_sweep_plays_another_run_on_each_connection() {
    let fixture = Fixture::new();
    fixture.edit(CHECKS, "segments = \"each-byte\"", "segments = \"every-split\"");
    let server = Server::start_in(fixture, &["--port", "0", "--scenario", "body-comes-in-pieces"], &[]);
    server.wait_for("  Every connection plays the next of its ");
    for _ in 0..2 {
        let mut stream = server.connect();
        stream.write_all(GET.as_bytes()).unwrap();
        read_response(&mut stream);
    }
    let rows = server.rows(2);
    assert!(rows[1].starts_with("run 2 of "), "{rows:?}");
    assert_eq!(rows[3], "HT ── 2 B, unfinished", "{rows:?}");
}

#[test]
fn scenarios_that_cannot_be_served_say_why() {
    let fixture = Fixture::new();
    let refused = "workbook: `nobody-listens` cannot be served: nobody listens in it, just as on any other free port (try: nc 127.0.0.1 1).\n\
                   In it: Nobody listens on the port.\n\
                   A program of yours meets it in: workbook check w01-l01 --scenario nobody-listens\n";
    let serve = ["serve", "l01", "--scenario", "nobody-listens"];
    fixture.workbook(&serve).assert().code(2).stdout("").stderr(refused);
    let unknown = "workbook: w01-l01 has no scenario `x`; those that can be served are:\n  \
                   server-keeps-the-connection-open\n  body-comes-in-pieces\n  server-closes-with-the-last-byte\n  \
                   bytes-behind-the-body\n  two-requests-share-one-connection\n";
    fixture.workbook(&["serve", "l01", "--scenario", "x"]).assert().code(2).stdout("").stderr(unknown);
    fixture.edit(
        CHECKS,
        "criterion = \"ends\"\nlisten = \"refuse\"\n",
        "criterion = \"ends\"\nrtt = \"100ms\"\n[[scenario.connection]]\nscript = [{ stay = \"open\" }]\n",
    );
    let told = contains("cannot be served: packets take their time in it, and on 127.0.0.1 none does.");
    fixture.workbook(&serve).assert().code(2).stdout("").stderr(told);
    let held = "{ hold = { printed = [{ body = \"note\" }] } },\n  { stay = \"open\" },\n]\nrequire = [{ prints = [{ body = \"note\" }], criterion = \"exact-length\" }]\n\n[[scenario]]\nid = \"server-closes";
    let free = held.split_once('\n').unwrap().1.trim_start();
    fixture.edit(CHECKS, free, held);
    let serve = ["serve", "l01", "--scenario", "body-comes-in-pieces"];
    let told = contains("cannot be served: it waits until a program has printed something");
    fixture.workbook(&serve).assert().code(2).stdout("").stderr(told);
}

#[test]
fn a_port_that_is_taken_is_told() {
    let fixture = Fixture::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let told = format!(
        "workbook: --port {port}: another program listens there. Name another port, or let the system choose: --port 0\n"
    );
    fixture.workbook(&["serve", "l01", "--port", &port]).assert().code(2).stdout("").stderr(told);
    // Whoever has 8080, it is not free now.
    let _default = TcpListener::bind("127.0.0.1:8080");
    let server = Server::start(&[]);
    assert_ne!(server.port, 8080);
    server.wait_for("Port 8080 is taken by another program, so this is a free one.");
    assert!(server.ask(LAST_GET).starts_with("HTTP/1.1 200 OK"));
}

#[test]
fn it_ends_when_nobody_reads_what_it_prints() {
    let fixture = Fixture::new();
    let mut child =
        command(&fixture).args(FREE).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("http://127.0.0.1:"));
    drop(lines);
    wait_until("it has ended", || child.try_wait().unwrap().is_some());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

#[test]
fn an_endless_head_is_refused() {
    let server = Server::start(FREE);
    let mut stream = server.connect();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n").unwrap();
    let flood = [b"X: ".as_slice(), &[b'x'; 4000], b"\r\n"].concat();
    // In the end the server resets a connection that goes on and on.
    let error = std::iter::repeat_with(|| stream.write_all(&flood)).find_map(Result::err).unwrap();
    assert!(matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{error}");
    server.wait_for("the head has more than 16384 bytes");
    server.wait_for("431 Request Header Fields Too Large");
    server.wait_for("connection 1: no request, closed by the server");
}

#[test]
fn a_flood_into_a_scenario_is_cut_off() {
    let server = Server::start(&["--port", "0", "--scenario", "server-keeps-the-connection-open"]);
    let mut stream = server.connect();
    let flood = GET.repeat(1000);
    let error = std::iter::repeat_with(|| stream.write_all(flood.as_bytes())).find_map(Result::err).unwrap();
    assert!(matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{error}");
    server.wait_for("more has come than any scenario asks for");
    let mut again = server.connect();
    again.write_all(GET.as_bytes()).unwrap();
    assert!(read_response(&mut again).starts_with("HTTP/1.1 200 OK"));
}

#[test]
fn more_connections_than_places_wait_for_theirs() {
    let server = Server::start_with(FREE, &[("WORKBOOK_SLOW", "0.1")]);
    // One of them drips: that is no reason to keep its place.
    let mut open: Vec<TcpStream> = (0..100).map(|_| server.connect()).collect();
    open[0].write_all(b"GET").unwrap();
    server.wait_for("100 connections are open, and no more are accepted until one of them ends");
    let answer = server.ask(LAST_GET);
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    server.wait_for("it has been still for the longest time, and others");
    assert_eq!(open[0].read(&mut [0; 9]).map_err(|error| error.kind()), Ok(0), "the first makes room");
}

#[test]
fn ten_thousand_connections_are_too_many_for_nobody() {
    let server = Server::start_with(&["--port", "0", "--close"], &[("LC_ALL", "C")]);
    for _ in 0..10_000 {
        let mut stream = server.connect();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
        stream.read_exact(&mut [0; 9]).unwrap();
    }
    assert!(server.ask(GET).starts_with("HTTP/1.1 200 OK"));
    let descriptors = std::fs::read_dir(format!("/proc/{}/fd", server.child.id())).map(Iterator::count);
    assert!(descriptors.unwrap_or(0) < 130);
    let (code, lines) = server.end(Signal::INT);
    assert_eq!(code, Some(0));
    assert!(lines.iter().all(|line| line.is_ascii()), "no drawing characters without a locale for them");
    assert!(lines[lines.len() - 2].contains(": 10,001 connections, 10,001 requests;"), "{:?}", lines.last());
}

#[test]
fn silence_is_explained_and_a_request_without_end_is_given_up() {
    let server = Server::start_with(FREE, &[("WORKBOOK_SLOW", "0.1")]);
    let mut stream = server.connect();
    server.wait_for("nothing for 0.3 s: the client has asked for nothing;");
    stream.write_all(GET.as_bytes()).unwrap();
    read_response(&mut stream);
    server.wait_for("nothing for 0.3 s: the server keeps the connection open");
    stream.write_all(GET.trim_end().as_bytes()).unwrap();
    server.wait_for("nothing for 0.3 s: the request is not whole;");
    assert!(read_to_the_end(&mut stream).starts_with("HTTP/1.1 408 Request Timeout"));
    server.wait_for("the request was not whole after 6 s");
    server.wait_for("nothing for 0.3 s: the server has closed its side");
}

#[test]
fn the_lines_that_it_offers_work_as_they_are() {
    if !has("nc") || !has("curl") {
        return;
    }
    let server = Server::start(FREE);
    server.wait_for("stop with Ctrl-C");
    let told = server.printed.lines.lock().unwrap().join("\n");
    let (_, commands) = told.split_once("browser\n").unwrap();
    let (commands, _) = commands.split_once("stop with").unwrap();
    let (printf, curl) = commands.split_once("curl").unwrap();
    let run = |line: &str| Command::new("sh").args(["-c", line]).output().unwrap();
    let answers = String::from_utf8(run(printf).stdout).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2, "{answers}");
    let output = run(&format!("curl{curl}"));
    assert_eq!(String::from_utf8(output.stdout).unwrap().matches("<title>").count(), 2);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("e-using existing"), "{said}");
    server.wait_for("connection 1: 2 requests, closed by the server, ");
    server.wait_for("connection 2: 2 requests, closed by the client, ");
}

#[test]
fn help_stands_alone() {
    let told =
        starts_with("Serve a page or a scenario on a port, for nc, curl or a browser, and draw what happens")
            .and(contains("--slow").and(contains("Send each response in small pieces, over two seconds")));
    Fixture::new().workbook(&["serve", "--help"]).assert().code(0).stdout(told);
}
