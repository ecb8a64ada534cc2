//! Golden drawings, from traces written by hand.

use insta::assert_snapshot;

use crate::report::samples::*;
use crate::report::text::width;
use crate::trace::{End, ExitStatus, Flood, Hang, Moment, Trace, What};

use super::*;

fn hang() -> End {
    End::Hung(Hang { call: "recv".to_owned(), connection: Some(1), threads: 1 })
}

/// Everything that a program and a peer can do, each in a story of its own.
fn stories() -> Vec<(&'static str, Trace, Option<usize>)> {
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
    ]
}

fn hanging() -> Trace {
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
    let mut trace = Story::new("server-closes")
        .ended(100, End::NotStarted { reason: "./main: Permission denied (os error 13)".to_owned() })
        .trace();
    trace.events.clear();
    trace
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

/// A conversation of many exchanges.
fn long() -> Trace {
    let exchange = |story: Story, index: u64| {
        let at = 1000 * index;
        story.received(at, 1, GET).sent(at + 100, 1, &response(BODY)).printed(at + 200, BODY)
    };
    let story = (1..30).fold(Story::new("many").opened(140, 1), exchange);
    story.program_closed(40_000, 1).exited(40_100, ExitStatus::Code(0)).trace()
}

fn gallery(look: &Look) -> String {
    let draw = |(name, trace, mark): (&str, Trace, Option<usize>)| {
        format!("{name}\n\n{}\n", draw(&trace, mark, None, look))
    };
    stories().into_iter().map(draw).collect()
}

#[test]
fn every_story_at_80_columns() {
    assert_snapshot!("gallery-80", gallery(&PLAIN));
}

#[test]
fn every_story_at_40_columns() {
    assert_snapshot!("gallery-40", gallery(&NARROW));
}

#[test]
fn every_story_in_ascii() {
    let gallery = gallery(&ASCII);
    assert!(gallery.is_ascii());
    assert_snapshot!("gallery-ascii", gallery);
}

#[test]
fn colours_mark_what_is_pointed_at() {
    assert_snapshot!("colour", draw(&hanging(), Some(5), None, &COLOUR).replace('\x1b', "ESC"));
}

#[test]
fn a_note_stands_beneath_the_row() {
    let note = "Nothing more was to come: all 42 bytes that Content-Length announced had arrived.";
    let drawings = [PLAIN, NARROW].map(|look| draw(&hanging(), Some(5), Some(note), &look));
    assert_snapshot!("note", drawings.join("\n"));
}

#[test]
fn no_line_is_wider_than_the_look_and_the_server_stands_straight() {
    for columns in 40..=100 {
        for is_unicode in [true, false] {
            let look = Look { width: columns, is_unicode, has_colour: false };
            for (name, trace, mark) in stories() {
                let drawing =
                    draw(&trace, mark, Some("a note of a few words, long enough to be wrapped"), &look);
                let right = look.width - if look.is_narrow() { 1 } else { 8 };
                for line in
                    drawing.lines().skip(2).filter(|line| !line.contains("connection ") || line.contains('─'))
                {
                    assert!(width(line) <= columns, "{name} at {columns}: {line}");
                    let line: String = line.trim_end_matches(look.glyphs().here).trim_end().to_owned();
                    assert_eq!(width(&line), right + 1, "{name} at {columns}: {line}");
                }
            }
        }
    }
}

#[test]
fn a_long_trace_loses_its_middle_but_never_the_marked_row() {
    let trace = long();
    assert_snapshot!("shortened", draw(&trace, Some(50), None, &PLAIN));
    for mark in 0..=trace.events.len() {
        let drawing = draw(&trace, Some(mark), None, &PLAIN);
        assert_eq!(drawing.matches("◀ HERE").count(), 1, "mark {mark}");
        assert!(drawing.lines().count() <= 2 + 1 + 40, "mark {mark}");
    }
}

#[test]
fn a_step_of_the_script_points_at_what_comes_next() {
    let story =
        Story::new("reached").opened(10, 1).then(20, What::Reached { connection: 1, script: 1, step: 0 });
    let trace = story.received(30, 1, GET).exited(40, ExitStatus::Code(0)).trace();
    let drawing = draw(&trace, Some(2), None, &PLAIN);
    let marked = drawing.lines().find(|line| line.contains("HERE")).expect("a marked row");
    assert!(marked.contains("GET /"), "{marked}");
}
