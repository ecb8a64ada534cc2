//! `sends`: all that the program sends is exactly a body.

use crate::course::FindingKind;
use crate::judge::evidence::Evidence;
use crate::judge::words::{count, quote_around};

use super::{Breach, connections};

/// Everything received on the first used connection is this body.
pub(super) fn check(body: &str, evidence: &Evidence) -> Option<Breach> {
    let expected = evidence.play.bodies.get(body).map_or(&b""[..], Vec::as_slice);
    let used = evidence.used();
    let flow = used.first().map(|record| &record.received);
    let actual = flow.map_or(&b""[..], |flow| flow.bytes());
    if actual == expected {
        return None;
    }
    let at = expected.iter().zip(actual).take_while(|(a, b)| a == b).count();
    let (sent, wanted) = (count(actual.len(), "byte"), expected.len());
    let (kind, sentence) = if actual.is_empty() {
        (FindingKind::SendsNothing, connections::nothing_sent(evidence))
    } else if expected.starts_with(actual) {
        (
            FindingKind::SendsShort,
            format!("Your program sent only {} of the {wanted} bytes that it was given.", actual.len()),
        )
    } else if actual.starts_with(expected) {
        let more = count(actual.len() - wanted, "byte");
        (
            FindingKind::SendsExtra,
            format!("Your program sent {more} more than the {wanted} that it was given."),
        )
    } else {
        let sentence =
            format!("Your program sent something else than it was given, from byte {} on.", at + 1);
        (FindingKind::SendsDifferent, sentence)
    };
    Some(Breach {
        kind,
        sentence,
        expected: format!("{} ({}), and nothing after it", quote_around(expected, at), count(wanted, "byte")),
        actual: if actual.is_empty() {
            "nothing".to_owned()
        } else {
            format!("{} ({sent})", quote_around(actual, at))
        },
        event: flow.and_then(|flow| flow.event_of(at)),
    })
}
