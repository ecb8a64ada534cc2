//! `requests`: how many requests each used connection carries.

use crate::course::FindingKind;
use crate::judge::evidence::{ConnectionRecord, Evidence};
use crate::judge::words::count;

use super::{Breach, connections};

/// The used connections carry these numbers of requests, in order.
pub(super) fn check(required: &[usize], evidence: &Evidence) -> Option<Breach> {
    let used = evidence.used();
    let actual: Vec<usize> = used.iter().map(|record| record.requests.len()).collect();
    if actual == required {
        return None;
    }
    let differs = Comparison { required, actual: &actual, used: &used, evidence };
    let (kind, sentence, event) =
        differs.reused().or_else(|| differs.reconnected()).unwrap_or_else(|| differs.in_all());
    Some(Breach { kind, sentence, expected: describe(required), actual: describe(&actual), event })
}

type Told = (FindingKind, String, Option<usize>);

struct Comparison<'a> {
    required: &'a [usize],
    actual: &'a [usize],
    used: &'a [&'a ConnectionRecord],
    evidence: &'a Evidence<'a>,
}

impl Comparison<'_> {
    /// A connection carried more than it may, and another one was to follow it.
    fn reused(&self) -> Option<Told> {
        let followed = self.required.len().saturating_sub(1);
        let index = (0..followed.min(self.actual.len())).find(|&i| self.actual[i] > self.required[i])?;
        let arrival = &self.used[index].requests[self.required[index]];
        let sentence = format!(
            "Your program sent request {} on connection {} although {}; it had to go out on a new connection.",
            self.evidence.number_of(arrival),
            arrival.connection,
            why_over(self.used[index], arrival.began)
        );
        Some((FindingKind::RequestsReused, sentence, Some(arrival.began)))
    }

    /// A later connection carried what an earlier one was to carry.
    fn reconnected(&self) -> Option<Told> {
        let lacks = (0..self.required.len()).find(|&i| self.required[i] > self.actual_at(i))?;
        let index = (lacks + 1..self.actual.len()).find(|&i| self.actual[i] > self.required_at(i))?;
        let arrival = &self.used[index].requests[self.required_at(index)];
        let earlier = self.used[lacks];
        let was_open = match earlier.peer_ended {
            Some(event) if event < arrival.began => "was to carry it",
            _ => "was open and could have carried it",
        };
        let sentence = format!(
            "Your program sent request {} on connection {}, a new one; connection {} {was_open}.",
            self.evidence.number_of(arrival),
            arrival.connection,
            earlier.number
        );
        Some((FindingKind::RequestsReconnected, sentence, Some(arrival.began)))
    }

    /// Too few or too many, wherever.
    fn in_all(&self) -> Told {
        let (actual, required) = (self.actual.iter().sum(), self.required.iter().sum());
        if actual == 0 {
            return (FindingKind::RequestsMissing, connections::nothing_sent(self.evidence), None);
        }
        if actual < required {
            let sentence =
                format!("Your program sent {} where {required} are needed.", count(actual, "request"));
            return (FindingKind::RequestsMissing, sentence, None);
        }
        let surplus = (0..self.actual.len()).find(|&i| self.actual[i] > self.required_at(i));
        let arrival = surplus.map(|i| &self.used[i].requests[self.required_at(i)]);
        let sentence =
            format!("Your program sent {} where {required} were to be sent.", count(actual, "request"));
        (FindingKind::RequestsExtra, sentence, arrival.map(|arrival| arrival.began))
    }

    fn actual_at(&self, index: usize) -> usize {
        self.actual.get(index).copied().unwrap_or(0)
    }

    fn required_at(&self, index: usize) -> usize {
        self.required.get(index).copied().unwrap_or(0)
    }
}

/// Why a connection could carry no further request after what the peer had done on it.
fn why_over(record: &ConnectionRecord, event: usize) -> &'static str {
    let sent = record.sent.before(event).to_ascii_lowercase();
    let mut lines = sent.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let says_close = |line: &[u8]| {
        let value = line.strip_prefix(b"connection:");
        value.is_some_and(|value| {
            value.split(|&byte| byte == b',').any(|member| member.trim_ascii() == b"close")
        })
    };
    if lines.any(says_close) {
        "the server had answered with `Connection: close`"
    } else if record.peer_ended.is_some_and(|ended| ended < event) {
        "the server had closed it"
    } else if sent.starts_with(b"http/1.0") {
        "the server had answered in HTTP/1.0, without `Connection: keep-alive`"
    } else {
        "it was not to be used again"
    }
}

fn describe(requests: &[usize]) -> String {
    if requests.is_empty() {
        return "no request".to_owned();
    }
    let on_each = |(index, number): (usize, &usize)| {
        format!("{} on connection {}", count(*number, "request"), index + 1)
    };
    requests.iter().enumerate().map(on_each).collect::<Vec<_>>().join(", ")
}
