//! Every scenario: requests are whole, and are those that the script expects.

use bstr::ByteSlice;

use crate::course::FindingKind;
use crate::judge::evidence::{Arrival, Evidence};
use crate::judge::words::{count, quote, quote_around};
use crate::trace::LineEnds;

use super::Breach;

/// Compares the requests with the `expect` lines, connection by connection. Where a script expects
/// no request, bytes may be anything.
pub(super) fn check(evidence: &Evidence) -> Vec<Breach> {
    let arrivals = evidence.arrivals();
    let expected: Vec<&Arrival> = arrivals.into_iter().filter(|arrival| arrival.expected.is_some()).collect();
    let unfinished = expected.iter().find_map(|arrival| unfinished(arrival, evidence));
    let line_ends = expected.iter().find_map(|arrival| line_ends(arrival, evidence));
    let lines = expected.iter().filter_map(|arrival| other_request(arrival, evidence));
    unfinished.into_iter().chain(line_ends).chain(lines).collect()
}

/// A request that began and never became whole, though the peer was there to take it.
pub(super) fn unfinished(arrival: &Arrival, evidence: &Evidence) -> Option<Breach> {
    let record = evidence.connection(arrival.connection)?;
    // Who notices that the peer has gone may stop in the middle of a request.
    let peer_was_gone = match (record.peer_ended, record.program_ended) {
        (Some(peer), Some(program)) => peer < program,
        (peer, _) => peer.is_some(),
    };
    if arrival.request.is_whole || peer_was_gone {
        return None;
    }
    let nth = evidence.number_of(arrival);
    let bytes = &record.received.bytes()[arrival.request.start..];
    let has_head = bytes.contains_str("\r\n\r\n") || bytes.contains_str("\n\n");
    let (sentence, expected) = if has_head {
        let there = count(arrival.request.body.len(), "byte");
        let sentence = format!(
            "Your program sent only {there} of the body that request {nth} announces in Content-Length."
        );
        (sentence, "the whole body that Content-Length announces")
    } else {
        let sentence = format!(
            "Your program never finished request {nth}: the empty line that ends its head is missing."
        );
        (sentence, r#"a head that ends with an empty line: "…\r\n\r\n""#)
    };
    Some(Breach {
        kind: FindingKind::RequestUnfinished,
        sentence,
        expected: expected.to_owned(),
        actual: format!("{} and nothing more", quote_around(bytes, bytes.len())),
        event: Some(arrival.ended),
    })
}

/// A request with a line that ends in LF alone.
pub(super) fn line_ends(arrival: &Arrival, evidence: &Evidence) -> Option<Breach> {
    if arrival.request.line_ends == LineEnds::CrLf || !arrival.request.is_whole {
        return None;
    }
    let record = evidence.connection(arrival.connection)?;
    let head = &record.received.bytes()[arrival.request.start..arrival.request.end];
    let bare = (0..head.len()).find(|&at| head[at] == b'\n' && (at == 0 || head[at - 1] != b'\r'))?;
    let line = head[..=bare].lines_with_terminator().next_back().unwrap_or_default();
    let nth = evidence.number_of(arrival);
    Some(Breach {
        kind: FindingKind::RequestLineEnds,
        sentence: format!(
            "Your program ended a line of request {nth} with \\n alone; lines of a head end with \\r\\n."
        ),
        expected: r#"every line of the head ends with "\r\n""#.to_owned(),
        actual: quote_around(line, line.len()),
        event: Some(arrival.began),
    })
}

fn other_request(arrival: &Arrival, evidence: &Evidence) -> Option<Breach> {
    let expected = arrival.expected.as_deref()?;
    if !arrival.request.is_whole || arrival.request.method_and_target() == expected.as_bytes() {
        return None;
    }
    let nth = evidence.number_of(arrival);
    let line = quote(&arrival.request.line);
    Some(Breach {
        kind: FindingKind::RequestLine,
        sentence: format!("Your program sent {line} as request {nth} where `{expected}` was expected."),
        expected: format!("request {nth}: \"{expected} HTTP/1.1\""),
        actual: format!("request {nth}: {line}"),
        event: Some(arrival.began),
    })
}

#[cfg(test)]
mod tests {
    use crate::judge::testing::{Case, Run};
    use crate::trace::{End, Flood, Step};

    fn case() -> Case {
        Case::new("")
    }

    fn sending(bytes: &str) -> Run {
        Run::new().opened(1).received(1, bytes)
    }

    #[test]
    fn the_expected_request_holds_however_it_is_cut() {
        assert_eq!(case().told(sending("GET / HTTP/1.1\r\nHost: x\r\n\r\n").exits(0)), [""; 0]);
        let cut = sending("GET / HT").received(1, "TP/1.1\r\nHost: x\r").received(1, "\n\r\n\r\n");
        assert_eq!(case().told(cut.exits(0)), [""; 0]);
    }

    #[test]
    fn another_request() {
        let run = || sending("GET / HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n").exits(0);
        assert_eq!(
            case().told(run()),
            ["request.line: Your program sent \"GET /b HTTP/1.1\" as request 2 where `GET /` was expected."]
        );
        assert_eq!(
            case().compared(run()),
            ["request.line: request 2: \"GET / HTTP/1.1\" | request 2: \"GET /b HTTP/1.1\""]
        );
    }

    #[test]
    fn a_connection_that_took_over_expects_what_was_left_undone() {
        let mut case = case();
        let Step::Expect(expect) = &mut case.play.script.connections[0][2] else { panic!("an expect step") };
        expect.request = "GET /b".to_owned();
        let on_2 = |target: &str| {
            let run = Run::exchanged().reached(1, 1, 2).and(crate::trace::What::opened(2));
            run.reached(2, 1, 2).received(2, format!("GET {target} HTTP/1.1\r\n\r\n")).exits(0)
        };
        assert_eq!(case.told(on_2("/b")), [""; 0]);
        assert_eq!(
            case.told(on_2("/")),
            ["request.line: Your program sent \"GET / HTTP/1.1\" as request 2 where `GET /b` was expected."]
        );
    }

    #[test]
    fn unfinished_requests() {
        assert_eq!(
            case().told(sending("GET / HTTP/1.1\r\nHost: x\r\n").exits(0)),
            [
                "request.unfinished: Your program never finished request 1: the empty line that ends its head is missing."
            ]
        );
        assert_eq!(
            case().compared(sending("GET / HTTP/1.1\r\nHost: x\r\n").exits(0)),
            [
                "request.unfinished: a head that ends with an empty line: \"…\\r\\n\\r\\n\" | \"GET / HTTP/1.1\\r\\nHost: x\\r\\n\" and nothing more"
            ]
        );
        assert_eq!(
            case().told(sending("GET / HTTP/1.1\r\nContent-Length: 3\r\n\r\n").exits(0)),
            [
                "request.unfinished: Your program sent only 0 bytes of the body that request 1 announces in Content-Length."
            ]
        );
        assert_eq!(case().told(sending("GET /").peer_closed(1).exits(0)), [""; 0]);
        let flood = End::Flooded { what: Flood::Request, amount: 2 };
        assert_eq!(case().kinds(sending("GET / HTTP/1.1\r\n").ends(flood)), ["request.unfinished", "flood"]);
    }

    #[test]
    fn bare_line_feeds() {
        let run = || sending("GET / HTTP/1.1\r\nHost: x\n\n").exits(0);
        assert_eq!(
            case().told(run()),
            [
                "request.line-ends: Your program ended a line of request 1 with \\n alone; lines of a head end with \\r\\n."
            ]
        );
        assert_eq!(
            case().compared(run()),
            ["request.line-ends: every line of the head ends with \"\\r\\n\" | \"Host: x\\n\""]
        );
    }

    #[test]
    fn bytes_are_free_where_no_request_is_expected() {
        let case = case().with_script(vec![Step::Stay]);
        assert_eq!(case.told(sending("anything\n\nat all").exits(0)), [""; 0]);
    }
}
