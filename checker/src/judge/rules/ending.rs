//! Every scenario: the program starts, and comes to an end by itself.

use std::time::Duration;

use bstr::ByteSlice;

use crate::course::FindingKind;
use crate::course::checks::Rule;
use crate::judge::evidence::{Arrival, Evidence};
use crate::judge::words::{count, grouped, time};
use crate::trace::{self, Connection, End, ExitStatus, Flood, Hang, Hold, Moment, Send, Step, escape};

use super::Breach;
use super::output::Expected;

/// The program is not stopped: not by a signal, not by us.
pub(super) fn check(evidence: &Evidence) -> Option<Breach> {
    match &evidence.trace.end {
        End::Exited { status: ExitStatus::Signal(signal), .. } => Some(crash(*signal, evidence)),
        End::Exited { .. } | End::Fault { .. } => None,
        End::Hung(hang) => Some(hung(hang, evidence)),
        End::DeadlinePassed { still_for, doing } => Some(deadline(*still_for, doing, evidence)),
        End::Flooded { what, amount } => Some(flood(*what, *amount, evidence)),
        End::NotStarted { reason } => Some(not_started(reason)),
    }
}

/// A signal ended the program.
pub(super) fn crash(signal: i32, evidence: &Evidence) -> Breach {
    let (name, meaning) = signal_meaning(signal);
    let name = if name.is_empty() { format!("signal {signal}") } else { format!("{name} (signal {signal})") };
    Breach {
        kind: FindingKind::Crash,
        sentence: format!("Your program was killed by {name}{meaning}."),
        expected: "the program ends by itself".to_owned(),
        actual: format!("killed by {name}"),
        event: evidence.end_event(),
    }
}

/// Name of a signal, and what it usually means.
fn signal_meaning(signal: i32) -> (&'static str, &'static str) {
    match signal {
        4 => ("SIGILL", ": it ran into an illegal instruction"),
        6 => ("SIGABRT", ": it gave up itself, as after a failed assertion or damaged memory"),
        7 => ("SIGBUS", ": it used memory that is not there"),
        8 => ("SIGFPE", ": it divided by zero"),
        9 => ("SIGKILL", ", perhaps because it used too much memory"),
        11 => ("SIGSEGV", ": it used memory that is not its own"),
        13 => ("SIGPIPE", ": it wrote to a connection or pipe that nobody reads any more"),
        24 => ("SIGXCPU", ": it used up its processor time; look for a loop that does not end"),
        25 => ("SIGXFSZ", ": it wrote a file that is too large"),
        _ => (other_signal_name(signal), ""),
    }
}

fn other_signal_name(signal: i32) -> &'static str {
    match signal {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        5 => "SIGTRAP",
        14 => "SIGALRM",
        15 => "SIGTERM",
        31 => "SIGSYS",
        _ => "",
    }
}

fn hung(hang: &Hang, evidence: &Evidence) -> Breach {
    let progress = Progress::of(evidence);
    let kind = match progress.stage() {
        Stage::After => FindingKind::HangAfterOutput,
        Stage::During => FindingKind::HangDuringOutput,
        Stage::Before => FindingKind::HangBeforeOutput,
    };
    let place = hang.connection.map_or(String::new(), |connection| format!(" on connection {connection}"));
    let call = harmless(&hang.call);
    let since = since_last_bytes(hang.connection, evidence);
    let (waits, expected) = waits_for(hang.connection, &progress, evidence);
    Breach {
        kind,
        sentence: format!("Your program waits for ever: {call}(){place}{since}. {waits}"),
        expected,
        actual: format!("{call}(){place} waits for ever; {}", progress.amount()),
        event: evidence.end_event(),
    }
}

fn deadline(still_for: Moment, doing: &str, evidence: &Evidence) -> Breach {
    let progress = Progress::of(evidence);
    let kind = match progress.stage() {
        Stage::After => FindingKind::DeadlineAfterOutput,
        Stage::During | Stage::Before => FindingKind::DeadlineBeforeOutput,
    };
    let after = time(evidence.trace.ended_at.since_start());
    let still = match still_for.since_start() {
        Duration::ZERO => String::new(),
        still_for => format!(", and nothing had happened for {}", time(still_for)),
    };
    let doing = if doing.is_empty() { String::new() } else { format!(" ({})", harmless(doing)) };
    Breach {
        kind,
        sentence: format!(
            "Your program was still running after {after}{still}{doing}. {}",
            progress.sentence()
        ),
        expected: "the program ends by itself".to_owned(),
        actual: format!("stopped at the deadline after {after}; {}", progress.amount()),
        event: evidence.end_event(),
    }
}

fn flood(what: Flood, amount: u64, evidence: &Evidence) -> Breach {
    let counted = trace::grouped(amount);
    let did = match what {
        Flood::Stdout => format!("printed {} on standard output", trace::size(amount)),
        Flood::Stderr => format!("printed {} on standard error", trace::size(amount)),
        Flood::Request => format!("sent {} to the server", trace::size(amount)),
        Flood::Connections => format!("opened {counted} connections"),
        Flood::Memory => format!("took {} of memory", trace::size(amount)),
        Flood::Descriptors => format!("opened {counted} files and sockets"),
        Flood::Processes => format!("started {counted} threads and processes"),
    };
    Breach {
        kind: FindingKind::Flood,
        sentence: format!("Your program {did} and was stopped: look for a loop that does not end."),
        expected: "the program ends by itself".to_owned(),
        actual: did,
        event: evidence.end_event(),
    }
}

fn not_started(reason: &str) -> Breach {
    let reason = harmless(reason);
    Breach {
        kind: FindingKind::NotStarted,
        sentence: format!("Your program could not be started: {reason}."),
        expected: "the program starts".to_owned(),
        actual: reason,
        event: None,
    }
}

/// Text that comes from outside, made harmless.
fn harmless(text: &str) -> String {
    escape(text.trim_end_matches('.').as_bytes())
}

fn since_last_bytes(connection: Option<Connection>, evidence: &Evidence) -> String {
    let record = connection.and_then(|number| evidence.connection(number));
    let Some(last) = record.and_then(|record| record.sent.last_event()) else { return String::new() };
    let sent_at = evidence.trace.events[last].at;
    let since = Duration::from_nanos(evidence.trace.ended_at.0.saturating_sub(sent_at.0));
    format!(", {} after the last byte that the server sent", time(since))
}

/// What the peer waits for in the meantime, in sentences, and what would let it go on.
fn waits_for(connection: Option<Connection>, progress: &Progress, evidence: &Evidence) -> (String, String) {
    let itself = || "the program ends by itself".to_owned();
    let connection = connection.or_else(|| evidence.connections.last().map(|record| record.number));
    let Some(number) = connection else {
        return ("It never connected.".to_owned(), "a connection to the server".to_owned());
    };
    let has_vanished = evidence.connection(number).is_some_and(|record| record.vanished.is_some());
    let (waits, wanted) = match evidence.last_step(number) {
        _ if has_vanished => {
            let waits = "The server has vanished, and not even a FIN will come.".to_owned();
            (waits, "the program notices by itself that the server has vanished".to_owned())
        }
        Some(Step::Expect(expect)) => {
            let request = format!("the request `{}`", expect.request);
            let arrived = counted_body(number, evidence).map(|all| format!("{all} ")).unwrap_or_default();
            (format!("{arrived}The server waits for {request}."), request)
        }
        Some(Step::Hold(Hold::PrintedBytes(bytes))) => return wait_for_output(*bytes, evidence),
        Some(Step::Hold(hold)) => held(hold, number, evidence),
        Some(Step::Send(send)) if !evidence.has_sent(number, send) => {
            ("The server has more to send.".to_owned(), itself())
        }
        _ => (all_arrived(number, evidence), itself()),
    };
    (format!("{waits} {}", progress.sentence()), wanted)
}

fn wait_for_output(bytes: usize, evidence: &Evidence) -> (String, String) {
    let wanted = format!("{} on standard output", count(bytes, "byte"));
    let printed = evidence.stdout.bytes().len();
    let sentence = format!(
        "The server sends more only after {wanted}; so far there are {}. Print what arrives at once, and flush it.",
        grouped(printed)
    );
    (sentence, wanted)
}

fn held(hold: &Hold, number: Connection, evidence: &Evidence) -> (String, String) {
    let record = evidence.connection(number);
    let received = record.map_or(0, |record| record.received.bytes().len());
    let is_whole = |arrival: &&Arrival| arrival.request.is_whole;
    let requests = record.map_or(0, |record| record.requests.iter().filter(is_whole).count());
    let (wanted, so_far) = match hold {
        Hold::ReceivedBytes(bytes) => {
            (format!("{} from the program", count(*bytes, "byte")), grouped(received))
        }
        Hold::PrintedBytes(bytes) => return wait_for_output(*bytes, evidence),
        Hold::Requests(wanted) => {
            (format!("{} on connection {number}", count(*wanted, "whole request")), requests.to_string())
        }
        Hold::ProgramClosed => {
            let wanted = format!("the program closes connection {number}");
            return (format!("The server goes on when {wanted}."), wanted);
        }
        Hold::Opened(wanted) => {
            let wanted = format!("connection {wanted} is opened");
            return (format!("The server goes on when {wanted}."), wanted);
        }
    };
    (format!("The server waits for {wanted}; so far there are {so_far}."), wanted)
}

/// What the program had when it began to wait: all of the message, where that can be said.
fn all_arrived(number: Connection, evidence: &Evidence) -> String {
    match (counted_body(number, evidence), evidence.sent_messages(number).is_empty()) {
        (Some(all), _) => all,
        (None, false) => "Everything that the server has to send had arrived.".to_owned(),
        (None, true) => "The server sends nothing more.".to_owned(),
    }
}

/// That the last body is there, where a Content-Length says how long it is.
fn counted_body(number: Connection, evidence: &Evidence) -> Option<String> {
    match announced_and_sent(evidence.sent_messages(number).last()?)? {
        1 => Some("The one byte that Content-Length announced had arrived.".to_owned()),
        bytes => Some(format!("All {} bytes that Content-Length announced had arrived.", grouped(bytes))),
    }
}

/// The length that a message announces for its body, when it was sent in full.
fn announced_and_sent(message: &Send) -> Option<usize> {
    let (head, body) = message.bytes.split_at_checked(message.head_bytes)?;
    let head = head.to_ascii_lowercase();
    let value = head.lines().find_map(|line| line.strip_prefix(b"content-length:"))?;
    let announced = value.to_str().ok()?.trim().parse().ok()?;
    (announced > 0 && announced <= body.len()).then_some(announced)
}

/// How far the output has come.
struct Progress {
    printed: usize,
    /// How much should be printed, where a rule says so.
    expected: Option<usize>,
}

enum Stage {
    Before,
    During,
    After,
}

impl Progress {
    fn of(evidence: &Evidence) -> Self {
        let printed = evidence.stdout.bytes();
        let parts =
            evidence.scenario.require.iter().find_map(|requirement| match &requirement.get_ref().rule {
                Rule::Prints(parts) | Rule::PrintsAtMost(parts) => Some(parts),
                _ => None,
            });
        let expected = parts.map(|parts| Expected::new(parts, evidence.play).render(printed).bytes.len());
        Self { printed: printed.len(), expected }
    }

    fn stage(&self) -> Stage {
        match (self.printed, self.expected) {
            (printed, Some(expected)) if printed >= expected => Stage::After,
            (0, _) => Stage::Before,
            (_, None) => Stage::After,
            (_, Some(_)) => Stage::During,
        }
    }

    fn sentence(&self) -> String {
        match (self.printed, self.expected) {
            (_, Some(0)) => "There was nothing to print.".to_owned(),
            (0, _) => "Nothing had been printed.".to_owned(),
            (printed, Some(expected)) if printed >= expected => "Everything had been printed.".to_owned(),
            _ => format!("It had printed {}.", self.amount_bytes()),
        }
    }

    /// The same as a fragment.
    fn amount(&self) -> String {
        format!("{} printed", self.amount_bytes())
    }

    fn amount_bytes(&self) -> String {
        match self.expected {
            Some(expected) => format!("{} of {}", grouped(self.printed), count(expected, "byte")),
            None => count(self.printed, "byte"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::testing::{Case, PAGE_1, PAGE_2, Run, answer};
    use crate::trace::{Flood, What};

    fn page() -> Case {
        Case::new("{ prints = [{ body = 'page-1' }, { body = 'page-2' }] }, { exit = 'success' }")
    }

    fn one_page() -> Case {
        Case::new("{ prints = [{ body = 'page-1' }] }")
    }

    #[test]
    fn a_program_that_ends_holds() {
        assert_eq!(one_page().told(Run::exchanged().printed(PAGE_1).exits(0)), [""; 0]);
    }

    #[test]
    fn hang_after_output() {
        let run = || Run::exchanged().reached(1, 1, 4).printed(PAGE_1).hangs(1);
        assert_eq!(
            one_page().told(run()),
            [
                "hang.after-output: Your program waits for ever: recv() on connection 1, 62 ms after the last byte that the server sent. All 19 bytes that Content-Length announced had arrived. Everything had been printed."
            ]
        );
        assert_eq!(
            one_page().compared(run()),
            [
                "hang.after-output: the program ends by itself | recv() on connection 1 waits for ever; 19 of 19 bytes printed"
            ]
        );
    }

    #[test]
    fn hang_during_and_before_output() {
        let run = || Run::exchanged().reached(1, 1, 2).printed(PAGE_1).hangs(1);
        assert_eq!(
            page().told(run()),
            [
                "hang.during-output: Your program waits for ever: recv() on connection 1, 62 ms after the last byte that the server sent. All 19 bytes that Content-Length announced had arrived. The server waits for the request `GET /`. It had printed 19 of 38 bytes."
            ]
        );
        assert_eq!(
            page().compared(run()),
            [
                "hang.during-output: the request `GET /` | recv() on connection 1 waits for ever; 19 of 38 bytes printed"
            ]
        );
        assert_eq!(
            page().told(Run::exchanged().reached(1, 1, 2).hangs(1)),
            [
                "hang.before-output: Your program waits for ever: recv() on connection 1, 61 ms after the last byte that the server sent. All 19 bytes that Content-Length announced had arrived. The server waits for the request `GET /`. Nothing had been printed."
            ]
        );
        assert_eq!(
            page().told(Run::new().opened(1).hangs(1)),
            [
                "hang.before-output: Your program waits for ever: recv() on connection 1. The server waits for the request `GET /`. Nothing had been printed."
            ]
        );
        let no_rule = Case::new("");
        assert_eq!(no_rule.kinds(Run::exchanged().hangs(1)), ["hang.before-output"]);
        assert_eq!(no_rule.kinds(Run::exchanged().printed("x").hangs(1)), ["hang.after-output"]);
    }

    #[test]
    fn a_hang_says_what_the_peer_waits_for() {
        for (hold, sentence) in [
            (
                Hold::PrintedBytes(5),
                "hang.before-output: Your program waits for ever: recv() on connection 1. The server sends more only after 5 bytes on standard output; so far there are 0. Print what arrives at once, and flush it.",
            ),
            (
                Hold::ReceivedBytes(500),
                "hang.before-output: Your program waits for ever: recv() on connection 1. The server waits for 500 bytes from the program; so far there are 40. Nothing had been printed.",
            ),
            (
                Hold::Requests(2),
                "hang.before-output: Your program waits for ever: recv() on connection 1. The server waits for 2 whole requests on connection 1; so far there are 1. Nothing had been printed.",
            ),
            (
                Hold::ProgramClosed,
                "hang.before-output: Your program waits for ever: recv() on connection 1. The server goes on when the program closes connection 1. Nothing had been printed.",
            ),
            (
                Hold::Opened(2),
                "hang.before-output: Your program waits for ever: recv() on connection 1. The server goes on when connection 2 is opened. Nothing had been printed.",
            ),
        ] {
            let case = one_page().with_script(vec![Step::Hold(hold), Step::Stay]);
            assert_eq!(case.told(Run::new().opened(1).requested(1).hangs(1)), [sentence]);
        }
    }

    #[test]
    fn a_hang_on_a_server_that_has_vanished() {
        let run = Run::exchanged().and(What::Vanished { connection: 1 }).reached(1, 1, 5).hangs(1);
        assert_eq!(
            one_page().told(run),
            [
                "hang.before-output: Your program waits for ever: recv() on connection 1, 62 ms after the last byte that the server sent. The server has vanished, and not even a FIN will come. Nothing had been printed."
            ]
        );
    }

    #[test]
    fn what_was_done_comes_before_the_hang() {
        let run = Run::exchanged().sent(1, answer(PAGE_2)).printed("<html>jello").hangs(1);
        assert_eq!(page().kinds(run), ["prints.different", "hang.during-output"]);
    }

    #[test]
    fn deadline() {
        let end = || End::DeadlinePassed {
            still_for: Moment::from_millis(2000),
            doing: "asleep in poll\x1b".to_owned(),
        };
        assert_eq!(
            one_page().told(Run::exchanged().ends(end())),
            [
                "deadline.before-output: Your program was still running after 65 ms, and nothing had happened for 2.0 s (asleep in poll\\x1B). Nothing had been printed."
            ]
        );
        assert_eq!(one_page().kinds(Run::exchanged().printed(PAGE_1).ends(end())), ["deadline.after-output"]);
    }

    #[test]
    fn crash() {
        assert_eq!(
            one_page().told(Run::exchanged().dies_of(11)),
            ["crash: Your program was killed by SIGSEGV (signal 11): it used memory that is not its own."]
        );
        assert_eq!(
            one_page().compared(Run::exchanged().dies_of(35)),
            ["crash: the program ends by itself | killed by signal 35"]
        );
        assert_eq!(page().kinds(Run::exchanged().printed("oops").dies_of(6)), ["prints.different", "crash"]);
    }

    #[test]
    fn flood() {
        let flood =
            |what| one_page().told(Run::exchanged().printed("x").ends(End::Flooded { what, amount: 70_000 }));
        assert_eq!(
            flood(Flood::Stdout),
            [
                "flood: Your program printed 70,000 bytes on standard output and was stopped: look for a loop that does not end."
            ]
        );
        assert_eq!(
            flood(Flood::Processes)[1..],
            [
                "flood: Your program started 70,000 threads and processes and was stopped: look for a loop that does not end."
            ]
        );
        assert_eq!(
            flood(Flood::Connections)[1..],
            [
                "flood: Your program opened 70,000 connections and was stopped: look for a loop that does not end."
            ]
        );
    }

    #[test]
    fn not_started() {
        let end = || End::NotStarted { reason: "No such file or directory".to_owned() };
        let run =
            || Run { trace: crate::trace::Trace { events: Vec::new(), ..Run::new().ends(end()).trace } };
        assert_eq!(
            page().told(run()),
            ["not-started: Your program could not be started: No such file or directory."]
        );
    }
}
