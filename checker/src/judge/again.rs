//! Traces that were recorded earlier: which play they are of, as the lesson has it now.

use std::collections::BTreeMap;

use crate::course::checks::Scenario;
use crate::course::{Lesson, Play};
use crate::trace::{Connection, Step, Trace, What};

/// The play that the trace is of; none when the lesson plays the scenario otherwise by now.
#[must_use]
pub fn play_of(lesson: &Lesson, scenario: &Scenario, trace: &Trace) -> Option<Play> {
    let plays = lesson.plays(scenario, trace.seed);
    plays.into_iter().find(|play| play.cut == trace.cut && is_played(play, trace))
}

/// Is what the peer sent in the trace what it sends in the play? A connection that took over from another one
/// says nothing.
fn is_played(play: &Play, trace: &Trace) -> bool {
    let mut sent: BTreeMap<Connection, Vec<u8>> = BTreeMap::new();
    let mut strays: Vec<Connection> = Vec::new();
    for event in &trace.events {
        match &event.what {
            What::Sent { connection, bytes } => {
                sent.entry(*connection).or_default().extend_from_slice(bytes);
            }
            What::Reached { connection, script, .. } if connection != script => strays.push(*connection),
            _ => {}
        }
    }
    sent.retain(|connection, _| !strays.contains(connection));
    sent.iter().all(|(connection, bytes)| {
        let steps = play.script.connections.get(connection.wrapping_sub(1));
        steps.is_some_and(|steps| all_sent(steps).starts_with(bytes))
    })
}

/// All bytes that the steps send.
fn all_sent(steps: &[Step]) -> Vec<u8> {
    let sends = steps.iter().filter_map(|step| match step {
        Step::Send(send) => Some(&send.bytes[..]),
        _ => None,
    });
    sends.collect::<Vec<_>>().concat()
}
