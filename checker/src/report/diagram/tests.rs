//! Golden drawings, from traces written by hand.

use insta::assert_snapshot;

use crate::report::samples::*;
use crate::report::text::width;
use crate::trace::{Bytes, End, Event, ExitStatus, Moment, Stream, Trace, What};

use super::stories::{hanging, long, stories};
use super::*;

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
                for line in drawing.lines().skip(2).filter(|line| !line.starts_with("  connection")) {
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

#[test]
fn standard_output_that_ends_with_the_program_is_no_event_of_its_own() {
    let closed = |exit| {
        let story = Story::new("closed").opened(10, 1).then(20, What::StdoutClosed);
        draw(&story.exited(exit, ExitStatus::Code(0)).trace(), None, None, &PLAIN)
    };
    assert!(!closed(30).contains("standard output"), "{}", closed(30));
    assert!(closed(60_000).contains("closes its standard output"), "{}", closed(60_000));
}

/// Numbers that look like chance and are always the same.
fn numbers(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    }
}

/// A trace that no program could have caused.
pub(super) fn nonsense(seed: u64) -> Trace {
    let mut number = numbers(seed);
    let mut story = Story::new("nonsense");
    let mut at = 0;
    for _ in 0..number(60) {
        at += [0, 10, 300, 60_000][number(4) as usize];
        let connection = 1 + number(3) as usize;
        let pieces =
            [GET, "HTTP/1.1 200 OK\r\n", "Content-Length: 5\r\n", "\r\n", "a", "\n", "GET", "\u{202e}日"];
        let text: String = (0..number(5)).map(|_| pieces[number(8) as usize]).collect();
        let bytes = Bytes::from(text.as_str());
        let what = match number(9) {
            0 => What::opened(connection),
            1 => What::Received { connection, bytes },
            2 => What::Sent { connection, bytes },
            3 => What::Printed { stream: Stream::Stdout, bytes },
            4 => What::Printed { stream: Stream::Stderr, bytes },
            5 => What::ProgramClosed { connection },
            6 => What::PeerReset { connection },
            7 => What::StdoutClosed,
            _ => What::Reached { connection, script: connection, step: 0 },
        };
        story = story.then(at, what);
    }
    let mut trace = story.trace();
    trace.events.push(Event { at: Moment(0), what: What::Exited { status: ExitStatus::Code(0) } });
    trace.end = End::Exited { status: ExitStatus::Code(0), left_behind: Vec::new() };
    trace
}

#[test]
fn nonsense_is_drawn_within_the_lines_too() {
    for seed in 0..400 {
        let trace = nonsense(seed);
        let mut number = numbers(seed + 1000);
        let mark = number(trace.events.len() as u64 + 1) as usize;
        let look = Look { width: number(110) as usize, is_unicode: seed % 2 == 0, has_colour: false };
        let drawing = draw(&trace, Some(mark), None, &look);
        let here = [look.glyphs().here, look.glyphs().here_above].map(|here| drawing.matches(here).count());
        assert_eq!(here.iter().sum::<usize>(), 1, "seed {seed}, mark {mark}\n{drawing}");
        for line in drawing.lines() {
            assert!(width(line) <= look.width.max(40), "seed {seed}: {line}");
        }
    }
}
