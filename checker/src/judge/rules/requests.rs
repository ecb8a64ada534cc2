//! `requests`: how many requests each used connection carries.

use bstr::ByteSlice;

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
    let on_actual: Vec<_> = used.iter().map(|record| (record.requests.len(), record.number)).collect();
    let on_required: Vec<_> = required.iter().copied().zip(1..).collect();
    Some(Breach { kind, sentence, expected: describe(&on_required), actual: describe(&on_actual), event })
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
        let although =
            why_over(self.used[index], arrival.began).map_or(String::new(), |why| format!(" although {why}"));
        let sentence = format!(
            "Your program sent request {} on connection {}{although}; it had to go out on a new connection.",
            self.evidence.number_of(arrival),
            arrival.connection,
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
        let (actual, required): (usize, usize) = (self.actual.iter().sum(), self.required.iter().sum());
        if actual == 0 {
            return (
                FindingKind::RequestsMissing,
                connections::nothing_sent(self.evidence),
                self.evidence.end_event(),
            );
        }
        if actual < required {
            let sentence =
                format!("Your program sent {} where {required} are needed.", count(actual, "request"));
            return (FindingKind::RequestsMissing, sentence, self.evidence.end_event());
        }
        let surplus = (0..self.actual.len()).find(|&i| self.actual[i] > self.required_at(i));
        let arrival = surplus.map(|i| &self.used[i].requests[self.required_at(i)]);
        let sentence = format!(
            "Your program sent {}, {} more than required.",
            count(actual, "request"),
            actual - required
        );
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
fn why_over(record: &ConnectionRecord, event: usize) -> Option<&'static str> {
    let sent = record.sent.before(event).to_ascii_lowercase();
    let says = |option: &[u8]| sent.lines().any(|line| is_connection_option(line, option));
    if says(b"close") {
        Some("the server had answered with `Connection: close`")
    } else if record.peer_ended.is_some_and(|ended| ended < event) {
        Some("the server had closed it")
    } else if sent.starts_with(b"http/1.0") && !says(b"keep-alive") {
        Some("the server had answered in HTTP/1.0, without `Connection: keep-alive`")
    } else {
        None
    }
}

/// Is this a `Connection` field, in lower case, that lists the option?
fn is_connection_option(line: &[u8], option: &[u8]) -> bool {
    let options = line.strip_prefix(b"connection:");
    options.is_some_and(|options| options.split(|&byte| byte == b',').any(|one| one.trim_ascii() == option))
}

/// How many requests on which connection, in words.
fn describe(requests: &[(usize, usize)]) -> String {
    let on_each = |(number, on): &(usize, usize)| format!("{} on connection {on}", count(*number, "request"));
    match requests {
        [] => "no request".to_owned(),
        _ => requests.iter().map(on_each).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use crate::judge::testing::{Case, Run, answer};

    fn on(connections: &[usize]) -> Run {
        let mut run = Run::new();
        for (index, number) in connections.iter().enumerate() {
            run = run.opened(index + 1);
            for _ in 0..*number {
                run = run.requested(index + 1).sent(index + 1, answer("x"));
            }
        }
        run.exits(0)
    }

    #[test]
    fn a_connection_is_to_be_kept() {
        let case = Case::new("{ requests = [2] }");
        assert_eq!(case.told(on(&[2])), [""; 0]);
        assert_eq!(
            case.told(on(&[1, 1])),
            [
                "requests.reconnected: Your program sent request 2 on connection 2, a new one; connection 1 was open and could have carried it."
            ]
        );
        assert_eq!(
            case.told(on(&[1])),
            ["requests.missing: Your program sent 1 request where 2 are needed."]
        );
        assert_eq!(
            case.told(on(&[3])),
            ["requests.extra: Your program sent 3 requests, 1 more than required."]
        );
        assert_eq!(
            case.told(on(&[2, 1])),
            ["requests.extra: Your program sent 3 requests, 1 more than required."]
        );
        assert_eq!(
            case.compared(on(&[1, 1])),
            [
                "requests.reconnected: 2 requests on connection 1 | 1 request on connection 1, 1 request on connection 2"
            ]
        );
    }

    #[test]
    fn a_connection_is_to_be_left() {
        let case = Case::new("{ requests = [1, 1] }");
        assert_eq!(case.told(on(&[1, 1])), [""; 0]);
        assert_eq!(
            case.told(on(&[2])),
            [
                "requests.reused: Your program sent request 2 on connection 1; it had to go out on a new connection."
            ]
        );
        let close = "HTTP/1.1 200 OK\r\nconnection: x, Close\r\n\r\n";
        let run = || Run::new().opened(1).requested(1).sent(1, close);
        assert_eq!(
            case.told(run().requested(1).exits(0)),
            [
                "requests.reused: Your program sent request 2 on connection 1 although the server had answered with `Connection: close`; it had to go out on a new connection."
            ]
        );
        let run =
            Run::new().opened(1).requested(1).peer_closed(1).requested(1).opened(2).requested(2).exits(0);
        assert_eq!(
            case.told(run),
            [
                "requests.reused: Your program sent request 2 on connection 1 although the server had closed it; it had to go out on a new connection."
            ]
        );
    }

    #[test]
    fn unused_connections_do_not_count() {
        let case = Case::new("{ requests = [1] }");
        assert_eq!(case.told(Run::new().opened(1).opened(2).requested(2).exits(0)), [""; 0]);
        assert_eq!(
            case.told(on(&[0, 2])),
            ["requests.extra: Your program sent 2 requests, 1 more than required."]
        );
        assert_eq!(
            case.told(on(&[0])),
            ["requests.missing: Your program opened 1 connection but sent nothing."]
        );
    }
}
