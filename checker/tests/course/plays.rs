//! From a scenario to bytes.

use std::time::Duration;

use workbook::course::Play;
use workbook::course::checks::Printed;
use workbook::trace::{Bytes, Close, Expect, Hold, Listen, Name, NameAnswer, Script, Send, Step};

use crate::fixture::{CHECKS, Fixture};

fn plays(fixture: &Fixture, scenario: &str, seed: u64) -> Vec<Play> {
    let lesson = fixture.lesson();
    let found = lesson.checks.scenarios.iter().find(|one| one.id.get_ref() == scenario).unwrap();
    lesson.plays(found, seed)
}

fn only(fixture: &Fixture, seed: u64) -> Play {
    let mut plays = plays(fixture, "server-keeps-the-connection-open", seed);
    assert_eq!(plays.len(), 1);
    plays.remove(0)
}

fn sent(script: &Script, connection: usize, step: usize) -> &Send {
    match &script.connections[connection][step] {
        Step::Send(send) => send,
        other => panic!("not a send: {other:?}"),
    }
}

#[test]
fn every_word_of_a_script_becomes_a_concrete_step() {
    let play = only(&Fixture::new(), 1);
    assert_eq!((play.lesson.as_str(), play.seed, play.cut), ("w04-l02", 1, None));
    assert_eq!(play.arguments, ["{host}", "{port}"]);
    assert_eq!(play.script.listen, Listen::Accept);
    let body = &play.bodies["page"];
    let message = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    let head_bytes = message.len();
    let bytes = Bytes([message.as_bytes(), body].concat());
    let steps = [
        Step::Expect(Expect { request: "GET /".to_owned() }),
        Step::Send(Send { bytes, cuts: vec![5, head_bytes - 2, head_bytes], head_bytes, fin: false }),
        Step::Hold(Hold::PrintedBytes(body.len())),
        Step::Stay,
    ];
    assert_eq!(play.script.connections, [steps]);
}

#[test]
fn a_sweep_is_one_play_for_every_cut() {
    let plays = plays(&Fixture::new(), "any-cut", 1);
    let message = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfixedMORE";
    assert_eq!(plays.len(), message.len() - 1);
    for (play, cut) in plays.iter().zip(1..) {
        let send = sent(&play.script, 0, 2);
        assert_eq!((play.cut, &send.cuts), (Some(cut), &vec![cut]));
        assert_eq!(&send.bytes[..], message);
        assert_eq!(play.stdin, b"fixed");
        assert_eq!(play.script.connections[0][1], Step::Hold(Hold::ReceivedBytes(5)));
        assert_eq!(play.script.connections[0][3], Step::Close(Close::Fin));
    }
}

#[test]
fn seeds_change_generated_bodies_and_other_bodies_do_not() {
    let fixture = Fixture::new();
    let body = only(&fixture, 1).bodies["page"].clone();
    assert_eq!(only(&fixture, 1).bodies["page"], body);
    assert_ne!(only(&fixture, 2).bodies["page"], body);
    let another =
        "[[body]]\nid = \"another\"\ncontent = { page = \"Example Domain\" }\n\n[[body]]\nid = \"page\"";
    let grown = fixture.edit(CHECKS, "[[body]]\nid = \"page\"", another);
    assert_eq!(only(&grown, 1).bodies["page"], body);
}

#[test]
fn expected_output_is_bodies_lines_and_text() {
    let play = plays(&Fixture::new(), "any-cut", 1).remove(0);
    let line = Printed::Line("HTTP/1.1 200 OK".to_owned());
    let text = Printed::Text("a{hex:00ff}{{".to_owned());
    assert_eq!(play.bytes_of(&line), b"HTTP/1.1 200 OK\n");
    assert_eq!(play.expected(&[line, text]), b"HTTP/1.1 200 OK\na\x00\xff{");
}

#[test]
fn the_ways_to_send_give_the_bytes_that_they_name() {
    let send = |words: &str| {
        let old = "{ head = [\"HTTP/1.1 200 OK\", \"Content-Length: {len}\"], body = \"page\", \
                   segments = [\"head-2\", 5, \"head\"] }";
        let fixture = Fixture::edited(CHECKS, old, words);
        sent(&only(&fixture, 1).script, 0, 1).clone()
    };
    let raw = send("{ raw = \"a{hex:0a}{{\", fin = true, segments = \"each-byte\" }");
    assert_eq!((&raw.bytes[..], raw.cuts, raw.head_bytes, raw.fin), (&b"a\n{"[..], vec![1, 2], 0, true));
    let lf = send(
        "{ head = [\"HTTP/1.1 200 OK\"], line-end = \"lf\", body = \"upload\", segments = \"head-then-body\" }",
    );
    assert_eq!((&lf.bytes[..], lf.cuts, lf.head_bytes), (&b"HTTP/1.1 200 OK\n\nfixed"[..], vec![17], 17));
    let cut = send("{ head = [\"Content-Length: {len}\"], body = \"upload\", body-bytes = 2 }");
    assert_eq!(&cut.bytes[..], b"Content-Length: 5\r\n\r\nfi");
    let body = send("{ body = \"upload\", extra = \"!\" }");
    assert_eq!((&body.bytes[..], body.head_bytes), (&b"fixed!"[..], 0));
}

#[test]
fn the_other_steps_keep_their_meaning() {
    let steps = "{ pause = \"20ms\" }, { hold = { requests = 2 } }, { hold = { program-closed = true } }, \
                 { hold = { opened = 1 } }, { close = \"reset\" }";
    let fixture = Fixture::edited(CHECKS, "{ stay = \"open\" }", steps);
    let play = only(&fixture, 1);
    let expected = [
        Step::Pause(Duration::from_millis(20)),
        Step::Hold(Hold::Requests(2)),
        Step::Hold(Hold::ProgramClosed),
        Step::Hold(Hold::Opened(1)),
        Step::Close(Close::Reset),
    ];
    assert_eq!(play.script.connections[0][3..], expected);
}

/// Names in every form, a round-trip time, a peer that vanishes and a rule about keepalive.
const NETWORK: &str = "stdin = \"upload\"
rtt = \"100ms\"
[[scenario.name]]
host = \"Two.example\"
addresses = [\"192.0.2.7\", \"2001:db8::1\", \"192.0.2.1\"]
dead = [\"192.0.2.1\", \"192.0.2.7\"]
[[scenario.name]]
host = \"other.example\"
addresses = [\"192.0.2.1\"]
dead = [\"192.0.2.1\"]
answer = \"truncated\"
slow = \"200ms\"
[[scenario.name]]
host = \"gone.example\"
answer = \"nxdomain\"
[[scenario.connection]]";

#[test]
fn the_private_network_is_part_of_the_script() {
    let fixture = Fixture::edited(CHECKS, "stdin = \"upload\"\n[[scenario.connection]]", NETWORK)
        .edit(CHECKS, "{ close = \"fin\" }", "{ vanish = true }")
        .edit(CHECKS, "require = [{ prints", "require = [{ keepalive = true }, { prints");
    let script = plays(&fixture, "any-cut", 1).remove(0).script;
    let address = |text: &str| text.parse().unwrap();
    let dead = vec![address("192.0.2.1"), address("192.0.2.7")];
    let two = Name {
        host: "Two.example".to_owned(),
        addresses: vec![address("192.0.2.7"), address("2001:db8::1"), address("192.0.2.1")],
        dead: dead.clone(),
        ..Name::default()
    };
    let other = Name {
        host: "other.example".to_owned(),
        addresses: vec![address("192.0.2.1")],
        dead: vec![address("192.0.2.1")],
        answer: NameAnswer::Truncated,
        slow: Some(Duration::from_millis(200)),
    };
    let gone = Name { host: "gone.example".to_owned(), answer: NameAnswer::Nxdomain, ..Name::default() };
    assert_eq!(script.names, [two, other, gone]);
    assert_eq!(script.dead_addresses(), dead);
    assert_eq!(script.rtt, Some(Duration::from_millis(100)));
    assert_eq!(script.connections[0].last(), Some(&Step::Vanish));
    assert!(script.watches_keepalive);
    let plain = only(&fixture, 1).script;
    assert!(plain.names.is_empty() && plain.rtt.is_none() && !plain.watches_keepalive);
}

#[test]
fn names_times_and_vanishing_need_the_private_network() {
    let needs = |fixture: Fixture| {
        fixture.lesson().checks.scenarios.iter().map(|scenario| scenario.needs_private()).collect::<Vec<_>>()
    };
    let name = "stdin = \"upload\"\n[[scenario.name]]\nhost = \"gone.example\"\nanswer = \"nxdomain\"";
    assert_eq!(needs(Fixture::edited(CHECKS, "stdin = \"upload\"", name)), [false, true]);
    let rtt = "stdin = \"upload\"\nrtt = \"1s\"";
    assert_eq!(needs(Fixture::edited(CHECKS, "stdin = \"upload\"", rtt)), [false, true]);
    let vanish = Fixture::edited(CHECKS, "{ close = \"fin\" }", "{ vanish = true }");
    assert_eq!(needs(vanish), [false, true]);
    let keepalive = Fixture::edited(CHECKS, "{ connections = 1 }", "{ keepalive = { probes = 3 } }");
    assert_eq!(needs(keepalive), [false, false]);
}
