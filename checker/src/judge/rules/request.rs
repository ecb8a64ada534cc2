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
        event: None,
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
                quote(field_lines(name, request).as_bytes())
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
        let actual = if lines.is_empty() { format!("no `{name}` field") } else { quote(lines.as_bytes()) };
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
fn field_lines(name: &str, request: &Request) -> String {
    let line = |value: &[u8]| format!("{name}: {}", String::from_utf8_lossy(value));
    request.values(name).map(line).collect::<Vec<_>>().join("\r\n")
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
