//! `request`: what the nth request looks like.

use crate::course::FindingKind;
use crate::course::checks::RequestRule;
use crate::judge::evidence::{Arrival, Evidence};
use crate::judge::words::{count, quote};
use crate::trace::Request;

use super::{Breach, connections, expects};

/// The nth request is whole, has this request line, these fields, and none of those.
pub(super) fn check(rule: &RequestRule, evidence: &Evidence) -> Vec<Breach> {
    let arrivals = evidence.arrivals();
    let Some(arrival) = arrivals.get(rule.nth.wrapping_sub(1)) else {
        return vec![missing(rule.nth, arrivals.len(), evidence)];
    };
    if !arrival.request.is_whole {
        return expects::unfinished(arrival, evidence).into_iter().collect();
    }
    let asked = Asked { nth: rule.nth, arrival, destination: Destination::of(evidence) };
    let line = rule.line.as_ref().and_then(|line| asked.line(line));
    let with = rule.with.iter().filter_map(|field| asked.with(field));
    let without = rule.without.iter().filter_map(|field| asked.without(field));
    expects::line_ends(arrival, evidence).into_iter().chain(line).chain(with).chain(without).collect()
}

fn missing(nth: usize, arrived: usize, evidence: &Evidence) -> Breach {
    let sentence = match arrived {
        0 => connections::nothing_sent(evidence),
        _ => format!("Your program sent {}; request {nth} never came.", count(arrived, "request")),
    };
    Breach {
        kind: FindingKind::RequestsMissing,
        sentence,
        expected: format!("request {nth}"),
        actual: format!("{} in all", count(arrived, "request")),
        event: evidence.end_event(),
    }
}

/// A whole request that a rule asks about.
struct Asked<'a> {
    nth: usize,
    arrival: &'a Arrival,
    destination: Destination<'a>,
}

impl Asked<'_> {
    fn line(&self, line: &str) -> Option<Breach> {
        let (request, nth) = (&self.arrival.request, self.nth);
        if request.line == line.as_bytes() {
            return None;
        }
        let actual = quote(&request.line);
        let sentence = format!("Your program began request {nth} with {actual} where `{line}` is asked for.");
        Some(self.breach(FindingKind::RequestLine, sentence, (quote(line.as_bytes()), actual)))
    }

    fn with(&self, field: &str) -> Option<Breach> {
        let (request, nth) = (&self.arrival.request, self.nth);
        let (name, value) = split(field);
        let wanted = self.destination.fill(value);
        let lines = request.values(name).count();
        let is_single = name.eq_ignore_ascii_case("Host") || value.is_none();
        if is_single && lines > 1 {
            let sentence = format!(
                "Your program sent {lines} `{name}` fields in request {nth}; there must be exactly one."
            );
            return Some(self.field(
                FindingKind::RequestFieldMissing,
                sentence,
                name,
                format!("one `{name}` field"),
            ));
        }
        if lines > 0 && wanted.is_met(name, request) {
            return None;
        }
        let expected = wanted.field(name);
        let sentence = match lines {
            0 => format!("Your program sent request {nth} without the field `{expected}`."),
            _ => format!(
                "Your program sent request {nth} with {} where `{expected}` is asked for.",
                quote(&field_lines(name, request))
            ),
        };
        Some(self.field(FindingKind::RequestFieldMissing, sentence, name, expected))
    }

    fn without(&self, field: &str) -> Option<Breach> {
        let (request, nth) = (&self.arrival.request, self.nth);
        let (name, value) = split(field);
        let wanted = self.destination.fill(value);
        if request.values(name).next().is_none() || !wanted.is_met(name, request) {
            return None;
        }
        let unwanted = wanted.field(name);
        let sentence =
            format!("Your program sent request {nth} with the field `{unwanted}`, which must not be there.");
        Some(self.field(FindingKind::RequestFieldUnwanted, sentence, name, format!("no `{unwanted}`")))
    }

    fn field(&self, kind: FindingKind, sentence: String, name: &str, expected: String) -> Breach {
        let lines = field_lines(name, &self.arrival.request);
        let actual = if lines.is_empty() { format!("no `{name}` field") } else { quote(&lines) };
        self.breach(kind, sentence, (expected, actual))
    }

    fn breach(&self, kind: FindingKind, sentence: String, (expected, actual): (String, String)) -> Breach {
        let nth = self.nth;
        let [expected, actual] = [expected, actual].map(|what| format!("request {nth}: {what}"));
        Breach { kind, sentence, expected, actual, event: Some(self.arrival.began) }
    }
}

/// Name and value of a field as a lesson writes it.
fn split(field: &str) -> (&str, Option<&str>) {
    match field.split_once(':') {
        Some((name, value)) => (name.trim(), Some(value.trim())),
        None => (field.trim(), None),
    }
}

/// The lines of a field as they were sent, one behind the other.
fn field_lines(name: &str, request: &Request) -> Vec<u8> {
    let line = |value: &[u8]| [name.as_bytes(), b": ", value].concat();
    request.values(name).map(line).collect::<Vec<_>>().join(&b"\r\n"[..])
}

/// Where the program was told to connect, as its command line says.
#[derive(Clone, Copy)]
struct Destination<'a> {
    host: Option<&'a str>,
    port: Option<u16>,
}

impl<'a> Destination<'a> {
    /// The command line ends with the play's arguments, filled in. One that was put together
    /// in another way says nothing.
    fn of(evidence: &Evidence<'a>) -> Self {
        let command = &evidence.trace.command;
        let arguments = &evidence.play.arguments;
        let unknown = Self { host: None, port: None };
        let Some(first) = command.len().checked_sub(arguments.len()) else { return unknown };
        let mut found = unknown;
        for (argument, actual) in arguments.iter().zip(&command[first..]) {
            match argument.as_str() {
                "{host}" => found.host = Some(actual),
                "{port}" => found.port = actual.parse().ok(),
                _ if argument.contains('{') || argument == actual => {}
                _ => return unknown,
            }
        }
        if found.port.is_some() { found } else { unknown }
    }

    fn fill<'v>(&self, value: Option<&'v str>) -> Wanted<'v> {
        let Some(value) = value else { return Wanted::Anything };
        if !value.contains("{host}") && !value.contains("{port}") {
            return Wanted::Literal(vec![value.to_owned()], value);
        }
        let (Some(host), Some(port)) = (self.host, self.port) else { return Wanted::AnyOf(value) };
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        let filled = value.replace("{host}", &host).replace("{port}", &port.to_string());
        // Port 80 may be left out (RFC 9110 section 7.2).
        let short = filled.strip_suffix(":80").filter(|_| port == 80).map(str::to_owned);
        Wanted::Literal([filled].into_iter().chain(short).collect(), value)
    }
}

/// What the value of a field has to be.
enum Wanted<'v> {
    /// Anything at all.
    Anything,
    /// Something: it holds the address, which is not known here.
    AnyOf(&'v str),
    /// One of these, which the lesson writes like this.
    Literal(Vec<String>, &'v str),
}

impl Wanted<'_> {
    fn is_met(&self, name: &str, request: &Request) -> bool {
        match self {
            Wanted::Anything => true,
            Wanted::AnyOf(_) => request.values(name).any(|value| !value.is_empty()),
            Wanted::Literal(values, _) => values.iter().any(|value| has(request, name, value)),
        }
    }

    /// The field in words.
    fn field(&self, name: &str) -> String {
        match self {
            Wanted::Anything => name.to_owned(),
            Wanted::AnyOf(value) => format!("{name}: {value}"),
            Wanted::Literal(values, value) => {
                format!("{name}: {}", values.first().map_or(*value, String::as_str))
            }
        }
    }
}

/// Is this a value of the field, or a member of its list?
fn has(request: &Request, name: &str, value: &str) -> bool {
    request.values(name).any(|actual| actual.eq_ignore_ascii_case(value.as_bytes()))
        || request.list(name).iter().any(|member| member.eq_ignore_ascii_case(value))
}

#[cfg(test)]
mod tests {
    use crate::judge::testing::{Case, Run};

    fn case(rule: &str) -> Case {
        Case::new(&format!("{{ request = {{ nth = 1, {rule} }} }}"))
    }

    fn sending(fields: &str) -> Run {
        Run::new().opened(1).received(1, format!("GET / HTTP/1.1\r\n{fields}\r\n")).exits(0)
    }

    #[test]
    fn the_request_line() {
        assert_eq!(case("line = 'GET / HTTP/1.1'").told(sending("")), [""; 0]);
        let other = || Run::new().opened(1).received(1, "GET / HTTP/1.0\r\n\r\n").exits(0);
        assert_eq!(
            case("line = 'GET / HTTP/1.1'").told(other()),
            [
                "request.line: Your program began request 1 with \"GET / HTTP/1.0\" where `GET / HTTP/1.1` is asked for."
            ]
        );
        assert_eq!(
            case("line = 'GET / HTTP/1.1'").compared(other()),
            ["request.line: request 1: \"GET / HTTP/1.1\" | request 1: \"GET / HTTP/1.0\""]
        );
    }

    #[test]
    fn host_names_the_destination() {
        let case = case("with = ['Host: {host}:{port}']");
        assert_eq!(case.told(sending("hOST:127.0.0.1:4080 \r\n")), [""; 0]);
        assert_eq!(
            case.told(sending("Host: 127.0.0.1\r\n")),
            [
                "request.field-missing: Your program sent request 1 with \"Host: 127.0.0.1\" where `Host: 127.0.0.1:4080` is asked for."
            ]
        );
        assert_eq!(
            case.told(sending("")),
            ["request.field-missing: Your program sent request 1 without the field `Host: 127.0.0.1:4080`."]
        );
        assert_eq!(
            case.compared(sending("")),
            ["request.field-missing: request 1: Host: 127.0.0.1:4080 | request 1: no `Host` field"]
        );
        assert_eq!(
            case.told(sending("Host: 127.0.0.1:4080\r\nHost: x\r\n")),
            [
                "request.field-missing: Your program sent 2 `Host` fields in request 1; there must be exactly one."
            ]
        );
        assert_eq!(
            case.compared(sending("Host: 127.0.0.1:4080\r\nHost: x\r\n")),
            [
                "request.field-missing: request 1: one `Host` field | request 1: \"Host: 127.0.0.1:4080\\r\\nHost: x\""
            ]
        );
    }

    #[test]
    fn port_80_may_be_left_out_and_other_commands_say_nothing() {
        let case = case("with = ['Host: {host}:{port}']");
        let with_command = |command: [&str; 3], fields: &str| {
            let mut run = sending(fields);
            run.trace.command = command.map(str::to_owned).to_vec();
            case.kinds(run)
        };
        for host in ["Example.com", "example.com:80"] {
            assert_eq!(with_command(["p", "example.com", "80"], &format!("Host: {host}\r\n")), [""; 0]);
        }
        assert_eq!(
            with_command(["p", "example.com", "81"], "Host: example.com\r\n"),
            ["request.field-missing"]
        );
        assert_eq!(with_command(["p", "::1", "81"], "Host: [::1]:81\r\n"), [""; 0]);
        let curl = ["curl", "-s", "http://127.0.0.1:4080/"];
        assert_eq!(with_command(curl, "Host: anything\r\n"), [""; 0]);
        assert_eq!(with_command(curl, "Host:\r\n"), ["request.field-missing"]);
    }

    #[test]
    fn list_members() {
        let close = || case("with = ['Connection: close']");
        assert_eq!(close().told(sending("Connection: TE, Close\r\n")), [""; 0]);
        assert_eq!(
            close().told(sending("Connection: keep-alive\r\n")),
            [
                "request.field-missing: Your program sent request 1 with \"Connection: keep-alive\" where `Connection: close` is asked for."
            ]
        );
        let open = || case("without = ['Connection: close']");
        assert_eq!(open().told(sending("Connection: keep-alive\r\n")), [""; 0]);
        assert_eq!(
            open().told(sending("Connection: TE\r\nConnection: CLOSE\r\n")),
            [
                "request.field-unwanted: Your program sent request 1 with the field `Connection: close`, which must not be there."
            ]
        );
        assert_eq!(
            open().compared(sending("Connection: TE\r\nConnection: CLOSE\r\n")),
            [
                "request.field-unwanted: request 1: no `Connection: close` | request 1: \"Connection: TE\\r\\nConnection: CLOSE\""
            ]
        );
        assert_eq!(case("without = ['TE']").told(sending("Connection: TE\r\n")), [""; 0]);
        assert_eq!(
            case("without = ['Connection']").told(sending("Connection: TE\r\n")),
            [
                "request.field-unwanted: Your program sent request 1 with the field `Connection`, which must not be there."
            ]
        );
        assert_eq!(case("with = ['Accept']").told(sending("Accept: */*\r\n")), [""; 0]);
    }

    #[test]
    fn a_request_that_never_came_or_ended() {
        let case = Case::new("{ request = { nth = 2, line = 'GET / HTTP/1.1' }, criterion = 'other' }");
        assert_eq!(case.told(Run::new().opened(1).requested(1).requested(1).exits(0)), [""; 0]);
        assert_eq!(
            case.told(Run::new().opened(1).requested(1).exits(0)),
            ["requests.missing: Your program sent 1 request; request 2 never came."]
        );
        let verdict = case.judge(Run::new().opened(1).requested(1).received(1, "GET /").exits(0));
        assert_eq!(
            verdict.findings.iter().map(|f| f.kind.name()).collect::<Vec<_>>(),
            ["request.unfinished"]
        );
        assert_eq!(verdict.failed, ["c", "other"]);
    }

    #[test]
    fn requests_are_counted_by_their_first_bytes() {
        let case = case("with = ['First']");
        let run = Run::new().opened(1).opened(2).received(2, "GET / HTTP/1.1\r\n");
        let run = run.requested(1).received(2, "First: yes\r\n\r\n").exits(0);
        assert_eq!(case.told(run), [""; 0]);
    }
}
