//! Traces and verdicts written by hand, with fixed times, for the tests of reports.

use std::time::Duration;

use crate::judge::{CriterionVerdict, Diagnosis, Finding, ScenarioVerdict, State, Verdict};
use crate::trace::{Connection, End, Event, ExitStatus, FORMAT, Level, Moment, Stream, Trace, What};

use super::{Heading, Look, NextLesson};

pub(super) const PLAIN: Look = Look { width: 80, is_unicode: true, has_colour: false };
pub(super) const NARROW: Look = Look { width: 40, is_unicode: true, has_colour: false };
pub(super) const ASCII: Look = Look { width: 80, is_unicode: false, has_colour: false };
pub(super) const COLOUR: Look = Look { width: 80, is_unicode: true, has_colour: true };

pub(super) const GET: &str = "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n";
pub(super) const LAST_GET: &str = "GET / HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n";
pub(super) const BODY: &str = "<title>Example Domain</title> 41 B</html>\n";

/// A response with a length.
pub(super) fn response(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// A trace in the making.
pub(super) struct Story(Trace);

impl Story {
    pub(super) fn new(scenario: &str) -> Self {
        Self(Trace {
            format: FORMAT,
            lesson: "w04-l03".to_owned(),
            scenario: scenario.to_owned(),
            seed: 0x7f3a,
            cut: None,
            level: Level::Private,
            command: vec!["./main".to_owned(), "127.0.0.1".to_owned(), "40123".to_owned()],
            events: vec![Event { at: Moment(0), what: What::Started }],
            end: End::Exited { status: ExitStatus::Code(0), left_behind: Vec::new() },
            ended_at: Moment(0),
            packets: Vec::new(),
            missed_packets: 0,
        })
    }

    pub(super) fn then(mut self, micros: u64, what: What) -> Self {
        self.0.ended_at = Moment(micros * 1000);
        self.0.events.push(Event { at: Moment(micros * 1000), what });
        self
    }

    pub(super) fn opened(self, micros: u64, connection: Connection) -> Self {
        self.then(micros, What::opened(connection))
    }

    pub(super) fn received(self, micros: u64, connection: Connection, bytes: &str) -> Self {
        self.then(micros, What::Received { connection, bytes: bytes.into() })
    }

    pub(super) fn sent(self, micros: u64, connection: Connection, bytes: &str) -> Self {
        self.then(micros, What::Sent { connection, bytes: bytes.into() })
    }

    /// Sends each byte in a segment of its own, ten microseconds apart.
    pub(super) fn dribbled(self, micros: u64, connection: Connection, bytes: &str) -> Self {
        bytes.bytes().enumerate().fold(self, |story, (index, byte)| {
            story.sent(micros + 10 * index as u64, connection, &char::from(byte).to_string())
        })
    }

    pub(super) fn printed(self, micros: u64, text: &str) -> Self {
        self.then(micros, What::Printed { stream: Stream::Stdout, bytes: text.into() })
    }

    pub(super) fn complained(self, micros: u64, text: &str) -> Self {
        self.then(micros, What::Printed { stream: Stream::Stderr, bytes: text.into() })
    }

    pub(super) fn program_closed(self, micros: u64, connection: Connection) -> Self {
        self.then(micros, What::ProgramClosed { connection })
    }

    pub(super) fn peer_closed(self, micros: u64, connection: Connection) -> Self {
        self.then(micros, What::PeerClosed { connection })
    }

    pub(super) fn program_reset(self, micros: u64, connection: Connection) -> Self {
        self.then(micros, What::ProgramReset { connection })
    }

    pub(super) fn peer_reset(self, micros: u64, connection: Connection) -> Self {
        self.then(micros, What::PeerReset { connection })
    }

    pub(super) fn exited(mut self, micros: u64, status: ExitStatus) -> Self {
        self.0.end = End::Exited { status, left_behind: Vec::new() };
        self.then(micros, What::Exited { status })
    }

    pub(super) fn ended(mut self, micros: u64, end: End) -> Self {
        self.0.end = end;
        self.0.ended_at = Moment(micros * 1000);
        self
    }

    pub(super) fn cut(mut self, cut: usize) -> Self {
        self.0.cut = Some(cut);
        self
    }

    pub(super) fn trace(self) -> Trace {
        self.0
    }
}

pub(super) fn heading() -> Heading {
    Heading {
        choice: String::new(),
        program: "main.rs".to_owned(),
        built_in: Some(Duration::from_millis(130)),
        took: Duration::from_millis(48),
        level: Level::Private,
        seed: 0x7f3a,
        next: Some(NextLesson { lesson: "w04-l04".to_owned(), title: "DNS and multiple targets".to_owned() }),
        hint: Some((1, 3)),
    }
}

pub(super) fn criterion(id: &str, text: &str, held: usize, of: usize) -> CriterionVerdict {
    let state = match (held, of) {
        (_, 0) => State::NotRun,
        _ if held == of => State::Held,
        _ => State::Failed,
    };
    let earned = (4 * held).checked_div(of).and_then(|share| u32::try_from(share).ok()).unwrap_or(0);
    CriterionVerdict { id: id.to_owned(), text: text.to_owned(), state, held, of, points: 4, earned }
}

pub(super) fn finding(
    kind: &str,
    sentence: &str,
    expected: &str,
    actual: &str,
    event: Option<usize>,
) -> Finding {
    Finding {
        kind: kind.parse().expect("a known kind of finding"),
        criterion: "exact-length".to_owned(),
        sentence: sentence.to_owned(),
        expected: expected.to_owned(),
        actual: actual.to_owned(),
        event,
    }
}

pub(super) fn held(title: &str, trace: Trace) -> ScenarioVerdict {
    ScenarioVerdict {
        id: trace.scenario.clone(),
        title: title.to_owned(),
        source: Some("RFC 9112 section 6.3".to_owned()),
        is_advice: false,
        criteria: vec!["exact-length".to_owned()],
        state: State::Held,
        failed: Vec::new(),
        findings: Vec::new(),
        mistake: None,
        runs: 1,
        trace: Some(trace),
        not_run_because: None,
    }
}

pub(super) fn failed(title: &str, trace: Trace, finding: Finding) -> ScenarioVerdict {
    let failed = vec![finding.criterion.clone()];
    ScenarioVerdict { state: State::Failed, failed, findings: vec![finding], ..held(title, trace) }
}

pub(super) fn with_mistake(verdict: ScenarioVerdict, mistake: &str, fix: &str) -> ScenarioVerdict {
    let (id, mistake, fix) = ("a-mistake".to_owned(), mistake.to_owned(), fix.to_owned());
    ScenarioVerdict { mistake: Some(Diagnosis { id, mistake, fix, hints: 2 }), ..verdict }
}

/// A verdict of the lesson on keep-alive; the second criterion fails where a scenario does.
pub(super) fn verdict(scenarios: Vec<ScenarioVerdict>) -> Verdict {
    let failing = scenarios.iter().filter(|scenario| scenario.state == State::Failed && !scenario.is_advice);
    let held = 14 - failing.count();
    Verdict {
        lesson: "w04-l03".to_owned(),
        title: "Keep-Alive Semantics".to_owned(),
        criteria: vec![
            criterion("two-responses", "Two full responses are received on one connection", 14, 14),
            criterion("exact-length", "The Content-Length of each response is respected exactly", held, 14),
            criterion("one-socket", "The socket is opened and closed once", 14, 14),
        ],
        scenarios,
    }
}

/// A program that does all that is asked for.
pub(super) fn good_trace() -> Trace {
    Story::new("two-requests-share-one-connection")
        .opened(140, 1)
        .received(210, 1, GET)
        .sent(260, 1, &response(BODY))
        .printed(390, &format!("HTTP/1.1 200 OK\n{BODY}"))
        .received(420, 1, LAST_GET)
        .sent(450, 1, &response(BODY))
        .peer_closed(451, 1)
        .printed(560, &format!("HTTP/1.1 200 OK\n{BODY}"))
        .program_closed(600, 1)
        .exited(640, ExitStatus::Code(0))
        .trace()
}

/// A program that prints the beginning of the second response as part of the first body.
pub(super) fn overread() -> ScenarioVerdict {
    let second = response(BODY);
    let trace = Story::new("next-response-already-in-the-buffer")
        .opened(40, 1)
        .received(140, 1, GET)
        .sent(210, 1, &format!("{}{}", response(BODY), &second[..17]))
        .printed(330, &format!("HTTP/1.1 200 OK\n{BODY}{}", &second[..17]))
        .received(340, 1, LAST_GET)
        .sent(360, 1, &second[17..])
        .peer_closed(361, 1)
        .complained(420, "main: the answer does not begin with HTTP/1.1\n")
        .program_closed(450, 1)
        .exited(470, ExitStatus::Code(1))
        .trace();
    let finding = finding(
        "prints.extra",
        "Your program printed 17 bytes of the second response as part of the first body.",
        "body 1: \"<title>Ex…</html>\\n\" (41 bytes), and nothing after it",
        "body 1: \"<title>Ex…</html>\\nHTTP/1.1 200 OK\\r\\n\"",
        Some(4),
    );
    with_mistake(
        failed("The second response begins in the same segment as the end of the first.", trace, finding),
        "Reading past Content-Length",
        "One recv() may return bytes that belong to the next response. Print what is left of this body, \
         and keep the rest.",
    )
}
