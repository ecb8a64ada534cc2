//! `half-close`: the program keeps its sending side open while it still expects bytes.

use crate::course::FindingKind;
use crate::judge::evidence::{ConnectionRecord, Evidence};
use crate::judge::words::count;
use crate::trace::{Stream, What};

use super::Breach;

/// The program closes no sending side too early.
///
/// The end of a program sends a FIN too, and a correct one may end before the peer has sent all. So a FIN
/// counts only when the program provably went on: the peer sent more on that connection, no RST told
/// that nobody reads it any more, and the program printed, sent or connected after that.
pub(super) fn check(is_allowed: bool, evidence: &Evidence) -> Option<Breach> {
    if is_allowed {
        return None;
    }
    evidence.connections.iter().find_map(|record| {
        let fin = early_fin(record, evidence)?;
        Some(breach(record, fin))
    })
}

fn breach(record: &ConnectionRecord, fin: usize) -> Breach {
    let (number, before) = (record.number, record.sent.before(fin).len());
    let still = count(record.sent.bytes().len() - before, "byte");
    Breach {
        kind: FindingKind::HalfClose,
        sentence: format!(
            "Your program closed its sending side of connection {number} while {still} of the answer were still to come."
        ),
        expected: format!("no FIN of the program on connection {number} before the server's"),
        actual: format!("FIN of the program after {} of the answer, {still} followed", count(before, "byte")),
        event: Some(fin),
    }
}

fn early_fin(record: &ConnectionRecord, evidence: &Evidence) -> Option<usize> {
    let fin = record.program_ended?;
    let events = &evidence.trace.events;
    let is_reset =
        |what: &What| matches!(what, What::ProgramReset { connection } if *connection == record.number);
    let is_early = record.peer_ended.is_none_or(|ended| fin < ended)
        && evidence.exited.is_none_or(|exited| fin < exited);
    if !is_early || events.iter().any(|event| is_reset(&event.what)) {
        return None;
    }
    let sent_after = record.sent.events().find(|&event| event > fin)?;
    let went_on = events[sent_after..].iter().any(|event| is_of_a_living_program(&event.what));
    went_on.then_some(fin)
}

fn is_of_a_living_program(what: &What) -> bool {
    matches!(what, What::Printed { stream: Stream::Stdout, .. } | What::Received { .. } | What::Opened { .. })
}
