//! Traces for golden drawings: everything that a program and a peer can do.

use std::time::Duration;

use crate::report::samples::*;
use crate::trace::{End, ExitStatus, Flood, Hang, KeepaliveTimes, Moment, Told, Trace, What};

fn hang() -> End {
    End::Hung(Hang { call: "recv".to_owned(), connection: Some(1), threads: 1 })
}

/// Everything that a program and a peer can do, each in a story of its own.
pub(super) fn stories() -> Vec<(&'static str, Trace, Option<usize>)> {
    vec![
        ("good", good_trace(), None),
        ("overread", overread().trace.expect("a trace"), Some(4)),
        ("hang", hanging(), Some(5)),
        ("split", split(), None),
        ("each-byte", each_byte(), None),
        ("each-byte-marked", each_byte(), Some(60)),
        ("resets", resets(), Some(4)),
        ("half-close", half_close(), Some(3)),
        ("two-connections", two_connections(), Some(7)),
        ("interleaved", interleaved(), None),
        ("refused", refused(), None),
        ("flood", flood(), Some(4)),
        ("crash", crash(), Some(5)),
        ("deadline", deadline(), Some(4)),
        ("not-started", not_started(), None),
        ("hostile", hostile(), None),
        ("pipelined", pipelined(), None),
        ("chunked", chunked(), None),
        ("unfinished", unfinished(), None),
        ("leaves-processes", leaves_processes(), None),
        ("names", names(), Some(6)),
        ("vanished", vanished(), Some(5)),
    ]
}

pub(super) fn hanging() -> Trace {
    Story::new("server-keeps-the-connection-open")
        .opened(140, 1)
        .received(210, 1, GET)
        .sent(260, 1, &response(BODY))
        .printed(390, BODY)
        .ended(62_390, hang())
        .trace()
}

fn split() -> Trace {
    let bytes = response(BODY);
    Story::new("split-anywhere")
        .opened(140, 1)
        .received(210, 1, &GET[..9])
        .received(215, 1, &GET[9..])
        .sent(260, 1, &bytes[..5])
        .sent(290, 1, &bytes[5..44])
        .sent(310, 1, &bytes[44..])
        .printed(390, BODY)
        .program_closed(410, 1)
        .exited(430, ExitStatus::Code(0))
        .trace()
}

fn each_byte() -> Trace {
    Story::new("each-byte-in-a-segment-of-its-own")
        .opened(140, 1)
        .received(210, 1, GET)
        .dribbled(300, 1, &response(BODY))
        .printed(1200, &BODY[..20])
        .printed(1230, &BODY[20..])
        .program_closed(1250, 1)
        .exited(1300, ExitStatus::Code(0))
        .trace()
}

fn resets() -> Trace {
    Story::new("reset-instead-of-an-answer")
        .opened(140, 1)
        .received(210, 1, GET)
        .peer_reset(260, 1)
        .opened(300, 2)
        .received(310, 2, GET)
        .program_reset(350, 2)
        .complained(400, "main: connection reset by peer (os error 104)\n")
        .exited(430, ExitStatus::Code(1))
        .trace()
}

fn half_close() -> Trace {
    Story::new("stdin-may-end-early")
        .opened(140, 1)
        .received(210, 1, "hello\n")
        .program_closed(215, 1)
        .sent(700_000, 1, "bye\n")
        .peer_closed(700_010, 1)
        .printed(700_100, "bye\n")
        .exited(700_300, ExitStatus::Code(0))
        .trace()
}

fn two_connections() -> Trace {
    Story::new("two-requests-share-one-connection")
        .opened(140, 1)
        .received(210, 1, GET)
        .sent(260, 1, &response(BODY))
        .printed(390, BODY)
        .program_closed(400, 1)
        .opened(450, 2)
        .received(510, 2, LAST_GET)
        .sent(560, 2, &response(BODY))
        .peer_closed(561, 2)
        .printed(600, BODY)
        .program_closed(640, 2)
        .exited(660, ExitStatus::Code(0))
        .trace()
}

fn interleaved() -> Trace {
    Story::new("two-targets")
        .opened(140, 1)
        .opened(150, 2)
        .opened(160, 3)
        .received(210, 1, GET)
        .received(220, 3, GET)
        .sent(260, 1, &response("one\n"))
        .sent(270, 3, &response("three\n"))
        .printed(300, "one\nthree\n")
        .program_closed(340, 2)
        .exited(360, ExitStatus::Code(0))
        .trace()
}

fn refused() -> Trace {
    Story::new("nothing-listens")
        .complained(900, "main: connection refused (os error 111)\n")
        .exited(1100, ExitStatus::Code(1))
        .trace()
}

fn flood() -> Trace {
    let story = Story::new("server-keeps-the-connection-open").opened(140, 1).received(210, 1, GET).sent(
        260,
        1,
        &response(BODY),
    );
    let story = (0..50).fold(story, |story, index| story.printed(300 + index, &"0 bytes read\n".repeat(100)));
    story.ended(900_000, End::Flooded { what: Flood::Stdout, amount: 1_048_576 }).trace()
}

fn crash() -> Trace {
    Story::new("answer-without-a-body")
        .opened(140, 1)
        .received(210, 1, GET)
        .sent(260, 1, "HTTP/1.1 204 No Content\r\n\r\n")
        .program_closed(380, 1)
        .exited(390, ExitStatus::Signal(11))
        .trace()
}

fn deadline() -> Trace {
    let doing = "it runs in user code and makes no system call".to_owned();
    let end = End::DeadlinePassed { still_for: Moment::from_millis(9999), doing };
    Story::new("server-closes")
        .opened(140, 1)
        .received(210, 1, GET)
        .peer_closed(260, 1)
        .ended(10_000_260, end)
        .trace()
}

fn not_started() -> Trace {
    Story::new("server-closes")
        .ended(100, End::NotStarted { reason: "./main: Permission denied (os error 13)".to_owned() })
        .trace()
}

fn hostile() -> Trace {
    let target = "GET /\u{1b}]52;c;AAAA\u{7}/\u{202e}evil HTTP/1.1\r\n\r\n";
    Story::new("hostile")
        .opened(140, 1)
        .received(210, 1, target)
        .sent(260, 1, "HTTP/1.1 200 \u{1b}[2J\r\nConnection: \u{1b}[31mclose\r\nContent-Length: 0\r\n\r\n")
        .printed(300, "\u{1b}[31m\u{1b}[2J日本語 caf\u{e9}\r\u{9b}\n")
        .exited(330, ExitStatus::Code(3))
        .trace()
}

fn pipelined() -> Trace {
    let first = "GET /first HTTP/1.1\r\nHost: x\r\n\r\n";
    let post = "POST /second HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
    Story::new("pipelined")
        .opened(140, 1)
        .received(210, 1, &format!("{first}{post}GET / HTTP/1.0\r\n\r\n"))
        .sent(260, 1, &format!("{}{}NOT-YOURS", response(""), response(BODY)))
        .sent(280, 1, "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5\r\nConnection: Keep-Alive, x-long-token-of-the-server\r\nContent-Length: 9\r\n\r\nabc")
        .peer_closed(290, 1)
        .exited(330, ExitStatus::Code(0))
        .trace()
}

fn chunked() -> Trace {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    Story::new("chunked")
        .opened(140, 1)
        .received(210, 1, GET)
        .sent(260, 1, head)
        .sent(270, 1, "5\r\nhello\r\n0\r\n\r\n")
        .sent(280, 1, "HTTP/1.0 200 OK\r\n\r\nuntil the close")
        .peer_closed(281, 1)
        .printed(300, "hello")
        .exited(330, ExitStatus::Code(0))
        .trace()
}

fn unfinished() -> Trace {
    Story::new("unfinished")
        .opened(140, 1)
        .received(210, 1, "GET / HTTP/1.1\r\nHost: x\r\n")
        .ended(80_000, hang())
        .trace()
}

fn leaves_processes() -> Trace {
    let left_behind = vec!["sleep 1000".to_owned(), "cat".to_owned()];
    let end = End::Exited { status: ExitStatus::Code(0), left_behind };
    Story::new("leaves").opened(140, 1).exited(200, ExitStatus::Code(0)).ended(210, end).trace()
}

fn names() -> Trace {
    let asked = |name: &str, kind: &str, answer, after| {
        let (name, kind) = (name.to_owned(), kind.to_owned());
        What::Asked { name, kind, answer, after }
    };
    let addresses = |all: &[&str]| Told::Addresses(all.iter().filter_map(|one| one.parse().ok()).collect());
    let both = addresses(&["192.0.2.1", "192.0.2.2"]);
    let slow = Some(Duration::from_millis(200));
    Story::new("one-address-is-dead")
        .then(20, asked("two.example", "A", both.clone(), None))
        .then(40, asked("two.example", "AAAA", addresses(&[]), None))
        .then(50, asked("Slow.Example", "AAAA", addresses(&["2001:db8::1"]), slow))
        .then(60, asked("gone.example", "A", Told::NoSuchName, None))
        .then(70, asked("long.example", "A", Told::Truncated, None))
        .then(80, asked("silent.\\x1B[2J.example", "HTTPS", Told::Nothing, None))
        .then(90, asked("", "?", Told::Refused, None))
        .opened(140, 1)
        .exited(430, ExitStatus::Code(0))
        .trace()
}

fn vanished() -> Trace {
    let times = KeepaliveTimes { idle: 7200, interval: 75, probes: 9 };
    let keepalive = |armed| What::Keepalive { connection: 1, armed };
    Story::new("the-server-vanishes")
        .opened(140, 1)
        .received(210, 1, GET)
        .then(215, keepalive(None))
        .sent(260, 1, &response(BODY))
        .then(270, keepalive(Some(times)))
        .then(280, What::Vanished { connection: 1 })
        .printed(390, BODY)
        .ended(62_390, hang())
        .trace()
}

/// A conversation of many exchanges.
pub(super) fn long() -> Trace {
    let exchange = |story: Story, index: u64| {
        let at = 1000 * index;
        story.received(at, 1, GET).sent(at + 100, 1, &response(BODY)).printed(at + 200, BODY)
    };
    let story = (1..30).fold(Story::new("many").opened(140, 1), exchange);
    story.program_closed(40_000, 1).exited(40_100, ExitStatus::Code(0)).trace()
}
