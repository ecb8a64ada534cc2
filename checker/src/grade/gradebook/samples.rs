//! A small class, made by hand.

use crate::grade::handed_in::{Content, Digest, Fault, HandedIn, Problem, Program};
use crate::grade::plan::{Entry, FORMAT, Learner, Plan, PlannedLesson};
use crate::grade::record::{Key, Outcome, Record};
use crate::judge::{CriterionVerdict, Diagnosis, Finding, NotRun, ScenarioVerdict, State, Verdict};
use crate::trace::{self, End, Event, ExitStatus, Level, Moment, Trace, What};

pub(crate) const LESSON: &str = "w04-l03";

pub(crate) fn digest(name: &str) -> Digest {
    Digest(format!("{name:0>64}"))
}

pub(crate) fn key(name: &str) -> Key {
    Key(digest(name))
}

/// A submission of a program; its key has the name of the program.
pub(crate) fn entry(learner: &str, program: &str) -> Entry {
    let content = Content::Program(Program { digest: digest(program), file: "main.c".to_owned() });
    Entry { handed_in: handed_in(learner, content), key: Some(key(program)) }
}

/// Nothing that could be graded.
pub(crate) fn missing(learner: &str) -> Entry {
    let problem = Problem { fault: Fault::Learner, reason: "There is no file.".to_owned() };
    Entry { handed_in: handed_in(learner, Content::Problem(problem)), key: None }
}

fn handed_in(learner: &str, content: Content) -> HandedIn {
    HandedIn {
        learner: learner.to_owned(),
        lesson: LESSON.to_owned(),
        attempt: 1,
        origin: format!("{learner}/main.c"),
        at: Some("2026-11-20T10:00:00Z".parse().expect("a time")),
        content,
    }
}

pub(crate) fn plan(entries: Vec<Entry>) -> Plan {
    let learner = |entry: &Entry| Learner {
        login: entry.handed_in.learner.clone(),
        name: Some(format!("Name of {}", entry.handed_in.learner)),
        columns: vec![("Student".to_owned(), entry.handed_in.learner.clone())],
    };
    let lesson = PlannedLesson {
        id: LESSON.to_owned(),
        title: "Keep-Alive Semantics".to_owned(),
        digest: digest("lesson"),
    };
    Plan {
        format: FORMAT,
        checker: "0.1.0".to_owned(),
        seed: 0x7f3a,
        level: Level::Loopback,
        shards: 1,
        lessons: vec![lesson],
        learners: entries.iter().map(learner).collect(),
        entries,
    }
}

pub(crate) fn record(program: &str, outcome: Outcome) -> Record {
    Record { key: key(program), outcome, took_ms: 48 }
}

/// All criteria hold.
pub(crate) fn held() -> Outcome {
    judged(vec![scenario("server-keeps-open", State::Held)])
}

/// The second criterion fails, by a mistake that is known.
pub(crate) fn failed() -> Outcome {
    let mut failing = scenario("next-response-in-the-buffer", State::Failed);
    failing.failed = vec!["exact-length".to_owned()];
    failing.findings = vec![Finding {
        kind: "prints.extra".parse().expect("a kind"),
        criterion: "exact-length".to_owned(),
        sentence: "Your program printed 17 bytes too many.".to_owned(),
        expected: "41 bytes".to_owned(),
        actual: "58 bytes".to_owned(),
        event: None,
    }];
    failing.mistake = Some(Diagnosis {
        id: "overread".to_owned(),
        mistake: "Reading past Content-Length".to_owned(),
        fix: "Keep the rest.".to_owned(),
        hints: 1,
    });
    judged(vec![scenario("server-keeps-open", State::Held), failing])
}

/// It was stopped so often that the last scenario was not played.
pub(crate) fn given_up() -> Outcome {
    let Outcome::Judged { mut verdict, level } = failed() else { unreachable!("it is judged") };
    let unplayed = ScenarioVerdict {
        not_run_because: Some(NotRun::GivenUp),
        trace: None,
        ..scenario("split-anywhere", State::NotRun)
    };
    verdict.scenarios.push(unplayed);
    Outcome::Judged { verdict, level }
}

pub(crate) fn not_judged() -> Outcome {
    Outcome::NotJudged { reason: "the machine has no more sockets".to_owned() }
}

fn judged(scenarios: Vec<ScenarioVerdict>) -> Outcome {
    let criterion = |id: &str, text: &str| {
        let bearing = scenarios.iter().filter(|scenario| scenario.criteria.iter().any(|other| other == id));
        let failed =
            bearing.clone().filter(|scenario| scenario.failed.iter().any(|other| other == id)).count();
        let of = bearing.count();
        CriterionVerdict {
            id: id.to_owned(),
            text: text.to_owned(),
            state: if failed == 0 { State::Held } else { State::Failed },
            held: of - failed,
            of,
            points: 4,
            earned: u32::try_from(4 * (of - failed) / of.max(1)).expect("few"),
        }
    };
    let criteria = vec![
        criterion("one-socket", "The socket is opened once"),
        criterion("exact-length", "The length is respected"),
    ];
    let (lesson, title) = (LESSON.to_owned(), "Keep-Alive Semantics".to_owned());
    let verdict = Box::new(Verdict { lesson, title, criteria, scenarios });
    Outcome::Judged { verdict, level: Level::Loopback }
}

fn scenario(id: &str, state: State) -> ScenarioVerdict {
    ScenarioVerdict {
        id: id.to_owned(),
        title: "The server answers.".to_owned(),
        source: Some("RFC 9112 section 6.3".to_owned()),
        is_advice: false,
        criteria: vec!["one-socket".to_owned(), "exact-length".to_owned()],
        state,
        failed: Vec::new(),
        findings: Vec::new(),
        mistake: None,
        runs: 1,
        trace: Some(trace(id)),
        not_run_because: None,
    }
}

fn trace(scenario: &str) -> Trace {
    let event = |millis, what| Event { at: Moment::from_millis(millis), what };
    let request = What::Received { connection: 1, bytes: "GET / HTTP/1.1\r\nHost: h\r\n\r\n".into() };
    let status = ExitStatus::Code(0);
    Trace {
        format: trace::FORMAT,
        lesson: LESSON.to_owned(),
        scenario: scenario.to_owned(),
        seed: 0x7f3a,
        cut: None,
        level: Level::Loopback,
        command: vec!["./main".to_owned()],
        events: vec![
            event(0, What::Started),
            event(1, What::opened(1)),
            event(2, request.clone()),
            event(3, request),
        ],
        end: End::Exited { status, left_behind: Vec::new() },
        ended_at: Moment::from_millis(4),
        packets: Vec::new(),
        missed_packets: 0,
    }
}
