use std::time::Duration;

use super::*;
use crate::trace::{End, ExitStatus, Hang};

const SUBJECT: Subject<'_> =
    Subject { lesson: "w04-l05", title: "When the server says close", program: "main.c" };

fn run(connections: usize, responses: usize, millis: u64) -> Measured {
    let packets = 6 * connections as u64 + 2 * responses as u64;
    Measured {
        handshakes: connections,
        requests: responses,
        answered: responses,
        packets,
        bytes: 60 * packets,
        took: Duration::from_millis(millis),
        end: End::Exited { status: ExitStatus::Code(0), left_behind: Vec::new() },
    }
}

fn measurement(wanted: Option<usize>, closed: Measured, kept: Measured) -> Measurement {
    Measurement { round_trip: Duration::from_millis(100), wanted, closed, kept }
}

/// A client that reuses its connection, and some others.
fn cases() -> Vec<Measurement> {
    let failed = |run: Measured| {
        let status = ExitStatus::Code(1);
        Measured { end: End::Exited { status, left_behind: Vec::new() }, ..run }
    };
    let hung = |run: Measured| {
        let hang = Hang { call: "read".to_owned(), connection: Some(1), threads: 1 };
        Measured { end: End::Hung(hang), ..run }
    };
    vec![
        measurement(Some(10), run(10, 10, 2012), run(1, 10, 1108)),
        measurement(Some(10), run(10, 10, 2012), run(10, 10, 2010)),
        measurement(Some(10), run(10, 10, 4700), run(1, 10, 210)),
        measurement(None, run(1, 1, 202), run(1, 1, 201)),
        measurement(None, failed(run(1, 1, 203)), run(1, 2, 304)),
        measurement(None, run(1, 1, 203), hung(run(1, 1, 270))),
        measurement(Some(10), failed(run(1, 0, 103)), failed(run(0, 0, 0))),
    ]
}

#[test]
fn charts_and_sentences() {
    let look = Look { width: 80, is_unicode: true, has_colour: false };
    let all: Vec<String> = cases().iter().map(|case| terminal(case, SUBJECT, &look)).collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn a_chart_needs_neither_room_nor_drawing_characters_nor_colour() {
    let look = Look { width: 40, is_unicode: false, has_colour: false };
    let text = terminal(&cases()[0], SUBJECT, &look);
    assert!(text.is_ascii() && text.lines().all(|line| line.len() <= 40 && !line.contains('\x1b')), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn a_chart_fits_a_terminal() {
    let look = Look { width: 80, is_unicode: true, has_colour: true };
    assert!(cases().iter().all(|case| terminal(case, SUBJECT, &look).lines().count() <= 24));
}

#[test]
fn machines_get_all_numbers() {
    let read = |case: &Measurement| -> serde_json::Value {
        serde_json::from_str(&json(case, SUBJECT)).expect("it is JSON")
    };
    let report = read(&cases()[0]);
    assert_eq!(report["comparable"], true);
    assert_eq!(report["responses"], 10);
    assert_eq!([&report["closed"]["handshakes"], &report["kept"]["handshakes"]], [10, 1]);
    assert_eq!(report["kept"]["took_ms"], 1108.0);
    assert!((report["kept"]["round_trips"].as_f64().expect("a number") - 11.08).abs() < 1e-6);
    assert_eq!(read(&cases()[4])["comparable"], false);
}
