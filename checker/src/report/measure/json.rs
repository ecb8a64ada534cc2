//! The measurement for machines.
//!
//! ```text
//! format         version of this layout, now 1
//! lesson, title, program
//! round_trip_ms  how long a packet was under way, there and back
//! responses      how many there are to compare by
//! comparable     whether both runs fetched them
//! closed, kept   against the server that closes after every response, and the one that does not:
//!                { handshakes, requests, answered, packets, bytes, took_ms, round_trips, end }
//! ```

use std::time::Duration;

use serde::Serialize;

use super::Subject;
use crate::trace::{End, Measured, Measurement};

/// Version of the layout.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    format: u32,
    lesson: &'a str,
    title: &'a str,
    program: &'a str,
    round_trip_ms: f64,
    responses: usize,
    comparable: bool,
    closed: Run<'a>,
    kept: Run<'a>,
}

#[derive(Serialize)]
struct Run<'a> {
    handshakes: usize,
    requests: usize,
    answered: usize,
    packets: u64,
    bytes: u64,
    took_ms: f64,
    round_trips: Option<f64>,
    end: &'a End,
}

/// For machines.
#[must_use]
pub fn json(measurement: &Measurement, subject: Subject<'_>) -> String {
    let run = |run| of_run(measurement, run);
    let report = Report {
        format: FORMAT,
        lesson: subject.lesson,
        title: subject.title,
        program: subject.program,
        round_trip_ms: millis(measurement.round_trip),
        responses: measurement.responses(),
        comparable: measurement.is_complete(),
        closed: run(&measurement.closed),
        kept: run(&measurement.kept),
    };
    let text = serde_json::to_string_pretty(&report).expect("plain data with text keys always becomes JSON");
    format!("{text}\n")
}

fn of_run<'a>(measurement: &Measurement, run: &'a Measured) -> Run<'a> {
    Run {
        handshakes: run.handshakes,
        requests: run.requests,
        answered: run.answered,
        packets: run.packets,
        bytes: run.bytes,
        took_ms: millis(run.took),
        round_trips: measurement.round_trips(run),
        end: &run.end,
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
