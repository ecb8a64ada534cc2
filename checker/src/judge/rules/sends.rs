//! `sends`: all that the program sends is exactly a body.

use crate::course::FindingKind;
use crate::judge::evidence::Evidence;
use crate::judge::words::{count, grouped, quote_around};

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
            format!(
                "Your program sent only {} of the {} that it was given.",
                grouped(actual.len()),
                count(wanted, "byte")
            ),
        )
    } else if actual.starts_with(expected) {
        let more = count(actual.len() - wanted, "byte");
        (
            FindingKind::SendsExtra,
            format!("Your program sent {more} more than the {} that it was given.", grouped(wanted)),
        )
    } else {
        let sentence =
            format!("Your program sent something else than it was given, from byte {} on.", grouped(at + 1));
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
        event: flow.and_then(|flow| flow.event_of(at)).or(evidence.end_event()),
    })
}

#[cfg(test)]
mod tests {
    use crate::judge::testing::{Case, PAGE_1, Run};
    use crate::trace::{Hold, Step};

    fn case() -> Case {
        let hold = Step::Hold(Hold::ReceivedBytes(PAGE_1.len()));
        Case::new("{ sends = 'page-1' }").with_script(vec![hold, Step::Stay])
    }

    fn sending(bytes: &str) -> Run {
        let (first, second) = bytes.split_at(bytes.len() / 2);
        Run::new().opened(1).received(1, first).received(1, second).exits(0)
    }

    #[test]
    fn exactly_the_body_is_sent() {
        assert_eq!(case().told(sending(PAGE_1)), [""; 0]);
        assert_eq!(
            case().told(sending("<html>")),
            ["sends.short: Your program sent only 6 of the 19 bytes that it was given."]
        );
        assert_eq!(
            case().told(sending(&format!("{PAGE_1}\r\n"))),
            ["sends.extra: Your program sent 2 bytes more than the 19 that it was given."]
        );
        assert_eq!(
            case().told(sending("<html>jello")),
            ["sends.different: Your program sent something else than it was given, from byte 7 on."]
        );
        assert_eq!(
            case().told(Run::new().opened(1).exits(0)),
            ["sends.nothing: Your program opened 1 connection but sent nothing."]
        );
        assert_eq!(
            case().compared(sending("<html>")),
            [
                "sends.short: \"<html>hello</html>\\n\" (19 bytes), and nothing after it | \"<html>\" (6 bytes)"
            ]
        );
    }
}
