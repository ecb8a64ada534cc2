//! Hand-written traces for the tests of rules.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::course::checks::Checks;
use crate::course::{Lesson, LessonKind, MistakeRow, Play};
use crate::trace::{
    End, Event, ExitStatus, Expect, FORMAT, Hang, Level, Moment, Script, Send, Step, Stream, Trace, What,
};

use super::ScenarioVerdict;

pub(super) const PAGE_1: &str = "<html>hello</html>\n";
pub(super) const PAGE_2: &str = "<html>world</html>\n";

/// A lesson around the text of a `checks.toml`.
pub(super) fn lesson(checks: &str) -> Lesson {
    let checks: Checks = toml::from_str(checks).expect("a readable checks.toml");
    let row = |mistake: &str, fix: &str| MistakeRow { mistake: mistake.to_owned(), fix: fix.to_owned() };
    Lesson {
        id: "w04-l03".to_owned(),
        title: "Keep-alive semantics".to_owned(),
        part: "w04".to_owned(),
        order: 3,
        kind: LessonKind::Client,
        duration_min: 90,
        folder: PathBuf::new(),
        text: String::new(),
        mistake_rows: vec![
            row("Reading to the end", "Count the bytes."),
            row("Adding a line end", "Write the bytes."),
        ],
        checks,
    }
}

/// A scenario with its requirements and its play; two connections that each expect `GET /` are scripted.
pub(super) struct Case {
    pub(super) lesson: Lesson,
    pub(super) play: Play,
}

impl Case {
    /// A case with these requirements, written as in a `checks.toml`.
    pub(super) fn new(require: &str) -> Self {
        let checks = format!(
            "arguments = ['{{host}}', '{{port}}']\n[[criterion]]\nid = 'c'\npoints = 4\ntext = 'All holds.'\n\
             [[scenario]]\nid = 's'\ntitle = 'S.'\ncriterion = 'c'\nrequire = [{require}]"
        );
        let expect = Step::Expect(Expect { request: "GET /".to_owned() });
        let send = |body: &str| Step::Send(message(&answer(body), body.len()));
        let script = vec![
            vec![expect.clone(), send(PAGE_1), expect.clone(), send(PAGE_2), Step::Stay],
            vec![expect, send(PAGE_2), Step::Stay],
        ];
        let bodies = [("page-1", PAGE_1), ("page-2", PAGE_2), ("bytes", "a\0b\u{e9}\r\nc\n")];
        let play = Play {
            lesson: "w04-l03".to_owned(),
            scenario: "s".to_owned(),
            seed: 1,
            cut: None,
            arguments: vec!["{host}".to_owned(), "{port}".to_owned()],
            stdin: Vec::new(),
            script: Script { connections: script, ..Script::default() },
            bodies: bodies
                .map(|(id, body)| (id.to_owned(), body.as_bytes().to_vec()))
                .into_iter()
                .collect::<BTreeMap<_, _>>(),
        };
        Self { lesson: lesson(&checks), play }
    }

    /// Replaces the script of the first connection.
    pub(super) fn with_script(mut self, steps: Vec<Step>) -> Self {
        self.play.script.connections[0] = steps;
        self
    }

    pub(super) fn judge(&self, run: Run) -> ScenarioVerdict {
        super::scenario(&self.lesson, &self.lesson.checks.scenarios[0], &self.play, &run.trace)
    }

    /// Kind and sentence of each finding.
    pub(super) fn told(&self, run: Run) -> Vec<String> {
        let tell = |finding: &super::Finding| format!("{}: {}", finding.kind, finding.sentence);
        self.judge(run).findings.iter().map(tell).collect()
    }

    /// Kind, `expected` and `actual` of each finding.
    pub(super) fn compared(&self, run: Run) -> Vec<String> {
        let tell =
            |finding: &super::Finding| format!("{}: {} | {}", finding.kind, finding.expected, finding.actual);
        self.judge(run).findings.iter().map(tell).collect()
    }

    /// The names of the kinds alone.
    pub(super) fn kinds(&self, run: Run) -> Vec<&'static str> {
        self.judge(run).findings.iter().map(|finding| finding.kind.name()).collect()
    }
}

/// A response with Content-Length.
pub(super) fn answer(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// The step that sends a message in one segment.
pub(super) fn message(text: &str, body_bytes: usize) -> Send {
    Send { bytes: text.into(), cuts: Vec::new(), head_bytes: text.len() - body_bytes, fin: false }
}

/// A trace under construction; each event comes a millisecond after the one before.
pub(super) struct Run {
    pub(super) trace: Trace,
}

impl Run {
    /// A program that was started on 127.0.0.1 and port 4080.
    pub(super) fn new() -> Self {
        let trace = Trace {
            format: FORMAT,
            lesson: "w04-l03".to_owned(),
            scenario: "s".to_owned(),
            seed: 1,
            cut: None,
            level: Level::Loopback,
            command: ["./program", "127.0.0.1", "4080"].map(str::to_owned).to_vec(),
            events: Vec::new(),
            end: End::Fault { reason: "the trace has no end".to_owned() },
            ended_at: Moment::default(),
            packets: Vec::new(),
            missed_packets: 0,
        };
        Self { trace }.and(What::Started)
    }

    pub(super) fn and(mut self, what: What) -> Self {
        let at = Moment::from_millis(self.trace.events.len() as u64);
        self.trace.events.push(Event { at, what });
        self
    }

    /// The connection is established, and the peer begins its script.
    pub(super) fn opened(self, connection: usize) -> Self {
        self.and(What::opened(connection)).reached(connection, connection, 0)
    }

    pub(super) fn reached(self, connection: usize, script: usize, step: usize) -> Self {
        self.and(What::Reached { connection, script, step })
    }

    pub(super) fn received(self, connection: usize, bytes: impl AsRef<[u8]>) -> Self {
        self.and(What::Received { connection, bytes: bytes.as_ref().into() })
    }

    /// A correct request for `/`.
    pub(super) fn requested(self, connection: usize) -> Self {
        self.received(connection, "GET / HTTP/1.1\r\nHost: 127.0.0.1:4080\r\n\r\n")
    }

    pub(super) fn sent(self, connection: usize, bytes: impl AsRef<[u8]>) -> Self {
        self.and(What::Sent { connection, bytes: bytes.as_ref().into() })
    }

    pub(super) fn program_closed(self, connection: usize) -> Self {
        self.and(What::ProgramClosed { connection })
    }

    pub(super) fn peer_closed(self, connection: usize) -> Self {
        self.and(What::PeerClosed { connection })
    }

    pub(super) fn printed(self, bytes: impl AsRef<[u8]>) -> Self {
        self.and(What::Printed { stream: Stream::Stdout, bytes: bytes.as_ref().into() })
    }

    pub(super) fn complained(self, text: &str) -> Self {
        self.and(What::Printed { stream: Stream::Stderr, bytes: text.into() })
    }

    /// A correct exchange on connection 1, of which nothing is printed yet.
    pub(super) fn exchanged() -> Self {
        Self::new().opened(1).requested(1).reached(1, 1, 1).sent(1, answer(PAGE_1))
    }

    pub(super) fn exits(self, code: i32) -> Self {
        self.ends_with(ExitStatus::Code(code))
    }

    pub(super) fn dies_of(self, signal: i32) -> Self {
        self.ends_with(ExitStatus::Signal(signal))
    }

    fn ends_with(self, status: ExitStatus) -> Self {
        self.and(What::Exited { status }).ends(End::Exited { status, left_behind: Vec::new() })
    }

    pub(super) fn hangs(self, connection: usize) -> Self {
        self.ends(End::Hung(Hang { call: "recv".to_owned(), connection: Some(connection), threads: 1 }))
    }

    /// The run ends 60 ms after its last event.
    pub(super) fn ends(mut self, end: End) -> Self {
        let last = self.trace.events.last().map_or(0, |event| event.at.0);
        self.trace.ended_at = Moment(last + 60_000_000);
        self.trace.end = end;
        self
    }
}
