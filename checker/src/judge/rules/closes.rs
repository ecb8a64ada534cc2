//! `closes`: one connection is closed before the next one carries a request.

use crate::course::FindingKind;
use crate::course::checks::ClosesRule;
use crate::judge::evidence::Evidence;

use super::Breach;

/// The program's FIN or RST on one used connection comes before its first byte on another.
pub(super) fn check(rule: &ClosesRule, evidence: &Evidence) -> Option<Breach> {
    let used = evidence.used();
    let nth = |number: usize| used.get(number.wrapping_sub(1));
    let (one, other) = (rule.connection, rule.before);
    let expected =
        format!("connection {one} closed by the program before connection {other} carries a request");
    let Some(request) = nth(other).and_then(|record| record.received.first_event()) else {
        return Some(Breach {
            kind: FindingKind::RequestsMissing,
            sentence: format!(
                "Your program sent nothing on connection {other}, which was to follow connection {one}."
            ),
            expected,
            actual: format!("no request on connection {other}"),
            event: None,
        });
    };
    let closed = nth(one).and_then(|record| record.program_ended);
    if closed.is_some_and(|closed| closed < request) {
        return None;
    }
    let when = if closed.is_some() { "closed only after that" } else { "never closed" };
    Some(Breach {
        kind: FindingKind::Closes,
        sentence: format!(
            "Your program sent a request on connection {other} while connection {one} was still open: close the old one first."
        ),
        expected,
        actual: format!("connection {one} {when}"),
        event: Some(request),
    })
}
