//! Golden drawings that grew while things happened.

use insta::assert_snapshot;

use crate::report::samples::{ASCII, BODY, COLOUR, GET, LAST_GET, NARROW, PLAIN, response};
use crate::report::text::width;
use crate::trace::{Connection, Moment, What};

use super::*;

/// A drawing, and the time.
struct Growing {
    live: Live,
    at: Moment,
    text: String,
}

impl Growing {
    fn new(look: Look) -> Self {
        let live = Live::new(look);
        let text = live.heading();
        Self { live, at: Moment(0), text }
    }

    fn after(mut self, micros: u64, what: &What) -> Self {
        self.at = Moment(self.at.0 + micros * 1000);
        let more = self.live.event(self.at, what);
        self.text.push_str(&more);
        self
    }

    fn note(mut self, connection: Option<Connection>, text: &str) -> Self {
        let more = self.live.note(self.at, connection, text);
        self.text.push_str(&more);
        self
    }

    fn over(mut self, connection: Connection) -> Self {
        let more = self.live.over(self.at, connection);
        self.text.push_str(&more);
        self
    }

    fn tick(mut self, micros: u64) -> Self {
        self.at = Moment(self.at.0 + micros * 1000);
        let more = self.live.tick(self.at);
        self.text.push_str(&more);
        self
    }

    fn received(self, connection: Connection, bytes: &[u8]) -> Self {
        self.after(100, &What::Received { connection, bytes: bytes.into() })
    }

    fn sent(self, connection: Connection, bytes: &[u8]) -> Self {
        self.after(100, &What::Sent { connection, bytes: bytes.into() })
    }
}

/// Two connections at a time; a third that is no HTTP; a fourth that never asks.
fn story(look: Look) -> String {
    let page = response(BODY);
    let growing = Growing::new(look)
        .after(2_000_000, &What::opened(1))
        .received(1, GET.as_bytes())
        .after(40, &What::opened(2))
        .sent(1, page.as_bytes())
        .received(2, [GET, LAST_GET].concat().as_bytes())
        .sent(2, page.as_bytes())
        .sent(2, page.as_bytes())
        .after(10, &What::PeerClosed { connection: 2 })
        .received(2, GET.as_bytes())
        .note(Some(2), "the server has closed already: whatever this asks for, nobody answers")
        .after(10, &What::ProgramClosed { connection: 2 })
        .over(2)
        .after(3_000_000, &What::opened(3))
        .received(3, b"\x16\x03\x01\x02\x00\x1b]52;c;AAAA\x07\x1b[2J")
        .note(Some(3), "this is TLS, the beginning of https")
        .after(10, &What::PeerReset { connection: 3 })
        .over(3)
        .note(None, "100 connections are open, and no more are accepted until one of them ends")
        .after(10, &What::opened(12345))
        .after(600_000, &What::ProgramReset { connection: 12345 })
        .over(12345)
        .after(10, &What::ProgramClosed { connection: 1 })
        .over(1);
    format!("{}{}\n", growing.text, growing.live.summary())
}

#[test]
fn every_event_becomes_a_row() {
    let stories = [PLAIN, NARROW, ASCII].map(story);
    for (story, columns) in stories.iter().zip([80, 40, 80]) {
        assert!(story.lines().all(|line| width(line) <= columns), "{story}");
    }
    assert!(stories[2].is_ascii());
    assert!(!stories.concat().contains('\x1b'));
    assert_snapshot!("live", stories.join("\n"));
    assert_snapshot!("live-colour", story(COLOUR).replace('\x1b', "ESC"));
}

#[test]
fn pieces_share_rows_and_none_is_lost() {
    let page = response(BODY);
    let mut growing = Growing::new(PLAIN).after(0, &What::opened(1)).received(1, GET.as_bytes());
    for byte in page.bytes() {
        growing = growing.after(20_000, &What::Sent { connection: 1, bytes: vec![byte].into() });
    }
    let growing = growing.after(10, &What::PeerClosed { connection: 1 });
    assert_eq!(growing.live.due(), None);
    assert_snapshot!("live-pieces", growing.text);
}

#[test]
fn a_row_is_held_back_for_half_a_second_at_most() {
    let mut growing = Growing::new(PLAIN).after(0, &What::opened(1));
    for byte in 0..6 {
        growing = growing.received(1, &GET.as_bytes()[byte..=byte]);
    }
    let due = growing.live.due().expect("a row is held back");
    assert_eq!(due, std::time::Duration::from_micros(500 + 500_000));
    let before = growing.text.clone();
    let growing = growing.tick(499_000);
    assert_eq!(growing.text, before);
    let growing = growing.tick(1_000);
    assert_eq!(growing.text.strip_prefix(&before).map(|more| more.lines().count()), Some(1));
    assert!(growing.text.contains("… 2 reads of 1 B"), "{}", growing.text);
}

#[test]
fn whatever_comes_little_is_remembered() {
    let mut growing = Growing::new(PLAIN).after(0, &What::opened(1));
    for _ in 0..200 {
        growing = growing.received(1, &[b'x'; 4096]);
    }
    let rows = growing.text.lines().count();
    assert!(rows < 15, "{rows} rows for nonsense");
    let head = b"HTTP/1.1 200 OK\r\n\r\n";
    let mut endless = Growing::new(PLAIN).after(0, &What::opened(1)).sent(1, head);
    for _ in 0..200 {
        endless = endless.sent(1, &[b'x'; 4096]);
    }
    let endless = endless.after(10, &What::PeerClosed { connection: 1 });
    let told: Vec<&str> = endless.text.lines().collect();
    assert!(told[told.len() - 2].contains("segments of 4096 B"), "{}", endless.text);
}

#[test]
fn a_flood_of_requests_is_a_row_of_five_lines() {
    let growing = Growing::new(PLAIN).after(0, &What::opened(1)).received(1, GET.repeat(1000).as_bytes());
    assert_eq!(growing.text.lines().count(), 3 + 5, "{}", growing.text);
    assert!(growing.text.contains("+ 996 more, 37,000 B in all"), "{}", growing.text);
    assert_eq!(growing.live.summary(), "1 connection, 1000 requests");
}

#[test]
fn requests_are_counted_when_their_heads_are_whole() {
    let mut live = Live::new(PLAIN);
    let _ = live.event(Moment(0), &What::opened(1));
    let get = GET.as_bytes();
    let received = |live: &mut Live, bytes: &[u8]| {
        live.event(Moment(1), &What::Received { connection: 1, bytes: bytes.into() })
    };
    let _ = received(&mut live, &get[..10]);
    assert_eq!(live.summary(), "1 connection, 0 requests");
    let _ = received(&mut live, &[&get[10..], get, &get[..5]].concat());
    assert_eq!(live.summary(), "1 connection, 2 requests");
    let post = b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nGET";
    let _ = received(&mut live, &[&get[5..], post].concat());
    let _ = received(&mut live, b" / ");
    let _ = received(&mut live, &[b"HTTP", get].concat()[1..]);
    assert_eq!(live.summary(), "1 connection, 5 requests");
    assert!(
        live.over(Moment(1_300_000_000), 1)
            .contains("connection 1: 5 requests, 0 answered, closed by the server, 1.3 s")
    );
}

#[test]
fn the_answer_to_a_head_has_no_body() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 42\r\n\r\n";
    let growing = Growing::new(PLAIN)
        .after(0, &What::opened(1))
        .received(1, b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
        .sent(1, head.as_bytes())
        .received(1, GET.as_bytes())
        .sent(1, response(BODY).as_bytes())
        .over(1);
    let told: Vec<&str> = growing
        .text
        .lines()
        .skip(3)
        .map(|line| line[16..].trim_end_matches(['─', '┤', '│', ' ', '▶']))
        .collect();
    assert!(told[1].ends_with("200 OK  Content-Length: 42 ── head 39 B"), "{told:#?}");
    assert!(told[3].ends_with("200 OK  Content-Length: 42 ── head 39 + body 42 B"), "{told:#?}");
    assert!(growing.text.contains("connection 1: 2 requests, closed"), "{told:#?}");
}
