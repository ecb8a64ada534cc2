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
    if arrival.request.is_whole || record.peer_ended.is_some() {
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
    let line = head[..=bare].lines_with_terminator().last().unwrap_or_default();
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
