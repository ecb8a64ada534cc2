//! Which events share a row: runs of small segments, and output that was written piece by piece.

use crate::trace::{Connection, End, Event, Stream, Trace, What};

use super::rows::SILENCE;

/// Segments and writes up to this size are small.
const SMALL_BYTES: usize = 4;
/// So many small ones in a row become one row.
const SMALL_RUN: usize = 4;
/// So many of any size in a row become one row.
const LONG_RUN: usize = 9;

/// Indices of the events of each row, in order of time.
pub(super) fn group(trace: &Trace, mark: Option<usize>) -> Vec<Vec<usize>> {
    let visible = visible(trace, mark);
    let marked = mark.and_then(|mark| visible.iter().copied().find(|&event| event >= mark));
    let stretches = visible.chunk_by(|&left, &right| {
        let silence =
            trace.events[right].at.since_start().saturating_sub(trace.events[left].at.since_start());
        silence < SILENCE && Some(left) != marked && Some(right) != marked
    });
    stretches.flat_map(|stretch| group_stretch(&trace.events, stretch)).collect()
}

/// What no other row tells. Steps of the script show in what the peer does, a launch and the end of
/// standard output in what follows.
fn visible(trace: &Trace, mark: Option<usize>) -> Vec<usize> {
    let is_reached = trace.events.iter().any(|event| matches!(event.what, What::Opened { .. }));
    let is_launched = !matches!(trace.end, End::NotStarted { .. });
    let is_visible = |index: &usize| match trace.events[*index].what {
        What::Reached { .. } => false,
        What::Started => (is_launched && !is_reached) || mark == Some(*index),
        What::StdoutClosed => !is_exiting(&trace.events[*index..]) || mark == Some(*index),
        _ => true,
    };
    (0..trace.events.len()).filter(is_visible).collect()
}

/// Does the program exit soon after the first of these events?
fn is_exiting(events: &[Event]) -> bool {
    let soon = |event: &&Event| event.at.since_start() < events[0].at.since_start() + SILENCE;
    events.iter().take_while(soon).any(|event| matches!(event.what, What::Exited { .. }))
}

/// Groups events that follow each other without a pause.
fn group_stretch(events: &[Event], stretch: &[usize]) -> Vec<Vec<usize>> {
    let mut groups = Vec::new();
    let mut rest = stretch;
    while !rest.is_empty() {
        let echoing = echoing(events, rest);
        if echoing > 0 {
            let (sent, printed): (Vec<usize>, _) =
                rest[..echoing].iter().partition(|&&event| matches!(events[event].what, What::Sent { .. }));
            let mut pair = [sent, printed];
            pair.sort();
            groups.extend(pair);
            rest = &rest[echoing..];
        } else {
            let run = run(events, rest);
            groups.push(rest[..run].to_vec());
            rest = &rest[run..];
        }
    }
    groups
}

/// How many events are small segments that the program prints as they come; 0 when they are few.
fn echoing(events: &[Event], rest: &[usize]) -> usize {
    let is_small = |event: &&usize| size(&events[**event].what) <= SMALL_BYTES;
    let connection = rest.iter().take_while(is_small).find_map(|&event| sent_on(&events[event].what));
    let belongs = |event: &&usize| match events[**event].what {
        What::Sent { connection: on, .. } => Some(on) == connection && is_small(event),
        What::Printed { stream: Stream::Stdout, .. } => is_small(event),
        _ => false,
    };
    let length = rest.iter().take_while(belongs).count();
    let sent = rest[..length].iter().filter(|&&event| sent_on(&events[event].what).is_some()).count();
    let is_mixed = sent < length && sent >= SMALL_RUN;
    if is_mixed { length } else { 0 }
}

fn sent_on(what: &What) -> Option<Connection> {
    match what {
        What::Sent { connection, .. } => Some(*connection),
        _ => None,
    }
}

/// How many events from the first on share its row.
fn run(events: &[Event], rest: &[usize]) -> usize {
    let first = &events[rest[0]].what;
    let alike = || rest.iter().map(|&event| &events[event].what).take_while(|what| is_alike(first, what));
    let length = alike().count();
    let small = alike().take_while(|what| size(what) <= SMALL_BYTES).count();
    match first {
        What::Printed { .. } => length,
        What::Sent { .. } | What::Received { .. } if length >= LONG_RUN => length,
        What::Sent { .. } | What::Received { .. } if small >= SMALL_RUN => small,
        _ => 1,
    }
}

/// Do both events move bytes in the same place?
fn is_alike(left: &What, right: &What) -> bool {
    match (left, right) {
        (What::Sent { connection: left, .. }, What::Sent { connection: right, .. })
        | (What::Received { connection: left, .. }, What::Received { connection: right, .. }) => {
            left == right
        }
        (What::Printed { stream: left, .. }, What::Printed { stream: right, .. }) => left == right,
        _ => false,
    }
}

fn size(what: &What) -> usize {
    match what {
        What::Sent { bytes, .. } | What::Received { bytes, .. } | What::Printed { bytes, .. } => bytes.len(),
        _ => 0,
    }
}
