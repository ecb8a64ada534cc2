//! `half-close`: the program keeps its sending side open while it still expects bytes.

use bstr::ByteSlice;

use crate::course::FindingKind;
use crate::judge::evidence::{ConnectionRecord, Evidence};
use crate::judge::words::count;
use crate::trace::What;

use super::Breach;

/// The program closes no sending side too early.
///
/// The end of a program sends a FIN too, and a correct one may end, or close a connection that it is
/// done with, before the peer has sent all. So a FIN counts only when the program provably read on:
/// the peer sent more on that connection, no RST told that nobody reads it, and then the end of what
/// had been sent was printed.
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
    let sent = &record.sent.bytes()[record.sent.before(fin).len()..];
    let printed = &evidence.stdout.bytes()[evidence.stdout.before(sent_after).len()..];
    let end = &sent[sent.len().saturating_sub(PROOF)..];
    printed.contains_str(end).then_some(fin)
}

/// How many of the last bytes sent must be found on standard output to prove that they were read.
const PROOF: usize = 16;

#[cfg(test)]
mod tests {
    use crate::judge::testing::{Case, PAGE_1, Run};
    use crate::trace::What;

    fn case() -> Case {
        Case::new("{ half-close = false }")
    }

    fn run() -> Run {
        Run::new().opened(1).requested(1).sent(1, "HTTP/1.0 200 OK\r\n\r\n")
    }

    #[test]
    fn a_close_after_the_answer_is_none() {
        assert_eq!(case().told(run().sent(1, PAGE_1).printed(PAGE_1).program_closed(1).exits(0)), [""; 0]);
        assert_eq!(
            case().told(run().sent(1, PAGE_1).peer_closed(1).program_closed(1).printed(PAGE_1).exits(0)),
            [""; 0]
        );
    }

    #[test]
    fn the_fin_of_an_ending_program_is_none() {
        // The peer sends on because it cannot know yet; the output is read late.
        assert_eq!(case().told(run().program_closed(1).sent(1, PAGE_1).exits(0)), [""; 0]);
        let reset = What::ProgramReset { connection: 1 };
        let run = run().program_closed(1).sent(1, PAGE_1).and(reset).printed(PAGE_1).exits(0);
        assert_eq!(case().told(run), [""; 0]);
    }

    #[test]
    fn a_program_that_is_done_with_a_connection_may_close_it() {
        let extra = run().sent(1, PAGE_1).program_closed(1).sent(1, "NOT-YOURS").printed(PAGE_1);
        assert_eq!(case().told(extra.opened(2).requested(2).exits(0)), [""; 0]);
    }

    #[test]
    fn a_program_that_goes_on_reading_has_half_closed() {
        let half = || run().program_closed(1).sent(1, PAGE_1).printed(PAGE_1).exits(0);
        assert_eq!(
            case().told(half()),
            [
                "half-close: Your program closed its sending side of connection 1 while 19 bytes of the answer were still to come."
            ]
        );
        assert_eq!(
            case().compared(half()),
            [
                "half-close: no FIN of the program on connection 1 before the server's | FIN of the program after 19 bytes of the answer, 19 bytes followed"
            ]
        );
        assert_eq!(case().judge(half()).findings[0].event, Some(5));
        assert_eq!(Case::new("{ half-close = true }").told(half()), [""; 0]);
    }
}
