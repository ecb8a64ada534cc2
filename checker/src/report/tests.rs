//! Golden texts of whole reports, from verdicts written by hand.

use insta::assert_snapshot;

use crate::judge::{NotRun, ScenarioVerdict, State, Verdict};
use crate::trace::wiretap::Wiretap;
use crate::trace::{End, ExitStatus, Flood, Hang, Moment, Side, Trace};

use super::samples::*;
use super::terminal::Detail;
use super::text::width;
use super::*;

const FIRST: Detail = Detail { all: false, packets: false, is_brief: false };
const ALL: Detail = Detail { all: true, packets: false, is_brief: false };

pub(super) fn hung() -> ScenarioVerdict {
    let end = End::Hung(Hang { call: "recv".to_owned(), connection: Some(1), threads: 1 });
    let trace = Story::new("server-keeps-the-connection-open")
        .opened(140, 1)
        .received(210, 1, GET)
        .sent(260, 1, &response(BODY))
        .printed(390, BODY)
        .ended(62_390, end)
        .trace();
    let finding = finding(
        "hang.after-output",
        "Your program waits for ever: recv() on connection 1, 62 ms after the last byte of the body.",
        "an exit after the 42 bytes that Content-Length announced",
        "all 42 bytes had arrived and were printed; the program waits for more",
        None,
    );
    with_mistake(
        failed("The server answers and keeps the connection open.", trace, finding),
        "Reading until the server closes",
        "Count the bytes of the body and stop at Content-Length.",
    )
}

fn second_connection() -> ScenarioVerdict {
    let trace = Story::new("two-requests-share-one-connection")
        .opened(140, 1)
        .received(210, 1, GET)
        .sent(260, 1, &response(BODY))
        .program_closed(400, 1)
        .opened(450, 2)
        .received(510, 2, LAST_GET)
        .sent(560, 2, &response(BODY))
        .peer_closed(561, 2)
        .printed(600, &format!("{BODY}{BODY}"))
        .exited(660, ExitStatus::Code(0))
        .trace();
    let finding = finding(
        "connections.more",
        "Your program opened a second connection for the second request.",
        "1 connection with 2 requests",
        "2 connections with 1 request each",
        Some(5),
    );
    let verdict = failed("The server answers two requests on one connection.", trace, finding);
    ScenarioVerdict { source: Some("RFC 9112 section 9.3".to_owned()), ..verdict }
}

fn crashed() -> ScenarioVerdict {
    let panic = "thread 'main' panicked at main.rs:31:9:\nrange end index 99 out of range\n";
    let frames = (0..12).map(|frame| format!("  {frame}: main::read_\u{1b}[31mbody\n")).collect::<String>();
    let trace = Story::new("body-with-an-empty-line")
        .opened(140, 1)
        .received(210, 1, GET)
        .sent(260, 1, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na\r\n\r\nb")
        .complained(300, panic)
        .complained(310, &frames)
        .exited(390, ExitStatus::Signal(6))
        .trace();
    let mut exit = finding("prints.nothing", "Your program printed nothing.", "", "", None);
    exit.criterion = "two-responses".to_owned();
    let crash = finding(
        "crash",
        "Your program crashed: signal 6 (SIGABRT).",
        "an exit by itself",
        "the signal SIGABRT",
        Some(6),
    );
    let mut verdict = failed("The body contains an empty line.", trace, crash);
    verdict.findings.push(exit);
    verdict.source = None;
    verdict
}

fn flooded() -> ScenarioVerdict {
    let story = Story::new("server-closes").opened(140, 1).received(210, 1, GET).peer_closed(260, 1);
    let story = (0..50).fold(story, |story, index| story.printed(300 + index, &"read 0 bytes\n".repeat(100)));
    let trace = story.ended(900, End::Flooded { what: Flood::Stdout, amount: 1_048_576 }).trace();
    let sentence = "Your program printed without end, and was stopped after 1048576 bytes.";
    failed("The server closes.", trace, finding("flood", sentence, "nothing", "\"read 0 bytes\\n…\"", None))
}

fn late() -> ScenarioVerdict {
    let doing = "it runs and makes no system call".to_owned();
    let end = End::DeadlinePassed { still_for: Moment::from_millis(9999), doing };
    let trace = Story::new("server-closes").opened(140, 1).peer_closed(260, 1).ended(10_000_260, end).trace();
    let sentence = "Your program was still running after 10 s.";
    failed("The server closes.", trace, finding("deadline.before-output", sentence, "an exit", "none", None))
}

fn swept() -> ScenarioVerdict {
    let bytes = response(BODY);
    let trace = Story::new("split-anywhere")
        .cut(38)
        .opened(140, 1)
        .received(210, 1, GET)
        .sent(260, 1, &bytes[..38])
        .sent(290, 1, &bytes[38..])
        .printed(390, &BODY[1..])
        .program_closed(400, 1)
        .exited(430, ExitStatus::Code(0))
        .trace();
    let sentence = "Your program printed one byte too few of the body.";
    let finding = finding("prints.short", sentence, "\"<title>Ex…\"", "\"title>Exa…\"", Some(5));
    let verdict = failed("The response comes in two segments, cut anywhere.", trace, finding);
    ScenarioVerdict { runs: 39, ..verdict }
}

pub(super) fn unjudged() -> ScenarioVerdict {
    let mut trace = good_trace();
    trace.events.truncate(3);
    trace.end = End::Fault { reason: "no free port".to_owned() };
    ScenarioVerdict {
        state: State::NotRun,
        not_run_because: Some(NotRun::Fault("no port of 127.0.0.1 was free (os error 98)".to_owned())),
        trace: None,
        ..held("The server answers two requests.", trace)
    }
}

pub(super) fn advice() -> ScenarioVerdict {
    let sentence = "Your program read a field value together with the blanks behind it.";
    let finding = finding("prints.extra", sentence, "42 bytes", "43 bytes", Some(4));
    let verdict = failed("A blank stands behind a field value.", good_trace(), finding);
    ScenarioVerdict { is_advice: true, id: "blanks-behind-a-value".to_owned(), ..verdict }
}

pub(super) fn good() -> ScenarioVerdict {
    held("The server answers two requests on one connection.", good_trace())
}

fn full(scenarios: Vec<ScenarioVerdict>, look: &Look) -> String {
    terminal::full(&verdict(scenarios), &heading(), look, FIRST)
}

/// A verdict in which one criterion could not be judged.
fn partly_judged() -> Verdict {
    let mut verdict = verdict(vec![good(), unjudged()]);
    verdict.criteria[2] = criterion("one-socket", "The socket is opened and closed once", 0, 0);
    verdict
}

#[test]
fn a_pass() {
    assert_snapshot!("pass", full(vec![good(), good()], &PLAIN));
    assert_snapshot!("pass-of-one-scenario", full(vec![good()], &PLAIN));
}

#[test]
fn each_kind_of_failure() {
    assert_snapshot!("overread", full(vec![good(), overread(), hung()], &PLAIN));
    assert_snapshot!("hang", full(vec![hung()], &PLAIN));
    assert_snapshot!("second-connection", full(vec![second_connection()], &PLAIN));
    assert_snapshot!("crash", full(vec![crashed()], &PLAIN));
    assert_snapshot!("flood", full(vec![flooded()], &PLAIN));
    assert_snapshot!("deadline", full(vec![late()], &PLAIN));
    assert_snapshot!("sweep", full(vec![swept()], &PLAIN));
}

#[test]
fn every_failure_where_all_are_asked_for() {
    let verdict = verdict(vec![good(), overread(), hung(), advice()]);
    assert_snapshot!("all", terminal::full(&verdict, &heading(), &PLAIN, ALL));
}

#[test]
fn what_could_not_be_judged_is_not_held_against_the_program() {
    assert_snapshot!("not-judged", terminal::full(&partly_judged(), &heading(), &PLAIN, FIRST));
}

#[test]
fn advice_is_told_and_takes_no_points() {
    assert_snapshot!("advice", full(vec![good(), advice()], &PLAIN));
    let mut alone = verdict(vec![advice()]);
    alone.criteria.iter_mut().for_each(|known| *known = criterion(&known.id, &known.text, 0, 0));
    assert_snapshot!("advice-alone", terminal::full(&alone, &heading(), &PLAIN, FIRST));
}

#[test]
fn advice_waits_until_nothing_else_is_wrong() {
    assert!(!full(vec![overread(), advice()], &PLAIN).contains("Worth knowing"));
    let all = terminal::full(&verdict(vec![overread(), advice()]), &heading(), &PLAIN, ALL);
    assert!(all.contains("no points"), "{all}");
}

#[test]
fn what_was_left_out_behind_a_failure_is_one_sentence() {
    let given_up = || ScenarioVerdict { not_run_because: Some(NotRun::GivenUp), ..unjudged() };
    let text = full(vec![overread(), given_up(), given_up()], &PLAIN);
    let end = "\n\n  2 more scenarios not played, because your program ran into the deadline in\n  others: mend those first.\n";
    assert!(text.ends_with(end), "{text}");
}

pub(super) fn private() -> ScenarioVerdict {
    ScenarioVerdict { not_run_because: Some(NotRun::NeedsPrivate), ..unjudged() }
}

#[test]
fn what_needs_the_private_level_is_one_sentence_and_no_failure() {
    let text = full(vec![good(), private(), private()], &PLAIN);
    let end = "\n\n  2 scenarios need the private level and did not run here: workbook doctor says\n  how to get it.\n";
    assert!(text.contains("1 scenario in 48 ms") && text.contains(end), "{text}");
    assert_eq!(result(&verdict(vec![good(), private()])), State::Held);
    assert_eq!(result(&verdict(vec![private()])), State::NotRun);
    assert_snapshot!("needs-private", full(vec![private()], &PLAIN));
    let json = json::full(&verdict(vec![good(), private()]), &heading());
    let value: serde_json::Value = serde_json::from_str(&json).expect("valid JSON");
    assert_eq!(value["result"], "held");
    assert_eq!(value["scenarios"][1]["result"], "not-run");
    let reason = "it needs the private level (`workbook doctor` says how to get it)";
    assert_eq!(value["scenarios"][1]["not_run_because"], reason);
}

#[test]
fn every_look() {
    assert_snapshot!("look-40", full(vec![good(), overread(), hung(), advice()], &NARROW));
    let ascii = full(vec![good(), overread(), hung(), advice()], &ASCII);
    assert!(ascii.is_ascii());
    assert_snapshot!("look-ascii", ascii);
    assert_snapshot!("look-colour", full(vec![good(), overread()], &COLOUR).replace('\x1b', "ESC"));
}

#[test]
fn nothing_is_wider_than_the_look() {
    let scenarios = || {
        vec![
            overread(),
            hung(),
            second_connection(),
            crashed(),
            flooded(),
            late(),
            swept(),
            unjudged(),
            advice(),
        ]
    };
    for columns in 40..=100 {
        for is_unicode in [true, false] {
            let look = Look { width: columns, is_unicode, has_colour: false };
            let text = terminal::full(&verdict(scenarios()), &heading(), &look, ALL);
            for line in text.lines() {
                assert!(width(line) <= columns && !line.ends_with(' '), "{columns}: {line:?}");
            }
        }
    }
}

#[test]
fn colour_is_all_that_colour_changes() {
    let coloured = full(vec![overread(), unjudged(), advice()], &COLOUR);
    let mut parts = coloured.split('\x1b');
    let start = parts.next().unwrap_or_default().to_owned();
    let stripped = parts.fold(start, |text, part| text + part.split_once('m').map_or("", |(_, rest)| rest));
    assert_eq!(stripped, full(vec![overread(), unjudged(), advice()], &PLAIN));
}

#[test]
fn one_line_for_each_criterion() {
    let quiet = [PLAIN, NARROW].map(|look| terminal::quiet(&partly_judged(), &look));
    assert_snapshot!("quiet", quiet.join("\n"));
}

#[test]
fn a_saved_trace_is_explained_with_its_verdict() {
    let texts = [good(), overread()].map(|scenario| terminal::explain(&scenario, &PLAIN, FIRST));
    assert_snapshot!("explain", texts.join("\n"));
}

#[test]
fn packets_take_the_place_of_what_they_carried_where_there_are_any() {
    let detail = Detail { packets: true, ..FIRST };
    let without = terminal::full(&verdict(vec![overread()]), &heading(), &PLAIN, detail);
    assert_eq!(without, full(vec![overread()], &PLAIN));
    let mut failing = overread();
    let tap = Wiretap::new(40123).opens().sends(Side::Program, GET.as_bytes());
    tap.into(failing.trace.as_mut().expect("a trace"), 1);
    assert_snapshot!("packets", terminal::full(&verdict(vec![failing]), &heading(), &PLAIN, detail));
}

#[test]
fn everything_is_in_the_json() {
    let text = json::full(&verdict(vec![overread(), unjudged()]), &heading());
    assert_snapshot!("json", text);
    let value: serde_json::Value = serde_json::from_str(&text).expect("valid JSON");
    let trace: Trace = serde_json::from_value(value["scenarios"][0]["trace"].clone()).expect("a saved trace");
    assert_eq!(Some(trace), overread().trace);
}

#[test]
fn the_verdict_as_a_whole() {
    assert_eq!(result(&verdict(vec![good(), advice()])), State::Held);
    assert_eq!(result(&verdict(vec![good(), overread(), unjudged()])), State::Failed);
    assert_eq!(result(&partly_judged()), State::NotRun);
    assert_eq!(result(&verdict(Vec::new())), State::NotRun);
}

#[test]
fn endless_lines_on_stderr_are_cut() {
    let trace = Story::new("s").complained(10, &"x".repeat(100_000)).exited(20, ExitStatus::Code(1)).trace();
    let finding = finding("prints.nothing", "Your program printed nothing.", "a body", "nothing", None);
    let text = terminal::explain(&failed("The server answers.", trace, finding), &PLAIN, FIRST);
    let lines: Vec<_> = text.lines().skip_while(|line| !line.starts_with("  stderr")).collect();
    assert_eq!(lines[..3].iter().map(|line| width(line)).collect::<Vec<_>>(), [80; 3]);
    assert!(lines[2].ends_with("x…") && lines[3].is_empty(), "{lines:?}");
}

#[test]
fn seeds_have_at_least_four_digits() {
    assert_eq!([0, 0x7f3a, u64::MAX].map(seed), ["0000", "7f3a", "ffffffffffffffff"]);
}
